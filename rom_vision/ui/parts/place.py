"""Put a joint that was found in the wrong place where it lies, in the picture or among the other landmarks."""

from __future__ import annotations

import base64
from typing import Any, get_args

import numpy as np
import streamlit as st

from rom_vision.capture import frames_at
from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.pose.given import REACH_S, picture_at
from rom_vision.pose.landmarks import SKELETON, Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.registry import find_protocol
from rom_vision.report.strokes import jpeg_of
from rom_vision.results.parts import Joint
from rom_vision.sessions import SavedResult, SessionStore
from rom_vision.sessions.correct import MAX_REASON, correct, landmark_correction
from rom_vision.ui.live.assets import asset
from rom_vision.ui.parts.frame import fault_box
from rom_vision.ui.parts.tongue import t

__all__ = ["offer_to_place"]

_SHOWN = "place-shown"
"""Name in the browser's session of the picture that is shown."""
_MARGIN = 0.15
"""Of the person's own extent, around them."""


def offer_to_place(store: SessionStore, result: SavedResult) -> None:
    """Offer to put a joint in its place, where the landmarks of the test were kept."""
    document = result.document
    test = find_protocol(document.test)
    if test is None or "landmark" not in test.corrects or not (document.time_s and result.has_track):
        return
    with st.expander(t("Put a joint in its place")):
        track = store.track(result.id)
        if track is not None and track.found.any():
            _ask(store, result, track, f"place-{result.id}")


def _ask(store: SessionStore, result: SavedResult, track: PoseTrack, key: str) -> None:
    document = result.document
    st.caption(
        t(
            "Choose the moment and the joint, and drag the ring to where the joint lies. The pictures up to {reach} s "
            "before and after go with it, less and less.",
            reach=f"{REACH_S:g}",
        )
    )
    left, right = st.columns(2)
    joints = get_args(Joint)
    usual = f"{document.side or 'left'}_knee"
    joint = left.selectbox(
        t("Joint"), joints, index=joints.index(usual), format_func=lambda j: t(_named(j)), key=f"{key}-joint"
    )
    first, last = float(track.time_s[0]), float(track.time_s[-1])
    begin = document.repetitions[0].at_s if document.repetitions else first
    at_s = right.slider(t("Moment, seconds of the recording"), first, last, begin, 0.05, key=f"{key}-at")
    try:
        k = picture_at(track, at_s)
    except BadInputError as fault:
        fault_box(str(fault))
        return
    mount = st.components.v2.component(
        "rom_vision_place", html=asset("place.html"), css=asset("place.css"), js=asset("keys.js") + asset("place.js")
    )
    # Another picture or joint is another question: what was answered to the one before does not go with it.
    answer = mount(
        key=f"{key}-{joint}-{k}",
        data=_told(track, k, joint, _picture(store, result, float(track.time_s[k]))),
        on_point_change=lambda: None,
    )
    reason = st.text_input(t("Why"), key=f"{key}-reason", max_chars=MAX_REASON)
    point: Any = answer.point
    if st.button(t("Measure with it"), key=f"{key}-save", icon=":material/edit:", disabled=point is None):
        try:
            x_px, y_px = (float(value) for value in point)
            correct(store, result.id, landmark_correction(joint, float(track.time_s[k]), x_px, y_px, reason))
        except BadInputError as fault:
            fault_box(str(fault))
            return
        st.rerun()


def _told(track: PoseTrack, k: int, joint: str, image: str) -> dict[str, object]:
    px = track.image_px[k]
    body = px[11:]
    low, high = body.min(axis=0), body.max(axis=0)
    around = _MARGIN * float((high - low).max())
    low = np.maximum(low - around, 0)
    high = np.minimum(high + around, (track.width_px, track.height_px))
    return {
        "width": track.width_px,
        "height": track.height_px,
        "box": [float(v) for v in (*low, *(high - low))],
        "bones": [[float(v) for v in (*px[a], *px[b])] for a, b in SKELETON],
        "found": [float(v) for v in px[Landmark[joint.upper()]]],
        "image": image,
        "label": t("{joint}: drag it to its place, or move it with the arrow keys", joint=t(_named(joint))),
    }


def _named(joint: str) -> str:
    return joint.replace("_", " ")


def _picture(store: SessionStore, result: SavedResult, time_s: float) -> str:
    """Return the picture of a moment as a data address; empty where no video was kept."""
    if not result.has_video:
        return ""
    asked, kept = (result.id, time_s), st.session_state.get(_SHOWN)
    if kept is None or kept[0] != asked:
        video = store.video(result.id)
        with temporary_folder() as folder:
            path = folder / "video.mp4"
            path.write_bytes(video[1] if video else b"")
            picture = jpeg_of(frames_at(path, [time_s])[0].rgb)
        kept = (asked, "data:image/jpeg;base64," + base64.b64encode(picture).decode())
        st.session_state[_SHOWN] = kept
    return str(kept[1])
