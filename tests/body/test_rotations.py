import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from rom_vision.body.rotations import exp_so3, hip_angles, hip_matrix, hip_rotation_from_points, rot_x, rot_y, rot_z

angle = st.floats(-1.4, 1.4)
sign = st.sampled_from([-1.0, 1.0])


@pytest.mark.parametrize(
    ("flexion", "adduction", "rotation", "right", "axis", "expected"),
    [
        (90, 0, 0, True, 1, (-1, 0, 0)),  # flexed thigh points forward: its proximal axis points backward
        (0, 30, 0, True, 1, (0, np.cos(np.pi / 6), 0.5)),  # adducted right thigh goes left: proximal axis leans right
        (0, 30, 0, False, 1, (0, np.cos(np.pi / 6), -0.5)),
        (0, 0, 30, True, 0, (np.cos(np.pi / 6), 0, -0.5)),  # right internal rotation turns the front to the left
        (0, 0, 30, False, 0, (np.cos(np.pi / 6), 0, 0.5)),
    ],
)
def test_signs_follow_isb(flexion, adduction, rotation, right, axis, expected):
    matrix = hip_matrix(*np.radians([flexion, adduction, rotation]), 1.0 if right else -1.0)
    np.testing.assert_allclose(matrix[:, axis], expected, atol=1e-12)


@given(angle, angle, angle, sign)
def test_hip_matrix_is_the_product_of_its_three_rotations(f, a, r, s):
    np.testing.assert_allclose(hip_matrix(f, a, r, s), rot_z(f) @ rot_x(s * a) @ rot_y(s * r), atol=1e-12)


@given(angle, angle, angle, sign)
def test_hip_angles_invert_hip_matrix(f, a, r, s):
    np.testing.assert_allclose(hip_angles(hip_matrix(f, a, r, s), s), (f, a, r), atol=1e-9)


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_exp_so3_agrees_with_scipy(vector):
    np.testing.assert_allclose(exp_so3(np.array(vector)), Rotation.from_rotvec(vector).as_matrix(), atol=1e-9)


@given(angle, st.floats(-0.5, 0.5), st.floats(0.5, 2.2), st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_rotation_from_points_does_not_depend_on_the_axes_it_is_seen_in(rotation, adduction, knee, turn):
    hip, knee_centre, ankle = _leg(np.pi / 2, adduction, rotation, knee, right=True)
    seen = Rotation.from_rotvec(turn).as_matrix()
    there = hip_rotation_from_points(hip, knee_centre, ankle, np.array([0.0, -1.0, 0.0]), right=True)
    here = hip_rotation_from_points(seen @ hip, seen @ knee_centre, seen @ ankle, seen @ [0.0, -1.0, 0.0], right=True)
    assert here == pytest.approx(there, abs=1e-9)


@given(st.floats(-1.2, 1.2), st.floats(-0.5, 0.5), st.floats(0.5, 2.2))
def test_rotation_from_points_is_the_isb_angle_at_90_degrees_of_flexion(rotation, adduction, knee):
    for right in (False, True):
        points = _leg(np.pi / 2, adduction, rotation, knee, right=right)
        measured = hip_rotation_from_points(*points, np.array([0.0, -1.0, 0.0]), right=right)
        assert measured == pytest.approx(rotation, abs=1e-9)


def _leg(flexion, adduction, rotation, knee, *, right):
    thigh = hip_matrix(flexion, adduction, rotation, 1.0 if right else -1.0)
    hip = np.zeros(3)
    knee_centre = -0.42 * thigh[:, 1]
    return hip, knee_centre, knee_centre - 0.41 * (thigh @ rot_z(-knee))[:, 1]
