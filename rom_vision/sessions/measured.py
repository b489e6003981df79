"""Errors that a study of one's own measured, in the place of published ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from rom_vision.errors import BadInputError
from rom_vision.meaning.change import ERRORS, Z95, ErrorDefaults
from rom_vision.sessions.models import StudyRow
from rom_vision.sessions.records import name_key
from rom_vision.sessions.store import SessionStore

__all__ = ["MeasuredError", "error_to_assume", "measured_errors", "use_measured_error"]


@dataclass(frozen=True)
class MeasuredError:
    """A standard error of measurement of one session's value, from testing people again.

    Attributes
    ----------
    error : key of the quantity's error (`rom_vision.meaning.change.ERRORS`).
    study : name of the study that measured it.
    sem, low, high : with its 95 % interval, in the unit of the quantity.
    person : identity of the one person whom it holds for; None for everybody.
    """

    error: str
    study: str
    sem: float
    low: float
    high: float
    person: str | None = None

    def __post_init__(self) -> None:
        if self.error not in ERRORS or not 0 < self.low <= self.sem <= self.high < math.inf:
            raise ValueError("no error of measurement")

    @property
    def mdc95(self) -> float:
        """Least detectable change, 1.96 sqrt(2) SEM (Weir 2005)."""
        return Z95 * math.sqrt(2) * self.sem

    @property
    def sentence(self) -> str:
        """Where the error comes from, for whoever reads a comparison."""
        assumed = ERRORS[self.error].mdc95_default_deg / (Z95 * math.sqrt(2))
        return (
            f"The noise is reckoned with a standard error of {self.sem:.1f}° ({self.low:.1f} to {self.high:.1f}°), "
            f"measured in the study {self.study}, in place of the assumed {assumed:.1f}°."
        )


_STORED = TypeAdapter(MeasuredError)


def use_measured_error(store: SessionStore, study: str, error: MeasuredError | None) -> None:
    """Let comparisons use what a study measured; with None, the published error again.

    Another study's of the same quantity, for the same people, is switched off.

    Raises
    ------
    BadInputError
        If there is no such study.
    """
    with store.writing() as session:
        rows = session.scalars(select(StudyRow)).all()
        of = next((row for row in rows if row.name_key == name_key(study)), None)
        if of is None:
            raise BadInputError(f"There is no study called {study}.")
        for row in rows if error else ():
            other = _read(row)
            if other is not None and error is not None and (other.error, other.person) == (error.error, error.person):
                row.measured_error = ""
        of.measured_error = "" if error is None else _STORED.dump_json(error).decode()


def measured_errors(store: SessionStore, person: str | None = None) -> dict[str, MeasuredError]:
    """Return what is in use for somebody, by key of the error; their own before that of a group.

    Parameters
    ----------
    store : the store.
    person : identity (`Person.uid`); None for what holds for everybody.
    """
    with store.reading() as session:
        found = [error for row in session.scalars(select(StudyRow).order_by(StudyRow.id)) if (error := _read(row))]
    usable = [e for e in found if e.person in (None, person)]
    return {e.error: e for e in sorted(usable, key=lambda e: e.person is not None)}


def _read(row: StudyRow) -> MeasuredError | None:
    try:
        error = _STORED.validate_json(row.measured_error) if row.measured_error else None
    except (ValidationError, TypeError):
        return None
    return None if error is None else replace(error, study=str(row.name))


def error_to_assume(key: str, measured: dict[str, MeasuredError]) -> ErrorDefaults:
    """Return the error of a quantity that a comparison starts from: the measured one if there is one.

    The measured error is that of a whole session; nothing is added for its repetitions, and no published floor holds.
    """
    found = measured.get(key)
    if found is None:
        return ERRORS[key]
    return ErrorDefaults(0.0, found.sem, found.mdc95, found.mdc95, found.sentence)
