"""One way for every test: video -> landmarks -> test -> document; kept landmarks join it half-way."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rom_vision.body.angles import JointAngles
from rom_vision.body.recording import StateTrack
from rom_vision.camera import Camera
from rom_vision.camera.level import Level, with_level
from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.capture import Frame
from rom_vision.meaning.registry import meaning_of
from rom_vision.pipeline.camera import (
    MAX_SIDE_PX,
    WatchedVideo,
    camera_of_settings,
    camera_settings,
    check_camera,
    level_of_frames,
    straight_track,
)
from rom_vision.pose import track_poses
from rom_vision.pose.film_speed import film_speed
from rom_vision.pose.subject import PointedAt, number_of
from rom_vision.pose.track import PoseTrack
from rom_vision.pose.tracking import OnSeen
from rom_vision.protocols.base import Protocol
from rom_vision.protocols.registry import protocol
from rom_vision.results.command import ASKED
from rom_vision.results.document import Document, Provenance

__all__ = ["Analysis", "analyse", "measure", "measure_again", "track_video", "watch_video"]

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Analysis:
    """A document with everything it was made of, for drawing and for saving.

    ``track`` is as the picture shows it; ``camera`` says how (lens, lean); ``states`` and ``angles`` are of the
    straight picture, None where the test does not fit the leg model or nobody was found; ``level`` is None when nobody
    looked for it.
    """

    document: Document
    track: PoseTrack
    camera: Camera
    states: StateTrack | None = None
    angles: JointAngles | None = None
    level: Level | None = None


def track_video(
    path: str | Path,
    *,
    model: str = "heavy",
    subject: int | None = None,
    lying: bool = False,
    rate_hz: float | None = None,
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
) -> PoseTrack:
    """Find the landmarks of the person who does the test in a video file.

    Parameters
    ----------
    path : the video.
    model, subject, lying, jobs, on_progress : see `rom_vision.pose.tracking.track_poses`.
    rate_hz : pictures a second that are needed; None looks at every one.

    Raises
    ------
    BadInputError
        If the file is no video, or the model no pose landmarker.
    """
    options: dict[str, Any] = {"rate_hz": rate_hz, "jobs": jobs, "on_progress": on_progress}
    return watch_video(path, model=model, subject=subject, lying=lying, **options)[0]


def watch_video(
    path: str | Path,
    *,
    model: str = "heavy",
    subject: int | PointedAt | None = None,
    lying: bool = False,
    outline: bool = False,
    rate_hz: float | None = None,
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
    on_seen: OnSeen | None = None,
) -> tuple[PoseTrack, list[Frame]]:
    """Find the landmarks as `track_video` does; return them with a few frames of the room.

    ``on_seen`` as in `rom_vision.pose.tracking.track_poses`.
    """
    asked: dict[str, Any] = {"subject": subject, "lying": lying, "outline": outline, "jobs": jobs}
    with WatchedVideo(path, max_side_px=MAX_SIDE_PX, rate_hz=rate_hz) as reader:
        track = track_poses(reader, model, **asked, on_progress=on_progress, on_seen=on_seen)
    return track, list(reader.kept)


def watch_for(
    test: Protocol, path: str | Path, options: Mapping[str, str], **asked: Any
) -> tuple[PoseTrack, list[Frame]]:
    """Look at a video as a test with these options needs it; ``asked`` is what else `watch_video` takes."""
    asked |= {"lying": test.lying(options), "outline": test.looks_at_outline(options), "rate_hz": test.rate_hz}
    return watch_video(path, **asked)


def analyse(
    track: PoseTrack,
    test: str,
    options: Mapping[str, str | None],
    *,
    lens: Camera | None = None,
    level: Level | None = None,
    known: Sequence[Document] = (),
    left_out: Sequence[float] = (),
) -> Analysis:
    """Run a test on landmarks alone: the analysis without inference.

    Parameters
    ----------
    track : landmarks of the recording.
    test : name of the test.
    options : what was chosen of it.
    lens : the camera; None if unknown.
    level : how it leaned; None if nobody has looked. Left aside where the test does not read against gravity.
    known : other results of the same person, which may explain what this one shows.
    left_out : moments, in seconds, of repetitions that were left out by hand, see `Protocol.without`.

    Raises
    ------
    BadInputError
        If there is no such test, or an option is missing or unknown.
    """
    asked = protocol(test).without(left_out) if left_out else protocol(test)
    chosen = asked.settle(options)
    lens = lens or Camera.from_hfov(track.width_px, track.height_px)
    level = level if asked.reads_gravity(chosen) else None
    camera = with_level(lens, level) if level else lens
    found = asked.analyse(straight_track(track, camera), camera.straight(), chosen, level)
    document = Document.from_result(found.result, provenance_of(track, {**chosen, **camera_settings(lens, level)}))
    speed = film_speed(track)
    of_film = (*track.warnings, speed) if speed else track.warnings
    warnings = (*of_film, *document.warnings, *meaning_of(test).beside(document, known))
    document = document.model_copy(update={"warnings": warnings})
    return Analysis(document, track, camera, found.states, found.angles, level)


def measure(
    path: str | Path,
    test: str = "hip_rotation",
    *,
    model: str = "heavy",
    camera: CameraSetting = UNKNOWN_CAMERA,
    subject: int | PointedAt | None = None,
    known: Sequence[Document] = (),
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
    on_seen: OnSeen | None = None,
    **options: str | None,
) -> Analysis:
    """Run a test on a video file.

    Parameters
    ----------
    path : the video.
    test : name of the test, see `rom_vision.protocols`.
    model : 'full', 'heavy' or the path of a bundle.
    camera : what is known of the camera.
    subject : whom to follow among several people: a number, 1 is the leftmost, or whom the user pointed at.
    known : other results of the same person, which may explain what this one shows.
    jobs : stretches of the video that are looked at at a time; None means as many as cores that may be used. The
        result does not depend on it.
    on_progress : called with (frames done, frames in all).
    on_seen : see `rom_vision.pose.tracking.track_poses`.
    options : what was chosen of the test, e.g. ``position="seated", side="left"``.

    Raises
    ------
    BadInputError
        If the file is no video, the model no pose landmarker, the camera does not fit the picture, or an option is
        missing or unknown.

    Examples
    --------
    >>> analysis = measure("me.mp4", position="seated", side="left")  # doctest: +SKIP
    >>> analysis.document.measure("internal_rotation").value  # doctest: +SKIP
    31.4
    """
    asked = protocol(test)
    chosen = asked.settle(options)
    check_camera(path, camera)
    watched: dict[str, Any] = {"jobs": jobs, "on_progress": on_progress, "on_seen": on_seen}
    track, frames = watch_for(asked, path, chosen, model=model, subject=subject, **watched)
    lens = camera.lens(track.width_px, track.height_px)
    level = level_of_frames(frames, track, lens, camera.roll_deg) if asked.reads_gravity(chosen) else None
    found = analyse(track, test, chosen, lens=lens, level=level, known=known)
    return _noting(found, _asked(model, camera, subject, track.source.subject))


def measure_again(document: Document, track: PoseTrack, left_out: Sequence[float] = ()) -> Analysis:
    """Return what the program makes of a recording now, with what was known of its camera then.

    Parameters
    ----------
    document : the result as it was.
    track : the landmarks it was measured from.
    left_out : as in `analyse`.
    """
    lens, level = camera_of_settings(document.provenance.settings, track.width_px, track.height_px)
    found = analyse(track, document.test, document.options, lens=lens, level=level, left_out=left_out)
    return _noting(found, document.provenance.settings.get(ASKED, {}))


def _asked(model: str, camera: CameraSetting, subject: int | PointedAt | None, followed: str) -> dict[str, Any]:
    """What the user said beyond the options of the test, where it is not what the program takes by itself."""
    if isinstance(subject, PointedAt):
        number = number_of(followed)
        subject = number[0] if number else None
    said = {
        "model": None if model == "heavy" else Path(model).name,
        "camera": None if camera.name == UNKNOWN_CAMERA.name else Path(camera.name).name,
        "hfov_deg": camera.hfov_deg,
        "roll_deg": camera.roll_deg,
        "subject": subject,
    }
    return {name: value for name, value in said.items() if value is not None}


def _noting(found: Analysis, asked: dict[str, Any]) -> Analysis:
    """Return an analysis whose document says what was asked for, so that it can be made again."""
    if not asked:
        return found
    made = found.document.provenance
    provenance = made.model_copy(update={"settings": {**made.settings, ASKED: asked}})
    return replace(found, document=found.document.model_copy(update={"provenance": provenance}))


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
