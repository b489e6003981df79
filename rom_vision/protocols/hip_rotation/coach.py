"""The live coach: guides one hip rotation test hands-free, from stepping into view to the last repetition.

A state machine over moments of the camera (`Sighting`); it knows no video, no voice and no screen. What it counts is
for guidance only: the saved value comes from the smoother and `measure_hip_rotation` over the whole recording.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.measure import LOST_S, OUTLIER_DEG, PELVIS_WARN_DEG, TRUNK_REJECT_DEG
from rom_vision.protocols.hip_rotation.setup_check import Cue, Fault, Sighting, setup_fault
from rom_vision.protocols.hip_rotation.swing import Moment, Swing, SwingEnd
from rom_vision.results.parts import Position, Side

__all__ = ["Advice", "Coach", "Stage"]

GOOD_REPETITIONS = 3
"""Scored repetitions of a side (clinical evidence, 6.2)."""
MOST_SWINGS = 6
"""One practice and at most five scored repetitions (clinical evidence, 9)."""
REST_BETWEEN_S = 10.0
"""Rest between sides (clinical evidence, 6.2)."""
STEADY_S = 2.0
"""Hold still for this long before the first swing (clinical evidence, 6.2)."""

# Our own heuristics.
STEADY_DEG, STEADY_SHARE = 4.0, 0.03
"""Still: the rotation stays within this, and the hips within this share of the picture's height."""
PATIENCE_S = 15.0
"""A soft fault holds the start back for this long; then the test starts, and its result carries the warning."""
SETTLE_S = 0.6
"""An instruction stands for at least this long, so that flickering landmarks do not make it flicker."""
AWAY_S = 3.0
"""Whoever is gone, or no longer alone, for this long during the test is set up again; a hard fault that passes sooner
does not make a soft one count from the beginning."""
SIDE_MOST_S = 120.0
"""A side ends after this time with whatever was done."""

Stage = Literal["setup", "moving", "pause", "done"]


@dataclass(frozen=True)
class Advice:
    """What the coach says at one moment.

    Attributes
    ----------
    stage : setting up, moving, pausing between the sides, or done.
    side : the side that is (or was last) tested.
    cue : what to tell the user.
    good, swings : repetitions of this side that count, and all.
    rotation_deg : hip rotation now, internal +; None when it cannot be told at this moment.
    holding : the end of a swing is being held.
    recording : this moment belongs to the recording of ``side``.
    """

    stage: Stage
    side: Side
    cue: Cue
    good: int
    swings: int
    rotation_deg: float | None
    holding: bool
    recording: bool


_DONE = Cue("done", "Done", "The test is done. You can come back to the computer.", "done")


