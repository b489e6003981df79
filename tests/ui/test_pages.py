"""The pages' logic, with Streamlit's own test client; results are built, no inference runs."""

import dataclasses
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from app_pages import app
from hostile_text import HOSTILE
from made_results import (
    finding,
    picture_jpeg,
    pose_track,
    refused_document,
    rotation_document,
    squat_document,
)
from squat_tracks import GOOD, joined, squat_track
from stick_people import candidate, seated
from stick_ranges import lying, out_and_back, standing

from rom_vision.capture import Frame
from rom_vision.capture.taken import Filmed
from rom_vision.legible import legible
from rom_vision.pipeline.run import analyse
from rom_vision.pose.several import Several
from rom_vision.pose.subject import PointedAt
from rom_vision.protocols.registry import find_protocol
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.correct import original_of
from rom_vision.sessions.edit import edit_session
from rom_vision.ui.parts import space as spaces
from rom_vision.ui.parts.charts import plain_curve
from rom_vision.ui.parts.frame import plain
from rom_vision.ui.parts.keys import owner_key
from rom_vision.ui.parts.samples import samples
from rom_vision.ui.parts.work import Finished, Request, Whom, _again

REPO = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)


def space_of(test):
    return spaces.hashlib.sha256(test.session_state["space_key"].encode()).hexdigest()[:32]


def text_of(test):
    parts = [
        *test.title,
        *test.header,
        *test.subheader,
        *test.markdown,
        *test.caption,
        *test.error,
        *test.info,
        *test.warning,
    ]
    html = [e.proto.body for e in test.get("html")]
    buttons, tabs = [b.label for b in test.button], [t.label for t in test.tabs]
    return "\n".join([*(str(p.value) for p in parts), *html, *buttons, *tabs])


def finished(document, pictures=(), track=None):
    return Finished(document, track or pose_track(), tuple(pictures), None)


def done_job(test, outcome):
    runner = spaces.runner()
    job = runner.new(space_of(test), "me & you.mp4")
    job.state, job.outcome = "done", outcome
    return job


@pytest.mark.parametrize("page", ["start", "upload", "result", "progress", "camera", "study", "privacy"])
@pytest.mark.parametrize("owner", [True, False])
def test_every_page_opens(page, owner):
    test = app(page, owner).run()
    assert not test.exception
    assert not test.error
    assert test.title


def test_start_tells_who_should_not():
    text = text_of(app("start").run())
    assert "hip replacement" in text
    assert "pinch" in text
    assert "knee height" in text


def test_a_measured_result_shows_value_interval_and_place():
    test = app("result").run()
    pictures = [
        Picture(f"End of internal rotation, left hip, repetition {n}: 30.0°", picture_jpeg()) for n in (1, 2, 3)
    ]
    job = done_job(test, finished(rotation_document(), pictures))
    test.query_params["job"] = job.id
    test.run()
    assert not test.exception
    text = text_of(test)
    assert "31.0°" in text
    assert "95 % interval 27.0° to 35.0°" in text
    assert "reference band" in text
    assert f"**Repetition 1{plain(', internal rotation: 30.0°')}**" in text
    test.segmented_control(key="fresh-number").set_value(3).run()
    assert f"**Repetition 3{plain(', internal rotation: 32.0°')}**" in text_of(test)


def test_a_refused_result_says_why_and_shows_no_number():
    test = app("result").run()
    job = done_job(test, finished(refused_document()))
    test.query_params["job"] = job.id
    test.run()
    assert not test.exception
    text = text_of(test)
    assert "Not measured" in text
    assert "60 pixels long" in text
    assert 'class="rv-big"' not in text
    assert "Save it to a person" not in text


def test_squat_findings_are_cards_and_the_unseen_is_named():
    documents = squat_document(
        (finding("knee_valgus", "left", "marked", 14.0), finding("heel_rise", "both", "not_assessable", None))
    )
    test = app("result").run()
    test.query_params["job"] = done_job(test, finished(documents)).id
    test.run()
    assert not test.exception
    text = text_of(test)
    assert "Marked: knee valgus, left" in text
    assert "heel rise" in text


