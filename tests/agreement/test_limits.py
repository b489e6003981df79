import math

import numpy as np
import pytest
from published_examples import CARDIAC, MINI, WRIGHT

from rom_vision.agreement.limits import Z95, limits_of_agreement, people_needed, proportional_bias


def test_bland_and_altman_1986_as_printed():
    """Mean difference -2.1, SD 38.8, its interval -22.0 to 17.8; limits with 2 SD -79.7 and 75.5."""
    d = np.subtract(WRIGHT, MINI)
    found = limits_of_agreement(d, range(17))
    assert round(found.bias.value, 1) == -2.1
    assert round(found.sd, 1) == 38.8
    assert (round(found.bias.low, 1), round(found.bias.high, 1)) == (-22.0, 17.8)
    bias, sd = round(found.bias.value, 1), round(found.sd, 1)  # they went on with rounded figures
    assert (round(bias - 2 * sd, 1), round(bias + 2 * sd, 1)) == (-79.7, 75.5)
    assert found.upper.value == pytest.approx(found.bias.value + 1.96 * found.sd, abs=0.01)
    # Printed for the limits, by the approximation sqrt(3 s^2 / n): -114.3 to -45.1; the exact one is lopsided.
    assert found.lower.low < -114.3
    assert -60 < found.lower.high < -45.1


def test_bland_and_altman_2007_as_printed():
    """Variance of people's mean differences 0.9127 around 0.7092, of one person's differences 0.1707."""
    pairs = [(person, a - b) for person, rows in CARDIAC.items() for a, b in rows]
    found = limits_of_agreement([d for _, d in pairs], [person for person, _ in pairs])
    assert (found.n_pairs, found.n_people, found.repeated) == (60, 12, True)
    assert found.bias.value == pytest.approx(0.7092361, abs=1e-7)
    share = 1 - np.mean([1 / len(rows) for rows in CARDIAC.values()])
    assert share == pytest.approx(0.7902778, abs=1e-7)
    assert found.sd**2 == pytest.approx(0.91269114 + share * 0.170714026, abs=1e-6)
    # Their analysis of variance, whose divisor weighs people a little differently, printed 0.9906.
    assert found.sd == pytest.approx(0.9906, abs=0.04)


@pytest.mark.parametrize(("n", "factor"), [(10, 2.911), (20, 2.396), (30, 2.220)])
def test_exact_factors_are_those_of_the_tables(monkeypatch, n, factor):
    """One-sided tolerance factors of a normal distribution, 95 % of it with 95 % confidence (Natrella 1963)."""
    from scipy import stats

    z = stats.norm.ppf(0.95)
    assert stats.nct.ppf(0.95, n - 1, z * math.sqrt(n)) / math.sqrt(n) == pytest.approx(factor, abs=0.001)
    d = np.random.default_rng(n).normal(size=n)
    found = limits_of_agreement(d, range(n))
    ends = stats.nct.cdf(
        np.array([found.upper.low, found.upper.high] - d.mean()) / d.std(ddof=1) * math.sqrt(n), n - 1, Z95 * n**0.5
    )
    assert ends == pytest.approx([0.025, 0.975], abs=1e-6)


def coverage(draw, truth, rounds=1500):
    chance = np.random.default_rng(1)
    held = [found.upper.low <= truth <= found.upper.high for found in (draw(chance) for _ in range(rounds))]
    return float(np.mean(held))


def test_intervals_of_the_limits_hold_the_truth_19_times_in_20():
    one = coverage(lambda chance: limits_of_agreement(chance.normal(0.5, 3, 12), range(12)), 0.5 + Z95 * 3)
    assert one == pytest.approx(0.95, abs=0.017)  # three standard errors of 1500 rounds

    def several(chance):
        people = np.repeat(np.arange(12), chance.integers(1, 5, 12))
        return limits_of_agreement(
            chance.normal(0.5, 2, 12)[people] + chance.normal(0, 1.5, len(people)), people.tolist()
        )

    assert coverage(several, 0.5 + Z95 * 2.5, 1000) > 0.93


def test_several_pairs_of_a_person_do_not_count_as_people():
    d = [1.0, 5.0, -3.0, 0.0]
    once, thrice = limits_of_agreement(d, "abcd"), limits_of_agreement(d * 3, "abcd" * 3)
    assert thrice.bias.high - thrice.bias.low == pytest.approx(once.bias.high - once.bias.low)
    assert thrice.sd == pytest.approx(once.sd)
    with pytest.raises(ValueError, match="3 people"):
        limits_of_agreement(d, "aabb")


def test_proportional_bias_is_found_and_not_invented():
    truth = np.linspace(10, 50, 20)
    noise = np.random.default_rng(3).normal(0, 0.4, size=(2, 20))
    grows = proportional_bias(1.3 * truth + noise[0], truth + noise[1], range(20))
    assert grows.value == pytest.approx(2 * 0.3 / 2.3, abs=0.03)
    assert grows.low > 0
    level = proportional_bias(truth + 4 + noise[0], truth + noise[1], range(20))
    assert level.low < 0 < level.high
    people = [i // 2 for i in range(20)]
    twice = proportional_bias(1.3 * truth + noise[0], truth + noise[1], people)
    assert twice.low < grows.value < twice.high
    assert proportional_bias([1, 1, 1], [1, 1, 1], "abc") is None


def test_sample_size_agrees_with_bland_2004():
    """He prints: 100 people give the limits to about +-0.34 s, 200 to +-0.24 s."""
    assert people_needed(0.34, 1.0) == pytest.approx(100, abs=5)
    assert people_needed(0.24, 1.0) == pytest.approx(200, abs=5)
    n = people_needed(2, 4)

    def half_width(n):
        d = np.random.default_rng(0).normal(size=n)
        limit = limits_of_agreement(4 * d / d.std(ddof=1), range(n)).upper
        return (limit.high - limit.low) / 2

    assert half_width(n) <= 2 < half_width(n - 1)
    with pytest.raises(ValueError, match="above zero"):
        people_needed(0, 4)
    with pytest.raises(ValueError, match="100,000"):
        people_needed(0.001, 4)
