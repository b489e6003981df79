"""Squat video in, screen out: the steps of `rom_vision.pipeline` for squats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rom_vision.camera import Camera
from rom_vision.documents import HipRotationDocument, SquatDocument
from rom_vision.meaning.interpret import interpret_squat
from rom_vision.pipeline import provenance_of, track_video
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.squat import screen_squat
from rom_vision.protocols.squat_phases import Legs

__all__ = ["SquatAnalysis", "analyse_squat", "screen"]

OnProgress = Callable[[int, int], None]

_HIP_LINKED = ("knee_valgus", "lateral_shift", "foot_turnout")


@dataclass(frozen=True)
class SquatAnalysis:
    """A screen with the landmarks it was made of, for drawing and for saving."""

    document: SquatDocument
    track: PoseTrack


def analyse_squat(
    track: PoseTrack, *, legs: Legs = "both", rotations: Sequence[HipRotationDocument] = ()
) -> SquatAnalysis:
    """Screen a squat from landmarks alone: the analysis without inference.

    Parameters
    ----------
    track : landmarks of the recording.
    legs : both, or the leg stood on.
    rotations : hip rotation results of the same person, to be looked at beside the squat.
    """
    camera = Camera.from_hfov(track.width_px, track.height_px)
    result = screen_squat(track, legs=legs, camera=camera)
    document = SquatDocument.from_result(result, provenance_of(track, {"legs": legs, "camera": camera.note}))
    warnings = (*track.warnings, *document.warnings, *_hip_link(document, rotations))
    return SquatAnalysis(document.model_copy(update={"warnings": warnings}), track)


def screen(
    path: str | Path,
    *,
    legs: Legs = "both",
    model: str = "heavy",
    subject: int | None = None,
    rotations: Sequence[HipRotationDocument] = (),
    on_progress: OnProgress | None = None,
) -> SquatAnalysis:
    """Screen a squat in a video file.

    Raises
    ------
    BadInputError
        If the file is no video, or the model no pose landmarker.

    Examples
    --------
    >>> analysis = screen("squat.mp4")  # doctest: +SKIP
    >>> [f.sentence for f in analysis.document.findings if f.severity == "marked"]  # doctest: +SKIP
    ['The left knee turns inwards by 14° ...']
    """
    track = track_video(path, model=model, subject=subject, on_progress=on_progress)
    return analyse_squat(track, legs=legs, rotations=rotations)


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
