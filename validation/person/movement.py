"""What a whole body does at one moment, feet first: where pelvis, feet and hands are, and the posture that makes it so.

World axes: x the way the person faces, y to the person's left, z up, the floor at 0. Every number of a `Moment` can be
mixed with another's, so that a movement is a row of moments (`Movement`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from math import cos, pi, radians, sin
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from validation.person.arms import ArmPlan
from validation.person.identity import SIDES, FloatArray
from validation.person.phantom import Leg, Posture, hip_angles_deg, pelvis_matrix
from validation.person.squat_motion import Lengths

__all__ = ["ArmAt", "FootAt", "Moment", "Movement", "leg_between", "mix", "posture_of"]

_BALL = 0.72
_STRAIGHT = 0.9985
"""Longest distance of hip and ankle, parts of thigh and shank together: a knee of about 6 degrees."""
_FOLDED = 0.30
_SPINE_SEEN = 0.6
"""Part of the spine's bend that the line from hips to shoulders shows."""


@dataclass(frozen=True)
class FootAt:
    """Where a foot is: ankle (x, outward y) and lift over its place flat on the floor, metres; toes out; heel up."""

    x: float = 0.0
    out: float = 0.1
    lift: float = 0.0
    turnout_deg: float = 7.0
    pitch_deg: float = 0.0


@dataclass(frozen=True)
class ArmAt:
    """Where a hand is: wrist from shoulder (forward, outward, up; parts of the arm), where the elbow points.

    ``with_trunk``: 0 keeps these axes upright, 1 leans them with the trunk.
    """

    wrist: tuple[float, float, float] = (0.03, 0.12, -0.96)
    pole: tuple[float, float, float] = (-1.0, 0.3, 0.0)
    with_trunk: float = 0.0
    raised_deg: float = 0.0


@dataclass(frozen=True)
class Moment:
    """All of the body: (left, right) pairs; ``knee_in_deg`` turns a knee inward from over its foot.

    ``pelvis`` (x, y, height of the hip joints over the floor), metres; ``lean_deg`` of the trunk's line, forward +, of
    which ``pelvis_share`` is the pelvis' own; ``list_deg`` right side down +, ``side_bend_deg`` to the right +,
    ``turn_deg`` of the trunk to the left +, ``heading_deg`` of the pelvis, ``nod_deg`` of the head, forward +.
    """

    pelvis: tuple[float, float, float]
    feet: tuple[FootAt, FootAt] = (FootAt(), FootAt())
    arms: tuple[ArmAt, ArmAt] = (ArmAt(), ArmAt())
    knee_in_deg: tuple[float, float] = (0.0, 0.0)
    lean_deg: float = 0.0
    pelvis_share: float = 0.8
    list_deg: float = 0.0
    side_bend_deg: float = 0.0
    turn_deg: float = 0.0
    heading_deg: float = 0.0
    nod_deg: float = 0.0


def mix(a: Any, b: Any, w: float) -> Any:
    """Return ``a`` where ``w`` is 0 and ``b`` where it is 1, number by number."""
    if isinstance(a, tuple):
        return tuple(mix(p, q, w) for p, q in zip(a, b, strict=True))
    if isinstance(a, float | int):
        return a + w * (b - a)
    return type(a)(**{f.name: mix(getattr(a, f.name), getattr(b, f.name), w) for f in fields(a)})


@dataclass(frozen=True)
class Movement:
    """Moments with their times, eased from one to the next; ``bounce``: which spans fly, by their height in metres."""

    times: tuple[float, ...]
    moments: tuple[Moment, ...]
    bounce: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Sequence[tuple[float, Moment]], bounce: dict[int, float] | None = None) -> Movement:
        """Put moments one after the other: (seconds since the one before, moment)."""
        times = np.cumsum([s for s, _ in steps])
        return cls(tuple(map(float, times)), tuple(m for _, m in steps), bounce or {})

    @property
    def duration_s(self) -> float:
        """When the last moment is reached."""
        return self.times[-1]

    def at(self, t: float) -> Moment:
        """Return the body at time ``t``, standing still before the first and after the last moment."""
        if t <= self.times[0]:
            return self.moments[0]
        if t >= self.times[-1]:
            return self.moments[-1]
        k = int(np.searchsorted(self.times, t, side="right")) - 1
        part = (t - self.times[k]) / (self.times[k + 1] - self.times[k])
        out: Moment = mix(self.moments[k], self.moments[k + 1], 0.5 - 0.5 * cos(pi * part))
        if k in self.bounce:
            out = _lifted(out, 4 * self.bounce[k] * part * (1 - part))
        return out


