"""Pose the synthetic person by ISB joint angles: what the angles are is known exactly, because they are the input.

Axes and signs are those of Wu et al. (2002): segment axes X anterior, Y cranial, Z right; hip flexion, adduction and
internal rotation + on both sides; knee flexion +. The kinematics here share no code with the package's leg model, so
that one can test the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial.transform import Rotation

from validation.person.arms import ArmPlan, arm_rotations
from validation.person.body import Body
from validation.person.identity import SEGMENTS, SIDES, FloatArray, IntArray

__all__ = [
    "UPRIGHT",
    "Leg",
    "Posed",
    "Posture",
    "blend_rigid",
    "hip_angles_deg",
    "pelvis_matrix",
    "pose",
    "pose_rigid",
    "proportioned",
]

UPRIGHT: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""ISB axes (columns) of a person standing upright in the world (z up) and facing +x."""


@dataclass(frozen=True)
class Leg:
    """Joint angles of one leg, degrees: hip relative to the pelvis (internal rotation +), knee, ankle dorsiflexion +.

    ``foot_axes`` (3, 3): the foot's ISB axes in the world where it stands on the floor; they then give the ankle.
    """

    hip_flexion_deg: float = 0.0
    hip_adduction_deg: float = 0.0
    hip_rotation_deg: float = 0.0
    knee_flexion_deg: float = 0.0
    ankle_deg: float = 0.0
    foot_axes: FloatArray | None = None


@dataclass(frozen=True)
class Posture:
    """Everything that moves.

    Attributes
    ----------
    pelvis_m : (3,) world position of the middle between the hip joint centres.
    pelvis_axes : (3, 3) ISB axes of the pelvis in the world, columns.
    left, right : the legs.
    trunk_deg : flexion (forward +), side bend (to the right +), axial rotation (to the left +) of the thorax
        relative to the pelvis, spread over five joints.
    head_deg : flexion, side bend and rotation of the head relative to the thorax.
    arms : how each arm (left, right) is held.
    """

    pelvis_m: FloatArray
    pelvis_axes: FloatArray
    left: Leg = field(default_factory=Leg)
    right: Leg = field(default_factory=Leg)
    trunk_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    head_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    arms: tuple[ArmPlan, ArmPlan] = (ArmPlan("hanging"), ArmPlan("hanging"))

    def leg(self, side: str) -> Leg:
        """Return the leg of ``side``."""
        return self.left if side == "left" else self.right


@dataclass(frozen=True)
class Posed:
    """A posed person: mesh (V, 3) and faces (F, 4) in the world, colours (F, 3), joint centres, segment axes."""

    vertices_m: FloatArray
    faces: IntArray
    face_rgb: FloatArray
    joints_m: dict[str, FloatArray]
    axes: dict[str, FloatArray]


def _rot(axis: str, deg: float) -> FloatArray:
    return np.asarray(Rotation.from_euler(axis, deg, degrees=True).as_matrix())


def pelvis_matrix(heading_deg: float = 0.0, list_deg: float = 0.0, tilt_deg: float = 0.0) -> FloatArray:
    """Pelvis axes in the world of an upright person: heading (to the left +), then list (right side down +), then tilt.

    Tilt is posterior +. The list is exactly the inclination of the pelvis' medio-lateral axis against the horizontal.
    """
    return UPRIGHT @ _rot("y", heading_deg) @ _rot("x", list_deg) @ _rot("z", tilt_deg)


def hip_angles_deg(pelvis_axes: FloatArray, thigh_axes: FloatArray, side: str) -> tuple[float, float, float]:
    """Hip flexion, adduction and internal rotation (degrees) from segment axes; inverse of the posing."""
    flexion, adduction, rotation = Rotation.from_matrix(pelvis_axes.T @ thigh_axes).as_euler("ZXY", degrees=True)
    sign = 1.0 if side == "right" else -1.0
    return float(flexion), float(sign * adduction), float(sign * rotation)


