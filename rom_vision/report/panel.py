"""A few words in the corner of a drawn picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rom_vision.camera.level import Level
from rom_vision.report.level_mark import draw_level
from rom_vision.report.strokes import CLEAR, INK, SHADE, Picture

__all__ = ["draw_panel"]


def draw_panel(out: Picture, unit: float, lines: Sequence[str], level: Level | None) -> Picture:
    """Write a few lines into the upper left corner, and how the camera leaned into the upper right one.

    The foot of a picture is where a player puts its controls.
    """
    canvas = Image.fromarray(out)
    draw = ImageDraw.Draw(canvas, "RGBA")
    fonts = [ImageFont.load_default(size=(14 if k == 0 else 11) * unit) for k in range(len(lines))]
    width = max(draw.textlength(words, font=font) for words, font in zip(lines, fonts, strict=True)) + 16 * unit
    height = (14 * len(lines) + 14) * unit
    left, top = 10 * unit, 10 * unit
    draw.rounded_rectangle((left, top, left + width, top + height), radius=8 * unit, fill=(*SHADE, 200))
    for k, (words, font) in enumerate(zip(lines, fonts, strict=True)):
        colour = CLEAR if ": " in words else INK
        draw.text((left + 8 * unit, top + (5 + 14 * k) * unit), words, font=font, fill=colour)
    if level is not None:
        draw_level(draw, level, out.shape[1], unit)
    return np.asarray(canvas)
