from datetime import datetime, timedelta, timezone

import pytest
from made_results import refused_document, rotation_document, squat_document
from sqlalchemy import update

from rom_vision.errors import BadInputError
from rom_vision.sessions import NewResult, SessionStore, lookup
from rom_vision.sessions.lookup import is_kept, newest_of_each
from rom_vision.sessions.models import ResultRow

FIRST = datetime(2026, 3, 1, 10, tzinfo=timezone.utc)


@pytest.fixture
def store(tmp_path):
    store = SessionStore(f"sqlite:///{tmp_path / 'a.db'}")
    store.add_person("Ana")
    store.add_person("Bo")
    yield store
    store.close()


def keep(store, day, document, person="Ana"):
    return store.save_result(person, NewResult(document), taken_at=FIRST + timedelta(days=day))


def test_the_newest_of_each_way_and_no_other_document_is_read(store, monkeypatch):
    for day in range(6):
        keep(store, day, rotation_document((20 + day,) * 3))
    keep(store, 2, rotation_document((40,) * 3, side="right"))
    keep(store, 3, rotation_document((50,) * 3, (33,) * 3, side="right"))
    keep(store, 4, squat_document())
    keep(store, 7, refused_document("left"))
    keep(store, 8, rotation_document((60,) * 3), "Bo")
    read = []
    plain = lookup.document_of
    monkeypatch.setattr(lookup, "document_of", lambda text, number: read.append(number) or plain(text, number))
    found = newest_of_each(store, "ana")
    rotations = [(d.side, round(d.measures[0].value)) for d in found if d.test == "hip_rotation"]
    assert rotations == [("left", 25), ("right", 50), ("right", 40)]
    assert [d.test for d in found].count("squat") == 1
    assert len(read) == len(found) == 4
    assert newest_of_each(store, "Bo")[0].measures[0].value == 60


def test_what_cannot_be_read_gives_way_to_the_one_before(store):
    keep(store, 0, rotation_document((21,) * 3))
    keep(store, 1, rotation_document((22,) * 3))
    with store.writing() as session:
        session.execute(update(ResultRow).where(ResultRow.id == 2).values(document="{"))
    assert [d.measures[0].value for d in newest_of_each(store, "Ana")] == [21]


def test_the_very_result_is_known_again(store):
    refused = refused_document("left")
    keep(store, 0, refused)
    assert is_kept(store, "Ana", refused)
    assert not is_kept(store, "Bo", refused)
    assert not is_kept(store, "Ana", refused.model_copy(update={"reasons": ("another",)}))
    with pytest.raises(BadInputError, match="Cy"):
        is_kept(store, "Cy", refused)
