"""The toe touch as a test: its options, how to film it, and the way from landmarks to its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rom_vision.protocols.base import Choice, Found, Option, Protocol

if TYPE_CHECKING:
    from rom_vision.camera import Camera
    from rom_vision.camera.level import Level
    from rom_vision.pose.track import PoseTrack

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
