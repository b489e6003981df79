import cv2
import numpy as np
import pytest
from board_views import LAPTOP

from rom_vision.camera.board import BOARDS
from rom_vision.ui.live.board_capture import N_VIEWS, BoardCapture


def show(capture, pictures, times=2):
    for picture in pictures:
        for _ in range(times):
            drawn = capture.process(picture)
            assert drawn.shape == picture.shape
    return capture.view()


def test_a_guided_session_ends_with_the_lens(laptop_pictures):
    capture = BoardCapture(BOARDS["a4"])
    assert capture.view().waiting_s is None
    first = show(capture, laptop_pictures[:1])
    assert first.n_views == 1
    assert any("Tilt" in text for text in first.missing)
    asked = [len(first.missing)]
    for picture in laptop_pictures[1:]:
        asked.append(len(show(capture, [picture]).missing))
    assert asked == sorted(asked, reverse=True)
    view = capture.view()
    assert view.missing == (), view.missing
    assert view.n_views == N_VIEWS
    found = capture.calibrate("mine").profile
    assert found.focal_px == pytest.approx(LAPTOP.focal_px, rel=0.01)
    assert "live" in found.how


def test_a_moving_board_is_not_kept(laptop_pictures):
    view = show(BoardCapture(BOARDS["a4"]), laptop_pictures, times=1)
    assert (view.n_views, view.still) == (0, False)
    assert view.seen


def test_smaller_pictures_of_the_same_camera_count_and_another_shape_begins_again(laptop_pictures):
    capture = BoardCapture(BOARDS["a4"])
    show(capture, laptop_pictures[:9])
    small = [cv2.resize(p, (520, 390), interpolation=cv2.INTER_AREA) for p in laptop_pictures[9:]]
    view = show(capture, small)
    assert view.n_views == N_VIEWS
    assert capture.calibrate("mine").profile.focal_px == pytest.approx(LAPTOP.focal_px, rel=0.015)
    other = BoardCapture(BOARDS["a4"])
    show(other, laptop_pictures[:5])
    cut = np.ascontiguousarray(laptop_pictures[5][60:420])
    assert show(other, [cut]).n_views <= 1


def test_the_first_narrow_pictures_are_left_out(laptop_pictures):
    tiny = cv2.resize(laptop_pictures[0], (320, 240), interpolation=cv2.INTER_AREA)
    view = show(BoardCapture(BOARDS["a4"]), [tiny])
    assert (view.n_views, view.seen) == (0, False)


def test_left_and_right_are_those_of_the_mirrored_picture(laptop_pictures):
    capture = BoardCapture(BOARDS["a4"])
    show(capture, laptop_pictures[:2])  # the second faces right: its left edge is nearer
    tilts = [text for text in capture.view().missing if "Tilt" in text]
    assert any("left edge" in text for text in tilts)
    assert not any("right edge" in text for text in tilts), (
        "what the camera sees left, the mirrored picture shows right"
    )


def test_the_other_paper_is_named(laptop_pictures):
    view = show(BoardCapture(BOARDS["letter"]), laptop_pictures[:2])
    assert (view.stranger, view.n_views) == ("a4", 0)
