"""The drawn video of any test: the landmarks, the repetition and the test's main curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.camera.level import Level
from rom_vision.meaning.statements import value_words
from rom_vision.pose.landmarks import SKELETON, Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.report.moments import Between, between
from rom_vision.report.panel import draw_panel
from rom_vision.report.strokes import CALM, Picture, line
from rom_vision.results.document import Result

__all__ = ["PlainOverlay"]


@dataclass(frozen=True)
class PlainOverlay:
    """Draws the landmarks of one analysed recording.

    Attributes
    ----------
    track : landmarks.
    result : what was measured; its series have one moment for each frame.
    curve : name of the series to be shown; None shows none.
    level : how the camera leaned; None leaves that out.
    """

    track: PoseTrack
    result: Result
    curve: str | None
    level: Level | None = None

    def draw(self, rgb: Picture, time_s: float) -> Picture:
        """Return a copy of the picture at ``time_s`` with the person's lines and a panel on it."""
        out = rgb.copy()
        unit = max(rgb.shape[:2]) / 640
        now = between(self.track.time_s, time_s)
        points = None if now is None else now.of(self.track.image_px)
        if now is None or points is None or not np.isfinite(points).all():
            return draw_panel(out, unit, ["not seen"], self.level)
        for a, b in SKELETON:
            line(out, points[Landmark(a)], points[Landmark(b)], CALM, max(1, round(2.0 * unit)))
        return draw_panel(out, unit, self._lines(now, time_s), self.level)

    def _lines(self, now: Between, time_s: float) -> list[str]:
        lines = []
        if self.curve is not None:
            words, _, unit = self.curve.rpartition("_")
            values = self.result.curve(self.curve)
            value = float(now.of(values)) if now.second < len(values) else np.nan
            lines.append(f"{words.replace('_', ' ')} {value_words(value, unit) if np.isfinite(value) else '?'}")
        number = next((n for n, r in enumerate(self.result.repetitions, 1) if r.start_s <= time_s <= r.end_s), None)
        return [*lines, *([f"repetition {number} of {len(self.result.repetitions)}"] if number else [])] or ["at rest"]
