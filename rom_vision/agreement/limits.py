"""Bland-Altman: bias, limits of agreement and proportional bias of pairs of readings, one or several a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Z95", "Estimate", "Limits", "bootstrap", "limits_of_agreement", "people_needed", "proportional_bias"]

Z95 = 1.959964
RESAMPLES = 2000
SEED = 20_260_101
"""A report made twice says the same."""
FEWEST_PEOPLE = 3
"""Below that no spread can be told (our own heuristic)."""
_MOST_PEOPLE = 100_000

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; ``low`` and ``high`` are NaN where too little is known for one."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Limits:
    """Bias and 95 % limits of agreement of differences, in their unit.

    Attributes
    ----------
    bias, lower, upper : with intervals.
    sd : standard deviation of the difference of one pair, of and between people together.
    n_pairs, n_people : how many stand behind them.
    """

    bias: Estimate
    lower: Estimate
    upper: Estimate
    sd: float
    n_pairs: int
    n_people: int

    @property
    def repeated(self) -> bool:
        """Whether somebody has several pairs."""
        return self.n_pairs > self.n_people


def limits_of_agreement(differences: Sequence[float], people: Sequence[object]) -> Limits:
    """Return bias and limits of agreement (Bland and Altman 1986), bias -+ 1.96 SD, with 95 % intervals.

    One pair a person: the intervals of the limits are exact (Carkeet 2015), from the noncentral t distribution. Several
    pairs of some people, whose true value may differ: variance of and between people are told apart (Bland and Altman
    2007), and the intervals recovered from theirs (MOVER; Zou 2013).

    Parameters
    ----------
    differences : (n,) method minus reference.
    people : (n,) whose they are.

    Raises
    ------
    ValueError
        If they are of fewer than three people.

    Examples
    --------
    >>> found = limits_of_agreement([1.0, -1.0, 2.0, 0.0, -2.0, 0.0], "abcdef")
    >>> found.bias.value, round(found.sd, 3), round(found.upper.value, 2)
    (0.0, 1.414, 2.77)
    """
    d = np.asarray(differences, float)
    groups = _by_person(d, people)
    k = len(groups)
    if k < FEWEST_PEOPLE:
        raise ValueError(f"limits of agreement need pairs of {FEWEST_PEOPLE} people at least")
    return _exact(d) if len(d) == k else _mover(groups)


def _by_person(d: Numbers, people: Sequence[object]) -> list[Numbers]:
    if len(d) != len(people):
        raise ValueError("as many differences as names are needed")
    whose: dict[object, list[float]] = {}
    for value, person in zip(d, people, strict=True):
        whose.setdefault(person, []).append(float(value))
    return [np.array(values) for values in whose.values()]


def _exact(d: Numbers) -> Limits:
    from scipy import stats

    n, mean, sd = len(d), float(d.mean()), float(d.std(ddof=1))
    margin = float(stats.t.ppf(0.975, n - 1)) * sd / math.sqrt(n)
    inner, outer = (factor * sd for factor in _factors(n))
    return Limits(
        Estimate(mean, mean - margin, mean + margin),
        Estimate(mean - Z95 * sd, mean - outer, mean - inner),
        Estimate(mean + Z95 * sd, mean + inner, mean + outer),
        sd,
        n,
        n,
    )


def _factors(n: int) -> tuple[float, float]:
    """How many standard deviations from the mean the interval of a limit begins and ends (Carkeet 2015)."""
    from scipy import stats

    inner, outer = stats.nct.ppf([0.025, 0.975], n - 1, Z95 * math.sqrt(n)) / math.sqrt(n)
    return float(inner), float(outer)


def _mover(groups: list[Numbers]) -> Limits:
    from scipy import stats

    k, n = len(groups), sum(map(len, groups))
    means = np.array([g.mean() for g in groups])
    of_means = float(means.var(ddof=1))
    within = sum(float(((g - g.mean()) ** 2).sum()) for g in groups) / (n - k)
    share = 1 - float(np.mean([1 / len(g) for g in groups]))
    variance = of_means + share * within
    bias, sd = float(means.mean()), math.sqrt(variance)
    margin = float(stats.t.ppf(0.975, k - 1)) * math.sqrt(of_means / k)
    # Recovered from the intervals of both variances.
    below, above = (
        math.hypot(of_means * (1 - (k - 1) / a), share * within * (1 - (n - k) / b))
        for a, b in (
            (stats.chi2.ppf(0.975, k - 1), stats.chi2.ppf(0.975, n - k)),
            (stats.chi2.ppf(0.025, k - 1), stats.chi2.ppf(0.025, n - k)),
        )
    )
    less, more = sd - math.sqrt(max(variance - below, 0.0)), math.sqrt(variance + above) - sd
    inner = Z95 * sd - math.hypot(margin, Z95 * less)
    outer = Z95 * sd + math.hypot(margin, Z95 * more)
    return Limits(
        Estimate(bias, bias - margin, bias + margin),
        Estimate(bias - Z95 * sd, bias - outer, bias - inner),
        Estimate(bias + Z95 * sd, bias + inner, bias + outer),
        sd,
        n,
        k,
    )


def proportional_bias(method: Sequence[float], reference: Sequence[float], people: Sequence[object]) -> Estimate | None:
    """Return by how much the difference grows with each unit of the mean (Bland and Altman 1999): the slope.

    Zero means that the bias is the same everywhere. The interval is the regression's with one pair a person, else that
    of a bootstrap over people.

    Returns
    -------
    Estimate or None
        None where all means are alike, or of fewer than three people.
    """
    a, b = np.asarray(method, float), np.asarray(reference, float)
    mean, difference = (a + b) / 2, a - b
    if len(set(people)) < FEWEST_PEOPLE or float(np.ptp(mean)) < 1e-9:
        return None

    def slope(rows: npt.NDArray[np.intp]) -> float:
        x = mean[rows] - mean[rows].mean()
        spread = float(x @ x)
        return float(x @ difference[rows]) / spread if spread > 1e-12 else math.nan

    if len(set(people)) < len(people):
        return bootstrap(slope, people)
    from scipy import stats

    fit = stats.linregress(mean, difference)
    margin = float(stats.t.ppf(0.975, len(mean) - 2)) * float(fit.stderr)
    return Estimate(float(fit.slope), float(fit.slope) - margin, float(fit.slope) + margin)


def bootstrap(statistic: Callable[[npt.NDArray[np.intp]], float], people: Sequence[object]) -> Estimate:
    """Return a statistic with the percentile interval of a bootstrap over people (Efron and Tibshirani 1993).

    People are drawn with everything that was read of them, so that several readings of one are not taken for several
    people.

    Parameters
    ----------
    statistic : of the pairs of these numbers (m,); NaN where it has none.
    people : (n,) whose each pair is.
    """
    rows: dict[object, list[int]] = {}
    for number, person in enumerate(people):
        rows.setdefault(person, []).append(number)
    of_each = [np.array(numbers) for numbers in rows.values()]
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(len(of_each), size=(RESAMPLES, len(of_each)))
    values = np.array([statistic(np.concatenate([of_each[i] for i in chosen])) for chosen in drawn])
    values = values[np.isfinite(values)]
    whole = statistic(np.arange(len(people)))
    if len(values) < RESAMPLES / 2:
        return Estimate(whole, math.nan, math.nan)
    low, high = np.quantile(values, [0.025, 0.975])
    return Estimate(whole, float(low), float(high))


def people_needed(within: float, sd: float) -> int:
    """Return how many people it takes to know the limits of agreement to within so much.

    Half the width of a limit's exact interval (Carkeet 2015) is then at most ``within``; Bland (2004) gives the
    approximation n = 3 (1.96 sd / within)^2.

    Parameters
    ----------
    within : half the width of the interval of each limit, in the unit of the difference.
    sd : standard deviation of the differences that is expected, same unit.

    Raises
    ------
    ValueError
        If one of them is not above zero, or more than 100,000 people would be needed.

    Examples
    --------
    >>> people_needed(within=2.0, sd=4.0)
    49
    """
    if not (within > 0 and sd > 0 and math.isfinite(within) and math.isfinite(sd)):
        raise ValueError("both numbers have to be above zero")

    def enough(n: int) -> bool:
        inner, outer = _factors(n)
        return (outer - inner) / 2 * sd <= within

    high = FEWEST_PEOPLE
    while not enough(high):
        high *= 2
        if high > _MOST_PEOPLE:
            raise ValueError("more than 100,000 people would be needed")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
