"""Check the instrument: readings of a reference entered beside kept results, blind, and what they say together."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from rom_vision.agreement.analysis import Agreement, analyse_study
from rom_vision.agreement.limits import people_needed
from rom_vision.agreement.pages import html_of_study, pdf_of_study
from rom_vision.agreement.phone import PHONE_QUANTITY
from rom_vision.agreement.repeat import measured_error_of
from rom_vision.agreement.table import csv_of_study
from rom_vision.agreement.table_in import TABLE_COLUMNS, read_table
from rom_vision.agreement.told import Section, told_of
from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.meaning.statements import range_words, value_words
from rom_vision.report.tables import BYTE_ORDER_MARK
from rom_vision.sessions import SavedResult, SavedSession, SessionStore
from rom_vision.sessions.measured import measured_errors, use_measured_error
from rom_vision.sessions.records import MAX_WHO
from rom_vision.sessions.studies import (
    NewReadings,
    Study,
    Trial,
    add_readings,
    add_study,
    note_shown,
    studies,
    trials,
)
from rom_vision.ui.parts.frame import draw, fault_box, link, plain
from rom_vision.ui.parts.media import owned
from rom_vision.ui.parts.people import choose_person
from rom_vision.ui.parts.phone import offer_phone
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import language, t

__all__ = ["page"]

_QUANTITIES = {
    "internal_rotation": "Internal rotation",
    "external_rotation": "External rotation",
    "leg_raise": "Straight leg raise",
    PHONE_QUANTITY: "Shin inclination (a phone on the shin)",
}
_TEST_OF = {"leg_raise": "straight_leg_raise"}
"""The test that a quantity is of, where it is not hip rotation: its refused recordings take part."""
_CHOSEN = "study-chosen"
_DAY = "%d %B %Y, %H:%M"


def page() -> None:
    """Show the page."""
    st.title(t("Check the instrument"))
    st.write(
        t(
            "Read a goniometer or an inclinometer beside the camera, enter what it says before you look at "
            "the program's value, and see how far the two agree."
        )
    )
    store = current_space().store()
    known = studies(store)
    study = _choose(known)
    with st.expander(t("Begin a study"), expanded=not known):
        _begin(store)
    if study is None:
        _size()
        return
    found = trials(store, study.name)
    enter, table, report, size = st.tabs([t("Enter readings"), t("From a table"), t("Report"), t("How many people")])
    with enter:
        _enter(store, study, found)
    with table:
        _table(store, study)
    with report:
        _report(store, study, found)
    with size:
        _size()


def _choose(known: list[Study]) -> Study | None:
    if not known:
        return None
    names = [s.name for s in known]
    before = st.session_state.get(_CHOSEN)
    name = st.selectbox(t("Study"), names, index=names.index(before) if before in names else 0, key="study-box")
    st.session_state[_CHOSEN] = name
    study = known[names.index(name)]
    what = t(_QUANTITIES.get(study.quantity, study.quantity.replace("_", " ")))
    st.caption(plain(t("{what} against {reference}.", what=what, reference=study.reference)))
    return study


def _begin(store: SessionStore) -> None:
    with st.form("study-new", border=False):
        name = st.text_input(t("Name of the study"), key="study-name")
        left, middle, right = st.columns(3)
        quantity = left.selectbox(t("What is compared"), list(_QUANTITIES), format_func=lambda q: t(_QUANTITIES[q]))
        reference = middle.text_input(t("The reference"), t("goniometer"), key="study-reference")
        sem = right.number_input(
            t("Its own standard error, degrees"),
            0.1,
            45.0,
            value=None,
            step=0.1,
            help=t("From a study of it. Empty if you do not know: repeated readings of a recording tell it, too."),
        )
        if st.form_submit_button(t("Begin")):
            try:
                made = add_study(store, name, quantity=quantity, reference=reference, reference_sem=sem)
            except BadInputError as fault:
                fault_box(str(fault))
            else:
                st.session_state[_CHOSEN] = made.name
                st.rerun()


def _enter(store: SessionStore, study: Study, found: list[Trial]) -> None:
    person = choose_person(store, "study-who")
    if person is None:
        st.info(t("Choose whose recording the readings belong to."))
        return
    usable = [(s, r) for s in store.readable(person.name) for r in s.results if _takes_part(r, study)]
    if not usable:
        st.info(t("Nothing with this measure has been kept for {name} yet.", name=plain(person.name)))
        link("upload", "Measure a recording", icon=":material/upload_file:")
        return
    by_id = {r.id: (s, r) for s, r in reversed(usable)}
    entered = {t.result_id: t for t in found}
    chosen = st.selectbox(
        t("Recording"),
        list(by_id),
        format_func=lambda number: _name(*by_id[number], entered.get(number)),
        key=f"study-result-{person.uid}",
    )
    session, result = by_id[chosen]
    trial = entered.get(chosen)
    if result.document.status == "refused":
        _refused(store, study, result, trial)
        return
    if study.quantity == PHONE_QUANTITY:
        offer_phone(store, study, result)
    _readings_form(store, study, result)
    if trial is not None and trial.readings:
        _entered(store, study, trial, session)


def _takes_part(result: SavedResult, study: Study) -> bool:
    document = result.document
    if document.status == "refused":
        return document.test == _TEST_OF.get(study.quantity, "hip_rotation")
    return any(m.quantity == study.quantity for m in document.measures)


def _name(session: SavedSession, result: SavedResult, trial: Trial | None) -> str:
    d = result.document
    words = [t(word) for word in (d.position, d.side, "refused" if d.status == "refused" else "") if word]
    count = len(trial.readings) if trial else 0
    if count:
        words.append(t("one reading") if count == 1 else t("{n} readings", n=count))
    return f"{t(f'{session.taken_at:{_DAY}}')}: {', '.join(words)}"


def _refused(store: SessionStore, study: Study, result: SavedResult, trial: Trial | None) -> None:
    st.warning(t("The program refused this recording. A study says so: who is refused belongs to the result."))
    if trial is not None:
        st.caption(t("It is part of the study."))
    elif st.button(t("Take it into the study"), key=f"study-take-{result.id}"):
        add_readings(store, study.name, [NewReadings(result.id)])
        st.rerun()


def _readings_form(store: SessionStore, study: Study, result: SavedResult) -> None:
    with st.form(f"study-readings-{result.id}", clear_on_submit=True):
        st.markdown(
            t("**What the reference read**, degrees. The program's value is not shown before you have entered it.")
        )
        columns = st.columns(3)
        values = [
            column.number_input(
                t("Reading {n}", n=n), -360.0, 360.0, value=None, step=0.5, key=f"study-value-{result.id}-{n}"
            )
            for n, column in enumerate(columns, 1)
        ]
        rater = st.text_input(t("Who read it"), key=f"study-rater-{result.id}", max_chars=MAX_WHO)
        blind = st.checkbox(
            t("Whoever read it did not know the program's value"), key=f"study-blind-{result.id}", value=False
        )
        if st.form_submit_button(t("Enter"), type="primary"):
            given = tuple(v for v in values if v is not None)
            if not given:
                fault_box("Enter at least one reading.")
                return
            add_readings(store, study.name, [NewReadings(result.id, given, rater=rater, blind=blind)])
            st.rerun()


def _entered(store: SessionStore, study: Study, trial: Trial, session: SavedSession) -> None:
    read = "; ".join(t(value_words(r.value)) + (f" ({r.rater})" if r.rater else "") for r in trial.readings)
    st.markdown(t("**Entered:** {read}", read=plain(read)))
    if trial.shown_at is None:
        if st.button(t("Show the program's value"), key=f"study-show-{trial.result_id}", icon=":material/visibility:"):
            note_shown(store, study.name, [trial.result_id])
            st.rerun()
        st.caption(t("Readings that you enter after that do not count as blind."))
        return
    if trial.measure is None:
        return
    mean = sum(r.value for r in trial.readings) / len(trial.readings)
    m = trial.measure
    interval = f", {t('95 % interval {interval}', interval=t(range_words(m.ci95)))}" if m.ci95 else ""
    said = [
        t("Program {value}", value=value_words(m.value)) + interval,
        t("reference {value}", value=value_words(mean)),
        t("difference {value}", value=f"{m.value - mean:+.1f}°"),
    ]
    st.html(f'<p class="rv-answer">{escape("; ".join(said))}</p>')
    link("progress", t("All sessions of {name}", name=plain(session.person.name)), icon=":material/timeline:")


def _table(store: SessionStore, study: Study) -> None:
    st.write(t("A CSV or XLSX table with a row for each reading."))
    st.caption(
        t("Columns: {names}. A result is named by session, or by file and person.", names=", ".join(TABLE_COLUMNS))
    )
    given = st.file_uploader(t("Table"), type=["csv", "xlsx"], key=f"study-table-{study.uid}")
    if given is None or not st.button(t("Bring in"), key=f"study-bring-{study.uid}"):
        return
    with temporary_folder() as folder:
        path = folder / f"table{Path(given.name).suffix.lower()}"
        path.write_bytes(given.getvalue())
        try:
            new = read_table(store, study.quantity, path)
            add_readings(store, study.name, new, "table")
        except BadInputError as fault:
            fault_box(str(fault).replace(str(path), given.name))
            return
    count = sum(len(entry.values) for entry in new)
    said = t("one reading") if count == 1 else t("{n} readings", n=count)
    st.success(t("Taken in: {readings} of {n} results.", readings=said, n=len({n.result_id for n in new})))


def _report(store: SessionStore, study: Study, found: list[Trial]) -> None:
    if not any(t.readings for t in found):
        st.info(t("There is nothing to report yet: no reading has been entered."))
        return
    if any(t.shown_at is None for t in found):
        st.write(t("The report shows the program's values. Readings entered after that do not count as blind."))
        if not st.button(t("Show the report"), key=f"study-report-{study.uid}", icon=":material/monitoring:"):
            return
        note_shown(store, study.name)
    agreement = analyse_study(study, found)
    told = told_of(agreement)
    st.html(f'<p class="rv-answer">{escape(t(told.lead))}</p>')
    for section in told.sections:
        _section(section)
    _switch(store, study, found)
    _downloads(study, agreement)


def _switch(store: SessionStore, study: Study, found: list[Trial]) -> None:
    """Offer to let comparisons use the error that the study measured."""
    try:
        error = measured_error_of(study, found)
    except BadInputError as fault:
        st.caption(plain(t(str(fault))))
        return
    in_use = study.name in {e.study for e in measured_errors(store, error.person).values()}
    wanted = st.toggle(
        t("Comparisons over time use this study's standard error, {sem}°", sem=f"{error.sem:.1f}"),
        in_use,
        key=f"study-use-{study.uid}",
        help=t("In place of the published one that is assumed otherwise. Every comparison says so."),
    )
    if wanted != in_use:
        use_measured_error(store, study.name, error if wanted else None)
        st.rerun()


def _section(section: Section) -> None:
    st.subheader(plain(t(section.title)))
    for chart in section.charts:
        draw(chart)
    if section.rows:
        said = ((escape(t(name)), escape(t(value))) for name, value in section.rows)
        rows = "".join(f"<tr><th scope=row>{name}</th><td>{value}</td></tr>" for name, value in said)
        st.html(f'<table class="rv-answers"><tbody>{rows}</tbody></table>')
    for text in section.texts:
        st.caption(plain(t(text)))


def _downloads(study: Study, agreement: Agreement) -> None:
    told, into = told_of(agreement), language()
    kinds = (
        ("PDF report", "pdf", "application/pdf", lambda: pdf_of_study(told, into)),
        ("HTML report", "html", "text/html", lambda: html_of_study(told, into).encode()),
        ("CSV", "csv", "text/csv", lambda: BYTE_ORDER_MARK + csv_of_study(agreement).encode()),
    )
    with st.container(horizontal=True):
        for label, ending, mime, make in kinds:
            st.download_button(
                t(label),
                owned(make),
                f"rom_vision-study.{ending}",
                mime,
                key=f"study-{study.uid}-{ending}",
                on_click="ignore",
                icon=":material/download:",
            )


def _size() -> None:
    st.header(t("How many people does it take?"))
    left, right = st.columns(2)
    within = left.number_input(
        t("Know the limits of agreement to within, degrees"), 0.1, 20.0, 2.0, 0.5, key="study-within"
    )
    sd = right.number_input(t("Expected spread (SD) of the differences, degrees"), 0.1, 30.0, 4.0, 0.5, key="study-sd")
    try:
        people = people_needed(within, sd)
    except ValueError as fault:
        fault_box(f"{str(fault).capitalize()}.")
        return
    st.html(f'<p class="rv-answer">{escape(t("{n} people, one pair each.", n=people))}</p>')
    st.caption(t("Half the width of the exact 95 % interval of each limit (Carkeet 2015) is then no more than that."))
