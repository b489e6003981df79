"""The app with its gate, for `streamlit run app.py`; `rom-vision app` starts the same one."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from rom_vision.ui import served
from rom_vision.ui.gate import Gate
from rom_vision.ui.parts.media import keep_account

keep_account()
app = st.App(Path(served.__file__).with_name("script.py"), middleware=[Middleware(Gate)])
