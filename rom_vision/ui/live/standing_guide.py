"""What the live tests share whose coach reads landmarks alone, part by part."""

from __future__ import annotations

import numpy as np

from rom_vision.body.model import POINTS
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.parts_coach import PartsCoach, Standing
from rom_vision.ui.live.guide import Look, hand_up

__all__ = ["StandingGuide"]


class StandingGuide:
    """A guide (`rom_vision.ui.live.guide.Guide`) but for its options.

    Parameters
    ----------
    test : its name.
    coach : guides the person.
    lying : the person lies.
    """

    def __init__(self, test: str, coach: PartsCoach, *, lying: bool = False) -> None:
        self.test, self.lying, self.most_people, self.outline = test, lying, 1, False
        self.parts = coach.parts
        self.points_px: FloatArray | None = None
        self._coach = coach

    def update(self, look: Look) -> Advice:
        """Take in a look and say what to do."""
        pose = look.pose
        self.points_px = None if pose is None else pose.image_px[list(POINTS)].astype(np.float64)
        return self._coach.update(
            Standing(
                look.time_s,
                look.size_px,
                brightness=look.brightness,
                n_people=look.n_people,
                image_px=None if pose is None else pose.image_px.astype(float),
                visibility=None if pose is None else pose.visibility.astype(float),
                camera_roll_deg=look.roll_deg,
                hand_up=hand_up(pose),
                frozen=look.frozen,
            )
        )

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        self._coach.begin()

    def stop(self) -> None:
        """End the test."""
        self._coach.stop()

    def forget(self) -> None:
        """Nothing is kept by the guide itself."""

    def restart_part(self) -> None:
        """Begin the present part again."""
        self._coach.restart_part()
