"""A person's sessions over time: what has changed, and whether that is more than noise."""

from __future__ import annotations

from datetime import datetime
from html import escape
from itertools import groupby

import streamlit as st

from rom_vision.meaning.norms import Colour, load_norms
from rom_vision.meaning.statements import unit_sign, value_words
from rom_vision.sessions import Person, SessionLine, SessionStore
from rom_vision.sessions.compare import Series, compare
from rom_vision.sessions.glance import at_a_glance
from rom_vision.sessions.measures import describe_setup
from rom_vision.sessions.store import MeasureRow
from rom_vision.ui.parts.beside import show_beside
from rom_vision.ui.parts.charts import localised, trend
from rom_vision.ui.parts.frame import card, go, link, plain
from rom_vision.ui.parts.people import choose_person, set_person
from rom_vision.ui.parts.samples import add_sample_person, has_sample_person
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.parts.training_chart import show_training

__all__ = ["page"]

_VERDICTS = {
    "no_change": "No change",
    "within_noise": "Within noise",
    "possible": "Possibly a change",
    "likely_real": "Likely a real change",
    "confirmed": "Confirmed change",
}


def page() -> None:
    """Show the page."""
    st.title(t("Progress"))
    store = current_space().store()
    person = choose_person(store, "progress")
    if person is None:
        if store.people():
            st.info(t("Choose whose sessions to see."))
            return
        st.write(t("Nobody has been added yet. Results are kept under a person's name, on this machine only."))
        if has_sample_person() and st.button(t("Show me a sample person"), icon=":material/science:"):
            set_person(store, add_sample_person(store))
            st.rerun()
        return
    unreadable = store.unreadable(person.name)
    lines = [line for line in store.sessions(person.name) if line.id not in unreadable]
    if not lines and not unreadable:
        st.info(t("Nothing has been saved for {name} yet.", name=plain(person.name)))
        link("upload", "Measure a recording", icon=":material/upload_file:")
        return
    series = _series(store, person.name)
    _over_time(store, series, person, lines)
    if len(lines) > 1:
        _two_sessions(store, lines, series)
    if lines:
        _sessions(store, person, lines)
    for number, reason in unreadable.items():
        _unreadable(store, number, reason)


def _series(store: SessionStore, name: str) -> tuple[Series, ...]:
    """Return what is compared; where values of one or two repetitions are left out, offer to count them."""
    series, every = compare(store, name).series, compare(store, name, incomplete=True).series
    if series == every:
        return series
    return every if st.toggle(t("Count values of one or two repetitions, too"), key="progress-incomplete") else series


def _over_time(store: SessionStore, series: tuple[Series, ...], person: Person, lines: list[SessionLine]) -> None:
    if not series:
        return
    st.header(t("Over time"))

    def kind(s: Series) -> tuple[str, str, str]:
        return s.measure, s.position or "", s.mode or ""

    groups = {key: list(found) for key, found in groupby(sorted(series, key=kind), key=kind)}
    names = {
        key: ", ".join(t(part) for part in (found[0].words.capitalize(), *key[1:]) if part)
        for key, found in groups.items()
    }
    chosen = st.selectbox(t("What to compare"), list(groups), format_func=names.__getitem__, key="progress-kind")
    found = groups[chosen]
    st.html(f'<p class="rv-answer">{escape(t(at_a_glance(found)))}</p>')
    band = load_norms().band_of(found[0].measure, found[0].position, person.sex)
    notes = [(line.taken_at, line.note) for line in lines if line.note]
    st.altair_chart(
        localised(trend(found, band, notes)), key="progress-trend", alt=" ".join(t(s.sentence) for s in found)
    )
    said = [t("Bars: 95 % interval of each session.")]
    if band is not None:
        low, high = (f"{edge:.0f}" for edge in band.band_deg)
        said.append(
            t(
                "Green: {low} to {high}°, as in healthy adults; dashed: {target}°, a training target and no pass mark.",
                low=low,
                high=high,
                target=f"{band.target_deg:.0f}",
            )
        )
    if any(s.mdc95 is not None and len(s.values) > 1 for s in found):
        said.append(
            t(
                "Box: so far from the start measurement noise alone reaches 19 times in 20 (the minimal detectable "
                "change, MDC95)."
            )
        )
    if notes:
        said.append(f"\u270e: {t('a note; point at it to read it.')}")
    st.caption(" ".join(said))
    show_training(store, person, found)
    with st.expander(t("In detail: each side, and what the verdict rests on")):
        for s in found:
            st.markdown(f"**{_title(s, found)}**")
            card(s.sentence, _colour(s), _VERDICTS[s.verdict] if len(s.values) > 1 else "Only one session")


def _title(series: Series, found: list[Series]) -> str:
    """Name one series by its side, and by its set-up where there are several of that side."""
    same = [s for s in found if s.side == series.side]
    side = t({"left": "Left", "right": "Right"}.get(series.side, "Both legs"))
    return side if len(same) == 1 else t("{side}, set-up {number}", side=side, number=same.index(series) + 1)


