"""People, sessions and results: kept, compared over time, handed on."""

from rom_vision.sessions.keep import save_result
from rom_vision.sessions.records import (
    AlreadyKeptError,
    Edit,
    NewResult,
    Person,
    Picture,
    SavedResult,
    SavedSession,
    SessionLine,
)
from rom_vision.sessions.store import SessionStore

__all__ = [
    "AlreadyKeptError",
    "Edit",
    "NewResult",
    "Person",
    "Picture",
    "SavedResult",
    "SavedSession",
    "SessionLine",
    "SessionStore",
    "save_result",
]
