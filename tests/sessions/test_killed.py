"""Killed at a random moment of everything that writes, eight writers at once, and what a deletion leaves behind."""

import json
import os
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from rom_vision.sessions import SessionStore
from validation.hostile.kills import OPERATIONS, kill_once, save_and_delete

# What is killed is done by the campaign of hostile inputs.
pytestmark = pytest.mark.validation

REPO = Path(__file__).parents[2]
MOMENTS = 2
"""Of each operation on each database; the campaign (``python -m validation.hostile``) tries twenty."""

SECRET = "Zwentibold Quxwick"


@pytest.fixture(scope="module")
def workers():
    """Processes that have loaded what they need, and no thread that a fork would lose."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["validation.hostile.kills", "rom_vision.pipeline.run", "rom_vision.cli"])
    with ProcessPoolExecutor(8, mp_context=context) as pool:
        yield pool


@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_at_any_moment_loses_nothing_and_leaves_nothing_half(workers, new_url, tmp_path, operation):
    trials = []
    for moment in range(MOMENTS):
        folder = tmp_path / str(moment)
        folder.mkdir()
        trials.append(workers.submit(kill_once, operation, new_url(), folder, seed=moment))
    assert [trial.result(timeout=120) for trial in trials] == [[]] * MOMENTS


def test_eight_writers_at_once(workers, store, url):
    """Each saves three sessions and deletes the second of them, all for the same person."""
    store.add_person("Ana")
    done = [one.result(timeout=120) for one in [workers.submit(save_and_delete, url, seed) for seed in range(8)]]
    kept = [number for kept, _ in done for number in kept]
    deleted = [number for _, gone in done for number in gone]
    assert len({*kept, *deleted}) == 24
    assert sorted(line.id for line in store.sessions("Ana")) == sorted(kept)
    for number in kept:
        first, second = store.session(number).results
        assert first.has_track
        assert second.has_track
        assert len(store.pictures(first.id)) == 1


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """A home and a temporary folder of their own, in which the commands run."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rom_vision(*arguments):
    from typer.testing import CliRunner

    from rom_vision.cli import app

    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def archive_of(name, path):
    """The sample person under another name; only documents and manifest can hold it."""
    with zipfile.ZipFile(REPO / "sample_videos" / "sample_person.zip") as source, zipfile.ZipFile(path, "w") as out:
        for member in source.namelist():
            data = source.read(member)
            if member == "manifest.json":
                manifest = json.loads(data)
                manifest["person"]["name"] = name
                data = json.dumps(manifest)
            out.writestr(member, data)


def holding(folder, text):
    """Files below a folder whose bytes or name hold a text in any of the ways it may be written."""
    marks = {text.encode(code) for text in (text, text.casefold()) for code in ("utf-8", "utf-16-le")}
    return [
        path
        for path in folder.rglob("*")
        if text in path.name or (path.is_file() and any(mark in path.read_bytes() for mark in marks))
    ]


def test_after_delete_no_file_of_ours_holds_the_name(at_home):
    archive = at_home / "in.zip"
    archive_of(SECRET, archive)
    rom_vision("sessions", "import", str(archive))
    archive.unlink()
    assert holding(at_home, SECRET)  # the check can see it
    reports = [word for kind in ("pdf", "html", "csv") for word in (f"--{kind}", f"r.{kind}")]
    rom_vision("sessions", "report", "1", *reports)
    rom_vision("sessions", "compare", "--person", SECRET)
    rom_vision("sessions", "export", "--person", SECRET, "out.zip")
    for name in ("r.pdf", "r.html", "r.csv", "out.zip"):  # the user's own files, where they put them
        (at_home / name).unlink()
    rom_vision("sessions", "remeasure", "--person", SECRET)
    still_open = SessionStore()  # another program that has the database open, as the app has
    still_open.person(SECRET)
    rom_vision("person", "delete", SECRET)
    assert holding(at_home, SECRET) == []
    assert os.listdir(at_home / "temporary") == []  # noqa: PTH208
    still_open.close()
    assert holding(at_home, SECRET) == []


@pytest.mark.postgres
def test_after_delete_no_table_of_postgres_holds_the_name(new_postgres, at_home, monkeypatch):
    from sqlalchemy import create_engine, text

    from rom_vision.sessions.engine import database_url

    url = new_postgres()
    monkeypatch.setenv("ROM_VISION_DATABASE_URL", url)
    archive = at_home / "in.zip"
    archive_of(SECRET, archive)
    rom_vision("sessions", "import", str(archive))
    archive.unlink()
    for other in ("Ana", "Ben", "Cleo"):
        rom_vision("person", "add", other)
    engine = create_engine(database_url(url), isolation_level="AUTOCOMMIT")
    folder = Path(url.partition("host=")[2].partition("&")[0]) / "data" / "base"
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))  # as the server does by itself: its statistics may hold values
        connection.execute(text("CHECKPOINT"))
        assert holding(folder, SECRET)
        rom_vision("person", "delete", SECRET)
        connection.execute(text("CHECKPOINT"))
    engine.dispose()
    assert holding(folder, SECRET) == []
    assert os.listdir(at_home / "temporary") == []  # noqa: PTH208
