import csv
import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fhir.resources.R4B.bundle import Bundle
from made_results import (
    finding,
    pose_track,
    refused_document,
    rotation_document,
    squat_document,
)

from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import analyse, measure_again
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.report.fhir import fhir_of
from rom_vision.report.opensim_files import mot_of, trc_of
from rom_vision.report.presenters.rotation_fhir import LOINC
from rom_vision.report.tables import CSV_COLUMNS, csv_of, safe_cell, write_curve_csv

TAKEN_AT = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=14)))


def rows_of(documents, **more):
    return list(csv.DictReader(io.StringIO(csv_of(documents, **more))))


# TRC and MOT


def test_trc_is_read_as_pose2sim_reads_it():
    track = pose_track()
    text = trc_of(track, "left hip.trc")
    header = text.split("\n")[:6]
    assert header[0] == "PathFileType\t4\t(X/Y/Z)\tleft hip.trc"
    values = dict(zip(header[1].split("\t"), header[2].split("\t"), strict=True))
    assert (values["Units"], values["NumFrames"], values["NumMarkers"]) == ("m", str(len(track)), "33")
    assert float(values["DataRate"]) == pytest.approx(15.0)
    markers = header[3].split("\t")[2::3]
    assert markers == [landmark.name.lower() for landmark in Landmark]
    table = pd.read_csv(io.StringIO(text), sep="\t", skiprows=4)
    assert table.shape == (len(track), 2 + 3 * 33)
    np.testing.assert_allclose(table.iloc[:, 1], track.time_s, atol=1e-6)
    knee = 2 + 3 * Landmark.LEFT_KNEE
    x, y, z = (table.iloc[:, knee + i].to_numpy() for i in range(3))
    world = track.world_m[:, Landmark.LEFT_KNEE]
    np.testing.assert_allclose(
        np.stack([x, y, z], axis=1), np.stack([-world[:, 2], -world[:, 1], -world[:, 0]], 1), atol=1e-5
    )
    assert table.iloc[5:8, 2:].isna().all().all()
    assert table.iloc[:5, 2:].notna().all().all()


def test_trc_axes_are_opensims_for_somebody_who_faces_the_camera():
    """Y up, X forward (towards the camera), Z to the person's right: right-handed, no mirror image."""
    track = pose_track()
    table = pd.read_csv(io.StringIO(trc_of(track, "t.trc")), sep="\t", skiprows=4).iloc[0, 2:].to_numpy().reshape(33, 3)
    at = {landmark: table[landmark] for landmark in Landmark}
    up = at[Landmark.LEFT_SHOULDER] - at[Landmark.LEFT_HIP]
    right = at[Landmark.RIGHT_HIP] - at[Landmark.LEFT_HIP]
    forward = at[Landmark.LEFT_KNEE] - at[Landmark.LEFT_HIP]  # sitting, the thigh points at the camera
    assert up.argmax() == 1
    assert right.argmax() == 2
    assert forward.argmax() == 0
    assert np.linalg.det(np.stack([forward, up, right])) > 0


def test_opensims_own_readers_open_both_files(tmp_path, monkeypatch):
    """Real OpenSim where it is installed (pip install opensim, 280 MB: not one of the extras)."""
    monkeypatch.chdir(tmp_path)  # OpenSim writes its log where it is started
    opensim = pytest.importorskip("opensim")
    track, document = pose_track(), rotation_document((30.0,), (40.0,))
    (tmp_path / "a.trc").write_text(trc_of(track, "a.trc"), encoding="utf-8")
    (tmp_path / "a.mot").write_text(mot_of(document, "a.mot"), encoding="utf-8")
    markers = opensim.TimeSeriesTableVec3(str(tmp_path / "a.trc"))
    assert list(markers.getColumnLabels()) == [landmark.name.lower() for landmark in Landmark]
    assert (markers.getNumRows(), markers.getTableMetaDataString("Units")) == (len(track), "m")
    assert markers.getRowAtIndex(0)[Landmark.LEFT_KNEE][1] == pytest.approx(-track.world_m[0, 25, 1], abs=1e-4)
    motion = opensim.Storage(str(tmp_path / "a.mot"))
    assert motion.isInDegrees()
    assert motion.getSize() == len(document.time_s) - 2
    assert opensim.TimeSeriesTable(str(tmp_path / "a.mot")).getColumnLabels() == ("hip_rotation_l",)


