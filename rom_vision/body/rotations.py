"""Rotations of body segments in the ISB convention (Wu et al. 2002; Grood and Suntay 1983).

Segment axes: X anterior, Y proximal (cranial), Z to the person's right. A segment's rotation matrix has these axes
as its columns. Hip: ``R_pelvis.T @ R_thigh = R_z(flexion) @ R_x(adduction) @ R_y(rotation)`` on the right; on the
left adduction and rotation are mirrored, so that + is flexion, adduction and internal rotation on both sides.
All functions work on batches: any leading shape.
"""

from __future__ import annotations

import numpy as np

from rom_vision.pose.track import FloatArray

__all__ = [
    "exp_so3",
    "hip_angles",
    "hip_matrix",
    "hip_rotation_from_points",
    "left_jacobian_so3",
    "rot_x",
    "rot_y",
    "rot_z",
]


_GENERATORS: FloatArray = np.array(
    [[0, 0, 0, 0, 0, -1, 0, 1, 0], [0, 0, 1, 0, 0, 0, -1, 0, 0], [0, -1, 0, 1, 0, 0, 0, 0, 0]], dtype=float
)


def rot_x(angle: FloatArray) -> FloatArray:
    """Rotation matrices (..., 3, 3) about X by ``angle`` (...), radians.

    Examples
    --------
    >>> np.round(rot_x(np.pi / 2) @ [0, 1, 0])
    array([0., 0., 1.])
    """
    return _axis_rotation(angle, 1, 2)


def rot_y(angle: FloatArray) -> FloatArray:
    """Rotation matrices (..., 3, 3) about Y by ``angle`` (...), radians."""
    return _axis_rotation(angle, 2, 0)


def rot_z(angle: FloatArray) -> FloatArray:
    """Rotation matrices (..., 3, 3) about Z by ``angle`` (...), radians."""
    return _axis_rotation(angle, 0, 1)


def _axis_rotation(angle: FloatArray, i: int, j: int) -> FloatArray:
    angle = np.asarray(angle, float)
    out = np.zeros((*angle.shape, 3, 3))
    k = 3 - i - j
    c, s = np.cos(angle), np.sin(angle)
    out[..., k, k] = 1.0
    out[..., i, i] = c
    out[..., j, j] = c
    out[..., i, j] = -s
    out[..., j, i] = s
    return out


def exp_so3(vector: FloatArray) -> FloatArray:
    """Rotation matrices (..., 3, 3) of rotation vectors (..., 3), radians (Rodrigues)."""
    vector = np.asarray(vector, float)
    angle2 = np.einsum("...i,...i->...", vector, vector)
    angle = np.sqrt(angle2)
    small = angle < 1e-6
    safe = np.where(small, 1.0, angle)
    a = np.where(small, 1.0 - angle2 / 6.0, np.sin(safe) / safe)
    b = np.where(small, 0.5 - angle2 / 24.0, (1.0 - np.cos(safe)) / safe**2)
    skew = vector @ _GENERATORS
    skew = skew.reshape(*vector.shape[:-1], 3, 3)
    return np.eye(3) + a[..., None, None] * skew + b[..., None, None] * (skew @ skew)


def left_jacobian_so3(vector: FloatArray) -> FloatArray:
    """Matrix (3, 3) whose columns are the axes that a change of each entry of a rotation vector (3,) turns about."""
    angle = float(np.sqrt(vector @ vector))
    skew = (vector @ _GENERATORS).reshape(3, 3)
    if angle < 1e-5:
        return np.eye(3) + 0.5 * skew
    a, b = (1.0 - np.cos(angle)) / angle**2, (angle - np.sin(angle)) / angle**3
    return np.asarray(np.eye(3) + a * skew + b * (skew @ skew))


