"""What the table of contents of an archive says, each part of it checked."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from rom_vision.drills.plan import Plan
from rom_vision.drills.training import Training
from rom_vision.meaning.norms import Sex
from rom_vision.results.plausible import MAX_JSON_BYTES, check_moment
from rom_vision.sessions.records import MAX_NAME, MAX_NOTE, MAX_READING, MAX_WHO

__all__ = ["MANIFEST", "MAX_VIDEO_BYTES", "Manifest", "PackedAttachment", "PackedEdit", "PackedFile", "PackedPerson"]
__all__ += ["PackedReading", "PackedResult", "PackedSession", "PackedStudy", "PackedTraining", "PackedTrial"]

MANIFEST = "manifest.json"

MAX_VIDEO_BYTES = 256 * 2**20
"""Largest video kept (our own heuristic: minutes of phone video, in the database, deleted with the rest)."""

# More than anybody has (our own heuristics): an archive from elsewhere must not fill memory or disk.
_MAX_SESSIONS = 100_000
_MAX_RESULTS = 1_000
_MAX_ATTACHMENTS = 1_000
_MAX_EDITS = 10_000
_MAX_TRAININGS = 100_000
_MAX_TRIALS = 1_000
_MAX_READINGS = 10_000
_MAX_BYTES = {"track": 512 * 2**20, "picture": 64 * 2**20, "video": 2 * MAX_VIDEO_BYTES, "original": MAX_JSON_BYTES}
_MAX_BYTES |= {"track_0": _MAX_BYTES["track"], "picture_0": _MAX_BYTES["picture"], "video_0": _MAX_BYTES["video"]}

_Uid = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_Moment = Annotated[AwareDatetime, AfterValidator(check_moment)]


def _printable(text: str) -> str:
    """Refuse what no text of ours holds: what the database cannot keep, and broken characters."""
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("holds control characters or broken text")
    return text


_Text = Annotated[str, AfterValidator(_printable)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackedFile(_Model):
    """A member of the archive with what its content has to be."""

    path: str = Field(max_length=200)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0, le=MAX_JSON_BYTES)


class PackedAttachment(PackedFile):
    """A track, picture or video, or the result, pictures and video as they were before they were corrected."""

    size: int = Field(ge=0)
    kind: Literal["track", "picture", "video", "original", "track_0", "picture_0", "video_0"]
    name: str = Field(max_length=500)
    media_type: str = Field(max_length=80)

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> PackedAttachment:
        if self.size > _MAX_BYTES[self.kind]:
            raise ValueError(f"{self.size:,} bytes are too many for a {self.kind}")
        if "\0" in self.name or not self.media_type.isascii() or not self.media_type.isprintable():
            raise ValueError("name or kind of the content hold what no text holds")
        return self


class PackedStudy(_Model):
    """A study of the instrument in which a result takes part."""

    uid: _Uid
    name: _Text = Field(min_length=1, max_length=MAX_NAME)
    quantity: _Text = Field(max_length=40)
    reference: _Text = Field(max_length=MAX_NAME)
    reference_sem: float | None = Field(gt=0, le=MAX_READING)
    created_at: _Moment


class PackedReading(_Model):
    """What the study's reference read."""

    value: float = Field(ge=-MAX_READING, le=MAX_READING, allow_inf_nan=False)
    rater: _Text = Field(max_length=MAX_WHO)
    blind: bool
    source: _Text = Field(max_length=20)
    entered_at: _Moment


class PackedTrial(_Model):
    """The part of a result in a study."""

    study: PackedStudy
    side: Literal["left", "right", "both"]
    operator: _Text = Field(max_length=MAX_WHO)
    added_at: _Moment
    shown_at: _Moment | None
    readings: tuple[PackedReading, ...] = Field(max_length=_MAX_READINGS)


class PackedResult(_Model):
    """A result: its document, what it was made from, and its part in studies."""

    uid: _Uid
    document: PackedFile
    attachments: tuple[PackedAttachment, ...] = Field(max_length=_MAX_ATTACHMENTS)
    pinch: bool = False
    trials: tuple[PackedTrial, ...] = Field(default=(), max_length=_MAX_TRIALS)


class PackedEdit(_Model):
    """A change that somebody made to the session afterwards."""

    edited_at: _Moment
    what: _Text = Field(max_length=20)
    before: _Text = Field(max_length=MAX_NOTE)
    after: _Text = Field(max_length=MAX_NOTE)


class PackedSession(_Model):
    """A sitting with at least one result."""

    uid: _Uid
    taken_at: _Moment
    results: tuple[PackedResult, ...] = Field(min_length=1, max_length=_MAX_RESULTS)
    note: _Text = Field(default="", max_length=MAX_NOTE)
    edits: tuple[PackedEdit, ...] = Field(default=(), max_length=_MAX_EDITS)


class PackedTraining(_Model):
    """The log of one drill."""

    uid: _Uid
    training: Training


class PackedPerson(_Model):
    """Whose archive it is."""

    uid: _Uid
    name: str
    sex: Sex | None
    birth_year: int | None = Field(ge=1900, le=2200)
    created_at: _Moment


class Manifest(_Model):
    """The whole archive."""

    format: Literal["rom_vision person"] = "rom_vision person"
    version: Literal[1] = 1
    exported_at: AwareDatetime
    person: PackedPerson
    sessions: tuple[PackedSession, ...] = Field(max_length=_MAX_SESSIONS)
    plan: Plan | None = None
    trainings: tuple[PackedTraining, ...] = Field(default=(), max_length=_MAX_TRAININGS)

    @property
    def files(self) -> tuple[PackedFile, ...]:
        """Every member that the archive has to hold."""
        results = [result for session in self.sessions for result in session.results]
        return tuple(file for result in results for file in (result.document, *result.attachments))

    @model_validator(mode="after")
    def _names_everything_once(self) -> Manifest:
        results = [result for session in self.sessions for result in session.results]
        for what, names in (
            ("session", [session.uid for session in self.sessions]),
            ("result", [result.uid for result in results]),
            ("file", [file.path for file in self.files]),
            ("training", [packed.uid for packed in self.trainings]),
        ):
            name, times = Counter(names).most_common(1)[0] if names else ("", 0)
            if times > 1:
                raise ValueError(f"{what} {name} is named {times} times")
        return self
