"""Synthetic squats: feet stay planted while hips, knees and trunk do what a fault asks for; the truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from rom_vision.capture import VideoWriter
from validation.person.arms import ArmPlan
from validation.person.body import Body, build_body
from validation.person.identity import SIDES, FloatArray
from validation.person.over_feet import over_feet
from validation.person.phantom import Leg, Posture, hip_angles_deg
from validation.person.render import Finish, PinholeCamera
from validation.person.squat_motion import Lengths, SquatPlan, depth_at, duration_s, pose_squat
from validation.scenes.rooms import sample_light, sample_room
from validation.scenes.scene import Scene, still

__all__ = ["FAULTS", "SquatClip", "lengths_of", "sample_plan", "squat_clip", "write_clip"]

FAULTS = (
    "good",
    "toed_out",
    "shallow",
    "valgus_left",
    "valgus_right",
    "valgus_both",
    "varus",
    "shift",
    "side_bend",
    "obliquity",
    "forward_lean",
    "heel_rise",
    "hyperextension",
    "arms_fall",
)
_SIZES = ((480, 640), (540, 960), (640, 480), (640, 360))


@dataclass(frozen=True)
class SquatClip:
    """A scene, what the person does in it and what a screen has to find."""

    scene: Scene
    plan: SquatPlan
    fault: str
    azimuth_deg: float
    fps: float


def lengths_of(body: Body) -> Lengths:
    """Segment lengths of a mesh, right side (both sides are alike)."""
    j = body.joints_m
    foot, pelvis = body.frames["foot_right"], body.frames["pelvis"]
    sole = float(body.vertices_m[body.weights[:, _column("foot_right")] > 0.5, 2].min())

    def length(a: str, b: str, segment: str) -> float:
        return float(np.linalg.norm(j[f"{a}_right"] - j[f"{b}_right"])) * body.scales.get(f"{segment}_right", 1.0)

    def seen(name: str) -> tuple[float, float, float]:
        x, y, z = foot.T @ (j[f"{name}_right"] - j["ankle_right"])
        return float(x), float(y), float(z)

    return Lengths(
        thigh=length("hip", "knee", "thigh"),
        shank=length("knee", "ankle", "shank"),
        hip_half=float((pelvis.T @ (j["hip_right"] - j["pelvis"]))[2]),
        ankle_height=float(j["ankle_right"][2]) - sole,
        heel=seen("heel"),
        toe=seen("toe"),
    )


def _column(segment: str) -> int:
    from validation.person.identity import SEGMENTS

    return SEGMENTS.index(segment)


def sample_plan(rng: np.random.Generator, fault: str, size_deg: float | None = None, legs: str = "both") -> SquatPlan:
    """Draw a squat with one fault and nothing else.

    Parameters
    ----------
    rng : source of everything that is not given.
    fault : one of `FAULTS`.
    size_deg : how far the knee is swung in (valgus) or out past its foot (varus); None draws 20 to 30.
    legs : both, or the leg stood on.
    """
    toe_out = rng.uniform(1, 9)
    turnout = [float(toe_out + rng.normal(0, 1.0)) for _ in SIDES]
    # Knees track the toes, within a few degrees.
    swing = [-t + float(np.clip(rng.normal(0, 2), -4, 3)) for t in turnout]
    plan = SquatPlan(
        knee_flexion_deg=float(rng.uniform(116, 130)),
        swing_in_deg=(swing[0], swing[1]),
        turnout_deg=(turnout[0], turnout[1]),
        list_deg=float(np.clip(rng.normal(0, 0.5), -1, 1)),
        side_bend_deg=float(np.clip(rng.normal(0, 0.8), -2, 2)),
        shift=float(np.clip(rng.normal(0, 0.01), -0.02, 0.02)),
        lean_deg=float(rng.uniform(-8, 1)),
        arms=str(rng.choice(["forward", "hanging", "overhead"])),
        stance=float(rng.uniform(1.2, 2.1)),
        standing_knee_deg=float(rng.uniform(1, 7)),
        shank_tilt=float(rng.uniform(0.22, 0.28)),
        fault_power=float(rng.uniform(0.6, 1.0)),
        n_repetitions=int(rng.integers(2, 4)),
        descent_s=float(rng.uniform(0.8, 2.0)),
        bottom_s=float(rng.uniform(0.1, 0.8)),
        ascent_s=float(rng.uniform(0.7, 1.6)),
        stand_s=float(rng.uniform(0.2, 0.8)),
    )
    size = float(rng.uniform(20, 30)) if size_deg is None else size_deg
    turn = rng.choice([-1.0, 1.0])
    toes = float(rng.uniform(20, 33))
    changes: dict[str, dict[str, object]] = {
        "good": {},
        "toed_out": {"turnout_deg": (toes, toes + 2), "swing_in_deg": (-0.9 * toes, -0.9 * toes - 2)},
        "shallow": {"knee_flexion_deg": float(rng.uniform(55, 85))},
        "valgus_left": {"swing_in_deg": (size, plan.swing_in_deg[1])},
        "valgus_right": {"swing_in_deg": (plan.swing_in_deg[0], size)},
        "valgus_both": {"swing_in_deg": (size, size)},
        "varus": {"swing_in_deg": (-turnout[0] - size, -turnout[1] - size)},
        "shift": {"shift": float(turn * rng.uniform(0.16, 0.3))},
        "side_bend": {"side_bend_deg": float(turn * rng.uniform(11, 18))},
        "obliquity": {"list_deg": float(turn * rng.uniform(6, 10))},
        "forward_lean": {"lean_deg": float(rng.uniform(14, 28))},
        "heel_rise": {"heel_rise_deg": float(rng.uniform(14, 25)), "shank_tilt": plan.shank_tilt + 0.05},
        "hyperextension": {"standing_knee_deg": -float(rng.uniform(9, 14))},
        "arms_fall": {"arms": "overhead", "arms_fall_deg": float(rng.uniform(25, 45))},
    }
    plan = replace(plan, **changes[fault])
    if legs == "both":
        return plan
    flexion, arms = float(rng.uniform(55, 75)), str(rng.choice(["forward", "hanging"]))
    return replace(plan, legs=legs, stance=1.0, knee_flexion_deg=flexion, shank_tilt=0.4, arms=arms)


def _posture(lengths: Lengths, plan: SquatPlan, sway: FloatArray, t: float) -> Posture:
    """Return the body's posture at time ``t``; ``sway`` (3, 2) holds amplitudes (m) and phases of a slow drift."""
    drift = sway[:, 0] * np.sin(2 * np.pi * 0.4 * t + sway[:, 1])
    moment = pose_squat(lengths, plan, depth_at(plan, t), drift)
    pelvis, trunk = moment.axes["pelvis"], moment.axes["trunk"]
    legs = []
    for side in SIDES:
        flexion, adduction, rotation = hip_angles_deg(pelvis, moment.axes[f"thigh_{side}"], side)
        knee = _knee_deg(moment.axes[f"thigh_{side}"], moment.axes[f"shank_{side}"])
        legs.append(Leg(flexion, adduction, rotation, knee, foot_axes=moment.axes[f"foot_{side}"]))
    turn = _rotvec(pelvis.T @ trunk)
    lean = float(np.degrees(np.arctan2(trunk[0, 1], trunk[2, 1])))
    fall = plan.arms_fall_deg * depth_at(plan, t) ** plan.fault_power if plan.arms == "overhead" else -lean
    arms = [ArmPlan(plan.arms, (0.3 * sway[i, 1] - 1, 0.2, 0.1), fall) for i in range(2)]
    # The phantom's spine turns by a fifth at each of five joints: the line from hips to shoulders shows 0.6 of it.
    bend, twist, flexion = turn / 0.6
    trunk_deg, head_deg = (-float(flexion), float(bend), float(twist)), (-0.6 * lean, 0.0, 0.0)
    return Posture(moment.joints_m["pelvis"], pelvis, legs[0], legs[1], trunk_deg, head_deg, (arms[0], arms[1]))


