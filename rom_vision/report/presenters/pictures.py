"""Pictures of the end range with the leg model drawn in, to keep with a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rom_vision.capture import frames_at
from rom_vision.meaning.statements import value_words
from rom_vision.report.overlay import Drawing
from rom_vision.report.strokes import jpeg_of
from rom_vision.results.document import Document
from rom_vision.results.parts import Repetition
from rom_vision.sessions import Picture

__all__ = ["end_range_pictures", "repetition_pictures"]


def end_range_pictures(
    clip: str | Path, drawing: Drawing, document: Document, *, max_side_px: int | None = 1280
) -> tuple[Picture, ...]:
    """Return the best valid repetition of each direction as a JPEG, taken in the middle of its hold.

    Parameters
    ----------
    clip : the video that was measured.
    drawing : the leg model of the same analysis.
    document : its result.
    max_side_px : size of the analysed picture.

    Raises
    ------
    BadInputError
        If the video cannot be read any more.
    """
    quantities = dict.fromkeys(r.quantity for r in document.repetitions)
    best = [r for quantity in quantities for r in _best(document.repetitions, quantity)]
    return repetition_pictures(clip, drawing, document, best, max_side_px=max_side_px)


def repetition_pictures(
    clip: str | Path,
    drawing: Drawing,
    document: Document,
    chosen: Sequence[Repetition],
    *,
    max_side_px: int | None = 1280,
) -> tuple[Picture, ...]:
    """Return a JPEG of each chosen repetition; see `end_range_pictures`."""
    times = [r.at_s for r in chosen]
    pictures = []
    for frame in frames_at(clip, times, max_side_px) if times else []:
        data = jpeg_of(drawing.draw(frame.rgb, frame.time_s))
        r = chosen[frame.index]
        number = document.repetitions.index(r) + 1
        pictures.append(Picture(_name(document, r, number), data))
    return tuple(pictures)


def _name(document: Document, r: Repetition, number: int) -> str:
    """Say what a picture shows, e.g. 'End of internal rotation, left hip, repetition 2: 31.4°'."""
    joint = " hip" if document.test == "hip_rotation" else ""
    words = [f"End of {r.quantity.replace('_', ' ') or 'the movement'}"]
    words += [f"{document.side}{joint}"] if document.side else []
    name = ", ".join([*words, f"repetition {number}"])
    return name if r.value is None else f"{name}: {value_words(r.value, r.unit)}"


def _best(repetitions: Iterable[Repetition], quantity: str) -> list[Repetition]:
    """The repetition of a quantity that went furthest; the first where they have no value of their own."""
    valid = [r for r in repetitions if r.valid and r.quantity == quantity]
    return [max(valid, key=lambda r: r.value or 0.0)] if valid else []
