import numpy as np
import pytest

from rom_vision.pose.turns import TURNS_DEG, turn_back_px, turn_back_world, turn_picture


@pytest.mark.parametrize("turn_deg", TURNS_DEG)
def test_a_point_found_in_the_turned_picture_comes_back_to_its_place(turn_deg):
    picture = np.zeros((48, 80, 3), np.uint8)
    picture[10, 63] = 255
    turned = turn_picture(picture, turn_deg)
    row, column = np.argwhere(turned[..., 0])[0]
    centre = np.array([[column + 0.5, row + 0.5]], np.float32)
    np.testing.assert_allclose(turn_back_px(centre, turn_deg, 80, 48), [[63.5, 10.5]])


@pytest.mark.parametrize("turn_deg", TURNS_DEG)
def test_world_points_turn_with_the_picture(turn_deg):
    """A step in the turned picture and the same step in the world come back as one step."""
    step = np.array([[0.0, 0.0], [0.3, 0.1]], np.float32)
    back_px = turn_back_px(step, turn_deg, 80, 48)
    world = np.concatenate([step, [[0.0], [0.7]]], axis=1).astype(np.float32)
    back = turn_back_world(world, turn_deg)
    np.testing.assert_allclose(np.diff(back[:, :2], axis=0), np.diff(back_px, axis=0), atol=1e-5)
    np.testing.assert_array_equal(back[:, 2], world[:, 2])
