"""What of a squat is a measure: for the screen, and for documents of schema 1."""

from __future__ import annotations

from collections.abc import Sequence

from rom_vision.results.parts import Finding, Measure, Repetition, Side

__all__ = ["squat_measures"]

_SIDES: tuple[Side, Side] = ("left", "right")
_WORDS = {
    "knee_valgus": "knee-in angle against standing",
    "knee_varus": "knee-out angle against standing",
}
"""Findings whose measurement error has been published; they are measures as well."""


def squat_measures(repetitions: Sequence[Repetition], findings: Sequence[Finding]) -> tuple[Measure, ...]:
    """Return what of a squat is compared over time: knee flexion at the bottom, and the findings with a known error."""
    found: list[Measure] = []
    for side in _SIDES:
        flexions = (r.values.get(f"{side}_knee_flexion_deg") for r in repetitions if r.valid)
        depths = tuple(flexion for flexion in flexions if flexion is not None)
        if depths:
            found.append(
                Measure(
                    quantity="knee_flexion",
                    words="knee flexion at the bottom",
                    side=side,
                    value=sum(depths) / len(depths),
                    n_repetitions=len(depths),
                    repetitions=depths,
                    error="knee_flexion",
                )
            )
    for f in findings:
        # The change from standing is what a finding is graded by, and what its interval belongs to.
        if f.code in _WORDS and f.change_from_standing is not None and f.severity != "not_assessable":
            found.append(
                Measure(
                    quantity=f.code,
                    words=_WORDS[f.code],
                    side=f.side,
                    value=f.change_from_standing,
                    unit=f.unit,
                    ci95=f.ci95,
                    error="projection_angle",
                )
            )
    return tuple(found)
