"""Keep a result that has just been measured: for whom, of which day, and not twice by accident."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from rom_vision.errors import BadInputError
from rom_vision.sessions import AlreadyKeptError, NewResult
from rom_vision.ui.parts.edit import ask_moment
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.jobs import Job
from rom_vision.ui.parts.people import choose_person
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.parts.work import Finished

__all__ = ["offer_to_save"]

_TOLD_BY = {
    "file": "As the file itself says. Change it if that is wrong.",
    "name": "As the name of the file says. Change it if that is wrong.",
}
_NOBODY_SAYS = "The file does not say when it was filmed: this is now. Change it if it was earlier."
_ASKED_AGAIN = "save-again"


def offer_to_save(job: Job, finished: Finished) -> None:
    """Ask for whom and of which day to keep a result; once it is kept, its address leads to the session."""
    store = current_space().store()
    with st.container(border=True):
        st.markdown(t("**Save it to a person**"))
        person = choose_person(store, "save")
        filmed = finished.filmed
        moment = ask_moment(t("Filmed on"), t("at"), filmed.moment if filmed else datetime.now().astimezone(), "save")
        st.caption(t(_TOLD_BY[filmed.source] if filmed else _NOBODY_SAYS))
        note = st.text_input(t("Note, if you like"), key="save-note", max_chars=300)
        size_mb = finished.video.stat().st_size / 1e6 if finished.video is not None else 0.0
        keep = finished.video is not None and st.checkbox(
            t(
                "Keep the drawn video, too ({size_mb} MB). Without it, landmarks and pictures are kept, no video.",
                size_mb=f"{size_mb:.1f}",
            ),
            key="keep-video",
        )
        label = t("Save for {name}", name=plain(person.name)) if person else t("Save")
        wanted = st.button(label, type="primary", key="save", icon=":material/save:", disabled=person is None)
        again = st.session_state.get(_ASKED_AGAIN) == job.id and st.button(t("Keep it a second time"), key="save-twice")
        if person is None or not (wanted or again):
            return
        new = NewResult(
            finished.document,
            finished.track,
            finished.pictures,
            finished.video if keep else None,
            bool(st.session_state.get("pinch")),
        )
        _save(job, person.name, new, moment, note, again=again)


def _save(job: Job, name: str, new: NewResult, moment: datetime, note: str, *, again: bool) -> None:
    from rom_vision.sessions.edit import edit_session

    store = current_space().store()
    try:
        if moment > datetime.now().astimezone():
            raise BadInputError(f"The date {moment:%d %B %Y, %H:%M} lies in the future.")
        number = store.save_result(name, new, taken_at=moment, again=again)
        if note.strip():
            edit_session(store, number, note=note)
    except AlreadyKeptError as fault:
        st.session_state[_ASKED_AGAIN] = job.id
        job.kept_in = fault.session
        st.session_state["save-refused"] = str(fault)
        st.rerun()
    except BadInputError as fault:
        fault_box(str(fault))
        return
    job.kept_in = number
    st.query_params["session"] = str(number)
    st.query_params["job"] = job.id
    st.rerun()
