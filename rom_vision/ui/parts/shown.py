"""One test on the result page: value, video, curve, pictures and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from rom_vision.meaning.statements import range_words, value_words
from rom_vision.pose.track import PoseTrack
from rom_vision.report.content import ReportedTest
from rom_vision.report.presenters.parts import Headline
from rom_vision.results.document import Document
from rom_vision.sessions import Person, Picture
from rom_vision.ui.parts.frame import card, draw, plain
from rom_vision.ui.parts.player import show_player
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.results.registry import details_of

__all__ = ["ShownTest", "show_test"]


@dataclass(frozen=True)
class ShownTest:
    """A result with what can be seen of it. ``video`` is the drawn video: a file, or its content."""

    document: Document
    pictures: tuple[Picture, ...]
    track: Callable[[], PoseTrack | None] | None
    video: Path | bytes | None


def show_test(
    test: ShownTest,
    told: ReportedTest,
    person: Person | None,
    key: str,
    beside: Callable[[], None] | None = None,
) -> None:
    """Show one test.

    Parameters
    ----------
    test : what can be seen.
    told : what the report says of it.
    person : who was tested, None if unknown.
    key : name of this test on the page, for its widgets.
    beside : shows something more beside the video, if anything.
    """
    document = test.document
    if document.status == "refused":
        _refused(document)
        if test.video is None and not test.pictures:
            return
    if document.status == "measured":
        details_of(document.test).answer(document)
    left, right = st.columns([1.05, 1], gap="large")
    with right:
        for headline in told.headlines:
            _headline(headline)
        gauges = [chart for chart in told.charts if chart.height < 200] if told.headlines else []
        for chart in gauges:
            draw(chart)
        for statement in told.statements:
            if statement.topic in ("place", "caution") or (statement.topic == "result" and not told.headlines):
                card(statement.text, statement.colour)
        if beside is not None:
            beside()
    with left:
        _video(test, key)
    details_of(document.test).show(document, test.pictures, person, key)
    more = [s for s in told.statements if s.topic not in ("result", "place", "caution", "finding")]
    if more or told.warnings:
        st.header(t("What else to know"))
        for statement in more:
            card(statement.text, statement.colour)
        for warning in told.warnings:
            card(warning, tag="About this recording")


def _refused(document: Document) -> None:
    st.error(
        t("**Not measured.** A number from this recording could not be trusted. What to change:"),
        icon=":material/block:",
    )
    for reason in document.reasons:
        card(reason, "low", "What to change")


def _headline(headline: Headline) -> None:
    m = headline.measure
    said = t("95 % interval {interval}", interval=t(range_words(m.interval, m.unit)))
    if m.n_repetitions:
        n = m.n_repetitions
        said += f"; {t('one repetition') if n == 1 else t('mean of {n} repetitions', n=n)}"
    if m.best is not None:
        said += f", {t('best {value}', value=value_words(m.best, m.unit))}"
    st.html(
        f'<p style="margin:0">{escape(t(m.words.capitalize()))}</p>'
        f'<div class="rv-big">{t(value_words(m.value, m.unit))}<small>{escape(said)}</small></div>'
    )


def _video(test: ShownTest, key: str) -> None:
    number = st.session_state.get(f"{key}-number")
    start = 0.0
    if number and number <= len(test.document.repetitions):
        start = test.document.repetitions[number - 1].start_s
    if test.video is not None:
        show_player(test.video, test.document, key, start_s=start)
    elif test.pictures:
        words = t(test.pictures[0].name.capitalize())
        st.image(test.pictures[0].data, caption=plain(words), width="stretch", alt=words)
    else:
        st.info(t("The video of this test was not kept."))
