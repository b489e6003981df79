"""A test of another package: an elbow's flexion, registered through an entry point, goes all the way through the house.

Nothing outside this file knows it. The protocol below is what such a package holds.
"""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from rom_vision.meaning.change import ERRORS, ErrorDefaults
from rom_vision.meaning.norms import Band, add_bands
from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.base import Choice, Found, Option, Protocol
from rom_vision.protocols.registry import _known, register
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure, Repetition

# -- the other package ----------------------------------------------------------------------------------------------


# --8<-- [start:package]
class Toy(Protocol):
    """Elbow flexion as the picture shows it."""

    name = "toy"
    title = "Elbow bend"
    summary = "How far an elbow is bent, in the picture."
    options = (Option("arm", "Which arm?", (Choice("left", "Left"), Choice("right", "Right")), default="left"),)
    rate_hz = 15.0

    def analyse(self, track, camera, options, level=None):
        """The largest bend of a recording, to within what ten degrees of a picture angle are worth."""
        arm = options["arm"]
        shoulder, elbow, wrist = (
            track.image_px[:, Landmark[f"{arm}_{joint}".upper()]] for joint in ("shoulder", "elbow", "wrist")
        )
        upper, fore = elbow - shoulder, wrist - elbow
        cross = upper[:, 0] * fore[:, 1] - upper[:, 1] * fore[:, 0]
        bend = np.abs(np.degrees(np.arctan2(cross, (upper * fore).sum(axis=1))))
        series = {
            "time_s": tuple(float(t) for t in track.time_s),
            "elbow_flexion_deg": tuple(float(b) if np.isfinite(b) else None for b in bend),
        }
        seen = np.isfinite(bend)
        if not seen.any():
            return Found(Result(test="toy", options=dict(options), status="refused", reasons=("No arm.",)))
        top = int(np.nanargmax(bend))
        value, at = float(bend[top]), float(track.time_s[top])
        start, end = float(track.time_s[0]), float(track.time_s[-1])
        measure = Measure(
            "elbow_flexion", "elbow flexion", arm, value, ci95=(value - 10, value + 10), n_repetitions=1,
            repetitions=(value,), norm="elbow_flexion", error="toy",
        )  # fmt: skip
        repetition = Repetition(start, end, at, "elbow_flexion", value, ci95=measure.ci95)
        return Found(
            Result(
                test="toy", options=dict(options), status="measured", measures=(measure,), repetitions=(repetition,),
                series=series,
            )
        )  # fmt: skip


ERRORS["toy"] = ErrorDefaults(3.0, 3.0, 8.0, 10.0, "a toy")
add_bands(Band("elbow_flexion", (), None, 20, 40, (60, 120), 160, 90, "a toy"))

# --8<-- [end:package]
# -- and what the house makes of it ---------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]


@pytest.fixture
def toy():
    """The toy among the tests of this process, for as long as a test runs."""
    register(Toy())
    yield Toy()
    _known.pop("toy")


@pytest.fixture
def analysis(toy):
    from made_results import pose_track

    from rom_vision.pipeline.run import analyse

    track = pose_track()
    along = np.linspace(0, np.pi, len(track))
    track.image_px[:, Landmark.LEFT_WRIST] = track.image_px[:, Landmark.LEFT_ELBOW] + np.column_stack(
        [60 * np.sin(along), 60 * np.cos(along)]
    )
    track.image_px[:, Landmark.LEFT_ELBOW] = track.image_px[:, Landmark.LEFT_SHOULDER] + (0.0, 60.0)
    track.image_px[:, Landmark.LEFT_WRIST] = track.image_px[:, Landmark.LEFT_ELBOW] + np.column_stack(
        [60 * np.sin(along / 2), 60 * np.cos(along / 2)]
    )
    return analyse(track, "toy", {})


