"""Is a change real, or noise? Standard error, least detectable change and verdicts over a person's sessions.

All rules apply to one series: the same person, test, position, mode, side and camera set-up.

Which error enters a change: the spread of repetitions and the spread of sessions (the same person measured again on
another day, camera put up again). The systematic part of the camera method, which makes up most of a value's own
95 % interval, comes from where the model puts its points on this body in this set-up; it is the same in every session
of a series and cancels in a difference. It cancels only as far as it is shared: a session filmed from a worse place,
with a wider interval than the one it is compared with, keeps the excess, which widens the detectable change; and
where both intervals are wider than usual, the assumed spread of sessions widens with them. `validation.studies.repeat`
checks how much is shared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np

__all__ = [
    "ERRORS",
    "KNEE_FLEXION_ERROR",
    "LEG_RAISE_ERROR",
    "PROJECTION_ANGLE_ERROR",
    "ROTATION_ERROR",
    "TOE_TOUCH_ERROR",
    "Change",
    "ErrorDefaults",
    "PersonalError",
    "Reading",
    "Trend",
    "Verdict",
    "assess_change",
    "mdc95_deg",
    "personal_error",
    "sem_deg",
    "trend",
]

Verdict = Literal["no_change", "within_noise", "possible", "likely_real", "confirmed"]

Z95 = 1.959964
Z90 = 1.644854

BASELINE_SESSIONS = 3
BASELINE_DAYS = 10
PSEUDO_SESSIONS = 5
SESSIONS_FOR_TREND = 5
USUAL_HALF_WIDTH_DEG = 8.0
"""Half a 95 % interval as the method usually gives it (sample clips and study: 6 to 8); our own heuristic."""
TREND_WINDOW = 52
"""Latest sessions that enter a trend (our own heuristic: a year of weekly tests; the estimate is quadratic in it)."""


@dataclass(frozen=True)
class ErrorDefaults:
    """Error to assume before a person's own is known, degrees, with its source."""

    repetition_deg: float
    session_deg: float
    mdc95_floor_deg: float
    mdc95_default_deg: float
    source: str


ROTATION_ERROR = ErrorDefaults(
    2.0,
    2.5,
    5.5,
    8.3,
    "good human protocols of this test: least detectable change 5.4 (Krause 2015) to 6.1-8.6 degrees (Gradoz 2018); "
    "before a person's own error is known, the upper end of that, a standard error of 3 degrees (with 7.5, the middle, "
    "more than one unchanged pair in 20 would be called real among people who differ by a quarter)",
)
PROJECTION_ANGLE_ERROR = ErrorDefaults(
    2.0, 3.0, 7.5, 9.0, "Munro 2012: standard error 2.7-3.0, detectable difference 7.5-8.9 degrees"
)
KNEE_FLEXION_ERROR = ErrorDefaults(
    3.0, 3.5, 8.0, 10.0, "Cleary 2024: standard error 3.4-3.5 degrees in landing; spread of depth our own heuristic"
)
LEG_RAISE_ERROR = ErrorDefaults(
    2.0, 2.4, 5.7, 7.0, "standard error 2.2-2.6, detectable change 6-7 degrees (J Sport Rehabil 2015;24(4)); 5.7 in "
    "people with low back pain (Ekedahl 2012); spread of repetitions our own heuristic"
)  # fmt: skip
TOE_TOUCH_ERROR = ErrorDefaults(
    1.0, 1.6, 4.5, 4.5, "detectable change 4.5 cm, a standard error of 1.6 (Ekedahl 2012, Perret 2001); spread of "
    "repetitions our own heuristic"
)  # fmt: skip


ERRORS: dict[str, ErrorDefaults] = {
    "hip_rotation": ROTATION_ERROR,
    "knee_flexion": KNEE_FLEXION_ERROR,
    "projection_angle": PROJECTION_ANGLE_ERROR,
    "leg_raise": LEG_RAISE_ERROR,
    "toe_touch": TOE_TOUCH_ERROR,
}
"""Published errors by the key that a measure names; a measure without one is not compared over time."""


@dataclass(frozen=True)
class Reading:
    """One session's value of one quantity.

    ``taken_at`` is timezone-aware; ``ci95_deg`` the value's own 95 % interval (None where the source gives none);
    ``repetitions_deg`` the valid repetitions behind the value.
    """

    taken_at: datetime
    value_deg: float
    ci95_deg: tuple[float, float] | None = None
    repetitions_deg: tuple[float, ...] = ()

    @property
    def own_sd_deg(self) -> float | None:
        """Standard deviation that the value's own interval stands for."""
        return None if self.ci95_deg is None else (self.ci95_deg[1] - self.ci95_deg[0]) / (2 * Z95)


@dataclass(frozen=True)
class PersonalError:
    """Standard deviations of this person's repetitions and sessions, shrunk towards the defaults."""

    repetition_deg: float
    session_deg: float


