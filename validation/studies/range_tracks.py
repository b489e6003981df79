"""Landmark tracks of the tests in which something goes out, is held and comes back: filmed once, analysed often.

``python -m validation.studies.range_tracks TEST --set report [--people DIR]`` films what is missing. Three sets of
people, none in two: ``tune`` for looking at while the method is made, ``calibrate`` for the interval (one repetition a
person; both in a cache outside the repository), ``report`` for the frozen table (two repetitions; `validation/tracks`).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from rom_vision.camera import Camera
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.registry import protocol
from validation.scenes.leg_raises import leg_raise
from validation.scenes.range_trial import RangeTrial, dressed, film
from validation.scenes.toe_touches import toe_touch
from validation.studies.trials import TRACKS, compact

__all__ = ["PLANS", "SETS", "Planned", "kept", "plan"]

FPS = 6.0
SETS = ("tune", "calibrate", "report")
_CACHE = user_cache_path("rom_vision") / "range"
_LEAN = ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg")


@dataclass(frozen=True)
class Group:
    """One way of filming a test: how many people of each set, and what is asked of the scene."""

    name: str
    people: tuple[int, int, int]
    asked: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A test of the study: first seeds of its sets, what makes a trial, and its groups."""

    seeds: tuple[int, int, int]
    make: Callable[..., RangeTrial]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Planned:
    """One recording."""

    test: str
    group: str
    set: str
    seed: int
    asked: dict[str, Any]

    @property
    def path(self) -> Path:
        """Where its track is kept."""
        folder = TRACKS if self.set == "report" else _CACHE
        return folder / f"{self.test}_{self.group}_{self.seed}.npz"


PLANS = {
    "straight_leg_raise": Plan(
        (320001, 330001, 3001),
        leg_raise,
        (
            Group("near", (30, 40, 40)),
            Group("far", (2, 0, 2), {"far_side": True}),
            Group("oblique", (0, 0, 1), {"azimuth_deg": 50.0}),
        ),
    ),
    "toe_touch": Plan(
        (340001, 350001, 3301),
        toe_touch,
        (
            Group("side", (6, 10, 40)),
            Group("oblique", (0, 0, 1), {"azimuth_deg": 50.0}),
            Group("bent_knees", (0, 0, 1), {"knees": 0.9}),
        ),
    ),
}


def plan(test: str, name: str) -> list[Planned]:
    """Return the recordings of a set of people."""
    which, asked = SETS.index(name), PLANS[test]
    out = []
    for number, group in enumerate(asked.groups):
        first = asked.seeds[which] + 60 * number
        many = group.people[which]
        out += [Planned(test, group.name, name, first + i, group.asked) for i in range(many)]
    return out


def _film(trial: Planned, people: str | None) -> str:
    from rom_vision.pipeline.camera import level_of_frames
    from rom_vision.pipeline.run import watch_video

    wears = people is not None and trial.seed % 3 == 1
    repetitions = 1
    worn = dressed(trial.seed, str(people)) if wears else None
    made = PLANS[trial.test].make(trial.seed, repetitions=repetitions, worn=worn, **trial.asked)
    asked = protocol(trial.test)
    with tempfile.TemporaryDirectory() as temporary:
        clip = Path(temporary) / "clip.mp4"
        truth = film(made, clip, FPS)
        track, frames = watch_video(clip, lying=asked.lying(made.options), rate_hz=asked.rate_hz, jobs=1)
        if asked.reads_gravity(made.options):
            level = level_of_frames(frames, track, Camera.from_hfov(track.width_px, track.height_px), None)
            truth["camera"] |= {f"read_{name}": getattr(level, name) for name in _LEAN}
    truth["dressed"] = wears
    trial.path.parent.mkdir(parents=True, exist_ok=True)
    compact(track).save(trial.path)
    # Last: a trial counts as filmed when this is there.
    trial.path.with_suffix(".json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return trial.path.stem


def kept(test: str, name: str) -> Iterator[tuple[Planned, PoseTrack, dict[str, Any]]]:
    """Yield the recordings of a set that have been filmed, with track and truth."""
    for trial in plan(test, name):
        truth = trial.path.with_suffix(".json")
        if truth.is_file():
            yield trial, PoseTrack.load(trial.path), json.loads(truth.read_text(encoding="utf-8"))


def main() -> None:
    """Film from the command line."""
    parser = argparse.ArgumentParser(description="Film what is missing of a test's people.")
    parser.add_argument("test", choices=list(PLANS))
    parser.add_argument("--set", choices=SETS, help="which people; all without it")
    parser.add_argument("--people", help="folder of skins and clothes for every third person; else mannequins alone")
    parser.add_argument("--jobs", type=int, default=2, help="recordings filmed at a time")
    asked = parser.parse_args()
    sets = [asked.set] if asked.set else SETS
    missing = [t for name in sets for t in plan(asked.test, name) if not t.path.with_suffix(".json").is_file()]
    with get_context("spawn").Pool(asked.jobs) as pool:
        for k, trial in enumerate(pool.imap(partial(_film, people=asked.people), missing), 1):
            sys.stderr.write(f"{trial}: filmed {k} of {len(missing)}\n")


if __name__ == "__main__":
    main()
