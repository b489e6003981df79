"""Several people are noticed in a few pictures, through the real network."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from rom_vision.capture import VideoReader, VideoWriter, frames_at
from rom_vision.pipeline.run import measure
from rom_vision.pose.several import several_people
from rom_vision.results.command import command_of

pytestmark = pytest.mark.model

SAMPLES = Path(__file__).parents[2] / "sample_videos"
SEATED, STANDING = SAMPLES / "seated_left.mp4", SAMPLES / "squat_good.mp4"


@pytest.fixture(scope="module")
def two_people(tmp_path_factory):
    """Somebody standing still at the left, and somebody seated who swings the left leg at the right."""
    path = tmp_path_factory.mktemp("two") / "two.mp4"
    (still,) = frames_at(STANDING, [0.0])
    with VideoReader(SEATED, 640, rate_hz=10.0) as reader:
        height, width = reader.size[::-1]
        aside = cv2.resize(still.rgb, (round(still.rgb.shape[1] * height / still.rgb.shape[0]), height))
        with VideoWriter(path, 2 * ((width + aside.shape[1]) // 2), height) as out:
            for frame in reader:
                if frame.time_s > 6.0:  # one swing
                    break
                both = np.hstack([aside, frame.rgb])[:, : 2 * ((width + aside.shape[1]) // 2)]
                out.write(np.ascontiguousarray(both), frame.time_s)
    return path


def test_both_are_shown_and_the_one_who_moves_is_suggested(two_people):
    done = []
    several = several_people(two_people, on_progress=lambda *step: done.append(step))
    assert len(several.people) == 2
    left, right = (person.pose.image_px[:, 0].mean() for person in several.people)
    assert left < several.frame.rgb.shape[1] / 2 < right
    assert several.likely == 1
    assert {person.time_s for person in several.people} == {several.frame.time_s}
    assert done[-1] == (10, 10)


def test_whoever_is_pointed_at_is_measured_and_the_result_names_their_number(two_people):
    several = several_people(two_people)
    document = measure(two_people, subject=several.people[1], model="full", position="seated", side="left").document
    assert document.provenance.subject == "person 2 of 2, counted from left to right: chosen by hand"
    assert "--subject 2" in command_of(document)


def test_somebody_alone_is_nothing_to_ask_about():
    assert several_people(SEATED) is None
    assert several_people(SAMPLES / "supine_left_overhead.mp4", lying=True) is None