def test_a_squat_is_answered_question_by_question_before_anything_else():
    documents = squat_document(
        (
            finding("knee_valgus", "left", "marked", 19.9, change_from_standing=23.0, ci95=(17.0, 29.0)),
            finding("knee_valgus", "right", "none", 2.0),
            finding("lateral_shift", "both", "none", 1.0),
            finding("heel_rise", "both", "not_assessable", None, sentence="Rising heel: cannot be seen from here."),
        )
    )
    moment = Picture("worst moment, knee valgus, left", picture_jpeg())
    test = app("result").run()
    test.query_params["job"] = done_job(test, finished(documents, [moment])).id
    test.run()
    assert not test.exception
    bodies = [e.proto.body for e in test.get("html")]
    table = next(body for body in bodies if "rv-answers" in body and "<table" in body)
    said = next(body for body in bodies if 'class="rv-answer"' in body)
    assert "Found: knees in (marked); 1 more was looked at and not found; 1 cannot be seen" in said
    assert "Left: 23° (95 %: 17 to 29°), counts from 10°" in table
    assert "Cannot be seen from here" in table
    text = text_of(test)
    # The severity stays although there is a picture, and the number is the one that the threshold belongs to.
    assert "Marked: knee valgus, left" in text
    assert "Measured 23° (95 %: 17 to 29°); threshold 10°" in text.replace("\\", "")
    assert "picture itself shows 20°" in text.replace("\\", "")


def test_a_result_is_saved_to_a_new_person_and_shown_from_the_store():
    test = app("result").run()
    test.query_params["job"] = done_job(test, finished(rotation_document())).id
    test.run()
    test.text_input(key="save-name").set_value("Ana <b>*x*</b>")
    next(b for b in test.button if b.label == "Add").click().run()
    test.button(key="save").click().run()
    assert not test.exception
    store = SessionStore()
    (line,) = store.sessions("Ana <b>*x*</b>")
    assert str(line.id) in test.query_params["session"]
    assert "Save it to a person" not in text_of(test)
    assert f"session {line.id}." in test.success[0].value


PAGES_WITH_A_PERSON = ["start", "upload", "train", "result", "progress", "camera", "study", "privacy"]


def with_people(*names):
    store = SessionStore()
    for name in names:
        store.add_person(name)
    return store


def named(test):
    """Who the top of the page names."""
    return next(p.proto.popover.label for p in test.get("popover")).removeprefix("Person: ")


@pytest.mark.parametrize("page", PAGES_WITH_A_PERSON)
def test_of_several_people_none_is_taken_by_itself_and_the_chosen_one_stays(page):
    with_people("Ana", "Walter")
    first = app("progress").run()
    assert not first.exception
    assert named(first) == "nobody chosen yet"
    first.selectbox(key="progress-person").set_value(SessionStore().person("Walter").uid).run()
    assert named(first) == "Walter"
    reloaded = app(page).run()
    assert named(reloaded) == "Walter"
    assert not reloaded.exception


def test_the_person_whose_session_is_open_is_the_one_on_every_other_page():
    store = with_people("Ana", "Walter")
    number = store.save_result("Walter", NewResult(rotation_document()))
    test = app("result", session=str(number))
    test.session_state["person-uid"] = store.person("Ana").uid
    test.run()
    assert named(test) == "Walter"
    (box,) = [s for s in app("progress").run().selectbox if s.key == "progress-person"]
    assert box.value == store.person("Walter").uid


def test_a_guest_is_told_that_this_is_not_the_owners_data():
    assert "Opened without its key" in text_of(app("progress", owner=False).run())
    assert "Opened without its key" not in text_of(app("progress").run())


def of_recording(document, digest="c" * 64):
    source = document.provenance.model_copy(update={"video_sha256": digest})
    return document.model_copy(update={"provenance": source})


def test_a_kept_result_is_not_offered_again_after_going_back():
    with_people("Ana")
    test = app("result").run()
    job = done_job(test, finished(rotation_document()))
    test.query_params["job"] = job.id
    test.run()
    test.button(key="save").click().run()
    del test.query_params["session"]
    test.run()
    assert not test.exception
    assert "Save it to a person" not in text_of(test)
    assert "Kept for Ana" in test.success[0].value


def test_the_same_recording_measured_again_is_kept_twice_only_when_told():
    store = with_people("Ana")
    document = of_recording(rotation_document())
    number = store.save_result("Ana", NewResult(document))
    test = app("result").run()
    test.query_params["job"] = done_job(test, finished(document)).id
    test.run()
    test.button(key="save").click().run()
    assert f"already kept, in session {number}" in text_of(test)
    assert len(store.sessions("Ana")) == 1
    test.button(key="save-twice").click().run()
    assert not test.exception
    assert len(store.sessions("Ana")) == 2


