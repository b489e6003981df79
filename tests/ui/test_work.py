"""What a job shows while it works, and when the disk is full: the result is not lost for want of a drawing."""

import resource
from pathlib import Path

import numpy as np
from PIL import Image

from rom_vision.capture import Frame, VideoWriter
from rom_vision.pose import PoseCandidate
from rom_vision.ui.parts.preview import Preview
from rom_vision.ui.parts.work import _drawn


class Noise:
    """Draws what cannot be packed into few bytes."""

    def draw(self, rgb, time_s):
        return np.random.default_rng(round(1000 * time_s)).integers(0, 255, rgb.shape, np.uint8)


def clip(folder: Path) -> Path:
    path = folder / "me.mp4"
    with VideoWriter(path, 320, 240) as out:
        for i in range(3):
            out.write(np.full((240, 320, 3), 40 * i, np.uint8), i / 30)
    return path


def test_a_full_disk_costs_the_drawn_video_only(tmp_path):
    video, said = clip(tmp_path), []
    folder = tmp_path / "job"
    folder.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        assert _drawn(video, folder, Noise(), lambda phase, share: said.append(phase)) is None
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(folder.iterdir()) == []
    assert said
    assert _drawn(video, folder, Noise(), lambda *_: None) == folder / "drawn.mp4"


def seen(brightness, *places):
    """A picture, and somebody at each of the places in it."""
    points = np.random.default_rng(0).uniform(0, 60, (33, 2)).astype(np.float32)
    people = [PoseCandidate(points + place, np.ones(33, np.float32), np.zeros((33, 3), np.float32)) for place in places]
    return Frame(0.0, np.full((400, 300, 3), brightness, np.uint8), 0), people


def test_the_first_landmarks_are_there_at_once_and_newer_ones_a_second_later(tmp_path, monkeypatch):
    now = [10.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    path = tmp_path / "preview.jpg"
    show = Preview(path)
    show(*seen(100))
    assert not path.exists(), "nobody was found yet"
    show(*seen(100, 20, 150))
    with Image.open(path) as picture:
        drawn = np.asarray(picture).astype(int)
    marked = np.abs(drawn - 100).max(axis=2) > 60
    assert marked[20:80, 20:80].any()
    assert marked[150:210, 150:210].any()
    assert not marked[250:].any()
    first = path.read_bytes()
    show(*seen(200, 20))
    assert path.read_bytes() == first
    now[0] += 1.1
    show(*seen(200, 20))
    assert path.read_bytes() != first


def test_a_picture_that_cannot_be_written_does_not_end_the_work(tmp_path):
    Preview(tmp_path / "gone" / "preview.jpg")(*seen(100, 20))
