"""The live coach of the squat screen: hands-free, from the front and, as a second view, from the side.

What it counts is for guidance only: the findings come from `screen_squat` over the whole recording.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DARK, FROZEN, NOBODY, PEOPLE, TOO_DARK, Cue
from rom_vision.protocols.parts_coach import AWAY_S, EDGE, READY, PartsCoach, Standing
from rom_vision.protocols.squat.phases import MIN_DEPTH, RETURN_SHARE

__all__ = ["SQUATS", "SquatCoach", "SquatView"]

SQUATS = 3
"""Repetitions of a view (clinical evidence, 5.3: a finding has to be seen in two)."""

# Our own heuristics.
STILL_S, STILL_SHARE = 1.5, 0.03
"""Standing: the hips stay within this share of the leg's length for this long."""
MOST_S = 90.0
"""A view ends after this time with whatever was done."""
TURN_S = 8.0
"""Time to turn for the next view."""
VISIBLE = 0.5
FRONT_RATIO, SIDE_RATIO = 0.45, 0.35
"""Shoulders this wide, in trunk lengths, are seen from the front; narrower than the second, from the side."""
LEAST_LEG_PX = 100.0
ROLL_WARN_DEG = 3.0
PATIENCE_S = 15.0
"""A leaning camera holds the start back for this long; then the test starts, and its result carries the warning."""

SquatView = Literal["front", "side"]

_TITLES: dict[SquatView, str] = {"front": "From the front", "side": "From the side"}
_BODY = [
    Landmark[f"{side}_{name}"] for side in ("LEFT", "RIGHT") for name in ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL")
]
_CLOSE = Cue("close", "Move back", "I need to see you from head to feet. Move back, or tilt the camera.")
_FAR = Cue("far", "Come closer", "You are too far away. Come a step closer.")
_FACE = Cue("face", "Face the camera", "Turn until you face the camera.")
_ASIDE = Cue("aside", "Turn sideways", "Turn sideways: one shoulder points at the camera.")
_STILL = Cue("still", "Stand still", "Good. Stand still, feet as wide as your hips.", "wait")
_GO = Cue("go", "Squat slowly", "Now squat slowly, as deep as you can, and come up again.", "go")
_DOWN = Cue("down", "Down and up", "Slowly down, and up again.", "go", spoken=False)


