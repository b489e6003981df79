"""What an attack may not bring about: lost files, wrong numbers, a fault without a sentence."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validation.hostile.case import Attack

__all__ = ["KINDS", "Fault", "Run", "Snapshot", "judge", "snapshot"]

KINDS = ("traceback", "hang", "wrong number", "loss", "no sentence")

_OWN = "data"
"""Folder, inside that of the attack, where the program keeps its own sessions."""
_TEXT = {".json", ".csv", ".mot", ".trc", ".html", ".svg", ".xml"}
_NO_NUMBER = re.compile(r"(?<![\w./-])[+-]?(nan|inf|infinity)(?![\w/])", re.IGNORECASE)
_UNREADABLE = re.compile(r".*cannot be read.*")
"""A line that tells what is wrong with something may name the wrong value."""
_MOST_DEG = 360.0

Snapshot = dict[str, tuple[str, int, int, str]]
"""Kind, permissions, inode and digest of every file, by its path in the folder."""


@dataclass(frozen=True)
class Fault:
    """Something that must not happen: its kind (one of `KINDS`) and what exactly."""

    kind: str
    what: str


@dataclass(frozen=True)
class Run:
    """One command that was run: exit status (None when it did not end), output, traceback if there was one."""

    status: int | None
    out: str
    err: str
    traceback: str = ""


def snapshot(folder: Path) -> Snapshot:
    """Return what lies in a folder, without the program's own data."""
    seen: Snapshot = {}
    for place, folders, files in os.walk(folder):
        if Path(place) == folder and _OWN in folders:
            folders.remove(_OWN)
        for name in [*files, *folders]:
            path = Path(place, name)
            status = path.lstat()
            mode = status.st_mode
            kind = stat.filemode(mode)[0]
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if kind == "-" else ""
            seen[str(path.relative_to(folder))] = (kind, mode & 0o7777, status.st_ino, digest)
    return seen


def judge(attack: Attack, before: Snapshot, runs: list[Run]) -> list[Fault]:
    """Return every fault of an attack that has been run."""
    faults = list(_of_runs(attack, runs))
    after = snapshot(attack.folder)
    faults += _losses(attack, before, after, runs)
    for name in attack.outputs:
        path = attack.folder / name
        if name in after and after[name] != before.get(name) and path.suffix in _TEXT and path.is_file():
            faults += _numbers(attack, path)
    if attack.keeps is not None:
        faults += [Fault("loss", what) for what in attack.keeps()]
    return faults


def _of_runs(attack: Attack, runs: list[Run]) -> Iterator[Fault]:
    for i, (run, command) in enumerate(zip(runs, attack.commands, strict=False)):
        said = " ".join(command)[:80]
        if i in attack.must_work and run.status != 0:
            yield Fault("loss", f"{said}: out of reach ({run.err.strip()[:150]})")
        if run.traceback or "Traceback (most recent call last)" in run.err:
            yield Fault("traceback", f"{said}: {(run.traceback or run.err).strip().splitlines()[-1]}")
        elif run.status is None:
            yield Fault("traceback", f"{said}: the process died")
        elif run.status not in attack.allowed:
            yield Fault("no sentence", f"{said}: exit status {run.status}")
        elif run.status in (2, 3) and not (run.err + run.out).strip():
            yield Fault("no sentence", f"{said}: exit status {run.status} without a word")
        elif run.status in (0, 3) and (found := _NO_NUMBER.search(_UNREADABLE.sub("", run.out))):
            yield Fault("wrong number", f"{said}: prints {found.group()}")


def _losses(attack: Attack, before: Snapshot, after: Snapshot, runs: list[Run]) -> Iterator[Fault]:
    good = bool(runs) and all(run.status in (0, 3) for run in runs)
    for name, was in before.items():
        if name not in after:
            yield Fault("loss", f"{name!r} is gone")
        elif after[name] != was:
            content = after[name][0] == was[0] == "-" and name in attack.outputs
            if not (content and attack.replaces and good) and not (was[0] == "d" and after[name][:2] == was[:2]):
                yield Fault("loss", f"{name!r} was changed: {was[:2]} to {after[name][:2]}")
    for name in after.keys() - before.keys():
        if not any(name == out or name.startswith(f"{out}/") for out in attack.outputs):
            yield Fault("loss", f"{name!r} was left behind")
        elif not good and len(runs) == 1 and attack.file_limit is not None and after[name][0] == "-":
            yield Fault("loss", f"{name!r} was left, perhaps half written")


def _numbers(attack: Attack, path: Path) -> Iterator[Fault]:
    text = path.read_text(encoding="utf-8", errors="replace")
    found = _NO_NUMBER.search(text)
    if found:
        around = text[max(0, found.start() - 30) : found.end() + 30]
        yield Fault("wrong number", f"{path.name} holds {found.group()!r}: {around!r}")
        return
    if path.suffix != ".json":
        return
    try:
        document = json.loads(text)
    except ValueError as fault:
        yield Fault("loss", f"{path.name} is no JSON: {fault}")
        return
    for where, value in _walk(document):
        if where.endswith("_deg") and (not math.isfinite(value) or abs(value) > _MOST_DEG):
            yield Fault("wrong number", f"{path.name}: {where} = {value}")
            return
    rotation = document.get("internal_rotation") if isinstance(document, dict) else None
    if attack.truth_deg and rotation and document.get("status") == "measured":
        low, high = rotation["ci95_deg"]
        if high < attack.truth_deg[0] or low > attack.truth_deg[1]:
            yield Fault("wrong number", f"{low:.1f} to {high:.1f} misses {attack.truth_deg}")


def _walk(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a JSON document with the last name on the way to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, where)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield where, float(value)
