"""Who is being tested: one person for all pages, chosen on purpose, named at the top, and added where there is nobody.

Streamlit forgets a widget's value as soon as its page is left, and would show the first of the alphabet on the next
one: the person is kept beside the widgets, and once more for the whole browser, for reloads and further tabs.
"""

from __future__ import annotations

import threading

import streamlit as st

from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.meaning.norms import Sex
from rom_vision.sessions import Person, SessionStore
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import choose_language, t

__all__ = ["choose_person", "current_person", "header", "set_person", "show_person"]

_SEX: dict[str, Sex | None] = {"Not said": None, "Female": "female", "Male": "male"}
_CURRENT = "person-uid"
_WHO = "Choose a person"

_last: dict[str, str] = {}
_lock = threading.Lock()


def set_person(store: SessionStore, name: str) -> None:
    """Make somebody of the store the one who is being tested, on every page from now on."""
    _remember(store.person(name))


def show_person(person: Person) -> None:
    """Make somebody whose session has been opened the one who is being tested; the header says so."""
    if st.session_state.get(_CURRENT) != person.uid:
        _remember(person)
        st.rerun()  # the header has been drawn with the one before


def current_person(store: SessionStore) -> Person | None:
    """Return who is being tested, None for nobody."""
    return _among(store.people())


def choose_person(store: SessionStore, key: str) -> Person | None:
    """Show who is being tested, with a way to choose another one or to add one; return who it is, None for nobody.

    Parameters
    ----------
    store : of this browser.
    key : tells several choosers apart.
    """
    people = store.people()
    person = _among(people)
    if people:
        _box(people, person, key)
    with st.expander(t("Add a person"), expanded=not people):
        _add(store, key)
    return person


def _box(people: list[Person], person: Person | None, key: str) -> None:
    by_uid = {p.uid: p for p in people}
    widget = f"{key}-person"
    st.session_state[widget] = person.uid if person else None
    st.selectbox(
        t("Person"),
        list(by_uid),
        format_func=lambda uid: by_uid[uid].name,
        index=None,
        placeholder=t(_WHO),
        key=widget,
        on_change=lambda: _chosen(by_uid, widget),
    )


def header() -> None:
    """Name the person who is being tested at the top of the page, with a way to choose another one."""
    space = current_space()
    try:
        store = space.store()
        people = store.people()
        person = _among(people)
    except RomVisionError:  # the page itself says what is wrong with the store
        return
    with st.container(key="who", horizontal=True, vertical_alignment="center"):
        if people:
            name = plain(person.name) if person else t("nobody chosen yet")
            with st.popover(t("Person: {name}", name=name), icon=":material/person:"):
                _box(people, person, "header")
        if not space.owner:
            st.caption(
                t(
                    "Opened without its key: this browser has a space of its own, apart from your own data. That "
                    "opens with the address that `rom-vision app` prints."
                )
            )
            if not people:
                st.caption(
                    t(
                        "Were there people here before? Then this browser's cookies have been deleted. Nothing is "
                        "lost: open the way back that *Privacy and data* gave you, or ask whoever started the app."
                    )
                )
        choose_language()


def _among(people: list[Person]) -> Person | None:
    """Return the current person if they are among these, or the only one."""
    uid = st.session_state.get(_CURRENT)
    if uid is None:
        with _lock:
            uid = _last.get(current_space().name)
    found = next((p for p in people if p.uid == uid), None)
    if found is None and len(people) == 1:
        found = people[0]
    if found is not None:
        st.session_state[_CURRENT] = found.uid
    return found


def _remember(person: Person) -> None:
    st.session_state[_CURRENT] = person.uid
    with _lock:
        _last[current_space().name] = person.uid


def _chosen(by_uid: dict[str, Person], widget: str) -> None:
    uid = st.session_state[widget]
    if uid in by_uid:  # emptying the box chooses nobody else
        _remember(by_uid[uid])


def _add(store: SessionStore, key: str) -> None:
    with st.form(f"{key}-add", border=False):
        name = st.text_input(t("Name"), key=f"{key}-name", help=t("Any name will do: it stays on this machine."))
        left, right = st.columns(2)
        sex = left.selectbox(t("Sex, for the reference values"), list(_SEX), format_func=t, key=f"{key}-sex")
        year = right.number_input(t("Year of birth, if you like"), 1900, 2100, value=None, step=1, key=f"{key}-year")
        if st.form_submit_button(t("Add")):
            try:
                added = store.add_person(name, sex=_SEX[sex], birth_year=year)
            except BadInputError as fault:
                fault_box(t(str(fault)))
            else:
                _remember(added)
                st.rerun()
