"""The browser's camera: one way to ask for it, so that a calibration fits the pictures of the self-test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import av
import streamlit as st
from aiortc.contrib.media import MediaPlayer
from streamlit_webrtc import WebRtcMode, webrtc_streamer

__all__ = ["OnFrames", "webcam"]

OnFrames = Callable[[list[av.VideoFrame]], Awaitable[list[av.VideoFrame]]]

# "none": a picture cut to the wanted shape would have another field of view than the lens is assumed to have.
_CAMERA = {
    "video": {
        "width": {"ideal": 640},
        "height": {"ideal": 480},
        "frameRate": {"ideal": 30},
        "resizeMode": {"ideal": "none"},
    },
    "audio": False,
}
_PLAYER = {"autoPlay": True, "controls": False, "muted": True, "style": {"width": "100%"}}


_START = "Start the camera"

# The component's own wish to play at once is followed several times over while it loads, and the connections get mixed
# up. Its button is pressed instead, once; where that fails, the user can press it.
_PRESS = """
export default function ({ data }) {
  if (window.romVisionCamera === data.key) return;
  window.romVisionCamera = data.key;
  const press = (left) => {
    if (window.romVisionCamera !== data.key) return;
    for (const frame of document.querySelectorAll('iframe[title*="webrtc"]')) {
      const buttons = [...(frame.contentDocument?.querySelectorAll("button") ?? [])];
      const start = buttons.find((button) => button.textContent.trim() === data.label && !button.disabled);
      if (start) return start.click();
    }
    if (left) setTimeout(press, 200, left - 1);
  };
  press(100);
  return () => { window.romVisionCamera = null; };
}
"""


def webcam(key: str, on_frames: OnFrames, clip: Path | None = None) -> None:
    """Start the camera at once, without audio and without any other machine, and show what ``on_frames`` returns.

    A ``clip`` is played again and again instead of the camera.
    """
    webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDRECV if clip is None else WebRtcMode.RECVONLY,
        player_factory=None if clip is None else partial(MediaPlayer, str(clip), loop=True),
        rtc_configuration={"iceServers": []},
        media_stream_constraints=_CAMERA,
        queued_video_frames_callback=on_frames,
        video_html_attrs=_PLAYER,
        translations={"start": _START, "stop": "Pause the camera", "select_device": "Another camera"},
        media_toggle_controls=False,
    )
    mount = st.components.v2.component("rom_vision_camera", js=_PRESS)
    mount(key="camera-start", data={"key": key, "label": _START}, height=1)
