"""What one picture shows of the body, as numbers that a drill can follow.

Sitting before the camera the leg model of the test reads hip rotation, pelvis and trunk (`LiveFilter`); in all other
drills the limbs' directions in the picture are read directly. These are signs to count by, and no measurements.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rom_vision.body.model import POINTS
from rom_vision.camera import Camera
from rom_vision.drills.drill import GuidedDrill, View
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.live_filter import LiveFilter
from rom_vision.protocols.hip_rotation.measure import RESIDUAL_REFUSE
from rom_vision.results.parts import Side

__all__ = ["NEEDED", "SignReader", "Signs"]

Signs = dict[str, float]
"""By name; degrees, or per cent of a length of the person's own."""

_JOINTS = ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
_BODY = ("SHOULDER", "HIP", "KNEE", "ANKLE")
NEEDED: dict[View, tuple[str, ...]] = {
    "seated": _BODY,
    "floor": _BODY,
    "standing": _BODY,
    "side_lying": ("SHOULDER", "KNEE", "ANKLE"),
    "legs_up": ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX"),
}
"""Joints, of both sides, that have to be in the picture."""

# Our own heuristics.
_FOOT_OF_SHANK = 0.6
"""Length of a foot from heel to toes, in shanks: how far its tip moves aside tells its turn."""
_TOES_OUT_DEG = 18.0
"""Toes of legs that lie against a wall unturned point outwards by so much (seen in a few filmed synthetic people)."""
_FORGETS_S = 300.0
"""The longest length of a limb in the picture stands for its true one; it is forgotten at this pace."""
_LEAST_PX = 2.0
_THIGH_TAU_S = 2.0
"""In a drill the knee may wander: the thigh is not where it was, and a model that holds it fits no longer."""


class SignReader:
    """Reads the signs of one drill from one picture after another.

    Parameters
    ----------
    drill : what is done.
    side : the leg that works; None where both do.
    """

    def __init__(self, drill: GuidedDrill, side: Side | None) -> None:
        self._view = drill.view
        self._side: Side = side or "left"
        self._filter = LiveFilter("seated", thigh_tau_s=_THIGH_TAU_S) if drill.view == "seated" else None
        self._longest: dict[str, tuple[float, float]] = {}
        self.points_px: FloatArray | None = None

    def read(self, time_s: float, camera: Camera, pose: PoseCandidate | None, *, restart: bool = False) -> Signs | None:
        """Return the signs of a picture; None when the person is not seen well enough.

        Parameters
        ----------
        time_s : time of the picture; increases.
        camera : lens and lean, for pictures of this size.
        pose : who was found, if anybody.
        restart : nothing is counted now: whoever has moved is looked at anew.
        """
        if pose is None:
            self.points_px = None
            return None
        self.points_px = pose.image_px[list(POINTS)].astype(np.float64)
        image_px = camera.straighten_px(pose.image_px.astype(np.float64))
        joints = {name: image_px[[Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]]] for name in _JOINTS}
        if self._filter is None:
            return _READERS[self._view](joints, self._side, self._long(time_s))
        fit = self._filter.update(time_s, camera, self._side, pose, restart=restart)
        if fit is None or fit.residual > RESIDUAL_REFUSE:
            return None
        self.points_px = fit.points_px
        return _seated(joints, self._side, fit.angles_deg, fit.shank_px)

    def _long(self, time_s: float) -> Callable[[str, float], float]:
        """Return what keeps the longest length of a limb by its name, forgetting slowly."""

        def longest(name: str, now_px: float) -> float:
            before_px, at_s = self._longest.get(name, (0.0, time_s))
            kept = max(now_px, before_px * float(np.exp(-(time_s - at_s) / _FORGETS_S)))
            self._longest[name] = kept, time_s
            return max(kept, _LEAST_PX)

        return longest


Joints = dict[str, FloatArray]
Longest = Callable[[str, float], float]


