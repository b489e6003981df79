"""The app: `rom-vision app`, or `streamlit run app.py` in a checkout. Navigation only."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

import streamlit as st

from rom_vision.ui.parts import frame
from rom_vision.ui.parts.space import current_space

__all__ = ["main"]

_PAGES = {
    "start": ("Start", ":material/home:"),
    "selftest": ("Test yourself", ":material/videocam:"),
    "upload": ("Upload", ":material/upload_file:"),
    "result": ("Result", ":material/monitoring:"),
    "progress": ("Progress", ":material/timeline:"),
    "camera": ("Camera", ":material/photo_camera:"),
    "privacy": ("Privacy and data", ":material/lock:"),
}


def main(first: str = "start") -> None:
    """Show the app.

    Parameters
    ----------
    first : page to open when the address names none.
    """
    st.set_page_config(page_title="rom_vision", page_icon=":material/accessibility_new:", layout="wide")
    pages = {
        name: st.Page(
            frame.guarded(importlib.import_module(f"rom_vision.ui.pages.{name}").page),
            title=title,
            icon=icon,
            url_path=name,
            default=name == first,
        )
        for name, (title, icon) in _PAGES.items()
        if find_spec(f"rom_vision.ui.pages.{name}")
    }
    frame.register(dict(pages))
    shown = st.navigation(list(pages.values()), position="top")
    frame.style()
    frame.start_at_top(shown.url_path)
    current_space()
    shown.run()
