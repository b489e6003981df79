"""Opening the camera for a test or a drill, and putting it away: one at a time for each space."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rom_vision.camera.setting import UNKNOWN_CAMERA
from rom_vision.sessions import NewResult
from rom_vision.ui.live.engine import LiveTest
from rom_vision.ui.live.guide import Guide
from rom_vision.ui.live.running import Running, RunningTests
from rom_vision.ui.parts.live_results import FAR
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t

__all__ = ["ATTEMPT", "FAULT", "MINE", "TEST", "begin_drill", "mount_anew", "open_camera", "put_away", "running_tests"]

MINE, ATTEMPT, TEST, FAULT = "selftest-live", "selftest-attempt", "selftest-count", "selftest-fault"
"""Names in the browser's session: it shows what runs, how often the camera was asked for, of which test, in vain."""


@st.cache_resource(show_spinner=False)
def running_tests() -> RunningTests:
    """Return the tests that run in this app."""
    return RunningTests()


def open_camera(running: Running) -> None:
    """Note what runs from now on; its page asks for the camera."""
    running_tests().start(current_space().name, running)
    mount_anew()
    st.session_state[MINE], st.session_state[FAR] = True, False


def begin_drill(guide: Guide, person: str, **shown: Any) -> None:
    """Open the camera for a drill; does not return.

    Parameters
    ----------
    guide, person : what is done, by whom.
    shown : how it is shown, see `Running`.
    """
    with st.spinner(t("Loading the pose network")):
        live = LiveTest(guide, _keeps_nothing, begun=False)
    open_camera(Running(live, person, UNKNOWN_CAMERA, page="train", **shown))
    st.rerun()


def _keeps_nothing(result: NewResult) -> int:  # noqa: ARG001
    raise AssertionError("nothing is measured after a drill")


def mount_anew() -> None:
    """Ask for the camera with a new key."""
    st.session_state[ATTEMPT], st.session_state[FAULT] = 0, ""
    st.session_state[TEST] = st.session_state.get(TEST, 0) + 1


def put_away(test: Running) -> None:
    """Forget the test; the page begins anew."""
    running_tests().put_away(current_space().name, test)
    st.session_state[MINE] = st.session_state[FAR] = False
