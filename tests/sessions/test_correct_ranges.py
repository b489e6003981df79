"""A straight leg raise, a toe touch and a test of another package are corrected by hand like the others."""

from dataclasses import replace

import numpy as np
import pytest
from made_results import pose_track
from stick_ranges import lying, out_and_back, standing
from typer.testing import CliRunner

from rom_vision.cli.root import app
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import analyse
from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.base import Found, Protocol
from rom_vision.protocols.registry import _known, register
from rom_vision.report.content import session_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.tables import csv_of
from rom_vision.results.document import Result, parse_document
from rom_vision.results.parts import Measure, Repetition
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

WHY = "she held on to her knee"


def tops(values, one):
    """A curve that goes out three times, each time to another value."""
    time_s, _ = out_and_back()
    n = (len(time_s) - 22) // 3
    scale = np.repeat([values[0], *values], [22, n, n, len(time_s) - 22 - 2 * n])
    return time_s, one * scale


TIME_S, UNIT = out_and_back()


def raised(side="left"):
    """Raises to 60, 60 and 64 degrees."""
    time_s, curve = tops((60.0, 60.0, 64.0), UNIT)
    return lying(time_s, curve, side=side)


def reached(knee_deg=0.0):
    """Bends that leave the knuckles 60, 60 and 70 pixels over the floor."""
    time_s, curve = tops((240.0, 240.0, 230.0), UNIT)
    return standing(time_s, 95 * UNIT, fingers_px=300.0 - curve, knee_deg=knee_deg)


RANGES = {
    "straight_leg_raise": (raised(), {"side": "left", "mode": "active"}, "leg_raise", "hip_flexion_to_trunk"),
    "toe_touch": (reached(), {"stature": "170"}, "fingertip_to_floor", "trunk_inclination"),
}


@pytest.fixture(params=RANGES)
def kept(request, store):
    """A kept result of each test, with the names of its value and of one beside it."""
    track, options, quantity, beside = RANGES[request.param]
    store.add_person("Ana")
    made = NewResult(analyse(track, request.param, options).document, track)
    return store.session(store.save_session("Ana", [made])).results[0], quantity, beside


def leave_out(store, result, number):
    return correct(store, result.id, repetition_correction(result.document, number, counts=False, reason=WHY))


def test_value_interval_and_what_stands_beside_are_reckoned_again(store, kept):
    result, quantity, beside = kept
    before = result.document.measure(quantity)
    values = [r.value for r in result.document.repetitions]
    now = leave_out(store, result, 3)
    value = now.measure(quantity)
    assert value.value == pytest.approx(np.mean(values[:2]), abs=0.01)
    assert (value.n_repetitions, value.edited, value.side) == (2, True, before.side)
    assert value.best == (max if quantity == "leg_raise" else min)(values[:2])
    assert value.half_width < before.half_width, "the two that are left are alike"
    assert [r.valid for r in now.repetitions] == [True, True, False]
    assert now.repetitions[2].flags[0] == f"left out by hand: {WHY}"
    assert now.warnings[:2] == (now.warnings[0], "Only 2 valid repetitions; three are the rule.")
    of_two = [r.values[f"{beside}_deg"] for r in now.repetitions[:2]]
    assert now.measure(beside).value == pytest.approx(np.mean(of_two), abs=0.06)
    assert now.measure(beside).edited
    assert original_of(store, result.id) == result.document
    back = correct(store, result.id, repetition_correction(now, 3, counts=True, reason="it was sound"))
    assert back.measure(quantity).value == before.value
    assert back.measure(quantity).ci95 == pytest.approx(before.ci95, abs=0.011)
    assert (undo(store, result.id), undo(store, result.id)) == (now, result.document)


