"""Reading: true times, upright pictures, every format, damage, and memory that does not grow."""

from __future__ import annotations

import gc
import os
import struct
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from video_files import card, is_upright

from rom_vision.capture import Frame, VideoReader, VideoWriter, frames_at, sha256_of
from rom_vision.capture.clock import Clock, Notes
from rom_vision.errors import BadInputError

FOOTAGE = Path(__file__).parents[2].parent / "shared" / "footage"


def read(path: Path, **options: object) -> tuple[VideoReader, list[Frame]]:
    with VideoReader(path, **options) as video:  # type: ignore[arg-type]
        return video, list(video)


FORMATS = [
    ("h264.mp4", "libx264", "yuv420p", {}),
    ("h264.mov", "libx264", "yuv420p", {}),
    ("h264_10bit.mkv", "libx264", "yuv420p10le", {}),
    ("hevc.mp4", "libx265", "yuv420p", {"x265-params": "log-level=none"}),
    ("hevc_10bit.mov", "libx265", "yuv420p10le", {"x265-params": "log-level=none"}),
    ("vp9.webm", "libvpx-vp9", "yuv420p", {"deadline": "realtime", "cpu-used": "8"}),
    ("av1.mp4", "libsvtav1", "yuv420p", {"preset": "12"}),
    ("b_frames.avi", "libx264", "yuv420p", {"bf": "3"}),
    ("mpeg4.avi", "mpeg4", "yuv420p", {"bf": "2"}),
    ("pictures.mov", "mjpeg", "yuvj420p", {}),
    ("prores.mov", "prores", "yuv422p10le", {}),
    ("rgb.mkv", "ffv1", "bgr0", {}),
    ("animation.gif", "gif", "rgb8", {}),
]


@pytest.mark.parametrize(("name", "codec", "pix_fmt", "options"), FORMATS, ids=[row[0] for row in FORMATS])
def test_every_format_gives_all_frames_upright_with_their_times(make_video, name, codec, pix_fmt, options):
    video, frames = read(make_video(name, codec, pix_fmt=pix_fmt, options=options))

    # GIF counts in hundredths of a second, Matroska in thousandths.
    tolerance_s = 0.011 if codec == "gif" else 0.0011
    assert [frame.time_s for frame in frames] == pytest.approx([i / 30 for i in range(20)], abs=tolerance_s)
    assert [frame.index for frame in frames] == list(range(20))
    assert all(frame.rgb.shape == (240, 320, 3) and frame.rgb.dtype == np.uint8 for frame in frames)
    assert is_upright(frames[0].rgb)
    assert is_upright(frames[-1].rgb)
    assert video.size == (320, 240)
    assert video.warnings == []
    assert video.info.duration_s == pytest.approx(20 / 30, abs=0.05)


def test_variable_frame_rate_keeps_its_times(make_video):
    times = [0, 0.033, 0.1, 0.4, 0.41, 0.9, 0.933]
    _, frames = read(make_video("vfr.mp4", times_s=times))
    assert [frame.time_s for frame in frames] == pytest.approx(times, abs=0.001)


def test_first_frame_is_at_zero_whatever_the_file_says(make_video):
    path = make_video("late.mkv", times_s=[5 + i / 30 for i in range(10)])
    with av.open(str(path)) as container:
        assert container.streams.video[0].start_time > 0
    _, frames = read(path)
    assert [frame.time_s for frame in frames] == pytest.approx([i / 30 for i in range(10)], abs=0.001)


