"""Choosing and adding people."""

from __future__ import annotations

import streamlit as st

from rom_vision.errors import BadInputError
from rom_vision.meaning.norms import Sex
from rom_vision.sessions import Person, SessionStore
from rom_vision.ui.parts.frame import fault_box

__all__ = ["choose_person"]

_SEX: dict[str, Sex | None] = {"Not said": None, "Female": "female", "Male": "male"}


def choose_person(store: SessionStore, key: str) -> Person | None:
    """Show the people of a store with a way to add one; return the chosen one, None when there is nobody yet."""
    chosen = f"{key}-chosen"
    people = store.people()
    person = None
    if people:
        names = [p.name for p in people]
        wanted = st.session_state.pop(chosen, None)
        if wanted in names:
            st.session_state[f"{key}-person"] = wanted
        name = st.selectbox("Person", names, key=f"{key}-person")
        person = next((p for p in people if p.name == name), None)
    with st.expander("Add a person", expanded=not people), st.form(f"{key}-add", border=False):
        new_name = st.text_input("Name", key=f"{key}-name", help="Any name will do: it stays on this machine.")
        left, right = st.columns(2)
        sex = left.selectbox("Sex, for the reference values", list(_SEX), key=f"{key}-sex")
        year = right.number_input("Year of birth, if you like", 1900, 2100, value=None, step=1, key=f"{key}-year")
        if st.form_submit_button("Add"):
            try:
                added = store.add_person(new_name, sex=_SEX[sex], birth_year=year)
            except BadInputError as fault:
                fault_box(str(fault))
            else:
                st.session_state[chosen] = added.name
                st.rerun()
    return person
