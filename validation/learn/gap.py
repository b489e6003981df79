"""The gap between mannequins and people in clothes: where their landmarks lie, and how well they are measured.

``python -m validation.learn gap`` sets, of the CALIBRATE people that ``film --people`` has kept, the landmarks beside
the joint centres they stand for, by clothing, and writes ``validation/results/domain_gap.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.body.model import POINTS
from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import FloatArray
from validation.learn.film import JOINT_NAMES, Filmed, asked_people, legwear_of, load
from validation.learn.landmarks import LOST_M
from validation.person.outfit import LEGWEAR
from validation.studies.trials import kept_level

__all__ = ["Gap", "gap_of", "landmark_offsets_cm", "rows", "table"]

RESULTS = Path(__file__).parents[1] / "results"
MANNEQUIN, CLOTHES = "mannequin", "clothes, all"
_JOINTS = ("hip", "knee", "ankle")
_OPPOSITE = {"left": "right", "right": "left"}
_LEAST_SHOWN = 0.7
"""A shin of which the picture shows a smaller share points at the camera: up and out have no meaning there."""


@dataclass(frozen=True)
class Gap:
    """One person.

    Attributes
    ----------
    position : seated or supine. wears : what is on the legs. seed : of the person.
    offset_cm : joint of the tested leg: mean of how far its landmark lies (up the leg, outwards) of the joint centre.
    moves_cm : joint: standard deviation of that over the recording.
    error_deg : of internal rotation; None where it was not measured. inside : whether the interval held the truth.
    """

    position: str
    wears: str
    seed: int
    offset_cm: dict[str, tuple[float, float]]
    moves_cm: dict[str, tuple[float, float]]
    error_deg: float | None
    inside: bool | None


def landmark_offsets_cm(
    image_px: FloatArray, joints_m: FloatArray, focal_px: float, centre_px: FloatArray, side: str
) -> dict[str, FloatArray]:
    """Return how far the landmarks of a leg lie beside its joint centres, in centimetres at the joints' distance.

    Parameters
    ----------
    image_px : (T, 8, 2) landmarks in the order of `rom_vision.body.model.POINTS`.
    joints_m : (T, 8, 3) joint centres in camera axes, x right, y down, z away.
    focal_px, centre_px : of the camera.
    side : of the leg.

    Returns
    -------
    dict of joint (hip, knee, ankle) to (T, 2): up the leg's shin as the picture shows it, and outwards, away from the
    other leg. NaN where the shin points at the camera, and where the landmark is on something else (`LOST_M`).
    """
    shown = joints_m[..., :2] / joints_m[..., 2:] * focal_px + centre_px
    at = {joint: JOINT_NAMES.index(f"{joint}_{side}") for joint in _JOINTS}
    across = shown[:, at["hip"]] - shown[:, JOINT_NAMES.index(f"hip_{_OPPOSITE[side]}")]
    up = shown[:, at["knee"]] - shown[:, at["ankle"]]
    shin_m = np.linalg.norm(joints_m[:, at["knee"]] - joints_m[:, at["ankle"]], axis=-1)
    whole_px = shin_m / joints_m[:, at["knee"], 2] * focal_px
    seen = np.linalg.norm(up, axis=-1) > _LEAST_SHOWN * whole_px
    up = np.where(seen[:, None], up / np.linalg.norm(up, axis=-1, keepdims=True), np.nan)
    out = np.stack([-up[:, 1], up[:, 0]], axis=-1)
    out *= np.sign(np.sum(out * across, axis=-1, keepdims=True))
    cm_per_px = 100 * joints_m[..., 2] / focal_px
    found = {}
    for joint, i in at.items():
        beside = (image_px[:, i] - shown[:, i]) * cm_per_px[:, i, None]
        beside[np.linalg.norm(beside, axis=-1) > 100 * LOST_M] = np.nan
        found[joint] = np.stack([np.sum(beside * up, axis=-1), np.sum(beside * out, axis=-1)], axis=-1)
    return found


def gap_of(filmed: Filmed) -> Gap:
    """Set a person's landmarks, and what the program makes of them, beside the truth."""
    track, truth = filmed.tracks["heavy"], filmed.truth
    told, position, side = truth["camera"], truth["position"], truth["side"]
    scale = track.width_px / told["width_px"]
    beside = landmark_offsets_cm(
        track.image_px[:, list(POINTS)],
        filmed.joints_m,
        told["focal_px"] * scale,
        np.array([track.width_px, track.height_px]) / 2,
        side,
    )
    asked = {"position": position, "side": side}
    found = analyse(track, "hip_rotation", asked, level=kept_level(truth)).document.measure("internal_rotation")
    error = inside = None
    if found is not None and found.value is not None and found.ci95 is not None:
        true, (low, high) = truth["internal_rotation_deg"], found.ci95
        error, inside = found.value - true, bool(low <= true <= high)
    return Gap(
        position,
        legwear_of(filmed.trial.seed) if filmed.dressed else MANNEQUIN,
        filmed.trial.seed,
        {joint: _pair(np.nanmean(values, axis=0)) for joint, values in beside.items()},
        {joint: _pair(np.nanstd(values, axis=0)) for joint, values in beside.items()},
        error,
        inside,
    )


