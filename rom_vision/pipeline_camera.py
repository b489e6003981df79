"""What the camera does to a recording, and how it is undone: the lens, the lean, and landmarks made straight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rom_vision.camera import Camera
from rom_vision.camera.level import Level, level_from_scene, level_from_shanks, level_from_user
from rom_vision.camera.setting import CameraSetting
from rom_vision.capture import frames_at, probe
from rom_vision.errors import BadInputError
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack

__all__ = [
    "LOOKED_AT",
    "MAX_SIDE_PX",
    "camera_of_settings",
    "camera_settings",
    "check_camera",
    "hanging_shanks_warning",
    "lens_or_default",
    "level_of_video",
    "level_warnings",
    "straight_track",
]

MAX_SIDE_PX = 1280
"""Longer side of the picture that the pose model sees; it scales down to 256 pixels around the person anyway."""

LEANING_DEG = 3.0
"""A lean worth a word (our own heuristic; capture gate of the clinical evidence, 3.3: known, or within 1 degree)."""
_LEAN = ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg")
LOOKED_AT = (0.1, 0.5, 0.9)
"""Where in the recording the room is looked at: shares of the frames in which the person is seen."""
_NAMED = {side: [Landmark[f"{side}_{joint}"] for joint in ("KNEE", "ANKLE")] for side in ("LEFT", "RIGHT")}


def check_camera(video: str | Path, setting: CameraSetting) -> None:
    """Refuse a camera that is not known or does not fit the video, before minutes of work are spent on it.

    Raises
    ------
    BadInputError
        See `CameraSetting.lens`; or if the file is no video.
    """
    info = probe(video)
    setting.lens(info.width_px, info.height_px)


def lens_or_default(setting: CameraSetting, width_px: int, height_px: int) -> tuple[Camera, tuple[str, ...]]:
    """Return the camera for pictures that cannot be taken again: one that does not fit gives way, with a warning."""
    try:
        return setting.lens(width_px, height_px), ()
    except BadInputError as fault:
        lens = Camera.from_hfov(width_px, height_px)
        return lens, (f"{fault} It was measured without: {lens.note}.",)


def level_of_video(video: str | Path, track: PoseTrack, lens: Camera, roll_deg: float | None) -> Level:
    """How the camera leaned: the user's word, else what three pictures of the room show.

    Parameters
    ----------
    video : the video file that the track is of.
    track : its landmarks; edges on the person do not count.
    lens : the camera, of the track's picture size.
    roll_deg : the user's word.
    """
    if roll_deg is not None:
        return level_from_user(roll_deg)
    found = np.flatnonzero(track.found)
    rows = [int(found[round(share * (len(found) - 1))]) for share in LOOKED_AT] if len(found) else []
    frames = frames_at(video, [float(track.time_s[i]) for i in rows], MAX_SIDE_PX) if rows else []
    return level_from_scene([frame.rgb for frame in frames], lens, [track.image_px[i] for i in rows])


def straight_track(track: PoseTrack, camera: Camera) -> PoseTrack:
    """Return the landmarks as `Camera.straight` would have shown them: distortion and a known roll removed.

    A landmark that the lens model does not reach (outside the picture) stays where it is and counts as unseen.
    """
    if not any(camera.distortion) and not camera.roll_deg:
        return track
    image_px = camera.straighten_px(track.image_px)
    lost = np.isfinite(track.image_px).all(axis=-1) & ~np.isfinite(image_px).all(axis=-1)
    image_px[lost] = track.image_px[lost]
    world_m = track.world_m.copy()
    world_m[..., :2] = world_m[..., :2] @ camera.roll_matrix.T
    return replace(track, image_px=image_px, world_m=world_m, visibility=np.where(lost, 0.0, track.visibility))


def camera_settings(lens: Camera, level: Level | None) -> dict[str, Any]:
    """What a result says of its camera; ``camera`` alone tells set-ups apart, for the lean changes from day to day."""
    said: dict[str, Any] = {"camera": lens.note, "hfov_deg": round(lens.hfov_deg, 2), "focal_log_sd": lens.focal_log_sd}
    if any(lens.distortion):
        said |= {"centre_px": [lens.cx_px, lens.cy_px], "distortion": list(lens.distortion)}
    if level is not None:
        said["level"] = level.note
        for name in _LEAN:
            value = getattr(level, name)
            said[name] = None if value is None else round(value, 2)
    return said


def camera_of_settings(settings: dict[str, Any], width_px: int, height_px: int) -> tuple[Camera | None, Level | None]:
    """Return lens and lean as `camera_settings` wrote them down; None for what an older result does not say."""
    lens, level = None, None
    if "focal_log_sd" in settings:
        lens = Camera.from_hfov(width_px, height_px, settings["hfov_deg"], log_sd=settings["focal_log_sd"])
        lens = replace(lens, note=settings["camera"])
    if lens and "distortion" in settings:
        k1, k2, p1, p2, k3 = settings["distortion"]
        cx_px, cy_px = settings["centre_px"]
        lens = replace(lens, cx_px=cx_px, cy_px=cy_px, distortion=(k1, k2, p1, p2, k3))
    if "level" in settings:
        lean = {name: settings.get(name) for name in _LEAN}
        source: Literal["scene", "none"] = "none" if lean["roll_deg"] is None else "scene"
        level = Level(**lean, source=source, note=settings["level"], segments_px=np.empty((0, 4)))
    return lens, level


def level_warnings(level: Level, against_gravity: str) -> tuple[str, ...]:
    """Say that a lean was not corrected, or that it is large; ``against_gravity`` names what hangs on it (plural)."""
    if level.roll_deg is None:
        return (
            f"{level.note.capitalize()}. Each degree that the camera leans is a degree of {against_gravity}. Stand it"
            " level, with a door frame or a cupboard in the picture, or state its roll.",
        )
    if abs(level.roll_deg) > LEANING_DEG:
        return (f"The camera leaned by {abs(level.roll_deg):.0f} degrees; this was taken out. Stand it level.",)
    return ()


def hanging_shanks_warning(straight: PoseTrack, at_rest: npt.NDArray[np.bool_], level: Level) -> tuple[str, ...]:
    """Cross-check of the level in sitting: shanks at rest should hang about straight down in the levelled picture.

    Parameters
    ----------
    straight : landmarks after `straight_track`.
    at_rest : (T,) True where the legs hang.
    level : what was taken out.
    """
    legs = []
    for knee, ankle in _NAMED.values():
        along = straight.image_px[at_rest, ankle] - straight.image_px[at_rest, knee]
        legs.append(np.degrees(np.arctan2(-along[:, 0], along[:, 1])))
    hanging = level_from_shanks(legs)
    if hanging.roll_deg is None or hanging.roll_sd_deg is None:
        return ()
    if abs(hanging.roll_deg) <= 2 * np.hypot(hanging.roll_sd_deg, level.roll_sd_deg or 0.0):
        return ()
    way = "as the picture shows it" if level.roll_deg is None else "after the camera's lean was taken out"
    return (
        f"At rest the shins hang {abs(hanging.roll_deg):.0f} degrees off the vertical, {way}: either the camera leans,"
        " or the legs do not hang freely. Check both; readings against gravity may be off by as much.",
    )
