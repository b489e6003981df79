"""Outputs that are something else already: the input, another output, a link, a pipe, a folder, a full disk."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from validation.hostile.case import Attack, Case, Kit, Make

__all__ = ["cases", "keep_people"]

_SQUAT = "squat.mp4"
_ROOM = 600
"""Bytes: too little for any of the files."""
_ROOM_TO_READ = 33_000
"""Enough to read the sessions (SQLite maps so much), and too little for most of the files."""


def keep_people(folder: Path, kit: Kit) -> None:
    """Put the kit's people where the program of this attack keeps its own."""
    (folder / "data" / "rom_vision").mkdir(parents=True)
    shutil.copy(kit.database, folder / "data" / "rom_vision" / "sessions.db")


@dataclass(frozen=True)
class _Writer:
    """A command that writes to ``{out}``; ``reads`` is the file it reads, if it reads one."""

    command: tuple[str, ...]
    ending: str
    reads: str = ""


_MEASURE = ("measure", "clip.mp4", "--position", "seated", "--side", "left", "--model", "full")
_SCREEN = ("screen", _SQUAT, "--model", "full")
_WRITERS = {
    "json": _Writer((*_MEASURE, "--json", "{out}"), ".json", "clip.mp4"),
    "csv": _Writer((*_MEASURE, "--csv", "{out}"), ".csv", "clip.mp4"),
    "track": _Writer((*_MEASURE, "--track", "{out}"), ".npz", "clip.mp4"),
    "overlay": _Writer((*_MEASURE, "--overlay", "{out}"), ".mp4", "clip.mp4"),
    "squat_json": _Writer((*_SCREEN, "--json", "{out}"), ".json", _SQUAT),
    "squat_overlay": _Writer((*_SCREEN, "--overlay", "{out}"), ".mp4", _SQUAT),
    "squat_pictures": _Writer((*_SCREEN, "--pictures", "{out}"), "", _SQUAT),
    "export": _Writer(("sessions", "export", "--person", "Sample person", "{out}"), ".zip"),
    "compare": _Writer(("sessions", "compare", "--person", "Sample person", "--json", "{out}"), ".json"),
    "pdf": _Writer(("sessions", "report", "1", "--pdf", "{out}"), ".pdf"),
    "html": _Writer(("sessions", "report", "1", "--html", "{out}"), ".html"),
    "report_csv": _Writer(("sessions", "report", "1", "--csv", "{out}"), ".csv"),
    "trc": _Writer(("sessions", "report", "1", "--trc", "{out}"), ".trc"),
    "mot": _Writer(("sessions", "report", "1", "--mot", "{out}"), ".mot"),
    "fhir": _Writer(("sessions", "report", "1", "--fhir", "{out}"), ".json"),
    "board": _Writer(("board", "{out}"), ".pdf"),
}


def _prepare(folder: Path, kit: Kit, writer: _Writer) -> None:
    keep_people(folder, kit)
    if writer.reads:
        shutil.copy(kit.clip if writer.reads == "clip.mp4" else kit.folder / _SQUAT, folder / writer.reads)


def _attack(folder: Path, writer: _Writer, out: str, **more: object) -> Attack:
    command = [word.format(out=out) for word in writer.command]
    return Attack([command], folder, **more)  # type: ignore[arg-type]


Place = Callable[[Path, Kit, _Writer], Attack]


