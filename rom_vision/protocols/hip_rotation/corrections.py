"""What a hip rotation test makes of repetitions that were corrected by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.protocols.corrections import curve_of
from rom_vision.protocols.hip_rotation.measure import DIRECTIONS, session_value
from rom_vision.protocols.ranges import interval
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure, Repetition, Side

__all__ = ["reread", "values"]


def values(document: Document, repetitions: Sequence[Repetition]) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
    """See `Protocol.values`."""
    told: list[str] = []
    side = cast("Side", document.side)
    found = [session_value(tuple(repetitions), direction, side, told) for direction in DIRECTIONS]
    return tuple(m for m in found if m is not None), tuple(told)


def reread(document: Document, r: Repetition, held: np.ndarray) -> Repetition:
    """See `Protocol.reread`."""
    rotation = curve_of(document, "hip_rotation_deg")
    seen = held & np.isfinite(rotation)
    if not seen.any():
        raise BadInputError("The leg was not seen in that part of the recording.")
    sign = 1.0 if r.quantity == "internal_rotation" else -1.0
    peak = sign * float(rotation[seen].mean())
    half = 1.96 * float(np.nanmean(curve_of(document, "hip_rotation_sd_deg")[seen]))
    return replace(r, value=round(peak, 2), ci95=interval(peak, half))
