"""What stands on the page when a guided drill is over: what was counted, the question about pain, what to do then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from rom_vision.drills.training import PAIN_STOPS, what_to_do
from rom_vision.drills.words import done_words
from rom_vision.sessions.training import answer_training
from rom_vision.ui.live.drill_guide import DrillGuide
from rom_vision.ui.live.far import FarScreen, far_screen
from rom_vision.ui.live.running import Running
from rom_vision.ui.live.voice import say
from rom_vision.ui.parts.frame import card, fault_box, go, plain
from rom_vision.ui.parts.live_results import FAR, MUTED
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t

__all__ = ["ask_pain", "show_drill_results"]

_SCALE = {n: str(n) for n in range(11)}


def show_drill_results(guide: DrillGuide, test: Running, put_away: Callable[[], None]) -> None:
    """Show what became of a drill; ``put_away`` forgets it."""
    st.title(plain(t(guide.drill.name)))
    st.caption(plain(test.person))
    training = guide.training
    _standing(guide)
    if training is None:
        st.info(t("The drill ended before a repetition was done. Nothing was kept."), icon=":material/info:")
    else:
        st.html(f'<p class="rv-answer">{escape(t(done_words(training)))}</p>')
        if guide.problem:
            fault_box(t("Not kept: {reason}", reason=t(guide.problem)))
        stopped = guide.number is not None and ask_pain(guide.number, key=f"drill-{guide.number}")
        if stopped:
            if st.button(t("Back to my training"), type="primary"):
                put_away()
                go("train")
            return
    with st.container(horizontal=True):
        if st.button(t("Go on: what is due today"), type="primary", icon=":material/event:"):
            put_away()
            go("train")
        if st.button(t("The same drill again"), icon=":material/replay:"):
            put_away()
            go("train", drill=guide.drill.code)


def ask_pain(number: int, *, key: str) -> bool:
    """Ask how a kept drill felt, once; return whether the answer ends the training.

    Parameters
    ----------
    number : of the log.
    key : tells two askers apart.
    """
    answered = st.session_state.get(f"{key}-answer")
    if answered is None:
        with st.container(border=True):
            st.markdown(t("**How much did it hurt?** 0 is not at all, 10 the worst pain that can be imagined."))
            pain = st.segmented_control(t("Pain"), _SCALE, format_func=_SCALE.__getitem__, key=f"{key}-pain")
            pinch = st.checkbox(t("It pinched in the front of the hip or in the groin"), key=f"{key}-pinch")
            if st.button(t("Save the answer"), key=f"{key}-save", icon=":material/check:", disabled=pain is None):
                answered = answer_training(current_space().store(), number, int(pain or 0), pinch=pinch)
                st.session_state[f"{key}-answer"] = answered
                st.rerun()
            st.caption(t("Pain above {n}, or a pinch, ends the training of the day.", n=PAIN_STOPS))
        return False
    text = what_to_do(answered)
    if text:
        card(text, "marked", "Stop here")
        return True
    said = t("Kept. Pain {n} of 10.", n=f"{answered.pain:d}") if answered.pain else t("Kept. No pain.")
    st.success(said, icon=":material/check:")
    return False


@st.fragment(run_every=0.5)
def _standing(guide: DrillGuide) -> None:
    """Leave the result standing on the far screen until somebody comes back, and say it."""
    sound, far = not st.session_state.get(MUTED), bool(st.session_state.get(FAR))
    training = guide.training
    said = t("Nothing was counted." if training is None else done_words(training))
    pressed = far_screen(_screen(guide, sound=sound) if far else FarScreen())
    if pressed.sound:
        st.session_state[MUTED] = sound
    if pressed.stopped and far:
        st.session_state[FAR] = False
        st.rerun()
    said += f" {t('Come back to the computer and say how it felt.')}" if training is not None else ""
    answered = st.session_state.get(f"drill-{guide.number}-answer")
    if answered is not None:  # one voice at a time: what to do now instead of what was done
        said = t(what_to_do(answered))
    say(said, f"drill {guide.number} {answered is not None}", on=sound, signal="done", signal_key="drill done")


def _screen(guide: DrillGuide, *, sound: bool) -> FarScreen:
    training = guide.training
    shown = partial(FarScreen, open=True, stop=t("Close"), stop_title=t("Close and go on (Escape)"), sound=sound)
    if training is None:
        return shown(cue=t("Nothing done"), sentence=t("The drill ended before a repetition was done."))
    others = sum(training.spoiled.values())
    rows = [(t("Counted"), str(training.counted), t(guide.drill.counts))]
    words = {cheat.code: cheat.words for cheat in guide.drill.cheats}
    rows += [(t("Not counted"), str(others), t(words[next(iter(training.spoiled))]))] if others else []
    return shown(shows="results", cue=t("How did it feel?"), results=tuple(rows), who=t(guide.drill.name))
