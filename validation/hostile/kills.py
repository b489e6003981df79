"""Processes killed at a random moment of saving, importing, deleting, exporting, measuring again, reporting, migrating.

`kill_once` prepares a database, lets another process work on it, kills that one, and says what is not as it must be:
what was reported as done is there, everything that is there is whole, nothing lies about, and it all opens again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text

from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import Document, parse_document
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.engine import database_url, open_engine, writer_of
from rom_vision.sessions.migrations import migrate
from rom_vision.sessions.models import AttachmentRow, ResultRow
from rom_vision.sessions.store import document_row
from validation.hostile.case import Attack, Case, Kit, Make
from validation.hostile.kit import SAMPLES

__all__ = ["OPERATIONS", "cases", "kill_once", "new_schema", "save_and_delete"]

MOMENTS = 20
"""How often each operation is killed in a whole campaign, on each database."""

_NAME = "Ana"
_STARTING_S, _LONGEST_S, _LIMIT_S = 60.0, 1.2, 120.0


@dataclass(frozen=True)
class Place:
    """Where one trial happens: address of the database, a folder for files, and what the process has reported."""

    url: str
    folder: Path

    @property
    def told_file(self) -> Path:
        """One line for each thing done."""
        return self.folder / "told"

    def told(self) -> list[str]:
        """Return what was reported as done; the last line counts when it is complete."""
        return self.told_file.read_text().split("\n")[1:-1] if self.told_file.exists() else []

    def tell(self, line: str) -> None:
        """Report something as done; a line is there whole or not at all."""
        with self.told_file.open("ab", buffering=0) as out:
            out.write(f"{line}\n".encode())

    @property
    def out(self) -> Path:
        """Folder for what is exported and reported."""
        return self.folder / "out"


def _sample() -> tuple[Document, PoseTrack]:
    with zipfile.ZipFile(SAMPLES / "sample_person.zip") as archive:
        folder = next(n for n in archive.namelist() if n.endswith("document.json")).rpartition("/")[0]
        document = parse_document(archive.read(f"{folder}/document.json"), "the sample")
        return document, PoseTrack.from_bytes(archive.read(f"{folder}/track-1"))


def _results(chance: Random) -> list[NewResult]:
    """Two tests, each with landmarks and a picture that nothing else resembles."""
    document, track = _sample()
    pictures = (Picture("end range", b"\xff\xd8\xff" + chance.randbytes(200_000)),)
    return [NewResult(document, track, pictures), NewResult(document, track, pictures)]


def _open(place: Place) -> SessionStore:
    return SessionStore(place.url)


def _filled(place: Place, count: int) -> None:
    store = _open(place)
    store.add_person(_NAME)
    chance = Random(7)
    for _ in range(count):
        store.save_session(_NAME, _results(chance))
    store.close()


# What is done for ever, until it is killed


def _save(place: Place) -> None:
    store, chance = _open(place), Random(1)
    while True:
        place.tell(str(store.save_session(_NAME, _results(chance))))


def _import(place: Place) -> None:
    store = _open(place)
    for archive in sorted(place.folder.glob("person-*.zip")):
        place.tell(import_person(store, archive).person)


def _delete(place: Place) -> None:
    store = _open(place)
    for line in store.sessions(_NAME):
        store.delete_session(line.id)
        place.tell(str(line.id))


def _export(place: Place) -> None:
    store = _open(place)
    while True:
        place.tell(str(export_person(store, _NAME, place.out / "all.zip")))


def _remeasure(place: Place) -> None:
    from rom_vision.pipeline.run import measure_again

    store = _open(place)
    while True:
        for line in store.sessions(_NAME):
            for result in store.session(line.id).results:
                track = store.track(result.id)
                if track is not None:
                    store.replace_document(result.id, measure_again(result.document, track).document)
                    place.tell(str(result.id))


def _report(place: Place) -> None:
    import sys

    from rom_vision.cli import main

    os.environ["ROM_VISION_DATABASE_URL"] = place.url
    os.chdir(place.out)
    files = [word for kind in ("html", "csv", "pdf", "trc") for word in (f"--{kind}", f"r.{kind}")]
    while True:
        sys.argv = ["rom-vision", "sessions", "report", "1", *files]
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise
        place.tell("written")


def _migrate(place: Place) -> None:
    _open(place)
    place.tell("opened")
    time.sleep(60)


# What has to be so afterwards


def _whole(place: Place) -> Iterator[str]:
    """Nothing half: every result has its attachments, every attachment its bytes, nothing belongs to nobody."""
    store = _open(place)
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
    store = _open(place)
    numbers = {str(line.id) for line in store.sessions(_NAME)}
    store.close()
    return numbers


def _saved(place: Place) -> Iterator[str]:
    lost = set(place.told()) - _numbers(place)
    if lost:
        yield f"saved and gone: {sorted(lost)}"
    store = _open(place)
    for line in store.sessions(_NAME):
        results = store.session(line.id).results
        if len(results) != 2 or not all(r.has_track and len(store.pictures(r.id)) == 1 for r in results):
            yield f"session {line.id} is half"
    store.close()


def _imported(place: Place) -> Iterator[str]:
    store = _open(place)
    for name in place.told():
        if len(store.sessions(name)) != 2:
            yield f"{name} was imported and has {len(store.sessions(name))} sessions"
    for person in store.people():
        if person.name.startswith("Person") and len(store.sessions(person.name)) != 2:
            yield f"{person.name} is half"
    store.close()


def _deleted(place: Place) -> Iterator[str]:
    back = set(place.told()) & _numbers(place)
    if back:
        yield f"deleted and there again: {sorted(back)}"
    if len(_numbers(place)) < _SESSIONS - len(place.told()) - 1:
        yield "more is gone than was deleted"
    if place.url.startswith("sqlite"):
        chance = Random(7)
        marks = [_results(chance)[0].pictures[0].data[1000:1040] for _ in range(_SESSIONS)]
        data = b"".join(path.read_bytes() for path in place.folder.glob("store.db*"))
        left = [i for i, mark in enumerate(marks) if str(i + 1) in place.told() and mark in data]
        if left:
            yield f"traces of deleted sessions {left}"


def _exported(place: Place) -> Iterator[str]:
    path = place.out / "all.zip"
    if place.told() and not path.exists():
        yield "the archive is gone"
    if path.exists():
        other = SessionStore(f"sqlite:///{place.folder / 'other.db'}")
        if import_person(other, path).sessions_added != _SESSIONS:
            yield "the archive is half"
        other.close()
    # The next export puts away what the killed one left.
    _later(place)
    store = _open(place)
    export_person(store, _NAME, path)
    store.close()
    yield from _lying_about(place, {"all.zip"})


def _later(place: Place) -> None:
    """Make what lies about look some minutes old: drafts that were made a moment ago may be in use."""
    for path in place.out.iterdir():
        os.utime(path, (time.time() - 300, time.time() - 300))


def _reported(place: Place) -> Iterator[str]:
    ends = {"r.html": b"</html>", "r.pdf": b"%%EOF", "r.csv": b"\n", "r.trc": b"\n"}
    for name, end in ends.items():
        path = place.out / name
        if path.exists() and not path.read_bytes().rstrip(b" \r").endswith((end, end + b"\n")):
            yield f"{name} is half"
        if place.told() and not path.exists():
            yield f"{name} is gone"
    from rom_vision.files import write_bytes

    _later(place)
    write_bytes(place.out / "r.csv", b"anything\n")
    yield from _lying_about(place, {*ends, "r-2.trc"})


def _lying_about(place: Place, right: set[str]) -> Iterator[str]:
    left = sorted(path.name for path in place.out.iterdir() if path.name not in right)
    if left:
        yield f"left lying about: {left}"


def _measured_again(place: Place) -> Iterator[str]:
    if len(_numbers(place)) != _SESSIONS:
        yield "sessions are gone"


def _migrated(place: Place) -> Iterator[str]:
    store = _open(place)
    count = sum(len(store.session(line.id).results) for line in store.sessions(_NAME))
    store.close()
    if count != _OLD:
        yield f"{count} of {_OLD} results after the migration"


# How each begins

_SESSIONS, _OLD = 6, 30


def _empty(place: Place) -> None:
    _filled(place, 0)


def _some(place: Place) -> None:
    _filled(place, _SESSIONS)


def _archives(place: Place) -> None:
    _filled(place, 1)
    with zipfile.ZipFile(SAMPLES / "sample_person.zip") as source:
        members = {name: source.read(name) for name in source.namelist()}
    for n in range(12):
        manifest: dict[str, Any] = json.loads(members["manifest.json"])
        manifest["person"].update(uid=uuid4().hex, name=f"Person {n}")
        for session in manifest["sessions"]:
            session["uid"] = uuid4().hex
            for result in session["results"]:
                result["uid"] = uuid4().hex
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as out:
            for name, data in members.items():
                out.writestr(name, json.dumps(manifest) if name == "manifest.json" else data)
        (place.folder / f"person-{n:02d}.zip").write_bytes(packed.getvalue())


def _old(place: Place) -> None:
    """A database as schema 1 left it."""
    engine = writer_of(open_engine(database_url(place.url)))
    migrate(engine, to=1)
    document, _ = _sample()
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO people (uid, name, name_key, created_at) VALUES (:u, 'Ana', 'ana', :t)"),
            {"u": "a" * 32, "t": "2026-01-01 08:00:00"},
        )
        for i in range(_OLD):
            connection.execute(
                text("INSERT INTO sessions (uid, person_id, taken_at, utc_offset_min) VALUES (:u, 1, :t, 60)"),
                {"u": f"{i:032x}", "t": f"2026-01-{i + 1:02d} 08:00:00"},
            )
            connection.execute(
                text(
                    "INSERT INTO results (uid, session_id, test, position, mode, side, status, document)"
                    " VALUES (:u, :s, 'hip_rotation', 'seated', 'active', 'left', 'measured', :d)"
                ),
                {"u": f"{i:032x}", "s": i + 1, "d": document.to_json()},
            )
    engine.dispose()


@dataclass(frozen=True)
class Operation:
    """What is prepared, what is done until it is killed, and what is looked at then; longest wait in seconds."""

    prepare: Callable[[Place], None]
    act: Callable[[Place], None]
    look: Callable[[Place], Iterator[str]]
    longest_s: float = _LONGEST_S


OPERATIONS = {
    "save": Operation(_empty, _save, _saved),
    "import": Operation(_archives, _import, _imported),
    "delete": Operation(_some, _delete, _deleted, 0.25),
    "export": Operation(_some, _export, _exported),
    "remeasure": Operation(_some, _remeasure, _measured_again, 2.0),
    "report": Operation(_some, _report, _reported, 2.5),
    "migrate": Operation(_old, _migrate, _migrated, 0.15),
}


def kill_once(name: str, url: str, folder: Path, seed: int) -> list[str]:
    """Kill an operation at a random moment; return what is not as it must be afterwards.

    Parameters
    ----------
    name : key of `OPERATIONS`.
    url : address of an empty database.
    folder : empty folder for everything else.
    seed : of the moment.
    """
    operation, place = OPERATIONS[name], Place(url, folder)
    place.out.mkdir()
    operation.prepare(place)
    child = os.fork()
    if child == 0:
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            place.tell("begun")
            operation.act(place)
        finally:
            os._exit(0)
    began = time.monotonic()
    while not place.told_file.exists() and time.monotonic() - began < _STARTING_S:
        time.sleep(0.002)
    time.sleep(Random(seed).uniform(0.0, operation.longest_s))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    faults = [*_whole(place), *operation.look(place)]
    store = _open(place)
    store.add_person("Somebody new")
    store.close()
    return faults


def save_and_delete(url: str, seed: int) -> tuple[list[int], list[int]]:
    """Save three sessions and delete the second; return the numbers of those kept and of the one deleted.

    Parameters
    ----------
    url : address of a database in which there is Ana.
    seed : of what is saved.
    """
    store, chance = SessionStore(url), Random(seed)
    numbers = [store.save_session(_NAME, _results(chance)) for _ in range(3)]
    store.delete_session(numbers[1])
    store.close()
    return [numbers[0], numbers[2]], [numbers[1]]


def new_schema(server: str) -> str:
    """Return the address of an empty schema on a PostgreSQL server."""
    import psycopg

    name = f"hostile_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")  # type: ignore[arg-type]
    return f"{server}&options=-csearch_path%3D{name}"


def _killed(name: str, *, postgres: bool) -> Make:
    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        work = folder / "data" / name
        work.mkdir(parents=True)
        url = new_schema(kit.postgres) if postgres else f"sqlite:///{work / 'store.db'}"
        faults = kill_once(name, url, work, chance.randrange(2**31))
        shutil.rmtree(work)
        return Attack([], folder, keeps=lambda: faults)

    return make


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name in OPERATIONS:
        for n in range(MOMENTS):
            yield Case(f"kill/{name}_{n}", _killed(name, postgres=False), _LIMIT_S)
            yield Case(f"kill/postgres_{name}_{n}", _killed(name, postgres=True), _LIMIT_S, needs_server=True)
