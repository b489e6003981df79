"""Prone hip rotation: a person on the front, one knee at a right angle, whose shin falls outward and inward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from validation.person.arms import ArmPlan
from validation.person.body import Body, build_body
from validation.person.identity import FloatArray
from validation.person.motion import Program, sample_program
from validation.person.phantom import Leg, Posed, Posture, hip_angles_deg
from validation.person.postures import sample_arm
from validation.person.render import Finish, PinholeCamera
from validation.scenes.framing import aim, extent, sample_finish, sample_size
from validation.scenes.leg_raises import lying_height
from validation.scenes.range_trial import RangeTrial, turned
from validation.scenes.rooms import bed, sample_light, sample_room
from validation.scenes.scene import Scene

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["PLACES", "prone_rotation"]

ON_FRONT: FloatArray = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
"""ISB axes (columns) of a person on the front, head towards -x."""
PLACES = ("foot_end", "overhead", "head_end", "side")
_DIRECTION_DEG = {"foot_end": 0.0, "head_end": 180.0, "side": 90.0}


@dataclass(frozen=True)
class Prone:
    """A person on the front; the pelvis rolls off the bench with the shin by ``roll_deg`` (over time)."""

    side: str
    rotation_deg: Callable[[float], float]
    roll_deg: Callable[[float], float]
    tested: Leg
    other: Leg
    head_deg: tuple[float, float, float]
    arms: tuple[ArmPlan, ArmPlan]

    def __call__(self, t: float) -> Posture:
        """Posture at time ``t``, seconds."""
        axes = ON_FRONT @ Rotation.from_euler("Y", self.roll_deg(t), degrees=True).as_matrix()
        tested = replace(self.tested, hip_rotation_deg=self.rotation_deg(t))
        left, right = (tested, self.other) if self.side == "left" else (self.other, tested)
        return Posture(np.zeros(3), axes, left, right, (0.0, 0.0, -0.7 * self.roll_deg(t)), self.head_deg, self.arms)


def prone_rotation(
    seed: int,
    *,
    place: str = "foot_end",
    side: str | None = None,
    internal_deg: float | None = None,
    external_deg: float | None = None,
    repetitions: int = 1,
    size_px: tuple[int, int] | None = None,
    finish: Finish | None = None,
    worn: Dressed | None = None,
) -> RangeTrial:
    """Sample a prone rotation: internal, then external.

    Parameters
    ----------
    seed : decides everything that is not given; one person per seed.
    place : of the camera, one of `PLACES`.
    side : the tested leg.
    internal_deg, external_deg : hip rotation reached; None draws 15 to 55.
    repetitions, size_px, finish : of the recording; None draws them.
    worn : a dressed person; None draws a mannequin.
    """
    rng = np.random.default_rng([seed, 79])
    body: Body = worn.body if worn else build_body(seed)
    drawn_side = str(rng.choice(["left", "right"]))
    side = side or drawn_side
    goals = rng.uniform(15, 55, 2)
    program = sample_program(
        rng,
        internal_deg=float(goals[0]) if internal_deg is None else internal_deg,
        external_deg=float(goals[1]) if external_deg is None else external_deg,
        repetitions=repetitions,
    )
    posture = _prone(rng, side, program)
    top_z = lying_height(body, posture(0.0))
    floor_z = top_z - float(rng.choice([0.01, rng.uniform(0.3, 0.75)]))
    light = sample_light(rng)
    points, needed = extent(body, posture, program.key_times())
    camera, direction = _camera(rng, place, points, needed, top_z, size_px)
    room = sample_room(rng, floor_z, light, -2.2, height_m=3.4)
    drawn_finish = sample_finish(rng)
    middle = np.array([0.02, 0.0, 0.0])
    scene = Scene(
        seed,
        "prone_rotation",
        side,
        place,
        body,
        posture,
        camera,
        light,
        finish or drawn_finish,
        turned(room.polygons, direction),
        under=bed(rng, top_z, floor_z, middle, float(rng.uniform(2.0, 2.3))),
        info={"place": place},
        worn=worn,
    )

    return RangeTrial("prone_rotation", {"side": side, "mode": "active"}, scene, program, partial(_read, side))


def _read(side: str, posed: Posed, _: Posture) -> dict[str, float]:
    flexion, _, rotation = hip_angles_deg(posed.axes["pelvis"], posed.axes[f"thigh_{side}"], side)
    return {"rotation_deg": rotation, "hip_flexion_deg": flexion}


def _prone(rng: np.random.Generator, side: str, program: Program) -> Prone:
    turn_head = float(rng.choice([-1, 1]) * rng.uniform(20, 65))
    return Prone(
        side,
        program.rotation_deg,
        lambda _t: 0.0,
        Leg(float(rng.uniform(-4, 2)), -float(rng.uniform(-2, 5)), 0.0, float(rng.uniform(80, 98)), 0.0),
        Leg(float(rng.uniform(-4, 2)), -float(rng.uniform(2, 10)), float(rng.uniform(-15, 5)), 4.0, -45.0),
        (-5.0, 0.0, turn_head),
        (sample_arm(rng, "aside"), sample_arm(rng, "aside")),
    )


def _camera(
    rng: np.random.Generator,
    place: str,
    points: FloatArray,
    needed: FloatArray,
    top_z: float,
    size_px: tuple[int, int] | None,
) -> tuple[PinholeCamera, float]:
    fov, size = float(rng.uniform(50, 78)), size_px or sample_size(rng)
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    if place == "overhead":
        height = rng.uniform(1.7, 2.3)
        lean = np.radians(rng.uniform(-10, 10, 2))
        turn = np.radians(90.0 * (size[0] > size[1]) + 180.0 * rng.integers(2) + rng.uniform(-10, 10))

        def above(far: float) -> FloatArray:
            h = max(far * height, 1.5)
            return np.array([centre[0] + h * np.tan(lean[0]), centre[1] + h * np.tan(lean[1]), top_z + h])

        return aim(rng, points, needed, above, 0.0, fov, size, (float(np.cos(turn)), float(np.sin(turn)), 0.0)), 0.0
    direction = float(np.radians(_DIRECTION_DEG[place] + rng.uniform(-12, 12)))
    height = rng.uniform(0.3, 0.8) if place == "foot_end" else rng.uniform(0.6, 1.4)
    beyond = rng.uniform(1.7, 2.6)
    towards = np.array([np.cos(direction), np.sin(direction)])

    def around(far: float) -> FloatArray:
        return np.array([*(centre[:2] + max(far * beyond, 1.4) * towards), top_z + height])

    return aim(rng, points, needed, around, float(rng.uniform(-3, 3)), fov, size), direction
