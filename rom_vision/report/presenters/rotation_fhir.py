"""Hip rotation as FHIR R4 Observations, with LOINC codes.

The code says side, direction and active or passive; the position stands in ``method`` and in a component. LOINC (R) is
copyright Regenstrief Institute, Inc. and the LOINC Committee and available at no cost under the licence at
loinc.org/license.
"""

from __future__ import annotations

from collections.abc import Iterable

from rom_vision.meaning.norms import Sex, load_norms
from rom_vision.report.fhir_parts import (
    Json,
    absent,
    component,
    interval_components,
    observation,
    quantity,
    reference,
)
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure

__all__ = ["LOINC", "rotation_observations"]

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


def _site(side: str) -> Json:
    """Return the joint; the side stands in the text and in the LOINC code, which it must not contradict."""
    coding = {"system": "http://snomed.info/sct", "code": "24136001", "display": "Hip joint structure"}
    return {"coding": [coding], "text": f"{side} hip"}


def rotation_observations(document: Document, sex: Sex | None) -> Iterable[Json]:
    """Return one Observation for each direction that was measured; one that says why when the test was refused."""
    d = document
    side, mode = d.side or "", d.mode or ""
    for direction in ("internal", "external"):
        m = d.measure(f"{direction}_rotation")
        refused = d.status == "refused" and direction == "internal"
        if m is None and not refused:
            continue
        display = f"Hip - {side} {direction.capitalize()} rotation {mode.capitalize()} Range of Motion Quantitative"
        coding = {"system": "http://loinc.org", "code": LOINC[side, direction, mode], "display": display}
        averaged = f", mean of {m.n_repetitions}" if m else ""
        method = f"markerless single camera, {d.position}, hip 90/knee 90, {mode}, relative to the pelvis{averaged}"
        found = observation({"coding": [coding], "text": f"{direction} rotation of the {side} hip"}, method)
        found["bodySite"] = _site(side)
        found["component"] = [{"code": {"text": "test position"}, "valueString": f"{d.position}, hip 90, knee 90"}]
        if m is None:
            found |= absent(d.reasons)
        else:
            found["valueQuantity"] = quantity(m.value, "deg")
            found["component"] += _components(d, direction, m)
            if direction == "internal":
                band = load_norms().band(d.position, sex)
                found |= reference(m, band, f"{d.position} {mode} reference band") if band else {}
        yield found


def _components(d: Document, direction: str, m: Measure) -> list[Json]:
    components = [
        *interval_components(m),
        component("best repetition", m.value if m.best is None else m.best),
    ]
    if (pelvis := d.measure("pelvis_compensation")) is not None:
        components.append(component("pelvic obliquity change", pelvis.value))
    if (shank := d.measure("shank_inclination")) is not None and direction == "internal":
        components.append(component("shank inclination against gravity", shank.value))
    return components + [component(f"repetition {i}", v) for i, v in enumerate(m.repetitions, 1)]
