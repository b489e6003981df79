from dataclasses import replace

import numpy as np
import pytest
from made_results import rotation_document, squat_document

from rom_vision.report.aligned import aligned_chart, best_repetition
from rom_vision.report.shapes import Line


def test_the_best_valid_repetition_is_chosen():
    document = rotation_document((30.0, 40.0, 35.0))
    assert best_repetition(document) == 2
    first, second, third = document.repetitions
    aside = document.model_copy(update={"repetitions": (first, replace(second, valid=False), third)})
    assert best_repetition(aside) == 3
    assert best_repetition(document.model_copy(update={"repetitions": ()})) is None
    assert best_repetition(squat_document()) == 1


def later(document, by_s):
    """The same recording with so many seconds of waiting before it."""
    series = {**document.series, "time_s": tuple(t + by_s for t in document.time_s)}
    moments = ("start_s", "end_s", "at_s", "hold_start_s", "hold_end_s")
    repetitions = tuple(replace(r, **{m: getattr(r, m) + by_s for m in moments}) for r in document.repetitions)
    return document.model_copy(update={"series": series, "repetitions": repetitions})


def test_the_same_swing_lies_in_the_same_place_whenever_it_was():
    document = rotation_document((40.0, 20.0, 30.0))
    chart = aligned_chart((document, 1), (later(document, 8.0), 1))
    solid, dashed = ([s.points for s in chart.shapes if isinstance(s, Line) and s.style == style]
                     for style in ("left", "right"))  # fmt: skip
    assert len(solid) == len(dashed) > 0
    for one, other in zip(solid, dashed, strict=True):
        assert np.array(one) == pytest.approx(np.array(other), abs=1e-6)
    different = aligned_chart((document, 1), (document, 2))
    top = {style: min(y for s in different.shapes if isinstance(s, Line) and s.style == style for _, y in s.points)
           for style in ("left", "right")}  # fmt: skip
    assert top["left"] < top["right"] - 20  # 40 degrees stand higher than 20 on one scale


def test_what_has_no_curve_in_common_is_not_drawn():
    assert aligned_chart((rotation_document(), 1), (squat_document(), 1)) is None
