"""The languages that users can choose: English texts of the program, and the catalogues that say them in others.

A catalogue (gettext, ``locale/LANGUAGE/LC_MESSAGES/rom_vision.po`` and the ``.mo`` compiled from it) knows a text by
its English words, with named places for what differs: ``"Kept for {name}, session {number}."``. Texts of the context
``said`` reach the reader with their places filled.
"""

from __future__ import annotations

import gettext
import re
from functools import lru_cache
from pathlib import Path

__all__ = ["LANGUAGES", "translated"]

LANGUAGES = {"en": "English", "de": "Deutsch"}
_FOLDER = Path(__file__).with_name("locale")
_SAID = "said\x04"
_PLACE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=4096)
def translated(text: str, language: str) -> str:
    """Return an English text of the program in another language; as it is where the catalogue has none.

    Sentences of coaches and documents arrive with their numbers put in, those of a kept session years later: they are
    recognised by the sentence they were made from, and what stands in its places is translated by itself.

    Parameters
    ----------
    text : in English, with or without its places filled.
    language : one of `LANGUAGES`.

    Examples
    --------
    >>> translated("Good, that is 2 of 3. Again.", "de")
    'Gut, das waren 2 von 3. Noch einmal.'
    """
    known = _catalogue(language)
    found = known.get(text)
    if found is not None:
        return found
    for pattern, there in _patterns(language):
        made = pattern.fullmatch(text)
        if made is not None:
            return there.format(**{name: _each(value, language) for name, value in made.groupdict().items()})
    return text


def _each(listed: str, language: str) -> str:
    """Translate what stands in a place: one thing, or several that are told one after the other."""
    return "; ".join(translated(part, language) for part in listed.split("; "))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> dict[str, str]:
    if language == "en":
        return {}
    told = gettext.translation("rom_vision", str(_FOLDER), [language])
    # Its texts have no public list; every reader of catalogues in Python takes this one.
    return {text: there for text, there in told._catalog.items() if text}  # type: ignore[attr-defined]


@lru_cache(maxsize=len(LANGUAGES))
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what recognises the filled texts of the context ``said``, the most telling first."""
    said = [(text.removeprefix(_SAID), there) for text, there in _catalogue(language).items() if text.startswith(_SAID)]
    said.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return tuple((_pattern(text), there) for text, there in said)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PLACE.split(text)
    # Every second part is the name of a place.
    return re.compile("".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts)))