@dataclass(frozen=True)
class Trend:
    """Theil-Sen slope over the sessions, degrees a week, with its 99 % interval.

    99 rather than 95 %: a trend is a second way to be "confirmed", asked anew at every session, and both ways together
    must not speak falsely in more than one series of 20.
    """

    slope_deg_per_week: float
    ci99_deg_per_week: tuple[float, float]

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.ci99_deg_per_week[0] > 0 or self.ci99_deg_per_week[1] < 0


@dataclass(frozen=True)
class Change:
    """The latest session against the baseline. ``change_deg`` is None when there is only one session."""

    baseline_deg: float
    baseline_sessions: int
    current_deg: float
    change_deg: float | None
    sem_deg: float
    mdc90_deg: float
    mdc95_deg: float
    verdict: Verdict
    trend: Trend | None


def _shrunk_variance(default_sd: float, variances: Sequence[float]) -> float:
    """Mean of the observed variances and ``PSEUDO_SESSIONS`` times the default one."""
    return (PSEUDO_SESSIONS * default_sd**2 + sum(variances)) / (PSEUDO_SESSIONS + len(variances))


def personal_error(readings: Sequence[Reading], defaults: ErrorDefaults = ROTATION_ERROR) -> PersonalError:
    """Estimate a person's own error from sessions in time order, shrunk towards the defaults.

    The spread of sessions is taken from neighbours at most 10 days apart, within which a hip gains 1 to 2 degrees at
    most, so that progress is not taken for noise; and of different days, because two tests in a row share the warm-up
    and the place of the camera (our own heuristic). The latest session is left out, and a jump beyond the default
    detectable change counts as no more than that: a change must not widen the yardstick it is judged by.

    Parameters
    ----------
    readings : sessions of one series, oldest first.
    defaults : error of the method before anything is known of the person.
    """
    rep_variances = [float(np.var(r.repetitions_deg, ddof=1)) for r in readings if len(r.repetitions_deg) >= 2]
    rep_variance = _shrunk_variance(defaults.repetition_deg, rep_variances)
    session_variances = []
    for before, after in _neighbours(readings):
        of_repetitions = rep_variance * (1 / _count(before) + 1 / _count(after)) / 2
        jump = min(abs(after.value_deg - before.value_deg), defaults.mdc95_default_deg)
        session_variances.append(jump**2 / 2 - of_repetitions)
    session_variance = max(_shrunk_variance(defaults.session_deg, session_variances), 0.0)
    return PersonalError(math.sqrt(rep_variance), math.sqrt(session_variance))


def _neighbours(readings: Sequence[Reading]) -> list[tuple[Reading, Reading]]:
    """Sessions of different days, at most 10 days apart, without the latest one."""
    limit = timedelta(days=BASELINE_DAYS)
    return [(a, b) for a, b in pairwise(readings[:-1]) if b.taken_at - a.taken_at <= limit and _day(a) != _day(b)]


def sem_deg(error: PersonalError, n_repetitions: int) -> float:
    """Standard error of one session value: sqrt(session^2 + repetition^2 / k) (Weir 2005).

    Parameters
    ----------
    error : the person's own.
    n_repetitions : k, how many repetitions the value is the mean of.

    Examples
    --------
    >>> round(sem_deg(PersonalError(repetition_deg=2.0, session_deg=2.5), 3), 2)
    2.75
    """
    return math.sqrt(error.session_deg**2 + error.repetition_deg**2 / max(n_repetitions, 1))


def mdc95_deg(
    readings: Sequence[Reading], baseline: Sequence[Reading], defaults: ErrorDefaults = ROTATION_ERROR
) -> float:
    """Least change between the baseline and the latest session that noise explains only once in 20 times.

    MDC95 = 1.96 sqrt(2) SEM (Weir 2005), from the defaults until there are three sessions of which two earlier ones lie
    close together, then from the person's own error, never below the published floor. It is rounded up to half a
    degree: a decimal would pretend to know the error better than anyone does. A baseline of several sessions is not
    credited with its smaller error, which keeps the verdicts on the careful side.

    Parameters
    ----------
    readings : sessions of one series, oldest first; the last one is judged.
    baseline : those of them that it is compared with.
    defaults : error of the method before anything is known of the person.

    Returns
    -------
    Degrees.
    """
    current = readings[-1]
    defaults = _as_filmed(defaults, baseline, current)
    own = bool(_neighbours(readings))
    error = personal_error(readings, defaults) if own else PersonalError(defaults.repetition_deg, defaults.session_deg)
    baseline_variance = sum(sem_deg(error, _count(r)) ** 2 for r in baseline) / len(baseline)
    usual = Z95 * math.sqrt(baseline_variance + sem_deg(error, _count(current)) ** 2)
    usual = max(usual, defaults.mdc95_floor_deg if own else defaults.mdc95_default_deg)
    widened = math.hypot(usual, Z95 * math.sqrt(_unshared_variance(baseline, current)))
    return math.ceil(widened * 2 - 1e-9) / 2