def _colour(series: Series) -> Colour | None:
    return "ok" if series.verdict in ("likely_real", "confirmed") and (series.change or 0) > 0 else None


def _two_sessions(store: SessionStore, lines: list[SessionLine], series: tuple[Series, ...]) -> None:
    st.header(t("Compare two sessions"))
    by_number = {line.id: line for line in lines}
    numbers = list(by_number)

    def name(number: int) -> str:
        return t(f"{by_number[number].taken_at:%d %B %Y, %H:%M}")

    left, right = st.columns(2)
    first = left.selectbox(t("Earlier"), numbers, index=0, format_func=name, key="progress-first")
    second = right.selectbox(t("Later"), numbers, index=len(numbers) - 1, format_func=name, key="progress-second")
    if first == second:
        st.caption(t("Choose two different sessions."))
        return
    rows = []
    for (_, test, position, mode, setup, m), number in _measures(store, (first, second)):
        rows.append(((test, position, mode, m.quantity, m.side, describe_setup(setup)), number, m))
    noise = {
        (s.position, s.mode, s.measure, s.side, s.setup): t("up to {value}", value=value_words(s.mdc95, s.unit))
        for s in series
        if s.mdc95 is not None
    }
    table = []
    for key in dict.fromkeys(row[0] for row in rows):
        found = {number: m for k, number, m in rows if k == key}
        if len(found) < 2:
            continue
        a, b = found[first], found[second]
        side = key[4] if key[4] != "both" else ""
        table.append(
            {
                t("What"): plain(", ".join(t(part) for part in (a.words.capitalize(), key[1], key[2], side) if part)),
                t("Earlier"): t(value_words(a.value, a.unit)),
                t("Later"): t(value_words(b.value, b.unit)),
                t("Change"): t(f"{b.value - a.value:+.1f}{unit_sign(a.unit)}"),
                t("Noise alone"): noise.get(key[1:], t("not known")),
            }
        )
    if table:
        st.table(table)
        st.caption(t("Whether a change is more than noise stands above: it takes all sessions into account."))
        if st.toggle(t("See both side by side, aligned at the hold"), key="progress-beside"):
            show_beside(store, store.session(first), store.session(second))
    else:
        st.info(t("These two sessions have no test in common that was filmed and measured the same way."))


def _measures(store: SessionStore, numbers: tuple[int, int]) -> list[tuple[MeasureRow, int]]:
    """Return the measures of two sessions, each with the session's number."""
    kept = {number: store.session(number) for number in numbers}
    wanted = {session.taken_at: number for number, session in kept.items()}
    name = kept[numbers[0]].person.name
    return [(row, wanted[row[0]]) for row in store.measures(name) if row[0] in wanted]


def _sessions(store: SessionStore, person: Person, lines: list[SessionLine]) -> None:
    st.header(t("All sessions"))
    values: dict[datetime, list[str]] = {}
    for moment, _, _, _, _, m in store.measures(person.name):
        what = ", ".join(t(part) for part in (m.words, m.side) if part != "both")
        values.setdefault(moment, []).append(f"{what} {t(value_words(m.value, m.unit))}")
    for line in reversed(lines[-50:]):
        with st.container(border=True):
            told, buttons = st.columns([3, 1.2], vertical_alignment="center")
            when = t(f"{line.taken_at:%d %B %Y, %H:%M}")
            said = [t("**{when}**, session {number}", when=when, number=line.id), plain("; ".join(map(t, line.tests)))]
            if line.taken_at in values:
                said.append(f"**{plain('; '.join(values[line.taken_at]))}**")
            if line.note:
                said.append(t("*Note:* {note}", note=plain(line.note)))
            told.markdown("  \n".join(said))
            with buttons.container(horizontal=True, horizontal_alignment="right"):
                if st.button(t("Open"), key=f"open-{line.id}", icon=":material/monitoring:"):
                    go("result", session=str(line.id))
                if st.button(t("Delete"), key=f"delete-{line.id}", icon=":material/delete:"):
                    what = t("The session of {name} of {when}", name=plain(person.name), when=when)
                    _confirm(store, line.id, what)
    if len(lines) > 50:
        st.caption(t("The latest 50 of {count} sessions. `rom-vision sessions list` shows all.", count=len(lines)))


def _unreadable(store: SessionStore, number: int, reason: str) -> None:
    with st.container(border=True):
        told, buttons = st.columns([3, 1.2], vertical_alignment="center")
        told.markdown(t("**Session {number} cannot be read**  \n{reason}", number=number, reason=plain(t(reason))))
        if buttons.button(t("Delete"), key=f"delete-{number}", icon=":material/delete:"):
            _confirm(store, number, t("Session {number}, which cannot be read,", number=number))


def _confirm(store: SessionStore, number: int, what: str) -> None:
    @st.dialog(t("Delete this session?"))
    def ask() -> None:
        st.write(t("{what} with its landmarks and pictures. There is no way back.", what=what))
        if st.button(t("Delete it for good"), type="primary"):
            store.delete_session(number)
            st.rerun()

    ask()
