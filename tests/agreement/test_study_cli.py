import csv

import openpyxl
import pytest
import typer
from made_results import rotation_document
from phone_logs import HEADERS, PEAKS, logged, rows_of, write
from synthetic import seated_states, swings, track_of
from typer.testing import CliRunner

from rom_vision.cli.study import study_app
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import analyse
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.engine import DATABASE_VARIABLE
from rom_vision.sessions.studies import trials

app = typer.Typer()
app.add_typer(study_app, name="study")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.chdir(tmp_path)
    store = SessionStore()
    for name in ("Ana", "Bo", "Cleo"):
        store.add_person(name)
        both = [NewResult(rotation_document(side=side)) for side in ("left", "right")]
        store.save_session(name, both)
    yield store
    store.close()


def run(*words):
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    if isinstance(result.exception, BadInputError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_from_new_to_report(tmp_path, store):
    assert "Began the study Hips" in run("new", "Hips", "--reference-sem", 1.5)
    for session in (1, 2, 3):
        said = run("add", "hips", "--session", session, "--side", "left", "--value", 29 + session, "--rater", "Eva",
                   "--blind")  # fmt: skip
        assert "31" not in said  # the program's value stays hidden
    assert run("list") == "Hips: internal rotation against goniometer, 3 results, 3 readings\n"
    said = run("report", "Hips", "--html", "a.html", "--pdf", "a.pdf", "--csv", "a.csv")
    assert "bias +0.0°" in said
    assert "Wrote a.pdf" in said
    assert "standard error 1.5°, as stated" in said
    run("report", "Hips", "--html", "a.html", "--pdf", "a.pdf", "--csv", "a.csv")  # its own files are replaced
    run("add", "Hips", "--session", 1, "--side", "left", "--value", 30, "--blind")
    assert [r.blind for r in trials(store, "Hips")[0].readings] == [True, False]
    assert "Deleted" in run("delete", "Hips")
    assert run("list") == ""


def test_what_is_wrong_is_said():
    run("new", "Hips")
    for words, said in (
        (("add", "Hips"), "either --session ID, or --table"),
        (("add", "Hips", "--session", 1), "say which position and side"),
        (("add", "Hips", "--session", 1, "--side", "left", "--value", 900), "cannot be right"),
        (("add", "Hips", "--session", 1, "--table", "a.csv"), "either --session"),
        (("add", "Knees", "--session", 1), "no study called Knees"),
        (("size", "--within", 0, "--sd", 4), "above zero"),
    ):
        with pytest.raises(BadInputError, match=said):
            run(*words)


def test_a_measured_error_is_not_used_on_too_little():
    run("new", "Hips")
    with pytest.raises(BadInputError, match="0 comparisons"):
        run("use", "Hips")
    assert "published error again" in run("use", "Hips", "--off")


def test_the_log_of_a_phone_becomes_a_reading(tmp_path, store):
    t, angle = swings(PEAKS, fps=15.0)
    track = track_of(t, seated_states(angle), size=(1280, 720))
    document = analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document
    session = store.save_session("Ana", [NewResult(document, track)])
    write(tmp_path / "log.csv", HEADERS["phyphox"], rows_of("phyphox", logged(curve=(t, angle))))
    run("new", "Hips")
    with pytest.raises(BadInputError, match="--quantity shank_inclination"):
        run("phone", "Hips", "log.csv", "--session", session)
    run("new", "Shins", "--quantity", "shank_inclination", "--reference", "phone")
    said = run("phone", "Shins", "log.csv", "--session", session)
    assert "the recording begins 4.0" in said
    assert "repetition 3: program" in said
    (trial,) = trials(store, "Shins")
    assert (trial.measure.quantity, trial.readings[0].source) == ("shank_inclination", "phone")
    assert trial.readings[0].value == pytest.approx(32, abs=1.5)
    with pytest.raises(BadInputError, match="either the three of gravity"):
        run("phone", "Shins", "log.csv", "--session", session, "--time", "a")


def test_sample_size():
    assert "you need 49 people" in run("size", "--within", 2, "--sd", 4)


ROWS = [
    ["Session", "Side", "Value", "Rater", "blind"],
    [1, "left", 30.5, "Eva", "yes"],
    [1, "left", "31,5", "Bo", "no"],
    [2, "right", 28, "", ""],
    [3, "left", "", "", ""],
]


def as_csv(path, rows, delimiter):
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def as_xlsx(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize("kind", ["csv", "german", "xlsx"])
def test_readings_from_a_table(tmp_path, store, kind):
    path = tmp_path / ("table.xlsx" if kind == "xlsx" else "table.csv")
    as_xlsx(path, ROWS) if kind == "xlsx" else as_csv(path, ROWS, ";" if kind == "german" else ",")
    run("new", "Hips")
    assert "Took 3 results into Hips, with 3 readings" in run("add", "Hips", "--table", path)
    found = trials(store, "Hips")
    assert [(t.person_name, t.side, [r.value for r in t.readings]) for t in found] == [
        ("Ana", "left", [30.5, 31.5]),
        ("Bo", "right", [28.0]),
        ("Cleo", "left", []),
    ]
    assert [r.blind for r in found[0].readings] == [True, False]
    assert {r.source for t in found for r in t.readings} == {"table"}


def test_every_fault_of_a_table_is_named_and_nothing_is_kept(tmp_path, store):
    run("new", "Hips")
    rows = [["session", "side", "value", "blind"], [1, "left", "much", ""], [1, "", 30, ""], [99, "left", 30, ""],
            ["", "left", 30, ""], [2, "left", 30, "perhaps"], [1, "left", 30, ""]]  # fmt: skip
    as_csv(tmp_path / "t.csv", rows, ",")
    with pytest.raises(BadInputError) as fault:
        run("add", "Hips", "--table", "t.csv")
    for words in ("row 2: the value 'much'", "row 3: there are 2 such results", "row 4: There is no session 99",
                  "row 5: it names no result", "row 6: blind is 'perhaps'"):  # fmt: skip
        assert words in str(fault.value)
    assert trials(store, "Hips") == []


def test_a_workbook_that_is_none(tmp_path):
    run("new", "Hips")
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(BadInputError, match="no workbook that can be read"):
        run("add", "Hips", "--table", "t.xlsx")


def test_a_recording_is_named_by_its_file(tmp_path, store):
    run("new", "Hips")
    as_csv(tmp_path / "t.csv", [["file", "person", "side", "value"], ["seated left.mp4", "bo", "left", 33]], ",")
    run("add", "Hips", "--table", "t.csv")
    assert [(t.person_name, t.readings[0].value) for t in trials(store, "Hips")] == [("Bo", 33.0)]
