"""Drills of the synthetic person on a chair, on the floor and at a wall: how it moves, and where the camera stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from validation.person.arms import ArmPlan
from validation.person.body import Body
from validation.person.identity import SEGMENTS, SIDES, FloatArray
from validation.person.movement import ArmAt, FootAt, Moment, Movement, leg_between, posture_of
from validation.person.phantom import Leg, Posture, pose_rigid
from validation.person.render import PinholeCamera
from validation.person.squat_motion import Lengths
from validation.scenes.framing import aim, extent
from validation.scenes.leg_raises import ON_BACK
from validation.scenes.movement_clips import MovementClip, movement_clip
from validation.scenes.props import Props
from validation.scenes.range_trial import turned
from validation.scenes.rooms import Polygon, sample_room

__all__ = ["MAT_CHEATS", "mat_clip"]

MAT_CHEATS: dict[str, tuple[str, ...]] = {
    "supine_passive_rotation": ("pelvis", "trunk", "short"),
    "ninety_ninety": ("trunk", "fast"),
    "wall_leg_rotation": ("knee", "fast"),
    "clamshell": ("feet", "fast"),
}
_MOST_ASIDE_DEG = 12.0
_SIZES = ((640, 480), (640, 360), (960, 540), (800, 450))
_LEAD_S = 1.9

Postures = Callable[[float], Posture]


def mat_clip(code: str, seed: int, side: str, cheat: str | None, repetitions: int) -> MovementClip:
    """Draw a recording of a drill in which nobody stands.

    Parameters
    ----------
    code : a key of `MAT_CHEATS`.
    seed : decides everything else; one person per seed.
    side : the leg that works, where one does.
    cheat : one of `MAT_CHEATS`; None does it cleanly.
    repetitions : how many.
    """
    rng = np.random.default_rng([seed, 97])
    base = movement_clip(seed, "squat", "front")
    body, lengths, own = base.body, base.lengths, SIDES.index(side)
    props, behind_deg, height_m, far_m = Props({}, seed), 0.0, rng.uniform(0.35, 0.75), rng.uniform(2.0, 2.6)
    wall: list[Polygon] = []
    if code == "supine_passive_rotation":
        posture, end = _passive(rng, lengths, own, cheat, repetitions)
        props = Props({"chair_x": 0.02, "chair_high": _under(body, posture(0.0)) + 0.015}, seed)
    elif code == "ninety_ninety":
        posture, end = _ninety(rng, body, lengths, cheat, repetitions)
    elif code == "wall_leg_rotation":
        posture, end = _wall(rng, body, cheat, repetitions)
        joints = pose_rigid(body, posture(0.0)).joints_m
        wall = [_wall_at(rng, max(joints["heel_left"][0], joints["heel_right"][0]) + 0.04)]
        behind_deg, height_m, far_m = 180.0, rng.uniform(0.8, 1.2), rng.uniform(1.8, 2.3)
    else:
        posture, end = _clam(rng, body, lengths, side, cheat, repetitions)
        height_m = rng.uniform(0.2, 0.6)
    aside_deg = float(rng.uniform(-_MOST_ASIDE_DEG, _MOST_ASIDE_DEG))
    azimuth = float(np.radians(behind_deg + aside_deg))
    camera = _camera(rng, body, posture, end, azimuth, height_m, far_m)
    room = sample_room(rng, 0.0, base.light, -1.8)
    info = base.info | {"kind": code, "azimuth_deg": round(aside_deg, 1), "hand_held": False, "arms": ""}
    return replace(
        base,
        posture=posture,
        duration_s=end,
        camera=lambda _t: camera,
        room=[*turned(room.polygons, azimuth), *wall],
        props=props,
        info=info,
    )


def _wall_at(rng: np.random.Generator, x: float) -> Polygon:
    """A wall across the room at ``x``, which hides all behind it."""
    corners = np.array([[x, -4.0, 0.0], [x, 4.0, 0.0], [x, 4.0, 2.8], [x, -4.0, 2.8]])
    return corners, rng.uniform(0.5, 0.95) * (1 + rng.uniform(-0.08, 0.05, 3))


def _camera(
    rng: np.random.Generator, body: Body, posture: Postures, end: float, azimuth: float, height_m: float, far_m: float
) -> PinholeCamera:
    points, needed = extent(body, posture, tuple(map(float, np.linspace(0.0, end, 15))))
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    towards = np.array([np.cos(azimuth), np.sin(azimuth)])

    def place(far: float) -> FloatArray:
        return np.array([*(centre[:2] + max(far * far_m, 1.4) * towards), height_m])

    size = _SIZES[rng.integers(len(_SIZES))]
    return aim(rng, points, needed, place, float(rng.uniform(-2, 2)), float(rng.uniform(52, 76)), size)


def _under(body: Body, posture: Posture) -> float:
    """Height of the lowest point of pelvis and upper thighs: what a person sits or lies on."""
    segments = [k for k, name in enumerate(SEGMENTS) if name == "pelvis" or name.startswith(("thigh_prox", "spine"))]
    posed = pose_rigid(body, posture)
    return float(np.percentile(posed.vertices_m[np.isin(body.weights.argmax(axis=1), segments), 2], 0.5))


def _on_floor(body: Body, posture: Posture) -> FloatArray:
    """Where the pelvis has to be so that the body lies on the floor."""
    return np.asarray(posture.pelvis_m - (0.0, 0.0, _under(body, posture)))


def _seconds(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _sign(rng: np.random.Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def _passive(
    rng: np.random.Generator, lengths: Lengths, own: int, cheat: str | None, repetitions: int
) -> tuple[Postures, float]:
    """On a chair, feet wide and flat: one knee sinks inwards."""
    sit = lengths.shank + lengths.ankle_height + float(rng.uniform(-0.03, 0.02))
    foot = FootAt(float(rng.uniform(0.92, 1.02)) * lengths.thigh, float(rng.uniform(0.25, 0.34)), 0.0, 8.0)
    arm = (ArmAt((0.35, 0.05, -0.72), (-0.6, 1.0, 0.0)), ArmAt((0.05, 0.2, -0.92)))[rng.integers(2)]
    lean, other_in = float(rng.normal(3, 4)), float(rng.uniform(-6, 6))
    rest_in, sunk_in = float(rng.uniform(-8, 2)), float(rng.uniform(26, 40))
    up = 1.0 if own == 0 else -1.0
    hike = float(rng.uniform(9, 13)) if cheat == "pelvis" else float(rng.uniform(0, 1.5))
    bend = _sign(rng) * float(rng.uniform(15, 22)) if cheat == "trunk" else float(rng.uniform(-1, 1))

    def body(share: float) -> Moment:
        inward = [other_in, other_in]
        inward[own] = rest_in + share * (sunk_in - rest_in)
        high = sit + share * lengths.hip_half * float(np.sin(np.radians(hike)))
        tilted = up * hike * share
        return Moment(
            (0.0, 0.0, high),
            (foot, foot),
            (arm, arm),
            (inward[0], inward[1]),
            lean_deg=lean,
            list_deg=tilted,
            side_bend_deg=0.4 * tilted + share * bend,
        )

    steps = [(0.0, body(0.0)), (_LEAD_S, body(0.0))]
    for _ in range(repetitions):
        steps.append((_seconds(rng, 1.5, 2.5), body(1.0)))
        steps.append((_seconds(rng, 7.0, 15.0) if cheat == "short" else _seconds(rng, 30.5, 33.0), body(1.0)))
        steps += [(_seconds(rng, 1.5, 2.5), body(0.0)), (_seconds(rng, 1.4, 2.2), body(0.0))]
    movement = Movement.of(steps)
    return lambda t: posture_of(lengths, movement.at(t)), movement.duration_s


def _ninety(
    rng: np.random.Generator, body: Body, lengths: Lengths, cheat: str | None, repetitions: int
) -> tuple[Postures, float]:
    """On the floor, feet wide, hands behind: both knees go over from one side to the other."""
    foot = FootAt(float(rng.uniform(0.58, 0.68)) * lengths.leg, float(rng.uniform(0.26, 0.34)) * lengths.leg, 0.0, 10.0)
    arm = ArmAt((-0.38, 0.18, -0.86), (-1.0, 0.5, 0.0)) if rng.random() < 0.6 else ArmAt((0.55, 0.0, -0.45))
    lean = float(rng.uniform(-20, -10)) if arm.wrist[0] < 0 else float(rng.uniform(-6, 4))
    most = (float(rng.uniform(60, 75)), float(rng.uniform(60, 75)))
    turns, ankle = float(rng.uniform(4, 16)), float(rng.uniform(-25, -10))
    bend = _sign(rng) * float(rng.uniform(23, 30)) if cheat == "trunk" else float(rng.uniform(-3, 3))
    high = [0.1]

    def moment(over: float) -> Moment:
        """``over``: -1 both knees to the right, 1 to the left."""
        knees = (-most[0] * over, most[1] * over)
        return Moment(
            (0.0, 0.0, high[0]),
            (foot, foot),
            (arm, arm),
            knees,
            lean_deg=lean,
            side_bend_deg=bend * over,
            turn_deg=-0.8 * turns * over,
            heading_deg=turns * over,
        )

    def posture(at: Moment) -> Posture:
        found = posture_of(lengths, at)
        legs = [replace(found.leg(side), foot_axes=None, ankle_deg=ankle) for side in SIDES]
        return replace(found, left=legs[0], right=legs[1])

    high[0] -= _under(body, posture(moment(0.0)))
    end = _sign(rng)
    steps = [(0.0, moment(0.0)), (_LEAD_S, moment(0.0)), (_seconds(rng, 1.0, 1.6), moment(end))]
    steps.append((_seconds(rng, 0.8, 1.4), moment(end)))
    for _ in range(repetitions):
        end = -end
        steps.append((_seconds(rng, 0.35, 0.5) if cheat == "fast" else _seconds(rng, 1.6, 2.6), moment(end)))
        steps.append((_seconds(rng, 0.8, 1.4), moment(end)))
    movement = Movement.of(steps)
    return lambda t: posture(movement.at(t)), movement.duration_s


def _wall(rng: np.random.Generator, body: Body, cheat: str | None, repetitions: int) -> tuple[Postures, float]:
    """On the back, legs up a wall: both turn in and out."""
    flexion, apart = float(rng.uniform(80, 89)), float(rng.uniform(3, 8))
    knee, ankle = float(rng.uniform(2, 7)), float(rng.uniform(-5, 12))
    inward, outward = float(rng.uniform(22, 34)), float(rng.uniform(28, 42))
    bent = float(rng.uniform(40, 55)) if cheat == "knee" else float(rng.uniform(0, 4))
    tilt = float(rng.normal(3, 2))
    axes = ON_BACK @ Rotation.from_euler("Z", tilt, degrees=True).as_matrix()
    how = str(rng.choice(["aside", "belly", "hanging"]))
    arms = (ArmPlan(how), ArmPlan(how))

    def posture_at(turn: float) -> Posture:
        """``turn``: 1 both legs out, -1 in."""
        rotation = -turn * (outward if turn > 0 else inward)
        more = bent * abs(turn)
        # The heels slide down the wall.
        leg = Leg(flexion - tilt + 0.5 * more, -apart - 0.25 * more, rotation, knee + more, ankle)
        return Posture(np.zeros(3), axes, leg, leg, (tilt, 0.0, 0.0), (8.0, 0.0, 0.0), arms)

    pelvis_m = _on_floor(body, posture_at(0.0))
    fast = cheat == "fast"
    at = _sign(rng)
    steps = [(0.0, 0.0), (_LEAD_S, 0.0), (_seconds(rng, 0.8, 1.2), at), (_seconds(rng, 0.4, 0.8), at)]
    for _ in range(2 * repetitions):
        at = -at
        steps.append((_seconds(rng, 0.25, 0.35) if fast else _seconds(rng, 1.2, 1.8), at))
        steps.append((_seconds(rng, 0.1, 0.2) if fast else _seconds(rng, 0.4, 0.8), at))
    steps.append((0.6, at))
    times, turns = np.cumsum([s for s, _ in steps]), np.array([a for _, a in steps])

    def posture(t: float) -> Posture:
        return replace(posture_at(_eased(times, turns, t)), pelvis_m=pelvis_m)

    return posture, float(times[-1])


def _eased(times: FloatArray, values: FloatArray, t: float) -> float:
    """Value at ``t``, eased from each to the next."""
    k = int(np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2))
    part = float(np.clip((t - times[k]) / max(times[k + 1] - times[k], 1e-6), 0, 1))
    return float(values[k] + (0.5 - 0.5 * np.cos(np.pi * part)) * (values[k + 1] - values[k]))


def _clam(
    rng: np.random.Generator, body: Body, lengths: Lengths, side: str, cheat: str | None, repetitions: int
) -> tuple[Postures, float]:
    """On one side, facing the camera, hips and knees bent: the upper knee opens, the feet stay together."""
    up = 1.0 if side == "left" else -1.0
    flexion, knee, ankle = float(rng.uniform(40, 55)), float(rng.uniform(75, 95)), float(rng.uniform(-20, 0))
    rolls = float(rng.normal(0, 4))
    axes = np.column_stack([[1.0, 0.0, 0.0], [0.0, -up, 0.0], [0.0, 0.0, -up]])
    axes = Rotation.from_euler("y", -rolls, degrees=True).as_matrix() @ axes
    opens, thick = float(rng.uniform(32, 50)), float(rng.uniform(0.07, 0.09))
    lifts = float(rng.uniform(0.16, 0.26)) if cheat == "feet" else 0.0
    lower = ArmPlan("overhead", fall_deg=float(rng.uniform(10, 50)))
    upper = ArmPlan(str(rng.choice(["belly", "hanging"])))
    arms = (upper, lower) if side == "left" else (lower, upper)
    below = Leg(flexion, 0.0, 0.0, knee, ankle)
    trunk = float(rng.normal(10, 6))

    plain = Posture(np.zeros(3), axes, below, below, (trunk, 0.0, 0.0), (5.0, 0.0, 0.0), arms)
    joints = pose_rigid(body, plain).joints_m
    hip, ankle_under = joints[f"hip_{side}"], joints["ankle_right" if side == "left" else "ankle_left"]

    def posture_at(share: float) -> Posture:
        ankle_m = ankle_under + np.array([0.0, 0.0, thick + share * lifts])
        leg = leg_between(axes, hip, _knee(lengths, hip, ankle_m, share * opens), ankle_m, side)
        leg = replace(leg, ankle_deg=ankle)
        return replace(plain, left=leg, right=below) if side == "left" else replace(plain, left=below, right=leg)

    pelvis_m = _on_floor(body, posture_at(0.0))
    fast = cheat == "fast"
    steps = [(0.0, 0.0), (_LEAD_S, 0.0)]
    for _ in range(repetitions):
        steps.append((_seconds(rng, 0.25, 0.35) if fast else _seconds(rng, 1.2, 2.0), 1.0))
        steps.append((0.1 if fast else _seconds(rng, 0.3, 0.8), 1.0))
        steps.append((_seconds(rng, 0.25, 0.35) if fast else _seconds(rng, 1.2, 2.0), 0.0))
        steps.append((_seconds(rng, 1.1, 1.6), 0.0))
    times, shares = np.cumsum([s for s, _ in steps]), np.array([a for _, a in steps])

    def posture(t: float) -> Posture:
        return replace(posture_at(_eased(times, shares, t)), pelvis_m=pelvis_m)

    return posture, float(times[-1])


def _knee(lengths: Lengths, hip: FloatArray, ankle: FloatArray, opened_deg: float) -> FloatArray:
    """Return the knee (3,) that points to the front of the line from hip to ankle, and up by so many degrees."""
    line = ankle - hip
    length = float(np.linalg.norm(line))
    u = line / length
    ahead = np.array([1.0, 0.0, 0.0]) - u[0] * u
    ahead /= np.linalg.norm(ahead)
    above = np.array([0.0, 0.0, 1.0]) - u[2] * u
    above -= (above @ ahead) * ahead
    above /= np.linalg.norm(above)
    along = (lengths.thigh**2 + length**2 - lengths.shank**2) / (2 * length)
    off = np.sqrt(max(lengths.thigh**2 - along**2, 0.0))
    turn = np.radians(opened_deg)
    return np.asarray(hip + along * u + off * (np.cos(turn) * ahead + np.sin(turn) * above))
