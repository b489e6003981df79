"""The coach's voice: the browser's own speech synthesis; nothing is sent anywhere."""

from __future__ import annotations

import streamlit as st

__all__ = ["say"]

# A cue is spoken once for each `key`. A new cue interrupts the one before: an instruction that is over must not go on.
_SCRIPT = """
export default function ({ data }) {
  const voice = window.speechSynthesis;
  if (!voice) return;
  if (!data.on) { voice.cancel(); window.romVisionSaid = null; return; }
  if (!data.text || window.romVisionSaid === data.key) return;
  window.romVisionSaid = data.key;
  voice.cancel();
  const words = new SpeechSynthesisUtterance(data.text);
  words.lang = "en";
  words.rate = 0.95;
  voice.speak(words);
}
"""


def say(text: str, key: str, *, on: bool) -> None:
    """Let the browser say a sentence, once for each ``key``; silence it when not ``on``."""
    mount = st.components.v2.component("rom_vision_voice", js=_SCRIPT)
    mount(key="voice", data={"text": text, "key": key, "on": on}, height=1)
