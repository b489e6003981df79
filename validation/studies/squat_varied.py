"""What the squat screen makes of bodies, stances, cameras, clothes and movements by an independent sampler.

``python -m validation.studies.squat_varied`` analyses the kept tracks of the REPORT people with the program as it is
and writes ``results/squat_varied.json`` and ``.md``; ``--set blind`` does it with the BLIND people and ``squat_blind``;
``--set learn`` (calibrate, variants) looks at the others and writes nothing. The films are made by
`validation.studies.movement_tracks`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.protocols.squat.screen import screen_squat
from rom_vision.results.document import Result
from rom_vision.results.parts import Finding, Repetition
from validation.person.identity import SIDES, FloatArray
from validation.scenes.movement_clips import plan_rng
from validation.scenes.squat_moves import sample_squat
from validation.studies.movement_cases import SETS
from validation.studies.movement_tracks import Kept, load
from validation.studies.squat_varied_table import table

__all__ = ["FROZEN", "LIMITS", "evaluate", "judge", "knee_in_made", "main", "true_amounts", "true_repetitions"]

RESULTS = Path(__file__).parents[1] / "results"
FROZEN = {"report": "squat_varied", "blind": "squat_seen", "fresh": "squat_blind"}
"""Sets that are reported on, and the name of their files in `RESULTS`."""
LIMITS: dict[str, tuple[float, float]] = {
    "knee_valgus": (7.0, 4.0),
    "knee_varus": (14.0, 5.0),
    "pelvic_obliquity": (6.0, 2.0),
    "lateral_shift": (14.0, 5.0),
    "trunk_side_bend": (10.0, 3.5),
    "foot_turnout": (28.0, 16.0),
    "knee_asymmetry": (14.0, 7.0),
    "forward_lean": (16.0, 8.0),
    "heel_rise": (12.0, 2.0),
    "shallow_depth": (15.0, 5.0),
    "knee_hyperextension": (8.0, 0.0),
    "arms_fall": (20.0, 10.0),
}
"""From which true amount a fault counts as made, and up to which as not made; what lies between is left out."""
_HOLD_S = 0.2
"""A fault counts as large as it is for this long."""
_DEEP = 0.5
"""A repetition is where the knees bend by more than this share of their most."""
_NEAR_S = 0.5
"""A repetition is the true one whose bottom is at most this far away."""
_BENT_DEG = 30.0
"""Where a straight knee points has no meaning: knees are followed from this flexion on."""

Frames = npt.NDArray[np.int_]


def true_repetitions(kept: Kept) -> list[Frames]:
    """Frames of each true repetition, from half way down to half way up."""
    bent = 0.5 * (kept.truth["knee_flexion_left"] + kept.truth["knee_flexion_right"])
    standing = float(np.min(bent))
    down = bent > standing + _DEEP * (float(np.max(bent)) - standing)
    edges = np.flatnonzero(np.diff(np.r_[0, down.astype(int), 0]))
    return [np.arange(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _held(time_s: FloatArray, curve: FloatArray) -> float:
    """Largest value that a curve keeps for `_HOLD_S`; NaN where it never does."""
    best = np.nan
    for i in range(len(curve)):
        j = int(np.searchsorted(time_s, time_s[i] + _HOLD_S - 1e-3))
        if j < len(curve) and np.isfinite(curve[i : j + 1]).all():
            best = np.fmax(best, curve[i : j + 1].min())
    return float(best)


def knee_in_made(kept: Kept, leg: int) -> FloatArray:
    """Turn of a knee (0 left, 1 right) inwards from over its foot that was made, in each picture, degrees."""
    case = kept.case
    move = sample_squat(plan_rng(case.seed), case.fault, case.size_deg, case.side)
    return np.array([move.knee_in_at(float(t), leg) for t in kept.track.time_s])


def true_amounts(kept: Kept) -> dict[tuple[str, str], float]:
    """How large each fault really is, by code and side, in the units of the findings, fault +.

    A knee is sound over its foot, where the shank leans the way the foot points; its amount is the turn from there that
    was made. What stays in standing is no fault of the squat: shift, side bend, list and heel rise are changes from
    standing. Medians over the repetitions of what is held for `_HOLD_S`.
    """
    truth, time_s = kept.truth, kept.track.time_s
    reps = true_repetitions(kept)
    rest = slice(0, max(int(np.searchsorted(time_s, 0.4)), 1))

    def most(curve: FloatArray) -> float:
        tops = [_held(time_s[r], curve[r]) for r in reps]
        return float(np.nanmedian(tops)) if np.isfinite(tops).any() else 0.0

    def either(curve: FloatArray, positive: str, negative: str) -> tuple[str, float]:
        up, down = most(curve), most(-curve)
        return (positive, max(up, 0.0)) if up >= down else (negative, max(down, 0.0))

    out: dict[tuple[str, str], float] = {}
    knees = []
    for leg, side in enumerate(SIDES):
        bent = truth[f"knee_flexion_{side}"] > _BENT_DEG
        knees.append(np.where(bent, knee_in_made(kept, leg), np.nan))
        out["knee_valgus", side] = most(knees[-1])
        out["knee_varus", side] = most(-knees[-1])
        out["foot_turnout", side] = float(np.median(truth[f"foot_out_{side}"][rest]))
        out["heel_rise", side] = most(truth[f"heel_up_{side}"] - np.median(truth[f"heel_up_{side}"][rest]))
        out["knee_hyperextension", side] = -float(np.median(truth[f"knee_flexion_{side}"][rest]))
    two_sided = (
        ("pelvic_obliquity", truth["list"], "right", "left"),
        ("lateral_shift", 100 * truth["shift"], "left", "right"),
        ("trunk_side_bend", truth["side_bend"], "right", "left"),
    )
    for code, curve, positive, negative in two_sided:
        side, amount = either(curve - np.median(curve[rest]), positive, negative)
        out[code, side] = amount
    side, amount = either(knees[0] - knees[1], "left", "right")
    out["knee_asymmetry", side] = amount
    out["forward_lean", "both"] = most(truth["lean"])
    bottoms = [float(_thigh_below(kept)[r].max()) for r in reps]
    out["shallow_depth", "both"] = -float(np.median(bottoms))
    # Arms were made to come forward by less than ten degrees, if they were overhead at all.
    out["arms_fall", "both"] = 0.0
    return out


def _thigh_below(kept: Kept) -> FloatArray:
    return np.asarray(0.5 * (kept.truth["thigh_below_left"] + kept.truth["thigh_below_right"]))


def _bottoms(kept: Kept, repetitions: tuple[Repetition, ...]) -> list[dict[str, Any]]:
    """Errors at the bottom of each measured repetition, degrees, and whether the 95 % interval holds the truth."""
    below, time_s, out = _thigh_below(kept), kept.track.time_s, []
    for r in repetitions:
        true = [f for f in true_repetitions(kept) if time_s[f[0]] - _NEAR_S <= r.at_s <= time_s[f[-1]] + _NEAR_S]
        if not true:
            continue
        row: dict[str, Any] = {"thigh": None, "thigh_inside": None, "knees": [], "knees_inside": []}
        thigh, thigh_half = (r.values.get(f"thigh_below_horizontal_{name}deg") for name in ("", "error_"))
        if thigh is not None:
            error = thigh - float(below[true[0]].max())
            row["thigh"] = round(error, 1)
            if thigh_half is not None:
                row["thigh_inside"] = bool(abs(error) <= thigh_half)
        knee_half = r.values.get("knee_flexion_error_deg")
        for side in SIDES:
            bent = r.values.get(f"{side}_knee_flexion_deg")
            if bent is None:
                continue
            error = bent - float(kept.truth[f"knee_flexion_{side}"][true[0]].max())
            row["knees"].append(round(error, 1))
            if knee_half is not None:
                row["knees_inside"].append(bool(abs(error) <= knee_half))
        out.append(row)
    return out


def _finding(finding: Finding, amounts: dict[tuple[str, str], float]) -> dict[str, Any]:
    """Set one finding beside the truth."""
    made, not_made = LIMITS[finding.code]
    mine = {side: amount for (code, side), amount in amounts.items() if code == finding.code}
    side = (
        finding.side
        if finding.side in mine
        else next(iter(mine))
        if len(mine) == 1
        else max(mine, key=lambda s: mine[s])
    )
    amount = mine[side]
    state = "made" if amount >= made else "not made" if amount <= not_made else "between"
    called = finding.severity in ("mild", "marked")
    return {
        "code": finding.code,
        "side": side,
        "true": round(amount, 1),
        "state": state,
        "severity": finding.severity,
        "wrong_side": called and finding.side not in (side, "both"),
        "measured": None if finding.change_from_standing is None else round(finding.change_from_standing, 1),
        "ci95": None if finding.ci95 is None else [round(v, 1) for v in finding.ci95],
    }


def judge(kept: Kept, result: Result) -> dict[str, Any]:
    """Compare one result with the truth: one row a clip."""
    case = kept.case
    row: dict[str, Any] = {
        "seed": case.seed,
        "kind": case.kind,
        "made_view": case.view,
        "clothes": case.clothes,
        "fault": case.fault,
        "size_deg": case.size_deg,
        "fault_side": case.side,
        "azimuth_deg": kept.info["azimuth_deg"],
        "status": result.status,
        "reason": "" if result.status == "measured" else " ".join(result.reasons),
        "view": result.view.name,
        "repetitions_true": kept.info["repetitions"],
        "repetitions": len(result.repetitions),
    }
    if case.kind != "squat":
        called = [f for f in result.findings if f.severity in ("mild", "marked")]
        return row | {"called": sorted({f"{f.code} {f.severity}" for f in called})}
    amounts = true_amounts(kept)
    return row | {
        "bottoms": _bottoms(kept, result.repetitions),
        "findings": [
            _finding(f, amounts) for f in result.findings if f.code in LIMITS or f.severity != "not_assessable"
        ],
    }


def evaluate(name: str = "report") -> list[dict[str, Any]]:
    """Screen the kept tracks of a set as two-legged squats and set each result beside its truth."""
    return [judge(kept, screen_squat(kept.track)) for kept in load(name)]


def main() -> None:
    """Rerun the study from the command line."""
    parser = argparse.ArgumentParser(description="Rerun the study of other people's squats and freeze its table.")
    parser.add_argument("--set", choices=list(SETS), default="report", help="only report and blind are frozen")
    asked = parser.parse_args()
    rows = evaluate(asked.set)
    text = table(rows, asked.set)
    if asked.set in FROZEN:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{FROZEN[asked.set]}.md"
        path.write_text(text, encoding="utf-8")
        clips = ",\n".join(json.dumps(row) for row in rows)
        path.with_suffix(".json").write_text(f'{{"clips": [\n{clips}\n]}}\n', encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
