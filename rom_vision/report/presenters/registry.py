"""How each test is shown, by its name."""

from __future__ import annotations

from rom_vision.report.presenters.base import Presenter
from rom_vision.report.presenters.rotation import HipRotationPresenter
from rom_vision.report.presenters.squat import SquatPresenter

__all__ = ["presenter_of", "register"]

_PLAIN = Presenter()
_KNOWN: dict[str, Presenter] = {"hip_rotation": HipRotationPresenter(), "squat": SquatPresenter()}


def register(test: str, presenter: Presenter) -> None:
    """Show a test in a way of its own."""
    _KNOWN[test] = presenter


def presenter_of(test: str) -> Presenter:
    """Return how a test is shown; the plain way for a test that has none of its own."""
    return _KNOWN.get(test, _PLAIN)
