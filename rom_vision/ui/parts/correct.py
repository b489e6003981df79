"""Correct what the program got wrong in a kept result: which repetitions count, and where a hold is."""

from __future__ import annotations

import streamlit as st

from rom_vision.errors import BadInputError
from rom_vision.meaning.statements import range_words, value_words
from rom_vision.protocols.base import Protocol
from rom_vision.protocols.registry import find_protocol
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction, Repetition
from rom_vision.sessions import SavedResult, SessionStore
from rom_vision.sessions.correct import (
    MAX_REASON,
    correct,
    hold_correction,
    original_of,
    repetition_correction,
    undo,
)
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.tongue import t

__all__ = ["offer_corrections", "show_corrections"]

_WHAT = {"left_out": "Leave it out", "counted": "Let it count", "hold": "Move its hold"}


def show_corrections(store: SessionStore, result: SavedResult) -> None:
    """Say above a result what was corrected in it, how it read before, and offer the way back."""
    count = len(result.document.corrections)
    if not count:
        return
    said = [plain(t(w.removeprefix("Edited by hand: "))) for w in result.document.warnings[:count]]
    before = original_of(store, result.id)
    for m in before.measures if before else ():
        if m.ci95 is not None:
            value, between = f"{t(m.words)} {t(value_words(m.value, m.unit))}", t(range_words(m.ci95, m.unit))
            said.append(plain(t("As measured: {value} ({between}).", value=value, between=between)))
    lines = "\n".join(f"- {line[:1].upper()}{line[1:]}" for line in said)
    st.warning(f"**{t('Edited by hand')}**\n{lines}", icon=":material/edit:")
    if st.button(t("Take the latest correction back"), key=f"correct-{result.id}-undo", icon=":material/undo:"):
        undo(store, result.id)
        st.rerun()


def offer_corrections(store: SessionStore, result: SavedResult) -> None:
    """Offer to correct the repetitions of a measured test.

    Where they have no values of their own, they are judged again from the landmarks, if those were kept.
    """
    document, test = result.document, find_protocol(result.document.test)
    if test is None or document.status != "measured" or not document.repetitions:
        return
    if result.has_track or any(r.value is not None for r in document.repetitions):
        with st.expander(t("Correct what the program got wrong")):
            _ask(store, result, test, f"correct-{result.id}")


def _ask(store: SessionStore, result: SavedResult, test: Protocol, key: str) -> None:
    document = result.document
    st.caption(
        t("The result as it was measured stays, and everything made of the corrected one says that it was edited.")
    )
    numbers = list(range(1, len(document.repetitions) + 1))
    number = st.selectbox(
        t("Repetition"), numbers, format_func=lambda n: _name(n, document.repetitions[n - 1]), key=f"{key}-number"
    )
    r = document.repetitions[number - 1]
    held = "hold" in test.corrects and r.hold_start_s is not None
    choices = ["left_out" if r.valid else "counted", *(["hold"] if held else [])]
    what = st.segmented_control(
        t("What to do with it"),
        choices,
        default=choices[0],
        format_func=lambda choice: t(_WHAT[choice]),
        key=f"{key}-what-{number}",
        required=True,
    )
    hold = (r.hold_start_s or r.start_s, r.hold_end_s or r.end_s)
    if what == "hold":
        hold = st.slider(
            t("Held from, to; seconds of the recording"), r.start_s, r.end_s, hold, 0.05, key=f"{key}-hold-{number}"
        )
    reason = st.text_input(t("Why"), key=f"{key}-reason", max_chars=MAX_REASON)
    if st.button(t("Correct"), key=f"{key}-save", icon=":material/edit:"):
        try:
            correct(store, result.id, _made(document, number, what or choices[0], hold, reason))
        except BadInputError as fault:
            fault_box(str(fault))
            return
        st.rerun()


def _made(document: Document, number: int, what: str, hold: tuple[float, float], reason: str) -> Correction:
    if what == "hold":
        return hold_correction(document, number, *hold, reason)
    return repetition_correction(document, number, counts=what == "counted", reason=reason)


def _name(number: int, r: Repetition) -> str:
    counts = "" if r.valid else f", {t('does not count')}"
    measured = "" if r.value is None else f"{t(r.quantity.replace('_', ' '))} {t(value_words(r.value, r.unit))}"
    what = measured or t(r.note)
    return f"{number}: {t('{what} at {time} s', what=what, time=f'{r.at_s:.1f}')}{counts}"
