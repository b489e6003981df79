"""The app with its gate, for Streamlit's server: `rom-vision app` runs this file."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from rom_vision.ui.gate import Gate
from rom_vision.ui.parts.media import keep_account

keep_account()
app = st.App(Path(__file__).with_name("served") / "script.py", middleware=[Middleware(Gate)])
