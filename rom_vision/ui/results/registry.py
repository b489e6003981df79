"""What the result page shows of each test, by its name."""

from __future__ import annotations

from rom_vision.ui.results.base import Details
from rom_vision.ui.results.rotation import HipRotationDetails
from rom_vision.ui.results.squat import SquatDetails

__all__ = ["details_of", "register"]

_PLAIN = Details()
_KNOWN: dict[str, Details] = {"hip_rotation": HipRotationDetails(), "squat": SquatDetails()}


def register(test: str, details: Details) -> None:
    """Show the results of a test in a way of its own."""
    _KNOWN[test] = details


def details_of(test: str) -> Details:
    """Return what is shown of a test; the plain part for a test that has none of its own."""
    return _KNOWN.get(test, _PLAIN)
