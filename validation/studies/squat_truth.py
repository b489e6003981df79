"""What a squat screen should read in a synthetic squat: its own definitions, on joints that are known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.protocols.squat.rules import held
from validation.person.over_feet import knee_flexion_deg, turn_from_over_foot_deg
from validation.person.squat_motion import PAUSE_S, Lengths, SquatPlan, depth_at, pose_squat

__all__ = ["KneeTruth", "knee_truth", "lengths_from", "plan_of"]

FloatArray = npt.NDArray[np.float64]

_SIDES = ("left", "right")
_STEP_S = 0.02
_BENT_DEG, _BENT_SHARE = 60.0, 0.75
"""A straight knee has no direction: it counts from this flexion on, or from this share of its most."""


@dataclass(frozen=True)
class KneeTruth:
    """Largest amounts that last as long as a finding has to (see `rom_vision.protocols.squat.rules.held`), degrees.

    ``turn_in`` and ``turn_out`` of each knee from over its foot, about its hip-ankle line; ``projected`` frontal-plane
    projection angle of each knee, valgus +; ``in_beyond_other``: left beyond right, right beyond left.
    """

    turn_in: tuple[float, float]
    turn_out: tuple[float, float]
    projected: tuple[float, float]
    in_beyond_other: tuple[float, float]


def plan_of(stored: dict[str, Any]) -> SquatPlan:
    """Read a plan that was kept as JSON."""
    return SquatPlan(**{name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()})


def lengths_from(stored: dict[str, Any]) -> Lengths:
    """Read lengths that were kept as JSON."""
    return Lengths(**{name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()})


def knee_truth(plan: SquatPlan, lengths: Lengths) -> KneeTruth:
    """Follow the knees through one repetition of somebody with these lengths."""
    time_s = np.arange(PAUSE_S, PAUSE_S + plan.descent_s + plan.bottom_s + plan.ascent_s, _STEP_S)
    turned, projected, bent = (np.empty((2, len(time_s))) for _ in range(3))
    for k, t in enumerate(time_s):
        joints = pose_squat(lengths, plan, depth_at(plan, float(t))).joints_m
        for i, side in enumerate(_SIDES):
            turned[i, k] = turn_from_over_foot_deg(joints, side)
            projected[i, k] = _projected_deg(joints, side)
            bent[i, k] = knee_flexion_deg(joints, side)
    turned[bent < np.minimum(_BENT_DEG, _BENT_SHARE * bent.max())] = np.nan

    def most(curve: FloatArray) -> float:
        return held(time_s, curve)[0]

    return KneeTruth(
        (most(turned[0]), most(turned[1])),
        (most(-turned[0]), most(-turned[1])),
        (most(projected[0]), most(projected[1])),
        (most(turned[0] - turned[1]), most(turned[1] - turned[0])),
    )


def _projected_deg(joints: dict[str, FloatArray], side: str) -> float:
    """Frontal-plane projection angle of a knee, valgus +, degrees."""
    hip, knee, ankle = (joints[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    inward = -1.0 if side == "left" else 1.0
    shank = np.arctan2(inward * (knee - ankle)[1], (knee - ankle)[2])
    thigh = np.arctan2(inward * (hip - knee)[1], (hip - knee)[2])
    return float(np.degrees(shank - thigh))
