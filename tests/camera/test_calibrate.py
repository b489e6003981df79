from dataclasses import replace

import numpy as np
import pytest
from board_views import LAPTOP, LEANS, projected, projected_session

from rom_vision.camera import Camera
from rom_vision.camera.board import BOARDS, BoardFinder
from rom_vision.camera.calibrate import CalibrationRefusedError, calibrate, coverage_picture
from rom_vision.camera.guide import MIN_VIEWS, CaptureGuide
from rom_vision.errors import BadInputError


def guided(views):
    guide = CaptureGuide()
    for view in views:
        guide.offer(view)
    return guide


def refusal(views):
    with pytest.raises(CalibrationRefusedError) as caught:
        calibrate(guided(views), "test", "test")
    return caught.value


def assert_near(profile, camera):
    assert profile.focal_px == pytest.approx(camera.focal_px, rel=0.01)
    assert profile.cx_px == pytest.approx(camera.cx_px, abs=0.01 * camera.width_px)
    assert profile.cy_px == pytest.approx(camera.cy_px, abs=0.01 * camera.width_px)


def test_rendered_pictures_give_the_lens_back(laptop_pictures):
    finder = BoardFinder(BOARDS["a4"])
    found = calibrate(guided(finder.find(p) for p in laptop_pictures), "my-laptop", "rendered", finder)
    assert_near(found.profile, LAPTOP)
    assert found.profile.distortion[0] == pytest.approx(LAPTOP.distortion[0], abs=0.01)
    assert found.profile.rms_px < 0.3
    # What counts in the end: where points land after the distortion is removed, out to the corners.
    points = np.stack(np.meshgrid([20.0, 320, 620], [20.0, 240, 460]), axis=-1)
    np.testing.assert_allclose(found.profile.camera(640, 480).undistort_px(points), LAPTOP.undistort_px(points), atol=2)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(1280, 720, 985.0, 0.01, 650.0, 352.0, (0.08, -0.15, -0.001, 0.0008, 0.0)),
        Camera(720, 1280, 1065.0, 0.01, 355.0, 652.0, (0.05, -0.1, 0.0, 0.0, 0.02)),  # a phone held upright
        Camera(1280, 720, 640.0, 0.01, 632.0, 355.0, (-0.28, 0.10, 0.0, 0.0, -0.015)),  # wide, with a bent picture
    ],
    ids=["laptop", "phone", "wide"],
)
def test_other_lenses(camera):
    assert_near(calibrate(guided(projected_session(camera, 30)), "c", "projected").profile, camera)


def test_a_view_that_does_not_fit_is_set_aside():
    views = projected_session(LAPTOP)
    bent = views[5].corners_px + 4 * np.sin(views[5].board_mm[:, :2] / 20)
    views[5] = replace(views[5], corners_px=bent)
    found = calibrate(guided(views), "c", "projected")
    assert found.n_dropped == 1
    assert found.profile.n_views == len(found.views) == len(guided(views).views) - 1
    assert_near(found.profile, LAPTOP)


def test_no_board_is_refused(laptop_pictures):
    finder = BoardFinder(BOARDS["a4"])
    finder.find(np.full((480, 640), 128, np.uint8))
    with pytest.raises(CalibrationRefusedError, match="not found in 1 pictures") as caught:
        calibrate(CaptureGuide(), "c", "x", finder)
    assert caught.value.reason == "board_not_found"


def test_the_wrong_board_is_named(laptop_pictures):
    finder = BoardFinder(BOARDS["letter"])
    finder.find(laptop_pictures[0])
    with pytest.raises(CalibrationRefusedError, match="for a4 paper") as caught:
        calibrate(CaptureGuide(), "c", "x", finder)
    assert caught.value.reason == "wrong_board"


def test_too_few_views_are_refused_with_what_is_missing():
    fault = refusal(projected_session(LAPTOP, 3))
    assert fault.reason == "too_few_views"
    assert f"{MIN_VIEWS} are needed" in str(fault)
    assert "Tilt the board" in str(fault)


