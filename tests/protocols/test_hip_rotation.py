from dataclasses import replace

import numpy as np
import pytest
from synthetic import seated_states, swings, track_of

from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.hip_rotation.curves import (
    rotation_curves,
)


def measure(track, side="left", position="seated"):
    return analyse(track, "hip_rotation", {"position": position, "side": side}).document


@pytest.mark.parametrize("side", ["left", "right"])
def test_three_repetitions_and_their_mean(side):
    t, rotation = swings([30.0, 32.0, 34.0])
    d = measure(track_of(t, seated_states(rotation, side=side)), side)
    assert d.status == "measured"
    assert [r.quantity.removesuffix("_rotation") for r in d.repetitions] == ["internal"] * 3
    assert all(r.valid for r in d.repetitions)
    assert d.measure("internal_rotation").n_repetitions == 3
    assert d.measure("internal_rotation").value == pytest.approx(32.0, abs=2.5)
    assert d.measure("internal_rotation").best == pytest.approx(max(r.value for r in d.repetitions))
    assert d.measure("external_rotation") is None
    low, high = d.measure("internal_rotation").interval
    assert low < 32.0 < high
    first = d.repetitions[0]
    assert first.start_s < first.hold_start_s < first.hold_end_s < first.end_s
    assert first.hold_start_s == pytest.approx(2.5, abs=0.35)


def test_internal_and_external_are_told_apart():
    t, rotation = swings([30.0, -25.0, 31.0, -26.0, 29.0, -24.0])
    d = measure(track_of(t, seated_states(rotation)))
    assert [r.quantity.removesuffix("_rotation") for r in d.repetitions] == ["internal", "external"] * 3
    assert d.measure("internal_rotation").value == pytest.approx(30.0, abs=3.0)
    assert d.measure("external_rotation").value == pytest.approx(25.0, abs=3.0)


@pytest.mark.parametrize("back", [0.0, 0.6])
def test_a_hike_is_flagged_and_the_value_stays_with_the_pelvis(back):
    """The back takes back a share of what the pelvis leans the trunk."""
    t, rotation = swings([30.0] * 3)
    lift = np.interp(rotation, [0, 30], [0, 9])
    d = measure(track_of(t, seated_states(rotation, pelvis_list_deg=lift, back=back)))
    assert all(not r.valid and "pelvis lifted" in r.flags[0] for r in d.repetitions)
    assert d.measure("internal_rotation").value == pytest.approx(30.0, abs=4.0)
    assert any("pelvis" in w for w in d.warnings)
    assert d.measure("pelvis_compensation").value == pytest.approx(9.0, abs=3.0)


def test_a_hike_that_the_back_hides_wholly_is_noted_and_in_the_interval():
    t, rotation = swings([30.0] * 3)
    lift = np.interp(rotation, [0, 30], [0, 9])
    d = measure(track_of(t, seated_states(rotation, pelvis_list_deg=lift)))
    low, high = d.measure("internal_rotation").interval
    assert low < 30.0 < high
    assert all("pelvis" in r.flags[0] for r in d.repetitions)


def test_one_repetition_far_from_the_others_is_set_aside():
    t, rotation = swings([30.0, 31.0, 30.5, 18.0])
    d = measure(track_of(t, seated_states(rotation)))
    assert [r.valid for r in d.repetitions] == [True, True, True, False]
    assert "set aside" in d.repetitions[3].flags[0]
    assert d.measure("internal_rotation").n_repetitions == 3


def test_a_still_leg_has_no_repetition():
    t = np.arange(120) / 15
    d = measure(track_of(t, seated_states(np.zeros(120))))
    assert d.status == "refused"
    assert d.repetitions == ()
    assert "swing" in d.reasons[0]


def test_a_swing_without_a_hold_says_so():
    t, rotation = swings([30.0, 30.0, 30.0], hold_s=0.0)
    d = measure(track_of(t, seated_states(rotation)))
    assert len(d.repetitions) == 3
    assert any("no hold" in flag for r in d.repetitions for flag in r.flags)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"distance_m": 8.0}, "closer"),
        ({"knee_angle_deg": 10.0}, ""),
        ({"yaw_deg": 90.0}, "in front"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_what_to_change(change, word):
    t, rotation = swings([30.0] * 3)
    d = measure(track_of(t, seated_states(rotation, **change)))
    assert d.status == "refused", d.measure("internal_rotation")
    assert d.measure("internal_rotation") is None
    assert any(word in reason for reason in d.reasons), d.reasons


def test_a_person_seen_half_the_time_is_refused():
    t, rotation = swings([30.0] * 3)
    track = track_of(t, seated_states(rotation))
    image = track.image_px.copy()
    image[::2] = np.nan
    d = measure(PoseTrack(t, image, track.visibility, track.world_m, 1280, 720))
    assert d.status == "refused"
    assert "50 %" in d.reasons[0]


@pytest.mark.parametrize(("landmark", "gone"), [(27, "ankle"), (23, "hip")])
def test_a_leg_that_is_not_in_the_picture_is_refused_for_that(landmark, gone):
    t, rotation = swings([30.0] * 3)
    track = track_of(t, seated_states(rotation))
    image = track.image_px + np.array([0.0, 735.0 - track.image_px[:, landmark, 1].min()])
    d = measure(PoseTrack(t, image, track.visibility, track.world_m, 1280, 720))
    assert d.status == "refused"
    assert "not in the picture" in d.reasons[0]
    assert gone in d.reasons[0]


def test_a_gap_inside_a_repetition_sets_it_aside():
    t, rotation = swings([30.0] * 3)
    track = track_of(t, seated_states(rotation))
    image = track.image_px.copy()
    image[(t > 2.6) & (t < 3.6)] = np.nan
    d = measure(PoseTrack(t, image, track.visibility, track.world_m, 1280, 720))
    assert any("lost from view" in flag for flag in d.repetitions[0].flags)
    assert d.measure("internal_rotation").n_repetitions == 2
    curve = np.array(d.curve("hip_rotation_deg"), dtype=float)
    assert np.isnan(curve[(t > 2.65) & (t < 3.55)]).all()


def test_a_view_that_reads_the_hanging_shin_askew_is_put_plumb_in_part():
    """What is read at rest is shared between the person and the view; a shin that hangs far off is left alone."""
    for rest, kept in ((5.0, False), (17.0, True)):
        t, rotation = swings([rest + 30.0, rest + 30.0, rest + 30.0], rest_deg=rest)
        result = measure(track_of(t, seated_states(rotation)))
        swing = result.measure("internal_rotation").value - result.measure("rest").value
        assert swing == pytest.approx(30.0, abs=1.5)
        assert (abs(result.measure("rest").value - rest) < 0.6) == kept
        assert 0 < result.measure("rest").value <= rest + 0.6


def test_a_rotation_of_which_nothing_is_known_is_no_number():
    t, rotation = swings([30.0] * 3)
    analysis = analyse(track_of(t, seated_states(rotation)), "hip_rotation", {"position": "seated", "side": "left"})
    sure = analysis.angles
    column = sure.names.index("hip_rotation_l")
    sd = sure.sd_deg.copy()
    sd[40:60, column] = 1467.0
    curves = rotation_curves(replace(sure, sd_deg=sd), "left", "seated", np.zeros(len(t), bool))
    assert np.isnan(curves.rotation[40:60]).all()
    assert np.isnan(curves.sd[40:60]).all()
    assert np.isfinite(np.delete(curves.rotation, np.s_[40:60])).all()