def _knee_deg(thigh: FloatArray, shank: FloatArray) -> float:
    relative = thigh.T @ shank
    return float(np.degrees(np.arctan2(relative[0, 1], relative[1, 1])))


def _rotvec(matrix: FloatArray) -> FloatArray:
    from scipy.spatial.transform import Rotation

    return np.degrees(Rotation.from_matrix(matrix).as_rotvec())


def squat_clip(
    seed: int,
    fault: str,
    azimuth_deg: float,
    *,
    size_deg: float | None = None,
    legs: str = "both",
    fps: float = 10.0,
    over: tuple[str, ...] = (),
) -> SquatClip:
    """Sample a person, a room, a camera and a squat.

    Parameters
    ----------
    seed : decides everything that is not given; one person per seed.
    fault : one of `FAULTS`.
    azimuth_deg : where the camera stands: 0 in front, +90 at the person's left, 180 behind.
    size_deg, legs : see `sample_plan`.
    fps : pictures per second.
    over : sides whose knee is put over its foot; otherwise sound knees go straight where the feet point, as seen from
        the hips, which in a wide stance is up to ten degrees inside of that.
    """
    rng = np.random.default_rng([seed, 23])
    body = build_body(seed)
    lengths = lengths_of(body)
    plan = sample_plan(rng, fault, size_deg, legs)
    plan = over_feet(plan, lengths, (0.0 if "left" in over else None, 0.0 if "right" in over else None))
    sway = np.column_stack([rng.uniform(0.001, 0.004, 3), rng.uniform(0, 2 * np.pi, 3)])
    posture = partial(_posture, lengths, plan, sway)
    light = sample_light(rng)
    azimuth = np.radians(azimuth_deg)
    room = sample_room(rng, 0.0, light, -1.6)
    camera = _camera(rng, lengths, azimuth)
    finish = Finish(float(rng.uniform(0.4, 0.9)), float(rng.uniform(0.5, 4.0)))
    turned = _turn_room(room.polygons, azimuth)
    scene = Scene(seed, "squat", legs, fault, body, posture, camera, light, finish, turned)
    return SquatClip(scene, plan, fault, azimuth_deg, fps)


