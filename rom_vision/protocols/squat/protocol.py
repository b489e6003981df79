"""The squat screen as a test: its options, how to film it, and the way from landmarks to its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from rom_vision.protocols.base import Choice, Found, Option, Protocol

if TYPE_CHECKING:
    from rom_vision.camera import Camera
    from rom_vision.camera.level import Level
    from rom_vision.pose.track import PoseTrack
    from rom_vision.protocols.squat.phases import Legs
    from rom_vision.results.document import Document
    from rom_vision.results.parts import Correction

__all__ = ["Squat"]


class Squat(Protocol):
    """Valgus collapse and the other compensations in a squat, on both legs or on one."""

    name = "squat"
    title = "Squat"
    summary = "Valgus collapse and the other compensations of a squat, as changes from this person's own standing."
    options = (
        Option(
            "legs",
            "Which legs?",
            (Choice("both", "Both legs"), Choice("left", "Left leg only"), Choice("right", "Right leg only")),
            default="both",
            help="Both legs, or the one stood on.",
        ),
    )
    how_to_film = (
        "Film one person from head to feet, straight from the front or the side.",
        "Stand still for a second, squat two or three times with both feet planted, stand.",
    )
    rate_hz = 20.0

    def __init__(self, left_out: Sequence[float] = ()) -> None:
        self._left_out = tuple(left_out)

    def without(self, left_out: Sequence[float]) -> Squat:
        """Judge the findings without the repetitions at these moments."""
        return Squat(left_out)

    def analyse(
        self, track: PoseTrack, camera: Camera, options: Mapping[str, str], level: Level | None = None
    ) -> Found:
        """Screen the squats; see `rom_vision.protocols.squat.screen`."""
        from rom_vision.protocols.lean import level_warnings
        from rom_vision.protocols.squat.screen import screen_squat

        result = screen_squat(track, legs=cast("Legs", options["legs"]), camera=camera, left_out=self._left_out)
        leaning = level_warnings(level, "every angle against the vertical") if level and not result.reasons else ()
        return Found(result.model_copy(update={"warnings": (*result.warnings, *leaning)}))

    def correct(
        self,
        document: Document,
        corrections: Sequence[Correction],
        again: Callable[[Sequence[float]], Document],
    ) -> Document:
        """Judge every finding anew on the repetitions that count."""
        from rom_vision.protocols.squat.corrections import correct_squat

        return correct_squat(document, corrections, again)
