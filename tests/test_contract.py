"""The JSON documents keep the agreed shape, and the command line its exit statuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rom_vision import cli

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT.parent / "shared" / "checks" / "contract"


def run(*arguments):
    command = [sys.executable, "-c", "from rom_vision.cli.root import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture
def here(monkeypatch, capsys):
    """Run a command in this process, which is quicker; return exit status, standard output and standard error."""

    def run_here(*arguments):
        monkeypatch.setattr(sys, "argv", ["rom-vision", *map(str, arguments)])
        with pytest.raises(SystemExit) as leave:
            cli.main()
        return leave.value.code or 0, *capsys.readouterr()

    return run_here


def check_shape(name, path):
    if not CONTRACT.is_file():
        pytest.skip("the agreed shape is kept beside the repository and is not here")
    checked = subprocess.run([sys.executable, CONTRACT, name, path], capture_output=True, text=True)
    assert checked.stdout.strip() == "ok", checked.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A folder for what the commands write, with a database of its own."""
    folder = tmp_path_factory.mktemp("cli")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROM_VISION_DATABASE_URL", f"sqlite:///{folder / 'sessions.db'}")
        yield folder


@pytest.fixture(scope="module")
def measured(out):
    assert run("person", "add", "Ann").returncode == 0
    clip = ROOT / "sample_videos" / "seated_left.mp4"
    done = run(
        *("measure", clip, "--test", "hip-rotation", "--position", "seated", "--side", "left", "--model", "full"),
        *("--json", "-", "--csv", out / "curve.csv", "--overlay", out / "overlay.mp4", "--track", out / "track.npz"),
        *("--save", "--person", "Ann", "--date", "2026-03-01T18:30", "--keep-video"),
    )
    return done, out


@pytest.mark.model
def test_measure_writes_json_alone_to_standard_output(measured):
    done, out = measured
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["status"] == "measured"
    assert document["internal_rotation"]["n_repetitions"] == 3
    truth = json.loads((ROOT / "sample_videos" / "truth.json").read_text(encoding="utf-8"))
    clip = next(v for v in truth if v["file"] == "seated_left.mp4")
    low, high = document["internal_rotation"]["ci95_deg"]
    assert low <= clip["internal_rotation_deg"] <= high
    for name in ("curve.csv", "overlay.mp4", "track.npz"):
        assert (out / name).stat().st_size > 500


@pytest.mark.model
def test_the_document_keeps_the_agreed_shape(measured, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(measured[0].stdout, encoding="utf-8")
    check_shape("rotation", path)


@pytest.mark.model
def test_a_saved_test_is_listed_reported_and_compared_in_the_agreed_shape(measured, here):
    done, out = measured
    assert done.returncode == 0, done.stderr
    _, listed, _ = here("sessions", "list", "--person", "ann")
    assert listed.split()[:2] == ["1", "2026-03-01"]
    assert "18:30" in listed
    assert "the result, the landmarks, 1 picture, the video" in here("sessions", "show", 1)[1]
    assert here("sessions", "report", 1, "--html", out / "report.html", "--mot", out / "report.mot")[0] == 0
    assert "data:image/jpeg;base64," in (out / "report.html").read_text(encoding="utf-8")
    assert "hip_flexion_l" in (out / "report.mot").read_text(encoding="utf-8")
    _, compared, _ = here("sessions", "compare", "--person", "Ann", "--json", out / "compare.json")
    assert "nothing to compare with yet" in compared
    check_shape("compare", out / "compare.json")


@pytest.mark.model
def test_a_view_that_shows_nothing_is_refused_with_status_3():
    clip = ROOT / "sample_videos" / "seated_left_from_the_side.mp4"
    done = run("measure", clip, "--position", "seated", "--side", "left", "--model", "full")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "refused" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("nowhere.mp4", "--position", "seated", "--side", "left"), "nowhere.mp4"),
        ((str(ROOT / "README.md"), "--position", "seated", "--side", "left"), "README.md"),
        ((str(ROOT), "--position", "seated", "--side", "left"), "folder"),
        (("nowhere.mp4", "--position", "standing", "--side", "left"), "standing"),
        (("nowhere.mp4", "--position", "seated", "--side", "left", "--save"), "--person"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(here, arguments, word):
    status, _, said = here("measure", *arguments)
    assert status == 2
    assert word in said
    assert "Traceback" not in said