def _seated(joints: Joints, side: Side, angles_deg: dict[str, float], shank_px: float) -> Signs:
    own, letter = (0, "l") if side == "left" else (1, "r")
    lifts = 1.0 if side == "left" else -1.0
    knee, ankle, shank_px = joints["KNEE"][own], joints["ANKLE"][own], max(shank_px, _LEAST_PX)
    out = _outward(joints, side)
    return {
        "rotation": angles_deg[f"hip_rotation_{letter}"],
        "shank": float(np.degrees(np.arctan2(out * (ankle - knee)[0], max((ankle - knee)[1], 1e-6)))),
        "pelvis": lifts * angles_deg["pelvis_list"],
        "trunk": angles_deg["trunk_lean"],
        "knee": 100 * out * float(knee[0] - joints["HIP"].mean(axis=0)[0]) / shank_px,
    }


def _floor(joints: Joints, side: Side, longest: Longest) -> Signs:  # noqa: ARG001
    shank = joints["KNEE"] - joints["ANKLE"]
    # Right in the picture +; a shank that lies flat or points down at the knee is as far over as it goes.
    tilt = np.degrees(np.arctan2(shank[:, 0], np.maximum(-shank[:, 1], 0.0)))
    return {"knees": float(tilt.mean()), "trunk": _trunk(joints)}


def _standing(joints: Joints, side: Side, longest: Longest) -> Signs:
    hips, knees, ankles = joints["HIP"], joints["KNEE"], joints["ANKLE"]
    tall = longest("leg", float(ankles[:, 1].max() - hips[:, 1].mean()))
    own = 0 if side == "left" else 1
    thigh = knees[own] - hips[own]
    thigh_px = longest("thigh", float(np.linalg.norm(thigh)))
    out = _outward(joints, side)
    stance = max(abs(float(ankles[0, 0] - ankles[1, 0])), 0.08 * tall)
    return {
        "depth": 100 * (1 - float(ankles[:, 1].max() - hips[:, 1].mean()) / tall),
        "knees_in": 100 * (1 - abs(float(knees[0, 0] - knees[1, 0])) / stance),
        "shift": 100 * float(hips[:, 0].mean() - ankles[:, 0].mean()) / stance,
        "trunk": _trunk(joints),
        "foot": 100 * float(ankles[:, 1].max() - ankles[own, 1]) / tall,
        "open": 100 * out * float(thigh[0]) / thigh_px,
    }


def _side_lying(joints: Joints, side: Side, longest: Longest) -> Signs:  # noqa: ARG001
    trunk = joints["SHOULDER"].mean(axis=0) - joints["HIP"].mean(axis=0)
    length = longest("trunk", float(np.linalg.norm(trunk)))
    knees, ankles = joints["KNEE"], joints["ANKLE"]
    return {
        "opening": 100 * abs(float(knees[0, 1] - knees[1, 1])) / length,
        "feet": 100 * float(np.linalg.norm(ankles[0] - ankles[1])) / length,
    }


def _legs_up(joints: Joints, side: Side, longest: Longest) -> Signs:  # noqa: ARG001
    hips, knees, ankles = joints["HIP"], joints["KNEE"], joints["ANKLE"]
    toes = joints["FOOT_INDEX"] - joints["HEEL"]
    shank_px = longest("shank", float(np.linalg.norm(ankles - knees, axis=1).mean()))
    out = np.sign(hips[:, 0] - hips[::-1, 0])
    turned = np.degrees(np.arcsin(np.clip(out * toes[:, 0] / (_FOOT_OF_SHANK * shank_px), -1, 1)))
    return {"turn": float(turned.mean()) - _TOES_OUT_DEG}


_READERS: dict[View, Callable[[Joints, Side, Longest], Signs]] = {
    "floor": _floor,
    "standing": _standing,
    "side_lying": _side_lying,
    "legs_up": _legs_up,
}


def _outward(joints: Joints, side: Side) -> float:
    """Which way in the picture is outward for a leg: +1 right, -1 left."""
    left_is_right = float(np.sign(joints["HIP"][0, 0] - joints["HIP"][1, 0])) or 1.0
    return left_is_right if side == "left" else -left_is_right


def _trunk(joints: Joints) -> float:
    """Side lean of the trunk in the picture, to its right +, degrees."""
    up = joints["SHOULDER"].mean(axis=0) - joints["HIP"].mean(axis=0)
    return float(np.degrees(np.arctan2(up[0], max(-up[1], 1e-6))))
