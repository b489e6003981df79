"""Tested again, by several operators, read by several raters; and the error that comparisons then use."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from made_results import rotation_document

from rom_vision.agreement.analysis import analyse_study
from rom_vision.agreement.repeat import measured_error_of, reliability_of
from rom_vision.agreement.told import told_of
from rom_vision.errors import BadInputError
from rom_vision.report.content import session_report
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.compare import compare
from rom_vision.sessions.glance import at_a_glance
from rom_vision.sessions.measured import measured_errors, use_measured_error
from rom_vision.sessions.studies import NewReadings, add_readings, add_study, find_study, trials

START = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
SEM = 1.2


@pytest.fixture
def store(tmp_path):
    store = SessionStore(f"sqlite:///{tmp_path / 'a.db'}")
    yield store
    store.close()


def retests(store, people=14, occasions=2, study="Again", operators=("",)):
    """People whose value spreads by SEM from day to day; every operator records each of them on the same day."""
    chance = np.random.default_rng(11)
    add_study(store, study)
    for number in range(people):
        who = f"P{number}"
        store.add_person(who)
        true = chance.uniform(20, 45)
        for occasion in range(occasions):
            for hand, operator in enumerate(operators):
                value = float(true + chance.normal(0, SEM) + 2.0 * hand)
                at = START + timedelta(days=3 * occasion, hours=hand * 3)
                kept = store.save_session(who, [NewResult(rotation_document((value,) * 3))], taken_at=at)
                result = store.session(kept).results[0].id
                add_readings(store, study, [NewReadings(result, operator=operator)])


def test_the_error_from_day_to_day_is_found(store):
    retests(store, people=30)
    again = reliability_of(trials(store, "Again")).again
    assert (again.n_people, again.sem.freedom) == (30, 30)
    assert again.sem.sem.low < SEM < again.sem.sem.high
    assert again.icc.agreement.value > 0.9
    told = told_of(analyse_study(find_study(store, "Again"), trials(store, "Again")))
    assert any("tested again on another day" in section.title for section in told.sections)


def test_two_tests_of_one_day_are_no_retest(store):
    retests(store, people=3, occasions=1, operators=("Eva", "Bo"))
    found = reliability_of(trials(store, "Again"))
    assert found.again.sem is None
    assert found.operators.sem.freedom == 3


def test_a_difference_between_operators_counts_as_error_of_agreement_only(store):
    retests(store, people=20, occasions=1, operators=("Eva", "Bo"))
    found = reliability_of(trials(store, "Again")).operators
    assert found.columns == ("Bo", "Eva")
    assert found.sem.sem.value > SEM
    assert found.icc.consistency.value > found.icc.agreement.value


def test_raters_of_the_reference_are_compared(store):
    retests(store, people=5, occasions=1)
    for trial in trials(store, "Again"):
        for rater, value in (("Eva", 30.0), ("Bo", 33.0)):
            add_readings(store, "Again", [NewReadings(trial.result_id, (value,), rater=rater)])
    raters = reliability_of(trials(store, "Again")).raters
    assert raters.sem.sem.value == pytest.approx(3 / np.sqrt(2))
    assert raters.columns == ("Bo", "Eva")


def test_a_measured_error_takes_the_place_of_the_assumed_one_and_every_comparison_says_so(store):
    retests(store)
    (before,) = compare(store, "P0").series
    error = measured_error_of(find_study(store, "Again"), trials(store, "Again"))
    use_measured_error(store, "Again", error)
    (after,) = compare(store, "P0").series
    assert before.mdc95 == 8.5
    assert after.mdc95 == np.ceil(error.mdc95 * 2) / 2
    assert after.mdc95 < before.mdc95
    assert "measured in the study Again, in place of the assumed 3.0°" in after.sentence
    assert "measured in the study" not in before.sentence
    assert "Again" in at_a_glance([after])
    report = session_report(store, store.sessions("P0")[-1].id)
    assert any("measured in the study Again" in item.series.sentence for item in report.series)
    assert '"noise_from": "Again"' in compare(store, "P0").to_json()
    use_measured_error(store, "Again", None)
    assert compare(store, "P0").series == (before,)


def test_one_persons_error_is_not_taken_for_others(store):
    retests(store, people=1, occasions=12, study="Mine")
    store.add_person("Other")
    store.save_session("Other", [NewResult(rotation_document())])
    use_measured_error(store, "Mine", measured_error_of(find_study(store, "Mine"), trials(store, "Mine")))
    assert compare(store, "P0").series[0].noise_from == "Mine"
    assert compare(store, "Other").series[0].noise_from is None


def test_one_study_at_a_time_and_not_on_too_little(store):
    retests(store, people=4)
    with pytest.raises(BadInputError, match="4 comparisons"):
        measured_error_of(find_study(store, "Again"), trials(store, "Again"))
    add_study(store, "Other")
    made = reliability_of(trials(store, "Again")).again.sem.sem
    from rom_vision.sessions.measured import MeasuredError

    error = MeasuredError("hip_rotation", "Again", made.value, made.low, made.high)
    use_measured_error(store, "Again", error)
    use_measured_error(store, "Other", error)
    assert [e.study for e in measured_errors(store).values()] == ["Other"]
    with pytest.raises(BadInputError, match="no study"):
        use_measured_error(store, "Nobody's", error)
