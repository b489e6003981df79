"""Landmarks put in their place by hand: what one picture says of those around it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rom_vision.errors import BadInputError
from rom_vision.pose.given import REACH_S, GivenPoint, with_given
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack

KNEE = Landmark.LEFT_KNEE


def still_track(n=200, fps=20.0):
    """A person who does not move, at (100, 100) with every landmark."""
    visibility = np.full((n, 33), 0.5)
    return PoseTrack(np.arange(n) / fps, np.full((n, 33, 2), 100.0), visibility, np.zeros((n, 33, 3)), 640, 480)


def way(track, points):
    moved = with_given(track, points)
    others = np.delete(np.arange(33), KNEE)
    assert (moved.image_px[:, others] == track.image_px[:, others]).all()
    return moved.image_px[:, KNEE] - track.image_px[:, KNEE], moved


def test_a_point_holds_in_its_picture_and_less_and_less_around_it():
    track = still_track()
    moved, after = way(track, [GivenPoint(KNEE, 5.0, 130.0, 90.0)])
    at = track.time_s
    share = np.clip(1 - np.abs(at - 5.0) / REACH_S, 0, None)
    assert moved == pytest.approx(share[:, None] * (30.0, -10.0))
    assert (after.visibility[:, KNEE] == 1.0).tolist() == (share > 0).tolist()


@pytest.mark.parametrize("gap_s", [1.0, 2.5, 3.0])
def test_between_two_near_points_one_way_goes_over_into_the_other(gap_s):
    track = still_track()
    moved, _ = way(track, [GivenPoint(KNEE, 4.0 + gap_s, 120.0, 100.0), GivenPoint(KNEE, 4.0, 140.0, 100.0)])
    between = (track.time_s >= 4.0) & (track.time_s <= 4.0 + gap_s)
    assert moved[between, 0] == pytest.approx(np.interp(track.time_s[between], [4.0, 4.0 + gap_s], [40.0, 20.0]))


def test_points_far_apart_know_nothing_of_each_other():
    track = still_track()
    moved, _ = way(track, [GivenPoint(KNEE, 2.0, 140.0, 100.0), GivenPoint(KNEE, 8.0, 60.0, 100.0)])
    assert (moved[np.abs(track.time_s - 5.0) < 1.4] == 0).all()
    assert moved[:, 0].max() == pytest.approx(40.0)
    assert moved[:, 0].min() == pytest.approx(-40.0)


def test_of_two_for_one_picture_the_later_holds():
    track = still_track()
    moved, _ = way(track, [GivenPoint(KNEE, 5.0, 140.0, 100.0), GivenPoint(KNEE, 5.01, 110.0, 100.0)])
    assert moved[:, 0].max() == pytest.approx(10.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 9.9), st.floats(0, 640), st.floats(0, 480)), min_size=1, max_size=6))
def test_every_picture_that_was_given_shows_what_was_given(points):
    track = still_track()
    last = {round(at * 20): (x, y) for at, x, y in points}
    moved = with_given(track, [GivenPoint(KNEE, round(at * 20) / 20, x, y) for at, x, y in points])
    for k, where in last.items():
        assert moved.image_px[k, KNEE] == pytest.approx(where, abs=1e-6)


def test_outside_the_picture_and_where_nobody_is_cannot_be_given():
    track = still_track()
    with pytest.raises(BadInputError, match="outside the picture of 640 x 480"):
        with_given(track, [GivenPoint(KNEE, 1.0, 700.0, 10.0)])
    with pytest.raises(BadInputError, match=r"Nobody was found in the pictures around 99\.00 s"):
        with_given(track, [GivenPoint(KNEE, 99.0, 70.0, 10.0)])
    assert (with_given(track, []).image_px == track.image_px).all()
