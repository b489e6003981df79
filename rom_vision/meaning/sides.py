"""Left against right, and internal against external rotation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from rom_vision.meaning.norms import load_norms
from rom_vision.results.parts import Measure

__all__ = ["SideDifference", "SideGrade", "compare_sides", "rotation_balance_deg", "total_arc"]

LEAST_FOR_PERCENT_DEG = 1.0
"""Below this a percentage says nothing."""

SideGrade = Literal["symmetric", "within_error", "small", "amber", "red"]


@dataclass(frozen=True)
class SideDifference:
    """Right minus left.

    ``error_deg`` is what measurement error alone explains 19 times in 20; ``percent`` relates to the larger side,
    NaN where that is about nothing.
    ``within_error`` is a difference of a size that would count if it could be measured more finely.
    """

    difference_deg: float
    percent: float
    error_deg: float
    grade: SideGrade


def compare_sides(left: Measure, right: Measure, mdc95_deg: float) -> SideDifference:
    """Compare the two hips of one session.

    A difference counts only when it passes the threshold (10 degrees amber, Ellison 1990; 15 red, Cibulka 2009) and
    the measurement error: the larger of the detectable change and of both intervals together. The intervals enter in
    full, because the landmarks' offset is not the same on both sides.

    Parameters
    ----------
    left, right : session values of the same motion, position and mode.
    mdc95_deg : least detectable change of the method or of this person, degrees.
    """
    norms = load_norms()
    difference = right.value - left.value
    size = abs(difference)
    error = max(mdc95_deg, math.hypot(left.half_width, right.half_width))
    amber = norms.rule("asymmetry_amber_deg")
    grade: SideGrade
    if size <= error:
        grade = "within_error" if size >= amber else "symmetric"
    elif size >= norms.rule("asymmetry_red_deg"):
        grade = "red"
    elif size >= amber:
        grade = "amber"
    else:
        grade = "small" if size >= norms.rule("asymmetry_small_deg") else "symmetric"
    larger = max(left.value, right.value)
    percent = 100 * difference / larger if larger >= LEAST_FOR_PERCENT_DEG else math.nan
    return SideDifference(difference, percent, error, grade)


def total_arc(internal: Measure, external: Measure) -> tuple[float, tuple[float, float]]:
    """Internal plus external rotation and the 95 % interval of the sum, degrees (independent errors)."""
    arc = internal.value + external.value
    error = math.hypot(internal.half_width, external.half_width)
    return arc, (arc - error, arc + error)


def rotation_balance_deg(internal: Measure, external: Measure) -> float | None:
    """Internal minus external rotation where it is large beyond its own error (Uding 2019: 20 degrees), else None."""
    difference = internal.value - external.value
    error = math.hypot(internal.half_width, external.half_width)
    return difference if abs(difference) >= max(load_norms().rule("version_difference_deg"), error) else None
