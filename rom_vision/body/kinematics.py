"""From model states to named joint angles, each with its standard deviation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.body.angles import JointAngles
from rom_vision.body.estimator import LegEstimator
from rom_vision.body.learned import learned_body
from rom_vision.body.model import LENGTHS_M, N_POSE, STATE, forward_kinematics, pelvis_matrix
from rom_vision.body.recording import StateTrack
from rom_vision.body.rotations import hip_rotation_from_points
from rom_vision.camera import Camera
from rom_vision.pose.track import FloatArray

__all__ = ["Framing", "angles_now", "framing", "joint_angles", "sd_now", "shank_px_now"]

_STEP = 1e-4
_USUAL_RESIDUAL = learned_body().usual_residual
_STATE_ANGLES = tuple(
    f"{angle}_{side}" for side in "lr" for angle in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle")
)
_DERIVED = (
    *("pelvis_list", "pelvis_rotation", "pelvis_tilt", "trunk_lean"),
    *("shank_inclination_l", "shank_inclination_r", "thigh_view_l", "thigh_view_r", "camera_side"),
)


def joint_angles(states: StateTrack, camera: Camera) -> JointAngles:
    """Joint angles of an estimated recording.

    Parameters
    ----------
    states : from `rom_vision.body.recording.estimate`.
    camera : the straight camera it was estimated with; its roll and pitch say where gravity is.

    Returns
    -------
    Angles and standard deviations, degrees; NaN where the person was not found.

    Notes
    -----
    Besides the ISB hip angles and knee flexion of both legs (``hip_flexion_l`` ...) it gives, relative to the
    reference orientation of the pelvis (upright before the camera when sitting):

    - ``pelvis_rotation``, ``pelvis_list`` (right side down +), ``pelvis_tilt``: rotation, obliquity, tilt in this
      order (Baker 2001), OpenSim's names and signs;
    - ``trunk_lean``: side lean of the line from mid-hip to mid-shoulder, to the person's right +;
    - ``shank_inclination_l/r``: rotation of the shank about the thigh against gravity, internal +, as an inclinometer
      reads it (meaningful in sitting; gravity is the picture's vertical unless the camera's roll and pitch are known);
    - ``thigh_view_l/r``: angle between the thigh axis and the line of sight, 0 when the knee points at the camera;
    - ``camera_side``: how far the camera stands to the side of the pelvis' sagittal plane, to the person's right +.

    Standard deviations are propagated to first order from the state's covariance.
    """
    found = np.isfinite(states.residual)
    mean, covariance = states.mean[found], states.covariance[found]
    columns = [STATE[name] for name in _STATE_ANGLES]
    value = np.empty((len(mean), len(columns) + len(_DERIVED)))
    sd = np.empty_like(value)
    value[:, : len(columns)] = mean[:, columns]
    sd[:, : len(columns)] = np.sqrt(covariance[:, columns, columns])
    base = _derived(mean, states.reference, camera)
    slopes = np.empty((*base.shape, N_POSE))
    for i in range(N_POSE):
        moved = mean.copy()
        moved[:, i] += _STEP
        slopes[..., i] = (_derived(moved, states.reference, camera) - base) / _STEP
    value[:, len(columns) :] = base
    variance = np.einsum("tai,tij,taj->ta", slopes, covariance[:, :N_POSE, :N_POSE], slopes)
    sd[:, len(columns) :] = np.sqrt(np.maximum(variance, 0.0))
    names = (*_STATE_ANGLES, *_DERIVED)
    out_value = np.full((len(states.time_s), len(names)), np.nan)
    out_sd = np.full_like(out_value, np.nan)
    out_value[found] = np.degrees(value)
    # A fit worse than usual is worth less than its covariance says (Birge 1932).
    worse = np.maximum(1.0, states.residual[found] / _USUAL_RESIDUAL)
    out_sd[found] = states.noise.interval_scale * worse[:, None] * np.degrees(sd)
    return JointAngles(states.time_s, names, out_value, out_sd, states.residual)


def angles_now(estimator: LegEstimator) -> dict[str, float]:
    """Joint angles of the frame an estimator has just taken in, degrees, by the names of `joint_angles`.

    For the live test: no standard deviations, a fraction of the time.
    """
    assert estimator.mean is not None
    angles = estimator.mean[[STATE[name] for name in _STATE_ANGLES]]
    derived = _derived(estimator.mean[None], estimator.reference, estimator.camera)[0]
    values = np.degrees(np.concatenate([angles, derived]))
    return dict(zip((*_STATE_ANGLES, *_DERIVED), values.tolist(), strict=True))


def sd_now(estimator: LegEstimator, name: str, residual: float) -> float:
    """Standard deviation of a joint angle of the legs in the frame an estimator has just taken in, degrees.

    Parameters
    ----------
    estimator : has taken in a frame.
    name : of the angle, e.g. ``hip_rotation_l``.
    residual : of that frame; a poor fit is worth less, as in `joint_angles`.
    """
    assert estimator.covariance is not None
    variance = estimator.covariance[STATE[name], STATE[name]]
    worse = max(1.0, residual / _USUAL_RESIDUAL)
    return float(estimator.noise.interval_scale * worse * np.degrees(np.sqrt(variance)))


def _derived(mean: FloatArray, reference: FloatArray, camera: Camera) -> FloatArray:
    points = forward_kinematics(mean, reference)
    pelvis = reference.T @ pelvis_matrix(mean, reference)
    gravity = camera.gravity()
    listing = np.arcsin(np.clip(-pelvis[:, 1, 2], -1, 1))
    rotation = np.arctan2(pelvis[:, 0, 2], pelvis[:, 2, 2])
    tilt = np.arctan2(pelvis[:, 1, 0], pelvis[:, 1, 1])
    trunk = (points[:, 0] + points[:, 1] - points[:, 2] - points[:, 3]) @ reference
    right = np.stack([np.sin(rotation), np.zeros_like(rotation), np.cos(rotation)], axis=-1)
    lean = np.arctan2(np.sum(trunk * right, axis=-1), trunk[:, 1])
    columns = [listing, rotation, tilt, lean]
    for i in (0, 1):
        hip, knee, ankle = points[:, 2 + i], points[:, 4 + i], points[:, 6 + i]
        columns.append(hip_rotation_from_points(hip, knee, ankle, gravity, right=bool(i)))
    for i in (0, 1):
        hip, knee = points[:, 2 + i], points[:, 4 + i]
        thigh, sight = knee - hip, -(knee + hip)
        cosine = np.sum(thigh * sight, -1) / (np.linalg.norm(thigh, axis=-1) * np.linalg.norm(sight, axis=-1))
        columns.append(np.arccos(np.clip(cosine, -1, 1)))
    centre = points[:, 2:4].mean(axis=1)
    towards = -centre / np.linalg.norm(centre, axis=-1, keepdims=True)
    columns.append(np.arcsin(np.clip(np.sum(towards @ reference * pelvis[:, :, 2], axis=-1), -1, 1)))
    return np.column_stack(columns)


@dataclass(frozen=True)
class Framing:
    """How large the person is in the picture, and whether they stay where they are.

    Attributes
    ----------
    shank_px : (T,) length of a shank seen square-on at the pelvis' distance, pixels: the first gate of quality.
    pelvis_m : (T, 2) where the pelvis is, right and down across the line of sight, metres at its median distance.
    """

    shank_px: FloatArray
    pelvis_m: FloatArray


def shank_px_now(estimator: LegEstimator) -> float:
    """Length of a shank seen square-on in the frame an estimator has just taken in, pixels (see `Framing`)."""
    assert estimator.mean is not None
    return float(_shank_px(estimator.mean, estimator.camera))


def _shank_px(mean: FloatArray, camera: Camera) -> FloatArray:
    shank = LENGTHS_M["shank"] * np.exp(mean[..., STATE["shank"]] + mean[..., STATE["focal"]])
    return shank * camera.focal_px * np.exp(-mean[..., 2])


def framing(states: StateTrack, camera: Camera) -> Framing:
    """How the person is framed over an estimated recording.

    Parameters
    ----------
    states : from `rom_vision.body.recording.estimate`.
    camera : the straight camera it was estimated with.

    Returns
    -------
    One value a frame; NaN where the person was not found.
    """
    distance = np.exp(np.nanmedian(states.mean[:, 2]))
    return Framing(_shank_px(states.mean, camera), states.mean[:, :2] * distance)
