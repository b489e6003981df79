"""What was analysed at some moments, told for any moment: a video is drawn on every picture, measured on fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom_vision.pose.track import FloatArray

__all__ = ["Between", "between"]

_BEYOND_S = 0.15
"""How long after the last analysed picture its drawing stands (our own heuristic: a picture and a half of ten a
second)."""


@dataclass(frozen=True)
class Between:
    """A moment between two analysed pictures: their numbers, and how far it is from the first to the second, 0 to 1."""

    first: int
    second: int
    share: float

    def of(self, values: FloatArray | Sequence[float | None]) -> Any:
        """Return a series (T, ...) at that moment; NaN where one of the two pictures has no value."""
        a, b = (np.asarray(values[k], dtype=float) for k in (self.first, self.second))
        return a if self.share == 0.0 else (1.0 - self.share) * a + self.share * b


def between(time_s: FloatArray, moment_s: float) -> Between | None:
    """Return where a moment lies among analysed ones, (T,) seconds; None when it lies beyond them.

    Examples
    --------
    >>> where = between(np.array([0.0, 0.1]), 0.025)
    >>> round(float(where.of(np.array([10.0, 20.0]))), 3)
    12.5
    """
    if not len(time_s) or not time_s[0] - _BEYOND_S <= moment_s <= time_s[-1] + _BEYOND_S:
        return None
    second = int(np.searchsorted(time_s, moment_s))
    if second == 0 or second == len(time_s):
        nearest = min(second, len(time_s) - 1)
        return Between(nearest, nearest, 0.0)
    first = second - 1
    share = float((moment_s - time_s[first]) / (time_s[second] - time_s[first]))
    # Times of a file are whole ticks: a picture that was analysed is drawn as it was analysed.
    if min(share, 1.0 - share) < 0.01:
        return Between(second, second, 0.0) if share > 0.5 else Between(first, first, 0.0)
    return Between(first, second, share)