def with_matrix(path: Path, a: int, b: int, c: int, d: int) -> Path:
    """Write a display matrix into an MP4's track header, as a camera does."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    one = 1 << 16
    data[start : start + 36] = struct.pack(">9i", a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("matrix", "stored", "clockwise_deg"),
    [
        ((1, 0, 0, 1), lambda upright: upright, 0),
        ((0, 1, -1, 0), lambda upright: np.rot90(upright), 90),  # the phone held upright
        ((-1, 0, 0, -1), lambda upright: np.rot90(upright, 2), 180),
        ((0, -1, 1, 0), lambda upright: np.rot90(upright, 3), 270),
        ((-1, 0, 0, 1), lambda upright: upright[:, ::-1], 0),  # mirrored
        ((0, 1, 1, 0), lambda upright: upright.transpose(1, 0, 2), 270),
    ],
)
def test_rotation_metadata_is_undone(make_video, matrix, stored, clockwise_deg):
    upright = (180, 320)
    shape = stored(card(*upright)).shape
    path = make_video("turned.mp4", pictures=lambda i: stored(card(*upright, step=i)), size=shape[1::-1])
    video, frames = read(with_matrix(path, *matrix))

    assert video.info.rotation_deg == clockwise_deg
    assert (video.info.width_px, video.info.height_px) == video.size == upright
    assert frames[0].rgb.shape == (320, 180, 3)
    assert is_upright(frames[0].rgb)
    assert frames[0].rgb.flags.c_contiguous
    assert is_upright(frames_at(path, [0.3])[0].rgb)


def test_pixels_are_made_square(make_video):
    path = make_video("anamorphic.mp4", size=(160, 240), pixel_aspect=Fraction(2, 1))
    video, frames = read(path)
    assert video.size == (320, 240)
    assert is_upright(frames[0].rgb)


def test_4k_is_scaled_down_and_only_then(make_video):
    path = make_video("4k.mp4", size=(3840, 2160), times_s=[0, 0.04], options={"preset": "ultrafast"})
    video, frames = read(path)
    assert video.size == (1280, 720)
    assert (video.info.width_px, video.info.height_px) == (3840, 2160)
    assert is_upright(frames[0].rgb)
    assert read(path, max_side_px=None)[1][0].rgb.shape == (2160, 3840, 3)


def test_odd_sizes(make_video):
    video, frames = read(make_video("odd.mp4", size=(321, 243), pix_fmt="yuv444p"))
    assert video.size == (321, 243)
    assert frames[0].rgb.shape == (243, 321, 3)


def test_pictures_may_be_drawn_on_without_spoiling_the_next(make_video):
    _, untouched = read(make_video("rgb.mkv", "ffv1", pix_fmt="bgr0", options={"g": "20"}))
    with VideoReader(make_video("rgb.mkv", "ffv1", pix_fmt="bgr0", options={"g": "20"})) as video:
        for frame, expected in zip(video, untouched, strict=True):
            assert np.array_equal(frame.rgb, expected.rgb)
            frame.rgb[:] = 0


def test_webm_from_a_browser_has_no_duration(make_video, tmp_path):
    class Pipe:
        """Where nobody can go back to fill in the length."""

        def __init__(self) -> None:
            self.data = bytearray()

        def write(self, data: bytes) -> int:
            self.data += data
            return len(data)

    pipe = Pipe()
    make_video("x", "libvpx-vp9", file=pipe, container="webm", options={"deadline": "realtime", "cpu-used": "8"})
    path = tmp_path / "browser.webm"
    path.write_bytes(pipe.data)

    video, frames = read(path)
    assert video.info.duration_s is None
    assert video.info.n_frames_estimate is None
    assert len(frames) == 20
    assert video.warnings == []
    assert frames_at(path, [0.5])[0].time_s == pytest.approx(0.5, abs=0.001)


def joined(tmp_path: Path, *parts: Path) -> Path:
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def test_a_clock_that_starts_again_runs_on(make_video, tmp_path):
    part = make_video("part.ts", times_s=[i / 30 for i in range(60)])
    video, frames = read(joined(tmp_path, part, part))
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(np.full(119, 1 / 30), abs=0.0011)
    assert "starts again at 2.0 s" in video.warnings[0]


def test_a_change_of_size_or_shape_midway_keeps_the_geometry(make_video, tmp_path):
    wide = make_video("wide.ts", times_s=[i / 30 for i in range(60)])
    small = make_video("small.ts", size=(160, 120))
    tall = make_video("tall.ts", size=(240, 320))

    video, frames = read(joined(tmp_path, wide, small))
    assert len(frames) == 80
    assert all(is_upright(frame.rgb) for frame in frames)
    assert not any("shape" in warning for warning in video.warnings)

    video, frames = read(joined(tmp_path, wide, tall))
    assert frames[-1].rgb.shape == (240, 320, 3)
    assert is_upright(frames[-1].rgb[:, 70:250])  # 240 x 320 fitted into the height
    assert frames[-1].rgb[:, :68].max() < 10
    assert any("shape" in warning for warning in video.warnings)


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([0, 1, 2, 3], [0, 0.1, 0.2, 0.3]),
        ([50, 51, 53], [0, 0.1, 0.3]),
        ([None, None, None], [0, 0.1, 0.2]),
        ([7, None, 9], [0, 0.1, 0.2]),
        ([None, 9, 10], [0, 0.1, 0.2]),
        ([0, 1, 1, 2], [0, 0.1, None, 0.2]),  # repeated
        ([0, 2, 1, 3], [0, 0.2, None, 0.3]),  # out of place
        ([0, 90, 0, 1], [0, 9.0, 9.1, 9.2]),  # started again
    ],
)
def test_stamps_become_increasing_times(stamps, expected):
    clock = Clock(Notes(), step_s=0.1, by_decoding=False)
    times = [clock(SimpleNamespace(pts=stamp, dts=None, time_base=Fraction(1, 10))) for stamp in stamps]
    assert times == [pytest.approx(time) if time is not None else None for time in expected]


def test_a_file_cut_in_the_middle_is_read_up_to_there(tmp_path):
    whole = tmp_path / "whole.mp4"
    with VideoWriter(whole, 320, 240) as out:
        for i in range(90):
            out.write(np.random.default_rng(i).integers(0, 255, (240, 320, 3), np.uint8), i / 30)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert read(whole)[0].warnings == []
    video, frames = read(cut)
    assert 30 < len(frames) < 60
    assert "cut.mp4 is cut off or damaged" in video.warnings[0]
    assert f"up to {len(frames) / 30:.1f} s of 3.0 s" in video.warnings[0]
    assert frames_at(cut, [0.5, 2.9])[1].time_s == pytest.approx(frames[-1].time_s)


def test_pictures_that_cannot_be_decoded_are_left_out_and_counted(make_video):
    path = make_video("hurt.mov", "mjpeg", pix_fmt="yuvj420p")
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    for pos, size in packets[5:8]:
        data[pos : pos + size] = bytes(size)
    path.write_bytes(data)

    video, frames = read(path)
    assert [round(frame.time_s * 30) for frame in frames] == [*range(5), *range(8, 20)]
    assert video.warnings == ["Pictures of hurt.mov that could not be decoded and were left out: 3."]


def test_a_hole_in_the_picture_is_told(make_video):
    video, _ = read(make_video("hole.mp4", times_s=[0, 0.033, 0.066, 0.1, 2.1, 2.133, 2.166, 2.2]))
    assert video.warnings == ["hole.mp4 has no pictures from 0.1 to 2.1 s."]


@pytest.mark.parametrize("name", ["long.mp4", "long.mkv", "long.avi"])
def test_single_pictures_are_the_nearest_ones(make_video, name):
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    path = make_video(name, codec, times_s=[i / 10 for i in range(300)], options={"g": "25"})
    if name.endswith("avi"):  # stored at a constant 30 frames per second
        path = make_video(name, codec, times_s=[i / 30 for i in range(900)], options={"g": "25"})
    _, frames = read(path)
    times = np.array([frame.time_s for frame in frames])
    wanted = [29.0, 0.0, 12.34, 12.41, -1.0, 6.07, 99.0, 25.08, 12.34]

    found = frames_at(path, wanted)

    for i, (time_s, frame) in enumerate(zip(wanted, found, strict=True)):
        nearest = frames[int(np.abs(times - time_s).argmin())]
        assert frame.index == i
        assert frame.time_s == pytest.approx(nearest.time_s, abs=1e-6)
        assert np.array_equal(frame.rgb, nearest.rgb)
    assert frames_at(path, []) == []


def n_readers() -> int:
    return sum("_decode_ahead" in thread.name for thread in threading.enumerate())


def test_leaving_early_stops_the_thread_and_reading_again_starts_over(make_video):
    path = make_video("long.mp4", times_s=[i / 30 for i in range(100)])
    with VideoReader(path) as video:
        for frame in video:
            if frame.index == 3:
                break
        assert n_readers() == 1
        assert sum(1 for _ in video) == 100
    assert n_readers() == 0

    with pytest.raises(ZeroDivisionError), VideoReader(path) as video:  # noqa: PT012
        for frame in video:
            1 / frame.index
    assert n_readers() == 0

    for _ in VideoReader(path):  # without a with block
        break
    gc.collect()
    assert n_readers() == 0


def test_a_failure_while_decoding_reaches_the_reader(make_video):
    path = make_video("gone.mp4")
    video = VideoReader(path)
    path.unlink()
    with pytest.raises(BadInputError, match="no such file"):
        list(video)


def test_memory_does_not_grow_with_length(make_video):
    options = {"size": (640, 480), "codec": "mpeg4", "options": {"g": "30"}}
    short = make_video("short.mp4", times_s=[i / 30 for i in range(60)], **options)
    still = card(640, 480)
    long = make_video("long.mp4", times_s=[i / 30 for i in range(1200)], pictures=lambda _: still, **options)
    # Without the garbage collector a frame caught in a reference cycle stays, and 1200 of them are over 1.5 GB.
    script = """
