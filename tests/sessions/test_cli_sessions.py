import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from fhir.resources.R4B.bundle import Bundle
from made_results import picture_jpeg, pose_track, refused_document, rotation_document, squat_document
from typer.testing import CliRunner

from rom_vision.camera import Camera
from rom_vision.cli.measure import measure_command
from rom_vision.cli.sessions import person_app, sessions_app
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import Analysis, analyse
from rom_vision.pose.track import PoseTrack
from rom_vision.report.presenters.rotation import HipRotationPresenter
from rom_vision.sessions import NewResult, Picture, SessionStore, save_result
from rom_vision.sessions.engine import DATABASE_VARIABLE

app = typer.Typer()
app.add_typer(person_app, name="person")
app.add_typer(sessions_app, name="sessions")
app.command("measure")(measure_command())

NAME = "Zoë <b> [red]x[/red]"


@pytest.fixture(autouse=True)
def database(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.chdir(tmp_path)


def run(*words):
    """What a command writes; a refusal meant for people comes through as the exception that `main` words."""
    result = CliRunner().invoke(app, [str(w) for w in words])
    if isinstance(result.exception, BadInputError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def number():
    run("person", "add", NAME)
    picture = Picture("end", picture_jpeg())
    number = save_result(NAME, NewResult(rotation_document((30, 31, 32), (40, 41)), pose_track(), (picture,)))
    right = NewResult(rotation_document(side="right"), pose_track(side="right"))
    for result in (right, NewResult(refused_document("right")), NewResult(squat_document())):
        assert save_result(NAME, result) == number
    return number


def test_people():
    run("person", "add", NAME, "--sex", "female", "--born", 1984)
    run("person", "add", "Ben")
    assert run("person", "list") == f"Ben\n{NAME}\n"
    with pytest.raises(BadInputError, match="already somebody"):
        run("person", "add", "BEN")
    run("person", "delete", "ben")
    assert run("person", "list") == f"{NAME}\n"


def test_list_show_and_delete(number):
    (line,) = run("sessions", "list", "--person", NAME).splitlines()
    assert line.split()[0] == str(number)
    assert "hip rotation, seated, active, left; hip rotation, seated, active, right; " in line
    said = run("sessions", "show", number)
    assert NAME in said
    assert "internal rotation 31.0° (95 % interval 27.0° to 35.0°)" in said
    assert "not measured" in said
    assert "What to do: About ten minutes a week" in said
    assert "* Clamshell (strength; for knee valgus): Lie on your side" in said
    assert "This is a measurement and no diagnosis." in said
    assert "Kept of left hip rotation, seated, active: the result, the landmarks, 1 picture." in said
    run("sessions", "delete", number)
    assert run("sessions", "list", "--person", NAME) == ""
    for command in ("show", "delete"):
        with pytest.raises(BadInputError, match=f"no session {number}"):
            run("sessions", command, number)


def test_export_and_import(number, tmp_path, monkeypatch):
    assert "1 session" in run("sessions", "export", "--person", NAME, "all.zip")
    assert "1 session" in run("sessions", "export", "--person", NAME, "all.zip")
    assert zipfile.is_zipfile("all.zip")
    assert "0 sessions added, 1 already there" in run("sessions", "import", "all.zip")
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'b.db'}")
    assert "1 session added" in run("sessions", "import", "all.zip")
    assert "squat" in run("sessions", "list", "--person", NAME)


def test_pinch_means_stop_in_every_later_report(number, tmp_path):
    low = NewResult(rotation_document((14, 15, 16), camera="another"), pinch=True)
    pinched = save_result(NAME, low)
    said = run("sessions", "show", pinched)
    assert "What to do: Pinching in the front of the hip or the groin: stop here" in said
    assert "Stop:" not in said
    run("sessions", "report", pinched, "--html", "p.html")
    page = Path("p.html").read_text(encoding="utf-8")
    assert "stretching further is not the answer" in page
    assert "During the test it pinched" in page
    assert "How much:" not in page


def test_compare(number):
    out = run("sessions", "compare", "--person", NAME, "--json", "compare.json")
    assert "nothing to compare with yet" in out
    document = json.loads(Path("compare.json").read_text(encoding="utf-8"))
    keys = {"test", "position", "mode", "side", "values", "change_deg", "mdc95_deg", "verdict", "sentence"}
    assert keys <= set(document["series"][0])
    assert run("sessions", "compare", "--person", NAME, "--json", "compare.json") == out
    assert json.loads(run("sessions", "compare", "--person", NAME, "--json", "-")) == document
    run("person", "add", "Ben")
    assert "Nothing has been measured" in run("sessions", "compare", "--person", "Ben")


def test_kept_landmarks_are_measured_again():
    path = Path(__file__).parents[2] / "validation" / "tracks" / "repeat_first_7005.npz"
    track, side = PoseTrack.load(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["side"]
    document = analyse(track, "hip_rotation", {"position": "seated", "side": side}).document
    value = document.measure("internal_rotation").value
    first, *others = document.measures
    older = document.model_copy(update={"measures": (replace(first, value=value - 3), *others)})
    run("person", "add", NAME)
    number = save_result(NAME, NewResult(older, track))
    save_result(NAME, NewResult(squat_document()))
    first, second = run("sessions", "remeasure", "--person", NAME).splitlines()
    assert first == (
        f"Session {number}, {side.capitalize()} hip rotation, seated, active: "
        f"internal rotation {side} {value:.1f}°, before {value - 3:.1f}°."
    )
    assert second == f"Session {number}, Squat: no landmarks were kept, left as it was."
    assert run("sessions", "remeasure", "--person", NAME).splitlines()[0].endswith("as before.")
    assert f"internal rotation {value:.1f}°" in run("sessions", "show", number)


def test_report_in_every_form(number):
    names = {
        "--pdf": "r.pdf",
        "--html": "r.html",
        "--csv": "r.csv",
        "--trc": "r.trc",
        "--mot": "r.mot",
        "--fhir": "r.json",
    }
    out = run("sessions", "report", number, *(word for pair in names.items() for word in pair))
    assert run("sessions", "report", number, *(word for pair in names.items() for word in pair)) == out
    written = [line.removeprefix("Wrote ") for line in out.splitlines()]
    assert written == ["r.html", "r.pdf", "r.csv", "r.json", "r.trc", "r-2.trc", "r.mot", "r-2.mot", "r-3.mot"]
    assert Path("r.pdf").read_bytes().startswith(b"%PDF")
    assert NAME.replace("<b>", "&lt;b&gt;") in Path("r.html").read_text(encoding="utf-8")
    assert "'" not in Path("r.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert [Path(f"r{i}.mot").read_text().splitlines()[6] for i in ("", "-2", "-3")] == [
        "time\thip_rotation_l",
        "time\thip_rotation_r",
        "time\tknee_angle_l\tknee_angle_r",
    ]
    Bundle.model_validate_json(Path("r.json").read_text(encoding="utf-8"))


def test_nothing_of_the_users_is_replaced(number, tmp_path):
    Path("mine.txt").write_text("mine")
    for words in (
        ("report", number, "--pdf", "mine.txt"),
        ("report", number, "--html", "mine.txt"),
        ("report", number, "--fhir", "mine.txt", "--trc", "new.trc"),
        ("report", number, "--csv", tmp_path / "a.db"),
        ("report", number, "--csv", "one", "--mot", "./one"),
        ("export", "--person", NAME, "mine.txt"),
        ("export", "--person", NAME, tmp_path / "a.db", "--force"),
        ("compare", "--person", NAME, "--json", "mine.txt"),
    ):
        with pytest.raises(BadInputError, match=r"is there already|own data|the output"):
            run("sessions", *words)
    Path("r-2.mot").write_text("mine")
    with pytest.raises(BadInputError, match=r"r-2.mot is there already.* Written: r.mot, r-3.mot\.$"):
        run("sessions", "report", number, "--mot", "r.mot")
    assert {Path(name).read_text() for name in ("mine.txt", "r-2.mot")} == {"mine"}
    assert not Path("new.trc").exists()
    run("sessions", "export", "--person", NAME, "mine.txt", "--force")
    assert zipfile.is_zipfile("mine.txt")


@pytest.mark.parametrize("digits", ["9" * 23, "3000000000", "0"])
def test_a_number_that_no_session_has(digits):
    for command in (("show",), ("delete",), ("report", "--html", "x.html")):
        with pytest.raises(BadInputError, match="no session of that number"):
            run("sessions", command[0], digits, *command[1:])


def test_report_says_what_it_cannot_write(number):
    with pytest.raises(BadInputError, match="Say what to write"):
        run("sessions", "report", number)
    with pytest.raises(BadInputError, match="its folder does not exist"):
        run("sessions", "report", number, "--html", "none/r.html")
    store = SessionStore()
    bare = store.save_session(NAME, [NewResult(refused_document())])
    store.close()
    for form in ("--trc", "--mot"):
        with pytest.raises(BadInputError, match=r"no (landmarks|joint angles)"):
            run("sessions", "report", bare, form, "x", "--html", f"beside{form}.html")
        assert "not measured" in Path(f"beside{form}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["list"], ["compare"], ["export", "x.zip"]])
def test_unknown_person(words):
    with pytest.raises(BadInputError, match="nobody called Bob"):
        run("sessions", *words, "--person", "Bob")


def test_the_same_recording_is_kept_again_only_when_told(monkeypatch, tmp_path):
    run("person", "add", NAME)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"a recording")
    document = rotation_document()
    source = document.provenance.model_copy(update={"video_sha256": "a" * 64})
    document = document.model_copy(update={"provenance": source})
    found = Analysis(document, pose_track(), Camera.from_lens(640, 480, "unknown"))
    monkeypatch.setattr("rom_vision.pipeline.run.measure", lambda *args, **options: found)
    monkeypatch.setattr(HipRotationPresenter, "pictures", lambda *args, **options: ())
    command = ("measure", clip, "--position", "seated", "--side", "left", "--save", "--person", NAME)
    run(*command)
    once = len(SessionStore().measures(NAME))
    with pytest.raises(BadInputError, match=r"already kept, in session \d+.*--again"):
        run(*command)
    assert len(SessionStore().measures(NAME)) == once
    run(*command, "--again")
    assert len(SessionStore().measures(NAME)) == 2 * once


def test_again_is_about_keeping():
    with pytest.raises(BadInputError, match="--again"):
        run("measure", "clip.mp4", "--position", "seated", "--side", "left", "--again")
