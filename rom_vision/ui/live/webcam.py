"""The browser's camera: one way to ask for it, so that a calibration fits the pictures of the self-test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import streamlit as st
from aiortc.contrib.media import MediaPlayer
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from rom_vision.camera.setting import CameraSetting
from rom_vision.errors import BadInputError
from rom_vision.ui.live.assets import asset
from rom_vision.ui.parts.tongue import t

__all__ = ["SIZES_PX", "OnFrames", "Webcam", "wanted_size_px", "webcam"]

OnFrames = Callable[[list[av.VideoFrame]], Awaitable[list[av.VideoFrame]]]

SIZES_PX = ((1280, 720), (640, 480))
"""What a camera is asked for, best first: far enough away to be seen from head to feet, a shank needs the pixels."""
_PLAYER = {
    "autoPlay": True,
    "controls": False,
    "muted": True,
    "style": {"width": "100%"},
}
_START, _STOP = "Start the camera", "Pause the camera"
_NAME = "Live picture of the camera, mirrored"

_FAULTS = {
    "NotAllowedError": "The browser does not let this page see the camera. Allow the camera (the camera sign beside "
    "the address), then try again.",
    "NotFoundError": "There is no camera on this machine, or it is not plugged in. Plug one in, then try again.",
    "NotReadableError": "The camera is used by another program. Close that program, then try again.",
    "insecure": "A browser shows its camera only to pages of its own machine or with https. Open the app on the "
    "machine it runs on.",
}
_FAULT = "The browser gives no camera picture ({name}). Close other programs that use it, then try again."


@dataclass(frozen=True)
class Webcam:
    """What became of the camera: ``fault`` is a sentence, empty while there is none; ``paused`` by the user."""

    fault: str = ""
    paused: bool = False


def wanted_size_px(camera: CameraSetting) -> tuple[int, int]:
    """Return the (width, height) to ask for: the best that the camera's profile knows the lens of."""
    for size in SIZES_PX:
        try:
            camera.lens(*size)
        except BadInputError:
            continue
        return size
    return SIZES_PX[0]


def webcam(
    key: str, on_frames: OnFrames, clip: Path | None = None, *, size_px: tuple[int, int] = SIZES_PX[0]
) -> Webcam:
    """Start the camera at once, without audio and without any other machine, and show what ``on_frames`` returns.

    A ``clip`` is played again and again instead of the camera. ``size_px`` is what the camera is asked for; it gives
    what it has.
    """
    # "none": a picture cut to the wanted shape would have another field of view than the lens is assumed to have.
    wanted = {"width": {"ideal": size_px[0]}, "height": {"ideal": size_px[1]}, "frameRate": {"ideal": 30}}
    webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDRECV if clip is None else WebRtcMode.RECVONLY,
        player_factory=None if clip is None else partial(MediaPlayer, str(clip), loop=True),
        rtc_configuration={"iceServers": []},
        media_stream_constraints={"video": {**wanted, "resizeMode": {"ideal": "none"}}, "audio": False},
        queued_video_frames_callback=on_frames,
        video_html_attrs={**_PLAYER, "aria-label": t(_NAME)},
        translations={"start": t(_START), "stop": t(_STOP), "select_device": t("Another camera")},
        media_toggle_controls=False,
    )
    mount = st.components.v2.component("rom_vision_camera", js=asset("camera.js"))
    told = mount(
        key=f"{key}-start",
        data={"key": key, "start": t(_START), "stop": t(_STOP), "name": t(_NAME), "watch": clip is None},
        default={"fault": "", "paused": False},
        on_fault_change=_noted,
        on_paused_change=_noted,
        height=1,
    )
    name = str(told.get("fault") or "")
    fault = _FAULTS.get(name, _FAULT.format(name=name)) if name else ""
    return Webcam(fault, paused=bool(told.get("paused")))


def _noted() -> None:
    """Let the page run again."""
