"""The first step of the test in front of the camera: which test, and how it is done."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import cast

import streamlit as st

from rom_vision.camera.setting import CameraSetting
from rom_vision.protocols.coaching import Direction
from rom_vision.protocols.registry import protocol
from rom_vision.protocols.squat.coach import SquatView
from rom_vision.results.parts import Mode, Position, Side
from rom_vision.sessions.store import MeasureRow
from rom_vision.ui.live.guide import Guide
from rom_vision.ui.live.hip_guide import HipGuide
from rom_vision.ui.live.hold_guide import HOLDS, HoldGuide
from rom_vision.ui.live.squat_guide import SquatGuide
from rom_vision.ui.parts.camera_choice import choose_camera
from rom_vision.ui.parts.options import choose_option
from rom_vision.ui.parts.tongue import t

__all__ = ["PLACES", "Asked", "ask_about", "choose_test", "place_of"]

TESTS = {
    **{"seated": "Hip rotation, sitting", "supine": "Hip rotation, lying", "squat": "Squat"},
    **{name: protocol(name).title for name in HOLDS},
}
SIDES: dict[str, tuple[Side, ...]] = {"Both": ("left", "right"), "Left": ("left",), "Right": ("right",)}
WAYS: dict[str, tuple[Direction, ...]] = {"Inwards": ("internal",), "Inwards and outwards": ("internal", "external")}
MODES: dict[str, Mode] = {"Alone": "active", "A helper moves it": "passive"}
VIEWS: dict[str, tuple[SquatView, ...]] = {
    "From the front": ("front",),
    "From the front, then from the side": ("front", "side"),
}
PLACES = {
    "seated": "Camera 2 to 2.5 m straight in front, at knee height, level. Sit so that the feet swing free; shoulders "
    "to feet in the picture. Shorts, no shoes. Two minutes of marching and five easy swings first.",
    "supine": "Camera above you looking straight down, or behind your head at 1.3 m; never at the foot end. Lie on "
    "your back, the tested hip and knee at right angles. Turn the sound up: you cannot see the screen.",
    "squat": "Camera about 3 m straight in front, at hip height, level; from head to feet in the picture all the time. "
    "Bare feet or flat shoes. Three slow squats; the side view afterwards shows depth, trunk and heels.",
}

Asked = tuple[Callable[[], Guide], CameraSetting, Callable[[MeasureRow], bool]]
"""What makes the guide of a test, the camera, and what tells whether a kept measure is of the same test."""


def place_of(test: str) -> str:
    """Say where the camera stands and what to wear."""
    return HOLDS[test].place if test in HOLDS else PLACES[test]


def choose_test() -> str:
    """Ask for the test: one of `TESTS`."""
    return str(st.radio(t("Test"), list(TESTS), format_func=lambda test: t(TESTS[test]), key="selftest-test"))


def ask_about(test: str) -> Asked:
    """Ask how it is to be done."""
    if test in HOLDS:
        return _ask_hold(test)
    return _ask_squat() if test == "squat" else _ask_hip(cast(Position, test))


def _ask_hip(position: Position) -> Asked:
    sides = SIDES[_radio("Hips to test", SIDES, "selftest-sides", horizontal=True)]
    with st.expander(t("More choices: turning outwards, a helper, the camera")):
        ways = WAYS[_radio("The thigh turns", WAYS, "selftest-ways", horizontal=True)]
        mode = MODES[_radio("Who moves the leg?", MODES, "selftest-mode", horizontal=True)]
        camera = choose_camera("selftest")

    def same(row: MeasureRow) -> bool:
        return row[1:4] == ("hip_rotation", position, mode) and row[5].side in sides

    return partial(HipGuide, position, sides, mode=mode, directions=ways, begun=False), camera, same


def _ask_squat() -> Asked:
    views = VIEWS[_radio("Seen", VIEWS, "selftest-views")]
    with st.expander(t("More choices: the camera")):
        camera = choose_camera("selftest")
    return partial(SquatGuide, views, begun=False), camera, lambda row: row[1] == "squat"


def _ask_hold(test: str) -> Asked:
    kind, options = HOLDS[test], protocol(test).options
    sides: tuple[Side, ...] = ()
    if kind.sides:
        sides = SIDES[_radio("Legs to test", SIDES, "selftest-legs", horizontal=True)]
    chosen = {o.name: choose_option(o, f"selftest-{test}-{o.name}") for o in options if o.name != "side"}
    with st.expander(t("More choices: the camera")):
        camera = choose_camera("selftest")

    def same(row: MeasureRow) -> bool:
        return row[1] == test and (not sides or row[5].side in sides)

    return lambda: HoldGuide(test, kind.task(sides, chosen), begun=False), camera, same


def _radio(label: str, choices: Collection[str], key: str, *, horizontal: bool = False) -> str:
    return str(st.radio(t(label), list(choices), format_func=t, key=key, horizontal=horizontal))
