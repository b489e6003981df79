"""The toe touch from stick people of known lengths: what is measured, and what is refused with a reason."""

from dataclasses import replace

import numpy as np
import pytest
from stick_ranges import lying, out_and_back, standing

from rom_vision.camera import Camera
from rom_vision.errors import BadInputError
from rom_vision.protocols.registry import protocol
from rom_vision.protocols.toe_touch.learned import FINGERS, HEAD, SOLES

EYES_PX = 2 * 170 + 220 + 70 + 20
STATURE = 170.0


def measured(track, stature=STATURE):
    test = protocol("toe-touch")
    camera = Camera.from_hfov(track.width_px, track.height_px)
    return test.analyse(track, camera, test.settle({"stature": None if stature is None else str(stature)})).result


def expected_cm(knuckles_px):
    """What 30 px from wrist to knuckle, hanging down, and the learned proportions make of it."""
    sole = SOLES * 340
    return (knuckles_px - FINGERS * 30 + sole) * HEAD * STATURE / (EYES_PX + sole)


@pytest.mark.parametrize("ahead", [1.0, -1.0])
@pytest.mark.parametrize("knuckles_px", [10.0, 60.0, 120.0])
def test_three_bends_are_measured_in_centimetres(knuckles_px, ahead):
    time_s, curve = out_and_back(top=1.0)
    fingers = 300.0 + curve * (knuckles_px - 300.0)
    result = measured(standing(time_s, 95 * curve, fingers_px=fingers, ahead=ahead))
    value = result.measure("fingertip_to_floor")
    assert result.status == "measured"
    assert value.unit == "cm"
    assert value.value == pytest.approx(expected_cm(knuckles_px), abs=0.6)
    assert value.n_repetitions == 3
    assert value.best <= value.value
    assert result.measure("trunk_inclination").value == pytest.approx(95.0, abs=1.5)


def test_below_the_soles_is_negative_and_without_a_stature_it_is_a_share_of_the_leg():
    time_s, curve = out_and_back(top=1.0)
    track = standing(time_s, 100 * curve, fingers_px=300.0 - curve * 340.0)
    assert measured(track).measure("fingertip_to_floor").value < 0
    share = measured(track, None)
    value = share.measure("fingertip_to_floor_of_leg")
    assert value.unit == "%"
    assert value.error is None
    assert value.value == pytest.approx(100 * (-40 - FINGERS * 30 + SOLES * 340) / 340, abs=1.5)
    with pytest.raises(BadInputError, match="stature '90' is none of unknown, a number from 100 to 230 cm"):
        measured(track, 90)


def test_knees_that_bend_do_not_count_and_much_bent_ones_are_something_else():
    time_s, curve = out_and_back(top=1.0)
    bent = measured(standing(time_s, 95 * curve, knee_deg=28 * curve))
    assert bent.status == "refused"
    assert "keep them straight" in bent.reasons[0]
    picking = measured(standing(time_s, 95 * curve, knee_deg=70 * curve))
    assert "picking something up with bent knees" in picking.reasons[0]
    squat = measured(standing(time_s, 30 * curve, knee_deg=100 * curve))
    assert "this looks like a squat" in squat.reasons[0]
    standing_only = measured(standing(time_s, 0 * curve))
    assert "no toe touch was found" in standing_only.reasons[0]
    lies = measured(lying(time_s, 70 * curve))
    assert "The person lies" in lies.reasons[0]


def test_what_cannot_be_seen_is_refused():
    time_s, curve = out_and_back(top=1.0)
    front = measured(standing(time_s, 95 * curve, across_px=150.0))
    assert "from the side" in front.reasons[0]
    track = standing(time_s, 95 * curve)
    cut = measured(replace(track, image_px=track.image_px + np.array([0.0, 300.0])))
    assert "cut off" in cut.reasons[0]
    lost = np.array(track.image_px)
    lost[::7] = np.nan
    same = measured(replace(track, image_px=lost)).measure("fingertip_to_floor").value
    assert same == pytest.approx(measured(track).measure("fingertip_to_floor").value, abs=0.8)


def test_an_option_can_be_a_number():
    from rom_vision.protocols.base import Choice, Option

    option = Option("stature", "Stature", (Choice("unknown", "Not known"),), "unknown", number=(100, 230), unit="cm")
    assert [option.accepted(v) for v in ("172", "172.50", "172,5", "unknown")] == ["172", "172.5", "172.5", "unknown"]
    assert [option.accepted(v) for v in ("99", "nan", "inf", "tall", "")] == [None] * 5
    assert option.words_of("172") == "172 cm"
    assert option.answers == "unknown, a number from 100 to 230 cm"
