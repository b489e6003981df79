"""Damage in the middle of a file: what is built upon it is known, what is not stays sound, and nothing hangs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from video_files import card

from rom_vision.capture import VideoReader, frames_at
from rom_vision.capture.clock import Clock, Notes
from rom_vision.capture.damage import Damage
from rom_vision.capture.stills import Repeats

N = 40
GROUP = 10
INTRA = {"mjpeg"}
FORMATS = [
    ("a.mp4", "libx264", {"g": str(GROUP), "bf": "0", "sc_threshold": "0"}),
    ("b_frames.mkv", "libx264", {"g": str(GROUP), "x264-params": "open-gop=1:bframes=3:scenecut=0"}),
    ("a.avi", "libx264", {"g": str(GROUP), "bf": "0", "sc_threshold": "0"}),
    ("a.ts", "libx264", {"g": str(GROUP), "bf": "0", "sc_threshold": "0"}),
    (
        "hevc.mp4",
        "libx265",
        {"x265-params": f"log-level=none:keyint={GROUP}:bframes=0:scenecut=0", "preset": "ultrafast"},
    ),
    ("mpeg4.avi", "mpeg4", {"g": str(GROUP), "sc_threshold": "1000000000"}),
    ("a.mov", "mjpeg", {}),
]


def busy(i: int) -> np.ndarray:
    """Return a picture that changes everywhere, so that no packet is small."""
    grain = np.random.default_rng(i).integers(0, 60, (128, 160, 1), np.uint8)
    return np.clip(card(160, 128, step=i).astype(int) + grain, 0, 255).astype(np.uint8)


def film(make_video, name: str, codec: str, options: dict[str, str], pictures=busy) -> Path:
    return make_video(
        name,
        codec,
        pix_fmt="yuvj420p" if codec in INTRA else "yuv420p",
        options=options,
        size=(160, 128),
        times_s=[i / 30 for i in range(N)],
        pictures=pictures,
    )


def read(path: Path) -> tuple[VideoReader, list[float]]:
    with VideoReader(path) as video:
        times = [frame.time_s for frame in video]
    return video, times


def packets(path: Path) -> list[tuple[int, int]]:
    with av.open(str(path)) as container:
        return [(p.pos, p.size) for p in container.demux(video=0) if p.size]


def hurt(path: Path, first: int, after: int, *, by: str) -> None:
    """Overwrite the middle of some packets with zeros, or flip bits in them."""
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for pos, size in packets(path)[first:after]:
        if by == "zeros":
            data[pos + size // 4 : pos + size] = bytes(size - size // 4)
        else:
            for i in rng.integers(pos + size // 4, pos + size, 12):
                data[i] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)


CASES = [(*row, by) for row in FORMATS for by in ("zeros", "bits")]
UNCHECKED = ("hevc.mp4", "a.mov")
"""FFmpeg's decoders of these tell a missing picture but not every flipped bit: neither format carries a check."""


@pytest.mark.parametrize(
    ("name", "codec", "options", "by"),
    [case for case in CASES if case[0] not in UNCHECKED or case[3] == "zeros"],
    ids=[f"{name}-{by}" for name, _, _, by in CASES if name not in UNCHECKED or by == "zeros"],
)
def test_everything_up_to_the_next_key_frame_is_damaged_and_nothing_else(make_video, name, codec, options, by):
    path = film(make_video, name, codec, options)
    assert not read(path)[0].damaged.any()
    hurt(path, 23, 24, by=by)

    video, times = read(path)
    sound = {round(time_s * 30) for time_s, bad in zip(times, video.damaged, strict=True) if not bad}
    spoiled = set(range(N)) - sound

    if codec in INTRA:
        assert spoiled == {23}
    elif name == "b_frames.mkv":  # some pictures before the damaged one are decoded earlier, some later
        assert set(range(25, 30)) <= spoiled <= set(range(20, 30))
    else:
        assert set(range(23, 30)) <= spoiled <= set(range(20, 30))


def test_a_packet_that_decodes_but_holds_a_run_of_zeros_is_damaged(make_video):
    path = film(make_video, "a.webm", "libvpx", {"g": "10", "deadline": "realtime", "cpu-used": "8", "b": "1000000"})
    hurt(path, 23, 24, by="zeros")
    video, times = read(path)
    spoiled = set(range(N)) - {round(t * 30) for t, bad in zip(times, video.damaged, strict=True) if not bad}
    assert spoiled == set(range(23, 30))


def packet(pts: int, corrupt: bool = False) -> SimpleNamespace:
    return SimpleNamespace(pts=pts, is_corrupt=corrupt)


class Packed(bytes):
    """A packet with bytes of its own."""

    def __new__(cls, pts: int, corrupt: bool) -> Packed:
        made = super().__new__(cls, b"coded")
        made.pts, made.is_corrupt = pts, corrupt
        return made


def frame(number: int | None, *, key: bool = False, corrupt: bool = False) -> SimpleNamespace:
    return SimpleNamespace(pts=number, key_frame=key, is_corrupt=corrupt)


def test_pictures_shown_before_a_key_frame_but_decoded_after_it_rest_on_what_was_before():
    damage = Damage()
    for pts in (0, 1, 2, 5, 3, 4, 6):  # decoding order; 5 is a key frame, 3 and 4 are shown before it
        damage.packet(packet(pts))
    shown = [frame(0, key=True), frame(1), frame(2, corrupt=True), frame(4), frame(5), frame(3, key=True), frame(6)]
    numbers = [damage.frame(f) for f in shown]
    assert [f.pts for f in shown] == [0, 1, 2, 3, 4, 5, 6]
    assert damage.spoiled(numbers).tolist() == [False, False, True, True, True, False, False]
    assert damage.n_lost == 1


