"""Documents from elsewhere: what cannot be is refused with the field's name, what the program writes is not."""

import json
from datetime import datetime, timezone

import pytest
from made_results import refused_document, rotation_document, squat_document

from rom_vision.errors import BadInputError
from rom_vision.results.document import load_document, parse_document
from rom_vision.results.plausible import check_document, check_moment, check_settings


def rotation_with_curve(time_s, angle, sd, **more):
    series = {"time_s": time_s, "hip_rotation_deg": angle, "hip_rotation_sd_deg": sd}
    return rotation_document().model_copy(update={"series": series, **more})


NAN, INF = float("nan"), float("inf")
LENS = {"focal_px": 900.0, "focal_log_sd": 0.1, "cx_px": 640.0, "cy_px": 360.0, "distortion": [0.1, 0.0, 0.0, 0.0, 0.0]}


def changed(document, path, value):
    """JSON of a document with one field replaced; ``path`` is its name, as an error calls it."""
    content = json.loads(document.to_json())
    *above, last = path.split(".")
    place = content
    for step in above:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return json.dumps(content)


@pytest.mark.parametrize("number", [NAN, INF, -INF, 1e9, -1e300])
@pytest.mark.parametrize(
    "path",
    [
        "measures.0.value",
        "measures.0.ci95.0",
        "series.hip_rotation_deg.7",
        "series.hip_rotation_sd_deg.7",
        "internal_rotation.value_deg",
        "internal_rotation.ci95_deg.1",
        "rest_deg",
        "repetitions.1.peak_deg",
        "repetitions.0.hold_start_s",
        "curve.time_s.0",
        "curve.hip_rotation_deg.7",
        "curve.sd_deg.7",
        "provenance.settings.hfov_deg",
    ],
)
def test_a_number_that_cannot_be_is_refused_by_the_name_of_its_field(path, number):
    with pytest.raises(BadInputError) as caught:
        parse_document(changed(rotation_document(), path, number), "Ana.zip, document.json")
    assert "Ana.zip, document.json" in str(caught.value)
    assert path in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", [NAN, -INF, 1e9, 1e300])
@pytest.mark.parametrize(
    "path",
    [
        "repetitions.0.knee_flexion_deg.left",
        "findings.0.change_from_standing",
        "findings.0.ci95.1",
        "findings.1.threshold",
        "view.azimuth_deg",
        "series.time_s.3",
        "series.left_knee_flexion_deg.9",
    ],
)
def test_the_same_for_a_squat(path, number):
    with pytest.raises(BadInputError, match=path.replace(".", r"\.")):
        parse_document(changed(squat_document(), path, number), "x")


@pytest.mark.parametrize(
    ("document", "path", "value", "said"),
    [
        (rotation_document(), "curve.sd_deg", [1.0], "do not fit"),
        (rotation_document(), "curve.time_s", [2.0] * 244, "all 244 moments are alike"),
        (rotation_document(), "curve.time_s.5", 0.1, "time runs backwards"),
        (rotation_document(), "repetitions.0.ci95_deg", [40.0, 20.0], "above its upper end"),
        (rotation_document(), "repetitions.0.end_s", 0.2, "lies before"),
        (rotation_document(), "internal_rotation.value_deg", 400.0, "beyond 360"),
        (squat_document(), "repetitions.0.knee_flexion_deg.left", 400.0, "beyond 360"),
        (squat_document(), "findings.0.value", -400.0, "beyond 360"),
        (rotation_document(), "warnings", ["word " * 30_000], "too many"),
        (rotation_document(), "warnings", ["a long sentence " * 100] * 1_000, "all texts together"),
        (rotation_document(), "warnings", ["."] * 20_000, "too many"),
        (squat_document(), "series", {"left_knee_flexion_deg": [1.0, 2.0]}, "no time_s"),
        (squat_document(), "series.time_s.4", None, "a moment is missing"),
        (squat_document(), "series.left_knee_flexion_deg", [], "do not fit"),
        (squat_document(), "findings.0.code", "x" * 200_000, "too many"),
        (squat_document(), "provenance.settings.legs", "three", "none of both, left, right"),
        (squat_document(), "provenance.settings.camera", 7, "is no text"),
        (squat_document(), "provenance.settings.roll_deg", "level", "is no number"),
        (squat_document(), "provenance.settings.roll_sd_deg", -1.0, "not between"),
        (squat_document(), "provenance.settings.level", ["a"], "is no text"),
        (squat_document(), "provenance.settings.inference_rotation_deg", 45, "none of 0, 90"),
        (squat_document(), "provenance.settings.lens", [1.0], "no description of a lens"),
        (squat_document(), "provenance.settings.lens", {**LENS, "distortion": [0.1, 0.2]}, "is not 5 numbers"),
        (squat_document(), "provenance.settings.lens", {**LENS, "distortion": "wide!"}, "is not 5 numbers"),
        (squat_document(), "provenance.settings.lens", {**LENS, "focal_px": None}, "is no number"),
        (squat_document(), "provenance.settings.lens", {**LENS, "focal_px": 0.0}, "not between"),
        (squat_document(), "provenance.settings.other", 10**400, "provenance.settings.other"),
        (squat_document(), "provenance.settings.other", json.loads("[" * 40 + "]" * 40), "nested too deeply"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_one_short_sentence(document, path, value, said):
    with pytest.raises(BadInputError, match=said) as caught:
        parse_document(changed(document, path, value), "x")
    assert len(str(caught.value)) < 300


def test_nesting_without_end_is_refused():
    text = squat_document().to_json().replace('"hfov_deg": null', f'"hfov_deg": {"[" * 50_000}{"]" * 50_000}')
    with pytest.raises(BadInputError, match="recursion"):
        parse_document(text, "x")


@pytest.mark.parametrize(
    "document",
    [
        rotation_document(),
        rotation_document(half_width=4_000.0),  # an older result with a huge interval
        rotation_document(lens=LENS, roll_deg=None, roll_sd_deg=None, level="no edges to see", position="seated"),
        rotation_with_curve((), (), (), repetitions=()),
        rotation_with_curve((0.0,), (None,), (None,)),
        rotation_with_curve((0.0, 0.0, 0.1), (1.0, None, 2.0), (None, None, 1.0)),
        refused_document().model_copy(update={"reasons": ("One dip after the other was not counted. " * 500,)}),
        squat_document(),
        squat_document(findings=()).model_copy(update={"series": {}, "repetitions": ()}),
        squat_document().model_copy(update={"series": {"time_s": (), "hip_drop_pct": ()}}),
    ],
)
def test_what_the_program_itself_may_have_written_opens(document, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(document.to_json(), encoding="utf-8")
    assert load_document(path) == document


def test_a_document_that_is_no_usual_file_is_not_read(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(BadInputError, match=path.name):
            load_document(path)


def test_parts_can_be_checked_alone():
    check_document({"depth_pct": [1.0, None, 3.0], "ci95_deg": (1.0, 2.0)})
    check_settings({})
    check_settings({"lens": LENS, "camera": "phone", "roll_deg": None})
    assert check_moment(datetime(2026, 3, 1, tzinfo=timezone.utc)).year == 2026
    for year in (1, 999, 2200, 9999):
        with pytest.raises(ValueError, match=str(year)):
            check_moment(datetime(year, 3, 1, tzinfo=timezone.utc))
