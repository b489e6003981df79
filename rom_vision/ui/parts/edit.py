"""Change a kept session: when it was, whose it is, which leg was tested, and a note."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import streamlit as st

from rom_vision.errors import BadInputError
from rom_vision.results.parts import Side
from rom_vision.sessions import SavedResult, SavedSession, SessionStore
from rom_vision.sessions.correct import correct, side_correction
from rom_vision.sessions.edit import edit_session
from rom_vision.sessions.records import MAX_NOTE
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.people import set_person
from rom_vision.ui.parts.tongue import t

__all__ = ["ask_moment", "offer_edits"]


def ask_moment(day_label: str, time_label: str, default: datetime, key: str) -> datetime:
    """Ask for a day and a time; return them in the time zone of the default, to the second where left as they were."""
    left, right = st.columns(2)
    first = datetime(1990, 1, 1).date()
    day = left.date_input(day_label, default.date(), min_value=first, key=f"{key}-day", format=t("YYYY-MM-DD"))
    minute = default.time().replace(second=0, microsecond=0)
    clock = right.time_input(time_label, minute, key=f"{key}-time", step=60)
    if day == default.date() and clock == minute:
        return default
    return datetime.combine(day, clock, default.tzinfo)


def offer_edits(store: SessionStore, session: SavedSession) -> None:
    """Show what can be changed of a session, and what has been changed before."""
    key = f"edit-{session.id}"
    with st.expander(t("Change date, person, side or note")):
        moment = ask_moment(t("Done on"), t("at"), session.taken_at, key)
        names = [p.name for p in store.people()]
        person = st.selectbox(t("Person"), names, index=names.index(session.person.name), key=f"{key}-person")
        sides = {result.id: _ask_side(result, key) for result in session.results if result.document.side}
        note = st.text_area(t("Note"), session.note, max_chars=MAX_NOTE, key=f"{key}-note", height=80)
        if st.button(t("Save the changes"), key=f"{key}-save", icon=":material/edit:"):
            try:
                for result in session.results:
                    if sides.get(result.id, result.document.side) != result.document.side:
                        _turn(store, result, sides[result.id])
                edit_session(store, session.id, taken_at=moment, person=person, note=note)
            except BadInputError as fault:
                fault_box(str(fault))
                return
            set_person(store, person)
            st.rerun()
        for edit in session.edits:
            before, after = (plain(_shown(edit.what, text)) for text in (edit.before, edit.after))
            told = t("{what} changed from {before} to {after}.", what=plain(t(edit.what)), before=before, after=after)
            st.caption(f"{t(f'{edit.edited_at:%d %B %Y, %H:%M}')} UTC: {told}")


def _ask_side(result: SavedResult, key: str) -> str:
    side = str(result.document.side)
    chosen: str | None = st.segmented_control(
        t("Tested leg, the person's own side"),
        ("left", "right"),
        default=side,
        format_func=lambda s: t(s.capitalize()),
        key=f"{key}-side-{result.id}",
        required=True,
        disabled=not result.has_track,
        help=t("The kept landmarks are measured again with the other leg; what shows the first is set aside."),
    )
    return chosen or side


def _turn(store: SessionStore, result: SavedResult, side: str) -> None:
    """Name the true side: the kept landmarks are measured with the other leg."""
    correct(store, result.id, side_correction(cast(Side, side), "the tested leg was named wrongly"))


def _shown(what: str, text: str) -> str:
    if what == "date":
        try:
            return t(f"{datetime.fromisoformat(text):%d %B %Y, %H:%M}")
        except ValueError:
            return text
    return t("“{words}”", words=t(text) if what == "correction" else text) if text else t("nothing")
