import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from synthetic import seated_states

from rom_vision.body.model import (
    LENGTHS_M,
    N_STATE,
    STATE,
    UPRIGHT_FACING,
    LandmarkShape,
    forward_kinematics,
    linearize,
    pelvis_matrix,
)
from rom_vision.body.rotations import hip_rotation_from_points

LEFT, RIGHT = 0, 1


def joints(state):
    return forward_kinematics(state, UPRIGHT_FACING)


def test_zero_pose_stands_upright_facing_the_camera():
    state = np.zeros(N_STATE)
    state[STATE["pelvis_log_z"]] = np.log(2.5)
    p = joints(state)
    assert p[2][0] > 0 > p[3][0], "the person's left hip is on the right of the picture"
    np.testing.assert_allclose(p[4] - p[2], (0, LENGTHS_M["thigh"], 0), atol=1e-12)
    np.testing.assert_allclose(p[6] - p[4], (0, LENGTHS_M["shank"], 0), atol=1e-12)
    np.testing.assert_allclose(p[:2].mean(axis=0) - p[2:4].mean(axis=0), (0, -LENGTHS_M["trunk"], 0), atol=1e-12)


@pytest.mark.parametrize("side", ["left", "right"])
def test_internal_rotation_moves_the_foot_outward_and_towards_nobody(side):
    index = 6 if side == "left" else 7
    rest, turned = (joints(seated_states([r], side=side))[0] for r in (0.0, 40.0))
    outward = 1.0 if side == "left" else -1.0
    assert (turned[index] - rest[index])[0] * outward > 0.2
    np.testing.assert_allclose(turned[:6], rest[:6], atol=1e-12)


@given(
    st.floats(-50, 50),
    st.floats(70, 110),
    st.floats(-25, 15),
    st.floats(60, 120),
    st.floats(-40, 40),
    st.floats(-12, 12),
)
def test_leg_model_agrees_with_the_closed_form(rotation, flexion, adduction, knee, yaw, lift):
    for side, right in (("left", False), ("right", True)):
        state = seated_states(
            [rotation],
            side=side,
            yaw_deg=yaw,
            pelvis_list_deg=np.array([lift]),
            hip_flexion_deg=flexion,
            hip_adduction_deg=adduction,
            knee_angle_deg=knee,
        )
        p = joints(state)[0]
        # At 90 degrees of flexion the pelvis' caudal axis is the reference; else it is turned with the thigh.
        pelvis = pelvis_matrix(state, UPRIGHT_FACING)[0]
        angle = np.radians(flexion)
        cranial = pelvis @ np.array([np.cos(angle), np.sin(angle), 0.0])
        measured = hip_rotation_from_points(p[2 + right], p[4 + right], p[6 + right], -cranial, right=right)
        assert np.degrees(measured) == pytest.approx(rotation, abs=1e-6)


def test_landmark_offsets_are_mirrored_between_the_sides():
    state = seated_states([0.0])
    shape = LandmarkShape(np.full((4, 2, 3), 0.01))
    moved = forward_kinematics(state, UPRIGHT_FACING, shape)[0] - joints(state)[0]
    # Mirror image across the picture's vertical: x flips, y and z stay.
    np.testing.assert_allclose(moved[1::2] * (-1, 1, 1), moved[0::2], atol=0.002)


@given(st.lists(st.floats(-0.6, 0.6), min_size=N_STATE, max_size=N_STATE))
def test_derivatives_agree_with_finite_differences(entries):
    state = np.array(entries)
    # The knee landmark's way has a kink where the thigh is not rotated.
    rotations = state[[STATE["hip_rotation_l"], STATE["hip_rotation_r"]]]
    assume(not ((np.abs(rotations) < 1e-4) & (rotations != 0)).any())
    shape = LandmarkShape(
        np.linspace(-0.02, 0.02, 24).reshape(4, 2, 3),
        knee_swing_m=np.array([[0.01, -0.02, 0.03], [-0.01, 0.004, 0.006]]),
        list_gain=0.7,
        list_leak=0.1,
    )
    points, slopes = linearize(state, UPRIGHT_FACING, shape)
    np.testing.assert_allclose(points, forward_kinematics(state, UPRIGHT_FACING, shape), atol=1e-12)
    for i in range(slopes.shape[2]):
        step = np.zeros(N_STATE)
        step[i] = 1e-6
        ahead = forward_kinematics(state + step, UPRIGHT_FACING, shape)
        behind = forward_kinematics(state - step, UPRIGHT_FACING, shape)
        np.testing.assert_allclose(slopes[:, :, i], (ahead - behind) / 2e-6, atol=1e-7)
