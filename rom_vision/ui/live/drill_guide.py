"""The live guided drill: the coach over the camera's pictures; what was done is kept as soon as it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rom_vision.drills.coach import DrillCoach, DrillSight
from rom_vision.drills.drill import GuidedDrill
from rom_vision.drills.training import Training
from rom_vision.errors import RomVisionError
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.ui.live.guide import Look, hand_up

__all__ = ["DrillGuide"]

_log = logging.getLogger(__name__)


class DrillGuide:
    """See `rom_vision.ui.live.guide.Guide`. Nothing is recorded: there is nothing to measure afterwards.

    Parameters
    ----------
    drill, sets, count : what to do and how much.
    keep : stores the log and returns its number; called once, from the thread that ends the drill.

    Attributes
    ----------
    training : the log, once the drill is over; None when no repetition was done.
    number : under which it is kept; ``problem`` says why it is not.
    """

    test = "drill"
    parts: tuple[str, ...] = ()

    def __init__(self, drill: GuidedDrill, sets: int, count: int, keep: Callable[[Training], int]) -> None:
        self.lying = drill.lying
        self.most_people, self.outline = 1, False
        self.points_px: FloatArray | None = None
        self.drill = drill
        self.training: Training | None = None
        self.number: int | None = None
        self.problem = ""
        self._coach = DrillCoach(drill, sets, count, begun=False)
        self._keep: Callable[[Training], int] | None = keep

    def update(self, look: Look) -> Advice:
        """Take in a look and say what to do."""
        advice = self._coach.update(
            DrillSight(
                look.time_s,
                look.size_px,
                look.camera,
                look.pose,
                look.brightness,
                look.n_people,
                hand_up=hand_up(look.pose),
                frozen=look.frozen,
            )
        )
        self.points_px = self._coach.points_px
        return advice

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        self._coach.begin()

    def stop(self) -> None:
        """End the drill, and keep what was done."""
        self._coach.stop()
        keep, self._keep = self._keep, None
        self.training = self.training or self._coach.training()
        if keep is None or self.training is None:
            return
        try:
            self.number = keep(self.training)
        except RomVisionError as fault:
            _log.exception("the log of a drill")
            self.problem = str(fault)

    def forget(self) -> None:
        """Keep nothing of what was done: the drill is discarded."""
        self._keep = None

    def restart_part(self) -> None:
        """Go on: a picture of another shape changes nothing that was counted."""

    def options(self, part: str) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: a drill is not measured."""
        return {}
