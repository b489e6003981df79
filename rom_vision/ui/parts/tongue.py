"""The language of the app: chosen at the top, else given by `rom-vision app --language`, else the browser's own."""

from __future__ import annotations

import os
import threading

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rom_vision.language import LANGUAGES, fill, translated
from rom_vision.ui.parts.space import current_space

__all__ = ["LANGUAGE", "choose_language", "language", "t", "tell_browser"]

LANGUAGE = "ROM_VISION_LANGUAGE"
_CHOSEN = "language-chosen"

_last: dict[str, str] = {}
_lock = threading.Lock()


def tell_browser() -> None:
    """Tell the browser and its screen reader the language of the page."""
    st.html(f"<script>document.documentElement.lang = '{language()}'</script>", unsafe_allow_javascript=True)


def language() -> str:
    """Return the language that this browser's user wants."""
    if get_script_run_ctx() is None:
        return "en"
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None:
        with _lock:
            chosen = _last.get(current_space().name)
    wish = chosen or os.environ.get(LANGUAGE) or str(st.context.locale or "")[:2].lower()
    return wish if wish in LANGUAGES else "en"


def t(text: str, **values: object) -> str:
    """Return an English text in the language of the page, with its named places filled.

    Parameters
    ----------
    text : as it stands in the catalogue, or a sentence of the program whose places are filled already.
    values : what goes into the places, as it is to be shown.
    """
    wanted = language()
    there = translated(text, wanted)
    return fill(there, wanted, **values) if values else there


def choose_language() -> None:
    """Let the user choose."""
    now = language()
    widget = f"language-{now}"  # a widget's own value would be forgotten on the next page
    st.segmented_control(
        "Language · Sprache",
        list(LANGUAGES),
        default=now,
        format_func=str.upper,
        required=True,
        label_visibility="collapsed",
        key=widget,
        on_change=lambda: _choose(st.session_state[widget]),
    )


def _choose(chosen: str) -> None:
    st.session_state[_CHOSEN] = chosen
    with _lock:
        _last[current_space().name] = chosen
