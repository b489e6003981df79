"""Correct by hand which repetitions of a squat screen count: the findings are judged anew on those that do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rom_vision.protocols.corrections import corrected_repetition, edited_warnings, number_at
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction

__all__ = ["correct_squat"]


def correct_squat(
    document: Document, corrections: Sequence[Correction], again: Callable[[Sequence[float]], Document]
) -> Document:
    """Return a screen judged without the repetitions left out, with everything marked that was edited.

    Parameters
    ----------
    document : measured, as the program made it.
    corrections : in order.
    again : screens the same landmarks with the repetitions at these moments, in seconds, left out.

    Raises
    ------
    BadInputError
        If there is no repetition at the moment of a correction, or none would be left to judge.
    """
    counts = [True] * len(document.repetitions)
    for correction in corrections:
        if correction.of_repetition:
            counts[number_at(document.repetitions, correction.at_s)] = correction.what == "counted"
    left_out = tuple(r.at_s for r, count in zip(document.repetitions, counts, strict=True) if not count)
    judged = again(left_out) if left_out else document
    repetitions = list(judged.repetitions)
    for correction in corrections:
        if correction.of_repetition:
            number = number_at(repetitions, correction.at_s)
            repetitions[number] = corrected_repetition(repetitions[number], correction)
    return judged.model_copy(
        update={
            "repetitions": tuple(repetitions),
            "measures": tuple(replace(m, edited=True) for m in judged.measures),
            "warnings": (*edited_warnings(judged, corrections), *judged.warnings),
            "corrections": tuple(corrections),
        }
    )
