"""Whose the pictures, videos and downloads are that the app serves.

Streamlit keeps them under names made from their content and gives them to everybody who knows the name. Here each is
noted with the spaces (see `rom_vision.ui.parts.space`) whose pages showed or offered it, and `belongs` tells.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rom_vision.ui.parts.space import current_space

__all__ = ["belongs", "keep_account", "owned"]

_owners: dict[str, set[str]] = {}
_lock = threading.Lock()
_making = threading.local()


def belongs(file_id: str, space: str | None) -> bool:
    """Whether a file was shown or offered to a space of that name."""
    with _lock:
        return space is not None and space in _owners.get(file_id, ())


def owned(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return what makes a download, noting for whom: it is made later, when no page is being drawn."""
    name = current_space().name

    def made() -> bytes:
        data = make()
        _making.space = name  # Streamlit stores the bytes next, in this very thread
        return data

    return made


@functools.cache
def keep_account() -> None:
    """Note from now on whose each file is."""
    load, delete = MemoryMediaFileStorage.load_and_get_id, MemoryMediaFileStorage.delete_file

    def noted(self: MemoryMediaFileStorage, *args: Any, **more: Any) -> str:
        file_id = load(self, *args, **more)
        name = _now()
        if name is not None:
            with _lock:
                _owners.setdefault(file_id, set()).add(name)
        return file_id

    def forgotten(self: MemoryMediaFileStorage, file_id: str) -> None:
        delete(self, file_id)
        with _lock:
            _owners.pop(file_id, None)

    MemoryMediaFileStorage.load_and_get_id = noted  # type: ignore[method-assign]
    MemoryMediaFileStorage.delete_file = forgotten  # type: ignore[method-assign]


def _now() -> str | None:
    """For whom something is being stored: the browser whose page is drawn, or who asked for a download."""
    made_for: str | None = _making.__dict__.pop("space", None)
    if made_for is not None:
        return made_for
    return current_space().name if get_script_run_ctx() is not None else None
