"""The table of the study of squats by others (`validation.studies.squat_varied`)."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["SIZES_DEG", "knee_in_found", "table", "view_is_right"]

Rows = list[dict[str, Any]]
SIZES_DEG = ((5.0, 7.0), (7.0, 10.0), (10.0, 15.0), (15.0, 20.0), (20.0, 40.0))
"""Groups of true knee-in, degrees."""
_TURNED_DEG = 15.0
_FRONTAL = ("front", "oblique", "back")
_KNOWN = {
    "report": "They are no longer blind: their errors were looked at before some of the choices of this screen were"
    " made.",
    "blind": "They were blind when the screen was first reported on; what was then refused or measured wrongly was"
    " looked at.",
    "fresh": "They are blind: nobody had looked at any of them when the last choice of this screen was made.",
}


def view_is_right(row: dict[str, Any]) -> bool:
    """Whether the named view is where the camera stood, within what its name leaves open."""
    away = abs(row["azimuth_deg"])
    side = "left_side" if row["azimuth_deg"] > 0 else "right_side"
    allowed = {"front": away <= 45, "back": away >= 135, side: 45 <= away <= 135, "oblique": 15 <= away <= 165}
    return bool(allowed.get(row["view"], False))


def knee_in_found(rows: Rows, low: float, high: float) -> list[dict[str, Any]]:
    """All knees that were turned in by ``low`` to ``high`` degrees, of front, oblique and back views.

    ``foot_out`` beside each finding is how far its foot was turned out.
    """
    return [
        f
        | {"foot_out": next(o["true"] for o in r["findings"] if o["code"] == "foot_turnout" and o["side"] == f["side"])}
        for r in rows
        if r["status"] == "measured" and r["made_view"] in _FRONTAL
        for f in r["findings"]
        if f["code"] == "knee_valgus" and low <= f["true"] < high
    ]


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" ({100 * part / whole:.0f} %)" if whole else "")


def _errors(values: list[float]) -> list[str]:
    """Mean, worst and bias of errors, as cells."""
    e = np.array(values)
    return [f"{np.abs(e).mean():.1f}", f"{np.abs(e).max():.1f}", f"{e.mean():+.1f}"] if len(e) else ["–"] * 3


def _group_line(name: str, rows: Rows) -> str:
    seen = [r for r in rows if r["status"] == "measured"]
    bottoms = [b for r in seen for b in r["bottoms"]]
    held = [b["thigh_inside"] for b in bottoms if b["thigh_inside"] is not None]
    knees = [inside for b in bottoms for inside in b["knees_inside"]]
    graded = [f for r in seen for f in r["findings"] if f["severity"] != "not_assessable" and f["state"] == "not made"]
    marked, mild = (sum(f["severity"] == s for f in graded) for s in ("marked", "mild"))
    cells = (
        len(rows),
        len(seen),
        sum(view_is_right(r) for r in seen),
        sum(r["repetitions"] == r["repetitions_true"] for r in seen),
        *_errors([b["thigh"] for b in bottoms if b["thigh"] is not None]),
        _share(sum(held), len(held)),
        *_errors([e for b in bottoms for e in b["knees"]]),
        _share(sum(knees), len(knees)),
        len(graded),
        marked,
        _share(mild, len(graded)),
    )
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def _groups(rows: Rows) -> list[str]:
    lines = [
        "| squats | clips | measured | view right | counted right | depth error, mean | worst | bias | inside 95 % |"
        " knee flexion error, mean | worst | bias | inside 95 % | sound amounts graded | false marked | false mild |",
        "|---" + "|--:" * 15 + "|",
        _group_line("all", rows),
    ]
    for view in dict.fromkeys(r["made_view"] for r in rows):
        lines.append(_group_line(view, [r for r in rows if r["made_view"] == view]))
    lines.append(_group_line("mannequins", [r for r in rows if r["clothes"] == "mannequin"]))
    lines.append(_group_line("dressed", [r for r in rows if r["clothes"] != "mannequin"]))
    for clothes in sorted({r["clothes"] for r in rows} - {"mannequin"}):
        lines.append(_group_line(f"dressed: {clothes}", [r for r in rows if r["clothes"] == clothes]))
    return lines


def _codes(rows: Rows) -> list[str]:
    lines = [
        "| finding | made | found | marked | wrong side | not made | false mild | false marked | unseen | error |"
        " inside 95 % |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    every = [f for r in rows for f in r.get("findings", [])]
    for code in dict.fromkeys(f["code"] for f in every):
        mine = [f for f in every if f["code"] == code]
        seen = [f for f in mine if f["severity"] != "not_assessable"]
        made = [f for f in seen if f["state"] == "made"]
        clean = [f for f in seen if f["state"] == "not made"]
        valued = [f for f in seen if f["measured"] is not None and f["ci95"] and not f["wrong_side"]]
        errors = np.array([f["measured"] - f["true"] for f in valued])
        cells = (
            len(made),
            sum(f["severity"] != "none" and not f["wrong_side"] for f in made),
            sum(f["severity"] == "marked" and not f["wrong_side"] for f in made),
            sum(f["wrong_side"] for f in made),
            len(clean),
            sum(f["severity"] == "mild" for f in clean),
            sum(f["severity"] == "marked" for f in clean),
            len(mine) - len(seen),
            f"{errors.mean():+.1f} SD {errors.std():.1f}" if len(errors) else "–",
            _share(sum(f["ci95"][0] <= f["true"] <= f["ci95"][1] for f in valued), len(valued)),
        )
        lines.append(f"| {code} | " + " | ".join(map(str, cells)) + " |")
    return lines


def _knee_in(rows: Rows) -> list[str]:
    lines = ["| true knee-in | knees | found | marked | called none | not assessable |", "|---|--:|--:|--:|--:|--:|"]
    groups = [(f"{low:g}° to {high:g}°", knee_in_found(rows, low, high)) for low, high in SIZES_DEG]
    made = knee_in_found(rows, 7.0, 90.0)
    groups += [
        ("7° and more", made),
        (f"... foot turned out by less than {_TURNED_DEG:g}°", [f for f in made if f["foot_out"] < _TURNED_DEG]),
        (f"... by {_TURNED_DEG:g}° and more", [f for f in made if f["foot_out"] >= _TURNED_DEG]),
    ]
    for name, mine in groups:
        count = {s: sum(f["severity"] == s for f in mine) for s in ("mild", "marked", "none", "not_assessable")}
        found = _share(count["mild"] + count["marked"], len(mine) - count["not_assessable"])
        lines.append(
            f"| {name} | {len(mine)} | {found} | {count['marked']} | {count['none']} | {count['not_assessable']} |"
        )
    return lines


def _false(rows: Rows) -> list[str]:
    lines = []
    for r in rows:
        for f in r.get("findings", []):
            if f["state"] == "not made" and f["severity"] in ("mild", "marked"):
                lines.append(
                    f"- {r['seed']}, {r['made_view']}, {r['clothes']}, {r['fault']}: {f['code']} {f['side']}"
                    f" {f['severity']} ({f['measured']}, true {f['true']})"
                )
    return lines or ["None."]


def _others(rows: Rows) -> list[str]:
    lines = ["| movement | clips | refused | measured as a squat |", "|---|--:|--:|---|"]
    for kind in dict.fromkeys(r["kind"] for r in rows):
        mine = [r for r in rows if r["kind"] == kind]
        wrong = [r for r in mine if r["status"] == "measured"]
        named = "; ".join(
            f"{r['seed']} ({r['made_view']}, {r['clothes']}; {', '.join(r['called']) or 'nothing called'})"
            for r in wrong
        )
        lines.append(f"| {kind.replace('_', ' ')} | {len(mine)} | {len(mine) - len(wrong)} | {named} |")
    return lines


def table(rows: Rows, name: str) -> str:
    """Write the results of a set as Markdown."""
    squats, others = [r for r in rows if r["kind"] == "squat"], [r for r in rows if r["kind"] != "squat"]
    refused = [r for r in squats if r["status"] != "measured"]
    which = {"fresh": ", blind"}.get(name, "")
    again = "" if name == "report" else f" --set {name}"
    lines = [
        f"# Squats and other movements by an independent sampler{which}",
        "",
        f"{len(squats)} squats and {len(others)} other movements of as many synthetic people (seeds"
        f" {rows[0]['seed']} to {rows[-1]['seed']}), a third of them in clothes; 10 pictures a second. Made again by"
        f" `python -m validation.studies.squat_varied{again}` from the kept landmarks. {_KNOWN.get(name, '')}".rstrip(),
        "",
        "## Squats",
        "",
        *_groups(squats),
        "",
        *(f"- refused: {r['seed']}, {r['made_view']}, {r['clothes']}, {r['fault']}: {r['reason']}" for r in refused),
        "",
        "## Findings",
        "",
        *_codes(squats),
        "",
        "A fault counts as made from the amounts of `LIMITS` on; what lies between made and not made is left out."
        " Found: mild or marked, on the right side. Unseen: called not assessable. A knee is sound over its foot, where"
        " the shank leans the way the foot points, and its amount is the turn from there.",
        "",
        "## Knee-in by its size, in front, oblique and back views",
        "",
        *_knee_in(squats),
        "",
        "## False findings",
        "",
        *_false(squats),
    ]
    if others:
        lines += ["", "## Other movements", "", *_others(others)]
    return "\n".join(lines) + "\n"
