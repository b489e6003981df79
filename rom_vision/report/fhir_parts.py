"""The parts of a FHIR R4 Observation, and the Observations of any test."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rom_vision.meaning.base import band_of, seen_words
from rom_vision.meaning.interpret import test_name
from rom_vision.meaning.norms import Band, Colour, Sex, place
from rom_vision.results.document import Document
from rom_vision.results.parts import Finding, Measure

__all__ = [
    "Json",
    "absent",
    "component",
    "interval_components",
    "observation",
    "plain_observations",
    "quantity",
    "reference",
]

FINDING_SYSTEM = "urn:rom-vision:squat-finding"
MEASURE_SYSTEM = "urn:rom-vision:measure"
_UCUM = "http://unitsofmeasure.org"
_UCUM_CODES = {"deg": "deg", "%": "%", "cm": "cm", "m": "m", "s": "s", "ratio": "1", "": "1"}
_INTERPRETATIONS: dict[Colour, str] = {"marked": "LL", "low": "L", "ok": "N", "high": "H", "undecided": "IND"}

Json = dict[str, Any]


def observation(code: Json, method: str) -> Json:
    """Return an Observation without its value."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": code,
        "method": {"text": method},
    }


def quantity(value: float, unit: str) -> Json:
    """Return a value with its unit."""
    found: Json = {"value": round(value, 2), "unit": "degree" if unit == "deg" else unit or "1"}
    return found | ({"system": _UCUM, "code": _UCUM_CODES[unit]} if unit in _UCUM_CODES else {})


def component(text: str, value: float, unit: str = "deg") -> Json:
    """Return a number beside the value."""
    return {"code": {"text": text}, "valueQuantity": quantity(value, unit)}


def absent(reasons: Sequence[str]) -> Json:
    """Say why there is no value."""
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    return {
        "dataAbsentReason": {"coding": [{"system": system, "code": "error"}], "text": " ".join(reasons) or "refused"}
    }


def _finding_value(f: Finding) -> Json:
    if f.severity == "not_assessable":
        system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        coding = [{"system": system, "code": "not-performed"}]
        return {"dataAbsentReason": {"coding": coding, "text": "not assessable from this view"}}
    components: list[Json] = [{"code": {"text": "severity"}, "valueString": f.severity}]
    if f.change_from_standing is not None:
        components.append(component("change from standing", f.change_from_standing, f.unit))
        for bound, number in zip(("lower", "upper"), f.ci95 or (), strict=False):
            components.append(component(f"95 % interval of the change, {bound} bound", number, f.unit))
    if f.threshold is not None:
        components.append(component(f"threshold ({f.source})", f.threshold, f.unit))
    value = f.value
    found: Json = {"component": components}
    if value is None or not math.isfinite(value):
        return found | {"valueString": f.severity}
    return found | {"valueQuantity": quantity(value, f.unit)}


def reference(m: Measure, band: Band, text: str) -> Json:
    """Return the reference band of a measure, and where the measure lies as far as its interval tells."""
    code = _INTERPRETATIONS[place(m.value, m.interval, band).colour]
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    low, high = (quantity(edge, m.unit) for edge in band.band_deg)
    return {
        "interpretation": [{"coding": [{"system": system, "code": code}]}],
        "referenceRange": [{"low": low, "high": high, "text": text}],
    }


def interval_components(m: Measure) -> list[Json]:
    """Return the bounds of the interval and the standard error; nothing without an interval."""
    if m.ci95 is None:
        return []
    low, high = m.ci95
    return [
        component("95 % interval, lower bound", low, m.unit),
        component("95 % interval, upper bound", high, m.unit),
        component("standard error", (high - low) / (2 * 1.96), m.unit),
    ]


def plain_observations(document: Document, sex: Sex | None) -> Iterable[Json]:
    """Return the Observations of any test: one for each measure that is no finding, and one for each finding."""
    seen = seen_words(document)
    method = f"markerless single camera, {test_name(document).lower()}{', ' + seen if seen else ''}"
    if document.status == "refused":
        yield observation({"text": test_name(document)}, method) | absent(document.reasons)
        return
    graded = {f.code for f in document.findings}
    for m in (m for m in document.measures if m.quantity not in graded):
        text = m.words if m.side == "both" else f"{m.words}, {m.side}"
        code = {"system": MEASURE_SYSTEM, "code": m.quantity, "display": m.words}
        each = [component(f"repetition {i}", v, m.unit) for i, v in enumerate(m.repetitions, 1)]
        found = observation({"coding": [code], "text": text}, method)
        found |= {"valueQuantity": quantity(m.value, m.unit)}
        found |= {"component": more} if (more := interval_components(m) + each) else {}
        band = band_of(m, document, sex)
        yield found | (reference(m, band, "reference band") if band and m.ci95 else {})
    for f in document.findings:
        code = {"system": FINDING_SYSTEM, "code": f.code, "display": f.code.replace("_", " ")}
        found = observation({"coding": [code], "text": f"{f.code.replace('_', ' ')}, {f.side}"}, method)
        found["note"] = [{"text": f.sentence}]
        yield found | _finding_value(f)
