"""What of a result can be compared over time, and with which camera set-up it was made."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from rom_vision.meaning.change import ERRORS
from rom_vision.meaning.statements import seen_from
from rom_vision.protocols.registry import find_protocol
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure, View

__all__ = [
    "describe_change",
    "describe_setup",
    "from_summary",
    "is_incomplete",
    "measures_of",
    "setup_of",
    "to_summary",
    "way_of_doing",
]

LEAST_REPETITIONS = 3
"""Scored repetitions of a side (clinical evidence, 6.2)."""
_OF_THREE = ("hip_rotation", "leg_raise", "toe_touch")
_SUMMARY = TypeAdapter(tuple[Measure, ...])
_OWN_COLUMNS = ("position", "mode", "side")
"""Options that the store keeps apart; the others are part of the set-up, but for numbers, which only scale."""
_SETUP_PARTS = ("model", "camera", "view", "legs", "version")


def measures_of(document: Document) -> tuple[Measure, ...]:
    """Return the comparable quantities of a result: those whose error has been published; none of a refused one."""
    if document.status != "measured":
        return ()
    return tuple(m for m in document.measures if m.error in ERRORS and math.isfinite(m.value))


def is_incomplete(measure: Measure) -> bool:
    """Whether a value is the mean of fewer repetitions than three, the rule of the tests that count them.

    Such a value is marked by its result's warnings, and left out of the trend unless wanted.
    """
    return measure.error in _OF_THREE and 0 < measure.n_repetitions < LEAST_REPETITIONS


def to_summary(measures: tuple[Measure, ...]) -> str:
    """Return the measures as JSON text for the store."""
    return _SUMMARY.dump_json(measures).decode()


def from_summary(text: str) -> tuple[Measure, ...]:
    """Read what `to_summary` wrote."""
    return _SUMMARY.validate_json(text)


def setup_of(document: Document) -> str:
    """Return the set-up as canonical JSON: results of different set-ups are never compared.

    Part of it: the pose model, what is known of the lens, the program's version without its last number (which stands
    for repairs that leave the measurement as it is), the view where the test tells it, and the options of the test that
    the store does not keep apart, such as the legs of a squat.
    """
    settings = document.provenance.settings
    setup: dict[str, Any] = {"model": document.provenance.model, "camera": str(settings.get("camera") or "")}
    setup["version"] = ".".join(document.provenance.versions.get("rom-vision", "").split(".")[:2])
    if document.view is not None:
        setup["view"] = document.view.name
    asked = find_protocol(document.test)
    apart = (*_OWN_COLUMNS, *(o.name for o in asked.options if o.number)) if asked else _OWN_COLUMNS
    setup |= {name: value for name, value in document.options.items() if name not in apart}
    return json.dumps(setup, sort_keys=True, ensure_ascii=False)


@lru_cache(maxsize=256)
def way_of_doing(setup: str) -> str:
    """Say how a test was done and seen, e.g. 'seen from the front', as far as the set-up tells.

    Two views of one sitting are two series from the start, not a change of the set-up.
    """
    parts: dict[str, str] = json.loads(setup)
    done = [f"on the {legs} leg"] if (legs := parts.get("legs") or "both") != "both" else []
    done += [f"{name} {value}" for name, value in parts.items() if name not in _SETUP_PARTS]
    return ", ".join([*done, *([seen_from(View(parts["view"], None))] if "view" in parts else [])])


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
    return {name: parts.get(name, "").replace("_", " ") for name in _SETUP_PARTS}
