"""What a report says, gathered once for page and paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rom_vision.meaning.advice import Advice, AdviceBook, advise, load_advice
from rom_vision.meaning.change import ROTATION_ERROR, Verdict
from rom_vision.meaning.interpret import (
    Statement,
    interpret_rotation,
    interpret_session,
    interpret_squat,
    seen_from,
    side_pairs,
    test_name,
)
from rom_vision.meaning.norms import Band, Colour, Sex, load_norms, place
from rom_vision.report.charts import gauge_chart, rotation_chart, sides_chart, squat_chart, trend_chart
from rom_vision.report.shapes import Chart
from rom_vision.results.document import Document, HipRotationDocument, SquatDocument
from rom_vision.sessions import Picture, SessionStore
from rom_vision.sessions.compare import Series, compare
from rom_vision.sessions.records import can_be_shown, media_type_of

__all__ = [
    "COLOUR_WORDS",
    "Headline",
    "ReportedSeries",
    "ReportedTest",
    "SessionReport",
    "Summary",
    "is_quiet",
    "make_report",
    "session_report",
]

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

PINCHED = Statement("caution", "During the test it pinched in the front of the hip or in the groin.")
_VERDICT_WORDS: dict[Verdict, str] = {
    "no_change": "no change",
    "within_noise": "within the noise",
    "possible": "possibly a change",
    "likely_real": "likely a real change",
    "confirmed": "a confirmed change",
}

METHODS: tuple[tuple[type, str], ...] = (
    (
        HipRotationDocument,
        "Hip rotation is measured from the video of one camera: a model of both legs is fitted to body landmarks found "
        "by a neural network, and internal rotation is read from it as the third angle of the hip after the ISB "
        "convention (Wu 2002), relative to the pelvis. The value is the mean of the valid repetitions; its 95 % "
        "interval holds the systematic error of the landmarks as well as the spread of the repetitions. Goniometers "
        "and inclinometers read against gravity and differ from each other by some 5°, so values are best compared "
        "with the person's own, from the same camera set-up.",
    ),
    (
        SquatDocument,
        "A squat is screened from body landmarks that a neural network finds in the video: a finding is a change from "
        "this person's own standing beyond its threshold, with its 95 % interval. What the view cannot show is listed "
        "as not assessable, never as normal.",
    ),
)


@dataclass(frozen=True)
class Headline:
    """The one number of a test that is shown large."""

    words: str
    value_deg: float
    ci95_deg: tuple[float, float]
    colour: Colour | None


@dataclass(frozen=True)
class Summary:
    """A result as the top of a report shows it: what, how much, how sure, and a word on it."""

    what: str
    value: str
    interval: str
    word: str
    colour: Colour | None


@dataclass(frozen=True)
class ReportedTest:
    """One test: what it found in numbers, charts, sentences and pictures."""

    title: str
    document: Document
    headlines: tuple[Headline, ...]
    charts: tuple[Chart, ...]
    statements: tuple[Statement, ...]
    pictures: tuple[Picture, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings of the measurement, as many and as long as a reader can be asked to read."""
        texts = [shortened(text, SENTENCE_LENGTH) for text in self.document.warnings[:MAX_SENTENCES]]
        return (*texts, *_left_out(len(self.document.warnings)))

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """What the top of a report says of this test."""
        if self.document.status == "refused":
            return (Summary(self.title, "not measured", "see below what to change", "", None),)
        if isinstance(self.document, SquatDocument):
            return _squat_summaries(self.title, self.document)
        if not self.headlines:
            return (Summary(self.title, "no value", "the result holds none", "", None),)
        return tuple(
            Summary(
                f"{self.title}: {h.words}",
                f"{h.value_deg:.1f}°",
                f"95 % interval {h.ci95_deg[0]:.1f}° to {h.ci95_deg[1]:.1f}°",
                COLOUR_WORDS[h.colour] if h.colour else "",
                h.colour,
            )
            for h in self.headlines
        )


@dataclass(frozen=True)
class ReportedSeries:
    """One series over time with its chart, where there is something to see."""

    series: Series
    chart: Chart | None

    @property
    def heading(self) -> str:
        """What is compared and what has become of it, e.g. 'Internal rotation, left, seated: +8.0°, likely real'."""
        s = self.series
        if s.change_deg is None:
            return f"{s.title}: a new series"
        return f"{s.title}: {s.change_deg:+.1f}°, {_VERDICT_WORDS[s.verdict]}"


