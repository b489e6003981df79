"""The toe touch: a standing person bends forward with straight knees, filmed from the side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from validation.person.body import Body, build_body
from validation.person.identity import SIDES, FloatArray
from validation.person.motion import Program, sample_program
from validation.person.movement import ArmAt, FootAt, Moment, mix, posture_of
from validation.person.phantom import Posed, Posture, pose, pose_rigid
from validation.person.render import Finish, PinholeCamera
from validation.person.squat_motion import Lengths
from validation.scenes.framing import aim, extent, sample_finish, sample_size
from validation.scenes.range_trial import RangeTrial, turned
from validation.scenes.rooms import sample_light, sample_room
from validation.scenes.scene import Scene
from validation.scenes.squats import lengths_of

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["fingertips_m", "toe_touch"]

_LEAN_DEG = (35.0, 150.0)


def fingertips_m(posed: Posed) -> float:
    """Height of the middle fingers' tips over the floor, mean of both hands."""
    return float(np.mean([posed.joints_m[f"fingers_{side}"][2] for side in SIDES]))


def _posture(lengths: Lengths, standing: Moment, bent: Moment, program: Program, t: float) -> Posture:
    return posture_of(lengths, mix(standing, bent, program.rotation_deg(t) / 100))


def _low(body: Body, lengths: Lengths, bent: Moment, height_m: float, *, rigid: bool) -> Moment:
    """Bend as far as brings the fingertips to a height (or as far as anybody bends)."""
    few = replace(body, vertices_m=body.vertices_m[:1], weights=body.weights[:1])
    low, high = _LEAN_DEG
    for _ in range(14):
        middle = 0.5 * (low + high)
        posed = (pose_rigid if rigid else pose)(few, posture_of(lengths, replace(bent, lean_deg=middle)))
        low, high = (middle, high) if fingertips_m(posed) > height_m else (low, middle)
    return replace(bent, lean_deg=low)


def toe_touch(
    seed: int,
    *,
    height_m: float | None = None,
    azimuth_deg: float | None = None,
    knees: float | None = None,
    repetitions: int = 2,
    size_px: tuple[int, int] | None = None,
    finish: Finish | None = None,
    worn: Dressed | None = None,
) -> RangeTrial:
    """Sample a toe touch.

    Parameters
    ----------
    seed : decides everything that is not given; one person per seed.
    height_m : of the fingertips over the floor at the lowest; None draws 0.005 to 0.35.
    azimuth_deg : how far the camera stands off the line square to the body; None draws -18 to 18.
    knees : distance of hip and ankle in parts of the leg, 1 is straight; None draws what straight knees have.
    repetitions, size_px, finish : of the recording; None draws them.
    worn : a dressed person (see `validation.scenes.range_trial.dressed`); None draws a mannequin.
    """
    rng = np.random.default_rng([seed, 73])
    body: Body = worn.body if worn else build_body(seed)
    lengths = lengths_of(body)
    program = replace(sample_program(rng, internal_deg=100.0, repetitions=repetitions), rest_deg=0.0)
    goal = float(rng.uniform(0.005, 0.35)) if height_m is None else height_m
    standing, bent = _moments(rng, lengths, knees)
    bent = _low(body, lengths, bent, goal, rigid=worn is not None)
    posture = partial(_posture, lengths, standing, bent, program)
    light = sample_light(rng)
    off = float(rng.uniform(-18, 18)) if azimuth_deg is None else azimuth_deg
    direction = float(np.radians(rng.choice([-1, 1]) * (90.0 + off)))
    points, needed = extent(body, posture, program.key_times())
    camera = _camera(rng, points, needed, direction, size_px)
    room = sample_room(rng, 0.0, light, -1.6)
    drawn_finish = sample_finish(rng)
    upright = (pose_rigid if worn else pose)(body, posture(0.0))
    scene = Scene(
        seed,
        "toe_touch",
        "both",
        "side",
        body,
        posture,
        camera,
        light,
        finish or drawn_finish,
        turned(room.polygons, direction),
        info={"azimuth_deg": round(off, 1), "stature_cm": round(100 * float(upright.joints_m["head_top"][2]), 1)},
        worn=worn,
    )
    return RangeTrial("toe_touch", {}, scene, program, _read)


def _moments(rng: np.random.Generator, lengths: Lengths, knees: float | None) -> tuple[Moment, Moment]:
    """Return standing, and bent forward with the arms hanging; ``knees`` as in `toe_touch`."""
    foot = FootAt(0.0, lengths.hip_half * float(rng.uniform(0.6, 1.5)), 0.0, float(rng.uniform(0, 15)), 0.0)
    straight = float(rng.uniform(0.996, 1.0)) if knees is None else knees
    hang = ArmAt((0.05, 0.08, -0.97), (-1.0, 0.3, 0.0))
    standing = Moment((-0.01, 0.0, lengths.ankle_height + lengths.leg), (foot, foot), (hang, hang))
    back = -float(rng.uniform(0.06, 0.2)) * lengths.leg
    reach = ArmAt((float(rng.uniform(-0.08, 0.1)), float(rng.uniform(-0.12, 0.05)), -0.98), (-1.0, 0.5, 0.0))
    bent = replace(
        standing,
        pelvis=(back, 0.0, lengths.ankle_height + straight * lengths.leg),
        arms=(reach, reach),
        pelvis_share=float(rng.uniform(0.5, 0.8)),
        nod_deg=float(rng.uniform(-20, 30)),
    )
    return standing, bent


def _read(posed: Posed, posture: Posture) -> dict[str, float]:
    trunk = posed.joints_m["shoulder_left"] + posed.joints_m["shoulder_right"] - 2 * posed.joints_m["pelvis"]
    return {
        "fingertips_cm": 100 * fingertips_m(posed),
        "hip_flexion_deg": 0.5 * (posture.left.hip_flexion_deg + posture.right.hip_flexion_deg),
        "knee_flexion_deg": 0.5 * (posture.left.knee_flexion_deg + posture.right.knee_flexion_deg),
        "trunk_deg": float(np.degrees(np.arctan2(trunk[0], trunk[2]))),
    }


def _camera(
    rng: np.random.Generator,
    points: FloatArray,
    needed: FloatArray,
    direction: float,
    size_px: tuple[int, int] | None,
) -> PinholeCamera:
    """Return a camera beside the person, from knee to chest height."""
    distance, height, fov = rng.uniform(2.2, 3.4), rng.uniform(0.4, 1.3), rng.uniform(50, 78)
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    towards = np.array([np.cos(direction), np.sin(direction)])

    def place(far: float) -> FloatArray:
        return np.array([*(centre[:2] + max(far * distance, 1.6) * towards), height])

    drawn = sample_size(rng)
    return aim(rng, points, needed, place, float(rng.uniform(-3, 3)), fov, size_px or drawn)
