"""Film the people that something is learned of, and keep their landmarks with the truth of every picture.

``python -m validation.learn film --set learn`` films what the folder does not hold yet: one swing of the hip rotation
test a person. What is kept lies outside the repository (``--cache``): it can be made again from the seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from rom_vision.camera import Camera
from rom_vision.pose.track import FloatArray, PoseTrack
from validation.studies.trials import PlannedTrial, plan, wear

__all__ = ["CACHE", "JOINT_NAMES", "SETS", "Filmed", "cases", "film", "legwear_of", "load", "main"]

CACHE = user_cache_path("rom_vision") / "learn"
SETS = {"learn": 100001, "calibrate": 120001}
"""First seed of the people that landmarks are learned of, and of those that errors are counted of."""
_TIMES_THE_STUDY = 4.0
_REFUSED = ("foot_end", "side_on")
"""Views that the program refuses: nothing is learned from them."""
MODELS = {"learn": ("heavy",), "calibrate": ("heavy", "full")}
"""Pose models that look at the people of each set."""
FPS = 10.0
JOINT_NAMES = tuple(f"{joint}_{side}" for joint in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right"))


@dataclass(frozen=True)
class Filmed:
    """One filmed person.

    Attributes
    ----------
    trial : what was asked. dressed : whether they wear clothes of cloth.
    truth : of the recording, see `validation.scenes.clips.trial_truth`, with the camera's lean as the program read it.
    tracks : landmarks by the name of the pose model.
    joints_m : (T, 8, 3) joint centres in camera axes, in the order of `rom_vision.body.model.POINTS`.
    pelvis : (T, 3, 3) ISB axes of the pelvis in camera axes, columns.
    legs_deg : (T, 2, 4) hip flexion, adduction, internal rotation and knee flexion of the left and right leg.
    """

    trial: PlannedTrial
    dressed: bool
    truth: dict[str, Any]
    tracks: dict[str, PoseTrack]
    joints_m: FloatArray
    pelvis: FloatArray
    legs_deg: FloatArray


def cases(name: str, many: int | None = None) -> list[PlannedTrial]:
    """Return the trials of a set, one a person; the first ``many`` are a mixture like the whole."""
    return [t for t in plan(SETS[name], _TIMES_THE_STUDY) if t.group not in _REFUSED][:many]


def _stem(trial: PlannedTrial, dressed: bool) -> str:
    return trial.name + ("_dressed" if dressed else "")


def _wears_cloth(trial: PlannedTrial, people: str | None) -> bool:
    """Whether this person is dressed: every third, if there are clothes."""
    return people is not None and trial.seed % 3 == 1


def film(trial: PlannedTrial, name: str, folder: Path, people: str | None = None) -> None:
    """Film a trial, find its landmarks as the program does, and keep both in ``folder``.

    Parameters
    ----------
    trial : one of `cases`.
    name : of its set.
    folder : is made if need be.
    people : folder of skins and clothes (see `validation.person.garments`); None films mannequins alone.
    """
    from rom_vision.capture import VideoWriter
    from rom_vision.pipeline.run import watch_video
    from validation.scenes.clips import hip_trial, trial_truth
    from validation.scenes.scene import still

    dressed = _wears_cloth(trial, people)
    worn = wear(trial.seed, legwear_of(trial.seed), str(people)) if dressed else None
    clip = hip_trial(trial.seed, trial.position, trial.view, repetitions=1, worn=worn, **dict(trial.asked))
    camera, moments = clip.scene.camera, []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "clip.mp4"
        with VideoWriter(path, camera.width_px, camera.height_px) as out:
            for k in range(int(clip.program.duration_s * FPS)):
                picture, moment = still(clip.scene, k / FPS)
                out.write(picture, k / FPS)
                moments.append(moment)
        seated = trial.position == "seated"
        truth, models = trial_truth(clip), MODELS[name] if seated else ("heavy",)
        folder.mkdir(parents=True, exist_ok=True)
        for model in models:
            track, frames = watch_video(path, model=model, lying=not seated, outline=seated)
            track.save(folder / f"{_stem(trial, dressed)}.{model}.npz")
            if model == "heavy" and seated:
                truth["camera"] |= _read_lean(frames, track)
    np.savez_compressed(
        folder / f"{_stem(trial, dressed)}.truth.npz",
        joints_m=[[m["joints_camera_m"][point] for point in JOINT_NAMES] for m in moments],
        pelvis=[m["pelvis_axes_camera"] for m in moments],
        legs_deg=[[[m[angle.format(side)] for angle in _ANGLES] for side in ("left", "right")] for m in moments],
    )
    # Last: a trial counts as filmed when this is there.
    (folder / f"{_stem(trial, dressed)}.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")


_ANGLES = ("hip_flexion_{}_deg", "hip_adduction_{}_deg", "hip_rotation_{}_deg", "knee_flexion_{}_deg")


def legwear_of(seed: int) -> str:
    """Return what a dressed person has on their legs."""
    from validation.person.outfit import LEGWEAR

    return LEGWEAR[seed // 3 % len(LEGWEAR)]


def _read_lean(frames: Sequence[Any], track: PoseTrack) -> dict[str, float | None]:
    from rom_vision.pipeline.camera import level_of_frames

    level = level_of_frames(frames, track, Camera.from_hfov(track.width_px, track.height_px), None)
    return {f"read_{name}": getattr(level, name) for name in ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg")}


def load(name: str, folder: Path, many: int | None = None) -> Iterator[Filmed]:
    """Yield what the folder holds of a set."""
    for trial in cases(name, many):
        there = [d for d in (True, False) if (folder / f"{_stem(trial, d)}.json").is_file()]
        if there:  # a person counts once, dressed if they were filmed so
            yield _filmed(trial, there[0], name, folder)


def _filmed(trial: PlannedTrial, dressed: bool, name: str, folder: Path) -> Filmed:
    stem = _stem(trial, dressed)
    truth = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
    models = [m for m in MODELS[name] if (folder / f"{stem}.{m}.npz").is_file()]
    tracks = {m: PoseTrack.load(folder / f"{stem}.{m}.npz") for m in models}
    with np.load(folder / f"{stem}.truth.npz") as kept:
        # The reader gives the frames' times; the pictures were drawn at whole steps.
        at = np.round(tracks["heavy"].time_s * FPS).astype(int)
        arrays = {k: kept[k][np.clip(at, 0, len(kept[k]) - 1)] for k in ("joints_m", "pelvis", "legs_deg")}
    return Filmed(trial, dressed, truth, tracks, **arrays)


def asked_people(parser: argparse.ArgumentParser) -> None:
    """Add the options that say whom to learn from."""
    parser.add_argument("--many", type=int, help="only the first so many people of the set")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"folder of the tracks (else {CACHE})")


def progress(trials: Sequence[Any], do: Callable[[Any], None], words: str) -> None:
    """Do something with each trial and say how far it is."""
    for k, trial in enumerate(trials, 1):
        do(trial)
        sys.stderr.write(f"{words} {k} of {len(trials)}\n")


def main() -> None:
    """Film from the command line."""
    parser = argparse.ArgumentParser(description="Film people to learn from and keep their landmarks.")
    parser.add_argument("--set", choices=list(SETS), required=True, help="which people")
    parser.add_argument("--people", help="folder of skins and clothes for every third person; else mannequins alone")
    asked_people(parser)
    asked = parser.parse_args()
    missing = [
        trial
        for trial in cases(asked.set, asked.many)
        if not (asked.cache / f"{_stem(trial, _wears_cloth(trial, asked.people))}.json").is_file()
    ]
    progress(missing, lambda trial: film(trial, asked.set, asked.cache, asked.people), f"{asked.set}: filmed")


if __name__ == "__main__":
    main()
