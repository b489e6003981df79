"""How repeatable the program and the reference are: the same people again, and by several hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rom_vision.agreement.pairs import codes_of
from rom_vision.agreement.reliability import Icc, Sem, icc, sem_within
from rom_vision.errors import BadInputError
from rom_vision.sessions.measured import MeasuredError
from rom_vision.sessions.studies import Study, Trial

__all__ = ["LEAST_FREEDOM", "Reliability", "Repeats", "measured_error_of", "reliability_of"]

LEAST_FREEDOM = 10
"""Fewest comparisons on which a measured error may stand in for the assumed one (our own heuristic: its interval then
reaches from 0.7 to 1.8 times the value)."""


@dataclass(frozen=True)
class Repeats:
    """Readings of the same things, several of each.

    Attributes
    ----------
    what : which design, e.g. 'The program, tested again on another day'.
    groups : the readings of each thing, degrees.
    n_people : how many people they are of.
    sem : standard error of a single one, every difference counted; None where nothing was read twice.
    icc : of those of which the same number of readings was taken, by column; None where a table cannot be filled.
    columns : what the columns are, e.g. names of operators; empty for the first and the second occasion.
    """

    what: str
    groups: tuple[tuple[float, ...], ...]
    n_people: int
    sem: Sem | None
    icc: Icc | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reliability:
    """The program again, the program by several operators, the reference by several raters."""

    again: Repeats
    operators: Repeats
    raters: Repeats

    @property
    def designs(self) -> tuple[Repeats, ...]:
        """Those that hold something."""
        return tuple(r for r in (self.again, self.operators, self.raters) if r.sem is not None)


_Key = tuple[str, str, str, str, str]


def reliability_of(trials: Sequence[Trial]) -> Reliability:
    """Look at what was measured several times in a study.

    Tested again: the first result of each day, of the same person, position, mode, side and camera set-up; nothing must
    have changed in between. Operators: the first result of each, of the same. Raters: mean of the readings of each, of
    the same recording.
    """
    own = [t for t in trials if not t.document.corrections]
    return Reliability(_again(own), _operators(own), _raters(trials))


def _key(t: Trial) -> _Key:
    return t.person, t.document.position or "", t.document.mode or "", t.side, t.setup


def _again(trials: Sequence[Trial]) -> Repeats:
    days: dict[_Key, dict[object, float]] = {}
    for t in trials:
        if t.measure is not None:
            days.setdefault(_key(t), {}).setdefault(t.taken_at.date(), t.measure.value)
    several = {key: tuple(by_day.values()) for key, by_day in days.items() if len(by_day) > 1}
    people = [key[0] for key in several]
    table = [values[:2] for values in several.values()]
    return _repeats("The program, tested again on another day", several, people, table)


def _operators(trials: Sequence[Trial]) -> Repeats:
    by: dict[_Key, dict[str, float]] = {}
    for t in trials:
        if t.measure is not None and t.operator:
            by.setdefault(_key(t), {}).setdefault(t.operator, t.measure.value)
    return _by_hands("The program, recorded by several operators", by)


def _raters(trials: Sequence[Trial]) -> Repeats:
    by: dict[_Key, dict[str, float]] = {}
    for t in trials:
        read: dict[str, list[float]] = {}
        for r in t.readings:
            if r.rater:
                read.setdefault(r.rater, []).append(r.value)
        # One recording is one thing, whichever set-up it was made with.
        by[(*_key(t)[:4], str(t.result_id))] = {rater: sum(v) / len(v) for rater, v in read.items()}
    return _by_hands("The reference, read by several raters", by)


def _by_hands(what: str, by: dict[_Key, dict[str, float]]) -> Repeats:
    several = {key: tuple(found.values()) for key, found in by.items() if len(found) > 1}
    hands = tuple(sorted({hand for key in several for hand in by[key]}))
    full = [key for key in several if all(hand in by[key] for hand in hands)]
    table = [tuple(by[key][hand] for hand in hands) for key in full]
    return _repeats(what, several, [key[0] for key in full], table, hands)


def _repeats(
    what: str,
    several: dict[_Key, tuple[float, ...]],
    people: Sequence[str],
    table: Sequence[tuple[float, ...]],
    columns: tuple[str, ...] = (),
) -> Repeats:
    return Repeats(
        what,
        tuple(several.values()),
        len({key[0] for key in several}),
        sem_within(list(several.values())),
        icc(np.array(table), people) if table else None,
        columns,
    )


def measured_error_of(study: Study, trials: Sequence[Trial]) -> MeasuredError:
    """Return the error that a study measured by testing again, to stand in for the assumed one.

    Of one person alone it holds for them only.

    Raises
    ------
    BadInputError
        If it rests on too little.
    """
    found = reliability_of(trials).again
    if found.sem is None or found.sem.freedom < LEAST_FREEDOM:
        there = 0 if found.sem is None else found.sem.freedom
        raise BadInputError(
            f"The study {study.name} has {there} comparisons of a person with themselves on another day; it takes "
            f"{LEAST_FREEDOM} before a measured error may stand in for the assumed one."
        )
    measure = next(t.measure for t in trials if t.measure is not None)
    people = list(codes_of(t for t in trials if t.measure is not None))
    sem = found.sem.sem
    return MeasuredError(
        measure.error or "", study.name, sem.value, sem.low, sem.high, people[0] if len(people) == 1 else None
    )
