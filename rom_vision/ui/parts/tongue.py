"""The language of the app: chosen at the top, else given by `rom-vision app --language`, else the browser's own.

A page is shown in another language only when all of it can be: half a translation is worse than none.
"""

from __future__ import annotations

import os
import threading

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rom_vision.language import LANGUAGES, translated
from rom_vision.ui.parts.space import current_space

__all__ = ["LANGUAGE", "TRANSLATED", "choose_language", "language", "t", "turn_to", "wished"]

LANGUAGE = "ROM_VISION_LANGUAGE"
TRANSLATED = frozenset({"start", "selftest"})
"""Pages all of whose words the catalogue has; `tests/ui/test_language.py` sees to it."""
_CHOSEN, _PAGE = "language-chosen", "language-page"

_last: dict[str, str] = {}
_lock = threading.Lock()


def turn_to(page: str) -> None:
    """Note which page is being shown, and tell the browser and its screen reader the language of its words."""
    st.session_state[_PAGE] = page
    st.html(f"<script>document.documentElement.lang = '{language()}'</script>", unsafe_allow_javascript=True)


def wished() -> str:
    """Return the language that this browser's user wants."""
    if get_script_run_ctx() is None:
        return "en"
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None:
        with _lock:
            chosen = _last.get(current_space().name)
    wish = chosen or os.environ.get(LANGUAGE) or str(st.context.locale or "")[:2].lower()
    return wish if wish in LANGUAGES else "en"


def language() -> str:
    """Return the language of the page that is being shown."""
    return wished() if get_script_run_ctx() is not None and st.session_state.get(_PAGE) in TRANSLATED else "en"


def t(text: str, **values: object) -> str:
    """Return an English text in the language of the page, with its named places filled.

    Parameters
    ----------
    text : as it stands in the catalogue, or a sentence of the program whose places are filled already.
    values : what goes into the places, as it is to be shown.
    """
    there = translated(text, language())
    return there.format(**values) if values else there


def choose_language() -> None:
    """Let the user choose; says so where a page is not there in that language."""
    now = wished()
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
    if now != language():
        st.caption(translated("This page is there in English only.", now))


def _choose(chosen: str) -> None:
    st.session_state[_CHOSEN] = chosen
    with _lock:
        _last[current_space().name] = chosen
