"""Pictures of the end range with the leg model drawn in, to keep with a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from rom_vision.capture import frames_at
from rom_vision.report.overlay import LegOverlay
from rom_vision.report.strokes import jpeg_of
from rom_vision.results.document import HipRotationDocument
from rom_vision.results.parts import Repetition
from rom_vision.sessions import Picture

__all__ = ["end_range_pictures", "repetition_pictures"]


def end_range_pictures(
    clip: str | Path, drawing: LegOverlay, document: HipRotationDocument, *, max_side_px: int | None = 1280
) -> tuple[Picture, ...]:
    """Return the best valid repetition of each direction as a JPEG, taken in the middle of its hold.

    Parameters
    ----------
    clip : the video that was measured.
    drawing : the leg model of the same analysis.
    document : its result; the curve has one moment for each analysed frame.
    max_side_px : size of the analysed picture.

    Raises
    ------
    BadInputError
        If the video cannot be read any more.
    """
    best = [r for direction in ("internal", "external") for r in _best(document.repetitions, direction)]
    return repetition_pictures(clip, drawing, document, best, max_side_px=max_side_px)


def repetition_pictures(
    clip: str | Path,
    drawing: LegOverlay,
    document: HipRotationDocument,
    chosen: Sequence[Repetition],
    *,
    max_side_px: int | None = 1280,
) -> tuple[Picture, ...]:
    """Return a JPEG of each chosen repetition; see `end_range_pictures`."""
    times = [(r.hold_start_s + r.hold_end_s) / 2 for r in chosen]
    moments = np.array(document.curve.time_s)
    pictures = []
    for frame in frames_at(clip, times, max_side_px) if times else []:
        nearest = int(np.abs(moments - frame.time_s).argmin())
        data = jpeg_of(drawing.draw(frame.rgb, nearest))
        r = chosen[frame.index]
        number = document.repetitions.index(r) + 1
        name = f"End of {r.direction} rotation, {document.side} hip, repetition {number}: {r.peak_deg:.1f}°"
        pictures.append(Picture(name, data))
    return tuple(pictures)


def _best(repetitions: Iterable[Repetition], direction: str) -> list[Repetition]:
    valid = [r for r in repetitions if r.valid and r.direction == direction]
    return [max(valid, key=lambda r: r.peak_deg)] if valid else []
