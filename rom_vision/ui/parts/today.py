"""What of the training is due today, on the start page: one line, one button."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from rom_vision.drills.book import name_of
from rom_vision.drills.plan import due_on
from rom_vision.sessions.training import read_plan, trainings
from rom_vision.ui.parts.frame import go, plain
from rom_vision.ui.parts.people import current_person
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t

__all__ = ["show_today"]


def show_today() -> None:
    """Show it for the person who is being tested; nothing for somebody without a plan."""
    store = current_space().store()
    person = current_person(store)
    plan = read_plan(store, person.name) if person else None
    if person is None or plan is None:
        return
    done = [kept.training for kept in trainings(store, person.name)]
    due = due_on(plan, done, datetime.now().astimezone().date())
    with st.container(border=True, key="today"):
        told, button = st.columns([3, 1.2], vertical_alignment="center")
        words = "; ".join(t(name_of(d.drill)) for d in due.drills) or t("Nothing more is due today.")
        told.markdown(f"**{t('Today, {name}', name=plain(person.name))}**  \n{plain(words)}")
        if due.retest:
            told.markdown(t("Four weeks are over: the test is due."))
        label = t("Test yourself again") if due.retest else t("Train now") if due.drills else t("My training")
        urgent = bool(due.drills) or due.retest
        if button.button(
            label, type="primary" if urgent else "secondary", width="stretch", icon=":material/fitness_center:"
        ):
            go("selftest" if due.retest else "train")
