from dataclasses import replace

import numpy as np
import pytest
from squat_tracks import GOOD, LENGTHS, changed, joined, squat_track, without

from rom_vision.body.balance import mass_ahead
from rom_vision.pipeline.run import analyse
from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.squat.screen import screen_squat
from rom_vision.results.document import parse_document
from validation.person.over_feet import over_feet

FRONTAL = {
    "knee_valgus", "knee_varus", "pelvic_obliquity", "lateral_shift", "trunk_side_bend", "foot_turnout",
    "knee_asymmetry",
}  # fmt: skip
SAGITTAL = {"forward_lean", "heel_rise", "shallow_depth", "knee_hyperextension", "arms_fall"}


def found(result):
    return {(f.code, f.side): f.severity for f in result.findings if f.severity in ("mild", "marked")}


def graded(result, severity):
    return {f.code for f in result.findings if f.severity == severity}


def knees_in(left, right, **changes):
    """A squat with knees turned in from over their feet by so many degrees."""
    return over_feet(replace(GOOD, **changes), LENGTHS, (left, right))


TOES_OUT = knees_in(0, 0, turnout_deg=(25.0, 25.0), fault_power=0.3)
ONE_KNEE = {("knee_valgus", "left"): "marked", ("knee_asymmetry", "left"): "marked"}
FROM_FRONT = [
    (GOOD, {}),
    (TOES_OUT, {}),
    # A wide stance: the knees are over the feet, and far inside of them as seen from the hips.
    (knees_in(0, 0, stance=2.6, turnout_deg=(15.0, 15.0)), {}),
    (knees_in(0, 0, knee_flexion_deg=65.0), {("shallow_depth", "both"): "marked"}),
    (knees_in(28, 0), ONE_KNEE),
    (knees_in(28, 28), {("knee_valgus", "left"): "marked", ("knee_valgus", "right"): "marked"}),
    (knees_in(10, 10), {("knee_valgus", "left"): "mild", ("knee_valgus", "right"): "mild"}),
    (knees_in(-27, 0), {("knee_varus", "left"): "marked", ("knee_asymmetry", "right"): "marked"}),
    # Both out alike: the feet, small and foreshortened, are the only witness, and are believed only so far.
    (knees_in(-13, -13), {}),
    (knees_in(-27, -27), {("knee_varus", "left"): "mild", ("knee_varus", "right"): "mild"}),
    (knees_in(0, 0, shift=0.4), {("lateral_shift", "left"): "marked"}),
    (knees_in(0, 0, shift=-0.4), {("lateral_shift", "right"): "marked"}),
    (knees_in(0, 0, side_bend_deg=18.0), {("trunk_side_bend", "right"): "marked"}),
]


@pytest.mark.parametrize(
    ("code", "plan", "sure", "doubtful"),
    [
        ("lateral_shift", knees_in(0, 0, shift=0.17), 0.0, -12.0),
        ("trunk_side_bend", knees_in(0, 0, side_bend_deg=12.0), 0.0, -12.0),
        ("shallow_depth", replace(GOOD, knee_flexion_deg=98.0), 90.0, 62.0),
    ],
)
def test_a_reading_beyond_the_threshold_is_found_or_open_and_never_none(code, plan, sure, doubtful):
    def finding(azimuth):
        return next(f for f in screen_squat(squat_track(plan, azimuth)).findings if f.code == code)

    assert finding(sure).severity in ("mild", "marked")
    unsure = finding(doubtful)
    assert unsure.severity == "not_assessable"
    assert "too uncertain to tell" in unsure.sentence


def test_a_shift_and_a_side_bend_are_marked_from_straight_ahead_where_an_askew_view_calls_them_mild():
    for code, plan in (("lateral_shift", {"shift": 0.25}), ("trunk_side_bend", {"side_bend_deg": 14.0})):
        severity = {
            azimuth: next(
                f.severity
                for f in screen_squat(squat_track(knees_in(0, 0, **plan), azimuth)).findings
                if f.code == code
            )
            for azimuth in (0.0, -12.0)
        }
        assert severity == {0.0: "marked", -12.0: "mild"}, code


