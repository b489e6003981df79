"""What the live test draws on the camera's picture: mirrored, small enough to be sent back, the body drawn in."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice, Tone
from rom_vision.report.overlay import draw_legs

__all__ = ["TONE_RGB", "draw_live"]

Picture = npt.NDArray[np.uint8]

TONE_RGB: dict[Tone, tuple[int, int, int]] = {
    "fix": (255, 190, 60),
    "wait": (255, 255, 255),
    "go": (255, 255, 255),
    "hold": (110, 235, 150),
    "return": (150, 200, 255),
    "warn": (255, 140, 110),
    "done": (110, 235, 150),
}
SENT_PX = 640
"""The longer side of the picture that goes back to the browser: to see oneself by, not to measure in."""


def draw_live(rgb: Picture, advice: Advice | None, points_px: FloatArray | None) -> Picture:
    """Return a mirrored, smaller copy of the camera's picture with the leg model.

    Only the picture is mirrored: sides are always the person's own. Words stand beside the picture, never in it.

    Parameters
    ----------
    rgb : (H, W, 3) as the camera gives it.
    advice : None before anything is known.
    points_px : (8, 2) model points in ``rgb``; None when the person is not seen now.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, SENT_PX / max(height, width))
    # Video wants even sizes.
    size = (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
    out: Picture = cv2.flip(rgb if scale == 1 else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), 1)  # type: ignore[assignment]
    if points_px is not None and advice is not None and advice.stage in ("setup", "moving"):
        scale_x, scale_y = out.shape[1] / width, out.shape[0] / height
        mirrored = np.column_stack([out.shape[1] - points_px[:, 0] * scale_x, points_px[:, 1] * scale_y])
        draw_legs(out, mirrored, advice.side or "left", max(out.shape[:2]) / 640)
    return out