def test_an_upload_is_dated_by_its_file_and_the_date_can_be_changed():
    store = with_people("Ana")
    moment = datetime(2026, 1, 5, 12, 34, 56).astimezone()
    made = Finished(rotation_document(), pose_track(), (), None, None, Filmed(moment, "file"))
    test = app("result").run()
    test.query_params["job"] = done_job(test, made).id
    test.run()
    assert test.date_input(key="save-day").value == moment.date()
    test.button(key="save").click().run()
    (line,) = store.sessions("Ana")
    assert line.taken_at == moment
    key = f"edit-{line.id}"
    test.date_input(key=f"{key}-day").set_value(moment.date().replace(day=2))
    test.text_area(key=f"{key}-note").set_value("*cold* room")
    test.button(key=f"{key}-save").click().run()
    assert not test.exception
    (line,) = store.sessions("Ana")
    assert (line.taken_at.day, line.note) == (2, "*cold* room")
    assert plain("*cold* room") in text_of(test)
    assert "date changed from" in text_of(test).replace("\\", "")


def test_the_side_of_a_kept_test_is_changed_by_measuring_its_landmarks_again():
    from rom_vision.pipeline.run import analyse

    store = with_people("Ana")
    track = pose_track((30.0, 31.0, 32.0), "left")
    measured = analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document
    number = store.save_result("Ana", NewResult(measured, track))
    test = app("result", session=str(number)).run()
    (box,) = [c for c in test.segmented_control if "side" in (c.key or "")]
    box.set_value("right")
    test.button(key=f"edit-{number}-save").click().run()
    assert "right leg cannot be measured" in test.error[0].value
    assert store.session(number).results[0].document.side == "left"


def test_two_sessions_stand_side_by_side_at_their_holds():
    store = with_people("Ana")
    for day, peaks in ((3, (30.0, 31.0, 36.0)), (20, (33.0, 41.0, 35.0))):
        pictures = tuple(
            Picture(f"End of internal rotation, left hip, repetition {n}: {p}°", picture_jpeg())
            for n, p in enumerate(peaks, 1)
        )
        taken = datetime(2026, 3, day, 9, 0).astimezone()
        store.save_session("Ana", [NewResult(rotation_document(peaks), None, pictures)], taken_at=taken)
    test = app("progress").run()
    test.toggle(key="progress-beside").set_value(True).run()
    assert not test.exception
    assert "aligned at the hold" in text_of(test)
    assert "No picture of it was kept" not in text_of(test)
    assert len([e for e in test.main if e.type in ("imgs", "image", "image_list")]) == 2, [e.type for e in test.main]


def test_a_repetition_is_left_out_by_hand_and_comes_back():
    store = with_people("Ana")
    number = store.save_result("Ana", NewResult(rotation_document((30.0, 40.0, 32.0))))
    key = f"correct-{store.session(number).results[0].id}"
    test = app("result", session=str(number)).run()
    test.button(key=f"{key}-save").click().run()
    assert "Say why" in test.error[0].value
    test.selectbox(key=f"{key}-number").set_value(2).run()
    test.text_input(key=f"{key}-reason").set_value("the pelvis moved")
    test.button(key=f"{key}-save").click().run()
    assert not test.exception
    said = text_of(test)
    assert "Edited by hand" in said
    assert "31.0°" in said
    assert plain("As measured: internal rotation 34.0°") in said
    test.button(key=f"{key}-undo").click().run()
    assert "Edited by hand" not in text_of(test)
    assert store.session(number).results[0].document == rotation_document((30.0, 40.0, 32.0))


def test_a_squat_is_left_out_by_hand_and_the_findings_follow():
    store = with_people("Ana")
    track = joined(squat_track(GOOD), squat_track(replace(GOOD, shift=0.4), seed=1))
    number = store.save_result("Ana", NewResult(analyse(track, "squat", {"legs": "both"}).document, track))
    key = f"correct-{store.session(number).results[0].id}"
    test = app("result", session=str(number)).run()
    test.selectbox(key=f"{key}-number").set_value(4).run()
    test.text_input(key=f"{key}-reason").set_value("she lost her balance")
    test.button(key=f"{key}-save").click().run()
    assert not test.exception
    assert "repetition 4 left out" in text_of(test).lower()
    (result,) = store.session(number).results
    before, now = (
        next(f.severity for f in d.findings if f.code == "lateral_shift")
        for d in (original_of(store, result.id), result.document)
    )
    assert (before, now) == ("marked", "none")


