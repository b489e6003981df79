"""What a squat screen should read in a synthetic squat: its own definitions, on joints that are known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.protocols.squat.frontal import MIN_KNEE_OFFSET
from rom_vision.protocols.squat.rules import held
from validation.person.squat_motion import PAUSE_S, Lengths, SquatPlan, depth_at, pose_squat

__all__ = ["KneeTruth", "knee_truth", "plan_of"]

FloatArray = npt.NDArray[np.float64]

_SIDES = ("left", "right")
_STEP_S = 0.02


@dataclass(frozen=True)
class KneeTruth:
    """Largest amounts that last as long as a finding has to (see `rom_vision.protocols.squat.rules.held`), degrees.

    ``turn_in`` and ``turn_out`` of each knee about its hip-ankle line; ``projected`` frontal-plane projection angle of
    each knee, valgus +; ``in_beyond_other``: left beyond right, right beyond left.
    """

    turn_in: tuple[float, float]
    turn_out: tuple[float, float]
    projected: tuple[float, float]
    in_beyond_other: tuple[float, float]


def plan_of(stored: dict[str, Any]) -> SquatPlan:
    """Read a plan that was kept as JSON."""
    return SquatPlan(**{name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()})


def knee_truth(plan: SquatPlan, lengths: Lengths | None = None) -> KneeTruth:
    """Follow the knees through one repetition; of the lengths, angles depend only by their ratios, and little."""
    lengths = lengths or Lengths()
    time_s = np.arange(PAUSE_S, PAUSE_S + plan.descent_s + plan.bottom_s + plan.ascent_s, _STEP_S)
    turned, projected = np.empty((2, len(time_s))), np.empty((2, len(time_s)))
    for k, t in enumerate(time_s):
        joints = pose_squat(lengths, plan, depth_at(plan, float(t))).joints_m
        for i, side in enumerate(_SIDES):
            turned[i, k], projected[i, k] = _knee(joints, side, lengths.leg)

    def most(curve: FloatArray) -> float:
        return held(time_s, curve)[0]

    return KneeTruth(
        (most(turned[0]), most(turned[1])),
        (most(-turned[0]), most(-turned[1])),
        (most(projected[0]), most(projected[1])),
        (most(turned[0] - turned[1]), most(turned[1] - turned[0])),
    )


def _knee(joints: dict[str, FloatArray], side: str, leg_m: float) -> tuple[float, float]:
    """Turn of the knee about its hip-ankle line (NaN where it is too straight) and its frontal projection, degrees."""
    hip, knee, ankle = (joints[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    inward = -1.0 if side == "left" else 1.0
    offset = knee - ankle - (knee - ankle)[2] / (hip - ankle)[2] * (hip - ankle)
    medial, ahead = inward * offset[1], offset[0]
    shank = np.arctan2(inward * (knee - ankle)[1], (knee - ankle)[2])
    thigh = np.arctan2(inward * (hip - knee)[1], (hip - knee)[2])
    bent = np.hypot(medial, ahead) >= MIN_KNEE_OFFSET * leg_m
    turned = np.degrees(np.arctan2(medial, max(ahead, 1e-6))) if bent else np.nan
    return float(turned), float(np.degrees(shank - thigh))
