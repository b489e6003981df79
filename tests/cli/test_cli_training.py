from pathlib import Path

import icalendar
import pytest
import typer
from made_results import rotation_document
from trained import NOON, training
from typer.testing import CliRunner

from rom_vision.cli.training import plan_app, train_app
from rom_vision.drills.plan import plan_of
from rom_vision.errors import BadInputError
from rom_vision.report.ics import ics_of
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.engine import DATABASE_VARIABLE
from rom_vision.sessions.training import read_plan, save_training, trainings

app = typer.Typer()
app.add_typer(train_app, name="train")
app.add_typer(plan_app, name="plan")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.chdir(tmp_path)
    store = SessionStore()
    store.add_person("Ana")
    yield store
    store.close()


def run(*words):
    result = CliRunner().invoke(app, [str(w) for w in words])
    if isinstance(result.exception, BadInputError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_plan_is_made_of_the_findings_shown_changed_and_deleted(store):
    with pytest.raises(BadInputError, match="Nothing was measured"):
        run("plan", "set", "--person", "Ana")
    assert "no plan yet" in run("plan", "show", "--person", "Ana")
    store.save_session("Ana", [NewResult(rotation_document((12.0, 13.0, 14.0)))], taken_at=NOON)
    assert "minutes a week" in run("plan", "set", "--person", "Ana")
    assert "Today: " in run("plan", "show", "--person", "Ana")
    out = run("plan", "set", "--person", "ana", "--days", "Sun, mon", "--at", "7:05", "--retest", "2027-01-31")
    assert "Mon, Sun at 07:05" in out
    assert "31 January 2027" in out
    out = run("plan", "set", "--person", "Ana", "--drill", "hip-cars:2x4", "--drill", "clamshell")
    assert "Controlled articular rotations: 2 sets of 4 a side" in out
    assert "Mon, Sun at 07:05" in out
    assert [d.drill for d in read_plan(store, "Ana").drills] == ["hip_cars", "clamshell"]
    run("plan", "delete", "--person", "Ana")
    assert read_plan(store, "Ana") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--drill", "pigeon"], "no guided drill 'pigeon'"),
        (["--drill", "clamshell:2"], "CODE:SETSxCOUNT"),
        (["--drill", "clamshell:99x1"], "less than or equal to 10"),
        (["--drill", "clamshell", "--days", "someday"], "days.0"),
        (["--drill", "clamshell", "--at", "noon"], "at: "),
    ],
)
def test_what_cannot_be_planned_is_said(words, said):
    with pytest.raises(BadInputError, match=said):
        run("plan", "set", "--person", "Ana", *words)


def test_calendar_has_the_training_days_and_the_retest(store, tmp_path):
    with pytest.raises(BadInputError, match="no plan yet"):
        run("plan", "ics", "--person", "Ana", "a.ics")
    run("plan", "set", "--person", "Ana", "--drill", "clamshell", "--days", "mon,thu")
    run("plan", "ics", "--person", "Ana", "a.ics")
    run("plan", "ics", "--person", "Ana", "a.ics")  # its own file may be replaced
    text = (tmp_path / "a.ics").read_bytes()
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    training_day, retest = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert training_day["RRULE"]["BYDAY"] == ["MO", "TH"]
    assert training_day["DTSTART"].dt.tzinfo is None
    assert retest["DTSTART"].dt == read_plan(store, "Ana").retest_on
    assert b"Ana" not in text


def test_calendar_read_in_again_replaces_the_earlier_one():
    plan = plan_of(["clamshell"], now=NOON)
    uids = [
        [
            e["UID"]
            for e in icalendar.Calendar.from_ical(ics_of(p, person_uid="a" * 32, today=NOON.date())).walk("VEVENT")
        ]
        for p in (plan, plan.changed(days=("tue",)))
    ]
    assert uids[0] == uids[1]
    (only,) = icalendar.Calendar.from_ical(ics_of(plan, person_uid="a" * 32, today=plan.retest_on)).walk("VEVENT")
    assert only["SUMMARY"] == "Measure the hips again"


def test_log_says_what_was_counted_and_what_not(store):
    assert "Nothing has been trained" in run("train", "log", "--person", "Ana")
    number = save_training(store, "Ana", training(spoiled={"feet": 2}, pain=4, pinch=True))
    out = run("train", "log", "--person", "Ana")
    assert "Clamshell: 8 counted; not counted: 2 feet came apart; 1.0 min, pain 4, it pinched" in out
    run("train", "delete", number)
    assert "Nothing has been trained" in run("train", "log", "--person", "Ana")


@pytest.mark.model
def test_a_video_is_counted_and_kept(store):
    clip = Path(__file__).parents[2] / "sample_videos" / "squat_good.mp4"
    told = run("train", "count", clip, "--drill", "box-squat", "--model", "full", "--save", "--person", "Ana",
               "--date", "2026-03-01")  # fmt: skip
    assert "0 repetitions counted. Not counted: " in told
    assert "too fast" in told
    (kept,) = trainings(store, "Ana")
    assert (kept.training.seen, kept.training.began_at.date().isoformat()) == ("video", "2026-03-01")
    assert set(kept.training.spoiled) == {"fast"}


def test_a_video_of_no_drill_or_for_nobody_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no guided drill"):
        run("train", "count", "x.mp4", "--drill", "pigeon")
    with pytest.raises(BadInputError, match="--save and --person"):
        run("train", "count", "x.mp4", "--drill", "clamshell", "--save")


def test_list_says_what_is_not_judged():
    out = run("train", "list")
    assert out.count("Not judged:") == 7
    assert "lost" not in out
