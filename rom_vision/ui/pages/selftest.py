"""Test yourself in front of the camera, hands-free: three steps. The pictures go to `rom_vision.ui.live.engine`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, cast

import av
import streamlit as st

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.results.parts import Side
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.ui.live.engine import LiveTest, LiveView
from rom_vision.ui.live.far import FarScreen, far_screen, title_of
from rom_vision.ui.live.guide import Guide
from rom_vision.ui.live.hip_guide import HipGuide
from rom_vision.ui.live.running import Running
from rom_vision.ui.live.series import new_series_note
from rom_vision.ui.live.voice import Signal, say
from rom_vision.ui.live.webcam import OnFrames, Webcam, wanted_size_px, webcam
from rom_vision.ui.pages.start import show_view, who_should_not
from rom_vision.ui.parts.frame import link, plain
from rom_vision.ui.parts.live_ask import ask_about, choose_test, place_of
from rom_vision.ui.parts.live_results import FAR, MUTED, show_results
from rom_vision.ui.parts.live_start import ATTEMPT, FAULT, MINE, TEST, mount_anew, open_camera, put_away, running_tests
from rom_vision.ui.parts.people import choose_person
from rom_vision.ui.parts.samples import Sample, add_sample_person, has_sample_person, samples
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t

__all__ = ["frames_callback", "page", "show_live"]

_log = logging.getLogger(__name__)

_RETRIES = "selftest-retries"
_REFRESH_S = 0.25
_NO_CAMERA_S = 12.0
"""Without a first picture and without a refusal for this long, the page says what to do (our own heuristic)."""
_REPEAT_S = 8.0
"""An instruction that is not followed is said again after this time (our own heuristic)."""
_RECONNECT_S = 6.0
"""A camera that has stopped for this long is asked for again (our own heuristic)."""
_MOST_QUEUED = 3

_ALLOW = "Please allow the camera in your browser."


def page() -> None:
    """Show the page."""
    test = running_tests().of(current_space().name)
    if test is None:
        st.session_state[FAR] = False
        _ask()
    elif test.page != "selftest":
        st.title(t("Test yourself"))
        st.info(t("A drill is under way: end it first."), icon=":material/info:")
        link(test.page, t("Train"), icon=":material/fitness_center:")
    else:
        show_live(test)


def show_live(test: Running) -> None:
    """Show what runs: the camera, the screen that is read from afar, and in the end what became of it."""
    if not st.session_state.get(MINE):
        _come_back(test)
    elif test.live.view().finished:
        (test.results or show_results)(test, partial(put_away, test))
    else:
        _test(test)


# -- first step: who and what ---------------------------------------------------------------------------------------


def _ask() -> None:
    st.title(t("Test yourself"))
    st.caption(t("Step 1 of 3: who and what"))
    asked, shown = st.columns([1, 1], gap="large")
    with asked:
        store = current_space().store()
        person = choose_person(store, "selftest")
        test = choose_test()
        guide, camera, same = ask_about(test)
        if person is not None:
            note = new_series_note(store, person.name, same=same, camera=camera, size_px=wanted_size_px(camera))
            if note:
                st.warning(plain(t(note)), icon=":material/timeline:")
        with st.container(horizontal=True):
            start = st.button(
                t("Next: the camera"), type="primary", icon=":material/videocam:", disabled=person is None
            )
            sample = _sample()
            watch = sample is not None and st.button(t("No camera: watch a sample"), icon=":material/science:")
        st.caption(
            t(
                "Nothing leaves this machine. The recording is measured after the test and then deleted; landmarks "
                "and pictures of the end range are kept."
            )
        )
    with shown:
        show_view("squat_front" if test == "squat" else test)
        st.write(t(place_of(test)))
        who_should_not(test)
    if start and person is not None:
        _begin(guide(), person.name, _keeper(store, person.name), camera)
    elif watch and sample is not None:
        name = add_sample_person(store)
        sampled = HipGuide("seated", (cast(Side, sample.options["side"]),), begun=False)
        _begin(sampled, name, _keeper(store, name), UNKNOWN_CAMERA, sample.path)


def _begin(
    guide: Guide, person: str, keep: Callable[[NewResult], int], camera: CameraSetting, clip: Path | None = None
) -> None:
    with st.spinner(t("Loading the pose network")):
        live = LiveTest(guide, keep, camera=camera, begun=False)
    open_camera(Running(live, person, camera, clip))
    st.rerun()


def _sample() -> Sample | None:
    """Return the sample that is played where there is no camera; its result goes to the sample person."""
    return next((s for s in samples() if s.options.get("position") == "seated"), None) if has_sample_person() else None


def _keeper(store: SessionStore, name: str) -> Callable[[NewResult], int]:
    return lambda result: store.save_result(name, result)


def _come_back(test: Running) -> None:
    """Ask somebody who has loaded the page anew what becomes of their test."""
    st.title(t(test.title))
    view = test.live.view()
    if view.finished:
        over = t("The test of {name} is over; its result has not been seen yet.", name=plain(test.person))
        st.info(over, icon=":material/info:")
        if st.button(t("Show it"), type="primary"):
            st.session_state[MINE] = True
            st.rerun()
        return
    under_way = t(
        "A test of **{name}** is under way: {done}. Go on where it was?",
        name=plain(test.person),
        done=title_of(view.advice),
    )
    st.info(under_way, icon=":material/info:")
    with st.container(horizontal=True):
        if st.button(t("Go on with it"), type="primary", icon=":material/play_arrow:"):
            st.session_state[MINE], st.session_state[FAR] = True, view.begun
            mount_anew()
            st.rerun()
        if st.button(t("End it and keep what was done"), icon=":material/stop:"):
            test.live.finish()
            st.session_state[MINE] = True
            st.rerun()
        if st.button(t("Discard it"), icon=":material/delete:"):
            test.live.discard()
            put_away(test)
            st.rerun()


# -- second and third step: the camera, the test --------------------------------------------------------------------


def frames_callback(live: LiveTest) -> OnFrames:
    """Return what streamlit-webrtc calls with the pictures that have arrived since the last call.

    All of them are analysed while the machine keeps up, else the newest: it gives the steadiest picture, and as many
    are lost either way. A fault in the analysis must not end the video: it is logged, and the picture shown as it is.
    """

    async def on_frames(frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        taken = frames if len(frames) <= _MOST_QUEUED and not live.behind else frames[-1:]
        live.skipped(len(frames) - len(taken))
        drawn = frames[-1]
        for frame in taken:
            try:
                rgb: Any = frame.to_ndarray(format="rgb24")
                drawn = av.VideoFrame.from_ndarray(live.process(rgb, float(frame.time or 0.0)), "rgb24")
            except Exception:
                _log.exception("a picture could not be analysed")
        return [drawn]

    return on_frames


def _test(test: Running) -> None:
    """Show the camera's picture; once the test is asked for, the screen that is read from afar covers it."""
    st.title(t(test.title))
    st.caption(t("Step 2 of 3: the camera · {name}", name=plain(test.person)))
    if st.session_state.get(FAULT):
        _refused(test, st.session_state[FAULT])
        return
    left, right = st.columns([1.15, 1], gap="large")
    with right:
        _status(test)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(t(test.start), type="primary", icon=":material/play_arrow:"):
                test.live.begin()
                st.session_state[FAR] = True
                st.rerun()
            if st.button(t("Back"), icon=":material/arrow_back:"):
                test.live.discard()
                put_away(test)
                st.rerun()
            _silence()
    with left, st.container(key="selftest_video"):
        camera = webcam(
            f"selftest-{st.session_state[TEST]}-{st.session_state[ATTEMPT]}",
            frames_callback(test.live),
            test.clip,
            size_px=wanted_size_px(test.camera),
        )
    _heed(test, camera)


