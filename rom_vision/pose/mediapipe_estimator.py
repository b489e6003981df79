"""MediaPipe's pose landmarker: a picture in, the people in it out, as arrays."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.errors import BadInputError
from rom_vision.pose.models import ModelBundle
from rom_vision.pose.outline import outline_of
from rom_vision.pose.postponed import postponed
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.turns import TURNS_DEG, turn_back_px, turn_back_world, turn_picture

# MediaPipe loads them for drawings, sounds and texts that nobody asks it for: more than half of its start.
_UNASKED = ("audio", "decision", "retrieval", "text")
with postponed("matplotlib", "matplotlib.pyplot", "sounddevice", *(f"mediapipe.tasks.python.{n}" for n in _UNASKED)):
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

__all__ = ["MEDIAPIPE_VERSION", "PoseEstimator"]

MEDIAPIPE_VERSION: str = mp.__version__

_log = logging.getLogger(__name__)


class PoseEstimator:
    """Find people in pictures, one picture at a time, on the CPU; nothing leaves the machine.

    Each recording needs its own: MediaPipe goes on smoothing visibility (a tenth of what is new in each picture) from
    where it was, and nothing brings it back.

    Parameters
    ----------
    model : the bundle to run, from `rom_vision.pose.models.resolve_model`.
    num_poses : most people to look for. With one, MediaPipe skips its person detector while it follows somebody, and
        smooths the landmarks over time; with more, it does neither.
    video : pictures are successive frames of one recording, so people are followed from one to the next; else each
        picture stands alone.
    turn_deg : clockwise quarter turns (0, 90, 180, 270) given to the picture before inference; landmarks are turned
        back.
    outline : also look at the shins in each person's mask (a tenth more time).

    Raises
    ------
    BadInputError
        When MediaPipe cannot load the model.
    """

    _spoken = False

    def __init__(
        self,
        model: ModelBundle,
        *,
        num_poses: int = 1,
        video: bool = True,
        turn_deg: int = 0,
        outline: bool = False,
    ) -> None:
        if turn_deg not in TURNS_DEG:
            raise ValueError(f"turn_deg must be one of {TURNS_DEG}, not {turn_deg}")
        self._turn_deg = turn_deg
        self._video = video
        self._last_ms = -1
        self._landmarker: Any = _load(model, num_poses, video, outline)

    def __enter__(self) -> PoseEstimator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the network; the estimator cannot be used afterwards."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def detect(self, rgb: npt.NDArray[np.uint8], time_s: float = 0.0) -> list[PoseCandidate]:
        """Find the people in one picture.

        Parameters
        ----------
        rgb : (height, width, 3) uint8.
        time_s : presentation time of the frame, seconds; used only to follow and smooth, never returned.

        Returns
        -------
        One `PoseCandidate` per person, in pixels of ``rgb`` as it was handed in.
        """
        height, width = rgb.shape[:2]
        # MediaPipe reads the buffer as if rows had no padding: PyAV's pictures can have some.
        image = mp.Image(mp.ImageFormat.SRGB, np.ascontiguousarray(turn_picture(rgb, self._turn_deg)))
        if PoseEstimator._spoken:
            result = self._run(image, time_s)
        else:
            with _native_messages:
                result = self._run(image, time_s)
            # The last of its messages comes with the first person it finds.
            PoseEstimator._spoken = bool(result.pose_landmarks)
        people = zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        found = [_candidate(landmarks, world, width, height, self._turn_deg) for landmarks, world in people]
        if result.segmentation_masks:
            return [
                replace(pose, outline=_outline(mask, landmarks))
                for pose, mask, landmarks in zip(found, result.segmentation_masks, result.pose_landmarks, strict=True)
            ]
        return found

    def _run(self, image: Any, time_s: float) -> Any:
        if not self._video:
            return self._landmarker.detect(image)
        # Whole milliseconds that must increase: frames closer than that, or rounded alike, are moved apart.
        self._last_ms = max(self._last_ms + 1, round(time_s * 1000))
        return self._landmarker.detect_for_video(image, self._last_ms)


def _load(model: ModelBundle, num_poses: int, video: bool, outline: bool) -> Any:
    # MediaPipe opens paths with the narrow-character call on Windows, which fails for names such as "Jörg".
    where = (
        {"model_asset_path": str(model.path)}
        if str(model.path).isascii()
        else {"model_asset_buffer": model.path.read_bytes()}
    )
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(**where, delegate=BaseOptions.Delegate.CPU),
        running_mode=vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE,
        num_poses=num_poses,
        output_segmentation_masks=outline,
    )
    try:
        with _native_messages:
            return vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError, OSError) as fault:
        raise BadInputError(f"Pose model {model.name}: MediaPipe cannot load it ({fault}).") from fault


def _outline(mask: Any, landmarks: Any) -> npt.NDArray[np.float32]:
    """(2, 4) outlines of the shins: turned pictures have the same."""
    shown = np.squeeze(mask.numpy_view())
    height, width = shown.shape
    return outline_of(shown, np.array([(p.x * width, p.y * height) for p in landmarks], dtype=np.float32))


def _candidate(landmarks: Any, world: Any, width: int, height: int, turn_deg: int) -> PoseCandidate:
    points = np.array([(p.x, p.y, p.visibility) for p in landmarks], dtype=np.float32)
    world_m = np.array([(p.x, p.y, p.z) for p in world], dtype=np.float32)
    turned_size = (height, width) if turn_deg in (90, 270) else (width, height)
    image_px = points[:, :2] * np.array(turned_size, dtype=np.float32)
    return PoseCandidate(
        turn_back_px(image_px, turn_deg, width, height),
        np.clip(np.nan_to_num(points[:, 2]), 0.0, 1.0),
        turn_back_world(world_m, turn_deg),
    )


@contextmanager
def _standard_error_to_log() -> Iterator[None]:
    with tempfile.TemporaryFile() as sink:
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
            saved = os.dup(2)
        except (OSError, ValueError):  # no standard error at all, as in a windowed program
            yield
            return
        os.dup2(sink.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            sink.seek(0)
            _log.debug("%s", sink.read().decode(errors="replace").strip())


class _NativeMessages:
    """Send what MediaPipe's C++ parts write to standard error to the debug log: none of it concerns the user.

    Standard error belongs to the process: it is put aside while any thread is inside.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_inside = 0
        self._aside = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._n_inside:
                self._aside.enter_context(_standard_error_to_log())
            self._n_inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._n_inside -= 1
            if not self._n_inside:
                self._aside.close()


_native_messages = _NativeMessages()
