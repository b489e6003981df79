"""Processes killed at a random moment of saving, importing, deleting, exporting, measuring again, reporting, migrating.

`kill_once` prepares a database, lets another process work on it, kills that one, and says what is not as it must be:
what was reported as done is there, everything that is there is whole, nothing lies about, and it all opens again.
"""

from __future__ import annotations

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

from PIL import Image
from sqlalchemy import text

from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import Document, parse_document
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.engine import database_url, open_engine, writer_of
from rom_vision.sessions.migrations import migrate
from validation.hostile.aftermath import (
    NAME,
    OLD,
    SESSIONS,
    Place,
    deleted,
    exported,
    imported,
    measured_again,
    migrated,
    reported,
    saved,
    whole,
)
from validation.hostile.case import Attack, Case, Kit, Make
from validation.hostile.kit import SAMPLES

__all__ = ["OPERATIONS", "cases", "kill_once", "new_schema", "save_and_delete"]

MOMENTS = 20
"""How often each operation is killed in a whole campaign, on each database."""

_STARTING_S, _LONGEST_S, _LIMIT_S = 60.0, 1.2, 120.0


def _sample() -> tuple[Document, PoseTrack]:
    with zipfile.ZipFile(SAMPLES / "sample_person.zip") as archive:
        folder = next(n for n in archive.namelist() if n.endswith("document.json")).rpartition("/")[0]
        document = parse_document(archive.read(f"{folder}/document.json"), "the sample")
        return document, PoseTrack.from_bytes(archive.read(f"{folder}/track-1"))


def _results(chance: Random) -> list[NewResult]:
    """Two tests, each with landmarks and a picture that nothing else resembles."""
    document, track = _sample()
    noise, packed = Image.frombytes("RGB", (256, 256), chance.randbytes(3 * 256 * 256)), io.BytesIO()
    noise.save(packed, "JPEG", quality=95)
    pictures = (Picture("end range", packed.getvalue()),)
    return [NewResult(document, track, pictures), NewResult(document, track, pictures)]


def _filled(place: Place, count: int) -> None:
    store = place.open()
    store.add_person(NAME)
    chance = Random(7)
    for _ in range(count):
        results = _results(chance)
        store.save_session(NAME, results, again=True)
        with place.marks_file.open("a") as marks:
            marks.write(results[0].pictures[0].data[20_000:20_040].hex() + "\n")
    store.close()


# What is done for ever, until it is killed


def _save(place: Place) -> None:
    store, chance = place.open(), Random(1)
    while True:
        place.tell(str(store.save_session(NAME, _results(chance), again=True)))


def _import(place: Place) -> None:
    store = place.open()
    for archive in sorted(place.folder.glob("person-*.zip")):
        place.tell(import_person(store, archive).person)


def _delete(place: Place) -> None:
    store = place.open()
    for line in store.sessions(NAME):
        store.delete_session(line.id)
        place.tell(str(line.id))


def _export(place: Place) -> None:
    store = place.open()
    while True:
        place.tell(str(export_person(store, NAME, place.out / "all.zip")))


def _remeasure(place: Place) -> None:
    from rom_vision.pipeline.run import measure_again

    store = place.open()
    while True:
        for line in store.sessions(NAME):
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
    place.open()
    place.tell("opened")
    time.sleep(60)


# How each begins


def _empty(place: Place) -> None:
    _filled(place, 0)


def _some(place: Place) -> None:
    _filled(place, SESSIONS)


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
        for i in range(OLD):
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
    "save": Operation(_empty, _save, saved),
    "import": Operation(_archives, _import, imported),
    "delete": Operation(_some, _delete, deleted, 0.25),
    "export": Operation(_some, _export, exported),
    "remeasure": Operation(_some, _remeasure, measured_again, 2.0),
    "report": Operation(_some, _report, reported, 2.5),
    "migrate": Operation(_old, _migrate, migrated, 0.15),
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
    faults = [*whole(place), *operation.look(place)]
    store = place.open()
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
    numbers = [store.save_session(NAME, _results(chance), again=True) for _ in range(3)]
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
