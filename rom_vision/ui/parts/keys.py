"""The key of this user of the machine, which opens the app on their own data."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from platformdirs import user_data_path

from rom_vision.errors import BadInputError
from rom_vision.files import placing

__all__ = ["KEY", "data_folder", "owner_key"]

KEY = re.compile(r"[A-Za-z0-9_-]{32,64}")


def data_folder() -> Path:
    """Return the folder of this user's data."""
    return user_data_path("rom_vision", appauthor=False)


def owner_key() -> str:
    """Return the key of this user of the machine, made on first use and readable by them only.

    Raises
    ------
    BadInputError
        If the user's data folder cannot be written.
    """
    path = data_folder() / "app-key"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # Whole or not at all: another process may look for it at this moment.
            with placing(path) as draft:
                draft.chmod(0o600)
                draft.write_text(secrets.token_urlsafe(32), encoding="ascii")
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInputError(f"{path}: cannot be used ({fault}).") from fault
    if not KEY.fullmatch(key):
        raise BadInputError(f"{path} is damaged; delete it, a new one is made at the next start.")
    return key
