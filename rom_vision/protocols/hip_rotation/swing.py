"""One leg's swings as they happen: rest, out, hold, back; and whether each of them counts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.protocols.coaching import Direction
from rom_vision.protocols.hip_rotation.anchor import Anchor, Moment
from rom_vision.protocols.hip_rotation.measure import (
    KNEE_REFUSE_DEG,
    PELVIS_REJECT_DEG,
    PELVIS_WARN_DEG,
    RESIDUAL_REFUSE,
    TRUNK_REJECT_DEG,
)
from rom_vision.protocols.repetitions import HOLD_MAX_SD_DEG, HOLD_MIN_S, MIN_EXCURSION_DEG

__all__ = ["Phase", "Swing", "SwingEnd", "SwingFault"]

HOLD_S = 2.0
"""How long the user is asked to hold (clinical evidence, 6.2); a hold of `HOLD_MIN_S` already counts."""

# Our own heuristics.
FURTHER_DEG = 3.0
"""Going on by this much after a stop ends the hold: it was a pause on the way."""
LEAVING_DEG = 4.0
"""Coming back by this much from the top ends the hold."""
NEAR_TOP = 0.85
"""A stop lower than this share of the top is not its end (the same as in `find_excursions`)."""
SMOOTH_S = 0.3
"""Single moments jump: everything is judged by the median over this time."""
STUCK_S = 15.0
"""A leg that is away from rest for longer than this did not start from rest."""
MOVES_S = 0.3
"""Pelvis or trunk move along when they have done so for this long ..."""
MOVES_PELVIS_DEG = (PELVIS_WARN_DEG - 1.0, (PELVIS_WARN_DEG + PELVIS_REJECT_DEG) / 2)
MOVES_TRUNK_DEG = (TRUNK_REJECT_DEG - 3.0, TRUNK_REJECT_DEG)
"""... by more than the second value, and until they have come back to the first."""
RESEATED_S = 1.5
"""Whose pelvis or trunk stays moved for this long while the leg rests sits differently now."""

SwingFault = Literal["unheld", "hike", "lean", "knee", "unclear", "lost"]
Phase = Literal["rest", "out", "hold", "back"]


@dataclass(frozen=True)
class SwingEnd:
    """A finished swing: hip rotation over its hold, a magnitude, and why it does not count (None: it does)."""

    rotation_deg: float
    fault: SwingFault | None


class _Along:
    """Whether a part of the body moves along: late to say so, and late to take it back."""

    def __init__(self, back_deg: float, out_deg: float) -> None:
        self._back_deg, self._out_deg = back_deg, out_deg
        self._since_s: float | None = None
        self.moves = False

    def for_s(self, time_s: float) -> float:
        """How long it has been moved."""
        return time_s - self._since_s if self._since_s is not None else 0.0

    def update(self, time_s: float, change_deg: float) -> None:
        if change_deg <= (self._back_deg if self.moves else self._out_deg):
            self.moves, self._since_s = False, None
            return
        self._since_s = time_s if self._since_s is None else self._since_s
        self.moves = self.moves or time_s - self._since_s >= MOVES_S


class Swing:
    """Follows the swings of one leg in one direction from a known rest.

    Parameters
    ----------
    anchor : the leg's rest.
    direction : the way it is to swing.

    Attributes
    ----------
    phase : where in a swing the leg is.
    rotation_deg : hip rotation now as the saved curve would show it, internal +.
    away_deg : from rest, the wanted way +.
    """

    def __init__(self, anchor: Anchor, direction: Direction = "internal") -> None:
        self._anchor = anchor
        self._sign = 1.0 if direction == "internal" else -1.0
        self._recent: deque[Moment] = deque()
        self.rotation_deg = anchor.rest_deg
        self.away_deg = 0.0
        self._time_s = -np.inf
        self._begin()

    def _begin(self) -> None:
        self.phase: Phase = "rest"
        self._out_since_s: float | None = None
        self._top_deg = 0.0
        self._hold: list[Moment] = []
        self._lost = False
        self._at_rest = False
        self._pelvis, self._trunk = _Along(*MOVES_PELVIS_DEG), _Along(*MOVES_TRUNK_DEG)

    @property
    def wrong_way(self) -> bool:
        """Whether the leg has turned the other way."""
        return self.phase == "rest" and self.away_deg < -MIN_EXCURSION_DEG

    @property
    def truer_rest(self) -> bool:
        """Whether the leg stays nearer to straight than what was taken for its rest: that was none."""
        nearer = abs(self.rotation_deg) < abs(self._anchor.rest_deg) - MIN_EXCURSION_DEG / 2
        return self.phase == "rest" and nearer and self._still() and abs(self.away_deg) >= MIN_EXCURSION_DEG

    @property
    def reseated(self) -> bool:
        """Whether the person sits or lies differently than when the rest was taken."""
        moved_s = max(part.for_s(self._time_s) for part in (self._pelvis, self._trunk))
        return self.phase == "rest" and moved_s >= RESEATED_S and self._still()

    @property
    def stuck(self) -> bool:
        """Whether the leg has been away from rest for too long."""
        return self._out_since_s is not None and self._time_s - self._out_since_s > STUCK_S

    @property
    def hikes(self) -> bool:
        """Whether the pelvis moves along."""
        return self._pelvis.moves

    @property
    def leans(self) -> bool:
        """Whether the trunk leans."""
        return self._trunk.moves

    @property
    def hold_share(self) -> float:
        """How much of the hold is done, 0 to 1."""
        if self.phase == "back":
            return 1.0 if self._held_s() >= HOLD_S else 0.0
        return min(self._held_s() / HOLD_S, 1.0) if self.phase == "hold" else 0.0

    @property
    def shown_deg(self) -> float:
        """Hip rotation for the screen, internal +: while the end is held its mean so far, which is what is saved."""
        if not self._hold:
            return self.rotation_deg
        held_deg = float(np.mean([m.rotation_deg for m in self._hold]))
        return held_deg if abs(self.rotation_deg - held_deg) < LEAVING_DEG else self.rotation_deg

    def _held_s(self) -> float:
        return self._hold[-1].time_s - self._hold[0].time_s if self._hold else 0.0

    def spoil(self) -> None:
        """Note that the person was out of sight: a swing that is under way does not count."""
        self._lost = self._lost or self.phase != "rest"

    def update(self, raw: Moment) -> SwingEnd | None:
        """Take in the next moment as the filter gives it; return the swing that it ends, if any."""
        moment = self._anchor.shown(raw)
        self._time_s = moment.time_s
        self._recent.append(moment)
        while self._recent[0].time_s < moment.time_s - HOLD_MIN_S:
            self._recent.popleft()
        last = [m for m in self._recent if m.time_s >= moment.time_s - SMOOTH_S]
        self.rotation_deg = float(np.median([m.rotation_deg for m in last]))
        self.away_deg = self._sign * (self.rotation_deg - self._anchor.rest_deg)
        self._pelvis.update(moment.time_s, abs(float(np.median([m.pelvis_deg for m in last]))))
        self._trunk.update(moment.time_s, abs(float(np.median([m.trunk_deg for m in last]))))
        self._top_deg = max(self._top_deg, self.away_deg)
        back_deg = max(MIN_EXCURSION_DEG / 2, self._top_deg / 4)
        if self.phase == "rest":
            self._rest()
        elif self.away_deg < back_deg:
            end = self._end()
            self._begin()
            return end
        elif self.phase == "hold":
            self._holding(moment)
        elif self._still() and self._level() > self._least_hold():
            self.phase, self._hold = "hold", list(self._recent)
        return None

    def _rest(self) -> None:
        # A swing has just ended on its way back: the next begins only from rest.
        self._at_rest = self._at_rest or self.away_deg < 2 * MIN_EXCURSION_DEG / 3 or self._still()
        if self._at_rest and self.away_deg >= MIN_EXCURSION_DEG:
            self.phase, self._out_since_s, self._top_deg = "out", self._time_s, self.away_deg
        else:
            self._top_deg = 0.0

    def _holding(self, moment: Moment) -> None:
        change = self.away_deg + self._sign * self._anchor.rest_deg - self._hold_level()
        if change > FURTHER_DEG:
            self.phase = "out"
        elif change < -LEAVING_DEG:
            self.phase = "back"
        else:
            self._hold.append(moment)
            if self._held_s() >= HOLD_S:
                self.phase = "back"

    def _still(self) -> bool:
        """The last half second lies within the spread of a hold (clinical evidence, 3.3)."""
        if self._recent[-1].time_s - self._recent[0].time_s < 0.8 * HOLD_MIN_S:
            return False
        return bool(np.std([m.rotation_deg for m in self._recent]) <= HOLD_MAX_SD_DEG)

    def _level(self) -> float:
        return self._sign * float(np.mean([m.rotation_deg for m in self._recent]))

    def _least_hold(self) -> float:
        """How far out a stop must be to be the end of the swing: near its top, and beyond any hold so far."""
        if self.phase == "back" and self._hold:
            return self._hold_level() + FURTHER_DEG
        return self._sign * self._anchor.rest_deg + NEAR_TOP * self._top_deg

    def _hold_level(self) -> float:
        return self._sign * float(np.median([m.rotation_deg for m in self._hold]))

    def _end(self) -> SwingEnd:
        if not self._hold:
            top_deg = self._sign * self._anchor.rest_deg + self._top_deg
            return SwingEnd(top_deg, "lost" if self._lost else "unheld")
        pelvis = abs(float(np.median([m.pelvis_deg for m in self._hold])))
        trunk = abs(float(np.median([m.trunk_deg for m in self._hold])))
        knee = float(np.median([m.knee_deg for m in self._hold]))
        faults: list[tuple[bool, SwingFault]] = [
            (self._lost, "lost"),
            (pelvis > PELVIS_REJECT_DEG, "hike"),
            (trunk > TRUNK_REJECT_DEG, "lean"),
            (not KNEE_REFUSE_DEG[0] <= knee <= KNEE_REFUSE_DEG[1], "knee"),
            (float(np.median([m.residual for m in self._hold])) > RESIDUAL_REFUSE, "unclear"),
        ]
        return SwingEnd(self._hold_level(), next((name for wrong, name in faults if wrong), None))
