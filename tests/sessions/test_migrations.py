import sqlite3
import subprocess
import sys

import pytest
from made_results import rotation_document
from sqlalchemy import inspect, text

from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.sessions import NewResult
from rom_vision.sessions.compare import compare
from rom_vision.sessions.engine import database_url, open_engine, writer_of
from rom_vision.sessions.migrations import SCHEMA_VERSION, _comparison_columns, migrate
from rom_vision.sessions.models import Base


@pytest.fixture
def engine(url):
    engine = open_engine(database_url(url))
    yield engine
    engine.dispose()


def fill_schema_1(engine, values):
    """A database as schema 1 left it: one person, one session for each value."""
    migrate(writer_of(engine), to=1)
    with writer_of(engine).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO people (uid, name, name_key, created_at) VALUES (:u, 'Ana', 'ana', '2026-01-01 08:00:00')"
            ),
            {"u": "a" * 32},
        )
        for i, value in enumerate(values):
            connection.execute(
                text("INSERT INTO sessions (uid, person_id, taken_at, utc_offset_min) VALUES (:u, 1, :t, 60)"),
                {"u": f"{i:032x}", "t": f"2026-0{i + 1}-01 08:00:00"},
            )
            connection.execute(
                text(
                    "INSERT INTO results (uid, session_id, test, position, mode, side, status, document) "
                    "VALUES (:u, :s, 'hip_rotation', 'seated', 'active', 'left', 'measured', :d)"
                ),
                {"u": f"{i:032x}", "s": i + 1, "d": rotation_document((value,)).to_json()},
            )


def test_older_database_is_upgraded_with_its_content(url, engine, open_store):
    fill_schema_1(engine, [30.0, 45.0])
    store = open_store(url)
    assert [r.document for line in store.sessions("Ana") for r in store.session(line.id).results] == [
        rotation_document((30.0,)),
        rotation_document((45.0,)),
    ]
    assert not any(r.pinch for line in store.sessions("Ana") for r in store.session(line.id).results)
    (series,) = compare(store, "Ana").series
    assert (series.change, series.verdict) == (15.0, "likely_real")


def test_database_of_schema_2_is_upgraded(url, engine, open_store):
    fill_schema_1(engine, [30.0])
    migrate(writer_of(engine), to=2)
    with writer_of(engine).begin() as connection:
        connection.execute(text("UPDATE results SET setup = 'as an older version wrote it'"))
    store = open_store(url)
    assert '"version": "0.1"' in store.session(store.sessions("Ana")[0].id).results[0].setup
    number = store.save_session("Ana", [NewResult(rotation_document(), pinch=True)])
    assert [store.session(line.id).results[0].pinch for line in store.sessions("Ana")] == [False, True]
    assert store.session(number).results[0].document == rotation_document()


def test_upgrade_that_fails_leaves_the_older_database_as_it_was(url, engine, open_store, monkeypatch):
    fill_schema_1(engine, [30.0])

    def fail(*_):
        raise RomVisionError("the third step failed")

    monkeypatch.setattr("rom_vision.sessions.migrations._STEPS", (None, _comparison_columns, fail, fail))
    with pytest.raises(RomVisionError, match="the third step failed"):
        open_store(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version FROM schema_version")).scalar_one() == 1
        assert "summary" not in {c["name"] for c in inspect(connection).get_columns("results")}


def test_upgrade_goes_past_a_document_that_cannot_be_read(url, engine, open_store):
    fill_schema_1(engine, [30.0, 45.0, 31.0])
    with writer_of(engine).begin() as connection:
        connection.execute(text("UPDATE results SET document = '{}' WHERE id = 2"))
    store = open_store(url)
    assert list(store.unreadable("Ana")) == [2]
    assert [s.id for s in store.readable("Ana")] == [1, 3]
    (series,) = compare(store, "Ana").series
    assert [v.value for v in series.values] == [30.0, 31.0]


@pytest.mark.parametrize("version", ["NULL", "-1", "'x'"])
def test_database_that_does_not_say_its_schema_is_left_alone(tmp_path, open_store, version):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    open_store(url).close()
    engine = open_engine(database_url(url))
    with writer_of(engine).begin() as connection:
        connection.execute(text("DROP TABLE schema_version"))
        connection.execute(text("CREATE TABLE schema_version (version)"))
        connection.execute(text(f"INSERT INTO schema_version VALUES ({version})"))
    engine.dispose()
    with pytest.raises(BadInputError, match="which schema"):
        open_store(url)


def test_newer_database_and_foreign_one_are_left_alone(new_url, open_store):
    newer = new_url()
    open_store(newer)
    engine = open_engine(database_url(newer))
    with writer_of(engine).begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = :v"), {"v": SCHEMA_VERSION + 1})
    engine.dispose()
    with pytest.raises(BadInputError, match="update rom_vision"):
        open_store(newer)
    foreign = new_url()
    engine = open_engine(database_url(foreign))
    with writer_of(engine).begin() as connection:
        connection.execute(text("CREATE TABLE sessions (x INTEGER)"))
    engine.dispose()
    with pytest.raises(BadInputError, match="another program"):
        open_store(foreign)


def test_migrations_make_what_the_models_say(engine):
    migrate(writer_of(engine))
    with engine.connect() as connection:
        found = inspect(connection)
        assert set(found.get_table_names()) == {*Base.metadata.tables, "schema_version"}
        for name, table in Base.metadata.tables.items():
            columns = {c["name"]: c["nullable"] for c in found.get_columns(name)}
            assert columns == {c.name: c.nullable for c in table.columns}, name
            assert {i["name"] for i in found.get_indexes(name)} >= {i.name for i in table.indexes}
            keys = {k["constrained_columns"][0]: k["options"].get("ondelete") for k in found.get_foreign_keys(name)}
            assert keys == {next(iter(k.columns)).name: k.ondelete for k in table.foreign_key_constraints}


def test_three_processes_may_open_a_new_database_at_once(url):
    script = "import sys; from rom_vision.sessions import SessionStore; s = SessionStore(sys.argv[1]); s.people()"
    running = [
        subprocess.Popen([sys.executable, "-c", script, url], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [(p.communicate(timeout=300)[1], p.returncode) for p in running] == [("", 0)] * 3


def test_sqlite_file_is_in_write_ahead_mode_with_foreign_keys(tmp_path, open_store):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    with store.reading() as session:
        pragmas = ("journal_mode", "foreign_keys", "synchronous", "secure_delete")
        assert [session.execute(text(f"PRAGMA {p}")).scalar() for p in pragmas] == ["wal", 1, 2, 1]
    raw = sqlite3.connect(tmp_path / "a.db")
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()
