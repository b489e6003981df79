"""The leg model: joint angles and segment lengths in, landmark positions out (forward kinematics).

The state is one flat vector per frame (radians, metres, natural logarithms); `STATE` names its entries. Joint angles
follow ISB (see `rom_vision.body.rotations`). Camera axes: x right, y down, z away from the camera.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rom_vision.body.learned import JOINTS, learned_body
from rom_vision.body.rotations import exp_so3, hip_matrix, left_jacobian_so3, rot_x, rot_y, rot_z
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray

__all__ = [
    "ANKLES",
    "JOINT_CENTRES",
    "KNEES",
    "LENGTHS_M",
    "N_POINTS",
    "N_POSE",
    "N_STATE",
    "OFFSETS",
    "OFFSET_MIX",
    "OUTLINES",
    "POINTS",
    "STATE",
    "UPRIGHT_FACING",
    "LandmarkShape",
    "forward_kinematics",
    "linearize",
    "offsets_xy_m",
    "pelvis_matrix",
    "pose_slice",
]

POINTS: tuple[Landmark, ...] = (
    Landmark.LEFT_SHOULDER,
    Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP,
    Landmark.LEFT_KNEE,
    Landmark.RIGHT_KNEE,
    Landmark.LEFT_ANKLE,
    Landmark.RIGHT_ANKLE,
)
"""Landmarks the model explains. Feet are left out: they would need an ankle, and say nothing about the hip."""

N_POINTS = len(POINTS)
KNEES, ANKLES = slice(4, 6), slice(6, 8)
"""Places of the left and the right one in `POINTS`."""

_NAMES = (
    # Pelvis centre (midway between the hip joints): X/Z, Y/Z and log Z.
    *("pelvis_x", "pelvis_y", "pelvis_log_z"),
    # Pelvis orientation: rotation vector in pelvis axes from a reference orientation.
    *("pelvis_list", "pelvis_rotation", "pelvis_tilt"),
    # Trunk relative to the pelvis.
    *("trunk_bend", "trunk_twist", "trunk_flexion"),
    *("hip_flexion_l", "hip_adduction_l", "hip_rotation_l", "knee_angle_l"),
    *("hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r"),
    # Logarithms of segment lengths over LENGTHS_M and of the focal length over the assumed one.
    *("thigh", "shank", "hip_half_width", "trunk", "shoulder_half_width", "focal"),
    # Slow offset of the landmarks in the picture, metres at their depth: of both sides, and of left against right.
    *(f"{kind}_{joint}_{axis}" for joint in JOINTS for kind in ("common", "differential") for axis in "xy"),
    # Slow turn of the shins' outlines in the person's mask against the shins, outwards.
    *("outline_l", "outline_r"),
)
STATE: dict[str, int] = {name: i for i, name in enumerate(_NAMES)}
N_STATE = len(_NAMES)
N_POSE = STATE["focal"] + 1
"""Entries that move the body or the camera; the slow errors of what is seen of it come after them."""
OFFSETS = slice(N_POSE, N_POSE + 4 * len(JOINTS))
"""Entries of the landmarks' offsets."""
OUTLINES = slice(OFFSETS.stop, N_STATE)
"""Entries of the outlines' turns, left and right."""

LENGTHS_M: dict[str, float] = learned_body().lengths_m
"""Mean segment lengths. Only their ratios matter: size and distance cannot be told apart in one picture.

Shank to thigh is 1.03 in men and 1.17 in women between joint centres (de Leva 1996, table 4), 1.03 in the synthetic
people that these were learned from.
"""

UPRIGHT_FACING: FloatArray = np.array([[0.0, 0.0, -1.0], [0.0, -1.0, 0.0], [-1.0, 0.0, 0.0]])
"""Pelvis axes in camera axes of somebody upright who faces a level camera (X towards it, Z to their right)."""


class LandmarkShape(NamedTuple):
    """Where the pose network puts its landmarks, compared with the joint centres.

    Attributes
    ----------
    offsets_m : (4, 2, 3) mean position of the shoulder, hip, knee and ankle landmarks, left and right, from the joint
        centres in the axes of trunk, pelvis, thigh and shank, with Z pointing away from the midline.
    knee_swing_m : (2, 3) how far the knee landmark moves in the axes of the thigh as the thigh rotates: per radian of
        internal rotation, and per radian of rotation either way (skin and shape turn less than the bone).
    list_gain : share of the pelvis' list that the hip landmarks show.
    list_leak : list that the hip landmarks show of a level pelvis, per radian its raised side is turned in.
    """

    offsets_m: FloatArray
    knee_swing_m: FloatArray = np.zeros((2, 3))
    list_gain: float = 1.0
    list_leak: float = 0.0