def test_one_distance_is_refused():
    fault = refusal(projected_session(LAPTOP, 40, ratios=(1.25,)))
    assert fault.reason == "views_alike"
    assert "one distance" in str(fault)
    assert "Tilt" not in str(fault)


def test_views_without_tilt_are_refused():
    fault = refusal(projected_session(LAPTOP, 60, leans=[(0, 0), (5, 5), (-5, 0)]))
    assert fault.reason in ("views_alike", "too_few_views")
    assert str(fault).count("Tilt the board") == 4


def test_unused_corners_of_the_picture_are_named():
    views = [v for v in projected_session(LAPTOP, 60) if v.corners_px[:, 0].max() < 480]
    assert "upper right" in str(refusal(views))
    assert "upper left" not in str(refusal(views))


def test_blurred_corners_are_refused():
    fault = refusal(projected_session(LAPTOP, noise_px=1.6))
    assert fault.reason == "rms"
    assert "flat" in str(fault)


def test_a_zoomed_camera_is_refused():
    tele = Camera(1280, 720, 3200.0, 0.01, 640.0, 360.0)
    fault = refusal(projected_session(tele, 30))
    assert fault.reason == "focal_implausible"
    assert "zoom" in str(fault)


def test_a_cropped_picture_is_refused():
    """The middle of the lens lies far from the middle of the picture."""
    fault = refusal(projected_session(replace(LAPTOP, cx_px=420.0), 30))
    assert fault.reason == "focal_implausible"


def test_an_unsure_focal_length_is_refused():
    """Every kind of view is there, but far away and blurred."""
    leans, places = [(24, 0), (-24, 0), (0, 24), (0, -24)], [(x, y) for x in (0.14, 0.86) for y in (0.16, 0.84)]
    views = projected_session(LAPTOP, 14, leans, (2.4, 3.0, 3.6), 0.6, [(0.5, 0.5), *places])
    fault = refusal(views)
    assert fault.reason == "focal_unsure"


def test_pictures_of_different_sizes_are_bad_input():
    other = Camera.from_hfov(1280, 720)
    with pytest.raises(BadInputError, match="different sizes"):
        calibrate(guided([*projected_session(LAPTOP, 8), *projected_session(other, 8)]), "c", "x")


def test_a_name_that_could_leave_the_folder_is_bad_input():
    with pytest.raises(BadInputError, match="cannot be a camera's name"):
        calibrate(guided(projected_session(LAPTOP)), "../x", "x")


def test_the_guide_asks_until_it_has_enough_and_keeps_no_view_twice():
    guide = CaptureGuide()
    assert guide.missing() == ("Show the board to the camera, all of it, flat and well lit.",)
    first = projected(LAPTOP)
    assert guide.offer(first)
    assert not guide.offer(projected(LAPTOP, seed=1))
    asked = [len(guide.missing())]
    for view in projected_session(LAPTOP, 30):
        guide.offer(view)
        asked.append(len(guide.missing()))
    assert asked == sorted(asked, reverse=True)
    assert guide.missing() == ()
    assert guide.cells.sum() == sum(len(v.corners_px) for v in guide.views)


def test_the_guide_names_the_edge_that_must_come_nearer():
    guide = guided([projected(LAPTOP, lean) for lean in LEANS if lean[0] <= 0])
    tilts = [text for text in guide.missing() if "Tilt" in text]
    assert len(tilts) == 1
    assert "left edge" in tilts[0]


def test_coverage_picture_marks_where_corners_were_seen():
    found = calibrate(guided(projected_session(LAPTOP)), "c", "x")
    picture = coverage_picture(found)
    assert picture.shape == (480, 640, 3)
    x, y = np.round(found.views[0].corners_px[0]).astype(int)
    red, green, _ = picture[y, x]
    assert green > red  # it fits
