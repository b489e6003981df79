"""The live coach of the squat screen: hands-free, from the front and, as a second view, from the side.

What it counts is for guidance only: the findings come from `screen_squat` over the whole recording.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DONE, STOPPED, Advice, Cue, HandStop, Stage
from rom_vision.protocols.squat.phases import MIN_DEPTH, RETURN_SHARE

__all__ = ["SQUATS", "SquatCoach", "SquatView", "Standing"]

SQUATS = 3
"""Repetitions of a view (clinical evidence, 5.3: a finding has to be seen in two)."""

# Our own heuristics.
STILL_S, STILL_SHARE = 1.5, 0.03
"""Standing: the hips stay within this share of the leg's length for this long."""
MOST_S = 90.0
"""A view ends after this time with whatever was done."""
TURN_S = 8.0
"""Time to turn for the next view."""
AWAY_S = 3.0
"""Whoever is gone for this long is set up again."""
SETTLE_S = 0.6
DARK, EDGE, VISIBLE = 0.16, 0.01, 0.5
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
_NOBODY = Cue("nobody", "Step into view", "I cannot see you. Step back until your whole body is in the picture.")
_PEOPLE = Cue("people", "One person only", "I see more than one person. Only you may be in the picture.")
_DARK = Cue("dark", "More light", "It is too dark. Switch on a light that shines on you.")
_FROZEN = Cue("frozen", "Picture stuck", "The camera picture stands still. Check the camera.")
_CLOSE = Cue("close", "Move back", "I need to see you from head to feet. Move back, or tilt the camera.")
_FAR = Cue("far", "Come closer", "You are too far away. Come a step closer.")
_FACE = Cue("face", "Face the camera", "Turn until you face the camera.")
_ASIDE = Cue("aside", "Turn sideways", "Turn sideways: one shoulder points at the camera.")
_STILL = Cue("still", "Stand still", "Good. Stand still, feet as wide as your hips.", "wait")
_READY = Cue("ready", "Ready", "This is a good view. Start the test when you are ready.", "wait")
_GO = Cue("go", "Squat slowly", "Now squat slowly, as deep as you can, and come up again.", "go")
_DOWN = Cue("down", "Down and up", "Slowly down, and up again.", "go", spoken=False)


@dataclass(frozen=True)
class Standing:
    """One moment of the camera, as far as the coach needs to know it.

    Attributes
    ----------
    time_s : time of the picture.
    picture_px : (width, height).
    brightness : mean of the picture, 0 to 1.
    n_people : how many people were found when last looked for.
    image_px, visibility : (33, 2) and (33,) landmarks; None when nobody was found.
    camera_roll_deg : lean of the camera, None when unknown.
    hand_up : whether a hand is held above the head.
    frozen : the camera has shown the same picture for too long.
    """

    time_s: float
    picture_px: tuple[int, int]
    brightness: float = 0.5
    n_people: int = 1
    image_px: FloatArray | None = None
    visibility: FloatArray | None = None
    camera_roll_deg: float | None = None
    hand_up: bool = False
    frozen: bool = False


