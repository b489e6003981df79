"""Stick people made of the 33 landmarks, for tests that need no network."""

import numpy as np

from rom_vision.pose.landmarks import LEFT_RIGHT_PAIRS, N_LANDMARKS, Landmark
from rom_vision.pose.subject import PoseCandidate

_SEATED = {  # the person's left is at the viewer's right; units of about a trunk length
    "NOSE": (0.0, -1.4),
    "SHOULDER": (0.3, -1.0),
    "ELBOW": (0.4, -0.5),
    "WRIST": (0.35, -0.1),
    "HIP": (0.2, 0.0),
    "KNEE": (0.25, 0.1),
    "ANKLE": (0.25, 0.9),
    "HEEL": (0.25, 1.0),
    "FOOT_INDEX": (0.3, 1.1),
}


def seated(x=300.0, y=300.0, scale=100.0, swing_deg=0.0):
    """Return (33, 2) pixels of somebody seated facing the camera, the left shank swung outwards by ``swing_deg``."""
    points = np.zeros((N_LANDMARKS, 2))
    for landmark in Landmark:
        side, _, part = landmark.name.partition("_")
        at = np.array(_SEATED.get(part, _SEATED["NOSE"]) if side in ("LEFT", "RIGHT") else _SEATED["NOSE"])
        if part not in _SEATED:  # face and hands
            at = np.array((0.05, -1.4)) if landmark < Landmark.LEFT_SHOULDER else np.array((0.35, 0.0))
        points[landmark] = at * (-1 if side == "RIGHT" else 1, 1)
    knee = points[Landmark.LEFT_KNEE].copy()
    a = np.radians(-swing_deg)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    for k in (Landmark.LEFT_ANKLE, Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX):
        points[k] = knee + turn @ (points[k] - knee)
    return points * scale + (x, y)


def exchanged(values, parts=None):
    """Exchange left and right along the landmark axis (the second last, or the last of a 1-D or 2-D visibility)."""
    values = values.copy()
    for left, right in LEFT_RIGHT_PAIRS:
        if parts is None or left.name.split("_", 1)[1] in parts:
            values[..., [left, right], :] = values[..., [right, left], :]
    return values


def candidate(points, visibility=0.9):
    points = np.asarray(points, dtype=np.float32)
    world = np.concatenate([points - points.mean(axis=0), np.zeros((N_LANDMARKS, 1))], axis=1) / 200
    return PoseCandidate(points, np.full(N_LANDMARKS, visibility, np.float32), world.astype(np.float32))
