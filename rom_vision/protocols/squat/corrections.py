"""Correct by hand which repetitions of a squat screen count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rom_vision.errors import BadInputError
from rom_vision.protocols.corrections import corrected_repetition, edited_warnings, number_at
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction

__all__ = ["check_corrections", "correct_squat", "left_out_by_hand"]


def check_corrections(corrections: Sequence[Correction]) -> None:
    """Raise `BadInputError` if one of them is of a kind that a squat screen does not know."""
    if any(c.what not in ("left_out", "counted", "subject") for c in corrections):
        raise BadInputError("Of a squat screen only whom it follows and which repetitions count can be corrected.")


def left_out_by_hand(document: Document, corrections: Sequence[Correction]) -> tuple[float, ...]:
    """Return the moments, in seconds, of the repetitions that do not count after all corrections.

    Raises
    ------
    BadInputError
        If there is no repetition at the moment of a correction.
    """
    counts = [True] * len(document.repetitions)
    for correction in corrections:
        if correction.of_repetition:
            counts[number_at(document.repetitions, correction.at_s)] = correction.what == "counted"
    return tuple(r.at_s for r, count in zip(document.repetitions, counts, strict=True) if not count)


def correct_squat(document: Document, corrections: Sequence[Correction]) -> Document:
    """Return a screen that was judged without the repetitions left out, with everything marked that was edited.

    Parameters
    ----------
    document : judged without them, see `rom_vision.protocols.squat.screen.screen_squat`.
    corrections : in order.
    """
    repetitions = list(document.repetitions)
    for correction in corrections:
        if correction.of_repetition:
            number = number_at(repetitions, correction.at_s)
            repetitions[number] = corrected_repetition(repetitions[number], correction)
    return document.model_copy(
        update={
            "repetitions": tuple(repetitions),
            "measures": tuple(replace(m, edited=True) for m in document.measures),
            "warnings": (*edited_warnings(document, corrections), *document.warnings),
            "corrections": tuple(corrections),
        }
    )
