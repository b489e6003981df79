"""How repeatable readings are: intraclass correlations, standard error of measurement, least detectable change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.agreement.limits import Estimate, bootstrap

__all__ = ["Icc", "Sem", "icc", "sem_between", "sem_within"]

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Icc:
    """Two-way intraclass correlations of single readings (McGraw and Wong 1996), with 95 % intervals.

    Attributes
    ----------
    agreement : ICC(A,1): a bias between the columns counts as error.
    consistency : ICC(C,1): it does not.
    """

    agreement: Estimate
    consistency: Estimate


@dataclass(frozen=True)
class Sem:
    """Standard error of measurement with its 95 % interval, in the unit of the readings.

    ``freedom`` says on how many independent comparisons it rests (its degrees of freedom).
    """

    sem: Estimate
    freedom: int

    @property
    def mdc95(self) -> Estimate:
        """Least detectable change of two single readings: 1.96 sqrt(2) SEM (Weir 2005)."""
        factor = 1.959964 * math.sqrt(2)
        return Estimate(factor * self.sem.value, factor * self.sem.low, factor * self.sem.high)


@dataclass(frozen=True)
class _Anova:
    """Mean squares of rows, columns and rest of a full table."""

    n: int
    k: int
    rows: float
    columns: float
    rest: float


def _anova(x: Numbers) -> _Anova:
    n, k = x.shape
    of_rows, of_columns, mean = x.mean(axis=1), x.mean(axis=0), x.mean()
    rows = k * float(((of_rows - mean) ** 2).sum()) / (n - 1)
    columns = n * float(((of_columns - mean) ** 2).sum()) / (k - 1)
    rest = float(((x - of_rows[:, None] - of_columns + mean) ** 2).sum()) / ((n - 1) * (k - 1))
    return _Anova(n, k, rows, columns, rest)


def _consistency(a: _Anova) -> float:
    below = a.rows + (a.k - 1) * a.rest
    return (a.rows - a.rest) / below if below > 0 else math.nan


def _agreement(a: _Anova) -> float:
    below = a.rows + (a.k - 1) * a.rest + a.k / a.n * (a.columns - a.rest)
    return (a.rows - a.rest) / below if below > 0 else math.nan


def icc(readings: Numbers, people: Sequence[object] | None = None) -> Icc | None:
    """Return ICC(A,1) and ICC(C,1) of a full table of readings.

    Parameters
    ----------
    readings : (n, k) a row for each thing that was measured, a column for each rater, method or occasion.
    people : (n,) whose each row is; where somebody has several, intervals are of a bootstrap over people, else exact
        (consistency) or Satterthwaite's (agreement), both as in McGraw and Wong (1996).

    Returns
    -------
    Icc or None
        None of fewer than three rows or people, and where all readings are alike.
    """
    x = np.asarray(readings, float)
    if x.ndim != 2 or x.shape[0] < 3 or x.shape[1] < 2 or float(np.ptp(x)) < 1e-9:
        return None
    a = _anova(x)
    if people is not None and len(set(people)) < len(people):
        if len(set(people)) < 3:
            return None
        return Icc(
            bootstrap(lambda rows: _agreement(_anova(x[rows])), people),
            bootstrap(lambda rows: _consistency(_anova(x[rows])), people),
        )
    return Icc(_with_interval_agreement(a), _with_interval_consistency(a))


def _with_interval_consistency(a: _Anova) -> Estimate:
    from scipy import stats

    if a.rest <= 0:
        return Estimate(_consistency(a), math.nan, math.nan)
    f, above, below = a.rows / a.rest, a.n - 1, (a.n - 1) * (a.k - 1)
    low = f / stats.f.ppf(0.975, above, below)
    high = f * stats.f.ppf(0.975, below, above)
    return Estimate(_consistency(a), *(float((v - 1) / (v + a.k - 1)) for v in (low, high)))


def _with_interval_agreement(a: _Anova) -> Estimate:
    from scipy import stats

    r, n, k = _agreement(a), a.n, a.k
    if a.rest <= 0 or not math.isfinite(r) or r >= 1:
        return Estimate(r, math.nan, math.nan)
    one = k * r / (n * (1 - r))
    two = 1 + k * r * (n - 1) / (n * (1 - r))
    freedom = (one * a.columns + two * a.rest) ** 2 / (
        (one * a.columns) ** 2 / (k - 1) + (two * a.rest) ** 2 / ((n - 1) * (k - 1))
    )
    low_f, high_f = stats.f.ppf(0.975, n - 1, freedom), stats.f.ppf(0.975, freedom, n - 1)
    rest = k * a.columns + (k * n - k - n) * a.rest
    low = n * (a.rows - low_f * a.rest) / (low_f * rest + n * a.rows)
    high = n * (high_f * a.rows - a.rest) / (rest + n * high_f * a.rows)
    return Estimate(r, float(low), float(high))


def sem_within(groups: Sequence[Sequence[float]]) -> Sem | None:
    """Return the standard error of measurement from repeated readings of the same things: their pooled spread.

    Every difference between the readings of one thing counts as error, one between raters or occasions too (Bland and
    Altman 1996; de Vet 2006, SEM of agreement). The interval is that of a variance (chi squared).

    Parameters
    ----------
    groups : the readings of each thing, any number of each; single ones say nothing.

    Returns
    -------
    Sem or None
        None where nothing was read twice.
    """
    several = [np.asarray(g, float) for g in groups if len(g) > 1]
    freedom = sum(len(g) - 1 for g in several)
    if not freedom:
        return None
    return _sem(sum(float(((g - g.mean()) ** 2).sum()) for g in several), freedom)


def sem_between(differences: Sequence[float]) -> Sem | None:
    """Return the standard error of one of two readings from their differences, a constant bias left aside (Weir 2005).

    Parameters
    ----------
    differences : (n,) of the two, one for each person.

    Returns
    -------
    Sem or None
        None of fewer than two.
    """
    d = np.asarray(differences, float)
    return None if len(d) < 2 else _sem(float(((d - d.mean()) ** 2).sum()) / 2, len(d) - 1)


def _sem(squares: float, freedom: int) -> Sem:
    from scipy import stats

    low, high = (squares / float(stats.chi2.ppf(p, freedom)) for p in (0.975, 0.025))
    return Sem(Estimate(math.sqrt(squares / freedom), math.sqrt(low), math.sqrt(high)), freedom)