class SquatCoach:
    """Guides three squats for each view.

    Parameters
    ----------
    views : from where, in order.
    begun : whether the test starts by itself; else it waits in set-up for `begin`.
    """

    def __init__(self, views: tuple[SquatView, ...] = ("front",), *, begun: bool = True) -> None:
        self.views = views
        self._begun = begun
        self._index = 0
        self._shown: Cue | None = None
        self._shown_since_s = -np.inf
        self._hand = HandStop()
        self._pause_until_s = -np.inf
        self._start_view()

    @property
    def view(self) -> SquatView:
        """The view that is recorded now."""
        return self.views[self._index]

    def _start_view(self) -> None:
        self._stage: Stage = "setup"
        self._recording_since_s: float | None = None
        self._tilted_since_s: float | None = None
        self._heights: deque[tuple[float, float, float]] = deque()
        self._stand_px, self._leg_px = 0.0, 1.0
        self._seen_s = -np.inf
        self._deepest = 0.0
        self._count = 0

    def begin(self) -> None:
        """Start the test as soon as the set-up is right."""
        self._begun = True

    def stop(self) -> None:
        """End the test now."""
        self._stage = "done"

    def restart_view(self) -> None:
        """Begin the present view again."""
        if self._stage != "done":
            self._start_view()

    def update(self, seen: Standing) -> Advice:
        """Take in the next moment (times increase) and say what to do."""
        cue = self._step(seen)
        settled = self._stage != "setup" or seen.time_s - self._shown_since_s >= SETTLE_S
        if self._shown is None or (cue.id != self._shown.id and settled):
            self._shown, self._shown_since_s = cue, seen.time_s
        return Advice(
            stage=self._stage,
            part=self.view,
            title=_TITLES[self.view],
            cue=self._shown,
            good=self._count,
            wanted=SQUATS,
            tries=self._count,
            recording=self._recording_since_s is not None and self._stage in ("setup", "moving"),
            stopped=self._hand.stopped,
        )

    def _step(self, seen: Standing) -> Cue:
        if self._stage == "pause" and seen.time_s >= self._pause_until_s:
            self._index += 1
            self._start_view()
        if self._stage == "done":
            return STOPPED if self._hand.stopped else DONE
        # Arms held overhead in a squat are no sign to stop: only whoever stands gives one.
        stands = self._deepest == 0.0 and seen.image_px is not None
        hand = self._hand.update(seen.time_s, up=self._begun and stands and seen.hand_up)
        if hand is not None:
            self._stage = "done" if self._hand.stopped else self._stage
            return hand
        if self._stage == "pause":
            return self._pause_cue()
        cue = self._set_up(seen) if self._stage == "setup" else self._guide(seen)
        since = self._recording_since_s
        if since is not None and seen.time_s - since > MOST_S and self._stage in ("setup", "moving"):
            return self._end_view(seen.time_s)
        return cue

    def _set_up(self, seen: Standing) -> Cue:
        fault = self._fault(seen)
        if fault is not None:
            self._heights.clear()
            return fault
        if not self._begun:
            return _READY
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
        if self._recording_since_s is None:
            self._recording_since_s = self._heights[0][0]
        return self._go_cue()

    def _fault(self, seen: Standing) -> Cue | None:
        if seen.frozen:
            return _FROZEN
        if seen.image_px is None:
            return _DARK if seen.brightness < DARK else _NOBODY
        if seen.n_people > 1:
            return _PEOPLE
        if seen.brightness < DARK:
            return _DARK
        width, height = seen.picture_px
        margin, px = EDGE * height, seen.image_px[[*_BODY, Landmark.NOSE]]
        outside = (px < margin).any() or (px[:, 0] > width - margin).any() or (px[:, 1] > height - margin).any()
        feet = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]
        hidden = seen.visibility is not None and self.view == "front" and bool((seen.visibility[feet] < VISIBLE).any())
        if outside or hidden:
            return _CLOSE
        if _hips_and_leg(seen.image_px)[1] < LEAST_LEG_PX:
            return _FAR
        ratio = _shoulder_ratio(seen.image_px)
        if self.view == "front" and ratio < FRONT_RATIO:
            return _FACE
        if self.view == "side" and ratio > SIDE_RATIO:
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
            self._count += 1
            if self._count >= SQUATS:
                return self._end_view(seen.time_s)
        return _DOWN if self._deepest > 0.0 else self._go_cue()

    def _end_view(self, time_s: float) -> Cue:
        last = self._index + 1 >= len(self.views)
        self._stage = "done" if last else "pause"
        self._pause_until_s = time_s + TURN_S
        return DONE if last else self._pause_cue()

    def _pause_cue(self) -> Cue:
        return Cue("next", "Turn sideways", "Good. Now turn sideways: one shoulder points at the camera.", "wait")

    def _go_cue(self) -> Cue:
        if not self._count:
            return _GO
        return Cue(f"good_{self._count}", "Good, again", f"Good, that is {self._count} of {SQUATS}. Again.", "go")


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
