"""Test yourself in front of the camera, hands-free: the page. The pictures go to `rom_vision.ui.live.engine`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, cast

import av
import streamlit as st

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.results.parts import Position, Side
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.ui.live.engine import LiveTest, LiveView, Outcome
from rom_vision.ui.live.picture import TONE_RGB
from rom_vision.ui.live.voice import say
from rom_vision.ui.live.webcam import OnFrames, webcam
from rom_vision.ui.pages.start import show_view, who_should_not
from rom_vision.ui.parts.camera_choice import choose_camera
from rom_vision.ui.parts.frame import card, fault_box, go, link, plain
from rom_vision.ui.parts.people import choose_person
from rom_vision.ui.parts.samples import Sample, add_sample_person, has_sample_person, samples
from rom_vision.ui.parts.space import current_space

__all__ = ["frames_callback", "page"]

_log = logging.getLogger(__name__)

_LIVE, _ATTEMPT, _MUTED, _RETRIES = "selftest-live", "selftest-attempt", "selftest-muted", "selftest-retries"
_TEST, _CLIP = "selftest-count", "selftest-clip"
_REFRESH_S = 0.5
_NO_CAMERA_S = 8.0
"""Without a first picture for this long, the page says what to do (our own heuristic)."""
_REPEAT_S = 8.0
"""An instruction that is not followed is said again after this time (our own heuristic)."""
_RECONNECT_S = 6.0
"""A camera that has stopped for this long is asked for again (our own heuristic)."""
_MOST_QUEUED = 3

_POSITIONS: dict[str, Position] = {"Sitting": "seated", "Lying on the back": "supine"}
_SIDES: dict[str, tuple[Side, ...]] = {"Both": ("left", "right"), "Left": ("left",), "Right": ("right",)}

_PLACE: dict[Position, str] = {
    "seated": "Camera 2 to 2.5 m straight in front, at knee height, level. Sit so that the feet swing free; shoulders "
    "to feet in the picture. Shorts, no shoes. Two minutes of marching and five easy swings first.",
    "supine": "Camera above you looking straight down, or behind your head at 1.3 m; never at the foot end. Lie on "
    "your back, the tested hip and knee at right angles. Turn the sound up: you cannot see the screen.",
}

# The whole test has to fit on the screen, for nobody is there to scroll.
_CSS = """
<style>
.st-key-selftest_video { width: min(100%, calc(56vh * var(--rv-shape, 1.333))); margin: 0 auto; }
.rv-cue { background: #12181f; border-radius: .8rem; padding: .5rem 1.2rem; text-align: center; font-weight: 700;
  font-size: clamp(1.6rem, 4vw, 3.4rem); line-height: 1.12; min-height: 2.3em; display: flex; align-items: center;
  justify-content: center; }
