"""Where hips, knees and ankles are in space, from single pictures of a person who stood straight before.

Closed form, for movements with planted feet: standing gives the segments' lengths in pixels, the feet give the
distance, and each next joint lies on its line of sight at a known length from the one below it. Of the two such points
the knee takes the one before its ankle, the hip the one behind its knee.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.body.learned import learned_body
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray

__all__ = ["LegChain", "Stance", "Standing", "body_axes", "leg_chain", "standing_of"]

# Where the hip landmark lies ahead of the joint, in leg lengths: standing, and added with the thigh level.
HIP_LEAD_FRONT, HIP_LEAD_BACK = learned_body().hip_lead

_HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
_KNEES = [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]
_ANKLES = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]
_SHOULDERS = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]

Stance = Literal["both", "left", "right"]
_LEGS: dict[str, list[int]] = {"both": [0, 1], "left": [0], "right": [1]}


@dataclass(frozen=True)
class Standing:
    """A person standing straight, as the picture shows them; all lengths but ``leg_px`` in parts of the leg's length.

    Attributes
    ----------
    image_px : (33, 2) median landmarks.
    leg_px : length of the straight leg, hip over knee to ankle, pixels, mean of both sides.
    thigh, shank, trunk : segment lengths; thigh and shank sum to 1.
    """

    image_px: FloatArray
    leg_px: float
    thigh: float
    shank: float
    trunk: float


@dataclass(frozen=True)
class LegChain:
    """Joint centres over time in camera axes (x right, y down, z away), in leg lengths; the second axis is left, right.

    Attributes
    ----------
    hip, knee, ankle : (T, 2, 3).
    shoulder : (T, 3) middle between the shoulders.
    """

    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    shoulder: FloatArray


def standing_of(image_px: FloatArray, stance: Stance = "both") -> Standing:
    """Measure a standing person: ``image_px`` (N, 33, 2), the frames in which they stand straight.

    ``stance`` says which legs stand: a lifted one is bent and says nothing about lengths.
    """
    middle = np.median(image_px, axis=0)
    legs = _LEGS[stance]
    thigh = float(np.linalg.norm(middle[_HIPS] - middle[_KNEES], axis=1)[legs].mean())
    shank = float(np.linalg.norm(middle[_KNEES] - middle[_ANKLES], axis=1)[legs].mean())
    trunk = float(np.linalg.norm(middle[_SHOULDERS].mean(axis=0) - middle[_HIPS].mean(axis=0)))
    leg = max(thigh + shank, 1e-6)
    return Standing(middle, leg, thigh / leg, shank / leg, trunk / leg)


def body_axes(azimuth_deg: float) -> tuple[FloatArray, FloatArray]:
    """Directions to the person's left and forward (3,), in camera axes, for a level camera at ``azimuth_deg``.

    The azimuth says where the camera stands: 0 in front, +90 at the person's left, 180 behind.
    """
    c, s = np.cos(np.radians(azimuth_deg)), np.sin(np.radians(azimuth_deg))
    return np.array([c, 0.0, -s]), np.array([-s, 0.0, -c])


def leg_chain(
    image_px: FloatArray, standing: Standing, camera: Camera, azimuth_deg: float, stance: Stance = "both"
) -> LegChain:
    """Place the joints of (T, 33, 2) landmarks in space; NaN stays NaN.

    Parameters
    ----------
    image_px : landmarks, pixels.
    standing : the same person standing in the same place.
    camera : lens; its focal length sets the distance, which hardly changes directions.
    azimuth_deg : where the camera stands; decides which way is forward.
    stance : the legs that stand. A lifted leg has no ground to start from: its joints are put as far away as the hip
        of the standing one.
    """
    ray = np.concatenate(
        [(image_px - (camera.cx_px, camera.cy_px)) / camera.focal_px, np.ones((*image_px.shape[:2], 1))], axis=-1
    )
    left, forward = body_axes(azimuth_deg)
    distance = camera.focal_px / standing.leg_px
    ankle = ray[:, _ANKLES] * distance
    # Of two feet side by side the one towards the camera is nearer by their distance times the sine of the azimuth.
    apart = (ankle[:, 0] - ankle[:, 1])[:, 0] / max(abs(left[0]), 0.3) * np.sign(left[0])
    nearer = 0.5 * apart * left[2] if stance == "both" else 0.0 * apart
    ankle = ray[:, _ANKLES] * (distance + np.stack([nearer, -nearer], axis=-1))[..., None]
    knee = _on_sphere(ray[:, _KNEES], ankle, standing.shank, forward)
    hip = _on_sphere(ray[:, _HIPS], knee, standing.thigh, -forward)
    still, more = HIP_LEAD_FRONT if forward[2] < 0 else HIP_LEAD_BACK
    for _ in range(2):
        level = np.clip(np.sum((knee - hip) * forward, axis=-1) / standing.thigh, 0.0, 1.0)
        lead = (still + more * level)[..., None] * forward
        hip = _on_sphere(ray[:, _HIPS], knee + lead, standing.thigh, -forward) - lead
    if stance != "both":
        own, other = _LEGS[stance][0], 1 - _LEGS[stance][0]
        for joint, marks in ((hip, _HIPS), (knee, _KNEES), (ankle, _ANKLES)):
            joint[:, other] = ray[:, marks[other]] * hip[:, own, 2:]
    middle = hip.mean(axis=1)
    shoulder = _on_sphere(ray[:, _SHOULDERS].mean(axis=1), middle, standing.trunk, forward, UPRIGHT * standing.trunk)
    return LegChain(hip, knee, ankle, shoulder)


UPRIGHT = 0.25
"""A trunk that seems to lean towards the camera by less than this part of its length is upright (a lean of 14 degrees
shortens it by 3 %, as much as its length is known)."""


def _on_sphere(
    ray: FloatArray, centre: FloatArray, radius: float, towards: FloatArray, least: float = 0.0
) -> FloatArray:
    """Point of each line of sight at ``radius`` from ``centre``, the one farther ``towards``; else the nearest one.

    A depth below ``least`` cannot be told from none, and counts as none.
    """
    a = np.sum(ray * ray, axis=-1)
    b = np.sum(ray * centre, axis=-1)
    root = np.sqrt(np.maximum(b * b - a * (np.sum(centre * centre, axis=-1) - radius**2 + least**2), 0.0))
    sign = 1.0 if towards[2] > 0 else -1.0
    return np.asarray(ray * ((b + sign * root) / a)[..., None])
