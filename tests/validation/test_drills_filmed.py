"""The frozen table of the filmed drills: it is what the kept landmark tracks give today."""

import json

import pytest

from validation.studies.drills import REPORTED, RESULTS, as_markdown, count, table


@pytest.fixture(scope="module")
def frozen():
    return json.loads((RESULTS / "drills.json").read_text(encoding="utf-8"))


def test_frozen_table_is_what_the_program_gives_now(frozen):
    assert table([one for name in REPORTED for one in count(name)]) == frozen
    assert (RESULTS / "drills.md").read_text(encoding="utf-8") == as_markdown(frozen)


def test_clean_repetitions_are_counted_exactly_and_seldom_corrected(frozen):
    rows = frozen["drills"].values()
    assert sum(r["counted_exactly"] for r in rows) >= 0.95 * sum(r["recordings"] for r in rows)
    assert sum(r["clean_corrected"] for r in rows) <= 0.05 * sum(r["clean_repetitions"] for r in rows)


def test_spoiled_repetitions_are_found(frozen):
    cheats = [cheat for drill in frozen["drills"].values() for cheat in drill["cheats"].values()]
    assert sum(c["spoiled"] for c in cheats) >= 0.9 * sum(c["repetitions"] for c in cheats) > 80
