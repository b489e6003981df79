"""The app: `rom-vision app`, or `streamlit run app.py` in a checkout. Navigation only."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

from rom_vision.ui.parts import frame, people, tongue
from rom_vision.ui.parts.space import current_space, runner

__all__ = ["main"]

_ICON = Path(__file__).with_name("pictures") / "icon.svg"
"""A file of ours: for a named icon the browser would ask a host on the internet, on every page."""
_LIVE = "selftest-live"
_PAGES = {
    "start": ("Start", ":material/home:"),
    "selftest": ("Test yourself", ":material/videocam:"),
    "upload": ("Upload", ":material/upload_file:"),
    "train": ("Train", ":material/fitness_center:"),
    "result": ("Result", ":material/monitoring:"),
    "progress": ("Progress", ":material/timeline:"),
    "camera": ("Camera", ":material/photo_camera:"),
    "study": ("Check the instrument", ":material/straighten:"),
    "privacy": ("Privacy and data", ":material/lock:"),
}


def main(first: str = "start") -> None:
    """Show the app.

    Parameters
    ----------
    first : page to open when the address names none.
    """
    st.set_page_config(page_title="rom_vision", page_icon=_ICON, layout="wide")
    pages = {
        name: st.Page(
            frame.guarded(_page(name)),
            title=tongue.t(title),
            icon=icon,
            url_path=name,
            default=name == first,
        )
        for name, (title, icon) in _PAGES.items()
        if find_spec(f"rom_vision.ui.pages.{name}")
    }
    frame.register(dict(pages))
    shown = st.navigation(list(pages.values()), position="top")
    tongue.tell_browser()
    frame.style()
    frame.start_at_top(shown.url_path)
    runner().leave(current_space().name, st.query_params.get("job", ""))
    if _LIVE not in st.session_state:  # during a live test the whole screen is the test's
        people.header()
    shown.run()


def _page(name: str) -> Callable[[], None]:
    """Return a page whose module is loaded when it is opened, so that the first page need not wait for all others."""

    def page() -> None:
        importlib.import_module(f"rom_vision.ui.pages.{name}").page()

    page.__name__ = name
    return page
