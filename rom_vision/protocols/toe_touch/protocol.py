"""The toe touch as a test: its options, how to film it, and the way from landmarks to its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rom_vision.protocols.base import Choice, Found, Option, Protocol

if TYPE_CHECKING:
    import numpy as np

    from rom_vision.camera import Camera
    from rom_vision.camera.level import Level
    from rom_vision.pose.track import PoseTrack
    from rom_vision.results.document import Document
    from rom_vision.results.parts import Measure, Repetition

__all__ = ["ToeTouch"]


class ToeTouch(Protocol):
    """How far the fingertips stay from the floor, bending forward with straight knees."""

    name = "toe_touch"
    title = "Toe touch"
    summary = "How far the fingertips stay from the floor when bending forward with straight knees."
    options = (
        Option(
            "stature",
            "Stature, for the scale",
            (Choice("unknown", "Not known"),),
            default="unknown",
            help="Stature in cm, for the scale; without it the distance is told in per cent of the leg.",
            number=(100.0, 230.0),
            unit="cm",
        ),
    )
    how_to_film = (
        "The camera about 3 m straight beside the person, at hip height, level; from head to feet in the picture.",
        "Stand upright for two seconds, bend forward with straight knees, reach for the floor, hold; three times.",
    )
    rate_hz = 15.0
    corrects = (*Protocol.corrects, "hold")

    def analyse(
        self,
        track: PoseTrack,
        camera: Camera,  # noqa: ARG002
        options: Mapping[str, str],
        level: Level | None = None,
    ) -> Found:
        """Measure; see `rom_vision.protocols.toe_touch.measure`."""
        from rom_vision.protocols.toe_touch.measure import measure_toe_touch

        told = options["stature"]
        return Found(measure_toe_touch(track, None if told == "unknown" else float(told), level))

    def values(
        self,
        document: Document,  # noqa: ARG002
        repetitions: Sequence[Repetition],
    ) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
        """The distance and how far trunk and hips bend, of the repetitions that count."""
        from rom_vision.protocols.toe_touch.corrections import values

        return values(repetitions)

    def reread(self, document: Document, repetition: Repetition, held: np.ndarray) -> Repetition:
        """Distance and trunk are means over the hold."""
        from rom_vision.protocols.toe_touch.corrections import reread

        return reread(document, repetition, held)
