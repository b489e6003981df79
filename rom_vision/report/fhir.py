"""A session as a FHIR R4 bundle: the person and one Observation for each measured quantity.

Hip rotation carries LOINC codes (the code says side, direction and active or passive; the position stands in ``method``
and in a component). LOINC (R) is copyright Regenstrief Institute, Inc. and the LOINC Committee and available at no
cost under the licence at loinc.org/license. Squat findings have no LOINC code and use a code system of our own.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rom_vision.meaning.interpret import seen_from
from rom_vision.meaning.norms import Colour, Sex, load_norms, place
from rom_vision.results.document import Document, HipRotationDocument, SquatDocument
from rom_vision.results.parts import Finding, RotationValue
from rom_vision.sessions.measures import WORDS, measures_of

__all__ = ["LOINC", "fhir_of"]

LOINC: dict[tuple[str, str, str], str] = {
    ("left", "internal", "active"): "41327-8",
    ("left", "internal", "passive"): "41328-6",
    ("left", "external", "active"): "41329-4",
    ("left", "external", "passive"): "41330-2",
    ("right", "internal", "active"): "41339-3",
    ("right", "internal", "passive"): "41340-1",
    ("right", "external", "active"): "41341-9",
    ("right", "external", "passive"): "41342-7",
}
"""Codes of hip rotation by side, direction and mode."""

FINDING_SYSTEM = "urn:rom-vision:squat-finding"
_UCUM = "http://unitsofmeasure.org"
_UCUM_CODES = {"deg": "deg", "%": "%", "cm": "cm", "m": "m", "s": "s", "ratio": "1", "": "1"}
_INTERPRETATIONS: dict[Colour, str] = {"marked": "LL", "low": "L", "ok": "N", "high": "H", "undecided": "IND"}

Json = dict[str, Any]


def fhir_of(
    documents: Sequence[Document],
    *,
    person: str,
    taken_at: datetime,
    person_uid: str | None = None,
    sex: Sex | None = None,
    birth_year: int | None = None,
) -> str:
    """Return a session as the JSON text of a FHIR R4 collection bundle.

    Parameters
    ----------
    documents : results of the session; a refused one becomes an Observation without a value that says why.
    person : the person's name.
    taken_at : when the tests were done, with time zone.
    person_uid : the person's identity in the store; a new one without.
    sex, birth_year : where known.
    """
    identity = uuid.UUID(hex=person_uid) if person_uid else uuid.uuid4()
    patient = identity.urn
    resource: Json = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": patient}],
        "name": [{"text": person}],
    }
    resource |= {"gender": sex} if sex else {}
    resource |= {"birthDate": f"{birth_year:04d}"} if birth_year else {}
    entries = [{"fullUrl": patient, "resource": resource}]
    common: Json = {"subject": {"reference": patient}, "effectiveDateTime": taken_at.isoformat(timespec="seconds")}
    for number, document in enumerate(documents):
        found = _rotation(document, sex) if isinstance(document, HipRotationDocument) else _squat(document)
        for part, observation in enumerate(found):
            key = uuid.uuid5(identity, f"{taken_at.isoformat()}|{number}|{part}")
            entries.append({"fullUrl": key.urn, "resource": observation | common})
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": taken_at.isoformat(timespec="seconds"),
        "entry": entries,
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1)


def _observation(code: Json, method: str) -> Json:
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": code,
        "method": {"text": method},
    }


def _quantity(value: float, unit: str) -> Json:
    quantity: Json = {"value": round(value, 2), "unit": "degree" if unit == "deg" else unit or "1"}
    return quantity | ({"system": _UCUM, "code": _UCUM_CODES[unit]} if unit in _UCUM_CODES else {})


def _component(text: str, value: float, unit: str = "deg") -> Json:
    return {"code": {"text": text}, "valueQuantity": _quantity(value, unit)}


def _site(side: str) -> Json:
    """Return the joint; the side stands in the text and in the LOINC code, which it must not contradict."""
    coding = {"system": "http://snomed.info/sct", "code": "24136001", "display": "Hip joint structure"}
    return {"coding": [coding], "text": f"{side} hip"}


def _rotation(document: HipRotationDocument, sex: Sex | None) -> Iterable[Json]:
    d = document
    for direction in ("internal", "external"):
        value: RotationValue | None = getattr(d, f"{direction}_rotation")
        refused = d.status == "refused" and direction == "internal"
        if value is None and not refused:
            continue
        display = f"Hip - {d.side} {direction.capitalize()} rotation {d.mode.capitalize()} Range of Motion Quantitative"
        coding = {"system": "http://loinc.org", "code": LOINC[d.side, direction, d.mode], "display": display}
        averaged = f", mean of {value.n_repetitions}" if value else ""
        method = f"markerless single camera, {d.position}, hip 90/knee 90, {d.mode}, relative to the pelvis{averaged}"
        observation = _observation({"coding": [coding], "text": f"{direction} rotation of the {d.side} hip"}, method)
        observation["bodySite"] = _site(d.side)
        observation["component"] = [
            {"code": {"text": "test position"}, "valueString": f"{d.position}, hip 90, knee 90"}
        ]
        if value is None:
            observation |= _absent(d.reasons)
        else:
            observation["valueQuantity"] = _quantity(value.value_deg, "deg")
            observation["component"] += _rotation_components(d, direction, value)
            if direction == "internal":
                observation |= _reference(d, value, sex)
        if d.warnings:
            observation["note"] = [{"text": warning} for warning in d.warnings]
        yield observation


def _rotation_components(d: HipRotationDocument, direction: str, value: RotationValue) -> list[Json]:
    low, high = value.ci95_deg
    components = [
        _component("95 % interval, lower bound", low),
        _component("95 % interval, upper bound", high),
        _component("standard error", (high - low) / (2 * 1.96)),
        _component("best repetition", value.best_deg),
    ]
    if d.pelvis_compensation_deg is not None:
        components.append(_component("pelvic obliquity change", d.pelvis_compensation_deg))
    if d.shank_inclination_deg is not None and direction == "internal":
        components.append(_component("shank inclination against gravity", d.shank_inclination_deg))
    counted = [r for r in d.repetitions if r.direction == direction and r.valid]
    return components + [_component(f"repetition {i}", r.peak_deg) for i, r in enumerate(counted, 1)]


def _reference(d: HipRotationDocument, value: RotationValue, sex: Sex | None) -> Json:
    band = load_norms().band(d.position, sex)
    code = _INTERPRETATIONS[place(value.value_deg, value.ci95_deg, band).colour]
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    low, high = (_quantity(edge, "deg") for edge in band.band_deg)
    return {
        "interpretation": [{"coding": [{"system": system, "code": code}]}],
        "referenceRange": [{"low": low, "high": high, "text": f"{d.position} {d.mode} reference band"}],
    }


def _absent(reasons: Sequence[str]) -> Json:
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    return {
        "dataAbsentReason": {"coding": [{"system": system, "code": "error"}], "text": " ".join(reasons) or "refused"}
    }


def _squat(document: SquatDocument) -> Iterable[Json]:
    method = f"markerless single camera, squat, {seen_from(document.view)}"
    if document.status == "refused":
        yield _observation({"text": "squat screen"}, method) | _absent(document.reasons)
    for measure in measures_of(document):
        if measure.measure == "knee_flexion":
            code = {"system": FINDING_SYSTEM, "code": "knee_flexion", "display": WORDS["knee_flexion"]}
            observation = _observation({"coding": [code], "text": f"{WORDS['knee_flexion']}, {measure.side}"}, method)
            each = [_component(f"repetition {i}", v) for i, v in enumerate(measure.repetitions_deg, 1)]
            yield observation | {"valueQuantity": _quantity(measure.value_deg, "deg"), "component": each}
    for f in document.findings:
        code = {"system": FINDING_SYSTEM, "code": f.code, "display": f.code.replace("_", " ")}
        observation = _observation({"coding": [code], "text": f"{f.code.replace('_', ' ')}, {f.side}"}, method)
        observation["note"] = [{"text": f.sentence}]
        yield observation | _finding_value(f)


def _finding_value(f: Finding) -> Json:
    if f.severity == "not_assessable":
        system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        coding = [{"system": system, "code": "not-performed"}]
        return {"dataAbsentReason": {"coding": coding, "text": "not assessable from this view"}}
    components: list[Json] = [{"code": {"text": "severity"}, "valueString": f.severity}]
    if f.change_from_standing is not None:
        components.append(_component("change from standing", f.change_from_standing, f.unit))
        for bound, number in zip(("lower", "upper"), f.ci95 or (), strict=False):
            components.append(_component(f"95 % interval of the change, {bound} bound", number, f.unit))
    if f.threshold is not None:
        components.append(_component(f"threshold ({f.source})", f.threshold, f.unit))
    value = f.value
    found: Json = {"component": components}
    if value is None or not math.isfinite(value):
        return found | {"valueString": f.severity}
    return found | {"valueQuantity": _quantity(value, f.unit)}
