"""Counts the repetitions of one set on one side as they happen: rest, out, hold, back; or from one end to the other."""

from __future__ import annotations

from collections import Counter as Tally
from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.drills.drill import Cheat, GuidedDrill
from rom_vision.drills.signs import Signs
from rom_vision.drills.training import SetDone
from rom_vision.results.parts import Side

__all__ = ["RepetitionEnd", "SetCounter"]

Phase = Literal["unknown", "rest", "out", "hold", "back"]

# Our own heuristics.
SMOOTH_S = 0.3
"""Single pictures jump: everything is judged by the median over this time."""
STILL_S, STILL_SHARE = 0.8, 0.25
"""Rest is known when the sign has stayed within this share of ``out`` for this long."""
CHEATS_S = 0.3
"""A cheat has to last this long, and ends at `CHEAT_ENDS` of its threshold."""
CHEAT_ENDS = 0.7
LOST_S = 0.7
"""A repetition during which nobody was seen for this long is not judged (as in the test)."""
NEAR_TOP = 0.8
"""The end is held while the sign is above this share of the top: of what turns out to be the top, in the end."""
FAR = 0.7
"""The pace of a held repetition is that of its ways up to this share of the top, of a switch from this share on."""
HELD_SHARE = 2 / 3
"""A hold that reaches this share of what was asked counts: two of three seconds, as in the test."""
STUCK_S = 20.0
"""A repetition that takes this much longer than its hold did not start from rest."""


@dataclass(frozen=True)
class RepetitionEnd:
    """A finished repetition: how far it went, what spoiled it (None: it counts), whether some could not be judged."""

    range: float
    cheat: Cheat | None
    unjudged: bool = False


