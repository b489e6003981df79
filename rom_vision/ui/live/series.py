"""Whether a new test will be comparable with the person's earlier ones: said before it is done, not weeks later."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from rom_vision.camera.setting import CameraSetting
from rom_vision.errors import BadInputError
from rom_vision.sessions import SessionStore
from rom_vision.sessions.measures import describe_change
from rom_vision.sessions.store import MeasureRow

__all__ = ["last_model", "new_series_note"]


def new_series_note(
    store: SessionStore,
    person: str,
    *,
    same: Callable[[MeasureRow], bool],
    camera: CameraSetting,
    size_px: tuple[int, int],
) -> str:
    """Say that the last result of the same test was measured in another way; nothing when it was not.

    Parameters
    ----------
    store, person : whose.
    same : whether a kept measure is of the test that is to be done.
    camera : what is known of the camera, and ``size_px`` the (width, height) it is asked for.
    """
    before = next((row[4] for row in reversed(store.measures(person)) if same(row)), None)
    try:
        note = camera.lens(*size_px).note
    except BadInputError:
        return ""
    if before is None:
        return ""
    now = {**json.loads(before), "model": "heavy", "camera": note, "version": _version()}
    change = describe_change(before, json.dumps(now))
    if not change:
        return ""
    return (
        f"This test will begin a series of its own: {change}. It will not be compared with the earlier results of "
        f"{person}; choose the same camera as before if you want it to be."
    )


def last_model(store: SessionStore, person: str, *, same: Callable[[MeasureRow], bool]) -> str | None:
    """Return the pose model that a person's last result of the same test was measured with, if there is one.

    Parameters
    ----------
    store, person : whose.
    same : whether a kept measure is of the test that is to be done.
    """
    before = next((row[4] for row in reversed(store.measures(person)) if same(row)), None)
    return None if before is None else json.loads(before).get("model")


def _version() -> str:
    try:
        return ".".join(version("rom-vision").split(".")[:2])
    except PackageNotFoundError:
        return "not installed"
