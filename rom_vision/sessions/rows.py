"""Between rows of the database and what the store gives and takes.

SQLite keeps whatever is put into a column, and files are damaged: a row is not believed before it has been looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom_vision.errors import BadInputError
from rom_vision.legible import shown
from rom_vision.results.document import Document, parse_document
from rom_vision.results.parts import Measure
from rom_vision.results.plausible import check_document, check_moment
from rom_vision.sessions.manifest import MAX_VIDEO_BYTES
from rom_vision.sessions.measures import from_summary, measures_of, setup_of, to_summary
from rom_vision.sessions.models import AttachmentRow, EditRow, PersonRow, ResultRow, SessionRow
from rom_vision.sessions.records import AlreadyKeptError, Edit, NewResult, Person, clean_name, name_key, picture_type

__all__ = [
    "attachment_row",
    "document_of",
    "document_row",
    "edits_of",
    "find_person",
    "log_edit",
    "measures_of_row",
    "moment_of",
    "new_session",
    "note_of",
    "offset_min",
    "person_of",
    "recording_of",
    "refuse_twice",
    "result_row",
    "same_test",
    "session_fault",
    "uid_of",
    "words_of",
]

_UID = re.compile(r"[0-9a-f]{32}")
_DIGEST = 64
_A_DAY_MIN = 24 * 60
_BIRTH_YEARS = range(1900, 2201)
_UNKNOWN_MOMENT = datetime(1970, 1, 1, tzinfo=timezone.utc)


# -- from rows -------------------------------------------------------------------------------------------------------


def moment_of(taken_at: object, offset: object) -> datetime:
    """Return when a session was, in the local time of the place where it was.

    Raises
    ------
    BadInputError
        If date or offset cannot be read or cannot be right.
    """
    if not isinstance(taken_at, datetime):  # `UtcDateTime` gives None for what is no date
        raise BadInputError("its date cannot be read")
    if isinstance(offset, bool) or not isinstance(offset, int) or not -_A_DAY_MIN < offset < _A_DAY_MIN:
        raise BadInputError("its offset from UTC cannot be read")
    try:
        return check_moment(taken_at).astimezone(timezone(timedelta(minutes=offset)))
    except ValueError as fault:
        raise BadInputError(f"its date cannot be right: {fault}") from fault


def words_of(test: object, position: object, mode: object, side: object, status: object) -> str:
    """Name a test for a list, e.g. 'hip rotation, seated, active, left (refused)'.

    Raises
    ------
    BadInputError
        If one of them is no text.
    """
    given = [word for word in (test, position, mode, side) if word is not None]
    if not test or not all(isinstance(word, str) for word in (*given, status)):
        raise BadInputError("what was tested cannot be read")
    return ", ".join(str(word).replace("_", " ") for word in given if word) + (
        " (refused)" if status == "refused" else ""
    )


def document_of(document: object, number: int) -> Document:
    """Read the document of a result.

    Raises
    ------
    BadInputError
        If it is none, or holds what none can hold.
    """
    if not isinstance(document, (str, bytes)):
        raise BadInputError(f"result {number} has no document")
    return parse_document(document, f"result {number}")


def measures_of_row(setup: object, summary: object) -> tuple[Measure, ...]:
    """Return the measures that a result row lists, made under ``setup``.

    Raises
    ------
    BadInputError
        If either cannot be read.
    """
    try:
        parts = json.loads(str(setup))
        if not isinstance(parts, dict) or not all(isinstance(part, str) for part in parts.values()):
            raise ValueError("no set-up")
        measures = from_summary(str(summary))
        check_document(measures)
    except (ValueError, RecursionError) as fault:
        raise BadInputError("what can be compared of it cannot be read") from fault
    return measures


def session_fault(row: SessionRow, results: Sequence[ResultRow]) -> str:
    """Say why a session cannot be read, the results given being of it; nothing if it can."""
    try:
        moment_of(row.taken_at, row.utc_offset_min)
        if not results:
            raise BadInputError("it holds no result")
        for result in results:
            words_of(result.test, result.position, result.mode, result.side, result.status)
            document = document_of(result.document, result.id)
            if (result.test, result.status) != (document.test, document.status):
                raise BadInputError(f"result {result.id} is listed as another test than it is")
            measures_of_row(result.setup, result.summary)
    except BadInputError as fault:
        return str(fault).rstrip(".")
    return ""


def uid_of(uid: object) -> str:
    """Return an identity; of one that is none, always the same other one."""
    known = isinstance(uid, str) and _UID.fullmatch(uid)
    return str(uid) if known else uuid.uuid5(uuid.NAMESPACE_OID, str(uid)).hex


def person_of(row: PersonRow) -> Person:
    """Return a person; sex or year of birth that cannot be read count as not said."""
    year = row.birth_year
    return Person(
        row.id,
        uid_of(row.uid),
        str(row.name),
        row.sex if row.sex in ("female", "male") else None,  # type: ignore[arg-type]
        year if isinstance(year, int) and year in _BIRTH_YEARS else None,
        row.created_at or _UNKNOWN_MOMENT,
    )


def find_person(session: Session, name: str) -> PersonRow:
    """Return somebody's row.

    Raises
    ------
    BadInputError
        If there is nobody of that name, with the one that is meant, perhaps.
    """
    row = session.scalars(select(PersonRow).where(PersonRow.name_key == name_key(name))).first()
    if row is not None:
        return row
    names = [str(known) for known in session.scalars(select(PersonRow.name))]
    close = get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]}?" if close else f' Add them first: rom-vision person add "{clean_name(name)}"'
    raise BadInputError(f"There is nobody called {clean_name(name)}.{hint}")


def note_of(note: object) -> str:
    """Return the note of a session; nothing where it is none."""
    return note if isinstance(note, str) else ""


def edits_of(rows: Sequence[EditRow]) -> tuple[Edit, ...]:
    """Return the log of a session; lines that cannot be read are left out, for nothing depends on them."""
    kept = []
    for row in rows:
        texts = (row.what, row.before, row.after)
        if isinstance(row.edited_at, datetime) and all(isinstance(text, str) for text in texts):
            kept.append(Edit(row.edited_at, *texts))
    return tuple(kept)


def same_test(row: ResultRow, other: ResultRow) -> bool:
    """Whether two results are of the same test, done the same way, and both were measured."""
    keys = ("test", "position", "mode", "side")
    return row.status == other.status == "measured" and all(getattr(row, key) == getattr(other, key) for key in keys)


def refuse_twice(session: Session, person_id: int, row: ResultRow) -> None:
    """Raise `AlreadyKeptError` when the person has the same test of the same recording already."""
    if not row.recording or row.status != "measured":
        return
    number = session.scalars(
        select(ResultRow.session_id)
        .join(SessionRow, ResultRow.session_id == SessionRow.id)
        .where(
            SessionRow.person_id == person_id,
            ResultRow.recording == row.recording,
            ResultRow.test == row.test,
            ResultRow.status == "measured",
            *(getattr(ResultRow, key).is_not_distinct_from(getattr(row, key)) for key in ("position", "mode", "side")),
        )
        .order_by(ResultRow.id)
    ).first()
    if number is not None:
        raise AlreadyKeptError(number)


# -- to rows ---------------------------------------------------------------------------------------------------------


def result_row(result: NewResult) -> ResultRow:
    """Return the row of a result with its attachments."""
    row = document_row(result.document, result.document.to_json())
    row.pinch = result.pinch
    kept = []
    if result.track is not None:
        kept.append(attachment_row("track", "track.npz", "application/octet-stream", result.track.to_bytes()))
    kept += [attachment_row("picture", p.name, picture_type(p.data), p.data) for p in result.pictures]
    if result.video is not None:
        name = shown(result.video.name)
        kept.append(attachment_row("video", name, "application/octet-stream", _read_video(result.video)))
    row.attachments = kept
    return row


def document_row(document: Document, text: str) -> ResultRow:
    """Return the row of a document, which reads ``text``, with everything that is derived from it."""
    row = ResultRow(test=document.test, status=document.status, document=text)
    row.setup, row.summary = setup_of(document), to_summary(measures_of(document))
    row.position, row.mode, row.side = document.position, document.mode, document.side
    row.recording = recording_of(document)
    return row


def recording_of(document: Document) -> str:
    """Return the SHA-256 of the recording that a result is of; nothing if it is none of a file."""
    digest = document.provenance.video_sha256
    return digest if len(digest) <= _DIGEST else ""


def log_edit(session_id: int, what: str, before: str, after: str, session: Session) -> None:
    """Note a change that is being made to a kept session."""
    now = datetime.now(timezone.utc)
    session.add(EditRow(session_id=session_id, edited_at=now, what=what, before=before, after=after))


def new_session(person_id: int, moment: datetime) -> SessionRow:
    """Return the row of a session that begins at a moment."""
    return SessionRow(person_id=person_id, taken_at=moment, utc_offset_min=offset_min(moment))


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


def offset_min(moment: datetime) -> int:
    """Return the offset of a moment from UTC, minutes."""
    return round((moment.utcoffset() or timedelta()).total_seconds() / 60)
