"""What numbers, curves and texts of a document may be, whichever test it is of.

A document that comes from elsewhere may hold anything that JSON can say: numbers that are none, angles of 1e300,
curves that do not fit their times, megabytes of text. The limits are our own heuristics: far beyond what the program
writes, and within what every chart and file of ours can show. They follow the unit at the end of a field's name, so
that a new test need not state them again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from rom_vision.pose.track import MAX_FRAMES, MAX_TIME_S

__all__ = ["MAX_JSON_BYTES", "MAX_TEXT", "check_document", "check_moment", "check_settings"]

MAX_JSON_BYTES = 256 * 2**20
"""Longest document, far beyond an hour of video."""
MAX_TEXT = 100_000
"""Longest single text, characters. A refusal that names every dip of a long video is long."""
MAX_NAME = 2_000
"""Longest text that is no sentence: a name, a code, a unit, the description of a camera."""
MAX_KEY = 200
MAX_ALL_TEXT = 1_000_000
MAX_ITEMS = 10_000
"""Most repetitions, findings or sentences."""
MAX_DEPTH = 12
MAX_ANGLE_DEG = 360.0
"""For a value that stands for a session, a squat or a finding: a full turn."""
MAX_NUMBER = 1e6
"""For everything else: the curve of a refused recording may turn round and round."""
MAX_SPREAD_DEG = 1e8
"""Intervals and standard deviations: landmarks that fit no person have them so wide."""
_EARLIEST, _LATEST = datetime(1000, 1, 1, tzinfo=timezone.utc), datetime(2200, 1, 1, tzinfo=timezone.utc)
_SPREADS = ("ci95", "sd")
_SESSION_VALUES = ("value_deg", "best_deg", "knee_flexion_deg")
_SENTENCES = ("reasons", "warnings", "flags", "sentence", "source")

_CHOICES: dict[str, tuple[object, ...]] = {
    "legs": ("both", "left", "right"),
    "inference_rotation_deg": (0, 90, 180, 270),
}
_TEXTS = ("camera", "level", "position", "side", "mode")
_RANGES: dict[str, tuple[float, float]] = {
    "hfov_deg": (0.1, 179.9),
    "roll_deg": (-90.0, 90.0),
    "roll_sd_deg": (0.0, 90.0),
    "pitch_deg": (-90.0, 90.0),
    "pitch_sd_deg": (0.0, 90.0),
}
_LENS: dict[str, tuple[float, float]] = {
    "focal_px": (0.1, MAX_NUMBER),
    "focal_log_sd": (0.0, 2.0),
    "cx_px": (-MAX_NUMBER, MAX_NUMBER),
    "cy_px": (-MAX_NUMBER, MAX_NUMBER),
}
_DISTORTION = 5


def check_document(document: object) -> None:
    """Check everything in a document, or in any part of one.

    Parameters
    ----------
    document : a model, dataclass, mapping or sequence whose types have been checked already.

    Raises
    ------
    ValueError
        Naming the first field at fault and what is wrong with it: a number that is not finite or beyond its unit's
        limit, an interval upside down, a time before its beginning, a curve that does not fit its times, too much text.
    """
    characters = 0
    for text in _walk(document, "", MAX_NUMBER, 0):
        characters += len(text)
        if characters > MAX_ALL_TEXT:
            raise ValueError(f"all texts together: more than {MAX_ALL_TEXT:,} characters")


def check_moment(moment: datetime) -> datetime:
    """Return a timezone-aware moment unless no clock can be so wrong.

    Mistyped years are left alone as long as every calendar and file can hold them, with four digits.

    Raises
    ------
    ValueError
        If it is before the year 1000 or after 2199, UTC.
    """
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError(f"the year {moment.year} cannot be right")
    return moment


def check_settings(settings: Mapping[str, Any], where: str = "settings") -> None:
    """Check the settings that a result is measured again with: camera, lens, lean and legs, where they are given.

    Parameters
    ----------
    settings : of the provenance; names that are not known are left alone.
    where : what an error calls them.

    Raises
    ------
    ValueError
        If one of them is of another type, shape or size than the program writes.
    """
    for name, (low, high) in _RANGES.items():
        if settings.get(name) is not None:
            _check_within(settings[name], low, high, f"{where}.{name}")
    for name in _TEXTS:
        if not isinstance(settings.get(name, ""), str):
            raise ValueError(f"{where}.{name}: {_shown(settings[name])} is no text")
    for name, choices in _CHOICES.items():
        if name in settings and (isinstance(settings[name], bool) or settings[name] not in choices):
            raise ValueError(f"{where}.{name}: {_shown(settings[name])} is none of {', '.join(map(str, choices))}")
    if "lens" in settings:
        _check_lens(settings["lens"], f"{where}.lens")
        if "camera" not in settings:
            raise ValueError(f"{where}.camera: is missing beside the lens")


def _check_lens(lens: object, where: str) -> None:
    if not isinstance(lens, Mapping):
        raise ValueError(f"{where}: {_shown(lens)} is no description of a lens")
    for name, (low, high) in _LENS.items():
        _check_within(lens.get(name), low, high, f"{where}.{name}")
    distortion = lens.get("distortion")
    if not isinstance(distortion, Sequence) or isinstance(distortion, str) or len(distortion) != _DISTORTION:
        raise ValueError(f"{where}.distortion: {_shown(distortion)} is not {_DISTORTION} numbers")
    for number, value in enumerate(distortion):
        _check_within(value, -MAX_NUMBER, MAX_NUMBER, f"{where}.distortion.{number}")


def _check_within(value: object, low: float, high: float, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{where}: {_shown(value)} is no number")
    if not low <= value <= high:  # NaN fails both
        raise ValueError(f"{where}: {_shown(value)} is not between {low:g} and {high:g}")


# -- the walk through a document -------------------------------------------------------------------------------------


def _walk(value: object, where: str, limit: float, depth: int) -> Iterator[str]:
    """Check a value and everything in it; yield the texts. ``limit`` is the most that a number may be here."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        spoken = any(part in _SENTENCES for part in where.split("."))
        if len(value) > (MAX_TEXT if spoken else MAX_NAME):
            raise ValueError(f"{where or 'the text'}: {len(value):,} characters are too many")
        yield value
    elif isinstance(value, (int, float)):
        _check_number(value, where, limit)
    elif depth >= MAX_DEPTH:
        raise ValueError(f"{where}: nested too deeply")
    elif (members := _members(value)) is not None:
        if len(members) > MAX_ITEMS:
            raise ValueError(f"{where or 'the whole'}: {len(members):,} entries are too many")
        inherited = MAX_ANGLE_DEG if members.get("unit") == "deg" and "start_s" not in members else limit
        for name, member in members.items():
            if len(name) > MAX_KEY:
                raise ValueError(f"{where or 'the whole'}: a name of {len(name):,} characters is too long")
            yield from _walk(member, _below(where, name), _limit_of(name, inherited), depth + 1)
        _check_together(members, where)
    elif isinstance(value, Sequence):
        yield from _walk_sequence(value, where, limit, depth)