import gc, resource, sys
from rom_vision.capture import VideoReader
gc.disable()
for path in sys.argv[1:]:
    with VideoReader(path) as video:
        n = sum(1 for _ in video)
    print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    out = subprocess.run([sys.executable, "-c", script, short, long], capture_output=True, text=True, check=True).stdout
    (n_short, short_mb), (n_long, long_mb) = (map(int, line.split()) for line in out.splitlines())
    assert (n_short, n_long) == (60, 1200)
    assert long_mb - short_mb < 30


def test_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.skipif(not FOOTAGE.is_dir(), reason="the folder of real clips is not here")
def test_real_clips_are_read_whole():
    clips = [path for path in sorted(FOOTAGE.iterdir()) if path.suffix in (".mp4", ".mov", ".gif")]
    assert clips
    for clip in clips:
        with VideoReader(clip, max_side_px=320) as video:
            times = np.array([frame.time_s for frame in video])
        assert times[0] == 0
        assert (np.diff(times) > 0).all(), clip.name
        assert len(times) == video.info.n_frames_estimate, clip.name
        assert max(video.size) <= 320
        assert video.warnings == [], clip.name


def test_making_videos_leaves_the_process_its_scheduling(make_video):
    before = os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else None
    make_video("av1.mp4", "libsvtav1", options={"preset": "12"})
    assert before == (os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else None)
