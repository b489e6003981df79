"""Databases that hold what they should not, or cannot be used: one sentence, and what can be read is not hidden."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone

import pytest
from made_results import picture_jpeg, pose_track, rotation_document, squat_document
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from rom_vision.cli.root import app
from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.report.content import session_report
from rom_vision.report.html import html_of
from rom_vision.report.pdf import pdf_of
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.compare import compare
from rom_vision.sessions.engine import DATABASE_VARIABLE, database_url

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))


def spoil(url, statement, **values):
    """Change rows behind the program's back."""
    engine = create_engine(database_url(url))
    with engine.begin() as connection:
        if url.startswith("sqlite"):
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.execute(text(statement), values)
    engine.dispose()


@pytest.fixture
def three(url, open_store):
    """A store with one session a week, and its address."""
    store = open_store(url)
    store.add_person("Ana", sex="female", birth_year=1990)
    for week in range(3):
        new = NewResult(rotation_document((30.0 + week,)), pose_track(), (Picture("end", picture_jpeg()),))
        store.save_session("Ana", [new], taken_at=NOON + timedelta(weeks=week))
    return store, url


def check_only_the_second_is_lost(store, reason):
    assert list(store.unreadable("Ana")) == [2]
    assert reason in store.unreadable("Ana")[2]
    assert [s.id for s in store.readable("Ana")] == [1, 3]
    assert {1, 3} <= {line.id for line in store.sessions("Ana")}
    (series,) = compare(store, "Ana").series
    assert [v.value for v in series.values] == [30.0, 32.0]
    assert "30.0" in html_of(session_report(store, 1))
    with pytest.raises(BadInputError, match="sessions delete 2"):
        store.session(2)
    store.delete_session(2)
    assert store.unreadable("Ana") == {}


EVERYWHERE = {
    "document = '{}'": "not a result document",
    "document = 'x'": "result 2",
    "document = ''": "result 2",
    "document = replace(document, '\"rest_deg\": 1.0', '\"rest_deg\": 1e300')": "rest_deg",
    "document = replace(document, '\"rest_deg\": 1.0', '\"rest_deg\": NaN')": "rest_deg",
    "setup = '{'": "can be compared",
    "setup = '[1]'": "can be compared",
    "summary = 'x'": "can be compared",
    "summary = replace(summary, '31.0', '1e300')": "can be compared",
    "summary = '[{\"measure\": 7}]'": "can be compared",
    "test = 'squat'": "another test",
}


@pytest.mark.parametrize("change", EVERYWHERE)
def test_result_that_cannot_be_read_does_not_hide_the_others(three, change):
    store, url = three
    spoil(url, f"UPDATE results SET {change} WHERE session_id = 2")
    check_only_the_second_is_lost(store, EVERYWHERE[change])


SQLITE_ONLY = {
    "sessions SET taken_at = 'yesterday' WHERE id = 2": "its date cannot be read",
    "sessions SET taken_at = 5 WHERE id = 2": "its date cannot be read",
    "sessions SET taken_at = '2026-13-45 99:00:00' WHERE id = 2": "its date cannot be read",
    "sessions SET taken_at = x'ff00fe' WHERE id = 2": "its date cannot be read",
    "sessions SET taken_at = '9999-12-31 23:59:00.000000' WHERE id = 2": "cannot be right",
    "sessions SET taken_at = '0001-01-01 00:00:00.000000' WHERE id = 2": "cannot be right",
    "sessions SET utc_offset_min = 'east' WHERE id = 2": "offset",
    "sessions SET utc_offset_min = 99999999999 WHERE id = 2": "offset",
    "sessions SET utc_offset_min = 1.5 WHERE id = 2": "offset",
    "results SET document = x'00ff' WHERE session_id = 2": "result 2",
    "results SET document = 17 WHERE session_id = 2": "result 2",
    "results SET summary = CAST(x'fffefd' AS TEXT) WHERE session_id = 2": "can be compared",
    "results SET test = 12 WHERE session_id = 2": "another test",
    "results SET mode = x'00' WHERE session_id = 2": "what was tested",
    "results SET status = '' WHERE session_id = 2": "another test",
}


@pytest.mark.parametrize("change", SQLITE_ONLY)
def test_sqlite_row_of_another_type_does_not_hide_the_others(tmp_path, open_store, change):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = open_store(url)
    store.add_person("Ana", sex="female", birth_year=1990)
    for week in range(3):
        new = NewResult(rotation_document((30.0 + week,)))
        store.save_session("Ana", [new], taken_at=NOON + timedelta(weeks=week))
    spoil(url, f"UPDATE {change}")
    check_only_the_second_is_lost(store, SQLITE_ONLY[change])


