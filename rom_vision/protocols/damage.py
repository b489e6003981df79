"""What damaged and frozen pictures mean for a test: they are gaps, and too many of them are no recording."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.track import BoolArray, FloatArray

__all__ = ["beside", "damage_refusal"]

DAMAGED_REFUSE = 0.5
"""A recording of which more than this share of the pictures is damaged or stands still is refused (our own
heuristic)."""


def damage_refusal(time_s: FloatArray, unsound: BoolArray) -> list[str]:
    """Return the reason to refuse a recording too little of which is sound, if so.

    Parameters
    ----------
    time_s, unsound : (T,) as in `rom_vision.pose.track.PoseTrack`.
    """
    share = float(unsound.mean()) if len(unsound) else 0.0
    if share <= DAMAGED_REFUSE:
        return []
    total_s = float(np.ptp(time_s))
    return [
        f"{100 * share:.0f} % of the recording ({share * total_s:.1f} of {total_s:.1f} s) is damaged or shows a picture"
        " that stands still; too little is left to measure. Copy the file again from the camera; if it is the same"
        " there, film again."
    ]


def beside(unsound: BoolArray) -> BoolArray:
    """(T,) True for frames that are damaged or stand still, and for their neighbours: what reaches one touches it."""
    out = unsound.copy()
    out[1:] |= unsound[:-1]
    out[:-1] |= unsound[1:]
    return out
