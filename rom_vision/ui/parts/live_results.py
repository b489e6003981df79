"""What stands on the page, and far away on the screen, when a live test is over."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from rom_vision.meaning.statements import unit_sign
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.ui.live.after import Outcome
from rom_vision.ui.live.engine import LiveTest
from rom_vision.ui.live.far import FarScreen, far_screen, part_name, results_screen, spoken_result
from rom_vision.ui.live.hold_guide import HOLDS
from rom_vision.ui.live.running import Running
from rom_vision.ui.live.voice import say
from rom_vision.ui.parts.frame import card, fault_box, go, plain
from rom_vision.ui.parts.tongue import t

__all__ = ["FAR", "MUTED", "show_results"]

MUTED, FAR, _HOLDS = "selftest-muted", "selftest-far", "selftest-holds"
"""Names in the browser's session: the voice is silent, the far screen covers the page, the result is not there yet."""
_REFRESH_S = 0.5


def show_results(test: Running, put_away: Callable[[], None]) -> None:
    """Show what became of a test; ``put_away`` forgets it."""
    st.title(t("Your test"))
    st.caption(plain(test.person))
    _standing(test)
    live, view = test.live, test.live.view()
    if view.measuring:
        return
    for outcome in view.outcomes:
        _outcome(outcome, test.person)
    if not view.outcomes:
        st.info(t("The test ended before anything was recorded."), icon=":material/info:")
    if any(outcome.asked for outcome in view.outcomes):
        _keep_or_not(live)
    if any(o.unsaved is not None and not o.asked for o in view.outcomes) and st.button(t("Try to save again")):
        live.keep_again()
        st.rerun()
    kept = [outcome.session for outcome in view.outcomes if outcome.session is not None]
    with st.container(horizontal=True):
        if kept and st.button(t("See the result"), type="primary", icon=":material/monitoring:"):
            put_away()
            go("result", session=str(kept[-1]))
        if st.button(t("Test again"), icon=":material/replay:"):
            put_away()
            st.rerun()


@st.fragment(run_every=_REFRESH_S)
def _standing(test: Running) -> None:
    """Leave the result standing until somebody comes back, and say it."""
    view, sound = test.live.view(), not st.session_state.get(MUTED)
    far = bool(st.session_state.get(FAR))
    pressed = far_screen(results_screen(view, test.person, sound=sound) if far else FarScreen())
    if pressed.sound:
        st.session_state[MUTED] = sound
    if pressed.stopped and far:
        st.session_state[FAR] = False
        st.rerun()
    if view.measuring:
        st.session_state[_HOLDS] = True
        st.progress(view.measured_share, text=t("Done. Your recording is being measured; you can rest."))
        ended = view.advice.cue.sentence if view.advice is not None else ""
        say(ended, "measuring", on=sound, signal="done", signal_key="done")
        return
    say(" ".join(map(_spoken, view.outcomes)), "result", on=sound)
    if st.session_state.pop(_HOLDS, False):
        st.rerun()


def _spoken(outcome: Outcome) -> str:
    if outcome.document is not None:
        return spoken_result(outcome.document, outcome.part)
    return f"{part_name(None, outcome.part)}. {t(outcome.problem or '')}"


def _keep_or_not(live: LiveTest) -> None:
    st.warning(
        t(
            "The test ended early. A value of one or two repetitions is less sure: kept, it is marked and left out of "
            "the trend."
        ),
        icon=":material/help:",
    )
    with st.container(horizontal=True):
        if st.button(t("Keep it"), icon=":material/save:"):
            live.keep_asked()
            st.rerun()
        if st.button(t("Do not keep it"), icon=":material/delete:"):
            live.discard_asked()
            st.rerun()


def _outcome(outcome: Outcome, person: str) -> None:
    document = outcome.document
    st.subheader(plain(part_name(document, outcome.part)))
    if document is not None and document.status == "measured":
        for value in (h.measure for h in presenter_of(document.test).headlines(document, None)):
            low, high = value.interval
            sign = unit_sign(value.unit)
            swings = t("one swing") if value.n_repetitions == 1 else t("{n} swings", n=value.n_repetitions)
            if document.test in HOLDS:
                swings = t("{n} repetitions", n=value.n_repetitions)
            done = ", ".join(t(word) for word in (value.words, document.position, document.mode) if word)
            between = t("95 % interval {low}° to {high}°", low=f"{low:.0f}", high=f"{high:.0f}")
            if value.unit != "deg":
                between = t("95 % interval {low} to {high}", low=f"{low:.0f}", high=f"{high:.0f}") + sign
            told = escape(f"{done}; {between}, {swings}")
            st.html(f'<div class="rv-big">{value.value:.0f}{escape(sign)}<small>{told}</small></div>')
        found = [f for f in document.findings if f.severity in ("mild", "marked")]
        for finding in found:
            card(t(finding.sentence), "marked" if finding.severity == "marked" else "low", t("Found"))
        if document.findings and not found:
            card(t("Nothing stood out in what can be seen from here."), "ok", t("Squat"))
    if document is not None:
        for warning in document.warnings:
            st.caption(plain(t(warning)))
        for reason in document.reasons:
            card(t(reason), None, t("Not measured"))
    if outcome.problem is not None:
        fault_box(t(outcome.problem))
    elif outcome.session is not None:
        kept = t("Kept for {name}, session {number}.", name=plain(person), number=outcome.session)
        st.success(kept, icon=":material/check:")
