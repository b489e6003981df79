"""Video in, result out: the only place that strings the steps together."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rom_vision.body.angles import JointAngles
from rom_vision.body.estimator import StateTrack, estimate
from rom_vision.body.kinematics import framing, joint_angles
from rom_vision.camera import Camera
from rom_vision.capture import VideoReader
from rom_vision.documents import HipRotationDocument, Provenance
from rom_vision.pose import track_poses
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.hip_rotation import measure_hip_rotation, nobody_found, posture_for
from rom_vision.protocols.result import HipRotationResult, Mode, Position, Side

__all__ = ["MAX_SIDE_PX", "HipRotationAnalysis", "analyse_hip_rotation", "measure", "track_video"]

MAX_SIDE_PX = 1280
"""Longer side of the picture that the pose model sees; it scales down to 256 pixels around the person anyway."""

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class HipRotationAnalysis:
    """A result with everything it was made of, for drawing and for saving.

    ``states`` and ``angles`` are None when nobody was found.
    """

    document: HipRotationDocument
    track: PoseTrack
    camera: Camera
    states: StateTrack | None
    angles: JointAngles | None


def track_video(
    path: str | Path,
    *,
    model: str = "heavy",
    subject: int | None = None,
    lying: bool = False,
    on_progress: OnProgress | None = None,
) -> PoseTrack:
    """Find the landmarks of the person who does the test in a video file.

    Raises
    ------
    BadInputError
        If the file is no video, or the model no pose landmarker.
    """
    with VideoReader(path, max_side_px=MAX_SIDE_PX) as reader:
        return track_poses(reader, model, subject=subject, lying=lying, on_progress=on_progress)


def analyse_hip_rotation(
    track: PoseTrack,
    *,
    position: Position,
    side: Side,
    mode: Mode = "active",
    hfov_deg: float | None = None,
) -> HipRotationAnalysis:
    """Measure hip rotation from landmarks alone: the analysis without inference.

    Parameters
    ----------
    track : landmarks of the recording.
    position, side, mode : of the test.
    hfov_deg : horizontal field of view of the lens, degrees; None if unknown.
    """
    camera = Camera.from_hfov(track.width_px, track.height_px, hfov_deg)
    settings = {"position": position, "side": side, "mode": mode, "hfov_deg": hfov_deg, "camera": camera.note}
    states, angles = None, None
    if track.found.any():
        states = estimate(track, camera, posture_for(position, side))
        angles = joint_angles(states, camera)
        result = measure_hip_rotation(angles, framing(states, camera), position=position, side=side, mode=mode)
    else:
        result = nobody_found(track.time_s, position=position, side=side, mode=mode)
    document = _document(result, track, settings)
    return HipRotationAnalysis(document, track, camera, states, angles)


def measure(
    path: str | Path,
    *,
    position: Position,
    side: Side,
    mode: Mode = "active",
    model: str = "heavy",
    hfov_deg: float | None = None,
    subject: int | None = None,
    on_progress: OnProgress | None = None,
) -> HipRotationAnalysis:
    """Measure hip rotation in a video file.

    Examples
    --------
    >>> analysis = measure("me.mp4", position="seated", side="left")  # doctest: +SKIP
    >>> analysis.document.internal_rotation.value_deg  # doctest: +SKIP
    31.4
    """
    track = track_video(path, model=model, subject=subject, lying=position == "supine", on_progress=on_progress)
    return analyse_hip_rotation(track, position=position, side=side, mode=mode, hfov_deg=hfov_deg)


def _document(result: HipRotationResult, track: PoseTrack, settings: dict[str, Any]) -> HipRotationDocument:
    document = HipRotationDocument.from_result(result, provenance_of(track, settings))
    return document.model_copy(update={"warnings": (*track.warnings, *document.warnings)})


def provenance_of(track: PoseTrack, settings: dict[str, Any]) -> Provenance:
    """Say which program, model, video and settings stand behind a result."""
    versions = {"python": platform.python_version()}
    for package in ("rom-vision", "mediapipe", "numpy", "scipy"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    # The landmarks may be older than this installation: theirs is the version that made them.
    if track.source.mediapipe_version:
        versions["mediapipe"] = track.source.mediapipe_version
    return Provenance(
        versions=versions,
        model=track.source.model_name,
        model_sha256=track.source.model_sha256,
        video=track.source.video_name,
        video_sha256=track.source.video_sha256,
        subject=track.source.subject,
        settings={**settings, "inference_rotation_deg": track.source.inference_rotation_deg},
    )
