"""Knees against feet: a knee is over its foot where the shank leans the way the foot points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from validation.person.squat_motion import SIDES, Lengths, SquatPlan, pose_squat

__all__ = ["knee_flexion_deg", "over_feet", "turn_from_over_foot_deg"]

FloatArray = npt.NDArray[np.float64]


def over_feet(
    plan: SquatPlan, lengths: Lengths, turned_in_deg: tuple[float | None, float | None] = (0.0, 0.0)
) -> SquatPlan:
    """Return the plan with its (left, right) knees turned in by so much from over their feet at the bottom.

    None leaves a knee where the plan has it.
    """
    joints = pose_squat(lengths, plan, 1.0).joints_m
    swings = [
        swing if wanted is None else swing - turn_from_over_foot_deg(joints, side) + wanted
        for side, swing, wanted in zip(SIDES, plan.swing_in_deg, turned_in_deg, strict=True)
    ]
    return replace(plan, swing_in_deg=(swings[0], swings[1]))


def turn_from_over_foot_deg(joints: dict[str, FloatArray], side: str) -> float:
    """Turn of a knee inwards from over its foot, degrees.

    The knee goes round on a circle about the line from hip to ankle. Over its foot it is where that circle meets the
    foot's vertical plane, in front of the ankle.
    """
    hip, knee, ankle, heel, toe = (joints[f"{name}_{side}"] for name in ("hip", "knee", "ankle", "heel", "toe"))
    inward = np.array([0.0, -1.0 if side == "left" else 1.0, 0.0])
    foot = (toe - heel) * (1, 1, 0) / np.linalg.norm((toe - heel)[:2])
    normal = np.array([-foot[1], foot[0], 0.0])  # of the foot's plane
    line = (ankle - hip) / np.linalg.norm(ankle - hip)
    middle = hip + (knee - hip) @ line * line
    ahead = foot - foot @ line * line
    ahead /= np.linalg.norm(ahead)
    aside = np.cross(line, ahead)
    aside *= np.sign(aside @ inward)
    reach = float(np.linalg.norm(knee - middle))
    # normal . (middle + reach (cos a ahead + sin a aside) - ankle) = 0
    swing = reach * np.hypot(normal @ ahead, normal @ aside)
    phase = np.arctan2(normal @ aside, normal @ ahead)
    open_by = np.arccos(np.clip(-(normal @ (middle - ankle)) / swing, -1.0, 1.0))
    over = min((phase + open_by, phase - open_by), key=lambda a: abs(np.angle(np.exp(1j * a))))
    turned = np.arctan2((knee - middle) @ aside, (knee - middle) @ ahead)
    return float(np.degrees(np.angle(np.exp(1j * (turned - over)))))


def knee_flexion_deg(joints: dict[str, FloatArray], side: str) -> float:
    """Flexion of a knee, degrees."""
    hip, knee, ankle = (joints[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    cosine = thigh @ shank / (np.linalg.norm(thigh) * np.linalg.norm(shank))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
