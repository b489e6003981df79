"""From results to plain sentences: where they lie, how sure that is, what to look at and what to measure again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rom_vision.meaning.change import ROTATION_ERROR
from rom_vision.meaning.norms import Sex
from rom_vision.meaning.registry import meaning_of
from rom_vision.meaning.statements import Interpretation, Statement
from rom_vision.results.document import Document, Result

__all__ = ["interpret", "interpret_session", "side_pairs", "test_name"]

_RETEST = (
    "Test again at most once a week, at the same time of day, after the same warm-up and on the same seat; compare "
    "formally every four weeks."
)


def test_name(result: Result) -> str:
    """Name a test for people, e.g. 'Left hip rotation, seated, active'; one that was changed by hand is '(edited)'."""
    return meaning_of(result.test).name(result) + (" (edited)" if result.corrections else "")


test_name.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it wherever a test imports it


def interpret(
    result: Result, known: Sequence[Result] = (), *, sex: Sex | None = None, age_years: int | None = None
) -> Interpretation:
    """Say what one result means.

    Parameters
    ----------
    result : result or document of one test.
    known : other results of the same person and session.
    sex : selects the band for women where known; the general band otherwise.
    age_years : leaves out published samples of another age where known.
    """
    return meaning_of(result.test).interpret(result, known, sex=sex, age_years=age_years)


def side_pairs(results: Iterable[Document]) -> list[tuple[Document, Document]]:
    """Return (left, right) of each test and way of doing it in which both sides were measured; the latest counts."""

    def way(result: Document) -> tuple[str, ...]:
        others = sorted((name, value) for name, value in result.options.items() if name != "side")
        return (result.test, *(f"{name}={value}" for name, value in others))

    measured = sorted((r for r in results if r.status == "measured" and r.side), key=way)
    pairs = []
    for _, same in groupby(measured, way):
        sides = {r.side: r for r in same}
        if {"left", "right"} <= set(sides):
            pairs.append((sides["left"], sides["right"]))
    return pairs


def interpret_session(
    results: Sequence[Document],
    *,
    sex: Sex | None = None,
    age_years: int | None = None,
    mdc95_deg: float = ROTATION_ERROR.mdc95_default_deg,
) -> Interpretation:
    """Say what all tests of one session mean together: each test, the two sides, and when to test again.

    Parameters
    ----------
    results : documents of one session.
    sex, age_years : see `interpret`.
    mdc95_deg : least detectable change for the comparison of sides; the method's default unless the person's is known.
    """
    # Tests of one side first: what they found may explain the others.
    ordered = sorted(results, key=lambda r: r.side is None)
    parts = [interpret(r, [k for k in results if k is not r], sex=sex, age_years=age_years) for r in ordered]
    parts += [meaning_of(left.test).sides(left, right, mdc95_deg) for left, right in side_pairs(results)]
    said = [s for part in parts for s in part.statements]
    codes = [c for part in parts for c in part.codes]
    measured = [r for r in results if r.status == "measured"]
    if measured:
        gains = dict.fromkeys(meaning_of(r.test).gain for r in results)
        said.append(Statement("retest", _RETEST + "".join(gains)))
    return Interpretation(tuple(dict.fromkeys(said)), tuple(dict.fromkeys(codes)))
