"""What knowing the camera buys: the right lens, the default, a wrong one; a lean taken out or left in; rooms that tell.

``python -m validation.studies.camera`` analyses the kept landmark tracks of the accuracy study again (two minutes),
draws rooms, and freezes ``validation/results/camera.json`` and ``camera.md``. No video is rendered and no network runs:
a lens that bends and a camera that leans are put into the landmarks.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.camera import Camera
from rom_vision.camera.level import Level, level_from_scene
from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import PoseTrack
from validation.scenes.drawn_rooms import BARE, furnished, without_verticals
from validation.studies.trials import kept_level, load, plan

__all__ = ["RESULTS", "Outcome", "Task", "look_at_rooms", "markdown", "run", "summarize", "tasks"]

RESULTS = Path(__file__).parents[1] / "results"

CALIBRATED_LOG_SD = 0.01
WRONG = 1.25
"""A profile of another camera: its focal length is this factor off, and claims to be sure."""
BENT = (-0.25, 0.06, 0.0, 0.0, 0.0)
"""Distortion of a wide webcam."""
LEANING_DEG = 5.0
ROOM_SEEDS, BARE_SEEDS = range(5000, 5060), range(6000, 6006)

POSITIONS = {
    "seated": ("seated", "seated_wide", "seated_hike"),
    "supine": ("overhead", "behind_head"),
}
CONDITIONS = {
    "right": "right profile",
    "default": "no profile: the default",
    "wrong": "wrong profile, focal length 25 % off",
    "bent_right": "bending lens, right profile",
    "bent_default": "bending lens, no profile",
    "filmed": "camera leans by up to 3°, not corrected",
    "leaning": "camera leans by 5°, not corrected",
    "levelled": "camera leans by 5°, read from the room",
}


@dataclass(frozen=True)
class Task:
    """One track under one condition."""

    trial: str
    position: str
    condition: str


@dataclass(frozen=True)
class Outcome:
    """What became of it, degrees: errors of the internal rotation and of the shank's inclination (sitting)."""

    trial: str
    position: str
    condition: str
    error_deg: float | None
    half_width_deg: float | None
    shank_error_deg: float | None


def tasks() -> list[Task]:
    """All tracks under all conditions; a lean only where the room told it, so that both ways face the same people."""
    out = []
    for trial, _, truth in load(plan()):
        position = next((p for p, groups in POSITIONS.items() if trial.group in groups), None)
        if position is None:
            continue
        for condition in CONDITIONS:
            if condition in ("filmed", "leaning", "levelled") and kept_level(truth) is None:
                continue
            if condition.startswith("bent") and position != "seated":
                continue
            out.append(Task(trial.name, position, condition))
    return out


def run(task: Task) -> Outcome:
    """Analyse one track under one condition."""
    trial = next(t for t in plan() if t.name == task.trial)
    _, track, truth = next(iter(load([trial])))
    lens, level, read = _lens(track, truth, task.condition, odd=bool(trial.seed % 2)), None, kept_level(truth)
    if task.condition.startswith("bent"):
        bent = Camera.from_hfov(track.width_px, track.height_px, truth["camera"]["hfov_deg"])
        track = replace(track, image_px=replace(bent, distortion=BENT).picture_px(track.image_px))
    if task.condition in ("leaning", "levelled") and read is not None and read.roll_deg is not None:
        lean = LEANING_DEG * (1 if trial.seed % 2 else -1)
        more = lean - truth["camera"]["roll_deg"]
        track = _turned(track, lens, more)
        level = replace(read, roll_deg=read.roll_deg + more) if task.condition == "levelled" else None
    options = {"position": truth["position"], "side": truth["side"]}
    d = analyse(track, "hip_rotation", options, lens=lens, level=level).document
    value, shank = d.measure("internal_rotation"), d.measure("shank_inclination")
    return Outcome(
        task.trial,
        task.position,
        task.condition,
        None if value is None else round(value.value - truth["internal_rotation_deg"], 2),
        None if value is None else round(value.half_width, 2),
        None if shank is None else round(shank.value - truth["shank_inclination_deg"], 2),
    )


def _lens(track: PoseTrack, truth: dict[str, Any], condition: str, *, odd: bool) -> Camera:
    size = (track.width_px, track.height_px)
    if condition not in ("right", "wrong", "bent_right"):
        return Camera.from_hfov(*size)
    lens = Camera.from_hfov(*size, truth["camera"]["hfov_deg"], log_sd=CALIBRATED_LOG_SD)
    if condition == "wrong":
        return replace(lens, focal_px=lens.focal_px * (WRONG if odd else 1 / WRONG))
    return replace(lens, distortion=BENT) if condition == "bent_right" else lens


def _turned(track: PoseTrack, lens: Camera, roll_deg: float) -> PoseTrack:
    """Return the landmarks as a camera that leans by ``roll_deg`` more would show them."""
    leaning = replace(lens, roll_deg=roll_deg)
    world_m = track.world_m.copy()
    world_m[..., :2] = world_m[..., :2] @ leaning.roll_matrix
    return replace(track, image_px=leaning.picture_px(track.image_px), world_m=world_m)


