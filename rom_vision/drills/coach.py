"""The live coach of a guided drill: hands-free from stepping into view, over sets and rests, to the last repetition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from rom_vision.camera import Camera
from rom_vision.drills.counter import RepetitionEnd, SetCounter
from rom_vision.drills.drill import GuidedDrill
from rom_vision.drills.recorded import in_view
from rom_vision.drills.signs import SignReader
from rom_vision.drills.training import PAIN_STOPS, SetDone, Training
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DARK, FROZEN, NOBODY, PEOPLE, STOPPED, TOO_DARK, Advice, Cue, HandStop, Stage
from rom_vision.results.parts import Side

__all__ = ["DrillAdvice", "DrillCoach", "DrillSight"]

# Our own heuristics.
READY_S = 1.5
"""A good view for this long begins the first set."""
OTHER_SIDE_S = 10.0
"""Rest between sides (clinical evidence, 6.2)."""
SHOWN_S = 1.6
"""A count or a correction stands for this long before the next cue."""
MOST_TRIES = 2
"""A set ends after this many times its repetitions, whatever was counted."""
AWAY_S = 60.0
"""Whoever is gone for this long has ended the drill."""

_CLOSE = Cue("close", "Move back", "I need to see all of you. Move back, or tilt the camera.")
_READY = Cue("ready", "Ready", "This is a good view. Start when you are ready.", "wait")
_STILL = Cue("still", "Hold still", "Good. Take up the starting position and hold still.", "wait")
_HOLD = Cue("hold", "Hold", "Hold.", "hold")
_BACK = Cue("return", "And back", "And back.", "return")
_ASIDE = " From aside I cannot judge leaning and shifting: face the camera straight."
_DONE = Cue("done", "Done", "Done. Come back to the computer and say how it felt.", "done")


@dataclass(frozen=True)
class DrillSight:
    """One moment of the camera: time, picture (width, height), lens and lean, who was found, and what else was seen."""

    time_s: float
    size_px: tuple[int, int]
    camera: Camera
    pose: PoseCandidate | None = None
    brightness: float = 0.5
    n_people: int = 1
    hand_up: bool = False
    frozen: bool = False


@dataclass(frozen=True)
class DrillAdvice(Advice):
    """What the coach of a drill says besides.

    Attributes
    ----------
    set_number, sets : which set this is, and of how many.
    held_s, hold_s : how long the end has been held in this repetition, and how long it is to be.
    range_now, range_before : training range of this repetition, and the mean of the set before on this side; None
        when there is none.
    rest_s, rest_left_s : length of the rest, and what is left of it; 0 outside of one.
    unit : of the training range, 'deg' or '%'.
    """

    set_number: int = 1
    sets: int = 1
    held_s: float = 0.0
    hold_s: float = 0.0
    range_now: float | None = None
    range_before: float | None = None
    rest_s: float = 0.0
    rest_left_s: float = 0.0
    unit: str = "deg"


class DrillCoach:
    """Guides one drill.

    Parameters
    ----------
    drill : which.
    sets, count : how much: sets, and repetitions or holds of each on every side.
    begun : whether it starts by itself; else it waits in set-up for `begin`.

    Attributes
    ----------
    points_px : model points of the last picture for drawing, (8, 2), or None.
    """

    def __init__(self, drill: GuidedDrill, sets: int, count: int, *, begun: bool = True) -> None:
        self.drill, self.sets, self.count = drill, sets, count
        sides: tuple[Side | None, ...] = drill.sides or (None,)
        self._steps = [(number, side) for number in range(1, sets + 1) for side in sides]
        self._index = 0
        self._begun = begun
        self._stage: Stage = "setup"
        self._began_at: datetime | None = None
        self._done: list[SetDone] = []
        self._hand = HandStop()
        self._good_since_s: float | None = None
        self._seen_s: float | None = None
        self._rest = (0.0, 0.0)
        self._cue, self._cue_until_s = NOBODY, -np.inf
        self._ended_by_itself = False
        self._start_step()

    def _start_step(self) -> None:
        self._counter = SetCounter(self.drill, self.side)
        self._reader = SignReader(self.drill, self.side)

    @property
    def side(self) -> Side | None:
        """The leg that works now; None where both do."""
        return self._steps[self._index][1]

    @property
    def points_px(self) -> FloatArray | None:
        """Model points of the last picture, (8, 2)."""
        return self._reader.points_px

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        self._begun = True

    def stop(self) -> None:
        """End the drill now; what was done counts."""
        if self._stage != "done":
            self._close_step()
            self._stage = "done"

    def training(self) -> Training | None:
        """Return the log; None before the first repetition."""
        if self._began_at is None or not any(s.counted or s.spoiled for s in self._done):
            return None
        return Training(
            drill=self.drill.code,
            began_at=self._began_at,
            seen="live",
            sets=tuple(self._done),
            ended="done" if self._ended_by_itself else "stopped",
        )

    def update(self, seen: DrillSight) -> DrillAdvice:
        """Take in the next moment (times increase) and say what to do."""
        cue = self._step(seen)
        counter, (rest_s, until_s) = self._counter, self._rest
        resting = self._stage == "pause"
        moving = counter.phase in ("out", "hold", "back")
        side = self.side
        return DrillAdvice(
            stage=self._stage,
            part=f"{self._steps[self._index][0]} {side or 'both'}",
            title=f"{side.capitalize()} leg" if side else "Both legs",
            cue=cue,
            good=counter.counted,
            wanted=self.count,
            tries=counter.tries,
            side=side,
            hold_share=min(counter.hold_s / self.drill.hold_s, 1.0) if self.drill.hold_s and moving else 0.0,
            holding=counter.phase == "hold",
            stopped=self._hand.stopped,
            set_number=self._steps[self._index][0],
            sets=self.sets,
            held_s=counter.hold_s if moving else 0.0,
            hold_s=self.drill.hold_s,
            range_now=max(counter.range_now, 0.0) if moving and self.drill.kind == "lift" else None,
            range_before=self._range_before(),
            rest_s=rest_s if resting else 0.0,
            rest_left_s=max(until_s - seen.time_s, 0.0) if resting else 0.0,
            unit=self.drill.unit,
        )

    def _range_before(self) -> float | None:
        """Mean training range of the last finished set on this side."""
        own = [s for s in self._done if s.side == (self.side or "both") and s.ranges]
        return float(np.mean(own[-1].ranges)) if own else None

    def _step(self, seen: DrillSight) -> Cue:
        if self._stage == "done":
            return STOPPED if self._hand.stopped else _DONE
        raised = self._hand.update(seen.time_s, up=seen.hand_up and self._stage != "setup" and self.drill.hand_stops)
        if self._hand.stopped:
            self.stop()
        if raised is not None:
            return raised
        fault = self._fault(seen)
        if fault is None:
            self._seen_s = seen.time_s
        if self._stage == "setup":
            return self._set_up(seen.time_s, fault)
        if self._seen_s is not None and seen.time_s - self._seen_s > AWAY_S:
            self.stop()
            return _DONE
        if self._stage == "pause":
            return self._pause(seen.time_s)
        return self._move(seen, fault)

    def _fault(self, seen: DrillSight) -> Cue | None:
        if seen.frozen:
            return FROZEN
        if seen.pose is None:
            return TOO_DARK if seen.brightness < DARK else NOBODY
        if seen.n_people > 1:
            return PEOPLE
        return None if in_view(self.drill, seen.pose, seen.size_px) else _CLOSE

    def _set_up(self, time_s: float, fault: Cue | None) -> Cue:
        if fault is not None:
            self._good_since_s = None
            return fault
        if not self._begun:
            return _READY
        self._good_since_s = time_s if self._good_since_s is None else self._good_since_s
        if time_s - self._good_since_s >= READY_S:
            self._stage = "moving"
            self._began_at = datetime.now().astimezone()
        return _STILL

    def _pause(self, time_s: float) -> Cue:
        if time_s < self._rest[1]:
            return self._cue
        self._stage = "moving"
        self._cue_until_s = -np.inf
        return self._go()

    def _move(self, seen: DrillSight, fault: Cue | None) -> Cue:
        counter, before = self._counter, self._counter.cheat
        pose = seen.pose if fault is None else None
        resting = counter.phase in ("unknown", "rest")
        signs = self._reader.read(seen.time_s, seen.camera, pose, restart=resting)
        phase = counter.phase
        ended = counter.update(seen.time_s, signs)
        if ended is not None:
            self._note(seen.time_s, ended)
            if counter.counted >= self.count or counter.tries >= MOST_TRIES * self.count:
                return self._end_step(seen.time_s)
        elif counter.cheat is not None and counter.cheat != before:
            self._show(seen.time_s, Cue(f"{counter.cheat.code}_{counter.tries}", counter.cheat.label,
                                        counter.cheat.sentence, "warn"))  # fmt: skip
        elif self.drill.hold_s and counter.phase != phase and counter.phase in ("hold", "back") and not counter.cheat:
            self._show(seen.time_s, _HOLD if counter.phase == "hold" else _BACK, 0.0)
        if fault is not None:
            return fault
        if seen.time_s < self._cue_until_s:
            return self._cue
        if counter.phase == "unknown":
            return _STILL
        if counter.phase == "rest" or self.drill.kind == "switch":
            return self._go()
        if self._cue in (_HOLD, _BACK):
            return self._cue
        return Cue("on", self.drill.go_label, f"{self.drill.go}.", "go", spoken=False)

    def _show(self, time_s: float, cue: Cue, for_s: float = SHOWN_S) -> None:
        self._cue, self._cue_until_s = cue, time_s + for_s

    def _go(self) -> Cue:
        first = not self._counter.tries
        return Cue(f"go_{self._counter.tries}", self.drill.go_label, f"{self.drill.go}.", "go", spoken=first)

    def _note(self, time_s: float, ended: RepetitionEnd) -> None:
        """Say the number of a repetition that counts, or why it does not."""
        n = self._counter
        if ended.cheat is None:
            aside = _ASIDE if ended.unjudged and n.unjudged == 1 else ""  # said once a set
            cue = Cue(f"good_{n.counted}", f"{n.counted} of {self.count}", f"{n.counted}.{aside}", "hold")
        else:
            cue = Cue(f"bad_{n.tries}", ended.cheat.label, ended.cheat.sentence, "warn")
        self._show(time_s, cue)

    def _close_step(self) -> None:
        done = self._counter.done()
        if done.counted or done.spoiled:
            self._done.append(done)

    def _end_step(self, time_s: float) -> Cue:
        self._close_step()
        if self._index + 1 >= len(self._steps):
            self._ended_by_itself = True
            self._stage = "done"
            return _DONE
        (number, _), (next_number, side) = self._steps[self._index : self._index + 2]
        self._index += 1
        self._start_step()
        self._stage = "pause"
        between_sets = next_number != number
        rest_s = self.drill.rest_s if between_sets else OTHER_SIDE_S
        self._rest = rest_s, time_s + rest_s
        leg = f"Next: the {side} leg. " if side else ""
        stop = "Hold a hand up." if self.drill.hand_stops else "Then stop."
        said = f"Good. Rest. {leg}Pain above {PAIN_STOPS} of 10, or a pinch? {stop}"
        self._cue = Cue(f"rest_{self._index}", "Rest" if between_sets else "Other leg", said, "wait")
        return self._cue