def test_a_hold_is_moved_along_the_curve(store, kept):
    result, quantity, _ = kept
    r = result.document.repetitions[0]
    same = correct(store, result.id, hold_correction(result.document, 1, r.hold_start_s, r.hold_end_s, "to see"))
    assert same.repetitions[0].value == pytest.approx(r.value, abs=0.02)
    assert same.repetitions[0].ci95 == pytest.approx(r.ci95, abs=0.02)
    undo(store, result.id)
    start, end = r.start_s + 0.1, r.start_s + 0.5  # still on its way
    now = correct(store, result.id, hold_correction(result.document, 1, start, end, "it was held earlier"))
    moved = now.repetitions[0]
    curve = result.document.curve("leg_raise_deg" if quantity == "leg_raise" else "fingertips_cm")
    inside = [v for time, v in zip(result.document.time_s, curve, strict=True) if round(start, 3) <= time <= end]
    assert moved.value == pytest.approx(np.mean(inside), abs=0.01)
    assert (moved.hold_start_s, moved.hold_end_s) == (round(start, 3), round(end, 3))
    assert moved.flags[0] == "hold moved by hand: it was held earlier"
    less = now.measure(quantity).value - result.document.measure(quantity).value
    assert less < -1.0 if quantity == "leg_raise" else less > 1.0
    with pytest.raises(BadInputError, match="lies within its repetition"):
        correct(store, result.id, hold_correction(result.document, 1, r.start_s - 1, r.end_s, "no"))


def test_a_hold_that_is_moved_looks_at_the_knee_again(store):
    """On the way up the knee is straight; where it was held it bends, and the raise ended before."""
    up = 80.0 * UNIT
    track = lying(TIME_S, up, knee_deg=np.clip((up - 60) * 1.5, 0, 30))
    document = analyse(track, "straight_leg_raise", {"side": "left", "mode": "active"}).document
    store.add_person("Ana")
    result = store.session(store.save_session("Ana", [NewResult(document, track)])).results[0]
    r = document.repetitions[0]
    assert r.flags[0].startswith("the knee bends by")
    same = correct(store, result.id, hold_correction(document, 1, r.hold_start_s, r.hold_end_s, "to see"))
    assert same.repetitions[0].value == pytest.approx(r.value, abs=0.02)
    assert same.repetitions[0].flags[1:] == r.flags
    now = correct(store, result.id, hold_correction(document, 1, r.start_s, r.start_s + 0.25, "the knee was straight"))
    assert not any(flag.startswith("the knee bends") for flag in now.repetitions[0].flags)
    assert now.repetitions[0].value < r.value


def test_nothing_is_left_to_measure(store, kept):
    result, *_ = kept
    leave_out(store, result, 1)
    two = leave_out(store, result, 2)
    with pytest.raises(BadInputError, match="No repetition would be left"):
        leave_out(store, result, 3)
    assert store.session(1).results[0].document == two


def test_the_true_side_of_a_leg_raise_is_named(store):
    track = raised("right")
    refused = analyse(track, "straight_leg_raise", {"side": "left", "mode": "active"}).document
    assert "It was the right leg that moved" in refused.reasons[0]
    store.add_person("Ana")
    result = store.session(store.save_session("Ana", [NewResult(refused, track)])).results[0]
    now = correct(store, result.id, side_correction("right", "I named the wrong leg"))
    assert (now.status, now.side) == ("measured", "right")
    assert now.measure("leg_raise", "right").edited
    assert undo(store, result.id) == refused


def test_a_toe_touch_has_no_side_to_name(store):
    track, options, *_ = RANGES["toe_touch"]
    store.add_person("Ana")
    made = NewResult(analyse(track, "toe_touch", options).document, track)
    result = store.session(store.save_session("Ana", [made])).results[0]
    with pytest.raises(BadInputError, match="Toe touch: the tested leg cannot be corrected in this test"):
        correct(store, result.id, side_correction("right", WHY))
    assert store.session(1).results[0].document == result.document


def test_a_joint_is_put_in_its_place(store):
    """A knee that was found too high through the second hold makes it another raise; put back, it is the same."""
    sound = raised()
    options = {"side": "left", "mode": "active"}
    right = analyse(sound, "straight_leg_raise", options).document
    at = right.repetitions[1].at_s
    px = np.array(sound.image_px)
    px[np.abs(sound.time_s - at) < 1.2, Landmark.LEFT_KNEE] += (0.0, -60.0)
    track = replace(sound, image_px=px)
    wrong = analyse(track, "straight_leg_raise", options).document
    store.add_person("Ana")
    result = store.session(store.save_session("Ana", [NewResult(wrong, track)])).results[0]
    off = abs(wrong.repetitions[1].value - right.repetitions[1].value)
    assert off > 2.0
    k = int(np.argmin(np.abs(sound.time_s - at)))
    where = sound.image_px[k, Landmark.LEFT_KNEE]
    now = correct(store, result.id, landmark_correction("left_knee", at, *where, "it lay on her hand"))
    assert abs(now.repetitions[1].value - right.repetitions[1].value) < 0.5 * off
    assert now.measure("leg_raise").edited


