"""What the program got wrong is corrected by hand, visibly: kept, logged, marked everywhere, undone."""

import json
from dataclasses import replace

import numpy as np
import pytest
import typer
from made_results import picture_jpeg, pose_track, rotation_document, squat_document
from made_study import made_study
from synthetic import seated_states, swings, track_of
from typer.testing import CliRunner

from rom_vision.agreement.analysis import analyse_study
from rom_vision.agreement.told import told_of
from rom_vision.cli.correct import correct_session
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import analyse
from rom_vision.pose.landmarks import Landmark
from rom_vision.report.content import session_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.pdf import pdf_of
from rom_vision.report.tables import csv_of
from rom_vision.results.document import parse_document
from rom_vision.sessions import NewResult, Picture
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.compare import compare
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
from rom_vision.sessions.studies import find_study, trials

WHY = "the pelvis moved, I saw it"


@pytest.fixture
def store(url, open_store):
    store = open_store(url)
    store.add_person("Ana")
    return store


def kept(store, document, track=None, pictures=()):
    return store.session(store.save_session("Ana", [NewResult(document, track, pictures)])).results[0]


def left_out(store, result, number=2):
    return correct(store, result.id, repetition_correction(result.document, number, counts=False, reason=WHY))


def test_a_repetition_left_out_changes_the_value_and_comes_back(store):
    result = kept(store, rotation_document((30.0, 40.0, 32.0)))
    now = left_out(store, result)
    value = now.measure("internal_rotation")
    assert (value.value, value.n_repetitions, value.edited) == (31.0, 2, True)
    assert [r.valid for r in now.repetitions] == [True, False, True]
    assert "Only 2 valid internal repetitions; three are the rule." in now.warnings
    assert value.half_width == pytest.approx(np.hypot(5.0, 1.96 * np.sqrt(2) / np.sqrt(2)), abs=0.01)
    assert original_of(store, result.id) == result.document
    back = undo(store, result.id)
    assert back == result.document
    assert original_of(store, result.id) is None
    said = [e.after for e in store.session(1).edits]
    assert said[0].startswith(f"repetition 2 left out (“{WHY}”)")
    assert said[1] == "as it was measured"
    with pytest.raises(BadInputError, match="Nothing was corrected"):
        undo(store, result.id)


def test_a_hold_that_is_moved_is_read_again_from_the_curve(store):
    t, angle = swings((30.0, 31.0, 32.0), fps=15.0)
    track = track_of(t, seated_states(angle))
    result = kept(store, analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document, track)
    r = result.document.repetitions[0]
    start, end = r.start_s + 0.1, r.start_s + 0.5  # still on its way up
    now = correct(store, result.id, hold_correction(result.document, 1, start, end, "it was held earlier"))
    moved = now.repetitions[0]
    curve = result.document.curve("hip_rotation_deg")
    inside = [v for time, v in zip(result.document.time_s, curve, strict=True) if round(start, 3) <= time <= end]
    assert moved.value == pytest.approx(np.mean(inside), abs=0.01)
    assert moved.value < r.value
    assert (moved.hold_start_s, moved.hold_end_s) == (round(start, 3), round(end, 3))
    assert now.measure("internal_rotation").value < result.document.measure("internal_rotation").value
    for wrong in ((r.start_s - 1, r.end_s), (r.start_s, r.start_s + 0.05), (r.end_s, r.start_s)):
        with pytest.raises(BadInputError, match="lies within its repetition"):
            correct(store, result.id, hold_correction(result.document, 1, *wrong, "no"))


def test_corrections_stack_and_are_undone_one_by_one(store):
    result = kept(store, rotation_document((30.0, 40.0, 32.0)))
    first = left_out(store, result, 2)
    left_out(store, result, 1)
    assert store.session(1).results[0].document.measure("internal_rotation").value == 32.0
    assert undo(store, result.id) == first
    counted = correct(store, result.id, repetition_correction(first, 2, counts=True, reason="it was fine after all"))
    assert counted.measure("internal_rotation").value == pytest.approx(34.0)
    assert len(counted.corrections) == 2