@pytest.mark.parametrize("azimuth", [-12.0, 9.0])
@pytest.mark.parametrize(("plan", "expected"), FROM_FRONT)
def test_from_the_front_each_fault_is_found_and_nothing_else(plan, expected, azimuth):
    result = screen_squat(squat_track(plan, azimuth))
    assert result.status == "measured"
    assert result.view.name == "front"
    assert result.view.azimuth_deg == pytest.approx(azimuth, abs=5)
    assert len(result.repetitions) == plan.n_repetitions
    got = found(result)
    assert {k: v for k, v in got.items() if k != ("shallow_depth", "both")} == {
        k: v for k, v in expected.items() if k != ("shallow_depth", "both")
    }
    if ("shallow_depth", "both") in expected:
        assert got["shallow_depth", "both"] == "marked"
    assert SAGITTAL - {"shallow_depth"} <= graded(result, "not_assessable")


FROM_SIDE = [
    (GOOD, set()),
    (replace(GOOD, knee_flexion_deg=65.0), {"shallow_depth"}),
    (replace(GOOD, lean_deg=20.0), {"forward_lean"}),
    (replace(GOOD, heel_rise_deg=18.0, shank_tilt=0.31, knee_flexion_deg=130.0), {"heel_rise"}),
    (replace(GOOD, standing_knee_deg=-11.0), {"knee_hyperextension"}),
    (replace(GOOD, arms="overhead", arms_fall_deg=35.0), {"arms_fall"}),
    (replace(GOOD, swing_in_deg=(12.0, 12.0)), set()),
]


@pytest.mark.parametrize(("azimuth", "name"), [(90.0, "left_side"), (-78.0, "right_side")])
@pytest.mark.parametrize(("plan", "expected"), FROM_SIDE)
def test_from_the_side_what_bends_forward_is_found_and_knees_are_not_judged(plan, expected, azimuth, name):
    result = screen_squat(squat_track(plan, azimuth))
    assert result.view.name == name
    assert len(result.repetitions) == plan.n_repetitions
    assert {code for code, _ in found(result)} == expected
    assert graded(result, "not_assessable") >= FRONTAL
    hidden = "right" if name == "left_side" else "left"
    assert all(r.values[f"{hidden}_knee_flexion_deg"] is None for r in result.repetitions)


def test_depth_and_times_of_each_repetition():
    plan = replace(GOOD, n_repetitions=3, descent_s=1.2, ascent_s=0.8)
    result = screen_squat(squat_track(plan, 90.0, fps=25))
    assert len(result.repetitions) == 3
    for k, r in enumerate(result.repetitions):
        begins = 0.8 + k * (1.2 + 0.3 + 0.8 + 0.5)
        assert r.start_s == pytest.approx(begins, abs=0.35)
        assert begins + 1.1 < r.at_s < begins + 1.6
        assert r.end_s == pytest.approx(begins + 2.3, abs=0.35)
        assert r.values["left_knee_flexion_deg"] == pytest.approx(122, abs=3)
        assert r.values["thigh_below_horizontal_deg"] == pytest.approx(0.3, abs=3)
        assert r.note == "parallel within the measurement's error"


def test_the_measured_angle_is_the_one_made():
    plan = knees_in(18, 0, fault_power=1.0)
    result = screen_squat(squat_track(plan, 8.0))
    by_side = {f.side: f for f in result.findings if f.code == "knee_valgus"}
    assert by_side["left"].change_from_standing == pytest.approx(18, abs=3)
    assert by_side["left"].ci95[0] < 18 < by_side["left"].ci95[1]
    assert by_side["left"].repetitions == (1, 2)
    bottoms = [r.at_s for r in result.repetitions]
    assert min(abs(by_side["left"].worst_time_s - b) for b in bottoms) < 0.4
    assert by_side["right"].severity == "none"


def test_somebody_beside_the_middle_of_the_picture_is_seen_from_the_front_all_the_same():
    result = screen_squat(squat_track(knees_in(0, 24), 0.0, beside_m=0.45))
    assert result.view.name == "front"
    assert found(result) == {("knee_valgus", "right"): "marked", ("knee_asymmetry", "right"): "marked"}


def test_from_behind_sides_stay_the_persons_own():
    result = screen_squat(squat_track(replace(GOOD, shift=0.3), 176.0))
    assert result.view.name == "back"
    assert found(result)[("lateral_shift", "left")] == "marked"