@dataclass(frozen=True)
class SessionReport:
    """Everything that a report shows."""

    person: str | None
    taken_at: datetime
    tests: tuple[ReportedTest, ...]
    sides: tuple[Chart, ...]
    statements: tuple[Statement, ...]
    series: tuple[ReportedSeries, ...]
    first_time: str
    pinch: bool
    advice: Advice
    book: AdviceBook
    method: str
    provenance: tuple[tuple[str, str], ...]

    @property
    def when(self) -> tuple[str, str]:
        """Day and time of the tests where they were done, for people."""
        offset = f"{self.taken_at:%z}"
        return f"{self.taken_at:%d %B %Y}", f"{self.taken_at:%H:%M}, UTC{offset[:3]}:{offset[3:5]}"


def session_report(store: SessionStore, number: int) -> SessionReport:
    """Gather the report of a kept session, with those of the person's series that it continues.

    Raises
    ------
    BadInputError
        If there is no session of that number.
    """
    session = store.session(number)
    series = compare(store, session.person.name, until=session.taken_at).series
    series = tuple(s for s in series if s.values[-1].date == session.taken_at)
    return make_report(
        [(r.document, store.pictures(r.id)) for r in session.results],
        taken_at=session.taken_at,
        person=session.person.name,
        sex=session.person.sex,
        age_years=session.person.age_years(session.taken_at),
        series=series,
        pinch=any(r.pinch for r in session.results),
    )


def make_report(
    results: Sequence[tuple[Document, Sequence[Picture]]],
    *,
    taken_at: datetime,
    person: str | None = None,
    sex: Sex | None = None,
    age_years: int | None = None,
    series: Sequence[Series] = (),
    pinch: bool = False,
) -> SessionReport:
    """Gather a report of results that need not be kept.

    Parameters
    ----------
    results : each document with its pictures.
    taken_at : when the tests were done, with time zone.
    person, sex, age_years : who was tested, as far as known.
    series : the person's series over time, this session included.
    pinch : whether it pinched in the front of the hip or the groin: then no exercise is suggested.
    """
    documents = [document for document, _ in results]
    rotations = [d for d in documents if isinstance(d, HipRotationDocument)]
    own = [s.mdc95_deg for s in series if s.test == "hip_rotation" and s.mdc95_deg is not None and len(s.values) > 1]
    whole = interpret_session(
        documents, sex=sex, age_years=age_years, mdc95_deg=max(own, default=ROTATION_ERROR.mdc95_default_deg)
    )
    tests: list[ReportedTest] = []
    spoken: set[Statement] = set()
    for document, pictures in results:
        if isinstance(document, HipRotationDocument):
            said = interpret_rotation(document, sex=sex, age_years=age_years)
            headlines, charts = _rotation_parts(document, load_norms().band(document.position, sex))
        else:
            said = interpret_squat(document, rotations, sex=sex)
            headlines, charts = (), tuple(c for c in (squat_chart(document),) if c and document.status == "measured")
        # What holds for both sides alike, such as published means, is said once.
        new = _readable(s for s in said.statements if s.topic != "published" or s not in spoken)
        spoken.update(said.statements)
        new += tuple(
            Statement("caution", f"{shortened(picture.name, NAME_LENGTH)}: this picture is damaged.")
            for picture in pictures
            if not can_be_shown(picture)
        )
        # One that is damaged inside may still show something in a browser.
        shown = tuple(picture for picture in pictures if media_type_of(picture.data) is not None)
        tests.append(ReportedTest(test_name(document), document, headlines, charts, new, shown))
    return SessionReport(
        person=person,
        taken_at=taken_at,
        tests=tuple(tests),
        sides=tuple(chart for pair in side_pairs(rotations) if (chart := sides_chart(*pair)) is not None),
        statements=(*((PINCHED,) if pinch else ()), *_readable(s for s in whole.statements if s not in spoken)),
        series=tuple(
            ReportedSeries(s, trend_chart(s) if _worth_a_chart(s) else None)
            for s in series
            if len(s.values) > 1 or s.new_setup
        ),
        first_time=_first_time(series),
        pinch=pinch,
        advice=advise(whole.codes, pinch=pinch, measured=any(d.status == "measured" for d in documents)),
        book=load_advice(),
        method=" ".join(text for kind, text in METHODS if any(isinstance(d, kind) for d in documents)),
        provenance=_provenance(documents),
    )


