"""The error budget: what is left when every landmark is the truth is small, and the frozen table says so."""

import json

import pytest

from validation.budget import Error, cases, error_of, summarize
from validation.studies.accuracy import RESULTS
from validation.studies.trials import plan

pytestmark = pytest.mark.validation

LIMITS_DEG = {"behind_head": (0.9, 2.7), "seated_hike": (0.8, 2.0)}
"""Mean and worst error with true joints where they are not 0.7 and 2: from behind the head the assumed lens costs more
than elsewhere, and a hike is not wholly believed even where the landmarks are right."""


@pytest.fixture(scope="module")
def kept():
    return json.loads((RESULTS / "budget.json").read_text(encoding="utf-8"))


def test_with_true_joints_the_estimator_is_nearly_right(kept):
    rows = [r for r in kept["table"] if r["replaced"] == "all"]
    assert len(rows) == 6
    for row in rows:
        mean, worst = LIMITS_DEG.get(row["group"], (0.7, 2.0))
        assert row["mean_abs_error_deg"] <= mean, row["group"]
        assert row["worst_error_deg"] <= worst, row["group"]


def test_the_frozen_errors_are_what_the_program_gives_now(kept):
    pytest.importorskip("anny")
    groups = ("seated", "seated_wide", "seated_hike", "overhead", "behind_head")
    some = [next(t for t in plan() if t.group == group) for group in groups]
    for case in cases(some):
        for replaced in ("nothing", "all"):
            now = error_of(case, replaced)
            then = next(
                Error(**e)
                for e in kept["trials"]
                if (e["group"], e["seed"], e["replaced"]) == (now.group, now.seed, replaced)
            )
            assert now.error_deg == pytest.approx(then.error_deg, abs=0.15)
            assert now.half_width_deg == pytest.approx(then.half_width_deg, abs=0.15)


def test_the_frozen_table_is_that_of_the_frozen_errors(kept):
    assert summarize([Error(**e) for e in kept["trials"]]) == kept["table"]
