import json
import zipfile
from datetime import timedelta

import pytest
from made_results import rotation_document
from sqlalchemy import text
from trained import NOON, training

from rom_vision.drills.plan import plan_of
from rom_vision.errors import BadInputError
from rom_vision.report.content import session_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.pdf import pdf_of
from rom_vision.sessions import NewResult
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.compare import compare
from rom_vision.sessions.dose import dose_beside, trained_before
from rom_vision.sessions.findings import advice_of_person
from rom_vision.sessions.training import (
    answer_training,
    delete_plan,
    delete_training,
    read_plan,
    save_plan,
    save_training,
    trainings,
    unreadable_trainings,
)

PLAN = plan_of(["clamshell"], now=NOON)


@pytest.fixture
def ana(store):
    store.add_person("Ana")
    store.add_person("Bo")
    return store


def test_plan_and_log_are_the_persons_own(ana):
    save_plan(ana, "Ana", plan_of(["hip_cars"], now=NOON))
    save_plan(ana, "Ana", PLAN)
    late, early = training(at=NOON), training("hip_cars", at=NOON - timedelta(days=1))
    numbers = [save_training(ana, "Ana", t) for t in (late, early)]
    assert read_plan(ana, "Ana") == PLAN
    assert [k.training for k in trainings(ana, "Ana")] == [early, late]
    assert (read_plan(ana, "Bo"), trainings(ana, "Bo")) == (None, [])
    assert answer_training(ana, numbers[0], 5, pinch=True).pain == 5
    assert trainings(ana, "Ana")[1].training == late.answered(5, pinch=True)
    delete_training(ana, numbers[0])
    delete_plan(ana, "Ana")
    assert (read_plan(ana, "Ana"), [k.id for k in trainings(ana, "Ana")]) == (None, [numbers[1]])
    for gone in (numbers[0], 0, 2**40):
        with pytest.raises(BadInputError, match="There is no training"):
            delete_training(ana, gone)
    with pytest.raises(BadInputError, match="nobody called"):
        save_training(ana, "Cy", late)


def test_deleting_a_person_deletes_plan_and_log(ana):
    save_plan(ana, "Ana", PLAN)
    save_training(ana, "Ana", training())
    save_training(ana, "Bo", training())
    ana.delete_person("Ana")
    with ana.reading() as session:
        left = [session.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in ("plans", "trainings")]
    assert left == [0, 1]


@pytest.mark.parametrize("wrong", ["'{}'", "'no json'", "''"])
def test_one_log_that_cannot_be_read_hides_no_other(ana, wrong):
    first, second = (save_training(ana, "Ana", training()) for _ in range(2))
    save_plan(ana, "Ana", PLAN)
    with ana.writing() as session:
        session.execute(text(f"UPDATE trainings SET document = {wrong} WHERE id = {first}"))
        session.execute(text(f"UPDATE plans SET document = {wrong}"))
    assert [k.id for k in trainings(ana, "Ana")] == [second]
    assert list(unreadable_trainings(ana, "Ana")) == [first]
    assert read_plan(ana, "Ana") is None
    save_plan(ana, "Ana", PLAN)
    assert read_plan(ana, "Ana") == PLAN
    delete_training(ana, first)
    assert unreadable_trainings(ana, "Ana") == {}


def test_archive_carries_plan_and_log(ana, new_url, open_store, tmp_path):
    save_plan(ana, "Ana", PLAN)
    for day in range(3):
        save_training(ana, "Ana", training(at=NOON + timedelta(days=day), pain=day))
    export_person(ana, "Ana", tmp_path / "a.zip")
    other = open_store(new_url())
    assert import_person(other, tmp_path / "a.zip").trainings_added == 3
    assert import_person(other, tmp_path / "a.zip").trainings_added == 0
    assert read_plan(other, "Ana") == PLAN
    assert [(k.uid, k.training) for k in trainings(other, "Ana")] == [
        (k.uid, k.training) for k in trainings(ana, "Ana")
    ]
    # A plan of one's own stays.
    mine = plan_of(["hip_cars"], now=NOON)
    save_plan(other, "Ana", mine)
    import_person(other, tmp_path / "a.zip")
    assert read_plan(other, "Ana") == mine


