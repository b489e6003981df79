"""What the squat screen finds on synthetic people it has never seen: hits, false alarms, counting, intervals.

``python -m validation.squat_study`` analyses the stored landmark tracks and writes ``results/squats.md`` and
``results/squats.json``; with ``--render`` it first films every clip again and runs the pose network on it (an hour).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom_vision.pose.landmarks import N_LANDMARKS
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.squat import screen_squat
from validation.squat_cases import CASES, Case
from validation.squat_table import judge, report

if TYPE_CHECKING:
    from validation.squats import SquatClip

__all__ = ["film", "load_tracks", "main", "save_tracks", "truth_of"]

HERE = Path(__file__).parent
TRACKS = HERE / "tracks" / "squats.npz"
RESULTS = HERE / "results"
_PX_STEPS = 16
"""Stored landmarks are whole sixteenths of a pixel."""


def film(case: Case) -> tuple[PoseTrack, dict[str, Any]]:
    """Draw a case as a video file, find its landmarks with the network, and say what is true in it."""
    from rom_vision import pipeline
    from validation.squats import write_clip

    clip = _clip(case)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"squat_{case.seed}.mp4"
        write_clip(clip, path)
        track = pipeline.track_video(path)
    return track, truth_of(case)


def _clip(case: Case) -> SquatClip:
    from validation.squats import squat_clip

    return squat_clip(case.seed, case.fault, case.azimuth_deg, size_deg=case.size_deg, legs=case.legs, fps=case.fps)


def truth_of(case: Case) -> dict[str, Any]:
    """What is true at the bottom of a case's squats; trunk and shift from the posed mesh, whose spine bends."""
    from validation.phantom import pose
    from validation.squat_motion import PAUSE_S, pose_squat
    from validation.squats import lengths_of

    clip = _clip(case)
    plan, body = clip.plan, clip.scene.body
    bottom = pose_squat(lengths_of(body), plan, 1.0).truth
    joints = [pose(body, clip.scene.posture(t)).joints_m for t in (0.0, PAUSE_S + plan.descent_s + 0.5 * plan.bottom_s)]
    rest, low = (_trunk_and_shift(j, case.legs) for j in joints)
    bottom |= {
        "lean_deg": low["trunk_deg"] - low["tibia_deg"],
        "side_bend_deg": low["side_deg"] - rest["side_deg"],
        "shift": low["shift"] - rest["shift"],
    }
    return {"plan": asdict(plan), "bottom": {name: round(float(value), 4) for name, value in bottom.items()}}


def _trunk_and_shift(joints: dict[str, Any], legs: str) -> dict[str, float]:
    """Lean and side bend of the trunk, lean of the tibia, degrees; shift in parts of the ankles' distance."""
    middle = {n: 0.5 * (joints[f"{n}_left"] + joints[f"{n}_right"]) for n in ("hip", "knee", "ankle", "shoulder")}
    if legs != "both":
        middle |= {n: joints[f"{n}_{legs}"] for n in ("knee", "ankle")}
    trunk, tibia = middle["shoulder"] - middle["hip"], middle["knee"] - middle["ankle"]
    width = float(joints["ankle_left"][1] - joints["ankle_right"][1])
    return {
        "trunk_deg": float(np.degrees(np.arctan2(trunk[0], trunk[2]))),
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
        for seed in (int(k) for k in meta if k != "model"):
            raw = stored[f"p{seed}"]
            px = np.where(raw == np.iinfo(np.int16).min, np.nan, raw / _PX_STEPS)
            lost = ~np.isfinite(px).all(axis=(1, 2))
            n = len(px)
            world = np.zeros((n, N_LANDMARKS, 3))
            world[lost] = np.nan
            visibility = np.where(lost[:, None], 0.0, np.ones((n, N_LANDMARKS)))
            truth = meta[str(seed)]
            track = PoseTrack(stored[f"t{seed}"].astype(float), px, visibility, world, *truth["size"])
            out[seed] = (track, truth)
    return out, meta["model"]


def main() -> None:
    """Analyse the stored tracks (or film everything anew) and freeze the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--render", action="store_true", help="film every clip and run the network again")
    if parser.parse_args().render:
        save_tracks({case.seed: film(case) for case in CASES})
    tracks, model = load_tracks()
    rows = [
        judge(c, tracks[c.seed][1], screen_squat(tracks[c.seed][0], legs=_legs(c))) for c in CASES if c.seed in tracks
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "squats.md").write_text(report(rows, model), encoding="utf-8")
    (RESULTS / "squats.json").write_text(json.dumps({"model": model, "clips": rows}, indent=1) + "\n", encoding="utf-8")


def _legs(case: Case) -> Any:
    return case.legs


if __name__ == "__main__":
    main()
