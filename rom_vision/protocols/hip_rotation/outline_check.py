"""Whether the outline of the tested shin lies where the landmarks do: in loose cloth it may not, at full visibility."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.outline import shin_turn_deg
from rom_vision.pose.track import PoseTrack
from rom_vision.results.parts import Side

__all__ = ["outline_warnings"]

# Our own heuristics: in recordings of synthetic people the two were within 5 degrees nearly wherever the outline was
# that of a shin alone; a trouser leg moves a knee's landmark by a tenth to a quarter of a shin (accuracy budget, 2).
_TURN_DEG = 8.0
"""Turned further from the landmarks' line than this it contradicts them ..."""
_SHARE = 0.5
"""... and when it does in this share of the pictures that show the shin alone, it is said ..."""
_SHOWN = 0.3
"""... if those are this share of all in which the person was found."""


def outline_warnings(track: PoseTrack, side: Side) -> tuple[str, ...]:
    """Say where the outline of the tested shin contradicts the landmarks.

    Parameters
    ----------
    track : with or without outlines.
    side : the tested leg.

    Returns
    -------
    One sentence, or none.
    """
    outline = track.outline[track.found, 0 if side == "left" else 1]
    turned = np.abs(shin_turn_deg(outline))
    alone = np.isfinite(turned)
    if not alone.any() or alone.mean() < _SHOWN:
        return ()
    turned = turned[alone]
    if np.mean(turned > _TURN_DEG) <= _SHARE:
        return ()
    return (
        f"The outline of the {side} shin does not lie where its knee and ankle were found (it is turned by"
        f" {np.median(turned):.0f} degrees): loose clothing does that, and the angle may be further off"
        " than its interval says. Bare the knee or wear something tight, and film again.",
    )
