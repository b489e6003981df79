"""What the squat screen finds on synthetic people it has never seen: hits, false alarms, counting, intervals.

``python -m validation.studies.squat`` analyses the kept landmark tracks and writes ``results/squat.json`` and
``squat.md``; ``--render`` films whatever is missing first (delete ``tracks/squat.npz`` to film everything anew).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom_vision.pose.landmarks import N_LANDMARKS
from rom_vision.pose.track import PoseTrack, TrackSource
from rom_vision.protocols.squat.findings import DEEP_SHARE
from rom_vision.protocols.squat.rules import held
from rom_vision.protocols.squat.screen import screen_squat
from validation.studies.squat_cases import CASES, Case
from validation.studies.squat_table import judge, report

if TYPE_CHECKING:
    from validation.scenes.squats import SquatClip

__all__ = ["evaluate", "film", "film_missing", "load_tracks", "main", "save_tracks", "truth_of"]

HERE = Path(__file__).parents[1]
TRACKS = HERE / "tracks" / "squat.npz"
RESULTS = HERE / "results"
_TRUTH_STEP_S = 0.05
_PX_STEPS = 16
"""Stored landmarks are whole sixteenths of a pixel."""


def film(case: Case, *, fast: bool = False) -> tuple[PoseTrack, dict[str, Any]]:
    """Draw a case as a video file, find its landmarks with the network, and say what is true in it."""
    from rom_vision.pipeline import run as pipeline
    from validation.scenes.squats import write_clip

    clip = _clip(case)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"squat_{case.seed}.mp4"
        write_clip(clip, path, fast=fast)
        track = pipeline.track_video(path)
    return track, truth_of(case)


def _clip(case: Case) -> SquatClip:
    from validation.scenes.squats import squat_clip

    return squat_clip(case.seed, case.fault, case.azimuth_deg, size_deg=case.size_deg, legs=case.legs)


def truth_of(case: Case) -> dict[str, Any]:
    """What is true at the bottom of a case's squats; trunk, arms and shift from the posed mesh, whose spine bends."""
    from validation.person.phantom import pose
    from validation.person.squat_motion import PAUSE_S, depth_at, pose_squat
    from validation.scenes.squats import lengths_of

    clip = _clip(case)
    plan, body = clip.plan, clip.scene.body
    bottom = pose_squat(lengths_of(body), plan, 1.0).truth
    moments = np.r_[0.0, PAUSE_S + np.arange(0.0, plan.descent_s + plan.bottom_s + plan.ascent_s, _TRUTH_STEP_S)]
    posed = [_trunk_and_arms(pose(body, clip.scene.posture(float(t))).joints_m, case.legs) for t in moments]
    depth = np.array([depth_at(plan, float(t)) for t in moments])
    rest, low = posed[0], posed[int(depth.argmax())]
    lean = np.array([p["trunk_deg"] - p["tibia_deg"] for p in posed])
    bottom |= {
        # Judged while the knees are well bent, as the screen does.
        "lean_deg": held(moments, np.where(depth >= DEEP_SHARE, lean, np.nan))[0],
        "side_bend_deg": low["side_deg"] - rest["side_deg"],
        "shift": low["shift"] - rest["shift"],
        "arms_fall_deg": low["arm_deg"] - rest["arm_deg"],
    }
    return {
        "plan": asdict(plan),
        "lengths": asdict(lengths_of(body)),
        "bottom": {name: round(float(value), 4) for name, value in bottom.items()},
    }


def _trunk_and_arms(joints: dict[str, Any], legs: str) -> dict[str, float]:
    """Lean and side bend of the trunk, tibia and arms, degrees; shift in parts of the ankles' distance.

    The arms' angle is the way forward from the line that continues the trunk upwards.
    """
    names = ("hip", "knee", "ankle", "shoulder", "wrist")
    middle = {n: 0.5 * (joints[f"{n}_left"] + joints[f"{n}_right"]) for n in names}
    if legs != "both":
        middle |= {n: joints[f"{n}_{legs}"] for n in ("knee", "ankle")}
    trunk, tibia = middle["shoulder"] - middle["hip"], middle["knee"] - middle["ankle"]
    arms = middle["wrist"] - middle["shoulder"]
    width = float(joints["ankle_left"][1] - joints["ankle_right"][1])
    lean_deg = float(np.degrees(np.arctan2(trunk[0], trunk[2])))
    return {
        "arm_deg": float(np.degrees(np.arctan2(arms[0], arms[2]))) - lean_deg,
        "trunk_deg": lean_deg,
        "side_deg": float(np.degrees(np.arctan2(-trunk[1], trunk[2]))),
        "tibia_deg": float(np.degrees(np.arctan2(tibia[0], tibia[2]))),
        "shift": float(middle["hip"][1] - middle["ankle"][1]) / width,
    }


