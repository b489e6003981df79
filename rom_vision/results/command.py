"""The command that makes a result again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rom_vision.results.document import Document

__all__ = ["ASKED", "command_line", "command_of"]

ASKED = "asked"
"""Setting that keeps what the user said beyond the options of the test."""
_FLAGS = {"model": "--model", "camera": "--camera", "hfov_deg": "--hfov", "roll_deg": "--roll", "subject": "--subject"}
_LONGEST = 1_900
"""A document from elsewhere may hold names that no command line takes."""


def command_of(document: Document) -> str:
    """Return the command that makes a result again where its recording lies; empty where none can.

    Corrections made by hand are not part of it, and it says so.
    """
    p = document.provenance
    if not p.video or "/" in p.video or document.test.startswith("-"):
        return ""
    asked = p.settings.get(ASKED)
    words = ["measure", p.video if not p.video.startswith("-") else f"./{p.video}", "--test", _dashed(document.test)]
    for name, value in document.options.items():
        words += [f"--{_dashed(name)}", value]
    for name, flag in _FLAGS.items():
        said = asked.get(name) if isinstance(asked, Mapping) else None
        if isinstance(said, (str, int, float)):
            words += [flag, f"{said:.12g}" if isinstance(said, float) else str(said)]
    stem = p.video.rpartition(".")[0] or p.video
    words += ["--json", f"{stem}.json"]
    line = command_line(words)
    if document.corrections:
        line += "  # then the corrections that are listed"
    return line if len(line) <= _LONGEST else ""


def command_line(words: Sequence[str]) -> str:
    """Return a command of ours as a shell takes it."""
    return " ".join(["rom-vision", *(shlex.quote(word) for word in words)])


def _dashed(name: str) -> str:
    return name.replace("_", "-")
