"""The live squat screen: the coach over the camera's pictures."""

from __future__ import annotations

import numpy as np

from rom_vision.body.model import POINTS
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.squat.coach import SquatCoach, SquatView, Standing
from rom_vision.ui.live.guide import Look, hand_up

__all__ = ["SquatGuide"]


class SquatGuide:
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    views : from where, in order.
    begun : whether it starts by itself as soon as the set-up is right.
    """

    test = "squat"

    def __init__(self, views: tuple[SquatView, ...] = ("front",), *, begun: bool = True) -> None:
        self.lying, self.most_people = False, 1
        self.points_px: FloatArray | None = None
        self._coach = SquatCoach(views, begun=begun)

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
        """Begin the present view again."""
        self._coach.restart_view()

    def options(self, part: str) -> dict[str, str]:  # noqa: ARG002
        """Return what was chosen of the test; the screen tells by itself which ``part`` it sees."""
        return {"legs": "both"}
