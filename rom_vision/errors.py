"""Errors that a person can act on.

Every message says what is wrong, with which file, frame or field, and what to do about it.
"""

from __future__ import annotations

__all__ = ["BadInputError", "RomVisionError"]


class RomVisionError(Exception):
    """Base of all errors that rom_vision raises on purpose; its text is written for the user."""


class BadInputError(RomVisionError):
    """The file, picture or value handed in cannot be used; the text says why and what to do."""
