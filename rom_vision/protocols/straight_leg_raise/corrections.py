"""What a straight leg raise makes of repetitions that were corrected by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.protocols.corrections import curve_of, half_of
from rom_vision.protocols.ranges import interval, too_few
from rom_vision.protocols.straight_leg_raise.measure import CURVE, KNEE_NOTE, read_raise, values_of
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure, Repetition, Side

__all__ = ["reread", "values"]


def values(document: Document, repetitions: Sequence[Repetition]) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
    """See `Protocol.values`."""
    found = values_of(repetitions, cast("Side", document.side), half_of(repetitions))
    return found, tuple(too_few(found[0].n_repetitions if found else 0))


def reread(document: Document, r: Repetition, held: np.ndarray) -> Repetition:
    """See `Protocol.reread`; the thigh against the trunk is in no curve, and not known of the new hold."""
    raised, knee = curve_of(document, CURVE), curve_of(document, "knee_flexion_deg")
    hold = np.flatnonzero(held & np.isfinite(raised))
    if not len(hold):
        raise BadInputError("The leg was not seen in that part of the recording.")
    up = np.flatnonzero((np.array(document.time_s) >= r.start_s) & np.isfinite(raised))
    read = read_raise(raised, knee, up[up <= hold[-1]], hold)
    others = tuple(flag for flag in r.flags if not flag.startswith(KNEE_NOTE))
    return replace(
        r,
        value=round(read.value, 2),
        ci95=interval(read.value, half_of([replace(r, valid=True)])),
        values=read.values or {},
        flags=(*read.notes, *others),
    )
