"""What a command is to write: never over the input, a video, a database or another output; told when it fails."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from made_results import pose_track, rotation_document, squat_document

from rom_vision.camera.board import BOARDS
from rom_vision.camera.board_pdf import write_board_pdf
from rom_vision.capture import VideoWriter
from rom_vision.cli.outputs import Outputs
from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.report.overlay import OVERLAY_MARK
from rom_vision.report.strokes import jpeg_of
from rom_vision.report.tables import write_curve_csv
from rom_vision.sessions.engine import DATABASE_VARIABLE


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'people.db'}")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)


def video(path: str | Path = "me.mp4", comment: str = "") -> Path:
    with VideoWriter(path, 16, 16, comment=comment) as out:
        out.write(np.zeros((16, 16, 3), np.uint8), 0.0)
    return Path(path)


def outputs(clip=None, *, force=False, **paths):
    kinds = {"json": "result", "csv": "curves", "overlay": "overlay", "track": "track"}
    wanted = {f"--{name}": (kinds[name], Path(path)) for name, path in paths.items()}
    return Outputs(wanted, inputs=() if clip is None else (clip, "heavy", "unknown"), force=force)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("option", ["json", "csv", "overlay", "track"])
@pytest.mark.parametrize("name", ["me.mp4", "./me.mp4", "../here/me.mp4", "hard", "soft", "soft2", "folder/me.mp4"])
def test_the_input_is_never_an_output(option, name, force):
    clip = video()
    before = clip.read_bytes()
    Path("hard").hardlink_to(clip)
    Path("soft").symlink_to(clip)
    Path("soft2").symlink_to("soft")
    Path("folder").symlink_to(".")
    for given in (clip, clip.absolute()):
        with pytest.raises(BadInputError, match="is the input"):
            outputs(given, force=force, **{option: name})
    assert clip.read_bytes() == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "a"),
        ("a", "./a"),
        ("a", "sub/../a"),
        ("a", "A"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("a", "link"),
        ("old", "hard"),
        ("-", "/dev/stdout"),
    ],
)
def test_two_outputs_are_never_one_file(one, other):
    Path("sub").mkdir()
    Path("link").symlink_to("a")
    Path("old").touch()
    Path("hard").hardlink_to("old")
    with pytest.raises(BadInputError, match=r"is (the output|standard output)|must not be overwritten"):
        outputs(json=one, csv=other)


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_what_rom_vision_keeps_is_never_an_output(tmp_path, ending):
    key = tmp_path / "data" / "rom_vision" / "app-key"
    key.parent.mkdir(parents=True)
    key.write_text("secret")
    for path in (tmp_path / f"people.db{ending}", key):
        with pytest.raises(BadInputError, match="keeps its own data"):
            outputs(json=path, force=True)
    assert key.read_text() == "secret"


def own_files() -> dict[str, list[Path]]:
    """One file of each kind that this program writes, by kind."""
    document = rotation_document()
    Path("r.json").write_text(document.to_json())
    Path("s.json").write_text(squat_document().to_json())
    write_curve_csv(document, "r.csv")
    write_curve_csv(squat_document(), "s.csv")
    pose_track().save("r.npz")
    write_board_pdf(BOARDS["a4"], Path("r.pdf"))
    Path("r.jpg").write_bytes(jpeg_of(np.zeros((16, 16, 3), np.uint8)))
    return {
        "result": [Path("r.json"), Path("s.json")],
        "curves": [Path("r.csv"), Path("s.csv")],
        "track": [Path("r.npz")],
        "pdf": [Path("r.pdf")],
        "picture": [Path("r.jpg")],
        "overlay": [video("drawn.mp4", OVERLAY_MARK)],
    }


def test_a_file_is_replaced_by_one_of_its_kind_and_by_no_other():
    own = own_files()
    for kind in own:
        for other, paths in own.items():
            for path in paths:
                if kind == other:
                    Outputs({"--out": (kind, path)})
                else:
                    with pytest.raises(BadInputError, match="is there already"):
                        Outputs({"--out": (kind, path)})


@pytest.mark.parametrize("option", ["json", "csv", "overlay", "track"])
def test_somebody_elses_file_is_replaced_only_by_force(option):
    Path("notes").write_text('{"mine": 1}')
    with pytest.raises(BadInputError, match="--force"):
        outputs(**{option: "notes"})
    outputs(**{option: "notes"}, force=True)
    Path("empty").touch()
    outputs(**{option: "empty"})


def test_a_video_or_a_database_is_never_replaced():
    cut = Path("cut.mp4")
    cut.write_bytes(video("whole.mp4").read_bytes()[:60])
    Path("named.MOV").write_bytes(b"damaged beyond recognition")
    sqlite3.connect("other").execute("CREATE TABLE t (a)")
    for name in ("whole.mp4", "cut.mp4", "named.MOV", "other"):
        for option in ("json", "csv", "overlay", "track"):
            with pytest.raises(BadInputError, match="never replaced"):
                outputs(**{option: name}, force=True)


@pytest.mark.parametrize(
    ("name", "said"),
    [("folder", "is a folder"), ("none/a", "folder does not exist"), ("kept", "write-protected"), ("a\0", "null byte")],
)
def test_a_place_that_cannot_be_written_is_told_at_once(name, said):
    Path("folder").mkdir()
    Path("kept").touch(mode=0o444)
    with pytest.raises(BadInputError, match=said):
        outputs(json=name)


@contextmanager
def full_disk():
    import resource  # not on Windows

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_could_not_be_written_is_told_with_what_was(capsys):
    wanted = outputs(json="r.json", csv="r.csv")
    with full_disk():
        wanted.write("--csv", lambda draft: draft.write_bytes(bytes(10)))
        wanted.write("--json", lambda draft: draft.write_bytes(bytes(2000)))
        wanted.write("--overlay", lambda draft: pytest.fail("it was not asked for"))
    told = r"^r\.json: cannot be written \(file too large\)\. Written: r\.csv\.$"
    with pytest.raises(BadInputError, match=told):
        wanted.finish()
    assert list(Path().iterdir()) == [Path("r.csv")]


def test_a_result_that_cannot_be_kept_is_written_all_the_same():
    def keep():
        raise RomVisionError("The session database failed.")

    wanted = outputs(json="r.json")
    wanted.attempt(keep)
    wanted.write("--json", lambda draft: draft.write_text("{}"))
    with pytest.raises(BadInputError, match=r"^The session database failed\. Written: r\.json\.$"):
        wanted.finish()
    assert Path("r.json").read_text() == "{}"


def test_what_comes_to_the_place_meanwhile_is_left_alone():
    wanted = outputs(json="r.json", csv="r.csv")
    Path("r.json").write_text("somebody else's")
    wanted.write("--json", lambda draft: draft.write_text("{}"))
    wanted.write("--csv", lambda draft: draft.write_text("time_s\n"))
    with pytest.raises(BadInputError, match=r"is there already.*Written: r\.csv\.$"):
        wanted.finish()
    assert Path("r.json").read_text() == "somebody else's"


def test_a_pipe_keeps_its_reader_from_the_check_to_the_end():
    os.mkfifo("pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()))
    reader.start()
    wanted = outputs(overlay="pipe")
    wanted.write("--overlay", lambda draft: video(draft))
    reader.join(10)
    wanted.finish()
    assert b"ftyp" in got[0][:12]
    assert Path("pipe").is_fifo()
