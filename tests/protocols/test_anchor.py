"""What the live reading takes for the leg's rest, and for that of pelvis and trunk."""

import numpy as np
import pytest

from rom_vision.protocols.hip_rotation.anchor import Anchor, Moment


def moments(rotation, pelvis=0.0, trunk=0.0, *, from_s=0.0, n=20):
    return [Moment(from_s + 0.1 * k, rotation, pelvis, trunk, 90.0, 1.0) for k in range(n)]


def test_every_rest_so_far_says_how_the_pelvis_stands():
    """Whoever sits level at first and a little lower ever since has lifted the pelvis further than at first sight."""
    anchor = Anchor("seated", moments(2.0))
    (hiked,) = moments(30.0, 6.0, n=1)
    before = anchor.shown(hiked)
    for moment in moments(5.0, -3.0, -2.0, from_s=5.0, n=40):
        anchor.shown(moment)
    after = anchor.shown(hiked)
    assert after.pelvis_deg > before.pelvis_deg + 2.0
    assert after.trunk_deg == pytest.approx(before.trunk_deg + 2.0)
    assert after.rotation_deg < before.rotation_deg - 1.0


def test_a_leg_that_does_not_come_back_is_no_rest():
    anchor = Anchor("seated", moments(2.0))
    rest_deg = anchor.rest_deg
    for moment in moments(7.0, -3.0, 2.0, from_s=5.0, n=100):
        shown = anchor.shown(moment)
    assert anchor.rest_deg == rest_deg
    assert shown.trunk_deg == 2.0


@pytest.mark.parametrize("position", ["seated", "supine"])
def test_rests_alike_change_nothing(position):
    rng = np.random.default_rng(0)
    anchor = Anchor(position, moments(3.0, 1.0, -1.0))
    (hold,) = moments(31.0, 4.0, n=1)
    before = anchor.shown(hold)
    for k, jitter in enumerate(rng.normal(0, 0.3, 200)):
        anchor.shown(Moment(3.0 + 0.1 * k, 3.0 + jitter, 1.0 + jitter, -1.0, 90.0, 1.0))
    assert anchor.shown(hold).rotation_deg == pytest.approx(before.rotation_deg, abs=0.2)


def test_rests_that_are_known_better_later_take_the_place_of_what_was_read_then():
    anchor = Anchor("seated", moments(2.0))
    for moment in moments(2.0, from_s=5.0):
        anchor.shown(moment)
    known = [*moments(4.0, -2.0), *moments(35.0, 6.0, from_s=2.0), *moments(5.0, -2.0, from_s=5.0)]
    anchor.look_back(known)
    fresh = Anchor("seated", [*moments(4.0, -2.0), *moments(5.0, -2.0, from_s=5.0)])
    (hold,) = moments(30.0, 6.0, from_s=9.0, n=1)
    assert anchor.shown(hold) == fresh.shown(hold)


def test_what_lies_before_the_moments_looked_at_stays():
    anchor = Anchor("seated", moments(2.0, 1.0))
    (hold,) = moments(30.0, 6.0, from_s=90.0, n=1)
    before = anchor.shown(hold)
    anchor.look_back([])
    anchor.look_back(moments(34.0, 6.0, from_s=80.0))
    assert anchor.shown(hold) == before
