from dataclasses import replace

import numpy as np
import pytest
from squat_tracks import GOOD, LENGTHS, squat_track

from rom_vision.body.leg_chain import body_axes, leg_chain, standing_of
from rom_vision.camera import Camera
from rom_vision.protocols.squat.over_foot import over_foot
from rom_vision.protocols.squat.phases import find_dips, hip_drop, smooth, stretches
from rom_vision.protocols.squat.pitch import camera_roll_deg
from rom_vision.protocols.squat.rules import FOUND, RULES, SINGLE_LEG_RULES, Rule, Seen, grade, held
from rom_vision.protocols.squat.screen import screen_squat
from rom_vision.protocols.squat.view import azimuth_of, name_of, settle_facing
from validation.person.over_feet import over_feet

TIME = np.arange(30) / 10


@pytest.mark.parametrize(
    ("azimuth", "name"),
    [(0, "front"), (24, "front"), (-26, "oblique"), (54, "oblique"), (56, "left_side"), (-90, "right_side"),
     (124, "left_side"), (-126, "oblique"), (156, "back"), (180, "back"), (-160, "back")],
)  # fmt: skip
def test_view_names(azimuth, name):
    assert name_of(azimuth) == name


@pytest.mark.parametrize("azimuth", [-15.0, 0.0, 40.0, 80.0, 150.0, -120.0])
def test_azimuth_is_read_from_the_body(azimuth):
    track = squat_track(GOOD, azimuth)
    got = azimuth_of(track.image_px[:8], Camera.from_hfov(480, 640))
    assert (got - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=7)


def test_a_front_taken_for_a_back_is_put_right_and_a_turn_is_not():
    track = squat_track(GOOD)
    mirrored = squat_track(GOOD).image_px.copy()
    for left in range(11, 32, 2):
        mirrored[10:20, [left, left + 1]] = mirrored[10:20, [left + 1, left]]
    settled, n = settle_facing(mirrored)
    assert n == 10
    np.testing.assert_allclose(settled[:, 11:], track.image_px[:, 11:])
    aside = squat_track(GOOD, 100.0).image_px
    assert settle_facing(aside)[1] == 0
    turning = np.concatenate([squat_track(GOOD, a).image_px[:8] for a in (0, 40, 80, 100, 140, 180)])
    assert settle_facing(turning)[1] == 0


def test_reconstruction_from_one_camera_is_right_to_a_hundredth_of_the_leg():
    plan = replace(GOOD, swing_in_deg=(-15.0, -5.0))
    track = squat_track(plan, 10.0, jitter_px=0.0)
    camera = Camera.from_hfov(480, 640)
    chain = leg_chain(track.image_px, standing_of(track.image_px[:5]), camera, 10.0)
    left, _ = body_axes(10.0)
    bottom = int(hip_drop(track.image_px).argmax())
    offset = (chain.knee - chain.ankle)[bottom]
    # Medial way of the left knee, lateral of the right one; truth from the same plan.
    from validation.person.squat_motion import pose_squat

    pose = pose_squat(LENGTHS, plan, 1.0)
    for i, side in enumerate(("left", "right")):
        true = (pose.joints_m[f"knee_{side}"] - pose.joints_m[f"ankle_{side}"])[1] / LENGTHS.leg
        assert offset[i] @ left == pytest.approx(true, abs=0.012)


@pytest.mark.parametrize("azimuth", [-10.0, 12.0])
@pytest.mark.parametrize(("stance", "turnout"), [(1.2, 3.0), (1.5, 15.0), (2.6, 20.0)])
def test_a_knee_is_measured_from_over_its_foot_in_any_stance_and_its_doubt_grows_with_the_turn(
    stance, turnout, azimuth
):
    plan = replace(GOOD, stance=stance, turnout_deg=(turnout, turnout))
    read = {}
    for made in ((0.0, 0.0), (18.0, 0.0)):
        track = squat_track(over_feet(plan, LENGTHS, made), azimuth, jitter_px=0.0)
        camera, standing = Camera.from_hfov(480, 640), standing_of(track.image_px[:5])
        bottom = [int(hip_drop(track.image_px).argmax())]
        chain = leg_chain(track.image_px[bottom], standing, camera, azimuth)
        read[made] = over_foot(chain, np.full((1, 2), 122.0), standing, camera, azimuth)
    np.testing.assert_allclose(read[0.0, 0.0].turn_deg[0], 0.0, atol=6.0)
    left, right = (read[18.0, 0.0].turn_deg - read[0.0, 0.0].turn_deg)[0]
    assert left == pytest.approx(18.0, abs=4.0)
    assert right == pytest.approx(0.0, abs=1.0)
    # The foot that points farther aside in the picture is known less well.
    seen_from = [turnout - azimuth, turnout + azimuth]
    doubt = read[0.0, 0.0].doubt[0]
    assert (doubt >= 1.0).all()
    assert np.argmax(doubt) == np.argmax(np.abs(seen_from))


def test_a_camera_that_leans_is_told_from_hips_over_feet_unless_it_is_known():
    camera = Camera.from_hfov(480, 640)
    still = squat_track(GOOD).image_px[:5].mean(axis=0)
    leaning = replace(camera, roll_deg=3.0)
    assert camera_roll_deg(still, camera) == pytest.approx(0.0, abs=0.3)
    assert camera_roll_deg(leaning.picture_px(still), camera) == pytest.approx(3.0, abs=0.3)
    assert camera_roll_deg(still, leaning) == 0.0


