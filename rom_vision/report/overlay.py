"""The leg model drawn over the person: one picture, or a whole video that browsers play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rom_vision.body.recording import StateTrack, project
from rom_vision.camera import Camera
from rom_vision.camera.level import Level
from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.pose.track import FloatArray
from rom_vision.report.level_mark import draw_level
from rom_vision.report.moments import between
from rom_vision.report.strokes import CALM, CLEAR, INK, SHADE, Picture, dot, line
from rom_vision.results.document import Result
from rom_vision.results.parts import Side

__all__ = ["BAND_DEG", "OVERLAY_MARK", "Drawing", "LegOverlay", "draw_legs", "write_overlay"]

OVERLAY_MARK = "rom_vision overlay"
"""The comment that a drawn video carries, by which it is known again."""

BAND_DEG = (30.0, 45.0)
"""Reference band of the default view (clinical evidence, section 1.5)."""

_BAND = (64, 190, 120)


@dataclass(frozen=True)
class LegOverlay:
    """Draws the leg model of one analysed hip rotation test.

    Attributes
    ----------
    time_s : (T,) times of the analysed pictures, seconds.
    points_px : (T, 8, 2) model points in the analysed picture, in the order of ``rom_vision.body.model.POINTS``.
    angle_deg, sd_deg : (T,) hip rotation, internal +, and its standard deviation.
    side : the tested leg.
    level : how the camera leaned, to be shown; None leaves that out.
    band_deg : reference band drawn under the angle.
    """

    time_s: FloatArray
    points_px: FloatArray
    angle_deg: FloatArray
    sd_deg: FloatArray
    side: Side
    level: Level | None = None
    band_deg: tuple[float, float] = BAND_DEG

    @classmethod
    def from_states(
        cls,
        states: StateTrack,
        result: Result,
        camera: Camera,
        side: Side,
        level: Level | None = None,
        band_deg: tuple[float, float] = BAND_DEG,
    ) -> LegOverlay:
        """Prepare the drawing of all frames of one analysis, whose states are of the straight picture."""
        points_px = camera.picture_px(project(states, camera))
        angle_deg, sd_deg = (
            np.array(result.curve(name), dtype=float) for name in ("hip_rotation_deg", "hip_rotation_sd_deg")
        )
        return cls(np.array(states.time_s, dtype=float), points_px, angle_deg, sd_deg, side, level, band_deg)

    def draw(self, rgb: Picture, time_s: float) -> Picture:
        """Return a copy of the picture at ``time_s`` with the leg model, the angle and the band drawn on it."""
        out = rgb.copy()
        unit = max(rgb.shape[0], rgb.shape[1]) / 640
        now = between(self.time_s, time_s)
        shown = None if now is None else (float(now.of(self.angle_deg)), 1.96 * float(now.of(self.sd_deg)))
        if now is None or shown is None or not np.isfinite(shown[0]):
            shown = None
        else:
            draw_legs(out, now.of(self.points_px), self.side, unit)
        canvas = Image.fromarray(out)
        draw = ImageDraw.Draw(canvas, "RGBA")
        self._panel(draw, unit, shown)
        if self.level is not None:
            draw_level(draw, self.level, rgb.shape[1], unit)
        return np.asarray(canvas)

    def _panel(self, draw: ImageDraw.ImageDraw, unit: float, shown: tuple[float, float] | None) -> None:
        """Angle, its interval and the band, in the upper left corner: a player covers the foot of the picture."""
        w, h, pad = 176 * unit, 62 * unit, 10 * unit
        left, top = pad, pad
        draw.rounded_rectangle((left, top, left + w, top + h), radius=8 * unit, fill=(*SHADE, 200))
        big, small = ImageFont.load_default(size=20 * unit), ImageFont.load_default(size=10 * unit)
        if shown is None:
            draw.text((left + pad, top + 8 * unit), "not seen", font=big, fill=INK)
            return
        angle, half = shown
        name = "internal" if angle >= 0 else "external"
        draw.text((left + pad, top + 5 * unit), f"{abs(angle):.0f}°", font=big, fill=INK)
        draw.text((left + 50 * unit, top + 7 * unit), f"{self.side} hip, {name}", font=small, fill=INK)
        draw.text((left + 50 * unit, top + 18 * unit), f"95 %: ±{half:.0f}°", font=small, fill=(200, 205, 212))
        x0, x1, y = left + pad, left + w - pad, top + 44 * unit

        def at(value: float) -> float:
            return x0 + (x1 - x0) * (min(max(value, -45.0), 60.0) + 45.0) / 105.0

        draw.rounded_rectangle((x0, y - 3 * unit, x1, y + 3 * unit), radius=3 * unit, fill=(90, 98, 110, 255))
        draw.rectangle((at(self.band_deg[0]), y - 3 * unit, at(self.band_deg[1]), y + 3 * unit), fill=_BAND)
        draw.rectangle((at(angle - half), y - unit, at(angle + half), y + unit), fill=(*CLEAR, 160))
        r = 5 * unit
        draw.ellipse((at(angle) - r, y - r, at(angle) + r, y + r), fill=CLEAR, outline=SHADE)
        for tick in (-45, 0, *self.band_deg):
            draw.text((at(tick), y + 6 * unit), f"{abs(tick):.0f}", font=small, fill=(200, 205, 212), anchor="mt")


def draw_legs(out: Picture, points: FloatArray, side: Side, unit: float) -> None:
    """Draw the leg model (8, 2) of one frame into ``out``; ``unit`` is the picture's longer side over 640."""
    tested = 0 if side == "left" else 1
    bones = [((0, 1), CALM), ((2, 3), CALM)]
    bones += [((2 + i, 4 + i), CLEAR if i == tested else CALM) for i in (1 - tested, tested)]
    bones += [((4 + i, 6 + i), CLEAR if i == tested else CALM) for i in (1 - tested, tested)]
    middle = [points[:2].mean(axis=0), points[2:4].mean(axis=0)]
    lines = [(middle[0], middle[1], CALM)] + [(points[a], points[b], colour) for (a, b), colour in bones]
    for width, dark in ((5.0, True), (3.0, False)):
        for a, b, colour in lines:
            line(out, a, b, SHADE if dark else colour, max(1, round(width * unit)))
    for i, point in enumerate(points):
        colour = CLEAR if i >= 2 and i % 2 == tested else CALM
        dot(out, point, SHADE, 5.5 * unit)
        dot(out, point, colour, 4.0 * unit)


class Drawing(Protocol):
    """What draws the frames of one video."""

    def draw(self, rgb: Picture, time_s: float) -> Picture:
        """Return a copy of the frame at ``time_s`` with the drawing on it."""
        ...


def write_overlay(
    video: str | Path,
    out: str | Path,
    overlay: Drawing,
    *,
    max_side_px: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the video again with the overlay drawn on each frame, as H.264 that browsers play.

    ``max_side_px`` must be the one the landmarks were found with.
    """
    with (
        VideoReader(video, max_side_px=max_side_px) as reader,
        VideoWriter(out, *reader.size, comment=OVERLAY_MARK) as writer,
    ):
        for frame in reader:
            writer.write(overlay.draw(frame.rgb, frame.time_s), frame.time_s)
            if on_progress:
                on_progress(frame.index + 1, max(reader.n_needed_estimate, frame.index + 1))
