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

__all__ = ["offer_phone"]


def offer_phone(store: SessionStore, study: Study, result: SavedResult) -> None:
    """Ask for the log of a phone that was strapped to the shin, show both curves, and enter what it read."""
    key = f"phone-{result.id}"
    st.markdown("**The log of a phone on the shin**")
    st.caption(
        f"Strap a phone to the tested shin, start its logger ({', '.join(APPS)} or another), then the recording, and "
        "stop it after the last swing. Export the gravity sensor as CSV. Its zero is where the leg rests."
    )
    given = st.file_uploader("Log (CSV)", type=["csv", "txt"], key=f"{key}-log")
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
        f"The log follows the leg (correlation {found.correlation:.3f}); the recording begins {found.offset_s:.2f} s "
        "into it."
    )
    if not st.toggle("Show both curves (the program's value is then known)", key=f"{key}-show"):
        st.caption("Enter the reading first: then it counts as blind.")
    else:
        draw(phone_chart(found, result.document))
        st.table(
            [
                {"Repetition": h.number, "Program": f"{h.ours_deg:.1f}°", "Phone": f"{h.phone_deg:.1f}°"}
                for h in found.held
            ]
        )
    if st.button(f"Enter {found.reading_deg:.1f}° as a reading", key=f"{key}-enter", type="primary"):
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
        st.caption(plain(f"Columns of {known[0]}."))
        return known[1]
    with st.form(f"{key}-columns"):
        st.write("Not the columns of an app that is known here: say what they hold.")
        time = st.selectbox("Time", names, key=f"{key}-time")
        axes = st.multiselect("The three of gravity ...", names, max_selections=3, key=f"{key}-axes")
        angle = st.selectbox("... or one angle, degrees", names, index=None, key=f"{key}-angle")
        if not st.form_submit_button("Lay it over the recording"):
            return None
    if len(axes) == 3:
        return LogColumns(time, (axes[0], axes[1], axes[2]))
    if angle is None:
        raise BadInputError("Name the three columns of gravity, or one of an angle.")
    return LogColumns(time, angle=angle)
