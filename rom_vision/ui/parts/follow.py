"""Correct whom a kept result follows: another person of the same recording, which is chosen again."""

from __future__ import annotations

import shutil
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.pose.subject import number_of
from rom_vision.protocols.registry import find_protocol
from rom_vision.sessions import SavedResult, SessionStore
from rom_vision.sessions.correct import MAX_REASON, follow
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.tongue import t

__all__ = ["offer_to_follow"]


def offer_to_follow(store: SessionStore, result: SavedResult) -> None:
    """Offer to measure another person, where several were in the recording of an uncorrected result."""
    document, key = result.document, f"follow-{result.id}"
    followed, test = number_of(document.provenance.subject), find_protocol(document.test)
    if followed is None or document.corrections or test is None or "subject" not in test.corrects:
        return
    number, people = followed
    with st.expander(t("Another person did the test")):
        st.caption(
            t(
                "Person {number} of {people}, counted from the left, was measured. The landmarks of the others are "
                "not kept: choose the recording {video} again. It stays on this machine and is deleted once it is "
                "measured.",
                number=f"{number:d}",
                people=f"{people:d}",
                video=plain(document.provenance.video),
            )
        )
        others = [n for n in range(1, people + 1) if n != number]
        other = st.selectbox(
            t("Whom to follow"), others, format_func=lambda n: t("Person {number}", number=n), key=f"{key}-whom"
        )
        file = st.file_uploader(t("The recording"), key=f"{key}-file")
        reason = st.text_input(t("Why"), key=f"{key}-reason", max_chars=MAX_REASON)
        if st.button(t("Measure this person"), key=f"{key}-save", icon=":material/edit:", disabled=file is None):
            assert file is not None
            if _measured(store, result, file, other, reason):
                st.rerun()


def _measured(store: SessionStore, result: SavedResult, file: UploadedFile, number: int, reason: str) -> bool:
    looking = t("Looking at the video")
    bar = st.progress(0.0, looking)

    def note(done: int, total: int) -> None:
        bar.progress(min(done / max(total, done, 1), 1.0), looking)

    with temporary_folder() as folder:
        path = folder / f"recording{Path(file.name).suffix[:8]}"
        try:
            with path.open("wb") as out:
                shutil.copyfileobj(file, out, 2**20)
            follow(store, result.id, path, number, reason, on_progress=note)
        except BadInputError as fault:
            fault_box(str(fault).replace(str(path), file.name).replace(path.name, file.name))
            return False
        finally:
            bar.empty()
    return True
