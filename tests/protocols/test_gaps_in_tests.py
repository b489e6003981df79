"""Damage belongs to no hold, a repetition that touches it is not scored, and too much of it is refused."""

from dataclasses import replace

import numpy as np
import pytest
from squat_tracks import joined, squat_track
from synthetic import seated_states, swings, track_of

from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.damage import beside, damage_refusal
from rom_vision.protocols.repetitions import find_excursions
from rom_vision.protocols.squat.screen import screen_squat


def hurt(track: PoseTrack, where: np.ndarray) -> PoseTrack:
    image = track.image_px.copy()
    image[where] = np.nan
    return replace(track, image_px=image, damaged=where)


def measure(track: PoseTrack):
    return analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document


@pytest.fixture(scope="module")
def swung():
    t, rotation = swings([30.0, 31.0, 32.0])
    return t, track_of(t, seated_states(rotation))


@pytest.mark.parametrize("from_s", [1.4, 3.0, 4.4])  # before, within and after the first swing
def test_a_repetition_that_touches_damage_is_not_scored(swung, from_s):
    t, track = swung
    d = measure(hurt(track, (t > from_s) & (t < from_s + 0.4)))
    assert d.status == "measured"
    assert [r.valid for r in d.repetitions] == [False, True, True]
    assert "damaged" in d.repetitions[0].flags[0]
    assert d.measure("internal_rotation").value == pytest.approx(31.5, abs=2.5)
    assert d.measure("internal_rotation").n_repetitions == 2


def test_when_every_repetition_is_damaged_there_is_no_value(swung):
    t, track = swung
    where = np.zeros(len(t), dtype=bool)
    for from_s in (3.0, 8.0, 13.0):
        where |= (t > from_s) & (t < from_s + 0.3)
    d = measure(hurt(track, where))
    assert d.status == "refused"
    assert d.measure("internal_rotation") is None
    assert "damaged" in d.reasons[0]


@pytest.mark.parametrize("share", [0.55, 1.0])
def test_too_much_damage_is_refused_as_such(swung, share):
    t, track = swung
    d = measure(hurt(track, t <= share * t[-1]))
    assert d.status == "refused"
    assert len(d.reasons) == 1
    assert "Copy the file again" in d.reasons[0]
    assert f"{100 * share:.0f} %" in d.reasons[0]


def test_whoever_is_lost_is_not_said_to_have_moved_the_pelvis(swung):
    t, track = swung
    image = track.image_px.copy()
    for from_s in (2.6, 7.6, 12.6):
        image[(t > from_s) & (t < from_s + 0.7)] = np.nan
    d = measure(replace(track, image_px=image))
    assert d.status == "refused"
    assert "lost from view" in d.reasons[0]


def test_a_hold_does_not_go_on_across_what_was_not_seen():
    t, angle = swings([30.0], hold_s=2.0)
    before = find_excursions(t, angle, 0.0)[0]
    middle = (t[before.hold_start] + t[before.hold_end]) / 2
    seen = np.where((t > middle - 0.2) & (t < middle + 0.3), np.nan, angle)
    after = find_excursions(t, seen, 0.0)[0]
    assert after.held
    assert t[after.hold_end] - t[after.hold_start] < 1.2
    assert not (t[after.hold_start] < middle < t[after.hold_end])


def test_a_squat_that_touches_damage_is_not_counted_and_the_others_are():
    track = joined(squat_track(), squat_track(seed=1))
    whole = screen_squat(track)
    bottom = whole.repetitions[0].at_s
    n = len(whole.repetitions)
    part = screen_squat(hurt(track, np.abs(track.time_s - bottom) < 0.15))
    assert part.status == "measured"
    assert [r.at_s for r in part.repetitions] == [r.at_s for r in whole.repetitions[1:]]
    assert len(part.repetitions) == n - 1
    assert any("damaged" in w for w in part.warnings)


def test_a_squat_too_much_of_which_is_damaged_is_refused_as_such():
    track = squat_track()
    result = screen_squat(hurt(track, np.arange(len(track)) % 5 != 0))
    assert result.status == "refused"
    assert "damaged" in result.reasons[0]
    assert len(result.reasons) == 1


def test_helpers():
    unsound = np.array([False, False, True, False, False])
    assert beside(unsound).tolist() == [False, True, True, True, False]
    assert damage_refusal(np.arange(5.0), unsound) == []
    assert damage_refusal(np.zeros(0), np.zeros(0, dtype=bool)) == []
