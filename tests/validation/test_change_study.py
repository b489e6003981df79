"""The frozen figures of the change study: they keep the promise, and they are what the program gives now."""

import json

import pytest

from rom_vision.meaning.change import ROTATION_ERROR
from validation.studies.accuracy import RESULTS
from validation.studies.change import PEOPLE, SCENARIOS, simulate


@pytest.fixture(scope="module")
def frozen():
    return json.loads((RESULTS / "change.json").read_text(encoding="utf-8"))


def test_no_change_is_called_real_in_at_most_one_of_twenty_and_a_real_one_recognised_in_most(frozen):
    assert frozen["people"] == PEOPLE
    assert [row["title"] for row in frozen["scenarios"]] == [s.title for s in SCENARIOS]
    for row in frozen["scenarios"]:
        if not row["changed"]:
            assert row["called_real"] <= 0.05, row["title"]
        elif "1.5 MDC95" in row["title"]:
            assert row["called_real"] >= 0.8, row["title"]


@pytest.mark.parametrize("place", [1, 3, 10, 12])
def test_frozen_figures_are_what_the_program_gives_now(frozen, place):
    now, kept = simulate(SCENARIOS[place]), frozen["scenarios"][place]
    assert now["title"] == kept["title"]
    for figure in ("no_change", "likely_real", "confirmed", "called_real"):
        assert now[figure] == pytest.approx(kept[figure], abs=0.005), figure


def test_one_session_of_the_filmed_people_errs_by_less_of_its_own_than_is_assumed():
    repeated = json.loads((RESULTS / "repeat.json").read_text(encoding="utf-8"))
    assert repeated["assumed_session_sd_deg"] == ROTATION_ERROR.session_deg
    assert len(repeated["people"]) >= 10
    for figure in ("session_sd_deg", "session_sd_changed_deg"):
        assert 0 < repeated[figure] < ROTATION_ERROR.session_deg, figure
