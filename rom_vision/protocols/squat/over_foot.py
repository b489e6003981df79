"""How far each knee turns from over its foot: where the shank leans the way the foot points, the knee is over it.

Foot and shank are seen in the same picture, so where the camera stands does not matter. A wide stance does not
either: a knee that is sound over its foot lies up to 25 degrees outside of it when it is judged about the line from hip
to ankle. What matters is how far the knee comes towards the camera, and where the foot points: both are known the less
well the more the foot points aside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.body.leg_chain import LegChain, Standing, body_axes
from rom_vision.camera import Camera
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.view import FOOT_LENGTH, foot_across

__all__ = ["OverFoot", "over_foot"]

MEDIAL: FloatArray = np.array([-1.0, 1.0])
"""Sign of medial along the axis to the person's left, for the left and the right leg."""
SHANK_SEEN = 0.5
"""Share in which the shank's lean is taken from the picture, where it shows in its length only, rather than from how
shanks lean with the knee's flexion (our own heuristic)."""
MIN_RADIUS = 0.3
"""Distance of a knee from its hip-ankle line, leg lengths, below which its turn would be the picture's error: bent by
less than 75 degrees (our own heuristic)."""
MAX_ASIDE_DEG = 70.0
"""A foot that points farther aside is foreshortened beyond telling."""
# How well what goes in is known (our own heuristics; how large errors really are is learned, as `sd.knee_valgus`): the
# knee's way towards the camera in leg lengths, a foot's length between people and shoes, and its two ends in pixels.
DEPTH_SD, LENGTH_SD, END_PX = 0.04, 0.05, 2.0
STEADY_SD = 0.03
"""What the knee's place is off by, leg lengths, wherever the foot points."""


@dataclass(frozen=True)
class OverFoot:
    """Turns of the (left, right) knee from over its foot; the second axis is left, right.

    Attributes
    ----------
    turn_deg : (T, 2) about the line from hip to ankle, inwards +.
    doubt : (T, 2) how many times less surely than of a foot that points at the camera.
    """

    turn_deg: FloatArray
    doubt: FloatArray


def over_foot(
    chain: LegChain, flexion_deg: FloatArray, standing: Standing, camera: Camera, azimuth_deg: float
) -> OverFoot:
    """Measure both knees against their feet.

    Parameters
    ----------
    chain : joints in camera axes.
    flexion_deg : (T, 2) of the knees.
    standing : the person, whose feet stay where they stand.
    camera : lens.
    azimuth_deg : where the camera stands; only whether in front or behind matters.

    Notes
    -----
    In camera axes: the knee is ``across`` medial of its ankle and ``ahead`` of it along the line of sight; the foot
    points outwards by psi. The knee's distance from the foot's vertical plane is across cos psi + ahead sin psi, and
    over the knee's distance from the line of hip and ankle it is the sine of its turn.
    """
    facing = 1.0 if abs(azimuth_deg) <= 90.0 else -1.0
    medial = MEDIAL * np.sign(body_axes(azimuth_deg)[0][0])
    pointing = [
        np.arcsin(np.clip(foot_across(standing.image_px, side, standing.leg_px, camera, facing), -1, 1))
        for side in ("LEFT", "RIGHT")
    ]
    psi = np.clip(-medial * np.array(pointing), *np.radians((-MAX_ASIDE_DEG, MAX_ASIDE_DEG)))
    way = chain.knee - chain.ankle
    across = medial * way[..., 0]
    leaned = standing.shank * np.sin(np.radians(LEARNED.shank_lean * flexion_deg))
    usual = np.sqrt(np.maximum(leaned**2 - across**2, 0.0))
    ahead = SHANK_SEEN * -facing * way[..., 2] + (1.0 - SHANK_SEEN) * usual
    off = across * np.cos(psi) + ahead * np.sin(psi)
    along = ahead * np.cos(psi) - across * np.sin(psi)
    radius = np.maximum(_radius(chain), MIN_RADIUS)
    ends = END_PX / (standing.leg_px * FOOT_LENGTH * np.cos(psi))
    foot_sd = np.hypot(LENGTH_SD * np.tan(psi), ends)
    more = np.hypot(DEPTH_SD * np.sin(psi), along * foot_sd) / STEADY_SD
    return OverFoot(np.degrees(np.arcsin(np.clip(off / radius, -1.0, 1.0))), np.hypot(1.0, more))


def _radius(chain: LegChain) -> FloatArray:
    """(T, 2) distance of the knee from the line of hip and ankle."""
    line, way = chain.hip - chain.ankle, chain.knee - chain.ankle
    length = np.maximum(np.linalg.norm(line, axis=-1), 1e-6)
    return np.asarray(np.linalg.norm(np.cross(line, way), axis=-1) / length)
