"""The sentences of each test, by its name."""

from __future__ import annotations

from rom_vision.meaning.base import Meaning
from rom_vision.meaning.ranges import LegRaiseMeaning, ToeTouchMeaning
from rom_vision.meaning.rotation import HipRotationMeaning
from rom_vision.meaning.squat import SquatMeaning

__all__ = ["meaning_of", "register"]

_PLAIN = Meaning()
_KNOWN: dict[str, Meaning] = {
    "hip_rotation": HipRotationMeaning(),
    "squat": SquatMeaning(),
    "straight_leg_raise": LegRaiseMeaning(),
    "toe_touch": ToeTouchMeaning(),
}


def register(test: str, meaning: Meaning) -> None:
    """Give a test sentences of its own."""
    _KNOWN[test] = meaning


def meaning_of(test: str) -> Meaning:
    """Return the sentences of a test; plain ones for a test that has none of its own."""
    return _KNOWN.get(test, _PLAIN)
