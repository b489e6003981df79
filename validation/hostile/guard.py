"""The campaign writes inside its own temporary folder and speaks to nobody: anything else ends the process."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["OUTSIDE", "assert_inside", "assert_safe", "install"]

OUTSIDE = 70
"""Exit status of a process that the guard has ended."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ONE_PATH = {"os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "shutil.rmtree", "os.utime"}
_TWO_PATHS = {"os.rename", "os.link", "shutil.move", "os.symlink"}
_HERE = {"127.0.0.1", "localhost", "::1", "", None}


def assert_inside(path: str | Path, root: Path) -> None:
    """Raise `AssertionError` when a path leads out of the folder or names a device."""
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        raise AssertionError(f"{path!r} leads out of {root}")
    try:
        mode = real.stat().st_mode
    except OSError:
        return  # there is nothing, or the name is too long for there to be
    if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
        raise AssertionError(f"{path!r} is a device")


def assert_safe(commands: list[list[str]], folder: Path, root: Path) -> None:
    """Raise `AssertionError` when a word of a command could name anything outside the temporary folder."""
    if not root.is_relative_to(Path(tempfile.gettempdir()).resolve()) and not root.is_relative_to("/tmp"):
        raise AssertionError(f"{root} is no temporary folder")
    assert_inside(folder, root)
    for word in (word for command in commands for word in command):
        if "\0" in word or len(os.fsencode(word)) > 4000:
            continue  # no path of any system
        for part in {word, word.partition("=")[2] if word.startswith("-") else word}:
            assert_inside(folder / part, root)


def install(root: Path, report: Callable[[str], None]) -> None:
    """End this process, after a report, when it writes outside ``root`` or looks for another machine.

    This sees what Python does; libraries in C are kept inside by `assert_safe`.
    """
    allowed = (root, Path("/dev/null"))

    def outside(path: Any) -> bool:
        if isinstance(path, int) or path is None:
            return False
        full = Path(os.path.realpath(os.fsdecode(path)))
        return not any(full.is_relative_to(place) for place in allowed)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        bad = ""
        if event == "open":
            path, mode, flags = args
            if (flags or 0) & _WRITES and outside(path):
                bad = f"opened {path!r} to write ({mode})"
        elif event in _ONE_PATH and args[-1] in (-1, None) and outside(args[0]):
            bad = f"{event} {args[0]!r}"
        elif event == "sqlite3.connect" and args[0] != ":memory:" and outside(args[0]):
            bad = f"opened the database {args[0]!r}"
        elif event == "os.truncate" and outside(args[0]):
            bad = f"truncated {args[0]!r}"
        elif event in _TWO_PATHS and (outside(args[1]) or (event == "os.rename" and outside(args[0]))):
            bad = f"{event} {args[:2]!r}"
        elif event == "socket.getaddrinfo" and args[0] not in _HERE:
            bad = f"asked for the address of {args[0]!r}"
        if bad:
            report(bad)
            os._exit(OUTSIDE)

    sys.addaudithook(hook)
