"""How a squat moves: feet planted, the pelvis where depth and faults put it, each knee by two-link inverse kinematics.

Pure geometry (numpy only): lengths in, joint centres and segment axes out. World axes: x forward, y to the person's
left, z up; segment axes as in Wu et al. (2002), columns X anterior, Y cranial, Z right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, radians, sin

import numpy as np
import numpy.typing as npt

__all__ = ["PAUSE_S", "Lengths", "SquatPlan", "SquatPose", "depth_at", "duration_s", "pose_squat"]

FloatArray = npt.NDArray[np.float64]

SIDES = ("left", "right")
PAUSE_S = 0.8
"""Standing before the first and after the last repetition."""
_UPRIGHT: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
_PIVOT = 0.72
"""Where the foot turns when the heel rises: the ball, this far from heel to toe."""


@dataclass(frozen=True)
class Lengths:
    """What the squat needs to know of a body, metres; vectors (3,) of the right side in segment axes, left mirrored.

    ``ankle_height`` is the ankle's height over the floor with the foot flat; ``heel`` and ``toe`` are seen from the
    ankle in the foot's axes.
    """

    thigh: float = 0.41
    shank: float = 0.41
    hip_half: float = 0.085
    ankle_height: float = 0.08
    heel: tuple[float, float, float] = (-0.055, -0.055, 0.0)
    toe: tuple[float, float, float] = (0.17, -0.065, 0.0)
    trunk: float = 0.48
    shoulder_half: float = 0.18
    upper_arm: float = 0.30
    forearm: float = 0.26

    @property
    def leg(self) -> float:
        """Length of the straight leg, hip to ankle."""
        return self.thigh + self.shank


@dataclass(frozen=True)
class SquatPlan:
    """What the person does; faults have the stated size at the bottom and grow with depth as ``fault_power`` says.

    Attributes
    ----------
    knee_flexion_deg : knee flexion at the bottom.
    swing_in_deg : (left, right) turn of the knee about the line from hip to ankle, medial +, from straight ahead.
    turnout_deg : (left, right) toes against straight ahead, outward +.
    shift : sideways way of the pelvis, to the left +, in parts of the ankles' distance.
    list_deg : pelvis against the horizontal, right side down +.
    side_bend_deg : trunk against the vertical, to the right +.
    lean_deg : trunk minus tibia, forward +, both against the vertical.
    heel_rise_deg : pitch of the feet.
    arms : hanging, forward or overhead; ``arms_fall_deg`` is how far overhead arms come forward.
    stance : distance of the ankles in parts of the hips' distance.
    standing_knee_deg : knee flexion while standing; negative is hyperextension.
    shank_tilt : forward tilt of the tibia as a part of knee flexion.
    n_repetitions, descent_s, bottom_s, ascent_s, stand_s : tempo.
    legs : both, or the leg stood on; the other foot is then held up behind.
    """

    knee_flexion_deg: float = 115.0
    swing_in_deg: tuple[float, float] = (-8.0, -8.0)
    turnout_deg: tuple[float, float] = (7.0, 7.0)
    shift: float = 0.0
    list_deg: float = 0.0
    side_bend_deg: float = 0.0
    lean_deg: float = 0.0
    heel_rise_deg: float = 0.0
    arms: str = "forward"
    arms_fall_deg: float = 0.0
    stance: float = 1.5
    standing_knee_deg: float = 4.0
    shank_tilt: float = 0.31
    fault_power: float = 0.8
    n_repetitions: int = 2
    descent_s: float = 1.1
    bottom_s: float = 0.3
    ascent_s: float = 0.9
    stand_s: float = 0.5
    legs: str = "both"


@dataclass(frozen=True)
class SquatPose:
    """One moment: joint centres (world, metres) and axes (3, 3) by name, and what a screen should read.

    ``truth``: per side ``knee_flexion_*_deg``, ``swing_in_*_deg`` and ``medial_*`` (knee medial of the vertical plane
    through its hip and ankle, parts of leg length), ``thigh_below_horizontal_*_deg``; ``shift`` (parts of the ankles'
    distance, left +), ``list_deg``, ``side_bend_deg``, ``lean_deg`` (trunk minus tibia), ``heel_rise_deg``.
    """

    joints_m: dict[str, FloatArray]
    axes: dict[str, FloatArray]
    truth: dict[str, float] = field(default_factory=dict)


def duration_s(plan: SquatPlan) -> float:
    """Length of the clip of a plan."""
    rep = plan.descent_s + plan.bottom_s + plan.ascent_s
    return 2 * PAUSE_S + plan.n_repetitions * rep + (plan.n_repetitions - 1) * plan.stand_s


def depth_at(plan: SquatPlan, t: float) -> float:
    """How deep the person is at time ``t``: 0 standing, 1 bottom, eased."""
    t -= PAUSE_S
    rep = plan.descent_s + plan.bottom_s + plan.ascent_s + plan.stand_s
    if t < 0 or t >= plan.n_repetitions * rep - plan.stand_s:
        return 0.0
    t %= rep
    if t < plan.descent_s:
        return _ease(t / plan.descent_s)
    t -= plan.descent_s
    if t < plan.bottom_s:
        return 1.0
    t -= plan.bottom_s
    return _ease(1 - t / plan.ascent_s) if t < plan.ascent_s else 0.0


def _ease(x: float) -> float:
    return 0.5 - 0.5 * cos(np.pi * x)


def rot(axis: str, deg: float) -> FloatArray:
    """Rotation matrix about a segment's own x, y or z axis."""
    c, s = cos(radians(deg)), sin(radians(deg))
    i = "xyz".index(axis)
    j, k = (i + 1) % 3, (i + 2) % 3
    out = np.eye(3)
    out[j, j] = out[k, k] = c
    out[j, k], out[k, j] = -s, s
    return out


