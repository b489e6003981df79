"""The coach of leg raise and toe touch, led through a whole test by stick people."""

import numpy as np
import pytest
from stick_ranges import lying, out_and_back, standing

from rom_vision.protocols.hold_coach import REPETITIONS, HoldCoach
from rom_vision.protocols.parts_coach import Standing
from rom_vision.protocols.straight_leg_raise.coach import LegRaiseTask
from rom_vision.protocols.toe_touch.coach import ToeTouchTask


def play(coach, track, start_s=0.0, **more):
    """All advice over a track, and the ids of what is said in order."""
    advice = [
        coach.update(Standing(start_s + float(t), (track.width_px, track.height_px), image_px=px, **more))
        for t, px in zip(track.time_s, track.image_px, strict=True)
    ]
    said = [a.cue.id for a in advice]
    return advice, [one for i, one in enumerate(said) if i == 0 or said[i - 1] != one]


@pytest.mark.parametrize(
    ("task", "track"),
    [
        (LegRaiseTask(("left",)), lambda t, c: lying(t, 70 * c)),
        (ToeTouchTask("172"), lambda t, c: standing(t, 90 * c)),
    ],
)
def test_three_held_repetitions_end_the_test(task, track):
    time_s, curve = out_and_back(times=3, hold_s=3.0, rest_s=2.5)
    advice, said = play(HoldCoach(task), track(time_s, curve))
    assert said[0] == "still"
    assert said[-1] == "done"
    assert [one for one in said if one in ("hold", "return")] == ["hold", "return"] * 3
    assert advice[-1].good == advice[-1].tries == REPETITIONS
    assert sum(a.recording for a in advice) > 0.6 * len(advice)


def test_short_holds_do_not_count_and_are_said():
    time_s, curve = out_and_back(times=4, hold_s=0.1, rest_s=2.0)
    advice, said = play(HoldCoach(LegRaiseTask(("left",))), lying(time_s, 70 * curve))
    assert advice[-1].good == 0
    assert advice[-1].tries == 4
    assert "short" in said


def test_both_legs_come_one_after_the_other():
    coach = HoldCoach(LegRaiseTask(("left", "right"), "passive"))
    time_s, curve = out_and_back(times=3, hold_s=3.0, rest_s=2.5)
    advice, said = play(coach, lying(time_s, 70 * curve))
    assert said[-1] == "next"
    rest = np.linspace(0, 7, 100)
    play(coach, lying(rest, 0.0), time_s[-1] + 0.1)
    advice, said = play(coach, lying(time_s, 70 * curve, side="right"), time_s[-1] + 8.0)
    assert advice[0].part == "right"
    assert said[-1] == "done"
    assert LegRaiseTask(("right",), "passive").options("right") == {"side": "right", "mode": "passive"}


def test_faults_are_said_before_and_during():
    time_s, curve = out_and_back(times=1, hold_s=3.0)
    for track, fault in (
        (standing(time_s, 0 * curve), "lie"),
        (lying(time_s, 60.0), "straight"),
    ):
        assert play(HoldCoach(LegRaiseTask(("left",))), track)[1] == [fault]
    assert "knee" in play(HoldCoach(LegRaiseTask(("left",))), lying(time_s, 60 * curve, knee_deg=40 * curve))[1]
    assert play(HoldCoach(ToeTouchTask()), lying(time_s, 0 * curve))[1] == ["stand"]
    assert play(HoldCoach(ToeTouchTask()), standing(time_s, 0 * curve, across_px=150.0))[1] == ["aside"]
    assert "knee" in play(HoldCoach(ToeTouchTask()), standing(time_s, 80 * curve, knee_deg=50 * curve))[1]
    dark = play(HoldCoach(ToeTouchTask()), standing(time_s, 0 * curve), brightness=0.05)[1]
    assert dark == ["dark"]
    waiting = HoldCoach(ToeTouchTask(), begun=False)
    assert play(waiting, standing(time_s, 0 * curve))[1] == ["ready"]


def test_a_raised_hand_ends_it():
    time_s, curve = out_and_back(times=1)
    advice, said = play(HoldCoach(ToeTouchTask()), standing(time_s, 0 * curve), hand_up=True)
    assert said[-1] == "stopped"
    assert advice[-1].stopped
