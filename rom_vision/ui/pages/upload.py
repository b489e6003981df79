"""Measure a recording: choose the test, give a file or take a sample, watch the progress."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import IO

import streamlit as st

from rom_vision.camera.setting import CameraSetting
from rom_vision.errors import BadInputError
from rom_vision.pipeline.camera import check_camera
from rom_vision.protocols.registry import protocol, protocols
from rom_vision.ui.live.series import last_model
from rom_vision.ui.parts.camera_choice import choose_camera
from rom_vision.ui.parts.frame import fault_box, go, link, plain
from rom_vision.ui.parts.jobs import Job
from rom_vision.ui.parts.options import choose, choose_option
from rom_vision.ui.parts.people import current_person
from rom_vision.ui.parts.samples import Sample, samples
from rom_vision.ui.parts.space import current_space, runner
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.parts.whom import ask_whom
from rom_vision.ui.parts.work import PREVIEW, Request, Whom, measure_upload
from rom_vision.ui.phone import ADDRESS, KEY, qr_svg_uri

__all__ = ["page"]

_MODELS = {"heavy": "Accurate", "full": "Faster, less accurate"}
_TYPES = ["mp4", "mov", "m4v", "webm", "mkv", "avi", "mpg", "mpeg", "3gp", "gif"]


def page() -> None:
    """Show the page."""
    st.title(t("Upload a recording"))
    job = runner().get(st.query_params.get("job", ""), current_space().name)
    if job is not None:
        _watch(job)
        return
    if "job" in st.query_params:
        st.info(t("That recording is no longer here: results that were not saved are kept for three hours at most."))
    for running in (j for j in runner().of(current_space().name) if j.active):
        if st.button(t("Still working on: {title}. Show its progress", title=plain(running.title)), key=running.id):
            st.query_params["job"] = running.id
            st.rerun()
    for asking in (j for j in runner().of(current_space().name) if j.asks):
        said = t("Several people are in: {recording}. Say whom to follow", recording=plain(asking.title))
        if st.button(said, key=asking.id):
            st.query_params["job"] = asking.id
            st.rerun()
    request = _ask()
    _take_file(request)
    _offer_phone()
    _offer_samples(request)


def _ask() -> Request:
    """Ask what was filmed."""
    tests = {test.name: test for test in protocols()}
    with st.container(border=True):
        name = choose(t("What was filmed?"), {name: t(test.title) for name, test in tests.items()}, "test")
        options = tests[name].options
        chosen = {}
        for column, option in zip(st.columns(len(options)) if options else (), options, strict=True):
            with column:
                chosen[option.name] = choose_option(option, option.name)
        request = Request(name, chosen, *_how())
    _say_if_not_compared(request)
    return request


def _say_if_not_compared(request: Request) -> None:
    """Before anything is measured: the current person's last result of this test came from another pose model."""
    store = current_space().store()
    person = current_person(store)
    if person is None:
        return
    asked = (request.test, request.options.get("position"), request.options.get("mode"))
    side = request.options.get("side")
    model = last_model(
        store, person.name, same=lambda row: row[1:4] == asked and (side is None or row[5].side in (side, "both"))
    )
    if model in _MODELS and model != request.model:
        st.warning(
            t(
                "The last such result of {name} was measured with the pose model “{before}”. With “{now}” this one "
                "will not be compared with it; the model is chosen under *Camera and speed*.",
                name=plain(person.name),
                before=t(_MODELS[model]),
                now=t(_MODELS[request.model]),
            ),
            icon=":material/timeline:",
        )


def _how() -> tuple[str, CameraSetting]:
    """Ask for the pose model and the camera."""
    with st.expander(t("Camera and speed")):
        st.caption(t("Compare only values that were measured the same way; the program keeps them apart by itself."))
        camera = choose_camera("upload")
        words = {model: t(text) for model, text in _MODELS.items()}
        model = st.radio(t("Pose model"), list(words), format_func=words.__getitem__, key="model", horizontal=True)
        return model, camera


def _take_file(request: Request) -> None:
    limit_mb = st.get_option("server.maxUploadSize")
    st.header(t("Your video"))
    file = st.file_uploader(
        t(
            "A video of the test, up to {limit_mb} MB. It stays on this machine and is deleted when you"
            " leave its result.",
            limit_mb=limit_mb,
        ),
        type=_TYPES,
        key="video",
    )
    wanted = st.button(t("Measure"), type="primary", icon=":material/play_arrow:", disabled=file is None)
    if wanted and file is not None:
        _start(request, file, file.name)


