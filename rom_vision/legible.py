"""Text from elsewhere (names of files, messages of libraries, documents) made fit to be read on a terminal."""

from __future__ import annotations

import unicodedata
from pathlib import Path

__all__ = ["DIRECTION_MARKS", "legible", "shown"]

DIRECTION_MARKS = frozenset(map(chr, [0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
"""Characters that turn the direction of what follows them: a name could turn the sentence that it stands in."""


def legible(text: str) -> str:
    """Return text in which nothing commands a terminal: control characters but the line break become �.

    So do bytes of file names that are no UTF-8, and marks that change the direction of writing.
    """
    return "".join("\ufffd" if _is_command(c) and c != "\n" else c for c in text)


def shown(path: str | Path) -> str:
    """Return a file name as one line of text that every screen and every file format can hold."""
    return legible(str(path)).replace("\n", "\ufffd")


def _is_command(char: str) -> bool:
    return char in DIRECTION_MARKS or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
