"""What damage and stillness do to a track: nothing is measured there, and it is said."""

import numpy as np
import pytest
from stick_people import candidate, seated

from rom_vision.pose.subject import Person
from rom_vision.pose.track import TrackSource
from rom_vision.pose.tracking import _next_look, assemble_track


def followed(n, **masks):
    person = Person()
    for frame in range(n):
        person.add(frame, frame / 10, candidate(seated()))
    return assemble_track([i / 10 for i in range(n)], person, (640, 480), TrackSource(), ("before",), **masks)


def test_nothing_is_found_in_damaged_and_frozen_pictures_and_the_track_says_for_how_long():
    damaged, repeated = np.zeros((2, 21), dtype=bool)
    damaged[3:5] = True
    repeated[10:16] = True
    repeated[18] = True  # a stutter
    track = followed(21, damaged=damaged, repeated=repeated)
    assert np.flatnonzero(~track.found).tolist() == [3, 4, *range(10, 16)]
    assert np.flatnonzero(track.unsound).tolist() == [3, 4, *range(10, 16)]
    assert (track.visibility[~track.found] == 0).all()
    assert track.warnings[0] == "before"
    assert track.warnings[1].startswith("0.2 s of the recording's 2.0 s (10 %) is damaged")
    assert track.warnings[2].startswith("0.6 s of the recording's 2.0 s (29 %) shows a picture that stands still")


def test_a_sound_recording_says_nothing():
    track = followed(5)
    assert track.found.all()
    assert track.warnings == ("before",)


@pytest.mark.parametrize(
    ("time_s", "expected"), [(0.0, 0.2), (0.3, 0.5), (0.9, 1.0), (1.0, 3.0), (2.9, 3.0), (3.0, 5.0), (7.4, 9.0)]
)
def test_further_people_are_looked_for_now_and_then(time_s, expected):
    assert _next_look(time_s) == expected


def test_a_clock_that_jumps_by_years_costs_no_time():
    assert _next_look(1e12) == pytest.approx(1e12, abs=2)
