"""Whose data a browser sees: the machine's own store for the one who started the app, a space of its own for others.

`rom-vision app` opens the browser with a key that only this user of the machine can read. A browser with the key sees
the user's store (the same as the command line); any other browser gets an empty store of its own under an unguessable
key, kept in a cookie, so that a reload finds it again and nobody else does.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

import streamlit as st

from rom_vision.sessions import SessionStore
from rom_vision.sessions.engine import database_url
from rom_vision.ui.parts.jobs import JobRunner
from rom_vision.ui.parts.keys import KEY, data_folder, owner_key

__all__ = ["Space", "current_space", "runner"]

COOKIE = "rom_vision_space"
_STATE = "space_key"
_YEAR_S = 365 * 24 * 3600


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
        return f"sqlite:///{data_folder() / 'spaces' / f'{self.name}.db'}"

    def store(self) -> SessionStore:
        """Return its store of people and sessions."""
        return _open_store(self.url)


def current_space() -> Space:
    """Return the space of the browser that shows this page."""
    key = st.session_state.get(_STATE)
    if key is None:
        key = st.session_state[_STATE] = _key_of_browser()
        st.session_state["space_cookie_due"] = st.context.cookies.get(COOKIE) != key
    if st.session_state.pop("space_cookie_due", False):
        _set_cookie(key)
    if "key" in st.query_params:
        del st.query_params["key"]
    return Space(hashlib.sha256(key.encode()).hexdigest()[:32], secrets.compare_digest(key, owner_key()))


@st.cache_resource(show_spinner=False)
def runner() -> JobRunner:
    """Return the one job runner of this app."""
    return JobRunner()


@st.cache_resource(show_spinner=False, max_entries=64)
def _open_store(url: str) -> SessionStore:
    return SessionStore(url)


def _key_of_browser() -> str:
    offered = st.query_params.get("key", "")
    if secrets.compare_digest(offered.encode(), owner_key().encode()):
        return offered
    known = str(st.context.cookies.get(COOKIE, ""))
    return known if KEY.fullmatch(known) else secrets.token_urlsafe(32)


def _set_cookie(key: str) -> None:
    text = json.dumps(f"{COOKIE}={key}; path=/; max-age={_YEAR_S}; SameSite=Strict")
    st.html(f"<script>document.cookie = {text};</script>", unsafe_allow_javascript=True)