def _lifted(moment: Moment, up: float) -> Moment:
    from dataclasses import replace

    x, y, z = moment.pelvis
    feet = [replace(f, lift=f.lift + up, pitch_deg=f.pitch_deg + min(30.0, 300 * up)) for f in moment.feet]
    return replace(moment, pelvis=(x, y, z + up), feet=(feet[0], feet[1]))


def _rot(axis: str, deg: float) -> FloatArray:
    return np.asarray(Rotation.from_euler(axis, deg, degrees=True).as_matrix())


def _foot(lengths: Lengths, foot: FootAt, side: str) -> tuple[FloatArray, FloatArray]:
    """Ankle (3,) and axes (3, 3): a foot turns about its ball when the heel rises, about its heel when the toes do."""
    right = 1.0 if side == "right" else -1.0
    flat = pelvis_matrix(-right * foot.turnout_deg)
    heel, toe = (np.array(v) * (1, 1, right) for v in (lengths.heel, lengths.toe))
    pivot = heel + (_BALL if foot.pitch_deg >= 0 else 0.0) * (toe - heel)
    raised = flat @ _rot("z", -foot.pitch_deg)
    ankle = np.array([foot.x, -right * foot.out, lengths.ankle_height + foot.lift])
    return ankle + flat @ pivot - raised @ pivot, raised


def _standable(
    lengths: Lengths, pelvis: FloatArray, axes: FloatArray, ankles: list[FloatArray], moment: Moment
) -> FloatArray:
    """Lower the pelvis until both legs reach their feet; a foot that hangs in the air comes along instead."""
    low = pelvis[2]
    for i, side in enumerate(SIDES):
        right = 1.0 if side == "right" else -1.0
        hip = pelvis + right * lengths.hip_half * axes[:, 2]
        apart = np.hypot(*(hip - ankles[i])[:2])
        longest = _STRAIGHT * lengths.leg
        if moment.feet[i].lift < 0.005:
            high = ankles[i][2] + np.sqrt(max(longest**2 - apart**2, 0.01))
            low = min(low, pelvis[2] - max(hip[2] - high, 0.0))
    pelvis = np.array([pelvis[0], pelvis[1], low])
    for i, side in enumerate(SIDES):
        right = 1.0 if side == "right" else -1.0
        line = ankles[i] - (pelvis + right * lengths.hip_half * axes[:, 2])
        length = float(np.linalg.norm(line))
        wanted = float(np.clip(length, _FOLDED * lengths.leg, _STRAIGHT * lengths.leg))
        ankles[i] = ankles[i] + (wanted / length - 1) * line
    return pelvis


def _knee(
    lengths: Lengths, hip: FloatArray, ankle: FloatArray, foot_axes: FloatArray, inward: FloatArray
) -> FloatArray:
    """Knee (3,) of a leg; it stands over its foot (the shank leans the way the foot points), turned by ``inward``.

    ``inward`` is (degrees, +1 for the right leg or -1). A leg that is nearly straight points its knee as its foot.
    """
    line = ankle - hip
    length = float(np.linalg.norm(line))
    u = line / length
    along = (lengths.thigh**2 + length**2 - lengths.shank**2) / (2 * length)
    high = np.sqrt(max(lengths.thigh**2 - along**2, 0.0))
    toes = foot_axes[:, 0] * (1, 1, 0) if abs(foot_axes[2, 0]) < 0.9 else np.array([1.0, 0.0, 0.0])
    toes = toes / np.linalg.norm(toes)
    ahead = toes - (toes @ u) * u
    if np.linalg.norm(ahead) < 0.2:
        ahead = np.array([0.0, 0.0, 1.0]) - u[2] * u
    ahead /= np.linalg.norm(ahead)
    aside = np.cross(u, ahead)
    angle = np.radians(np.arange(-75.0, 76.0, 3.0))
    poles = np.cos(angle)[:, None] * ahead + np.sin(angle)[:, None] * aside
    shank = hip + along * u + high * poles - ankle
    off = toes[0] * shank[:, 1] - toes[1] * shank[:, 0]
    forward = shank[:, :2] @ toes[:2]
    crossing = np.flatnonzero((np.sign(off[:-1]) != np.sign(off[1:])) & (forward[:-1] > 0.02))
    turn = 0.0
    if crossing.size:
        k = crossing[np.argmin(np.abs(angle[crossing]))]
        turn = angle[k] + (angle[k + 1] - angle[k]) * off[k] / (off[k] - off[k + 1])
    bent = np.degrees(2 * np.arctan2(high, 0.5 * length))
    share = float(np.clip((bent - 15) / 30, 0, 1))
    turn = turn * share * share * (3 - 2 * share) - inward[1] * radians(inward[0])
    return np.asarray(hip + along * u + high * (cos(turn) * ahead + sin(turn) * aside))


