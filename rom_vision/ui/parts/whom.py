"""Ask whom to follow, before a recording of several people is measured: a picture of each, one click."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from rom_vision.pose.subject import PointedAt
from rom_vision.report.strokes import Picture, jpeg_of
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.jobs import Job
from rom_vision.ui.parts.preview import with_landmarks
from rom_vision.ui.parts.space import runner
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.parts.work import Whom, measure_recording

__all__ = ["ask_whom"]

_HIGH_PX = 300
"""Height of a picture on the page: the buttons below are seen without scrolling."""
_AROUND = 0.15
"""Of somebody's size, so much is shown around the landmarks: the top of the head and the feet lie outside of them."""


def ask_whom(job: Job, whom: Whom) -> None:
    """Show the people of a recording from left to right and measure the one who is chosen."""
    several = whom.several
    st.header(t("Whom to follow?"))
    there = t("{n} people are in {recording}.", n=len(several.people), recording=plain(job.title))
    st.write(f"{there} {t('Choose who does the test; nobody else is measured.')}")
    for k, (column, person) in enumerate(zip(st.columns(len(several.people)), several.people, strict=True)):
        number, likely = k + 1, k == several.likely
        with column:
            picture = _cut_out(several.frame.rgb, person)
            width = round(_HIGH_PX * picture.shape[1] / picture.shape[0])
            st.image(jpeg_of(picture), width=width, alt=t("Person {number} from the left", number=number))
            name = t("Person {number}", number=number)
            label = t("Person {number}: seems to do the test", number=number) if likely else name
            if st.button(label, type="primary" if likely else "secondary", key=f"whom-{k}"):
                _go_on(job, whom, person)
    if st.button(t("Cancel"), icon=":material/close:"):
        runner().remove(job)
        del st.query_params["job"]
        st.rerun()


def _go_on(job: Job, whom: Whom, person: PointedAt) -> None:
    if job.recording is None or not job.recording.is_file():
        fault_box(t("The recording is no longer here. Upload it again."))
        return
    request = replace(whom.request, subject=person)
    runner().start(job, partial(measure_recording, job.recording, job.folder, request))
    st.rerun()


def _cut_out(rgb: Picture, person: PointedAt) -> Picture:
    """Return the part of a picture that shows somebody, with their landmarks: of two who overlap, it is clear who."""
    points = person.pose.image_px
    around = _AROUND * person.pose.size_px
    limit = np.array((rgb.shape[1], rgb.shape[0]))
    left, top = np.clip(points.min(axis=0) - around, 0, limit - 2).astype(int)
    right, bottom = np.clip(points.max(axis=0) + around, (left + 2, top + 2), limit).astype(int)
    shifted = replace(person.pose, image_px=points - np.array((left, top), np.float32))
    return with_landmarks(np.ascontiguousarray(rgb[top:bottom, left:right]), [shifted])
