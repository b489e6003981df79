"""Text of all scripts for a PDF, whose drawing knows neither right-to-left order nor joined Arabic letters.

Enough for names and captions of one line: runs of one direction, numbers within right-to-left text, mirrored brackets,
Arabic letter forms. Not the whole Unicode bidirectional algorithm (no nested embeddings).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby

__all__ = ["shaped", "visual_order"]

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_FORM_RANGES = (range(0xFB50, 0xFC00), range(0xFE70, 0xFEFD))


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """Letters (and lam-alef pairs) to their isolated, final, initial and medial forms, from Unicode's own data."""
    forms: dict[str, dict[str, str]] = {}
    for code in (c for block in _FORM_RANGES for c in block):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if kind in ("<isolated>", "<final>", "<initial>", "<medial>"):
            base = "".join(chr(int(letter, 16)) for letter in letters)
            if not base.startswith(" "):
                forms.setdefault(base, {}).setdefault(kind.strip("<>"), chr(code))
    return forms


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter[0]) == "Mn"


def shaped(text: str) -> str:
    """Return ``text`` with Arabic letters in the form that their neighbours ask for."""
    forms = _forms()
    letters: list[str] = []
    for char in text:
        if letters and letters[-1] == "\u0644" and letters[-1] + char in forms:
            letters[-1] += char  # lam and alef are written as one
        else:
            letters.append(char)
    bases = [i for i, letter in enumerate(letters) if not _is_mark(letter)]
    shapes = list(letters)
    for place, i in enumerate(bases):
        own = forms.get(letters[i])
        if own is None:
            continue
        before = forms.get(letters[bases[place - 1]], {}) if place else {}
        after = forms.get(letters[bases[place + 1]], {}) if place + 1 < len(bases) else {}
        joins_before = "initial" in before and "final" in own
        joins_after = "initial" in own and "final" in after
        kind = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
            (joins_before, joins_after), "isolated"
        )
        shapes[i] = own.get(kind) or own.get("isolated", letters[i])
    return "".join(shapes)


def visual_order(text: str) -> str:
    """Return ``text`` in the order in which its characters are drawn from left to right.

    Examples
    --------
    >>> visual_order("abc")
    'abc'
    """
    classes = [_direction(char) for char in text]
    if "R" not in classes:
        return text
    base = next(c for c in classes if c in "LR")
    _resolve_neutrals(classes, base)
    runs = []
    at = 0
    for direction, group in groupby(classes):
        length = len(list(group))
        runs.append((direction, text[at : at + length]))
        at += length
    drawn = [(d, _reversed(run) if d == "R" else run) for d, run in runs]
    if base == "R":
        return "".join(run for _, run in reversed(drawn))
    out: list[str] = []
    for right_to_left, part in groupby(drawn, key=lambda item: item[0] != "L"):
        pieces = [run for _, run in part]
        out += reversed(pieces) if right_to_left else pieces
    return "".join(out)


def _direction(char: str) -> str:
    """L, R, number (1) or neutral (n)."""
    kind = unicodedata.bidirectional(char)
    return {"L": "L", "R": "R", "AL": "R", "EN": "1", "AN": "1"}.get(kind, "n")


def _resolve_neutrals(classes: list[str], base: str) -> None:
    """Give numbers and neutral characters the direction of what surrounds them, in place."""
    strong = base
    for i, kind in enumerate(classes):
        if kind == "1" and strong == "L":
            classes[i] = "L"
        strong = kind if kind in "LR" else strong
    at = 0
    for kind, group in groupby(list(classes)):
        length = len(list(group))
        if kind == "n":
            before = classes[at - 1] if at else base
            after = classes[at + length] if at + length < len(classes) else base
            sides = {"R" if side == "1" else side for side in (before, after)}
            classes[at : at + length] = [sides.pop() if len(sides) == 1 else base] * length
        at += length


def _reversed(run: str) -> str:
    """Reverse a run, keeping marks behind the letter they belong to and mirroring brackets."""
    clusters: list[str] = []
    for char in run:
        if clusters and _is_mark(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return "".join(reversed(clusters)).translate(_MIRRORED)