def test_a_packet_without_a_picture_is_lost_only_where_the_decoder_complained():
    for complained in (False, True):
        damage = Damage()
        numbers = []
        for pts in range(3):
            damage.packet(packet(pts))
            if pts != 1:
                numbers.append(damage.frame(frame(pts, key=pts == 0)))
            elif complained:
                damage.failure()
        assert damage.spoiled(numbers).tolist() == [False, complained]
        assert damage.n_lost == complained


@pytest.mark.parametrize(("codec", "believed"), [("h264", True), ("hevc", False), ("vp9", False)])
def test_two_damaged_places_of_a_format_without_a_check_leave_nothing_to_believe(codec, believed):
    damage = Damage(codec)
    for pts in range(80):
        damage.packet(Packed(pts, pts in (10, 60)))
    numbers = [damage.frame(frame(i, key=i % 20 == 0)) for i in range(80)]
    spoiled = damage.spoiled(numbers)
    assert spoiled[10:20].all()
    assert spoiled.all() != believed
    assert spoiled[:10].any() != believed


def test_a_picture_without_a_number_is_taken_as_it_is():
    damage = Damage()
    damage.packet(packet(0, corrupt=True))
    assert damage.frame(frame(None)) == damage.frame(frame(99)) == -1
    assert damage.spoiled([-1, 0]).tolist() == [False, True]


# -- clocks ----------------------------------------------------------------------------------------------------------


def stamped(stamps: list[int]) -> tuple[list[float | None], list[bool], Notes]:
    notes = Notes()
    clock = Clock(notes, step_s=0.1, by_decoding=False)
    times, cuts = [], []
    for stamp in stamps:
        times.append(clock(SimpleNamespace(pts=stamp, dts=None, time_base=Fraction(1, 10))))
        cuts.append(clock.cut)
    return times, cuts, notes


def test_a_jump_that_no_recording_can_hold_is_a_cut():
    times, cuts, notes = stamped([0, 1, 10**9, 10**9 + 1, 2, 3])
    assert times == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert cuts == [False, False, True, False, True, False]
    assert len(notes.jumps_s) == len(notes.restarts_s) == 1


def test_a_clock_put_back_a_little_leaves_a_cut_behind():
    times, cuts, _ = stamped([0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 7])
    assert times[6:11] == [None] * 5
    assert times[11:] == pytest.approx([0.6, 0.7])
    assert cuts[11:] == [True, False]


@pytest.mark.parametrize("at", [5, 30])
def test_a_file_whose_clock_jumps_is_read_to_its_end(make_video, at):
    times = [i / 30 + (1e8 if i >= at else 0) for i in range(N)]
    path = make_video("jump.mkv", times_s=times, pictures=busy, size=(160, 128))
    video, read_s = read(path)
    assert np.diff(read_s) == pytest.approx(np.full(N - 1, 1 / 30), abs=0.002)
    assert np.flatnonzero(video.damaged).tolist() == [at]
    assert any("jumps ahead by 1e+08 s" in warning for warning in video.warnings)
    assert not any("cut off" in warning for warning in video.warnings)
    assert video.info.n_frames_estimate is None or video.info.n_frames_estimate < 1000
    assert frames_at(path, [1.2])[0].time_s == pytest.approx(1.2, abs=0.02)


def test_joined_clips_are_cut_where_they_join(make_video, tmp_path):
    part = film(make_video, "part.ts", "libx264", {"g": "10"})
    both = tmp_path / "both.ts"
    both.write_bytes(part.read_bytes() * 2)
    video, times = read(both)
    assert len(times) == 2 * N
    assert video.damaged[N]
    assert video.damaged.sum() <= 3


# -- pictures that stand still ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "codec", "options"), FORMATS, ids=[row[0] for row in FORMATS])
def test_a_repeated_picture_is_known_in_every_format(make_video, name, codec, options):
    def picture(i: int) -> np.ndarray:
        return card(160, 128, step=10 if 10 <= i < 30 else i)

    video, times = read(film(make_video, name, codec, options, pictures=picture))
    assert len(times) == N
    assert not video.damaged.any()
    assert video.repeated[11:30].mean() > 0.7  # a key frame of few bits changes the picture for a moment
    assert not video.repeated[:10].any()
    assert not video.repeated[31:].any()


def test_a_still_scene_with_the_noise_of_a_sensor_is_new_all_the_time():
    repeats = Repeats()
    rng = np.random.default_rng(0)
    room = card(640, 480)
    seen = []
    for _ in range(20):
        noisy = room.astype(float) + rng.normal(0, 4, room.shape)
        seen.append(repeats(np.clip(noisy, 0, 255).astype(np.uint8)))
    assert not any(seen)


def test_what_moves_slowly_is_new_after_a_while_and_drawing_on_a_picture_does_not_matter():
    repeats = Repeats()
    seen = []
    for i in range(60):
        picture = np.full((64, 64, 3), 60, np.uint8)
        picture[16:32, 16:32] = 60 + i // 4
        seen.append(repeats(picture))
        picture[:] = 0
    assert 20 <= np.sum(seen) <= 53
    assert max(np.diff(np.flatnonzero(~np.array(seen)))) <= 9


def test_another_size_is_new():
    repeats = Repeats()
    assert [repeats(np.zeros(shape, np.uint8)) for shape in ((8, 8, 3), (8, 8, 3), (8, 9, 3))] == [False, True, False]