def test_the_hold_of_a_leg_raise_is_moved_and_a_toe_touch_left_out():
    store, (time_s, curve) = with_people("Ana"), out_and_back()
    tracks = {
        "straight_leg_raise": (lying(time_s, 60 * curve), {"side": "left", "mode": "active"}),
        "toe_touch": (standing(time_s, 95 * curve, fingers_px=300.0 - 240 * curve), {"stature": "170"}),
    }
    for name, (track, options) in tracks.items():
        number = store.save_result("Ana", NewResult(analyse(track, name, options).document, track))
        result = store.session(number).results[-1]  # of the same sitting
        key, r = f"correct-{result.id}", result.document.repetitions[0]
        test = app("result", session=str(number)).run()
        test.text_input(key=f"{key}-reason").set_value("she held it earlier")
        if name == "straight_leg_raise":
            test.segmented_control(key=f"{key}-what-1").set_value("hold").run()
            test.slider(key=f"{key}-hold-1").set_value((r.start_s + 0.1, r.start_s + 0.6))
        test.button(key=f"{key}-save").click().run()
        assert not test.exception
        said, now = text_of(test), store.session(number).results[-1]
        assert plain("As measured: ") in said
        if name == "straight_leg_raise":
            assert "repetition 1 hold moved" in said.lower()
            assert now.document.repetitions[0].value < r.value - 5
        else:
            assert "repetition 1 left out" in said.lower()
            assert not now.document.repetitions[0].valid
            assert "1: set aside" in str(plain_curve(now.document, "fingertips_cm").to_dict())


def test_another_person_of_the_recording_can_be_chosen_where_there_were_several():
    store = with_people("Ana")
    document = rotation_document((30.0, 40.0, 32.0))
    offered = []
    for subject in ("the only person in the picture", "person 1 of 2, counted from left to right: moved the legs most"):
        made_by = document.provenance.model_copy(update={"subject": subject})
        result = NewResult(document.model_copy(update={"provenance": made_by}))
        number = store.save_session("Ana", [result], again=True)
        test = app("result", session=str(number)).run()
        assert not test.exception
        offered.append("Another person did the test" in [e.label for e in test.expander])
    assert offered == [False, True]
    assert "Person 1 of 2, counted from the left, was measured" in text_of(test)


def test_a_refused_result_is_no_dead_end_and_the_other_leg_is_one_click(tmp_path, monkeypatch):
    from rom_vision.camera.level import level_from_user
    from rom_vision.pipeline.run import analyse
    from rom_vision.ui.parts import again

    track = pose_track((30.0, 31.0, 32.0), "right")
    request = Request("hip_rotation", {"position": "seated", "side": "left", "mode": "active"})
    refused = analyse(track, "hip_rotation", request.options, level=level_from_user(0.0)).document
    test = app("result").run()
    job = done_job(test, Finished(refused, track, (), None, request))
    job.recording = tmp_path / "me.mp4"
    job.recording.write_bytes(b"stands for the recording")
    started = []
    monkeypatch.setattr(again, "check_camera", lambda *_: None)
    monkeypatch.setattr(spaces.runner(), "start", lambda job, work: started.append((job, work)))
    test.query_params["job"] = job.id
    test.run()
    assert "the right leg that moved" in text_of(test)
    next(b for b in test.button if b.label == "Measure as the right leg").click().run()
    assert not test.exception
    ((new, work),) = started
    assert work.args[2].options == {"position": "seated", "side": "right", "mode": "active"}
    assert new.recording.read_bytes() == b"stands for the recording"
    assert _again(work.keywords["before"], work.args[2]).document.status == "measured"


