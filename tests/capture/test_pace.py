"""As many pictures as are needed, told by their times; what happened to the others is not forgotten."""

import numpy as np
import pytest

from rom_vision.capture import VideoReader, reader
from rom_vision.capture.pace import Pace

BUSY = np.random.default_rng(0).integers(0, 255, (60, 128, 160, 3), dtype=np.uint8)


def read(path, rate_hz=None, part=None):
    with VideoReader(path, rate_hz=rate_hz) as video:
        asked = video.part(*part) if part else video
        with asked:
            return asked, list(asked)


@pytest.mark.parametrize("fps", [24, 25, 29.97, 30, 50, 60, 120, 240])
def test_the_rate_is_kept_on_average_and_no_gap_is_longer_than_a_picture_more(fps):
    pace = Pace(15.0)
    times = np.array([t for t in np.arange(0, 20, 1 / fps) if pace(t)])
    assert (len(times) - 1) / np.ptp(times) == pytest.approx(15, rel=0.03)
    assert np.diff(times).max() < 1 / 15 + 1 / fps + 1e-9


@pytest.mark.parametrize("fps", [5, 12, 15])
def test_nothing_is_left_out_of_a_recording_that_is_not_faster(fps):
    rng = np.random.default_rng(1)
    pace = Pace(15.0)
    assert all(pace(t) for t in np.arange(0, 20, 1 / fps) + rng.uniform(0, 0.005, 20 * fps))


def test_a_changing_frame_rate_is_followed_by_its_times(make_video):
    fast, slow = np.arange(0, 1, 1 / 60), np.arange(1, 3, 1 / 10)
    path = make_video("changing.mkv", times_s=[*fast, *slow], size=(160, 128), pictures=lambda i: BUSY[i % 60])
    _, frames = read(path, rate_hz=15.0)
    times = np.array([frame.time_s for frame in frames])
    assert np.diff(times[times < 1]) == pytest.approx(1 / 15, abs=0.002)
    assert times[times >= 0.999] == pytest.approx(slow, abs=0.002)
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert not any(frame.repeated for frame in frames)


def test_a_part_has_the_pictures_of_the_whole(make_video):
    path = make_video("a.mp4", times_s=np.arange(60) / 30, size=(160, 128), pictures=lambda i: BUSY[i])
    _, frames = read(path, rate_hz=15.0)
    _, some = read(path, rate_hz=15.0, part=(0.5, 1.5))
    expected = [frame for frame in frames if 0.5 <= frame.time_s < 1.5]
    assert [f.time_s for f in some] == [f.time_s for f in expected]
    assert [f.index for f in some] == list(range(len(expected)))
    assert all((a.rgb == b.rgb).all() for a, b in zip(some, expected, strict=True))


def whole_and_in_parts(path):
    """What reading in one go hands out, and what parts with a lead-in do; the same of the readers."""
    whole, frames = read(path, rate_hz=10.0)
    with VideoReader(path, rate_hz=10.0) as video:
        parts = [video.part(0.0, 6.0), video.part(5.5, 9.0), video.part(8.5)]
        starts_s = [0.0, 6.0, 9.0]
        found = [f for part, start_s in zip(parts, starts_s, strict=True) for f in part if f.time_s >= start_s]
        video.take_over(parts, [f.time_s for f in found])
    assert [f.time_s for f in found] == [f.time_s for f in frames]
    assert video.warnings == whole.warnings
    assert video.damaged.tolist() == whole.damaged.tolist()
    return frames, found, whole


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
@pytest.mark.parametrize("options", [{"g": "20"}, {"g": "20", "bf": "3"}, {"g": "1000"}])
def test_what_is_read_from_the_middle_on_is_what_reading_all_gives(make_video, name, options):
    times_s = np.cumsum(np.random.default_rng(2).choice([0.033, 0.05, 0.1], 200))
    path = make_video(name, times_s=times_s, size=(64, 48), options=options, pictures=lambda i: BUSY[i % 60, :48, :64])
    frames, found, whole = whole_and_in_parts(path)
    assert all((a.rgb == b.rgb).all() for a, b in zip(found, frames, strict=True))
    assert whole.warnings == []


@pytest.mark.parametrize("share", [0.2, 0.55, 0.8])
@pytest.mark.parametrize("what", ["zeros", "cut off"])
def test_damage_anywhere_is_told_as_by_reading_all(make_video, what, share):
    options = {"g": "20", "sc_threshold": "0"}
    path = make_video(
        "a.mkv", times_s=np.arange(300) / 25, size=(160, 128), options=options, pictures=lambda i: BUSY[i % 60]
    )
    data = bytearray(path.read_bytes())
    at = int(share * len(data))
    data[at : at + 3000] = bytes(3000)
    path.write_bytes(data if what == "zeros" else data[:at])
    _, _, whole = whole_and_in_parts(path)
    assert whole.damaged.any() or whole.warnings


def test_less_is_decoded_when_reading_begins_in_the_middle(make_video, monkeypatch):
    n_decoded = []
    plain = reader.timed

    def counted(*asked):
        for n, picture in enumerate(plain(*asked)):
            n_decoded[-1] = n + 1
            yield picture

    monkeypatch.setattr(reader, "timed", counted)
    path = make_video("a.mp4", times_s=np.arange(240) / 30, size=(64, 48), options={"g": "30"})
    for from_s, most in ((0.0, 240), (7.0, 60)):
        n_decoded.append(0)
        read(path, part=(from_s, np.inf))
        assert n_decoded[-1] <= most


def test_damage_in_a_skipped_picture_counts(make_video):
    """A jump of the clock falls on a picture that is skipped: the next one does not continue what was before."""
    times = [i / 30 + (1e8 if i >= 31 else 0) for i in range(60)]
    path = make_video("jump.mkv", times_s=times, size=(160, 128), pictures=lambda i: BUSY[i])
    whole, _ = read(path)
    assert np.flatnonzero(whole.damaged).tolist() == [31]
    thin, frames = read(path, rate_hz=15.0)
    assert len(thin.damaged) == len(thin.repeated) == len(frames) == 30
    (bad,) = np.flatnonzero(thin.damaged)
    assert frames[bad - 1].time_s < 31 / 30 <= frames[bad].time_s + 0.002


def test_pictures_that_stand_still_are_known_among_the_needed_ones(make_video):
    path = make_video(
        "still.mp4", times_s=np.arange(60) / 30, size=(160, 128), pictures=lambda i: BUSY[i if not 20 < i < 40 else 20]
    )
    thin, frames = read(path, rate_hz=15.0)
    assert [frame.repeated for frame in frames] == thin.repeated.tolist()
    again = [frame.time_s for frame in frames if frame.repeated]
    assert again == pytest.approx(np.arange(22, 40, 2) / 30, abs=0.002)


def test_two_pictures_are_enough_whatever_is_needed(make_video):
    _, frames = read(make_video("two.mp4", times_s=[0.0, 1 / 30], size=(160, 128)), rate_hz=15.0)
    assert len(frames) == 1
