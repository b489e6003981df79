"""What a batch is to do: files, whose they are, and what is measured on each; every fault of it named at once."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from rom_vision.batch.table_in import column_name, rows_of
from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.errors import BadInputError
from rom_vision.legible import shown
from rom_vision.protocols.registry import NOT_OFFERED, find_protocol, protocols

__all__ = ["Recording", "Request", "read_plan", "recordings_in"]

_VIDEOS = re.compile(r"\.(mp4|m4v|mov|mkv|webm|avi|m?ts|m2ts|mpe?g|3gp|wmv|flv|ogv|gif)", re.IGNORECASE)
_FIXED = ("file", "person", "date", "test", "camera")
_MOST_FAULTS = 20
_DATES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class Request:
    """What is measured on a recording, and how; a plan's row changes what it names.

    Attributes
    ----------
    test : name of the test; None until one is chosen.
    options : what was chosen of it.
    model : 'full', 'heavy' or the path of a bundle.
    camera : what is known of the camera.
    """

    test: str | None = None
    options: Mapping[str, str | None] = field(default_factory=dict)
    model: str = "heavy"
    camera: CameraSetting = UNKNOWN_CAMERA


@dataclass(frozen=True)
class Recording:
    """One file of a batch and what is asked of it. ``row`` is its row in the plan, None without one."""

    path: Path
    request: Request
    person: str | None = None
    filmed: datetime | None = None
    row: int | None = None


def recordings_in(source: str | Path) -> tuple[Path, list[Path]]:
    """Return the folder of a batch and the videos in it.

    Parameters
    ----------
    source : a folder (its own files, not those of folders within), a pattern such as ``clips/*.mp4``, or one file.

    Raises
    ------
    BadInputError
        If there is no such folder, or no video in it.
    """
    path = Path(source)
    try:
        if path.is_dir():
            found = [p for p in path.iterdir() if _VIDEOS.fullmatch(p.suffix) and p.is_file()]
            folder = path
        else:
            found = [path] if path.is_file() else [Path(p) for p in glob.glob(str(source))]  # noqa: PTH207
            found = [p for p in found if p.is_file()]
            folder = path.parent if path.is_file() else Path()
    except (OSError, ValueError) as fault:
        raise BadInputError(f"{shown(path)}: cannot be looked into ({fault}).") from fault
    if not found:
        what = "holds no video file" if path.is_dir() else "there is no such file or folder"
        raise BadInputError(f"{shown(path)}: {what}. Give a folder of videos, or a pattern in quotes.")
    return folder, sorted(found)


def read_plan(
    source: str | Path, plan: str | Path | None, base: Request, people: Sequence[str] | None
) -> list[Recording]:
    """Return the recordings of a batch with what is asked of each.

    Parameters
    ----------
    source : see `recordings_in`.
    plan : CSV or XLSX table with a row for each file, see docs/scale.md; None asks the same of every file.
    base : what is asked where the plan says nothing.
    people : names of those for whom results can be kept; None if none are kept.

    Raises
    ------
    BadInputError
        Naming every fault at once, each with its row.
    """
    folder, found = recordings_in(source)
    if plan is None:
        recordings = [Recording(path, base) for path in found]
        faults = [] if people is None else ["results can only be kept with a plan that names the person of each file"]
        faults += _test_faults(base)
    else:
        recordings, faults = [], []
        known = [*_FIXED, *dict.fromkeys(option.name for test in protocols() for option in test.options)]
        for row, cells in rows_of(plan, known, needed=("file",)):
            recording, wrong = _recording(row, cells, folder, base, people)
            faults += [f"row {row}: {fault}" for fault in wrong]
            recordings += [recording] if recording else []
        faults += _twice(recordings)
        if not recordings and not faults:
            faults.append("it has no rows")
    if faults:
        where = shown(plan) if plan is not None else shown(source)
        more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        raise BadInputError(f"{where}: {'; '.join(faults[:_MOST_FAULTS])}{more}.")
    return [replace(r, request=_settled(r.request)) for r in recordings]


def _recording(
    row: int, cells: Mapping[str, str], folder: Path, base: Request, people: Sequence[str] | None
) -> tuple[Recording | None, list[str]]:
    """Read one row; return what it asks for, None where that cannot be said, and what is wrong with it."""
    faults = []
    path = folder / cells.get("file", "")
    if not cells.get("file"):
        faults.append("the file is missing")
    elif not _is_file(path):
        faults.append(f"there is no file {shown(path)}")
    request = _request(cells, base)
    faults += _test_faults(request)
    filmed = None
    if written := cells.get("date"):
        filmed = next((moment for form in _DATES if (moment := _moment(written, form))), None)
        if filmed is None:
            faults.append(f"the date {written!r} is not written as 2026-01-31 or 2026-01-31T18:30")
        elif filmed > datetime.now():
            faults.append(f"the date {written} lies in the future")
    person = cells.get("person") or None
    if people is not None:
        if person is None:
            faults.append("the person is missing")
        elif person.casefold() not in {name.casefold() for name in people}:
            faults.append(f"there is nobody called {person!r} (see rom-vision person add)")
    return (Recording(path, request, person, filmed, row) if cells.get("file") else None), faults


def _request(cells: Mapping[str, str], base: Request) -> Request:
    test = column_name(cells.get("test", "")) or base.test
    asked = find_protocol(test) if test else None
    # What is chosen for all holds where the row's test has such an option.
    common = {o.name: base.options.get(o.name) for o in asked.options} if asked else {}
    own = {name: cells[name].lower() for name in cells if name not in _FIXED and cells[name]}
    camera = CameraSetting(cells["camera"]) if cells.get("camera") else base.camera
    return Request(test, {**common, **own}, base.model, camera)


def _test_faults(request: Request) -> list[str]:
    if request.test is None:
        return [f"the test is missing ({', '.join(test.name for test in protocols())})"]
    asked = find_protocol(request.test)
    if asked is None:
        if why := NOT_OFFERED.get(column_name(request.test)):
            return [why.rstrip(".")]
        return [f"there is no test {request.test!r} ({', '.join(test.name for test in protocols())})"]
    try:
        asked.settle(_of_test(request))
    except BadInputError as fault:
        return [str(fault).rstrip(".")]
    return []


def _settled(request: Request) -> Request:
    asked = find_protocol(request.test or "")
    assert asked is not None
    return replace(request, test=asked.name, options=asked.settle(_of_test(request)))


def _of_test(request: Request) -> dict[str, str | None]:
    return {name: value for name, value in request.options.items() if value is not None}


def _twice(recordings: Sequence[Recording]) -> list[str]:
    seen: dict[Path, int | None] = {}
    faults = []
    for r in recordings:
        first = seen.setdefault(r.path.resolve(), r.row)
        if first != r.row:
            faults.append(f"rows {first} and {r.row}: both are of {shown(r.path)}")
    return faults


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None
