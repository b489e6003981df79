"""Whom the live test follows when a helper is in the picture."""

from squat_tracks import squat_track
from stick_people import candidate, seated

from rom_vision.ui.live.guide import subject_of

PATIENT = candidate(seated(x=200.0, y=250.0, scale=70.0))
HELPER = candidate(squat_track().image_px[0] + (150.0, 0.0))


def test_the_helper_who_stands_beside_is_not_taken_for_the_one_who_sits():
    assert HELPER.size_px > PATIENT.size_px
    assert subject_of([HELPER, PATIENT], None) is HELPER
    assert subject_of([HELPER, PATIENT], None, choosing=True) is PATIENT
    assert subject_of([HELPER, PATIENT], HELPER, choosing=True) is PATIENT, "who came first was the helper"
    assert subject_of([HELPER, PATIENT], PATIENT) is PATIENT


def test_somebody_alone_who_stands_is_followed_and_can_be_told_to_sit():
    assert subject_of([HELPER], PATIENT, choosing=True) is HELPER
    assert subject_of([], PATIENT, choosing=True) is None
