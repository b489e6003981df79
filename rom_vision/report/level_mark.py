"""How the camera leaned, drawn into a corner of the picture: a plumb line, and whether the lean was taken out."""

from __future__ import annotations

import math

from PIL import ImageDraw, ImageFont

from rom_vision.camera.level import Level
from rom_vision.report.strokes import CALM, CLEAR, INK, SHADE

__all__ = ["draw_level"]


def draw_level(draw: ImageDraw.ImageDraw, level: Level, width_px: int, unit: float) -> None:
    """Draw the mark into the upper right corner; ``unit`` is the picture's longer side over 640."""
    words = ("camera's lean", "not corrected")
    if level.roll_deg is not None and level.roll_sd_deg is not None:
        words = (f"camera leans {level.roll_deg:+.1f}°", f"±{1.96 * level.roll_sd_deg:.1f}°, taken out")
    font = ImageFont.load_default(size=10 * unit)
    text = max(draw.textlength(line, font=font) for line in words)
    pad, radius = 8 * unit, 12 * unit
    w, h = text + 2 * radius + 3 * pad, 2 * radius + pad
    left, top = width_px - w - 10 * unit, 10 * unit
    draw.rounded_rectangle((left, top, left + w, top + h), radius=8 * unit, fill=(*SHADE, 200))
    x, y = left + pad + radius, top + h / 2
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=CALM, width=max(1, round(unit)))
    draw.line((x, y - radius, x, y + radius), fill=CALM, width=max(1, round(unit)))
    if level.roll_deg is not None:
        roll = math.radians(level.roll_deg)
        dx, dy = radius * math.sin(roll), radius * math.cos(roll)
        draw.line((x - dx, y - dy, x + dx, y + dy), fill=CLEAR, width=max(2, round(2 * unit)))
    for k, line in enumerate(words):
        draw.text((left + 2 * pad + 2 * radius, top + (3 + 12 * k) * unit), line, font=font, fill=INK)
