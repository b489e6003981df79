import math
from datetime import datetime, timedelta, timezone

import pytest

from rom_vision.meaning.change import (
    ROTATION_ERROR,
    PersonalError,
    Reading,
    assess_change,
    personal_error,
    sem_deg,
    trend,
)

START = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)


def readings(values, days=None, *, spread=1.0, half_width=6.0):
    days = range(0, 28 * len(values), 28) if days is None else days
    return [
        Reading(START + timedelta(days=d), v, (v - half_width, v + half_width), (v - spread, v, v + spread))
        for v, d in zip(values, days, strict=True)
    ]


def test_standard_error_by_hand():
    assert sem_deg(PersonalError(2.0, 2.5), 3) == pytest.approx(math.sqrt(6.25 + 4 / 3))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(30.0, "no_change"), (33.0, "no_change"), (35.0, "within_noise"), (37.5, "possible"), (38.5, "likely_real")],
)
def test_verdicts_of_two_sessions_with_the_default_error(value, verdict):
    # MDC95 8.3, rounded up to 8.5: SEM 3.07, MDC90 7.13.
    change = assess_change(readings([30.0, value]))
    assert (change.mdc95_deg, change.verdict) == (8.5, verdict)
    assert assess_change(readings([30.0, 60.0 - value])).verdict == verdict


def test_one_session_has_nothing_to_compare_with():
    change = assess_change(readings([30.0]))
    assert (change.change_deg, change.verdict, change.mdc95_deg) == (None, "no_change", 8.5)


def test_baseline_is_the_mean_of_up_to_three_first_sessions_within_ten_days_and_never_the_latest():
    change = assess_change(readings([28, 30, 32, 50, 41], [0, 4, 9, 10, 60]))
    assert (change.baseline_deg, change.baseline_sessions, change.change_deg) == (30.0, 3, 11.0)
    assert assess_change(readings([28, 30, 40], [0, 4, 9])).baseline_deg == 29.0
    assert assess_change(readings([28, 30, 40], [0, 11, 60])).baseline_deg == 28.0


def test_order_of_the_readings_does_not_matter():
    series = readings([28, 30, 41, 42])
    assert assess_change(series[::-1]) == assess_change(series)


def test_two_sessions_in_a_row_confirm_and_one_outlier_does_not():
    assert assess_change(readings([30, 30, 42, 43])).verdict == "confirmed"
    assert assess_change(readings([30, 30, 42, 31])).verdict == "no_change"
    assert assess_change(readings([30, 30, 18, 43])).verdict == "likely_real"


def test_sessions_of_one_day_do_not_confirm_each_other_nor_make_a_trend():
    assert assess_change(readings([30, 42, 43], [0, 28, 28.01])).verdict == "likely_real"
    assert assess_change(readings([30, 42, 43, 43], [0, 28, 35, 35.01])).verdict == "confirmed"
    assert trend(readings([30, 31, 32, 33, 34, 35], [0, 7, 14, 21, 21.01, 21.02])) is None


def test_a_steady_trend_confirms_a_change_smaller_than_the_detectable_one():
    change = assess_change(readings([30.0, 30.9, 32.1, 33.0, 34.2, 34.9]))
    assert change.change_deg < change.mdc95_deg
    assert change.verdict == "confirmed"
    assert change.trend.slope_deg_per_week == pytest.approx(0.25, abs=0.02)


def test_trend_needs_five_sessions_at_distinct_times():
    assert trend(readings([30, 31, 32, 33])) is None
    assert trend(readings([30, 31, 32, 33, 34], [0, 0, 0, 0, 0])) is None


def test_own_error_starts_at_the_default_and_shrinks_with_steady_sessions_down_to_the_floor():
    days = range(0, 7 * 40, 7)
    steady = assess_change(readings([30.0 + 0.1 * (i % 2) for i in range(40)], days, spread=0.2))
    assert steady.mdc95_deg == ROTATION_ERROR.mdc95_floor_deg
    few = personal_error(readings([30, 30.1, 30], [0, 7, 14], spread=0.2))
    assert 1.0 < few.repetition_deg < ROTATION_ERROR.repetition_deg
    assert 2.0 < few.session_deg < ROTATION_ERROR.session_deg


def test_restless_person_gets_a_wider_detectable_change():
    days = range(0, 7 * 20, 7)
    restless = assess_change(readings([30.0 + (5 if i % 2 else -5) for i in range(20)], days, spread=4.0))
    assert restless.mdc95_deg > 10


def test_worse_filmed_session_widens_the_detectable_change_and_equal_intervals_cancel():
    same = assess_change([*readings([30.0], half_width=6), *readings([40.0], [28], half_width=6)])
    wide = assess_change([*readings([30.0], half_width=6), *readings([40.0], [28], half_width=12)])
    assert same.mdc95_deg == 8.5
    assert wide.mdc95_deg == pytest.approx(math.hypot(8.3, math.sqrt(12**2 - 6**2)), abs=0.5)
    assert (same.verdict, wide.verdict) == ("likely_real", "within_noise")
    both_wide = assess_change([*readings([30.0], half_width=12), *readings([40.0], [28], half_width=12)])
    assert both_wide.mdc95_deg == pytest.approx(1.5 * 8.3, abs=0.5)


def test_own_error_counts_only_once_two_earlier_sessions_lie_close_together():
    assert assess_change(readings([30, 30, 31], [0, 30, 60])).mdc95_deg == 8.5
    assert assess_change(readings([30, 30, 31], [0, 7, 60])).mdc95_deg < 8.5
    assert assess_change(readings([30, 30, 31], [0, 0.01, 60])).mdc95_deg == 8.5
