"""What a job does with a recording when the disk is full: the result is not lost for want of the drawn video."""

import resource
from pathlib import Path

import numpy as np

from rom_vision.capture import VideoWriter
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
