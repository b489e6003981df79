"""Readings of a reference from a table: whose recording, how much, who read it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from rom_vision.batch.table_in import rows_of
from rom_vision.errors import BadInputError
from rom_vision.legible import legible, shown
from rom_vision.sessions import SavedResult, SavedSession, SessionStore
from rom_vision.sessions.records import MAX_READING
from rom_vision.sessions.studies import NewReadings

__all__ = ["TABLE_COLUMNS", "choose_result", "read_table"]

TABLE_COLUMNS = ("session", "file", "person", "test", "position", "side", "value", "rater", "operator", "blind")
_MOST_FAULTS = 20
_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}


def read_table(store: SessionStore, quantity: str, path: str | Path) -> list[NewReadings]:
    """Return the readings of a table, a row for each; a row without a value takes its result into the study.

    Parameters
    ----------
    store : that keeps the results.
    quantity : of the study.
    path : CSV or XLSX with the columns of `TABLE_COLUMNS`; a result is named by ``session``, or by ``file`` (the name
        of its recording) and ``person``, with ``test``, ``position`` and ``side`` where these are several.

    Raises
    ------
    BadInputError
        Naming every fault at once, each with its row.
    """
    found, faults = [], []
    sessions: dict[str, list[SavedSession]] = {}
    for row, cells in rows_of(path, TABLE_COLUMNS):
        try:
            found.append(_readings(store, quantity, cells, sessions))
        except BadInputError as fault:
            faults.append(f"row {row}: {str(fault).rstrip('.')}")
    if not found and not faults:
        faults.append("it has no rows")
    if faults:
        more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        raise BadInputError(f"{shown(path)}: {'; '.join(faults[:_MOST_FAULTS])}{more}.")
    return found


def _readings(
    store: SessionStore, quantity: str, cells: Mapping[str, str], sessions: dict[str, list[SavedSession]]
) -> NewReadings:
    side = cells.get("side", "").lower() or None
    result = choose_result(
        [r for s in _sessions(store, cells, sessions) for r in s.results if _is_of(r, cells.get("file", ""))],
        quantity,
        test=cells.get("test") or None,
        position=cells.get("position", "").lower() or None,
        side=side,
    )
    blind = cells.get("blind", "").lower()
    if blind and blind not in _YES_NO:
        raise BadInputError(f"blind is {legible(blind[:40])!r}; write yes or no")
    own = result.document.side is not None  # then the side names the result, not one of its measures
    return NewReadings(
        result.id,
        _value(cells.get("value", "")),
        None if own else side,
        cells.get("rater", ""),
        cells.get("operator") or None,
        _YES_NO.get(blind, False),
    )


def _sessions(
    store: SessionStore, cells: Mapping[str, str], known: dict[str, list[SavedSession]]
) -> list[SavedSession]:
    number, person = cells.get("session", ""), cells.get("person", "")
    if number:
        if not number.isdecimal() or len(number) > 9:
            raise BadInputError(f"there is no session {legible(number[:40])!r}")
        if number not in known:
            known[number] = [store.session(int(number))]
        return known[number]
    if not (person and cells.get("file")):
        raise BadInputError("it names no result: give the session, or file and person")
    if person not in known:
        known[person] = list(store.readable(person))
    return known[person]


def _is_of(result: SavedResult, file: str) -> bool:
    return not file or Path(result.document.provenance.video).name == Path(file).name


def _value(text: str) -> tuple[float, ...]:
    if not text:
        return ()
    try:
        value = float(text.replace(",", ".").rstrip("°").strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > MAX_READING:
        raise BadInputError(f"the value {legible(text[:40])!r} is no angle in degrees")
    return (value,)


def choose_result(
    results: list[SavedResult],
    quantity: str,
    *,
    test: str | None = None,
    position: str | None = None,
    side: str | None = None,
) -> SavedResult:
    """Return the one result that is meant.

    Those that hold the quantity come before refused ones, unless that leaves several.

    Raises
    ------
    BadInputError
        If there is none, or several.
    """
    fits = [
        r
        for r in results
        if (test is None or r.document.test == test.lower().replace(" ", "_").replace("-", "_"))
        and (position is None or r.document.position == position)
        and (side is None or r.document.side in (side, None))
    ]
    measured = [r for r in fits if any(m.quantity == quantity for m in r.document.measures)]
    chosen = measured or [r for r in fits if r.document.status == "refused"]
    if len(chosen) == 1:
        return chosen[0]
    what = quantity.replace("_", " ")
    if not chosen:
        raise BadInputError(f"there is no such result with {what}")
    kinds = ", ".join(
        " ".join(word for word in (r.document.test, r.document.position, r.document.side) if word) for r in chosen[:6]
    )
    raise BadInputError(f"there are {len(chosen)} such results with {what} ({kinds}): say which position and side")
