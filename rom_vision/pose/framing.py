"""Whether the legs are in the picture: landmarks are drawn outside it too, where nothing was seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack

__all__ = ["SIDES_OF_LEG", "inside_share", "seen_share"]

SIDES_OF_LEG: dict[str, tuple[Landmark, ...]] = {
    side: tuple(Landmark[f"{side.upper()}_{name}"] for name in ("HIP", "KNEE", "ANKLE", "HEEL"))
    for side in ("left", "right")
}
"""Hip, knee, ankle and heel of each leg."""
SEEN = 0.5
"""Visibility from which a landmark counts as seen (our own heuristic)."""


def inside_share(track: PoseTrack, landmarks: Sequence[Landmark], frames: npt.NDArray[np.bool_] | None = None) -> float:
    """Share of the frames (of those where somebody was found, or of ``frames`` (T,)) with all landmarks in the picture.

    Nobody found anywhere gives 0.
    """
    frames = track.found if frames is None else frames
    points = track.image_px[frames][:, list(landmarks)]
    inside = np.asarray(((points >= 0) & (points < (track.width_px, track.height_px))).all(axis=(1, 2)))
    return float(inside.mean()) if inside.size else 0.0


def seen_share(track: PoseTrack, landmarks: Sequence[Landmark], frames: npt.NDArray[np.bool_] | None = None) -> float:
    """Share of the frames, as in `inside_share`, in which the model sees the landmarks on average."""
    frames = track.found if frames is None else frames
    seen = track.visibility[frames][:, list(landmarks)].mean(axis=1) >= SEEN
    return float(seen.mean()) if seen.size else 0.0
