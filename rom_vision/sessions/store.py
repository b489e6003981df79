"""The store of people, sessions and results, on SQLite or PostgreSQL with the same code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, selectinload, undefer

from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.meaning.norms import Sex
from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import Document, HipRotationDocument, parse_document
from rom_vision.sessions.engine import database_url, open_engine, scrub, writer_of
from rom_vision.sessions.measures import Measure, from_summary, measures_of, setup_of, to_summary
from rom_vision.sessions.migrations import migrate
from rom_vision.sessions.models import AttachmentRow, PersonRow, ResultRow, SessionRow
from rom_vision.sessions.records import (
    NewResult,
    Person,
    Picture,
    SavedResult,
    SavedSession,
    SessionLine,
    clean_name,
    local_moment,
    name_key,
    picture_type,
)

__all__ = ["MeasureRow", "SessionStore", "save_result"]

SAME_SITTING = timedelta(hours=2)
"""Tests saved one by one belong to one session when no more than this lies between (our own heuristic)."""

MAX_VIDEO_BYTES = 256 * 2**20
"""Largest video kept (our own heuristic: minutes of phone video, in the database, deleted with the rest)."""

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
        with self._explained():
            migrate(self._writer)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    # people

    def add_person(self, name: str, *, sex: Sex | None = None, birth_year: int | None = None) -> Person:
        """Add somebody; raise `BadInputError` when the name is taken or unusable."""
        if birth_year is not None and not 1900 <= birth_year <= datetime.now(timezone.utc).year:
            raise BadInputError(f"A year of birth of {birth_year} cannot be right.")
        row = PersonRow(
            name=clean_name(name),
            name_key=name_key(name),
            sex=sex,
            birth_year=birth_year,
            created_at=datetime.now(timezone.utc),
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
        self._scrub()

    # sessions

    def save_session(self, person: str, results: Sequence[NewResult], *, taken_at: datetime | None = None) -> int:
        """Keep a session with all its tests and return its number.

        Parameters
        ----------
        person : name of somebody who is in the store.
        results : the tests, at least one.
        taken_at : when the tests were done, with a time zone; local time without one, now if None.
        """
        if not results:
            raise BadInputError("A session without a test cannot be kept.")
        rows = [result_row(result) for result in results]
        with self.writing() as session:
            kept = _new_session(find_person(session, person).id, local_moment(taken_at))
            kept.results = rows
            session.add(kept)
            session.flush()
            return kept.id

    def save_result(self, person: str, result: NewResult, *, taken_at: datetime | None = None) -> int:
        """Keep one test and return the number of its session.

        It joins the person's session of the last two hours unless that already holds the same test: a repeated test
        begins a new session (a refused one does not count).
        """
        row, moment = result_row(result), local_moment(taken_at)
        with self.writing() as session:
            person_id = find_person(session, person).id
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
            if kept is None or any(_same_test(row, other) for other in kept.results):
                kept = _new_session(person_id, moment)
                session.add(kept)
                session.flush()
            row.session_id = kept.id
            session.add(row)
            return kept.id

    def sessions(self, person: str) -> list[SessionLine]:
        """Return one line for each session of a person, oldest first."""
        with self.reading() as session:
            rows = session.execute(
                select(
                    SessionRow.id,
                    SessionRow.taken_at,
                    SessionRow.utc_offset_min,
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
        moments: dict[int, datetime] = {}
        tests: dict[int, list[str]] = {}
        for number, taken_at, offset, test, position, mode, side, status in rows:
            moments[number] = at_offset(taken_at, offset)
            words = ", ".join(word for word in (test.replace("_", " "), position, mode, side) if word)
            tests.setdefault(number, []).append(words + (" (refused)" if status == "refused" else ""))
        return [SessionLine(number, moment, tuple(tests[number])) for number, moment in moments.items()]

    def session(self, number: int) -> SavedSession:
        """Return a session with its documents; raise `BadInputError` when there is none of that number."""
        with self.reading() as session:
            row = session.scalars(
                select(SessionRow)
                .where(SessionRow.id == number)
                .options(
                    selectinload(SessionRow.results).options(
                        undefer(ResultRow.document), selectinload(ResultRow.attachments)
                    )
                )
            ).first()
            if row is None:
                raise BadInputError(f"There is no session {number}.")
            results = tuple(
                SavedResult(
                    r.id,
                    parse_document(r.document, f"session {number}, result {r.id}"),
                    r.setup,
                    any(a.kind == "track" for a in r.attachments),
                    any(a.kind == "video" for a in r.attachments),
                    r.pinch,
                )
                for r in row.results
            )
            return SavedSession(row.id, person_of(row.person), at_offset(row.taken_at, row.utc_offset_min), results)

    def replace_document(self, result_id: int, document: Document) -> None:
        """Put a new result of the same landmarks in the place of an older one; raise `BadInputError` if it is gone."""
        fresh = document_row(document, document.to_json())
        with self.writing() as session:
            row = session.get(ResultRow, result_id)
            if row is None:
                raise BadInputError(f"There is no result {result_id}.")
            row.document, row.status, row.setup, row.summary = fresh.document, fresh.status, fresh.setup, fresh.summary

    def delete_session(self, number: int) -> None:
        """Delete a session with its results, tracks, pictures and videos."""
        with self.writing() as session:
            if not session.execute(delete(SessionRow).where(SessionRow.id == number)).rowcount:  # type: ignore[attr-defined]
                raise BadInputError(f"There is no session {number}.")
        self._scrub()

    # what belongs to a result

    def track(self, result_id: int) -> PoseTrack | None:
        """Return the landmarks a result was measured from; None when none were kept."""
        kept = self._attachments(result_id, "track")
        return PoseTrack.from_bytes(kept[0].data, name=f"landmarks of result {result_id}") if kept else None

    def pictures(self, result_id: int) -> tuple[Picture, ...]:
        """Return the pictures of a result."""
        return tuple(Picture(row.name, row.data) for row in self._attachments(result_id, "picture"))

    def video(self, result_id: int) -> tuple[str, bytes] | None:
        """Return name and content of the video of a result; None when it was not kept."""
        kept = self._attachments(result_id, "video")
        return (kept[0].name, kept[0].data) if kept else None

    def measures(self, person: str) -> list[MeasureRow]:
        """Return everything of a person that can be compared over time, oldest first."""
        with self.reading() as session:
            rows = session.execute(
                select(
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
            (at_offset(taken_at, offset), test, position, mode, setup, measure)
            for taken_at, offset, test, position, mode, setup, summary in rows
            for measure in from_summary(summary)
        ]

    # transactions

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads."""
        with self._explained(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that writes: everything in it is kept, or nothing."""
        with self._explained(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def _attachments(self, result_id: int, kind: str) -> list[AttachmentRow]:
        with self.reading() as session:
            rows = session.scalars(
                select(AttachmentRow)
                .where(AttachmentRow.result_id == result_id, AttachmentRow.kind == kind)
                .order_by(AttachmentRow.id)
                .options(undefer(AttachmentRow.data))
            ).all()
            session.expunge_all()
            return list(rows)

    def _scrub(self) -> None:
        with self._explained():
            scrub(self._engine)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a failing database into a sentence: no statement, no content, no password in it."""
        try:
            yield
        except SQLAlchemyError as fault:
            reason = str(getattr(fault, "orig", None) or fault).splitlines()[0]
            raise RomVisionError(f"The session database {self.where} failed: {reason}") from fault


def save_result(person: str, result: NewResult, *, taken_at: datetime | None = None) -> int:
    """Keep one test in the user's own store and return the number of its session (see `SessionStore.save_result`)."""
    store = SessionStore()
    try:
        return store.save_result(person, result, taken_at=taken_at)
    finally:
        store.close()


def result_row(result: NewResult) -> ResultRow:
    """Return the row of a result with its attachments."""
    row = document_row(result.document, result.document.to_json())
    row.pinch = result.pinch
    kept = []
    if result.track is not None:
        kept.append(attachment_row("track", "track.npz", "application/octet-stream", result.track.to_bytes()))
    kept += [attachment_row("picture", p.name, picture_type(p.data), p.data) for p in result.pictures]
    if result.video is not None:
        kept.append(attachment_row("video", result.video.name, "application/octet-stream", _read_video(result.video)))
    row.attachments = kept
    return row


def document_row(document: Document, text: str) -> ResultRow:
    """Return the row of a document, which reads ``text``, with everything that is derived from it."""
    row = ResultRow(test=document.test, status=document.status, document=text)
    row.setup, row.summary = setup_of(document), to_summary(measures_of(document))
    if isinstance(document, HipRotationDocument):
        row.position, row.mode, row.side = document.position, document.mode, document.side
    return row


def attachment_row(kind: str, name: str, media_type: str, data: bytes) -> AttachmentRow:
    """Return the row of a track, picture or video."""
    digest = hashlib.sha256(data).hexdigest()
    return AttachmentRow(kind=kind, name=name, media_type=media_type, sha256=digest, data=data)


def _read_video(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_VIDEO_BYTES:
            raise BadInputError(
                f"{path.name}: {size / 2**20:.0f} MB are too much to keep ({MAX_VIDEO_BYTES // 2**20} MB at most); "
                "save the result without the video."
            )
        return path.read_bytes()
    except OSError as fault:
        raise BadInputError(f"{path}: cannot be read ({fault.strerror or fault}).") from fault


def at_offset(moment: datetime, offset_min: int) -> datetime:
    """Return a moment in the local time of the place where it was."""
    return moment.astimezone(timezone(timedelta(minutes=offset_min)))


def offset_min(moment: datetime) -> int:
    """Return the offset of a moment from UTC, minutes."""
    return round((moment.utcoffset() or timedelta()).total_seconds() / 60)


def _new_session(person_id: int, moment: datetime) -> SessionRow:
    return SessionRow(person_id=person_id, taken_at=moment, utc_offset_min=offset_min(moment))


def _same_test(row: ResultRow, other: ResultRow) -> bool:
    keys = ("test", "position", "mode", "side")
    return row.status == other.status == "measured" and all(getattr(row, key) == getattr(other, key) for key in keys)


def person_of(row: PersonRow) -> Person:
    return Person(row.id, row.uid, row.name, row.sex, row.birth_year, row.created_at)  # type: ignore[arg-type]


def find_person(session: Session, name: str) -> PersonRow:
    row = session.scalars(select(PersonRow).where(PersonRow.name_key == name_key(name))).first()
    if row is not None:
        return row
    names = session.scalars(select(PersonRow.name)).all()
    close = get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]}?" if close else f' Add them first: rom-vision person add "{clean_name(name)}"'
    raise BadInputError(f"There is nobody called {clean_name(name)}.{hint}")