def test_what_does_not_fit_changes_nothing(store):
    result = kept(store, rotation_document((30.0,)))
    with pytest.raises(BadInputError, match="No repetition would be left"):
        left_out(store, result, 1)
    with pytest.raises(BadInputError, match="There is no repetition 4"):
        left_out(store, result, 4)
    with pytest.raises(BadInputError, match="Say why"):
        repetition_correction(result.document, 1, counts=False, reason="  ")
    with pytest.raises(BadInputError, match="No landmarks were kept"):
        correct(store, result.id, side_correction("right", "wrong leg"))
    assert store.session(1).results[0].document == result.document
    squat = kept(store, squat_document())
    with pytest.raises(BadInputError, match="No landmarks were kept"):
        left_out(store, squat, 1)


def astray(track, at_s, landmark=Landmark.LEFT_KNEE, way_px=(25.0, 0.0)):
    """The same landmarks, one of which strays around a moment; and where it lay."""
    image_px, around = track.image_px.copy(), np.abs(track.time_s - at_s) < 1.2
    image_px[around, landmark] += way_px
    k = int(np.argmin(np.abs(track.time_s - at_s)))
    return replace(track, image_px=image_px), track.image_px[k, landmark]


def test_a_joint_put_in_its_place_is_measured_again_and_taken_back(store, open_store, tmp_path):
    t, angle = swings((30.0, 30.0, 30.0), fps=15.0)
    sound = track_of(t, seated_states(angle))
    options = {"position": "seated", "side": "left"}
    right = analyse(sound, "hip_rotation", options).document
    at = right.repetitions[1].at_s
    track, where = astray(sound, at)
    wrong = analyse(track, "hip_rotation", options).document
    result = kept(store, wrong, track)
    off = [abs(r.value - v.value) for r, v in zip(wrong.repetitions, right.repetitions, strict=True)]
    assert off[1] > 4.0
    now = correct(store, result.id, landmark_correction("left_knee", at, *where, "it lay on the chair"))
    assert abs(now.repetitions[1].value - right.repetitions[1].value) < 0.4 * off[1]
    assert now.measure("internal_rotation").edited
    assert f"left knee put in its place at {at:.2f} s" in now.warnings[0]
    assert now.measure("internal_rotation").ci95 != wrong.measure("internal_rotation").ci95
    left = correct(store, result.id, repetition_correction(now, 3, counts=False, reason=WHY))
    assert left.measure("internal_rotation").n_repetitions == now.measure("internal_rotation").n_repetitions - 1
    assert store.track(result.id).image_px == pytest.approx(track.image_px, nan_ok=True), "as it was found"
    export_person(store, "Ana", tmp_path / "ana.zip")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    import_person(other, tmp_path / "ana.zip")
    assert other.session(1).results[0].document == left
    assert remeasured(store, result.id).repetitions[1].value == pytest.approx(now.repetitions[1].value)
    assert undo(store, result.id) == now
    assert undo(store, result.id) == wrong
    with pytest.raises(BadInputError, match="outside the picture"):
        correct(store, result.id, landmark_correction("left_knee", at, -5.0, 10.0, WHY))
    assert store.session(1).results[0].document == wrong


def test_the_true_side_of_a_refused_test_is_named(store, open_store, tmp_path):
    kept_picture = Picture("start", picture_jpeg())
    track = pose_track((30.0, 31.0, 32.0), "right")
    refused = analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document
    assert refused.status == "refused"
    result = kept(store, refused, track, (kept_picture,))
    now = correct(store, result.id, side_correction("right", "I named the wrong leg"))
    assert store.pictures(result.id) == (), "they show the other leg"
    export_person(store, "Ana", tmp_path / "ana.zip")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    import_person(other, tmp_path / "ana.zip")
    (session,) = other.sessions("Ana")
    (moved,) = other.session(session.id).results
    assert undo(other, moved.id) == refused
    assert other.pictures(moved.id) == (kept_picture,)
    assert (now.status, now.side) == ("measured", "right")
    assert now.measure("internal_rotation").edited
    assert original_of(store, result.id) == refused
    assert undo(store, result.id) == refused
    assert store.pictures(result.id) == (kept_picture,)


