"""The one document of every test: what it found, and what made it. Validated on the way in and out.

In JSON (schema 2) the documents of the hip rotation test and the squat screen also carry the fields that schema 1 had
(`rom_vision.results.schema1`); documents of schema 1 are read and brought over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from rom_vision.errors import BadInputError
from rom_vision.results.parts import Correction, Finding, Measure, MeasureSide, Repetition, Series, Status, View
from rom_vision.results.plausible import MAX_JSON_BYTES, check_document, check_settings

__all__ = ["Document", "Provenance", "Result", "load_document", "parse_document"]


class Provenance(BaseModel):
    """Which program, model, video and settings made a result: enough to make it again."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    versions: dict[str, str] = Field(description="rom_vision, mediapipe, python ...")
    model: str = Field(description="name of the pose model bundle")
    model_sha256: str
    video: str = Field(description="file name only, never the folder it lay in")
    video_sha256: str
    subject: str = Field(description="who was followed")
    settings: dict[str, Any] = Field(description="everything the user could have chosen, as it was")


class Result(BaseModel):
    """What a test found.

    Attributes
    ----------
    test : name of the test, as in `rom_vision.protocols.registry`.
    options : what was chosen of it, e.g. position, side and mode, or legs.
    status : a refused test has reasons and no measures.
    reasons : why the test was refused and what to change; empty when measured.
    warnings : what else to know of this recording.
    view : from where the person was filmed, where the test tells.
    measures, repetitions, findings, series : see `rom_vision.results.parts`.
    corrections : what was changed by hand afterwards, in order; empty for a result as the program measured it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    test: str
    options: dict[str, str] = {}
    status: Status
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    view: View | None = None
    measures: tuple[Measure, ...] = ()
    repetitions: tuple[Repetition, ...] = ()
    findings: tuple[Finding, ...] = ()
    series: Series = {}
    corrections: tuple[Correction, ...] = ()

    @property
    def side(self) -> str | None:
        """The tested side, where the test has one."""
        return self.options.get("side")

    @property
    def position(self) -> str | None:
        """The position of the body, where the test has several."""
        return self.options.get("position")

    @property
    def mode(self) -> str | None:
        """Who moved the leg, where the test asks for it."""
        return self.options.get("mode")

    @property
    def time_s(self) -> tuple[float, ...]:
        """Moments of the series, one for each analysed picture."""
        return tuple(t for t in self.series.get("time_s", ()) if t is not None)

    @property
    def edits(self) -> tuple[str, ...]:
        """What was corrected by hand, a sentence each: the first warnings say it."""
        return self.warnings[: len(self.corrections)]

    def curve(self, name: str) -> Sequence[float | None]:
        """Return a series by its name; empty where the result has none of it."""
        return self.series.get(name, ())

    def measure(self, quantity: str, side: MeasureSide | None = None) -> Measure | None:
        """Return a measure by its quantity, and its side where there are several; None when it was not measured."""
        return next((m for m in self.measures if m.quantity == quantity and side in (None, m.side)), None)


class Document(Result):
    """A result with its provenance, as it is written, kept and read: schema 2."""

    schema_: Literal[2] = Field(default=2, alias="schema")
    provenance: Provenance

    @classmethod
    def from_result(cls, result: Result, provenance: Provenance) -> Document:
        """Join a test's result with its provenance."""
        return cls(**{name: getattr(result, name) for name in Result.model_fields}, provenance=provenance)

    def to_json(self) -> str:
        """Return the document as JSON text; NaN never appears, missing values are null.

        It ends with the command that makes it again, where one can.
        """
        from rom_vision.results.command import command_of
        from rom_vision.results.schema1 import with_schema1_fields

        fields = {"schema": self.schema_, **self.model_dump(exclude={"schema_"})}
        written = {**with_schema1_fields(self, fields), "command": command_of(self)}
        return to_json(written, indent=1, inf_nan_mode="null").decode()


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
    """Read a result document, of this schema or an older one, from JSON text; ``name`` is what an error calls it.

    Raises
    ------
    BadInputError
        If the text is not a result of this program, or holds what no result can hold (see
        `rom_vision.results.plausible`); the text names the first field at fault.
    """
    from rom_vision.results.schema1 import Schema1, bring_over, parse_schema1

    if len(text) > MAX_JSON_BYTES:
        raise BadInputError(f"{name}: longer than any result, {MAX_JSON_BYTES // 2**20} MB at most.")
    try:
        read = from_json(text)
        old = isinstance(read, dict) and read.get("schema") == 1
        document: Document | Schema1 = parse_schema1(read) if old else Document.model_validate(read)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadInputError(
            f"{name}: not a result document of rom_vision ({where}: {first['msg']}; "
            f"{fault.error_count()} fault{'s' if fault.error_count() > 1 else ''} in all)."
        ) from fault
    except ValueError as fault:
        raise BadInputError(f"{name}: not a result document of rom_vision (no JSON: {fault}).") from fault
    try:
        check_document(read)
        check_document(document)
        check_settings(document.provenance.settings, "provenance.settings")
    except ValueError as fault:
        raise BadInputError(f"{name}: not a usable result ({fault}).") from fault
    return document if isinstance(document, Document) else bring_over(document)
