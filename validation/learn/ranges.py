"""Learn what the straight leg raise and the toe touch need of people, and how large their errors really are.

``python -m validation.learn.ranges TEST`` counts a test's numbers of the people called ``tune``, ``--interval`` then
its interval of those called ``calibrate`` where they have been filmed (see `validation.studies.range_tracks`), else of
``tune``; both write its ``learned.json``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.stats import t

from rom_vision.camera import Camera
from rom_vision.camera.level import with_level
from rom_vision.pipeline.camera import straight_track
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.straight_leg_raise import curves
from validation.learn.intervals import conformal_half
from validation.learn.record import provenance, write
from validation.person.phantom import pose
from validation.scenes.leg_raises import leg_raise
from validation.studies.range_tracks import kept
from validation.studies.ranges import outcomes_of
from validation.studies.trials import kept_level

__all__ = ["LEARN", "half_interval", "main"]

ENOUGH = 30
"""Of so many people an interval is counted without a belief in the shape of their errors (our own heuristic)."""
FEWEST = 5
"""Numbers of one size each (a height, a share) are learned of fewer people than tables of many."""


def _straight(test: str, names: tuple[str, ...]) -> Iterator[tuple[PoseTrack, dict[str, Any]]]:
    """Yield what the test's own analysis would be given, of the groups that are to be measured."""
    for trial, track, truth in (row for name in names for row in kept(test, name)):
        if trial.group not in ("near", "far", "side"):
            continue
        lens, level = Camera.from_hfov(track.width_px, track.height_px), kept_level(truth)
        yield straight_track(track, with_level(lens, level) if level else lens), truth


def _in_hold(track: PoseTrack, truth: dict[str, Any]) -> Any:
    r = truth["repetitions"][0]
    return (track.time_s >= r["hold_start_s"]) & (track.time_s <= r["hold_end_s"])


def learn_leg_raise() -> dict[str, float]:
    """How far the hip's landmark lies over the joint, as the drawn mannequins' joints show, and what is left then."""
    heights, errors = [], []
    for trial, track, truth in kept("straight_leg_raise", "tune"):
        if truth["dressed"]:
            continue  # the clothes' folder may not be at hand, and the joints lie where they lie
        made = leg_raise(trial.seed, repetitions=1, **trial.asked)
        side, hold = truth["side"], _in_hold(track, truth)
        middle = float(np.median(track.time_s[hold]))
        joints = pose(made.scene.body, made.scene.posture(middle)).joints_m
        camera = made.scene.camera
        true_px = camera.project(camera.to_camera(joints[f"hip_{side}"]))
        hip, ankle = (
            np.nanmedian(track.image_px[hold][:, Landmark[f"{side.upper()}_{n}"]], axis=0) for n in ("HIP", "ANKLE")
        )
        heights.append(float(true_px[1] - hip[1]) / float(np.linalg.norm(ankle - hip)))
    height = round(float(np.median(heights)), 3)
    curves.HIP_IN_FRONT = height  # what has just been learned
    for track, truth in _straight("straight_leg_raise", ("tune",)):
        c, hold = curves.raise_curves(track, truth["side"]), _in_hold(track, truth)
        errors.append(float(np.nanmedian(0.5 * (c.thigh + c.leg)[hold])) - truth["repetitions"][0]["raise_deg"])
    sys.stdout.write(f"heights {np.round(heights, 3)}, errors {np.round(errors, 1)}\n")
    return {"hip_in_front": height, "constant_deg": round(-float(np.mean(errors)), 1)}


def learn_toe_touch() -> dict[str, float]:
    """How far the fingers reach beyond the knuckles, such that the mean error is none."""
    from rom_vision.protocols.toe_touch.learned import HEAD
    from rom_vision.protocols.toe_touch.measure import bend_curves, knuckles_and_hands

    ratios = []
    for track, truth in _straight("toe_touch", ("tune",)):
        hold = _in_hold(track, truth)
        scale = HEAD * truth["stature_cm"] / bend_curves(track).eyes_px
        knuckles, hand = (float(np.nanmedian(c[hold])) * scale for c in knuckles_and_hands(track))
        ratios.append((knuckles - truth["repetitions"][0]["fingertips_cm"]) / hand)
    return {"fingers": round(float(np.median(ratios)), 2)}


LEARN: dict[str, tuple[Callable[[], dict[str, float]], str]] = {
    "straight_leg_raise": (learn_leg_raise, "half_deg"),
    "toe_touch": (learn_toe_touch, "half_cm"),
}


def half_interval(test: str, name: str) -> float:
    """Half the 95 % interval of one repetition, from the errors of a set of people.

    The errors are taken about zero: a bias that is left counts. Where there are people enough it is the width that
    holds 95 of 100 of their errors (see `conformal_half`), else their root mean square times Student's factor.
    """
    errors = [o.value - o.truth for o in outcomes_of(test, name) if o.value is not None and o.group != "oblique"]
    n = len(errors)
    if n >= ENOUGH:
        return round(conformal_half(errors), 1)
    return round(float(t.ppf(0.975, n) * np.sqrt(np.mean(np.square(errors)))), 1)


def main() -> None:
    """Learn from the command line."""
    parser = argparse.ArgumentParser(description="Count what a test needs of people, and write it.")
    parser.add_argument("test", choices=list(LEARN))
    parser.add_argument("--interval", action="store_true", help="the interval, with the numbers there are")
    asked = parser.parse_args()
    count, half = LEARN[asked.test]
    filmed = {name: [trial.seed for trial, *_ in kept(asked.test, name)] for name in ("tune", "calibrate")}
    name = "calibrate" if asked.interval and len(filmed["calibrate"]) >= FEWEST else "tune"
    seeds = filmed[name]
    numbers = {half: half_interval(asked.test, name)} if asked.interval else count()
    said = provenance(f"ranges {asked.test}", f"synthetic people of {asked.test}, {name}", seeds)
    said["command"] = f"python -m validation.learn.ranges {asked.test}{' --interval' if asked.interval else ''}"
    write(f"rom_vision.protocols.{asked.test}", numbers, dict.fromkeys(numbers, said), FEWEST)
    sys.stdout.write(f"{numbers} of {len(seeds)} people\n")


if __name__ == "__main__":
    main()