def _silence() -> None:
    """Let the voice be silenced; a widget's own value would be forgotten when the test is over."""
    muted = bool(st.session_state.get(MUTED))
    st.toggle(t("Silent: no voice"), muted, key=f"selftest-silent-{muted}", on_change=_set_muted, args=(not muted,))


def _set_muted(muted: bool) -> None:
    st.session_state[MUTED] = muted


def _heed(test: Running, camera: Webcam) -> None:
    """Answer what the browser says of its camera."""
    test.live.pause(paused=camera.paused)
    if camera.fault and test.live.view().advice is None:
        st.session_state[FAULT], st.session_state[FAR] = camera.fault, False
        st.rerun()


def _refused(test: Running, fault: str) -> None:
    """There is no camera picture: say why, and what else can be done."""
    st.error(plain(t(fault)), icon=":material/videocam_off:")
    say(fault, f"refused {st.session_state[ATTEMPT]}", on=not st.session_state.get(MUTED))
    with st.container(horizontal=True, vertical_alignment="center"):
        _try_again()
        if st.button(t("Back"), icon=":material/arrow_back:"):
            test.live.discard()
            put_away(test)
            st.rerun()
        link("upload", t("Upload a video instead"), icon=":material/upload_file:")


def _try_again() -> None:
    if st.button(t("Try again"), icon=":material/refresh:"):
        st.session_state[ATTEMPT] += 1
        st.session_state[FAULT] = ""
        st.rerun()


