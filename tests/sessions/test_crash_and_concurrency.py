"""Processes that are killed in the middle of saving, and processes that save at once: real ones, on both databases."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from made_results import rotation_document

from rom_vision.sessions import NewResult

_PATHS = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])

_PREPARE = """
import sys, time
from made_results import picture_jpeg, rotation_document, squat_document
from rom_vision.sessions import NewResult, Picture, SessionStore
store = SessionStore(sys.argv[1])
picture = Picture("end range", picture_jpeg() + bytes(300_000))
def save(i):
    tests = [NewResult(rotation_document((20.0 + i, 21.0 + i)), None, (picture,)), NewResult(squat_document())]
    print(store.save_session("Ana", tests), flush=True)
"""
_SAVE_FOR_EVER = _PREPARE + "for i in range(10_000): save(i % 40)"
_SAVE_TEN = _PREPARE + "for i in range(10): save(i); store.sessions('Ana')"
_STOP_HALF_WAY = (
    _PREPARE
    + """
from rom_vision.sessions.rows import find_person, new_session, result_row
from datetime import datetime, timezone
with store.writing() as session:
    half = new_session(find_person(session, "Ana").id, datetime.now(timezone.utc))
    session.add(half)
    half.results = [result_row(NewResult(rotation_document(), None, (picture,)))]
    session.flush()
    print("half", flush=True)
    time.sleep(60)
"""
)


def start(script, url):
    environment = {**os.environ, "PYTHONPATH": _PATHS}
    return subprocess.Popen([sys.executable, "-c", script, url], stdout=subprocess.PIPE, text=True, env=environment)


def assert_whole(store, numbers):
    """Every announced session is there, and every session there is whole."""
    kept = {line.id: line for line in store.sessions("Ana")}
    assert set(numbers) <= set(kept)
    for line in kept.values():
        assert len(line.tests) == 2
        first, second = store.session(line.id).results
        assert (first.document.test, second.document.test) == ("hip_rotation", "squat")
        (picture,) = store.pictures(first.id)
        assert len(picture.data) > 300_000


def test_killed_between_and_during_saves_loses_no_finished_session_and_leaves_no_half_one(store, url):
    store.add_person("Ana")
    process = start(_SAVE_FOR_EVER, url)
    numbers = [int(process.stdout.readline()) for _ in range(8)]
    process.send_signal(signal.SIGKILL)
    numbers += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()
    assert_whole(store, numbers)


def test_killed_half_way_through_one_save_leaves_nothing_of_it(store, url):
    store.add_person("Ana")
    process = start(_STOP_HALF_WAY, url)
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert store.sessions("Ana") == []
    number = store.save_session("Ana", [NewResult(rotation_document())])
    assert [line.id for line in store.sessions("Ana")] == [number]


def test_two_processes_save_at_once(store, url):
    store.add_person("Ana")
    running = [start(_SAVE_TEN, url) for _ in range(2)]
    numbers = []
    for process in running:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        numbers += [int(line) for line in out.split()]
    assert len(set(numbers)) == 20
    assert_whole(store, numbers)


def test_threads_of_one_process_save_at_once(store):
    from concurrent.futures import ThreadPoolExecutor

    store.add_person("Ana")
    with ThreadPoolExecutor(4) as threads:
        saved = list(threads.map(lambda i: store.save_session("Ana", [NewResult(rotation_document())]), range(12)))
    assert len(set(saved)) == 12 == len(store.sessions("Ana"))


@pytest.mark.parametrize("reader_first", [True, False])
def test_reader_does_not_hold_up_a_writer(tmp_path, open_store, reader_first):
    """Write-ahead mode: on SQLite one may read while another writes."""
    from sqlalchemy import text

    url = f"sqlite:///{tmp_path / 'a.db'}"
    store, other = open_store(url), open_store(url)
    store.add_person("Ana")
    with store.reading() as session:
        if reader_first:
            session.execute(text("SELECT count(*) FROM sessions")).scalar_one()
        other.save_session("Ana", [NewResult(rotation_document())])
        seen = session.execute(text("SELECT count(*) FROM sessions")).scalar_one()
    assert seen == (0 if reader_first else 1)
