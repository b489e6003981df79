"""The languages that users can choose: English texts of the program, and the catalogues that say them in others.

A catalogue (gettext, ``locale/LANGUAGE/LC_MESSAGES/rom_vision.po`` and the ``.mo`` compiled from it) knows a text by
its English words, with named places for what differs: ``"Kept for {name}, session {number}."``. Texts of the context
``said`` reach the reader with their places filled; a place of the name ``name`` or ``path`` is left as it is.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

__all__ = ["DECIMAL_MARK", "LANGUAGES", "figures", "fill", "translated"]

LANGUAGES = {"en": "English", "de": "Deutsch"}
_FOLDER = Path(__file__).with_name("locale")
_SAID = "said\x04"
_PLACE = re.compile(r"\{(\w+)\}")
_BETWEEN = re.compile(r"(?<=[\w)%°”*]{2}[.!?]) (?=[A-Z“`]|\d+ [a-z])")
"""Between two sentences; a letter with a full stop is somebody's initial."""
_FIGURE = r"[-+±]?\d[\d.,]*(?:°| cm| %(?: of \w+)?)?"
_DATE = r"\d\d? [A-Z]\w+(?: \d{4})?(?:, \d\d:\d\d)?"
_SHAPES = {
    "day": r"\d\d?",
    "year": r"\d{4}(?:, \d\d:\d\d)?",
    "n": r"\d(?:(?:[\d,. ]| and )*\d)?",
    **dict.fromkeys(("date", "until"), _DATE),
    **dict.fromkeys(("value", "least", "most"), _FIGURE),
}
"""Places that take nothing but these figures."""
_AS_IT_IS = {"name", "path"}
"""Places that hold what somebody else wrote."""
DECIMAL_MARK = {"en": ".", "de": ","}
_FIGURES = re.compile(r"(?:[-\d\s.,;:/()%°±+−–×<>=≤≥]|(?:deg|cm|min|px|MB|s|m|n)\b)+")
_POINT = re.compile(r"(?<![\d.])(\d+)\.(?=\d+(?!\.?\d))")
"""The point of a decimal fraction; that of a version or a date has more than two parts."""


def figures(text: str, language: str) -> str:
    """Return numbers with their units as the readers of a language write them; text with words in it as it is.

    Examples
    --------
    >>> figures("36.4° (30.1 to 40.2°)", "de"), figures("36.4°; +1.5 cm", "de")
    ('36.4° (30.1 to 40.2°)', '36,4°; +1,5 cm')
    """
    mark = DECIMAL_MARK[language]
    return _POINT.sub(rf"\1{mark}", text) if mark != "." and _FIGURES.fullmatch(text) else text


def fill(there: str, language: str, **places: object) -> str:
    """Return a text that was translated with its places filled: figures as in its language, all else as it is."""
    shown = {k: v if k in _AS_IT_IS else figures(str(v), language) for k, v in places.items()}
    return there.format(**shown)


@lru_cache(maxsize=4096)
def translated(text: str, language: str) -> str:
    """Return an English text of the program in another language; as it is where the catalogue has none.

    Sentences of coaches and documents arrive with their numbers put in, those of a kept session years later: they are
    recognised by the sentence they were made from, and what stands in its places is translated by itself. Several
    sentences in a row are taken one by one.

    Parameters
    ----------
    text : in English, with or without its places filled.
    language : one of `LANGUAGES`.

    Examples
    --------
    >>> translated("Good, that is 2 of 3. Again.", "de")
    'Gut, das waren 2 von 3. Noch einmal.'
    """
    return " ".join(there or _listed(piece, language) for piece, there in _pieces(text, language))


def _pieces(text: str, language: str) -> Iterator[tuple[str, str | None]]:
    """Yield as many sentences at a time as the catalogue has in one piece, with its words or None."""
    sentences = _BETWEEN.split(text)
    while sentences:
        for end in range(len(sentences), 0, -1):
            piece = " ".join(sentences[:end])
            there = _whole(piece, language)
            if there is not None:
                break
        yield piece, there
        del sentences[:end]


def _whole(text: str, language: str) -> str | None:
    there = _catalogue(language).get(text)
    if there is not None:
        return there
    for literal, said, there in _said(language):
        # Most are told apart by their words alone; making all patterns would take half a second of the first page.
        made = _pattern(said).fullmatch(text) if literal in text else None
        if made is not None:
            places = made.groupdict().items()
            return there.format(**{k: text if k in _AS_IT_IS else translated(text, language) for k, text in places})
    return None


def _listed(text: str, language: str) -> str:
    """Translate things that are told one after the other."""
    mark = next((mark for mark in ("; ", ", ") if mark in text), None)
    if mark is None:
        return figures(text, language)
    return mark.join(translated(part, language) for part in text.split(mark))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> dict[str, str]:
    if language == "en":
        return {}
    told = gettext.translation("rom_vision", str(_FOLDER), [language])
    # Its texts have no public list; every reader of catalogues in Python takes this one.
    return {text: there for text, there in told._catalog.items() if text}  # type: ignore[attr-defined]


@lru_cache(maxsize=len(LANGUAGES))
def _said(language: str) -> tuple[tuple[str, str, str], ...]:
    """Return the texts of the context ``said`` with their longest words between places, the most telling first."""
    said = [(text.removeprefix(_SAID), there) for text, there in _catalogue(language).items() if text.startswith(_SAID)]
    said.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return tuple((max(_PLACE.split(text)[::2], key=len), text, there) for text, there in said)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return what recognises a text whose places are filled."""
    parts = _PLACE.split(text)
    # Every second part is the name of a place, which holds no end of a sentence.
    within = rf"(?:(?!{_BETWEEN.pattern}).)+?"
    places = (rf"(?P<{part}>{_SHAPES.get(part, within)})" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.compile("".join(places))
