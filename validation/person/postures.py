"""How people sit and lie in the hip rotation test: postures as functions of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial.transform import Rotation

from validation.person.arms import ArmPlan
from validation.person.body import Body
from validation.person.identity import FloatArray
from validation.person.phantom import Leg, Posture, hip_angles_deg, pelvis_matrix

__all__ = ["Curve", "Lying", "Sitting", "Swing", "constant", "sample_arm", "sample_lying", "sample_sitting"]

Curve = Callable[[float], float]


def constant(value: float) -> Curve:
    """Return a curve that stays at ``value``."""
    return lambda _t: value


@dataclass(frozen=True)
class Swing:
    """What moves in a hip rotation test, curves over time (s) in degrees.

    Attributes
    ----------
    rotation_deg : of the tested hip, internal +.
    hike_deg : how far the tested side of the pelvis is lifted; the thigh follows rigidly.
    sway_deg : small side bend of the trunk, to the right +.
    lowest_deg : the most external rotation there will be: the other leg makes room for it.
    """

    rotation_deg: Curve
    hike_deg: Curve = field(default=lambda _t: 0.0)
    sway_deg: Curve = field(default=lambda _t: 0.0)
    lowest_deg: float = 0.0

    @classmethod
    def still(cls, rng: np.random.Generator) -> Swing:
        """Draw one fixed rotation of -40 to 55 degrees, hiked by up to 9 degrees in three of ten."""
        rotation = float(rng.uniform(-40, 55))
        hike = float(rng.choice([0.0, rng.uniform(0, 9)], p=[0.7, 0.3])) if rotation > 5 else 0.0
        return cls(constant(rotation), constant(hike), lowest_deg=min(rotation, 0.0))


def sample_arm(rng: np.random.Generator, how: str) -> ArmPlan:
    """Hold an arm in the named way, not quite the same each time."""
    a, b, c = rng.uniform(-1, 1, 3)
    return ArmPlan(how, (float(a), float(b), float(c)))


def _other(side: str) -> str:
    return "right" if side == "left" else "left"


def _sides(side: str, tested: Leg, other: Leg) -> tuple[Leg, Leg]:
    return (tested, other) if side == "left" else (other, tested)


@dataclass(frozen=True)
class Sitting:
    """A sitting person: the pelvis turns up about the other hip, and that leg stays where it is."""

    body: Body
    side: str
    swing: Swing
    tested: Leg
    other: Leg
    tilt_deg: float
    list_deg: float
    trunk_deg: tuple[float, float, float]
    head_deg: tuple[float, float, float]
    arms: tuple[ArmPlan, ArmPlan]

    def __call__(self, t: float) -> Posture:
        """Posture at time ``t``, seconds."""
        hike = self.swing.hike_deg(t) * (1.0 if self.side == "left" else -1.0)
        base = pelvis_matrix(0.0, self.list_deg, self.tilt_deg)
        axes = pelvis_matrix(0.0, self.list_deg + hike, self.tilt_deg)
        far = _other(self.side)
        from_middle = self.body.joints_m[f"hip_{far}"] - self.body.joints_m["pelvis"]
        offset = self.body.frames["pelvis"].T @ from_middle
        still = self.other
        flexion, adduction, rotation = hip_angles_deg(axes, base @ _thigh_in_pelvis(still, far), far)
        other = replace(still, hip_flexion_deg=flexion, hip_adduction_deg=adduction, hip_rotation_deg=rotation)
        tested = replace(self.tested, hip_rotation_deg=self.swing.rotation_deg(t))
        bend, side_bend, turn = self.trunk_deg
        upright_again = -0.6 * hike
        return Posture(
            (base - axes) @ offset,
            axes,
            *_sides(self.side, tested, other),
            trunk_deg=(bend, side_bend + upright_again + self.swing.sway_deg(t), turn),
            head_deg=self.head_deg,
            arms=self.arms,
        )


def _thigh_in_pelvis(leg: Leg, side: str) -> FloatArray:
    sign = 1.0 if side == "right" else -1.0
    angles = [leg.hip_flexion_deg, sign * leg.hip_adduction_deg, sign * leg.hip_rotation_deg]
    return np.asarray(Rotation.from_euler("ZXY", angles, degrees=True).as_matrix())


def _other_leg_sitting(rng: np.random.Generator, lowest_deg: float) -> Leg:
    """The leg that is not tested; it gives way when the tested shank has to swing towards it."""
    if lowest_deg < -8:
        return Leg(rng.uniform(82, 98), -rng.uniform(14, 24), rng.normal(0, 4), rng.uniform(98, 112), 0.0)
    return Leg(rng.uniform(82, 98), -rng.uniform(-2, 12), rng.normal(0, 5), rng.uniform(78, 100), rng.uniform(-20, 5))


def sample_sitting(rng: np.random.Generator, body: Body, side: str, swing: Swing) -> Sitting:
    """Draw a sitting posture: hip flexion 80-100, thigh level within 6, knee 78-100, abduction -5 to 12 degrees."""
    flexion, elevation = rng.uniform(80, 100), np.clip(rng.normal(0, 3), -6, 6)
    tilt = 90.0 + elevation - flexion
    lean = float(np.clip(rng.normal(4, 6), -12, 18))
    adduction = -rng.uniform(3, 12) if swing.lowest_deg < -8 else -rng.uniform(-5, 12)
    arms = [sample_arm(rng, str(how)) for how in rng.choice(["thigh", "seat", "crossed", "hanging", "belly"], 2)]
    if "crossed" in (arms[0].how, arms[1].how):
        arms = [ArmPlan("crossed"), sample_arm(rng, "belly")]
    return Sitting(
        body,
        side,
        swing,
        Leg(flexion, adduction, 0.0, rng.uniform(78, 100), rng.uniform(-15, 10)),
        _other_leg_sitting(rng, swing.lowest_deg),
        tilt,
        float(rng.normal(0, 0.7)),
        (lean + tilt, float(rng.normal(0, 2.5)), float(rng.normal(0, 4))),
        (float(rng.normal(5, 8)), float(rng.normal(0, 4)), float(rng.normal(0, 12))),
        (arms[0], arms[1]),
    )


@dataclass(frozen=True)
class Lying:
    """A person on the back, head towards -x; ``held``: a hand or both hold the thigh up."""

    side: str
    swing: Swing
    axes: FloatArray
    tested: Leg
    other: Leg
    trunk_deg: tuple[float, float, float]
    head_deg: tuple[float, float, float]
    arms: tuple[ArmPlan, ArmPlan]
    held: bool

    def __call__(self, t: float) -> Posture:
        """Posture at time ``t``, seconds."""
        tested = replace(self.tested, hip_rotation_deg=self.swing.rotation_deg(t))
        return Posture(
            np.zeros(3),
            self.axes,
            *_sides(self.side, tested, self.other),
            trunk_deg=self.trunk_deg,
            head_deg=self.head_deg,
            arms=self.arms,
        )


def _other_leg_lying(rng: np.random.Generator, thigh_m: float, shank_m: float) -> Leg:
    """Straight on the mat, or bent with the foot flat on it."""
    if rng.random() < 0.55:
        return Leg(rng.uniform(0, 6), -rng.uniform(2, 14), rng.uniform(-20, 5), rng.uniform(0, 8), -rng.uniform(15, 40))
    flexion = rng.uniform(40, 58)
    # The ankle lies about level with the hip: thigh * sin(f) = shank * sin(k - f).
    knee = flexion + np.degrees(np.arcsin(np.clip(thigh_m / shank_m * np.sin(np.radians(flexion)), -1, 0.999)))
    return Leg(flexion, -rng.uniform(0, 10), rng.normal(0, 4), knee, -(90 - (knee - flexion)) * 0.8)


def sample_lying(rng: np.random.Generator, body: Body, side: str, swing: Swing) -> Lying:
    """Draw a supine posture with hip and knee of the tested leg at 80-100 degrees."""
    thigh_m, shank_m = (
        float(np.linalg.norm(body.joints_m[f"{a}_{side}"] - body.joints_m[f"{b}_{side}"]))
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    )
    tested = Leg(rng.uniform(80, 100), -rng.uniform(-5, 10), 0.0, rng.uniform(80, 100), rng.uniform(-25, 5))
    other = _other_leg_lying(rng, thigh_m, shank_m)
    roll, tilt = rng.normal(0, 1.5), rng.normal(3, 3)
    on_back = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
    axes = on_back @ Rotation.from_euler("XZ", [roll, tilt], degrees=True).as_matrix()
    held = bool(rng.random() < 0.3)
    how = ["behind_thigh" if held else str(rng.choice(["aside", "belly", "hanging"])) for _ in range(2)]
    if held and rng.random() < 0.5:
        how[0 if side == "right" else 1] = "aside"
    return Lying(
        side,
        swing,
        axes,
        tested,
        other,
        (float(rng.uniform(-2, 6)), float(rng.normal(0, 3)), float(rng.normal(0, 3))),
        (float(rng.uniform(0, 20)), 0.0, float(rng.normal(0, 10))),
        (sample_arm(rng, how[0]), sample_arm(rng, how[1])),
        held,
    )
