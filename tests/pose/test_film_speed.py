"""The same landmarks on other clocks: slowed down and sped up films."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rom_vision.pose.film_speed import film_speed
from rom_vision.pose.track import PoseTrack

ROOT = Path(__file__).parents[2]
STUDY = sorted(p for p in (ROOT / "validation" / "tracks").glob("*_[0-9]*.npz"))
SQUATS = ROOT / "tests" / "data" / "squats"


def at(speed, track):
    return replace(track, time_s=track.time_s / speed)


@pytest.mark.parametrize("path", STUDY[::6], ids=lambda path: path.stem)
def test_nothing_is_said_of_a_film_at_its_own_speed_or_at_half_or_twice_that(path):
    track = PoseTrack.load(path)
    for speed in (0.5, 1.0, 2.0):
        assert film_speed(at(speed, track)) is None


@pytest.mark.parametrize("path", sorted(SQUATS.glob("*.npz")), ids=lambda path: path.stem)
def test_nothing_is_said_of_quick_squats_and_jumping_jacks(path):
    track = PoseTrack.load(path)
    for speed in (0.5, 1.0):
        assert film_speed(at(speed, track)) is None


@pytest.mark.parametrize("group", ["seated", "overhead", "behind_head"])
def test_240_pictures_a_second_played_at_30_are_known_by_how_slowly_everything_moves(group):
    tracks = [PoseTrack.load(p) for p in STUDY if p.stem.rsplit("_", 1)[0] == group]
    said = [film_speed(at(1 / 8, track)) or "" for track in tracks]
    assert np.mean(["slowed down" in text for text in said]) > 0.8


def test_a_squat_faster_than_a_fall_was_sped_up():
    track = PoseTrack.load(SQUATS / "barbell_on_back_side.npz")
    assert "sped up" in film_speed(at(12, track))
    assert "slowed down" in film_speed(at(1 / 8, track))


def test_a_leap_of_a_landmark_is_no_movement():
    track = PoseTrack.load(SQUATS / "barbell_on_back_side.npz")
    image_px = np.repeat(track.image_px[:1], len(track), axis=0)
    image_px[5::10] += 200
    assert film_speed(replace(track, image_px=image_px)) is None


def test_nobody_or_nobody_who_moves_says_nothing():
    track = PoseTrack.load(SQUATS / "barbell_on_back_side.npz")
    still = np.repeat(track.image_px[:1], len(track), axis=0)
    assert film_speed(replace(track, image_px=still)) is None
    assert film_speed(replace(track, image_px=np.full_like(still, np.nan))) is None
