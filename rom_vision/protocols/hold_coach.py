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
from rom_vision.protocols.coaching import DONE, STOPPED, Advice, Cue, HandStop, Stage
from rom_vision.protocols.squat.coach import Standing

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
AWAY_S = 3.0
SETTLE_S = 0.6
WRONG_S = 0.4
DARK, EDGE = 0.16, 0.01

_NOBODY = Cue("nobody", "Not in view", "I cannot see you. Your whole body has to be in the picture.")
_PEOPLE = Cue("people", "One person only", "I see more than one person. Only you may be in the picture.")
_DARK = Cue("dark", "More light", "It is too dark. Switch on a light that shines on you.")
_FROZEN = Cue("frozen", "Picture stuck", "The camera picture stands still. Check the camera.")
_CLOSE = Cue("close", "Move back", "Your whole body has to be in the picture. Put the camera further away.")
_READY = Cue("ready", "Ready", "This is a good view. Start the test when you are ready.", "wait")


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


class HoldCoach:
    """Guides three repetitions of each part.

    Parameters
    ----------
    task : the test.
    begun : whether it starts by itself; else it waits in set-up for `begin`.
    """

    def __init__(self, task: HoldTask, *, begun: bool = True) -> None:
        self._task, self._begun, self._parts, self._index = task, begun, tuple(task.parts), 0
        self._shown: Cue | None = None
        self._shown_since_s = -np.inf
        self._hand = HandStop()
        self._next_s = -np.inf
        self._start_part()

    @property
    def part(self) -> str:
        """The part that is recorded now."""
        return self._parts[self._index]

    def _start_part(self) -> None:
        self._stage: Stage = "setup"
        self._recent: deque[tuple[float, float]] = deque()
        self._since_s: float | None = None
        self._seen_s, self._wrong_s = -np.inf, -np.inf
        self._rest, self._rest_px = 0.0, np.zeros((33, 2))
        self._count = self._tries = 0
        self._at_rest, self._last = True, self._task.words.go
        self._begin_repetition()

    def _begin_repetition(self) -> None:
        self._top, self._held_s = 0.0, 0.0
        self._hold_from_s: float | None = None

    def begin(self) -> None:
        """Start the test as soon as the set-up is right."""
        self._begun = True

    def stop(self) -> None:
        """End the test now."""
        self._stage = "done"

    def restart_part(self) -> None:
        """Begin the present part again."""
        if self._stage != "done":
            self._start_part()

    def update(self, seen: Standing) -> Advice:
        """Take in the next moment (times increase) and say what to do."""
        cue = self._step(seen)
        settled = self._stage != "setup" or seen.time_s - self._shown_since_s >= SETTLE_S
        if self._shown is None or (cue.id != self._shown.id and settled):
            self._shown, self._shown_since_s = cue, seen.time_s
        return Advice(
            stage=self._stage,
            part=self.part,
            title=self._task.parts[self.part],
            cue=self._shown,
            good=self._count,
            wanted=REPETITIONS,
            tries=self._tries,
            hold_share=min(self._held_s / HOLD_S, 1.0),
            holding=0.0 < self._held_s < HOLD_S,
            recording=self._since_s is not None and self._stage in ("setup", "moving"),
            stopped=self._hand.stopped,
        )

    def _step(self, seen: Standing) -> Cue:
        if self._stage == "pause" and seen.time_s >= self._next_s:
            self._index += 1
            self._start_part()
        if self._stage == "done":
            return STOPPED if self._hand.stopped else DONE
        hand = self._hand.update(seen.time_s, up=self._begun and self._top == 0.0 and seen.hand_up)
        if hand is not None:
            self._stage = "done" if self._hand.stopped else self._stage
            return hand
        if self._stage == "pause":
            return self._task.words.next
        cue = self._set_up(seen) if self._stage == "setup" else self._guide(seen)
        if self._since_s is not None and seen.time_s - self._since_s > MOST_S and self._stage in ("setup", "moving"):
            return self._end_part(seen.time_s)
        return cue

    def _picture_fault(self, seen: Standing) -> Cue | None:
        if seen.frozen:
            return _FROZEN
        if seen.image_px is None or seen.brightness < DARK:
            return _DARK if seen.brightness < DARK else _NOBODY
        if seen.n_people > 1:
            return _PEOPLE
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
            return _READY
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

    def _end_part(self, time_s: float) -> Cue:
        last = self._index + 1 >= len(self._parts)
        self._stage = "done" if last else "pause"
        self._next_s = time_s + NEXT_S
        return DONE if last else self._task.words.next

    def _go_cue(self) -> Cue:
        if not self._count:
            return self._task.words.go
        again = f"Good, that is {self._count} of {REPETITIONS}. Again."
        return Cue(f"good_{self._count}", "Good, again", again, "go")
