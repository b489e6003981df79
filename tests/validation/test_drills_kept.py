"""The frozen table of drills counted in recordings of other studies: it is what the kept landmark tracks give today."""

import json

import pytest

from validation.studies.drills_kept import RESULTS, as_markdown, count, table


@pytest.fixture(scope="module")
def frozen():
    return json.loads((RESULTS / "drills_kept.json").read_text(encoding="utf-8"))


def test_frozen_table_is_what_the_program_gives_now(frozen):
    assert table(count()) == frozen
    assert (RESULTS / "drills_kept.md").read_text(encoding="utf-8") == as_markdown(frozen)


@pytest.mark.parametrize("drill", ["seated_ir_lift", "box_squat"])
def test_before_a_straight_camera_clean_repetitions_are_counted_exactly_and_seldom_corrected(frozen, drill):
    row = frozen[drill]["clean straight"]
    assert row["counted_exactly"] >= 0.95 * row["recordings"]
    assert row["spoiled"] <= 0.05 * row["repetitions"]


def test_a_lifted_pelvis_is_mostly_found(frozen):
    """Nine in ten were aimed at; twenty-seven people show four in five (documentation, Training)."""
    rows = [row for kind, row in frozen["seated_ir_lift"].items() if kind.startswith("pelvis")]
    assert sum(r["repetitions"] for r in rows) > 80
    assert sum(r["spoiled"] for r in rows) >= 0.8 * sum(r["repetitions"] for r in rows)