def save_tracks(tracks: dict[int, tuple[PoseTrack, dict[str, Any]]], path: Path = TRACKS) -> None:
    """Store image landmarks (sixteenths of a pixel), times and truths of all cases in one small file."""
    arrays: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    for seed, (track, truth) in tracks.items():
        arrays[f"t{seed}"] = track.time_s.astype(np.float32)
        px = np.where(np.isfinite(track.image_px), track.image_px * _PX_STEPS, np.iinfo(np.int16).min)
        arrays[f"p{seed}"] = np.clip(np.round(px), np.iinfo(np.int16).min, np.iinfo(np.int16).max).astype(np.int16)
        meta[str(seed)] = {"size": [track.width_px, track.height_px], **truth}
        meta["model"] = {"name": track.source.model_name, "mediapipe": track.source.mediapipe_version}
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, meta=np.array(json.dumps(meta)), **arrays)


def load_tracks(path: Path = TRACKS) -> tuple[dict[int, tuple[PoseTrack, dict[str, Any]]], dict[str, str]]:
    """Read what `save_tracks` wrote: tracks and truths by seed, and which model found the landmarks."""
    out = {}
    with np.load(path) as stored:
        meta = json.loads(str(stored["meta"]))
        source = TrackSource(model_name=meta["model"]["name"], mediapipe_version=meta["model"]["mediapipe"])
        for seed in (int(k) for k in meta if k != "model"):
            raw = stored[f"p{seed}"]
            px = np.where(raw == np.iinfo(np.int16).min, np.nan, raw / _PX_STEPS)
            lost = ~np.isfinite(px).all(axis=(1, 2))
            n = len(px)
            world = np.zeros((n, N_LANDMARKS, 3))
            world[lost] = np.nan
            visibility = np.where(lost[:, None], 0.0, np.ones((n, N_LANDMARKS)))
            truth = meta[str(seed)]
            track = PoseTrack(stored[f"t{seed}"].astype(float), px, visibility, world, *truth["size"], source=source)
            out[seed] = (track, truth)
    return out, meta["model"]


def film_missing(cases: Sequence[Case], path: Path = TRACKS, *, fast: bool = False) -> None:
    """Film every case that ``path`` does not hold yet; what is done is kept, however the run ends."""
    from rich.progress import track as progress

    tracks, _ = load_tracks(path) if path.is_file() else ({}, {})
    for case in progress([c for c in cases if c.seed not in tracks], description="Filming"):
        tracks[case.seed] = film(case, fast=fast)
        save_tracks(tracks, path)


def evaluate(cases: Sequence[Case] = CASES, path: Path = TRACKS) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Screen the kept tracks and set each result beside its truth (see `validation.studies.squat_table.judge`)."""
    tracks, model = load_tracks(path)
    kept = [(case, *tracks[case.seed]) for case in cases if case.seed in tracks]
    return [judge(case, truth, screen_squat(track, legs=case.legs)) for case, track, truth in kept], model


def _json(rows: list[dict[str, Any]], model: dict[str, str]) -> str:
    """One line a clip: a change of the method shows where it changes something."""
    clips = ",\n".join(json.dumps(row) for row in rows)
    return f'{{"model": {json.dumps(model)}, "clips": [\n{clips}\n]}}\n'


def main() -> None:
    """Rerun the study from the command line."""
    parser = argparse.ArgumentParser(description="Rerun the squat study and freeze its table.")
    parser.add_argument("--render", action="store_true", help="film the clips whose track is missing (an hour)")
    parser.add_argument("--fast", action="store_true", help="... with the depth buffer (other pixels, other landmarks)")
    asked = parser.parse_args()
    if asked.render:
        film_missing(CASES, fast=asked.fast)
    rows, model = evaluate()
    table = report(rows, model)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "squat.md").write_text(table, encoding="utf-8")
    (RESULTS / "squat.json").write_text(_json(rows, model), encoding="utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
