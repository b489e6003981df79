"""Movements that are not two-legged squats: what a screen has to recognise and refuse.

Each is a row of moments (`validation.person.movement.Movement`) for a body of given lengths, repeated a few times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from validation.person.movement import ArmAt, FootAt, Moment, Movement
from validation.person.squat_motion import Lengths
from validation.scenes.squat_moves import ARMS

__all__ = ["KINDS", "Action", "sample_action"]

_Steps = list[tuple[float, Moment]]
_DOWN = ArmAt((0.12, 0.0, -0.97), (-1.0, 0.5, 0.0))
_UP = ArmAt((0.05, 0.3, 0.93), (-0.3, 1.0, 0.0), 0.0, 22.0)
_RACK = ArmAt((0.16, 0.06, 0.03), (1.0, 0.3, -0.4), 1.0, 5.0)


@dataclass(frozen=True)
class Action:
    """A movement by name, how often it is repeated, and the things in it (see `validation.scenes.props`)."""

    kind: str
    movement: Movement
    repetitions: int
    props: dict[str, float | str]


class _Actor:
    """Says the moments of one person: metres from parts of the leg, with a personal pace."""

    def __init__(self, rng: np.random.Generator, lengths: Lengths) -> None:
        self.rng, self.lengths = rng, lengths
        self.leg, self.half = lengths.leg, lengths.hip_half
        self.pace = float(rng.uniform(0.75, 1.4))
        self.side = int(rng.integers(2))
        toes = float(rng.uniform(2, 15))
        self.foot = FootAt(0.0, self.half * float(rng.uniform(0.8, 1.6)), 0.0, toes, 0.0)
        self.arms = ARMS[str(rng.choice(["hanging", "hips", "forward", "chest"]))]
        self.standing = Moment((-0.01, 0.0, self.at(1.0)), (self.foot, self.foot), (self.arms, self.arms))

    def at(self, high: float) -> float:
        """Height of the hips, metres, from a part of the leg's length."""
        return self.lengths.ankle_height + high * self.leg

    def moment(self, x: float, y: float, high: float, feet: dict[int, FootAt] | None = None, **more: object) -> Moment:
        """Return standing changed: pelvis (x, y, height) in parts of the leg; ``feet``: 0 acting side, 1 other side."""
        both = [self.foot, self.foot]
        for k, foot in (feet or {}).items():
            both[self.side if k == 0 else 1 - self.side] = foot
        left = 1.0 if self.side == 0 else -1.0
        pelvis = (x * self.leg, left * y * self.leg, self.at(high))
        return replace(self.standing, pelvis=pelvis, feet=(both[0], both[1]), **more)

    def step(
        self, x: float, out: float = 0.0, lift: float = 0.0, pitch: float = 0.0, toes: float | None = None
    ) -> FootAt:
        """Put a foot ``x`` forward, ``out`` outward and ``lift`` up from where it stands, parts of the leg."""
        f, turn = self.foot, self.foot.turnout_deg if toes is None else toes
        return FootAt(f.x + x * self.leg, f.out + out * self.leg, lift * self.leg, turn, pitch)

    def times(self, low: int = 2, high: int = 4) -> int:
        return int(self.rng.integers(low, high + 1))

    def u(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def repeat(self, reps: Sequence[_Steps], bounce: dict[int, float] | None = None) -> Movement:
        """Stand, do ``reps`` at the person's pace, stand; ``bounce`` counts the steps of one repetition."""
        steps: _Steps = [(0.0, self.standing), (self.u(0.5, 1.0), self.standing)]
        flights: dict[int, float] = {}
        for rep in reps:
            for i, h in (bounce or {}).items():
                flights[len(steps) - 1 + i] = h
            steps += [(s * self.pace, m) for s, m in rep]
        return Movement.of([*steps, (self.u(0.4, 0.9), steps[-1][1])], flights)


def _jumping_jacks(a: _Actor) -> Action:
    wide = a.u(0.22, 0.4)
    open_ = a.moment(0, 0, 0.93, {0: a.step(0, wide), 1: a.step(0, wide)}, arms=(_UP, _UP))
    closed = a.moment(0, 0, 0.98, arms=(ARMS["hanging"],) * 2)
    n = a.times(3, 5)
    rep = [(0.4, open_), (0.08, open_), (0.4, closed), (0.08, closed)]
    return Action("jumping_jacks", a.repeat([rep] * n, {0: 0.07, 2: 0.07}), n, {})


def _lunge(a: _Actor, kind: str, x: float, behind: bool) -> Action:
    long, deep = x, a.u(0.5, 0.68)
    front = a.step(0.0 if behind else long)
    back = replace(a.step(-long if behind else 0.0), pitch_deg=a.u(35, 60))
    feet = {0: back, 1: front} if behind else {0: front, 1: back}
    middle = (-0.5 if behind else 0.5) * long
    low = a.moment(middle, 0, deep, feet, lean_deg=a.u(0, 18))
    over = a.step((-0.5 if behind else 0.5) * long, 0, 0.1)
    going = a.moment(0.5 * middle, 0, 0.93, {0: over}, lean_deg=4.0)
    n = a.times()
    rep = [(0.35, going), (0.6, low), (0.3, low), (0.6, going), (0.35, a.standing), (0.2, a.standing)]
    return Action(kind, a.repeat([rep] * n), n, {})


def _front_lunge(a: _Actor) -> Action:
    return _lunge(a, "front_lunge", a.u(0.7, 1.0), False)


def _back_lunge(a: _Actor) -> Action:
    return _lunge(a, "back_lunge", a.u(0.65, 0.9), True)


def _side_lunge(a: _Actor) -> Action:
    long, toes = a.u(0.6, 0.95), a.u(10, 30)
    low = a.moment(-0.18, 0.8 * long, a.u(0.52, 0.7), {0: a.step(0, long, 0, 0, toes)}, lean_deg=a.u(20, 45))
    going = a.moment(0, 0.15, 0.95, {0: a.step(0, 0.5 * long, 0.06)})
    n = a.times()
    rep = [(0.35, going), (0.7, low), (0.25, low), (0.6, going), (0.3, a.standing)]
    return Action("side_lunge", a.repeat([rep] * n), n, {})


def _split_squat(a: _Actor) -> Action:
    long = a.u(0.6, 0.9)
    feet = {0: a.step(0.5 * long), 1: a.step(-0.5 * long, 0, 0, a.u(30, 50))}
    a.standing = a.moment(0, 0, 0.9, feet)
    low = a.moment(0.02, 0, a.u(0.45, 0.62), {**feet, 1: replace(feet[1], pitch_deg=62.0)}, lean_deg=a.u(0, 15))
    n = a.times()
    rep = [(0.9, low), (0.2, low), (0.8, a.standing), (0.2, a.standing)]
    return Action("split_squat", a.repeat([rep] * n), n, {})


def _step_up(a: _Actor) -> Action:
    high, x = a.u(0.22, 0.42), 0.42
    on = FootAt(a.foot.x + x * a.leg, a.foot.out, high * a.leg, a.foot.turnout_deg)
    first = a.moment(0.05, 0, 0.98, {0: replace(on, lift=on.lift + 0.06)}, lean_deg=8)
    load = a.moment(0.25, 0, 1.0, {0: on, 1: a.step(0, 0, 0.004, 30)}, lean_deg=a.u(15, 30))
    top = a.moment(x, 0, 0.995 + high, {0: on, 1: on})
    n = a.times()
    rep = [(0.5, first), (0.3, load), (0.8, top), (0.4, top), (0.8, load), (0.4, first), (0.4, a.standing)]
    props = {"step_x": x * a.leg + 0.08, "step_high": high * a.leg}
    return Action("step_up", a.repeat([rep] * n), n, dict(props))


def _burpee(a: _Actor) -> Action:
    floor = ArmAt((0.35, 0.05, -0.9), (-1.0, 0.5, 0.0))
    crouch = a.moment(
        -0.1, 0, a.u(0.34, 0.45), {0: a.step(0, 0.05, 0, 25), 1: a.step(0, 0.05, 0, 25)}, lean_deg=75, arms=(floor,) * 2
    )
    away = {0: a.step(-1.25, 0, 0, 65), 1: a.step(-1.25, 0, 0, 65)}
    plank = a.moment(-0.42, 0, 0.42, away, lean_deg=78, pelvis_share=1.0, nod_deg=-30, arms=(floor,) * 2)
    jump = a.moment(0, 0, 0.99, arms=(_UP, _UP))
    n = a.times(2, 3)
    rep = [
        (0.7, crouch),
        (0.45, plank),
        (0.4, plank),
        (0.5, crouch),
        (0.5, jump),
        (0.4, jump),
        (0.3, a.standing),
    ]
    return Action("burpee", a.repeat([rep] * n, {5: 0.15}), n, {})


def _hinge(
    a: _Actor, kind: str, knees: float, lean: float, arms: ArmAt, back: float, props: dict[str, float | str]
) -> Action:
    low = a.moment(-back, 0, knees, lean_deg=lean, pelvis_share=a.u(0.7, 0.98), arms=(arms, arms), nod_deg=-15)
    a.standing = replace(a.standing, arms=(arms, arms))
    n = a.times()
    rep = [(1.0, low), (0.3, low), (0.9, a.standing), (0.3, a.standing)]
    return Action(kind, a.repeat([rep] * n), n, props)


def _deadlift(a: _Actor) -> Action:
    return _hinge(a, "deadlift", a.u(0.78, 0.88), a.u(55, 78), _DOWN, a.u(0.22, 0.3), {"bar": "hands"})


def _good_morning(a: _Actor) -> Action:
    return _hinge(a, "good_morning", a.u(0.9, 0.97), a.u(60, 88), ARMS["bar"], a.u(0.2, 0.28), {"bar": "back"})


def _toe_touch(a: _Actor) -> Action:
    return _hinge(a, "toe_touch", a.u(0.95, 0.99), a.u(95, 120), _DOWN, a.u(0.1, 0.2), {})


def _pick_up_box(a: _Actor) -> Action:
    held = ArmAt((0.5, -0.12, -0.55), (-0.6, 0.6, -0.8))
    reach = ArmAt((0.42, -0.1, -0.86), (-0.5, 1.0, 0.0))
    low = a.moment(-a.u(0.2, 0.3), 0, a.u(0.55, 0.8), lean_deg=a.u(60, 85), pelvis_share=0.65, arms=(reach,) * 2)
    up = replace(a.standing, arms=(held, held))
    n = a.times(1, 3)
    rep = [(1.1, low), (0.4, low), (1.0, up), (0.7, up), (1.0, low), (0.3, low), (0.9, a.standing)]
    return Action("pick_up_box", a.repeat([rep] * n), n, {"box": "hands"})


def _sit_down(a: _Actor) -> Action:
    high = a.u(0.47, 0.58)
    lap = ArmAt((0.55, -0.05, -0.7), (-0.5, 1.0, 0.0))
    x = -a.u(0.42, 0.5)
    bend = a.moment(0.75 * x, 0, high + 0.12, lean_deg=a.u(35, 50))
    sit = a.moment(x, 0, high, lean_deg=a.u(-8, 12), arms=(lap, lap))
    n = a.times(1, 3)
    rep = [(0.9, bend), (0.5, sit), (a.u(0.6, 1.8), sit), (0.5, bend), (0.9, a.standing), (0.4, a.standing)]
    return Action("sit_down", a.repeat([rep] * n), n, {"chair_x": x * a.leg, "chair_high": high * a.leg - 0.04})


def _jump_squat(a: _Actor) -> Action:
    back = ArmAt((-0.4, 0.2, -0.85), (-1.0, 0.3, 0.0))
    low = a.moment(-0.2, 0, a.u(0.55, 0.75), lean_deg=a.u(30, 45), arms=(back, back))
    push = a.moment(0, 0, 0.995, {0: a.step(0, 0, 0, 20), 1: a.step(0, 0, 0, 20)}, arms=(_UP, _UP))
    land = a.moment(-0.12, 0, 0.8, lean_deg=25)
    n = a.times()
    rep = [(0.7, low), (0.35, push), (0.45, push), (0.25, land), (0.5, a.standing), (0.3, a.standing)]
    return Action("jump_squat", a.repeat([rep] * n, {2: a.u(0.14, 0.3)}), n, {})


def _press(a: _Actor) -> Action:
    rack = replace(a.standing, arms=(_RACK, _RACK))
    dip = replace(a.moment(-0.04, 0, a.u(0.93, 0.97)), arms=(_RACK, _RACK))
    up = replace(a.standing, arms=(_UP, _UP))
    a.standing = rack
    n = a.times(3, 5)
    rep = [(0.35, dip), (0.45, up), (0.4, up), (0.7, rack), (0.2, rack)]
    return Action("press", a.repeat([rep] * n), n, {"bar": "hands"})


def _kneel(a: _Actor) -> Action:
    front = a.step(0.35)
    half = a.moment(0.05, 0, 0.55, {0: front, 1: a.step(-0.4, 0, 0, 65)}, lean_deg=8)
    down = a.moment(-0.12, 0, 0.42, {0: a.step(-0.52, 0, 0.02, 80), 1: a.step(-0.52, 0, 0.02, 80)})
    both = bool(a.rng.random() < 0.6)
    n = a.times(1, 2)
    kneeling: _Steps = [(0.6, down), (a.u(0.5, 1.2), down), (0.7, half)] if both else [(a.u(0.5, 1.2), half)]
    rep = [(1.0, half), *kneeling, (0.9, a.standing), (0.4, a.standing)]
    return Action("kneel", a.repeat([rep] * n), n, {})


def _march(a: _Actor) -> Action:
    high = a.u(0.3, 0.5)
    up = a.step(0.18, 0, high, 20)
    n = a.times(4, 8)

    def rep(k: int) -> _Steps:
        shown = a.moment(0, -0.06 if k % 2 == 0 else 0.06, 0.995, {k % 2: up})
        return [(0.35, shown), (0.1, shown), (0.35, a.standing)]

    return Action("march", a.repeat([rep(k) for k in range(n)]), n, {})


def _one_leg(a: _Actor, kind: str, free: FootAt, deep: float, lean: float, x: float) -> Action:
    arms = (ARMS["forward"],) * 2
    lifted = a.moment(0, -0.12, 0.99, {0: replace(free, x=free.x * 0.4, lift=0.1 * a.leg)}, arms=arms)
    low = a.moment(x, -0.12, deep, {0: free}, lean_deg=lean, arms=arms)
    n = a.times(1, 3)
    rep = [(0.6, lifted), (1.0, low), (0.3, low), (1.0, lifted), (0.5, a.standing), (0.2, a.standing)]
    return Action(kind, a.repeat([rep] * n), n, {"standing": "right" if a.side == 0 else "left"})


def _pistol(a: _Actor) -> Action:
    deep = a.u(0.4, 0.6)
    return _one_leg(a, "one_leg_foot_in_front", a.step(0.72, 0, a.u(0.1, 0.3), -10), deep, a.u(35, 50), -0.25)


def _skater(a: _Actor) -> Action:
    deep = a.u(0.55, 0.72)
    return _one_leg(a, "one_leg_foot_behind", a.step(-0.55, 0, a.u(0.12, 0.3), 50), deep, a.u(25, 45), -0.12)


def _walk(a: _Actor) -> Action:
    stride, n = a.u(0.32, 0.42), int(a.rng.integers(5, 8))
    steps: _Steps = [(0.0, a.standing), (0.5, a.standing)]
    place = [-0.5 * n * stride] * 2
    start = a.moment(place[0], 0, 0.99, {0: a.step(place[0]), 1: a.step(place[1])})
    steps = [(0.0, start), (0.6, start)]
    for k in range(n):
        mover = k % 2
        target = place[1 - mover] + stride
        middle = 0.5 * (place[mover] + target)
        over = {mover: a.step(middle, 0, 0.08, 20), 1 - mover: a.step(place[1 - mover])}
        steps.append((0.28 * a.pace, a.moment(place[1 - mover], 0, 0.99, over, arms=(ARMS["hanging"],) * 2)))
        place[mover] = target
        feet = {0: a.step(place[0]), 1: a.step(place[1])}
        steps.append((0.25 * a.pace, a.moment(0.5 * sum(place), 0, 0.97, feet, arms=(ARMS["hanging"],) * 2)))
    return Action("walk", Movement.of([*steps, (0.6, steps[-1][1])]), n, {})


def _calf_raise(a: _Actor) -> Action:
    up = a.step(0, 0, 0, a.u(25, 42))
    top = a.moment(0.05, 0, 1.3, {0: up, 1: up})
    n = a.times(3, 5)
    rep = [(0.6, top), (0.4, top), (0.6, a.standing), (0.2, a.standing)]
    return Action("calf_raise", a.repeat([rep] * n), n, {})


def _curtsy(a: _Actor) -> Action:
    behind = a.step(-0.5, -0.5, 0, 50)
    low = a.moment(-0.15, -0.05, a.u(0.5, 0.68), {0: behind}, lean_deg=a.u(10, 25))
    going = a.moment(0, -0.05, 0.95, {0: a.step(-0.25, -0.2, 0.08)})
    n = a.times()
    rep = [(0.4, going), (0.7, low), (0.2, low), (0.6, going), (0.4, a.standing)]
    return Action("curtsy_lunge", a.repeat([rep] * n), n, {})


_MAKERS: tuple[Callable[[_Actor], Action], ...] = (
    _jumping_jacks,
    _front_lunge,
    _side_lunge,
    _back_lunge,
    _split_squat,
    _step_up,
    _burpee,
    _deadlift,
    _good_morning,
    _pick_up_box,
    _sit_down,
    _jump_squat,
    _press,
    _kneel,
    _march,
    _pistol,
    _skater,
    _walk,
    _calf_raise,
    _toe_touch,
    _curtsy,
)
KINDS: tuple[str, ...] = tuple(
    {"_pistol": "one_leg_foot_in_front", "_skater": "one_leg_foot_behind", "_curtsy": "curtsy_lunge"}.get(
        m.__name__, m.__name__[1:]
    )
    for m in _MAKERS
)


def sample_action(rng: np.random.Generator, kind: str, lengths: Lengths) -> Action:
    """Draw one movement of a kind (see `KINDS`) for a body of ``lengths``."""
    return _MAKERS[KINDS.index(kind)](_Actor(rng, lengths))
