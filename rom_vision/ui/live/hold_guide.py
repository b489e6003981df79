"""The live tests in which something is held: the coach over the camera's pictures, and which tests there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rom_vision.protocols.hold_coach import HoldCoach, HoldTask
from rom_vision.protocols.registry import protocol
from rom_vision.protocols.straight_leg_raise.coach import LegRaiseTask
from rom_vision.protocols.toe_touch.coach import ToeTouchTask
from rom_vision.results.parts import Mode, Side
from rom_vision.ui.live.standing_guide import StandingGuide

__all__ = ["HOLDS", "HoldGuide", "HoldKind"]


class HoldGuide(StandingGuide):
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    test : its name.
    task : what the coach has to know of it.
    begun : whether it starts by itself as soon as the set-up is right.
    """

    def __init__(self, test: str, task: HoldTask, *, begun: bool = True) -> None:
        asked = protocol(test)
        lying = asked.lying(asked.settle(task.options(next(iter(task.parts)))))
        super().__init__(test, HoldCoach(task, begun=begun), lying=lying)
        self._task = task

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
