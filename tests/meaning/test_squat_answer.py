from made_results import finding, squat_document

from rom_vision.meaning.squat_answer import answers_of, finding_amount, overall


def told(*findings):
    answers = answers_of(squat_document(findings))
    return {a.short: a for a in answers}, overall(answers)


def test_one_side_alone_does_not_answer_for_both():
    answers, said = told(
        finding("knee_valgus", "left", "none", 2.0), finding("knee_valgus", "right", "not_assessable", None)
    )
    assert answers["knees in"].mark == "unseen"
    assert "cannot answer" in said


def test_the_worse_side_counts_and_both_are_told():
    answers, said = told(finding("knee_valgus", "left", "mild", 7.0), finding("knee_valgus", "right", "marked", 15.0))
    assert (answers["knees in"].mark, answers["knees in"].severity) == ("found", "marked")
    assert [line.split(":")[0] for line in answers["knees in"].lines] == ["Left", "Right"]
    assert said == "Found: knees in (marked)."


def test_nothing_found_says_of_how_much():
    _, said = told(finding("knee_valgus", "left", "none", 2.0), finding("lateral_shift", "both", "none", 1.0))
    assert said == "Nothing stood out in the 2 things that this recording shows."


def test_the_amount_is_the_change_that_is_graded():
    changed = finding("knee_valgus", "left", "mild", 19.9, change_from_standing=23.0, ci95=(17.0, 29.0))
    assert finding_amount(changed) == "23° (95 %: 17 to 29°)"
