"""The tests that run now, one for each space: a page that is loaded again finds its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rom_vision.camera.setting import CameraSetting
from rom_vision.ui.live.engine import LiveTest
from rom_vision.ui.live.far import Screen, screen_of

__all__ = ["Results", "Running", "RunningTests"]

Results = Callable[["Running", Callable[[], None]], None]


@dataclass(frozen=True)
class Running:
    """A test or a drill that runs.

    Attributes
    ----------
    live, person, camera : what runs, whose it is, its camera.
    clip : plays instead of the camera.
    page : that shows it.
    title, start : heading of its page, and the word of the button that begins it.
    screen : says what the far screen shows of it.
    results : shows what became of it, given itself and what puts it away; None for that of the tests.
    """

    live: LiveTest
    person: str
    camera: CameraSetting
    clip: Path | None = None
    page: Literal["selftest", "train"] = "selftest"
    title: str = "Test yourself"
    start: str = "Start the test"
    screen: Screen = screen_of
    results: Results | None = None


class RunningTests:
    """At most one test for each space."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tests: dict[str, Running] = {}

    def of(self, space: str) -> Running | None:
        """Return the test of a space that has not been put away yet."""
        with self._lock:
            return self._tests.get(space)

    def start(self, space: str, running: Running) -> None:
        """Note a test; one that still runs is ended, and what it had is measured."""
        with self._lock:
            before, self._tests[space] = self._tests.get(space), running
        if before is not None and not before.live.view().finished:
            before.live.finish()

    def put_away(self, space: str, running: Running) -> None:
        """Forget a test."""
        with self._lock:
            if self._tests.get(space) is running:
                del self._tests[space]
