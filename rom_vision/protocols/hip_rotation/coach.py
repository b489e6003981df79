"""The live coach: guides one hip rotation test hands-free, from stepping into view to the last repetition.

A state machine over moments of the camera (`Sighting`); it knows no video, no voice and no screen. What it counts is
for guidance only: the saved value comes from the smoother and `measure_hip_rotation` over the whole recording.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DONE, STOPPED, Advice, Cue, Direction, HandStop, Stage
from rom_vision.protocols.hip_rotation.anchor import Anchor, Moment
from rom_vision.protocols.hip_rotation.cues import Script
from rom_vision.protocols.hip_rotation.measure import LOST_S, OUTLIER_DEG
from rom_vision.protocols.hip_rotation.setup_check import Fault, Sighting, setup_faults
from rom_vision.protocols.hip_rotation.swing import RESEATED_S, Swing, SwingEnd
from rom_vision.results.parts import Mode, Position, Side

__all__ = ["GOOD_REPETITIONS", "Coach"]

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
"""A direction of a side ends after this time with whatever was done."""


class Coach:
    """Guides the test of one or both sides.

    Parameters
    ----------
    position, mode : of the test; in a passive one a helper moves the leg.
    sides : which legs, in order.
    directions : which ways each of them swings, in order.
    begun : whether the test starts by itself; else it waits in set-up for `begin`.

    Examples
    --------
    >>> coach = Coach("seated", ("left",))
    >>> coach.update(Sighting(0.0, (640, 480))).cue.id
    'nobody'
    """

    def __init__(
        self,
        position: Position,
        sides: tuple[Side, ...] = ("left", "right"),
        *,
        mode: Mode = "active",
        directions: tuple[Direction, ...] = ("internal",),
        begun: bool = True,
    ) -> None:
        self.position, self.mode = position, mode
        self.sides, self.directions = sides, directions
        self._begun = begun
        self._index = 0
        self._stage: Stage = "setup"
        self._pause_until_s = -np.inf
        self._shown: Cue | None = None
        self._shown_since_s = -np.inf
        self._hand = HandStop()
        self._start_side()

    @property
    def side(self) -> Side:
        """The side that is tested now."""
        return self.sides[self._index]

    @property
    def direction(self) -> Direction:
        """The way it is to swing now."""
        return self.directions[self._way]

    def _start_side(self) -> None:
        self._stage = "setup"
        self._script = Script(self.position, self.side, self.mode)
        self._recording_since_s: float | None = None
        self._recent: deque[tuple[Moment, FloatArray]] = deque()
        self._soft_since_s: dict[str, float] = {}
        self._hard_since_s: float | None = None
        self._seen_s = -np.inf
        self._alone_s = -np.inf
        self._anchor: Anchor | None = None
        self._swing: Swing | None = None
        self._swings = 0
        self._start_way(0)

    def _start_way(self, way: int) -> None:
        self._way = way
        self._way_since_s: float | None = None
        self._ends: list[SwingEnd] = []
        self._last_fault: str | None = None

    def begin(self) -> None:
        """Start the test as soon as the set-up is right."""
        self._begun = True

    def stop(self) -> None:
        """End the whole test now."""
        self._stage = "done"

    def restart_side(self) -> None:
        """Begin the current side again, forgetting what was recorded of it."""
        if self._stage != "done":
            self._start_side()

    def look_back(self, moments: Sequence[Moment]) -> None:
        """Take in what is known now of the moments before."""
        if self._anchor is not None:
            self._anchor.look_back(moments)

    def update(self, seen: Sighting) -> Advice:
        """Take in the next moment (times increase) and say what to do."""
        cue = self._step(seen)
        settled = self._stage != "setup" or seen.time_s - self._shown_since_s >= SETTLE_S
        if self._shown is None or (cue.id != self._shown.id and settled):
            self._shown, self._shown_since_s = cue, seen.time_s
        told = self._swing is not None and self._stage == "moving" and seen.found
        return Advice(
            stage=self._stage,
            part=self.side,
            title=f"{self.side.capitalize()} leg",
            cue=self._shown,
            good=self._n_good(),
            wanted=GOOD_REPETITIONS,
            tries=self._swings,
            side=self.side,
            direction=self.direction,
            rotation_deg=self._swing.shown_deg if self._swing is not None and told else None,
            hold_share=self._swing.hold_share if self._swing is not None and told else 0.0,
            holding=self._swing is not None and self._swing.phase == "hold",
            recording=self._recording_since_s is not None and self._stage in ("setup", "moving"),
            stopped=self._hand.stopped,
        )

    def _step(self, seen: Sighting) -> Cue:
        if self._stage == "pause" and seen.time_s >= self._pause_until_s:
            self._index += 1
            self._start_side()
        if self._stage == "done":
            return STOPPED if self._hand.stopped else DONE
        hand = self._hand.update(seen.time_s, up=self._begun and seen.found and seen.hand_up)
        if hand is not None:
            self._stage = "done" if self._hand.stopped else self._stage
            return hand
        if self._stage == "pause":
            return self._pause_cue()
        self._remember(seen)
        cue = self._set_up(seen) if self._stage == "setup" else self._guide(seen)
        since = self._way_since_s
        if since is not None and seen.time_s - since > SIDE_MOST_S and self._stage in ("setup", "moving"):
            return self._end_way(seen.time_s)
        return cue

    def _remember(self, seen: Sighting) -> None:
        if seen.found:
            assert seen.image_px is not None
            self._seen_s = seen.time_s
            hips_px = seen.image_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
            sign = 1.0 if self.side == "left" else -1.0
            moment = Moment(
                seen.time_s,
                rotation_deg=seen.angles_deg[f"hip_rotation_{self.side[0]}"],
                pelvis_deg=sign * seen.angles_deg["pelvis_list"],
                trunk_deg=sign * seen.angles_deg["trunk_lean"],
                knee_deg=seen.angles_deg[f"knee_angle_{self.side[0]}"],
                residual=seen.residual,
                sd_deg=seen.rotation_sd_deg,
            )
            self._recent.append((moment, hips_px))
        if seen.found and (seen.n_people <= 1 or self.mode == "passive"):
            self._alone_s = seen.time_s
        while self._recent and self._recent[0][0].time_s < seen.time_s - STEADY_S - 0.1:
            self._recent.popleft()

    # -- setting up -------------------------------------------------------------------------------------------------

    def _set_up(self, seen: Sighting) -> Cue:
        fault = self._standing_fault(seen)
        if fault is not None:
            self._recent.clear()
            return fault.cue
        if not self._begun:
            return self._script.ready()
        if not seen.camera_looked or not self._steady(seen):
            return self._script.still()
        moments = [moment for moment, _ in self._recent]
        self._anchor = Anchor(self.position, moments)
        self._swing = Swing(self._anchor, self.direction)
        self._stage = "moving"
        if self._recording_since_s is None:
            self._recording_since_s = moments[0].time_s
        if self._way_since_s is None:
            self._way_since_s = moments[0].time_s
        return self._go_cue()

    def _standing_fault(self, seen: Sighting) -> Fault | None:
        """Return the first fault that is hard or has not been said for long enough yet."""
        faults = list(setup_faults(seen, self.position, self.side, self.mode))
        if not any(fault.hard for fault in faults):
            self._hard_since_s = None
        else:
            self._hard_since_s = seen.time_s if self._hard_since_s is None else self._hard_since_s
            if seen.time_s - self._hard_since_s > AWAY_S:
                self._soft_since_s.clear()
        for fault in faults:
            if fault.hard:
                return fault
            since = self._soft_since_s.setdefault(fault.cue.id, seen.time_s)
            if not self._begun or seen.time_s - since < PATIENCE_S:
                return fault
        return None

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
            fault = next(setup_faults(seen, self.position, self.side, self.mode), None)
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
        elif self._swing.truer_rest and not self._swings:
            # The test began with the leg held at the end of a swing.
            self._start_side()
            return self._script.still()
        if self._swing.reseated:
            self._anchor = Anchor(self.position, [m for m, _ in self._recent if m.time_s > seen.time_s - RESEATED_S])
            self._swing = Swing(self._anchor, self.direction)
        return self._warning() or self._swing_cue()

    def _count(self, end: SwingEnd, time_s: float) -> Cue:
        before = self._n_good()
        self._ends.append(end)
        self._swings += 1
        good = self._n_good()
        self._last_fault = end.fault or ("differs" if good <= before else None)
        if good >= GOOD_REPETITIONS or len(self._ends) >= MOST_SWINGS:
            return self._end_way(time_s)
        return self._go_cue()

    def _n_good(self) -> int:
        values = np.array([end.rotation_deg for end in self._ends if end.fault is None])
        if len(values) < GOOD_REPETITIONS:
            return len(values)
        # The same rule by which the protocol sets a repetition aside (AMA consistency rule).
        return int(np.sum(np.abs(values - np.median(values)) <= OUTLIER_DEG))

    def _end_way(self, time_s: float) -> Cue:
        """Go on with the other direction, the other side, or end."""
        if self._way + 1 < len(self.directions) and self._anchor is not None and self._stage == "moving":
            self._start_way(self._way + 1)
            self._way_since_s = time_s
            self._swing = Swing(self._anchor, self.direction)
            return self._go_cue()
        last = self._index + 1 >= len(self.sides)
        self._stage = "done" if last else "pause"
        self._pause_until_s = time_s + REST_BETWEEN_S
        return DONE if last else self._pause_cue()

    # -- what to say ------------------------------------------------------------------------------------------------

    def _pause_cue(self) -> Cue:
        return self._script.other_side(self.sides[self._index + 1])

    def _go_cue(self) -> Cue:
        number = len(self._ends)
        if not number:
            return self._script.go(self.direction)
        if self._last_fault is None:
            return self._script.good(number, self._n_good(), GOOD_REPETITIONS, self.direction)
        return self._script.spoiled(self._last_fault, number, self.direction)

    def _swing_cue(self) -> Cue:
        assert self._swing is not None
        if self._swing.phase == "hold":
            return self._script.hold()
        if self._swing.phase == "back":
            return self._script.back()
        if self._swing.phase == "out":
            return self._script.out()
        return self._script.wrong_way(self.direction) if self._swing.wrong_way else self._go_cue()

    def _warning(self) -> Cue | None:
        assert self._swing is not None
        if self._swing.phase not in ("out", "hold"):
            return None
        if self._swing.hikes:
            return self._script.hike()
        return self._script.lean() if self._swing.leans else None
