"""What the straight leg raise looks at: lines of the body against the level and against the resting leg."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.ranges import angle_deg, clear
from rom_vision.protocols.straight_leg_raise.learned import HIP_IN_FRONT
from rom_vision.results.parts import Side

__all__ = ["RaiseCurves", "raise_curves"]


@dataclass(frozen=True)
class RaiseCurves:
    """Curves (T,), degrees but for ``time_s``; NaN where nobody was found.

    Attributes
    ----------
    leg, thigh, shank : tested leg from hip to ankle, hip to knee, knee to ankle against the picture's level, raised +.
    other : the other leg from hip to knee.
    trunk : from the hips to the shoulders, raised +.
    broadside : how far the shoulders lie apart along the body, in trunk lengths: 0 seen square from the side.
    """

    time_s: FloatArray
    leg: FloatArray
    thigh: FloatArray
    shank: FloatArray
    other: FloatArray
    trunk: FloatArray
    broadside: FloatArray

    @property
    def knee(self) -> FloatArray:
        """Knee flexion as the picture shows it."""
        return self.thigh - self.shank


def raise_curves(track: PoseTrack, side: Side) -> RaiseCurves:
    """Read the lines of a person on the back, seen from the side.

    Parameters
    ----------
    track : as a straight, level camera would have shown it.
    side : the tested leg.
    """
    px = clear(track.time_s, track.image_px)
    names = ("HIP", "KNEE", "ANKLE")
    other = "RIGHT" if side == "left" else "LEFT"
    hip, knee, ankle = (px[:, Landmark[f"{side.upper()}_{n}"]] for n in names)
    far_hip, far_knee, _ = (px[:, Landmark[f"{other}_{n}"]] for n in names)
    # The joint lies under the landmark: nearer to the floor.
    size = np.nanmedian(np.linalg.norm(ankle - hip, axis=1))
    under = np.array([0.0, HIP_IN_FRONT * size])
    left, right = px[:, Landmark.LEFT_SHOULDER], px[:, Landmark.RIGHT_SHOULDER]
    shoulders, hips = 0.5 * (left + right), 0.5 * (hip + far_hip)
    ahead = 1.0 if np.nanmedian(shoulders[:, 0] - hips[:, 0]) < 0 else -1.0
    trunk = shoulders - hips
    length = np.linalg.norm(trunk, axis=1)
    apart = np.abs(((left - right) * trunk).sum(axis=1)) / np.maximum(length, 1.0) ** 2
    return RaiseCurves(
        track.time_s,
        angle_deg(hip + under, ankle, ahead),
        angle_deg(hip + under, knee, ahead),
        angle_deg(knee, ankle, ahead),
        angle_deg(far_hip + under, far_knee, ahead),
        angle_deg(hips, shoulders, -ahead),
        apart,
    )