.rv-line { text-align: center; font-size: clamp(1rem, 1.8vw, 1.5rem); }
.stMainBlockContainer { padding-top: 4.2rem; padding-bottom: 1rem; }
.stMainBlockContainer [data-testid="stVerticalBlock"] { gap: .5rem; }
</style>
"""
_STALE = "<style>.st-key-selftest_video { opacity: .12; }</style>"


def page() -> None:
    """Show the page."""
    live: LiveTest | None = st.session_state.get(_LIVE)
    if live is None:
        _ask()
    elif live.view().finished:
        _results(live)
    else:
        _test(live)


# -- before ---------------------------------------------------------------------------------------------------------


def _ask() -> None:
    st.title("Test yourself")
    st.write(
        "Set the camera up, press the button, step back: from then on you need no hands. A voice and large letters say "
        "what to do; the test starts, counts and ends by itself, and is kept."
    )
    who_should_not()
    asked, shown = st.columns([1, 1], gap="large")
    with asked:
        position = st.radio("Position", list(_POSITIONS), horizontal=True, key="selftest-position")
        sides = st.radio("Hips to test", list(_SIDES), horizontal=True, key="selftest-sides")
        store = current_space().store()
        person = choose_person(store, "selftest")
        with st.expander("Camera"):
            camera = choose_camera("selftest")
        st.toggle("Silent: no voice", key=_MUTED)
        with st.container(horizontal=True):
            start = st.button("Start the camera", type="primary", icon=":material/videocam:", disabled=person is None)
            sample = _sample()
            watch = sample is not None and st.button("No camera: watch a sample", icon=":material/science:")
        st.caption("The pictures stay on this machine; only landmarks and the pictures of the end range are kept.")
    with shown:
        show_view(_POSITIONS[position])
        st.write(_PLACE[_POSITIONS[position]])
    if start and person is not None:
        _begin(_POSITIONS[position], _SIDES[sides], _keeper(store, person.name), camera)
    elif watch and sample is not None:
        keep = _keeper(store, add_sample_person(store))
        _begin("seated", (cast(Side, sample.side),), keep, UNKNOWN_CAMERA, sample.path)


def _begin(
    position: Position,
    sides: tuple[Side, ...],
    keep: Callable[[NewResult], int],
    camera: CameraSetting,
    clip: Path | None = None,
) -> None:
    with st.spinner("Loading the pose network"):
        st.session_state[_LIVE] = LiveTest(position, sides, keep, camera=camera)
    st.session_state[_ATTEMPT], st.session_state[_CLIP] = 0, clip
    st.session_state[_TEST] = st.session_state.get(_TEST, 0) + 1
    st.rerun()


def _sample() -> Sample | None:
    """Return the sample that is played where there is no camera; its result goes to the sample person."""
    return next((s for s in samples() if s.position == "seated"), None) if has_sample_person() else None


def _keeper(store: SessionStore, name: str) -> Callable[[NewResult], int]:
    return lambda result: store.save_result(name, result)


# -- during ---------------------------------------------------------------------------------------------------------


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


def _test(live: LiveTest) -> None:
    attempt = st.session_state[_ATTEMPT]
    st.html(_CSS)
    _cue(live, attempt)
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        if st.button("Stop and keep what was done", icon=":material/stop:"):
            live.finish()
            st.rerun()
        st.toggle("Silent: no voice", key=_MUTED)
    with st.container(key="selftest_video"):
        webcam(f"selftest-{st.session_state[_TEST]}-{attempt}", frames_callback(live), st.session_state[_CLIP])


@st.fragment(run_every=_REFRESH_S)
def _cue(live: LiveTest, attempt: int) -> None:
    """Say what to do now; runs on its own so that the video is not disturbed."""
    view = live.view()
    if view.finished:
        st.rerun()
    silent = bool(st.session_state.get(_MUTED))
    if view.advice is None:
        _before_the_first_picture(live, attempt)
        return
    if view.stale and view.waiting_s is not None:
        _stopped(view.waiting_s, attempt, silent=silent)
        return
    st.session_state[_RETRIES] = 0
    cue = view.advice.cue
    width, height = view.size_px
    st.html(f"<style>:root {{ --rv-shape: {width / height:.3f}; }}</style>")
    _headline(cue.sentence, f"rgb{TONE_RGB[cue.tone]}")
    _status(view)
    repeat = int(live.said_for_s / _REPEAT_S) if cue.tone == "fix" else 0
    say(cue.sentence, f"{cue.id} {view.advice.side} {repeat}", on=not silent)


def _headline(text: str, colour: str) -> None:
    st.html(f'<div class="rv-cue" role="status" aria-live="polite" style="color:{colour}">{escape(text)}</div>')


def _status(view: LiveView) -> None:
    assert view.advice is not None
    advice = view.advice
    words = [f"{advice.side.capitalize()} leg", f"{advice.good} of 3 swings"]
    if advice.rotation_deg is not None and advice.stage == "moving":
        words.append(f"{advice.rotation_deg:.0f}°")
    words.append(f"{view.analysed_per_s:.0f} pictures a second")
    st.html(f'<div class="rv-line">{" · ".join(words)}</div>')


def _before_the_first_picture(live: LiveTest, attempt: int) -> None:
    _headline("Please allow the camera in your browser.", "rgb(255, 255, 255)")
    if live.age_s < _NO_CAMERA_S * (attempt + 1):
        return
    st.warning(
        "The browser gives no picture. Allow the camera for this page (the camera sign beside the address), close "
        "other programs that use it, check that the lens is not covered, and try again. A page opened from another "
        "machine gets no camera without https. You can also film yourself and upload the video.",
        icon=":material/videocam_off:",
    )
    if st.button("Try again", icon=":material/refresh:"):
        st.session_state[_ATTEMPT] = attempt + 1
        st.rerun()
    link("upload", "Upload a video instead", icon=":material/upload_file:")


def _stopped(waiting_s: float, attempt: int, *, silent: bool) -> None:
    """The pictures have stopped: nothing on the screen is live, and the camera is asked for again."""
    st.html(_STALE)
    text = "The camera picture has stopped. Stay where you are."
    _headline(text, "rgb(255, 140, 110)")
    say(text, f"stopped {attempt}", on=not silent)
    st.html(
        f'<div class="rv-line">No picture for {waiting_s:.0f} s: the video below is not live. What was recorded is '
        "kept. If it does not come back, press Stop.</div>"
    )
    retries = st.session_state.get(_RETRIES, 0)
    if waiting_s > _RECONNECT_S * (1 + retries):
        st.session_state[_RETRIES] = retries + 1
        st.session_state[_ATTEMPT] = attempt + 1
        st.rerun()


# -- after ----------------------------------------------------------------------------------------------------------


def _results(live: LiveTest) -> None:
    st.html(_CSS)
    st.title("Your test")
    view = live.view()
    if view.measuring:
        _measuring(live)
        return
    for outcome in view.outcomes:
        _outcome(outcome)
    if not view.outcomes:
        st.info("The test ended before anything was recorded.", icon=":material/info:")
    if any(outcome.unsaved is not None for outcome in view.outcomes) and st.button("Try to save again"):
        live.keep_again()
        st.rerun()
    kept = [outcome.session for outcome in view.outcomes if outcome.session is not None]
    with st.container(horizontal=True):
        if kept and st.button("See the result", type="primary", icon=":material/monitoring:"):
            del st.session_state[_LIVE]
            go("result", session=str(kept[-1]))
        if st.button("Test again", icon=":material/replay:"):
            del st.session_state[_LIVE]
            st.rerun()


@st.fragment(run_every=_REFRESH_S)
def _measuring(live: LiveTest) -> None:
    _headline("Done. One moment: the result is being worked out.", "rgb(110, 235, 150)")
    say("The test is done. You can come back to the computer.", "measuring", on=not st.session_state.get(_MUTED))
    if not live.view().measuring:
        st.rerun()


def _outcome(outcome: Outcome) -> None:
    st.subheader(f"{outcome.side.capitalize()} hip")
    document = outcome.document
    if document is not None and (value := document.measure("internal_rotation")) is not None:
        low, high = value.interval
        st.html(
            f'<div class="rv-big">{value.value:.0f}°<small>internal rotation, {document.position}, active; 95 % '
            f"interval {low:.0f}° to {high:.0f}°, {value.n_repetitions} swings</small></div>"
        )
        for warning in document.warnings:
            st.caption(plain(warning))
    for reason in document.reasons if document is not None else ():
        card(reason, None, "Not measured")
    if outcome.problem is not None:
        fault_box(outcome.problem)
    elif outcome.session is not None:
        st.success(f"Kept in session {outcome.session}.", icon=":material/check:")
