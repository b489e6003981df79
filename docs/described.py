"""Reads the docstrings as they are meant: what stands behind a parameter's name is its description.

Types are in the signatures, so the docstrings say ``side : of the test.`` where numpydoc expects a type.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

import griffe

_DESCRIBED = ("Parameters", "Attributes")
_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*) : (.+)$")


class Described(griffe.Extension):
    """Moves the description of each parameter and attribute to where griffe looks for it."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = described(obj.docstring.value)


def described(text: str) -> str:
    """Return a docstring whose entries have their description on a line of its own."""
    lines = text.split("\n")
    out: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        if "".join(lines[number + 1 : number + 2]).startswith("---"):
            inside = line.strip() in _DESCRIBED
        entry = _ENTRY.match(line) if inside else None
        if entry is None:
            out.append(line)
            continue
        *others, last = entry[1].split(", ")
        more = list(takewhile(lambda following: following.startswith("    "), lines[number + 1 :]))
        for other in others:
            out += [other, f"    {entry[2]}", *more]
        out += [last, f"    {entry[2]}"]
    return "\n".join(out)