def _segment(long_axis: FloatArray, hinge: FloatArray) -> FloatArray:
    y = long_axis / np.linalg.norm(long_axis)
    z = hinge - (hinge @ y) * y
    z /= np.linalg.norm(z)
    return np.column_stack([np.cross(y, z), y, z])


def _arm(arm: ArmAt, side: str, lean_deg: float, bend_deg: float, heading_deg: float) -> ArmPlan:
    out = 1.0 if side == "left" else -1.0
    turned = _rot("z", heading_deg) @ _rot("x", bend_deg * arm.with_trunk) @ _rot("y", lean_deg * arm.with_trunk)
    wrist, pole = (turned @ (np.array(v) * (1, out, 1)) for v in (arm.wrist, arm.pole))
    return ArmPlan("given", wrist=tuple(wrist), pole=tuple(pole), raised_deg=arm.raised_deg)


def leg_between(
    pelvis_axes: FloatArray,
    hip: FloatArray,
    knee: FloatArray,
    ankle: FloatArray,
    side: str,
    foot_axes: FloatArray | None = None,
) -> Leg:
    """Return the joint angles of a leg whose joints, (3,) each, are where they are."""
    hinge = np.cross(ankle - hip, knee - 0.5 * (hip + ankle))
    thigh, shank = _segment(hip - knee, hinge), _segment(knee - ankle, hinge)
    bent = thigh.T @ shank
    flexion = float(np.degrees(np.arctan2(bent[0, 1], bent[1, 1])))
    return Leg(*hip_angles_deg(pelvis_axes, thigh, side), flexion, foot_axes=foot_axes)


def posture_of(lengths: Lengths, moment: Moment) -> Posture:
    """Return the joint angles that put a body of ``lengths`` where ``moment`` wants it."""
    share = moment.pelvis_share
    axes = pelvis_matrix(moment.heading_deg, moment.list_deg, -share * moment.lean_deg)
    feet = [_foot(lengths, moment.feet[i], side) for i, side in enumerate(SIDES)]
    ankles = [f[0] for f in feet]
    pelvis = _standable(lengths, np.array(moment.pelvis, float), axes, ankles, moment)
    legs = []
    for i, side in enumerate(SIDES):
        right = 1.0 if side == "right" else -1.0
        hip = pelvis + right * lengths.hip_half * axes[:, 2]
        knee = _knee(lengths, hip, ankles[i], feet[i][1], np.array([moment.knee_in_deg[i], right]))
        legs.append(leg_between(axes, hip, knee, ankles[i], side, feet[i][1]))
    spine = (1 - share) * moment.lean_deg / _SPINE_SEEN
    bend = moment.side_bend_deg - moment.list_deg
    trunk = (spine, bend / _SPINE_SEEN, moment.turn_deg)
    arms = [
        _arm(moment.arms[i], side, moment.lean_deg, moment.side_bend_deg, moment.heading_deg)
        for i, side in enumerate(SIDES)
    ]
    head = (moment.nod_deg - 0.5 * moment.lean_deg, 0.0, 0.0)
    return Posture(pelvis, axes, legs[0], legs[1], trunk, head, (arms[0], arms[1]))
