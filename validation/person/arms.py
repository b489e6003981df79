"""Where the arms are: a named way of holding them, solved as a two-link chain with the elbow on a chosen side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ArmPlan", "arm_rotations"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ArmPlan:
    """How one arm is held.

    Attributes
    ----------
    how : hanging, aside, thigh, seat, crossed, belly, overhead, forward, behind_thigh or given.
    jitter : three numbers of about -1 to 1 that move the wrist a few centimetres: nobody holds still twice.
    fall_deg : how far the wrist has come forward about the shoulder from where ``how`` holds it.
    wrist, pole, raised_deg : of an arm that is "given": where the wrist is from the shoulder (parts of the arm's
        length) and where the elbow points, both in the world, and how far the shoulder girdle goes up.
    """

    how: str
    jitter: tuple[float, float, float] = (0.0, 0.0, 0.0)
    fall_deg: float = 0.0
    wrist: tuple[float, float, float] = (0.0, 0.0, -1.0)
    pole: tuple[float, float, float] = (-1.0, 0.0, 0.0)
    raised_deg: float = 0.0

    @property
    def shrug_deg(self) -> float:
        """How far the shoulder girdle goes up with the arm."""
        return 22.0 if self.how == "overhead" else self.raised_deg

    @property
    def pronation_deg(self) -> float:
        """Turn of the hand about the forearm from its rest position."""
        return {"thigh": 50.0, "seat": 30.0, "belly": 30.0, "crossed": 30.0}.get(self.how, 0.0)


def _wrist_and_pole(
    plan: ArmPlan, side: str, shoulder: FloatArray, reach: float, at: dict[str, Any]
) -> tuple[FloatArray, FloatArray]:
    """Return the wanted wrist position and the direction in which the elbow points, both in the world."""
    out = 1.0 if side == "right" else -1.0
    chest, pelvis, thigh = at["chest"], at["pelvis"], at["thigh"]
    j = np.array(plan.jitter) * 0.06 * reach

    c, s = np.cos(np.radians(plan.fall_deg)), np.sin(np.radians(plan.fall_deg))

    def chest_point(x: float, y: float, z_out: float) -> FloatArray:
        fallen = np.array([c * x + s * y, c * y - s * x, out * z_out])
        return np.asarray(shoulder + chest @ (fallen * reach + j))

    back, outward, down = -chest[:, 0], out * chest[:, 2], -chest[:, 1]
    along = at["knee_m"] - at["hip_m"]
    if plan.how == "given":
        return shoulder + reach * np.array(plan.wrist), np.array(plan.pole)
    if plan.how == "thigh":
        wrist = at["hip_m"] + 0.52 * along + 0.2 * reach * thigh[:, 0] + thigh @ j
        return wrist, outward + 0.3 * back
    if plan.how == "behind_thigh":
        wrist = at["hip_m"] + 0.72 * along - 0.16 * reach * thigh[:, 0] + 0.1 * reach * out * thigh[:, 2]
        return wrist, outward
    if plan.how == "seat":
        wrist = at["hip_m"] + pelvis @ (np.array([0.02, -0.04, out * 0.34]) * reach + j)
        return wrist, back + 0.4 * outward
    table = {
        "hanging": ((0.03, -0.98, 0.10), back + 0.3 * outward),
        "aside": ((0.02, -0.86, 0.42), back),
        "crossed": ((0.36, -0.38, -0.52), outward + down),
        "belly": ((0.26, -0.62, -0.25), outward + 0.3 * back),
        "overhead": ((0.03, 0.97, 0.12), outward),
        "forward": ((0.94, -0.08, -0.05), outward + down),
    }
    offset, pole = table[plan.how]
    return chest_point(*offset), pole


def _axes(long_axis: FloatArray, bend: FloatArray) -> FloatArray:
    y = long_axis / np.linalg.norm(long_axis)
    z = bend - (bend @ y) * y
    z = z / np.linalg.norm(z)
    return np.column_stack([np.cross(y, z), y, z])


def arm_rotations(
    plan: ArmPlan, side: str, shoulder: FloatArray, upper: float, fore: float, at: dict[str, Any]
) -> tuple[FloatArray, FloatArray]:
    """Axes of upper arm and forearm that bring the wrist where ``plan`` wants it (or as near as the arm reaches)."""
    wrist, pole = _wrist_and_pole(plan, side, shoulder, upper + fore, at)
    line = wrist - shoulder
    length = float(np.linalg.norm(line))
    line = line / length
    length = min(max(length, abs(upper - fore) * 1.05), 0.995 * (upper + fore))
    pole = pole - (pole @ line) * line
    pole = pole / np.linalg.norm(pole)
    cosine = (upper**2 + length**2 - fore**2) / (2 * upper * length)
    elbow = upper * (cosine * line + np.sqrt(max(1 - cosine**2, 0.0)) * pole)
    wrist = length * line
    bend = np.cross(elbow, wrist - elbow)
    bend = bend if side == "right" else -bend
    return _axes(-elbow, bend), _axes(elbow - wrist, bend)
