"""One leg's swings as they happen: rest, out, hold, back; and whether each of them counts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.protocols.hip_rotation.measure import (
    KNEE_REFUSE_DEG,
    PELVIS_REJECT_DEG,
    RESIDUAL_REFUSE,
    TRUNK_REJECT_DEG,
)
from rom_vision.protocols.hip_rotation.repetitions import HOLD_MAX_SD_DEG, HOLD_MIN_S, MIN_EXCURSION_DEG

__all__ = ["Moment", "Swing", "SwingEnd", "SwingFault"]

HOLD_S = 2.0
"""How long the user is asked to hold (clinical evidence, 6.2); a hold of `HOLD_MIN_S` already counts."""

# Our own heuristics.
FURTHER_DEG = 3.0
"""Going on by this much after a stop ends the hold: it was a pause on the way."""
LEAVING_DEG = 4.0
"""Coming back by this much from the top ends the hold."""
NEAR_TOP = 0.85
"""A stop lower than this share of the top is not its end (the same as in `find_excursions`)."""
SMOOTH_S = 0.15
"""Single moments jump: everything is judged by the median over this time."""
STUCK_S = 15.0
"""A leg that is away from rest for longer than this did not start from rest."""

SwingFault = Literal["unheld", "hike", "lean", "knee", "unclear", "lost"]
Phase = Literal["rest", "out", "hold", "back"]


@dataclass(frozen=True)
class Moment:
    """The tested leg at one moment: degrees, rotation internal +, pelvis with the tested side up +."""

    time_s: float
    rotation_deg: float
    pelvis_deg: float
    trunk_deg: float
    knee_deg: float
    residual: float


@dataclass(frozen=True)
class SwingEnd:
    """A finished swing: hip rotation over its hold, internal +, and why it does not count (None: it does)."""

    rotation_deg: float
    fault: SwingFault | None


class Swing:
    """Follows the swings of one leg from a known rest.

    Parameters
    ----------
    rest_deg, pelvis_deg, trunk_deg : hip rotation, pelvis list and trunk lean at rest, as in `Moment`.

    Attributes
    ----------
    phase : where in a swing the leg is.
    away_deg : hip rotation now, from rest, internal +.
    pelvis_change_deg, trunk_change_deg : how far pelvis and trunk are from rest now.
    """

    def __init__(self, rest_deg: float, pelvis_deg: float, trunk_deg: float) -> None:
        self._rest_deg, self._pelvis_deg, self._trunk_deg = rest_deg, pelvis_deg, trunk_deg
        self._recent: deque[Moment] = deque()
        self.away_deg = 0.0
        self.pelvis_change_deg = 0.0
        self.trunk_change_deg = 0.0
        self._time_s = -np.inf
        self._begin()

    def _begin(self) -> None:
        self.phase: Phase = "rest"
        self._out_since_s: float | None = None
        self._top_deg = 0.0
        self._hold: list[Moment] = []
        self._lost = False
        self._at_rest = False

    @property
    def wrong_way(self) -> bool:
        """Whether the leg has turned outward instead of inward."""
        return self.phase == "rest" and self.away_deg < -MIN_EXCURSION_DEG

    @property
    def stuck(self) -> bool:
        """Whether the leg has been away from rest for too long."""
        return self._out_since_s is not None and self._time_s - self._out_since_s > STUCK_S

    def spoil(self) -> None:
        """Note that the person was out of sight: a swing that is under way does not count."""
        self._lost = self._lost or self.phase != "rest"

    def update(self, moment: Moment) -> SwingEnd | None:
        """Take in the next moment; return the swing that it ends, if any."""
        self._time_s = moment.time_s
        self._recent.append(moment)
        while self._recent[0].time_s < moment.time_s - HOLD_MIN_S:
            self._recent.popleft()
        last = [m for m in self._recent if m.time_s >= moment.time_s - SMOOTH_S]
        self.away_deg = float(np.median([m.rotation_deg for m in last])) - self._rest_deg
        self.pelvis_change_deg = abs(float(np.median([m.pelvis_deg for m in last])) - self._pelvis_deg)
        self.trunk_change_deg = abs(float(np.median([m.trunk_deg for m in last])) - self._trunk_deg)
        self._top_deg = max(self._top_deg, self.away_deg)
        back_deg = max(MIN_EXCURSION_DEG / 2, self._top_deg / 4)
        if self.phase == "rest":
            # A swing has just ended on its way back: the next begins only from rest.
            self._at_rest = self._at_rest or self.away_deg < 2 * MIN_EXCURSION_DEG / 3 or self._still()
            if self._at_rest and self.away_deg >= MIN_EXCURSION_DEG:
                self.phase, self._out_since_s, self._top_deg = "out", moment.time_s, self.away_deg
            else:
                self._top_deg = 0.0
        elif self.away_deg < back_deg:
            end = self._end()
            self._begin()
            return end
        elif self.phase == "hold":
            self._holding(moment)
        elif self._still() and self._level() > self._least_hold():
            self.phase, self._hold = "hold", list(self._recent)
        return None

    def _holding(self, moment: Moment) -> None:
        change = self.away_deg + self._rest_deg - self._hold_level()
        if change > FURTHER_DEG:
            self.phase = "out"
        elif change < -LEAVING_DEG:
            self.phase = "back"
        else:
            self._hold.append(moment)
            if moment.time_s - self._hold[0].time_s >= HOLD_S:
                self.phase = "back"

    def _still(self) -> bool:
        """The last half second lies within the spread of a hold (clinical evidence, 3.3)."""
        if self._recent[-1].time_s - self._recent[0].time_s < 0.8 * HOLD_MIN_S:
            return False
        return bool(np.std([m.rotation_deg for m in self._recent]) <= HOLD_MAX_SD_DEG)

    def _level(self) -> float:
        return float(np.mean([m.rotation_deg for m in self._recent]))

    def _least_hold(self) -> float:
        """How far out a stop must be to be the end of the swing: near its top, and beyond any hold so far."""
        if self.phase == "back" and self._hold:
            return self._hold_level() + FURTHER_DEG
        return self._rest_deg + NEAR_TOP * self._top_deg

    def _hold_level(self) -> float:
        return float(np.median([m.rotation_deg for m in self._hold]))

    def _end(self) -> SwingEnd:
        if not self._hold:
            return SwingEnd(self._rest_deg + self._top_deg, "lost" if self._lost else "unheld")
        pelvis = abs(float(np.median([m.pelvis_deg for m in self._hold])) - self._pelvis_deg)
        trunk = abs(float(np.median([m.trunk_deg for m in self._hold])) - self._trunk_deg)
        knee = float(np.median([m.knee_deg for m in self._hold]))
        faults: list[tuple[bool, SwingFault]] = [
            (self._lost, "lost"),
            (pelvis > PELVIS_REJECT_DEG, "hike"),
            (trunk > TRUNK_REJECT_DEG, "lean"),
            (not KNEE_REFUSE_DEG[0] <= knee <= KNEE_REFUSE_DEG[1], "knee"),
            (float(np.median([m.residual for m in self._hold])) > RESIDUAL_REFUSE, "unclear"),
        ]
        return SwingEnd(self._hold_level(), next((name for wrong, name in faults if wrong), None))
