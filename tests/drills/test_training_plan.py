from datetime import date, time, timedelta

import pytest
from trained import NOON, training

from rom_vision.drills.book import find_drill, guided_drills
from rom_vision.drills.plan import WEEKLY_MIN, due_on, parse_plan, plan_for, plan_of
from rom_vision.drills.training import parse_training, what_to_do
from rom_vision.drills.words import spoiled_words, weekly_minutes, weeks_words
from rom_vision.errors import BadInputError
from rom_vision.meaning.advice import advise, load_advice

MONDAY = NOON.date()


@pytest.mark.parametrize("drill", guided_drills(), ids=lambda d: d.code)
def test_every_guided_drill_is_of_the_advice_book_and_says_all_that_is_needed(drill):
    assert drill.advice in load_advice().drills
    assert len({c.code for c in drill.cheats}) == len(drill.cheats)
    assert drill.unseen.endswith(".")
    assert all(c.sentence.endswith(".") and len(c.label.split()) <= 3 for c in drill.cheats)
    assert all(c.source for c in drill.cheats)
    assert drill.sets <= drill.most_sets
    assert drill.back <= drill.out
    assert plan_of([drill.code], now=NOON).weekly_min <= 1.15 * WEEKLY_MIN


def test_plan_of_findings_is_about_ten_minutes_on_three_days_with_a_retest_in_four_weeks():
    plan = plan_for(advise(["internal_rotation_low"]), now=NOON)
    assert 0.85 * WEEKLY_MIN <= plan.weekly_min <= 1.15 * WEEKLY_MIN
    assert plan.days == ("mon", "wed", "fri")
    assert plan.retest_on - MONDAY == timedelta(weeks=4)
    advised = {d.code for d in advise(["internal_rotation_low"]).drills}
    assert {d.drill for d in plan.drills} <= advised


def test_no_plan_after_a_pinch_or_of_drills_that_the_camera_does_not_guide():
    assert plan_for(advise(["internal_rotation_low"], pinch=True)) is None
    assert plan_for(advise(["knee_hyperextension"])) is None
    with pytest.raises(BadInputError, match="no guided drill 'pigeon'"):
        plan_of(["pigeon"])
    with pytest.raises(BadInputError, match="at least one"):
        plan_of([])


def test_plan_is_changed_and_read_again():
    plan = plan_of(["clamshell"], now=NOON).changed(days=("sun", "tue"), at=time(7, 30))
    assert plan.days == ("tue", "sun")
    assert plan.made_at > NOON
    assert parse_plan(plan.to_json(), "x") == plan
    for wrong in ({"days": ()}, {"days": ("noday",)}, {"at": "25:00"}, {"retest_on": "x"}, {"drills": []}):
        with pytest.raises(BadInputError, match="The plan cannot be used"):
            plan.changed(**wrong)
    with pytest.raises(BadInputError, match="here cannot be used"):
        parse_plan("{}", "here")
    twice = [{"drill": "clamshell", "sets": 1, "count": 1}] * 2
    with pytest.raises(BadInputError, match="twice"):
        plan.changed(drills=twice)


def test_due_is_what_is_left_of_a_training_day():
    plan = plan_of(["clamshell", "hip_cars"], now=NOON)
    assert [d.drill for d in due_on(plan, [], MONDAY).drills] == ["clamshell", "hip_cars"]
    later = NOON + timedelta(minutes=5)
    due = due_on(plan, [training("clamshell", at=later)], MONDAY)
    assert ([d.drill for d in due.drills], due.done) == (["hip_cars"], 1)
    # One that was broken off is still due.
    assert len(due_on(plan, [training("clamshell", at=later, ended="stopped")], MONDAY).drills) == 2
    both = [training("clamshell", at=later), training("hip_cars", at=later)]
    assert due_on(plan, both, MONDAY).note == "Done for today. Next: Wednesday, 04 March."
    tuesday = due_on(plan, both, MONDAY + timedelta(days=1))
    assert (tuesday.drills, tuesday.note) == ((), "No training today. Next: Wednesday, 04 March.")
    assert not tuesday.retest
    assert due_on(plan, both, plan.retest_on).retest


def test_pain_ends_the_day_and_a_pinch_all_training_until_the_plan_is_made_anew():
    plan = plan_of(["clamshell", "hip_cars"], now=NOON)
    later = NOON + timedelta(minutes=5)
    hurt = training(at=later, pain=4)
    assert due_on(plan, [hurt], MONDAY).drills == ()
    assert len(due_on(plan, [hurt], MONDAY + timedelta(days=2)).drills) == 2
    assert len(due_on(plan, [training(at=later, pain=3, ended="stopped")], MONDAY).drills) == 2
    pinched = training(at=later, pinch=True, pain=0)
    assert "pinched" in due_on(plan, [pinched], MONDAY + timedelta(days=2)).note
    anew = plan.changed(made_at=NOON + timedelta(days=1))
    assert len(due_on(anew, [pinched], MONDAY + timedelta(days=2)).drills) == 2


def test_what_to_do_is_the_stop_rule_of_the_advice_book():
    assert what_to_do(training(pain=3)) == ""
    assert "Stop at pain above 3 of 10" in what_to_do(training(pain=4))
    assert "No exercises are suggested" in what_to_do(training(pinch=True, pain=1))


def test_log_sums_up_and_is_read_again():
    done = training(spoiled={"pelvis": 2, "fast": 1}, active_s=90.0)
    assert (done.counted, done.minutes) == (8, 1.5)
    assert spoiled_words(training(spoiled={"feet": 2, "gone": 1})) == "2 feet came apart, 1 gone"
    assert parse_training(done.to_json(), "x") == done
    for wrong in ("{}", '{"drill": 1}', done.to_json().replace('"pain":null', '"pain":11')):
        with pytest.raises(BadInputError, match="x: is no log"):
            parse_training(wrong, "x")
    with pytest.raises(ValueError, match="pain"):
        done.answered(11, pinch=False)


def test_weeks_are_summed_from_monday():
    done = [training(at=NOON + timedelta(days=d), active_s=120.0) for d in (0, 6, 7)]
    assert weekly_minutes(done) == {date(2026, 3, 2): 4.0, date(2026, 3, 9): 2.0}
    assert weeks_words(done, date(2026, 3, 10)) == "Since 16 February: 6 minutes on 3 days, 1.5 minutes a week."
    assert find_drill("nothing") is None