class SetCounter:
    """Follows one set.

    Parameters
    ----------
    drill : what is done.
    side : the leg that works; None where both do.

    Attributes
    ----------
    phase : where in a repetition the body is; 'unknown' until its rest is known.
    cheat : what is being done wrong at this moment.
    counted, tries : repetitions that count, and all of them.
    unjudged : counted ones in which a camera that stands aside may have feigned a cheat.
    range_now : how far the sign is from rest; of a switch, from the middle.
    ranges : of the repetitions that count.
    """

    def __init__(self, drill: GuidedDrill, side: Side | None = None) -> None:
        self.drill, self.side = drill, side
        self._named = {cheat.code: cheat for cheat in drill.cheats}
        self._recent: deque[tuple[float, Signs]] = deque()
        self._resting: deque[tuple[float, Signs]] = deque()
        self._rest: Signs | None = None
        self._since_s: dict[str, float] = {}
        self._doubtful_since_s: dict[str, float] = {}
        self._spoiled: Tally[str] = Tally()
        self._seen_s: float | None = None
        self._began_s: float | None = None
        self._ended_s = 0.0
        self._held_s = 0.0
        self.phase: Phase = "unknown"
        self.cheat: Cheat | None = None
        self.counted = self.tries = self.unjudged = 0
        self.range_now = 0.0
        self.ranges: list[float] = []
        self._end = 0
        self._halves = 0
        self._last = (-np.inf, 0.0)
        self._begin_repetition(0.0)

    def _begin_repetition(self, time_s: float) -> None:
        self._left_s = time_s
        self._top = self._low = 0.0
        self._also = -np.inf
        self._near_s: float | None = None
        self._way: list[tuple[float, float]] = []
        self._hold = 0.0
        self._wrong: list[Cheat] = []
        self._doubtful = False

    @property
    def hold_s(self) -> float:
        """How long the end has been held in this repetition, seconds."""
        return self._hold

    def done(self) -> SetDone:
        """Return what was done so far."""
        began = self._ended_s if self._began_s is None else self._began_s
        return SetDone(
            side=self.side or "both",
            counted=self.counted,
            spoiled=dict(self._spoiled),
            unjudged=self.unjudged,
            active_s=max(self._ended_s - began, 0.0),
            held_s=self._held_s,
            ranges=tuple(round(r, 1) for r in self.ranges),
        )

    def update(self, time_s: float, signs: Signs | None) -> RepetitionEnd | None:
        """Take in the next picture (times increase); ``signs`` is None when the person is not seen.

        Returns the repetition that it ends, if any.
        """
        gap = self._seen_s is not None and time_s - self._seen_s > LOST_S
        if gap:
            self._lose()
        if signs is None:
            self.cheat = None
            return None
        if gap:
            self._recent.clear()
        self._seen_s = time_s
        self._recent.append((time_s, signs))
        while self._recent[0][0] < time_s - SMOOTH_S:
            self._recent.popleft()
        now = {name: float(np.median([s[name] for _, s in self._recent])) for name in signs}
        return self._switch(time_s, now) if self.drill.kind == "switch" else self._lift(time_s, now)

    def _lose(self) -> None:
        """Nobody was seen for a while: a repetition that is under way is spoiled."""
        self._resting.clear()
        moving = self.phase in ("out", "hold", "back") and (self.drill.kind == "lift" or self._end)
        if moving and "lost" in self._named and self._named["lost"] not in self._wrong:
            self._wrong.append(self._named["lost"])

    # -- lifts ------------------------------------------------------------------------------------------------------

    def _lift(self, time_s: float, now: Signs) -> RepetitionEnd | None:
        value = now[self.drill.sign]
        if self.phase in ("unknown", "rest"):
            self._take_rest(time_s, now)
        if self._rest is None:
            return None
        change = self.range_now = value - self._rest[self.drill.sign]
        if self.phase == "rest":
            if change < self.drill.back:
                self._left_s = time_s
            if change > self.drill.out:
                left_s = self._left_s
                self._begin_repetition(left_s)
                self.phase = "out"
                self._began_s = left_s if self._began_s is None else self._began_s
            self._watch(time_s, now, spoils=self.phase == "out")
            return None
        self._watch(time_s, now, spoils=True)
        self._follow(time_s, change)
        if self.drill.also is not None and change >= NEAR_TOP * self._top:
            name, _ = self.drill.also
            self._also = max(self._also, now[name] - self._rest[name])
        if change < self.drill.back:
            return self._finish(time_s)
        if time_s - self._left_s > self.drill.hold_s + STUCK_S:
            self.phase, self._rest = "unknown", None
            self._resting.clear()
        return None

    def _take_rest(self, time_s: float, now: Signs) -> None:
        """Take a sign that stands still, near the rest known so far, for the rest."""
        sign, out = self.drill.sign, self.drill.out
        if self._rest is not None and now[sign] - self._rest[sign] > self.drill.back:
            self._resting.clear()
            return
        self._resting.append((time_s, now))
        while self._resting[-1][0] - self._resting[0][0] > STILL_S + 0.4:
            self._resting.popleft()
        values = [s[sign] for _, s in self._resting]
        long = self._resting[-1][0] - self._resting[0][0] >= STILL_S
        if long and max(values) - min(values) <= STILL_SHARE * out:
            self._rest = {name: float(np.median([s[name] for _, s in self._resting])) for name in now}
            self.phase = "rest" if self.phase == "unknown" else self.phase

    def _follow(self, time_s: float, change: float) -> None:
        """Follow the way out and the hold of a repetition."""
        further = change > self._top
        self._top = max(self._top, change)
        self._way.append((time_s, change))
        if change < NEAR_TOP * self._top:
            self._near_s = None
            self.phase = "back" if self.phase == "hold" else self.phase
            return
        self._near_s = time_s if self._near_s is None else self._near_s
        if further:
            self._hold, self._near_s = 0.0, self._near_since_s()
        self._hold = max(self._hold, time_s - self._near_s)
        if self.drill.hold_s and time_s > self._near_s:
            self.phase = "back" if self._hold >= self.drill.hold_s else "hold"

    def _near_since_s(self) -> float:
        """Since when the sign has been near what is the top now: what was held lower was still the way out."""
        since_s = self._way[-1][0]
        for time_s, change in reversed(self._way):
            if change < NEAR_TOP * self._top:
                break
            since_s = time_s
        return since_s

    def _finish(self, time_s: float) -> RepetitionEnd:
        drill = self.drill
        moved_s = self._moved_s(time_s) if drill.hold_s else time_s - self._left_s
        reasons = list(self._wrong)
        if drill.also is not None and self._also < drill.also[1]:
            reasons.append(self._named["small"])
        if drill.hold_s and self._hold < HELD_SHARE * drill.hold_s:
            reasons.append(self._named["short"])
        if moved_s < drill.least_s:
            reasons.insert(0, self._named["fast"])  # what else was seen on the way is less sure
        self._held_s += self._hold if drill.hold_s else 0.0
        self.phase = "rest"
        self._resting.clear()
        return self._note(time_s, self._top, reasons)

    def _moved_s(self, time_s: float) -> float:
        """How long the ways out and back took, without the time near the top."""
        far = [t for t, change in self._way if change >= FAR * self._top]
        return (far[0] - self._left_s) + (time_s - far[-1])

    # -- switches ---------------------------------------------------------------------------------------------------

    def _switch(self, time_s: float, now: Signs) -> RepetitionEnd | None:
        value = self.range_now = now[self.drill.sign]
        if self._rest is None:
            self._resting.append((time_s, now))
            while self._resting[-1][0] - self._resting[0][0] > STILL_S + 0.4:
                self._resting.popleft()
            if self._resting[-1][0] - self._resting[0][0] >= STILL_S:
                self._rest = {name: float(np.median([s[name] for _, s in self._resting])) for name in now}
                self.phase = "rest"
            return None
        end = 1 if value > self.drill.out else -1 if value < -self.drill.out else 0
        self._top, self._low = max(self._top, value), min(self._low, value)
        (before_s, was), self._last = self._last, (time_s, value)
        left = FAR * (self._top if self._end > 0 else self._low)
        if end and end == self._end and abs(value) >= abs(left):
            self._left_s = time_s
        elif self._left_s == before_s:
            self._left_s = _crossed_s(before_s, was, time_s, value, left)
        self.phase = "out" if self._end else "rest"
        self._watch(time_s, now, spoils=bool(self._end))
        if not end or end == self._end:
            return None
        before, self._end = self._end, end
        if not before:
            self._begin_repetition(time_s)
            self._top, self._low = max(value, 0.0), min(value, 0.0)
            self._began_s = time_s if self._began_s is None else self._began_s
            return None
        way_s = _crossed_s(before_s, was, time_s, value, end * self.drill.out) - self._left_s
        if way_s < self.drill.least_s and self._named["fast"] not in self._wrong:
            self._wrong.append(self._named["fast"])
        self._halves += 1
        if self._halves % self.drill.switches:
            self._left_s = time_s
            return None
        reached = self._top - self._low
        found = self._note(time_s, reached, list(self._wrong))
        self._begin_repetition(time_s)
        self._top, self._low = max(value, 0.0), min(value, 0.0)
        return found

    # -- both -------------------------------------------------------------------------------------------------------

    def _watch(self, time_s: float, now: Signs, *, spoils: bool) -> None:
        """Look for cheats that last; while ``spoils`` they spoil the repetition."""
        assert self._rest is not None
        self.cheat = None
        for cheat in self.drill.cheats:
            if not cheat.sign:
                continue
            change, doubtful = self._change(cheat, now, self._rest)
            if _lasts(cheat, change - doubtful, time_s, self._since_s) and spoils:
                self.cheat = self.cheat or cheat
                if cheat not in self._wrong:
                    self._wrong.append(cheat)
            if cheat.aside is not None and _lasts(cheat, change, time_s, self._doubtful_since_s) and spoils:
                self._doubtful = True

    def _change(self, cheat: Cheat, now: Signs, rest: Signs) -> tuple[float, float]:
        """Return how far a cheat's sign is from rest, and how much of it the camera's place may have feigned."""
        change = now[cheat.sign] - rest[cheat.sign]
        way = float(np.sign(change))
        doubtful = 0.0
        if cheat.aside is not None:
            doubtful = cheat.aside.explains(-way * (now[cheat.aside.sign] - rest[cheat.aside.sign]))
        return (abs(change) if cheat.either else change), doubtful

    def _note(self, time_s: float, reached: float, reasons: list[Cheat]) -> RepetitionEnd:
        self.tries += 1
        self._ended_s = time_s
        if reasons:
            self._spoiled[reasons[0].code] += 1
            return RepetitionEnd(reached, reasons[0])
        self.counted += 1
        self.ranges.append(reached)
        self.unjudged += self._doubtful
        return RepetitionEnd(reached, None, self._doubtful)


def _crossed_s(before_s: float, before: float, now_s: float, now: float, level: float) -> float:
    """When a value crossed a level between two pictures, seconds."""
    share = (level - before) / (now - before) if now != before else 1.0
    return before_s + float(np.clip(share, 0.0, 1.0)) * (now_s - before_s)


def _lasts(cheat: Cheat, change: float, time_s: float, since_s: dict[str, float]) -> bool:
    """Whether a change has been a cheat for long enough; ``since_s`` remembers by its code since when it is."""
    if change <= cheat.more_than * (CHEAT_ENDS if cheat.code in since_s else 1.0):
        since_s.pop(cheat.code, None)
        return False
    return time_s - since_s.setdefault(cheat.code, time_s) >= CHEATS_S
