"""`rom-vision screen` as people use it: real files, the real network."""

import csv
import json
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from made_results import rotation_document
from squat_tracks import GOOD, squat_track

from rom_vision import cli
from rom_vision.pipeline import run as pipeline
from rom_vision.pose.track import PoseTrack
from rom_vision.report.presenters.squat_pictures import SquatOverlay
from rom_vision.report.presenters.squat_text import describe_squat
from rom_vision.results.document import load_document, parse_document
from rom_vision.sessions import NewResult, SessionStore

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_videos"
FOOTAGE = ROOT.parent / "shared" / "footage"
TRUTH = {row["file"]: row for row in json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))}


def run(monkeypatch, capsys, *arguments):
    """Run the command line; return exit status, standard output and standard error."""
    monkeypatch.setattr(sys, "argv", ["rom-vision", *map(str, arguments)])
    status = 0
    try:
        cli.main()
    except SystemExit as leave:
        status = leave.code or 0
    out = capsys.readouterr()
    return status, out.out, out.err


def found(document):
    return {(f.code, f.side): f.severity for f in document.findings if f.severity in ("mild", "marked")}


def test_bad_input_is_one_sentence_and_status_2(tmp_path, monkeypatch, capsys):
    missing = tmp_path / "none.mp4"
    taken = tmp_path / "taken"
    taken.touch()
    for arguments in (
        (missing,),
        (missing, "--json", tmp_path),
        (missing, "--csv", tmp_path / "no" / "out.csv"),
        (missing, "--pictures", taken),
        (missing, "--pictures", taken / "deeper"),
    ):
        status, out, err = run(monkeypatch, capsys, "screen", *arguments)
        assert status == 2
        assert not out
        assert err.startswith("rom-vision: ")
        assert "Traceback" not in err


@pytest.mark.model
def test_screen_writes_everything_it_is_asked_for(tmp_path, monkeypatch, capsys):
    clip = SAMPLES / "squat_valgus_left.mp4"
    monkeypatch.setenv("ROM_VISION_DATABASE_URL", f"sqlite:///{tmp_path / 'kept.db'}")
    store = SessionStore()
    store.add_person("Ann")
    store.save_result("Ann", NewResult(rotation_document((14.0, 15.0, 16.0), side="left")))
    store.close()
    names = {name: tmp_path / name for name in ("out.json", "out.csv", "out.mp4", "out.track")}
    status, out, err = run(
        monkeypatch, capsys, "screen", clip, "--json", names["out.json"], "--csv", names["out.csv"],
        "--overlay", names["out.mp4"], "--pictures", tmp_path / "pictures", "--track", names["out.track"],
        "--save", "--person", "Ann",
    )  # fmt: skip
    assert status == 0, err
    document = load_document(names["out.json"])
    assert document.test == "squat"
    assert describe_squat(document) == out.strip("\n")
    assert document.view.name == "front"
    assert len(document.repetitions) == TRUTH[clip.name]["plan"]["n_repetitions"]
    assert found(document)["knee_valgus", "left"] == "marked"
    assert ("knee_valgus", "right") not in found(document)
    assert any("left hip is low" in w for w in document.warnings)
    assert {f"worst_moment_{code}_{side}.jpg" for code, side in found(document)} == {
        p.name for p in (tmp_path / "pictures").iterdir()
    }
    with names["out.csv"].open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(document.series["time_s"])
    with av.open(str(names["out.mp4"])) as drawn:
        assert drawn.streams.video[0].codec_context.name == "h264"
    again = pipeline.analyse(PoseTrack.load(names["out.track"]), "squat", {})
    assert again.document.findings == document.findings


@pytest.mark.model
@pytest.mark.parametrize(("name", "view"), [("squat_good", "front"), ("squat_forward_lean", "left_side")])
def test_sample_clips(name, view, monkeypatch, capsys):
    status, out, _ = run(monkeypatch, capsys, "screen", SAMPLES / f"{name}.mp4", "--json", "-")
    document = parse_document(out, "the output")
    assert status == 0
    assert document.view.name == view
    assert len(document.repetitions) == TRUTH[f"{name}.mp4"]["plan"]["n_repetitions"]
    if name == "squat_good":
        assert not found(document)
    else:
        assert found(document)["forward_lean", "both"] == "marked"
        assert not {f.code for f in document.findings if f.severity == "none"} & {"knee_valgus", "lateral_shift"}


def footage(name):
    path = FOOTAGE / name
    if not path.exists():
        pytest.skip(f"{name} is not here: real clips of others are not part of the project")
    return path


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "view", "knee_faults"),
    [
        ("lnewco_good_IMG_7054.mov", "front", False),
        ("lnewco_bad_IMG_7029.mov", "front", False),
        ("lnewco_good_IMG_7026.mov", "left_side", None),
    ],
)
def test_real_squats_are_counted_and_the_sound_knees_are_called_sound(name, view, knee_faults):
    document = pipeline.measure(footage(name), "squat").document
    assert document.status == "measured"
    assert len(document.repetitions) == 1
    assert document.view.name == view
    if knee_faults is False:
        assert not [key for key in found(document) if key[0].startswith("knee")]
    if name.endswith("7029.mov"):
        assert ("shallow_depth", "both") in found(document)


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "because"),
    [("p2s_multi_cam01.mp4", "moving feet"), ("bodypose3d_cam0_test.mp4", "sit down on something")],
    ids=["a man on a beam, not the bystander in his place", "sitting down on a chair and getting up"],
)
def test_what_is_no_squat_is_refused(name, because, monkeypatch, capsys):
    status, out, _ = run(monkeypatch, capsys, "screen", footage(name), "--model", "full", "--json", "-")
    document = parse_document(out, "the output")
    assert status == 3
    assert document.status == "refused"
    assert "No squat was found" in document.reasons[0]
    assert because in document.reasons[0]
    assert not document.findings


def test_overlay_draws_every_frame():
    track = squat_track(GOOD)
    analysis = pipeline.analyse(track, "squat", {})
    overlay = SquatOverlay(track, analysis.document)
    grey = np.full((track.height_px, track.width_px, 3), 90, np.uint8)
    third = len(track) // 3
    for moment in (0.0, track.time_s[third], track.time_s[third : third + 2].mean(), track.time_s[-1] + 5.0):
        drawn = overlay.draw(grey, float(moment))
        assert drawn.shape == grey.shape
        assert (drawn != grey).any()
