"""The outline of a shin in a mask: drawn bands, whose line is known."""

import cv2
import numpy as np
import pytest

from rom_vision.pose.landmarks import N_LANDMARKS, Landmark
from rom_vision.pose.outline import outline_of, shin_outline

KNEE, ANKLE = np.array([150.0, 60.0]), np.array([150.0, 260.0])


def band(turn_deg=0.0, aside_px=0.0, width_px=50.0, bend_px=0.0):
    """Mask (320, 300) with a leg turned clockwise by an angle about the middle of the cross-sections."""
    mask = np.zeros((320, 300), np.float32)
    s = np.linspace(-0.3, 1.3, 60)
    middle = 0.525
    across = aside_px - np.tan(np.radians(turn_deg)) * (s - middle) * 200 + bend_px * np.cos(2 * np.pi * s)
    centre = np.column_stack([150 + across, 60 + 200 * s])
    half = np.array([width_px / 2, 0.0])
    corners = np.concatenate([centre + half, (centre - half)[::-1]])
    cv2.fillPoly(mask, [np.round(corners * 16).astype(np.int32)], 1.0, cv2.LINE_AA, shift=4)
    return mask


@pytest.mark.parametrize("turn_deg", [-9.0, -2.0, 0.0, 3.0, 12.0])
@pytest.mark.parametrize("aside_px", [-12.0, 0.0, 8.0])
def test_turn_offset_and_width_are_read(turn_deg, aside_px):
    turn, offset, width, bend = shin_outline(band(turn_deg, aside_px), KNEE, ANKLE)
    assert turn == pytest.approx(turn_deg, abs=0.4)
    # Across is to the left of somebody who walks from knee to ankle down the picture.
    assert offset == pytest.approx(-aside_px / 200, abs=0.006)
    assert width == pytest.approx(0.25, abs=0.015)
    assert bend < 0.004


def test_a_bent_outline_says_so():
    assert shin_outline(band(bend_px=12.0), KNEE, ANKLE)[3] > 0.02


def test_a_hand_on_the_shin_does_not_turn_its_line():
    mask = band()
    mask[110:150, 120:230] = 1.0
    turn, *_ = shin_outline(mask, KNEE, ANKLE)
    assert abs(turn) < 1.0


@pytest.mark.parametrize(
    ("mask", "knee", "ankle"),
    [
        (np.zeros((320, 300), np.float32), KNEE, ANKLE),
        (np.ones((320, 300), np.float32), KNEE, ANKLE),
        (band(), KNEE, KNEE + 5.0),
        (band(aside_px=100.0), KNEE, ANKLE),
        (band(), KNEE + 5000.0, ANKLE + 5000.0),
        (band(), np.full(2, np.nan), ANKLE),
    ],
    ids=["nobody", "all person", "too short", "beside", "outside", "not found"],
)
def test_where_no_shin_is_shown_there_is_no_outline(mask, knee, ankle):
    assert np.isnan(shin_outline(mask, knee, ankle)).all()


def test_left_and_right_shin_are_told_apart():
    image_px = np.zeros((N_LANDMARKS, 2), np.float32)
    image_px[[Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE]] = KNEE, ANKLE
    left, right = outline_of(band(3.0), image_px)
    assert left[0] == pytest.approx(3.0, abs=0.4)
    assert np.isnan(right).all()
