"""Changing a kept session afterwards: its date, whose it is, its note. Every change is logged with the session."""

from __future__ import annotations

from datetime import datetime, timezone

from rom_vision.errors import BadInputError
from rom_vision.sessions.models import SessionRow
from rom_vision.sessions.records import check_number, clean_note, local_moment
from rom_vision.sessions.rows import find_person, log_edit, moment_of, note_of, offset_min
from rom_vision.sessions.store import SessionStore

__all__ = ["edit_session"]


def edit_session(
    store: SessionStore,
    number: int,
    *,
    taken_at: datetime | None = None,
    person: str | None = None,
    note: str | None = None,
) -> tuple[str, ...]:
    """Change a kept session; None leaves a thing as it is.

    The side of a test is part of its measurement and is not changed here: see `rom_vision.sessions.correct`.

    Parameters
    ----------
    store : that keeps it.
    number : of the session.
    taken_at : when it was done; local time without a zone.
    person : name of somebody in the store, to whom the session then belongs.
    note : a sentence or two.

    Returns
    -------
    tuple of str
        What was changed: of 'date', 'person', 'note'.

    Raises
    ------
    BadInputError
        If there is no such session or person, the date lies in the future, or the note is unusable.
    """
    check_number(number)
    moment = None if taken_at is None else local_moment(taken_at)
    if moment is not None and moment > datetime.now(timezone.utc):
        raise BadInputError(f"The date {moment:%d %B %Y, %H:%M} lies in the future.")
    cleaned = None if note is None else clean_note(note)
    changed: list[str] = []
    with store.writing() as session:
        row = session.get(SessionRow, number)
        if row is None:
            raise BadInputError(f"There is no session {number}.")

        def log(what: str, before: str, after: str) -> None:
            log_edit(number, what, before, after, session)
            changed.append(what)

        if moment is not None and moment != row.taken_at:
            log("date", moment_of(row.taken_at, row.utc_offset_min).isoformat(), moment.isoformat())
            row.taken_at, row.utc_offset_min = moment, offset_min(moment)
        if person is not None and (whose := find_person(session, person)).id != row.person_id:
            log("person", row.person.name, whose.name)
            row.person_id = whose.id
        if cleaned is not None and cleaned != note_of(row.note):
            log("note", note_of(row.note), cleaned)
            row.note = cleaned
    return tuple(changed)
