"""The app behind the phone's door, for Streamlit's server: `rom-vision app --lan` runs this file beside `server.py`."""

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from rom_vision.ui.gate import Gate
from rom_vision.ui.parts.media import keep_account
from rom_vision.ui.phone import HOST, KEY
from rom_vision.ui.phone_gate import PhoneGate

keep_account()
app = st.App(
    Path(__file__).with_name("served") / "script.py",
    middleware=[
        Middleware(PhoneGate, key=os.environ[KEY]),
        Middleware(Gate, names=frozenset({os.environ[HOST]})),
    ],
)
