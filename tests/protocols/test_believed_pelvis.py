"""What is believed of a sitting pelvis, given what the landmarks show of it and of the trunk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from rom_vision.protocols.hip_rotation.learned import PELVIS_NOISE_DEG
from rom_vision.protocols.hip_rotation.pelvis import (
    HELPS_FROM_DEG,
    HELPS_SHARE,
    MOVES_DEG,
    MOVES_SHARE,
    NOISE_DOF,
    STILL_DEG,
    SWAYS_DEG,
    believed_list,
)


def believed(shown, leaned=0.0, out=30.0):
    mean, spread = believed_list(*(np.array([float(x)]) for x in (shown, leaned, out)))
    return float(mean[0]), float(spread[0])


@pytest.mark.parametrize(("shown", "leaned", "out"), [(0, 0, 30), (4.5, 0, 30), (7, 4, 30), (-6, 1, -20), (9, 9, 3)])
def test_it_is_what_many_people_who_show_the_same_have_done(shown, leaned, out):
    """The model written as chance, not as a formula: draw people, keep those who look like this one."""
    rng = np.random.default_rng(1)
    n = 4_000_000
    moves = rng.random(n) < MOVES_SHARE
    helps = 0.5 + (HELPS_SHARE - 0.5) * np.clip(out / HELPS_FROM_DEG, -1, 1)
    up = np.where(rng.random(n) < helps, 1.0, -1.0)
    moved = np.where(moves, up * np.abs(rng.normal(0, MOVES_DEG, n)), rng.normal(0, STILL_DEG, n))
    likely = t.pdf((shown - moved) / PELVIS_NOISE_DEG, NOISE_DOF)
    likely *= np.exp(-0.5 * ((leaned - moved * rng.random(n)) / SWAYS_DEG) ** 2)
    mean = np.average(moved, weights=likely)
    spread = np.sqrt(np.average((moved - mean) ** 2, weights=likely))
    assert believed(shown, leaned, out) == pytest.approx((mean, spread), abs=0.05)


def test_a_trunk_that_stays_speaks_for_a_pelvis_that_stays():
    assert believed(5.0, 0.0)[0] < believed(5.0, 3.0)[0] < believed(5.0, 6.0)[0]
    assert believed(12.0, 0.0)[0] > 6.0  # the back may take it all back: a clear hike stays one


def test_a_pelvis_cheats_the_way_that_helps_the_swing():
    assert abs(believed(-5.0, out=30.0)[0]) < 0.6 * believed(5.0, out=30.0)[0]
    assert believed(-5.0, out=-30.0)[0] == pytest.approx(-believed(5.0, out=30.0)[0], abs=1e-9)
    assert believed(5.0, out=0.0)[0] == pytest.approx(-believed(-5.0, out=0.0)[0], abs=1e-9)


def test_one_that_may_have_moved_is_in_more_doubt():
    still, doubt = (believed(shown, shown / 2)[1] for shown in (0.0, 4.5))
    assert still < doubt


def test_hips_and_trunk_that_contradict_each_other_leave_the_most_doubt():
    assert believed(14.0, 0.0)[1] > 1.5 * believed(14.0, 7.0)[1]


@given(st.floats(-25, 25), st.floats(-20, 20), st.floats(-50, 60))
def test_it_never_goes_beyond_what_is_shown(shown, leaned, out):
    mean, spread = believed(shown, leaned, out)
    assert min(shown, leaned, 0.0) - 2.0 <= mean <= max(shown, leaned, 0.0) + 2.0
    assert 0 < spread < 2 * MOVES_DEG
    mirrored = believed(-shown, -leaned, -out)
    assert mirrored == pytest.approx((-mean, spread), abs=1e-6)


def test_nobody_found_is_nothing_believed():
    mean, spread = believed_list(np.array([np.nan, 3.0]), np.array([np.nan, 0.0]), np.array([np.nan, 20.0]))
    assert np.isnan(mean[0])
    assert np.isnan(spread[0])
    assert np.isfinite([mean[1], spread[1]]).all()
