"""The straight leg raise: a person on the back lifts one straight leg, filmed from the side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from validation.person.arms import ArmPlan
from validation.person.body import Body, build_body
from validation.person.identity import SEGMENTS, FloatArray
from validation.person.motion import Program, sample_program
from validation.person.phantom import Leg, Posed, Posture, pose
from validation.person.postures import sample_arm
from validation.person.render import Finish, PinholeCamera
from validation.scenes.framing import aim, extent, sample_finish
from validation.scenes.range_trial import RangeTrial, turned
from validation.scenes.rooms import bed, sample_light, sample_room
from validation.scenes.scene import Scene

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["ON_BACK", "LegRaise", "leg_raise", "lying_height", "thigh_to_floor_deg"]

ON_BACK: FloatArray = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
"""ISB axes (columns) of a person on the back, head towards -x."""
_SIZES = ((640, 480), (960, 540), (1280, 720), (640, 360))
_PELVIS_FROM_DEG = 25.0


@dataclass(frozen=True)
class LegRaise:
    """A person on the back whose straight leg goes up; the pelvis rolls back with it, the other leg stays down.

    ``thigh_deg`` is the tested thigh against the floor over time; beyond ``_PELVIS_FROM_DEG`` the share ``rolls`` of it
    comes from the pelvis (it joins early in the raise: Bohannon 1985). ``knee_deg`` bends more towards the top by
    ``knee_more_deg``.
    """

    side: str
    thigh_deg: Callable[[float], float]
    top_deg: float
    rolls: float
    roll_deg: float
    tilt_deg: float
    knee_deg: float
    knee_more_deg: float
    tested: Leg
    other: Leg
    other_deg: float
    head_deg: tuple[float, float, float]
    arms: tuple[ArmPlan, ArmPlan]

    def __call__(self, t: float) -> Posture:
        """Posture at time ``t``, seconds."""
        thigh = self.thigh_deg(t)
        more = self.rolls * max(thigh - _PELVIS_FROM_DEG, 0.0)
        tilt = self.tilt_deg + more
        axes = ON_BACK @ Rotation.from_euler("XZ", [self.roll_deg, tilt], degrees=True).as_matrix()
        bend = self.knee_deg + self.knee_more_deg * float(np.clip(thigh / self.top_deg, 0, 1))
        tested = replace(self.tested, hip_flexion_deg=thigh - tilt, knee_flexion_deg=bend)
        other = replace(self.other, hip_flexion_deg=self.other_deg - tilt)
        left, right = (tested, other) if self.side == "left" else (other, tested)
        return Posture(np.zeros(3), axes, left, right, (tilt, 0.0, 0.0), self.head_deg, self.arms)


def _lying_leg(rng: np.random.Generator) -> tuple[Leg, float, float]:
    """Return a straight leg on the mat, its thigh against the floor and its knee: hip joint higher than ankle."""
    knee = float(rng.uniform(0, 7))
    thigh = -3.4 + 0.5 * knee + float(rng.normal(0, 0.7))
    leg = Leg(0.0, -rng.uniform(2, 9), rng.uniform(-20, 5), knee, -rng.uniform(0, 35))
    return leg, thigh, knee


def thigh_to_floor_deg(posed: Posed, side: str) -> float:
    """Line from hip to knee against the floor, raised +, degrees."""
    thigh = posed.joints_m[f"knee_{side}"] - posed.joints_m[f"hip_{side}"]
    angle = float(np.degrees(np.arctan2(thigh[2], np.hypot(thigh[0], thigh[1]))))
    return angle if thigh[0] >= 0 else 180.0 - angle


def leg_raise(
    seed: int,
    *,
    side: str | None = None,
    goal_deg: float | None = None,
    azimuth_deg: float | None = None,
    far_side: bool = False,
    repetitions: int = 2,
    size_px: tuple[int, int] | None = None,
    finish: Finish | None = None,
    worn: Dressed | None = None,
) -> RangeTrial:
    """Sample a straight leg raise.

    Parameters
    ----------
    seed : decides everything that is not given; one person per seed.
    side : the tested leg.
    goal_deg : thigh against the floor at the top; None draws 35 to 100.
    azimuth_deg : how far the camera stands off the line square to the body, towards the head +; None draws -20 to 20.
    far_side : the camera stands at the side of the other leg.
    repetitions, size_px, finish : of the recording; None draws them.
    worn : a dressed person (see `validation.scenes.range_trial.dressed`); None draws a mannequin.
    """
    rng = np.random.default_rng([seed, 71])
    body: Body = worn.body if worn else build_body(seed)
    drawn_side = str(rng.choice(["left", "right"]))
    side = side or drawn_side
    drawn = float(rng.uniform(35, 100))
    goal = drawn if goal_deg is None else goal_deg
    program = sample_program(rng, internal_deg=goal, repetitions=repetitions)
    posture, rest = _raising(rng, side, program, goal)
    posture = replace(posture, thigh_deg=(program := replace(program, rest_deg=rest)).rotation_deg)
    top_z = lying_height(body, posture(0.0))
    floor_z = top_z - float(rng.choice([0.01, rng.uniform(0.3, 0.75)]))
    light = sample_light(rng)
    drawn = float(rng.uniform(-20, 20))
    off = drawn if azimuth_deg is None else azimuth_deg
    direction = np.radians((90.0 + off) * (1 if (side == "left") != far_side else -1))
    points, needed = extent(body, posture, program.key_times())
    camera = _camera(rng, points, needed, floor_z, top_z, float(direction), size_px)
    room = sample_room(rng, floor_z, light, -1.6)
    middle, drawn_finish = np.array([0.02, float(rng.uniform(-0.1, 0.1)), 0.0]), sample_finish(rng)
    scene = Scene(
        seed,
        "straight_leg_raise",
        side,
        "far_side" if far_side else "side",
        body,
        posture,
        camera,
        light,
        finish or drawn_finish,
        turned(room.polygons, float(direction)),
        under=bed(rng, top_z, floor_z, middle, float(rng.uniform(2.0, 2.3))) if rng.random() < 0.8 else [],
        info={"azimuth_deg": round(off, 1), "far_side": far_side},
        worn=worn,
    )

    return RangeTrial("straight_leg_raise", {"side": side, "mode": "active"}, scene, program, partial(_read, side))


def _read(side: str, posed: Posed, posture: Posture) -> dict[str, float]:
    return {
        "raise_deg": thigh_to_floor_deg(posed, side),
        "hip_flexion_deg": posture.leg(side).hip_flexion_deg,
        "knee_flexion_deg": posture.leg(side).knee_flexion_deg,
    }


def _raising(rng: np.random.Generator, side: str, program: Program, goal: float) -> tuple[LegRaise, float]:
    """Return how the person lies and raises the leg, and the thigh's angle at rest."""
    tested, rest, knee = _lying_leg(rng)
    other, other_deg, _ = _lying_leg(rng)
    posture = LegRaise(
        side,
        program.rotation_deg,
        goal,
        float(rng.uniform(0.1, 0.3)),
        float(rng.normal(0, 1.5)),
        float(rng.normal(3, 3)),
        knee,
        float(rng.uniform(0, 5)),
        tested,
        other,
        other_deg,
        (float(rng.uniform(0, 20)), 0.0, float(rng.normal(0, 10))),
        (sample_arm(rng, str(rng.choice(["aside", "belly"]))), sample_arm(rng, str(rng.choice(["aside", "belly"])))),
    )
    return posture, rest


def lying_height(body: Body, posture: Posture) -> float:
    """Height of what a lying person lies on: under nearly all of the trunk."""
    trunk = np.isin(body.weights.argmax(axis=1), [SEGMENTS.index("pelvis"), *range(1, 6)])
    return float(np.percentile(pose(body, posture).vertices_m[trunk, 2], 0.5))


def _camera(
    rng: np.random.Generator,
    points: FloatArray,
    needed: FloatArray,
    floor_z: float,
    top_z: float,
    direction: float,
    size_px: tuple[int, int] | None,
) -> PinholeCamera:
    """Return a camera beside the person, from the height of the mat to that of a table."""
    distance, height, fov = rng.uniform(1.9, 3.0), rng.uniform(0.1, 0.9), rng.uniform(50, 80)
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    towards = np.array([np.cos(direction), np.sin(direction)])

    def place(far: float) -> FloatArray:
        return np.array([*(centre[:2] + max(far * distance, 1.4) * towards), max(top_z, floor_z) + height])

    drawn = _SIZES[rng.integers(len(_SIZES))]
    return aim(rng, points, needed, place, float(rng.uniform(-3, 3)), fov, size_px or drawn)
