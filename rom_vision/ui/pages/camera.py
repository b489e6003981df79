"""Know the camera: print the board, show it to the camera or give a video of it, keep what it says about the lens."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import streamlit as st

from rom_vision.camera.board import BOARDS, BoardFinder
from rom_vision.camera.board_pdf import write_board_pdf
from rom_vision.camera.calibrate import Calibration, CalibrationRefusedError, calibrate, coverage_picture, look_at_files
from rom_vision.camera.defaults import LENSES
from rom_vision.camera.guide import CaptureGuide
from rom_vision.camera.profile import CameraProfile, check_name, list_profiles, load_profile, save_profile
from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.legible import shown
from rom_vision.ui.live.board_capture import BoardCapture, CaptureView
from rom_vision.ui.live.webcam import OnFrames, webcam
from rom_vision.ui.parts.frame import fault_box, plain, scroll_to_top
from rom_vision.ui.parts.media import owned
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t

__all__ = ["page"]

_log = logging.getLogger(__name__)

_PAPERS = {"a4": "A4", "letter": "Letter"}
_LIVE, _NAME, _CHOSEN, _KEPT = "camera-live", "camera-name", "camera-chosen", "camera-kept"
_REFUSED, _ATTEMPT = "camera-refused", "camera-attempt"
_REFRESH_S = 0.5
_NO_CAMERA_S = 12.0
_STALE_S = 2.0
"""Without a first picture for this long, or without a new one, the page says what to do (our own heuristic)."""

_CSS = """
<style>
.st-key-board_video { width: min(100%, calc(56vh * var(--rv-shape, 1.333))); margin: 0 auto; }
.rv-do { background: #12181f; color: #fff; border-radius: .8rem; padding: .6rem 1.1rem; text-align: center;
  font-weight: 650; font-size: clamp(1.15rem, 2.6vw, 1.9rem); line-height: 1.2; min-height: 2.6em; display: flex;
  align-items: center; justify-content: center; }
.rv-todo { text-align: center; opacity: .85; margin: .35rem 0 0; }
</style>
"""


@dataclass(frozen=True)
class _Kept:
    """A calibration that has just been kept."""

    profile: CameraProfile
    n_dropped: int
    coverage: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Refused:
    """A calibration that has just been refused."""

    why: str
    at_s: float


def page() -> None:
    """Show the page."""
    st.html(_CSS)
    st.title(t("Camera"))
    live: BoardCapture | None = st.session_state.get(_LIVE)
    if live is not None:
        _capture(live)
        return
    st.markdown(
        t(
            "You can measure without this: from straight in front the lens hardly matters, and what is not "
            "known of it is in the interval. It is worth its five minutes for wide-angle lenses, which bend "
            "the picture, and when the camera cannot stand in front."
        )
    )
    with st.container():  # always there, so that what stands below it stays as it is
        _outcome()
    paper = st.segmented_control(
        t("Paper"), list(_PAPERS), format_func=_PAPERS.__getitem__, default="a4", required=True
    )
    st.header(t("1. Print the board"))
    st.write(t("At 100 %, not fitted to the page. Check the ruler on it, and glue it to something flat."))
    st.download_button(
        t("Board as PDF"),
        owned(lambda: _board(paper)),
        f"rom_vision-board-{paper}.pdf",
        "application/pdf",
        on_click="ignore",
        icon=":material/download:",
    )
    st.header(t("2. Show it to the camera"))
    if current_space().owner:
        _show_or_give(paper)
    else:
        st.info(t("Cameras are kept for the owner of this machine: open the address that `rom-vision app` prints."))
    _known()


def _board(paper: str) -> bytes:
    with temporary_folder() as folder:
        path = folder / "board.pdf"
        write_board_pdf(BOARDS[paper], path)
        return path.read_bytes()


def _show_or_give(paper: str) -> None:
    """Ask for the camera's name, then for its live picture or for a video of the board."""
    st.write(t("Hold the board before it; the picture shows which corners and which tilts are still missing."))
    name = st.text_input(t("What to call this camera"), placeholder=t("my-laptop"), key=_NAME)
    if st.button(t("Start the camera"), type="primary", icon=":material/videocam:") and _usable(name):
        st.session_state[_LIVE] = BoardCapture(BOARDS[paper])
        st.session_state[_CHOSEN] = name
        st.session_state[_ATTEMPT] = st.session_state.get(_ATTEMPT, 0) + 1
        st.session_state.pop(_KEPT, None)
        st.session_state.pop(_REFUSED, None)
        st.rerun()
    with st.expander(t("Or give a video of the board: for a phone, or for videos recorded with another program")):
        st.write(
            t(
                "Film it with the camera and the setting that you measure with. Half a minute: all over the "
                "picture, into its corners, near and far, tilted each way by about 30 degrees, slowly."
            )
        )
        file = st.file_uploader(t("The video of the board"), type=["mp4", "mov", "m4v", "webm", "mkv", "avi"])
        if st.button(t("Calibrate"), disabled=file is None) and file is not None and _usable(name):
            _calibrate_video(name, paper, file.name, file.getbuffer())


