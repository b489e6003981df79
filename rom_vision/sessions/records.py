"""What the store gives and takes: plain frozen dataclasses, free of the database."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image

from rom_vision.errors import BadInputError
from rom_vision.legible import DIRECTION_MARKS
from rom_vision.meaning.norms import Sex
from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import Document

__all__ = [
    "MAX_NAME",
    "MAX_NOTE",
    "MAX_READING",
    "MAX_WHO",
    "AlreadyKeptError",
    "Edit",
    "NewResult",
    "Person",
    "Picture",
    "SavedResult",
    "SavedSession",
    "SessionLine",
    "can_be_shown",
    "check_picture",
    "clean_name",
    "clean_note",
    "free_name",
    "local_moment",
    "media_type_of",
    "name_key",
    "picture_type",
]

MAX_NAME = 200
MAX_NOTE = 2000
MAX_WHO = 200
"""Longest name of a rater or an operator."""
MAX_READING = 360.0
"""A full turn: no reading of an angle is larger."""
MAX_PICTURE_PX = 64_000_000
"""As large as a picture of a video may be."""
_DIRECTION_MARKS = dict.fromkeys(map(ord, DIRECTION_MARKS))


class AlreadyKeptError(BadInputError):
    """Raised for a recording whose test is kept already. ``session`` is where."""

    def __init__(self, session: int) -> None:
        super().__init__(
            f"This test of this recording is already kept, in session {session}. A second one would count twice in "
            "every comparison."
        )
        self.session = session

    def __reduce__(self) -> tuple[type[AlreadyKeptError], tuple[int]]:
        """Travel between processes by the session alone: the text is made from it."""
        return type(self), (self.session,)


@dataclass(frozen=True)
class Person:
    """Somebody who is tested; ``uid`` is the same on every machine. ``sex`` and ``birth_year`` choose norms."""

    id: int
    uid: str
    name: str
    sex: Sex | None
    birth_year: int | None
    created_at: datetime

    def age_years(self, at: datetime) -> int | None:
        """Return the age in the year of ``at``; None if the year of birth is not known."""
        return None if self.birth_year is None else at.year - self.birth_year


@dataclass(frozen=True)
class Picture:
    """A JPEG or PNG; ``name`` says what it shows, e.g. 'end range, repetition 2'."""

    name: str
    data: bytes


@dataclass(frozen=True)
class NewResult:
    """A result to keep, with the landmarks it came from and pictures of it; the video only when asked for.

    ``pinch`` says that the person felt a pinch in the front of the hip or the groin during the test.
    """

    document: Document
    track: PoseTrack | None = None
    pictures: tuple[Picture, ...] = ()
    video: Path | None = None
    pinch: bool = False


@dataclass(frozen=True)
class SavedResult:
    """A kept result. ``setup`` is the camera set-up as canonical JSON, ``pinch`` as in `NewResult`."""

    id: int
    document: Document
    setup: str
    has_track: bool
    has_video: bool
    pinch: bool = False


@dataclass(frozen=True)
class Edit:
    """A change that somebody made to a kept session: 'date', 'person', 'side' or 'note', before and after."""

    edited_at: datetime
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class SavedSession:
    """One sitting with its results; ``taken_at`` carries the offset of the place where it was taken."""

    id: int
    person: Person
    taken_at: datetime
    results: tuple[SavedResult, ...]
    note: str = ""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class SessionLine:
    """One line of a list of sessions: when, which tests (``refused`` ones are named as such), and its note."""

    id: int
    taken_at: datetime
    tests: tuple[str, ...]
    note: str = ""


def clean_name(name: str) -> str:
    """Return a person's name as it is kept: composed Unicode, no outer or doubled spaces, no direction marks.

    Raises
    ------
    BadInputError
        If the name is empty, too long, or holds control characters or broken text.
    """
    composed = unicodedata.normalize("NFC", name).translate(_DIRECTION_MARKS)
    cleaned = " ".join(part for part in composed.split(" ") if part)
    if not cleaned:
        raise BadInputError("The name is empty.")
    if len(cleaned) > MAX_NAME:
        raise BadInputError(f"The name is {len(cleaned)} characters long; {MAX_NAME} are the most.")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned):
        raise BadInputError("The name holds control characters (such as a line break) or broken text.")
    return cleaned


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, or the first of 'name (2)', 'name (3)' ... whose key is not taken, shortened where it has to."""
    number, free = 1, name
    while name_key(free) in taken:
        number += 1
        ending = f" ({number})"
        free = name[: MAX_NAME - len(ending)].rstrip() + ending
    return free


def clean_note(note: str) -> str:
    """Return a note as it is kept: one paragraph, no outer spaces.

    Raises
    ------
    BadInputError
        If it is too long, or holds control characters or broken text.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", note).translate(_DIRECTION_MARKS).split())
    if len(cleaned) > MAX_NOTE:
        raise BadInputError(f"The note is {len(cleaned)} characters long; {MAX_NOTE} are the most.")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned):
        raise BadInputError("The note holds control characters or broken text.")
    return cleaned


def name_key(name: str) -> str:
    """Return what two names are compared by: case and Unicode form do not matter."""
    return unicodedata.normalize("NFKC", clean_name(name)).casefold()


def check_number(number: int) -> None:
    """Raise `BadInputError` for a number that no session can have: databases count no further."""
    if not 1 <= number < 2**31:
        raise BadInputError("There is no session of that number; `rom-vision sessions list` shows the numbers.")


def picture_type(data: bytes) -> str:
    """Return the media type of a JPEG or PNG.

    Raises
    ------
    BadInputError
        If it is neither.
    """
    media_type = media_type_of(data)
    if media_type is None:
        raise BadInputError("A picture to keep is neither JPEG nor PNG.")
    return media_type


def media_type_of(data: bytes) -> str | None:
    """Return the media type that a picture begins as; None if it is neither JPEG nor PNG."""
    kinds = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
    return next((media_type for start, media_type in kinds.items() if data.startswith(start)), None)


def can_be_shown(picture: Picture) -> bool:
    """Whether a picture is whole."""
    try:
        check_picture(picture.data)
    except BadInputError:
        return False
    return True


def check_picture(data: bytes) -> str:
    """Return the media type of a JPEG or PNG that can be shown.

    Raises
    ------
    BadInputError
        If it is neither, damaged, or too large to be shown.
    """
    media_type = picture_type(data)
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MAX_PICTURE_PX:
                raise BadInputError(f"The picture of {picture.width} x {picture.height} pixels is too large.")
            picture.load()
    except BadInputError:
        raise
    except Exception as fault:  # damaged files make Pillow raise errors of nearly every kind
        raise BadInputError(f"The picture is damaged ({str(fault)[:200]}).") from fault
    return media_type


def local_moment(moment: datetime | None) -> datetime:
    """Return ``moment`` with its offset; one without zone is this machine's local time, None is now.

    Raises
    ------
    BadInputError
        If it lies before 1900 or after 2199: no film of a test does, and the ends of the calendar have no local time.
    """
    if moment is None:
        return datetime.now().astimezone()
    if not 1900 <= moment.year < 2200:
        raise BadInputError(f"The date {moment.date().isoformat()} cannot be right.")
    return moment if moment.tzinfo else moment.astimezone()
