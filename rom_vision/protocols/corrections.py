"""What every test shares of corrections by hand: which repetition is meant, and how a correction is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from rom_vision.errors import BadInputError
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction, Repetition

__all__ = ["CORRECTED", "corrected_repetition", "correction_words", "edited_warnings", "number_at"]

CORRECTED = ("hip_rotation", "squat")
"""Tests that can be corrected by hand."""


def number_at(repetitions: Sequence[Repetition], at_s: float | None) -> int:
    """Return which repetition a moment lies in, counted from 0; raise `BadInputError` if it lies in none."""
    for number, r in enumerate(repetitions):
        if at_s is not None and r.start_s <= at_s <= r.end_s:
            return number
    raise BadInputError("There is no repetition at that moment any more.")


def corrected_repetition(repetition: Repetition, correction: Correction) -> Repetition:
    """Return a repetition that was left out or counted by hand."""
    counts = correction.what == "counted"
    said = f"{'counted' if counts else 'left out'} by hand: {correction.reason}"
    return replace(repetition, valid=counts, flags=(said, *repetition.flags))


def edited_warnings(document: Document, corrections: Sequence[Correction]) -> tuple[str, ...]:
    """Return one sentence for each correction, as the first warnings of an edited document hold them."""
    return tuple(f"Edited by hand: {correction_words(document, c)}" for c in corrections)


def correction_words(document: Document, correction: Correction) -> str:
    """Say what was corrected, why and when, e.g. 'repetition 2 left out (\u201cpelvis moved\u201d), 3 March 2026.'."""
    if correction.what == "side":
        what = f"the tested leg is the {correction.side} one"
    elif correction.what == "landmark":
        what = f"{(correction.landmark or '').replace('_', ' ')} put in its place at {correction.at_s or 0:.2f} s"
    elif correction.what == "subject":
        what = f"person {correction.subject or 0} from the left followed"
    else:
        number = number_at(document.repetitions, correction.at_s) + 1
        done = {"left_out": "left out", "counted": "counted", "hold": "hold moved"}[correction.what]
        what = f"repetition {number} {done}"
        if correction.what == "hold":
            what += f" to {correction.hold_start_s or 0:.2f} to {correction.hold_end_s or 0:.2f} s"
    return f"{what} (\u201c{correction.reason}\u201d), {_day(correction.made_at)}."


def _day(made_at: str) -> str:
    try:
        return f"{datetime.fromisoformat(made_at):%d %B %Y}"
    except ValueError:
        return made_at[:40]
