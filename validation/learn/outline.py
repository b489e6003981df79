"""Learn how the outlines of shins in a person's mask are turned against the shins, of people who sit.

``python -m validation.learn outline`` reads what ``film`` has kept of the LEARN people and shows what it learns beside
what the package holds; ``--write`` puts it into ``rom_vision/body/learned.json``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rom_vision.body.learned import OUTLINE
from rom_vision.body.model import ANKLES, KNEES, forward_kinematics
from rom_vision.pose.outline import measured_turn_deg
from rom_vision.pose.track import FloatArray
from validation.learn.film import asked_people, load
from validation.learn.landmarks import Shown, shown
from validation.learn.record import beside, provenance, write

__all__ = ["learn", "turns_deg"]

_LEAST = 20
"""Pictures of a shin that say how its outline is turned."""


def turns_deg(person: Shown, outline: FloatArray) -> FloatArray:
    """(T, 2) by how much the outlines of the left and the right shin are turned against the line between the joints.

    Degrees, outwards +; NaN where the mask does not show the shin alone. ``outline`` (T, 2, 4) as in `PoseTrack`.
    """
    joints = forward_kinematics(person.state, person.reference)
    ray = joints[..., :2] / joints[..., 2:]
    true, found = (p[:, ANKLES] - p[:, KNEES] for p in (ray, person.image_px))
    turn = np.degrees(np.arctan2(*np.moveaxis(found, -1, 0)) - np.arctan2(*np.moveaxis(true, -1, 0)))
    return np.asarray((turn - measured_turn_deg(outline)) * [1.0, -1.0])


def learn(people: Sequence[FloatArray]) -> dict[str, float]:
    """Mean over legs, spread between them, and jitter from picture to picture, degrees, of people's `turns_deg`."""
    legs = [turn for person in people for turn in person.T if np.isfinite(turn).sum() >= _LEAST]
    each = [np.nanmean(turn) for turn in legs]
    jitter = [np.nanstd(np.diff(turn)) / np.sqrt(2) for turn in legs]
    numbers = (np.mean(each), np.std(each), np.median(jitter))
    return {name: round(float(x), 2) for name, x in zip(OUTLINE, numbers, strict=True)}


def main() -> None:
    """Learn from the command line."""
    parser = argparse.ArgumentParser(description="Learn how the outlines of shins are turned.")
    parser.add_argument("--write", action="store_true", help="put what was learned into the package")
    asked_people(parser)
    asked = parser.parse_args()
    filmed = load("learn", Path(asked.cache), asked.many)
    people = [f for f in filmed if f.trial.position == "seated" and np.isfinite(f.tracks["heavy"].outline).any()]
    if not people:
        parser.error(f"{asked.cache} holds no outlines: python -m validation.learn film --set learn")
    numbers = {"outline": learn([turns_deg(shown(f), f.tracks["heavy"].outline) for f in people])}
    sys.stdout.write(f"{len(people)} people\n{beside('rom_vision.body', numbers)}")
    if asked.write:
        words = (
            f"synthetic people, {sum(f.dressed for f in people)} of {len(people)} in clothes of cloth, filmed sitting"
        )
        try:
            write("rom_vision.body", numbers, {"outline": provenance("outline", words, [f.trial.seed for f in people])})
        except ValueError as fault:
            parser.error(f"Nothing was written. {fault}.")


if __name__ == "__main__":
    main()
