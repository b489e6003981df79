"""Correct by hand what the program got wrong in a result: which repetitions count, where a hold is, and how it is told.

Works on the document alone; what is special to a test its `Protocol` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.base import Protocol
from rom_vision.protocols.ranges import joined, scatter
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction, Measure, Repetition

__all__ = [
    "check_kinds",
    "correct_repetitions",
    "corrected_repetition",
    "correction_words",
    "curve_of",
    "edited_warnings",
    "half_of",
    "means_of",
    "number_at",
]

SHORTEST_HOLD_S = 0.2
"""Shorter than this nothing is left to take a mean of (our own heuristic)."""
_KINDS = {
    "left_out": "which repetitions count",
    "counted": "which repetitions count",
    "hold": "a hold",
    "side": "the tested leg",
    "landmark": "the place of a joint",
    "subject": "whom it follows",
}


def check_kinds(test: Protocol, corrections: Sequence[Correction]) -> None:
    """Raise `BadInputError` if one of them is of a kind that cannot be corrected in results of this test."""
    for correction in corrections:
        if correction.what not in test.corrects:
            raise BadInputError(f"{test.title}: {_KINDS[correction.what]} cannot be corrected in this test.")


def correct_repetitions(test: Protocol, document: Document, corrections: Sequence[Correction]) -> Document:
    """Return a document with repetitions left out, counted, or held elsewhere, and its values reckoned again from them.

    Parameters
    ----------
    test : the document's.
    document : measured, as the program made it.
    corrections : in order; those of no repetition are taken for done.

    Raises
    ------
    BadInputError
        If one of them does not fit the document, or nothing would be left to measure.
    """
    if document.status != "measured":
        raise BadInputError("Only a measured test has repetitions that can be corrected.")
    repetitions = list(document.repetitions)
    for correction in corrections:
        if correction.of_repetition:
            number = number_at(repetitions, correction.at_s)
            if correction.what == "hold":
                repetitions[number] = _held_elsewhere(test, document, repetitions[number], correction)
            else:
                repetitions[number] = corrected_repetition(repetitions[number], correction)
    (before, said), (now, told) = (test.values(document, r) for r in (document.repetitions, repetitions))
    if not now:
        raise BadInputError("No repetition would be left to measure. Leave at least one in.")
    reckoned = {(m.quantity, m.side) for m in (*before, *now)}
    beside = (m for m in document.measures if (m.quantity, m.side) not in reckoned)
    kept = (w for w in document.warnings if w not in said)
    return document.model_copy(
        update={
            "repetitions": tuple(repetitions),
            "measures": (*(replace(m, edited=True) for m in now), *beside),
            "warnings": (*edited_warnings(document, corrections), *told, *kept),
            "corrections": tuple(corrections),
        }
    )


def means_of(document: Document, repetitions: Sequence[Repetition]) -> tuple[Measure, ...]:
    """Return the measures of a document that are means of its repetitions, as means of those that count.

    What a measure's interval holds beyond the spread of its repetitions stays as it was.
    """
    found = []
    for measure in document.measures:
        wide = measure.half_width if measure.ci95 else 0.0
        own = float(np.sqrt(max(wide**2 - scatter(measure.repetitions) ** 2, 0.0)))
        value = joined([r for r in repetitions if r.quantity == measure.quantity], measure, own)
        if value is not None:
            best = None if measure.best is None else max(value.repetitions)
            found.append(replace(value, best=best, ci95=value.ci95 if measure.ci95 else None))
    return tuple(found)


def half_of(repetitions: Sequence[Repetition]) -> float:
    """Return half the 95 % interval of one repetition, the mean of those that count; 0 where none has one."""
    halves = [(r.ci95[1] - r.ci95[0]) / 2 for r in repetitions if r.valid and r.ci95 is not None]
    return float(np.mean(halves)) if halves else 0.0


def curve_of(document: Document, name: str) -> FloatArray:
    """Return a series of a document (T,) with NaN where it was not measured."""
    return np.array([np.nan if v is None else v for v in document.curve(name)], float)


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


def _held_elsewhere(test: Protocol, document: Document, r: Repetition, correction: Correction) -> Repetition:
    start, end = correction.hold_start_s, correction.hold_end_s
    if start is None or end is None or not r.start_s <= start < end <= r.end_s or end - start < SHORTEST_HOLD_S:
        raise BadInputError(
            f"A hold lies within its repetition ({r.start_s:.2f} to {r.end_s:.2f} s) and lasts {SHORTEST_HOLD_S:g} s."
        )
    time_s = np.array(document.time_s)
    read = test.reread(document, r, (time_s >= start) & (time_s <= end))
    said = f"hold moved by hand: {correction.reason}"
    at_s = round((start + end) / 2, 4)
    return replace(read, at_s=at_s, hold_start_s=start, hold_end_s=end, flags=(said, *read.flags))


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
