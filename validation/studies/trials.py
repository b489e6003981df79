"""The trials of the accuracy study: which are filmed, and the landmark tracks kept of them.

Seeds 1 to 9999 are for reporting only; everything that was ever tuned was tuned on other people (100000 and above).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.camera import Camera
from rom_vision.camera.level import Level
from rom_vision.pose.track import PoseTrack
from validation.person.outfit import LEGWEAR

__all__ = ["LIGHTER", "TRACKS", "PlannedTrial", "compact", "dressed", "film", "kept_level", "load", "plan", "wear"]

TRACKS = Path(__file__).parents[1] / "tracks"
FPS = 10.0
LIGHTER = "full"
_PROMISED = ("seated", "seated_wide", "seated_hike", "overhead", "behind_head")
_LEAN = ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg")


@dataclass(frozen=True)
class PlannedTrial:
    """One recording of the study: a group of the table, the seed, and what is asked of `hip_trial`."""

    group: str
    seed: int
    position: str
    view: str = "front"
    asked: tuple[tuple[str, Any], ...] = ()
    legwear: str | None = None
    """What a dressed person wears on their legs; None for a mannequin."""

    @property
    def name(self) -> str:
        """File name of its track."""
        return f"{self.group}_{self.seed}"


def plan(first_seed: int = 1, scale: float = 1.0, at_least: int = 0) -> list[PlannedTrial]:
    """All trials, groups interleaved. Other seeds and sizes serve for tuning.

    ``at_least`` so many are of each group that the program promises to measure.
    """
    groups: list[tuple[str, int, Callable[[int, np.random.Generator], PlannedTrial]]] = [
        ("seated", 24, lambda s, rng: _seated("seated", s, yaw_deg=float(rng.uniform(-25, 25)), hike_deg=0.0)),
        ("seated_wide", 10, lambda s, rng: _seated("seated_wide", s, yaw_deg=_oblique(rng), hike_deg=0.0)),
        ("seated_hike", 8, lambda s, rng: _seated("seated_hike", s, yaw_deg=float(rng.uniform(-15, 15)), hike_deg=9.0)),
        ("seated_both", 6, lambda s, rng: _both(s, rng)),
        ("overhead", 12, lambda s, _: PlannedTrial("overhead", s, "supine", "overhead")),
        ("behind_head", 12, lambda s, _: PlannedTrial("behind_head", s, "supine", "behind_head")),
        ("diagonal", 6, lambda s, _: PlannedTrial("diagonal", s, "supine", "diagonal")),
        ("foot_end", 2, lambda s, _: PlannedTrial("foot_end", s, "supine", "foot_end")),
        ("side_on", 2, lambda s, rng: _seated("side_on", s, yaw_deg=float(rng.choice([-80.0, 80.0])), hike_deg=0.0)),
    ]
    ranked = []
    for number, (group, count, make) in enumerate(groups):
        many = max(1, round(count * scale), at_least if group in _PROMISED else 0)
        for i in range(many):
            seed = first_seed + 200 * number + i
            ranked.append(((i + 0.5) / many, number, make(seed, np.random.default_rng([seed, 77]))))
    return [trial for *_, trial in sorted(ranked, key=lambda row: row[:2])]


def dressed(many: int = 36) -> list[PlannedTrial]:
    """Return trials of people in skin and cloth, sitting, one swing each, every kind of legwear in turn."""
    trials = []
    for i in range(many):
        seed = 2001 + i
        yaw_deg = float(np.random.default_rng([seed, 77]).uniform(-25, 25))
        asked, legwear = (("yaw_deg", yaw_deg), ("repetitions", 1)), LEGWEAR[i % len(LEGWEAR)]
        trials.append(PlannedTrial(f"dressed_{legwear}", seed, "seated", "front", asked, legwear))
    return trials


def _seated(group: str, seed: int, **asked: Any) -> PlannedTrial:
    return PlannedTrial(group, seed, "seated", "front", tuple(asked.items()))


def _oblique(rng: np.random.Generator) -> float:
    return float(rng.uniform(25, 35) * rng.choice([-1, 1]))


def _both(seed: int, rng: np.random.Generator) -> PlannedTrial:
    return _seated(
        "seated_both", seed, yaw_deg=float(rng.uniform(-20, 20)), hike_deg=0.0, external_deg=float(rng.uniform(15, 35))
    )


def film(trial: PlannedTrial, folder: Path = TRACKS, *, fast: bool = False, people: str | None = None) -> None:
    """Render the trial as a video file, find the landmarks in it, and keep tracks and truth in ``folder``.

    A person who sits is looked at with the lighter model as well, which a slow machine's live test looks with.

    Beside the truth stands what the program reads of the camera's lean in the video: ``camera.read_roll_deg``.
    ``people`` is the folder of skins and clothes that dressed people need.
    """
    from rom_vision.pipeline.camera import level_of_frames
    from rom_vision.pipeline.run import watch_video
    from validation.scenes.clips import hip_trial, render_clip

    worn = wear(trial.seed, trial.legwear, str(people)) if trial.legwear else None
    with tempfile.TemporaryDirectory() as temporary:
        clip = Path(temporary) / f"{trial.name}.mp4"
        scene = hip_trial(trial.seed, trial.position, trial.view, worn=worn, **dict(trial.asked))
        truth = render_clip(scene, clip, FPS, fast=fast)
        seated = trial.position == "seated"
        track, frames = watch_video(clip, lying=not seated, outline=seated)
        if seated:
            level = level_of_frames(frames, track, Camera.from_hfov(track.width_px, track.height_px), None)
            truth["camera"] |= {f"read_{name}": getattr(level, name) for name in _LEAN}
            lighter = watch_video(clip, model=LIGHTER, outline=True)[0]
            folder.mkdir(exist_ok=True)
            compact(lighter).save(folder / f"{trial.name}.{LIGHTER}.npz")
    truth["legwear"] = trial.legwear or "mannequin"
    folder.mkdir(exist_ok=True)
    compact(track).save(folder / f"{trial.name}.npz")
    (folder / f"{trial.name}.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")


@lru_cache(maxsize=1)
def _wardrobe(folder: str) -> Any:
    from validation.person.garments import Wardrobe

    return Wardrobe(folder)


def wear(seed: int, legwear: str, people: str) -> Any:
    """Dress the person of a seed from the folder ``people``."""
    from validation.person.crowd import sample_anyone
    from validation.person.outfit import dress_person

    return dress_person(sample_anyone(seed, "makehuman"), _wardrobe(people), legwear)


def load(
    trials: list[PlannedTrial], folder: Path = TRACKS, *, model: str = "heavy"
) -> Iterator[tuple[PlannedTrial, PoseTrack, dict[str, Any]]]:
    """Yield the kept track and the truth of each trial that has been filmed and looked at with a model."""
    for trial in trials:
        path = folder / (f"{trial.name}.npz" if model == "heavy" else f"{trial.name}.{model}.npz")
        if path.is_file():
            truth = json.loads((folder / f"{trial.name}.json").read_text(encoding="utf-8"))
            yield trial, PoseTrack.load(path), truth


def kept_level(truth: dict[str, Any]) -> Level | None:
    """Return what the program read of the camera's lean when the trial was filmed; None where it read nothing."""
    lean = {name: truth["camera"].get(f"read_{name}") for name in _LEAN}
    if lean["roll_deg"] is None:
        return None
    return Level(**lean, source="scene", note="camera roll as read when filmed", segments_px=np.empty((0, 4)))


def compact(track: PoseTrack) -> PoseTrack:
    """Round to 1/16 px, 1 mm, 1/64 and 1/1024: far below the landmarks' own noise, and half the file."""
    return replace(
        track,
        image_px=np.round(track.image_px * 16) / 16,
        world_m=np.round(track.world_m * 1024) / 1024,
        visibility=np.round(track.visibility * 64) / 64,
        outline=np.round(track.outline * 1024) / 1024,
    )
