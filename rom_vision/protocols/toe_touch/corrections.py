"""What a toe touch makes of repetitions that were corrected by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.protocols.corrections import curve_of, half_of
from rom_vision.protocols.ranges import interval, too_few
from rom_vision.protocols.toe_touch.measure import CURVES, values_of
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure, Repetition

__all__ = ["reread", "values"]


def values(repetitions: Sequence[Repetition]) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
    """See `Protocol.values`."""
    found = values_of(repetitions, half_of(repetitions))
    return found, tuple(too_few(found[0].n_repetitions if found else 0))


def reread(document: Document, r: Repetition, held: np.ndarray) -> Repetition:
    """See `Protocol.reread`; the trunk against the thighs is in no curve, and not known of the new hold."""
    fingers, trunk = curve_of(document, CURVES[r.unit]), curve_of(document, "trunk_deg")
    seen = held & np.isfinite(fingers)
    if not seen.any():
        raise BadInputError("The hands were not seen in that part of the recording.")
    value = float(fingers[seen].mean())
    return replace(
        r,
        value=round(value, 2),
        ci95=interval(value, half_of([replace(r, valid=True)])),
        values={"trunk_inclination_deg": round(float(np.nanmean(trunk[seen])), 1)},
    )
