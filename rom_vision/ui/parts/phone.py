"""A phone on the shin: its log brought in, its columns named, laid over the recording, and entered as a reading."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rom_vision.agreement.phone import PhoneComparison, compare_with_phone, phone_chart
from rom_vision.agreement.phone_log import APPS, LogColumns, columns_in, preset_for, read_log
from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.sessions import SavedResult, SessionStore
from rom_vision.sessions.studies import NewReadings, Study, add_readings
from rom_vision.ui.parts.frame import draw, fault_box, plain
from rom_vision.ui.parts.tongue import t

__all__ = ["offer_phone"]


def offer_phone(store: SessionStore, study: Study, result: SavedResult) -> None:
    """Ask for the log of a phone that was strapped to the shin, show both curves, and enter what it read."""
    key = f"phone-{result.id}"
    st.markdown(t("**The log of a phone on the shin**"))
    st.caption(
        t(
            "Strap a phone to the tested shin, start its logger ({apps} or another), then the "
            "recording, and stop it after the last swing. Export the gravity sensor as CSV. Its zero is"
            " where the leg rests.",
            apps=", ".join(APPS),
        )
    )
    given = st.file_uploader(t("Log (CSV)"), type=["csv", "txt"], key=f"{key}-log")
    if given is None:
        return
    with temporary_folder() as folder:
        path = folder / "log.csv"
        path.write_bytes(given.getvalue())
        try:
            found = _compared(store, result, path, key)
        except BadInputError as fault:
            fault_box(str(fault).replace(str(path), given.name))
            return
    if found is None:
        return
    st.success(
        t(
            "The log follows the leg (correlation {correlation}); the recording begins {time} s into it.",
            correlation=f"{found.correlation:.3f}",
            time=f"{found.offset_s:.2f}",
        )
    )
    if not st.toggle(t("Show both curves (the program's value is then known)"), key=f"{key}-show"):
        st.caption(t("Enter the reading first: then it counts as blind."))
    else:
        draw(phone_chart(found, result.document))
        names = (t("Repetition"), t("Program"), t("Phone"))
        values = ((h.number, t(f"{h.ours_deg:.1f}°"), t(f"{h.phone_deg:.1f}°")) for h in found.held)
        st.table([dict(zip(names, row, strict=True)) for row in values])
    label = t("Enter {angle}° as a reading", angle=f"{found.reading_deg:.1f}")
    if st.button(label, key=f"{key}-enter", type="primary"):
        reading = NewReadings(result.id, (round(found.reading_deg, 2),), rater="phone", blind=True)
        add_readings(store, study.name, [reading], "phone")
        st.rerun()


def _compared(store: SessionStore, result: SavedResult, path: Path, key: str) -> PhoneComparison | None:
    columns = _columns(path, key)
    if columns is None:
        return None
    track = store.track(result.id)
    if track is None:
        raise BadInputError("No landmarks were kept of this result, so that nothing can be laid over it.")
    return compare_with_phone(result.document, track, read_log(path, columns))


def _columns(path: Path, key: str) -> LogColumns | None:
    """Return which columns hold what: of a known app, or as somebody says; None until they have said it."""
    names = columns_in(path)
    known = preset_for(names)
    if known is not None:
        st.caption(plain(t("Columns of {app}.", app=known[0])))
        return known[1]
    with st.form(f"{key}-columns"):
        st.write(t("Not the columns of an app that is known here: say what they hold."))
        time = st.selectbox(t("Time"), names, key=f"{key}-time")
        axes = st.multiselect(
            t("The three of gravity ..."), names, max_selections=3, key=f"{key}-axes", placeholder=t("Choose")
        )
        angle = st.selectbox(
            t("... or one angle, degrees"), names, index=None, key=f"{key}-angle", placeholder=t("Choose")
        )
        if not st.form_submit_button(t("Lay it over the recording")):
            return None
    if len(axes) == 3:
        return LogColumns(time, (axes[0], axes[1], axes[2]))
    if angle is None:
        raise BadInputError("Name the three columns of gravity, or one of an angle.")
    return LogColumns(time, angle=angle)
