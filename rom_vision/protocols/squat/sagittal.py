"""What a squat looks like from the side: trunk, thigh, tibia, foot and arm of the leg that faces the camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.body.balance import mass_ahead
from rom_vision.body.leg_chain import Standing
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.results.parts import Side

__all__ = ["SagittalCurves", "foot_slope", "near_side", "sagittal_curves"]

FLAT_SLOPE = 0.15
"""Slope up to which a foot that lies flat and points across the picture may seem to go down to its toes (our own
heuristic, after people to learn from and to calibrate: 0.06 +- 0.07)."""


@dataclass(frozen=True)
class SagittalCurves:
    """Curves (T,) over the frames of one span, degrees, of the leg nearer to the camera.

    Attributes
    ----------
    side : which leg that is.
    trunk_deg : trunk against the vertical, forward +.
    tibia_deg : tibia against the vertical, knee ahead +.
    thigh_below_deg : thigh below the horizontal +.
    knee_flexion_deg : flexion +, hyperextension -.
    foot_deg : pitch of the foot, heel up +.
    arm_deg : arm against the line that continues the trunk upwards, fallen forward +.
    arm_straight : distance of wrist and shoulder, parts of the arm's length.
    hand_over_head : the wrist over the nose, leg lengths.
    mass_ahead : centre of mass ahead of the ankle, leg lengths.
    """

    side: Side
    trunk_deg: FloatArray
    tibia_deg: FloatArray
    thigh_below_deg: FloatArray
    knee_flexion_deg: FloatArray
    foot_deg: FloatArray
    arm_deg: FloatArray
    arm_straight: FloatArray
    hand_over_head: FloatArray
    mass_ahead: FloatArray


def near_side(azimuth_deg: float) -> Side:
    """Return the side of the body that the camera sees."""
    return "left" if azimuth_deg >= 0 else "right"


def sagittal_curves(
    image_px: FloatArray, standing: Standing, azimuth_deg: float, at_rest: npt.NDArray[np.int_]
) -> SagittalCurves:
    """Measure one span of (T, 33, 2) landmarks seen from about the side; frames ``at_rest`` are of standing.

    The far leg is left alone: the model draws it plausibly where it cannot be seen. What points ahead is shortened by
    the sine of the azimuth and stretched back by it. A near leg that points partly at a camera looking down on it seems
    to go down: its knee looks lower than it is. Its foot, which lies on the floor and points where the knee goes, shows
    by how much (`foot_slope`); that is taken out of thigh and shank.
    """
    side = near_side(azimuth_deg)
    ahead = -np.sign(azimuth_deg) / max(abs(np.sin(np.radians(azimuth_deg))), 0.8)

    def point(name: str) -> FloatArray:
        p = image_px[:, Landmark[f"{side.upper()}_{name}"]] / standing.leg_px
        return np.stack([ahead * p[:, 0], -p[:, 1]], axis=-1)

    shoulder, hip, knee, ankle, heel, toe, elbow, wrist = (
        point(n) for n in ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX", "ELBOW", "WRIST")
    )
    level = np.clip((knee - hip)[:, 0] / standing.thigh, 0.0, 1.0)
    joint = hip - np.stack([a + b * level for a, b in (LEARNED.side_lead, LEARNED.side_rise)], axis=-1)
    upright, straight, above = shoulder - hip, knee - ankle, joint - knee
    slope = foot_slope(np.median(image_px[at_rest], axis=0), side)
    for way in (straight, above):
        way[:, 1] += slope * way[:, 0]
    for way, (a, b) in ((upright, LEARNED.side_shoulder_lead), (straight, LEARNED.side_knee_lead)):
        way[:, 0] -= a + b * level
    trunk, tibia = _lean_deg(upright), _lean_deg(straight)
    thigh = _lean_deg(above)
    arm, upward = wrist - shoulder, shoulder - hip
    # Positive: the arm lies ahead (clockwise in a picture with x ahead and y up) of the trunk's line.
    fallen = np.arctan2(arm[:, 0] * upward[:, 1] - arm[:, 1] * upward[:, 0], np.sum(arm * upward, axis=-1))
    return SagittalCurves(
        side=side,
        trunk_deg=trunk,
        tibia_deg=tibia,
        thigh_below_deg=-90.0 - thigh,
        knee_flexion_deg=tibia - thigh,
        foot_deg=_pitch_deg(heel - toe),
        arm_deg=np.degrees(fallen),
        arm_straight=_length(arm) / np.maximum(_length(wrist - elbow) + _length(elbow - shoulder), 1e-6),
        hand_over_head=wrist[:, 1] + image_px[:, Landmark.NOSE, 1] / standing.leg_px,
        mass_ahead=mass_ahead(*(p[:, 0] for p in (shoulder, joint, knee, ankle))),
    )


def foot_slope(still_px: FloatArray, side: Side) -> float:
    """How far a foot of somebody who stands (33, 2) seems to go down per length across, beyond `FLAT_SLOPE`."""
    heel, toe = (still_px[Landmark[f"{side.upper()}_{name}"]] for name in ("HEEL", "FOOT_INDEX"))
    across, down = np.abs(toe[0] - heel[0]), toe[1] - heel[1]
    return float(np.clip(down / max(across, 1e-6) - FLAT_SLOPE, 0.0, 1.0))


def _pitch_deg(back: FloatArray) -> FloatArray:
    """Pitch of the foot, heel up +, from toe to heel (T, 2; ahead, up).

    From heights alone: the toe's landmark at times slides back along the foot, which is as long as it mostly looks.
    """
    length = max(float(np.percentile(np.linalg.norm(back, axis=-1), 75)), 1e-6)
    return np.asarray(np.degrees(np.arcsin(np.clip(back[:, 1] / length, -1.0, 1.0))))


def _length(way: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(way, axis=-1))


def _lean_deg(upward: FloatArray) -> FloatArray:
    """Angle of vectors (T, 2; ahead, up) from the vertical, ahead +."""
    return np.asarray(np.degrees(np.arctan2(upward[:, 0], upward[:, 1])))
