import io

import numpy as np
from made_results import refused_document, rotation_document
from PIL import Image

from rom_vision.capture import VideoWriter
from rom_vision.report.overlay import LegOverlay
from rom_vision.report.presenters.pictures import end_range_pictures


def test_best_repetition_of_each_direction_is_kept_with_the_leg_model_drawn_in(tmp_path):
    """The clip's grey level tells its time; the leg model drawn on it tells which analysed frame it came from."""
    clip = tmp_path / "clip.mp4"
    time_s = np.arange(0, 15, 0.1)
    with VideoWriter(clip, 320, 240) as out:
        for i, moment in enumerate(time_s):
            out.write(np.full((240, 320, 3), 20 + i, np.uint8), float(moment))
    document = rotation_document((20.0, 21.0), (30.0,))
    document = document.model_copy(update={"series": {"time_s": tuple(time_s)}})
    points = np.linspace(60, 200, 8)[None, :, None] * np.ones((len(time_s), 1, 2))
    points[:, :, 0] += np.arange(len(time_s))[:, None] / 2
    drawing = LegOverlay(time_s, points, np.zeros(len(time_s)), np.ones(len(time_s)), "left")
    pictures = end_range_pictures(clip, drawing, document)
    assert [p.name for p in pictures] == [
        "End of internal rotation, left hip, repetition 2: 21.0°",
        "End of external rotation, left hip, repetition 3: 30.0°",
    ]
    middles = [(r.hold_start_s + r.hold_end_s) / 2 for r in document.repetitions[1:]]
    for picture, middle in zip(pictures, middles, strict=True):
        pixels = np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB"), float)
        grey = 20 + 10 * middle
        assert abs(pixels[-4:, -4:].mean() - grey) < 4
        assert (np.abs(pixels - grey).max(axis=2) > 40).mean() > 0.01
    assert end_range_pictures(clip, drawing, refused_document()) == ()
