"""Quarter turns of the picture before inference, and of the landmarks back after it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["TURNS_DEG", "turn_back_px", "turn_back_world", "turn_picture"]

TURNS_DEG = (0, 90, 180, 270)

_CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turn_picture(rgb: npt.NDArray[np.uint8], turn_deg: int) -> npt.NDArray[Any]:
    """Turn a picture clockwise by 0, 90, 180 or 270 degrees."""
    return cv2.rotate(rgb, _CODES[turn_deg]) if turn_deg else rgb


def turn_back_px(turned: npt.NDArray[np.float32], turn_deg: int, width: int, height: int) -> npt.NDArray[np.float32]:
    """Bring points of a picture turned clockwise back to the picture it was made from.

    Parameters
    ----------
    turned : (..., 2) pixels of the turned picture.
    turn_deg : how far it was turned clockwise: 0, 90, 180 or 270.
    width, height : size of the picture before it was turned.

    Returns
    -------
    (..., 2) pixels of that picture.

    Examples
    --------
    >>> turn_back_px(np.array([100.0, 20.0]), 90, 640, 480).tolist()
    [20.0, 380.0]
    """
    x, y = turned[..., 0], turned[..., 1]
    if turn_deg == 90:
        return np.stack([y, height - x], axis=-1)
    if turn_deg == 180:
        return np.stack([width - x, height - y], axis=-1)
    if turn_deg == 270:
        return np.stack([width - y, x], axis=-1)
    return turned


def turn_back_world(turned: npt.NDArray[np.float32], turn_deg: int) -> npt.NDArray[np.float32]:
    """Bring (..., 3) world points seen in a picture turned clockwise back to the axes of the picture as it was."""
    x, y, z = turned[..., 0], turned[..., 1], turned[..., 2]
    if turn_deg == 90:
        return np.stack([y, -x, z], axis=-1)
    if turn_deg == 180:
        return np.stack([-x, -y, z], axis=-1)
    if turn_deg == 270:
        return np.stack([-y, x, z], axis=-1)
    return turned
