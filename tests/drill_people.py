"""Skeletons that do each drill, cleanly or with one of its cheats: landmarks only, exact geometry, no pictures."""

import numpy as np
from synthetic import seated_states, track_of

from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack

FPS = 10.0
SIZE = (1280, 720)


def shares(n, *, out_s, hold_s, back_s, rest_s=1.5, first_s=2.0):
    """How far out a movement is, 0 to 1, over time: rest, out, hold, back, ``n`` times."""

    def ease(s):
        return 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, max(round(s * FPS), 2)))

    pieces = [np.zeros(round(first_s * FPS))]
    for _ in range(n):
        pieces += [ease(out_s), np.ones(round(hold_s * FPS)), ease(back_s)[::-1], np.zeros(round(rest_s * FPS))]
    share = np.concatenate(pieces)
    return np.arange(len(share)) / FPS, share


def seated_lift(n=4, *, side="left", cheat=None, seed=0):
    hold_s, out_s = (0.4 if cheat == "short" else 3.3), (0.2 if cheat == "fast" else 1.2)
    time_s, share = shares(n, out_s=out_s, hold_s=hold_s, back_s=out_s)
    more = {"pelvis_list_deg": 10 * share} if cheat == "pelvis" else {}
    if cheat == "knee":
        more["hip_adduction_deg"] = -3.0 - 20 * share
    states = seated_states(35 * share, side=side, **more)
    if cheat == "trunk":
        from rom_vision.body.model import STATE

        states[:, STATE["trunk_bend"]] += np.radians(18) * share
    return track_of(time_s, states, seed=seed, offset_m=0.005)


def _track(time_s, joints, seed, jitter_px=1.2, size=SIZE):
    rng = np.random.default_rng(seed)
    image = np.zeros((len(time_s), 33, 2))
    for name, px in joints.items():
        image[:, Landmark[name]] = px
    image[:, :11] = (image[:, 11:13].mean(axis=1) - (0, 60))[:, None]
    image[:, 13:23] = image[:, 23:25].mean(axis=1, keepdims=True)  # hands in the lap
    image += rng.normal(0, jitter_px, image.shape)
    return PoseTrack(
        np.asarray(time_s, float), image, np.full((len(time_s), 33), 0.95), np.zeros((len(time_s), 33, 3)), *size
    )


def _both(name, left, right):
    return {f"LEFT_{name}": left, f"RIGHT_{name}": right}


def _xy(x, y, n):
    return np.column_stack([np.broadcast_to(np.asarray(v, float), (n,)) for v in (x, y)])


def passive(n=2, *, side="left", cheat=None, seed=0):
    """Sitting, feet wide: a knee sinks in over its foot."""
    hold_s = 10.0 if cheat == "short" else 31.0
    time_s, share = shares(n, out_s=2.0, hold_s=hold_s, back_s=2.0)
    states = seated_states(3 + 20 * share, side=side, hip_adduction_deg=-14 + 12 * share)
    if cheat == "trunk":
        from rom_vision.body.model import STATE

        states[:, STATE["trunk_bend"]] += np.radians(18) * share
    return track_of(time_s, states, seed=seed, offset_m=0.005)


def ninety(n=6, *, cheat=None, seed=0):
    """Sitting on the floor, feet wide: both knees go over from one side to the other, ``n`` switches."""
    way_s = 0.4 if cheat == "fast" else 2.0
    pieces = [np.zeros(20), np.linspace(0, 1, 15)]
    for k in range(n):
        way = np.cos(np.linspace(0, np.pi, round(way_s * FPS)))
        pieces += [way if k % 2 == 0 else -way, np.full(15, -1.0 if k % 2 == 0 else 1.0)]
    over = np.concatenate(pieces)
    n_frames = len(over)
    tilt = np.radians(55 * over)
    joints = {}
    for side, sign in (("LEFT", 1), ("RIGHT", -1)):
        ankle = np.array([640 + sign * 130, 600.0])
        joints[f"{side}_ANKLE"] = _xy(*ankle, n_frames)
        joints[f"{side}_HEEL"] = joints[f"{side}_FOOT_INDEX"] = _xy(ankle[0], 610, n_frames)
        joints[f"{side}_KNEE"] = _xy(ankle[0] + 150 * np.sin(tilt), ankle[1] - 150 * np.cos(tilt), n_frames)
        joints[f"{side}_HIP"] = _xy(640 + sign * 40, 560, n_frames)
        lean = np.radians(24 * over) if cheat == "trunk" else np.zeros(n_frames)
        joints[f"{side}_SHOULDER"] = _xy(640 + sign * 80 + 220 * np.sin(lean), 560 - 220 * np.cos(lean), n_frames)
    return _track(np.arange(n_frames) / FPS, joints, seed)


def wall(n=4, *, cheat=None, seed=0):
    """Lying, legs up a wall, seen from behind the head: both feet turn out and in, ``n`` times.

    As feet at rest do, they point outwards by 18 degrees in the middle of the way.
    """
    way_s = 0.35 if cheat == "fast" else 1.5
    pieces = [np.zeros(20), np.linspace(0, 1, 15)]
    for _ in range(n):
        way = np.cos(np.linspace(0, np.pi, round(way_s * FPS)))
        pieces += [way, np.full(8, -1.0), -way, np.full(8, 1.0)]
    turn = np.concatenate(pieces)
    n_frames = len(turn)
    angle = np.radians(18 + 30 * turn)
    joints = {}
    for side, sign in (("LEFT", -1), ("RIGHT", 1)):
        x = 640 + sign * 45
        joints[f"{side}_SHOULDER"] = _xy(640 + sign * 90, 690, n_frames)
        joints[f"{side}_HIP"] = _xy(x, 600, n_frames)
        joints[f"{side}_KNEE"] = _xy(x, 420, n_frames)
        joints[f"{side}_ANKLE"] = _xy(x, 240, n_frames)
        joints[f"{side}_HEEL"] = _xy(x, 232, n_frames)
        toe_x = x + sign * 0.6 * 180 * np.sin(angle)
        joints[f"{side}_FOOT_INDEX"] = _xy(toe_x, 222, n_frames)
    return _track(np.arange(n_frames) / FPS, joints, seed)


