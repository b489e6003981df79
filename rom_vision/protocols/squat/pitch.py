"""How far a camera in front of somebody who stands looks down, and how far it leans.

From in front each degree of looking down is one of the thigh's angle. Feet point at a camera in front of them, and the
more steeply they are looked down upon the longer they are in the picture. What is near looks large: a high camera makes
the trunk long against the legs. Both are rough witnesses, so they are believed in part (learned, see
`rom_vision.protocols.squat.learned`).
"""

from __future__ import annotations

import numpy as np

from rom_vision.body.leg_chain import Standing
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.view import FOOT_LENGTH

__all__ = ["USUAL_TRUNK", "camera_pitch_deg", "camera_roll_deg", "feet_seen_from_deg", "look_level"]

STEEP_DEG = 24.0
"""Feet seem to be looked down upon by more than this where shoes are thick or heels rise, too (our own heuristic)."""
USUAL_TRUNK = 0.6
"""Length of a trunk in leg lengths, from which `seen_from` counts."""
MOST_TRUNK = 0.12
"""A trunk that looks longer than usual by more has its shoulders raised, as with arms overhead (our own heuristic)."""
LEAN_DEG = 6.0
"""A camera that a phone's stand or a hand holds leans by no more (our own heuristic)."""


def feet_seen_from_deg(still_px: FloatArray, leg_px: float) -> float:
    """How steeply the feet seem to be looked down upon (degrees), from one picture (33, 2) of a standing person."""
    steep = []
    for side in ("LEFT", "RIGHT"):
        way = (still_px[Landmark[f"{side}_FOOT_INDEX"]] - still_px[Landmark[f"{side}_HEEL"]]) / leg_px / FOOT_LENGTH
        steep.append(way[1] / np.sqrt(max(1.0 - way[0] ** 2, 0.25)))
    return float(np.clip(np.degrees(np.arcsin(np.clip(np.mean(steep), -1.0, 1.0))), 0.0, STEEP_DEG))


def camera_pitch_deg(standing: Standing, camera: Camera) -> float:
    """How far a camera in front looks down (+), degrees; what is known of it goes before what the body says."""
    if camera.pitch_deg is not None:
        return camera.pitch_deg
    ankles = float(standing.image_px[[Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1].mean())
    below_axis = np.degrees(np.arctan((ankles - camera.cy_px) / camera.focal_px))
    least, by_feet, by_trunk = LEARNED.seen_from
    feet = feet_seen_from_deg(standing.image_px, standing.leg_px)
    longer = float(np.clip(standing.trunk - USUAL_TRUNK, -MOST_TRUNK, MOST_TRUNK))
    return float(least + by_feet * feet + by_trunk * longer - below_axis)


def camera_roll_deg(still_px: FloatArray, camera: Camera) -> float:
    """How far a camera in front leans (clockwise +, see `Camera`), degrees; 0 where its lean is known and taken out.

    Nobody stands with the hips beside the feet: where they seem to be, the camera leans. (Of 49 synthetic people the
    lean so read is off by half a degree.)
    """
    if camera.roll_deg is not None:
        return 0.0
    hips, ankles = (
        still_px[[Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]]].mean(axis=0) for name in ("HIP", "ANKLE")
    )
    aside, up = (hips - ankles) * (-1.0, -1.0)
    return float(np.clip(np.degrees(np.arctan2(aside, max(up, 1e-6))), -LEAN_DEG, LEAN_DEG))


def look_level(image_px: FloatArray, camera: Camera, pitch_deg: float) -> FloatArray:
    """Show landmarks (..., 2) as a level camera in the same place would."""
    c, s = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    x, y = (image_px[..., 0] - camera.cx_px) / camera.focal_px, (image_px[..., 1] - camera.cy_px) / camera.focal_px
    z = np.maximum(c - s * y, 0.2)
    level = np.stack([x / z, (s + c * y) / z], axis=-1)
    return np.asarray(level * camera.focal_px + (camera.cx_px, camera.cy_px))