def test_a_small_knee_in_needs_a_second_witness():
    def left_knee(plan):
        return next(f for f in screen_squat(squat_track(plan)).findings if (f.code, f.side) == ("knee_valgus", "left"))

    # The knees come closer together than feet that point ahead, and not than feet that point out.
    ahead, out = replace(GOOD, turnout_deg=(3.0, 3.0)), replace(GOOD, turnout_deg=(20.0, 20.0))
    assert left_knee(over_feet(ahead, LENGTHS, (9.0, 9.0))).severity in FOUND
    alone = left_knee(over_feet(out, LENGTHS, (9.0, 9.0)))
    assert alone.severity == "not_assessable"
    assert "too uncertain to tell" in alone.sentence
    # Nor does one knee alone.
    assert left_knee(over_feet(out, LENGTHS, (11.0, 0.0))).severity in FOUND


def test_repetitions_of_any_number_and_a_double_dip_is_one():
    for n in (1, 2, 5):
        track = squat_track(replace(GOOD, n_repetitions=n))
        dips = find_dips(track.time_s, smooth(track.time_s, track.image_px), "both")
        assert [dip.whole for dip in dips] == [True] * n
    drop = np.concatenate([np.zeros(10), np.linspace(0, 0.5, 10), [0.5, 0.4, 0.38, 0.4, 0.5], np.linspace(0.5, 0, 10)])
    image = np.repeat(squat_track(GOOD).image_px[:1], len(drop), axis=0)
    image[:, 23:25, 1] += 200 * drop[:, None]
    assert len(find_dips(np.arange(len(drop)) / 10, image, "both")) == 1


def test_half_a_squat_is_no_whole_dip_and_most_of_one_is():
    track = squat_track(replace(GOOD, n_repetitions=1))
    for seen, whole in ((track.time_s < 2.0, False), (track.time_s > 1.4, True)):
        (dip,) = find_dips(track.time_s[seen], track.image_px[seen], "both")
        assert dip.whole == whole


def test_cuts_split_the_recording():
    front, side = squat_track(GOOD, 0.0), squat_track(GOOD, 90.0)
    from squat_tracks import joined

    cut = joined(front, side)
    parts = stretches(cut, cut.found)
    assert [len(p) for p in parts] == [len(front), len(side)]
    assert [len(p) for p in stretches(front, front.found)] == [len(front)]


def test_held_takes_what_lasts():
    curve = np.zeros(30)
    curve[5] = 20.0
    curve[10:14] = (6, 7, 8, 6)
    value, at = held(TIME, curve)
    assert value == 6
    assert at == 12
    curve[11] = np.nan
    assert held(TIME, curve)[0] == 0
    assert held(TIME, np.full(30, np.nan)) == (-np.inf, -1)


RULE = Rule("knee_valgus", "deg", 5.0, 10.0, 2.0, "source", "turns inwards")


@pytest.mark.parametrize(
    ("levels", "severity", "repetitions"),
    [
        ((12, 12), "marked", (1, 2)),
        ((12, 7), "mild", (1, 2)),
        ((12, 1), "none", ()),
        ((12,), "marked", (1,)),
        ((4, 4, 4), "none", ()),
        ((11, 2, 12), "marked", (1, 3)),
    ],
)
def test_grade_needs_two_repetitions_or_the_only_one(levels, severity, repetitions):
    seen = [Seen(n, TIME, np.full(30, float(v)), np.full(30, v + 1.0)) for n, v in enumerate(levels, 1)]
    finding = grade(RULE, "left", seen, "The left knee")
    assert finding.severity == severity
    assert finding.repetitions == repetitions
    assert (finding.worst_time_s is None) == (severity == "none")
    assert finding.ci95[0] < finding.change_from_standing < finding.ci95[1]


def test_grade_stays_below_its_own_error():
    seen = [Seen(1, TIME, np.full(30, 6.0), np.full(30, 6.0))]
    assert grade(RULE, "left", seen, "The left knee").severity == "mild"
    unsure = grade(replace(RULE, sd=4.0), "left", seen, "The left knee")
    assert unsure.severity == "not_assessable"  # beyond the threshold: nothing that could be called normal
    assert "6° (-2° to 14°)" in unsure.sentence
    less = [Seen(1, TIME, np.full(30, RULE.mild - 1), np.full(30, RULE.mild - 1))]
    assert grade(replace(RULE, sd=4.0), "left", less, "The left knee").severity == "none"
    assert grade(RULE, "left", [Seen(1, TIME, np.full(30, np.nan), np.zeros(30))], "The left knee") is None


def test_every_threshold_has_a_source():
    for rule in (*RULES.values(), *SINGLE_LEG_RULES.values()):
        assert rule.source
        assert 0 < rule.mild < rule.marked
        assert rule.sd > 0


def test_smoothing_a_long_recording_bit_by_bit_changes_nothing():
    time_s = np.arange(1300) / 30
    image = np.random.default_rng(3).normal(0, 5, (1300, 33, 2))
    np.testing.assert_allclose(
        smooth(time_s, image)[450:550], smooth(time_s[400:600], image[400:600])[50:150], atol=1e-4
    )