def cars(n=3, *, side="left", cheat=None, seed=0):
    """Standing: the knee comes up, opens to the side, goes behind and down."""
    whole_s = 1.6 if cheat == "fast" else 5.0
    rest, pieces = np.zeros(22), [np.zeros(25)]
    for _ in range(n):
        pieces += [np.linspace(0, 1, round(whole_s * FPS)), rest]
    phase = np.concatenate(pieces)
    n_frames = len(phase)
    up = np.sin(np.pi * phase) ** 0.8
    across = np.radians(np.interp(phase, [0, 0.3, 0.6, 1.0], [0, 0, 75, 10] if cheat != "small" else [0, 0, 8, 0]))
    flexion = np.radians(85 * up)
    own = 1.0 if side == "left" else -1.0
    lean = np.radians(-own * 18 * up) if cheat == "trunk" else np.zeros(n_frames)
    joints = {}
    for name, sign in (("LEFT", 1.0), ("RIGHT", -1.0)):
        hip_x, hip_y = 640 + sign * 45, 330.0
        joints[f"{name}_HIP"] = _xy(hip_x, hip_y, n_frames)
        joints[f"{name}_SHOULDER"] = _xy(640 + sign * 80 + 190 * np.sin(lean), 330 - 190 * np.cos(lean), n_frames)
        if sign == own:
            knee = _xy(hip_x + own * 160 * np.sin(flexion) * np.sin(across), hip_y + 160 * np.cos(flexion), n_frames)
            ankle = knee + _xy(0, 160 * (1 - 0.3 * up), n_frames)
        else:
            knee, ankle = _xy(640 + sign * 47, 490, n_frames), _xy(640 + sign * 50, 650, n_frames)
        joints[f"{name}_KNEE"], joints[f"{name}_ANKLE"] = knee, ankle
        joints[f"{name}_HEEL"] = joints[f"{name}_FOOT_INDEX"] = ankle + np.array([0, 15])
    return _track(np.arange(n_frames) / FPS, joints, seed)


def squat(n=4, *, cheat=None, seed=0, turned=False):
    """Standing, from the front: down and up; seen ``turned`` the hips go back to one side, the chest to the other."""
    down_s, up_s = (0.7, 0.6) if cheat == "fast" else (3.5, 2.0)
    time_s, share = shares(n, out_s=down_s, hold_s=0.3, back_s=up_s)
    n_frames = len(share)
    knee_out = 60 - 35 * share if cheat == "knee" else 60 + 25 * share
    aside = 30 * share if cheat == "shift" or turned else 0 * share
    lean = np.radians(18 * share) if cheat == "trunk" else np.radians(-8 * share) if turned else 0 * share
    joints = {}
    for name, sign in (("LEFT", 1.0), ("RIGHT", -1.0)):
        hip_y = 330 + 130 * share
        joints[f"{name}_HIP"] = _xy(640 + sign * 45 + aside, hip_y, n_frames)
        joints[f"{name}_SHOULDER"] = _xy(
            640 + sign * 80 + aside + 190 * np.sin(lean), hip_y - 190 * np.cos(lean), n_frames
        )
        joints[f"{name}_KNEE"] = _xy(640 + sign * knee_out + 0.5 * aside, 490 + 40 * share, n_frames)
        joints[f"{name}_ANKLE"] = _xy(640 + sign * 62, 650, n_frames)
        joints[f"{name}_HEEL"] = joints[f"{name}_FOOT_INDEX"] = _xy(640 + sign * 65, 665, n_frames)
    return _track(time_s, joints, seed)


def clam(n=5, *, side="left", cheat=None, seed=0):
    """Lying on one side, facing the camera: the upper knee opens."""
    way_s = 0.25 if cheat == "fast" else 1.5
    time_s, share = shares(n, out_s=way_s, hold_s=0.3, back_s=way_s)
    n_frames = len(share)
    joints = {}
    for name in ("LEFT", "RIGHT"):
        upper = name == side.upper()
        rise = 75 * share if upper else 0 * share
        apart = 60 * share if upper and cheat == "feet" else 0 * share
        y = 440 if upper else 490
        joints[f"{name}_SHOULDER"] = _xy(340, y - 20, n_frames)
        joints[f"{name}_HIP"] = _xy(600, y, n_frames)
        joints[f"{name}_KNEE"] = _xy(700, y + 20 - rise - apart, n_frames)
        joints[f"{name}_ANKLE"] = _xy(640, y + 70 - apart, n_frames)
        joints[f"{name}_HEEL"] = joints[f"{name}_FOOT_INDEX"] = _xy(650, y + 80 - apart, n_frames)
    return _track(time_s, joints, seed)


PEOPLE = {
    "seated_ir_lift": seated_lift,
    "supine_passive_rotation": passive,
    "ninety_ninety": ninety,
    "wall_leg_rotation": wall,
    "hip_cars": cars,
    "box_squat": squat,
    "clamshell": clam,
}


def camera():
    return Camera.from_hfov(*SIZE)
