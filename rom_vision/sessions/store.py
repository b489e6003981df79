"""The store of people, sessions and results, on SQLite or PostgreSQL with the same code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload, undefer

from rom_vision.errors import BadInputError
from rom_vision.meaning.norms import Sex
from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure
from rom_vision.sessions.engine import database_url, explained, open_engine, scrub, writer_of
from rom_vision.sessions.migrations import migrate
from rom_vision.sessions.models import AttachmentRow, PersonRow, ResultRow, SessionRow
from rom_vision.sessions.records import (
    NewResult,
    Person,
    Picture,
    SavedResult,
    SavedSession,
    SessionLine,
    check_number,
    clean_name,
    local_moment,
    name_key,
)
from rom_vision.sessions.rows import (
    document_of,
    document_row,
    edits_of,
    find_person,
    log_edit,
    measures_of_row,
    moment_of,
    new_session,
    note_of,
    person_of,
    refuse_twice,
    result_row,
    same_test,
    session_fault,
    words_of,
)

__all__ = ["MeasureRow", "SessionStore"]

SAME_SITTING = timedelta(hours=2)
"""Tests saved one by one belong to one session when no more than this lies between (our own heuristic)."""

MeasureRow = tuple[datetime, str, str | None, str | None, str, Measure]
"""When, test, position, mode, camera set-up, and the measured quantity."""


class SessionStore:
    """People, sessions and results. Every save is one transaction: a session is kept whole or not at all.

    Parameters
    ----------
    url : address of the database; None takes ``ROM_VISION_DATABASE_URL``, else SQLite in the user's data folder.

    Raises
    ------
    BadInputError
        If the address is wrong, or a newer version made the database.
    RomVisionError
        If the database cannot be opened; so does every method when the database fails.

    Examples
    --------
    >>> store = SessionStore("sqlite:///people.db")  # doctest: +SKIP
    >>> store.add_person("Ana")  # doctest: +SKIP
    >>> store.save_result("Ana", NewResult(document, track))  # doctest: +SKIP
    """

    def __init__(self, url: str | None = None) -> None:
        address = database_url(url)
        self.where = address.render_as_string(hide_password=True)
        self._engine = open_engine(address)
        self._writer = writer_of(self._engine)
        with explained(self.where):
            migrate(self._writer)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    # people

    def add_person(self, name: str, *, sex: Sex | None = None, birth_year: int | None = None) -> Person:
        """Add somebody.

        Parameters
        ----------
        name : as it is to be shown; two that differ only in case are one.
        sex, birth_year : for reference values that depend on them; None if not said.

        Raises
        ------
        BadInputError
            When the name is taken or unusable, or the year cannot be right.
        """
        if birth_year is not None and not 1900 <= birth_year <= datetime.now(timezone.utc).year:
            raise BadInputError(f"A year of birth of {birth_year} cannot be right.")
        row = PersonRow(
            name=clean_name(name),
            name_key=name_key(name),
            **{"sex": sex, "birth_year": birth_year, "created_at": datetime.now(timezone.utc)},
        )
        with self.writing() as session:
            if session.scalar(select(PersonRow.name).where(PersonRow.name_key == row.name_key)) is not None:
                raise BadInputError(f"There is already somebody called {row.name}.")
            session.add(row)
            session.flush()
            return person_of(row)

    def people(self) -> list[Person]:
        """Return everybody, by name."""
        with self.reading() as session:
            return [person_of(row) for row in session.scalars(select(PersonRow).order_by(PersonRow.name_key))]

    def person(self, name: str) -> Person:
        """Return the person called ``name`` (case does not matter); raise `BadInputError` when there is none."""
        with self.reading() as session:
            return person_of(find_person(session, name))

    def delete_person(self, name: str) -> None:
        """Delete somebody with all sessions, results, tracks, pictures and videos."""
        with self.writing() as session:
            session.execute(delete(PersonRow).where(PersonRow.id == find_person(session, name).id))
        self.scrub()

    # sessions

    def save_session(
        self, person: str, results: Sequence[NewResult], *, taken_at: datetime | None = None, again: bool = False
    ) -> int:
        """Keep a session with all its tests and return its number.

        Parameters
        ----------
        person : name of somebody who is in the store.
        results : the tests, at least one.
        taken_at : when the tests were done, with a time zone; local time without one, now if None.
        again : keep a test of a recording although it is kept already.
        """
        if not results:
            raise BadInputError("A session without a test cannot be kept.")
        rows = [result_row(result) for result in results]
        with self.writing() as session:
            person_id = find_person(session, person).id
            for row in () if again else rows:
                refuse_twice(session, person_id, row)
            kept = new_session(person_id, local_moment(taken_at))
            kept.results = rows
            session.add(kept)
            session.flush()
            return kept.id

    def save_result(
        self, person: str, result: NewResult, *, taken_at: datetime | None = None, again: bool = False
    ) -> int:
        """Keep one test and return the number of its session.

        It joins the person's session of the last two hours unless that already holds the same test: a repeated test
        begins a new session (a refused one does not count).

        Parameters
        ----------
        person : name of somebody who is there.
        result : the document with its landmarks, pictures and video.
        taken_at : when it was filmed; local time if it has no zone, None for now.
        again : keep a test of a recording although it is kept already.

        Raises
        ------
        BadInputError
            When there is nobody of that name; `AlreadyKeptError` when the person has this test of this recording.
        """
        row, moment = result_row(result), local_moment(taken_at)
        with self.writing() as session:
            person_id = find_person(session, person).id
            if not again:
                refuse_twice(session, person_id, row)
            kept = session.scalars(
                select(SessionRow)
                .where(
                    SessionRow.person_id == person_id,
                    SessionRow.taken_at <= moment,
                    SessionRow.taken_at >= moment - SAME_SITTING,
                )
                .order_by(SessionRow.taken_at.desc(), SessionRow.id.desc())
                .limit(1)
            ).first()
            if kept is None or any(same_test(row, other) for other in kept.results):
                kept = new_session(person_id, moment)
                session.add(kept)
                session.flush()
            row.session_id = kept.id
            session.add(row)
            return kept.id

    def sessions(self, person: str) -> list[SessionLine]:
        """Return one line for each session of a person, oldest first; `unreadable` has those that are left out."""
        with self.reading() as session:
            rows = session.execute(
                select(
                    SessionRow.id,
                    SessionRow.taken_at,
                    SessionRow.utc_offset_min,
                    SessionRow.note,
                    ResultRow.test,
                    ResultRow.position,
                    ResultRow.mode,
                    ResultRow.side,
                    ResultRow.status,
                )
                .join(ResultRow, ResultRow.session_id == SessionRow.id)
                .where(SessionRow.person_id == find_person(session, person).id)
                .order_by(SessionRow.taken_at, SessionRow.id, ResultRow.id)
            ).all()
        lines: dict[int, SessionLine] = {}
        bad: set[int] = set()
        for number, taken_at, offset, note, *test in rows:
            try:
                earlier = lines[number].tests if number in lines else ()
                moment, tests = moment_of(taken_at, offset), (*earlier, words_of(*test))
                lines[number] = SessionLine(number, moment, tests, note_of(note))
            except BadInputError:
                bad.add(number)
        return [line for number, line in lines.items() if number not in bad]

    def unreadable(self, person: str) -> dict[int, str]:
        """Return the numbers of a person's sessions that cannot be read, each with the reason.

        They stay as they are, and can be deleted; every document is looked into.
        """
        with self.reading() as session:
            rows = session.execute(
                select(SessionRow, ResultRow)
                .outerjoin(ResultRow, ResultRow.session_id == SessionRow.id)
                .where(SessionRow.person_id == find_person(session, person).id)
                .order_by(SessionRow.id, ResultRow.id)
                .options(undefer(ResultRow.document))
                .execution_options(yield_per=50)
            )
            found: dict[int, str] = {}
            for row, result in rows:
                if reason := session_fault(row, [result] if result else []):
                    found.setdefault(row.id, reason)
            return found

    def session(self, number: int) -> SavedSession:
        """Return a session with its documents.

        Raises
        ------
        BadInputError
            If there is none of that number, or it cannot be read.
        """
        check_number(number)
        with self.reading() as session:
            row = session.scalars(
                select(SessionRow)
                .where(SessionRow.id == number)
                .options(
                    selectinload(SessionRow.edits),
                    selectinload(SessionRow.results).options(
                        undefer(ResultRow.document), selectinload(ResultRow.attachments)
                    ),
                )
            ).first()
            if row is None:
                raise BadInputError(f"There is no session {number}.")
            nobody = "the person whom it belongs to is gone" if row.person is None else ""
            if reason := nobody or session_fault(row, row.results):
                raise BadInputError(
                    f"Session {number} cannot be read: {reason}. It stays as it is; to be rid of it: "
                    f"rom-vision sessions delete {number}"
                )
            results = tuple(
                SavedResult(
                    r.id,
                    document_of(r.document, r.id),
                    r.setup,
                    any(a.kind == "track" for a in r.attachments),
                    any(a.kind == "video" for a in r.attachments),
                    bool(r.pinch),
                )
                for r in row.results
            )
            moment = moment_of(row.taken_at, row.utc_offset_min)
            return SavedSession(row.id, person_of(row.person), moment, results, note_of(row.note), edits_of(row.edits))

    def readable(self, person: str) -> Iterator[SavedSession]:
        """Yield the sessions of a person that can be read, oldest first."""
        unreadable = self.unreadable(person)
        for line in self.sessions(person):
            if line.id not in unreadable:
                yield self.session(line.id)

    def replace_document(self, result_id: int, document: Document) -> None:
        """Put a new result of the same landmarks in the place of an older one; raise `BadInputError` if it is gone."""
        fresh = document_row(document, document.to_json())
        with self.writing() as session:
            row = session.get(ResultRow, result_id)
            if row is None:
                raise BadInputError(f"There is no result {result_id}.")
            if row.side != fresh.side:
                log_edit(row.session_id, "side", row.side or "", fresh.side or "", session)
            for name in ("document", "status", "setup", "summary", "recording", "position", "mode", "side"):
                setattr(row, name, getattr(fresh, name))

    def delete_session(self, number: int) -> None:
        """Delete a session with its results, tracks, pictures and videos."""
        check_number(number)
        with self.writing() as session:
            if not session.execute(delete(SessionRow).where(SessionRow.id == number)).rowcount:  # type: ignore[attr-defined]
                raise BadInputError(f"There is no session {number}.")
        self.scrub()

    # what belongs to a result

    def track(self, result_id: int, *, set_aside: bool = False) -> PoseTrack | None:
        """Return the landmarks of a result, or those set aside for another person's; None when none were kept."""
        kept = self._attachments(result_id, "track_0" if set_aside else "track")
        return PoseTrack.from_bytes(kept[0].data, name=f"landmarks of result {result_id}") if kept else None

    def pictures(self, result_id: int) -> tuple[Picture, ...]:
        """Return the pictures of a result."""
        return tuple(Picture(row.name, row.data) for row in self._attachments(result_id, "picture"))

    def video(self, result_id: int) -> tuple[str, bytes] | None:
        """Return name and content of the video of a result; None when it was not kept."""
        kept = self._attachments(result_id, "video")
        return (kept[0].name, kept[0].data) if kept else None

    def measures(self, person: str) -> list[MeasureRow]:
        """Return everything of a person that can be compared over time and can be read, oldest first."""
        unreadable = self.unreadable(person)
        with self.reading() as session:
            rows = session.execute(
                select(
                    SessionRow.id,
                    SessionRow.taken_at,
                    SessionRow.utc_offset_min,
                    ResultRow.test,
                    ResultRow.position,
                    ResultRow.mode,
                    ResultRow.setup,
                    ResultRow.summary,
                )
                .join(ResultRow, ResultRow.session_id == SessionRow.id)
                .where(SessionRow.person_id == find_person(session, person).id, ResultRow.status == "measured")
                .order_by(SessionRow.taken_at, ResultRow.id)
            ).all()
        return [
            (moment_of(taken_at, offset), test, position, mode, setup, measure)
            for number, taken_at, offset, test, position, mode, setup, summary in rows
            if number not in unreadable
            for measure in measures_of_row(setup, summary)
        ]

    # transactions

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads."""
        with explained(self.where), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that writes: everything in it is kept, or nothing."""
        with explained(self.where), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def _attachments(self, result_id: int, kind: str) -> list[AttachmentRow]:
        with self.reading() as session:
            try:
                rows = session.scalars(
                    select(AttachmentRow)
                    .where(AttachmentRow.result_id == result_id, AttachmentRow.kind == kind)
                    .order_by(AttachmentRow.id)
                    .options(undefer(AttachmentRow.data))
                ).all()
            except (TypeError, ValueError) as fault:  # SQLite keeps text where bytes should be
                raise BadInputError(f"What is kept of result {result_id} as {kind} cannot be read.") from fault
            session.expunge_all()
            return list(rows)

    def scrub(self) -> None:
        """Leave no trace of what has been deleted in the database's files."""
        with explained(self.where):
            scrub(self._engine)
