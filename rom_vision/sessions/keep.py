"""Keep one result in the user's own store."""

from __future__ import annotations

from datetime import datetime

from rom_vision.sessions.records import NewResult
from rom_vision.sessions.store import SessionStore

__all__ = ["save_result"]


def save_result(person: str, result: NewResult, *, taken_at: datetime | None = None, again: bool = False) -> int:
    """Keep one test in the user's own store and return the number of its session (see `SessionStore.save_result`)."""
    store = SessionStore()
    try:
        return store.save_result(person, result, taken_at=taken_at, again=again)
    finally:
        store.close()
