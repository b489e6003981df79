"""The frozen accuracy table: it is what the stored landmark tracks give today, and it keeps its promises."""

import json
from collections import defaultdict

import pytest
from scipy.stats import binom

from validation.studies.accuracy import RESULTS, Outcome, measured_again, reported, summarize

EVERY = 4
"""Groups are interleaved: so many of the trials stand for all of them, and each of the large groups has ten."""


@pytest.fixture(scope="module")
def frozen():
    return json.loads((RESULTS / "accuracy.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def outcomes(frozen):
    return [Outcome(**trial) for trial in frozen["trials"]]


def test_what_is_frozen_is_what_the_program_gives_now(outcomes):
    kept = {(o.group, o.seed): o for o in outcomes}
    again = measured_again(reported()[::EVERY])
    assert len(again) > len(kept) / EVERY - 5
    for now in again:
        then = kept[now.group, now.seed]
        assert (now.status, now.repetitions_found) == (then.status, then.repetitions_found), then
        # Linear algebra libraries differ in the last digits; a change of the method shows in the first.
        for figure in ("value_deg", "external_deg", "ci95_deg", "external_ci95_deg"):
            value = getattr(then, figure)
            assert getattr(now, figure) == (None if value is None else pytest.approx(value, abs=0.15)), (figure, then)


def test_every_trial_that_was_planned_is_in_the_table(frozen, outcomes):
    assert frozen["table"] == summarize(outcomes)
    assert {(t.group, t.seed) for t in reported()} == {(o.group, o.seed) for o in outcomes if o.group != "lighter"}


def test_intervals_cover_the_truth_in_every_group_and_views_that_show_nothing_are_refused(outcomes):
    held = defaultdict(list)
    for o in outcomes:
        if o.value_deg is not None:
            group = "dressed" if o.group.startswith("dressed") else o.group
            held[group].append(o.ci95_deg[0] <= o.truth_deg <= o.ci95_deg[1])
    every = [inside for group, insides in held.items() if group != "lighter" for inside in insides]
    assert sum(every) / len(every) >= 0.95
    for group, inside in held.items():
        # Fewer are inside than one in forty groups as large would hold of true intervals: then they are not true.
        assert binom.cdf(sum(inside), len(inside), 0.95) > 1 / 40, group
    assert all(o.status == "refused" for o in outcomes if o.group in ("foot_end", "side_on"))
    measured = [o for o in outcomes if o.value_deg is not None]
    assert sum(o.repetitions_found == o.repetitions_made for o in measured) >= 0.99 * len(measured)


def test_few_are_far_off_and_sure_of_it(outcomes):
    """None was the aim; forty people a group show six in two hundred and forty (README)."""
    measured = [o for o in outcomes if o.value_deg is not None and o.group != "lighter"]
    off = [o for o in measured if not o.ci95_deg[0] <= o.truth_deg <= o.ci95_deg[1]]
    far = [o for o in off if abs(o.value_deg - o.truth_deg) > 8.0]
    assert len(far) <= 0.03 * len(measured), [(o.group, o.seed) for o in far]