JOINT_CENTRES = LandmarkShape(np.zeros((4, 2, 3)))
"""Landmarks exactly at the joint centres."""

_SIGN: FloatArray = np.array([-1.0, 1.0])
_MIRROR: FloatArray = np.array([[1.0, 1.0, -1.0], [1.0, 1.0, 1.0]])
_LENGTHS_M: FloatArray = np.array(list(LENGTHS_M.values()))
_LENGTH_ENTRIES = slice(STATE["thigh"], STATE["thigh"] + len(LENGTHS_M))
_LEG_ENTRIES = slice(STATE["hip_flexion_l"], STATE["knee_angle_r"] + 1)
_N_ROTATIONS = 14


def _moved_by() -> FloatArray:
    """(8, 14) 1 where a rotation (pelvis, trunk, left leg, right leg) moves a point, else 0."""
    moved = np.zeros((N_POINTS, _N_ROTATIONS))
    moved[:, :3] = 1.0
    moved[:2, 3:6] = 1.0
    for i in (0, 1):
        hip = slice(6 + 4 * i, 9 + 4 * i)
        moved[4 + i, hip] = moved[6 + i, hip] = moved[6 + i, 9 + 4 * i] = 1.0
    return moved


_MOVED_BY = _moved_by()

OFFSET_MIX: FloatArray = np.asarray(
    np.kron(np.eye(4), np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), np.eye(2))), dtype=np.float64
)
"""(16, 16) from common and differential offsets to those of each point: left is their sum, right their difference."""


def offsets_xy_m(state: FloatArray) -> FloatArray:
    """(..., 8, 2) slow offset of each point in the plane of the picture, metres, of states (..., N_STATE)."""
    return (state[..., OFFSETS] @ OFFSET_MIX.T).reshape(*state.shape[:-1], N_POINTS, 2)


def pose_slice(side: str) -> slice:
    """Entries of one leg's four joint angles in the state; ``side`` is 'left' or 'right'.

    Examples
    --------
    >>> [name for name, entry in STATE.items() if entry in range(*pose_slice("left").indices(N_STATE))]
    ['hip_flexion_l', 'hip_adduction_l', 'hip_rotation_l', 'knee_angle_l']
    """
    start = STATE["hip_flexion_l" if side == "left" else "hip_flexion_r"]
    return slice(start, start + 4)


def pelvis_matrix(state: FloatArray, reference: FloatArray) -> FloatArray:
    """Pelvis axes in camera axes, (..., 3, 3), of states (..., N_STATE)."""
    return reference @ exp_so3(state[..., 3:6])


def forward_kinematics(state: FloatArray, reference: FloatArray, shape: LandmarkShape = JOINT_CENTRES) -> FloatArray:
    """Landmark positions in camera axes.

    Parameters
    ----------
    state : (..., N_STATE) or (..., N_POSE); the landmark offsets in the picture are not used here.
    reference : (3, 3) reference orientation of the pelvis.
    shape : where the landmarks lie beside the joint centres.

    Returns
    -------
    (..., 8, 3) metres, in the order of `POINTS`.

    Examples
    --------
    Somebody two metres away, before the camera, all angles zero: the right hip is to the left in the picture.

    >>> state = np.zeros(N_STATE)
    >>> state[2] = np.log(2.0)  # the pelvis' distance
    >>> points = forward_kinematics(state, UPRIGHT_FACING)
    >>> bool(points[POINTS.index(Landmark.RIGHT_HIP), 0] < 0), points.shape
    (True, (8, 3))
    """
    chain = _chain(state, reference)
    return _points(chain, _hidden_list(state, shape), _swung(state, shape), shape)


