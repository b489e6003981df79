"""Whose data a browser sees: the machine's own store for the one who started the app, a space of its own for others.

`rom-vision app` opens the browser with a key that only this user of the machine can read. A browser with the key sees
the user's store (the same as the command line); any other browser gets an empty store of its own under an unguessable
key. `rom_vision.ui.gate` keeps the key in a cookie, so that a reload finds it again and nobody else does.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rom_vision.sessions import SessionStore
from rom_vision.sessions.engine import database_url
from rom_vision.ui.parts.jobs import JobRunner
from rom_vision.ui.parts.keys import KEY, data_folder, owner_key

__all__ = [
    "COOKIE",
    "Space",
    "current_space",
    "is_foreign_session",
    "opens_a_space",
    "runner",
    "space_name",
    "way_back",
]

COOKIE = "rom_vision_space"
_STATE = "space_key"
_MOST_SESSIONS = 1000
_sessions: dict[str, str] = {}
"""By Streamlit's number of a session (a tab), the space it shows; the latest ones."""


@dataclass(frozen=True)
class Space:
    """One browser's own people, jobs and results. ``name`` identifies it and gives nothing away."""

    name: str
    owner: bool

    @property
    def url(self) -> str:
        """Address of its database: the machine's own one for the owner."""
        if self.owner:
            return database_url().render_as_string(hide_password=False)
        return f"sqlite:///{_file_of(self.name)}"

    def store(self) -> SessionStore:
        """Return its store of people and sessions."""
        return _open_store(self.url)


def current_space() -> Space:
    """Return the space of the browser that shows this page."""
    key = st.session_state.get(_STATE)
    if key is None:
        key = st.session_state[_STATE] = _key_of_browser()
    if "key" in st.query_params:
        del st.query_params["key"]
    name = space_name(key)
    _note_session(name)
    return Space(name, secrets.compare_digest(key, owner_key()))


def _note_session(name: str) -> None:
    context = get_script_run_ctx()
    if context is not None:
        _sessions[context.session_id] = name
        while len(_sessions) > _MOST_SESSIONS:
            _sessions.pop(next(iter(_sessions)), None)


def is_foreign_session(session_id: str, space: str | None) -> bool:
    """Whether one of Streamlit's sessions is known to be that of another space."""
    return _sessions.get(session_id, space) != space


def opens_a_space(key: str) -> bool:
    """Whether a key is that of a space with something in it, of a browser that has lost its cookie perhaps."""
    return KEY.fullmatch(key) is not None and _file_of(space_name(key)).is_file()


def way_back() -> str:
    """Return what to put behind the app's address to come back to this space when the browser has lost its cookie."""
    return f"/?key={st.session_state[_STATE]}"


def _file_of(name: str) -> Path:
    return data_folder() / "spaces" / f"{name}.db"


def space_name(key: str) -> str:
    """Return the name of the space that a key opens; it does not lead back to the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


@st.cache_resource(show_spinner=False)
def runner() -> JobRunner:
    """Return the one job runner of this app."""
    return JobRunner()


@st.cache_resource(show_spinner=False, max_entries=64)
def _open_store(url: str) -> SessionStore:
    return SessionStore(url)


def _key_of_browser() -> str:
    known = str(st.context.cookies.get(COOKIE, ""))
    return known if KEY.fullmatch(known) else secrets.token_urlsafe(32)
