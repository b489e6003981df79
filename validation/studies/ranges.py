"""The accuracy study of the tests in which something goes out, is held and comes back.

``python -m validation.studies.ranges`` analyses the kept landmark tracks, which `validation.studies.range_tracks`
films, and freezes ``validation/results/ranges.json`` and ``ranges.md``. What the tests have learned of other people
comes from `validation.learn.ranges`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import PoseTrack
from validation.studies.range_tracks import Planned, kept
from validation.studies.trials import kept_level

__all__ = ["NUMBERS", "RESULTS", "Outcome", "evaluate", "outcomes_of", "summarize", "write"]

RESULTS = Path(__file__).parents[1] / "results"


@dataclass(frozen=True)
class Number:
    """What is compared: the measure, its unit, the true reading by its name, and the test's title."""

    quantity: str
    unit: str
    truth: str
    title: str


NUMBERS = {
    "straight_leg_raise": Number("leg_raise", "deg", "raise_deg", "straight leg raise"),
    "toe_touch": Number("fingertip_to_floor", "cm", "fingertips_cm", "toe touch, stature given"),
}
GROUPS = {
    ("straight_leg_raise", "near"): "camera at the side of the raised leg",
    ("straight_leg_raise", "far"): "camera at the other side",
    ("straight_leg_raise", "oblique"): "camera 50° off the side",
    ("toe_touch", "side"): "camera within 18° of the side",
    ("toe_touch", "oblique"): "camera 50° off the side",
    ("toe_touch", "bent_knees"): "knees bent by some 50°",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one recording, in the unit of its test."""

    test: str
    group: str
    seed: int
    dressed: bool
    status: str
    reasons: list[str]
    truth: float
    value: float | None
    ci95: list[float] | None
    repetitions_made: int
    repetitions_found: int


def _options(test: str, truth: dict[str, Any]) -> dict[str, str | None]:
    """Return what is told to the program; of the stature to the nearest centimetre."""
    if test == "toe_touch":
        return {"stature": f"{truth['stature_cm']:.0f}"}
    return {"side": truth["side"], "mode": truth["mode"]}


def evaluate(trial: Planned, track: PoseTrack, truth: dict[str, Any]) -> Outcome:
    """Run the whole analysis on a kept track and set it beside the truth."""
    number = NUMBERS[trial.test]
    document = analyse(track, trial.test, _options(trial.test, truth), level=kept_level(truth)).document
    measure = document.measure(number.quantity)
    return Outcome(
        trial.test,
        trial.group,
        trial.seed,
        truth["dressed"],
        document.status,
        list(document.reasons),
        round(float(np.mean([r[number.truth] for r in truth["repetitions"]])), 2),
        measure.value if measure else None,
        list(measure.interval) if measure else None,
        len(truth["repetitions"]),
        sum(r.valid for r in document.repetitions),
    )


def outcomes_of(test: str, name: str = "report") -> list[Outcome]:
    """Return the outcomes of a set of people that has been filmed."""
    return [evaluate(*trial) for trial in kept(test, name)]


def summarize(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """One row a group: error, coverage and width of the interval, refusals, repetitions."""
    rows = []
    for (test, group), title in GROUPS.items():
        mine = [o for o in outcomes if (o.test, o.group) == (test, group)]
        if not mine:
            continue
        measured = [(o.value, o.ci95, o) for o in mine if o.value is not None and o.ci95 is not None]
        error = np.array([value - o.truth for value, _, o in measured])
        some = len(measured) > 0
        rows.append(
            {
                "test": test,
                "group": group,
                "title": f"{NUMBERS[test].title}, {title}",
                "unit": NUMBERS[test].unit,
                "people": len(mine),
                "dressed": sum(o.dressed for o in mine),
                "refused": len(mine) - len(measured),
                "mean_abs_error": round(float(np.abs(error).mean()), 2) if some else None,
                "worst_error": round(float(np.abs(error).max()), 2) if some else None,
                "bias": round(float(error.mean()), 2) if some else None,
                "coverage": round(float(np.mean([c[0] <= o.truth <= c[1] for _, c, o in measured])), 3)
                if some
                else None,
                "median_width": round(float(np.median([c[1] - c[0] for _, c, _ in measured])), 2) if some else None,
                "repetitions_right": round(
                    float(np.mean([o.repetitions_found == o.repetitions_made for *_, o in measured])), 3
                )
                if some
                else None,
            }
        )
    return rows


def markdown(rows: list[dict[str, Any]]) -> str:
    """Return the summary as a Markdown table."""
    if not rows:
        return "The people that are reported on have not been filmed yet.\n"
    head = (
        "| recordings | people (dressed) | refused | mean error | worst | 95 % interval covers | its median width |"
        " repetition found |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    lines = []
    for r in rows:
        sign = "°" if r["unit"] == "deg" else f" {r['unit']}"
        sizes = {
            k: "–" if r[k] is None else f"{r[k]:.1f}{sign}" for k in ("mean_abs_error", "worst_error", "median_width")
        }
        share = {k: "–" if r[k] is None else f"{100 * r[k]:.0f} %" for k in ("coverage", "repetitions_right")}
        lines.append(
            f"| {r['title']} | {r['people']} ({r['dressed']}) | {r['refused']} | {sizes['mean_abs_error']}"
            f" | {sizes['worst_error']} | {share['coverage']} | {sizes['median_width']}"
            f" | {share['repetitions_right']} |\n"
        )
    return head + "".join(lines)


def write(outcomes: list[Outcome], folder: Path = RESULTS) -> str:
    """Freeze outcomes and table in ``folder``; return the table as Markdown."""
    rows = summarize(outcomes)
    document = {"table": rows, "recordings": [asdict(o) for o in outcomes]}
    (folder / "ranges.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    table = markdown(rows)
    (folder / "ranges.md").write_text(table, encoding="utf-8")
    return table


def main() -> None:
    """Rerun the study, or learn, from the command line."""
    argparse.ArgumentParser(description="Rerun the accuracy study of the tests with a hold.").parse_args()
    sys.stdout.write(write([o for test in NUMBERS for o in outcomes_of(test)]))


if __name__ == "__main__":
    main()
