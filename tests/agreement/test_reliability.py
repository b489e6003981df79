import math

import numpy as np
import pytest
from published_examples import JUDGES, WRIGHT, WRIGHT_AGAIN

from rom_vision.agreement.reliability import icc, sem_between, sem_within


def test_shrout_and_fleiss_1979_as_printed():
    """ICC(2,1) 0.29 and ICC(3,1) 0.71; intervals of the same table by McGraw and Wong's formulas (R package irr)."""
    found = icc(np.array(JUDGES))
    assert round(found.agreement.value, 2) == 0.29
    assert (round(found.agreement.low, 3), round(found.agreement.high, 3)) == (0.019, 0.761)
    assert round(found.consistency.value, 2) == 0.71
    assert (round(found.consistency.low, 3), round(found.consistency.high, 3)) == (0.342, 0.946)


def test_repeatability_of_bland_and_altman_1986_as_printed():
    """Standard deviation of the differences of two readings with one meter 21.6, coefficient of repeatability 43.2."""
    d = np.subtract(WRIGHT, WRIGHT_AGAIN)
    assert round(math.sqrt(float((d**2).mean())), 1) == 21.6
    sem = sem_within(list(zip(WRIGHT, WRIGHT_AGAIN, strict=True)))
    assert sem.sem.value == pytest.approx(21.6 / math.sqrt(2), abs=0.05)
    assert sem.freedom == 17
    assert sem.mdc95.value == pytest.approx(1.96 * 21.6, abs=0.2)
    assert sem.sem.low < 21.6 / math.sqrt(2) < sem.sem.high


def test_standard_error_and_its_interval_hold_the_truth():
    chance = np.random.default_rng(2)
    held = []
    for _ in range(1000):
        people = chance.normal(30, 8, 10)
        readings = [people[i] + chance.normal(0, 2.5, 2 + i % 2) for i in range(10)]
        sem = sem_within(readings).sem
        held.append(sem.low <= 2.5 <= sem.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.021)


def test_constant_bias_is_left_aside_by_one_and_counted_by_the_other():
    first = np.random.default_rng(4).normal(30, 5, 12)
    second = first + 6 + np.random.default_rng(5).normal(0, 1, 12)
    assert sem_between(second - first).sem.value < 1
    assert sem_within(np.stack([first, second], 1)).sem.value > 4
    found = icc(np.stack([first, second], 1))
    assert found.consistency.value > 0.9 > found.agreement.value


def test_several_rows_of_a_person_widen_the_interval():
    chance = np.random.default_rng(6)
    people = np.repeat(np.arange(8), 3)
    rows = chance.normal(30, 6, 8)[people, None] + chance.normal(0, 2, (24, 2))
    naive, careful = icc(rows), icc(rows, people.tolist())
    assert careful.agreement.value == naive.agreement.value
    assert careful.agreement.high - careful.agreement.low > naive.agreement.high - naive.agreement.low


def test_nothing_to_tell_is_nothing():
    assert icc(np.ones((5, 2))) is None
    assert icc(np.array([[1.0, 2.0]])) is None
    assert icc(np.arange(8.0).reshape(4, 2), "aabb") is None
    assert sem_within([[1.0], [2.0]]) is None
    assert sem_between([1.0]) is None