def _squat_summaries(title: str, document: SquatDocument) -> tuple[Summary, ...]:
    """One summary for each finding, the marked ones first; one that says so when nothing was found."""
    n = len(document.repetitions)
    found = [f for severity in ("marked", "mild") for f in document.findings if f.severity == severity]
    if not found:
        return (Summary(title, "nothing found", f"in what {n} repetitions show from here", "", "ok"),)
    summaries = []
    for f in found[:MAX_SENTENCES]:
        unit = "°" if f.unit == "deg" else f" {shortened(f.unit, 20)}"
        size = f.change_from_standing if f.change_from_standing is not None else f.value
        interval = f"95 % interval {f.ci95[0]:.1f} to {f.ci95[1]:.1f}{unit}" if f.ci95 else ""
        what = f"{title}: {shortened(f.code.replace('_', ' '), 60)}" + ("" if f.side == "both" else f", {f.side}")
        value = "" if size is None else f"{size:.1f}{unit}"
        summaries.append(Summary(what, value, interval, f.severity, "marked" if f.severity == "marked" else "low"))
    return tuple(summaries)


def _first_time(series: Sequence[Series]) -> str:
    """Say in one sentence what has only been measured once with its set-up; nothing when that is said elsewhere."""
    once = [s for s in series if len(s.values) == 1 and not s.new_setup]
    if not once:
        return ""
    parts = "; ".join(f"{s.title[0].lower()}{s.title[1:]} ({s.mdc95_deg:.1f}°)" for s in once)
    return (
        "Measured for the first time, so there is nothing to compare with yet. In brackets, by how much the value has "
        f"to change before it counts: {parts}."
    )


def shortened(text: str, length: int) -> str:
    """Return a text that is no longer than a reader, and a cell on paper, can take."""
    return text if len(text) <= length else f"{text[: length - 2].rstrip()} …"


def _readable(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return statements as many and as long as a reader can be asked to read."""
    given = list(statements)
    kept = [replace(s, text=shortened(s.text, SENTENCE_LENGTH)) for s in given[:MAX_SENTENCES]]
    return (*kept, *(Statement("caution", text) for text in _left_out(len(given))))


def _left_out(count: int) -> tuple[str, ...]:
    beyond = count - MAX_SENTENCES
    return (f"And {beyond:,} more; the file of the result holds all of them.",) if beyond > 0 else ()


def is_quiet(statement: Statement) -> bool:
    """Whether a sentence is background, such as what a view cannot show, and is set smaller."""
    return statement.topic in ("published", "arc") or (statement.topic == "finding" and statement.colour is None)


def _worth_a_chart(series: Series) -> bool:
    """Internal rotation always; of the rest only what moved, so that the report stays short."""
    return series.measure == "internal_rotation" or series.verdict != "no_change"


def _rotation_parts(document: HipRotationDocument, band: Band) -> tuple[tuple[Headline, ...], tuple[Chart, ...]]:
    headlines: list[Headline] = []
    charts: list[Chart] = []
    for motion, words in (("internal_rotation", "internal rotation"), ("external_rotation", "external rotation")):
        value = getattr(document, motion)
        if value is None:
            continue
        colour = None
        if motion == "internal_rotation":
            colour = place(value.value_deg, value.ci95_deg, band).colour
            charts.append(gauge_chart(value, band, colour))
        headlines.append(Headline(words, value.value_deg, value.ci95_deg, colour))
    # A curve of what could not be measured would be read as one that was.
    curve = rotation_chart(document, band) if document.status == "measured" else None
    return tuple(headlines), (*charts, *([curve] if curve else []))


def _provenance(documents: Sequence[Document]) -> tuple[tuple[str, str], ...]:
    lines = []
    for document in documents:
        p = document.provenance
        view = seen_from(document.view) if isinstance(document, SquatDocument) else None
        known = (p.video, p.subject, view, p.settings.get("camera"), p.settings.get("level"), f"model {p.model}")
        lines.append((test_name(document), "; ".join(shortened(str(part), NAME_LENGTH) for part in known if part)))
    made_with = dict.fromkeys(
        shortened(", ".join(f"{name} {version}" for name, version in d.provenance.versions.items()), SENTENCE_LENGTH)
        for d in documents
    )
    return (*lines, *(("Made with", versions) for versions in made_with))
