"""The live squat screen: the coach over the camera's pictures."""

from __future__ import annotations

from rom_vision.protocols.squat.coach import SquatCoach, SquatView
from rom_vision.ui.live.standing_guide import StandingGuide

__all__ = ["SquatGuide"]


class SquatGuide(StandingGuide):
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    views : from where, in order.
    begun : whether it starts by itself as soon as the set-up is right.
    """

    def __init__(self, views: tuple[SquatView, ...] = ("front",), *, begun: bool = True) -> None:
        super().__init__("squat", SquatCoach(views, begun=begun))

    def options(self, part: str) -> dict[str, str]:  # noqa: ARG002
        """Return what was chosen of the test; the screen tells by itself which ``part`` it sees."""
        return {"legs": "both"}