def linearize(
    state: FloatArray, reference: FloatArray, shape: LandmarkShape = JOINT_CENTRES
) -> tuple[FloatArray, FloatArray]:
    """Landmark positions of one state and their derivatives.

    Parameters
    ----------
    state : (N_STATE,) or (N_POSE,), radians, metres, logarithms.
    reference : (3, 3) reference orientation of the pelvis.
    shape : where the landmarks lie beside the joint centres.

    Returns
    -------
    Positions (8, 3), metres, camera axes, and derivatives (8, 3, N_POSE - 1) by all entries but the focal length.

    Notes
    -----
    Rotations contribute ``axis x (point - pivot)`` to every point beyond them; the rotation vector of the pelvis enters
    through the left Jacobian of SO(3).
    """
    c = _chain(state, reference)
    points = _points(c, _hidden_list(state, shape), _swung(state, shape), shape)
    axes, pivots = _axes_and_pivots(c, state, reference)
    out = np.zeros((N_POINTS, 3, N_POSE - 1))
    out[:, 0, 0] = out[:, 1, 1] = c.centre[2]
    out[:, :, 2] = c.centre
    arm = points[:, :, None] - pivots.T
    x, y, z = axes.T
    turned = out[:, :, 3 : 3 + _N_ROTATIONS]
    turned[:, 0] = y * arm[:, 2] - z * arm[:, 1]
    turned[:, 1] = z * arm[:, 0] - x * arm[:, 2]
    turned[:, 2] = x * arm[:, 1] - y * arm[:, 0]
    turned *= _MOVED_BY[:, None, :]
    up = (c.lengths[2] * _SIGN)[:, None] * c.pelvis[:, 1]
    out[2:4, :, 3] += (1.0 - shape.list_gain) * up
    out[2:4, :, STATE["hip_rotation_l"]] -= shape.list_leak * up
    out[2:4, :, STATE["hip_rotation_r"]] += shape.list_leak * up
    rotation = state[_LEG_ENTRIES][2::4]
    swing = (shape.knee_swing_m[0] + np.sign(rotation)[:, None] * shape.knee_swing_m[1]) * _MIRROR
    for i, entry in enumerate(("hip_rotation_l", "hip_rotation_r")):
        out[4 + i, :, STATE[entry]] += c.thigh[i] @ swing[i]
    lengths = out[:, :, _LENGTH_ENTRIES]
    _fill_by_lengths(lengths, c)
    lengths[2:4, :, 2] += _hidden_list(state, shape) * up
    return points, out


class _Chain(NamedTuple):
    """Segments of a state: axes as columns, joint centres; a leg axis (left, right) stands before the coordinates."""

    centre: FloatArray
    pelvis: FloatArray
    trunk: FloatArray
    thigh: FloatArray
    shank_x: FloatArray
    shank_y: FloatArray
    shoulder: FloatArray
    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    lengths: FloatArray