def read_mot(text):
    head, _, body = text.partition("endheader\n")
    settings = dict(line.split("=") for line in head.splitlines()[1:])
    return settings, pd.read_csv(io.StringIO(body), sep="\t")


def test_mot_holds_internal_rotation_positive_under_opensims_name():
    document = rotation_document((30.0,), (40.0,), side="right")
    settings, table = read_mot(mot_of(document, "../a\nb.mot"))
    assert settings == {"version": "1", "nRows": str(len(table)), "nColumns": "2", "inDegrees": "yes"}
    assert list(table.columns) == ["time", "hip_rotation_r"]
    assert table.hip_rotation_r.max() == pytest.approx(30.0, abs=1.0)
    assert table.hip_rotation_r.min() == pytest.approx(-40.0, abs=1.0)
    # OpenSim's reader stops at a missing number: such moments are left out
    assert len(table) == len(document.time_s) - 2
    assert table.notna().all().all()
    assert mot_of(document, "../a\nb.mot").splitlines()[0] == "ab"


def test_mot_of_kept_landmarks_holds_all_joints_of_the_legs():
    path = Path(__file__).parents[2] / "validation" / "tracks" / "repeat_first_7005.npz"
    track, side = PoseTrack.load(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["side"]
    document = analyse(track, "hip_rotation", {"position": "seated", "side": side}).document
    settings, table = read_mot(mot_of(document, "a.mot", measure_again(document, track).angles))
    assert settings["nColumns"] == str(len(table.columns)) == "12"
    np.testing.assert_allclose(table[f"hip_rotation_{side[0]}"], document.curve("hip_rotation_deg"), atol=1e-3)
    for joint in ("hip_flexion", "knee_angle"):
        assert table[f"{joint}_{side[0]}"].between(50, 120).all(), joint
    assert measure_again(squat_document(), track).angles is None


def test_mot_of_a_squat_and_of_nothing():
    _, table = read_mot(mot_of(squat_document(), "s.mot"))
    assert list(table.columns) == ["time", "knee_angle_l", "knee_angle_r"]
    assert table.knee_angle_l.max() == pytest.approx(60.0, abs=0.5)
    measured = rotation_document()
    for refused in (refused_document(), measured.model_copy(update={"status": "refused"})):
        with pytest.raises(BadInputError, match="no joint angles"):
            mot_of(refused, "r.mot")


# CSV


def test_csv_holds_every_result_repetition_finding_and_moment():
    rotation, squat = rotation_document((30, 31, 32), (40, 41)), squat_document()
    rows = rows_of([rotation, squat], person="Ana", taken_at=TAKEN_AT)
    assert tuple(rows[0]) == CSV_COLUMNS
    assert {r["taken_at"] for r in rows} == {"2026-03-01T00:30:00+14:00"}
    by_record = {}
    for row in rows:
        by_record.setdefault((row["test"], row["record"]), []).append(row)
    assert len(by_record["hip_rotation", "curve"]) == len(rotation.time_s)
    assert [r["value"] for r in by_record["hip_rotation", "repetition"]] == ["30.0", "31.0", "32.0", "40.0", "41.0"]
    findings = {(r["quantity"], r["side"]): r for r in by_record["squat", "finding"]}
    assert len(findings) == 5
    change = findings["knee_valgus_change_from_standing", "left"]
    assert [change[c] for c in ("value", "ci95_low", "ci95_high")] == ["14.0", "11.0", "17.0"]
    assert findings["heel_rise", "both"]["valid"] == "no"
    assert len(by_record["squat", "curve"]) == 2 * len(squat.series["time_s"])
    (internal,) = [r for r in by_record["hip_rotation", "result"] if r["quantity"] == "internal_rotation"]
    assert [internal[c] for c in ("value", "unit", "ci95_low", "ci95_high", "side")] == [
        "31.0",
        "deg",
        "27.0",
        "35.0",
        "left",
    ]
    assert by_record["hip_rotation", "curve"][40]["value"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+49 170", "-Ana", "@x", "\t=1", " =1", "|calc", "%0A"])
def test_no_text_is_taken_for_a_formula(name):
    (row, *_) = rows_of([squat_document()], person=name)
    assert row["person"] == f"'{name}"


def test_numbers_stay_numbers_and_quotes_stay_in_their_cell():
    assert safe_cell(-5.25) == -5.25
    sentence = 'He said "knee, in"\nand = more'
    rows = rows_of(
        [squat_document([finding("knee_valgus", "left", "mild", -4.0, sentence=sentence)])], person='A "b", c'
    )
    (found,) = [r for r in rows if r["quantity"] == "knee_valgus"]
    assert (found["value"], found["text"], found["person"]) == ("-4.0", f"mild: {sentence}", 'A "b", c')


def test_curve_alone(tmp_path):
    document = rotation_document((30.0,))
    write_curve_csv(document, tmp_path / "curve.csv")
    table = pd.read_csv(tmp_path / "curve.csv")
    assert list(table.columns) == ["time_s", "hip_rotation_deg", "sd_deg"]
    assert table.hip_rotation_deg.isna().sum() == 2
    write_curve_csv(squat_document(), tmp_path / "squat.csv")
    assert pd.read_csv(tmp_path / "squat.csv").columns[0] == "time_s"


# FHIR


def bundle_of(documents, **more):
    return Bundle.model_validate_json(fhir_of(documents, person="Ana <b>", taken_at=TAKEN_AT, **more))


def observations(bundle):
    return [e.resource for e in bundle.entry if e.resource.get_resource_type() == "Observation"]


@pytest.mark.parametrize(
    ("side", "mode"), [("left", "active"), ("left", "passive"), ("right", "active"), ("right", "passive")]
)
def test_bundle_is_valid_r4_and_carries_the_loinc_codes(side, mode):
    bundle = bundle_of([rotation_document((30, 31, 32), (40, 41), side=side, mode=mode)], sex="female", birth_year=1984)
    internal, external = observations(bundle)
    assert internal.code.coding[0].code == LOINC[side, "internal", mode]
    assert external.code.coding[0].code == LOINC[side, "external", mode]
    assert (float(internal.valueQuantity.value), internal.valueQuantity.code) == (31.0, "deg")
    assert internal.effectiveDateTime == TAKEN_AT
    assert "seated" in internal.method.text
    assert internal.bodySite.text == f"{side} hip"
    parts = {c.code.text: c for c in internal.component}
    assert [float(parts[f"repetition {i}"].valueQuantity.value) for i in (1, 2, 3)] == [30.0, 31.0, 32.0]
    assert float(parts["standard error"].valueQuantity.value) == pytest.approx(4.0 / 1.96, abs=0.01)
    assert (internal.referenceRange[0].low.value, internal.referenceRange[0].high.value) == (35, 50)
    patient = bundle.entry[0].resource
    assert (patient.name[0].text, patient.gender, str(patient.birthDate)) == ("Ana <b>", "female", "1984")
    assert internal.subject.reference == bundle.entry[0].fullUrl


@pytest.mark.parametrize(("value", "code"), [(14.0, "LL"), (20.0, "L"), (36.0, "N"), (55.0, "H"), (27.0, "IND")])
def test_interpretation_is_indeterminate_where_the_interval_does_not_decide(value, code):
    (internal,) = observations(bundle_of([rotation_document((value,))]))
    assert internal.interpretation[0].coding[0].code == code


def test_loinc_codes_have_their_check_digits():
    for code in LOINC.values():
        number, check = code.split("-")
        doubled = "".join(str(int(d) * 2) if i % 2 == 0 else d for i, d in enumerate(reversed(number)))
        assert (10 - sum(map(int, doubled)) % 10) % 10 == int(check), code
    assert len(set(LOINC.values())) == 8


def test_refused_and_unseen_things_have_a_reason_and_no_value():
    (refused,) = observations(bundle_of([refused_document()]))
    assert refused.valueQuantity is None
    assert "come closer" in refused.dataAbsentReason.text
    found = observations(bundle_of([squat_document()]))
    codes = [o.code.coding[0].code for o in found]
    assert codes == ["knee_flexion", "knee_flexion", "knee_valgus", "knee_valgus", "heel_rise"]
    assert found[-1].dataAbsentReason.coding[0].code == "not-performed"
    assert found[-1].valueQuantity is None
    assert [float(o.valueQuantity.value) for o in found[:3]] == [96.0, 98.0, 14.0]
    other = squat_document([finding("knee_asymmetry", "both", "mild", 3.0, unit="% leg length")])
    odd = observations(bundle_of([other]))[-1]
    assert (odd.valueQuantity.unit, odd.valueQuantity.system) == ("% leg length", None)
