"""Lines and dots on pictures, smooth and with sub-pixel ends, and the colours every drawing shares."""

from __future__ import annotations

import io

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from rom_vision.pose.track import FloatArray

__all__ = ["CALM", "CLEAR", "INK", "SHADE", "Picture", "Rgb", "dashes", "dot", "jpeg_of", "line"]

Picture = npt.NDArray[np.uint8]
Rgb = tuple[int, int, int]

INK: Rgb = (255, 255, 255)
CLEAR: Rgb = (255, 176, 32)
"""What is measured."""
CALM: Rgb = (120, 170, 255)
"""What is drawn for orientation."""
SHADE: Rgb = (18, 24, 32)

_JPEG_QUALITY = 88


def line(out: Picture, a: FloatArray, b: FloatArray, colour: Rgb, width: int) -> None:
    """Draw a line between two points (2,), pixels."""
    cv2.line(out, _fixed(a), _fixed(b), colour, width, cv2.LINE_AA, 3)


def dashes(out: Picture, a: FloatArray, b: FloatArray, colour: Rgb, width: int) -> None:
    """Draw a dashed line between two points (2,), pixels."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    n = max(2 * int(np.linalg.norm(b - a) / (6 * width) / 2) + 1, 3)
    for k in range(0, n, 2):
        line(out, a + (b - a) * k / n, a + (b - a) * (k + 1) / n, colour, width)


def dot(out: Picture, point: FloatArray, colour: Rgb, radius: float) -> None:
    """Draw a filled circle around a point (2,), pixels."""
    cv2.circle(out, _fixed(point), round(radius * 8), colour, -1, cv2.LINE_AA, 3)


def _fixed(point: FloatArray) -> tuple[int, int]:
    x, y = np.clip(point, -8000, 8000) * 8
    return int(x), int(y)


def jpeg_of(rgb: Picture) -> bytes:
    """Return a (height, width, 3) picture as JPEG; its comment says which program drew it."""
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=_JPEG_QUALITY, comment=b"rom_vision")
    return out.getvalue()