def _usable(name: str) -> bool:
    try:
        check_name(name)
    except BadInputError as fault:
        fault_box(str(fault) if name else "Give the camera a name first.")
        return False
    return True


def _calibrate_video(name: str, paper: str, file_name: str, content: memoryview) -> None:
    finder, guide = BoardFinder(BOARDS[paper]), CaptureGuide()
    with temporary_folder() as folder, st.spinner(t("Looking for the board")):
        path = folder / f"board{Path(file_name).suffix}"
        path.write_bytes(content)
        try:
            look_at_files([path], finder, guide)
            _keep(calibrate(guide, name, f"printed board ({paper}) in {shown(file_name)}", finder))
        except (CalibrationRefusedError, BadInputError) as fault:
            _refuse(str(fault).replace(path.name, file_name))
    st.rerun()


def _refuse(why: str) -> None:
    st.session_state.pop(_KEPT, None)
    st.session_state[_REFUSED] = _Refused(why, time.time())


def _keep(found: Calibration) -> None:
    save_profile(found.profile)
    st.session_state.pop(_REFUSED, None)
    st.session_state[_KEPT] = _Kept(found.profile, found.n_dropped, coverage_picture(found))


# -- live -----------------------------------------------------------------------------------------------------------


def frames_callback(live: BoardCapture) -> OnFrames:
    """Return what streamlit-webrtc calls with the pictures that have arrived; the newest is looked at."""

    async def on_frames(frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        try:
            rgb: Any = frames[-1].to_ndarray(format="rgb24")
            return [av.VideoFrame.from_ndarray(live.process(rgb), "rgb24")]
        except Exception:
            _log.exception("a picture could not be looked at")
            return [frames[-1]]

    return on_frames


def _capture(live: BoardCapture) -> None:
    _guidance(live)
    with st.container(key="board_video"):
        webcam(f"camera-{st.session_state[_ATTEMPT]}", frames_callback(live))
    st.caption(
        t(
            "Orange: still missing. Corners of the picture are its frames; the small board at the foot shows "
            "which edge of the board has to come nearer. The pictures stay on this machine and are not kept."
        )
    )
    if st.button(t("Leave without calibrating"), icon=":material/close:"):
        del st.session_state[_LIVE]
        st.rerun()


@st.fragment(run_every=_REFRESH_S)
def _guidance(live: BoardCapture) -> None:
    """Say what to do next; runs on its own so that the video is not disturbed."""
    view = live.view()
    if view.n_pictures and not view.missing:
        _finish(live)
    if view.size_px[1]:
        st.html(f"<style>:root {{ --rv-shape: {view.size_px[0] / view.size_px[1]:.3f}; }}</style>")
    said = t(_sentence(view))
    st.html(f'<div class="rv-do" role="status" aria-live="polite">{escape(said)}</div>')
    more = sum(t(text) != said for text in view.missing)
    told = [t("one view kept") if view.n_views == 1 else t("{n} views kept", n=view.n_views)]
    if view.n_views and more:
        told.append(t("one more thing to do") if more == 1 else t("{n} more things to do", n=more))
    st.html(f'<p class="rv-todo">{escape(", ".join(told))}</p>')
    if view.waiting_s is None and live.age_s > _NO_CAMERA_S:
        st.warning(
            t(
                "The browser gives no picture. Allow the camera for this page (the camera sign beside the "
                "address), close other programs that use it, leave this page, and start again."
            ),
            icon=":material/videocam_off:",
        )


def _sentence(view: CaptureView) -> str:
    if view.waiting_s is None:
        return "Please allow the camera in your browser."
    if view.waiting_s > _STALE_S:
        return "The camera picture has stopped. Leave this page, and start again."
    if view.stranger:
        paper = _PAPERS[view.stranger]
        return f"This is the board for {paper} paper. Leave this page, and choose {paper}."
    if not view.missing:
        return "All views are there."
    if view.n_views and not view.seen:
        return f"The board is not seen. {view.missing[0]}"
    if view.seen and not view.still:
        return f"{view.missing[0]} Then hold it still."
    return view.missing[0]


def _finish(live: BoardCapture) -> None:
    """Calibrate from what was captured, keep it or say why not, and go back to the page."""
    del st.session_state[_LIVE]
    with st.spinner(t("Working out the lens")):
        try:
            _keep(live.calibrate(st.session_state[_CHOSEN]))
        except (CalibrationRefusedError, BadInputError) as fault:
            _refuse(str(fault))
    st.rerun()


# -- after ----------------------------------------------------------------------------------------------------------


def _outcome() -> None:
    refused: _Refused | None = st.session_state.get(_REFUSED)
    if refused is not None:
        scroll_to_top(f"refused {refused.at_s}")
        fault_box(f"Not calibrated, nothing was changed. {refused.why}")
    kept: _Kept | None = st.session_state.get(_KEPT)
    if kept is None:
        return
    p = kept.profile
    scroll_to_top(f"{p.name} kept {p.made}")
    st.success(
        t("{name} is kept. Choose it under “Camera” when you test yourself or upload a recording.", name=plain(p.name)),
        icon=":material/check:",
    )
    picture, figures = st.columns([2, 1])
    picture.image(
        kept.coverage, caption=t("Where the board was seen: green corners fit, red ones miss by a pixel or more.")
    )
    figures.metric(t("Field of view"), t(f"{p.hfov_deg:.1f}°"), help=t("Across the width of the picture."))
    figures.metric(
        t("Error of the corners"), t(f"{p.rms_px:.2f} px"), help=t("Root mean square; up to 1 px is accepted.")
    )
    figures.metric(t("Views"), f"{p.n_views}", help=t("{n} more did not fit and were set aside.", n=kept.n_dropped))


def _known() -> None:
    st.header(t("Cameras kept"))
    names = list_profiles() if current_space().owner else ()
    if names:
        rows = []
        for name in names:
            try:
                p = load_profile(name)
            except BadInputError as fault:
                st.warning(plain(t(str(fault))), icon=":material/warning:")
                continue
            rows.append(
                {
                    t("Name"): plain(p.name),
                    t("Picture"): f"{p.width_px} x {p.height_px}",
                    t("Field of view"): t(f"{p.hfov_deg:.1f}°"),
                    t("Error"): t(f"{p.rms_px:.2f} px"),
                    t("Made"): t(f"{p.made:%d %B %Y}"),
                }
            )
        st.table(rows)
    else:
        st.write(t("None yet."))
    with st.expander(t("What is assumed of a camera that has not been calibrated")):
        st.table(
            [
                {
                    t("Camera"): t(lens.label[lens.label.index(" ") + 1 :].capitalize()),
                    t("Field of view, longer side"): f"{lens.fov_deg:.0f}°",
                    t("Focal length known to"): f"±{196 * lens.focal_log_sd:.0f} %",
                    t("Because"): plain(t(lens.why)),
                }
                for lens in LENSES.values()
            ]
        )
