"""What to do about what was found, what to ask before a test and when to stop, read from ``advice.json``."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import TypeAdapter

__all__ = ["Advice", "AdviceBook", "Drill", "SafetyQuestion", "advise", "load_advice"]

MAX_DRILLS = 4
_WORDS = {
    "internal_rotation_low": "internal rotation below the band",
    "external_rotation_low": "little external rotation",
    "asymmetry_internal": "sides that differ in internal rotation",
    "asymmetry_external": "sides that differ in external rotation",
    "internal_dominant": "more internal than external rotation",
    "external_dominant": "more external than internal rotation",
    "pelvis_hike": "a pelvis that moves along",
}
PINCH = (
    "Pinching in the front of the hip or the groin: stop here and have the hip looked at. No exercises are suggested, "
    "and stretching further is not the answer."
)


@dataclass(frozen=True)
class Drill:
    """One exercise: what it serves (codes of `Interpretation`), how, how much, when to stop, and who says so."""

    code: str
    name: str
    kind: Literal["active", "passive", "strength"]
    serves: tuple[str, ...]
    how: str
    dose: str
    stop: str
    source: str


@dataclass(frozen=True)
class SafetyQuestion:
    """A question to ask before a test, and what a yes means; ``tests`` are those it belongs to, empty for all."""

    code: str
    question: str
    action: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdviceBook:
    """Everything in ``advice.json``."""

    schema: Literal[1]
    dose_note: str
    drills: tuple[Drill, ...]
    safety_questions: tuple[SafetyQuestion, ...]
    stop_rules: tuple[str, ...]
    safety_source: str
    no_diagnosis: str

    def questions_for(self, test: str) -> tuple[SafetyQuestion, ...]:
        """Return the questions before a test, its own first."""
        asked = [q for q in self.safety_questions if test in q.tests or not q.tests]
        return tuple(sorted(asked, key=lambda q: not q.tests))


@dataclass(frozen=True)
class Advice:
    """Exercises for what was found; ``note`` says how much, or why there are none."""

    drills: tuple[Drill, ...]
    note: str
    found: tuple[str, ...] = ()

    def serves(self, drill: Drill) -> str:
        """Say what of the things found a drill is for, in words."""
        codes = [code for code in drill.serves if code in self.found]
        return ", ".join(_WORDS.get(code) or code.replace("_", " ") for code in codes)


@lru_cache(maxsize=1)
def load_advice() -> AdviceBook:
    """Read and check the advice that ships with the package."""
    text = (files("rom_vision.meaning") / "advice.json").read_text(encoding="utf-8")
    return TypeAdapter(AdviceBook).validate_python(json.loads(text))


def advise(codes: Collection[str], *, pinch: bool = False, measured: bool = True) -> Advice:
    """Choose exercises for what was found.

    Parameters
    ----------
    codes : codes of an `Interpretation`.
    pinch : whether the person felt a pinch in the front of the hip or the groin: then nothing is suggested.
    measured : whether any test of the session was.

    Returns
    -------
    Advice
        At most four drills, those that serve most of the codes first, in the order of the data file.
    """
    if pinch:
        return Advice((), PINCH)
    book = load_advice()
    serving = [d for d in book.drills if set(d.serves) & set(codes)]
    if not serving:
        found = "Nothing was found that calls for an exercise." if measured else "Nothing was measured: film it again."
        return Advice((), found)
    serving.sort(key=lambda d: -len(set(d.serves) & set(codes)))
    chosen: list[Drill] = []
    for code in codes:
        first = next((d for d in serving if code in d.serves), None)
        if first is not None and first not in chosen:
            chosen.append(first)
    chosen += [d for d in serving if d not in chosen]
    return Advice(tuple(chosen[:MAX_DRILLS]), book.dose_note, tuple(codes))