def test_it_is_marked_everywhere_and_travels(store, kept, open_store, tmp_path):
    result, quantity, _ = kept
    now = leave_out(store, result, 3)
    report = html_of(session_report(store, 1))
    assert "(edited)" in report
    assert "Edited by hand: repetition 3 left out" in report
    assert "Edited by hand" in csv_of([now])
    assert "Edited by hand" in fhir_of([now], person="Ana", taken_at=store.session(1).taken_at)
    assert parse_document(now.to_json(), "it") == now
    export_person(store, "Ana", tmp_path / "ana.zip")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    import_person(other, tmp_path / "ana.zip")
    assert other.session(1).results[0].document == now
    again = remeasured(other, 1)
    assert again.measure(quantity).value == pytest.approx(now.measure(quantity).value, abs=0.02)
    assert [r.valid for r in again.repetitions] == [True, True, False]


def test_on_the_command_line(tmp_path, monkeypatch, open_store):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    store = open_store(url)
    store.add_person("Ana")
    both = [NewResult(analyse(track, test, options).document, track) for test, (track, options, *_) in RANGES.items()]
    store.save_session("Ana", both)

    def run(*words):
        return CliRunner().invoke(app, ["sessions", "correct", "1", *words])

    wrong = ("--repetition", "3", "--leave-out", "--reason", WHY)
    assert "straight-leg-raise left, toe-touch" in str(run(*wrong).exception)
    said = run("--test", "toe-touch", *wrong)
    assert "Edited by hand: repetition 3 left out" in said.output, said
    reach = store.session(1).results[1].document.measure("fingertip_to_floor")
    assert f"Fingertips over the floor: {reach.value:.1f} cm (95 % interval" in said.output
    assert "Straight leg raise left:" in run("--side", "left", *wrong).output
    assert "no such test, only straight-leg-raise left" in str(run("--test", "squat", *wrong).exception)
    assert "There is no test" in str(run("--test", "hop", *wrong).exception)


class Nods(Protocol):
    """A test of another package, which says nothing of corrections."""

    name = "nods"
    title = "Nods"
    summary = "How far a head nods."

    def analyse(self, track, camera, options, level=None):
        """Three nods, whatever is seen."""
        angles = (40.0, 42.0, 50.0)
        repetitions = tuple(
            Repetition(n, n + 0.5, n + 0.2, "nod", v, ci95=(v - 3, v + 3)) for n, v in enumerate(angles)
        )
        half = float(np.hypot(3.0, 1.96 * np.std(angles, ddof=1) / 3**0.5))
        mean = float(np.mean(angles))
        measure = Measure("nod", "nod", "both", mean, ci95=(mean - half, mean + half), best=50.0, repetitions=angles)
        rest = Measure("rest", "head at rest", "both", 2.0)
        return Found(Result(test="nods", status="measured", measures=(measure, rest), repetitions=repetitions))


def test_a_test_of_another_package_is_corrected_without_a_line_of_its_own(store):
    register(Nods())
    try:
        document = analyse(pose_track(), "nods", {}).document
        store.add_person("Ana")
        result = store.session(store.save_session("Ana", [NewResult(document)])).results[0]
        now = leave_out(store, result, 3)
        nod = now.measure("nod")
        assert (nod.value, nod.best, nod.n_repetitions, nod.edited) == (41.0, 42.0, 2, True)
        assert nod.half_width == pytest.approx(np.hypot(3.0, 1.96 * np.std([40, 42], ddof=1) / 2**0.5), abs=0.01)
        assert not now.measure("rest").edited
        with pytest.raises(BadInputError, match="Nods: a hold cannot be corrected in this test"):
            correct(store, result.id, hold_correction(document, 1, 0.1, 0.4, WHY))
        assert undo(store, result.id) == document
    finally:
        _known.pop("nods")
