"""One row for each recording of a batch."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from rom_vision.batch.folder import Done
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.report.tables import safe_cell
from rom_vision.results.parts import Measure

__all__ = ["found_in", "main_measure", "table_of"]

_COLUMNS = (
    *("file", "person", "date", "test", "options", "status", "quantity", "value", "unit", "ci95_low", "ci95_high"),
    *("findings", "reasons", "warnings", "document", "picture"),
)


def table_of(done: Sequence[Done]) -> str:
    """Return the table as CSV: what was asked, the main value with its 95 % interval, findings, reasons."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for d in done:
        m = main_measure(d)
        low, high = (m.ci95 or (None, None)) if m else (None, None)
        r = d.recording
        row = {
            "file": r.path.name,
            "person": r.person,
            "date": r.filmed.isoformat(timespec="minutes") if r.filmed else None,
            "test": r.request.test,
            "options": " ".join(f"{name}={value}" for name, value in r.request.options.items()),
            "status": d.status,
            **({"quantity": m.quantity, "value": m.value, "unit": m.unit} if m else {}),
            "ci95_low": low,
            "ci95_high": high,
            "findings": "; ".join(found_in(d)),
            "reasons": " ".join(d.reasons),
            "warnings": " ".join(d.document.warnings) if d.document else None,
            "document": d.document_name,
            "picture": d.picture_name,
        }
        writer.writerow([safe_cell(row.get(name)) for name in _COLUMNS])
    return out.getvalue()


def main_measure(done: Done) -> Measure | None:
    """Return the number that is shown first of a result; None if it has none."""
    if done.document is None or done.document.status != "measured":
        return None
    headlines = presenter_of(done.document.test).headlines(done.document, None)
    return headlines[0].measure if headlines else None


def found_in(done: Done) -> list[str]:
    """Return the findings that were made, e.g. 'knee valgus, left: marked'."""
    if done.document is None:
        return []
    return [
        f"{f.code.replace('_', ' ')}, {f.side}: {f.severity}"
        for f in done.document.findings
        if f.severity in ("mild", "marked")
    ]
