"""Results and curves as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from rom_vision.files import write_bytes
from rom_vision.results.document import Document
from rom_vision.results.parts import Finding, MeasureSide, Repetition

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
        test: Row = {"test": document.test, "status": document.status}
        test |= {"position": document.position, "mode": document.mode, "side": document.side}
        for row in _rows(document):
            writer.writerow({key: safe_cell(value) for key, value in {**common, **test, **row}.items()})
    return out.getvalue()


def write_curve_csv(document: Document, path: str | Path) -> None:
    """Write only the curves of one result: time and one column for each angle, empty where not measured."""
    spreads = [name for name in document.series if "_sd_" in name]
    columns: dict[str, Sequence[float | None]] = {
        f"sd_{name.rpartition('_')[2]}" if spreads == [name] else name: values
        for name, values in document.series.items()
    }
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


def _rows(d: Document) -> Iterable[Row]:
    graded = {f.code for f in d.findings}  # what is a finding has rows of its own
    for m in (m for m in d.measures if m.quantity not in graded):
        low, high = m.ci95 or (None, None)
        of: Row = {"record": "result", "side": _side(m.side), "quantity": m.quantity, "unit": m.unit}
        said = f"mean of {m.n_repetitions}" if m.n_repetitions else ""
        yield {**of, "value": m.value, "ci95_low": low, "ci95_high": high, "text": said}
        if m.best is not None:
            yield {**of, "quantity": f"{m.quantity}_best", "value": m.best}
    for quantity, texts in (("reason", d.reasons), ("warning", d.warnings)):
        for text in texts:
            yield {"record": "result", "quantity": quantity, "text": text}
    if d.view is not None:
        seen: Row = {"value": d.view.azimuth_deg, "unit": "deg", "text": d.view.name}
        yield {"record": "result", "quantity": "view", **seen}
    for number, r in enumerate(d.repetitions, 1):
        yield from _repetition_rows(number, r)
    for f in d.findings:
        yield from _finding_rows(f)
    if d.status == "measured":  # a curve of what could not be measured would be taken for one that was
        yield from _curve_rows(d)


def _repetition_rows(number: int, r: Repetition) -> Iterable[Row]:
    at: Row = {"record": "repetition", "repetition": number, "valid": r.valid}
    if r.value is not None:
        low, high = r.ci95 or (None, None)
        value: Row = {"value": r.value, "unit": r.unit, "ci95_low": low, "ci95_high": high}
        start: Row = {"time_s": r.at_s if r.hold_start_s is None else r.hold_start_s}
        yield {**at, **start, "quantity": r.quantity, **value, "text": " ".join((r.note, *r.flags)).strip()}
    for name, number_of in r.values.items():
        words, _, unit = name.rpartition("_")
        side, _, quantity = words.partition("_")
        of: Row = {"side": side, "quantity": quantity} if side in ("left", "right") else {"quantity": words}
        yield {**at, "time_s": r.at_s, **of, "value": number_of, "unit": unit, "text": "" if "side" in of else r.note}


def _finding_rows(f: Finding) -> Iterable[Row]:
    found: Row = {"record": "finding", "side": f.side, "time_s": f.worst_time_s, "unit": f.unit}
    valid = f.severity != "not_assessable"
    yield {**found, "quantity": f.code, "value": f.value, "valid": valid, "text": f"{f.severity}: {f.sentence}"}
    if f.change_from_standing is not None:
        low, high = f.ci95 or (None, None)
        change: Row = {"value": f.change_from_standing, "ci95_low": low, "ci95_high": high, "valid": valid}
        yield {**found, **change, "quantity": f"{f.code}_change_from_standing"}


def _curve_rows(d: Document) -> Iterable[Row]:
    for name, values in d.series.items():
        words, _, unit = name.rpartition("_")
        if name == "time_s" or words.endswith("_sd"):
            continue
        spread = d.curve(f"{words}_sd_{unit}") or [None] * len(values)
        for time_s, value, sd in zip(d.time_s, values, spread, strict=True):
            yield {"record": "curve", "quantity": words, "time_s": time_s, "value": value, "unit": unit, "sd": sd}


def _side(side: MeasureSide) -> str:
    return "" if side == "both" else side
