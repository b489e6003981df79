"""What has to be so after a process was killed: nothing lost that was reported, nothing half, nothing lying about."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from rom_vision.files import write_bytes
from rom_vision.results.document import parse_document
from rom_vision.sessions import SessionStore
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.engine import database_url, open_engine, writer_of
from rom_vision.sessions.models import AttachmentRow, ResultRow
from rom_vision.sessions.store import document_row

__all__ = [
    "NAME",
    "OLD",
    "SESSIONS",
    "Place",
    "deleted",
    "exported",
    "imported",
    "measured_again",
    "migrated",
    "reported",
    "saved",
    "whole",
]

NAME = "Ana"
SESSIONS, OLD = 6, 30
"""Sessions at the beginning, of this version and of the first schema."""


@dataclass(frozen=True)
class Place:
    """Where one trial happens: address of the database, a folder for files, and what the process has reported."""

    url: str
    folder: Path

    @property
    def told_file(self) -> Path:
        """One line for each thing done."""
        return self.folder / "told"

    @property
    def marks_file(self) -> Path:
        """Some bytes of the picture of each session, as it was saved."""
        return self.folder / "marks"

    def told(self) -> list[str]:
        """Return what was reported as done; the last line counts when it is complete."""
        return self.told_file.read_text().split("\n")[1:-1] if self.told_file.exists() else []

    def tell(self, line: str) -> None:
        """Report something as done; a line is there whole or not at all."""
        with self.told_file.open("ab", buffering=0) as out:
            out.write(f"{line}\n".encode())

    def open(self) -> SessionStore:
        """Open the database."""
        return SessionStore(self.url)

    @property
    def out(self) -> Path:
        """Folder for what is exported and reported."""
        return self.folder / "out"


def whole(place: Place) -> Iterator[str]:
    """Nothing half: every result has its attachments, every attachment its bytes, nothing belongs to nobody."""
    store = place.open()
    with store.reading() as session:
        for child, parent, key in (("sessions", "people", "person_id"), ("results", "sessions", "session_id"),
                                   ("attachments", "results", "result_id")):  # fmt: skip
            lost = session.execute(
                text(f"SELECT count(*) FROM {child} WHERE {key} NOT IN (SELECT id FROM {parent})")
            ).scalar_one()
            if lost:
                yield f"{lost} of {child} belong to nothing"
        empty = session.execute(
            text("SELECT count(*) FROM sessions WHERE id NOT IN (SELECT session_id FROM results)")
        ).scalar_one()
        if empty:
            yield f"{empty} sessions without a result"
        for row in session.scalars(select(AttachmentRow)):
            if hashlib.sha256(row.data).hexdigest() != row.sha256:
                yield f"attachment {row.id} is not what it was"
        for result in session.scalars(select(ResultRow)):
            fresh = document_row(parse_document(result.document, f"result {result.id}"), result.document)
            if (fresh.setup, fresh.summary, fresh.status) != (result.setup, result.summary, result.status):
                yield f"result {result.id} and what is derived from it differ"
    for person in store.people():
        for line in store.sessions(person.name):
            store.session(line.id)
    store.close()
    if place.url.startswith("sqlite"):
        with writer_of(open_engine(database_url(place.url))).connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        if said != "ok":
            yield f"the database is damaged: {said}"


def _numbers(place: Place) -> set[str]:
    store = place.open()
    numbers = {str(line.id) for line in store.sessions(NAME)}
    store.close()
    return numbers


def saved(place: Place) -> Iterator[str]:
    """Every session that was reported is there, and every one is whole."""
    lost = set(place.told()) - _numbers(place)
    if lost:
        yield f"saved and gone: {sorted(lost)}"
    store = place.open()
    for line in store.sessions(NAME):
        results = store.session(line.id).results
        if len(results) != 2 or not all(r.has_track and len(store.pictures(r.id)) == 1 for r in results):
            yield f"session {line.id} is half"
    store.close()


def imported(place: Place) -> Iterator[str]:
    """A person is there with everything, or not at all."""
    store = place.open()
    for name in place.told():
        if len(store.sessions(name)) != 2:
            yield f"{name} was imported and has {len(store.sessions(name))} sessions"
    for person in store.people():
        if person.name.startswith("Person") and len(store.sessions(person.name)) != 2:
            yield f"{person.name} is half"
    store.close()


def deleted(place: Place) -> Iterator[str]:
    """What was reported as deleted is gone to the last byte, the rest is there."""
    back = set(place.told()) & _numbers(place)
    if back:
        yield f"deleted and there again: {sorted(back)}"
    if len(_numbers(place)) < SESSIONS - len(place.told()) - 1:
        yield "more is gone than was deleted"
    if place.url.startswith("sqlite"):
        marks = place.marks_file.read_text().split()
        data = b"".join(path.read_bytes() for path in place.folder.glob("store.db*"))
        left = [n for n, mark in enumerate(marks, 1) if str(n) in place.told() and bytes.fromhex(mark) in data]
        if left:
            yield f"traces of deleted sessions {left}"


def exported(place: Place) -> Iterator[str]:
    """The archive is whole, and the next export puts away what the killed one left."""
    path = place.out / "all.zip"
    if place.told() and not path.exists():
        yield "the archive is gone"
    if path.exists():
        other = SessionStore(f"sqlite:///{place.folder / 'other.db'}")
        if import_person(other, path).sessions_added != SESSIONS:
            yield "the archive is half"
        other.close()
    # The next export puts away what the killed one left.
    _later(place)
    store = place.open()
    export_person(store, NAME, path)
    store.close()
    yield from _lying_about(place, {"all.zip"})


def _later(place: Place) -> None:
    """Make what lies about look some minutes old: drafts that were made a moment ago may be in use."""
    for path in place.out.iterdir():
        os.utime(path, (time.time() - 300, time.time() - 300))


def reported(place: Place) -> Iterator[str]:
    """Every file is whole, and the next writing puts away what was left."""
    ends = {"r.html": b"</html>", "r.pdf": b"%%EOF", "r.csv": b"\n", "r.trc": b"\n"}
    for name, end in ends.items():
        path = place.out / name
        if path.exists() and not path.read_bytes().rstrip(b" \r").endswith((end, end + b"\n")):
            yield f"{name} is half"
        if place.told() and not path.exists():
            yield f"{name} is gone"
    _later(place)
    write_bytes(place.out / "r.csv", b"anything\n")
    yield from _lying_about(place, {*ends, "r-2.trc"})


def _lying_about(place: Place, right: set[str]) -> Iterator[str]:
    left = sorted(path.name for path in place.out.iterdir() if path.name not in right)
    if left:
        yield f"left lying about: {left}"


def measured_again(place: Place) -> Iterator[str]:
    """Nothing went missing."""
    if len(_numbers(place)) != SESSIONS:
        yield "sessions are gone"


def migrated(place: Place) -> Iterator[str]:
    """Everything is there in the new schema."""
    store = place.open()
    count = sum(len(store.session(line.id).results) for line in store.sessions(NAME))
    store.close()
    if count != OLD:
        yield f"{count} of {OLD} results after the migration"
