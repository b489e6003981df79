"""Hip rotation as a test: its options, how to film it, and the way from landmarks to its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from rom_vision.protocols.base import TESTED_LEG, WHO_MOVES, Choice, Found, Option, Protocol

if TYPE_CHECKING:
    import numpy as np

    from rom_vision.camera import Camera
    from rom_vision.camera.level import Level
    from rom_vision.pose.track import PoseTrack
    from rom_vision.results.document import Document
    from rom_vision.results.parts import Measure, Mode, Position, Repetition, Side

__all__ = ["HipRotation"]


class HipRotation(Protocol):
    """Internal and external rotation of one hip, hip and knee at 90 degrees."""

    name = "hip_rotation"
    title = "Hip rotation"
    summary = "How far the thigh turns in its socket, hip and knee at 90 degrees, relative to the pelvis."
    options = (
        Option(
            "position",
            "Position",
            (Choice("seated", "Sitting"), Choice("supine", "Lying on the back")),
            help="Test position.",
        ),
        TESTED_LEG,
        WHO_MOVES,
    )
    how_to_film = (
        "Seated: the camera 2 to 2.5 m straight in front, level, at the height of the knees.",
        "Lying: the camera straight above, or behind the head at about 1.3 m, in line with the body.",
    )
    rate_hz = 10.0
    corrects = (*Protocol.corrects, "hold", "side")

    def lying(self, options: Mapping[str, str]) -> bool:
        """Whether the person lies."""
        return options["position"] == "supine"

    def looks_at_outline(self, options: Mapping[str, str]) -> bool:
        """Sitting, the shin's outline tells whether knee and ankle are where they were found."""
        return options["position"] == "seated"

    def reads_gravity(self, options: Mapping[str, str]) -> bool:
        """Sitting, the shin hangs; lying, the pelvis is the reference."""
        return options["position"] == "seated"

    def analyse(
        self, track: PoseTrack, camera: Camera, options: Mapping[str, str], level: Level | None = None
    ) -> Found:
        """Fit the leg model and read the rotation from it; see `rom_vision.protocols.hip_rotation.measure`."""
        from rom_vision.body.kinematics import framing, joint_angles
        from rom_vision.body.recording import estimate
        from rom_vision.protocols.hip_rotation.measure import measure_hip_rotation
        from rom_vision.protocols.hip_rotation.other_leg import moved_instead
        from rom_vision.protocols.hip_rotation.outline_check import outline_warnings
        from rom_vision.protocols.hip_rotation.picture import not_in_picture
        from rom_vision.protocols.hip_rotation.posture import posture_for
        from rom_vision.protocols.lean import lean_warnings

        position, side, mode = (
            cast("Position", options["position"]),
            cast("Side", options["side"]),
            cast("Mode", options["mode"]),
        )
        unseen = not_in_picture(track, position=position, side=side, mode=mode)
        if unseen is not None:
            return Found(unseen)
        states = estimate(track, camera, posture_for(position, side, track.source.model_name))
        angles = joint_angles(states, camera)
        result = measure_hip_rotation(
            angles, framing(states, camera), track.unsound, position=position, side=side, mode=mode
        )
        if result.status == "refused" and (other := moved_instead(track, side)) is not None:
            why = f"It was the {other} leg that moved, not the {side} one: measure it as the {other} leg."
            result = result.model_copy(update={"reasons": (why, *result.reasons)})
        if result.status == "measured":
            more = outline_warnings(track, side) + (lean_warnings(result, angles, level) if level else ())
            result = result.model_copy(update={"warnings": result.warnings + more})
        return Found(result, states, angles)

    def values(
        self, document: Document, repetitions: Sequence[Repetition]
    ) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
        """Internal and external rotation, of the repetitions that count."""
        from rom_vision.protocols.hip_rotation.corrections import values

        return values(document, repetitions)

    def reread(self, document: Document, repetition: Repetition, held: np.ndarray) -> Repetition:
        """Rotation and its interval are means over the hold."""
        from rom_vision.protocols.hip_rotation.corrections import reread

        return reread(document, repetition, held)