class SquatCoach(PartsCoach):
    """Guides three squats for each view.

    Parameters
    ----------
    views : from where, in order.
    begun : whether the test starts by itself; else it waits in set-up for `begin`.
    """

    def __init__(self, views: tuple[SquatView, ...] = ("front",), *, begun: bool = True) -> None:
        titles: dict[str, str] = {view: _TITLES[view] for view in views}
        super().__init__(titles, wanted=SQUATS, most_s=MOST_S, between_s=TURN_S, begun=begun)

    def _start_part(self) -> None:
        super()._start_part()
        self._tilted_since_s: float | None = None
        self._heights: deque[tuple[float, float, float]] = deque()
        self._stand_px, self._leg_px = 0.0, 1.0
        self._deepest = 0.0

    def _may_signal(self, seen: Standing) -> bool:
        # Arms held overhead in a squat are no sign to stop: only whoever stands gives one.
        return self._deepest == 0.0 and seen.image_px is not None

    def _set_up(self, seen: Standing) -> Cue:
        fault = self._fault(seen)
        if fault is not None:
            self._heights.clear()
            return fault
        if not self._begun:
            return READY
        assert seen.image_px is not None
        hips, leg = _hips_and_leg(seen.image_px)
        self._heights.append((seen.time_s, hips, leg))
        while self._heights[0][0] < seen.time_s - STILL_S - 0.1:
            self._heights.popleft()
        heights, legs = (np.array([row[k] for row in self._heights]) for k in (1, 2))
        long = len(heights) >= 5 and seen.time_s - self._heights[0][0] >= STILL_S - 0.1
        if not long or np.ptp(heights) > STILL_SHARE * np.median(legs):
            return _STILL
        self._stand_px, self._leg_px = float(np.median(heights)), float(np.median(legs))
        self._stage, self._seen_s = "moving", seen.time_s
        if self._since_s is None:
            self._since_s = self._heights[0][0]
        return self._go_cue()

    def _fault(self, seen: Standing) -> Cue | None:
        if seen.frozen:
            return FROZEN
        if seen.image_px is None:
            return TOO_DARK if seen.brightness < DARK else NOBODY
        if seen.n_people > 1:
            return PEOPLE
        if seen.brightness < DARK:
            return TOO_DARK
        width, height = seen.picture_px
        margin, px = EDGE * height, seen.image_px[[*_BODY, Landmark.NOSE]]
        outside = (px < margin).any() or (px[:, 0] > width - margin).any() or (px[:, 1] > height - margin).any()
        feet = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]
        hidden = seen.visibility is not None and self.part == "front" and bool((seen.visibility[feet] < VISIBLE).any())
        if outside or hidden:
            return _CLOSE
        if _hips_and_leg(seen.image_px)[1] < LEAST_LEG_PX:
            return _FAR
        ratio = _shoulder_ratio(seen.image_px)
        if self.part == "front" and ratio < FRONT_RATIO:
            return _FACE
        if self.part == "side" and ratio > SIDE_RATIO:
            return _ASIDE
        return self._tilt(seen)

    def _tilt(self, seen: Standing) -> Cue | None:
        if seen.camera_roll_deg is None or abs(seen.camera_roll_deg) <= ROLL_WARN_DEG:
            return None
        self._tilted_since_s = seen.time_s if self._tilted_since_s is None else self._tilted_since_s
        if self._begun and seen.time_s - self._tilted_since_s > PATIENCE_S:
            return None
        sentence = f"The camera leans by {abs(seen.camera_roll_deg):.0f} degrees. Put it down level."
        return Cue("tilt", "Level the camera", sentence)

    def _guide(self, seen: Standing) -> Cue:
        if seen.image_px is None or seen.n_people > 1 or seen.frozen:
            if seen.time_s - self._seen_s > AWAY_S:
                self._stage = "setup"
                self._heights.clear()
            return self._fault(seen) or self._go_cue()
        self._seen_s = seen.time_s
        drop = (_hips_and_leg(seen.image_px)[0] - self._stand_px) / self._leg_px
        if drop >= MIN_DEPTH:
            self._deepest = max(self._deepest, drop)
            return _DOWN
        if self._deepest > 0.0 and drop <= RETURN_SHARE * self._deepest:
            self._deepest = 0.0
            self._count = self._tries = self._count + 1
            if self._count >= SQUATS:
                return self._end_part(seen.time_s)
        return _DOWN if self._deepest > 0.0 else self._go_cue()

    def _pause_cue(self) -> Cue:
        return Cue("next", "Turn sideways", "Good. Now turn sideways: one shoulder points at the camera.", "wait")

    def _go_cue(self) -> Cue:
        return self._again() if self._count else _GO


def _hips_and_leg(image_px: FloatArray) -> tuple[float, float]:
    """Height of the hips in the picture, and the length of a leg from hip to ankle along its bones, pixels."""
    hips, knees, ankles = (
        image_px[[Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]]].mean(axis=0)
        for name in ("HIP", "KNEE", "ANKLE")
    )
    return float(hips[1]), float(np.linalg.norm(knees - hips) + np.linalg.norm(ankles - knees))


def _shoulder_ratio(image_px: FloatArray) -> float:
    """Width of the shoulders in the picture, in trunk lengths."""
    shoulders, hips = (image_px[[Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]]] for name in ("SHOULDER", "HIP"))
    trunk = float(np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0)))
    return float(abs(shoulders[0, 0] - shoulders[1, 0])) / max(trunk, 1.0)
