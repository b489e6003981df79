"""What leg raise and toe touch become: sentences, charts, FHIR, CSV, sessions and change with their own error."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from stick_ranges import lying, out_and_back, standing

from rom_vision.meaning.interpret import interpret, interpret_session
from rom_vision.meaning.norms import load_norms
from rom_vision.pipeline.run import analyse
from rom_vision.report.charts import gauge_chart
from rom_vision.report.content import session_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.report.shapes import Rect, Text
from rom_vision.report.tables import csv_of
from rom_vision.results.document import parse_document
from rom_vision.results.parts import Measure
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.compare import compare


def raised(top, side="left", mode="active"):
    time_s, curve = out_and_back(top=top)
    return analyse(lying(time_s, curve, side=side), "straight_leg_raise", {"side": side, "mode": mode})


def touched(low_px, stature="170"):
    time_s, curve = out_and_back(top=1.0)
    track = standing(time_s, 95 * curve, fingers_px=300 + curve * (low_px - 300))
    return analyse(track, "toe_touch", {"stature": stature})


def test_both_become_sentences_and_come_back_from_json():
    for analysis in (raised(70.0), touched(60.0), touched(60.0, None)):
        document = analysis.document
        assert document.status == "measured"
        assert parse_document(document.to_json(), "kept") == document
        said = " ".join(s.text for s in interpret(document).statements)
        assert "nan" not in said
        assert presenter_of(document.test).charts(document, None)
    said = " ".join(s.text for s in interpret(raised(70.0).document, sex="male").statements)
    assert "for men 61 to 75°" in said
    assert "drawn for passive raises" in said
    assert "Youdas 2005" not in said
    passive = " ".join(s.text for s in interpret(raised(70.0, mode="passive").document, sex="male").statements)
    assert "68 ± 7°" in passive
    assert "There is no general norm" in " ".join(s.text for s in interpret(touched(60.0).document).statements)


@pytest.mark.parametrize("band", load_norms().bands, ids=lambda b: f"{b.motion} {b.for_whom}")
def test_a_low_value_is_shown_on_a_scale_that_holds_the_whole_band(band):
    chart = gauge_chart(Measure("x", "x", "left", 12.0, ci95=(8.0, 16.0)), band, "low")
    scale, shown = (s for s in chart.shapes[:2] if isinstance(s, Rect))
    assert shown.width > 40
    assert scale.x <= shown.x
    assert shown.x + shown.width <= scale.x + scale.width + 1e-6
    marks = {s.text: s.x for s in chart.shapes if isinstance(s, Text)}
    assert shown.x + shown.width == pytest.approx(marks.get(f"{band.band_deg[1]:.0f}°", shown.x + shown.width))


def test_the_two_legs_are_compared_by_this_tests_own_error():
    both = [raised(70.0).document, raised(40.0, "right").document]
    said = [s.text for s in interpret_session(both).statements if s.topic == "sides"]
    assert "the left leg goes up" in said[0]
    assert "beyond error" in said[0]
    alike = [raised(70.0).document, raised(68.0, "right").document]
    said = [s.text for s in interpret_session(alike).statements if s.topic == "sides"]
    assert "no difference that this test can tell" in said[0]


def test_a_change_of_the_toe_touch_counts_from_its_own_detectable_change(tmp_path):
    store = SessionStore(f"sqlite:///{tmp_path / 'kept.db'}")
    store.add_person("Ann")
    for week, (low, stature) in enumerate([(120.0, "170"), (20.0, "171")]):
        analysis = touched(low, stature)
        at = datetime(2026, 3, 2, tzinfo=timezone.utc) + timedelta(weeks=4 * week)
        number = store.save_result("Ann", NewResult(analysis.document, analysis.track), taken_at=at)
    (series,) = compare(store, "Ann").series
    assert series.unit == "cm"
    assert "170" not in series.title
    assert series.mdc95 == pytest.approx(4.5, abs=0.8)
    assert series.verdict == "likely_real"
    page = html_of(session_report(store, number))
    assert "Toe touch" in page
    store.close()


def test_files_for_other_programs():
    documents = [raised(70.0).document, touched(60.0).document]
    taken = datetime(2026, 3, 2, tzinfo=timezone.utc)
    bundle = json.loads(fhir_of(documents, person="Ann", taken_at=taken))
    found = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Observation"]
    coded = {o["code"]["coding"][0]["code"]: o for o in found}
    assert coded["leg_raise"]["valueQuantity"]["code"] == "deg"
    assert coded["leg_raise"]["referenceRange"]
    assert coded["fingertip_to_floor"]["valueQuantity"]["code"] == "cm"
    text = csv_of(documents)
    assert "leg_raise" in text
    assert "fingertip_to_floor" in text
