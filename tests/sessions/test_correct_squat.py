"""Which repetitions of a squat screen count is corrected by hand: judged again, logged, marked, undone."""

import re
from dataclasses import replace

import numpy as np
import pytest
from made_results import squat_document
from squat_tracks import GOOD, joined, squat_track
from typer.testing import CliRunner

from rom_vision.cli.root import app
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import analyse
from rom_vision.pose.landmarks import Landmark
from rom_vision.report.content import session_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.presenters.squat_text import describe_squat
from rom_vision.report.tables import csv_of
from rom_vision.results.document import parse_document
from rom_vision.sessions import NewResult
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.correct import (
    correct,
    hold_correction,
    landmark_correction,
    original_of,
    remeasured,
    repetition_correction,
    side_correction,
    undo,
)
from rom_vision.sessions.engine import DATABASE_VARIABLE

WHY = "she lost her balance there"


@pytest.fixture(scope="module")
def screened():
    """Two sound squats and two whose pelvis goes to the left."""
    track = joined(squat_track(GOOD), squat_track(replace(GOOD, shift=0.4), seed=1))
    return analyse(track, "squat", {"legs": "both"}).document, track


@pytest.fixture
def result(store, screened):
    document, track = screened
    store.add_person("Ana")
    return store.session(store.save_session("Ana", [NewResult(document, track)])).results[0]


def shift(document):
    return next(f.severity for f in document.findings if f.code == "lateral_shift")


def leave_out(store, result, number):
    return correct(store, result.id, repetition_correction(result.document, number, counts=False, reason=WHY))


def test_findings_are_those_of_the_repetitions_that_count(store, result, screened):
    document, _ = screened
    assert shift(document) == "marked"
    now = leave_out(store, result, 4)
    assert shift(now) == "none", "one of three does not make a finding"
    assert [r.valid for r in now.repetitions] == [True, True, True, False]
    assert now.repetitions[3].flags[0] == f"left out by hand: {WHY}"
    assert [r.at_s for r in now.repetitions] == [r.at_s for r in document.repetitions]
    flexion = now.measure("knee_flexion", "left")
    assert (len(flexion.repetitions), flexion.edited) == (3, True)
    assert original_of(store, result.id) == document
    leave_out(store, result, 3)
    first_only = leave_out(store, result, 2)
    assert any("Only one repetition" in w for w in first_only.warnings)
    with pytest.raises(BadInputError, match="No repetition would be left"):
        leave_out(store, result, 1)
    assert store.session(1).results[0].document == first_only


def test_a_repetition_comes_back_and_each_correction_is_undone(store, result, screened):
    document, _ = screened
    one = leave_out(store, result, 4)
    back = correct(store, result.id, repetition_correction(one, 4, counts=True, reason="it was sound"))
    assert (shift(back), len(back.corrections)) == ("marked", 2)
    assert back.findings == document.findings
    assert undo(store, result.id) == one
    assert undo(store, result.id) == document
    said = [e.after for e in store.session(1).edits]
    assert said[0].startswith(f"repetition 4 left out (“{WHY}”)")
    assert said[-1] == "as it was measured"


def test_it_is_marked_everywhere_and_travels(store, result, open_store, tmp_path):
    now = leave_out(store, result, 4)
    report = html_of(session_report(store, 1))
    assert "(edited)" in report
    assert "Edited by hand: repetition 4 left out" in report
    assert "Edited by hand" in csv_of([now])
    assert "Edited by hand" in fhir_of([now], person="Ana", taken_at=store.session(1).taken_at)
    assert "3 repetitions" in report
    assert re.search(r"4\. .*\[set aside\]", describe_squat(now))
    assert parse_document(now.to_json(), "it") == now
    export_person(store, "Ana", tmp_path / "ana.zip")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    import_person(other, tmp_path / "ana.zip")
    assert other.session(1).results[0].document == now
    assert remeasured(other, 1).findings == now.findings


def test_a_joint_put_in_its_place_goes_with_a_repetition_left_out(store, result, screened):
    document, track = screened
    at = document.repetitions[0].at_s
    k = int(np.argmin(np.abs(track.time_s - at)))
    x, y = track.image_px[k, Landmark.LEFT_KNEE]
    now = correct(store, result.id, landmark_correction("left_knee", at, x, y - 25, "it lay on her hand"))
    assert [r.at_s for r in now.repetitions] == pytest.approx([r.at_s for r in document.repetitions], abs=0.1)
    before, after = (d.repetitions[0].values["left_knee_flexion_deg"] for d in (document, now))
    assert abs(before - after) > 1.0
    assert now.repetitions[2].values == document.repetitions[2].values
    both = leave_out(store, result, 4)
    assert both.repetitions[0].values == now.repetitions[0].values, "the joint stays where it was put"
    assert (shift(now), shift(both)) == ("marked", "none")
    assert (undo(store, result.id), undo(store, result.id)) == (now, document)


def test_what_does_not_fit_changes_nothing(store, result, screened):
    document, _ = screened
    for wrong, what in (
        (side_correction("left", WHY), "the tested leg"),
        (hold_correction(document, 1, 1, 2, WHY), "a hold"),
    ):
        with pytest.raises(BadInputError, match=f"Squat: {what} cannot be corrected in this test"):
            correct(store, result.id, wrong)
    assert store.session(1).results[0].document == document
    bare = store.session(store.save_session("Ana", [NewResult(squat_document())])).results[0]
    with pytest.raises(BadInputError, match="No landmarks were kept"):
        leave_out(store, bare, 1)


def test_on_the_command_line(tmp_path, monkeypatch, open_store, screened):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    store = open_store(url)
    store.add_person("Ana")
    store.save_session("Ana", [NewResult(*screened)])

    def run(*words):
        return CliRunner().invoke(app, ["sessions", "correct", "1", *words])

    said = run("--test", "squat", "--repetition", "4", "--leave-out", "--reason", WHY)
    assert "Edited by hand: repetition 4 left out" in said.output, said
    assert store.session(1).results[0].document.corrections
    assert isinstance(run("--test", "toe-touch", "--undo").exception, BadInputError)
