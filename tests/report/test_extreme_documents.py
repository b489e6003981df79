"""Whatever the checks on the way in let through, every report, chart and file can show."""

import contextlib
import io
import json
import re
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_results import finding, picture_jpeg, rotation_document, squat_document
from pypdf import PdfReader

from rom_vision.errors import BadInputError
from rom_vision.meaning.interpret import interpret
from rom_vision.meaning.norms import load_norms
from rom_vision.pipeline.run import measure_again
from rom_vision.pose.track import PoseTrack
from rom_vision.report.content import make_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.opensim_files import mot_of, trc_of
from rom_vision.report.pdf import pdf_of
from rom_vision.report.presenters.squat_text import describe_squat
from rom_vision.report.presenters.text import describe_hip_rotation
from rom_vision.report.tables import csv_of, write_curve_csv
from rom_vision.results.document import parse_document
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.compare import compare
from rom_vision.sessions.measures import from_summary, measures_of, setup_of, to_summary
from rom_vision.ui.parts.charts import rotation_curve, squat_curve, trend

QUICK = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
START = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(-timedelta(hours=5)))
NO_NUMBER = re.compile(r"(?<![A-Za-z])(nan|inf|infinity)(?![a-z])", re.IGNORECASE)

ODD = [0.0, -0.0, 5e-324, -1e-300, 1e-9, 1.0, 359.9, 360.0, -360.0]
angle = st.sampled_from(ODD) | st.floats(-360, 360)
read = angle | st.sampled_from([1e6, -1e6])
spread = st.lists(st.sampled_from([-1e8, 1e8]) | st.floats(-1e4, 1e4), min_size=2, max_size=2).map(sorted)
moment = st.sampled_from([0.0, 5e-324, 1e-300, 1e8, -1e8, 99_999_999.999]) | st.floats(-1e8, 1e8)
text = st.sampled_from(
    [
        "",
        "=1+1",
        "<b>&amp;",
        "\x00\x07\x1b[31m",
        "a\nb\r\nc",
        "שלום \u202e",
        "王" * 60,
        "W" * 1500,
        "👩🏽‍🦽",
        "{{ x }}",
        "%s",
    ]
) | st.text(max_size=30, alphabet=st.characters(exclude_categories=["Cs"]))
sentences = st.lists(text, max_size=4) | st.just(["A sentence of a clock that jumps. " * 2000]) | st.just(["."] * 300)


@st.composite
def times(draw):
    found = sorted(draw(st.lists(moment, max_size=6)))
    return found if len(set(found)) > 1 else found[:1]


@st.composite
def repetition(draw):
    start, hold, stop, end = sorted(draw(st.lists(moment, min_size=4, max_size=4)))
    return {
        "direction": draw(st.sampled_from(["internal", "external"])),
        "start_s": start,
        "hold_start_s": hold,
        "hold_end_s": stop,
        "end_s": end,
        "peak_deg": draw(read),
        "ci95_deg": draw(spread),
        "valid": draw(st.booleans()),
        "flags": draw(sentences),
    }


def value():
    return st.none() | st.fixed_dictionaries(
        {
            "value_deg": angle,
            "ci95_deg": spread,
            "best_deg": angle,
            "n_repetitions": st.sampled_from([0, 1, 3, 999_999]),
        }
    )


@st.composite
def provenance(draw):
    known = json.loads(rotation_document().to_json())["provenance"]
    lens = {"focal_px": draw(st.sampled_from([1.0, 900.0, 1e6])), "focal_log_sd": 0.1, "cx_px": 0.0, "cy_px": 9.0}
    lens["distortion"] = draw(st.sampled_from([[0.0] * 5, [0.1, -0.2, 0.0, 0.0, 0.05], [1e6, -1e6, 1e6, 0.0, 1e6]]))
    setting = {"camera": draw(text), "level": draw(text), "roll_deg": draw(st.sampled_from([None, 0.0, -90.0, 12.5]))}
    return {
        **known,
        **{name: draw(text) for name in ("model", "video", "subject")},
        "versions": draw(st.dictionaries(text, text, max_size=2).filter(lambda d: all(len(k) < 200 for k in d))),
        "settings": draw(st.sampled_from([{}, {**setting, "lens": lens, "hfov_deg": 90.0}])),
    }