def _pair(values: FloatArray) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _groups(people: Sequence[Gap]) -> Iterator[tuple[str, str, list[Gap]]]:
    sorted_by: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for one in people:
        sorted_by[one.position, one.wears].append(one)
        if one.wears != MANNEQUIN:
            sorted_by[one.position, CLOTHES].append(one)
    order = [MANNEQUIN, CLOTHES, *LEGWEAR]
    for position, wears in sorted(sorted_by, key=lambda key: (key[0], order.index(key[1]))):
        yield position, wears, sorted_by[position, wears]


def rows(people: Sequence[Gap]) -> list[dict[str, Any]]:
    """Return one row a position and clothing: means over people and standard deviations between them."""
    out = []
    for position, wears, group in _groups(people):
        row: dict[str, Any] = {"position": position, "wears": wears, "people": len(group)}
        for joint in _JOINTS:
            of = np.array([one.offset_cm[joint] for one in group])
            row[f"{joint}_cm"] = np.round(np.nanmean(of, axis=0), 1).tolist()
            row[f"{joint}_sd_cm"] = np.round(np.nanstd(of, axis=0), 1).tolist()
            row[f"{joint}_moves_cm"] = np.round(np.nanmean([one.moves_cm[joint] for one in group], axis=0), 1).tolist()
        errors = np.abs([one.error_deg for one in group if one.error_deg is not None])
        row["measured"] = len(errors)
        row["mean_error_deg"] = round(float(errors.mean()), 1) if len(errors) else None
        row["worst_error_deg"] = round(float(errors.max()), 1) if len(errors) else None
        row["inside"] = sum(bool(one.inside) for one in group)
        out.append(row)
    return out


def table(found: Sequence[dict[str, Any]]) -> str:
    """Return the rows as a Markdown table."""
    head = "| position | on the legs | people | hip | knee | ankle | measured | mean error | worst | interval holds |\n"
    lines = [head, "|---|---|--:|---|---|---|--:|--:|--:|--:|\n"]
    for row in found:
        places = []
        for joint in _JOINTS:
            (up, out), (up_sd, out_sd) = row[f"{joint}_cm"], row[f"{joint}_sd_cm"]
            places.append(f"{up:+.1f} ± {up_sd:.1f}, {out:+.1f} ± {out_sd:.1f}")
        error = ["–" if row[name] is None else f"{row[name]:.1f}°" for name in ("mean_error_deg", "worst_error_deg")]
        cells = [row["position"], row["wears"], row["people"], *places, row["measured"], *error, row["inside"]]
        lines.append(f"| {' | '.join(map(str, cells))} |\n")
    return "".join(lines)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description="Set mannequins and people in clothes side by side.")
    asked_people(parser)
    asked = parser.parse_args()
    people = []
    for k, filmed in enumerate(load("calibrate", asked.cache, asked.many), 1):
        people.append(gap_of(filmed))
        sys.stderr.write(f"{k}: {filmed.trial.name}\n")
    found = rows(people)
    (RESULTS / "domain_gap.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "domain_gap.md").write_text(table(found), encoding="utf-8")
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()
