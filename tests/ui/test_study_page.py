"""The page that checks the instrument, with Streamlit's own test client."""

import pytest
from app_pages import app
from made_results import refused_document, rotation_document
from made_study import made_study
from stick_ranges import lying, out_and_back

from rom_vision.pipeline.run import analyse
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.studies import add_study, trials


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)


@pytest.fixture
def store():
    store = SessionStore()
    yield store
    store.close()


def text_of(test):
    html = [e.proto.body for e in test.get("html")]
    parts = [*test.markdown, *test.caption, *test.info, *test.error, *test.success, *test.warning]
    return "\n".join([*(str(p.value) for p in parts), *html])


def press(test, label):
    next(b for b in test.button if b.label == label).click()
    test.run()
    assert not test.exception
    return test


def test_a_study_is_begun_a_reading_entered_blind_and_the_value_shown_after(store):
    store.add_person("Ana")
    store.save_session("Ana", [NewResult(rotation_document((33.0, 33.0, 33.0)))])
    test = app("study").run()
    test.text_input(key="study-name").set_value("Hips")
    press(test, "Begin")
    (trial_before,) = store.session(1).results
    assert "33.0°" not in text_of(test)
    test.number_input(key=f"study-value-{trial_before.id}-1").set_value(31.0)
    test.checkbox(key=f"study-blind-{trial_before.id}").check()
    press(test, "Enter")
    assert "Entered" in text_of(test)
    assert "33.0°" not in text_of(test)
    press(test, "Show the program's value")
    assert "Program 33.0°, 95 % interval 29.0° to 37.0°; reference 31.0°; difference +2.0°" in text_of(test)
    assert [r.blind for r in trials(store, "Hips")[0].readings] == [True]


def test_a_leg_raise_is_compared_and_its_refused_recordings_take_part(store):
    time_s, curve = out_and_back()
    options = {"side": "left", "mode": "active"}
    store.add_person("Ana")
    for track in (lying(time_s, 60 * curve), lying(time_s, 2 * curve)):
        store.save_session("Ana", [NewResult(analyse(track, "straight_leg_raise", options).document, track)])
    store.save_session("Ana", [NewResult(refused_document("left"))])
    measured, refused, _ = (store.session(n).results[0] for n in (1, 2, 3))
    add_study(store, "Legs", quantity="leg_raise")
    test = app("study").run()
    assert len(next(b for b in test.selectbox if b.label == "Recording").proto.options) == 2, "no refused hip rotation"
    test.selectbox(key=f"study-result-{store.person('Ana').uid}").set_value(refused.id).run()
    press(test, "Take it into the study")
    test.selectbox(key=f"study-result-{store.person('Ana').uid}").set_value(measured.id).run()
    test.number_input(key=f"study-value-{measured.id}-1").set_value(61.0)
    press(test, "Enter")
    press(test, "Show the program's value")
    assert "reference 61.0°" in text_of(test)
    assert {t.result_id for t in trials(store, "Legs")} == {measured.id, refused.id}


def test_a_form_without_a_reading_says_so(store):
    store.add_person("Ana")
    store.save_session("Ana", [NewResult(rotation_document())])
    add_study(store, "Hips")
    test = press(app("study").run(), "Enter")
    assert "at least one reading" in text_of(test)
    assert trials(store, "Hips") == []


def test_the_report_is_shown_when_asked_for(store):
    made_study(store)
    test = app("study").run()
    assert "limits of agreement" not in text_of(test)
    press(test, "Show the report")
    said = text_of(test)
    assert "Internal rotation by this program and by goniometer: bias" in said
    assert "60 pixels long" in said
    assert {b.label for b in test.get("download_button")} == {"PDF report", "HTML report", "CSV"}
    assert all(t.shown_at is not None for t in trials(store, "Hips"))


def test_how_many_people():
    test = app("study").run()
    assert "49 people, one pair each" in text_of(test)
    test.number_input(key="study-within").set_value(1.0).run()
    assert "49 people" not in text_of(test)