def test_an_oblique_view_counts_and_judges_nothing():
    result = screen_squat(squat_track(replace(GOOD, swing_in_deg=(20.0, 20.0)), 40.0))
    assert result.view.name == "oblique"
    assert len(result.repetitions) == 2
    assert not found(result)
    assert graded(result, "not_assessable") >= FRONTAL | (SAGITTAL - {"shallow_depth"})
    assert any("40 degrees" in w or "39 degrees" in w or "41 degrees" in w for w in result.warnings)


def test_a_clip_with_a_cut_is_judged_by_the_view_that_shows_each_thing():
    front = squat_track(replace(GOOD, swing_in_deg=(20.0, 20.0)), 0.0)
    side = squat_track(replace(GOOD, lean_deg=20.0), 90.0, seed=1)
    result = screen_squat(joined(front, side))
    assert len(result.repetitions) == 4
    assert set(found(result)) == {("knee_valgus", "left"), ("knee_valgus", "right"), ("forward_lean", "both")}
    assert any("different sides" in w for w in result.warnings)


def test_one_of_one_repetition_counts_and_one_of_two_does_not():
    bad, good = replace(GOOD, swing_in_deg=(20.0, 20.0), n_repetitions=1), replace(GOOD, n_repetitions=1)
    assert ("knee_valgus", "left") in found(screen_squat(squat_track(bad)))
    once = screen_squat(joined(squat_track(bad), squat_track(good, seed=1)))
    assert len(once.repetitions) == 2
    assert not found(once)


def test_single_leg_squat_uses_its_own_thresholds():
    plan = replace(GOOD, legs="left", stance=1.0, knee_flexion_deg=65.0, shank_tilt=0.4, turnout_deg=(4.0, 4.0))
    steady = screen_squat(squat_track(replace(plan, swing_in_deg=(4.0, 0.0))), legs="left")
    assert steady.status == "measured"
    assert len(steady.repetitions) == 2
    assert ("knee_valgus", "left") not in found(steady)
    falling = screen_squat(squat_track(replace(plan, swing_in_deg=(24.0, 0.0))), legs="left")
    assert found(falling)[("knee_valgus", "left")] == "marked"
    assert not [f for f in falling.findings if f.code == "knee_valgus" and f.side == "right"]
    (valgus,) = [f for f in falling.findings if f.code == "knee_valgus"]
    assert "Herrington" in valgus.source


def test_on_one_leg_no_depth_is_asked_for_and_a_hidden_leg_is_not_judged():
    plan = replace(GOOD, legs="left", stance=1.0, knee_flexion_deg=65.0, shank_tilt=0.4, lean_deg=20.0)
    for azimuth in (0.0, 90.0):
        assert "shallow_depth" in graded(screen_squat(squat_track(plan, azimuth), legs="left"), "not_assessable")
    own, other = (screen_squat(squat_track(plan, azimuth), legs="left") for azimuth in (90.0, -90.0))
    assert "forward_lean" in graded(own, "mild")
    assert own.repetitions[0].values["left_knee_flexion_deg"] == pytest.approx(65, abs=5)
    assert {f.severity for f in other.findings} == {"not_assessable"}
    assert len(other.repetitions) == len(own.repetitions)
    assert other.repetitions[0].values["left_knee_flexion_deg"] is None
    assert other.repetitions[0].values["right_knee_flexion_deg"] is None


def test_another_leg_than_was_said_is_refused():
    single = squat_track(replace(GOOD, legs="left", stance=1.0, knee_flexion_deg=65.0, shank_tilt=0.4))
    for said in ("both", "right"):
        result = screen_squat(single, legs=said)
        assert result.status == "refused"
        assert "(legs: left)" in result.reasons[0]
        assert not result.repetitions
        assert set(map(len, result.series.values())) == {len(single)}
    assert any("Both feet" in w for w in screen_squat(squat_track(GOOD), legs="left").warnings)


def test_exchanged_feet_and_a_moment_of_nobody_change_nothing():
    track = squat_track(knees_in(28, 0))
    image = track.image_px.copy()
    bottom = slice(23, 26)
    for name in ("ANKLE", "HEEL", "FOOT_INDEX"):
        a, b = Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]
        image[bottom, a], image[bottom, b] = track.image_px[bottom, b], track.image_px[bottom, a]
    result = screen_squat(without(changed(track, image_px=image), [40, 41]))
    assert len(result.repetitions) == 2
    assert set(found(result)) == {("knee_valgus", "left"), ("knee_asymmetry", "left")}