def test_archive_with_a_log_that_cannot_be_is_refused(ana, new_url, open_store, tmp_path):
    save_training(ana, "Ana", training())
    export_person(ana, "Ana", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as whole:
        manifest = json.loads(whole.read("manifest.json"))
    manifest["trainings"][0]["training"]["pain"] = 99
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as out:
        out.writestr("manifest.json", json.dumps(manifest))
    other = open_store(new_url())
    with pytest.raises(BadInputError, match=r"trainings\.0\.training\.pain"):
        import_person(other, tmp_path / "b.zip")
    assert other.people() == []


def two_sessions(store, first=(30.0, 31.0, 32.0), second=(40.0, 41.0, 42.0)):
    for values, at in ((first, NOON), (second, NOON + timedelta(weeks=4))):
        store.save_session("Ana", [NewResult(rotation_document(values))], taken_at=at)
    save_training(store, "Ana", training(at=NOON - timedelta(days=2)))
    for day in (2, 4, 9):
        save_training(store, "Ana", training(at=NOON + timedelta(days=day), active_s=240.0, pain=2))
    return [line.id for line in store.sessions("Ana")]


def test_report_says_what_was_trained_and_sets_it_beside_the_change_without_a_cause(ana):
    numbers = two_sessions(ana)
    report = session_report(ana, numbers[1])
    clam, beside = report.training
    assert clam == "Clamshell: 3 times, 24 repetitions counted, 12 minutes; pain afterwards up to 2 of 10."
    assert "12 minutes of training on 3 days (3.0 a week)" in beside
    assert "+10.0°" in beside
    assert "cannot tell" in beside
    assert clam in html_of(report)
    assert pdf_of(report).startswith(b"%PDF")
    assert session_report(ana, numbers[0]).training[0].startswith("Clamshell: once, 8")


def test_report_of_somebody_who_does_not_train_has_no_such_section(ana):
    ana.save_session("Bo", [NewResult(rotation_document())], taken_at=NOON)
    report = session_report(ana, ana.sessions("Bo")[0].id)
    assert report.training == ()
    assert "Training</h2>" not in html_of(report)


def test_change_within_noise_and_no_training_are_said_as_what_they_are(ana):
    two_sessions(ana, second=(31.0, 32.0, 33.0))
    (series,) = compare(ana, "Ana").series
    assert "no more than noise alone can do" in dose_beside(series, [])
    assert "no training in the log" in dose_beside(series, [])
    for word in ("because", "caused", "thanks to", "led to", "due to"):
        assert word not in dose_beside(series, [k.training for k in trainings(ana, "Ana")])


def test_fhir_has_a_procedure_for_each_drill(ana):
    fhir = pytest.importorskip("fhir.resources.R4B.bundle")
    numbers = two_sessions(ana)
    session = ana.session(numbers[1])
    found = fhir_of(
        [r.document for r in session.results],
        person="Ana",
        person_uid=session.person.uid,
        taken_at=session.taken_at,
        trained=trained_before(ana, "Ana", session.taken_at),
    )
    fhir.Bundle.model_validate_json(found)
    procedures = [e["resource"] for e in json.loads(found)["entry"] if e["resource"]["resourceType"] == "Procedure"]
    assert [p["code"]["text"] for p in procedures] == ["Clamshell"] * 3
    assert procedures[0]["performedPeriod"]["start"] == "2026-03-04T12:00:00+01:00"
    assert "Pain afterwards 2 of 10." in [n["text"] for n in procedures[0]["note"]]


def test_advice_is_of_the_latest_session_that_was_measured(ana):
    two_sessions(ana, first=(10.0, 11.0, 12.0))
    assert "internal_rotation_low" not in advice_of_person(ana, "Ana").found
    first = ana.sessions("Ana")[0].id
    assert "internal_rotation_low" in advice_of_person(ana, "Ana", first).found
    assert advice_of_person(ana, "Bo").drills == ()
    with pytest.raises(BadInputError, match="is not of Bo"):
        advice_of_person(ana, "Bo", first)
