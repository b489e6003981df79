"""The browser's camera: one way to ask for it, so that a calibration fits the pictures of the self-test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import av
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

__all__ = ["OnFrames", "webcam"]

_LOADED = "webcam-loaded"

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


def webcam(key: str, on_frames: OnFrames) -> None:
    """Start the camera at once, without audio and without any other machine, and show what ``on_frames`` returns."""
    # Asked to play while it is still loading, the component opens the camera several times and mixes the connections
    # up. It reports when it has loaded, which brings the second run of the page.
    loaded = st.session_state.get(_LOADED) == key
    st.session_state[_LOADED] = key
    webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration={"iceServers": []},
        media_stream_constraints=_CAMERA,
        queued_video_frames_callback=on_frames,
        desired_playing_state=True if loaded else None,
        video_html_attrs=_PLAYER,
        media_toggle_controls=False,
    )
