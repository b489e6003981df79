"""How often the pose network finds people on the front, and the leg that turns, from each place of the camera.

``python -m validation.studies.prone_places [--people DIR]`` draws single pictures of a prone hip rotation (at both
ends of the swing, the picture also turned by quarters as the program does for people who lie) and freezes
``validation/results/prone_places.json`` and ``prone_places.md``. It is why `NOT_OFFERED` refuses such a test.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.mediapipe_estimator import PoseEstimator
from rom_vision.pose.models import resolve_model
from rom_vision.pose.turns import TURNS_DEG
from validation.scenes.prone_rotations import prone_rotation
from validation.scenes.range_trial import dressed
from validation.scenes.scene import still
from validation.studies.ranges import RESULTS

__all__ = ["PEOPLE", "PLACES", "looked_at", "main", "markdown"]

PLACES = {
    "foot_end": "at the foot end, 0.3 to 0.8 m high",
    "head_end": "at the head end, 0.6 to 1.4 m high",
    "overhead": "straight above",
}
PEOPLE = range(3601, 3607)
NEAR = 0.3
"""A landmark within this of its joint, in parts of the shank in the picture, is at it (our own heuristic)."""


def looked_at(place: str, people: str | None, estimators: dict[int, PoseEstimator]) -> list[dict[str, Any]]:
    """Return what was found in each picture of a place, of the turn of the picture that suits it best."""
    rows = []
    for seed in PEOPLE:
        wears = people is not None and seed % 3 == 1
        trial = prone_rotation(seed, place=place, worn=dressed(seed, str(people)) if wears else None)
        for movement in trial.program.movements:
            t = 0.5 * (movement.hold_start_s + movement.hold_end_s)
            picture, truth = still(trial.scene, t, fast=True)
            found = [_found(e.detect(picture), truth, trial.options["side"]) for e in estimators.values()]
            best = max(found, key=lambda f: (f["leg_right"], f["found"]))
            rows.append({"place": place, "seed": seed, "dressed": wears, "direction": movement.direction, **best})
    return rows


def _found(poses: list[Any], truth: dict[str, Any], side: str) -> dict[str, bool | float | None]:
    if not poses:
        return {"found": False, "leg_right": False, "shin_error_deg": None}
    joints, px = truth["joints_px"], poses[0].image_px
    true = {n: np.array(joints[f"{n}_{side}"]) for n in ("hip", "knee", "ankle")}
    seen = {n: np.array(px[Landmark[f"{side.upper()}_{n.upper()}"]]) for n in true}
    size = max(float(np.linalg.norm(true["ankle"] - true["knee"])), 1.0)
    right = all(float(np.linalg.norm(seen[n] - true[n])) < NEAR * size for n in ("knee", "ankle"))
    lines = [p["ankle"] - p["knee"] for p in (true, seen)]
    angles = [float(np.degrees(np.arctan2(line[1], line[0]))) for line in lines]
    error = abs((angles[1] - angles[0] + 180) % 360 - 180)
    return {"found": True, "leg_right": right, "shin_error_deg": round(error, 1)}


def summarize(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a place."""
    out = []
    for place, title in PLACES.items():
        mine = [r for r in rows if r["place"] == place]
        if not mine:
            continue
        errors = [r["shin_error_deg"] for r in mine if r["leg_right"]]
        out.append(
            {
                "place": place,
                "title": title,
                "people": len({r["seed"] for r in mine}),
                "pictures": len(mine),
                "found": round(float(np.mean([r["found"] for r in mine])), 3),
                "leg_right": round(float(np.mean([r["leg_right"] for r in mine])), 3),
                "shin_error_deg": round(float(np.mean(errors)), 1) if errors else None,
            }
        )
    return out


def markdown(rows: list[dict[str, Any]]) -> str:
    """Return the summary as a Markdown table."""
    head = (
        "| camera | people | pictures | somebody found | knee and ankle of the tested leg found |"
        " mean error of the shin's line there |\n|---|--:|--:|--:|--:|--:|\n"
    )
    lines = []
    for r in rows:
        error = "–" if r["shin_error_deg"] is None else f"{r['shin_error_deg']:.1f}°"
        lines.append(
            f"| {r['title']} | {r['people']} | {r['pictures']} | {100 * r['found']:.0f} %"
            f" | {100 * r['leg_right']:.0f} % | {error} |\n"
        )
    return head + "".join(lines)


def main() -> None:
    """Draw, look and freeze, from the command line."""
    parser = argparse.ArgumentParser(description="Count how often people on the front are found.")
    parser.add_argument("--people", help="folder of skins and clothes for every third person; else mannequins alone")
    asked = parser.parse_args()
    bundle = resolve_model("heavy")
    estimators = {turn: PoseEstimator(bundle, num_poses=1, video=False, turn_deg=turn) for turn in TURNS_DEG}
    rows = [row for place in PLACES for row in looked_at(place, asked.people, estimators)]
    table = summarize(rows)
    document = {"table": table, "pictures": rows}
    (RESULTS / "prone_places.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "prone_places.md").write_text(markdown(table), encoding="utf-8")
    sys.stdout.write(markdown(table))


if __name__ == "__main__":
    main()
