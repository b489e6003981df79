"""Everything that a study of agreement says, gathered once for page, paper and table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from rom_vision.agreement.limits import (
    FEWEST_PEOPLE,
    Z95,
    Estimate,
    Limits,
    bootstrap,
    limits_of_agreement,
    proportional_bias,
)
from rom_vision.agreement.pairs import Pair, Refused, edited_of, pairs_of, reference_error, refused_of, waiting_of
from rom_vision.agreement.reliability import Icc, Sem, icc, sem_between
from rom_vision.agreement.repeat import Reliability, reliability_of
from rom_vision.sessions.studies import Study, Trial

__all__ = ["CLOSE_DEG", "Agreement", "Group", "Share", "analyse_study", "compare_pairs"]

CLOSE_DEG = 5.0
"""Our own heuristic, after the AMA Guides, which take readings within 5 degrees of their mean as consistent."""


@dataclass(frozen=True)
class Share:
    """How many of so many, and their share with its 95 % interval (0 to 1)."""

    count: int
    of: int
    share: Estimate


@dataclass(frozen=True)
class Group:
    """Agreement in some of the pairs: all of them, or those of one position or side.

    What cannot be told of so few is None.

    Attributes
    ----------
    limits : bias and limits of agreement.
    proportional : by how much the difference grows with each degree.
    icc, sem : of the program and the reference as two raters; ``sem`` leaves a constant bias aside.
    close : pairs that differ by no more than 5 degrees.
    held : pairs whose reference lies in our 95 % interval as it stands.
    held_allowing : the same with the reference's own error allowed for; None if that is unknown.
    """

    name: str
    pairs: tuple[Pair, ...]
    limits: Limits | None
    proportional: Estimate | None
    icc: Icc | None
    sem: Sem | None
    close: Share
    held: Share | None
    held_allowing: Share | None

    @property
    def n_people(self) -> int:
        """How many people the pairs are of."""
        return len({p.person for p in self.pairs})


@dataclass(frozen=True)
class Agreement:
    """What a study found.

    Attributes
    ----------
    entered_at : when the latest reading was entered: a report of the same readings is the same.
    groups : all pairs first, then by position, then by position and side.
    refused : results that were not measured; ``waiting`` have no reading yet, ``edited`` were corrected by hand and
        enter no figure.
    reference_sem : standard error of one reading of the reference that was allowed for, degrees; None if unknown.
    reference_sem_from : where it comes from.
    reliability : what was measured or read several times.
    """

    study: Study
    entered_at: datetime
    groups: tuple[Group, ...]
    refused: tuple[Refused, ...]
    waiting: int
    edited: int
    reference_sem: float | None
    reference_sem_from: str
    reliability: Reliability

    @property
    def whole(self) -> Group:
        """All pairs together."""
        return self.groups[0]


def analyse_study(study: Study, trials: Sequence[Trial]) -> Agreement:
    """Compare the program with a study's reference.

    Parameters
    ----------
    study : the study.
    trials : what takes part.
    """
    pairs = pairs_of(trials)
    sem, source = _reference_sem(study, pairs)

    groups = [compare_pairs("all", pairs, sem)]
    for key in (_position, _position_and_side):
        for name in sorted({key(p) for p in pairs}):
            of_it = tuple(p for p in pairs if key(p) == name)
            if all(of_it != g.pairs for g in groups):
                groups.append(compare_pairs(name, of_it, sem))
    entered_at = max([study.created_at, *(r.entered_at for t in trials for r in t.readings)])
    refused, again = tuple(refused_of(trials)), reliability_of(trials)
    return Agreement(
        study, entered_at, tuple(groups), refused, waiting_of(trials), edited_of(trials), sem, source, again
    )


def _position(pair: Pair) -> str:
    return pair.position


def _position_and_side(pair: Pair) -> str:
    return ", ".join(word for word in (pair.position, pair.side) if word)


def _reference_sem(study: Study, pairs: Sequence[Pair]) -> tuple[float | None, str]:
    if study.reference_sem is not None:
        return study.reference_sem, "as stated for the study"
    measured = reference_error(pairs)
    if measured is not None:
        return measured.sem.value, "from its repeated readings of the same recordings"
    return None, "not known: nothing was read twice, and the study states none"


def compare_pairs(name: str, pairs: Sequence[Pair], reference_sem: float | None) -> Group:
    """Compare the program with the reference in some pairs.

    Parameters
    ----------
    name : of the group.
    pairs : the pairs.
    reference_sem : standard error of one reading of the reference, degrees; None if unknown.
    """
    people = [p.person for p in pairs]
    d = np.array([p.difference for p in pairs], float)
    enough = len(set(people)) >= FEWEST_PEOPLE
    ours, theirs = [p.program for p in pairs], [p.reference for p in pairs]
    with_interval = [p for p in pairs if p.interval is not None]
    return Group(
        name,
        tuple(pairs),
        limits_of_agreement(d.tolist(), people) if enough else None,
        proportional_bias(ours, theirs, people) if enough else None,
        icc(np.column_stack([ours, theirs]), people) if enough else None,
        sem_between(d.tolist()) if enough else None,
        _share([abs(p.difference) <= CLOSE_DEG for p in pairs], people),
        _held(with_interval, 0.0),
        None if reference_sem is None else _held(with_interval, reference_sem),
    )


def _held(pairs: Sequence[Pair], sem: float) -> Share | None:
    """How often our interval, wider by the reference's own error, held the reference.

    The error of a mean of m readings is taken as sem / sqrt(m), the smallest that it can be: the strictest judge of our
    interval.
    """
    if not pairs:
        return None
    inside = []
    for p in pairs:
        assert p.interval is not None
        of_reference = Z95 * sem / math.sqrt(len(p.readings))
        below, above = p.program - p.interval[0], p.interval[1] - p.program
        inside.append(-math.hypot(above, of_reference) <= p.difference <= math.hypot(below, of_reference))
    return _share(inside, [p.person for p in pairs])


def _share(hits: Sequence[bool], people: Sequence[str]) -> Share:
    """Return a share with Wilson's interval (1927); of several pairs a person that of a bootstrap over people."""
    count, n = sum(hits), len(hits)
    if not n:
        return Share(0, 0, Estimate(math.nan, math.nan, math.nan))
    if 0 < count < n and FEWEST_PEOPLE <= len(set(people)) < n:
        values = np.array(hits, float)
        return Share(count, n, bootstrap(lambda rows: float(values[rows].mean()), people))
    from scipy.stats import binomtest

    independent = len(set(people))  # all or none: a bootstrap would say 100 % for sure
    share = count / n
    interval = binomtest(round(share * independent), independent).proportion_ci(method="wilson")
    return Share(count, n, Estimate(share, float(interval.low), float(interval.high)))
