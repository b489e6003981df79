"""What was trained beside what was measured: dose, change, noise, and never that one caused the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rom_vision.drills.training import Training
from rom_vision.meaning.statements import unit_sign, value_words
from rom_vision.sessions.compare import Series
from rom_vision.sessions.store import SessionStore
from rom_vision.sessions.training import trainings

__all__ = ["dose_beside", "trained_before"]

_FIRST_WEEKS = 4
"""Without an earlier session, training of this many weeks belongs to a session (our own heuristic)."""


def dose_beside(series: Series, done: Sequence[Training]) -> str:
    """Say what was trained between the first and the last value of a series, and what has become of the value.

    Parameters
    ----------
    series : of the person.
    done : everything the person has trained.
    """
    if series.change is None:
        return f"{series.title}: measured once, so there is nothing to set the training beside yet."
    first, last = series.values[0].date, series.values[-1].date
    between = [t for t in done if first <= t.began_at <= last]
    minutes = sum(t.minutes for t in between)
    days = len({t.began_at.date() for t in between})
    weeks = max((last - first) / timedelta(weeks=1), 1.0)
    dose = (
        f"{minutes:.0f} minutes of training on {days} day{'' if days == 1 else 's'} ({minutes / weeks:.1f} a week)"
        if between
        else "no training in the log"
    )
    noise = value_words(series.mdc95, series.unit) if series.mdc95 is not None else "an unknown amount"
    beyond = series.mdc95 is not None and abs(series.change) > series.mdc95
    told = "more than noise explains 19 times in 20" if beyond else "no more than noise alone can do"
    return (
        f"{first:%d %B %Y} to {last:%d %B %Y}: {dose}. {series.title}: {series.change:+.1f}{unit_sign(series.unit)}; "
        f"noise alone reaches {noise}, so this is {told}. Whether training had to do with it, numbers of one person "
        "cannot tell."
    )


def trained_before(store: SessionStore, person: str, taken_at: datetime) -> list[Training]:
    """Return what a person trained between the session before ``taken_at`` and that moment, oldest first."""
    earlier = [line.taken_at for line in store.sessions(person) if line.taken_at < taken_at]
    since = max(earlier, default=taken_at - timedelta(weeks=_FIRST_WEEKS))
    return [k.training for k in trainings(store, person) if since <= k.training.began_at <= taken_at]
