"""Where the error of hip rotation comes from: the truth put in for one kind of landmark at a time.

``python -m validation.budget`` poses the people of the accuracy study again (nothing is rendered), puts their true
joint centres in the place of landmarks of the kept tracks, and writes ``validation/results/budget.json`` and
``budget.md``. What is left with all of them is the estimator's own error: its priors, the lens it assumes, the lean
that it reads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.body.kinematics import framing, joint_angles
from rom_vision.body.learned import JOINTS
from rom_vision.body.model import POINTS, LandmarkShape
from rom_vision.body.noise import LandmarkNoise
from rom_vision.body.recording import estimate
from rom_vision.camera import Camera
from rom_vision.camera.level import with_level
from rom_vision.pipeline.camera import straight_track
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.hip_rotation.learned import PELVIS_NOISE_DEG
from rom_vision.protocols.hip_rotation.measure import measure_hip_rotation
from rom_vision.protocols.hip_rotation.posture import posture_for
from validation.learn.film import JOINT_NAMES
from validation.studies.accuracy import GROUPS, RESULTS
from validation.studies.trials import PlannedTrial, kept_level, load, plan

__all__ = ["KINDS", "Case", "Error", "cases", "error_of", "main", "summarize"]

EVERY = 2
"""One picture in two: errors of neighbouring ones are alike, and half of the time is enough."""
KINDS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    **{f"{joint}s": (joint,) for joint in JOINTS},
    "knees and ankles": ("knee", "ankle"),
    "hips and knees": ("hip", "knee"),
    "all": JOINTS,
}
"""What is replaced by the truth, by its name in the table."""
_MEASURED = ("seated", "seated_wide", "seated_hike", "seated_both", "overhead", "behind_head")
_EXACT_M, _EXACT_DEG = 0.001, 0.25


@dataclass(frozen=True)
class Case:
    """A kept recording with its truth: ``joints_px`` (T, 8, 2) are the joint centres in the picture."""

    trial: PlannedTrial
    track: PoseTrack
    truth: dict[str, Any]
    joints_px: FloatArray


@dataclass(frozen=True)
class Error:
    """Error of the measured internal rotation and half of its interval, degrees; None where it was refused."""

    group: str
    seed: int
    replaced: str
    error_deg: float | None
    half_width_deg: float | None


def cases(trials: Sequence[PlannedTrial] | None = None) -> Iterator[Case]:
    """Yield the kept recordings of the views that are measured, with their joint centres."""
    for trial, track, truth in load(list(plan() if trials is None else trials)):
        if trial.group in _MEASURED:
            few = _every(track, EVERY)
            yield Case(trial, few, truth, _joints_px(trial, few))


def _every(track: PoseTrack, step: int) -> PoseTrack:
    names = ("time_s", "image_px", "visibility", "world_m", "damaged", "repeated", "outline")
    return replace(track, **{name: getattr(track, name)[::step] for name in names})


def _joints_px(trial: PlannedTrial, track: PoseTrack) -> FloatArray:
    """(T, 8, 2) where the joint centres lie in the picture."""
    from validation.person.phantom import pose
    from validation.scenes.clips import hip_trial

    scene = hip_trial(trial.seed, trial.position, trial.view, **dict(trial.asked)).scene
    scale = track.width_px / scene.camera.width_px
    posed = [pose(scene.body, scene.posture(float(t))).joints_m for t in track.time_s]
    points = np.array([[joints[name] for name in JOINT_NAMES] for joints in posed])
    return scale * np.array([scene.camera.project(scene.camera.to_camera(p)) for p in points])


def error_of(case: Case, replaced: str) -> Error:
    """Measure a recording with the truth put in for landmarks, as the program does."""
    track, truth = case.track, case.truth
    position, side = truth["position"], truth["side"]
    lens, level = Camera.from_hfov(track.width_px, track.height_px), kept_level(truth)
    camera = with_level(lens, level) if level else lens
    image_px = track.image_px.copy()
    for i, point in enumerate(POINTS):
        if JOINTS[i // 2] in KINDS[replaced]:
            image_px[:, point] = np.where(track.found[:, None], case.joints_px[:, i], np.nan)
    posture = posture_for(position, side)
    posture = replace(posture, noise=_told(posture.noise, KINDS[replaced]))
    states = estimate(straight_track(replace(track, image_px=image_px), camera), camera.straight(), posture)
    result = measure_hip_rotation(
        joint_angles(states, camera.straight()),
        framing(states, camera.straight()),
        track.unsound,
        position=position,
        side=side,
        mode="active",
        hip_line_deg=_EXACT_DEG if "hip" in KINDS[replaced] else PELVIS_NOISE_DEG,
    )
    found = [m for m in result.measures if m.quantity == "internal_rotation" and m.value is not None and m.ci95]
    if not found or found[0].value is None or found[0].ci95 is None:
        return Error(case.trial.group, case.trial.seed, replaced, None, None)
    error = found[0].value - truth["internal_rotation_deg"]
    half = (found[0].ci95[1] - found[0].ci95[0]) / 2
    return Error(case.trial.group, case.trial.seed, replaced, round(error, 2), round(half, 2))


def _told(noise: LandmarkNoise, joints: Sequence[str]) -> LandmarkNoise:
    """Return the error model that knows that these landmarks are the joint centres."""
    offsets, common, apart = noise.shape.offsets_m.copy(), noise.common_sd_m.copy(), noise.differential_sd_m.copy()
    exact = [JOINTS.index(joint) for joint in joints]
    offsets[exact], common[exact], apart[exact] = 0.0, _EXACT_M, _EXACT_M
    swing = np.zeros((2, 3)) if "knee" in joints else noise.shape.knee_swing_m
    gain, leak = (1.0, 0.0) if "hip" in joints else (noise.shape.list_gain, noise.shape.list_leak)
    return replace(
        noise,
        shape=LandmarkShape(offsets, swing, gain, leak),
        common_sd_m=common,
        differential_sd_m=apart,
        white_m=_EXACT_M if len(exact) == len(JOINTS) else noise.white_m,
    )


def summarize(errors: Sequence[Error]) -> list[dict[str, Any]]:
    """One row for what was replaced and group: mean, standard deviation and worst of the errors, median width."""
    rows = []
    for replaced in KINDS:
        for group in _MEASURED:
            mine = [e for e in errors if (e.replaced, e.group) == (replaced, group)]
            error = np.array([e.error_deg for e in mine if e.error_deg is not None])
            half = np.array([e.half_width_deg for e in mine if e.half_width_deg is not None])
            if len(error):
                rows.append(
                    {
                        "replaced": replaced,
                        "group": group,
                        "trials": len(mine),
                        "measured": len(error),
                        "mean_abs_error_deg": round(float(np.abs(error).mean()), 2),
                        "sd_deg": round(float(error.std()), 2),
                        "worst_error_deg": round(float(np.abs(error).max()), 2),
                        "median_width_deg": round(float(2 * np.median(half)), 2),
                    }
                )
    return rows


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return the budget as a Markdown table: mean, standard deviation, worst, width."""
    groups = [g for g in _MEASURED if any(r["group"] == g for r in rows)]
    many = {r["group"]: r["trials"] for r in rows}
    lines = ["| replaced by the truth | " + " | ".join(f"{GROUPS[g]} ({many[g]})" for g in groups) + " |"]
    lines.append("|---" * (len(groups) + 1) + "|")
    for replaced in KINDS:
        cells = []
        for group in groups:
            r = next(r for r in rows if (r["replaced"], r["group"]) == (replaced, group))
            figures = (r["mean_abs_error_deg"], r["sd_deg"], r["worst_error_deg"], r["median_width_deg"])
            cells.append(", ".join(f"{x:.1f}" for x in figures))
        lines.append(f"| {replaced} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main(folder: Path = RESULTS) -> None:
    """Work the budget out and freeze it."""
    errors = [error_of(case, replaced) for case in cases() for replaced in KINDS]
    rows = summarize(errors)
    document = {"table": rows, "trials": [asdict(e) for e in errors]}
    (folder / "budget.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (folder / "budget.md").write_text(markdown(rows), encoding="utf-8")
    sys.stdout.write(markdown(rows))


if __name__ == "__main__":
    main()
