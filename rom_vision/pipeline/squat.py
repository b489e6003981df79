"""Squat video in, screen out: the steps of `rom_vision.pipeline.hip_rotation` for squats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rom_vision.camera import Camera
from rom_vision.camera.level import Level, with_level
from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.meaning.interpret import interpret_squat
from rom_vision.pipeline.camera import (
    camera_settings,
    check_camera,
    level_of_frames,
    level_warnings,
    straight_track,
)
from rom_vision.pipeline.hip_rotation import provenance_of, watch_video
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.squat.phases import Legs
from rom_vision.protocols.squat.screen import screen_squat
from rom_vision.results.document import HipRotationDocument, SquatDocument

__all__ = ["SquatAnalysis", "analyse_squat", "screen"]

OnProgress = Callable[[int, int], None]

_HIP_LINKED = ("knee_valgus", "lateral_shift", "foot_turnout")


@dataclass(frozen=True)
class SquatAnalysis:
    """A screen with the landmarks (as the picture shows them) it was made of, and how the camera leaned."""

    document: SquatDocument
    track: PoseTrack
    level: Level | None = None


def analyse_squat(
    track: PoseTrack,
    *,
    legs: Legs = "both",
    rotations: Sequence[HipRotationDocument] = (),
    lens: Camera | None = None,
    level: Level | None = None,
) -> SquatAnalysis:
    """Screen a squat from landmarks alone: the analysis without inference.

    Parameters
    ----------
    track : landmarks of the recording.
    legs : both, or the leg stood on.
    rotations : hip rotation results of the same person, to be looked at beside the squat.
    lens : the camera; None if unknown.
    level : how it leaned; None if nobody has looked.
    """
    lens = lens or Camera.from_hfov(track.width_px, track.height_px)
    camera = with_level(lens, level) if level else lens
    result = screen_squat(straight_track(track, camera), legs=legs, camera=camera.straight())
    settings = {"legs": legs, **camera_settings(lens, level)}
    document = SquatDocument.from_result(result, provenance_of(track, settings))
    leaning = level_warnings(level, "every angle against the vertical") if level and not document.reasons else ()
    warnings = (*track.warnings, *document.warnings, *leaning, *_hip_link(document, rotations))
    return SquatAnalysis(document.model_copy(update={"warnings": warnings}), track, level)


def screen(
    path: str | Path,
    *,
    legs: Legs = "both",
    model: str = "heavy",
    camera: CameraSetting = UNKNOWN_CAMERA,
    subject: int | None = None,
    rotations: Sequence[HipRotationDocument] = (),
    on_progress: OnProgress | None = None,
) -> SquatAnalysis:
    """Screen a squat in a video file.

    Raises
    ------
    BadInputError
        If the file is no video, the model no pose landmarker, or the camera does not fit the picture.

    Examples
    --------
    >>> analysis = screen("squat.mp4")  # doctest: +SKIP
    >>> [f.sentence for f in analysis.document.findings if f.severity == "marked"]  # doctest: +SKIP
    ['The left knee turns inwards by 14° ...']
    """
    check_camera(path, camera)
    track, frames = watch_video(path, model=model, subject=subject, on_progress=on_progress)
    lens = camera.lens(track.width_px, track.height_px)
    level = level_of_frames(frames, track, lens, camera.roll_deg)
    return analyse_squat(track, legs=legs, rotations=rotations, lens=lens, level=level)


def _hip_link(document: SquatDocument, rotations: Sequence[HipRotationDocument]) -> tuple[str, ...]:
    """Point to the hips where knees, pelvis or feet do what little internal rotation often goes with."""
    linked = [f for f in document.findings if f.severity in ("mild", "marked") and f.code in _HIP_LINKED]
    if not linked:
        return ()
    if any(r.internal_rotation is not None for r in rotations):
        said = interpret_squat(document, rotations).statements
        return tuple(s.text for s in said if s.topic == "hip_link")
    sides = sorted({side for f in linked for side in (("left", "right") if f.side == "both" else (f.side,))})
    hips = " and ".join(sides) + (" hips" if len(sides) > 1 else " hip")
    return (
        f"What was found can go with little internal rotation of the {hips}, which this screen does not measure: the"
        " seated hip rotation test would tell.",
    )
