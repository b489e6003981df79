"""People, sessions and results: kept, compared over time, handed on."""

from rom_vision.sessions.records import NewResult, Person, Picture, SavedResult, SavedSession, SessionLine
from rom_vision.sessions.store import SessionStore, save_result

__all__ = [
    "NewResult",
    "Person",
    "Picture",
    "SavedResult",
    "SavedSession",
    "SessionLine",
    "SessionStore",
    "save_result",
]
