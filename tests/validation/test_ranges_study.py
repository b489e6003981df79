"""The frozen table of leg raise and toe touch is what the kept landmarks give now, and the samples say their truth."""

import json
from pathlib import Path

import pytest

from validation.studies.range_tracks import PLANS, SETS, plan
from validation.studies.ranges import NUMBERS, RESULTS, outcomes_of, summarize

ROOT = Path(__file__).parents[2]


def test_nobody_is_in_two_sets():
    for test in PLANS:
        seeds = [trial.seed for name in SETS for trial in plan(test, name)]
        assert len(seeds) == len(set(seeds))


def test_the_frozen_table_is_what_the_program_gives_now():
    frozen = json.loads((RESULTS / "ranges.json").read_text(encoding="utf-8"))["table"]
    outcomes = [o for test in NUMBERS for o in outcomes_of(test)]
    now = summarize(outcomes)
    assert [(r["test"], r["group"], r["people"], r["refused"]) for r in now] == [
        (r["test"], r["group"], r["people"], r["refused"]) for r in frozen
    ]
    for row, kept in zip(now, frozen, strict=True):
        for figure in ("mean_abs_error", "worst_error", "median_width"):
            assert row[figure] == (None if kept[figure] is None else pytest.approx(kept[figure], abs=0.15)), figure
    assert all(o.status == "refused" for o in outcomes if o.group in ("oblique", "bent_knees"))


@pytest.mark.model
@pytest.mark.parametrize(
    ("file", "test", "options"),
    [
        ("leg_raise_left.mp4", "straight_leg_raise", {"side": "left"}),
        ("toe_touch.mp4", "toe_touch", {"stature": "164"}),
    ],
)
def test_the_sample_is_measured_as_it_was_made(file, test, options):
    from rom_vision.pipeline.run import measure

    rows = json.loads((ROOT / "sample_videos" / "truth.json").read_text(encoding="utf-8"))
    truth = next(row for row in rows if row["file"] == file)
    document = measure(ROOT / "sample_videos" / file, test, model="heavy", **options).document
    value = document.measure(NUMBERS[test].quantity)
    made = [r[NUMBERS[test].truth] for r in truth["repetitions"]]
    assert value.n_repetitions == len(made)
    assert value.ci95[0] <= sum(made) / len(made) <= value.ci95[1]
