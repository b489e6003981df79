"""Results and curves as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from rom_vision.files import write_bytes
from rom_vision.results.document import Document, HipRotationDocument, SquatDocument
from rom_vision.results.parts import RotationValue

__all__ = ["BYTE_ORDER_MARK", "CSV_COLUMNS", "csv_of", "safe_cell", "write_curve_csv"]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Goes before CSV in a file: without it spreadsheets read names of other scripts wrongly."""

CSV_COLUMNS = (
    "record",
    "person",
    "taken_at",
    "test",
    "position",
    "mode",
    "side",
    "status",
    "quantity",
    "repetition",
    "time_s",
    "value",
    "unit",
    "ci95_low",
    "ci95_high",
    "sd",
    "valid",
    "text",
)
"""One row is one fact: ``record`` is result, repetition, finding or curve."""

Row = dict[str, object]


def csv_of(documents: Iterable[Document], *, person: str | None = None, taken_at: datetime | None = None) -> str:
    """Return results and curves of one session as CSV text, one fact a row (columns: `CSV_COLUMNS`).

    Empty cells are missing values. Times within a test are seconds from the start of its video.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    common: Row = {"person": person or "", "taken_at": taken_at.isoformat(timespec="seconds") if taken_at else ""}
    for document in documents:
        rows = _rotation_rows(document) if isinstance(document, HipRotationDocument) else _squat_rows(document)
        test: Row = {"test": document.test, "status": document.status}
        for row in rows:
            writer.writerow({key: safe_cell(value) for key, value in {**common, **test, **row}.items()})
    return out.getvalue()


def write_curve_csv(document: Document, path: str | Path) -> None:
    """Write only the curves of one result: time and one column for each angle, empty where not measured."""
    if isinstance(document, HipRotationDocument):
        curve = document.curve
        columns: dict[str, Sequence[float | None]] = {
            "time_s": curve.time_s,
            "hip_rotation_deg": curve.hip_rotation_deg,
            "sd_deg": curve.sd_deg,
        }
    else:
        columns = dict(document.series)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if v is None else round(v, 4) for v in row] for row in zip(*columns.values(), strict=True))
    write_bytes(path, out.getvalue().encode())


def safe_cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula: text that begins like one gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")):
        return f"'{value}"
    return value


def _rotation_rows(document: HipRotationDocument) -> Iterable[Row]:
    d = document
    test: Row = {"position": d.position, "mode": d.mode, "side": d.side}
    for quantity in ("internal_rotation", "external_rotation"):
        value: RotationValue | None = getattr(d, quantity)
        if value is not None:
            low, high = value.ci95_deg
            found: Row = {"value": value.value_deg, "unit": "deg", "ci95_low": low, "ci95_high": high}
            yield {**test, "record": "result", "quantity": quantity, **found, "text": f"mean of {value.n_repetitions}"}
            best: Row = {"quantity": f"{quantity}_best", "value": value.best_deg, "unit": "deg"}
            yield {**test, "record": "result", **best}
    for quantity in ("rest_deg", "shank_inclination_deg", "pelvis_compensation_deg"):
        if (number := getattr(d, quantity)) is not None:
            yield {**test, "record": "result", "quantity": quantity[:-4], "value": number, "unit": "deg"}
    yield from (test | remark for remark in _remarks(d))
    for number, r in enumerate(d.repetitions, 1):
        yield {
            **test,
            "record": "repetition",
            "quantity": f"{r.direction}_rotation",
            "repetition": number,
            "time_s": r.hold_start_s,
            "value": r.peak_deg,
            "unit": "deg",
            "ci95_low": r.ci95_deg[0],
            "ci95_high": r.ci95_deg[1],
            "valid": r.valid,
            "text": " ".join(r.flags),
        }
    if d.status == "refused":
        return  # a curve of what could not be measured would be taken for one that was
    curve = d.curve
    for time_s, angle, sd in zip(curve.time_s, curve.hip_rotation_deg, curve.sd_deg, strict=True):
        point: Row = {"time_s": time_s, "value": angle, "unit": "deg", "sd": sd}
        yield {**test, "record": "curve", "quantity": "hip_rotation", **point}


def _remarks(document: Document) -> Iterable[Row]:
    for quantity, texts in (("reason", document.reasons), ("warning", document.warnings)):
        for text in texts:
            yield {"record": "result", "quantity": quantity, "text": text}


def _squat_rows(document: SquatDocument) -> Iterable[Row]:
    d = document
    yield from _remarks(d)
    yield {"record": "result", "quantity": "view", "value": d.view.azimuth_deg, "unit": "deg", "text": d.view.name}
    for number, r in enumerate(d.repetitions, 1):
        at: Row = {"record": "repetition", "repetition": number, "time_s": r.bottom_s, "unit": "deg"}
        for side in ("left", "right"):
            yield {**at, "side": side, "quantity": "knee_flexion", "value": getattr(r.knee_flexion_deg, side)}
        yield {
            **at,
            "quantity": "thigh_below_horizontal",
            "value": r.thigh_below_horizontal_deg,
            "text": r.depth,
        }
    for f in d.findings:
        found: Row = {"record": "finding", "side": f.side, "time_s": f.worst_time_s, "unit": f.unit}
        valid = f.severity != "not_assessable"
        yield {**found, "quantity": f.code, "value": f.value, "valid": valid, "text": f"{f.severity}: {f.sentence}"}
        if f.change_from_standing is not None:
            low, high = f.ci95 or (None, None)
            change: Row = {"value": f.change_from_standing, "ci95_low": low, "ci95_high": high, "valid": valid}
            yield {**found, **change, "quantity": f"{f.code}_change_from_standing"}
    if d.status == "refused":
        return
    times = d.series.get("time_s", ())
    for name, values in d.series.items():
        if name != "time_s":
            quantity, _, unit = name.rpartition("_")
            for time_s, value in zip(times, values, strict=True):
                yield {"record": "curve", "quantity": quantity, "time_s": time_s, "value": value, "unit": unit}
