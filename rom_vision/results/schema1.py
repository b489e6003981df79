"""Schema 1, which version 0.1.0 wrote: read and brought over, and its fields written beside those of schema 2.

Whoever reads the JSON of the hip rotation test or of the squat screen by the names that 0.1.0 gave still finds them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from rom_vision.results.document import Document, Provenance
from rom_vision.results.parts import (
    Finding,
    Measure,
    Mode,
    Position,
    Repetition,
    Series,
    Side,
    Status,
    View,
)
from rom_vision.results.squat import squat_measures

__all__ = ["HipRotation1", "Schema1", "Squat1", "bring_over", "parse_schema1", "with_schema1_fields"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class RotationValue1(_Model):
    """Session value of one direction: a magnitude, relative to the pelvis; the mean of the valid repetitions."""

    value_deg: float
    ci95_deg: tuple[float, float]
    best_deg: float
    n_repetitions: int


class Swing1(_Model):
    """One swing out and back; ``peak_deg`` is the mean over the hold, a magnitude."""

    direction: Literal["internal", "external"]
    start_s: float
    hold_start_s: float
    hold_end_s: float
    end_s: float
    peak_deg: float
    ci95_deg: tuple[float, float]
    valid: bool
    flags: tuple[str, ...] = ()


class Curve1(_Model):
    """Hip rotation over time, internal +, relative to the pelvis; null where the person was not found."""

    time_s: tuple[float, ...]
    hip_rotation_deg: tuple[float | None, ...]
    sd_deg: tuple[float | None, ...]


class HipRotation1(_Model):
    """Result of a hip rotation test. Degrees and seconds; rotation relative to the pelvis, internal +."""

    test: Literal["hip_rotation"] = "hip_rotation"
    position: Position
    side: Side
    mode: Mode
    status: Status
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    internal_rotation: RotationValue1 | None
    external_rotation: RotationValue1 | None
    rest_deg: float | None
    shank_inclination_deg: float | None
    pelvis_compensation_deg: float | None
    repetitions: tuple[Swing1, ...]
    curve: Curve1
    provenance: Provenance


class KneeFlexion1(_Model):
    """Knee flexion of both legs at the bottom of a squat."""

    left: float | None
    right: float | None


class SquatRepetition1(_Model):
    """One squat: standing, bottom, standing."""

    start_s: float
    bottom_s: float
    end_s: float
    knee_flexion_deg: KneeFlexion1
    thigh_below_horizontal_deg: float | None
    depth: str


class Squat1(_Model):
    """Result of a squat screen."""

    test: Literal["squat"] = "squat"
    status: Status
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    view: View
    repetitions: tuple[SquatRepetition1, ...]
    findings: tuple[Finding, ...]
    series: Series
    provenance: Provenance


Schema1 = HipRotation1 | Squat1

_SCHEMA1: TypeAdapter[Schema1] = TypeAdapter(Annotated[Schema1, Field(discriminator="test")])

# Numbers beside the value of a hip rotation test: name in schema 1, quantity, words.
_BESIDE = (
    ("rest_deg", "rest", "rotation at rest"),
    ("shank_inclination_deg", "shank_inclination", "shank inclination against gravity"),
    ("pelvis_compensation_deg", "pelvis_compensation", "change of pelvis list"),
)
_SIDES: tuple[Side, Side] = ("left", "right")


def parse_schema1(read: object) -> Schema1:
    """Read a document of schema 1 from its JSON, already parsed; pydantic's `ValidationError` if it is none."""
    return _SCHEMA1.validate_python(read)


def bring_over(old: Schema1) -> Document:
    """Return a document of schema 1 as one of this schema."""
    return _rotation(old) if isinstance(old, HipRotation1) else _squat(old)