def test_everything_made_of_it_says_that_it_was_edited(store):
    result = kept(store, rotation_document((30.0, 40.0, 32.0)))
    left_out(store, result)
    session, report = store.session(1), session_report(store, 1)
    document = session.results[0].document
    assert "(edited)" in html_of(report)
    assert "Edited by hand: repetition 2 left out" in html_of(report)
    assert pdf_of(report).startswith(b"%PDF")
    assert "Edited by hand" in csv_of([document])
    assert "Edited by hand" in fhir_of([document], person="Ana", taken_at=session.taken_at)
    written = json.loads(document.to_json())
    assert written["corrections"][0]["reason"] == WHY
    assert written["measures"][0]["edited"] is True
    assert parse_document(document.to_json(), "it") == document
    (series,) = compare(store, "Ana").series
    assert series.values[0].edited
    assert "1 value was edited by hand" in series.sentence


def test_an_archive_carries_the_corrections_and_the_original(store, new_url, open_store, tmp_path):
    result = kept(store, rotation_document((30.0, 40.0, 32.0)))
    now = left_out(store, result)
    export_person(store, "Ana", tmp_path / "a.zip")
    other = open_store(new_url())
    import_person(other, tmp_path / "a.zip")
    (there,) = other.session(1).results
    assert there.document == now
    assert original_of(other, there.id) == result.document
    assert undo(other, there.id) == result.document


def test_measuring_again_keeps_the_corrections(store):
    t, angle = swings((30.0, 33.0, 32.0), fps=15.0)
    track = track_of(t, seated_states(angle))
    fresh = analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document
    older = fresh.model_copy(update={"warnings": ("as an older version said",)})
    result = kept(store, older, track)
    # Landmarks are kept in single precision: a value may round to the other side.
    fresh = analyse(store.track(result.id), "hip_rotation", {"position": "seated", "side": "left"}).document
    left_out(store, result)
    again = remeasured(store, result.id)
    assert [r.valid for r in again.repetitions] == [True, False, True]
    assert "as an older version said" not in again.warnings
    assert original_of(store, result.id) == fresh


def test_edited_results_enter_no_figure_of_a_study(store):
    made_study(store, people=5)
    before = analyse_study(find_study(store, "Hips"), trials(store, "Hips"))
    first = next(t for t in trials(store, "Hips") if t.measure is not None)
    correct(store, first.result_id, repetition_correction(first.document, 1, counts=False, reason=WHY))
    after = analyse_study(find_study(store, "Hips"), trials(store, "Hips"))
    assert (len(before.whole.pairs), len(after.whole.pairs), after.edited) == (5, 4, 1)
    assert ("Edited by hand, left out", "1") in told_of(after).sections[0].rows


def test_on_the_command_line(tmp_path, monkeypatch, open_store):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    store = open_store(url)
    store.add_person("Ana")
    kept(store, rotation_document((30.0, 40.0, 32.0)))
    app = typer.Typer()
    app.command()(correct_session)

    def run(*words):
        done = CliRunner().invoke(app, [str(w) for w in words])
        if isinstance(done.exception, BadInputError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    said = run(1, "--repetition", 2, "--leave-out", "--reason", WHY)
    assert "Edited by hand: repetition 2 left out" in said
    assert "Internal rotation left: 31.0°" in said
    assert "34.0°" in run(1, "--undo")
    assert "hold moved" in run(1, "--repetition", 1, "--hold", 2.6, 3.4, "--reason", "earlier")
    for words, wrong in (
        ((1,), "one thing to correct"),
        ((1, "--leave-out"), "which repetition"),
        ((1, "--true-side", "up"), "left or right"),
        ((1, "--undo", "--side", "right"), "no such test, only hip-rotation left"),
        ((1, "--joint", "left-knee"), "which joint lies where"),
        ((1, "--joint", "nose", "--at", 3.5, 100, 100), "no joint nose: left-shoulder"),
        ((1, "--joint", "left-knee", "--at", 3.5, 100, 100, "--reason", "x"), "No landmarks were kept"),
    ):
        with pytest.raises(BadInputError, match=wrong):
            run(*words)
