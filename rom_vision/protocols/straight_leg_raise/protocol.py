"""The straight leg raise as a test: its options, how to film it, and the way from landmarks to its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from rom_vision.protocols.base import TESTED_LEG, WHO_MOVES, Found, Protocol

if TYPE_CHECKING:
    import numpy as np

    from rom_vision.camera import Camera
    from rom_vision.camera.level import Level
    from rom_vision.pose.track import PoseTrack
    from rom_vision.results.document import Document
    from rom_vision.results.parts import Measure, Mode, Repetition, Side

__all__ = ["StraightLegRaise"]


class StraightLegRaise(Protocol):
    """How far one straight leg goes up from the floor, lying on the back."""

    name = "straight_leg_raise"
    title = "Straight leg raise"
    summary = "How far one straight leg goes up, lying on the back: the thigh against the floor."
    options = (TESTED_LEG, WHO_MOVES)
    how_to_film = (
        "The camera 2 to 3 m beside the person, on the side of the tested leg, no higher than a table, level.",
        "Lie flat for two seconds, raise the straight leg, hold it for two seconds, lower it; three times.",
    )
    rate_hz = 15.0
    corrects = (*Protocol.corrects, "hold", "side")

    def lying(self, options: Mapping[str, str]) -> bool:  # noqa: ARG002
        """The person lies."""
        return True

    def analyse(
        self,
        track: PoseTrack,
        camera: Camera,  # noqa: ARG002
        options: Mapping[str, str],
        level: Level | None = None,
    ) -> Found:
        """Measure; see `rom_vision.protocols.straight_leg_raise.measure`."""
        from rom_vision.protocols.straight_leg_raise.measure import measure_leg_raise

        return Found(measure_leg_raise(track, cast("Side", options["side"]), cast("Mode", options["mode"]), level))

    def values(
        self, document: Document, repetitions: Sequence[Repetition]
    ) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
        """The raise and the thigh against the trunk, of the repetitions that count."""
        from rom_vision.protocols.straight_leg_raise.corrections import values

        return values(document, repetitions)

    def reread(self, document: Document, repetition: Repetition, held: np.ndarray) -> Repetition:
        """The raise over the hold, or as far as the knee was straight."""
        from rom_vision.protocols.straight_leg_raise.corrections import reread

        return reread(document, repetition, held)