def _rotation(old: HipRotation1) -> Document:
    measures: list[Measure] = []
    for direction in ("internal", "external"):
        value: RotationValue1 | None = getattr(old, f"{direction}_rotation")
        if value is None:
            continue
        measures.append(
            Measure(
                quantity=f"{direction}_rotation",
                words=f"{direction} rotation",
                side=old.side,
                value=value.value_deg,
                ci95=value.ci95_deg,
                best=value.best_deg,
                n_repetitions=value.n_repetitions,
                repetitions=tuple(r.peak_deg for r in old.repetitions if r.valid and r.direction == direction),
                norm=f"{direction}_rotation",
                error="hip_rotation",
            )
        )
    for name, quantity, words in _BESIDE:
        if (number := getattr(old, name)) is not None:
            measures.append(Measure(quantity, words, old.side, number))
    return Document(
        test=old.test,
        options={"position": old.position, "side": old.side, "mode": old.mode},
        status=old.status,
        reasons=old.reasons,
        warnings=old.warnings,
        measures=tuple(measures),
        repetitions=tuple(
            Repetition(
                r.start_s,
                r.end_s,
                (r.hold_start_s + r.hold_end_s) / 2,
                f"{r.direction}_rotation",
                r.peak_deg,
                ci95=r.ci95_deg,
                hold_start_s=r.hold_start_s,
                hold_end_s=r.hold_end_s,
                valid=r.valid,
                flags=r.flags,
            )
            for r in old.repetitions
        ),
        series={
            "time_s": old.curve.time_s,
            "hip_rotation_deg": old.curve.hip_rotation_deg,
            "hip_rotation_sd_deg": old.curve.sd_deg,
        },
        provenance=old.provenance,
    )


def _squat(old: Squat1) -> Document:
    repetitions = tuple(
        Repetition(
            r.start_s,
            r.end_s,
            r.bottom_s,
            values={
                "left_knee_flexion_deg": r.knee_flexion_deg.left,
                "right_knee_flexion_deg": r.knee_flexion_deg.right,
                "thigh_below_horizontal_deg": r.thigh_below_horizontal_deg,
            },
            note=r.depth,
        )
        for r in old.repetitions
    )
    return Document(
        test=old.test,
        options={"legs": str(old.provenance.settings.get("legs") or "both")},
        status=old.status,
        reasons=old.reasons,
        warnings=old.warnings,
        view=old.view,
        measures=squat_measures(repetitions, old.findings) if old.status == "measured" else (),
        repetitions=repetitions,
        findings=old.findings,
        series=old.series,
        provenance=old.provenance,
    )


# -- written beside schema 2 -----------------------------------------------------------------------------------------


def with_schema1_fields(document: Document, written: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of a document with the fields that schema 1 had for its test.

    Parameters
    ----------
    document : the document.
    written : its JSON by schema 2; not changed.
    """
    fields = {"hip_rotation": _rotation_fields, "squat": _squat_fields}.get(document.test)
    if fields is None:
        return written
    of_document, of_repetition = fields(document)
    repetitions = [{**asdict(r), **of_repetition(r)} for r in document.repetitions]
    return {**written, **of_document, "repetitions": repetitions}


_Fields = tuple[dict[str, Any], Callable[[Repetition], dict[str, Any]]]


def _rotation_fields(d: Document) -> _Fields:
    fields: dict[str, Any] = {name: d.options.get(name) for name in ("position", "side", "mode")}
    for quantity in ("internal_rotation", "external_rotation"):
        m = d.measure(quantity)
        fields[quantity] = m and {
            "value_deg": m.value,
            "ci95_deg": m.ci95,
            "best_deg": m.value if m.best is None else m.best,
            "n_repetitions": m.n_repetitions,
        }
    for name, quantity, _ in _BESIDE:
        m = d.measure(quantity)
        fields[name] = m.value if m else None
    names = {"time_s": "time_s", "hip_rotation_deg": "hip_rotation_deg", "sd_deg": "hip_rotation_sd_deg"}
    fields["curve"] = {old: list(d.curve(new)) for old, new in names.items()}

    def repetition(r: Repetition) -> dict[str, Any]:
        return {"direction": r.quantity.removesuffix("_rotation"), "peak_deg": r.value, "ci95_deg": r.ci95}

    return fields, repetition


def _squat_fields(d: Document) -> _Fields:
    view = d.view or View("unknown", None)

    def repetition(r: Repetition) -> dict[str, Any]:
        return {
            "bottom_s": r.at_s,
            "knee_flexion_deg": {side: r.values.get(f"{side}_knee_flexion_deg") for side in _SIDES},
            "thigh_below_horizontal_deg": r.values.get("thigh_below_horizontal_deg"),
            "depth": r.note,
        }

    return {"view": {"name": view.name, "azimuth_deg": view.azimuth_deg}}, repetition