class _Poser:
    """Walks down the skeleton, collecting one affine map per segment."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.axes: dict[str, FloatArray] = {}
        self.linear: dict[str, FloatArray] = {}
        self.offset: dict[str, FloatArray] = {}

    def place(self, segment: str, axes: FloatArray, rest_point: FloatArray, point: FloatArray) -> None:
        """Give ``segment`` its axes in the world, with ``rest_point`` of the rest mesh carried to ``point``."""
        stretch = np.diag([1.0, self.body.scales.get(segment, 1.0), 1.0])
        linear = axes @ stretch @ self.body.frames[segment].T
        self.axes[segment] = axes
        self.linear[segment] = linear
        self.offset[segment] = point - linear @ rest_point

    def carry(self, segment: str, rest_point: FloatArray) -> FloatArray:
        return np.asarray(self.linear[segment] @ rest_point + self.offset[segment])


def _rotvec_deg(flexion: float, bend: float, turn: float) -> FloatArray:
    return np.radians([bend, turn, -flexion])


def _pose_spine(p: _Poser, posture: Posture) -> None:
    joints = p.body.joints_m
    parent, axes = "pelvis", posture.pelvis_axes
    step = Rotation.from_rotvec(_rotvec_deg(*posture.trunk_deg) / 5).as_matrix()
    for i in range(1, 6):
        name = f"spine{i}"
        axes = axes @ step
        p.place(name, axes, joints[name], p.carry(parent, joints[name]))
        parent = name
    step = Rotation.from_rotvec(_rotvec_deg(*posture.head_deg) / 4).as_matrix()
    for name in ("neck1", "neck2", "neck3", "head"):
        axes = axes @ step
        p.place(name, axes, joints[name], p.carry(parent, joints[name]))
        parent = name


def _pose_leg(p: _Poser, posture: Posture, side: str) -> None:
    joints, leg = p.body.joints_m, posture.leg(side)
    sign = 1.0 if side == "right" else -1.0
    swing = posture.pelvis_axes @ _rot("z", leg.hip_flexion_deg) @ _rot("x", sign * leg.hip_adduction_deg)
    thigh = swing @ _rot("y", sign * leg.hip_rotation_deg)
    hip, knee, ankle = (joints[f"{n}_{side}"] for n in ("hip", "knee", "ankle"))
    at = p.carry("pelvis", hip)
    # Half of the rotation in the bone next to the hip: the skin twists along the thigh, not at the groin.
    p.place(f"thigh_proximal_{side}", swing @ _rot("y", 0.5 * sign * leg.hip_rotation_deg), hip, at)
    p.place(f"thigh_{side}", thigh, hip, at)
    shank = thigh @ _rot("z", -leg.knee_flexion_deg)
    p.place(f"shank_{side}", shank, knee, p.carry(f"thigh_{side}", knee))
    # The foot keeps the toe-out it has against the shank at rest (tibial torsion).
    rest = p.body.frames[f"shank_{side}"].T @ p.body.frames[f"foot_{side}"]
    toe_out = np.degrees(np.arctan2(-rest[2, 0], rest[0, 0]))
    foot = shank @ _rot("y", toe_out) @ _rot("z", leg.ankle_deg) if leg.foot_axes is None else leg.foot_axes
    p.place(f"foot_{side}", foot, ankle, p.carry(f"shank_{side}", ankle))


def _pose_arm(p: _Poser, posture: Posture, side: str) -> None:
    joints = p.body.joints_m
    plan = posture.arms[SIDES.index(side)]
    sign = 1.0 if side == "right" else -1.0
    chest = p.axes["spine5"]
    start = joints[f"clavicle_{side}"]
    p.place(f"clavicle_{side}", chest @ _rot("x", -sign * plan.shrug_deg), start, p.carry("spine5", start))
    shoulder = p.carry(f"clavicle_{side}", joints[f"shoulder_{side}"])
    frames = {
        "chest": chest,
        "pelvis": posture.pelvis_axes,
        "thigh": p.axes[f"thigh_{side}"],
        "hip_m": p.carry(f"thigh_{side}", joints[f"hip_{side}"]),
        "knee_m": p.carry(f"thigh_{side}", joints[f"knee_{side}"]),
    }
    upper_length, fore_length = (
        float(np.linalg.norm(joints[f"{a}_{side}"] - joints[f"{b}_{side}"]))
        for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))
    )
    upper, fore = arm_rotations(plan, side, shoulder, upper_length, fore_length, frames)
    p.place(f"upperarm_{side}", upper, joints[f"shoulder_{side}"], shoulder)
    elbow = p.carry(f"upperarm_{side}", joints[f"elbow_{side}"])
    p.place(f"forearm_{side}", fore, joints[f"elbow_{side}"], elbow)
    half, full = (fore @ _rot("y", sign * part * plan.pronation_deg) for part in (0.5, 1.0))
    p.place(f"forearm_distal_{side}", half, joints[f"elbow_{side}"], elbow)
    p.place(f"hand_{side}", full, joints[f"wrist_{side}"], p.carry(f"forearm_{side}", joints[f"wrist_{side}"]))


_CARRIER = {
    "hip": "pelvis",
    "knee": "thigh_{}",
    "ankle": "shank_{}",
    "heel": "foot_{}",
    "toe": "foot_{}",
    "shoulder": "clavicle_{}",
    "elbow": "upperarm_{}",
    "wrist": "forearm_{}",
    "fingers": "hand_{}",
}

_HANGS_ON = {
    "spine1": "pelvis",
    "neck1": "spine5",
    "head": "neck3",
    "clavicle": "spine5",
    "upperarm": "clavicle",
    "forearm": "upperarm",
    "forearm_distal": "forearm",
    "hand": "forearm_distal",
    "thigh_proximal": "pelvis",
    "thigh": "thigh_proximal",
    "shank": "thigh",
    "foot": "shank",
}


def _parent(index: int) -> int:
    """Index of the segment that the one at ``index`` hangs on: of the trunk, the one before."""
    name, _, side = SEGMENTS[index].rpartition("_")
    name, side = (name, side) if side in SIDES else (SEGMENTS[index], "")
    if name not in _HANGS_ON:
        return max(index - 1, 0)
    parent = _HANGS_ON[name]
    return SEGMENTS.index(f"{parent}_{side}" if f"{parent}_{side}" in SEGMENTS else parent)


_PARENT = tuple(_parent(i) for i in range(len(SEGMENTS)))


def pose(body: Body, posture: Posture) -> Posed:
    """Pose ``body``: skin the mesh and carry every joint centre with the segment it belongs to."""
    p = _placed(body, posture)
    maps = np.concatenate(
        [np.stack([p.linear[s] for s in SEGMENTS]), np.stack([p.offset[s] for s in SEGMENTS])[:, :, None]], axis=2
    )
    blended = (body.weights @ maps.reshape(len(SEGMENTS), 12)).reshape(-1, 3, 4)
    vertices = np.einsum("vij,vj->vi", blended[:, :, :3], body.vertices_m) + blended[:, :, 3]
    return Posed(vertices, body.faces, body.face_rgb, _carried_joints(p, posture), p.axes)


def pose_rigid(body: Body, posture: Posture) -> Posed:
    """Pose a body without scales by dual quaternions (Kavan et al. 2007), which keep the girth of a bent hip or knee.

    Blending matrices, as `pose` does, makes a joint bent by ninety degrees or more collapse.
    """
    p = _placed(body, posture)
    turns = np.stack([p.linear[s] for s in SEGMENTS])
    shifts = np.stack([p.offset[s] for s in SEGMENTS])
    vertices = blend_rigid(body.vertices_m, body.weights, turns, shifts)
    return Posed(vertices, body.faces, body.face_rgb, _carried_joints(p, posture), p.axes)


def blend_rigid(points: FloatArray, weights: FloatArray, turns: FloatArray, shifts: FloatArray) -> FloatArray:
    """Move points (V, 3) by a blend of rigid maps x -> turn x + shift, (S, 3, 3) and (S, 3), weights (V, S)."""
    real = Rotation.from_matrix(turns).as_quat()  # x, y, z, w
    # A quaternion and its negative are the same turn but blend differently: take the one nearer the neighbour's.
    for i, parent in enumerate(_PARENT[1:], 1):
        if real[i] @ real[parent] < 0:
            real[i] = -real[i]
    dual = 0.5 * np.column_stack(
        [real[:, 3:] * shifts + np.cross(shifts, real[:, :3]), -(shifts * real[:, :3]).sum(axis=1)]
    )
    blended = weights @ np.concatenate([real, dual], axis=1)
    blended /= np.linalg.norm(blended[:, :4], axis=1, keepdims=True)
    v, w, dv, dw = blended[:, :3], blended[:, 3:4], blended[:, 4:7], blended[:, 7:]
    turned = points + 2 * np.cross(v, np.cross(v, points) + w * points)
    return np.asarray(turned + 2 * (w * dv - dw * v + np.cross(v, dv)))


def proportioned(body: Body) -> Body:
    """Give the rest mesh its limb lengths for good, so that every segment moves rigidly from then on."""
    scales = body.scales

    def stretch(segment: str) -> FloatArray:
        frame = body.frames[segment]
        return np.asarray(frame @ np.diag([1.0, scales.get(segment, 1.0), 1.0]) @ frame.T)

    linear = {s: stretch(s) for s in SEGMENTS}
    offset = dict.fromkeys(SEGMENTS, np.zeros(3))
    joints = dict(body.joints_m)

    def hang(segment: str, at: str, side: str) -> None:
        rest, now = body.joints_m[f"{at}_{side}"], joints[f"{at}_{side}"]
        offset[f"{segment}_{side}"] = now - linear[f"{segment}_{side}"] @ rest

    for side in SIDES:
        for start, segments, below in (
            ("hip", ("thigh", "thigh_proximal"), ("knee",)),
            ("knee", ("shank",), ("ankle",)),
            ("ankle", ("foot",), ("heel", "toe")),
            ("shoulder", ("upperarm",), ("elbow",)),
            ("elbow", ("forearm", "forearm_distal"), ("wrist",)),
            ("wrist", ("hand",), ("fingers",)),
        ):
            for segment in segments:
                hang(segment, start, side)
            first = f"{segments[0]}_{side}"
            for name in below:
                joints[f"{name}_{side}"] = linear[first] @ body.joints_m[f"{name}_{side}"] + offset[first]
    maps = np.stack([np.column_stack([linear[s], offset[s]]) for s in SEGMENTS])
    blended = (body.weights @ maps.reshape(len(SEGMENTS), 12)).reshape(-1, 3, 4)
    vertices = np.einsum("vij,vj->vi", blended[:, :, :3], body.vertices_m) + blended[:, :, 3]
    return replace(body, vertices_m=vertices, joints_m=joints, scales={})


def _placed(body: Body, posture: Posture) -> _Poser:
    p = _Poser(body)
    p.place("pelvis", posture.pelvis_axes, body.joints_m["pelvis"], np.asarray(posture.pelvis_m, float))
    _pose_spine(p, posture)
    for side in SIDES:
        _pose_leg(p, posture, side)
        _pose_arm(p, posture, side)
    return p


def _carried_joints(p: _Poser, posture: Posture) -> dict[str, FloatArray]:
    joints = {
        f"{name}_{side}": p.carry(carrier.format(side), p.body.joints_m[f"{name}_{side}"])
        for name, carrier in _CARRIER.items()
        for side in SIDES
    }
    joints["nose"] = p.carry("head", p.body.joints_m["nose"])
    joints["head_top"] = p.carry("head", p.body.joints_m["head_top"])
    joints["pelvis"] = np.asarray(posture.pelvis_m, float)
    return joints