def summarize(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """One row for each position and condition."""
    rows = []
    kept = list(outcomes)
    for position in POSITIONS:
        for condition, title in CONDITIONS.items():
            mine = [o for o in kept if (o.position, o.condition) == (position, condition)]
            error = np.array([o.error_deg for o in mine if o.error_deg is not None])
            if not len(error):
                continue
            half = np.array([o.half_width_deg for o in mine if o.half_width_deg is not None])
            shank = np.array([o.shank_error_deg for o in mine if o.shank_error_deg is not None])
            rows.append(
                {
                    "position": position,
                    "condition": condition,
                    "title": title,
                    "trials": len(mine),
                    "refused": len(mine) - len(error),
                    "mean_abs_error_deg": round(float(np.abs(error).mean()), 2),
                    "worst_error_deg": round(float(np.abs(error).max()), 2),
                    "coverage": round(float((np.abs(error) <= half).mean()), 2),
                    "median_width_deg": round(float(np.median(2 * half)), 2),
                    "shank_error_deg": round(float(np.abs(shank).mean()), 2) if len(shank) else None,
                }
            )
    return rows


def look_at_rooms() -> list[dict[str, Any]]:
    """How often and how well the camera's lean is read: drawn rooms with and without verticals, the study's own rooms.

    The drawn rooms lean by up to 5 degrees; none of them served for setting a threshold. In the study's rooms somebody
    sits before the wall.
    """
    furnishings = []
    for seed in ROOM_SEEDS:
        rng = np.random.default_rng([seed, 3])
        roll, pitch, yaw = float(rng.uniform(-5, 5)), float(rng.uniform(-10, 12)), float(rng.uniform(-20, 20))
        furnishings.append((roll, pitch, furnished(seed, roll, pitch, yaw)))
    bare = []
    for kind in BARE:
        for seed in BARE_SEEDS:
            roll = float(np.random.default_rng([seed, 4]).uniform(-5, 5))
            bare.append((roll, 0.0, without_verticals(kind, seed, roll)))
    rows = []
    for title, rooms in (("drawn rooms with verticals", furnishings), ("drawn rooms without", bare)):
        rows.append(
            _read(title, [(roll, p, level_from_scene([room.finish()], room.camera)) for roll, p, room in rooms])
        )
    sat_in = [truth for trial, _, truth in load(plan()) if trial.position == "seated"]
    own = [(t["camera"]["roll_deg"], t["camera"]["pitch_deg"], kept_level(t)) for t in sat_in]
    return [*rows, _read("rooms of the accuracy study, somebody sits in them", own)]


def _read(title: str, looks: list[tuple[float, float, Level | None]]) -> dict[str, Any]:
    """Judge true roll and pitch against what was read of them."""
    row: dict[str, Any] = {"title": title, "rooms": len(looks)}
    for name, column in (("roll", 0), ("pitch", 1)):
        pairs = [
            (look[column], getattr(look[2], f"{name}_deg", None), getattr(look[2], f"{name}_sd_deg", None))
            for look in looks
        ]
        told = np.array([pair for pair in pairs if pair[1] is not None], dtype=np.float64).reshape(-1, 3)
        error = np.abs(told[:, 1] - told[:, 0])
        row[f"{name}_read"] = len(told)
        row[f"{name}_within_1_deg"] = int((error <= 1).sum())
        row[f"{name}_mean_error_deg"] = round(float(error.mean()), 2) if len(told) else None
        row[f"{name}_worst_error_deg"] = round(float(error.max()), 2) if len(told) else None
        row[f"{name}_coverage"] = round(float((error <= 1.96 * told[:, 2]).mean()), 2) if len(told) else None
    return row


def markdown(rows: list[dict[str, Any]], rooms: list[dict[str, Any]]) -> str:
    """Return both tables."""
    out = (
        "| position, camera | trials | refused | mean error | worst | 95 % interval covers | its median width |"
        " shank against gravity, mean error |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    for r in rows:
        shank = "–" if r["shank_error_deg"] is None else f"{r['shank_error_deg']:.1f}°"
        out += (
            f"| {r['position']}, {r['title']} | {r['trials']} | {r['refused']} | {r['mean_abs_error_deg']:.1f}°"
            f" | {r['worst_error_deg']:.1f}° | {100 * r['coverage']:.0f} % | {r['median_width_deg']:.1f}° | {shank} |\n"
        )
    out += "\n| roll up to 5° | rooms | read | within 1° | mean error | worst | 95 % interval covers |"
    out += " pitch read | its mean error | 95 % interval covers |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    for r in rooms:
        names = ("roll_mean_error_deg", "roll_worst_error_deg", "pitch_mean_error_deg")
        mean, worst, pitch = ("–" if r[name] is None else f"{r[name]:.2f}°" for name in names)
        covers = ["–" if r[f"{n}_coverage"] is None else f"{100 * r[f'{n}_coverage']:.0f} %" for n in ("roll", "pitch")]
        out += (
            f"| {r['title']} | {r['rooms']} | {r['roll_read']} | {r['roll_within_1_deg']} | {mean} | {worst}"
            f" | {covers[0]} | {r['pitch_read']} | {pitch} | {covers[1]} |\n"
        )
    return out


def main(say: Callable[[str], object] = sys.stdout.write) -> None:
    """Rerun everything and freeze the tables."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(run, tasks(), chunksize=4))
    rows, rooms = summarize(outcomes), look_at_rooms()
    document = {"table": rows, "rooms": rooms, "outcomes": [asdict(o) for o in outcomes]}
    (RESULTS / "camera.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    table = markdown(rows, rooms)
    (RESULTS / "camera.md").write_text(table, encoding="utf-8")
    say(table)


if __name__ == "__main__":
    main()