def test_several_people_are_shown_and_one_click_says_whom_to_follow(tmp_path, monkeypatch):
    people = tuple(PointedAt(1.5, candidate(seated(x=x))) for x in (300.0, 900.0))
    whom = Whom(Several(Frame(1.5, np.full((720, 1280, 3), 90, np.uint8), 3), people, 1), Request("hip_rotation"))
    test = app("upload").run()
    job = done_job(test, whom)
    job.recording = tmp_path / "me.mp4"
    job.recording.write_bytes(b"stands for the recording")
    assert f"Several people are in: {plain(job.title)}. Say whom to follow" in text_of(test.run())
    test.query_params["job"] = job.id
    test.run()
    assert "2 people are in" in text_of(test)
    labels = {b.key: (b.label, b.proto.type) for b in test.button if b.key and b.key.startswith("whom-")}
    assert labels == {"whom-0": ("Person 1", "secondary"), "whom-1": ("Person 2: seems to do the test", "primary")}
    assert len(test.get("image")) == 2
    started = []
    monkeypatch.setattr(spaces.runner(), "start", lambda job, work: started.append((job, work)))
    test.button(key="whom-0").click().run()
    assert not test.exception
    ((same, work),) = started
    assert same is job
    assert work.args[2].subject is people[0]


def test_the_recording_is_deleted_when_its_pages_are_left(tmp_path):
    test = app("result").run()
    job = done_job(test, finished(rotation_document()))
    job.recording = tmp_path / "me.mp4"
    job.recording.write_bytes(b"x")
    test.query_params["job"] = job.id
    test.run()
    assert job.recording.is_file()
    del test.query_params["job"]
    test.run()
    assert job.recording is None
    assert not (tmp_path / "me.mp4").exists()


def test_people_and_results_of_one_browser_are_not_seen_by_another():
    mine, other = app("progress").run(), app("progress", owner=False).run()
    SessionStore().add_person("Ana")
    job = done_job(mine, finished(rotation_document()))
    assert "Ana" in str(mine.run().selectbox(key="progress-person").options)
    assert "Person" not in [box.label for box in other.run().selectbox]
    stranger = app("result", owner=False, job=job.id).run()
    assert "no longer here" in text_of(stranger)
    assert "31.0°" not in text_of(stranger)


def test_a_guest_cannot_open_the_owners_session_by_its_number():
    store = SessionStore()
    store.add_person("Ana")
    number = store.save_result("Ana", NewResult(rotation_document()))
    test = app("result", owner=False, session=str(number)).run()
    assert "There is no session" in text_of(test)
    assert "Ana" not in text_of(test)


def test_progress_shows_left_and_right_and_judges_the_change():
    store = SessionStore()
    store.add_person("Ana")
    for when, left, right in (("2026-01-05", 28.0, 33.0), ("2026-03-05", 41.0, 34.0)):
        results = [
            NewResult(rotation_document((left, left, left), side="left")),
            NewResult(rotation_document((right, right, right), side="right")),
        ]
        store.save_session("Ana", results, taken_at=spaces_date(when))
    test = app("progress").run()
    assert not test.exception
    text = text_of(test)
    assert "Likely a real change" in text
    assert "+13.0°" in text
    assert [s.label for s in test.selectbox if s.label in ("Earlier", "Later")] == ["Earlier", "Later"]
    assert "minimal detectable change" in text
    assert len(test.get("vega_lite_chart") or test.get("arrow_vega_lite_chart")) == 1
    assert "Left: since 05 January 2026 +13°, from 28° to 41° in 2 sessions: likely a real change." in text
    assert "Right: since 05 January 2026 +1°" in text
    assert "30 to 45°" in text.replace("\\", "")
    assert "internal rotation, left 41" in text.replace("\\", "")


def spaces_date(day):
    from datetime import datetime, timezone

    return datetime.fromisoformat(day).replace(tzinfo=timezone.utc)


def test_deleting_a_person_asks_first():
    store = SessionStore()
    store.add_person("Ana")
    test = app("privacy").run()
    next(b for b in test.button if b.label == "Delete").click().run()
    assert "There is no way back" in text_of(test)
    assert [p.name for p in store.people()] == ["Ana"]


def test_a_cut_off_address_is_told():
    assert "names no session" in text_of(app("result", session="1; drop").run())


def test_samples_name_what_they_are():
    found = samples()
    if not found:
        pytest.skip("the sample clips are not there")
    assert all(s.what and find_protocol(s.test) is not None for s in found)


def test_settings_are_safe_and_the_same_wherever_the_app_is_started():
    ours, root = REPO / "rom_vision/ui/.streamlit/config.toml", REPO / ".streamlit/config.toml"
    assert ours.read_text() == root.read_text()
    text = ours.read_text()
    for line in (
        'address = "127.0.0.1"',
        "gatherUsageStats = false",
        "runOnSave = false",
        "enableXsrfProtection = true",
    ):
        assert line in text


