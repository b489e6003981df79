"""Drills by the synthetic person, cleanly or with one cheat: each is filmed as the drill asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, pi
from pathlib import Path

import numpy as np

from rom_vision.capture import VideoWriter
from rom_vision.drills.book import find_drill
from validation.person.movement import FootAt, Moment, Movement, posture_of
from validation.person.phantom import Posture
from validation.person.postures import Swing
from validation.person.squat_motion import Lengths
from validation.scenes.hip_tests import seated
from validation.scenes.mat_drills import MAT_CHEATS, mat_clip
from validation.scenes.movement_clips import MovementClip, movement_clip, plan_rng, write_movement
from validation.scenes.scene import still
from validation.scenes.squat_moves import ARMS, Repetition, moment_at, sample_squat

__all__ = ["CHEATS", "REPETITIONS", "write_drill"]

CHEATS: dict[str, tuple[str, ...]] = {
    "seated_ir_lift": ("pelvis", "trunk", "fast", "short"),
    "box_squat": ("knee", "shift", "trunk", "fast"),
    "hip_cars": ("trunk", "small", "fast"),
    **MAT_CHEATS,
}
"""Drills that can be filmed, and the cheats of each."""
REPETITIONS = {code: 1 if code == "supine_passive_rotation" else 3 for code in CHEATS}
"""In each recording; half a minute is held once."""
_MOST_ASIDE_DEG = 12.0
_SIZE_PX = (800, 450)


@dataclass(frozen=True)
class _Pace:
    """Seconds out, held, back and at rest."""

    out_s: float
    hold_s: float
    back_s: float
    rest_s: float

    @property
    def whole_s(self) -> float:
        return self.out_s + self.hold_s + self.back_s + self.rest_s


def write_drill(code: str, seed: int, cheat: str | None, path: str | Path, fps: float) -> tuple[str, float]:
    """Film one recording of `REPETITIONS` repetitions as H.264; return the leg that works and the camera's azimuth.

    Parameters
    ----------
    code : a key of `CHEATS`.
    seed : decides person, room, camera and everything else.
    cheat : one of `CHEATS`; None does it cleanly.
    path : the file.
    fps : pictures a second.
    """
    rng = np.random.default_rng([seed, 83])
    side = str(rng.choice(["left", "right"]))
    if code == "seated_ir_lift":
        return side, _write_seated(rng, seed, side, cheat, path, fps)
    clip, drill = drill_clip(code, rng, seed, side, cheat), find_drill(code)
    write_movement(clip, path, fps)
    return side if drill is not None and drill.sides else "both", float(clip.info["azimuth_deg"])


def drill_clip(code: str, rng: np.random.Generator, seed: int, side: str, cheat: str | None) -> MovementClip:
    """Draw the recording of any drill but the sitting lift, see `write_drill`."""
    if code in MAT_CHEATS:
        return mat_clip(code, seed, side, cheat, REPETITIONS[code])
    return _squat_clip(rng, seed, cheat) if code == "box_squat" else _circle_clip(rng, seed, side, cheat)


def _ease(x: float) -> float:
    return 0.5 - 0.5 * cos(pi * x)


def _share(paces: list[_Pace], t: float) -> float:
    """How far out the movement is at ``t``, 0 to 1."""
    for p in paces:
        if t < 0:
            return 0.0
        if t < p.out_s:
            return _ease(t / p.out_s)
        if t < p.out_s + p.hold_s:
            return 1.0
        if t < p.out_s + p.hold_s + p.back_s:
            return _ease(1 - (t - p.out_s - p.hold_s) / p.back_s)
        t -= p.whole_s
    return 0.0


def _write_seated(
    rng: np.random.Generator, seed: int, side: str, cheat: str | None, path: str | Path, fps: float
) -> float:
    fast, short = cheat == "fast", cheat == "short"
    paces = [
        _Pace(
            float(rng.uniform(0.25, 0.35) if fast else rng.uniform(0.9, 1.6)),
            float(rng.uniform(0.3, 0.9) if short else rng.uniform(3.0, 3.8)),
            float(rng.uniform(0.25, 0.35) if fast else rng.uniform(0.9, 1.6)),
            float(rng.uniform(1.0, 1.8)),
        )
        for _ in range(REPETITIONS["seated_ir_lift"])
    ]
    lead = float(rng.uniform(1.8, 2.4))
    goal, rest = float(rng.uniform(28, 42)), float(rng.normal(0, 2))
    hike = float(rng.uniform(9, 13)) if cheat == "pelvis" else float(rng.uniform(0, 1.5))
    sway = float(rng.choice([-1, 1]) * rng.uniform(15, 22)) if cheat == "trunk" else 0.0
    end = lead + sum(p.whole_s for p in paces)

    def share(t: float) -> float:
        return _share(paces, t - lead)

    swing = Swing(
        lambda t: rest + share(t) * (goal - rest),
        lambda t: share(t) * hike,
        lambda t: share(t) * sway + 0.5 * float(np.sin(2 * pi * 0.23 * t)),
    )
    yaw = float(rng.uniform(-_MOST_ASIDE_DEG, _MOST_ASIDE_DEG))
    times = (0.0, lead + paces[0].out_s + 0.2, end)
    scene = seated(seed, side=side, swing=swing, yaw_deg=yaw, times=times, size_px=_SIZE_PX, alone=True)
    with VideoWriter(path, *_SIZE_PX) as out:
        for k in range(int(end * fps)):
            out.write(still(scene, k / fps, fast=True)[0], k / fps)
    return yaw


def _front_clip(seed: int, kind: str) -> MovementClip:
    """Return the first clip from ``seed`` on (in steps of 1000) that is filmed from nearly straight in front."""
    while True:
        clip = movement_clip(seed, kind, "front")
        if abs(clip.info["azimuth_deg"]) <= _MOST_ASIDE_DEG and not clip.info["hand_held"]:
            return clip
        seed += 1000


def _squat_clip(rng: np.random.Generator, seed: int, cheat: str | None) -> MovementClip:
    clip = _front_clip(seed, "squat")
    fault = {"knee": "knee_in", "shift": "shift"}.get(cheat or "", "sound")
    move = sample_squat(plan_rng(clip.seed), fault, 25.0 if cheat == "knee" else None)
    reps = tuple(
        Repetition(
            1.0,
            float(rng.uniform(0.6, 0.8) if cheat == "fast" else rng.uniform(3.2, 4.2)),
            0.3,
            float(rng.uniform(0.5, 0.7) if cheat == "fast" else rng.uniform(1.7, 2.4)),
            float(rng.uniform(1.0, 1.6)),
        )
        for _ in range(REPETITIONS["box_squat"])
    )
    bend = float(rng.choice([-1, 1]) * rng.uniform(15, 22)) if cheat == "trunk" else move.side_bend_deg
    stance = float(np.clip(move.stance, 1.0, 1.8))
    move = replace(move, repetitions=reps, lead_s=(1.8, 1.2), side_bend_deg=bend, stance=stance)

    def posture(t: float) -> Posture:
        return posture_of(clip.lengths, moment_at(move, clip.lengths, t))

    return replace(clip, posture=posture, duration_s=move.duration_s)


def _circle_clip(rng: np.random.Generator, seed: int, side: str, cheat: str | None) -> MovementClip:
    clip = _front_clip(seed, "side_lunge")  # leaves room beside the person
    movement = _circles(rng, clip.lengths, 0 if side == "left" else 1, cheat)
    return replace(clip, posture=lambda t: posture_of(clip.lengths, movement.at(t)), duration_s=movement.duration_s)


def _circles(rng: np.random.Generator, lengths: Lengths, own: int, cheat: str | None) -> Movement:
    """Knee up in front, out to the side, foot behind, down."""
    leg, half = lengths.leg, lengths.hip_half
    planted = FootAt(0.0, half * 1.1, 0.0, 6.0, 0.0)
    arms = (ARMS["hips"],) * 2
    aside = (-1.0 if own == 0 else 1.0) * 0.35 * half
    away = 1.0 if own == 0 else -1.0

    def body(foot: FootAt, wrong: float) -> Moment:
        feet = [planted, planted]
        feet[own] = foot
        return Moment(
            (0.0, aside if foot is not planted else 0.0, lengths.ankle_height + 0.995 * leg),
            (feet[0], feet[1]),
            arms,
            side_bend_deg=away * wrong * 19.0 if cheat == "trunk" else 0.0,
        )

    high = float(rng.uniform(0.36, 0.44)) * leg
    up = FootAt(0.22 * leg, planted.out, high, 6.0, 10.0)
    # A knee that is not opened stays in front; with the foot under the hip it would have to go aside.
    ahead, wide, toes = (0.2, 0.05, 10.0) if cheat == "small" else (0.06, float(rng.uniform(0.36, 0.46)), 70.0)
    out = FootAt(ahead * leg, planted.out + wide * leg, high, toes, 10.0)
    behind = FootAt(-0.3 * leg, planted.out + 0.4 * wide * leg, 0.22 * leg, 25.0, 55.0)
    standing = body(planted, 0.0)
    steps = [(0.0, standing), (1.8, standing)]
    for _ in range(REPETITIONS["hip_cars"]):
        pace = float(rng.uniform(0.24, 0.32) if cheat == "fast" else rng.uniform(1.1, 1.6))
        steps += [(pace, body(up, 0.6)), (pace, body(out, 1.0)), (pace, body(behind, 0.6)), (pace, standing)]
        steps.append((float(rng.uniform(1.1, 1.6)), standing))
    return Movement.of([*steps, (0.5, standing)])