@pytest.mark.model
def test_the_command_line_knows_a_test_of_an_installed_package(tmp_path):
    """A real entry point, a real video, every output and the store; then compare, and every form of the report."""
    from rom_vision.capture import VideoReader, VideoWriter

    clip = tmp_path / "clip.mp4"
    sample = ROOT / "sample_videos" / "seated_left.mp4"
    with VideoReader(sample, max_side_px=480) as reader, VideoWriter(clip, *reader.size) as out:
        for frame in reader:
            if frame.time_s > 1.5:
                break
            out.write(frame.rgb, frame.time_s)
    package = tmp_path / "installed"
    info = package / "toy_elbow-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-elbow\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[rom_vision.protocols]\ntoy = toy_test:Toy\n", encoding="utf-8")
    paths = [str(package), str(Path(__file__).parent), str(ROOT)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "ROM_VISION_DATABASE_URL": f"sqlite:///{tmp_path / 'kept.db'}",
        "XDG_DATA_HOME": str(tmp_path),
        "COLUMNS": "120",
    }

    def run(*words):
        command = [sys.executable, "-c", "from rom_vision.cli import main; main()", *map(str, words)]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    shown = run("measure", "--help")
    assert "toy" in shown
    assert "Elbow bend" in shown
    assert "--arm" in shown
    run("person", "add", "Ann")
    said = run(
        "measure", clip, "--test", "toy", "--arm", "right", "--model", "full", "--json", "toy.json", "--csv", "toy.csv",
        "--overlay", "toy_drawn.mp4", "--pictures", "pictures", "--track", "toy.track", "--save", "--person", "Ann",
    )  # fmt: skip
    assert "elbow flexion, right" in said
    written = json.loads((tmp_path / "toy.json").read_text(encoding="utf-8"))
    assert (written["schema"], written["test"], written["options"]) == (2, "toy", {"arm": "right"})
    assert (tmp_path / "toy.csv").read_text(encoding="utf-8").startswith("time_s,elbow_flexion_deg")
    assert (tmp_path / "toy_drawn.mp4").stat().st_size > 1000
    assert list((tmp_path / "pictures").iterdir())
    assert "Elbow flexion, right" in run("sessions", "compare", "--person", "Ann", "--json", "compare.json")
    forms = {"--pdf": "r.pdf", "--html": "r.html", "--csv": "r.csv", "--fhir": "r.json", "--trc": "r.trc"}
    run("sessions", "report", 1, *(word for pair in forms.items() for word in pair))
    for name in forms.values():
        assert (tmp_path / name).stat().st_size > 500, name
    assert "Elbow bend" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "elbow_flexion" in (tmp_path / "r.json").read_text(encoding="utf-8")
    assert "as before" in run("sessions", "remeasure", "--person", "Ann")


def test_it_is_placed_compared_and_reported(analysis, tmp_path):
    from rom_vision.meaning.interpret import interpret, test_name
    from rom_vision.report.content import session_report
    from rom_vision.report.html import html_of
    from rom_vision.report.tables import csv_of
    from rom_vision.results.document import parse_document
    from rom_vision.sessions import NewResult, SessionStore
    from rom_vision.sessions.compare import compare

    document = analysis.document
    assert parse_document(document.to_json(), "toy") == document
    assert test_name(document) == "Elbow bend"
    assert any("the reference band" in s.text for s in interpret(document).statements)
    store = SessionStore(f"sqlite:///{tmp_path / 'kept.db'}")
    store.add_person("Ann")
    for week in (0, 1):
        at = datetime(2026, 3, 2, tzinfo=timezone.utc) + timedelta(weeks=week)
        number = store.save_result("Ann", NewResult(document, analysis.track), taken_at=at)
    (series,) = compare(store, "Ann").series
    assert series.title == "Elbow flexion, left, arm left"
    assert (series.change, series.verdict) == (0.0, "no_change")
    page = html_of(session_report(store, number))
    assert "Elbow flexion over time." in page
    assert "nan" not in page.lower().replace("nano", "")
    assert "elbow_flexion" in csv_of([document])
    store.close()


def test_the_app_asks_for_it_shows_it_and_its_progress(analysis, tmp_path, monkeypatch):
    from app_pages import app

    from rom_vision.sessions import NewResult, SessionStore

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)
    store = SessionStore()
    store.add_person("Ann")
    number = store.save_result("Ann", NewResult(analysis.document, analysis.track))
    store.close()

    def opened(page, **query):
        test = app(page, **query).run()
        assert not test.exception, test.exception
        return test

    upload = opened("upload")
    upload.segmented_control(key="test").set_value("toy").run()
    assert not upload.exception
    assert upload.segmented_control(key="arm").value == "left"
    result = opened("result", session=str(number))
    shown = "\n".join([e.proto.body for e in result.get("html")] + [str(m.value) for m in result.markdown])
    assert "Elbow flexion" in shown
    assert "Repetition 1, elbow flexion" in shown
    progress = opened("progress")
    assert any("Elbow flexion" in str(box.options) for box in progress.selectbox)
