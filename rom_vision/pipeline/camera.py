"""What the camera does to a recording, and how it is undone: the lens, the lean, and landmarks made straight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rom_vision.camera import Camera
from rom_vision.camera.level import Level, level_from_scene, level_from_user
from rom_vision.camera.setting import CameraSetting
from rom_vision.capture import Frame, VideoReader, probe
from rom_vision.errors import BadInputError
from rom_vision.pose.track import PoseTrack

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "MAX_SIDE_PX",
    "WatchedVideo",
    "camera_of_settings",
    "camera_settings",
    "check_camera",
    "lens_or_default",
    "level_of_frames",
    "straight_track",
]

MAX_SIDE_PX = 1280
"""Longer side of the picture that the pose model sees; it scales down to 256 pixels around the person anyway."""

_LEAN = ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg")
_MOST_KEPT = 6
"""Pictures kept of a video, a few megabytes each; three of them are looked at."""
_SHORTEST_STEP_S = 1 / 16
"""Where the search for the interval between them begins."""


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


class WatchedVideo(VideoReader):
    """A video that keeps a handful of its frames, spread over all that was read, so that nothing is decoded twice.

    They are the first ones of equal intervals, the shortest that leave few enough when doubled: what is kept does not
    depend on the parts in which a video is read.
    """

    kept: Sequence[Frame] = ()
    _step_s = _SHORTEST_STEP_S

    def __iter__(self) -> Iterator[Frame]:
        self.kept, self._step_s = [], _SHORTEST_STEP_S
        for frame in super().__iter__():
            self._keep([*self.kept, frame])
            yield frame

    def take_over(self, parts: Sequence[Self], times_s: Sequence[float]) -> None:
        """Keep the frames that reading in one go would have kept."""
        super().take_over(parts, times_s)
        self._step_s = max(part._step_s for part in parts)
        self._keep(sorted((frame for part in parts for frame in part.kept), key=lambda frame: frame.time_s))

    def _keep(self, frames: list[Frame]) -> None:
        while True:
            first: dict[int, Frame] = {}
            for frame in frames:
                first.setdefault(math.floor(frame.time_s / self._step_s), frame)
            self.kept = frames = list(first.values())
            if len(frames) <= _MOST_KEPT:
                return
            self._step_s *= 2


def level_of_frames(frames: Sequence[Frame], track: PoseTrack, lens: Camera, roll_deg: float | None) -> Level:
    """How the camera leaned: the user's word, else what three pictures of the room show.

    Parameters
    ----------
    frames : some of the frames that the track is of.
    track : its landmarks; edges on the person do not count.
    lens : the camera, of the track's picture size.
    roll_deg : the user's word.
    """
    if roll_deg is not None:
        return level_from_user(roll_deg)
    at = {time_s: k for k, time_s in enumerate(track.time_s.tolist())}
    usable = [frame for frame in frames if track.found[at[frame.time_s]]]
    shown = usable if len(usable) < 3 else [usable[0], usable[len(usable) // 2], usable[-1]]
    return level_from_scene([f.rgb for f in shown], lens, [track.image_px[at[f.time_s]] for f in shown])


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
    """What a result says of its camera: enough to measure kept landmarks again.

    ``camera`` alone tells set-ups apart, for the lean changes from day to day.
    """
    names = ("focal_px", "focal_log_sd", "cx_px", "cy_px")
    numbers = {name: round(getattr(lens, name), 4) for name in names}
    said: dict[str, Any] = {
        "camera": lens.note,
        "hfov_deg": round(lens.hfov_deg, 2),
        "lens": {**numbers, "distortion": list(lens.distortion)},
    }
    if level is not None:
        said["level"] = level.note
        for name in _LEAN:
            value = getattr(level, name)
            said[name] = None if value is None else round(value, 2)
    return said


def camera_of_settings(settings: dict[str, Any], width_px: int, height_px: int) -> tuple[Camera | None, Level | None]:
    """Return lens and lean as `camera_settings` wrote them down; None for what an older result does not say."""
    lens, level = None, None
    if "lens" in settings:
        known = {**settings["lens"], "distortion": tuple(settings["lens"]["distortion"])}
        lens = Camera(width_px, height_px, **known, note=settings["camera"])
    if "level" in settings:
        lean = {name: settings.get(name) for name in _LEAN}
        source: Literal["scene", "none"] = "none" if lean["roll_deg"] is None else "scene"
        level = Level(**lean, source=source, note=settings["level"], segments_px=np.empty((0, 4)))
    return lens, level
