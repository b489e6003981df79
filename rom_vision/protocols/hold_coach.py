"""The live coach of the tests in which something goes out, is held and comes back: hands-free, told by the voice.

What it counts is for guidance only: the values come from the test's own measurement over the whole recording.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DARK, FROZEN, PEOPLE, TOO_DARK, Cue
from rom_vision.protocols.parts_coach import AWAY_S, EDGE, READY, PartsCoach, Standing

__all__ = ["REPETITIONS", "HoldCoach", "HoldTask", "HoldWords"]

REPETITIONS = 3
"""Of each part (clinical evidence, 2.2: three are the rule)."""
HOLD_S = 2.0
"""How long the end is held (clinical evidence, 6.2)."""

# Our own heuristics.
STILL_S, STILL_SPREAD = 1.5, 4.0
"""At rest the reading stays within this (degrees) for this long."""
HOLDS_S, HOLDS_SPREAD = 0.5, 4.0
"""It is held when it has stayed within this for so long ..."""
LEAVES = 6.0
"""... until it comes back by this much from its furthest, or goes on by it."""
BACK_SHARE = 0.3
MOST_S = 120.0
"""A part ends after this time with whatever was done."""
NEXT_S = 6.0
WRONG_S = 0.4

_NOBODY = Cue("nobody", "Not in view", "I cannot see you. Your whole body has to be in the picture.")
_CLOSE = Cue("close", "Move back", "Your whole body has to be in the picture. Put the camera further away.")


@dataclass(frozen=True)
class HoldWords:
    """What a test says: one instruction for each moment of it."""

    still: Cue
    go: Cue
    further: Cue
    hold: Cue
    back: Cue
    short: Cue
    next: Cue


class HoldTask(ABC):
    """What a coach has to know of a test.

    Attributes
    ----------
    parts : what is recorded one after the other, by the values of the test's own option, with their titles.
    words : what is said.
    least : a movement of the reading smaller than this, degrees, is none.
    body : landmarks that have to be in the picture.
    """

    parts: dict[str, str]
    words: HoldWords
    least: float
    body: tuple[Landmark, ...]

    @abstractmethod
    def fault(self, image_px: FloatArray, part: str) -> Cue | None:
        """Say what is wrong with place and posture before the test; (33, 2) landmarks."""

    @abstractmethod
    def reading(self, image_px: FloatArray, part: str) -> float:
        """Return how far it has gone, degrees, growing as it goes out."""

    def wrong(self, image_px: FloatArray, rest_px: FloatArray, part: str) -> Cue | None:  # noqa: ARG002
        """Say what is done wrong while it moves, given the landmarks at rest."""
        return None

    @abstractmethod
    def options(self, part: str) -> dict[str, str]:
        """Return what was chosen of the test, for one of its parts."""


class HoldCoach(PartsCoach):
    """Guides three repetitions of each part.

    Parameters
    ----------
    task : the test.
    begun : whether it starts by itself; else it waits in set-up for `begin`.
    """

    def __init__(self, task: HoldTask, *, begun: bool = True) -> None:
        self._task = task
        super().__init__(task.parts, wanted=REPETITIONS, most_s=MOST_S, between_s=NEXT_S, begun=begun)

    def _start_part(self) -> None:
        super()._start_part()
        self._recent: deque[tuple[float, float]] = deque()
        self._wrong_s = -np.inf
        self._rest, self._rest_px = 0.0, np.zeros((33, 2))
        self._at_rest, self._last = True, self._task.words.go
        self._begin_repetition()

    def _begin_repetition(self) -> None:
        self._top, self._held_s = 0.0, 0.0
        self._hold_from_s: float | None = None

    def _may_signal(self, seen: Standing) -> bool:  # noqa: ARG002
        return self._top == 0.0

    def _hold_share(self) -> float:
        return min(self._held_s / HOLD_S, 1.0)

    def _pause_cue(self) -> Cue:
        return self._task.words.next

    def _picture_fault(self, seen: Standing) -> Cue | None:
        if seen.frozen:
            return FROZEN
        if seen.image_px is None or seen.brightness < DARK:
            return TOO_DARK if seen.brightness < DARK else _NOBODY
        if seen.n_people > 1:
            return PEOPLE
        size = np.array(seen.picture_px)
        px, margin = seen.image_px[list(self._task.body)], EDGE * size.min()
        return _CLOSE if ((px < margin) | (px > size - margin)).any() else None

    def _set_up(self, seen: Standing) -> Cue:
        fault = self._picture_fault(seen)
        if fault is None:
            assert seen.image_px is not None
            fault = self._task.fault(seen.image_px, self.part)
        if fault is not None:
            self._recent.clear()
            return fault
        if not self._begun:
            return READY
        assert seen.image_px is not None
        if not self._within(seen.time_s, self._task.reading(seen.image_px, self.part), STILL_S, STILL_SPREAD):
            return self._task.words.still
        self._rest = float(np.median([reading for _, reading in self._recent]))
        self._rest_px = seen.image_px.copy()
        self._stage, self._seen_s, self._last = "moving", seen.time_s, self._go_cue()
        self._since_s = self._recent[0][0] if self._since_s is None else self._since_s
        return self._go_cue()

    def _within(self, time_s: float, reading: float, for_s: float, spread: float) -> bool:
        """Whether the reading has stayed within a spread for a time."""
        self._recent.append((time_s, reading))
        while self._recent[0][0] < time_s - for_s - 0.05:
            self._recent.popleft()
        readings = [r for _, r in self._recent]
        return len(readings) >= 4 and time_s - self._recent[0][0] >= 0.85 * for_s and bool(np.ptp(readings) <= spread)

    def _guide(self, seen: Standing) -> Cue:
        if seen.image_px is None or seen.n_people > 1 or seen.frozen:
            if seen.time_s - self._seen_s > AWAY_S:
                self._stage = "setup"
                self._recent.clear()
                self._begin_repetition()
            return self._picture_fault(seen) or self._go_cue()
        self._seen_s = seen.time_s
        reading = self._task.reading(seen.image_px, self.part)
        away = reading - self._rest
        still = self._within(seen.time_s, reading, HOLDS_S, HOLDS_SPREAD)
        # One that has just ended on its way back: the next begins only from rest.
        self._at_rest = self._at_rest or away < 0.6 * self._task.least
        if self._top == 0.0 and (away < self._task.least or not self._at_rest):
            return self._last
        self._top = max(self._top, away)
        if away <= max(BACK_SHARE * self._top, 0.5 * self._task.least):
            return self._end_repetition(seen.time_s)
        if self._held_s >= HOLD_S:
            return self._task.words.back
        wrong = self._task.wrong(seen.image_px, self._rest_px, self.part)
        self._wrong_s = seen.time_s if wrong is None else self._wrong_s
        if wrong is not None and seen.time_s - self._wrong_s > WRONG_S:
            return wrong
        if not still or away < self._top - LEAVES:
            self._hold_from_s, self._held_s = None, 0.0
            return self._task.words.further
        self._hold_from_s = self._recent[0][0] if self._hold_from_s is None else self._hold_from_s
        self._held_s = seen.time_s - self._hold_from_s
        return self._task.words.back if self._held_s >= HOLD_S else self._task.words.hold

    def _end_repetition(self, time_s: float) -> Cue:
        held = self._held_s >= HOLDS_S
        self._tries += 1
        self._count += held
        self._begin_repetition()
        self._at_rest = False
        if self._count >= REPETITIONS:
            return self._end_part(time_s)
        self._last = self._go_cue() if held else self._task.words.short
        return self._last

    def _go_cue(self) -> Cue:
        return self._again() if self._count else self._task.words.go