@st.composite
def rotations(draw):
    moments = draw(times())
    n = len(moments)
    column = st.lists(st.none() | read, min_size=n, max_size=n)
    sd = st.lists(st.none() | st.floats(0, 1e4) | st.just(1e8), min_size=n, max_size=n)
    return {
        "schema": 1,
        "test": "hip_rotation",
        "position": draw(st.sampled_from(["seated", "supine"])),
        "side": draw(st.sampled_from(["left", "right"])),
        "mode": draw(st.sampled_from(["active", "passive"])),
        "status": draw(st.sampled_from(["measured", "measured", "refused"])),
        "reasons": draw(sentences),
        "warnings": draw(sentences),
        "internal_rotation": draw(value()),
        "external_rotation": draw(value()),
        **{k: draw(st.none() | angle) for k in ("rest_deg", "shank_inclination_deg", "pelvis_compensation_deg")},
        "repetitions": draw(st.lists(repetition(), max_size=3)),
        "curve": {"time_s": moments, "hip_rotation_deg": draw(column), "sd_deg": draw(sd)},
        "provenance": draw(provenance()),
    }


@st.composite
def findings(draw):
    unit = draw(st.sampled_from(["deg", "%", "ratio", "", "furlongs per fortnight", "u" * 2000]))
    number = st.none() | angle | (st.none() if unit == "deg" else st.floats(-1e6, 1e6))
    return {
        "code": draw(st.sampled_from(["knee_valgus", "heel_rise", "lateral_shift", "c" * 2000, ""])),
        "side": draw(st.sampled_from(["left", "right", "both"])),
        "severity": draw(st.sampled_from(["none", "mild", "marked", "not_assessable"])),
        "value": draw(number),
        "unit": unit,
        "change_from_standing": draw(number),
        "ci95": draw(st.none() | spread),
        "threshold": draw(number),
        "source": draw(text),
        "repetitions": draw(st.lists(st.sampled_from([-1, 0, 1, 1_000_000]), max_size=3)),
        "worst_time_s": draw(st.none() | moment),
        "sentence": draw(text),
    }


@st.composite
def squats(draw):
    moments = draw(times())
    n = len(moments)
    names = draw(
        st.lists(st.sampled_from(["left_knee_flexion_deg", "right_knee_flexion_deg", "x", "a_b_"]), unique=True)
    )
    columns = {k: draw(st.lists(st.none() | read, min_size=n, max_size=n)) for k in names}
    repetitions = []
    for _ in range(draw(st.integers(0, 3))):
        start, bottom, end = sorted(draw(st.lists(moment, min_size=3, max_size=3)))
        repetitions.append(
            {
                **{"start_s": start, "bottom_s": bottom, "end_s": end, "depth": draw(text)},
                "knee_flexion_deg": {"left": draw(st.none() | angle), "right": draw(st.none() | angle)},
                "thigh_below_horizontal_deg": draw(st.none() | angle),
            }
        )
    return {
        "schema": 1,
        "test": "squat",
        "status": draw(st.sampled_from(["measured", "measured", "refused"])),
        "reasons": draw(sentences),
        "warnings": draw(sentences),
        "view": {"name": draw(text), "azimuth_deg": draw(st.none() | angle)},
        "repetitions": repetitions,
        "findings": draw(st.lists(findings(), max_size=4) | findings().map(lambda f: [f] * 150)),
        "series": {"time_s": moments, **columns} if moments or draw(st.booleans()) else {},
        "provenance": draw(provenance()),
    }


def check_everything(documents, folder):
    """Send the documents through all that shows or writes them."""
    report = make_report(
        [(d, [Picture("W" * 500, picture_jpeg())]) for d in documents],
        taken_at=START,
        person="<b>Ana</b>",
        sex="female",
        age_years=-900,
    )
    html = html_of(report)
    assert not re.search(r'(x|y|width|height|cx|cy|points)="[^"]*(nan|inf)', html)
    pages = PdfReader(io.BytesIO(pdf_of(report))).pages
    assert 1 <= len(pages) < 150
    assert json.loads(fhir_of(documents, person="Ana", taken_at=START), parse_constant=pytest.fail)["entry"]
    table = csv_of(documents, person="Ana", taken_at=START)
    assert table.startswith("record,person")
    for document in documents:
        rotation = document.test == "hip_rotation"
        assert describe_hip_rotation(document) if rotation else describe_squat(document)
        curve = rotation_curve(document, load_norms().band(document.position)) if rotation else squat_curve(document)
        if curve is not None:
            json.dumps(curve.to_dict(), allow_nan=False)
        write_curve_csv(document, folder / "curve.csv")
        assert not NO_NUMBER.search((folder / "curve.csv").read_text(encoding="utf-8"))
        measures = measures_of(document)
        assert from_summary(to_summary(measures)) == measures
        json.loads(setup_of(document))
        try:
            motion = mot_of(document, "x.mot")
        except BadInputError:
            continue
        assert not NO_NUMBER.search(motion)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("extreme")


