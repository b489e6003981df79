"""Whom a kept result follows is corrected with the recording chosen again: kept, logged, marked, undone."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_results import picture_jpeg
from synthetic import seated_states, swings, track_of
from typer.testing import CliRunner

from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.cli.root import app
from rom_vision.errors import BadInputError
from rom_vision.pipeline import run as pipeline
from rom_vision.pipeline.run import analyse, measure
from rom_vision.sessions import NewResult, Picture
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.correct import correct, follow, original_of, remeasured, repetition_correction, undo
from rom_vision.sessions.engine import DATABASE_VARIABLE

SAMPLES = Path(__file__).parents[2] / "sample_videos"
WHY = "the other one does the test"
OPTIONS = {"position": "seated", "side": "left"}
PICTURE = Picture("start", picture_jpeg())


def track_of_person(number, peaks, digest):
    """What is found when somebody is followed in a recording of two."""
    time_s, angle = swings(peaks, fps=15.0)
    track = track_of(time_s, seated_states(angle))
    who = f"person {number} of 2, counted from left to right: chosen by hand"
    return replace(track, source=replace(track.source, subject=who, video_name="two.mp4", video_sha256=digest))


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """A recording of two people, whose network stands still: what it would find is at hand."""
    path = tmp_path / "two.mp4"
    path.write_bytes(b"a film of two")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    def watch(video, *, subject, **asked):
        assert (video, asked["model"], asked["lying"]) == (path, "heavy", False)
        return track_of_person(subject, {1: (30.0, 31.0, 30.0), 2: (40.0, 41.0, 40.0), 3: ()}[subject], digest), []

    monkeypatch.setattr(pipeline, "watch_video", watch)
    return path


@pytest.fixture
def result(store, recording):
    track, _ = pipeline.watch_video(recording, subject=1, model="heavy", lying=False)
    store.add_person("Ana")
    made = NewResult(analyse(track, "hip_rotation", OPTIONS).document, track, (PICTURE,))
    return store.session(store.save_session("Ana", [made])).results[0]


def value(document):
    return document.measure("internal_rotation").value


def test_another_person_is_measured_and_taken_back(store, result, recording, open_store, tmp_path):
    original, kept = result.document, store.track(result.id)
    now = follow(store, result.id, recording, 2, WHY)
    assert value(now) - value(original) == pytest.approx(10.0, abs=1.0)
    assert now.measure("internal_rotation").edited
    assert now.warnings[0].startswith(f"Edited by hand: person 2 from the left followed (“{WHY}”)")
    assert "person 2 of 2" in now.provenance.subject
    assert (original_of(store, result.id), store.pictures(result.id)) == (original, ())
    fewer = correct(store, result.id, repetition_correction(now, 2, counts=False, reason="it was short"))
    assert value(fewer) == pytest.approx(value(now), abs=1.0)
    assert fewer.measure("internal_rotation").n_repetitions == 2
    export_person(store, "Ana", tmp_path / "ana.zip")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    import_person(other, tmp_path / "ana.zip")
    assert remeasured(other, 1).measures == fewer.measures
    assert original_of(other, 1).measures == original.measures, "measured again from the first person's landmarks"
    assert undo(other, 1) == undo(store, result.id) == now
    assert undo(store, result.id) == original
    assert store.track(result.id).image_px == pytest.approx(kept.image_px, nan_ok=True)
    assert store.track(result.id, set_aside=True) is None
    assert store.pictures(result.id) == (PICTURE,)
    assert store.session(1).edits[0].after.startswith("person 2 from the left followed")


def test_what_does_not_fit_changes_nothing(store, result, recording, tmp_path):
    with pytest.raises(BadInputError, match="Say why"):
        follow(store, result.id, recording, 2, " ")
    another = tmp_path / "another.mp4"
    another.write_bytes(b"another film")
    with pytest.raises(BadInputError, match=r"another\.mp4 is another recording than two\.mp4"):
        follow(store, result.id, another, 2, WHY)
    with pytest.raises(BadInputError, match="That person cannot be measured so"):
        follow(store, result.id, recording, 3, WHY)
    correct(store, result.id, repetition_correction(result.document, 2, counts=False, reason="short"))
    with pytest.raises(BadInputError, match="Take the corrections back first"):
        follow(store, result.id, recording, 2, WHY)
    assert undo(store, result.id) == result.document


def test_on_the_command_line(tmp_path, monkeypatch, open_store, recording):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    store = open_store(url)
    store.add_person("Ana")
    track, _ = pipeline.watch_video(recording, subject=1, model="heavy", lying=False)
    store.save_session("Ana", [NewResult(analyse(track, "hip_rotation", OPTIONS).document, track)])

    def run(*words):
        return CliRunner().invoke(app, ["sessions", "correct", "1", *words])

    said = run("--subject", "2", "--video", str(recording), "--reason", WHY)
    assert "Edited by hand: person 2 from the left followed" in said.output, said
    assert "Internal rotation left: 39.8°" in said.output
    assert "Edited by hand: person 2" in CliRunner().invoke(app, ["sessions", "show", "1"]).output
    assert isinstance(run("--subject", "2").exception, BadInputError)


def beside_one_another(left, right, path, start_s=1.0, end_s=5.8):
    """Two sample clips as one film of two people, who both swing the left leg in once."""
    with (
        VideoReader(SAMPLES / left) as a,
        VideoReader(SAMPLES / right) as b,
        VideoWriter(path, a.size[0] + b.size[0], a.size[1]) as out,
    ):
        for one, other in zip(a, b, strict=False):
            if start_s <= one.time_s <= end_s:
                out.write(np.hstack([one.rgb, other.rgb]), one.time_s - start_s)


@pytest.mark.model
def test_of_a_film_of_two_the_value_is_that_of_the_person_who_is_followed(tmp_path, open_store):
    names, film = ("seated_left.mp4", "seated_left_later.mp4"), tmp_path / "two.mp4"
    beside_one_another(*names, film)
    truth = {
        t["file"]: t["repetitions"][0]["rotation_deg"] for t in json.loads((SAMPLES / "truth.json").read_text())[:2]
    }
    store = open_store(f"sqlite:///{tmp_path / 'kept.db'}")
    store.add_person("Ana")
    found = measure(film, model="full", **OPTIONS)
    assert "person 2 of 2" in found.document.provenance.subject, "the one whose leg turns farther"
    result = store.session(store.save_session("Ana", [NewResult(found.document, found.track)])).results[0]
    now = follow(store, result.id, film, 1, WHY)
    assert "person 1 of 2" in now.provenance.subject
    for document, name in ((now, names[0]), (found.document, names[1])):
        low, high = document.measure("internal_rotation").interval
        assert low <= truth[name] <= high, name
    assert value(now) < value(found.document) - 3.0
    assert np.nanmean(store.track(result.id).image_px[..., 0]) < found.track.width_px / 2
    assert undo(store, result.id) == found.document
    assert np.nanmean(store.track(result.id).image_px[..., 0]) > found.track.width_px / 2
