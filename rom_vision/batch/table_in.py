"""Tables that people made in a spreadsheet, CSV or XLSX, read row by row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rom_vision.errors import BadInputError
from rom_vision.legible import shown

__all__ = ["column_name", "rows_of"]

_LARGEST = 20_000_000
_LARGEST_UNPACKED = 200_000_000
_MOST_ROWS, _MOST_COLUMNS = 100_000, 200
"""Beyond what anybody fills in by hand (our own heuristics)."""


def rows_of(
    table: str | Path, known: Sequence[str], needed: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells of each row that is not empty; the header is row 1. Cells are text without outer space.

    Parameters
    ----------
    table : CSV (comma, semicolon or tab; UTF-8), or the first sheet of an XLSX workbook.
    known : names of columns; upper case, spaces and hyphens do not matter.
    needed : those that have to be there.

    Raises
    ------
    BadInputError
        If the file is no such table, or its columns are not those that are known.
    """
    path = Path(table)
    lines = _lines(path)
    header = [column_name(name) for name in lines[0]] if lines else []
    faults = [f"there is no column {name!r}" for name in header if name and name not in known]
    faults += [f"the column {name!r} is there twice" for name, n in Counter(header).items() if name and n > 1]
    faults += [f"the column {name!r} is missing" for name in needed if name not in header]
    if faults:
        raise BadInputError(f"{shown(path)}: {'; '.join(faults)}. Columns: {', '.join(known)}.")
    for row, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            yield row, {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}


def column_name(name: str) -> str:
    """Return a column's name as it is compared."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def _lines(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInputError(f"{shown(path)}: larger than any such table.")
        data = path.read_bytes()
    except (OSError, ValueError) as fault:
        raise BadInputError(f"{shown(path)}: cannot be read ({getattr(fault, 'strerror', fault)}).") from fault
    if data.startswith(b"PK\x03\x04"):
        return _workbook(path, data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInputError(f"{shown(path)}: is an old workbook (XLS). Save the table as XLSX or CSV and give that.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError(f"{shown(path)}: is no UTF-8 text. Save the table as CSV (UTF-8).") from None
    first = text.split("\n", 1)[0]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    except csv.Error as fault:
        raise BadInputError(f"{shown(path)}: is no CSV table ({fault}).") from fault


def _workbook(path: Path, data: bytes) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > _LARGEST_UNPACKED:
                raise BadInputError(f"{shown(path)}: larger than any such table.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            limits = {"max_row": _MOST_ROWS, "max_col": min(sheet.max_column or _MOST_COLUMNS, _MOST_COLUMNS)}
            return [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True, **limits)]
        finally:
            book.close()
    except BadInputError:
        raise
    except Exception as fault:  # damaged workbooks make the library raise errors of nearly every kind
        raise BadInputError(f"{shown(path)}: is no workbook that can be read. Save the table as CSV.") from fault


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes") if cell.hour or cell.minute else cell.date().isoformat()
    return str(cell)
