"""What the live test keeps of one part: a film, and the landmarks of every analysed picture in case it fails."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from rom_vision.camera import Camera
from rom_vision.camera.level import Level
from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.pipeline.camera import lens_or_default
from rom_vision.pose.mediapipe_estimator import MEDIAPIPE_VERSION
from rom_vision.pose.models import ModelBundle
from rom_vision.pose.subject import Person, PersonFollower, PoseCandidate, choose_subject
from rom_vision.pose.track import PoseTrack, TrackSource
from rom_vision.pose.tracking import assemble_track
from rom_vision.ui.live.film import Film, Still

__all__ = ["FILM_NAME", "LivePose", "PartRecording"]

_log = logging.getLogger(__name__)
FILM_NAME = "live camera.mkv"
NO_FILM = (
    "The recording could not be stored on this machine (is the disk full?), so this was measured from the live test "
    "itself, with the pose model of the live test; it starts a series of its own."
)


@dataclass(frozen=True)
class LivePose:
    """Who was found in one picture of ``size_px`` (width, height). ``time_s`` runs on over the whole test.

    ``still`` is the picture itself, where it is to be kept; ``repeated`` tells that it showed nothing new.
    """

    time_s: float
    size_px: tuple[int, int]
    poses: list[PoseCandidate]
    still: Still | None = None
    repeated: bool = False


@dataclass
class PartRecording:
    """The recording of one part of a test.

    Attributes
    ----------
    part : which; a leg, or a view.
    size_px : (width, height) of the first picture; the others have the same shape, but perhaps another size.
    folder : where its film is written; it belongs to this recording alone.
    turn_deg : quarter turns given to the picture before inference.
    camera, level : what is known of the camera, and how it leaned before the part began.
    tries, good : repetitions so far, and those that count.
    film : path of the film; None when it could not be written.
    """

    part: str
    size_px: tuple[int, int]
    folder: Path
    turn_deg: int = 0
    camera: CameraSetting = UNKNOWN_CAMERA
    level: Level | None = None
    tries: int = 0
    good: int = 0
    film: Path | None = None
    _out: Film | None = None
    _times_s: list[float] = field(default_factory=list)
    _sizes_px: list[tuple[int, int]] = field(default_factory=list)
    _repeated: list[bool] = field(default_factory=list)
    _follower: PersonFollower = field(default_factory=PersonFollower)

    def __post_init__(self) -> None:
        """Open the film."""
        try:
            self._out = Film(self.folder / FILM_NAME, self.size_px)
            self.film = self._out.path
        except OSError:
            self._lose_film()

    def _lose_film(self) -> None:
        _log.exception("the film of the %s part", self.part)
        self._out, self.film = None, None

    def add(self, pose: LivePose) -> None:
        """Take in one picture; times increase."""
        scale = np.float32(self.size_px[0] / pose.size_px[0])
        poses = [replace(p, image_px=p.image_px * scale) for p in pose.poses] if scale != 1 else pose.poses
        self._follower.update(len(self._times_s), pose.time_s, poses)
        self._times_s.append(pose.time_s)
        self._sizes_px.append(pose.size_px)
        self._repeated.append(pose.repeated)
        if self._out is not None and pose.still is not None:
            try:
                self._out.add(pose.still)
            except OSError:
                self._lose_film()

    def close(self) -> None:
        """Finish the film."""
        out, self._out = self._out, None
        if out is not None:
            try:
                out.close()
            except OSError:
                self._lose_film()

    def track(self, model: ModelBundle, *, lying: bool) -> tuple[PoseTrack, Camera]:
        """Return the landmarks of the live test itself, and the lens."""
        start_s = self._times_s[0]
        times_s = [t - start_s for t in self._times_s]
        choice = choose_subject(self._follower.people, len(times_s), self.size_px, lying=lying)
        source = TrackSource(
            video_name="live camera",
            model_name=model.name,
            model_sha256=model.sha256,
            mediapipe_version=MEDIAPIPE_VERSION,
            inference_rotation_deg=self.turn_deg,
            subject=choice.sentence if choice else "nobody was found",
        )
        warnings = (NO_FILM, *(choice.warnings if choice else ()))
        person = choice.person if choice else Person()
        track = assemble_track(times_s, person, self.size_px, source, warnings, repeated=self._repeated)
        # The pixels that count are those most of the recording had.
        width, height = sorted(self._sizes_px)[len(self._sizes_px) // 2]
        scaled_px = track.image_px * (width / self.size_px[0])
        lens, unfit = lens_or_default(self.camera, width, height)
        warnings = (*track.warnings, *unfit)
        return replace(track, image_px=scaled_px, width_px=width, height_px=height, warnings=warnings), lens
