"""Which leg moved: the wrong side chosen is told as such, not as a missing swing."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.results.parts import Side

__all__ = ["moved_instead"]

_SWING_DEG = 15.0
"""A shin that turns this far in the picture has swung (our own heuristic: half of a low internal rotation) ..."""
_TIMES_AS_FAR = 2.0
"""... and this many times as far as the other one has swung instead of it (our own heuristic)."""
_LEAST_FRAMES = 10


def moved_instead(track: PoseTrack, side: Side) -> Side | None:
    """Return the other leg where it swung and the leg called ``side`` did not; None otherwise.

    Parameters
    ----------
    track : landmarks of the recording.
    side : the leg that was to be tested.
    """
    other: Side = "right" if side == "left" else "left"
    swung, still = _swing_deg(track, other), _swing_deg(track, side)
    return other if swung >= _SWING_DEG and swung >= _TIMES_AS_FAR * still else None


def _swing_deg(track: PoseTrack, side: Side) -> float:
    """How far the shin's direction in the picture turns, degrees: from the 5th to the 95th percentile."""
    knee, ankle = (track.image_px[:, Landmark[f"{side.upper()}_{name}"]] for name in ("KNEE", "ANKLE"))
    shin = (ankle - knee)[track.found]
    shin = shin[np.isfinite(shin).all(axis=1)]
    if len(shin) < _LEAST_FRAMES:
        return 0.0
    turned = np.degrees(np.unwrap(np.arctan2(shin[:, 0], shin[:, 1])))
    low, high = np.percentile(turned, [5, 95])
    return float(high - low)
