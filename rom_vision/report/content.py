"""What a report says, gathered once for page and paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rom_vision.meaning.advice import Advice, AdviceBook, advise, load_advice
from rom_vision.meaning.base import seen_words
from rom_vision.meaning.change import ROTATION_ERROR, Verdict
from rom_vision.meaning.interpret import interpret, interpret_session, side_pairs, test_name
from rom_vision.meaning.norms import Band, Sex, load_norms
from rom_vision.meaning.registry import meaning_of
from rom_vision.meaning.statements import Statement, unit_sign, value_words
from rom_vision.report.charts import sides_chart, trend_chart
from rom_vision.report.presenters.parts import (
    COLOUR_WORDS,
    MAX_SENTENCES,
    NAME_LENGTH,
    SENTENCE_LENGTH,
    Headline,
    Summary,
    shortened,
)
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.report.shapes import Chart
from rom_vision.report.training import training_lines
from rom_vision.results.command import command_line, command_of
from rom_vision.results.document import Document
from rom_vision.sessions import Picture, SavedSession, SessionStore
from rom_vision.sessions.compare import Series, compare
from rom_vision.sessions.dose import trained_before
from rom_vision.sessions.records import can_be_shown, media_type_of
from rom_vision.sessions.training import trainings

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

PINCHED = Statement("caution", "During the test it pinched in the front of the hip or in the groin.")
_VERDICT_WORDS: dict[Verdict, str] = {
    "no_change": "no change",
    "within_noise": "within the noise",
    "possible": "possibly a change",
    "likely_real": "likely a real change",
    "confirmed": "a confirmed change",
}


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
        return presenter_of(self.document.test).summaries(self.document, self.headlines)


@dataclass(frozen=True)
class ReportedSeries:
    """One series over time with its chart, where there is something to see."""

    series: Series
    chart: Chart | None

    @property
    def heading(self) -> str:
        """What is compared and what has become of it, e.g. 'Internal rotation, left, seated: +8.0°, likely real'."""
        s = self.series
        if s.change is None:
            return f"{s.title}: a new series"
        return f"{s.title}: {s.change:+.1f}{unit_sign(s.unit)}, {_VERDICT_WORDS[s.verdict]}"


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
    training: tuple[str, ...]
    advice: Advice
    book: AdviceBook
    method: str
    provenance: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]

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
        training=_training(store, session, series),
        command=session_command(number),
    )


def session_command(number: int) -> str:
    """Return the command that makes the report of a kept session again."""
    files = ("--html", f"session-{number}.html", "--pdf", f"session-{number}.pdf")
    return command_line(["sessions", "report", str(number), *files])


def _training(store: SessionStore, session: SavedSession, series: Sequence[Series]) -> tuple[str, ...]:
    name, until = session.person.name, session.taken_at
    every = [k.training for k in trainings(store, name) if k.training.began_at <= until]
    return training_lines(trained_before(store, name, until), every, series)


def make_report(
    results: Sequence[tuple[Document, Sequence[Picture]]],
    *,
    taken_at: datetime,
    person: str | None = None,
    sex: Sex | None = None,
    age_years: int | None = None,
    series: Sequence[Series] = (),
    pinch: bool = False,
    training: Sequence[str] = (),
    command: str = "",
) -> SessionReport:
    """Gather a report of results that need not be kept.

    Parameters
    ----------
    results : each document with its pictures.
    taken_at : when the tests were done, with time zone.
    person, sex, age_years : who was tested, as far as known.
    series : the person's series over time, this session included.
    pinch : whether it pinched in the front of the hip or the groin: then no exercise is suggested.
    training : what was trained before, in sentences.
    command : what makes the report again; empty for those of its results.
    """
    results = [(_with_what_holds(d, [k for k, _ in results if k is not d]), pictures) for d, pictures in results]
    documents = [document for document, _ in results]
    own = [s.mdc95 for s in series if s.test == "hip_rotation" and s.mdc95 is not None and len(s.values) > 1]
    whole = interpret_session(
        documents, sex=sex, age_years=age_years, mdc95_deg=max(own, default=ROTATION_ERROR.mdc95_default_deg)
    )
    tests, spoken = _reported(results, sex, age_years)
    return SessionReport(
        person=person,
        taken_at=taken_at,
        tests=tests,
        sides=tuple(chart for pair in side_pairs(documents) if (chart := sides_chart(*pair)) is not None),
        statements=(*((PINCHED,) if pinch else ()), *_readable(s for s in whole.statements if s not in spoken)),
        series=_over_time([s for s in series if len(s.values) > 1 or s.new_setup], sex),
        first_time=_first_time(series),
        pinch=pinch,
        training=tuple(training),
        advice=advise(whole.codes, pinch=pinch, measured=any(d.status == "measured" for d in documents)),
        book=load_advice(),
        method=" ".join(dict.fromkeys(meaning_of(d.test).method for d in documents)),
        provenance=_provenance(documents),
        commands=(command,) if command else tuple(filter(None, map(command_of, documents))),
    )


def _reported(
    results: Sequence[tuple[Document, Sequence[Picture]]], sex: Sex | None, age_years: int | None
) -> tuple[tuple[ReportedTest, ...], set[Statement]]:
    """Gather each test; return them with everything that was said of them."""
    tests: list[ReportedTest] = []
    spoken: set[Statement] = set()
    for document, pictures in results:
        presenter = presenter_of(document.test)
        others = [d for d, _ in results if d is not document]
        said = interpret(document, others, sex=sex, age_years=age_years)
        headlines, charts = presenter.headlines(document, sex), presenter.charts(document, sex)
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
    return tuple(tests), spoken


def _with_what_holds(document: Document, others: Sequence[Document]) -> Document:
    """Return a document without the warnings that the rest of its session has overtaken."""
    still = meaning_of(document.test).still_said(document, others)
    return document if still == document.warnings else document.model_copy(update={"warnings": still})


def _over_time(series: Sequence[Series], sex: Sex | None) -> tuple[ReportedSeries, ...]:
    """Return the series, both sides of one thing together: they share one chart."""
    together: dict[tuple[object, ...], list[Series]] = {}
    for s in series:
        together.setdefault((s.test, s.measure, s.position, s.mode, s.way, s.setup), []).append(s)
    reported = []
    for sides in together.values():
        chart = trend_chart([s for s in sides if _worth_a_chart(s)], _band(sides[0], sex))
        reported += [ReportedSeries(s, chart if s is sides[0] else None) for s in sides]
    return tuple(reported)


def _first_time(series: Sequence[Series]) -> str:
    """Say in one sentence what has only been measured once with its set-up; nothing when that is said elsewhere."""
    once = [s for s in series if len(s.values) == 1 and not s.new_setup]
    if not once:
        return ""
    parts = "; ".join(f"{s.title[0].lower()}{s.title[1:]} ({value_words(s.mdc95 or 0.0, s.unit)})" for s in once)
    return (
        "Measured for the first time, so there is nothing to compare with yet. In brackets, by how much the value has "
        f"to change before it counts: {parts}."
    )


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


def _band(series: Series, sex: Sex | None) -> Band | None:
    return load_norms().band_of(series.measure, series.position, sex)


def _worth_a_chart(series: Series) -> bool:
    """Internal rotation always; of the rest only what moved, so that the report stays short."""
    return series.measure == "internal_rotation" or series.verdict != "no_change"


def _provenance(documents: Sequence[Document]) -> tuple[tuple[str, str], ...]:
    lines = []
    for document in documents:
        p = document.provenance
        known = (
            p.video,
            p.subject,
            seen_words(document),
            p.settings.get("camera"),
            p.settings.get("level"),
            f"model {p.model}",
        )
        lines.append((test_name(document), "; ".join(shortened(str(part), NAME_LENGTH) for part in known if part)))
    made_with = dict.fromkeys(
        shortened(", ".join(f"{name} {version}" for name, version in d.provenance.versions.items()), SENTENCE_LENGTH)
        for d in documents
    )
    return (*lines, *(("Made with", versions) for versions in made_with))
