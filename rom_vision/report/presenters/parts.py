"""What a report shows of one test: its large numbers, and the lines at its top."""

from __future__ import annotations

from dataclasses import dataclass

from rom_vision.meaning.norms import Colour
from rom_vision.results.parts import Measure

__all__ = ["COLOUR_WORDS", "MAX_SENTENCES", "NAME_LENGTH", "SENTENCE_LENGTH", "Headline", "Summary", "shortened"]

COLOUR_WORDS: dict[Colour, str] = {
    "marked": "markedly low",
    "low": "low",
    "ok": "as in healthy adults",
    "high": "high",
    "undecided": "one test cannot tell",
}


MAX_SENTENCES = 100
SENTENCE_LENGTH = 1_500
NAME_LENGTH = 300
"""What a report shows of documents from elsewhere (our own heuristics; none of our own comes near)."""


@dataclass(frozen=True)
class Headline:
    """A number of a test that is shown large; ``colour`` where there is a reference band."""

    measure: Measure
    colour: Colour | None


@dataclass(frozen=True)
class Summary:
    """A result as the top of a report shows it: what, how much, how sure, and a word on it."""

    what: str
    value: str
    interval: str
    word: str
    colour: Colour | None


def shortened(text: str, length: int) -> str:
    """Return a text that is no longer than a reader, and a cell on paper, can take."""
    return text if len(text) <= length else f"{text[: length - 2].rstrip()} …"
