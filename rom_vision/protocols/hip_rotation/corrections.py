"""Correct by hand what the program got wrong in a hip rotation test: which repetitions count, and where a hold is.

Works on the document alone: the curve and its uncertainty are in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.protocols.corrections import corrected_repetition, edited_warnings, number_at
from rom_vision.protocols.hip_rotation.measure import session_value
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction, Measure, Repetition, Side

__all__ = ["correct_rotation"]

_DIRECTIONS = ("internal", "external")
SHORTEST_HOLD_S = 0.2
"""Shorter than this nothing is left to take a mean of (our own heuristic)."""


def correct_rotation(document: Document, corrections: Sequence[Correction]) -> Document:
    """Return a document with repetitions left out, counted, or held elsewhere, and everything reckoned again from them.

    Parameters
    ----------
    document : a measured hip rotation test, as the program made it.
    corrections : in order; those of no repetition are taken for done.

    Raises
    ------
    BadInputError
        If one of them does not fit the document, or nothing would be left to measure.
    """
    if document.test != "hip_rotation" or document.status != "measured":
        raise BadInputError("Only a measured hip rotation test has repetitions that can be corrected.")
    repetitions = list(document.repetitions)
    for correction in corrections:
        if correction.of_repetition:
            number = number_at(repetitions, correction.at_s)
            repetitions[number] = _corrected(document, repetitions[number], correction)
    side = cast(Side, document.side)
    before: list[str] = []
    now: list[str] = []
    for direction in _DIRECTIONS:
        session_value(document.repetitions, direction, side, before)  # type: ignore[arg-type]
    values = [session_value(tuple(repetitions), direction, side, now) for direction in _DIRECTIONS]  # type: ignore[arg-type]
    measured = [replace(m, edited=bool(corrections)) for m in values if m is not None]
    if not measured:
        raise BadInputError("No repetition would be left to measure. Leave at least one in.")
    said = edited_warnings(document, corrections)
    kept = tuple(w for w in document.warnings if w not in before)
    return document.model_copy(
        update={
            "repetitions": tuple(repetitions),
            "measures": (*measured, *_beside(document)),
            "warnings": (*said, *now, *kept),
            "corrections": tuple(corrections),
        }
    )


def _beside(document: Document) -> tuple[Measure, ...]:
    return tuple(m for m in document.measures if m.quantity not in {f"{d}_rotation" for d in _DIRECTIONS})


def _corrected(document: Document, r: Repetition, correction: Correction) -> Repetition:
    if correction.what in ("left_out", "counted"):
        return corrected_repetition(r, correction)
    start, end = correction.hold_start_s, correction.hold_end_s
    if start is None or end is None or not r.start_s <= start < end <= r.end_s or end - start < SHORTEST_HOLD_S:
        raise BadInputError(
            f"A hold lies within its repetition ({r.start_s:.2f} to {r.end_s:.2f} s) and lasts {SHORTEST_HOLD_S:g} s."
        )
    time_s = np.array(document.time_s)
    rotation, sd = (
        np.array([np.nan if v is None else v for v in document.curve(name)], float)
        for name in ("hip_rotation_deg", "hip_rotation_sd_deg")
    )
    held = (time_s >= start) & (time_s <= end) & np.isfinite(rotation)
    if not held.any():
        raise BadInputError("The leg was not seen in that part of the recording.")
    sign = 1.0 if r.quantity == "internal_rotation" else -1.0
    peak, half = sign * float(rotation[held].mean()), 1.96 * float(np.nanmean(sd[held]))
    return replace(
        r,
        at_s=round((start + end) / 2, 4),
        value=round(peak, 2),
        ci95=(round(peak - half, 2), round(peak + half, 2)),
        hold_start_s=start,
        hold_end_s=end,
        flags=(f"hold moved by hand: {correction.reason}", *r.flags),
    )