def pose_squat(lengths: Lengths, plan: SquatPlan, depth: float, sway: FloatArray | None = None) -> SquatPose:
    """Put a person into the squat.

    Parameters
    ----------
    lengths : of the body.
    plan : what the person does.
    depth : 0 standing to 1 bottom.
    sway : (3,) small movement of the pelvis, metres: nobody stands still.
    """
    fault = depth**plan.fault_power
    knee = plan.standing_knee_deg + (plan.knee_flexion_deg - plan.standing_knee_deg) * depth
    tibia = plan.shank_tilt * knee if knee >= 0 else 0.5 * knee
    thigh = knee - tibia
    feet = {side: _foot(lengths, plan, side, fault * plan.heel_rise_deg) for side in SIDES}
    ankle_mid = 0.5 * (feet["left"][0] + feet["right"][0])
    width = plan.stance * 2 * lengths.hip_half
    if plan.legs != "both":
        # The hip comes a little outside its foot; the other foot hangs behind the standing shank.
        ankle_mid = feet[plan.legs][0] * (1, 0.75, 1)
        other = "right" if plan.legs == "left" else "left"
        ankle, axes_up = feet[other]
        feet[other] = (ankle + np.array([-0.5 * lengths.shank, 0.0, 0.35 * lengths.shank]), axes_up @ rot("z", -60.0))
    up = lengths.shank * cos(radians(tibia)) + lengths.thigh * cos(radians(thigh))
    forward = lengths.shank * sin(radians(tibia)) - lengths.thigh * sin(radians(thigh))
    # Legs that stand wide reach less high.
    aside = 0.5 * width - lengths.hip_half if plan.legs == "both" else 0.3 * lengths.hip_half
    up = np.sqrt(max(up**2 - aside**2, 0.0025))
    pelvis = ankle_mid + np.array([forward, fault * plan.shift * width, up])
    if sway is not None:
        pelvis = pelvis + sway
    trunk_lean = tibia + depth * plan.lean_deg
    side_bend, tilt_list = fault * plan.side_bend_deg, fault * plan.list_deg
    pelvis_axes = _UPRIGHT @ rot("x", tilt_list) @ rot("z", -0.75 * trunk_lean)
    trunk_axes = _UPRIGHT @ rot("x", side_bend) @ rot("z", -trunk_lean)
    joints: dict[str, FloatArray] = {"pelvis": pelvis}
    axes = {"pelvis": pelvis_axes, "trunk": trunk_axes}
    for i, side in enumerate(SIDES):
        out = 1.0 if side == "right" else -1.0
        ankle, foot_axes = feet[side]
        hip = pelvis + out * lengths.hip_half * pelvis_axes[:, 2]
        swing = fault * plan.swing_in_deg[i]
        knee_m, thigh_axes, shank_axes = _leg(lengths, hip, ankle, side, swing, np.sign(knee) or 1.0)
        joints |= {f"hip_{side}": hip, f"knee_{side}": knee_m, f"ankle_{side}": ankle}
        for name in ("heel", "toe"):
            joints[f"{name}_{side}"] = ankle + foot_axes @ (np.array(getattr(lengths, name)) * (1, 1, out))
        axes |= {f"thigh_{side}": thigh_axes, f"shank_{side}": shank_axes, f"foot_{side}": foot_axes}
        joints |= _arm(lengths, plan, side, pelvis, trunk_axes, fault * plan.arms_fall_deg)
    joints["nose"] = pelvis + trunk_axes @ np.array([0.10, lengths.trunk + 0.20, 0.0])
    return SquatPose(joints, axes, _truth(lengths, plan, joints, axes, fault))


