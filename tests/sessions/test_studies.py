"""Studies in the store, of both databases: kept, handed on with the person, and gone with them."""

import zipfile

import pytest
from made_results import refused_document, rotation_document, squat_document
from sqlalchemy import text

from rom_vision.errors import BadInputError
from rom_vision.sessions import NewResult
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.studies import (
    NewReadings,
    add_readings,
    add_study,
    delete_study,
    find_study,
    note_shown,
    studies,
    trials,
)


@pytest.fixture
def results(store):
    """Numbers of three results of Ana: measured left, refused right, a squat."""
    store.add_person("Ana")
    made = [rotation_document((30.0, 32.0)), refused_document("right"), squat_document()]
    number = store.save_session("Ana", [NewResult(document) for document in made])
    return [result.id for result in store.session(number).results]


def test_readings_stand_beside_their_results(store, results):
    add_study(store, "First  Study", reference="inclinometer", reference_sem=1.5)
    add_readings(store, "first study", [NewReadings(results[0], (29.0, 31.5), rater="Eva", operator="Bo", blind=True)])
    add_readings(store, "first study", [NewReadings(results[1])])
    (study,) = studies(store)
    assert (study.name, study.quantity, study.reference, study.reference_sem) == (
        *("First Study", "internal_rotation", "inclinometer"),
        1.5,
    )
    measured, refused = trials(store, study.name)
    assert [(r.value, r.rater, r.blind, r.source) for r in measured.readings] == [
        (29.0, "Eva", True, "entered"),
        (31.5, "Eva", True, "entered"),
    ]
    assert (measured.measure.value, measured.side, measured.operator) == (31.0, "left", "Bo")
    assert (refused.measure, refused.side, refused.readings, refused.document.status) == (None, "right", (), "refused")


def test_nothing_is_blind_once_the_value_was_shown(store, results):
    add_study(store, "A")
    add_readings(store, "A", [NewReadings(results[0], (29.0,), blind=True)])
    note_shown(store, "A")
    add_readings(store, "A", [NewReadings(results[0], (30.0,), blind=True)])
    assert [r.blind for r in trials(store, "A")[0].readings] == [True, False]


def test_what_cannot_be_is_refused_whole(store, results):
    add_study(store, "A")
    with pytest.raises(BadInputError, match="already a study"):
        add_study(store, "a")
    with pytest.raises(BadInputError, match="cannot be right"):
        add_study(store, "B", reference_sem=0)
    with pytest.raises(BadInputError, match="Did you mean A"):
        find_study(store, "Aa")
    for wrong, words in (
        (NewReadings(results[0], (float("nan"),)), "cannot be right"),
        (NewReadings(results[0], (400.0,)), "cannot be right"),
        (NewReadings(9999, (30.0,)), "no result 9999"),
        (NewReadings(results[2], (30.0,)), "does not hold"),
        (NewReadings(results[0], (30.0,), side="right"), "not right"),
    ):
        with pytest.raises(BadInputError, match=words):
            add_readings(store, "A", [NewReadings(results[0], (30.0,)), wrong])
        assert trials(store, "A") == []
    add_study(store, "Depth", quantity="knee_flexion")
    with pytest.raises(BadInputError, match="say which side"):
        add_readings(store, "Depth", [NewReadings(results[2], (95.0,))])
    add_readings(store, "Depth", [NewReadings(results[2], (95.0,), side="right")])
    assert trials(store, "Depth")[0].measure.side == "right"


def test_readings_travel_with_the_person_and_studies_of_two_places_come_together(
    store, results, new_url, open_store, tmp_path
):
    add_study(store, "Hips", reference_sem=2.0)
    add_readings(store, "Hips", [NewReadings(results[0], (29.0,), rater="Eva", operator="Bo", blind=True)])
    export_person(store, "Ana", tmp_path / "a.zip")
    other = open_store(new_url())
    add_study(other, "hips", quantity="external_rotation")
    import_person(other, tmp_path / "a.zip")
    assert [(s.name, s.quantity) for s in studies(other)] == [
        ("hips", "external_rotation"),
        ("Hips (2)", "internal_rotation"),
    ]
    here, there = trials(store, "Hips")[0], trials(other, "Hips (2)")[0]
    assert (there.readings, there.operator, there.side) == (here.readings, here.operator, here.side)
    assert studies(other)[1].uid == studies(store)[0].uid
    # A second person's archive of the same study joins it.
    store.add_person("Bo")
    number = store.save_session("Bo", [NewResult(rotation_document((40.0,)))])
    add_readings(store, "Hips", [NewReadings(store.session(number).results[0].id, (41.0,))])
    export_person(store, "Bo", tmp_path / "b.zip")
    import_person(other, tmp_path / "b.zip")
    assert [t.person_name for t in trials(other, "Hips (2)")] == ["Ana", "Bo"]


def test_readings_go_with_the_person_and_with_the_study(store, results):
    for name in ("A", "B"):
        add_study(store, name)
        add_readings(store, name, [NewReadings(results[0], (29.0,), rater="a very telling rater")])
    delete_study(store, "A")
    assert [s.name for s in studies(store)] == ["B"]
    assert len(trials(store, "B")) == 1
    store.delete_person("Ana")
    assert trials(store, "B") == []
    with store.reading() as session:
        for table in ("trials", "readings"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_rows_that_cannot_be_read_hide_no_others(url, store, results, tmp_path):
    add_study(store, "A")
    add_readings(store, "A", [NewReadings(results[0], (29.0, 30.0), rater="Eva"), NewReadings(results[1])])
    with store.writing() as session:
        session.execute(text("UPDATE readings SET value = 1e300 WHERE value = 29"))
        session.execute(text("UPDATE results SET document = '{}' WHERE id = :id"), {"id": results[1]})
    (trial,) = trials(store, "A")
    assert [r.value for r in trial.readings] == [30.0]
    with store.writing() as session:
        session.execute(text("UPDATE trials SET side = 'top'"))
        session.execute(text("UPDATE results SET document = :d WHERE id = :id"),
                        {"id": results[1], "d": refused_document("right").to_json()})  # fmt: skip
    export_person(store, "Ana", tmp_path / "a.zip")
    assert b'"top"' not in zipfile.ZipFile(tmp_path / "a.zip").read("manifest.json")
