"""Video in, result out: the only place that strings the steps together."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.body.angles import JointAngles
from rom_vision.body.estimator import StateTrack, estimate
from rom_vision.body.kinematics import framing, joint_angles
from rom_vision.camera import Camera
from rom_vision.camera.level import Level, with_level
from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.capture import Frame
from rom_vision.pipeline.camera import (
    MAX_SIDE_PX,
    WatchedVideo,
    camera_settings,
    check_camera,
    hanging_shanks_warning,
    level_of_frames,
    level_warnings,
    straight_track,
)
from rom_vision.pose import track_poses
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.hip_rotation.measure import measure_hip_rotation, posture_for
from rom_vision.protocols.hip_rotation.picture import not_in_picture
from rom_vision.results.document import HipRotationDocument, Provenance
from rom_vision.results.parts import HipRotationResult, Mode, Position, Side

__all__ = ["MAX_SIDE_PX", "HipRotationAnalysis", "analyse_hip_rotation", "measure", "track_video", "watch_video"]

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class HipRotationAnalysis:
    """A result with everything it was made of, for drawing and for saving.

    ``track`` is as the picture shows it; ``camera`` says how (lens, lean); ``states`` are of the straight picture.
    ``states`` and ``angles`` are None when nobody was found, ``level`` when nobody looked for it.
    """

    document: HipRotationDocument
    track: PoseTrack
    camera: Camera
    states: StateTrack | None
    angles: JointAngles | None
    level: Level | None = None


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
    return watch_video(path, model=model, subject=subject, lying=lying, on_progress=on_progress)[0]


def watch_video(
    path: str | Path,
    *,
    model: str = "heavy",
    subject: int | None = None,
    lying: bool = False,
    on_progress: OnProgress | None = None,
) -> tuple[PoseTrack, list[Frame]]:
    """Find the landmarks as `track_video` does; return them with a few frames of the room."""
    reader = WatchedVideo(path, max_side_px=MAX_SIDE_PX)
    with reader:
        track = track_poses(reader, model, subject=subject, lying=lying, on_progress=on_progress)
    return track, reader.kept


def analyse_hip_rotation(
    track: PoseTrack,
    *,
    position: Position,
    side: Side,
    mode: Mode = "active",
    lens: Camera | None = None,
    level: Level | None = None,
) -> HipRotationAnalysis:
    """Measure hip rotation from landmarks alone: the analysis without inference.

    Parameters
    ----------
    track : landmarks of the recording.
    position, side, mode : of the test.
    lens : the camera; None if unknown.
    level : how it leaned; None if nobody has looked. Lying, where gravity is no reference, it is left aside.
    """
    lens = lens or Camera.from_hfov(track.width_px, track.height_px)
    level = level if position == "seated" else None
    camera = with_level(lens, level) if level else lens
    settings = {"position": position, "side": side, "mode": mode, **camera_settings(lens, level)}
    states, angles = None, None
    warnings: tuple[str, ...] = ()
    result = not_in_picture(track, position=position, side=side, mode=mode)
    if result is None:
        straight, ideal = straight_track(track, camera), camera.straight()
        states = estimate(straight, ideal, posture_for(position, side, track.source.model_name))
        angles = joint_angles(states, ideal)
        result = measure_hip_rotation(
            angles, framing(states, ideal), track.unsound, position=position, side=side, mode=mode
        )
        if level and result.status == "measured":
            warnings = level_warnings(level, "the shin's inclination")
            shanks: dict[Side, FloatArray] = {
                "left": angles.angle("shank_inclination_l"),
                "right": angles.angle("shank_inclination_r"),
            }
            warnings += hanging_shanks_warning(shanks, _at_rest(track.time_s, result), level)
    document = _document(result, track, settings, warnings)
    return HipRotationAnalysis(document, track, camera, states, angles, level)


def _at_rest(time_s: FloatArray, result: HipRotationResult) -> npt.NDArray[np.bool_]:
    """(T,) True outside every repetition."""
    moving = np.zeros(len(time_s), dtype=bool)
    for r in result.repetitions:
        moving |= (time_s >= r.start_s) & (time_s <= r.end_s)
    return ~moving


def measure(
    path: str | Path,
    *,
    position: Position,
    side: Side,
    mode: Mode = "active",
    model: str = "heavy",
    camera: CameraSetting = UNKNOWN_CAMERA,
    subject: int | None = None,
    on_progress: OnProgress | None = None,
) -> HipRotationAnalysis:
    """Measure hip rotation in a video file.

    Parameters
    ----------
    path : the video.
    position, side, mode : of the test.
    model : 'full', 'heavy' or the path of a bundle.
    camera : what is known of the camera.
    subject : whom to follow among several people, 1 is the leftmost.
    on_progress : called with (frames done, frames in all).

    Raises
    ------
    BadInputError
        If the file is no video, the model no pose landmarker, or the camera does not fit the picture.

    Examples
    --------
    >>> analysis = measure("me.mp4", position="seated", side="left")  # doctest: +SKIP
    >>> analysis.document.internal_rotation.value_deg  # doctest: +SKIP
    31.4
    """
    check_camera(path, camera)
    lying = position == "supine"
    track, frames = watch_video(path, model=model, subject=subject, lying=lying, on_progress=on_progress)
    lens = camera.lens(track.width_px, track.height_px)
    level = None if lying else level_of_frames(frames, track, lens, camera.roll_deg)
    return analyse_hip_rotation(track, position=position, side=side, mode=mode, lens=lens, level=level)


def _document(
    result: HipRotationResult, track: PoseTrack, settings: dict[str, Any], warnings: tuple[str, ...]
) -> HipRotationDocument:
    document = HipRotationDocument.from_result(result, provenance_of(track, settings))
    return document.model_copy(update={"warnings": (*track.warnings, *document.warnings, *warnings)})


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
