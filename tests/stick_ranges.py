"""Stick people for the straight leg raise and the toe touch, seen from straight beside: angles known, no network."""

import numpy as np

from rom_vision.pose.landmarks import N_LANDMARKS, Landmark
from rom_vision.pose.track import PoseTrack

FPS = 15.0
SIZE = (1280, 720)
_LEG, _TRUNK, _ARM = 170.0, 220.0, 130.0
"""Thigh and shank, trunk, upper arm and forearm in pixels."""


def out_and_back(times=3, top=1.0, rest_s=1.5, go_s=1.0, hold_s=1.5):
    """A curve that goes from 0 to ``top``, holds and comes back, a few times; with its times."""
    one = np.concatenate(
        [np.linspace(0, 1, int(go_s * FPS)), np.ones(int(hold_s * FPS)), np.linspace(1, 0, int(go_s * FPS)),
         np.zeros(int(rest_s * FPS))]
    )  # fmt: skip
    curve = np.concatenate([np.zeros(int(rest_s * FPS)), *[one] * times])
    return np.arange(len(curve)) / FPS, top * curve


def _at(start, length, angle_deg, ahead=1.0):
    """From ``start`` by ``length`` at an angle over the horizontal, pixels with y down."""
    a = np.radians(np.asarray(angle_deg, dtype=float))
    return start + length * np.stack([ahead * np.cos(a), -np.sin(a)], axis=-1)


def track_of(time_s, points, size=SIZE, jitter_px=0.4, model="heavy"):
    """A track of named points (T, 2); what is not named lies at the hips."""
    rng = np.random.default_rng(1)
    px = np.repeat(points["LEFT_HIP"][:, None], N_LANDMARKS, axis=1)
    for name, at in points.items():
        px[:, Landmark[name]] = at
    px = px + rng.normal(0, jitter_px, px.shape)
    world = np.zeros((len(time_s), N_LANDMARKS, 3))
    return PoseTrack(time_s, px, np.ones((len(time_s), N_LANDMARKS)), world, *size)


def lying(time_s, raise_deg, *, side="left", knee_deg=0.0, other_deg=0.0, trunk_deg=0.0, ahead=1.0, across_px=6.0):
    """Somebody on the back: the thigh of ``side`` at ``raise_deg`` over the floor, the shank lower by ``knee_deg``."""
    n = len(time_s)
    full = {k: np.broadcast_to(np.asarray(v, float), n) for k, v in
            {"raise": raise_deg, "knee": knee_deg, "other": other_deg, "trunk": trunk_deg}.items()}  # fmt: skip
    hip = np.tile([640.0, 500.0], (n, 1))
    points = {}
    for name, up, bend in (
        (side, full["raise"], full["knee"]),
        ("right" if side == "left" else "left", full["other"], 0),
    ):
        offset = np.array([0.5 * across_px if name == "left" else -0.5 * across_px, 0.0])
        s = name.upper()
        points[f"{s}_HIP"] = hip + offset
        points[f"{s}_KNEE"] = _at(points[f"{s}_HIP"], _LEG, up, ahead)
        points[f"{s}_ANKLE"] = _at(points[f"{s}_KNEE"], _LEG, up - bend, ahead)
        points[f"{s}_SHOULDER"] = _at(hip, _TRUNK, full["trunk"], -ahead) + 2 * offset
    return track_of(time_s, points)


def standing(time_s, trunk_deg, *, knee_deg=0.0, fingers_px=None, ahead=1.0, across_px=8.0):
    """Somebody standing sideways who bends forward by ``trunk_deg``; the arms hang straight down.

    ``fingers_px`` (T,) puts the knuckles at a height over the sole.
    """
    n = len(time_s)
    trunk = np.broadcast_to(np.asarray(trunk_deg, float), n)
    knee = np.broadcast_to(np.asarray(knee_deg, float), n)
    ankle = np.tile([640.0, 660.0], (n, 1))
    points = {}
    for name in ("LEFT", "RIGHT"):
        offset = np.array([0.5 * across_px if name == "LEFT" else -0.5 * across_px, 0.0])
        points[f"{name}_ANKLE"] = ankle + offset
        points[f"{name}_HEEL"] = ankle + offset + (-12 * ahead, 20)
        points[f"{name}_FOOT_INDEX"] = ankle + offset + (45 * ahead, 20)
        points[f"{name}_KNEE"] = _at(ankle + offset, _LEG, 90 - knee / 2, ahead)
        points[f"{name}_HIP"] = _at(points[f"{name}_KNEE"], _LEG, 90 + knee / 2, ahead)
        points[f"{name}_SHOULDER"] = _at(points[f"{name}_HIP"], _TRUNK, 90 - trunk, ahead)
        points[f"{name}_EYE"] = _at(points[f"{name}_SHOULDER"], 70.0, 90 - trunk, ahead)
        wrist = points[f"{name}_SHOULDER"] + (0.0, 2 * _ARM)
        points[f"{name}_WRIST"] = wrist
        points[f"{name}_INDEX"] = wrist + np.array([0.0, 30.0])
        if fingers_px is not None:
            points[f"{name}_INDEX"] = np.column_stack([wrist[:, 0], 680.0 - np.asarray(fingers_px)])
            points[f"{name}_WRIST"] = points[f"{name}_INDEX"] - (0.0, 30.0)
    return track_of(time_s, points)
