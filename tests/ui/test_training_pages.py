"""Plan, today, log and progress in the app, with Streamlit's own test client; no camera, no inference."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from made_results import rotation_document
from test_pages import app, space_of, text_of
from trained import training

from rom_vision.camera.setting import UNKNOWN_CAMERA
from rom_vision.drills.book import find_drill
from rom_vision.drills.plan import DAYS, plan_of
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.training import read_plan, save_plan, save_training, trainings
from rom_vision.ui.live.drill_guide import DrillGuide
from rom_vision.ui.live.engine import LiveView
from rom_vision.ui.live.running import Running
from rom_vision.ui.parts.drill_results import show_drill_results
from rom_vision.ui.parts.frame import plain
from rom_vision.ui.parts.live_start import running_tests
from rom_vision.ui.parts.training_chart import weekly_bars


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)


@pytest.fixture
def store(own_data_folder):
    store = SessionStore()
    store.add_person("Ana")
    yield store
    store.close()


NOW = datetime.now().astimezone()


def button(test, label):
    return next(b for b in test.button if b.label == label)


def every_day(*codes):
    return plan_of(codes, now=NOW - timedelta(hours=1)).changed(days=DAYS, made_at=NOW - timedelta(hours=1))


def test_plan_is_taken_from_the_findings(store):
    store.save_session("Ana", [NewResult(rotation_document((12.0, 13.0, 14.0)))])
    test = app("train").run()
    assert not test.exception
    button(test, "Take this plan").click().run()
    assert read_plan(store, "Ana") is not None
    assert "My plan" in text_of(test)


def test_without_findings_drills_are_chosen_and_the_plan_is_changed_and_deleted(store):
    test = app("train").run()
    assert "Nothing was measured" in text_of(test)
    test.multiselect(key="plan-own").set_value(["clamshell"]).run()
    button(test, "Make a plan of these").click().run()
    assert [d.drill for d in read_plan(store, "Ana").drills] == ["clamshell"]
    test.number_input(key="dose-sets-clamshell").set_value(5).run()
    button(test, "Save the plan").click().run()
    assert read_plan(store, "Ana").drills[0].sets == 5
    button(test, "Delete the plan").click().run()
    assert read_plan(store, "Ana") is None


def test_start_page_says_what_is_due_with_one_button(store):
    assert "Today" not in text_of(app("start").run())
    save_plan(store, "Ana", every_day("clamshell", "hip_cars"))
    test = app("start").run()
    assert "Today, Ana" in text_of(test)
    assert [b.label for b in test.button].count("Train now") == 1
    save_training(store, "Ana", training("clamshell", at=NOW))
    save_training(store, "Ana", training("hip_cars", at=NOW))
    assert "Nothing more is due today" in text_of(app("start").run()).replace("\\", "")
    assert "Done for today" in text_of(app("train").run())
    save_training(store, "Ana", training("hip_cars", at=NOW, pain=6))
    assert "Pain ended" in text_of(app("train").run())


def test_retest_is_due_after_four_weeks(store):
    save_plan(store, "Ana", every_day("clamshell").changed(retest_on=NOW.date()))
    assert "Test yourself again" in text_of(app("start").run())


def test_log_is_shown_and_entries_are_deleted(store):
    number = save_training(store, "Ana", training("clamshell", at=NOW, spoiled={"feet": 3}, pain=2))
    test = app("train").run()
    assert "not counted: 3 feet came apart" in text_of(test)
    assert "pain 2" in text_of(test)
    test.button(key=f"training-{number}").click().run()
    assert trainings(store, "Ana") == []


def test_every_drill_says_where_the_camera_stands_and_what_is_not_judged(store):
    for code in ("ninety_ninety", "supine_passive_rotation"):
        text = text_of(app("train", drill=code).run())
        assert plain(find_drill(code).unseen) in text
        assert plain(find_drill(code).place) in text


def test_progress_shows_training_under_the_curve_and_no_cause(store):
    for weeks, values in ((5, (20.0, 21.0, 22.0)), (1, (31.0, 32.0, 33.0))):
        store.save_session("Ana", [NewResult(rotation_document(values))], taken_at=NOW - timedelta(weeks=weeks))
    before = text_of(app("progress").run())
    assert "of training" not in before
    save_training(store, "Ana", training("clamshell", at=NOW - timedelta(weeks=3), active_s=600.0))
    test = app("progress").run()
    assert not test.exception
    text = text_of(test)
    assert "10 minutes of training on 1 day" in text
    assert "cannot tell" in text


def test_weeks_are_bars_over_the_same_time_as_the_curve():
    at = datetime(2026, 3, 4, 12).astimezone()
    chart = weekly_bars([training(at=at, active_s=300.0)], [at - timedelta(weeks=4), at + timedelta(weeks=1)])
    (bars, _) = chart.to_dict()["layer"]
    (row,) = bars["data"]["values"]
    assert (row["from"], row["minutes"]) == ("2026-03-02T00:00:00", 5.0)
    assert bars["encoding"]["x"]["scale"]["domain"] == ["2026-02-02T00:00:00", "2026-03-16T00:00:00"]


class Ended:
    """A live drill that is over; no camera, no network."""

    def view(self):
        zeros = dict.fromkeys(("waiting_s", "age_s", "said_for_s", "analysed_per_s", "received_per_s"), 0.0)
        flags = dict.fromkeys(("stale", "paused", "broken_off"), False)
        return LiveView(
            None, begun=True, size_px=(0, 0), model="full", roll_deg=None, finished=True, measuring=0,
            measured_share=0.0, outcomes=(), **zeros, **flags,
        )  # fmt: skip


def over(test, store, done):
    """The page after a drill."""
    guide = DrillGuide(find_drill("clamshell"), 1, 8, lambda training: save_training(store, "Ana", training))
    guide.training, guide.number = done, save_training(store, "Ana", done) if done else None
    shown = {"page": "train", "title": "Clamshell", "results": partial(show_drill_results, guide)}
    running_tests().start(space_of(test), Running(Ended(), "Ana", UNKNOWN_CAMERA, **shown))
    test.session_state["selftest-live"] = True
    return test.run()


@pytest.mark.parametrize(("pain", "stops"), [(2, False), (4, True)])
def test_after_a_drill_pain_is_asked_for_and_stops_what_it_has_to(store, pain, stops):
    save_plan(store, "Ana", every_day("clamshell", "hip_cars"))
    test = over(app("train"), store, training("clamshell", at=NOW, spoiled={"feet": 1}))
    assert not test.exception
    text = text_of(test)
    assert "8 repetitions counted. Not counted: 1 feet came apart. 1.0 minutes under work." in text
    assert "How much did it hurt?" in text
    (kept,) = trainings(store, "Ana")
    key = f"drill-{kept.id}"
    next(g for g in test.get("button_group") if g.key == f"{key}-pain").set_value(pain).run()
    test.button(key=f"{key}-save").click().run()
    assert trainings(store, "Ana")[0].training.pain == pain
    labels = [b.label for b in test.button]
    assert ("Stop at pain above 3 of 10" in text_of(test)) == stops
    assert ("The same drill again" in labels) != stops
    running_tests().put_away(space_of(test), running_tests().of(space_of(test)))
    assert ("Pain ended" in text_of(app("train").run())) == stops


def test_a_drill_without_a_repetition_keeps_nothing(store):
    test = over(app("train"), store, None)
    assert "Nothing was kept" in text_of(test)
    running_tests().put_away(space_of(test), running_tests().of(space_of(test)))


def test_a_test_and_a_drill_are_not_under_way_at_once(store):
    test = over(app("selftest"), store, training("clamshell", at=NOW))
    assert "A drill is under way" in text_of(test)
    running_tests().put_away(space_of(test), running_tests().of(space_of(test)))
