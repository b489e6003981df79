"""Landmark tracks of a stick person whose joint angles are known exactly: no pictures, no inference."""

import numpy as np

from rom_vision.body.model import N_STATE, POINTS, STATE, UPRIGHT_FACING, forward_kinematics, pose_slice
from rom_vision.body.noise import seated_noise
from rom_vision.camera import Camera
from rom_vision.pose.track import PoseTrack

FPS = 15.0


def swings(peaks_deg, *, rest_deg=0.0, rest_s=1.5, swing_s=1.0, hold_s=1.5, fps=FPS):
    """Curve of rest, swing, hold, return for each peak; (time_s, angle_deg)."""
    pieces = [np.full(int(rest_s * fps), rest_deg)]
    ease = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, int(swing_s * fps)))
    for peak in peaks_deg:
        out = rest_deg + (peak - rest_deg) * ease
        pieces += [out, np.full(int(hold_s * fps), peak), out[::-1], np.full(int(rest_s * fps), rest_deg)]
    angle = np.concatenate(pieces)
    return np.arange(len(angle)) / fps, angle


def seated_states(rotation_deg, *, side="left", yaw_deg=0.0, pelvis_list_deg=None, back=1.0, distance_m=2.5, **angles):
    """Model states (T, N_STATE) of somebody sitting before the camera; ``pelvis_list_deg`` lifts the tested side.

    ``back`` is the share of it that the trunk is bent back upright.
    """
    n = len(rotation_deg)
    x = np.zeros((n, N_STATE))
    x[:, STATE["pelvis_log_z"]] = np.log(distance_m)
    x[:, STATE["pelvis_rotation"]] = np.radians(yaw_deg)
    if pelvis_list_deg is not None:
        lift = np.radians(pelvis_list_deg) * (1.0 if side == "left" else -1.0)
        x[:, STATE["pelvis_list"]] = lift
        x[:, STATE["trunk_bend"]] = -back * lift
    other = "right" if side == "left" else "left"
    flexion, adduction = angles.get("hip_flexion_deg", 90.0), angles.get("hip_adduction_deg", -3.0)
    knee = angles.get("knee_angle_deg", 90.0)
    x[:, pose_slice(side)] = np.radians(
        np.column_stack([np.full(n, flexion), np.full(n, adduction), rotation_deg, np.full(n, knee)])
    )
    x[:, pose_slice(other)] = np.radians([90.0, -3.0, 0.0, 88.0])
    return x


def track_of(time_s, states, *, seed=0, jitter_px=1.0, offset_m=0.0, size=(1280, 720), reference=UPRIGHT_FACING):
    """`PoseTrack` of model states, with jitter and a constant offset of each landmark."""
    rng = np.random.default_rng(seed)
    camera = Camera.from_hfov(*size)
    points = forward_kinematics(states, reference, seated_noise().shape)
    scale = camera.focal_px * np.exp(states[:, STATE["focal"]])[:, None, None] / points[..., 2:]
    px = points[..., :2] * scale + (camera.cx_px, camera.cy_px)
    px += scale * rng.normal(0, offset_m, (1, len(POINTS), 2)) + rng.normal(0, jitter_px, px.shape)
    image, world = np.zeros((len(time_s), 33, 2)), np.zeros((len(time_s), 33, 3))
    image[:, list(POINTS)] = px
    image[:, :11] = px[:, :2].mean(axis=1, keepdims=True) - (0, 60)
    world[:, list(POINTS)] = points - points[:, 2:4].mean(axis=1, keepdims=True)
    world[..., 2] *= 0.6
    return PoseTrack(np.asarray(time_s, float), image, np.full((len(time_s), 33), 0.95), world, *size)