def _members(value: object) -> dict[str, Any] | None:
    """Return the named members of a model, dataclass or mapping; None of anything else."""
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return {str(name): member for name, member in value.items()} if isinstance(value, Mapping) else None


def _limit_of(name: str, inherited: float) -> float:
    """Return the most that a number of this name may be: its unit says so, or that of what it belongs to."""
    if name.endswith("_s"):
        return MAX_TIME_S
    if name.endswith("repetitions"):
        return MAX_NUMBER
    if name.startswith(_SPREADS) or "_sd_" in name:
        return MAX_SPREAD_DEG
    if name.endswith("_deg"):
        return MAX_ANGLE_DEG if name in _SESSION_VALUES else MAX_NUMBER
    return inherited


def _walk_sequence(values: Sequence[object], where: str, limit: float, depth: int) -> Iterator[str]:
    numbers = all(v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)) for v in values)
    if len(values) > (MAX_FRAMES if numbers else MAX_ITEMS):
        raise ValueError(f"{where}: {len(values):,} entries are too many")
    if not numbers:
        for number, value in enumerate(values):
            yield from _walk(value, f"{where}.{number}", limit, depth + 1)
        return
    for number, value in enumerate(values):
        if value is not None and not -limit <= value <= limit:  # type: ignore[operator]
            _check_number(value, f"{where}.{number}", limit)  # type: ignore[arg-type]
    name = where.rpartition(".")[2]
    if name.startswith("ci95") and len(values) == 2 and None not in values and values[0] > values[1]:  # type: ignore[operator]
        raise ValueError(f"{where}: its lower end {_shown(values[0])} lies above its upper end {_shown(values[1])}")


def _check_together(members: Mapping[str, Any], where: str) -> None:
    """Check what fields beside each other have to agree in: a curve with its times, a beginning with its end."""
    for begin, end in (("start_s", "end_s"), ("hold_start_s", "hold_end_s")):
        one, other = members.get(begin), members.get(end)
        if isinstance(one, (int, float)) and isinstance(other, (int, float)) and one > other:
            raise ValueError(f"{_below(where, end)}: {_shown(other)} lies before {begin}, {_shown(one)}")
    columns = {name: c for name, c in members.items() if isinstance(c, Sequence) and not isinstance(c, str)}
    times = columns.get("time_s")
    if times is None:
        if columns and where.rpartition(".")[2] == "series":
            raise ValueError(f"{where}: has no time_s")
        return
    _check_times(times, _below(where, "time_s"))
    for name, column in columns.items():
        if len(column) != len(times):
            raise ValueError(
                f"{_below(where, name)}: {len(column)} values do not fit the {len(times)} moments of time_s"
            )


def _check_times(times: Sequence[Any], where: str) -> None:
    if any(t is None for t in times):
        raise ValueError(f"{where}: a moment is missing")
    for number, (before, after) in enumerate(pairwise(times), 1):
        if not before <= after:
            raise ValueError(f"{where}.{number}: {_shown(after)} comes after {_shown(before)}, so time runs backwards")
    if len(times) > 1 and times[0] == times[-1]:
        raise ValueError(f"{where}: all {len(times)} moments are alike")


def _check_number(value: float, where: str, limit: float) -> None:
    if not -limit <= value <= limit:  # NaN fails both
        wrong = f"is beyond {limit:g}, the most it can be" if abs(value) < math.inf else "is no number"
        raise ValueError(f"{where or 'the number'}: {_shown(value)} {wrong}")


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _shown(value: object) -> str:
    """Return a value for a sentence, never a long one."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else "a whole number of more than 15 digits"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
