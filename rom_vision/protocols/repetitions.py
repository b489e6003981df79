"""Repetitions in an angle's curve: rest, swing, hold, return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.pose.track import FROZEN_S, FloatArray

__all__ = ["Excursion", "find_excursions", "rest_level"]

MIN_EXCURSION_DEG = 5.0
"""Smallest swing that counts while it happens (our own heuristic: over three times the filter's jitter at rest)."""
SMALLEST_SWING_DEG = 4.5
"""The same of a smoothed curve, whose jitter is less (our own heuristic) ..."""
SMALLEST_SHARE = 0.12
"""... and never less than this share of the swings the other way."""
REBOUND_SHARE, REBOUND_REST_S = 0.3, 0.4
"""A leg comes back a little too far, or the landmarks do: swings smaller than this share of those the other way count
only with a rest of this length on either side, and not one alone (our own heuristics)."""

HOLD_MIN_S = 0.5
HOLD_MAX_SD_DEG = 1.5
"""A hold lasts at least this long and is at least this still (evidence: capture gates, clinical file section 3.3)."""
HOLD_GAP_S = FROZEN_S
"""What was not seen for longer than this does not belong to a hold."""


@dataclass(frozen=True)
class Excursion:
    """One swing away from rest and back. ``sign`` is +1 or -1; indices into the curve, ends inclusive."""

    sign: int
    start: int
    hold_start: int
    hold_end: int
    end: int
    held: bool
    complete: bool
    """False when the recording begins or ends during the swing."""


def rest_level(time_s: FloatArray, angle_deg: FloatArray) -> float:
    """Level the curve rests at, degrees: where it starts, or, if it never comes back there, where it turns around.

    NaN samples are ignored. The test begins with the leg hanging at rest (self-test script, step 5).
    """
    good = np.isfinite(angle_deg)
    t, x = time_s[good], angle_deg[good]
    start = float(np.median(x[t <= t[0] + 0.6]))
    later = np.abs(x[t > t[0] + 1.5] - start)
    if len(later) and later.min() < 5.0:
        close = np.abs(x - start) < 4.0
        return float(np.median(x[close]))
    return float(np.percentile(x, 10 if start > np.median(x) else 90))


def find_excursions(time_s: FloatArray, angle_deg: FloatArray, rest_deg: float) -> list[Excursion]:
    """Swings away from rest, in time order.

    A swing is where the curve leaves rest by more than half of what its largest swings reach (hysteresis: it ends only
    when it has come back to a quarter). Gaps (NaN) are bridged in time, never counted as movement.
    """
    good = np.flatnonzero(np.isfinite(angle_deg))
    if len(good) < 5:
        return []
    away = angle_deg[good] - rest_deg
    found = []
    # The level that is reached for some time: 2 % of a short recording, in a long one no longer than a short hold.
    seen_s = len(good) * float(np.median(np.diff(time_s[good])))
    level = max(98.0, 100 * (1 - HOLD_MIN_S / seen_s))
    reaches = {sign: float(np.percentile(sign * away, level)) for sign in (1, -1)}
    for sign, reach in reaches.items():
        side = sign * away
        least = max(SMALLEST_SWING_DEG, SMALLEST_SHARE * reaches[-sign])
        if reach < least:
            continue
        high, low = max(0.5 * reach, 0.8 * least), 0.25 * reach
        for first, last in _runs(side, high, low):
            found.append(_excursion(time_s[good], sign, side, first, last, good))
    found.sort(key=lambda e: e.start)
    small = min(reaches, key=lambda sign: reaches[sign])
    if reaches[small] > REBOUND_SHARE * reaches[-small]:
        return found
    meant = [e for i, e in enumerate(found) if e.sign == small and _rests_about(time_s, found, i)]
    return [e for e in found if e.sign != small or (len(meant) > 1 and e in meant)]


def _rests_about(time_s: FloatArray, found: list[Excursion], i: int) -> bool:
    """Whether the leg rested before and after a swing."""
    before = time_s[found[i].start] - time_s[found[i - 1].end] if i else np.inf
    after = time_s[found[i + 1].start] - time_s[found[i].end] if i + 1 < len(found) else np.inf
    return found[i].complete and bool(min(before, after) >= REBOUND_REST_S)


def _runs(side: FloatArray, high: float, low: float) -> list[tuple[int, int]]:
    """First and last sample of each stretch that rises above ``high`` and has not yet fallen below ``low``."""
    runs, i, n = [], 0, len(side)
    while i < n:
        if side[i] < high:
            i += 1
            continue
        first = i
        while first > 0 and side[first - 1] >= low:
            first -= 1
        last = i
        while last < n - 1 and side[last + 1] >= low:
            last += 1
        runs.append((first, last))
        i = last + 1
    return runs


def _excursion(t: FloatArray, sign: int, side: FloatArray, first: int, last: int, index: np.ndarray) -> Excursion:
    begin, finish, held = _hold(t[first : last + 1], side[first : last + 1])
    complete = first > 0 and last < len(side) - 1
    return Excursion(
        sign, int(index[first]), int(index[first + begin]), int(index[first + finish]), int(index[last]), held, complete
    )


def _hold(t: FloatArray, x: FloatArray) -> tuple[int, int, bool]:
    """Stillest long stretch at the top: the longest window within 1.5 deg SD; else the top of the curve."""
    top = float(np.percentile(x, 95))
    best: tuple[int, int] | None = None
    j = 0
    for i in range(len(x)):
        j = max(j, i)
        while j + 1 < len(x) and t[j + 1] - t[j] <= HOLD_GAP_S and x[i : j + 2].std() <= HOLD_MAX_SD_DEG:
            j += 1
        window = x[i : j + 1]
        long_enough = t[j] - t[i] >= HOLD_MIN_S
        if long_enough and window.mean() >= 0.85 * top and (best is None or t[j] - t[i] > t[best[1]] - t[best[0]]):
            best = (i, j)
    if best is not None:
        i, j = best
        # The window's ends may still reach into the swing: keep what lies within 2 SD of its middle.
        middle = float(np.median(x[i : j + 1]))
        inside = np.flatnonzero(np.abs(x[i : j + 1] - middle) <= 2 * HOLD_MAX_SD_DEG)
        return i + int(inside[0]), i + int(inside[-1]), True
    peak = int(np.argmax(x))
    near = np.flatnonzero(x >= x[peak] - 2.0)
    run = near[(near >= peak - 3) & (near <= peak + 3)]
    return int(run[0]), int(run[-1]), False