def _plain(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    out = f"out{writer.ending}"
    return _attack(folder, writer, out, outputs={out, f"out-2{writer.ending}"}, allowed=(0, 3))


def _the_input(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    return _attack(folder, writer, writer.reads, allowed=(2,))


def _other_name_of_input(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "sub").mkdir()
    return _attack(folder, writer, f"sub/../{writer.reads}", allowed=(2,))


def _hard_link(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "link").hardlink_to(folder / writer.reads)
    return _attack(folder, writer, "link", allowed=(2,))


def _soft_link(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "link").symlink_to(writer.reads)
    return _attack(folder, writer, "link", allowed=(2,))


def _pipe(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    os.mkfifo(folder / "out")
    return _attack(folder, writer, "out", allowed=(2,))


def _link_to_pipe(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    os.mkfifo(folder / "pipe")
    (folder / "out").symlink_to("pipe")
    return _attack(folder, writer, "out", allowed=(2,))


def _socket(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path must be short
    server = socket.socket(socket.AF_UNIX)
    server.bind("out")
    server.close()
    os.chdir(here)
    return _attack(folder, writer, "out", allowed=(2,))


def _folder(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "out").mkdir()
    (folder / "out" / "mine.txt").write_text("mine")
    return _attack(folder, writer, "out", allowed=(2,) if writer.ending else (0, 2, 3))


def _no_folder(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "file").write_text("mine")
    return _attack(folder, writer, f"file/out{writer.ending}", allowed=(2,))


def _loop(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "out").symlink_to("out")
    return _attack(folder, writer, "out", allowed=(2,))


def _kept_file(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    """A file of another kind that somebody may miss."""
    shutil.copy(kit.clip, folder / "holiday.mp4")
    return _attack(folder, writer, "holiday.mp4", allowed=(2,))


def _diary(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    (folder / "diary.txt").write_text("Dear diary, today my hip was stiff.\n" * 20)
    return _attack(folder, writer, "diary.txt", allowed=(2,))


def _database(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    """The program's own database as an output."""
    attack = _attack(folder, writer, "data/rom_vision/sessions.db", allowed=(2,))
    path = folder / "data" / "rom_vision" / "sessions.db"
    attack.keeps = lambda: [] if path.read_bytes()[:15] == b"SQLite format 3" else ["the database was overwritten"]
    return attack


def _too_long(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    return _attack(folder, writer, "n" * 300 + writer.ending, allowed=(2,))


def _longest(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    out = "n" * (255 - len(writer.ending)) + writer.ending
    return _attack(folder, writer, out, outputs={out}, allowed=(0, 2, 3))


def _read_only_folder(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    _give_away(folder)
    (folder / "locked").mkdir(mode=0o555)
    return _attack(folder, writer, f"locked/out{writer.ending}", allowed=(2,), as_nobody=True)


def _read_only_file(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    _give_away(folder)
    out = folder / f"out{writer.ending}"
    out.write_bytes(b"mine")
    out.chmod(0o444)
    return _attack(folder, writer, out.name, allowed=(2,), as_nobody=True)


def _give_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "nobody")
    for path in (folder.parent / "tmp", folder.parent / "logs"):
        shutil.chown(path, "nobody")


def _full_disk(folder: Path, kit: Kit, writer: _Writer) -> Attack:
    """Room for the first kilobytes; the sessions' own database is not written to."""
    out = f"out{writer.ending}"
    if writer.reads:
        return _attack(folder, writer, out, outputs={out}, file_limit=_ROOM, allowed=(2,))
    more = f"out-2{writer.ending}"
    return _attack(folder, writer, out, outputs={out, more}, file_limit=_ROOM_TO_READ, allowed=(0, 2))


_PLACES: dict[str, Place] = {
    "plain": _plain,
    "pipe": _pipe,
    "link_to_pipe": _link_to_pipe,
    "socket": _socket,
    "folder": _folder,
    "no_folder": _no_folder,
    "loop": _loop,
    "kept_video": _kept_file,
    "diary": _diary,
    "database": _database,
    "too_long": _too_long,
    "longest": _longest,
    "read_only_folder": _read_only_folder,
    "read_only_file": _read_only_file,
    "full_disk": _full_disk,
}
_INPUT_PLACES: dict[str, Place] = {
    "the_input": _the_input,
    "input_by_other_name": _other_name_of_input,
    "hard_link": _hard_link,
    "soft_link": _soft_link,
}


def _case(writer: _Writer, place: Place) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        _prepare(folder, kit, writer)
        return place(folder, kit, writer)

    return make


def _pair(first: str, second: str) -> Make:
    """Two outputs of one command that are one file."""

    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shutil.copy(kit.clip, folder / "clip.mp4")
        (folder / "other").symlink_to("out")
        return Attack([[*_MEASURE, first, "out", second, "other"]], folder, allowed=(2,))

    return make


def _again(writer: _Writer) -> Make:
    """An output of an earlier run of the same kind is replaced, or kept with a sentence; never damaged."""

    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        _prepare(folder, kit, writer)
        attack = _plain(folder, kit, writer)
        attack.commands *= 2
        attack.allowed = (0, 2, 3)
        return attack

    return make


def _stdout(writer: _Writer, room: int | None = None) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        _prepare(folder, kit, writer)
        attack = _attack(folder, writer, "-", outputs=set() if writer.ending else {"-"})
        attack.file_limit, attack.output_limited = room, room is not None
        attack.allowed = (0, 2, 3) if room is None else (0, 2)
        return attack

    return make


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name, writer in _WRITERS.items():
        places = _PLACES | (_INPUT_PLACES if writer.reads else {})
        if name in ("squat_json", "squat_pictures", "report_csv", "compare", "fhir"):
            places = {k: v for k, v in places.items() if k in ("plain", "pipe", "the_input", "full_disk", "kept_video")}
        for where, place in places.items():
            yield Case(f"output/{name}_{where}", _case(writer, place))
        yield Case(f"output/{name}_again", _again(writer))
        yield Case(f"output/{name}_stdout", _stdout(writer))
        if name in ("json", "csv", "squat_json", "html"):
            yield Case(f"output/{name}_stdout_full", _stdout(writer, room=_ROOM if writer.reads else _ROOM_TO_READ))
    for first, second in (("--json", "--csv"), ("--csv", "--track"), ("--track", "--overlay"), ("--overlay", "--json")):
        yield Case(f"output/same{first[1:]}{second[1:]}", _pair(first, second))
