import cv2
import numpy as np
import pytest

from rom_vision.camera import Camera
from rom_vision.camera.level import level_from_scene, level_from_shanks, level_from_user, with_level
from validation.scenes.drawn_rooms import BARE, Room, furnished, without_verticals

ROLLS = [-5.0, -3.2, -1.1, 0.0, 0.8, 2.4, 3.7, 5.0]
SEEDS = range(3000, 3008)


@pytest.fixture(scope="module")
def levels():
    out = []
    for seed, roll in zip(SEEDS, ROLLS, strict=True):
        rng = np.random.default_rng(seed)
        room = furnished(seed, roll, rng.uniform(-10, 12), rng.uniform(-20, 20))
        out.append((roll, level_from_scene([room.finish()], room.camera)))
    return out


def test_roll_is_recovered_within_a_degree_in_rooms_with_verticals(levels):
    errors = [level.roll_deg - roll for roll, level in levels if level.roll_deg is not None]
    assert len(errors) >= 6  # some rooms hide too much of the door
    assert max(map(abs, errors)) < 1.0


def test_the_standard_deviation_is_honest_and_useful(levels):
    known = [(level.roll_deg - roll, level.roll_sd_deg) for roll, level in levels if level.roll_deg is not None]
    assert all(abs(error) < 2.6 * sd for error, sd in known)
    assert np.median([sd for _, sd in known]) < 0.8


def test_what_could_not_be_had_is_named(levels):
    for _, level in levels:
        assert (level.roll_deg is None) == ("not corrected" in level.note) == (level.source == "none")
        assert (level.roll_sd_deg is None) == (level.roll_deg is None)


@pytest.mark.parametrize("kind", BARE)
@pytest.mark.parametrize(("seed", "roll"), [(4000, 0.0), (4001, 4.0)])
def test_rooms_without_verticals_give_none(kind, seed, roll):
    room = without_verticals(kind, seed, roll)
    level = level_from_scene([room.finish()], room.camera)
    assert level.roll_deg is None
    assert level.segments_px.shape == (0, 4)


def test_pitch_comes_from_converging_verticals():
    room = Room(roll_deg=2.0, pitch_deg=12.0, seed=5)
    room.shell()
    for x in (-1.2, -0.4, 0.4, 1.2):
        room.on_wall(x, x + 0.3, -1.0, 0.9, room.shade())
    level = level_from_scene([room.finish()], room.camera)
    assert level.roll_deg == pytest.approx(2.0, abs=0.5)
    assert level.pitch_deg == pytest.approx(12.0, abs=1.5)
    gravity = with_level(room.camera, level).gravity()
    np.testing.assert_allclose(gravity, room.turn[:, 1], atol=0.03)


def test_sign_a_plumb_line_that_leans_counter_clockwise_means_positive_roll():
    picture = np.full((540, 960), 200, np.uint8)
    for x in (150, 400, 600, 800):  # top to the left, bottom to the right
        cv2.line(picture, (x - 20, 60), (x + 20, 480), 40, 5, cv2.LINE_AA)
    level = level_from_scene([picture], Camera.from_hfov(960, 540))
    assert level.roll_deg == pytest.approx(np.degrees(np.arctan2(40, 420)), abs=0.3)


def legs_in_a_bare_room():
    """Trousers make fine verticals that say nothing about the camera."""
    picture = np.full((540, 960), 200, np.uint8)
    for x in (420, 470, 520, 570):
        cv2.line(picture, (x - 30, 120), (x + 5, 500), 40, 6, cv2.LINE_AA)
    return picture


def test_lines_on_the_person_do_not_count():
    camera = Camera.from_hfov(960, 540)
    landmarks = np.array([(400, 90), (570, 90), (410, 500), (590, 500), (np.nan, np.nan)])
    assert level_from_scene([legs_in_a_bare_room()], camera).roll_deg is not None
    assert level_from_scene([legs_in_a_bare_room()], camera, [landmarks]).roll_deg is None


def test_several_pictures_do_not_pretend_to_more_certainty():
    rooms = [furnished(3001, 3.0) for _ in range(4)]
    one = level_from_scene([rooms[0].finish()], rooms[0].camera)
    four = level_from_scene([room.finish(noise=3.0 + k) for k, room in enumerate(rooms)], rooms[0].camera)
    assert four.roll_deg == pytest.approx(3.0, abs=0.5)
    assert four.roll_sd_deg > 0.6 * one.roll_sd_deg


def test_a_camera_that_moves_gives_none():
    rooms = [furnished(3001, roll) for roll in (-4.0, 0.0, 4.0)]
    level = level_from_scene([room.finish() for room in rooms], rooms[0].camera)
    assert level.roll_deg is None
    assert "moved" in level.note


def test_no_picture_gives_none():
    assert level_from_scene([], Camera.from_hfov(640, 480)).source == "none"


def test_hanging_shanks():
    both = level_from_shanks([[3.0, 3.2, np.nan, 2.8], [-5.0, -5.0, -5.0]])
    one = level_from_shanks([[-4.0]])
    assert both.roll_deg == pytest.approx(1.0)  # bow legs cancel; shanks that lean counter-clockwise: camera clockwise
    assert one.roll_deg == pytest.approx(4.0)
    assert one.roll_sd_deg > both.roll_sd_deg >= 3.0
    assert level_from_shanks([[np.nan]]).roll_deg is None
    assert level_from_shanks([]).source == "none"


def test_the_camera_carries_the_level_and_says_so():
    camera = Camera.from_hfov(640, 480)
    stated = with_level(camera, level_from_user(-2.0))
    assert (stated.roll_deg, stated.roll_sd_deg) == (-2.0, 1.0)
    assert camera.note in stated.note
    assert "as stated" in stated.note
    unknown = with_level(camera, level_from_scene([], camera))
    assert unknown.roll_deg is None
    assert "not corrected" in unknown.note


def test_pictures_of_another_size_are_a_programming_error():
    with pytest.raises(ValueError, match="not of the camera"):
        level_from_scene([np.zeros((480, 640), np.uint8)], Camera.from_hfov(1280, 720))
