import math

import cv2
import numpy as np
import pytest

from rom_vision.camera import Camera
from rom_vision.camera.defaults import LENSES
from rom_vision.errors import BadInputError

BENT = Camera(1280, 720, 800.0, 0.01, 650.0, 350.0, (-0.3, 0.12, 0.002, -0.001, -0.02))


def test_undistorted_points_distort_back_to_where_they_were_seen():
    seen = np.stack(np.meshgrid(np.linspace(0, 1280, 9), np.linspace(0, 720, 7)), axis=-1)
    ideal = BENT.undistort_px(seen)
    assert np.abs(ideal - seen).max() > 20  # this lens bends the corners a lot
    rays = np.concatenate([(ideal - (650, 350)) / 800, np.ones((7, 9, 1))], axis=-1)
    back, _ = cv2.projectPoints(rays.reshape(-1, 3), np.zeros(3), np.zeros(3), BENT.matrix, np.array(BENT.distortion))
    np.testing.assert_allclose(back.reshape(seen.shape), seen, atol=0.01)


def test_undistortion_keeps_missing_points_missing_and_refuses_points_beyond_the_model():
    out = BENT.undistort_px([[np.nan, 1.0], [9000.0, 9000.0], [650.0, 350.0]])
    assert np.isnan(out[:2]).all()
    np.testing.assert_allclose(out[2], (650, 350))


def test_a_straight_lens_leaves_points_alone_and_returns_its_own_array():
    points = np.array([[1.0, 2.0], [np.nan, np.nan]])
    out = Camera.from_hfov(640, 480).undistort_px(points)
    np.testing.assert_array_equal(out, points)
    assert out is not points


@pytest.mark.parametrize(
    ("roll", "pitch", "down"),
    [
        (None, None, (0, 1, 0)),
        (30, None, (0.5, math.sqrt(0.75), 0)),  # camera leans clockwise: plumb lines point down and to the right
        (None, 30, (0, math.sqrt(0.75), 0.5)),  # camera looks down: the floor lies ahead
    ],
)
def test_gravity_in_camera_axes(roll, pitch, down):
    camera = Camera(640, 480, 500, 0.01, 320, 240, roll_deg=roll, pitch_deg=pitch)
    np.testing.assert_allclose(camera.gravity(), down, atol=1e-12)


def test_default_view_lies_along_the_longer_side():
    wide, tall = Camera.from_hfov(1280, 720), Camera.from_hfov(720, 1280)
    assert wide.focal_px == pytest.approx(tall.focal_px)
    assert wide.hfov_deg == pytest.approx(LENSES["unknown"].fov_deg)
    assert wide.focal_log_sd == LENSES["unknown"].focal_log_sd


def test_named_lenses():
    assert Camera.from_lens(1920, 1080, "phone").hfov_deg == pytest.approx(LENSES["phone"].fov_deg)
    with pytest.raises(BadInputError, match="laptop"):
        Camera.from_lens(1920, 1080, "periscope")
