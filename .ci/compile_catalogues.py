"""Compile the catalogues of the app's languages: ``make catalogue`` (the program itself reads only what this makes)."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

for source in (Path(__file__).parents[1] / "rom_vision" / "locale").glob("*/LC_MESSAGES/*.po"):
    with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(texts))