def test_raised_arms_taken_for_legs_are_left_out():
    track = squat_track(replace(GOOD, n_repetitions=3), 90.0)
    image = track.image_px.copy()
    image[:7, :, 1] = track.height_px - image[:7, :, 1]
    result = screen_squat(changed(track, image_px=image))
    assert len(result.repetitions) == 3
    assert any("7 frames" in w and "upside down" in w for w in result.warnings)


def test_a_moving_camera_does_not_move_the_knees():
    track = squat_track(GOOD)
    sway = 12 * np.sin(track.time_s)[:, None, None] * np.array([1.0, 0.4])
    panned = 25 * (track.time_s - 3)[:, None, None] * np.array([1.0, 0.0])
    for way, said in ((sway, False), (panned, True)):
        result = screen_squat(changed(track, image_px=track.image_px + way))
        assert len(result.repetitions) == 2
        assert not found(result)
        assert any("camera moved" in w for w in result.warnings) == said


def test_feet_and_back_are_never_called_sound():
    for azimuth in (0.0, 90.0, 180.0, 40.0):
        result = screen_squat(squat_track(GOOD, azimuth))
        assert {"feet_flatten", "low_back", "pelvic_obliquity"} <= graded(result, "not_assessable")


def stepping(track):
    """Landmarks of a squat in which the left foot goes forward and back, towards the camera."""
    image = track.image_px.copy()
    way = 90 * np.sin(2 * np.pi * 0.35 * track.time_s)
    for name in ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX"):
        image[:, Landmark[f"LEFT_{name}"], 1] += way
    return image


def test_refusals_say_what_to_do():
    track = squat_track(GOOD)
    nobody = without(track, slice(None))
    standing = changed(track, image_px=np.repeat(track.image_px[:1], len(track), axis=0))
    small = changed(track, image_px=240 + (track.image_px - 240) * 0.15)
    walking = changed(track, image_px=stepping(track))
    cut_off = changed(track, image_px=track.image_px + np.array([0.0, 260.0]))
    for bad, word in (
        (nobody, "Nobody"),
        (standing, "No squat"),
        (small, "pixels"),
        (walking, "moving feet"),
        (cut_off, "feet"),
    ):
        result = screen_squat(bad)
        assert result.status == "refused"
        assert word in result.reasons[0]
        assert not result.findings
        assert not result.repetitions
        assert set(map(len, result.series.values())) == {len(bad)}


@pytest.mark.parametrize("azimuth", [90.0, -90.0])
def test_sitting_down_on_a_chair_is_no_squat(azimuth):
    plan = replace(GOOD, knee_flexion_deg=98.0, shank_tilt=-0.06, lean_deg=-9.0)
    result = screen_squat(squat_track(plan, azimuth))
    assert result.status == "refused"
    assert "sit down" in result.reasons[0]


def test_mass_over_the_feet():
    upright, seated = np.array([0.0]), np.array([-0.5])
    assert mass_ahead(upright, upright, upright, upright) == pytest.approx(0)
    assert mass_ahead(seated, seated, upright, upright) == pytest.approx(-0.678 * 0.5 - 0.2 * 0.5 * 0.567)


def test_document_round_trip_and_the_pointer_to_the_hip():
    analysis = analyse(squat_track(knees_in(28, 0)), "squat", {})
    document = analysis.document
    assert any("internal rotation of the left hip" in w and "seated" in w for w in document.warnings)
    again = parse_document(document.to_json(), "squat.json")
    assert again.test == "squat"
    assert again == document
    assert "NaN" not in document.to_json()
    assert not any("hip rotation test" in w for w in analyse(squat_track(GOOD), "squat", {}).document.warnings)


def test_the_pointer_says_when_the_hip_was_measured_low():
    from made_results import rotation_document

    low = rotation_document((14.0, 15.0, 16.0), side="left")
    document = analyse(squat_track(knees_in(28, 0)), "squat", {}, known=[low]).document
    assert any("left hip is low" in w for w in document.warnings)


def test_a_side_view_askew_states_its_depth_less_surely():
    halves = [
        screen_squat(squat_track(GOOD, azimuth)).repetitions[0].values["thigh_below_horizontal_error_deg"]
        for azimuth in (90.0, 66.0)
    ]
    assert halves[1] > 1.2 * halves[0]
