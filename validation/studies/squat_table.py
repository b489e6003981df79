"""Compare what the squat screen found with what was made, and write the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom_vision.results.document import Result
from rom_vision.results.parts import View
from validation.studies.squat_cases import Case
from validation.studies.squat_truth import knee_truth, lengths_from, plan_of

__all__ = ["judge", "report", "true_amounts", "view_of"]

SIDES = ("left", "right")
_MADE: dict[str, tuple[float, float]] = {
    "knee_valgus": (9.0, 3.0),
    "knee_varus": (18.0, 8.0),
    "pelvic_obliquity": (6.0, 1.5),
    "lateral_shift": (15.0, 4.0),
    "trunk_side_bend": (10.0, 3.0),
    "foot_turnout": (36.0, 22.0),
    "knee_asymmetry": (15.0, 7.0),
    "forward_lean": (12.0, 3.0),
    "heel_rise": (12.0, 1.0),
    "shallow_depth": (15.0, 5.0),
    "knee_hyperextension": (8.0, 0.0),
    "arms_fall": (20.0, 9.0),
}
"""From which amount a fault counts as made, and up to which as not made; what lies between is left out."""
_BIG = 20.0
"""A knee that is this far inside its foot and more is past straight ahead, too."""


# -- what is true, what was found ------------------------------------------------------------------------------------


def true_amounts(case: Case, truth: dict[str, Any]) -> dict[tuple[str, str], float]:
    """How large each fault really is, by code and side, in the units of the findings, fault +."""
    plan, bottom = truth["plan"], truth["bottom"]
    knees = knee_truth(plan_of(plan), lengths_from(truth["lengths"]))
    out: dict[tuple[str, str], float] = {}
    for i, side in enumerate(SIDES):
        if case.legs in ("both", side):
            out["knee_valgus", side] = knees.turn_in[i] if case.legs == "both" else knees.projected[i]
            out["knee_varus", side] = knees.turn_out[i]
            out["foot_turnout", side] = plan["turnout_deg"][i]
    left, right = knees.in_beyond_other
    two_sided = (
        ("pelvic_obliquity", "right", "left", bottom["list_deg"]),
        ("lateral_shift", "left", "right", 100 * bottom["shift"]),
        ("trunk_side_bend", "right", "left", bottom["side_bend_deg"]),
        ("knee_asymmetry", "left", "right", left if left > right else -right),
    )
    for code, positive, negative, amount in two_sided:
        if case.legs == "both" or code in ("pelvic_obliquity", "trunk_side_bend"):
            out[code, positive if amount >= 0 else negative] = abs(amount)
    near = "left" if case.azimuth_deg >= 0 else "right"
    depth = -0.5 * (bottom["thigh_below_horizontal_left_deg"] + bottom["thigh_below_horizontal_right_deg"])
    if case.legs == "both":
        out["shallow_depth", "both"] = depth
    out["forward_lean", "both"] = bottom["lean_deg"]
    out["heel_rise", near] = bottom["heel_rise_deg"]
    out["knee_hyperextension", near] = -plan["standing_knee_deg"]
    if plan["arms"] == "overhead":
        out["arms_fall", "both"] = bottom["arms_fall_deg"]
    return out


def view_of(case: Case) -> str:
    """Return the group a case is reported in."""
    if case.legs != "both":
        return "single leg"
    away = abs((case.azimuth_deg + 180) % 360 - 180)
    return "front" if away <= 25 else "back" if away >= 155 else "side" if 55 <= away <= 125 else "oblique"


def judge(case: Case, truth: dict[str, Any], result: Result) -> dict[str, Any]:
    """Compare one result with the truth: one row per finding that could be assessed."""
    amounts = true_amounts(case, truth)
    view = result.view or View("unknown", None)
    rows = []
    for finding in result.findings:
        key = next((k for k in amounts if k[0] == finding.code and finding.side in (k[1], "both")), None)
        two_sided = finding.code in ("pelvic_obliquity", "lateral_shift", "trunk_side_bend", "knee_asymmetry")
        if key is None and two_sided:  # found, but to the other side
            key = next((k for k in amounts if k[0] == finding.code), None)
        if key is None:
            continue
        made, not_made = _MADE[finding.code]
        amount = amounts[key]
        state = "made" if amount >= made else "not made" if amount <= not_made else "between"
        wrong_side = finding.severity in ("mild", "marked") and finding.side not in (key[1], "both")
        low, high = finding.ci95 or (None, None)
        rows.append(
            {
                "code": finding.code,
                "side": key[1],
                "true": round(amount, 1),
                "state": state,
                "severity": finding.severity,
                "wrong_side": wrong_side,
                "measured": finding.change_from_standing,
                "ci95": [low, high],
            }
        )
    return {
        "seed": case.seed,
        "group": view_of(case),
        "fault": case.fault,
        "size_deg": case.size_deg,
        "azimuth_deg": case.azimuth_deg,
        "status": result.status,
        "view": view.name,
        "view_azimuth_deg": view.azimuth_deg,
        "repetitions_true": truth["plan"]["n_repetitions"],
        "repetitions": len(result.repetitions),
        "thigh_error_deg": _bottom_error(truth, result, "thigh_below_horizontal"),
        "knee_error_deg": _bottom_error(truth, result, "knee_flexion"),
        "findings": rows,
    }


def _bottom_error(truth: dict[str, Any], result: Result, what: str) -> float | None:
    """Mean error over the repetitions of the thigh's or the knee's angle at the bottom, degrees."""
    bottom = truth["bottom"]
    errors = []
    for r in result.repetitions:
        for side in ("left", "right"):
            flexion = r.values.get(f"{side}_knee_flexion_deg")
            if flexion is None:
                continue
            if what == "knee_flexion":
                errors.append(flexion - bottom[f"knee_flexion_{side}_deg"])
            elif (below := r.values.get("thigh_below_horizontal_deg")) is not None:
                errors.append(below - bottom[f"thigh_below_horizontal_{side}_deg"])
    return round(float(np.mean(errors)), 2) if errors else None


# -- the table -------------------------------------------------------------------------------------------------------


def report(rows: list[dict[str, Any]], model: dict[str, str]) -> str:
    """Write the results as Markdown."""
    lines = [
        "# Squat screen on synthetic people",
        "",
        f"{len(rows)} clips of as many people never used for tuning (seeds {rows[0]['seed']} to {rows[-1]['seed']}), 10"
        f" pictures a second; landmarks by {model['name']} (mediapipe {model['mediapipe']}). Made again by"
        " `python -m validation.studies.squat` from the kept landmarks.",
        "",
        "## Repetitions and view",
        "",
        "| group | clips | screened | view right | repetitions exact | azimuth SD | thigh at the bottom | knee |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for group in dict.fromkeys(r["group"] for r in rows):
        lines.append(_group_line(group, [r for r in rows if r["group"] == group]))
    for group in ("front", "side", "back", "single leg"):
        mine = [r for r in rows if r["group"] == group]
        if mine:
            lines += ["", f"## Findings, {group}", "", *_finding_table(mine)]
    gaps = ", ".join(f"{code} {made:g}/{not_made:g}" for code, (made, not_made) in _MADE.items())
    lines += [
        "",
        f"A fault counts as made from the first amount on and as not made up to the second: {gaps}; what lies between"
        " is left out. Found: on the right side, mild or marked. Unseen: called not assessable. Error: measured minus"
        " true. Inside 95 %: how often the interval holds the truth, whatever the truth is.",
    ]
    return "\n".join(lines) + "\n"


def _group_line(group: str, rows: list[dict[str, Any]]) -> str:
    wanted = {"front": ("front",), "single leg": ("front",), "back": ("back",), "oblique": ("oblique",)}
    right = sum(r["view"] in wanted.get(group, ("left_side", "right_side")) for r in rows)
    exact = sum(r["repetitions"] == r["repetitions_true"] for r in rows)
    azimuth = [
        (r["view_azimuth_deg"] - r["azimuth_deg"] + 180) % 360 - 180 for r in rows if r["view_azimuth_deg"] is not None
    ]
    cells = [f"{sum(r['status'] == 'measured' for r in rows)}", f"{right}", f"{exact}", f"{np.std(azimuth):.1f}"]
    for key in ("thigh_error_deg", "knee_error_deg"):
        errors = [r[key] for r in rows if r[key] is not None]
        cells.append(f"{np.mean(errors):+.1f} SD {np.std(errors):.1f}" if errors else "-")
    return f"| {group} | {len(rows)} | " + " | ".join(cells) + " |"


def _finding_table(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| finding | made | found | marked | wrong side | not made | false alarms | unseen | error | inside 95 % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    every = [f for r in rows for f in r["findings"]]
    codes = list(dict.fromkeys(f["code"] for f in every))
    hidden = [c for c in codes if all(f["severity"] == "not_assessable" for f in every if f["code"] == c)]
    for code in (c for c in codes if c not in hidden):
        mine = [f for f in every if f["code"] == code]
        sized = [("", mine)]
        if code == "knee_valgus":
            big = [f for f in mine if f["state"] != "made" or f["true"] >= _BIG]
            small = [f for f in mine if f["state"] == "made" and f["true"] < _BIG]
            sized = [(", 20 and more inside the foot", big), (", less", small)]
        lines += [_finding_line(f"{code}{name}", part) for name, part in sized if part]
    if hidden:
        lines += ["", f"Not assessable in any of these clips, and never called none: {', '.join(hidden)}."]
    return lines


def _finding_line(name: str, found: list[dict[str, Any]]) -> str:
    seen = [f for f in found if f["severity"] != "not_assessable"]
    made = [f for f in seen if f["state"] == "made"]
    clean = [f for f in seen if f["state"] == "not made"]
    hits = [f for f in made if f["severity"] != "none" and not f["wrong_side"]]
    alarms = [f for f in clean if f["severity"] != "none"]
    errors = [f["measured"] - f["true"] for f in seen if not f["wrong_side"]]
    inside = [f["ci95"][0] <= f["true"] <= f["ci95"][1] for f in seen]
    cells = (
        len(made),
        len(hits),
        sum(f["severity"] == "marked" for f in hits),
        sum(f["wrong_side"] for f in made),
        len(clean),
        len(alarms),
        len(found) - len(seen),
        f"{np.mean(errors):+.1f} SD {np.std(errors):.1f}" if errors else "-",
        f"{sum(inside)}/{len(inside)}",
    )
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"
