"""What tests share whose number is one reading over a hold: out, held, back; several times, then the mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import median_filter

from rom_vision.pose.framing import inside_share
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.damage import beside, damage_refusal
from rom_vision.protocols.repetitions import Excursion
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure, Repetition, Series

__all__ = [
    "WANTED",
    "Reading",
    "angle_deg",
    "clear",
    "interval",
    "joined",
    "mean_beside",
    "not_seen",
    "outliers_aside",
    "refused",
    "repetition",
    "scatter",
    "series_of",
    "too_few",
]

WANTED = 3
"""Repetitions that are asked for (mean of three repeats better than one: clinical evidence, 2.2)."""
FOUND_REFUSE, INSIDE_REFUSE = 0.6, 0.6
"""Shares of the pictures in which the person must be found, and what is measured must lie in the picture (as in the
hip rotation test; our own heuristics)."""
SMOOTH_S = 0.4
"""A landmark that jumps for a moment is taken back by the median over this time (our own heuristic)."""
LOST_S = 0.5


@dataclass(frozen=True)
class Reading:
    """What one repetition gave: the value, why it does not count, what was noticed, and numbers beside it."""

    value: float
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    values: dict[str, float | None] | None = None


def clear(time_s: FloatArray, curve: FloatArray) -> FloatArray:
    """Return a curve (T,) or curves (T, ...) over time without single jumps; gaps stay gaps."""
    out = np.array(curve, dtype=float)
    good = np.flatnonzero(np.isfinite(out.reshape(len(out), -1)).all(axis=1))
    if len(good) < 5:
        return out
    step = float(np.median(np.diff(time_s[good])))
    size = 2 * round(SMOOTH_S / step / 2) + 1
    out[good] = median_filter(out[good], size=(size, *(1,) * (out.ndim - 1)), mode="nearest")
    return out


def angle_deg(start: FloatArray, end: FloatArray, ahead: float) -> FloatArray:
    """Angle (T,) of the line from ``start`` to ``end`` (T, 2) against the picture's horizontal, raised +, degrees.

    ``ahead`` is +1 where a level line points to the picture's right, -1 where it points to its left; lines beyond the
    vertical read more than 90.
    """
    line = end - start
    return np.asarray(np.degrees(np.arctan2(-line[:, 1], ahead * line[:, 0])))


def not_seen(track: PoseTrack, landmarks: Sequence[Landmark], what: str, place: str) -> list[str]:
    """Return why a recording shows too little: damaged, nobody found, or cut off by the edge of the picture.

    Parameters
    ----------
    track : the recording.
    landmarks : what must be in the picture; ``what`` names it.
    place : one sentence on how to film.
    """
    if damaged := damage_refusal(track.time_s, track.unsound):
        return damaged
    share = float(track.found[~track.unsound].mean())
    if share < FOUND_REFUSE:
        often = f"The person was found in only {100 * share:.0f} % of the pictures." if share else "Nobody was found."
        return [f"{often} {place}"]
    if inside_share(track, landmarks) < INSIDE_REFUSE:
        return [f"{what} in the picture: a part of it is cut off. {place}"]
    return []


def refused(test: str, options: dict[str, str], track: PoseTrack, curve: str, reasons: Sequence[str]) -> Result:
    """Return the refusal of a recording in which nothing could be read; the curve's moments stay, without values."""
    return Result(
        test=test,
        options=options,
        status="refused",
        reasons=tuple(reasons),
        series=series_of(track.time_s, {curve: np.full(len(track), np.nan)}),
    )


def series_of(time_s: FloatArray, curves: dict[str, FloatArray]) -> Series:
    """Return curves (T,) by name as a result holds them; NaN becomes None."""
    return {
        "time_s": tuple(round(float(t), 4) for t in time_s),
        **{n: tuple(round(float(x), 2) if np.isfinite(x) else None for x in curve) for n, curve in curves.items()},
    }


def repetition(track: PoseTrack, e: Excursion, read: Reading, *, quantity: str, unit: str, half: float) -> Repetition:
    """Return a repetition with what is wrong with any: lost, damaged, cut off at the ends of the recording.

    ``half`` is half the 95 % interval of its value; the rest is as in `rom_vision.results.parts.Repetition`.
    """
    whole = slice(e.start, e.end + 1)
    faults = list(read.faults)
    time_s, seen = track.time_s, track.time_s[whole][track.found[whole]]
    if beside(track.unsound)[whole].any():
        faults.append("pictures of the repetition are damaged, cut or stand still")
    elif len(seen) < 2 or np.diff(seen).max() > LOST_S:
        faults.append("the person was lost from view during the repetition")
    if not e.complete and not e.held:
        faults.append("the recording begins or ends during the movement")
    notes = list(read.notes) + ([] if e.held else ["no hold of half a second: the end of the movement was taken"])
    start_s, end_s = (round(float(time_s[i]), 3) for i in (e.hold_start, e.hold_end))
    return Repetition(
        start_s=round(float(time_s[e.start]), 3),
        end_s=round(float(time_s[e.end]), 3),
        at_s=round((start_s + end_s) / 2, 4),
        quantity=quantity,
        value=round(read.value, 2),
        unit=unit,
        ci95=interval(read.value, half),
        hold_start_s=start_s,
        hold_end_s=end_s,
        values=read.values or {},
        valid=not faults,
        flags=(*faults, *notes),
    )


def outliers_aside(repetitions: Sequence[Repetition], beyond: float) -> tuple[Repetition, ...]:
    """Set aside valid repetitions further than ``beyond`` from the middle one of three or more."""
    values = [r.value for r in repetitions if r.valid and r.value is not None]
    if len(values) < 3:
        return tuple(repetitions)
    middle = float(np.median(values))
    out = []
    for r in repetitions:
        off = abs((r.value or 0.0) - middle)
        flag = f"{off:.0f} {'degrees' if r.unit == 'deg' else r.unit} from the middle one: set aside"
        aside = r.valid and off > beyond
        out.append(replace(r, valid=False, flags=(flag, *r.flags)) if aside else r)
    return tuple(out)


def scatter(values: Sequence[float]) -> float:
    """Half the 95 % interval that the spread of repetitions adds to their mean."""
    return 1.96 * float(np.std(values, ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0


def joined(repetitions: Sequence[Repetition], measure: Measure, half: float) -> Measure | None:
    """Return ``measure`` with the mean of the valid repetitions, its interval and the best; None without any."""
    values = [r.value for r in repetitions if r.valid and r.value is not None]
    if not values:
        return None
    mean, wide = float(np.mean(values)), float(np.hypot(half, scatter(values)))
    return replace(
        measure,
        value=round(mean, 2),
        ci95=interval(mean, wide),
        n_repetitions=len(values),
        repetitions=tuple(values),
    )


def interval(value: float, half: float) -> tuple[float, float]:
    """Return the interval of ``half`` to either side of a value, as results hold it."""
    return round(value - half, 2), round(value + half, 2)


def mean_beside(repetitions: Sequence[Repetition], measure: Measure) -> tuple[Measure, ...]:
    """Return ``measure`` with the mean of what the valid repetitions say of it; nothing where none does.

    They say it in their ``values``, by its name and unit.
    """
    name = f"{measure.quantity}_{measure.unit}"
    said = [v for r in repetitions if r.valid and (v := r.values.get(name)) is not None]
    return (replace(measure, value=round(float(np.mean(said)), 1)),) if said else ()


def too_few(count: int) -> list[str]:
    """Say that fewer repetitions counted than are the rule, if so."""
    return [f"Only {count} valid repetition{'s' * (count > 1)}; three are the rule."] if 0 < count < WANTED else []
