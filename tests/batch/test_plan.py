"""What a batch is to do, and every fault of it at once."""

from datetime import datetime

import pytest

from rom_vision.batch.folder import OutFolder
from rom_vision.batch.plan import Request, read_plan, recordings_in
from rom_vision.errors import BadInputError

SEATED = Request("hip_rotation", {"position": "seated", "side": "left"}, "full")


@pytest.fixture
def folder(tmp_path):
    clips = tmp_path / "clips"
    clips.mkdir()
    for name in ("b.MOV", "a.mp4", "notes.txt"):
        (clips / name).write_bytes(b"\0")
    return clips


def plan_of(folder, text, encoding="utf-8"):
    path = folder.parent / "plan.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_folder_and_a_pattern_name_their_videos(folder):
    assert [p.name for p in recordings_in(folder)[1]] == ["a.mp4", "b.MOV"]
    assert [p.name for p in recordings_in(f"{folder}/*.mp4")[1]] == ["a.mp4"]
    assert [r.request.options["mode"] for r in read_plan(folder, None, SEATED, None)] == ["active", "active"]


def test_a_plan_says_what_is_asked_of_each_file_and_the_rest_is_common(folder):
    text = (
        "\ufefffile;Person;date;test;side;legs\na.mp4;Ana;2026-01-31 18:30;;RIGHT;\n\nb.MOV;bo;2026-01-31;squat;;left\n"
    )
    a, b = read_plan(folder, plan_of(folder, text), SEATED, ["ana", "Bo"])
    assert (a.path.name, a.person, a.filmed, a.row) == ("a.mp4", "Ana", datetime(2026, 1, 31, 18, 30), 2)
    assert a.request == Request("hip_rotation", {"position": "seated", "side": "right", "mode": "active"}, "full")
    assert (b.request.test, b.request.options, b.row) == ("squat", {"legs": "left"}, 4)


def test_all_faults_are_named_at_once_with_their_rows(folder):
    text = (
        "file,person,date,test,side\n"
        "gone.mp4,Ana,2026-13-01,hip-rotation,middle\n"
        ",Ana,,squat,\n"
        "a.mp4,Nobody,2999-01-01,jump,\n"
        "b.MOV,Ana,,,\n"
        "../clips/b.MOV,Ana,,squat,left\n"
    )
    with pytest.raises(BadInputError) as fault:
        read_plan(folder, plan_of(folder, text), SEATED, ["Ana"])
    said = str(fault.value)
    for words in (
        "row 2: there is no file",
        "row 2: Hip rotation: side 'middle' is none of left, right",
        "row 2: the date '2026-13-01' is not written as",
        "row 3: the file is missing",
        "row 4: there is no test 'jump'",
        "row 4: the date 2999-01-01 lies in the future",
        "row 4: there is nobody called 'Nobody'",
        "row 6: Squat: there is no side",
        "rows 5 and 6: both are of",
    ):
        assert words in said, said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the column 'file' is missing"),
        ("file,hight\na.mp4,2\n", "there is no column 'hight'"),
        ("file,side,Side\na.mp4,left,left\n", "the column 'side' is there twice"),
        ("file,side\n", "it has no rows"),
        ("PK\x03\x04", "Save the table as CSV"),
    ],
)
def test_a_table_that_is_no_plan(folder, text, said):
    with pytest.raises(BadInputError, match=said):
        read_plan(folder, plan_of(folder, text), SEATED, None)


def test_what_is_no_text_or_not_there(folder):
    with pytest.raises(BadInputError, match="no UTF-8"):
        read_plan(folder, plan_of(folder, "file,person\na.mp4,J\u00f6rg\n", "latin-1"), SEATED, None)
    with pytest.raises(BadInputError, match="cannot be read"):
        read_plan(folder, folder / "no.csv", SEATED, None)


def test_a_batch_needs_videos_a_test_and_its_options(folder, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BadInputError, match="holds no video file"):
        read_plan(empty, None, SEATED, None)
    with pytest.raises(BadInputError, match="no such file or folder"):
        read_plan(tmp_path / "no", None, SEATED, None)
    with pytest.raises(BadInputError, match=r"the test is missing \(hip_rotation, squat"):
        read_plan(folder, None, Request(), None)
    with pytest.raises(BadInputError, match="position is missing"):
        read_plan(folder, None, Request("hip_rotation"), None)
    with pytest.raises(BadInputError, match="a plan that names the person"):
        read_plan(folder, None, SEATED, ["Ana"])


def test_a_folder_that_cannot_hold_the_results(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(BadInputError, match="is no folder"):
        OutFolder(file)
    with pytest.raises(BadInputError, match="make it first"):
        OutFolder(tmp_path / "no" / "out")
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    with pytest.raises(BadInputError, match="cannot be written"):
        OutFolder(locked / "out")
    other = tmp_path / "other"
    other.mkdir()
    (other / "results.csv").write_text("my,own,table\n")
    with pytest.raises(BadInputError, match="no batch has made it"):
        OutFolder(other)
    assert (other / "results.csv").read_text() == "my,own,table\n"
