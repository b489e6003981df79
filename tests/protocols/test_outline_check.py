"""Outlines that contradict the landmarks are spoken of; others, and none, are not."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic import seated_states, swings, track_of

from rom_vision.pipeline.run import analyse
from rom_vision.protocols.hip_rotation.outline_check import outline_warnings

STRAIGHT = (0.0, 0.0, 0.25, 0.003)


def outlined(track, left, right=STRAIGHT):
    return replace(track, outline=np.tile(np.array([left, right]), (len(track), 1, 1)))


@pytest.fixture(scope="module")
def track():
    t, rotation = swings([30.0, 32.0, 34.0])
    return track_of(t, seated_states(rotation, side="left"))


def test_an_outline_that_contradicts_knee_and_ankle_is_spoken_of(track):
    (said,) = outline_warnings(outlined(track, (-14.0, 0.05, 0.25, 0.003)), "left")
    assert "left shin" in said
    assert "14 degrees" in said
    document = analyse(
        outlined(track, (-14.0, 0.05, 0.25, 0.003)), "hip_rotation", {"position": "seated", "side": "left"}
    ).document
    assert said in document.warnings


@pytest.mark.parametrize(
    "left",
    [
        STRAIGHT,
        (4.0, 0.1, 0.25, 0.003),  # within what happens
        (20.0, 0.0, 0.25, 0.05),  # bent: a hand, the other leg
        (20.0, 0.0, 0.9, 0.003),  # a wide trouser or two legs
        (np.nan, np.nan, np.nan, np.nan),
    ],
)
def test_what_agrees_or_is_no_shin_alone_is_not(track, left):
    assert outline_warnings(outlined(track, left, (14.0, 0.0, 0.25, 0.003)), "left") == ()


def test_a_contradiction_that_passes_is_not(track):
    outline = np.tile(np.array([STRAIGHT, STRAIGHT]), (len(track), 1, 1))
    outline[: len(track) // 3, 0, 0] = 15.0
    assert outline_warnings(replace(track, outline=outline), "left") == ()


def test_a_track_without_outlines_is_measured_as_before(track):
    assert outline_warnings(track, "left") == ()