def _turn_room(polygons: list[tuple[FloatArray, FloatArray]], azimuth: float) -> list[tuple[FloatArray, FloatArray]]:
    """Turn the room with the camera: its back wall is behind the person wherever the camera stands."""
    c, s = np.cos(azimuth), np.sin(azimuth)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return [(corners @ turn.T, rgb) for corners, rgb in polygons]


def _camera(rng: np.random.Generator, lengths: Lengths, azimuth: float) -> PinholeCamera:
    """Phone or webcam at knee to chest height, far enough for head, raised arms and feet."""
    size = _SIZES[rng.integers(len(_SIZES))]
    fov, height = float(rng.uniform(50, 72)), float(rng.uniform(0.6, 1.3))
    tall = lengths.leg + lengths.ankle_height + lengths.trunk + 0.75
    longer = np.tan(np.radians(fov / 2))
    half = longer * size[1] / max(size)
    wide = 0.7 + 0.5 * abs(np.sin(azimuth))  # arms held forward are seen from the side
    distance = max(tall / 2 / half, wide / (longer * size[0] / max(size))) * float(rng.uniform(1.08, 1.3))
    position = np.array([distance * np.cos(azimuth), distance * np.sin(azimuth), height])
    target = np.array([0.0, 0.0, tall / 2 - 0.05]) + rng.normal(0, 0.03, 3)
    return PinholeCamera.look_at(size, fov, position, target, float(rng.uniform(-2, 2)))


def write_clip(clip: SquatClip, path: str | Path, *, fast: bool = False) -> None:
    """Film the clip: H.264 of its pictures; ``fast`` as in `validation.scenes.scene.still`."""
    camera = clip.scene.camera
    with VideoWriter(path, camera.width_px, camera.height_px) as out:
        for t in np.arange(0.0, duration_s(clip.plan), 1.0 / clip.fps):
            out.write(still(clip.scene, float(t), fast=fast)[0], float(t))
