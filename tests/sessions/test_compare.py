import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from made_results import finding, refused_document, rotation_document, squat_document

from rom_vision.sessions import NewResult
from rom_vision.sessions.compare import compare

START = datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def store(tmp_path, open_store):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    store.add_person("Ana")
    return store


def save(store, week, *documents):
    store.save_session("Ana", [NewResult(d) for d in documents], taken_at=START + timedelta(weeks=week))


def rotation(value, **more):
    return rotation_document((value - 1, value, value + 1), **more)


def test_series_by_hand(store):
    for week, value in ((0, 28.0), (1, 30.0), (5, 41.0)):
        save(store, week, rotation(value))
    (series,) = compare(store, "ana").series
    assert (series.test, series.position, series.mode, series.side) == ("hip_rotation", "seated", "active", "left")
    assert [v.value for v in series.values] == [28.0, 30.0, 41.0]
    assert series.values[0].date.isoformat() == "2026-01-05T09:00:00+01:00"
    assert (series.baseline, series.change, series.verdict) == (29.0, 12.0, "likely_real")
    assert series.sentence == (
        "Internal rotation, left, seated, active: 29.0° in the first 2 sessions, 41.0° now, +12.0°: more than noise "
        "explains 19 times in 20, likely a real change; a test on another day would confirm it "
        f"(noise alone explains up to {series.mdc95:.1f}°)."
    )


def test_only_like_is_compared_with_like(store):
    save(store, 0, rotation(30.0), rotation(33.0, side="right"), rotation(31.0, position="supine"))
    save(
        store,
        4,
        rotation(38.5, mode="passive"),
        rotation_document((39.0, 40.0, 41.0), (34.0, 35.0, 36.0)),
        refused_document("right"),
    )
    found = {(s.measure, s.position, s.mode, s.side): len(s.values) for s in compare(store, "Ana").series}
    assert found == {
        ("internal_rotation", "seated", "active", "left"): 2,
        ("external_rotation", "seated", "active", "left"): 1,
        ("internal_rotation", "seated", "active", "right"): 1,
        ("internal_rotation", "supine", "active", "left"): 1,
        ("internal_rotation", "seated", "passive", "left"): 1,
    }


@pytest.mark.parametrize("changed", [{"camera": "calibrated phone"}, {"model": "pose_landmarker_full"}])
def test_changed_camera_set_up_starts_a_new_series_and_says_so(store, changed):
    save(store, 0, rotation(30.0))
    save(store, 4, rotation(45.0, **changed))
    first, second = compare(store, "Ana").series
    assert (first.change, second.change, second.verdict) == (None, None, "no_change")
    assert "set-up changed" not in first.sentence
    assert "The camera set-up changed (" in second.sentence
    assert "): a new series, not compared with 1 session" in second.sentence
    assert next(iter(changed.values())).replace("_", " ") in second.sentence
    assert next(iter(changed.values())).replace("_", " ") in second.setup
    save(store, 8, rotation(30.5))
    assert [len(s.values) for s in compare(store, "Ana").series] == [2, 1]


def test_next_version_starts_a_new_series_until_the_old_sessions_are_measured_again(store):
    def made_by(version, value):
        document = rotation(value)
        versions = {**document.provenance.versions, "rom-vision": version}
        provenance = document.provenance.model_copy(update={"versions": versions})
        return document.model_copy(update={"provenance": provenance})

    save(store, 0, made_by("0.1.0", 30.0))
    save(store, 4, made_by("0.1.9", 31.0))
    save(store, 8, made_by("0.2.0", 45.0))
    old, new = compare(store, "Ana").series
    assert (len(old.values), len(new.values)) == (2, 1)
    assert "(version: 0.2 instead of 0.1): a new series, not compared with 2 sessions" in new.sentence
    assert "rom-vision sessions remeasure" in new.sentence
    for line in store.sessions("Ana")[:2]:
        store.replace_document(store.session(line.id).results[0].id, made_by("0.2.0", 44.0))
    (united,) = compare(store, "Ana").series
    assert [v.value for v in united.values] == [44.0, 44.0, 45.0]


def test_squat_is_compared_in_depth_and_projection_angle_and_by_view(store):
    for week, valgus in ((0, 14.0), (4, 4.0)):
        found = [
            finding("knee_valgus", "left", "mild", valgus),
            finding("lateral_shift", "left", "mild", 9.0, unit="%"),
        ]
        save(store, week, squat_document(found, knee=(90.0 + week,)))
    save(store, 8, squat_document([], view="left_side"))
    series = {(s.measure, s.side, len(s.values)): s for s in compare(store, "Ana").series}
    assert set(series) == {
        ("knee_flexion", "left", 2),
        ("knee_flexion", "right", 2),
        ("knee_valgus", "left", 2),
        ("knee_flexion", "left", 1),
        ("knee_flexion", "right", 1),
    }
    assert not any(s.new_setup for s in series.values())
    titles = {len(s.values): s.title for s in series.values() if (s.measure, s.side) == ("knee_flexion", "left")}
    assert titles == {
        2: "Knee flexion at the bottom, left, seen from the front",
        1: "Knee flexion at the bottom, left, seen from the left side",
    }
    valgus = series["knee_valgus", "left", 2]
    assert (valgus.change, valgus.verdict, valgus.position) == (-10.0, "likely_real", None)


def test_later_sessions_can_be_left_out(store):
    for week in range(3):
        save(store, week, rotation(30.0 + week))
    (series,) = compare(store, "Ana", until=START + timedelta(weeks=1)).series
    assert len(series.values) == 2


def test_a_value_of_one_or_two_swings_is_left_out_unless_wanted(store):
    save(store, 0, rotation(28.0))
    save(store, 1, rotation_document((40.0, 44.0)))
    save(store, 2, rotation(29.0))
    (series,) = compare(store, "Ana").series
    assert [v.value for v in series.values] == [28.0, 29.0]
    assert series.sentence.endswith("Left out: 1 value of one or two repetitions.")
    (series,) = compare(store, "Ana", incomplete=True).series
    assert [v.value for v in series.values] == [28.0, 42.0, 29.0]
    assert "Left out" not in series.sentence


def test_a_first_value_of_two_swings_is_shown_for_want_of_another(store):
    save(store, 0, rotation_document((40.0, 44.0)))
    (series,) = compare(store, "Ana").series
    assert [v.value for v in series.values] == [42.0]


def test_shape_is_the_agreed_one(store, tmp_path):
    script = Path(__file__).parents[2].parent / "shared" / "checks" / "contract"
    if not script.is_file():
        pytest.skip("the agreed shape (../shared/checks/contract) is not here")
    for week in range(6):
        save(store, week, rotation_document((30.0 + week,), (40.0,)), squat_document(), refused_document("right"))
    comparison = compare(store, "Ana")
    assert len(comparison.series) >= 5
    shapes = {
        "compare": [comparison],
        "rotation": [rotation_document(), rotation_document((30.0,), (40.0,)), refused_document()],
        "squat": [squat_document()],
    }
    for shape, documents in shapes.items():
        for document in documents:
            path = tmp_path / "document.json"
            path.write_text(document.to_json(), encoding="utf-8")
            said = subprocess.run([sys.executable, "-B", script, shape, path], capture_output=True, text=True)
            assert (said.stdout, said.returncode) == ("ok\n", 0)
