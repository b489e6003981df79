from datetime import datetime, timezone

from made_results import finding, refused_document, rotation_document, rotation_measure, squat_document

from rom_vision.meaning.interpret import interpret, interpret_session
from rom_vision.meaning.registry import meaning_of
from rom_vision.meaning.sides import compare_sides, total_arc
from rom_vision.report.content import make_report


def texts(interpretation, topic):
    return [s.text for s in interpretation.statements if s.topic == topic]


def test_value_comes_with_unit_interval_position_and_mode():
    (text,) = texts(interpret(rotation_document((30, 31, 32))), "result")
    assert text == (
        "Left hip rotation, seated, active: internal rotation 31.0° (95 % interval 27.0° to 35.0°), "
        "mean of 3 repetitions; best 32.0°."
    )


def test_value_in_doubt_gets_no_colour_and_says_why():
    (placed,) = [s for s in interpret(rotation_document((26, 27, 28))).statements if s.topic == "place"]
    assert placed.colour == "undecided"
    assert placed.text == (
        "The interval reaches from low to the reference band (30 to 45°; 35° is a training target and no pass mark): "
        "this test alone cannot tell which it is."
    )
    assert "35° is a training target and no pass mark" in placed.text


def test_no_word_and_no_colour_changes_while_the_boundary_lies_in_the_interval():
    def placed(value):
        said = interpret(rotation_document((value,), half_width=4.0)).statements
        return [(s.text, s.colour) for s in said if s.topic in ("place", "caution")]

    for boundary in (20, 25, 30, 45):
        around = [placed(boundary + step) for step in (-0.9, -0.1, 0.0, 0.1, 0.9)]
        assert all(one == around[0] for one in around), boundary
    assert placed(37.0)[0][0].startswith("This is within the reference band (30 to 45°")
    assert placed(18.0)[0][0].endswith("low either way.")


def test_band_for_women_is_called_so():
    (said, *_) = [s for s in interpret(rotation_document((38,)), sex="female").statements if s.topic == "place"]
    assert "the reference band (for women 35 to 50°" in said.text


def test_markedly_low_value_warns_of_pinching_and_sends_nobody_away_for_a_number():
    said = interpret(rotation_document((12, 13, 14)))
    assert "internal_rotation_low" in said.codes
    cautions = " ".join(texts(said, "caution"))
    assert "pinches in the front of the hip" in cautions
    assert "lower than in most healthy adults measured this way" in cautions
    assert "clinician" not in cautions


def test_refused_test_gives_its_reasons_and_no_number():
    said = interpret(refused_document())
    assert "come closer" in texts(said, "result")[0]
    assert not texts(said, "place")


def test_arc_and_balance_of_internal_and_external_rotation():
    said = interpret(rotation_document((50, 51, 52), (20, 21, 22)))
    assert "Total arc, internal plus external: 72.0° (66.3° to 77.7°)." in texts(said, "arc")
    (balance,) = texts(said, "balance")
    assert "does not say why" in balance
    assert "internal_dominant" in said.codes
    assert not texts(interpret(rotation_document((35, 36, 37), (40, 41, 42))), "balance")
    assert total_arc(rotation_measure((30.0,), 3.0), rotation_measure((40.0,), 4.0)) == (70.0, (65.0, 75.0))


def test_lifted_pelvis_is_named_with_its_size():
    said = interpret(rotation_document(pelvis=6.4))
    (text,) = texts(said, "compensation")
    assert "rose clearly on the tested side, by 6.4°" in text
    assert "pelvis_hike" in said.codes
    assert any("both buttocks down" in t for t in texts(said, "retest"))


def test_sides_need_threshold_and_error_both():
    def grade(left, right, half=4.0, mdc=8.0):
        return compare_sides(rotation_measure((left,), half), rotation_measure((right,), half), mdc).grade

    assert grade(30, 34) == "symmetric"
    assert grade(30, 39, half=2.0) == "small"
    assert grade(30, 41) == "amber"
    assert grade(30, 46) == "red"
    assert grade(30, 41, half=9.0) == "within_error"  # error of the difference 12.7
    assert grade(30, 41, mdc=12.0) == "within_error"
    assert compare_sides(rotation_measure((40,)), rotation_measure((20,)), 8.0).percent == -50


def test_session_compares_sides_of_the_same_position_and_mode_only():
    left, right = rotation_document((22, 23, 24)), rotation_document((38, 39, 40), side="right")
    said = interpret_session([left, right])
    assert texts(said, "sides")[0].startswith("Internal rotation: the right hip turns 16.0° (41 %) further.")
    assert "asymmetry_internal" in said.codes
    assert texts(interpret_session([left, right, refused_document("right")]), "sides") == texts(said, "sides")
    assert not texts(interpret_session([left, rotation_document(side="right", position="supine")]), "sides")
    assert not texts(interpret_session([left, rotation_document(side="right", mode="passive")]), "sides")


def test_squat_lists_what_the_view_cannot_show_and_links_to_the_hip():
    said = interpret(squat_document())
    assert any(t.startswith("Not assessable from this view:") for t in texts(said, "finding"))
    assert texts(said, "hip_link") == [
        "Internal rotation of the left hip was not measured: the seated test would say more."
    ]
    both = squat_document([finding("foot_turnout", side, "mild", 25.0) for side in ("left", "right")])
    assert texts(interpret(both), "hip_link") == [
        "Internal rotation of the left and right hips was not measured: the seated test would say more."
    ]
    low = interpret(squat_document(), [rotation_document((15, 16, 17))])
    assert texts(low, "hip_link") == ["Internal rotation of the left hip is low, which may play a part (16.0°)."]
    fine = interpret(squat_document(), [rotation_document((36, 37, 38))])
    assert "was not found low" in texts(fine, "hip_link")[0]
    assert texts(interpret(squat_document(view="left_side")), "result") == [
        "Squat, seen from the left side: 3 repetitions."
    ]
    clean = interpret(squat_document([finding("knee_valgus", "left", "none", 1.0)]))
    assert texts(clean, "finding") == ["Nothing stood out in what this view can show."]


def test_advice_knows_the_position_and_what_else_is_in_the_session():
    lying = rotation_document((30, 31, 32), position="supine", half_width=12.0, pelvis=9.0)
    said = " ".join(texts(interpret(lying), "retest"))
    assert "both sides of the pelvis down" in said
    assert "from straight above" in said
    assert "buttocks" not in said
    assert "knee height" not in said
    sitting = rotation_document((30, 31, 32))
    outward = rotation_document((30,), (40, 41, 42))
    assert "total arc" in " ".join(texts(interpret(sitting), "retest"))
    assert "total arc" not in " ".join(texts(interpret(sitting, [outward]), "retest"))


def test_a_report_does_not_say_that_the_hips_were_not_measured_beside_their_value():
    squat = squat_document()
    beside = meaning_of("squat").beside(squat, [])
    assert "does not measure" in beside[0]
    squat = squat.model_copy(update={"warnings": (*beside, "The camera moved.")})
    hip = rotation_document((36.0, 36.7, 37.0), side="left")
    report = make_report([(squat, ()), (hip, ())], taken_at=datetime(2026, 1, 5, tzinfo=timezone.utc))
    assert report.tests[0].warnings == ("The camera moved.",)
    said = " ".join(s.text for test in report.tests for s in test.statements)
    assert "Internal rotation of the left hip was not found low" in said
    assert "left hip was not measured" not in said