def test_the_owners_key_is_readable_by_the_owner_only(tmp_path):
    key = owner_key()
    assert owner_key() == key
    assert len(key) >= 32
    assert (tmp_path / "rom_vision" / "app-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_what_markdown_would_take_for_signs_is_escaped(text):
    """That Streamlit then shows it as it is, a test in the browser says."""
    escaped = plain(text)
    assert "\n" not in escaped
    bare = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped).replace("\u2060", "")
    assert bare == legible(" ".join(text.split()))


def test_no_text_of_a_document_or_a_person_reaches_the_result_page_as_markup():
    text = "<b>*x*</b> [a](http://b.example) :material/home: $y$ -> &amp;"
    squat = squat_document()
    told = tuple(dataclasses.replace(f, sentence=text, source=text, code="heel_rise") for f in squat.findings)
    made = squat.provenance.model_copy(update={"video": text, "model": text, "subject": text})
    said = {"warnings": (text,), "provenance": made}
    squat = squat.model_copy(update={**said, "findings": told})
    refused = refused_document().model_copy(update={**said, "reasons": (text,)})
    store = SessionStore()
    store.add_person(text)
    pictures = (Picture(text, picture_jpeg()),)
    rotation = rotation_document()
    rotation = rotation.model_copy(update={**said, "options": {**rotation.options, "mode": text}})
    number = store.save_session(text, [NewResult(d, pose_track(), pictures) for d in (squat, rotation, refused)])
    store.close()
    edit_session(store := SessionStore(), number, note=text)
    store.close()
    for page in ("result", "progress", "privacy"):
        test = app(page, session=str(number)).run()
        assert not test.exception
        shown = text_of(test)
        assert page == "progress" or plain(text) in shown
        assert text not in shown


@pytest.mark.parametrize("number", ["9" * 23, "9" * 5000, "9" * 12, "-1", "\u0663"])
def test_a_session_that_cannot_be_is_told_in_a_sentence(number):
    test = app("result", session=number).run()
    assert not test.exception
    (error,) = test.error
    assert "session" in error.value
    assert "went wrong" not in error.value


def test_progress_lists_a_session_that_cannot_be_read_and_lets_it_be_deleted():
    from sqlalchemy import text as sql

    store = SessionStore()
    store.add_person("Ana")
    for when in ("2026-01-05", "2026-02-05"):
        store.save_session("Ana", [NewResult(rotation_document())], taken_at=spaces_date(when))
    with store.writing() as session:
        session.execute(sql("UPDATE results SET document = '{\"<b>' WHERE session_id = 1"))
    test = app("progress").run()
    assert not test.exception
    assert "Session 1 cannot be read" in text_of(test)
    assert "05 February 2026" in text_of(test)
    next(b for b in test.button if b.key == "delete-1").click().run()
    assert "Session 1, which cannot be read," in text_of(test)
    assert list(store.unreadable("Ana")) == [1]
    store.close()


def test_another_pose_model_than_last_time_is_told_before_measuring():
    store = SessionStore()
    store.add_person("Ana")
    kept = rotation_document(side="left")
    source = kept.provenance.model_copy(update={"model": "heavy"})
    store.save_result("Ana", NewResult(kept.model_copy(update={"provenance": source})))
    test = app("upload").run()
    assert not test.warning
    test.radio(key="model").set_value("full").run()
    assert "will not be compared" in test.warning[0].value
    test.segmented_control(key="side").set_value("right").run()
    assert not test.warning  # nothing is kept of that side


def test_a_browser_without_its_cookie_is_told_and_has_a_way_back():
    fresh = app("start", owner=False).run()
    assert "cookies have been deleted" in text_of(fresh)
    there = app("privacy", owner=False).run()
    address = there.code[0].value
    assert address.endswith(f"/?key={there.session_state['space_key']}")
    assert not app("privacy").run().code  # the owner's key is printed where the app was started, nowhere else
    SessionStore(f"sqlite:///{spaces._file_of(spaces.space_name(there.session_state['space_key']))}").close()
    assert spaces.opens_a_space(there.session_state["space_key"])
    assert not spaces.opens_a_space("u" * 43)
