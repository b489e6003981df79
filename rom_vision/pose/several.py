"""Whether a recording shows several people, from a few of its pictures: to ask whom to follow before it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom_vision.capture import Frame, frames_at, probe
from rom_vision.pose.mediapipe_estimator import PoseEstimator
from rom_vision.pose.models import resolve_model
from rom_vision.pose.subject import Person, PersonFollower, PointedAt, choose_subject

__all__ = ["Several", "several_people"]

# Our own heuristics.
_N_PICTURES = 10
_MOST_S = 60.0
"""The pictures are taken from this much of the beginning; who does the test is there by then."""
_MOST_PEOPLE = 4
_LEAST_PICTURES = 2
"""Found in fewer, somebody passes by, or is no person at all."""


@dataclass(frozen=True)
class Several:
    """The picture that shows most of the people of a recording.

    Attributes
    ----------
    frame : the picture.
    people : who is in it, from left to right.
    likely : which of them seems to do the test, counted from 0.
    """

    frame: Frame
    people: tuple[PointedAt, ...]
    likely: int


def several_people(
    path: str | Path,
    *,
    lying: bool | None = None,
    max_side_px: int | None = 1280,
    on_progress: Callable[[int, int], None] | None = None,
) -> Several | None:
    """Look for several people in ten pictures of a video, with the light model.

    Parameters
    ----------
    path : the video.
    lying : whether the test is done lying; None when unknown.
    max_side_px : of the pictures, as where the video is measured.
    on_progress : called with (pictures done, pictures in all).

    Returns
    -------
    None when no picture shows two people who are found again in another one.

    Raises
    ------
    BadInputError
        If the video cannot be read.
    """
    length_s = min(probe(path).duration_s or _N_PICTURES, _MOST_S)
    moments = (np.arange(_N_PICTURES) + 0.5) * length_s / _N_PICTURES
    frames = list({frame.time_s: frame for frame in frames_at(path, list(moments), max_side_px)}.values())
    follower = PersonFollower()
    with PoseEstimator(resolve_model("full"), num_poses=_MOST_PEOPLE, video=False) as estimator:
        for k, frame in enumerate(frames):
            # As one a second: people are still where they were, however long the recording is.
            follower.update(k, float(k), estimator.detect(frame.rgb))
            if on_progress is not None:
                on_progress(k + 1, len(frames))
    people = [person for person in follower.people if len(person.frames) >= _LEAST_PICTURES]
    fullest = max(range(len(frames)), key=lambda k: sum(k in person.frames for person in people), default=0)
    there = sorted((p for p in people if fullest in p.frames), key=lambda p: _across(p, fullest))
    if len(there) < 2:
        return None
    height, width = frames[fullest].rgb.shape[:2]
    choice = choose_subject(there, len(frames), (width, height), lying=lying)
    likely = next((k for k, person in enumerate(there) if choice is not None and person is choice.person), 0)
    pointed = tuple(PointedAt(frames[fullest].time_s, p.poses[p.frames.index(fullest)]) for p in there)
    return Several(frames[fullest], pointed, likely)


def _across(person: Person, frame: int) -> float:
    """How far to the right somebody is in a picture, pixels."""
    return float(np.mean(person.poses[person.frames.index(frame)].image_px[:, 0]))
