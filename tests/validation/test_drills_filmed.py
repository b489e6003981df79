"""The frozen table of the filmed drills: it is what the kept landmark tracks give today."""

import json

import pytest

from rom_vision.drills.book import find_drill
from validation.studies.drills import REPORTED, RESULTS, as_markdown, count, table


@pytest.fixture(scope="module")
def frozen():
    return json.loads((RESULTS / "drills.json").read_text(encoding="utf-8"))


def test_frozen_table_is_what_the_program_gives_now(frozen):
    assert table([one for name in REPORTED for one in count(name)]) == frozen
    assert (RESULTS / "drills.md").read_text(encoding="utf-8") == as_markdown(frozen)


def test_there_are_about_thirty_recordings_of_each_drill(frozen):
    assert all(row["recordings"] >= 27 for row in frozen["drills"].values())


def test_repetitions_are_counted_exactly(frozen):
    """In 95 of 100 recordings was aimed at; knees going over and legs at the wall miss it (documentation, Training)."""
    missed = {"ninety_ninety": 0.85, "wall_leg_rotation": 0.65}
    for code, row in frozen["drills"].items():
        assert row["counted_exactly"] >= missed.get(code, 0.95) * row["recordings"], code


def test_clean_repetitions_are_seldom_corrected(frozen):
    """In 5 of 100 was aimed at; the seated lift misses it."""
    rows = frozen["drills"]
    assert sum(r["clean_corrected"] for r in rows.values()) <= 0.05 * sum(r["clean_repetitions"] for r in rows.values())
    for code, row in rows.items():
        assert row["clean_corrected"] <= {"seated_ir_lift": 0.12}.get(code, 0.0) * row["clean_repetitions"], code


def test_spoiled_repetitions_are_found(frozen):
    cheats = [
        cheat
        for code, drill in frozen["drills"].items()
        for name, cheat in drill["cheats"].items()
        if name in {c.code for c in find_drill(code).cheats}
    ]
    assert sum(c["spoiled"] for c in cheats) >= 0.9 * sum(c["repetitions"] for c in cheats) > 270
    assert all(c["spoiled"] >= 0.8 * c["repetitions"] for c in cheats)
