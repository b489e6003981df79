"""Squats drawn independently of `validation.scenes.squats`: other stances, depths, tempos, arms and faults.

A squat here is a plan (`SquatMove`) and the body at any time of it (`moment_at`), to be posed by
`validation.person.movement.posture_of`. Nothing in this file was ever used to tune the program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, pi, radians

import numpy as np

from validation.person.identity import SIDES
from validation.person.movement import ArmAt, FootAt, Moment
from validation.person.squat_motion import Lengths

__all__ = ["ARMS", "FAULTS", "Repetition", "SquatMove", "moment_at", "sample_squat"]

FAULTS = ("sound", "knee_in", "knee_out", "shift", "lean", "heel_rise", "turned_out", "shallow")
ARMS = {
    "forward": ArmAt((0.97, 0.0, -0.04), (0.0, 0.6, -1.0)),
    "hanging": ArmAt(),
    "overhead": ArmAt((0.02, 0.22, 0.94), (-0.4, 1.0, 0.0), 1.0, 22.0),
    "bar": ArmAt((-0.12, 0.34, 0.02), (-0.5, 0.15, -1.0), 1.0, 5.0),
    "hips": ArmAt((0.02, 0.06, -0.72), (-0.6, 1.0, 0.0), 1.0),
    "chest": ArmAt((0.34, -0.28, -0.24), (0.3, 0.5, -1.0), 1.0),
    "head": ArmAt((0.02, -0.16, 0.36), (0.1, 1.0, 0.2), 1.0, 12.0),
}
"""Ways to hold the arms; "bar" holds one on the back, "head" the hands behind the head."""


@dataclass(frozen=True)
class Repetition:
    """One squat: how deep it goes (parts of the planned depth) and its seconds down, at the bottom, up and standing."""

    depth: float
    down_s: float
    hold_s: float
    up_s: float
    stand_s: float


@dataclass(frozen=True)
class SquatMove:
    """A squat by a person: amounts at the bottom; (left, right) pairs; angles in degrees.

    Attributes
    ----------
    stance : distance of the ankles, parts of the hips'.
    turnout_deg : of the feet. knee_in_deg : knee turned in from over its foot about the line from hip to ankle.
    knee_deg, standing_deg : knee flexion at the bottom and in standing.
    shank_share : part of the knee's flexion that the shank leans.
    lean_deg : trunk minus shank, both against the vertical. pelvis_share : of the trunk's lean that is the pelvis'.
    shift : pelvis to the left, parts of the ankles' distance. side_bend_deg, list_deg : as in `Moment`.
    heel_rise_deg : pitch of the feet. onset : faults grow with depth to this power.
    arms : one of `ARMS`; fall_deg : how far overhead arms come forward.
    lead_s : standing before the first and after the last repetition.
    """

    stance: float
    turnout_deg: tuple[float, float]
    knee_in_deg: tuple[float, float]
    knee_deg: float
    standing_deg: float
    shank_share: float
    lean_deg: float
    pelvis_share: float
    shift: float
    side_bend_deg: float
    list_deg: float
    heel_rise_deg: float
    onset: float
    arms: str
    fall_deg: float
    repetitions: tuple[Repetition, ...]
    lead_s: tuple[float, float]
    sway: tuple[float, float, float, float]

    @property
    def duration_s(self) -> float:
        """Length of the clip; the last repetition's standing is the end's."""
        reps = self.repetitions
        return sum(self.lead_s) + sum(r.down_s + r.hold_s + r.up_s + r.stand_s for r in reps) - reps[-1].stand_s

    def depth_at(self, t: float) -> float:
        """0 standing to about 1 at the bottom; quick in the middle of the way, or slow to start."""
        t -= self.lead_s[0]
        for r in self.repetitions:
            if t < 0:
                return 0.0
            if t < r.down_s:
                return r.depth * _ease(t / r.down_s)
            t -= r.down_s
            if t < r.hold_s:
                return r.depth
            t -= r.hold_s
            if t < r.up_s:
                return r.depth * _ease(1 - t / r.up_s)
            t -= r.up_s + r.stand_s
        return 0.0

    def knee_in_at(self, t: float, leg: int) -> float:
        """Turn of the left (0) or right (1) knee in from over its foot at time ``t``, degrees."""
        return float(self.depth_at(t) ** self.onset * self.knee_in_deg[leg])


def _ease(x: float) -> float:
    return 0.5 - 0.5 * cos(pi * x)


def _repetitions(rng: np.random.Generator) -> tuple[Repetition, ...]:
    pace = float(rng.uniform(0.6, 1.6))
    count = int(rng.choice([1, 2, 3, 4], p=[0.1, 0.35, 0.4, 0.15]))
    return tuple(
        Repetition(
            float(np.clip(rng.normal(1.0, 0.03), 0.92, 1.05)),
            float(pace * rng.uniform(0.95, 1.45)),
            float(rng.choice([rng.uniform(0.03, 0.25), rng.uniform(0.25, 1.2)])),
            float(pace * rng.uniform(0.75, 1.2)),
            float(rng.uniform(0.15, 0.9)),
        )
        for _ in range(count)
    )


def sample_squat(rng: np.random.Generator, fault: str, size: float | None = None, side: str = "both") -> SquatMove:
    """Draw a squat with one fault and nothing else.

    Parameters
    ----------
    rng : source of everything that is not given.
    fault : one of `FAULTS`. "sound" has knees over the feet wherever these point, 0 to 45 degrees out.
    size : degrees a knee turns in or out from over its foot; None draws it.
    side : left, right or both: whose knee.
    """
    stance = float(
        rng.choice([rng.uniform(0.75, 1.3), rng.uniform(1.3, 2.0), rng.uniform(2.0, 2.8)], p=[0.35, 0.4, 0.25])
    )
    # Who stands wide turns the feet out; nobody turns them out far with the heels together and squats deep.
    toes = float(np.clip(rng.uniform(0, 14) + 14 * (stance - 1.0) * rng.uniform(0.3, 1.3), 0, 45))
    turnout = np.clip(toes + rng.normal(0, 2.0, 2), 0, 45)
    track = np.clip(rng.normal(0, 1.5, 2), -3, 3)
    arms = str(rng.choice(list(ARMS), p=[0.24, 0.1, 0.16, 0.2, 0.12, 0.1, 0.08]))
    move = SquatMove(
        stance=stance,
        turnout_deg=(float(turnout[0]), float(turnout[1])),
        knee_in_deg=(float(track[0]), float(track[1])),
        knee_deg=float(rng.uniform(92, 142)),
        standing_deg=float(rng.uniform(6.5, 12)),
        shank_share=float(rng.uniform(0.2, 0.36)),
        lean_deg=float(np.clip(rng.normal(1.0, 4.0), -7, 7)),
        pelvis_share=float(rng.uniform(0.6, 0.95)),
        shift=float(np.clip(rng.normal(0, 0.012), -0.025, 0.025)),
        side_bend_deg=float(np.clip(rng.normal(0, 0.9), -2, 2)),
        list_deg=float(np.clip(rng.normal(0, 0.6), -1.2, 1.2)),
        heel_rise_deg=0.0,
        onset=float(rng.uniform(0.5, 1.2)),
        arms=arms,
        fall_deg=float(rng.uniform(0, 8)) if arms == "overhead" else 0.0,
        repetitions=_repetitions(rng),
        lead_s=(float(rng.uniform(0.5, 1.3)), float(rng.uniform(0.5, 1.1))),
        sway=(*(float(a) for a in rng.uniform(0.001, 0.006, 2)), *(float(a) for a in rng.uniform(0, 2 * pi, 2))),
    )
    return _with_fault(rng, move, fault, size, side)


def _with_fault(rng: np.random.Generator, move: SquatMove, fault: str, size: float | None, side: str) -> SquatMove:
    turn = float(rng.choice([-1.0, 1.0]))
    inward = float(rng.uniform(5, 25)) if size is None else size
    knees = [k + (inward if side in (s, "both") else 0.0) for s, k in zip(SIDES, move.knee_in_deg, strict=True)]
    outward = [k - (inward if side in (s, "both") else 0.0) for s, k in zip(SIDES, move.knee_in_deg, strict=True)]
    if fault == "knee_in":
        return replace(move, knee_in_deg=(knees[0], knees[1]))
    if fault == "knee_out":
        return replace(move, knee_in_deg=(outward[0], outward[1]))
    if fault == "shift":
        # Parts of the ankles' distance: as far in metres from a narrow stance as from a wide one.
        return replace(move, shift=turn * float(rng.uniform(0.2, 0.34)) * 1.5 / max(move.stance, 1.2))
    if fault == "lean":
        return replace(move, lean_deg=float(rng.uniform(17, 36)), shank_share=float(rng.uniform(0.12, 0.26)))
    if fault == "heel_rise":
        return replace(move, heel_rise_deg=float(rng.uniform(15, 30)), shank_share=float(rng.uniform(0.36, 0.44)))
    if fault == "turned_out":
        toes = np.clip(rng.uniform(30, 45) + rng.normal(0, 1.5, 2), 28, 46)
        return replace(move, turnout_deg=(float(toes[0]), float(toes[1])), stance=max(move.stance, 1.3))
    if fault == "shallow":
        return replace(move, knee_deg=float(rng.uniform(48, 82)))
    return move


def moment_at(move: SquatMove, lengths: Lengths, t: float) -> Moment:
    """Return the body at time ``t``, seconds."""
    depth = move.depth_at(t)
    fault = depth**move.onset
    knee = radians(move.standing_deg + (move.knee_deg - move.standing_deg) * depth)
    reach = np.sqrt(lengths.thigh**2 + lengths.shank**2 + 2 * lengths.thigh * lengths.shank * cos(knee))
    half = move.stance * lengths.hip_half
    aside = half - lengths.hip_half
    down = np.sqrt(max(reach**2 - aside**2, 0.01))
    shank_back = np.arctan2(lengths.thigh * np.sin(knee), lengths.shank + lengths.thigh * cos(knee))
    out = radians(float(np.mean(move.turnout_deg)))
    back = (shank_back - move.shank_share * knee) * cos(0.7 * out)
    shank_deg = float(np.degrees(move.shank_share * knee)) * cos(0.7 * out)
    sway = [a * np.sin(2 * pi * 0.35 * t + p) for a, p in zip(move.sway[:2], move.sway[2:], strict=True)]
    arm = ARMS[move.arms]
    if move.fall_deg:
        c, s = cos(radians(fault * move.fall_deg)), np.sin(radians(fault * move.fall_deg))
        x, y, z = arm.wrist
        arm = replace(arm, wrist=(c * x + s * z, y, c * z - s * x))
    feet = [FootAt(0.0, half, 0.0, turn, fault * move.heel_rise_deg) for turn in move.turnout_deg]
    x, z = -down * np.sin(back) + sway[0], lengths.ankle_height + down * cos(back)
    return Moment(
        pelvis=(float(x), float(fault * move.shift * 2 * half + sway[1]), float(z)),
        feet=(feet[0], feet[1]),
        arms=(arm, arm),
        knee_in_deg=(move.knee_in_at(t, 0), move.knee_in_at(t, 1)),
        lean_deg=shank_deg + depth * move.lean_deg,
        pelvis_share=move.pelvis_share,
        list_deg=fault * move.list_deg,
        side_bend_deg=fault * move.side_bend_deg,
    )
