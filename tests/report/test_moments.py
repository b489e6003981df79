"""A video is drawn on every picture although fewer were analysed."""

import numpy as np
import pytest

from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.report.moments import between
from rom_vision.report.overlay import write_overlay

TIME_S = np.array([0.0, 0.1, 0.3])


def test_what_was_analysed_is_shown_as_it_was_and_what_lies_between_is_interpolated():
    values = np.array([[1.0, 2.0], [3.0, 4.0], [np.nan, 0.0]])
    assert between(TIME_S, 0.1).of(values).tolist() == [3.0, 4.0]
    assert between(TIME_S, 0.1 + 1e-5).of(values).tolist() == [3.0, 4.0]
    assert between(TIME_S, 0.05).of(values) == pytest.approx([2.0, 3.0])
    seen = between(TIME_S, 0.2).of(values)
    assert np.isnan(seen[0])
    assert seen[1] == pytest.approx(2.0)
    assert np.isnan(between(TIME_S, 0.0).of((None, 1.0, 2.0)))


@pytest.mark.parametrize(("moment", "shown"), [(-1.0, False), (0.35, True), (0.6, False)])
def test_nothing_is_shown_long_before_or_after_what_was_analysed(moment, shown):
    assert (between(TIME_S, moment) is not None) == shown
    assert between(np.zeros(0), 0.0) is None


def test_every_picture_of_the_video_is_drawn(tmp_path):
    clip, out, drawn = tmp_path / "clip.mp4", tmp_path / "out.mp4", []
    with VideoWriter(clip, 64, 48) as writer:
        for k in range(12):
            writer.write(np.full((48, 64, 3), 20 * k, np.uint8), k / 60)

    class Notes:
        def draw(self, rgb, time_s):
            drawn.append(time_s)
            return rgb

    write_overlay(clip, out, Notes(), max_side_px=64)
    assert drawn == pytest.approx(np.arange(12) / 60, abs=1e-3)
    with VideoReader(out) as video:
        assert len(list(video)) == 12