def trend(readings: Sequence[Reading]) -> Trend | None:
    """Theil-Sen slope (Sen 1968) of the latest sessions, with its 99 % interval.

    Parameters
    ----------
    readings : sessions of one series, oldest first.

    Returns
    -------
    The slope; None below five different days.
    """
    latest = readings[-TREND_WINDOW:]
    if len({_day(r) for r in latest}) < SESSIONS_FOR_TREND:
        return None
    days = np.array([(r.taken_at - latest[0].taken_at).total_seconds() / 86400 for r in latest])
    from scipy.stats import theilslopes  # takes a second to import, and most runs never need it

    slope, _, low, high = theilslopes([r.value_deg for r in latest], days, alpha=0.99)
    return Trend(float(slope) * 7, (float(low) * 7, float(high) * 7))


def assess_change(readings: Sequence[Reading], defaults: ErrorDefaults = ROTATION_ERROR) -> Change:
    """Judge the latest session of a series against its baseline.

    The baseline is the mean of up to three first sessions within 10 days. Verdicts: below one standard error "no
    change"; below the 90 % detectable change "within noise"; up to the 95 % one "possible"; beyond it "likely real";
    "confirmed" when the sessions of two days in a row are beyond it in the same direction, or when the trend of five or
    more sessions excludes zero and points where the change points.

    Parameters
    ----------
    readings : sessions of one series, any order.
    defaults : error of the method before anything is known of the person.

    Raises
    ------
    ValueError
        If there is no reading.

    Examples
    --------
    >>> from datetime import timezone
    >>> first = Reading(datetime(2026, 1, 5, tzinfo=timezone.utc), 25.0)
    >>> last = Reading(datetime(2026, 3, 5, tzinfo=timezone.utc), 40.0)
    >>> change = assess_change([first, last])
    >>> change.change_deg, change.mdc95_deg, change.verdict
    (15.0, 9.0, 'likely_real')
    """
    if not readings:
        raise ValueError("no reading to assess")
    ordered = sorted(readings, key=lambda r: r.taken_at)
    baseline = _baseline(ordered)
    current = ordered[-1]
    mdc95 = mdc95_deg(ordered, baseline, defaults)
    sem = mdc95 / (Z95 * math.sqrt(2))
    mdc90 = mdc95 * Z90 / Z95
    base = sum(r.value_deg for r in baseline) / len(baseline)
    slope = trend(ordered)
    if len(ordered) == 1:
        return Change(base, 1, current.value_deg, None, sem, mdc90, mdc95, "no_change", slope)
    change = current.value_deg - base
    verdict = _verdict(abs(change), sem, mdc90, mdc95)
    earlier = [r for r in ordered if _day(r) != _day(current) and r not in baseline]
    twice = bool(earlier) and (earlier[-1].value_deg - base) * math.copysign(1, change) >= mdc95
    if verdict == "likely_real" and twice:
        verdict = "confirmed"
    if slope and slope.excludes_zero and slope.slope_deg_per_week * change > 0 and verdict != "no_change":
        verdict = "confirmed"
    return Change(base, len(baseline), current.value_deg, change, sem, mdc90, mdc95, verdict, slope)


def _verdict(size: float, sem: float, mdc90: float, mdc95: float) -> Verdict:
    if size < sem:
        return "no_change"
    if size < mdc90:
        return "within_noise"
    return "possible" if size < mdc95 else "likely_real"


def _baseline(ordered: Sequence[Reading]) -> Sequence[Reading]:
    """First sessions within 10 days, three at most, never the latest one (unless it is the only one)."""
    limit = ordered[0].taken_at + timedelta(days=BASELINE_DAYS)
    first = [r for r in ordered[:-1] if r.taken_at <= limit][:BASELINE_SESSIONS]
    return first or ordered[:1]


def _as_filmed(defaults: ErrorDefaults, baseline: Sequence[Reading], current: Reading) -> ErrorDefaults:
    """Return the defaults for sessions that were both filmed worse than usual: wider by as much as their intervals."""
    of_baseline = [r.own_sd_deg for r in baseline if r.own_sd_deg is not None]
    if not of_baseline or current.own_sd_deg is None:
        return defaults
    wider = max(1.0, min(sum(of_baseline) / len(of_baseline), current.own_sd_deg) * Z95 / USUAL_HALF_WIDTH_DEG)
    return replace(
        defaults, session_deg=wider * defaults.session_deg, mdc95_default_deg=wider * defaults.mdc95_default_deg
    )


def _day(reading: Reading) -> date:
    """Local day of a session."""
    return reading.taken_at.date()


def _count(reading: Reading) -> int:
    return max(len(reading.repetitions_deg), 1)


def _unshared_variance(baseline: Sequence[Reading], current: Reading) -> float:
    """Variance of the values' own intervals that the two sides of a comparison do not share."""
    of_baseline = [r.own_sd_deg**2 for r in baseline if r.own_sd_deg is not None]
    if not of_baseline or current.own_sd_deg is None:
        return 0.0
    return abs(current.own_sd_deg**2 - sum(of_baseline) / len(of_baseline))