def _foot(lengths: Lengths, plan: SquatPlan, side: str, pitch_deg: float) -> tuple[FloatArray, FloatArray]:
    """Ankle (3,) and foot axes (3, 3): planted on the ball, the heel up by ``pitch_deg``."""
    out = 1.0 if side == "right" else -1.0
    turn = plan.turnout_deg[SIDES.index(side)]
    flat = _UPRIGHT @ rot("y", -out * turn)
    half = plan.stance * lengths.hip_half
    ankle = np.array([0.0, -out * half, lengths.ankle_height])
    heel, toe = (np.array(v) * (1, 1, out) for v in (lengths.heel, lengths.toe))
    ball = heel + _PIVOT * (toe - heel)
    raised = flat @ rot("z", -pitch_deg)
    return ankle + flat @ ball - raised @ ball, raised


def _leg(
    lengths: Lengths, hip: FloatArray, ankle: FloatArray, side: str, swing_in_deg: float, bend: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Knee (3,), thigh and shank axes: the knee straight ahead of the hip-ankle line, then swung about it."""
    line = ankle - hip
    length = float(np.linalg.norm(line))
    reach = min(length, 0.9995 * lengths.leg)
    u = line / length
    along = (lengths.thigh**2 + reach**2 - lengths.shank**2) / (2 * reach)
    height = np.sqrt(max(lengths.thigh**2 - along**2, 0.0))
    ahead = np.array([1.0, 0.0, 0.0]) - u[0] * u
    ahead /= np.linalg.norm(ahead)
    inward = np.cross(u, ahead) if side == "left" else np.cross(ahead, u)
    pole = cos(radians(swing_in_deg)) * ahead + sin(radians(swing_in_deg)) * inward
    knee = hip + along * length / reach * u + bend * height * pole
    hinge = np.cross(u, pole)
    return knee, _segment(hip - knee, hinge), _segment(knee - ankle, hinge)


def _segment(long_axis: FloatArray, hinge: FloatArray) -> FloatArray:
    y = long_axis / np.linalg.norm(long_axis)
    z = hinge - (hinge @ y) * y
    z /= np.linalg.norm(z)
    return np.column_stack([np.cross(y, z), y, z])


def _arm(
    lengths: Lengths, plan: SquatPlan, side: str, pelvis: FloatArray, trunk: FloatArray, fall_deg: float
) -> dict[str, FloatArray]:
    out = 1.0 if side == "right" else -1.0
    shoulder = pelvis + trunk @ np.array([0.0, lengths.trunk, out * lengths.shoulder_half])
    if plan.arms == "overhead":
        direction = trunk @ rot("z", -fall_deg) @ np.array([0.0, 1.0, out * 0.1])
    else:
        ahead, down = {"forward": (1.0, 0.0), "hanging": (0.05, -1.0)}[plan.arms]
        direction = np.array([ahead, -out * 0.08, down])
    direction = direction / np.linalg.norm(direction)
    elbow = shoulder + lengths.upper_arm * direction
    return {f"shoulder_{side}": shoulder, f"elbow_{side}": elbow, f"wrist_{side}": elbow + lengths.forearm * direction}


def _truth(
    lengths: Lengths, plan: SquatPlan, joints: dict[str, FloatArray], axes: dict[str, FloatArray], fault: float
) -> dict[str, float]:
    truth: dict[str, float] = {}
    tibia = []
    for i, side in enumerate(SIDES):
        hip, knee, ankle = (joints[f"{n}_{side}"] for n in ("hip", "knee", "ankle"))
        inward = -1.0 if side == "left" else 1.0
        t = (knee[2] - ankle[2]) / (hip[2] - ankle[2])
        truth[f"medial_{side}"] = float(inward * (knee[1] - ankle[1] - t * (hip[1] - ankle[1])) / lengths.leg)
        cosine = float(axes[f"thigh_{side}"][:, 1] @ axes[f"shank_{side}"][:, 1])
        truth[f"knee_flexion_{side}_deg"] = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
        truth[f"swing_in_{side}_deg"] = fault * plan.swing_in_deg[i]
        thigh = knee - hip
        below = np.degrees(np.arctan2(thigh[2], np.hypot(thigh[0], thigh[1])))
        truth[f"thigh_below_horizontal_{side}_deg"] = float(below)
        tibia.append(float(np.degrees(np.arctan2(knee[0] - ankle[0], knee[2] - ankle[2]))))
    middle = {n: 0.5 * (joints[f"{n}_left"] + joints[f"{n}_right"]) for n in ("hip", "ankle", "shoulder")}
    width = float(joints["ankle_left"][1] - joints["ankle_right"][1])
    if plan.legs != "both":
        tibia = [tibia[SIDES.index(plan.legs)]]
    trunk = middle["shoulder"] - middle["hip"]
    lean = float(np.degrees(np.arctan2(trunk[0], trunk[2])))
    return truth | {
        "shift": float(middle["hip"][1] - middle["ankle"][1]) / width,
        "list_deg": fault * plan.list_deg,
        "side_bend_deg": float(np.degrees(np.arctan2(-trunk[1], trunk[2]))),
        "lean_deg": lean - float(np.mean(tibia)),
        "heel_rise_deg": fault * plan.heel_rise_deg,
    }
