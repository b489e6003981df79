"""The shin in the person's mask beside the line between its landmarks."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic import seated_states, swings, track_of

from rom_vision.body.estimator import LegEstimator
from rom_vision.body.kinematics import joint_angles
from rom_vision.body.model import N_STATE, OUTLINES, POINTS, UPRIGHT_FACING, forward_kinematics
from rom_vision.body.noise import seated_noise
from rom_vision.body.recording import estimate
from rom_vision.camera import Camera
from rom_vision.pose.given import GivenPoint, with_given
from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.hip_rotation.posture import posture_for

CAMERA = Camera.from_hfov(1280, 720)
MEAN_DEG = float(np.degrees(seated_noise().outline_rad[0]))


def with_masks(track, states, *, bend=0.002, more_deg=0.0):
    """A track whose masks show the shins as they are, but for the mean turn of outlines, and ``more_deg``."""
    joints = forward_kinematics(states, UPRIGHT_FACING)
    ray = joints[..., :2] / joints[..., 2:]
    true, found = (p[:, 6:8] - p[:, 4:6] for p in (ray, track.image_px[:, list(POINTS)]))
    angle = [np.degrees(np.arctan2(p[..., 0], p[..., 1])) for p in (true, found)]
    outwards = np.array([1.0, -1.0])
    outline = np.zeros((len(track), 2, 4))
    outline[..., 0] = angle[1] - angle[0] - outwards * (MEAN_DEG + more_deg)
    outline[..., 2], outline[..., 3] = 0.25, bend
    return replace(track, outline=outline)


def held(track, rotation, side="left"):
    angles = joint_angles(estimate(track, CAMERA, posture_for("seated", side)), CAMERA)
    name = f"hip_rotation_{side[0]}"
    swing = [np.median(angles.angle(name)[rotation == level]) for level in (0.0, 30.0)]
    return swing[1] - swing[0], float(np.median(angles.sd(name)[rotation == 30.0]))


@pytest.fixture
def trousers():
    """A knee whose landmark goes inwards by 4 cm as the leg swings out."""
    t, rotation = swings([30.0])
    states = seated_states(rotation)
    track = track_of(t, states)
    image = track.image_px.copy()
    image[:, Landmark.LEFT_KNEE, 0] -= rotation / 30.0 * 0.04 * CAMERA.focal_px / 2.0
    return replace(track, image_px=image), states, rotation


def test_a_knee_that_clothes_move_is_put_right_by_the_mask(trousers):
    track, states, rotation = trousers
    alone, sd_alone = held(track, rotation)
    both, sd_both = held(with_masks(track, states), rotation)
    assert abs(alone - 30.0) > 3.0
    assert abs(both - 30.0) < 0.6 * abs(alone - 30.0)
    assert sd_both < sd_alone


@pytest.mark.parametrize("side", ["left", "right"])
def test_masks_that_agree_make_it_surer_and_move_nothing(side):
    t, rotation = swings([30.0])
    states = seated_states(rotation, side=side)
    track = track_of(t, states)
    alone, both = held(track, rotation, side), held(with_masks(track, states), rotation, side)
    assert both[0] == pytest.approx(alone[0], abs=1.0)
    assert both[1] < alone[1]


def test_a_turn_that_stays_is_the_clothes_and_not_the_swing(trousers):
    """A calf or a trouser leg turns the outline by the same throughout: the swing does not change by it."""
    track, states, rotation = trousers
    as_it_is, turned = (held(with_masks(track, states, more_deg=deg), rotation)[0] for deg in (0.0, 3.0))
    assert turned == pytest.approx(as_it_is, abs=0.7)


def test_an_outline_that_is_no_shin_alone_does_not_count(trousers):
    track, states, rotation = trousers
    assert held(with_masks(track, states, bend=0.1), rotation) == pytest.approx(held(track, rotation), abs=1e-9)


def test_derivatives_of_the_shins_directions():
    estimator = LegEstimator(CAMERA, posture_for("seated", "left"))
    state = seated_states(np.array([20.0]), yaw_deg=15.0, pelvis_list_deg=np.array([4.0]))[0]
    state[OUTLINES] = 0.02, -0.03
    _, slopes = estimator._shins(state)
    for entry, step in enumerate(1e-6 * np.eye(N_STATE)):
        (more, _), (less, _) = estimator._shins(state + step), estimator._shins(state - step)
        assert (more - less) / 2e-6 == pytest.approx(slopes[:, entry], abs=1e-5), entry


def test_a_joint_put_by_hand_counts_for_more_than_the_mask(trousers):
    track, states, _ = trousers
    masked = with_masks(track, states)
    given = GivenPoint(Landmark.LEFT_KNEE, float(track.time_s[20]), *(masked.image_px[20, Landmark.LEFT_KNEE] + (5, 0)))
    moved = with_given(masked, [given])
    assert np.isnan(moved.outline[20, 0]).all()
    assert np.isfinite(moved.outline[20, 1]).all()
    assert np.isfinite(moved.outline[-1, 0]).all()
