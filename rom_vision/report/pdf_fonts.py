"""Which font draws a character on paper: embedded ones for most scripts and emoji, the reader's own for Chinese etc."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from rom_vision.errors import RomVisionError
from rom_vision.report.scripts import shaped, visual_order

__all__ = ["BOLD", "FONT", "drawable", "marked_up", "register_fonts"]

FONT, BOLD = "RomVision", "RomVision-Bold"
EMOJI = "NotoEmoji"
BOX = "\u25a1"
SKIN_TONES = range(0x1F3FB, 0x1F400)

# Scripts that the embedded fonts lack and that the reader's own program can show.
_READERS_FONTS = (
    ("STSong-Light", ((0x2E80, 0x3040), (0x3100, 0x3130), (0x31A0, 0xA4D0), (0xF900, 0xFB00), (0x20000, 0x30000))),
    ("HeiseiMin-W3", ((0x3040, 0x3100), (0x31F0, 0x3200))),
    ("HYSMyeongJo-Medium", ((0x1100, 0x1200), (0x3130, 0x3190), (0xAC00, 0xD7B0))),
)


@lru_cache(maxsize=1)
def register_fonts() -> dict[str, frozenset[int]]:
    """Register the fonts and return the characters that each embedded one has.

    Raises
    ------
    RomVisionError
        If matplotlib, whose DejaVu fonts are embedded, is missing.
    """
    package = find_spec("matplotlib")
    places = package.submodule_search_locations if package else None
    if not places:
        raise RomVisionError("The PDF's font comes with matplotlib, which is missing: pip install matplotlib.")
    folder = Path(next(iter(places))) / "mpl-data" / "fonts" / "ttf"
    files = {FONT: folder / "DejaVuSans.ttf", BOLD: folder / "DejaVuSans-Bold.ttf"}
    files[EMOJI] = Path(__file__).with_name("fonts") / "NotoEmoji-Regular.ttf"
    known = {}
    for name, path in files.items():
        font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        known[name] = frozenset(font.face.charToGlyph)
    for name, _ in _READERS_FONTS:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return known


def drawable(text: str) -> str:
    """Return text in drawing order, with a box for each stretch of characters that no font has.

    What only changes its neighbours (joiners, variation selectors, skin tones) is left out: there is no colour and no
    joining on paper.
    """
    out: list[str] = []
    for char in visual_order(shaped(" ".join(text.split()))):
        code = ord(char)
        if unicodedata.category(char) == "Cf" or 0xFE00 <= code <= 0xFE0F or (code in SKIN_TONES and out):
            continue
        if _font_of(char):
            out.append(char)
        elif not out or out[-1] != BOX:
            out.append(BOX)
    return "".join(out)


def marked_up(text: str, font: str) -> str:
    """Return text for a paragraph set in ``font``, other fonts marked where a character needs one."""
    pieces = []
    for char in drawable(text):
        other = _font_of(char, font)
        pieces.append(escape(char) if other in (font, None) else f'<font name="{other}">{escape(char)}</font>')
    return "".join(pieces)


def _font_of(char: str, preferred: str = FONT) -> str | None:
    """Name the font that has a character; None if there is none."""
    known, code = register_fonts(), ord(char)
    embedded = next((name for name in (preferred, FONT, EMOJI) if code in known[name]), None)
    return embedded or next((name for name, blocks in _READERS_FONTS if any(a <= code < b for a, b in blocks)), None)
