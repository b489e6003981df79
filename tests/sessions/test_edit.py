"""A kept session is changed afterwards, each change is logged, and the archive carries both; nothing is kept twice."""

from datetime import datetime, timedelta, timezone

import pytest
from made_results import rotation_document, squat_document
from sqlalchemy import text

from rom_vision.errors import BadInputError
from rom_vision.sessions import AlreadyKeptError, NewResult
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.edit import edit_session

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))


def of_recording(document, digest="c" * 64):
    source = document.provenance.model_copy(update={"video_sha256": digest})
    return document.model_copy(update={"provenance": source})


@pytest.fixture
def store(url, open_store):
    store = open_store(url)
    store.add_person("Ana")
    store.add_person("Walter")
    return store


def test_date_person_and_note_are_changed_and_logged(store):
    number = store.save_session("Ana", [NewResult(rotation_document())], taken_at=NOON)
    earlier = NOON - timedelta(days=20)
    assert edit_session(store, number, taken_at=earlier, person="walter", note="  after\nthe run ") == (
        "date",
        "person",
        "note",
    )
    kept = store.session(number)
    assert (kept.taken_at, kept.person.name, kept.note) == (earlier, "Walter", "after the run")
    assert kept.taken_at.utcoffset() == timedelta(hours=1)
    assert [(e.what, e.before, e.after) for e in kept.edits] == [
        ("date", NOON.isoformat(), earlier.isoformat()),
        ("person", "Ana", "Walter"),
        ("note", "", "after the run"),
    ]
    assert not store.sessions("Ana")
    assert store.sessions("Walter")[0].note == "after the run"
    assert edit_session(store, number, taken_at=earlier, person="Walter", note="after the run") == ()
    assert len(store.session(number).edits) == 3


@pytest.mark.parametrize(
    "wrong", [{"taken_at": NOON + timedelta(days=36500)}, {"person": "Nobody"}, {"note": "x" * 2001}, {"note": "a\0b"}]
)
def test_what_cannot_be_leaves_the_session_as_it_was(store, wrong):
    number = store.save_session("Ana", [NewResult(rotation_document())], taken_at=NOON)
    with pytest.raises(BadInputError):
        edit_session(store, number, **{"note": "new", **wrong})
    kept = store.session(number)
    assert (kept.taken_at, kept.person.name, kept.note, kept.edits) == (NOON, "Ana", "", ())
    with pytest.raises(BadInputError, match="no session"):
        edit_session(store, number + 1, note="x")


def test_the_side_goes_with_the_document_and_is_logged(store):
    number = store.save_session("Ana", [NewResult(rotation_document(side="left"))], taken_at=NOON)
    store.replace_document(store.session(number).results[0].id, rotation_document(side="right"))
    kept = store.session(number)
    assert kept.results[0].document.side == "right"
    assert [(e.what, e.before, e.after) for e in kept.edits] == [("side", "left", "right")]
    assert "right" in store.sessions("Ana")[0].tests[0]


def test_an_archive_carries_note_and_log_and_a_deleted_session_takes_them_along(store, tmp_path):
    number = store.save_session("Ana", [NewResult(squat_document())], taken_at=NOON)
    edit_session(store, number, note="cold room")
    export_person(store, "Ana", tmp_path / "ana.zip")
    before = store.session(number)
    store.delete_person("Ana")
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM edits")).scalar() == 0
    import_person(store, tmp_path / "ana.zip")
    (line,) = store.sessions("Ana")
    again = store.session(line.id)
    assert (again.note, again.edits) == (before.note, before.edits)


@pytest.mark.parametrize("document", [rotation_document(), squat_document()])
def test_the_same_test_of_the_same_recording_is_not_kept_twice_unless_told(store, document):
    same = NewResult(of_recording(document))
    number = store.save_result("Ana", same, taken_at=NOON)
    with pytest.raises(AlreadyKeptError, match=f"session {number}") as told:
        store.save_result("Ana", same, taken_at=NOON + timedelta(days=1))
    assert told.value.session == number
    with pytest.raises(AlreadyKeptError):
        store.save_session("Ana", [same], taken_at=NOON)
    assert len(store.sessions("Ana")) == 1
    store.save_result("Walter", same, taken_at=NOON)
    store.save_result("Ana", NewResult(of_recording(document, "d" * 64)), taken_at=NOON)
    store.save_result("Ana", same, taken_at=NOON, again=True)
    assert sum(len(line.tests) for line in store.sessions("Ana")) == 3


def test_another_leg_of_the_same_recording_is_another_test(store):
    for side in ("left", "right"):
        store.save_result("Ana", NewResult(of_recording(rotation_document(side=side))), taken_at=NOON)
    assert len(store.sessions("Ana")[0].tests) == 2
