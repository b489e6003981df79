"""What a result means, in sentences: what holds for every test. A test of its own words has a `Meaning` of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rom_vision.meaning.norms import Band, NormStudy, Placement, Sex, load_norms, place
from rom_vision.meaning.statements import (
    ZONE_WORDS,
    Interpretation,
    Statement,
    range_words,
    seen_from,
    unit_sign,
    value_words,
)
from rom_vision.protocols.registry import find_protocol
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure

__all__ = ["Meaning", "band_of", "placed_words"]


class Meaning:
    """The sentences of a test. This one speaks for any test: values, where they lie, findings, what to do again."""

    method = "Measured from body landmarks that a neural network finds in the video of one camera."
    """How it is measured, for the end of a report."""
    gain = ""
    """What change to expect, after the advice when to test again."""

    def name(self, result: Result) -> str:
        """Name a test for people, e.g. 'Squat' or 'Left hip rotation, seated, active'."""
        known = find_protocol(result.test)
        title = known.title if known else result.test.replace("_", " ").capitalize()
        chosen = [
            value
            for option, value in result.options.items()
            if known is None or all(o.default != value and not o.number for o in known.options if o.name == option)
        ]
        return ", ".join([title, *(value.replace("_", " ") for value in chosen)])

    def interpret(
        self,
        result: Result,
        known: Sequence[Result] = (),  # noqa: ARG002
        *,
        sex: Sex | None = None,
        age_years: int | None = None,
    ) -> Interpretation:
        """Say what one result means.

        Parameters
        ----------
        result : of this test.
        known : other results of the same person and session.
        sex, age_years : choose reference values, where known.
        """
        name = self.name(result)
        if result.status == "refused":
            return refused(f"{name}: not measured. {' '.join(result.reasons)}")
        said = [Statement("result", measure_words(name, m)) for m in result.measures]
        for m in result.measures:
            band = band_of(m, result, sex)
            if band is not None and m.ci95 is not None:
                text, placed = placed_words(m, band)
                said.append(Statement("place", text, placed.colour))
                said += published(result, m, sex, age_years)
        said += finding_statements(result)
        return Interpretation(tuple(said), tuple(f.code for f in result.findings if f.severity in ("mild", "marked")))

    def beside(self, result: Result, known: Sequence[Result]) -> tuple[str, ...]:  # noqa: ARG002
        """Return what other results of the same person say about this one, kept with it as warnings."""
        return ()

    def still_said(self, result: Result, known: Sequence[Result]) -> tuple[str, ...]:  # noqa: ARG002
        """Return the warnings of a result that still hold beside the others of its session."""
        return result.warnings

    def sides(self, left: Result, right: Result, mdc95: float) -> Interpretation:  # noqa: ARG002
        """Compare the two sides of one session; nothing where no threshold has been published."""
        return Interpretation((), ())


def refused(text: str) -> Interpretation:
    """Say that a test was not measured, and to film it again."""
    again = Statement("retest", "Mend this and film the test again.")
    return Interpretation((Statement("result", text), again), ())


def measure_words(name: str, m: Measure) -> str:
    """Put a measure into a sentence."""
    text = f"{name}: {m.words}{'' if m.side == 'both' else f', {m.side}'} {value_words(m.value, m.unit)}"
    if m.ci95 is not None:
        text += f" (95 % interval {range_words(m.ci95, m.unit)})"
    if m.n_repetitions:
        text += f", mean of {'one repetition' if m.n_repetitions == 1 else f'{m.n_repetitions} repetitions'}"
    return text + ("." if m.best is None else f"; best {value_words(m.best, m.unit)}.")


def band_of(m: Measure, result: Result, sex: Sex | None) -> Band | None:
    """Return the reference band of a measure; None where there is none for it in this position."""
    return load_norms().band_of(m.norm, result.position, sex) if m.norm else None


def placed_words(m: Measure, band: Band) -> tuple[str, Placement]:
    """Say where a measure lies against a band, as far as its interval allows."""
    placed = place(m.value, m.interval, band)
    low_edge, high_edge = band.band_deg
    named = "" if "in_band" in (placed.possible[0], placed.possible[-1]) else "reference band "
    sign = unit_sign(m.unit)
    edges = f"({named}{band.for_whom}{low_edge:.0f} to {high_edge:.0f}{sign}; "
    edges += f"{band.target_deg:.0f}{sign} is a training target and no pass mark)"
    first, last = (ZONE_WORDS[zone] for zone in (placed.possible[0], placed.possible[-1]))
    if first == last:
        text = f"This is {'within ' if placed.zone == 'in_band' else ''}{first} {edges}."
    elif placed.colour == "undecided":
        text = f"The interval reaches from {first} to {last} {edges}: this test alone cannot tell which it is."
    else:
        verdict = "low" if placed.colour == "low" else "as in healthy adults"
        text = f"The interval reaches from {first} to {last} {edges}: {verdict} either way."
    return text, placed


def published(result: Result, m: Measure, sex: Sex | None, age_years: int | None) -> Iterable[Statement]:
    """Name the published samples that were measured in the same position and mode."""
    studies = load_norms().studies_like(m.norm or "", result.position, result.mode, sex, age_years)
    if studies:
        means = "; ".join(_study(s) for s in studies)
        yield Statement(
            "published",
            f"Published means in this position: {means}. Other instruments differ by some 5° from each other "
            "(Roach 2013), so compare this value above all with your own earlier ones.",
        )


def _study(study: NormStudy) -> str:
    spread = f" ± {study.sd_deg:g}" if study.sd_deg else ""
    size = f"n = {study.n}; " if study.n else ""
    return f"{study.mean_deg:g}{spread}° ({size}{study.source})"


def finding_statements(result: Result) -> Iterable[Statement]:
    """Say what was found, or that nothing was, and what the view cannot show; nothing of a test without findings."""
    if not result.findings:
        return
    found = [f for f in result.findings if f.severity in ("mild", "marked")]
    for f in found:
        yield Statement("finding", f.sentence, "marked" if f.severity == "marked" else "low")
    if not found:
        yield Statement("finding", "Nothing stood out in what this view can show.", "ok")
    unseen = [f.sentence for f in result.findings if f.severity == "not_assessable"]
    if unseen:
        yield Statement("finding", "Not assessable from this view: " + " ".join(unseen))


def seen_words(result: Result) -> str:
    """Say from where the person was filmed; nothing where the test does not tell."""
    return seen_from(result.view) if result.view else ""
