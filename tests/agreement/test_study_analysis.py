from datetime import datetime, timezone

import numpy as np
import pytest
from made_study import BIAS, PROGRAM_SD, READ_SD, made_study

from rom_vision.agreement.analysis import analyse_study
from rom_vision.agreement.charts import agreement_chart, groups_chart, intervals_chart
from rom_vision.agreement.pages import html_of_study, pdf_of_study
from rom_vision.agreement.table import STUDY_COLUMNS, csv_of_study
from rom_vision.agreement.told import told_of
from rom_vision.sessions import SessionStore
from rom_vision.sessions.studies import add_study, find_study, trials

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=timezone.utc)


@pytest.fixture
def store(tmp_path):
    store = SessionStore(f"sqlite:///{tmp_path / 'a.db'}")
    yield store
    store.close()


def analysed(store, name="Hips"):
    return analyse_study(find_study(store, name), trials(store, name))


def test_a_study_finds_the_bias_and_the_spread_that_were_put_in(store):
    made_study(store, people=40, half_width=6.0)
    found = analysed(store)
    whole = found.whole
    assert (whole.n_people, len(whole.pairs), len(found.refused), found.waiting) == (40, 40, 1, 0)
    spread = np.hypot(PROGRAM_SD, READ_SD / np.sqrt(2))
    assert whole.limits.bias.low < BIAS < whole.limits.bias.high
    assert whole.limits.sd == pytest.approx(spread, rel=0.25)
    assert whole.limits.lower.low < BIAS - 1.96 * spread < whole.limits.lower.high
    assert whole.proportional.low < 0 < whole.proportional.high
    assert found.reference_sem == pytest.approx(READ_SD, rel=0.25)
    assert whole.held_allowing.count >= whole.held.count
    assert whole.icc.consistency.value > 0.9
    assert whole.close.count == sum(abs(p.difference) <= 5 for p in whole.pairs)


def test_an_interval_that_is_too_narrow_is_found_out(store):
    made_study(store, people=30, half_width=0.8)
    whole = analysed(store).whole
    assert whole.held_allowing.share.high < 0.95


def test_both_sides_of_a_person_are_no_two_people(store):
    made_study(store, people=10, sides=("left", "right"))
    found = analysed(store)
    assert [g.name for g in found.groups] == ["all", "seated, left", "seated, right"]
    whole, left, _ = found.groups
    assert (whole.n_people, whole.limits.n_pairs, whole.limits.repeated) == (10, 20, True)
    assert not left.limits.repeated
    assert groups_chart(found) is not None


def test_too_few_people_give_no_limits_but_say_so(store):
    made_study(store, people=2)
    told = told_of(analysed(store))
    assert "three people" in told.lead
    assert "nan" not in html_of_study(told).lower().replace("financ", "")
    assert pdf_of_study(told).startswith(b"%PDF")


def test_an_empty_study_is_reported_too(store):
    add_study(store, "Nothing yet")
    found = analysed(store, "Nothing yet")
    assert agreement_chart(found.whole) is None
    assert intervals_chart(found.whole.pairs) is None
    assert "Nothing yet" in html_of_study(told_of(found))
    assert csv_of_study(found).splitlines()[0] == ",".join(STUDY_COLUMNS)


def test_page_paper_and_table_say_the_same_and_name_nobody(store):
    made_study(store)
    found = analysed(store)
    told = told_of(found)
    page, table = html_of_study(told), csv_of_study(found)
    assert f"{found.whole.limits.bias.value:+.1f}°" in page
    assert f"bias_deg,{round(found.whole.limits.bias.value, 4)}" in table
    assert "60 pixels long" in page
    assert "60 pixels long" in table
    assert "not read blind" in page
    for text in (page, table):
        assert "Volunteer" not in text
    assert ",P12," in table
    assert page.count("<svg") == 2
    assert pdf_of_study(told).startswith(b"%PDF")
    kinds = [line.split(",")[0] for line in table.splitlines()[1:]]
    assert (kinds.count("pair"), kinds.count("reading"), kinds.count("refused")) == (12, 24, 1)


def test_a_study_made_twice_says_the_same(store):
    made_study(store, people=6, sides=("left", "right"))
    assert csv_of_study(analysed(store)) == csv_of_study(analysed(store))