@QUICK
@given(st.lists(rotations(), min_size=1, max_size=3))
def test_extreme_rotations_can_be_shown_everywhere(folder, documents):
    check_everything([parse_document(json.dumps(d), "x") for d in documents], folder)


def test_a_position_that_this_version_does_not_know_can_be_shown_everywhere(folder):
    known = rotation_document((30, 31, 32), (40, 41))
    foreign = known.model_copy(update={"options": {**known.options, "position": "standing"}})
    check_everything([foreign, squat_document((finding("knee_valgus", "left", "marked", 14.0),))], folder)
    assert "no reference band" in " ".join(s.text for s in interpret(foreign, sex="female").statements)


@QUICK
@given(st.lists(squats(), min_size=1, max_size=2))
def test_extreme_squats_can_be_shown_everywhere(folder, documents):
    check_everything([parse_document(json.dumps(d), "x") for d in documents], folder)


@settings(QUICK, max_examples=5)
@given(
    st.lists(rotations() | squats(), min_size=2, max_size=6), st.lists(st.integers(1900, 2199), min_size=6, max_size=6)
)
def test_extreme_sessions_can_be_compared(folder, documents, years):
    path = folder / "extreme.db"
    path.unlink(missing_ok=True)
    store = SessionStore(f"sqlite:///{path}")
    store.add_person("Ana")
    numbers = [
        store.save_session("Ana", [NewResult(parse_document(json.dumps(d), "x"))], taken_at=START.replace(year=year))
        for d, year in zip(documents, years, strict=False)
    ]
    from rom_vision.report.content import session_report

    assert store.unreadable("Ana") == {}
    comparison = compare(store, "Ana")
    assert not NO_NUMBER.search(re.sub(r'"(setup|way|sentence)": "[^\n]*', "", comparison.to_json()))
    for series in comparison.series:
        json.dumps(trend([series], None).to_dict(), allow_nan=False)
    for number in numbers:
        report = session_report(store, number)
        assert "Over time" in html_of(report) or not report.series
        assert pdf_of(report).startswith(b"%PDF")
    store.close()


def test_as_much_as_is_let_through_can_be_shown(folder):
    """The most sentences, findings, repetitions and moments, each as long as it may be."""
    one = rotation_document()
    moments = tuple(i / 30 for i in range(20_000))
    rotation = one.model_copy(
        update={
            "warnings": ("A warning of a long recording. " * 300,) * 90,
            "repetitions": one.repetitions * 300,
            "series": {
                "time_s": moments,
                "hip_rotation_deg": (None, 1000.0) * 10_000,
                "hip_rotation_sd_deg": (None, 10_000.0) * 10_000,
            },
        }
    )
    marked = finding("knee_valgus", "left", "marked", 14.0, sentence="Once more. " * 4)
    squat = squat_document(findings=[marked] * 2_000)
    for document in (rotation, squat):
        assert parse_document(document.to_json(), "x") == document
    check_everything([rotation, squat], folder)


# -- landmarks -------------------------------------------------------------------------------------------------------


@st.composite
def tracks(draw):
    n = draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    step = draw(st.sampled_from([1 / 30, 2e-4, 0.5, 40.0]))
    size = draw(st.sampled_from([(1, 1), (640, 480), (100_000, 3)]))
    scale = draw(st.sampled_from([0.0, 1e-12, 300.0, 1e6]))
    image = rng.normal(0, 0.3, (n, 33, 2)) * scale
    world = rng.normal(0, 0.3, (n, 33, 3)) * draw(st.sampled_from([0.0, 1.0, 3e3]))
    if draw(st.booleans()):
        image[rng.uniform(size=n) < 0.5] = np.nan
    if draw(st.booleans()):
        world[rng.uniform(size=(n, 33)) < 0.5] = np.nan
    return PoseTrack(np.arange(n) * step, np.clip(image, -1e6, 1e6), rng.uniform(0, 1, (n, 33)), world, *size)


@QUICK
@given(tracks(), st.sampled_from([rotation_document(), squat_document()]))
def test_extreme_landmarks_are_measured_again_or_refused(track, document):
    track = PoseTrack.from_bytes(track.to_bytes())
    again = measure_again(document, track).document
    assert parse_document(again.to_json(), "x").status == again.status
    rate = trc_of(track, "x.trc").splitlines()[2].split("\t")[0]
    assert 0 < float(rate) <= 1e4
    angles = measure_again(document, track).angles
    with contextlib.suppress(BadInputError):
        assert not NO_NUMBER.search(mot_of(again, "x.mot", angles))
