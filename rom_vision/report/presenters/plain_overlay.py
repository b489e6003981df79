"""The drawn video of any test: the landmarks, the repetition and the test's main curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.camera.level import Level
from rom_vision.meaning.statements import value_words
from rom_vision.pose.landmarks import SKELETON, Landmark
from rom_vision.pose.track import PoseTrack
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

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.track)

    def draw(self, rgb: Picture, index: int) -> Picture:
        """Return a copy of frame ``index`` with the person's lines and a panel on it."""
        out = rgb.copy()
        unit = max(rgb.shape[:2]) / 640
        if index >= len(self.track) or not self.track.found[index]:
            return draw_panel(out, unit, ["not seen"], self.level)
        points = self.track.image_px[index]
        for a, b in SKELETON:
            line(out, points[Landmark(a)], points[Landmark(b)], CALM, max(1, round(2.0 * unit)))
        return draw_panel(out, unit, self._lines(index), self.level)

    def _lines(self, index: int) -> list[str]:
        lines = []
        if self.curve is not None:
            words, _, unit = self.curve.rpartition("_")
            values = self.result.curve(self.curve)
            value = values[index] if index < len(values) else None
            known = value is not None and np.isfinite(value)
            lines.append(
                f"{words.replace('_', ' ')} {value_words(value, unit) if known and value is not None else '?'}"
            )
        now = float(self.track.time_s[index])
        number = next((n for n, r in enumerate(self.result.repetitions, 1) if r.start_s <= now <= r.end_s), None)
        return [*lines, *([f"repetition {number} of {len(self.result.repetitions)}"] if number else [])] or ["at rest"]
