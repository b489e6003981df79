"""Pictures that show again what was shown before: a stuck camera, a frozen screen, a stuttering copy."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["Repeats"]

CHANGED = 1.5
"""Mean change of brightness (0 to 255) of a block's pixels that makes a picture new (our own heuristic).

A person, even one who holds still, changes at least one block by 2 to 60 from one picture to the next (twenty real
clips); where a repeated picture is encoded again its blocks change by 0.1 to 1.5. In rendered clips without any noise
of the sensor the slowest stretch without a new picture lasts 0.25 s."""
_BLOCK_PX = 16
_STRIP = 2 * _BLOCK_PX

RgbArray = npt.NDArray[np.uint8]


class Repeats:
    """Tells of each picture of a recording whether it repeats an earlier one.

    The comparison is with the last *new* picture, not with the one just before: what moves slowly is new after a
    while, what is only encoded again never is.
    """

    def __init__(self) -> None:
        self._last_new: RgbArray | None = None

    def __call__(self, rgb: RgbArray) -> bool:
        """Take in the next picture, (height, width, 3) uint8; return whether it shows nothing new."""
        before = self._last_new
        if before is not None and before.shape == rgb.shape and not _changed(before, rgb):
            return True
        self._last_new = rgb.copy()  # whoever gets the picture may draw on it
        return False


def _changed(a: RgbArray, b: RgbArray) -> bool:
    """Whether any block differs; looks at every fourth strip first, for most pictures differ there already."""
    strips = range(0, len(a), _STRIP)
    for first in (k for start in (2, 0, 1, 3) for k in strips[start::4]):
        rows = slice(first, first + _STRIP)
        change = cv2.cvtColor(cv2.absdiff(a[rows], b[rows]), cv2.COLOR_RGB2GRAY)
        height, width = change.shape
        blocks = (max(1, width // _BLOCK_PX), max(1, height // _BLOCK_PX))
        if cv2.resize(change.astype(np.float32), blocks, interpolation=cv2.INTER_AREA).max() >= CHANGED:
            return True
    return False
