"""The sample clips that come with the program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rom_vision.errors import BadInputError
from rom_vision.protocols.registry import find_protocol
from rom_vision.sessions import SessionStore

__all__ = ["Sample", "add_sample_person", "has_sample_person", "sample_folder", "samples"]

_PERSON = "sample_person.zip"


@dataclass(frozen=True)
class Sample:
    """A clip of a drawn person, and what the program should be told about it."""

    path: Path
    what: str
    test: str
    options: dict[str, str]


def sample_folder() -> Path | None:
    """Return the folder of the sample clips, in a checkout or in an installation; None where there is none."""
    package = Path(__file__).parents[2]
    for folder in (package.parent / "sample_videos", package / "sample_videos"):
        if (folder / "truth.json").is_file():
            return folder
    return None


def _asked(row: dict[str, Any]) -> dict[str, str]:
    """What is to be chosen of the test, as its truth says it."""
    known = find_protocol(row["test"])
    return {option.name: str(row[option.name]) for option in known.options if row.get(option.name)} if known else {}


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """Return the sample clips in the order of ``truth.json``; none where they are missing."""
    folder = sample_folder()
    if folder is None:
        return ()
    rows = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    found = (Sample(folder / row["file"], row["what"], row["test"], _asked(row)) for row in rows)
    return tuple(sample for sample in found if sample.path.is_file())


def has_sample_person() -> bool:
    """Whether a sample person with several sessions comes with the program."""
    folder = sample_folder()
    return folder is not None and (folder / _PERSON).is_file()


def add_sample_person(store: SessionStore) -> str:
    """Bring the sample person into a store and return their name."""
    folder = sample_folder()
    if folder is None:
        raise BadInputError("The samples are not installed.")
    from rom_vision.sessions.archive import import_person  # it loads what reads videos

    return import_person(store, folder / _PERSON).person
