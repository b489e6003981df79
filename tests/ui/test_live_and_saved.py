"""The live test and the saved result are one instrument: recordings of people of known angles, played as a camera."""

import json
from pathlib import Path

import numpy as np
import pytest
from live_plays import play
from squat_tracks import squat_track
from synthetic import seated_states, swings, track_of

from rom_vision.camera import Camera
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.hip_rotation.anchor import Anchor, Moment
from rom_vision.protocols.hip_rotation.live_filter import LiveFilter
from rom_vision.ui.live.guide import Look
from rom_vision.ui.live.hip_guide import HipGuide

TRACKS = Path(__file__).parents[2] / "validation" / "tracks"
PEOPLE = ["seated_2", "seated_9", "seated_15", "seated_21", "seated_24", "seated_wide_201"]
LYING = ["overhead_801", "overhead_805", "behind_head_1001", "behind_head_1005"]


def told(name):
    return json.loads((TRACKS / f"{name}.json").read_text()), PoseTrack.load(TRACKS / f"{name}.npz")


@pytest.mark.parametrize("name", PEOPLE + LYING)
def test_what_is_shown_is_what_is_saved(name):
    truth, track = told(name)
    test = play(track, truth["position"], truth["side"])
    assert test.advice[-1].stage == "done"
    assert test.saved.status == "measured"
    assert test.saved.measure("internal_rotation").n_repetitions == test.advice[-1].good == 3
    for repetition in test.saved.repetitions:
        held, top = test.of(repetition)
        assert held == pytest.approx(repetition.value, abs=2.0)
        assert top == pytest.approx(repetition.value, abs=2.5)
    at_rest = [not any(r.start_s - 0.3 < t < r.end_s + 0.3 for r in test.saved.repetitions) for t in test.time_s]
    assert np.nanmedian(test.shown_deg[at_rest]) == pytest.approx(test.saved.measure("rest").value, abs=2.0)
    assert not any(a.cue.id == "hike" for a in test.advice), "nobody lifts their pelvis here"


def test_a_hike_is_said_and_not_counted_as_in_the_saved_result():
    truth, track = told("seated_hike_402")
    test = play(track, truth["position"], truth["side"])
    assert any(a.cue.id == "hike" for a in test.advice)
    assert test.advice[-1].good == sum(r.valid for r in test.saved.repetitions) == 0


@pytest.mark.parametrize("name", ["seated_hike_402", "seated_hike_405", "seated_hike_406"])
def test_what_a_rest_was_is_known_better_after_a_swing_with_a_lifted_pelvis(name):
    truth, track = told(name)
    test = play(track, truth["position"], truth["side"])
    assert len(test.saved.repetitions) >= 3
    for repetition in test.saved.repetitions[1:]:
        assert test.of(repetition)[0] == pytest.approx(repetition.value, abs=2.0)


@pytest.mark.parametrize("outward_deg", [28.0, -27.0])
def test_a_held_leg_reads_the_same_after_a_minute(outward_deg):
    """No prior pulls on it, however long it is held."""
    times, angle = swings([outward_deg], rest_s=3.0, hold_s=60.0, fps=10.0)
    track = track_of(times, seated_states(angle, distance_m=2.2), size=(1280, 720))
    live, camera, moments = LiveFilter("seated"), Camera.from_hfov(1280, 720), []
    for i, t in enumerate(times):
        pose = PoseCandidate(*(x[i].astype(np.float32) for x in (track.image_px, track.visibility, track.world_m)))
        fit = live.update(float(t), camera, "left", pose, restart=t < 2.0)
        now = fit.angles_deg
        rotation, pelvis, trunk = now["hip_rotation_l"], now["pelvis_list"], now["trunk_lean"]
        moments.append(Moment(float(t), rotation, pelvis, trunk, 90.0, fit.residual, fit.rotation_sd_deg))
    anchor = Anchor("seated", [m for m in moments if m.time_s < 2.0])
    held = np.array([anchor.shown(m).rotation_deg for m in moments])[np.abs(angle - outward_deg) < 0.1]
    assert len(held) > 500
    assert np.ptp([held[k : k + 20].mean() for k in range(0, 580, 20)]) < 1.5
    assert held[-20:].mean() == pytest.approx(outward_deg, abs=2.5)


def test_somebody_standing_is_told_to_sit():
    standing = squat_track(distance_m=3.6)
    guide, camera = HipGuide("seated", ("left",)), Camera.from_hfov(480, 640)
    for i in range(10):
        pose = PoseCandidate(*(x[i].astype(np.float32) for x in (standing.image_px, standing.visibility)), _world(i))
        advice = guide.update(Look(float(standing.time_s[i]), (480, 640), camera, pose))
    assert advice.cue.id == "sit"


def _world(seed):
    return np.random.default_rng(seed).normal(0, 0.2, (33, 3)).astype(np.float32)
