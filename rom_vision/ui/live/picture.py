"""What the live test draws on the camera's picture: mirrored, the leg model, and words readable from 2.5 m."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.coach import GOOD_REPETITIONS, Advice
from rom_vision.protocols.hip_rotation.setup_check import Tone
from rom_vision.report.overlay import BAND_DEG, draw_legs

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
_INK, _BAND, _MARK = (255, 255, 255), (64, 190, 120), (255, 176, 32)
_SCALE_DEG = (-30.0, 60.0)


Cover = npt.NDArray[np.uint16]
"""How much of each pixel a word covers, (height, width, 1), 0 to 256."""


def draw_live(rgb: Picture, advice: Advice | None, points_px: FloatArray | None) -> Picture:
    """Return a mirrored copy of the camera's picture with the leg model and the instruction.

    Only the picture is mirrored: sides are always the person's own, and the words are not mirrored.

    Parameters
    ----------
    rgb : (H, W, 3) as the camera gives it.
    advice : None before anything is known.
    points_px : (8, 2) model points in ``rgb``; None when the person is not seen now.
    """
    out: Picture = cv2.flip(rgb, 1)  # type: ignore[assignment]
    if advice is None:
        return out
    height, width = out.shape[:2]
    unit = max(height, width) / 640
    if points_px is not None and advice.stage in ("setup", "moving"):
        mirrored = np.column_stack([width - points_px[:, 0], points_px[:, 1]])
        draw_legs(out, mirrored, advice.side, unit)
    _headline(out, advice, unit)
    if advice.stage == "moving":
        _readings(out, advice, unit)
    return out


def _headline(out: Picture, advice: Advice, unit: float) -> None:
    stamp = _stamp(advice.cue.label, round(50 * unit), out.shape[1] - round(16 * unit))
    strip = stamp.shape[0] + round(10 * unit)
    _shade(out, 0, strip)
    _put(out, stamp, (out.shape[1] - stamp.shape[1]) // 2, round(5 * unit), TONE_RGB[advice.cue.tone])


def _readings(out: Picture, advice: Advice, unit: float) -> None:
    """Angle against the band on the left, repetitions on the right, along the lower edge."""
    height, width = out.shape[:2]
    strip, pad = round(98 * unit), round(10 * unit)
    top = height - strip
    _shade(out, top, height)
    angle = advice.rotation_deg
    text = "–" if angle is None else f"{abs(angle):.0f}°"
    _put(out, _stamp(text, round(74 * unit), width // 3), pad, top + round(2 * unit), _INK)
    if angle is not None:
        name = "inward" if angle < -2 else "outward" if angle > 2 else "rest"
        _put(out, _stamp(f"foot {name}", round(17 * unit), width // 3), pad, top + round(74 * unit), _INK)
    counted = _stamp(f"{advice.good} of {GOOD_REPETITIONS}", round(40 * unit), width // 3)
    _put(out, counted, width - pad - counted.shape[1], top + round(10 * unit), _INK)
    side = _stamp(f"{advice.side} leg", round(24 * unit), width // 3)
    _put(out, side, width - pad - side.shape[1], top + round(62 * unit), _INK)
    left, right, middle = round(0.30 * width), round(0.74 * width), top + round(46 * unit)

    def at(value_deg: float) -> int:
        share = (min(max(value_deg, _SCALE_DEG[0]), _SCALE_DEG[1]) - _SCALE_DEG[0]) / (_SCALE_DEG[1] - _SCALE_DEG[0])
        return round(left + share * (right - left))

    half, mark = round(7 * unit), round(6 * unit)
    out[middle - half : middle + half, left:right] = (90, 98, 110)
    out[middle - half : middle + half, at(BAND_DEG[0]) : at(BAND_DEG[1])] = _BAND
    for tick in (0, *BAND_DEG):
        word = _stamp(f"{tick:.0f}", round(20 * unit), width)
        _put(out, word, at(tick) - word.shape[1] // 2, middle + half + round(3 * unit), _INK)
    if angle is not None:
        out[middle - 3 * half : middle + half, at(angle) - mark : at(angle) + mark] = _MARK


def _shade(out: Picture, top: int, bottom: int) -> None:
    """Darken a strip, so that white words stand out."""
    cv2.convertScaleAbs(out[top:bottom], out[top:bottom], alpha=0.33, beta=10)


@lru_cache(maxsize=256)
def _stamp(text: str, size: int, most_width: int) -> Cover:
    """Render a word; smaller where it would be wider than ``most_width``."""
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(text)
    if right - left > most_width:
        return _stamp(text, max(8, int(size * most_width / (right - left) * 0.98)), most_width)
    canvas = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
    ImageDraw.Draw(canvas).text((1 - left, 1 - top), text, font=font, fill=255)
    return np.asarray(canvas, dtype=np.uint16)[..., None] * 257 // 256


def _put(out: Picture, stamp: Cover, x: int, y: int, colour: tuple[int, int, int]) -> None:
    x, y = max(x, 0), max(y, 0)
    place = out[y : y + stamp.shape[0], x : x + stamp.shape[1]]
    cover = stamp[: place.shape[0], : place.shape[1]]
    place[:] = (place * (256 - cover) + np.array(colour, dtype=np.uint16) * cover) >> 8
