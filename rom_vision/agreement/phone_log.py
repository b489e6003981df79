"""What a phone's sensors logged: gravity, or one angle of its attitude, against time, from the CSV of any logger."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.legible import legible, shown
from rom_vision.pose.track import FloatArray

__all__ = ["APPS", "LogColumns", "PhoneLog", "columns_in", "columns_of", "preset_for", "read_log"]

_LARGEST = 100_000_000
_FEWEST = 50
_GRAVITY_MS2 = 9.81
_GRAVITY_SHARE = 0.15
"""How far the length of gravity may lie from 1 g or 9.81 m/s^2 (our own heuristic: a leg that swings slowly)."""


@dataclass(frozen=True)
class LogColumns:
    """Which columns of a log hold what: ``time``, and either the three of ``gravity`` or one ``angle`` in degrees."""

    time: str
    gravity: tuple[str, str, str] | None = None
    angle: str | None = None


@dataclass(frozen=True)
class PhoneLog:
    """A log. ``time_s`` (n,) rises from 0; ``gravity`` (n, 3) or ``angle_deg`` (n,), the other one None."""

    time_s: FloatArray
    gravity: FloatArray | None = None
    angle_deg: FloatArray | None = None


APPS: dict[str, tuple[LogColumns, ...]] = {
    "Sensor Logger": (LogColumns("seconds_elapsed", ("x", "y", "z")),),
    "phyphox": (
        LogColumns("Time (s)", ("Gravity x (m/s^2)", "Gravity y (m/s^2)", "Gravity z (m/s^2)")),
        LogColumns("Time (s)", ("Acceleration x (m/s^2)", "Acceleration y (m/s^2)", "Acceleration z (m/s^2)")),
    ),
    "Physics Toolbox": (LogColumns("time", ("gFx", "gFy", "gFz")),),
}
"""Columns as three common apps write them (Gravity.csv of Sensor Logger; phyphox with g; the g-force meter)."""


def columns_in(path: str | Path) -> tuple[str, ...]:
    """Return the names of the columns of a log; raise `BadInputError` if it is no table."""
    return tuple(_table(Path(path))[0])


def preset_for(names: Sequence[str]) -> tuple[str, LogColumns] | None:
    """Return the app that writes such columns, and which they are; None for another one's."""
    for app, kinds in APPS.items():
        for columns in kinds:
            if columns.gravity and {columns.time, *columns.gravity} <= set(names):
                return app, columns
    return None


def columns_of(time: str | None, gravity: str | None, angle: str | None) -> LogColumns | None:
    """Return the columns that somebody named, ``gravity`` as 'x,y,z'; None when nothing was named.

    Raises
    ------
    BadInputError
        If they are not the time, and three of gravity or one angle.
    """
    if time is None and gravity is None and angle is None:
        return None
    axes = tuple(name.strip() for name in gravity.split(",")) if gravity else None
    if time is None or (axes is None) == (angle is None) or (axes is not None and len(axes) != 3):
        raise BadInputError("Name the column of the time, and either the three of gravity (X,Y,Z) or one of an angle.")
    return LogColumns(time, axes, angle)


def read_log(path: str | Path, columns: LogColumns | None = None) -> PhoneLog:
    """Read a log.

    Parameters
    ----------
    path : CSV with a header; comma, semicolon or tab, decimal points or commas.
    columns : which columns hold what; None for one of `APPS`.

    Raises
    ------
    BadInputError
        If the file is no such table, a column is missing or holds no numbers, or no gravity is in it.
    """
    path = Path(path)
    header, rows = _table(path)
    if columns is None:
        known = preset_for(header)
        if known is None:
            raise BadInputError(
                f"{shown(path)}: not the columns of {', '.join(APPS)}. Say which column is the time, and which three "
                f"are gravity or which one is an angle. It has: {legible(', '.join(header))[:500]}."
            )
        columns = known[1]
    wanted = [columns.time, *(columns.gravity or ()), *((columns.angle,) if columns.angle else ())]
    if missing := [name for name in wanted if name not in header]:
        raise BadInputError(f"{shown(path)}: there is no column {legible(missing[0])[:100]!r}.")
    if len(wanted) == 1:
        raise BadInputError(f"{shown(path)}: say which three columns are gravity, or which one is an angle.")
    numbers = _numbers(path, rows, [header.index(name) for name in wanted])
    time_s = _seconds(path, numbers[:, 0])
    if columns.gravity:
        return PhoneLog(time_s, gravity=_gravity(path, numbers[:, 1:4]))
    return PhoneLog(time_s, angle_deg=np.degrees(np.unwrap(np.radians(numbers[:, 1]))))


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInputError(f"{shown(path)}: larger than any log of a test.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        raise BadInputError(
            f"{shown(path)}: cannot be read as a table ({getattr(fault, 'strerror', None)})."
        ) from fault
    first = text.split("\n", 1)[0]
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    except csv.Error as fault:
        raise BadInputError(f"{shown(path)}: is no CSV table ({fault}).") from fault
    if len(lines) < _FEWEST:
        raise BadInputError(f"{shown(path)}: holds too few rows for a log. Give the CSV that the app exports.")
    return [name.strip() for name in lines[0]], lines[1:]


def _numbers(path: Path, rows: list[list[str]], places: list[int]) -> FloatArray:
    """Return the cells that are numbers (n, k); rows in which one is missing are left out, many are a fault."""
    kept = []
    for row in rows:
        try:
            kept.append([float(row[place].strip().replace(",", ".")) for place in places])
        except (ValueError, IndexError):
            continue
    numbers = np.array(kept, float).reshape(-1, len(places))
    numbers = numbers[np.isfinite(numbers).all(axis=1)]
    if len(numbers) < max(_FEWEST - 1, len(rows) / 2):
        raise BadInputError(f"{shown(path)}: the columns that were named hold no numbers, for the most part.")
    return numbers


def _seconds(path: Path, time: FloatArray) -> FloatArray:
    """Return seconds from the start: logs count in seconds, milliseconds or nanoseconds."""
    step = float(np.median(np.diff(time)))
    unit = next((u for u in (1.0, 1e-3, 1e-6, 1e-9) if 0.001 <= step * u <= 0.2), None)  # 5 to 1000 a second
    if unit is None or (np.diff(time) < 0).any():
        raise BadInputError(
            f"{shown(path)}: the time does not rise evenly, or is too coarse: log at 20 times a second at least."
        )
    rising = np.asarray((time - time[0]) * unit, float)
    if rising[-1] > 3600:
        raise BadInputError(f"{shown(path)}: is longer than an hour; give the log of the test alone.")
    return rising


def _gravity(path: Path, vector: FloatArray) -> FloatArray:
    length = float(np.median(np.linalg.norm(vector, axis=1)))
    if min(abs(length - 1), abs(length / _GRAVITY_MS2 - 1)) > _GRAVITY_SHARE:
        raise BadInputError(
            f"{shown(path)}: there is no gravity in these columns (their length is {length:.1f}). Choose the gravity "
            "sensor, or the accelerometer with gravity, and the right three columns."
        )
    return vector
