"""When a video was filmed: what the file says of itself, else what its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from rom_vision.capture.source import open_video

__all__ = ["Filmed", "date_in_name", "filmed_at"]

_KEYS = ("com.apple.quicktime.creationdate", "creation_time", "date")
"""Phones of Apple write local time with its zone into the first; the second is UTC (ISO/IEC 14496-12)."""
_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[-_ T.]*(?:at )?([01]\d|2[0-3])[-_.:h]?([0-5]\d)[-_.:m]?([0-5]\d))?(?!\d{6})"
)
_FIRST_YEAR = 1995
"""Clocks that were never set say 1904 or 1970."""


@dataclass(frozen=True)
class Filmed:
    """When a video was filmed, local time with its zone, and who says so; a name often knows only the day."""

    moment: datetime
    source: Literal["file", "name"]


def filmed_at(path: str | Path, name: str | None = None) -> Filmed | None:
    """Return when a video was filmed; None where neither the file nor its name tells.

    Parameters
    ----------
    path : the video.
    name : as its owner calls it; None takes the path's.

    Raises
    ------
    BadInputError
        If the file is no video.
    """
    with open_video(Path(path)) as (container, stream):
        said = {**stream.metadata, **container.metadata}
    for key in _KEYS:
        moment = _moment(said.get(key, ""))
        if moment is not None:
            return Filmed(moment, "file")
    moment = date_in_name(name or Path(path).name)
    return None if moment is None else Filmed(moment, "name")


def date_in_name(name: str) -> datetime | None:
    """Return the date that a file's name holds, e.g. 'VID_20260131_183005.mp4'; at noon where it holds no time."""
    for found in _IN_NAME.finditer(name):
        year, month, day, *clock = (None if part is None else int(part) for part in found.groups())
        hour, minute, second = (12, 0, 0) if clock[0] is None else clock
        try:
            moment = datetime(year, month, day, hour, minute, second).astimezone()  # type: ignore[arg-type]
        except ValueError:  # 31 February
            continue
        if _possible(moment):
            return moment
    return None


def _moment(text: str) -> datetime | None:
    written = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text.strip().replace("Z", "+00:00"))
    try:
        moment = datetime.fromisoformat(re.sub(r"\.\d+", "", written))
    except ValueError:
        return None
    # What is in UTC is told in local time; a zone of its own is kept.
    local = moment.astimezone() if not moment.utcoffset() else moment
    return local if len(text.strip()) > len("2026-01-31") and _possible(local) else None


def _possible(moment: datetime) -> bool:
    return moment.year >= _FIRST_YEAR and moment <= datetime.now().astimezone() + timedelta(hours=1)