def _axes_and_pivots(c: _Chain, state: FloatArray, reference: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(14, 3) each, of the rotations of one state: axes they turn about and points that these go through."""
    axes, pivots = np.empty((_N_ROTATIONS, 3)), np.empty((_N_ROTATIONS, 3))
    axes[:3] = (reference @ left_jacobian_so3(state[3:6])).T
    cosine, sine = np.cos(state[8]), np.sin(state[8])
    axes[3] = cosine * c.pelvis[:, 0] - sine * c.pelvis[:, 1]
    axes[4] = c.trunk[:, 1]
    axes[5] = -c.pelvis[:, 2]
    pivots[:6] = c.centre
    flexion = state[_LEG_ENTRIES][::4]
    cosine, sine = np.cos(flexion), np.sin(flexion)
    legs, leg_pivots = axes[6:].reshape(2, 4, 3), pivots[6:].reshape(2, 4, 3)
    legs[:, 0] = c.pelvis[:, 2]
    legs[:, 1] = (_SIGN * cosine)[:, None] * c.pelvis[:, 0] + (_SIGN * sine)[:, None] * c.pelvis[:, 1]
    legs[:, 2] = _SIGN[:, None] * c.thigh[:, :, 1]
    legs[:, 3] = -c.thigh[:, :, 2]
    leg_pivots[:, :3], leg_pivots[:, 3] = c.hip[:, None], c.knee
    return axes, pivots


def _fill_by_lengths(slopes: FloatArray, c: _Chain) -> None:
    """Write derivatives by the logarithms of the segment lengths into ``slopes`` (8, 3, 5), which holds zeros."""
    thigh, shank, hip_half, trunk, shoulder_half = c.lengths
    slopes[4:6, :, 0] = slopes[6:8, :, 0] = -thigh * c.thigh[:, :, 1]
    slopes[6:8, :, 1] = -shank * c.shank_y
    slopes[2:4, :, 2] = slopes[4:6, :, 2] = slopes[6:8, :, 2] = _SIGN[:, None] * hip_half * c.pelvis[:, 2]
    slopes[:2, :, 3] = trunk * c.trunk[:, 1]
    slopes[:2, :, 4] = _SIGN[:, None] * shoulder_half * c.trunk[:, 2]


def _chain(state: FloatArray, reference: FloatArray) -> _Chain:
    depth = np.exp(state[..., 2, None])
    centre = np.concatenate([state[..., :2] * depth, depth], axis=-1)
    lengths = _LENGTHS_M * np.exp(state[..., _LENGTH_ENTRIES])
    thigh_length, shank_length, hip_half, trunk_length, shoulder_half = (
        lengths[..., i, None, None] for i in range(len(LENGTHS_M))
    )
    pelvis = pelvis_matrix(state, reference)
    trunk = pelvis @ rot_z(-state[..., 8]) @ rot_x(state[..., 6]) @ rot_y(state[..., 7])
    legs = state[..., _LEG_ENTRIES].reshape(*state.shape[:-1], 2, 4)
    thigh = pelvis[..., None, :, :] @ hip_matrix(legs[..., 0], legs[..., 1], legs[..., 2], _SIGN)
    cosine, sine = np.cos(legs[..., 3, None]), np.sin(legs[..., 3, None])
    shank_x = cosine * thigh[..., 0] - sine * thigh[..., 1]
    shank_y = sine * thigh[..., 0] + cosine * thigh[..., 1]
    hip = centre[..., None, :] + _SIGN[:, None] * hip_half * pelvis[..., None, :, 2]
    knee = hip - thigh_length * thigh[..., 1]
    neck = centre + trunk_length[..., 0] * trunk[..., 1]
    shoulder = neck[..., None, :] + _SIGN[:, None] * shoulder_half * trunk[..., None, :, 2]
    ankle = knee - shank_length * shank_y
    return _Chain(centre, pelvis, trunk, thigh, shank_x, shank_y, shoulder, hip, knee, ankle, lengths)


def _hidden_list(state: FloatArray, shape: LandmarkShape) -> FloatArray:
    """(...) part of the pelvis' list, radians, that the hip landmarks do not show."""
    turned_in = state[..., STATE["hip_rotation_l"]] - state[..., STATE["hip_rotation_r"]]
    return np.asarray((1.0 - shape.list_gain) * state[..., STATE["pelvis_list"]] - shape.list_leak * turned_in)


def _swung(state: FloatArray, shape: LandmarkShape) -> FloatArray:
    """(..., 2, 3) shift of the knee landmarks by the rotation of their thighs, in thigh axes, metres."""
    rotation = state[..., _LEG_ENTRIES][..., 2::4, None]
    return np.asarray((rotation * shape.knee_swing_m[0] + np.abs(rotation) * shape.knee_swing_m[1]) * _MIRROR)


def _points(c: _Chain, hidden_list: FloatArray, swung: FloatArray, shape: LandmarkShape) -> FloatArray:
    offset = shape.offsets_m * _MIRROR
    # A list of the pelvis lowers its right side.
    hidden = (c.lengths[..., 2] * hidden_list)[..., None, None] * _SIGN[:, None]
    out = np.empty((*c.centre.shape[:-1], 4, 2, 3))
    out[..., 0, :, :] = c.shoulder + offset[0] @ c.trunk.swapaxes(-1, -2)
    out[..., 1, :, :] = c.hip + offset[1] @ c.pelvis.swapaxes(-1, -2) + hidden * c.pelvis[..., None, :, 1]
    out[..., 2, :, :] = c.knee + (c.thigh @ (offset[2] + swung)[..., None])[..., 0]
    x, y, z = offset[3, :, :1], offset[3, :, 1:2], offset[3, :, 2:]
    out[..., 3, :, :] = c.ankle + x * c.shank_x + y * c.shank_y + z * c.thigh[..., 2]
    return out.reshape(*c.centre.shape[:-1], N_POINTS, 3)
