"""The straight leg raise from stick people of known angles: what is measured, and what is refused with a reason."""

from dataclasses import replace

import numpy as np
import pytest
from stick_ranges import lying, out_and_back, standing

from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.registry import protocol
from rom_vision.protocols.straight_leg_raise.learned import CONSTANT_DEG, HIP_IN_FRONT

AT_REST = -3.0
LEG_PX = 340.0


def hip_landmark(track):
    """The landmark lies over the joint, as the network puts it."""
    px = np.array(track.image_px)
    px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1] -= HIP_IN_FRONT * LEG_PX
    return replace(track, image_px=px)


def measured(track, side="left", mode="active"):
    track = hip_landmark(track)
    test = protocol("straight-leg-raise")
    camera = Camera.from_hfov(track.width_px, track.height_px)
    return test.analyse(track, camera, test.settle({"side": side, "mode": mode})).result


@pytest.mark.parametrize("ahead", [1.0, -1.0])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("top", [40.0, 70.0, 95.0])
def test_three_raises_are_measured_from_either_side(top, side, ahead):
    time_s, curve = out_and_back(top=top - AT_REST)
    result = measured(lying(time_s, AT_REST + curve, side=side, other_deg=AT_REST, ahead=ahead), side)
    value = result.measure("leg_raise", side)
    assert result.status == "measured"
    assert value.value == pytest.approx(top + CONSTANT_DEG, abs=1.0)
    assert value.n_repetitions == 3
    assert all(r.valid for r in result.repetitions)


def test_a_raise_ends_where_the_knee_bends():
    time_s, curve = out_and_back(top=80.0 - AT_REST)
    up = AT_REST + curve
    bent = measured(lying(time_s, up, knee_deg=np.clip((up - 60) * 1.5, 0, 30), other_deg=AT_REST))
    value = bent.measure("leg_raise")
    assert value.value == pytest.approx(66.0, abs=5.0)
    assert all("the knee bends" in r.flags[0] for r in bent.repetitions)


def test_the_other_leg_that_comes_up_is_named():
    time_s, curve = out_and_back(top=70.0)
    result = measured(lying(time_s, curve, other_deg=curve * 0.17))
    assert all(any("the other leg came off the floor" in f for f in r.flags) for r in result.repetitions)
    assert all(r.valid for r in result.repetitions)
    far = measured(lying(time_s, curve, other_deg=curve * 0.4))
    assert not any(r.valid for r in far.repetitions)
    assert far.status == "refused"


def test_gaps_are_bridged_and_lost_repetitions_do_not_count():
    time_s, curve = out_and_back(top=70.0)
    track = lying(time_s, curve)
    whole = measured(track).measure("leg_raise").value
    lost = np.array(track.image_px)
    lost[::7] = np.nan
    few = measured(replace(track, image_px=lost))
    assert few.measure("leg_raise").value == pytest.approx(whole, abs=1.0)
    gone = np.array(track.image_px)
    gone[(time_s > 2.0) & (time_s < 3.2)] = np.nan
    result = measured(replace(track, image_px=gone))
    assert [r.valid for r in result.repetitions].count(True) == 2
    assert any("three are the rule" in w for w in result.warnings)


def test_other_movements_are_told_and_not_measured():
    time_s, curve = out_and_back(top=1.0)
    sit_up = measured(lying(time_s, 2.0, trunk_deg=50 * curve))
    assert "sit-up" in sit_up.reasons[0]
    chest = measured(lying(time_s, 95 * curve, knee_deg=95 * curve))
    assert "knee to the chest" in chest.reasons[0]
    front = measured(lying(time_s, 0.0, knee_deg=-90 * curve))
    assert "lying on the front" in front.reasons[0]
    other = measured(lying(time_s, 70 * curve, side="right"), "left")
    assert "It was the right leg" in other.reasons[0]
    upright = measured(standing(time_s, 90 * curve))
    assert "another test" in upright.reasons[0]
    still = measured(lying(time_s, 0 * curve))
    assert "No raise of the leg" in still.reasons[0]


def test_what_cannot_be_seen_is_refused():
    time_s, curve = out_and_back(top=70.0)
    askew = measured(lying(time_s, curve, across_px=90.0))
    assert "from the side" in askew.reasons[0]
    track = lying(time_s, curve)
    small = measured(replace(track, image_px=track.image_px * 0.25))
    assert "pixels long" in small.reasons[0]
    cut = measured(replace(track, image_px=track.image_px + np.array([900.0, 0.0])))
    assert "cut off" in cut.reasons[0]
    nobody = measured(replace(track, image_px=np.full_like(track.image_px, np.nan), visibility=0 * track.visibility))
    assert "Nobody was found" in nobody.reasons[0]
    for result in (askew, small, cut, nobody):
        assert result.status == "refused"
        assert not result.measures
