"""Measure a recording again, with another side, position, camera or person, as long as its result is on the page."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from functools import partial

import streamlit as st

from rom_vision.errors import BadInputError
from rom_vision.pipeline.camera import check_camera
from rom_vision.pose.subject import number_of
from rom_vision.protocols.base import Option
from rom_vision.protocols.hip_rotation.other_leg import moved_instead
from rom_vision.protocols.registry import protocol
from rom_vision.results.parts import Side
from rom_vision.ui.parts.camera_choice import choose_camera
from rom_vision.ui.parts.frame import fault_box, go, plain
from rom_vision.ui.parts.jobs import Job
from rom_vision.ui.parts.options import choose_option
from rom_vision.ui.parts.space import current_space, runner
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.parts.work import Finished, Request, measure_recording

__all__ = ["offer_again"]

_WHOM = {
    None: "The one who does the test",
    1: "The leftmost",
    2: "The second from the left",
    3: "The third from the left",
    4: "The fourth from the left",
}


def offer_again(job: Job, finished: Finished) -> None:
    """Offer another measurement of the recording: the right leg in one click where it was the other one that moved."""
    if job.recording is None or finished.request is None:
        return
    side = finished.document.side
    other = _other_leg(finished, side)
    label = t("Measure as the right leg") if other == "right" else t("Measure as the left leg")
    if other is not None and st.button(label, type="primary", icon=":material/swap_horiz:"):
        options = {**finished.request.options, "side": other}
        _start(job, finished, replace(finished.request, options=options))
    with st.expander(t("Measure it again with ..."), expanded=finished.document.status == "refused" and other is None):
        _ask(job, finished, finished.request)


def _other_leg(finished: Finished, side: str | None) -> Side | None:
    if finished.document.side is None or finished.document.status != "refused":
        return None
    return moved_instead(finished.track, "right" if side == "right" else "left")


def _words_of(option: Option, value: str) -> str:
    return plain(option.words_of(value))


def _ask(job: Job, finished: Finished, before: Request) -> None:
    test = protocol(before.test)
    chosen = {}
    for option in test.options:
        chosen[option.name] = choose_option(option, f"again-{option.name}", before.options.get(option.name))
    whom = before.subject
    followed = number_of(finished.document.provenance.subject)
    if followed is not None:
        there = list(_WHOM)[: followed[1] + 1]
        whom = st.selectbox(
            t("Whom to follow"),
            there,
            index=there.index(before.subject) if before.subject in there else 0,
            format_func=lambda whom: t(_WHOM[whom]),
            key="again-subject",
            help=t("Counted where each of them was first seen."),
        )
    other_camera = st.checkbox(t("With another camera"), key="again-other-camera")
    camera = choose_camera("again") if other_camera else before.camera
    if st.button(t("Measure again"), icon=":material/replay:"):
        _start(job, finished, replace(before, options=chosen, subject=whom, camera=camera))


def _start(job: Job, finished: Finished, request: Request) -> None:
    """Start the work on the same recording as a job of its own and show its progress; does not return."""
    source = job.recording
    if source is None or not source.is_file():
        fault_box("The recording is no longer here. Upload it again.")
        return
    new = runner().new(current_space().name, job.title)
    new.recording = video = new.folder / source.name
    try:
        try:
            os.link(source, video)
        except OSError:  # a file system without links
            shutil.copyfile(source, video)
        check_camera(video, request.camera)
    except (BadInputError, OSError) as fault:
        runner().remove(new)
        fault_box(str(fault).replace(str(video), video.name))
        return
    runner().start(new, partial(measure_recording, video, new.folder, request, before=finished))
    go("upload", job=new.id)
