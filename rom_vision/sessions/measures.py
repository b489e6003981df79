"""What of a result can be compared over time, and with which camera set-up it was made."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache

from pydantic import TypeAdapter

from rom_vision.meaning.change import (
    KNEE_FLEXION_ERROR,
    PROJECTION_ANGLE_ERROR,
    ROTATION_ERROR,
    ErrorDefaults,
)
from rom_vision.meaning.interpret import seen_from
from rom_vision.results.document import Document, HipRotationDocument, SquatDocument
from rom_vision.results.parts import View

__all__ = [
    "ERRORS",
    "WORDS",
    "Measure",
    "describe_change",
    "describe_setup",
    "from_summary",
    "measures_of",
    "setup_of",
    "to_summary",
    "way_of_doing",
]

ERRORS: dict[str, ErrorDefaults] = {
    "internal_rotation": ROTATION_ERROR,
    "external_rotation": ROTATION_ERROR,
    "knee_flexion": KNEE_FLEXION_ERROR,
    "knee_valgus": PROJECTION_ANGLE_ERROR,
    "knee_varus": PROJECTION_ANGLE_ERROR,
}
"""What is compared over time: only quantities whose measurement error has been published."""

WORDS: dict[str, str] = {
    "internal_rotation": "internal rotation",
    "external_rotation": "external rotation",
    "knee_flexion": "knee flexion at the bottom",
    "knee_valgus": "knee-in angle against standing",
    "knee_varus": "knee-out angle against standing",
}


@dataclass(frozen=True)
class Measure:
    """One comparable quantity of a result, degrees."""

    measure: str
    side: str
    value_deg: float
    ci95_deg: tuple[float, float] | None
    repetitions_deg: tuple[float, ...]


_SUMMARY = TypeAdapter(tuple[Measure, ...])


def measures_of(document: Document) -> tuple[Measure, ...]:
    """Return the comparable quantities of a result; none when it was refused."""
    if document.status != "measured":
        return ()
    found = _of_rotation(document) if isinstance(document, HipRotationDocument) else _of_squat(document)
    return tuple(m for m in found if math.isfinite(m.value_deg))


def _of_rotation(document: HipRotationDocument) -> list[Measure]:
    found = []
    for direction in ("internal", "external"):
        value = getattr(document, f"{direction}_rotation")
        if value is not None:
            peaks = tuple(r.peak_deg for r in document.repetitions if r.valid and r.direction == direction)
            found.append(Measure(f"{direction}_rotation", document.side, value.value_deg, value.ci95_deg, peaks))
    return found


def _of_squat(document: SquatDocument) -> list[Measure]:
    found = []
    for side in ("left", "right"):
        depths = tuple(
            d for r in document.repetitions if (d := getattr(r.knee_flexion_deg, side)) is not None and math.isfinite(d)
        )
        if depths:
            found.append(Measure("knee_flexion", side, sum(depths) / len(depths), None, depths))
    for f in document.findings:
        # The change from standing is what a finding is graded by, and what its interval belongs to.
        if f.code in ERRORS and f.change_from_standing is not None and f.severity != "not_assessable":
            found.append(Measure(f.code, f.side, f.change_from_standing, f.ci95, ()))
    return found


def to_summary(measures: tuple[Measure, ...]) -> str:
    """Return the measures as JSON text for the store."""
    return _SUMMARY.dump_json(measures).decode()


def from_summary(text: str) -> tuple[Measure, ...]:
    """Read what `to_summary` wrote."""
    return _SUMMARY.validate_json(text)


def setup_of(document: Document) -> str:
    """Return the set-up as canonical JSON: results of different set-ups are never compared.

    Part of it: the pose model, what is known of the lens, the program's version without its last number (which stands
    for repairs that leave the measurement as it is), and for a squat the view and the legs.
    """
    settings = document.provenance.settings
    setup = {"model": document.provenance.model, "camera": str(settings.get("camera") or "")}
    setup["version"] = ".".join(document.provenance.versions.get("rom-vision", "").split(".")[:2])
    if isinstance(document, SquatDocument):
        setup |= {"view": document.view.name, "legs": str(settings.get("legs") or "")}
    return json.dumps(setup, sort_keys=True, ensure_ascii=False)


@lru_cache(maxsize=256)
def way_of_doing(setup: str) -> str:
    """Say how a squat was done and seen, e.g. 'seen from the front'; nothing for other tests.

    Two views of one sitting are two series from the start, not a change of the set-up.
    """
    parts: dict[str, str] = json.loads(setup)
    if "view" not in parts:
        return ""
    legs = parts.get("legs") or "both"
    seen = seen_from(View(parts["view"], None))
    return seen if legs == "both" else f"on the {legs} leg, {seen}"


def describe_setup(setup: str) -> str:
    """Put a set-up into words."""
    return "; ".join(f"{name}: {value}" for name, value in _parts(setup).items() if value)


def describe_change(before: str, after: str) -> str:
    """Say in what two set-ups differ, e.g. 'model: full instead of heavy'."""
    old, new = _parts(before), _parts(after)
    return "; ".join(
        f"{name}: {new[name] or 'unknown'} instead of {old[name] or 'unknown'}"
        for name in new
        if new[name] != old[name]
    )


def _parts(setup: str) -> dict[str, str]:
    parts: dict[str, str] = json.loads(setup)
    return {name: parts.get(name, "").replace("_", " ") for name in ("model", "camera", "view", "legs", "version")}
