"""How a hip is rotated in a test: rest, swing, hold, return, three times and never quite the same."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from validation.person.postures import Swing

__all__ = ["Movement", "Program", "sample_program"]


@dataclass(frozen=True)
class Movement:
    """One repetition: swing from ``start_s``, hold, return until ``end_s``; ``peak_deg`` internal +."""

    direction: str
    start_s: float
    hold_start_s: float
    hold_end_s: float
    end_s: float
    peak_deg: float
    hike_deg: float


@dataclass(frozen=True)
class Program:
    """A whole recording of the test.

    Attributes
    ----------
    movements : repetitions in order.
    rest_deg : hip rotation at rest, internal +.
    duration_s : length of the recording.
    tremor : rows of amplitude (deg), frequency (Hz), phase (rad): the small unrest of a held leg.
    """

    movements: tuple[Movement, ...]
    rest_deg: float
    duration_s: float
    tremor: tuple[tuple[float, float, float], ...]

    def _share(self, t: float) -> tuple[float, Movement | None]:
        """How much of the current movement is done at ``t``, 0 to 1 (minimum jerk: Flash and Hogan 1985)."""
        k = bisect_right([m.start_s for m in self.movements], t) - 1
        if k < 0 or t >= self.movements[k].end_s:
            return 0.0, None
        m = self.movements[k]
        if t < m.hold_start_s:
            u = (t - m.start_s) / (m.hold_start_s - m.start_s)
        elif t <= m.hold_end_s:
            u = 1.0
        else:
            u = (m.end_s - t) / (m.end_s - m.hold_end_s)
        return u**3 * (10 - 15 * u + 6 * u * u), m

    def rotation_deg(self, t: float) -> float:
        """Hip rotation relative to the pelvis at ``t``, internal +."""
        share, m = self._share(t)
        swing = share * (m.peak_deg - self.rest_deg) if m else 0.0
        return self.rest_deg + swing + sum(a * float(np.sin(2 * np.pi * f * t + p)) for a, f, p in self.tremor)

    def hike_deg(self, t: float) -> float:
        """How far the tested side of the pelvis is lifted at ``t``."""
        share, m = self._share(t)
        return share * m.hike_deg if m else 0.0

    def sway_deg(self, t: float) -> float:
        """Return the small side bend of a trunk that breathes and balances."""
        return 0.5 * float(np.sin(2 * np.pi * 0.23 * t)) + 0.3 * float(np.sin(2 * np.pi * 0.61 * t + 1.0))

    def swing(self) -> Swing:
        """Return the curves, as a posture takes them."""
        lowest = min((m.peak_deg for m in self.movements), default=0.0)
        return Swing(self.rotation_deg, self.hike_deg, self.sway_deg, min(lowest, 0.0))

    def key_times(self) -> tuple[float, ...]:
        """Moments between which everything happens: start, every hold, end."""
        return (0.0, *(0.5 * (m.hold_start_s + m.hold_end_s) for m in self.movements), self.duration_s)


def sample_program(
    rng: np.random.Generator,
    *,
    internal_deg: float,
    external_deg: float | None = None,
    repetitions: int = 3,
    hike_deg: float = 0.0,
) -> Program:
    """Draw the timing and the small differences of a test.

    Parameters
    ----------
    rng : seeded generator.
    internal_deg : hip rotation that the person reaches, internal +; each repetition differs by up to 2 degrees.
    external_deg : as ``internal_deg``, external rotation +, made after the internal ones; None: not made.
    repetitions : of each direction.
    hike_deg : pelvis hike at the top of internal rotation.
    """
    rest = float(rng.normal(0, 2.5))
    t = float(rng.uniform(1.0, 2.0))
    movements = []
    goals = [("internal", internal_deg)] * repetitions
    goals += [("external", external_deg)] * repetitions if external_deg is not None else []
    for direction, goal in goals:
        sign = 1.0 if direction == "internal" else -1.0
        out, hold, back, pause = (float(rng.uniform(*r)) for r in ((0.8, 1.5), (1.2, 2.2), (0.8, 1.5), (0.6, 1.3)))
        peak = sign * (goal + float(rng.uniform(-2, 2)))
        lift = max(0.0, hike_deg + float(rng.normal(0, 0.5))) if direction == "internal" else 0.0
        movements.append(Movement(direction, t, t + out, t + out + hold, t + out + hold + back, peak, lift))
        t += out + hold + back + pause
    tremor = tuple(
        (float(rng.uniform(0.05, 0.3)), float(f), float(rng.uniform(0, 2 * np.pi)))
        for f in (rng.uniform(0.2, 0.6), rng.uniform(0.8, 1.6), rng.uniform(2.0, 4.0))
    )
    return Program(tuple(movements), rest, t + float(rng.uniform(0.2, 0.8)), tremor)
