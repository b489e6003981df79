"""Studies of the instrument: results that are kept, and what a reference read of the same movement.

A study belongs to nobody; its trials and readings belong to the results, and go with the person.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from difflib import get_close_matches

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload, undefer

from rom_vision.errors import BadInputError
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure
from rom_vision.sessions.models import PersonRow, ReadingRow, ResultRow, SessionRow, StudyRow, TrialRow
from rom_vision.sessions.records import MAX_READING, MAX_WHO, clean_name, clean_note, name_key
from rom_vision.sessions.rows import document_of, moment_of, uid_of
from rom_vision.sessions.store import SessionStore

__all__ = [
    "NewReadings",
    "Reading",
    "Study",
    "Trial",
    "add_readings",
    "add_study",
    "delete_study",
    "find_study",
    "note_shown",
    "studies",
    "trials",
]

SOURCES = ("entered", "table", "phone")


@dataclass(frozen=True)
class Study:
    """A study of the instrument.

    Attributes
    ----------
    uid : the same on every machine.
    quantity : which measure of the results is compared, e.g. 'internal_rotation'.
    reference : what the readings are of, e.g. 'goniometer'.
    reference_sem : the reference's own standard error of measurement, in the unit of the quantity; None if unknown.
    """

    uid: str
    name: str
    quantity: str
    reference: str
    reference_sem: float | None
    created_at: datetime


@dataclass(frozen=True)
class Reading:
    """One reading of the reference. ``blind``: it was read and entered before the program's value was known."""

    value: float
    rater: str
    blind: bool
    source: str
    entered_at: datetime


@dataclass(frozen=True)
class NewReadings:
    """What the reference read beside one result.

    Attributes
    ----------
    result_id : of the result; it may be a refused one.
    values : readings; none only takes the result into the study.
    side : of the person, where the result holds the quantity for both; None takes the tested one.
    rater : who read the reference.
    operator : who made the recording; None leaves it as it is.
    blind : whether whoever read it did not know the program's value. Once the study has shown that value, no reading
        counts as blind.
    """

    result_id: int
    values: tuple[float, ...] = ()
    side: str | None = None
    rater: str = ""
    operator: str | None = None
    blind: bool = False


@dataclass(frozen=True)
class Trial:
    """A result in a study, with the readings of the reference beside it.

    Attributes
    ----------
    person : identity of who was tested (`Person.uid`), ``session`` the number of the sitting.
    document : the result, measured or refused.
    side : which leg, or 'both'.
    measure : what is compared; None when refused.
    setup : the camera set-up as canonical JSON.
    operator : who made the recording, if said.
    """

    result_id: int
    person: str
    person_name: str
    session: int
    taken_at: datetime
    document: Document
    side: str
    measure: Measure | None
    setup: str
    operator: str
    shown_at: datetime | None
    readings: tuple[Reading, ...]


def add_study(
    store: SessionStore,
    name: str,
    *,
    quantity: str = "internal_rotation",
    reference: str = "goniometer",
    reference_sem: float | None = None,
) -> Study:
    """Begin a study.

    Parameters
    ----------
    store : the store.
    name : of the study; two that differ only in case are one.
    quantity : the measure that is compared; one whose value is kept with results, e.g. 'internal_rotation'.
    reference : what it is compared with.
    reference_sem : the reference's own standard error, e.g. from its manual or a study of it.

    Raises
    ------
    BadInputError
        If the name is taken, or one of them is unusable.
    """
    if not quantity.replace("_", "").isalnum() or len(quantity) > 40:
        raise BadInputError(f"There is no quantity {clean_name(quantity)!r}. An example: internal_rotation.")
    if reference_sem is not None and not 0 < reference_sem <= 45:
        raise BadInputError(f"A standard error of {reference_sem:g} degrees cannot be right.")
    row = StudyRow(
        name=clean_name(name),
        name_key=name_key(name),
        quantity=quantity,
        reference=clean_name(reference),
        reference_sem=reference_sem,
        created_at=datetime.now(timezone.utc),
    )
    with store.writing() as session:
        if session.scalar(select(StudyRow.id).where(StudyRow.name_key == row.name_key)) is not None:
            raise BadInputError(f"There is already a study called {row.name}.")
        session.add(row)
        session.flush()
        return study_of(row)


def studies(store: SessionStore) -> list[Study]:
    """Return all studies, by name."""
    with store.reading() as session:
        return [study_of(row) for row in session.scalars(select(StudyRow).order_by(StudyRow.name_key))]


def find_study(store: SessionStore, name: str) -> Study:
    """Return a study; raise `BadInputError` when there is none of that name."""
    with store.reading() as session:
        return study_of(_find(session, name))


def delete_study(store: SessionStore, name: str) -> None:
    """Delete a study with all its readings; the results that took part stay."""
    with store.writing() as session:
        session.execute(delete(StudyRow).where(StudyRow.id == _find(session, name).id))
    store.scrub()


def add_readings(store: SessionStore, study: str, new: Iterable[NewReadings], source: str = "entered") -> None:
    """Take results into a study, with what the reference read of the same movements: all of them or none.

    Parameters
    ----------
    store : the store.
    study : its name.
    new : readings beside results, which may be in the study already.
    source : 'entered', 'table' or 'phone'.

    Raises
    ------
    BadInputError
        If there is no such study or result, or a value cannot be right.
    """
    now = datetime.now(timezone.utc)
    if source not in SOURCES:
        raise ValueError(f"no such source of readings: {source}")
    with store.writing() as session:
        of = _find(session, study)
        for entry in new:
            for value in entry.values:
                check_reading(value)
            trial = _trial(session, of, entry, now)
            if entry.operator is not None:
                trial.operator = clean_note(entry.operator)[:MAX_WHO]
            unseen = entry.blind and trial.shown_at is None
            for value in entry.values:
                made = {"value": float(value), "rater": clean_note(entry.rater)[:MAX_WHO], "blind": unseen}
                session.add(ReadingRow(trial_id=trial.id, source=source, entered_at=now, **made))


