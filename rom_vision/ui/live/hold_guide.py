"""The live tests in which something is held: the coach over the camera's pictures, and which tests there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rom_vision.body.model import POINTS
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.hold_coach import HoldCoach, HoldTask
from rom_vision.protocols.registry import protocol
from rom_vision.protocols.squat.coach import Standing
from rom_vision.protocols.straight_leg_raise.coach import LegRaiseTask
from rom_vision.protocols.toe_touch.coach import ToeTouchTask
from rom_vision.results.parts import Mode, Side
from rom_vision.ui.live.guide import Look, hand_up

__all__ = ["HOLDS", "HoldGuide", "HoldKind"]


class HoldGuide:
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    test : its name.
    task : what the coach has to know of it.
    begun : whether it starts by itself as soon as the set-up is right.
    """

    def __init__(self, test: str, task: HoldTask, *, begun: bool = True) -> None:
        asked = protocol(test)
        self.test, self.most_people = test, 1
        self.lying = asked.lying(asked.settle(task.options(next(iter(task.parts)))))
        self.points_px: FloatArray | None = None
        self._task, self._coach = task, HoldCoach(task, begun=begun)

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

    def options(self, part: str) -> dict[str, str]:
        """Return what was chosen of the test, for one of its parts."""
        return self._task.options(part)


@dataclass(frozen=True)
class HoldKind:
    """A live test: how the page offers it.

    Attributes
    ----------
    place : where the camera stands and what to wear, for people.
    task : makes what the coach has to know, of the chosen sides and the other options.
    sides : whether it is done with one leg at a time.
    """

    place: str
    task: Callable[[tuple[Side, ...], dict[str, str]], HoldTask]
    sides: bool


def _leg_raise(sides: tuple[Side, ...], chosen: dict[str, str]) -> HoldTask:
    mode: Mode = "passive" if chosen.get("mode") == "passive" else "active"
    return LegRaiseTask(sides, mode)


HOLDS: dict[str, HoldKind] = {
    "straight_leg_raise": HoldKind(
        "Camera 2 to 3 m beside you, on the side of the tested leg, level, no higher than a table; from head to feet "
        "in the picture. Lie flat on a mat. Turn the sound up: you cannot see the screen. "
        "For the other leg turn round.",
        _leg_raise,
        sides=True,
    ),
    "toe_touch": HoldKind(
        "Camera about 3 m straight beside you, at hip height, level; from head to feet in the picture. Stand with the "
        "feet together, no shoes. Turn the sound up: bending down you cannot see the screen.",
        lambda _sides, chosen: ToeTouchTask(chosen.get("stature", "unknown")),
        sides=False,
    ),
}
"""The live tests of this kind, by the name of the test."""