class Coach:
    """Guides the test of one or both sides.

    Parameters
    ----------
    position : of the test.
    sides : which legs, in order.

    Examples
    --------
    >>> coach = Coach("seated", ("left",))
    >>> coach.update(Sighting(0.0, (640, 480))).cue.id
    'nobody'
    """

    def __init__(self, position: Position, sides: tuple[Side, ...] = ("left", "right")) -> None:
        self.position = position
        self.sides = sides
        self._index = 0
        self._stage: Stage = "setup"
        self._pause_until_s = -np.inf
        self._shown: Cue | None = None
        self._shown_since_s = -np.inf
        self._start_side()

    @property
    def side(self) -> Side:
        """The side that is tested now."""
        return self.sides[self._index]

    def _start_side(self) -> None:
        self._stage = "setup"
        self._recording_since_s: float | None = None
        self._recent: deque[tuple[Moment, FloatArray]] = deque()
        self._soft_since_s: float | None = None
        self._hard_since_s: float | None = None
        self._seen_s = -np.inf
        self._alone_s = -np.inf
        self._swing: Swing | None = None
        self._ends: list[SwingEnd] = []
        self._last_fault: str | None = None

    def stop(self) -> None:
        """End the whole test now."""
        self._stage = "done"

    def restart_side(self) -> None:
        """Begin the current side again, forgetting what was recorded of it."""
        if self._stage != "done":
            self._start_side()

    def update(self, seen: Sighting) -> Advice:
        """Take in the next moment (times increase) and say what to do."""
        cue = self._step(seen)
        settled = self._stage != "setup" or seen.time_s - self._shown_since_s >= SETTLE_S
        if self._shown is None or (cue.id != self._shown.id and settled):
            self._shown, self._shown_since_s = cue, seen.time_s
        rotation = seen.angles_deg.get(f"hip_rotation_{self.side[0]}") if seen.found else None
        return Advice(
            stage=self._stage,
            side=self.side,
            cue=self._shown,
            good=self._n_good(),
            swings=len(self._ends),
            rotation_deg=rotation if self._stage in ("setup", "moving") else None,
            holding=self._swing is not None and self._swing.phase == "hold",
            recording=self._recording_since_s is not None and self._stage in ("setup", "moving"),
        )

    def _step(self, seen: Sighting) -> Cue:
        if self._stage == "pause" and seen.time_s >= self._pause_until_s:
            self._index += 1
            self._start_side()
        if self._stage == "done":
            return _DONE
        if self._stage == "pause":
            return self._pause_cue()
        self._remember(seen)
        cue = self._set_up(seen) if self._stage == "setup" else self._guide(seen)
        started = self._recording_since_s
        if started is not None and seen.time_s - started > SIDE_MOST_S and self._stage in ("setup", "moving"):
            return self._end_side(seen.time_s)
        return cue

    def _remember(self, seen: Sighting) -> None:
        if seen.found:
            assert seen.image_px is not None
            self._seen_s = seen.time_s
            hips_px = seen.image_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
            moment = Moment(
                seen.time_s,
                rotation_deg=seen.angles_deg[f"hip_rotation_{self.side[0]}"],
                pelvis_deg=seen.angles_deg["pelvis_list"] * (1.0 if self.side == "left" else -1.0),
                trunk_deg=seen.angles_deg["trunk_lean"],
                knee_deg=seen.angles_deg[f"knee_angle_{self.side[0]}"],
                residual=seen.residual,
            )
            self._recent.append((moment, hips_px))
        if seen.found and seen.n_people <= 1:
            self._alone_s = seen.time_s
        while self._recent and self._recent[0][0].time_s < seen.time_s - STEADY_S - 0.1:
            self._recent.popleft()

    # -- setting up -------------------------------------------------------------------------------------------------

    def _set_up(self, seen: Sighting) -> Cue:
        fault = self._standing_fault(seen)
        if fault is not None:
            self._recent.clear()
            return fault.cue
        if not self._steady(seen):
            name = "Sit" if self.position == "seated" else "Lie"
            return Cue("still", "Keep still", f"Good. {name} still for two seconds.", "wait")
        moments = [moment for moment, _ in self._recent]
        self._swing = Swing(
            rest_deg=float(np.median([m.rotation_deg for m in moments])),
            pelvis_deg=float(np.median([m.pelvis_deg for m in moments])),
            trunk_deg=float(np.median([m.trunk_deg for m in moments])),
        )
        self._stage = "moving"
        if self._recording_since_s is None:
            self._recording_since_s = moments[0].time_s
        return self._go_cue()

    def _standing_fault(self, seen: Sighting) -> Fault | None:
        fault = setup_fault(seen, self.position, self.side)
        if fault is None:
            self._hard_since_s = None
            return None
        if fault.hard:
            self._hard_since_s = seen.time_s if self._hard_since_s is None else self._hard_since_s
            if seen.time_s - self._hard_since_s > AWAY_S:
                self._soft_since_s = None
            return fault
        self._hard_since_s = None
        if self._soft_since_s is None:
            self._soft_since_s = seen.time_s
        return fault if seen.time_s - self._soft_since_s < PATIENCE_S else None

    def _steady(self, seen: Sighting) -> bool:
        moments = [moment for moment, _ in self._recent]
        if len(moments) < 5 or moments[-1].time_s - moments[0].time_s < STEADY_S - 0.1:
            return False
        if np.diff([m.time_s for m in moments]).max() > LOST_S:
            return False
        low, high = np.percentile([m.rotation_deg for m in moments], (5, 95))
        moved = np.ptp([hips_px for _, hips_px in self._recent], axis=0).max()
        return bool(high - low <= STEADY_DEG and moved <= STEADY_SHARE * seen.picture_px[1])

    # -- moving -----------------------------------------------------------------------------------------------------

    def _guide(self, seen: Sighting) -> Cue:
        assert self._swing is not None
        gone, company = seen.time_s - self._seen_s, seen.time_s - self._alone_s
        if max(gone, company) > LOST_S:
            self._swing.spoil()
            if max(gone, company) > AWAY_S:
                self._stage = "setup"
                self._recent.clear()
            fault = setup_fault(seen, self.position, self.side)
            return fault.cue if fault is not None else self._go_cue()
        if not seen.found:
            return self._shown or self._go_cue()
        end = self._swing.update(self._recent[-1][0])
        if end is not None:
            return self._count(end, seen.time_s)
        if self._swing.stuck:
            # The leg never came back: what was taken for rest was none, or the person sits differently now.
            self._stage = "setup"
            self._recent.clear()
        return self._warning() or self._swing_cue()

    def _count(self, end: SwingEnd, time_s: float) -> Cue:
        before = self._n_good()
        self._ends.append(end)
        good = self._n_good()
        self._last_fault = end.fault or ("differs" if good <= before else None)
        if good >= GOOD_REPETITIONS or len(self._ends) >= MOST_SWINGS:
            return self._end_side(time_s)
        return self._go_cue()

    def _n_good(self) -> int:
        values = np.array([end.rotation_deg for end in self._ends if end.fault is None])
        if len(values) < GOOD_REPETITIONS:
            return len(values)
        # The same rule by which the protocol sets a repetition aside (AMA consistency rule).
        return int(np.sum(np.abs(values - np.median(values)) <= OUTLIER_DEG))

    def _end_side(self, time_s: float) -> Cue:
        last = self._index + 1 >= len(self.sides)
        self._stage = "done" if last else "pause"
        self._pause_until_s = time_s + REST_BETWEEN_S
        return _DONE if last else self._pause_cue()

    # -- what to say ------------------------------------------------------------------------------------------------

    def _pause_cue(self) -> Cue:
        following = self.sides[self._index + 1]
        sentence = f"The {self.side} side is done. Rest a moment; the {following} side comes next."
        return Cue(f"next_{following}", f"Next: {following}", sentence, "wait")

    def _go_cue(self) -> Cue:
        foot, good = f"{self.side} foot", self._n_good()
        again = f"Swing your {foot} outward again."
        if not self._ends:
            sentence = f"Now slowly swing your {foot} outward, as far as it goes by itself."
            return Cue("go", "Swing outward", sentence, "go")
        number = len(self._ends)
        if self._last_fault is None:
            return Cue(f"good_{number}", f"{good} of {GOOD_REPETITIONS}", f"Good, that is {good}. {again}", "go")
        return Cue(f"{self._last_fault}_{number}", "Once more", f"{_SPOILED[self._last_fault]} {again}", "go")

    def _swing_cue(self) -> Cue:
        assert self._swing is not None
        if self._swing.phase == "hold":
            return Cue("hold", "Hold", "Hold.", "hold")
        if self._swing.phase == "back":
            return Cue("return", "And back", "And slowly back.", "return")
        if self._swing.phase == "out":
            return Cue("out", "Go on", "Go on, as far as it goes, and stay there.", "go")
        if self._swing.wrong_way:
            return Cue("wrong_way", "Other way", f"The other way: move your {self.side} foot outward.", "warn")
        return self._go_cue()

    def _warning(self) -> Cue | None:
        assert self._swing is not None
        if self._swing.phase not in ("out", "hold"):
            return None
        if self._swing.pelvis_change_deg > PELVIS_WARN_DEG:
            return Cue("hike", "Hips down", "Keep both buttocks on the seat.", "warn")
        if self._swing.trunk_change_deg > TRUNK_REJECT_DEG:
            return Cue("lean", "Sit tall", "Sit tall, do not lean.", "warn")
        return None


_SPOILED = {
    "unheld": "Stay at the end for two seconds.",
    "hike": "Your pelvis moved along. Keep both buttocks down.",
    "lean": "You leaned over. Sit tall.",
    "knee": "Keep your knee at a right angle.",
    "unclear": "I could not see your leg clearly.",
    "lost": "I lost sight of you.",
    "differs": "One swing was unlike the others.",
}