def _offer_phone() -> None:
    """Show the way into the app for a phone, where the app was started with one."""
    if not current_space().owner or KEY in os.environ:  # on the phone itself
        return
    address = os.environ.get(ADDRESS)
    with st.expander(t("Film with your phone"), icon=":material/smartphone:"):
        if address is None:
            st.markdown(
                t(
                    "Film with the phone's own camera and bring the file here. Or let the phone into the app: stop the "
                    "app, start it with `rom-vision app --lan`, and this place shows a code for the phone."
                )
            )
            return
        code, words = st.columns([1, 2.4], gap="large")
        said = escape(t("QR code of the address beside it"))
        code.html(f'<img class="rv-qr" alt="{said}" src="{qr_svg_uri(address)}">')
        with words:
            st.markdown(
                t(
                    "Point the phone's camera at this code, in the same network. The phone says that it does "
                    "not know the certificate, because it was made just now on this machine: go on in spite "
                    "of it. Upload a film there, or test yourself in front of the phone; what is kept appears"
                    " here."
                )
            )
            st.code(address, language=None, wrap_lines=True)
            st.caption(
                t(
                    "The address opens once and for one phone, which then sees your data as you do. For another phone, "
                    "or when it says that the address is for one phone, stop the app and start it again."
                )
            )


def _offer_samples(request: Request) -> None:
    fitting = [s for s in samples() if s.test == request.test]
    if not fitting:
        return
    st.header(t("Or try a sample"))
    shown, asked = st.columns([1, 1.6], gap="large")
    with asked:
        st.write(t("Short clips of a drawn person whose true angles are known."))
        sample = st.radio(
            t("Sample"),
            fitting,
            format_func=lambda s: plain(t(s.what)),
            key=f"sample-{request.test}",
            label_visibility="collapsed",
        )
        measure = st.button(t("Measure this one"), icon=":material/science:")
    with shown:
        st.video(str(sample.path), muted=True, alt=t(sample.what))
    if measure:
        with sample.path.open("rb") as file:
            _start(_request_for(sample, request), file, sample.path.name)


def _request_for(sample: Sample, request: Request) -> Request:
    """Return the request that fits a sample, with the chosen model."""
    options = {option.name: sample.options.get(option.name) for option in protocol(sample.test).options}
    return Request(sample.test, protocol(sample.test).settle(options), request.model)


def _start(request: Request, file: IO[bytes], name: str) -> None:
    """Copy the file to a new job, refuse it if it is no video, else start the work and show it."""
    job = runner().new(current_space().name, name)
    job.recording = video = job.folder / _safe(name)
    try:
        with video.open("wb") as out:
            shutil.copyfileobj(file, out, 2**20)
        check_camera(video, request.camera)
    except BadInputError as fault:
        runner().remove(job)
        fault_box(str(fault).replace(str(video), video.name))
        return
    except OSError as fault:
        runner().remove(job)
        fault_box(
            t(
                "{name} could not be stored for measuring: {fault}. Free some space and try again.",
                name=name,
                fault=fault.strerror or fault,
            )
        )
        return
    runner().start(job, partial(measure_upload, video, job.folder, request))
    st.query_params["job"] = job.id
    st.rerun()


def _safe(name: str) -> str:
    """Return a file name that stays in its folder and keeps what the result is called after."""
    kept = "".join(c for c in Path(name.replace("\\", "/")).name if c.isprintable() and c not in ':*?"<>|')[-100:]
    return kept.lstrip(".") or "video"


def _watch(job: Job) -> None:
    if isinstance(job.outcome, Whom):
        ask_whom(job, job.outcome)
        return
    if job.state == "done":
        go("result", job=job.id)
    if job.active:
        _progress(job)
        return
    if job.state == "failed":
        fault_box(job.message)
    else:
        st.info(t("Cancelled. The recording has been deleted."))
    if st.button(t("Try another recording"), type="primary"):
        runner().remove(job)
        del st.query_params["job"]
        st.rerun()
    link("start", "How to film", icon=":material/help:")


@st.fragment(run_every=1.0)
def _progress(job: Job) -> None:
    if not job.active:
        st.rerun()
    ahead = runner().ahead(job)
    phase = t(job.phase)
    if job.state == "waiting":
        phase = t("Waiting for {n} other recordings", n=ahead) if ahead > 1 else t("Waiting for another recording")
    st.progress(job.share, text=f"**{plain(job.title)}** · {plain(phase)} · {_left(job)}")
    st.caption(t("You may leave this page, or reload it: the work goes on. Its address leads back here."))
    if st.button(t("Cancel"), icon=":material/close:"):
        runner().cancel(job)
        st.rerun()
    _first_landmarks(job)


def _first_landmarks(job: Job) -> None:
    """Show what has been found so far, as soon as anything has."""
    with suppress(OSError):
        words = t("Found so far. The rest is still being looked at.")
        st.image((job.folder / PREVIEW).read_bytes(), caption=words, width=360, alt=words)


def _left(job: Job) -> str:
    left_s = job.left_s
    if left_s is None:
        return t("working out the time left")
    if left_s >= 90:
        return t("about {n} min left", n=f"{left_s / 60:.0f}")
    return t("about {n} s left", n=max(5 * round(left_s / 5), 5))
