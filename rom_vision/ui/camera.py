"""Know the camera: print the board, film it, keep what it says about the lens."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from rom_vision.camera.board import BOARDS, BoardFinder
from rom_vision.camera.board_pdf import write_board_pdf
from rom_vision.camera.calibrate import CalibrationRefusedError, calibrate, coverage_picture, look_at_files
from rom_vision.camera.guide import CaptureGuide
from rom_vision.camera.profile import check_name, list_profiles, load_profile, save_profile
from rom_vision.errors import BadInputError
from rom_vision.ui.space import current_space

__all__ = ["page"]

_PAPERS = {"a4": "A4", "letter": "Letter"}


def page() -> None:
    """Show the page."""
    st.title("Camera")
    st.markdown(
        "You can measure without this. A camera that the program knows takes one guess, the lens, out of the interval "
        "of every value. It takes five minutes, once for each camera."
    )
    paper = st.segmented_control("Paper", list(_PAPERS), format_func=_PAPERS.__getitem__, default="a4", required=True)
    st.subheader("1. Print the board")
    st.write("At 100 %, not fitted to the page. Check the ruler on it, and glue it to something flat.")
    st.download_button(
        "Board as PDF",
        lambda: _board(paper),
        f"rom_vision-board-{paper}.pdf",
        "application/pdf",
        on_click="ignore",
        icon=":material/download:",
    )
    st.subheader("2. Film it")
    st.write(
        "With the camera and the setting that you measure with. Half a minute: all over the picture, into its corners, "
        "near and far, tilted each way by about 30 degrees, slowly."
    )
    st.subheader("3. Keep the camera")
    if not current_space().owner:
        st.info("Cameras are kept for the owner of this machine: open the address that `rom-vision app` prints.")
        return
    with st.form("calibrate"):
        name = st.text_input("What to call this camera", placeholder="my-laptop")
        file = st.file_uploader("The video of the board", type=["mp4", "mov", "m4v", "webm", "mkv", "avi"])
        if st.form_submit_button("Calibrate", type="primary") and file is not None:
            _calibrate(name, paper, file.name, file.getbuffer())
    _known()


def _board(paper: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "board.pdf"
        write_board_pdf(BOARDS[paper], path)
        return path.read_bytes()


def _calibrate(name: str, paper: str, file_name: str, content: memoryview) -> None:
    finder, guide = BoardFinder(BOARDS[paper]), CaptureGuide()
    with tempfile.TemporaryDirectory() as folder, st.spinner("Looking for the board"):
        path = Path(folder) / f"board{Path(file_name).suffix}"
        path.write_bytes(content)
        try:
            check_name(name)
            look_at_files([path], finder, guide)
            found = calibrate(guide, name, f"printed board ({paper}) in {file_name}", finder)
        except (CalibrationRefusedError, BadInputError) as fault:
            st.error(str(fault).replace(str(path), file_name), icon=":material/error:")
            return
    save_profile(found.profile)
    st.success(f"{name} is kept: {found.profile.hfov_deg:.1f}° wide, error {found.profile.rms_px:.2f} pixels.")
    st.image(coverage_picture(found), caption="Where the board was seen")


def _known() -> None:
    names = list_profiles()
    if not names:
        return
    st.subheader("Cameras kept")
    profiles = [load_profile(name) for name in names]
    st.table(
        [
            {
                "Name": p.name,
                "Picture": f"{p.width_px} x {p.height_px}",
                "Field of view": f"{p.hfov_deg:.1f}°",
                "Made": f"{p.made:%d %b %Y}",
            }
            for p in profiles
        ]
    )
