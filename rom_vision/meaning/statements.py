"""Sentences, and the words they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rom_vision.meaning.norms import Colour, Zone
from rom_vision.results.parts import View

__all__ = ["ZONE_WORDS", "Interpretation", "Statement", "Topic", "range_words", "seen_from", "unit_sign", "value_words"]

Topic = Literal[
    "result",
    "place",
    "published",
    "arc",
    "balance",
    "sides",
    "compensation",
    "finding",
    "hip_link",
    "retest",
    "caution",
]
ZONE_WORDS: dict[Zone, str] = {
    "very_low": "markedly low",
    "low": "low",
    "lower_normal": "lower normal",
    "in_band": "the reference band",
    "upper_normal": "upper normal",
    "high": "high",
}


@dataclass(frozen=True)
class Statement:
    """One plain sentence or two. ``colour`` is set only where the whole interval agrees on it."""

    topic: Topic
    text: str
    colour: Colour | None = None


@dataclass(frozen=True)
class Interpretation:
    """What a result means. ``codes`` name what was found, for `rom_vision.meaning.advice`."""

    statements: tuple[Statement, ...]
    codes: tuple[str, ...]


def seen_from(view: View) -> str:
    """Name the direction of a squat video for people, e.g. 'seen from the left side'."""
    words = {"front": "the front", "back": "behind", "oblique": "an oblique angle", "unknown": "an unknown direction"}
    return f"seen from {words.get(view.name) or 'the ' + view.name[:60].replace('_', ' ')}"


def unit_sign(unit: str) -> str:
    """Return a unit as it follows a number: '°', or the unit after a space; 'pct' of a curve's name is '%'."""
    return {"deg": "°", "pct": " %", "": ""}.get(unit, f" {unit}")


def value_words(value: float, unit: str = "deg") -> str:
    """Return a value for people, e.g. '31.4°'."""
    return f"{value:.1f}{unit_sign(unit)}"


def range_words(interval: tuple[float, float], unit: str = "deg") -> str:
    """Return an interval for people, e.g. '27.4° to 35.4°'."""
    return f"{value_words(interval[0], unit)} to {value_words(interval[1], unit)}"
