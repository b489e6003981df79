"""The accuracy study: filmed synthetic people through the whole pipeline, one table frozen in the repository.

``python -m validation.studies.accuracy`` analyses the kept landmark tracks again; ``--render`` films whatever is
missing first (delete ``validation/tracks`` to film everything anew). Writes ``validation/results/accuracy.json`` and
``accuracy.md``.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.body.rotations import hip_rotation_from_points
from rom_vision.pipeline.run import analyse
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from validation.studies.trials import LIGHTER, TRACKS, PlannedTrial, dressed, kept_level, load, plan

__all__ = ["Outcome", "evaluate", "measured_again", "reported", "summarize", "write"]

RESULTS = Path(__file__).parents[1] / "results"

GROUPS = {
    "seated": "seated, camera within 25° of the thigh",
    "seated_wide": "seated, 25-35° off the thigh",
    "seated_hike": "seated, pelvis hiked by 9°",
    "seated_both": "seated, internal and external",
    "lighter": "seated, any of these, lighter pose model",
    "overhead": "supine, camera overhead",
    "behind_head": "supine, camera behind the head",
    "dressed": "seated, dressed people, all",
    "dressed_shorts": "seated, dressed: bare legs",
    "dressed_tights": "seated, dressed: tights",
    "dressed_trousers": "seated, dressed: trousers",
    "dressed_wide": "seated, dressed: wide trousers",
    "diagonal": "supine, camera diagonal",
    "foot_end": "supine, camera at the feet",
    "side_on": "seated, camera side-on (80°)",
}


def reported() -> list[PlannedTrial]:
    """Return the trials of the table: mannequins in every view, and dressed people sitting."""
    return [*plan(at_least=40), *dressed()]


@dataclass(frozen=True)
class Outcome:
    """What became of one trial, degrees; None where refused or not asked."""

    group: str
    seed: int
    status: str
    reasons: list[str]
    truth_deg: float
    value_deg: float | None
    ci95_deg: list[float] | None
    external_truth_deg: float | None
    external_deg: float | None
    external_ci95_deg: list[float] | None
    repetitions_made: int
    repetitions_found: int
    pelvis_truth_deg: float
    pelvis_deg: float | None
    residual: float
    image_angle_deg: float | None
    world_angle_deg: float


def evaluate(trial: PlannedTrial, track: PoseTrack, truth: dict[str, Any]) -> Outcome:
    """Run the whole analysis on a kept track and set it beside the truth and the two obvious ways."""
    options = {"position": truth["position"], "side": truth["side"]}
    analysis = analyse(track, "hip_rotation", options, level=kept_level(truth))
    d = analysis.document
    internal, external = d.measure("internal_rotation"), d.measure("external_rotation")
    pelvis = d.measure("pelvis_compensation")
    holds = [(r["hold_start_s"], r["hold_end_s"]) for r in truth["repetitions"] if r["direction"] == "internal"]
    seen = np.zeros(len(track), bool)
    for start, end in holds:
        seen |= (track.time_s >= start) & (track.time_s <= end)
    flat, deep = _obvious_ways(track, truth["side"], truth["position"], trial.view)
    return Outcome(
        group=trial.group,
        seed=trial.seed,
        status=d.status,
        reasons=list(d.reasons),
        truth_deg=truth["internal_rotation_deg"],
        value_deg=internal.value if internal else None,
        ci95_deg=list(internal.interval) if internal else None,
        external_truth_deg=truth["external_rotation_deg"],
        external_deg=external.value if external else None,
        external_ci95_deg=list(external.interval) if external else None,
        repetitions_made=len(truth["repetitions"]),
        repetitions_found=len(d.repetitions),
        pelvis_truth_deg=truth["pelvis_hike_deg"],
        pelvis_deg=pelvis.value if pelvis else None,
        residual=float(np.nanmedian(analysis.angles.residual)) if analysis.angles is not None else float("nan"),
        image_angle_deg=None if flat is None else _mean_angle(flat[seen]),
        world_angle_deg=_mean_angle(deep[seen]),
    )


def measured_again(trials: list[PlannedTrial]) -> list[Outcome]:
    """Evaluate what is kept of trials, and once more as the lighter pose model saw those who sit."""
    outcomes = [evaluate(*kept) for kept in load(trials)]
    return outcomes + [replace(evaluate(*kept), group="lighter") for kept in load(trials, model=LIGHTER)]


def _obvious_ways(track: PoseTrack, side: str, position: str, view: str) -> tuple[FloatArray | None, FloatArray]:
    """Hip rotation from the 2-D picture angle and from the 3-D world landmarks, (T,) degrees each."""
    right = side == "right"
    name = side.upper()
    hip, knee, ankle = (Landmark[f"{name}_{joint}"] for joint in ("HIP", "KNEE", "ANKLE"))
    shoulders = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
    hips = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]

    def trunk(points: FloatArray) -> FloatArray:
        return np.asarray(points[:, hips].mean(axis=1) - points[:, shoulders].mean(axis=1))

    world = track.world_m
    down = np.array([0.0, 1.0, 0.0]) if position == "seated" else trunk(world)
    deep = np.degrees(
        hip_rotation_from_points(
            world[:, hip], world[:, knee], world[:, ankle], np.broadcast_to(down, (len(world), 3)), right=right
        )
    )
    if position == "supine" and view != "overhead":
        return None, deep
    px = track.image_px
    shank = px[:, ankle] - px[:, knee]
    reference = np.broadcast_to([0.0, 1.0], shank.shape) if position == "seated" else trunk(px)
    cross = reference[:, 0] * shank[:, 1] - reference[:, 1] * shank[:, 0]
    turned = np.degrees(np.arctan2(cross, np.sum(reference * shank, axis=1)))
    # The picture shows the person's left on the right, from the front and from above alike.
    return (turned if right else -turned), deep


def _mean_angle(angle_deg: FloatArray) -> float:
    radians = np.radians(angle_deg[np.isfinite(angle_deg)])
    if not len(radians):
        return float("nan")
    return float(np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean())))


def summarize(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """One row a group: error, coverage and width of the interval, refusals, repetitions, and the obvious ways."""
    rows = []
    for group, title in GROUPS.items():
        mine = [o for o in outcomes if o.group == group or (group == "dressed" and o.group.startswith("dressed_"))]
        if not mine:
            continue
        measured = [o for o in mine if o.value_deg is not None and o.ci95_deg is not None]
        error = np.array([o.value_deg - o.truth_deg for o in measured if o.value_deg is not None])
        width = np.array([o.ci95_deg[1] - o.ci95_deg[0] for o in measured if o.ci95_deg is not None])
        inside = [o.ci95_deg[0] <= o.truth_deg <= o.ci95_deg[1] for o in measured if o.ci95_deg is not None]
        rows.append(
            {
                "group": group,
                "title": title,
                "trials": len(mine),
                "refused": len(mine) - len(measured),
                "mean_abs_error_deg": _figure(np.abs(error).mean() if len(error) else None),
                "worst_error_deg": _figure(np.abs(error).max() if len(error) else None),
                "bias_deg": _figure(error.mean() if len(error) else None),
                "coverage": _figure(np.mean(inside) if inside else None),
                "median_width_deg": _figure(np.median(width) if len(width) else None),
                "repetitions_right": _figure(np.mean([o.repetitions_found == o.repetitions_made for o in measured]))
                if measured
                else None,
                "image_angle_error_deg": _figure(_way(mine, "image_angle_deg")),
                "world_angle_error_deg": _figure(_way(mine, "world_angle_deg")),
            }
        )
    return rows


def _way(outcomes: list[Outcome], name: str) -> float | None:
    errors = [
        abs((getattr(o, name) - o.truth_deg + 180) % 360 - 180)
        for o in outcomes
        if getattr(o, name) is not None and np.isfinite(getattr(o, name))
    ]
    return float(np.mean(errors)) if errors else None


def _figure(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)


def write(outcomes: list[Outcome], folder: Path = RESULTS) -> str:
    """Freeze outcomes and table in ``folder``; return the table as Markdown."""
    rows = summarize(outcomes)
    folder.mkdir(exist_ok=True)
    document = {"table": rows, "trials": [asdict(o) for o in outcomes]}
    (folder / "accuracy.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    table = markdown(rows)
    (folder / "accuracy.md").write_text(table, encoding="utf-8")
    return table


def markdown(rows: list[dict[str, Any]]) -> str:
    """Return the summary as a Markdown table."""
    head = (
        "| recordings | trials | refused | mean error | worst | 95 % interval covers | its median width |"
        " all repetitions found | 2-D picture angle | 3-D world landmarks |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    lines = []
    for r in rows:
        share = {k: "–" if r[k] is None else f"{100 * r[k]:.0f} %" for k in ("coverage", "repetitions_right")}
        angle = {k: "–" if v is None else f"{v:.1f}°" for k, v in r.items() if k.endswith("_deg")}
        lines.append(
            f"| {r['title']} | {r['trials']} | {r['refused']}"
            f" | {angle['mean_abs_error_deg']} | {angle['worst_error_deg']}"
            f" | {share['coverage']} | {angle['median_width_deg']} | {share['repetitions_right']}"
            f" | {angle['image_angle_error_deg']} | {angle['world_angle_error_deg']} |\n"
        )
    return head + "".join(lines)


def main() -> None:
    """Rerun the study from the command line."""
    parser = argparse.ArgumentParser(description="Rerun the accuracy study and freeze its table.")
    parser.add_argument("--render", action="store_true", help="film the trials whose track is missing (hours)")
    parser.add_argument("--fast", action="store_true", help="... with the depth buffer (other pixels, other landmarks)")
    parser.add_argument("--people", help="folder of skins and clothes for the dressed people; else they are left out")
    arguments = parser.parse_args()
    trials = reported()
    if arguments.render:
        from rich.progress import track as progress

        from validation.studies.trials import film

        for trial in progress(trials, description="Filming"):
            there = (TRACKS / f"{trial.name}.npz").is_file()
            if not there and (arguments.people or not trial.legwear):
                film(trial, fast=arguments.fast, people=arguments.people)
    import sys

    sys.stdout.write(write(measured_again(trials)))


if __name__ == "__main__":
    main()
