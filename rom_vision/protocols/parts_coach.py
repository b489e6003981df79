"""What the coaches share that guide somebody part by part: set-up, repetitions, a pause, the next part, the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DONE, STOPPED, Advice, Cue, HandStop, Stage

__all__ = ["AWAY_S", "EDGE", "READY", "PartsCoach", "Standing"]

# Our own heuristics.
SETTLE_S = 0.6
"""An instruction of the set-up stands for at least this long."""
AWAY_S = 3.0
"""Whoever is gone for this long is set up again."""
EDGE = 0.01

READY = Cue("ready", "Ready", "This is a good view. Start the test when you are ready.", "wait")


@dataclass(frozen=True)
class Standing:
    """One moment of the camera, as far as such a coach needs to know it.

    Attributes
    ----------
    time_s : time of the picture.
    picture_px : (width, height).
    brightness : mean of the picture, 0 to 1.
    n_people : how many people were found when last looked for.
    image_px, visibility : (33, 2) and (33,) landmarks; None when nobody was found.
    camera_roll_deg : lean of the camera, None when unknown.
    hand_up : whether a hand is held above the head.
    frozen : the camera has shown the same picture for too long.
    """

    time_s: float
    picture_px: tuple[int, int]
    brightness: float = 0.5
    n_people: int = 1
    image_px: FloatArray | None = None
    visibility: FloatArray | None = None
    camera_roll_deg: float | None = None
    hand_up: bool = False
    frozen: bool = False


class PartsCoach(ABC):
    """Guides some repetitions of each part; a raised hand, the last part or `stop` ends it.

    Parameters
    ----------
    titles : of the parts for the screen, by their names, in order.
    wanted : repetitions of each part.
    most_s : a part ends after this time with whatever was done.
    between_s : time from the end of a part to the set-up of the next.
    begun : whether it starts by itself; else it waits in set-up for `begin`.
    """

    def __init__(self, titles: dict[str, str], *, wanted: int, most_s: float, between_s: float, begun: bool) -> None:
        self._titles, self.parts, self._index = titles, tuple(titles), 0
        self._wanted, self._most_s, self._between_s, self._begun = wanted, most_s, between_s, begun
        self._shown: Cue | None = None
        self._shown_since_s = self._next_s = -np.inf
        self._hand = HandStop()
        self._stage: Stage = "setup"
        self._start_part()

    @property
    def part(self) -> str:
        """The part that is recorded now."""
        return self.parts[self._index]

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
            title=self._titles[self.part],
            cue=self._shown,
            good=self._count,
            wanted=self._wanted,
            tries=self._tries,
            hold_share=self._hold_share(),
            holding=0.0 < self._hold_share() < 1.0,
            recording=self._since_s is not None and self._stage in ("setup", "moving"),
            stopped=self._hand.stopped,
        )

    def _start_part(self) -> None:
        self._stage = "setup"
        self._since_s: float | None = None
        self._seen_s = -np.inf
        self._count = self._tries = 0

    def _step(self, seen: Standing) -> Cue:
        if self._stage == "pause" and seen.time_s >= self._next_s:
            self._index += 1
            self._start_part()
        if self._stage == "done":
            return STOPPED if self._hand.stopped else DONE
        hand = self._hand.update(seen.time_s, up=self._begun and seen.hand_up and self._may_signal(seen))
        if hand is not None:
            self._stage = "done" if self._hand.stopped else self._stage
            return hand
        if self._stage == "pause":
            return self._pause_cue()
        cue = self._set_up(seen) if self._stage == "setup" else self._guide(seen)
        if (
            self._since_s is not None
            and seen.time_s - self._since_s > self._most_s
            and self._stage in ("setup", "moving")
        ):
            return self._end_part(seen.time_s)
        return cue

    def _end_part(self, time_s: float) -> Cue:
        last = self._index + 1 >= len(self.parts)
        self._stage = "done" if last else "pause"
        self._next_s = time_s + self._between_s
        return DONE if last else self._pause_cue()

    def _again(self) -> Cue:
        again = f"Good, that is {self._count} of {self._wanted}. Again."
        return Cue(f"good_{self._count}", "Good, again", again, "go")

    def _hold_share(self) -> float:
        """How much of the hold is done, 0 to 1."""
        return 0.0

    @abstractmethod
    def _may_signal(self, seen: Standing) -> bool:
        """Whether a raised hand means to stop now: in the middle of a movement it may belong to it."""

    @abstractmethod
    def _set_up(self, seen: Standing) -> Cue:
        """Say what is wrong before the movement; begin it when nothing is."""

    @abstractmethod
    def _guide(self, seen: Standing) -> Cue:
        """Guide the movement."""

    @abstractmethod
    def _pause_cue(self) -> Cue:
        """Say what comes next."""
