"""Every report and JSON ends with the command that makes it again: run, it gives the same bytes."""

import html
import json
import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest
from made_results import picture_jpeg, pose_track, refused_document, rotation_document, squat_document
from made_study import made_study
from pypdf import PdfReader
from typer.testing import CliRunner

from rom_vision.cli.root import app
from rom_vision.pipeline.run import analyse, measure_again
from rom_vision.report.content import make_report
from rom_vision.report.html import html_of
from rom_vision.results.command import command_of
from rom_vision.results.document import parse_document
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.correct import correct, repetition_correction
from rom_vision.sessions.engine import DATABASE_VARIABLE

NAME = 'Zoë\'s "-x" <b>'


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.chdir(tmp_path)
    store = SessionStore()
    yield store
    store.close()


def run(command):
    program, *words = shlex.split(command)
    assert program == "rom-vision"
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, (command, done.output, done.exception)


def command_in(page):
    """The command at the end of a page, as a reader copies it."""
    (command,) = re.findall(r"To make it again: <code>(.*?)</code>", page)
    return html.unescape(command)


def made_again(command, files):
    """Run what stands in the first of some files and compare all of them."""
    before = {name: Path(name).read_bytes() for name in files}
    for name in files:
        Path(name).unlink()
    run(command)
    assert {name: Path(name).read_bytes() for name in files} == before


def test_a_session_report_page_and_paper(store):
    store.add_person(NAME)
    for week in (30.0, 33.0):
        made = [
            NewResult(rotation_document((week, 31.0, 32.0)), pose_track(), (Picture("end", picture_jpeg()),)),
            NewResult(refused_document("right")),
            NewResult(squat_document()),
        ]
        number = store.save_session(NAME, made)
    result = store.session(number).results[0]
    correct(store, result.id, repetition_correction(result.document, 2, counts=False, reason="it moved"))
    run(f"rom-vision sessions report {number} --html session-{number}.html --pdf session-{number}.pdf")
    command = command_in(Path(f"session-{number}.html").read_text(encoding="utf-8"))
    text = "".join(p.extract_text() for p in PdfReader(f"session-{number}.pdf").pages)
    assert "To make it again: rom-vision sessions report" in text.replace("\n", " ")
    made_again(command, [f"session-{number}.html", f"session-{number}.pdf"])


def test_a_comparison(store):
    store.add_person(NAME)
    for value in (30.0, 33.0):
        store.save_session(NAME, [NewResult(rotation_document((value,) * 3))])
    run(f"rom-vision sessions compare --person {shlex.quote(NAME)} --json comparison.json")
    written = json.loads(Path("comparison.json").read_text(encoding="utf-8"))
    assert list(written)[-1] == "command"
    made_again(written["command"], ["comparison.json"])


@pytest.mark.parametrize("name", ["Hips", "-x 'y'"])
def test_a_study(store, name):
    made_study(store, people=5, name=name)
    dashes = "--" if name.startswith("-") else ""
    run(f"rom-vision study report --html study.html --pdf study.pdf --csv study.csv {dashes} {shlex.quote(name)}")
    command = command_in(Path("study.html").read_text(encoding="utf-8"))
    made_again(command, ["study.html", "study.pdf", "study.csv"])


def test_a_result_names_everything_that_was_asked_for():
    document = rotation_document(side="right")
    assert command_of(document) == (
        "rom-vision measure 'seated left.mp4' --test hip-rotation --position seated --side right --mode active "
        "--json 'seated left.json'"
    )
    source = document.provenance
    said = {"model": "full", "camera": "my laptop", "roll_deg": 1.5, "subject": 2}
    told = document.model_copy(
        update={"provenance": source.model_copy(update={"settings": {**source.settings, "asked": said}})}
    )
    assert "--model full --camera 'my laptop' --roll 1.5 --subject 2 --json" in command_of(told)
    assert list(json.loads(told.to_json()))[-1] == "command"
    assert parse_document(told.to_json(), "it") == told
    report = make_report([(told, ())], taken_at=datetime(2026, 5, 1).astimezone())
    assert command_in(html_of(report)) == command_of(told)


@pytest.mark.parametrize("video", ["", "../x.mp4", "x" * 1990])
def test_a_document_from_elsewhere_names_no_command_that_cannot_be(video):
    document = rotation_document()
    source = document.provenance.model_copy(update={"video": video})
    strange = document.model_copy(update={"provenance": source})
    assert command_of(strange) == ""
    assert parse_document(strange.to_json(), "it") == strange


def test_what_was_asked_for_survives_measuring_again():
    track = pose_track((30.0, 31.0, 32.0))
    made = analyse(track, "hip_rotation", {"position": "seated", "side": "left"})
    source = made.document.provenance
    asked = source.model_copy(update={"settings": {**source.settings, "asked": {"model": "full"}}})
    document = made.document.model_copy(update={"provenance": asked})
    assert measure_again(document, track).document.provenance.settings["asked"] == {"model": "full"}


@pytest.mark.model
def test_a_measured_clip(tmp_path):
    clip = Path(__file__).parents[1] / "sample_videos" / "seated_left_low.mp4"
    (tmp_path / "me at home.mp4").write_bytes(clip.read_bytes())
    first = "rom-vision measure 'me at home.mp4' --position seated --side left --model full --camera laptop --json"
    run(f"{first} 'me at home.json'")
    written = json.loads(Path("me at home.json").read_text(encoding="utf-8"))
    assert "--model full --camera laptop" in written["command"]
    made_again(written["command"], ["me at home.json"])
