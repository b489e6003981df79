"""A recording looked at in stretches, side by side."""

import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.errors import BadInputError
from rom_vision.pipeline.camera import WatchedVideo
from rom_vision.pose import stretches, track_poses
from rom_vision.pose.stretches import in_threads, jobs_or_cores, stretches_of

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "seated_left.mp4"


@pytest.mark.parametrize("duration_s", [0.1, 7.9, 8.0, 15.0, 100.0, 3600.0, None])
def test_stretches_cover_a_recording_without_gaps(duration_s):
    parts = stretches_of(duration_s, round(10 * (duration_s or 0)))
    assert parts[0].start_s == parts[0].from_s == 0.0
    assert parts[-1].end_s == np.inf
    assert all(a.end_s == b.start_s for a, b in pairwise(parts))
    assert all(0 < part.from_s < part.start_s for part in parts[1:])


@pytest.mark.parametrize("duration_s", [8.0, 15.0, 29.0, 30.0, 600.0])
def test_stretches_are_the_same_work_and_nobody_waits_for_another(duration_s):
    parts = stretches_of(duration_s, round(10 * duration_s))
    assert len(parts) in (2, 4)
    work_s = [min(part.end_s, duration_s) - part.from_s for part in parts]
    assert work_s == pytest.approx([work_s[0]] * len(parts))


def test_a_recording_of_few_pictures_a_second_is_looked_at_in_one_go():
    assert len(stretches_of(13.0, 5 * 13)) == 1
    assert len(stretches_of(13.0, 10 * 13)) == 2


def test_results_come_in_order_and_as_many_run_as_are_allowed():
    both = threading.Barrier(2, timeout=20)

    def task(number):
        return lambda stop: (both.wait(), number)[1]

    assert in_threads([task(k) for k in range(4)], jobs=2) == [0, 1, 2, 3]


def test_a_fault_in_one_ends_the_others_and_is_told_as_it_is():
    ended = []

    def fails(stop):
        raise BadInputError("the file is damaged")

    def goes_on(stop):
        assert stop.wait(20)
        ended.append(True)

    with pytest.raises(BadInputError, match="the file is damaged"):
        in_threads([goes_on, fails], jobs=2)
    assert ended == [True]


def test_whoever_listens_can_end_it():
    def tell():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_threads([lambda stop: stop.wait(20)], jobs=1, tell=tell)


def test_the_number_of_jobs():
    assert jobs_or_cores(None) >= 1
    assert jobs_or_cores(3) == 3
    with pytest.raises(BadInputError, match="1 or more"):
        jobs_or_cores(0)


def test_frames_kept_of_the_room_do_not_depend_on_the_parts(tmp_path):
    path = tmp_path / "room.mp4"
    with VideoWriter(path, 64, 48) as out:
        for k in range(90):
            out.write(np.full((48, 64, 3), k, np.uint8), k / 30)
    whole = WatchedVideo(path, rate_hz=15.0)
    assert len(list(whole)) == 45
    joined = WatchedVideo(path, rate_hz=15.0)
    parts = [joined.part(0.0, 0.9), joined.part(0.4, 2.2), joined.part(1.9)]
    for part in parts:
        assert list(part)
    joined.take_over(parts, [0.0, 1.0])
    assert [f.time_s for f in joined.kept] == [f.time_s for f in whole.kept]
    assert [f.time_s for f in whole.kept] == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0, 2.5], abs=1 / 15)


@pytest.mark.model
def test_the_landmarks_do_not_depend_on_how_many_jobs_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "STRETCHES_FROM_S", {2: 2.5})
    monkeypatch.setattr(stretches, "LEAD_IN_S", 0.3)
    clip = tmp_path / "short.mp4"
    with VideoReader(SAMPLE, max_side_px=480) as video, VideoWriter(clip, *video.size) as out:
        for frame in video:
            if frame.time_s > 2.7:
                break
            out.write(frame.rgb, frame.time_s)
    tracks = []
    for jobs in (1, 2):
        told = []
        with VideoReader(clip) as video:
            tracks.append(track_poses(video, "full", jobs=jobs, on_progress=lambda *step, told=told: told.append(step)))
        assert told[-1] == (len(tracks[-1]), len(tracks[-1]))
        assert told == sorted(told)
    one, two = tracks
    assert one.found.all()
    assert one.to_bytes() == two.to_bytes()