@pytest.mark.postgres
@pytest.mark.parametrize("moment", ["infinity", "-infinity", "12026-01-01", "0044-03-15 BC", "9999-12-31 23:59"])
def test_dates_that_only_postgresql_knows(new_postgres, open_store, moment):
    url = new_postgres()
    store = open_store(url)
    store.add_person("Ana")
    for week in range(3):
        store.save_session("Ana", [NewResult(rotation_document((30.0 + week,)))], taken_at=NOON + timedelta(weeks=week))
    spoil(url, f"UPDATE sessions SET taken_at = '{moment}' WHERE id = 2")
    check_only_the_second_is_lost(store, "its date")


def test_person_with_odd_fields_is_still_there_and_can_be_deleted(tmp_path, open_store):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = open_store(url)
    store.add_person("Ana", sex="female", birth_year=1990)
    store.add_person("Ben")
    number = store.save_session("Ana", [NewResult(rotation_document())])
    spoil(url, "UPDATE people SET sex = 7, birth_year = 'x', created_at = 'once', uid = 'none' WHERE name = 'Ana'")
    assert [p.name for p in store.people()] == ["Ana", "Ben"]
    assert (store.person("Ana").sex, store.person("Ana").birth_year) == (None, None)
    assert "Ana" in html_of(session_report(store, number))
    store.delete_person("Ana")
    assert [p.name for p in store.people()] == ["Ben"]


def test_address_that_is_no_text_is_explained():
    with pytest.raises(BadInputError, match="is no database address"):
        database_url("sqlite:///caf\udce9.db")


def test_session_of_nobody_is_told_and_can_be_deleted(tmp_path, open_store):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = open_store(url)
    store.add_person("Ana")
    number = store.save_session("Ana", [NewResult(rotation_document())])
    spoil(url, "UPDATE sessions SET person_id = 99")
    with pytest.raises(BadInputError, match=f"belongs to is gone.*sessions delete {number}"):
        store.session(number)
    store.delete_session(number)


def test_session_without_results_is_listed_as_such(three):
    store, url = three
    spoil(url, "DELETE FROM results WHERE session_id = 2")
    check_only_the_second_is_lost(store, "no result")


@pytest.mark.parametrize("picture", [b"GIF89a", b"\xff\xd8\xff" + bytes(900), b"", picture_jpeg()[:400]])
def test_report_does_without_a_damaged_picture(three, picture):
    store, url = three
    spoil(url, "UPDATE attachments SET data = :data WHERE kind = 'picture'", data=picture)
    report = session_report(store, 2)
    assert "this picture is damaged" in html_of(report)
    assert pdf_of(report).startswith(b"%PDF")


def test_commands_name_the_session_that_cannot_be_read(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    store = SessionStore(url)
    store.add_person("Ana")
    for week in range(3):
        store.save_session("Ana", [NewResult(squat_document())], taken_at=NOON + timedelta(weeks=week))
    store.close()
    spoil(url, "UPDATE results SET document = '{\"a\"' WHERE session_id = 2")

    def run(*arguments):
        return CliRunner().invoke(app, ["sessions", *arguments])

    listed = run("list", "--person", "Ana")
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["1", "3", "2"]
    assert "2  cannot be read: result 2: not a result document" in listed.stdout
    for command in (("compare", "--person", "Ana"), ("export", "--person", "Ana", str(tmp_path / "a.zip"))):
        done = run(*command)
        assert done.exit_code == 0
        assert "Left out: session 2" in done.output
    assert run("remeasure", "--person", "Ana").exit_code == 0
    shown = run("show", "2")
    assert isinstance(shown.exception, BadInputError)
    assert run("delete", "2").exit_code == 0
    assert "cannot be read" not in run("list", "--person", "Ana").output


# -- databases that cannot be used -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///{}/a.db?timeout=soon",
        "sqlite:///{}/a.db?mode=ro&uri=true",
        "sqlite:///{}/a.db?timeout=1&timeout=2",
        "sqlite:///{}/a%00b.db",
        "sqlite:///{}/a\0b.db",
        "postgresql://u:geheim@host:port/x",
        "postgresql://u:geheim@/x?host={}&nonsense=1",
        "postgresql://u:geheim@/x?host={}&connect_timeout=soon",
        "postgresql://u:geheim@/x?host={}&sslmode=perhaps",
        "postgresql://u:geheim@/x?host={}&options=-cnonsense",
        "postgresql://u:geheim@/x?host={}&autocommit=1&prepare_threshold=x",
        "postgresql://u:geheim@/x%00y?host={}",
        "postgresql://u:geheim@host:99999999/x",
    ],
)
def test_odd_options_of_an_address_are_explained_without_the_password(tmp_path, url):
    if "%00" in url and "%00" in (make_url(url).database or ""):
        pytest.skip("this SQLAlchemy takes %00 in a path as it stands")
    with pytest.raises(RomVisionError) as caught:
        SessionStore(url.format(tmp_path))
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_file_that_cannot_be_a_database(tmp_path):
    (tmp_path / "folder.db").mkdir()
    os.mkfifo(tmp_path / "pipe.db")
    for name in ("folder.db", "pipe.db"):
        with pytest.raises(BadInputError, match="no file"):
            SessionStore(f"sqlite:///{tmp_path / name}")


