from rom_vision.meaning.advice import advise, load_advice

SQUAT_CODES = {
    "knee_valgus", "knee_varus", "pelvic_obliquity", "lateral_shift", "trunk_side_bend", "foot_turnout",
    "knee_asymmetry", "forward_lean", "heel_rise", "shallow_depth", "knee_hyperextension", "arms_fall",
}  # fmt: skip
ROTATION_CODES = {
    "internal_rotation_low", "external_rotation_low", "asymmetry_internal", "asymmetry_external",
    "internal_dominant", "external_dominant", "pelvis_hike",
}  # fmt: skip


def test_everything_that_can_be_found_has_a_drill_and_no_drill_serves_an_unknown_code():
    served = {code for drill in load_advice().drills for code in drill.serves}
    assert served == SQUAT_CODES | ROTATION_CODES


def test_every_drill_says_how_how_much_when_to_stop_and_who_says_so():
    codes = [d.code for d in load_advice().drills]
    assert len(set(codes)) == len(codes)
    for drill in load_advice().drills:
        assert all((drill.how, drill.dose, drill.stop, drill.source)), drill.code


def test_every_finding_gets_a_drill_as_far_as_there_is_room():
    chosen = advise(("heel_rise", "knee_hyperextension")).drills
    assert {c for d in chosen for c in d.serves} >= {"heel_rise", "knee_hyperextension"}
    assert len(advise(tuple(SQUAT_CODES)).drills) == 4


def test_every_drill_says_what_it_is_for_and_only_of_what_was_found():
    advice = advise(("internal_rotation_low", "knee_valgus"))
    said = {drill.code: advice.serves(drill) for drill in advice.drills}
    assert all(said.values())
    assert said["crossover_step_up"] == "internal rotation below the band, knee valgus"
    for code in ROTATION_CODES:
        alone = advise((code,))
        assert "_" not in "".join(alone.serves(drill) for drill in alone.drills)


def test_pinching_means_stop_and_never_stretch_more():
    advice = advise(("internal_rotation_low",), pinch=True)
    assert advice.drills == ()
    assert "stop" in advice.note.lower()
    assert advise(()).drills == ()


def test_safety_questions_cover_surgery_trauma_and_nerve_signs():
    codes = {q.code for q in load_advice().safety_questions}
    assert codes >= {"hip_surgery", "acute_injury", "fracture", "severe_pain", "nerve_signs", "pregnancy"}
    assert any("pinch" in rule and "Do not stretch more" in rule for rule in load_advice().stop_rules)
