"""From the trials of a study to what is compared: pairs of the program's value and the reference's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rom_vision.agreement.reliability import Sem, sem_within
from rom_vision.sessions.studies import Reading, Trial

__all__ = ["Pair", "Refused", "codes_of", "edited_of", "pairs_of", "reference_error", "refused_of", "waiting_of"]


@dataclass(frozen=True)
class Pair:
    """One result and what the reference read beside it.

    Attributes
    ----------
    person : 'P1', 'P2' ...: a report names nobody.
    program, interval : our value and its 95 % interval, degrees; None where the measure has none.
    reference : mean of the readings, degrees.
    readings : each of them.
    """

    person: str
    session: int
    taken_at: datetime
    position: str
    side: str
    program: float
    interval: tuple[float, float] | None
    reference: float
    readings: tuple[Reading, ...]

    @property
    def difference(self) -> float:
        """Program minus reference, degrees."""
        return self.program - self.reference

    @property
    def mean(self) -> float:
        """Mean of both, degrees."""
        return (self.program + self.reference) / 2


@dataclass(frozen=True)
class Refused:
    """A result that was not measured, and why."""

    person: str
    position: str
    side: str
    reasons: tuple[str, ...]


def codes_of(trials: Iterable[Trial]) -> dict[str, str]:
    """Return a code for each person, in the order in which they came: 'P1', 'P2' ..."""
    return {uid: f"P{n}" for n, uid in enumerate(dict.fromkeys(t.person for t in trials), 1)}


def pairs_of(trials: Sequence[Trial]) -> list[Pair]:
    """Return the pairs of a study: measured results with at least one reading, those corrected by hand left out."""
    codes = codes_of(trials)
    return [
        Pair(
            codes[t.person],
            t.session,
            t.taken_at,
            t.document.position or "",
            t.side,
            t.measure.value,
            t.measure.ci95,
            sum(r.value for r in t.readings) / len(t.readings),
            t.readings,
        )
        for t in trials
        if t.measure is not None and t.readings and not t.document.corrections
    ]


def refused_of(trials: Sequence[Trial]) -> list[Refused]:
    """Return the results that were refused, or do not hold the quantity, each with why."""
    codes = codes_of(trials)
    return [
        Refused(codes[t.person], t.document.position or "", t.side, t.document.reasons or ("It holds no such value.",))
        for t in trials
        if t.measure is None
    ]


def edited_of(trials: Sequence[Trial]) -> int:
    """Return how many results were corrected by hand: they say nothing of the program."""
    return sum(1 for t in trials if t.document.corrections)


def waiting_of(trials: Sequence[Trial]) -> int:
    """Return how many measured results have no reading yet."""
    return sum(1 for t in trials if t.measure is not None and not t.readings and not t.document.corrections)


def reference_error(pairs: Sequence[Pair]) -> Sem | None:
    """Return the reference's own standard error from repeated readings of one recording; None without any.

    Of several raters their differences count, too.
    """
    return sem_within([[r.value for r in pair.readings] for pair in pairs])


def counted(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Return each reason with how often it was given, the most frequent first."""
    return Counter(reasons).most_common()