def read_everything(url):
    store = SessionStore(url)
    store.unreadable("Ana")
    compare(store, "Ana")


def test_corrupt_database_is_explained(tmp_path):
    path = tmp_path / "a.db"
    store = SessionStore(f"sqlite:///{path}")
    store.add_person("Ana")
    for _ in range(5):
        store.save_session("Ana", [NewResult(rotation_document(), pose_track())])
    store.close()
    whole = path.read_bytes()
    for cut in (whole[:1000], whole[: len(whole) // 2], whole[:200] + b"\xff" * 20_000 + whole[20_200:]):
        path.write_bytes(cut)
        for extra in tmp_path.glob("a.db-*"):
            extra.unlink()
        with pytest.raises(RomVisionError) as caught:
            read_everything(f"sqlite:///{path}")
        assert "\n" not in str(caught.value)


def test_read_only_database_is_explained(tmp_path):
    """In a mount namespace of its own: root writes past permissions."""
    path = tmp_path / "shelf" / "a.db"
    path.parent.mkdir()
    SessionStore(f"sqlite:///{path}").close()
    script = f"mount --bind '{path.parent}' '{path.parent}' && mount -o remount,bind,ro '{path.parent}' && exec \"$@\""
    program = "from rom_vision.cli.root import main; import sys; sys.argv = ['x', 'person', 'list']; main()"
    command = ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", program]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, DATABASE_VARIABLE: f"sqlite:///{path}"},
        )
    except FileNotFoundError:
        pytest.skip("no mount namespaces here")
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no mount namespaces here")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_database_that_vanishes_while_it_is_open_is_noticed(tmp_path, open_store):
    path = tmp_path / "a.db"
    store = open_store(f"sqlite:///{path}")
    store.add_person("Ana")
    path.unlink()
    for attempt in (lambda: store.add_person("Ben"), store.people):
        with pytest.raises(RomVisionError, match="deleted or replaced"):
            attempt()
    sqlite3.connect(path).close()
    with pytest.raises(RomVisionError, match="deleted or replaced"):
        store.add_person("Ben")


def test_database_that_vanishes_in_the_middle_of_a_save_is_noticed(tmp_path, open_store):
    path = tmp_path / "a.db"
    store = open_store(f"sqlite:///{path}")

    def save_and_lose():
        with store.writing() as session:
            session.execute(text("DELETE FROM people"))
            path.rename(tmp_path / "b.db")

    with pytest.raises(RomVisionError, match="deleted or replaced"):
        save_and_lose()


def test_locked_database_ends_in_a_sentence(url, open_store, monkeypatch):
    monkeypatch.setattr("rom_vision.sessions.engine.BUSY_TIMEOUT_S", 1)
    store = open_store(url)
    store.add_person("Ana")
    number = store.save_session("Ana", [NewResult(squat_document())])
    engine = create_engine(database_url(url))
    lock = "BEGIN EXCLUSIVE" if url.startswith("sqlite") else "LOCK TABLE people, sessions, results, attachments"
    give_up = threading.Timer(60, os._exit, (99,))  # a wait without end must not become one of the test
    give_up.start()
    with engine.connect() as other:
        if url.startswith("sqlite"):
            other.connection.driver_connection.isolation_level = None
        other.exec_driver_sql(lock)
        attempts = [lambda: store.save_result("Ana", NewResult(squat_document())), lambda: store.delete_session(number)]
        if not url.startswith("sqlite"):  # beside a writer SQLite's readers read on
            attempts += [store.people, lambda: store.session(number), lambda: SessionStore(url).people()]
        for attempt in attempts:
            with pytest.raises(RomVisionError, match="in use: another program held it"):
                attempt()
        other.rollback()
    give_up.cancel()
    engine.dispose()
    assert len(store.sessions("Ana")) == 1


@pytest.mark.parametrize("number", [2**63, -(2**70), 10**23])
def test_number_beyond_every_column_is_explained(three, number):
    store, _ = three
    for attempt in (store.session, store.delete_session, store.track, store.pictures, store.video):
        with pytest.raises(RomVisionError):
            attempt(number)
