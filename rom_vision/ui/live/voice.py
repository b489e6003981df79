"""The coach's voice: the browser's own speech synthesis and tones; nothing is sent anywhere."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from rom_vision.ui.live.assets import asset
from rom_vision.ui.parts.tongue import language, t

__all__ = ["Signal", "say"]

Signal = Literal["", "hold", "release", "done"]
"""A tone for what has to be heard at once: the end is reached, the hold is done, the test is done."""


def say(text: str, key: str, *, on: bool, urgent: bool = False, signal: Signal = "", signal_key: str = "") -> None:
    """Let the browser say a sentence in the page's language, once for each ``key``; silence it when not ``on``.

    An ``urgent`` one may cut another short; any other waits until the one before is finished, and a moment longer.
    ``signal`` sounds once for each ``signal_key``.
    """
    mount = st.components.v2.component("rom_vision_voice", js=asset("voice.js"))
    said = {"text": t(text), "language": language(), "key": key}
    data = {**said, "on": on, "urgent": urgent, "tone": signal, "tone_key": signal_key}
    mount(key="voice", data=data, height=1)
