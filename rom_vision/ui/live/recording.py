"""What the live test keeps of one side: the landmarks of every analysed picture, and a picture of each end range."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from rom_vision.camera.level import Level
from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.pipeline.camera import lens_or_default
from rom_vision.pipeline.run import Analysis, analyse
from rom_vision.pose.mediapipe_estimator import MEDIAPIPE_VERSION
from rom_vision.pose.models import ModelBundle
from rom_vision.pose.subject import Person, PersonFollower, PoseCandidate, choose_subject
from rom_vision.pose.track import TrackSource
from rom_vision.pose.tracking import assemble_track
from rom_vision.results.document import Document
from rom_vision.results.parts import Position, Side
from rom_vision.sessions import Picture

__all__ = ["LivePose", "SideRecording"]

SLOW_FPS = 12.0
"""Fewer analysed pictures per second are worth a warning (our own heuristic)."""
_NEAR_HOLD_S = 0.5
_MORE_DEG = 1.0


@dataclass(frozen=True)
class LivePose:
    """Who was found in one picture of ``size_px`` (width, height). ``time_s`` runs on over the whole test.

    ``repeated`` tells that the picture showed nothing new.
    """

    time_s: float
    size_px: tuple[int, int]
    poses: list[PoseCandidate]
    repeated: bool = False


@dataclass
class SideRecording:
    """The recording of one side, without pictures except those of the end range (at most one per swing).

    Attributes
    ----------
    side : the tested leg.
    size_px : (width, height) of the first picture; the others have the same shape, but perhaps another size.
    turn_deg : quarter turns given to the picture before inference.
    camera, level : what is known of the camera, and how it leaned before the side began.
    """

    side: Side
    size_px: tuple[int, int]
    turn_deg: int = 0
    camera: CameraSetting = UNKNOWN_CAMERA
    level: Level | None = None
    swings: int = 0
    _times_s: list[float] = field(default_factory=list)
    _sizes_px: list[tuple[int, int]] = field(default_factory=list)
    _repeated: list[bool] = field(default_factory=list)
    _follower: PersonFollower = field(default_factory=PersonFollower)
    _tops: dict[int, tuple[float, float, bytes]] = field(default_factory=dict)

    def add(self, pose: LivePose) -> None:
        """Take in one picture's landmarks; times increase."""
        scale = np.float32(self.size_px[0] / pose.size_px[0])
        poses = [replace(p, image_px=p.image_px * scale) for p in pose.poses] if scale != 1 else pose.poses
        self._follower.update(len(self._times_s), pose.time_s, poses)
        self._times_s.append(pose.time_s)
        self._sizes_px.append(pose.size_px)
        self._repeated.append(pose.repeated)

    def wants_top(self, swing: int, rotation_deg: float) -> bool:
        """Whether a picture of this moment of this swing's hold shows more than the one kept."""
        return swing not in self._tops or rotation_deg > self._tops[swing][1] + _MORE_DEG

    def keep_top(self, swing: int, time_s: float, rotation_deg: float, rgb: npt.NDArray[np.uint8]) -> None:
        """Keep a picture of the end range of a swing instead of the one kept so far."""
        out = io.BytesIO()
        Image.fromarray(rgb).save(out, "JPEG", quality=86)
        self._tops[swing] = (time_s, rotation_deg, out.getvalue())

    def analyse(self, position: Position, model: ModelBundle) -> Analysis:
        """Measure the side from all its landmarks (filter and smoother)."""
        start_s = self._times_s[0]
        times_s = [t - start_s for t in self._times_s]
        choice = choose_subject(self._follower.people, len(times_s), self.size_px, lying=position == "supine")
        source = TrackSource(
            video_name="live camera",
            model_name=model.name,
            model_sha256=model.sha256,
            mediapipe_version=MEDIAPIPE_VERSION,
            inference_rotation_deg=self.turn_deg,
            subject=choice.sentence if choice else "nobody was found",
        )
        warnings = choice.warnings if choice else ()
        fps = (len(times_s) - 1) / max(times_s[-1], 1e-3)
        if fps < SLOW_FPS:
            warnings += (
                f"Only {fps:.0f} pictures a second could be analysed; close other programs, or film and upload.",
            )
        track = assemble_track(
            times_s, choice.person if choice else Person(), self.size_px, source, warnings, repeated=self._repeated
        )
        # The pixels that count are those most of the recording had.
        width, height = sorted(self._sizes_px)[len(self._sizes_px) // 2]
        scaled_px = track.image_px * (width / self.size_px[0])
        lens, unfit = lens_or_default(self.camera, width, height)
        track = replace(track, image_px=scaled_px, width_px=width, height_px=height, warnings=(*track.warnings, *unfit))
        options = {"position": position, "side": self.side}
        return analyse(track, "hip_rotation", options, lens=lens, level=self.level)

    def pictures(self, document: Document) -> tuple[Picture, ...]:
        """Return the pictures of the end range, named by the repetitions of the result they belong to."""
        named = []
        for number, repetition in enumerate(document.repetitions, 1):
            low = (repetition.hold_start_s or repetition.at_s) - _NEAR_HOLD_S
            high = (repetition.hold_end_s or repetition.at_s) + _NEAR_HOLD_S
            shown = [data for t, _, data in self._tops.values() if low <= t - self._times_s[0] <= high]
            named += [Picture(f"end range, repetition {number}", data) for data in shown[:1]]
        return tuple(named)