@st.fragment(run_every=_REFRESH_S)
def _status(test: Running) -> None:
    """Say what to do now; runs on its own so that the video is not disturbed."""
    live, view = test.live, test.live.view()
    if view.finished:
        st.rerun()
    sound = not st.session_state.get(MUTED)
    far = bool(st.session_state.get(FAR))
    shown = test.screen(view, test.person, sound=sound) if far else FarScreen(live=not view.stale)
    pressed = far_screen(shown)
    if pressed.sound:
        st.session_state[MUTED] = sound
        st.rerun()
    if pressed.stopped and far:
        live.finish()
        st.rerun()
    _speak(view, sound=sound)
    if not far:
        _set_up(view)
    if view.stale and not view.paused and view.waiting_s is not None:
        _stopped(view.waiting_s)
    elif not view.stale:
        st.session_state[_RETRIES] = 0


def _speak(view: LiveView, *, sound: bool) -> None:
    """Say the cue of the moment, and sound the tones of the hold."""
    advice, attempt = view.advice, st.session_state[ATTEMPT]
    if advice is None:
        say(_ALLOW, f"allow {attempt}", on=sound)
        return
    if view.paused:
        say("Paused.", f"paused {advice.part}", on=sound)
        return
    if view.stale:
        say("The camera picture has stopped. Stay where you are.", f"stopped {attempt}", on=sound, urgent=True)
        return
    cue = advice.cue
    repeat = int(view.said_for_s / _REPEAT_S) if cue.tone == "fix" else 0
    signals: dict[str, Signal] = {"hold": "hold", "return": "release"}
    said = cue.sentence if cue.spoken else ""
    say(
        said,
        f"{cue.id} {advice.part} {advice.tries} {repeat}",
        on=sound,
        urgent=cue.tone == "warn",
        signal=signals.get(cue.id, ""),
        signal_key=f"{cue.id} {advice.part} {advice.tries}",
    )


def _set_up(view: LiveView) -> None:
    """Show the set-up check beside the camera's picture, before the test is asked for."""
    if view.advice is None:
        st.info(t(_ALLOW), icon=":material/videocam:")
        if view.age_s > _NO_CAMERA_S:
            st.warning(
                t(
                    "The browser gives no picture. Close other programs that use the camera, check that the lens is "
                    "not covered, and try again."
                ),
                icon=":material/videocam_off:",
            )
            _try_again()
        return
    if view.paused:
        paused = t("The camera is paused. Start it again with the button under the picture.")
        st.info(paused, icon=":material/pause:")
        return
    width, height = view.size_px
    unknown = t("not known; have a door frame in the picture")
    level = unknown if view.roll_deg is None else f"{abs(view.roll_deg):.0f}°"
    ready = view.advice.cue.id == "ready"
    tone = "ok" if ready else "low"
    st.html(
        f'<div class="rv-card {tone}" role="status" aria-live="polite"><b class="tag">'
        f"{escape(t('Set-up check'))}</b>{escape(t(view.advice.cue.sentence))}</div>"
    )
    st.caption(
        t(
            "Picture {width} × {height} · camera leans: {level} · {per_s} pictures a second. Press Start, then take "
            "up your place: the voice tells you the rest, and the screen can be read from there. A hand held up for "
            "two seconds stops the test.",
            width=width,
            height=height,
            level=level,
            per_s=f"{view.analysed_per_s:.0f}",
        )
    )


def _stopped(waiting_s: float) -> None:
    """The pictures have stopped: nothing on the screen is live, and the camera is asked for again."""
    none = t(
        "No picture for {seconds} s: the video below is not live. What was recorded is kept.",
        seconds=f"{waiting_s:.0f}",
    )
    st.warning(none, icon=":material/videocam_off:")
    retries = st.session_state.get(_RETRIES, 0)
    if waiting_s > _RECONNECT_S * (1 + retries):
        st.session_state[_RETRIES] = retries + 1
        st.session_state[ATTEMPT] += 1
        st.rerun()
