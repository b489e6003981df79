"""The JSON documents that leave the program: results plus provenance, validated on the way in and out."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from rom_vision.errors import BadInputError
from rom_vision.results.parts import (
    Curve,
    Finding,
    HipRotationResult,
    Mode,
    Position,
    Repetition,
    RotationValue,
    Side,
    SquatRepetition,
    SquatResult,
    Status,
    View,
)
from rom_vision.results.plausible import MAX_JSON_BYTES, check_document, check_settings

__all__ = ["Document", "HipRotationDocument", "Provenance", "SquatDocument", "load_document", "parse_document"]


class Provenance(BaseModel):
    """Which program, model, video and settings made a result: enough to make it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: dict[str, str] = Field(description="rom_vision, mediapipe, python ...")
    model: str = Field(description="name of the pose model bundle")
    model_sha256: str
    video: str = Field(description="file name only, never the folder it lay in")
    video_sha256: str
    subject: str = Field(description="who was followed")
    settings: dict[str, Any] = Field(description="everything the user could have chosen, as it was")


class HipRotationDocument(BaseModel):
    """Result of a hip rotation test, schema 1. Degrees and seconds; rotation relative to the pelvis, internal +."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    schema_: Literal[1] = Field(default=1, alias="schema")
    test: Literal["hip_rotation"] = "hip_rotation"
    position: Position
    side: Side
    mode: Mode
    status: Status
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    internal_rotation: RotationValue | None
    external_rotation: RotationValue | None
    rest_deg: float | None
    shank_inclination_deg: float | None
    pelvis_compensation_deg: float | None
    repetitions: tuple[Repetition, ...]
    curve: Curve
    provenance: Provenance

    @classmethod
    def from_result(cls, result: HipRotationResult, provenance: Provenance) -> HipRotationDocument:
        """Join a protocol's result with its provenance."""
        return cls(**_shallow(result), provenance=provenance)

    def to_json(self) -> str:
        """Return the document as JSON text; NaN never appears, missing values are null."""
        return self.model_dump_json(by_alias=True, indent=1)


class SquatDocument(BaseModel):
    """Result of a squat screen, schema 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    schema_: Literal[1] = Field(default=1, alias="schema")
    test: Literal["squat"] = "squat"
    status: Status
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    view: View
    repetitions: tuple[SquatRepetition, ...]
    findings: tuple[Finding, ...]
    series: dict[str, tuple[float | None, ...]]
    provenance: Provenance

    @classmethod
    def from_result(cls, result: SquatResult, provenance: Provenance) -> SquatDocument:
        """Join a protocol's result with its provenance."""
        return cls(**_shallow(result), provenance=provenance)

    def to_json(self) -> str:
        """Return the document as JSON text; NaN never appears, missing values are null."""
        return self.model_dump_json(by_alias=True, indent=1)


Document = HipRotationDocument | SquatDocument

_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Annotated[Document, Field(discriminator="test")])


def load_document(source: str | Path) -> Document:
    """Read a result document from a JSON file.

    Raises
    ------
    BadInputError
        If the file is missing, is not a result of this program, or holds what no result can hold.
    """
    path = Path(source)
    try:
        if path.exists() and not path.is_file():
            raise BadInputError(f"{path}: is no file.")
        if path.stat().st_size > MAX_JSON_BYTES:
            raise BadInputError(f"{path}: larger than any result, {MAX_JSON_BYTES // 2**20} MB at most.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInputError(f"{path}: cannot be read ({fault}).") from fault
    return parse_document(text, str(path))


def parse_document(text: str | bytes, name: str) -> Document:
    """Read a result document from JSON text; ``name`` is what an error calls it.

    Raises
    ------
    BadInputError
        If the text is not a result of this program, or holds what no result can hold (see
        `rom_vision.results.plausible`); the text names the first field at fault.
    """
    if len(text) > MAX_JSON_BYTES:
        raise BadInputError(f"{name}: longer than any result, {MAX_JSON_BYTES // 2**20} MB at most.")
    try:
        document = _DOCUMENT.validate_json(text)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadInputError(
            f"{name}: not a result document of rom_vision ({where}: {first['msg']}; "
            f"{fault.error_count()} fault{'s' if fault.error_count() > 1 else ''} in all)."
        ) from fault
    try:
        check_document(document)
        check_settings(document.provenance.settings, "provenance.settings")
    except ValueError as fault:
        raise BadInputError(f"{name}: not a usable result ({fault}).") from fault
    return document


def _shallow(result: HipRotationResult | SquatResult) -> dict[str, Any]:
    return {f.name: getattr(result, f.name) for f in fields(result)}
