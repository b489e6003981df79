"""What a recording shows while it is still being analysed: a picture of it with the landmarks found."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import cv2

from rom_vision.capture import Frame
from rom_vision.errors import RomVisionError
from rom_vision.files import write_bytes
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.subject import PoseCandidate
from rom_vision.report.strokes import CALM, CLEAR, SHADE, Picture, dot, jpeg_of, line

__all__ = ["Preview", "with_landmarks"]

_SIDE_PX = 640
_EVERY_S = 1.0
_SHOWN = ("SHOULDER", "HIP", "KNEE", "ANKLE", "FOOT_INDEX")
_LEGS = [[Landmark[f"{side}_{name}"] for name in _SHOWN] for side in ("LEFT", "RIGHT")]
_ACROSS = [(_LEGS[0][k], _LEGS[1][k]) for k in (0, 1)]
_BONES = [*_ACROSS, *((leg[k], leg[k + 1]) for leg in _LEGS for k in range(len(_SHOWN) - 1))]


class Preview:
    """Keeps the newest picture with somebody in it as a file, about once a second.

    Parameters
    ----------
    path : where the picture (JPEG) goes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = 0.0

    def __call__(self, frame: Frame, people: list[PoseCandidate]) -> None:
        """Take in a picture, and who was found in it."""
        if people and time.monotonic() >= self._next:
            with suppress(RomVisionError):  # a full disk, or a job that was cancelled: the work does not depend on it
                write_bytes(self._path, jpeg_of(with_landmarks(frame.rgb, people)))
            self._next = time.monotonic() + _EVERY_S


def with_landmarks(rgb: Picture, people: Sequence[PoseCandidate]) -> Picture:
    """Return a picture of at most 640 pixels with people's landmarks on it."""
    height, width = rgb.shape[:2]
    scale = min(1.0, _SIDE_PX / max(height, width))
    out: Picture = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    unit = max(out.shape[:2]) / _SIDE_PX
    for person in people:
        points = person.image_px.astype(float) * scale
        for thickness, colour in ((5.0, SHADE), (3.0, CALM)):
            for a, b in _BONES:
                line(out, points[a], points[b], colour, max(1, round(thickness * unit)))
        for point in points[[place for leg in _LEGS for place in leg]]:
            dot(out, point, SHADE, 5.5 * unit)
            dot(out, point, CLEAR, 4.0 * unit)
    return out
