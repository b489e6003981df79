"""How any test is shown. A test with drawings, charts or codes of its own has a `Presenter` of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rom_vision.errors import BadInputError
from rom_vision.meaning.base import band_of
from rom_vision.meaning.interpret import interpret, test_name
from rom_vision.meaning.norms import Sex, place
from rom_vision.meaning.statements import range_words, unit_sign, value_words
from rom_vision.report.charts import curve_chart, gauge_chart
from rom_vision.report.fhir_parts import Json, plain_observations
from rom_vision.report.presenters.parts import COLOUR_WORDS, MAX_SENTENCES, Headline, Summary, shortened
from rom_vision.report.shapes import Chart
from rom_vision.results.document import Document, Result

if TYPE_CHECKING:
    from rom_vision.body.angles import JointAngles
    from rom_vision.pipeline.run import Analysis
    from rom_vision.report.overlay import Drawing
    from rom_vision.sessions import Picture

__all__ = ["Columns", "Presenter", "main_curve"]

Columns = dict[str, Sequence[float | None]]


class Presenter:
    """Numbers, charts, pictures, video and files of a test. This one serves any test."""

    # words and numbers

    def lines(self, document: Document) -> str:
        """Describe a result in a few plain lines for the terminal."""
        said = [f"{test_name(document)}: {document.status}"]
        said += [f"  - {reason}" for reason in document.reasons]
        if document.status == "measured":
            said += [f"  {s.text}" for s in interpret(document).statements if s.topic in ("result", "place", "finding")]
        for number, r in enumerate(document.repetitions, 1):
            value = "" if r.value is None else f": {value_words(r.value, r.unit)}"
            flags = f" ({'; '.join(r.flags)})" if r.flags else ""
            state = "" if r.valid else " set aside"
            said.append(f"   {number}. {r.start_s:.1f}-{r.end_s:.1f} s{value}{state}{flags}")
        return "\n".join([*said, *(f"  note: {warning}" for warning in document.warnings)])

    def headlines(self, document: Document, sex: Sex | None) -> tuple[Headline, ...]:
        """Return the numbers that are shown large: those that are compared over time or with reference values."""
        shown = []
        for m in document.measures:
            band = band_of(m, document, sex)
            if (m.error or m.norm) and m.ci95 is not None and document.status == "measured":
                shown.append(Headline(m, place(m.value, m.interval, band).colour if band else None))
        return tuple(shown)

    def summaries(self, document: Document, headlines: Sequence[Headline]) -> tuple[Summary, ...]:
        """Return what the top of a report says."""
        title = test_name(document)
        if document.status == "refused":
            return (Summary(title, "not measured", "see below what to change", "", None),)
        return tuple(
            Summary(
                f"{title}: {h.measure.words}",
                value_words(h.measure.value, h.measure.unit),
                f"95 % interval {range_words(h.measure.interval, h.measure.unit)}",
                COLOUR_WORDS[h.colour] if h.colour else "",
                h.colour,
            )
            for h in headlines
        ) or (
            finding_summaries(title, document)
            if document.findings
            else (Summary(title, "no value", "the result holds none", "", None),)
        )

    def charts(self, document: Document, sex: Sex | None) -> tuple[Chart, ...]:
        """Return a gauge for each number with a reference band, and the main curve of a measured test."""
        charts = []
        for h in self.headlines(document, sex):
            band = band_of(h.measure, document, sex)
            if band is not None and h.colour is not None:
                charts.append(gauge_chart(h.measure, band, h.colour))
        # A curve of what could not be measured would be read as one that was.
        curve = self.curve(document, sex) if document.status == "measured" else None
        return (*charts, *([curve] if curve else []))

    def curve(self, document: Document, sex: Sex | None) -> Chart | None:  # noqa: ARG002
        """Return the main curve over time; None when there is nothing to see."""
        name = main_curve(document)
        return curve_chart(document, name) if name else None

    # pictures

    def drawing(self, analysis: Analysis, sex: Sex | None = None) -> Drawing | None:  # noqa: ARG002
        """Return what draws the analysed video; None when nobody was found."""
        from rom_vision.report.presenters.plain_overlay import PlainOverlay

        if not analysis.track.found.any():
            return None
        return PlainOverlay(analysis.track, analysis.document, main_curve(analysis.document), analysis.level)

    def pictures(
        self, clip: str | Path, analysis: Analysis, drawing: Drawing | None, *, every: bool, max_side_px: int
    ) -> tuple[Picture, ...]:
        """Return pictures to keep with the result.

        Parameters
        ----------
        clip : the video that was measured.
        analysis : what was made of it.
        drawing : as `drawing` gave it.
        every : each repetition, not only the best of each kind.
        max_side_px : size of the analysed picture.
        """
        from rom_vision.report.presenters.pictures import end_range_pictures, repetition_pictures

        document = analysis.document
        if drawing is None:
            return ()
        if every:
            return repetition_pictures(clip, drawing, document, document.repetitions, max_side_px=max_side_px)
        return end_range_pictures(clip, drawing, document, max_side_px=max_side_px)

    # files for other programs

    def observations(self, document: Document, sex: Sex | None) -> Iterable[Json]:
        """Return the FHIR Observations."""
        return plain_observations(document, sex)

    def coordinates(self, document: Document, angles: JointAngles | None) -> tuple[Sequence[float], Columns]:  # noqa: ARG002
        """Return times and joint angles by OpenSim's coordinate name, degrees.

        Parameters
        ----------
        document : the result.
        angles : all joint angles of the leg model, where they are at hand.

        Raises
        ------
        BadInputError
            If the test has no joint angle that OpenSim knows.
        """
        raise BadInputError(f"{test_name(document)}: this test has no joint angles that OpenSim knows.")


def main_curve(result: Result) -> str | None:
    """Return the name of the first series that is a quantity, not the time or a spread."""
    return next((name for name in result.series if name != "time_s" and "_sd_" not in name), None)


def finding_summaries(title: str, document: Document) -> tuple[Summary, ...]:
    """One summary for each finding, the marked ones first; one that says so when nothing was found."""
    n = sum(r.valid for r in document.repetitions)
    found = [f for severity in ("marked", "mild") for f in document.findings if f.severity == severity]
    if not found:
        return (Summary(title, "nothing found", f"in what {n} repetitions show from here", "", "ok"),)
    summaries = []
    for f in found[:MAX_SENTENCES]:
        unit = unit_sign(shortened(f.unit, 20))
        size = f.change_from_standing if f.change_from_standing is not None else f.value
        interval = f"95 % interval {f.ci95[0]:.1f} to {f.ci95[1]:.1f}{unit}" if f.ci95 else ""
        what = f"{title}: {shortened(f.code.replace('_', ' '), 60)}" + ("" if f.side == "both" else f", {f.side}")
        value = "" if size is None else f"{size:.1f}{unit}"
        summaries.append(Summary(what, value, interval, f.severity, "marked" if f.severity == "marked" else "low"))
    return tuple(summaries)
