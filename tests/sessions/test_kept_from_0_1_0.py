"""What version 0.1.0 stored opens and gives the same comparison: its database (SQLite, PostgreSQL) and its archive.

The files in ``tests/kept`` were written by version 0.1.0 itself, the comparisons too.
"""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from rom_vision.meaning.interpret import interpret_session
from rom_vision.report.content import session_report
from rom_vision.report.html import html_of
from rom_vision.sessions import SessionStore
from rom_vision.sessions.archive import import_person
from rom_vision.sessions.compare import compare
from rom_vision.sessions.engine import database_url, open_engine, writer_of
from rom_vision.sessions.migrations import migrate

KEPT = Path(__file__).parents[1] / "kept"
SCHEMA_OF_0_1_0 = 4


@pytest.fixture
def store_of_0_1_0(url, tmp_path):
    """The kept database: as the file it is, or its rows in a PostgreSQL database of the same schema."""
    kept = tmp_path / "people.db"
    shutil.copyfile(KEPT / "people_0_1_0.db", kept)
    if url.startswith("sqlite"):
        store = SessionStore(f"sqlite:///{kept}")
    else:
        engine = open_engine(database_url(url))
        migrate(writer_of(engine), to=SCHEMA_OF_0_1_0)
        source = sqlite3.connect(kept)
        source.row_factory = sqlite3.Row
        with writer_of(engine).begin() as connection:
            for table in ("people", "sessions", "results", "attachments"):
                for row in map(dict, source.execute(f"SELECT * FROM {table} ORDER BY id")):
                    row |= {"pinch": bool(row["pinch"])} if "pinch" in row else {}
                    names = ", ".join(row)
                    values = ", ".join(f":{name}" for name in row)
                    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
        source.close()
        engine.dispose()
        store = SessionStore(url)
    yield store
    store.close()


def same_as_then(now, then):
    """Every field that 0.1.0 wrote is there, with the same value."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(name in now and same_as_then(now[name], then[name]) for name in then)
    if isinstance(then, list):
        return len(now) == len(then) and all(same_as_then(a, b) for a, b in zip(now, then, strict=True))
    return now == pytest.approx(then) if isinstance(then, float) else now == then


def comparison_of_then(name):
    return json.loads((KEPT / f"comparison_{name.lower()}_0_1_0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["Ana", "Bo"])
def test_the_database_opens_and_gives_the_same_comparison(store_of_0_1_0, name):
    then = comparison_of_then(name)
    assert then["series"]
    assert same_as_then(json.loads(compare(store_of_0_1_0, name).to_json()), then)


def test_every_session_is_read_and_reported(store_of_0_1_0):
    lines = store_of_0_1_0.sessions("Ana")
    assert [len(line.tests) for line in lines] == [3, 2, 2]
    for line in lines:
        session = store_of_0_1_0.session(line.id)
        documents = [r.document for r in session.results]
        assert all("schema" in json.loads(d.to_json()) for d in documents)
        assert interpret_session(documents).statements
        assert "Movement report" in html_of(session_report(store_of_0_1_0, line.id))
    first = store_of_0_1_0.session(lines[0].id).results[0]
    assert store_of_0_1_0.track(first.id) is not None
    assert store_of_0_1_0.pictures(first.id)
    assert store_of_0_1_0.session(lines[2].id).results[0].pinch


def test_the_archive_opens_and_gives_the_same_comparison(open_store, url):
    store = open_store(url)
    report = import_person(store, KEPT / "ana_0_1_0.zip")
    assert (report.person, report.sessions_added) == ("Ana", 3)
    assert same_as_then(json.loads(compare(store, "Ana").to_json()), comparison_of_then("Ana"))
    assert import_person(store, KEPT / "ana_0_1_0.zip").sessions_known == 3
