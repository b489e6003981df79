"""Landmarks of real clips, judged by eye: what is right in each is what the screen must say."""

from pathlib import Path

import pytest

from rom_vision.pose.landmarks import LEFT_RIGHT_PAIRS
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.squat.screen import screen_squat

TRACKS = Path(__file__).parents[1] / "data" / "squats"
FOUND = ("mild", "marked")


def track_of(name):
    return PoseTrack.load(TRACKS / f"{name}.npz")


def found(result):
    return {(f.code, f.side) for f in result.findings if f.severity in FOUND}


def mirrored(track):
    """The same person in a mirror: the picture turned about its middle, left and right exchanged."""
    order = list(range(33))
    for left, right in LEFT_RIGHT_PAIRS:
        order[left], order[right] = right, left
    image = track.image_px[:, order] * (-1.0, 1.0) + (track.width_px, 0.0)
    world = track.world_m[:, order] * (-1.0, 1.0, 1.0)
    return PoseTrack(
        track.time_s, image, track.visibility[:, order], world, track.width_px, track.height_px, track.source
    )


def test_toes_out_is_no_varus():
    result = screen_squat(track_of("barbell_toes_out_front"))
    assert result.view.name == "front"
    assert len(result.repetitions) == 1
    assert not [f for f in result.findings if f.code in ("knee_varus", "knee_valgus") and f.severity in FOUND]
    assert {f.severity for f in result.findings if f.code == "foot_turnout"} <= {*FOUND, "not_assessable"}


def test_jumping_jacks_are_no_squats():
    result = screen_squat(track_of("jumping_jacks_front"))
    assert result.status == "refused"
    assert "jumping jack" in result.reasons[0]
    assert not result.repetitions


def test_a_squat_on_one_leg_is_none_on_two_and_the_leg_is_named():
    track = track_of("single_leg_squat_deep_front")
    for legs in ("both", "left"):
        result = screen_squat(track, legs=legs)
        assert result.status == "refused"
        assert "(legs: right)" in result.reasons[0]
    single = screen_squat(track, legs="right")
    assert len(single.repetitions) == 1
    assert not any("Both feet" in w for w in single.warnings)
    for finding in single.findings:
        assert finding.value is None or finding.unit != "deg" or abs(finding.value) <= 60


def test_a_bar_on_the_back_is_no_overhead_squat():
    result = screen_squat(track_of("barbell_on_back_side"))
    assert result.view.name == "left_side"
    assert len(result.repetitions) == 4
    assert {f.severity for f in result.findings if f.code == "arms_fall"} == {"not_assessable"}
    assert not found(result)


@pytest.mark.parametrize("name", ["athlete_beside_coach_oblique", "barbell_rack_behind_oblique"])
def test_an_oblique_squat_is_counted_and_little_is_judged(name):
    result = screen_squat(track_of(name))
    assert result.status == "measured"
    assert result.view.name == "oblique"
    assert len(result.repetitions) == 1
    assert {code for code, _ in found(result)} <= {"shallow_depth"}


def test_repeated_pictures_do_not_break_the_counting():
    assert len(screen_squat(track_of("stutter_7_in_30")).repetitions) == 2


@pytest.mark.parametrize("name", sorted(path.stem for path in TRACKS.glob("*.npz")))
def test_a_mirror_shows_the_same_on_the_other_side(name):
    track = track_of(name)
    here, there = screen_squat(track), screen_squat(mirrored(track))
    assert_mirrored(here, there)


def assert_mirrored(here, there):
    other = {"left": "right", "right": "left", "both": "both"}
    assert (there.status, len(there.repetitions)) == (here.status, len(here.repetitions))
    by_side = {(f.code, other[f.side]): f for f in there.findings}
    for finding in here.findings:
        twin = by_side.get((finding.code, finding.side))
        if twin is None:  # which of two sides is named where nothing was found is left to chance
            assert finding.severity not in FOUND
            continue
        assert twin.severity == finding.severity, finding.code
        if finding.change_from_standing is not None:
            assert twin.change_from_standing == pytest.approx(finding.change_from_standing, abs=0.2)
            assert twin.ci95 == pytest.approx(finding.ci95, abs=0.2)
