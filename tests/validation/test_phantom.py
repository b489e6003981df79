"""The synthetic person does what it is told: angles, handedness, projection, planned movements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("anny", reason="the [validation] extra is not installed")

from rom_vision.body.rotations import hip_rotation_from_points
from validation.person.arms import ArmPlan
from validation.person.body import build_body
from validation.person.identity import sample_person
from validation.person.phantom import Leg, Posture, hip_angles_deg, pelvis_matrix, pose
from validation.scenes.clips import hip_trial, trial_truth
from validation.scenes.hip_tests import seated, supine
from validation.scenes.scene import shank_inclination_deg, still

pytestmark = pytest.mark.validation

angle = st.floats(-60, 60)


def posed(left: Leg, right: Leg, list_deg: float = 0.0, heading_deg: float = 0.0):
    axes = pelvis_matrix(heading_deg, list_deg)
    arms = (ArmPlan("hanging"), ArmPlan("thigh"))
    return pose(build_body(100000), Posture(np.array([0.3, -0.2, 0.8]), axes, left, right, arms=arms))


@settings(max_examples=12, deadline=None)
@given(
    rotation=angle, other=angle, knee=st.floats(60, 110), list_deg=st.floats(-10, 10), heading_deg=st.floats(-180, 180)
)
def test_hip_rotation_from_joint_centres_is_the_one_asked_for(rotation, other, knee, list_deg, heading_deg):
    p = posed(Leg(90, -6, rotation, knee), Leg(90, 4, other, knee), list_deg, heading_deg)
    caudal = -p.axes["pelvis"][:, 1]
    for side, wanted in (("left", rotation), ("right", other)):
        hip, knee_m, ankle = (p.joints_m[f"{n}_{side}"] for n in ("hip", "knee", "ankle"))
        found = np.degrees(hip_rotation_from_points(hip, knee_m, ankle, caudal, right=side == "right"))
        assert found == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize("flexion", [0.0, 45.0, 80.0, 100.0])
@pytest.mark.parametrize("side", ["left", "right"])
def test_flexion_and_adduction_read_from_the_thigh_direction(flexion, side):
    leg = Leg(flexion, 12.0, 20.0, 70.0)
    p = posed(leg, leg)
    thigh = p.axes["pelvis"].T @ (p.joints_m[f"hip_{side}"] - p.joints_m[f"knee_{side}"])
    x, y, z = thigh / np.linalg.norm(thigh)
    assert np.degrees(np.arctan2(-x, y)) == pytest.approx(flexion, abs=0.01)
    towards_middle = z if side == "right" else -z
    assert np.degrees(np.arcsin(towards_middle)) == pytest.approx(12.0, abs=0.01)
    assert hip_angles_deg(p.axes["pelvis"], p.axes[f"thigh_{side}"], side) == pytest.approx((flexion, 12.0, 20.0))


def test_knee_flexion_brings_the_heel_back_and_internal_rotation_the_foot_out():
    p = posed(Leg(90, 0, 30, 90), Leg(0, 0, 0, 60))
    back = p.joints_m["ankle_right"] - p.joints_m["knee_right"]
    assert back @ p.axes["pelvis"][:, 0] < 0
    out = p.joints_m["ankle_left"] - p.joints_m["knee_left"]
    assert out @ p.axes["pelvis"][:, 2] < 0, "the left foot goes to the left"


def test_left_is_left_in_every_scene():
    for scene in (seated(100001), supine(110001, "overhead"), supine(110001, "behind_head")):
        p = pose(scene.body, scene.posture(0.0))
        up = p.joints_m["head_top"] - p.joints_m["pelvis"]
        right = p.joints_m["hip_right"] - p.joints_m["hip_left"]
        assert np.cross(up, right) @ (p.joints_m["nose"] - p.joints_m["head_top"]) > 0, "the face looks forward"
        assert np.linalg.det(p.axes["pelvis"]) == pytest.approx(1.0)


def test_hike_tilts_the_shank_but_not_the_hip():
    trial = hip_trial(100002, hike_deg=9.0, internal_deg=20.0, repetitions=1, alone=True)
    hold = trial.program.movements[0].hold_start_s
    rest, top = (pose(trial.scene.body, trial.scene.posture(t)) for t in (0.0, hold))
    side = trial.scene.side
    hip = [hip_angles_deg(p.axes["pelvis"], p.axes[f"thigh_{side}"], side)[2] for p in (rest, top)]
    shank = [shank_inclination_deg(p, side) for p in (rest, top)]
    hike = trial.program.movements[0].hike_deg
    assert (shank[1] - shank[0]) - (hip[1] - hip[0]) == pytest.approx(hike, abs=1.5)
    assert top.joints_m[f"hip_{side}"][2] > rest.joints_m[f"hip_{side}"][2] + 0.015


def test_truth_of_a_trial():
    truth = trial_truth(hip_trial(100003, external_deg=25.0, internal_deg=30.0, alone=True))
    inner = [r for r in truth["repetitions"] if r["direction"] == "internal"]
    assert len(inner) == 3
    assert truth["internal_rotation_deg"] == pytest.approx(np.mean([r["rotation_deg"] for r in inner]), abs=0.01)
    assert all(abs(r["rotation_deg"] - 30) < 3 for r in inner)
    assert truth["external_rotation_deg"] == pytest.approx(25.0, abs=3.0)


def test_same_seed_same_picture_and_joints_inside():
    first, truth = still(seated(100004, size_px=(640, 480)))
    again, _ = still(seated(100004, size_px=(640, 480)))
    assert first.shape == (480, 640, 3)
    assert (first == again).all()
    for name in ("hip_left", "ankle_right", "shoulder_left"):
        assert (truth["joints_px"][name] > 0).all()
        assert (truth["joints_px"][name] < [640, 480]).all()
    assert sample_person(1) != sample_person(2)