def check_reading(value: float) -> None:
    """Raise `BadInputError` for what no reading of an angle can be."""
    if not math.isfinite(value) or abs(value) > MAX_READING:
        raise BadInputError(f"A reading of {value:g} degrees cannot be right.")


def _trial(session: Session, study: StudyRow, new: NewReadings, now: datetime) -> TrialRow:
    result = session.get(ResultRow, new.result_id)
    if result is None:
        raise BadInputError(f"There is no result {new.result_id}.")
    side = _side(result, study, new.side)
    known = select(TrialRow).where(
        TrialRow.study_id == study.id, TrialRow.result_id == result.id, TrialRow.side == side
    )
    row = session.scalars(known).first()
    if row is None:
        row = TrialRow(study_id=study.id, result_id=result.id, side=side, added_at=now)
        session.add(row)
        session.flush()
    return row


def _side(result: ResultRow, study: StudyRow, asked: str | None) -> str:
    """Say which side of a result takes part."""
    if result.status != "measured":
        return asked or result.side or "both"
    measures = document_of(result.document, result.id).measures
    sides = [str(m.side) for m in measures if m.quantity == study.quantity]
    what = f"The study {study.name} is of {study.quantity.replace('_', ' ')}"
    if not sides:
        raise BadInputError(f"{what}, which this result does not hold.")
    if asked is None and len(sides) > 1:
        raise BadInputError(f"{what}, which this result holds for {' and '.join(sides)}: say which side.")
    if asked is not None and asked not in sides:
        raise BadInputError(f"{what}, which this result holds for {' and '.join(sides)}, not {clean_note(asked)[:40]}.")
    return asked or sides[0]


def note_shown(store: SessionStore, study: str, result_ids: Iterable[int] | None = None) -> None:
    """Note that the program's values have been shown: readings entered from now on are not blind.

    ``result_ids`` None stands for all trials of the study.
    """
    with store.writing() as session:
        of = _find(session, study)
        wanted = None if result_ids is None else set(result_ids)
        for row in session.scalars(select(TrialRow).where(TrialRow.study_id == of.id, TrialRow.shown_at.is_(None))):
            if wanted is None or row.result_id in wanted:
                row.shown_at = datetime.now(timezone.utc)


def trials(store: SessionStore, study: str) -> list[Trial]:
    """Return the trials of a study, in the order of the sessions; those that cannot be read are left out."""
    with store.reading() as session:
        of = _find(session, study)
        rows = session.execute(
            select(TrialRow, ResultRow, SessionRow, PersonRow)
            .join(ResultRow, TrialRow.result_id == ResultRow.id)
            .join(SessionRow, ResultRow.session_id == SessionRow.id)
            .join(PersonRow, SessionRow.person_id == PersonRow.id)
            .where(TrialRow.study_id == of.id)
            .order_by(SessionRow.taken_at, ResultRow.id)
            .options(undefer(ResultRow.document), selectinload(TrialRow.readings))
        ).all()
        found = []
        for trial, result, sitting, person in rows:
            try:
                found.append(_read(of, trial, result, sitting, person))
            except BadInputError:
                continue
        return found


def _read(study: StudyRow, trial: TrialRow, result: ResultRow, sitting: SessionRow, person: PersonRow) -> Trial:
    document = document_of(result.document, result.id)
    measures = document.measures if document.status == "measured" else ()
    return Trial(
        result.id,
        uid_of(person.uid),
        str(person.name),
        sitting.id,
        moment_of(sitting.taken_at, sitting.utc_offset_min),
        document,
        str(trial.side),
        next((m for m in measures if (m.quantity, m.side) == (study.quantity, trial.side)), None),
        result.setup,
        trial.operator if isinstance(trial.operator, str) else "",
        trial.shown_at,
        readings_of(trial.readings),
    )


def readings_of(rows: Iterable[ReadingRow]) -> tuple[Reading, ...]:
    """Return the readings that can be read."""
    return tuple(
        Reading(float(row.value), row.rater, bool(row.blind), row.source, row.entered_at)
        for row in rows
        if isinstance(row.value, (int, float))
        and math.isfinite(row.value)
        and abs(row.value) <= MAX_READING
        and all(isinstance(text, str) for text in (row.rater, row.source))
        and isinstance(row.entered_at, datetime)
    )


def study_of(row: StudyRow) -> Study:
    """Return a study from its row."""
    sem = row.reference_sem
    usable = isinstance(sem, (int, float)) and math.isfinite(sem) and sem > 0
    return Study(
        uid_of(row.uid),
        str(row.name),
        str(row.quantity),
        str(row.reference),
        sem if usable else None,
        row.created_at or datetime(1970, 1, 1, tzinfo=timezone.utc),
    )


def _find(session: Session, name: str) -> StudyRow:
    row = session.scalars(select(StudyRow).where(StudyRow.name_key == name_key(name))).first()
    if row is not None:
        return row
    close = get_close_matches(name, [str(known) for known in session.scalars(select(StudyRow.name))], n=1)
    hint = f" Did you mean {close[0]}?" if close else f' Begin it first: rom-vision study new "{clean_name(name)}"'
    raise BadInputError(f"There is no study called {clean_name(name)}.{hint}")