def hip_matrix(flexion: FloatArray, adduction: FloatArray, rotation: FloatArray, sign: FloatArray) -> FloatArray:
    """Thigh axes in the pelvis from the three ISB hip angles (Wu et al. 2002).

    Parameters
    ----------
    flexion, adduction, rotation : (...) radians; flexion, adduction and internal rotation +, on both sides.
    sign : +1 for the right leg and -1 for the left; broadcasts against the angles.

    Returns
    -------
    (..., 3, 3) with the thigh's axes (anterior, proximal, right) as columns, in pelvis axes.

    Examples
    --------
    With the hip at 90 degrees the thigh points forward: its proximal axis looks back along the pelvis' X.

    >>> np.round(hip_matrix(np.pi / 2, 0.0, 0.0, 1)[:, 1])
    array([-1.,  0.,  0.])
    """
    cf, sf = np.cos(flexion), np.sin(flexion)
    ca, sa = np.cos(adduction), sign * np.sin(adduction)
    cr, sr = np.cos(rotation), sign * np.sin(rotation)
    out = np.empty((*np.broadcast(flexion, sa).shape, 3, 3))
    # Columns of R_z(flexion) R_x(adduction), turned by R_y(rotation).
    out[..., 0, 0], out[..., 0, 1], out[..., 0, 2] = cf * cr - sf * sa * sr, -sf * ca, cf * sr + sf * sa * cr
    out[..., 1, 0], out[..., 1, 1], out[..., 1, 2] = sf * cr + cf * sa * sr, cf * ca, sf * sr - cf * sa * cr
    out[..., 2, 0], out[..., 2, 1], out[..., 2, 2] = -ca * sr, sa, ca * cr
    return out


def hip_angles(matrix: FloatArray, sign: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Flexion, adduction and rotation of thigh axes in the pelvis: the inverse of `hip_matrix`.

    Parameters
    ----------
    matrix : (..., 3, 3) as `hip_matrix` returns it.
    sign : +1 for the right leg and -1 for the left; broadcasts against the angles.

    Returns
    -------
    Three arrays (...), radians: flexion, adduction, internal rotation +. Adduction lies within a quarter turn.

    Examples
    --------
    >>> angles = hip_angles(hip_matrix(*np.radians([90, -4, 35]), -1), -1)
    >>> np.degrees(angles).round(6).tolist()
    [90.0, -4.0, 35.0]
    """
    adduction = np.arcsin(np.clip(matrix[..., 2, 1], -1.0, 1.0))
    flexion = np.arctan2(-matrix[..., 0, 1], matrix[..., 1, 1])
    rotation = np.arctan2(-matrix[..., 2, 0], matrix[..., 2, 2])
    return flexion, sign * adduction, sign * rotation


def hip_rotation_from_points(
    hip: FloatArray, knee: FloatArray, ankle: FloatArray, reference: FloatArray, *, right: bool
) -> FloatArray:
    """Rotation of the shank about the thigh axis, internal +, radians, from joint centres (..., 3).

    Parameters
    ----------
    hip, knee, ankle : joint centres in any right-handed axes.
    reference : direction of a shank at zero rotation with the hip at 90 degrees: gravity (what an inclinometer
        reads in sitting) or the pelvis' caudal axis.
    right : which leg.

    Notes
    -----
    Exact whatever the knee angle, as long as the knee is bent at all; the closed form that the leg model is tested
    against: the shank as a pointer about the thigh. NaN where hip and knee, or the projected reference, coincide.

    Examples
    --------
    A right foot that swings 30 degrees outwards (X ahead, Y up, Z to the right):

    >>> hip, knee, down = np.array([0.0, 0, 0]), np.array([0.4, 0, 0]), np.array([0.0, -1, 0])
    >>> ankle = knee + 0.4 * np.array([0, -np.cos(np.pi / 6), np.sin(np.pi / 6)])
    >>> round(float(np.degrees(hip_rotation_from_points(hip, knee, ankle, down, right=True))), 6)
    30.0
    """
    thigh = knee - hip
    thigh = thigh / np.linalg.norm(thigh, axis=-1, keepdims=True)
    shank = ankle - knee
    down = reference - np.sum(reference * thigh, -1, keepdims=True) * thigh
    down = down / np.linalg.norm(down, axis=-1, keepdims=True)
    lateral = np.cross(down, thigh) if right else np.cross(thigh, down)
    return np.arctan2(np.sum(shank * lateral, -1), np.sum(shank * down, -1))
