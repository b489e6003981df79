"""What a command is to write: looked at before minutes of work, written one by one, told at the end.

A file that this program wrote is replaced by one of the same kind. Any other file that is in the way needs ``--force``;
a video, a database, the input, another output and what rom_vision keeps for itself are never replaced.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom_vision.cli.say import say
from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.files import Channel, open_channel, placing, target_of
from rom_vision.legible import shown

if TYPE_CHECKING:
    from rom_vision.results.document import Document

__all__ = ["Force", "Outputs", "document_outputs", "finish"]

Force = Annotated[
    bool, typer.Option("--force", help="Replace files that rom_vision did not write; never a video or a database.")
]

_HEAD = 64 * 1024
_MARKS: dict[str, bytes] = {
    "result": rb'\s*\{\s*"schema":\s*\d+,\s*"test":\s*"',
    "comparison": rb'\s*\{\s*"person":\s*".*",\s*"series":\s*\[',
    "curves": rb"time_s(,[a-z0-9_]+_(deg|pct|px|cm|m|s))*\r?\n",
    "study": rb"(\xef\xbb\xbf)?record,study,group,name,value,",
    "table": rb"(\xef\xbb\xbf)?record,person,taken_at,test,",
    "track": rb"PK\x03\x04.{26}meta\.npy",
    "archive": rb"PK\x03\x04.{26}(results/|manifest\.json)",
    "pdf": rb"%PDF-.*\(rom_vision( calibration board [^)]*)?\)",
    "page": rb"<!doctype html>.*<footer>Made by rom_vision ",
    "fhir": rb'\s*\{\s*"resourceType":\s*"Bundle",\s*"type":\s*"collection",.*"urn:ietf:rfc:3986"',
    "calendar": rb"BEGIN:VCALENDAR\r\n.*PRODID:-//rom_vision//",
    "trc": rb"PathFileType\t4\t\(X/Y/Z\)\t[^\n]*\n[^\n]*\n[^\n]*\nFrame#\tTime\tnose\t\t\tleft_eye_inner\t",
    "mot": rb"[^\n]*\nversion=1\nnRows=\d+\nnColumns=\d+\ninDegrees=yes\nendheader\ntime\t(hip_|knee_|pelvis_)",
    "picture": rb"\xff\xd8\xff.*rom_vision",
}
"""By kind, how a file of this program begins; ``overlay`` is told by its comment."""

_WHOLE = ("pdf", "page")
_VIDEO = re.compile(
    rb"....(ftyp|moov|mdat|wide|free|skip)|\x1a\x45\xdf\xa3|RIFF....AVI |\x00\x00\x01\xba|FLV\x01", re.DOTALL
)
_VIDEO_NAME = re.compile(r"\.(mp4|m4v|mov|mkv|webm|avi|mts|m2ts|mpe?g|3gp|wmv|flv|ogv)", re.IGNORECASE)
_DATABASE = b"SQLite format 3\0"

_Key = tuple[object, ...]


@dataclass
class _Output:
    kind: str
    path: Path
    channel: Channel | None


class Outputs:
    """The files that one command writes.

    Parameters
    ----------
    wanted : by option (``--json``), the kind of file (a key of ``_MARKS``, or ``overlay``) and its path, or None.
    inputs : what the command reads; what is no file is left aside.
    force : replace files of other kinds, too.

    Raises
    ------
    BadInputError
        If one of them cannot or must not be written.
    """

    def __init__(
        self, wanted: Mapping[str, tuple[str, Path | None]], *, inputs: Sequence[str | Path] = (), force: bool = False
    ) -> None:
        self._force = force
        self._outputs: dict[str, _Output] = {}
        self.written: list[str] = []
        """Names of what has been written."""
        self._faults: list[str] = []
        self._taken: dict[_Key, str] = {}
        for read in inputs:
            with suppress(OSError, ValueError):
                found = Path(read).stat()
                if stat.S_ISREG(found.st_mode):
                    self._taken[found.st_dev, found.st_ino] = f"the input {shown(read)}"
        self._knows_own_files = False
        for option, (kind, path) in wanted.items():
            if path is not None:
                self._add(option, kind, path)

    @property
    def to_standard_output(self) -> bool:
        """Whether one of them goes to standard output, which then holds nothing else."""
        return any(o.channel is not None and o.channel.is_standard_output for o in self._outputs.values())

    def is_channel(self, option: str) -> bool:
        """Whether the output of an option is written through, and has no place beside it."""
        output = self._outputs.get(option)
        return output is not None and output.channel is not None

    def write(self, option: str, make: Callable[[Path], object]) -> None:
        """Let ``make`` write the file of an option, if it was asked for; a fault is told by `finish`, not at once."""
        output = self._outputs.get(option)
        if output is None:
            return
        name, draft = shown(output.path), None
        try:
            if output.channel is None and (target := target_of(output.path)).exists():
                _check_replaceable(output.path, target, output.kind, self._force)  # it may have come meanwhile
            with placing(output.path, output.channel) as draft:
                make(draft)
        except RomVisionError as fault:
            text = str(fault)
            for written in (str(draft), shown(draft)) if draft else ():
                text = text.replace(written, name)
            self._faults.append(text if text.startswith(name) else f"{name}: {text}")
        else:
            self.written.append(name)

    def attempt(self, do: Callable[[], object]) -> None:
        """Do something else that may fail, such as keeping the result: files that were asked for are written yet."""
        try:
            do()
        except RomVisionError as fault:
            self._faults.append(str(fault))

    def write_more(self, kind: str, path: Path, data: bytes) -> None:
        """Write one more file, whose name came up only now."""
        try:
            self._add(str(path), kind, path)
        except BadInputError as fault:
            self._faults.append(str(fault))
        else:
            self.write(str(path), lambda draft: draft.write_bytes(data))

    def finish(self, missing: Sequence[str] = ()) -> None:
        """End the command: nothing more is written.

        Raises
        ------
        RomVisionError
            If something could not be written, or could not be made (``missing``): says what, why, and what was
            written all the same.
        """
        if self._faults or missing:
            written = f"Written: {', '.join(self.written)}." if self.written else "No file was written."
            raise BadInputError(" ".join([*self._faults, *missing, written]))

    def _add(self, option: str, kind: str, path: Path) -> None:
        channel = open_channel(path)
        if channel is None:
            target = target_of(path)
            _check_place(path, target)
            self._claim_own_files()
            self._claim(path, _keys(target))
            if target.exists():
                _check_replaceable(path, target, kind, self._force)
        elif channel.is_standard_output:
            self._claim(path, [("standard output",)])
        self._outputs[option] = _Output(kind, path, channel)

    def _claim_own_files(self) -> None:
        """Look, once and only for a file to write, at what must not be written: that loads the database's library."""
        if not self._knows_own_files:
            for own in _own_files():
                self._taken |= dict.fromkeys(_keys(own), "a file in which rom_vision keeps its own data")
        self._knows_own_files = True

    def _claim(self, path: Path, keys: Sequence[_Key]) -> None:
        for key in keys:
            if key in self._taken:
                raise BadInputError(
                    f"{shown(path)} is {self._taken[key]}, which must not be overwritten. Give another file name."
                )
        self._taken |= dict.fromkeys(keys, f"the output {shown(path)}")


def document_outputs(
    json_out: Path | None,
    csv_out: Path | None,
    overlay: Path | None,
    track: Path | None,
    *,
    inputs: Sequence[str | Path],
    force: bool,
) -> Outputs:
    """Look at what a command that measures a video is to write."""
    wanted = {
        "--json": ("result", json_out),
        "--csv": ("curves", csv_out),
        "--overlay": ("overlay", overlay),
        "--track": ("track", track),
    }
    return Outputs(wanted, inputs=inputs, force=force)


def finish(outputs: Outputs, document: Document, description: str) -> None:
    """Write the result as JSON where asked, say it on standard output unless something was written there."""
    outputs.write("--json", lambda draft: draft.write_text(document.to_json() + "\n", encoding="utf-8"))
    if not outputs.to_standard_output:
        say(description)
    outputs.finish()


def _keys(target: Path) -> list[_Key]:
    """Return what tells a place from all others: device and inode, and the name in its folder.

    Names that differ only in case or in how an accent is written are one: many disks do not tell them apart.
    """
    keys: list[_Key] = []
    with suppress(OSError, ValueError):
        found = target.stat()
        keys.append((found.st_dev, found.st_ino))
    with suppress(OSError, ValueError):
        folder = target.parent.stat()
        keys.append((folder.st_dev, folder.st_ino, unicodedata.normalize("NFC", target.name).casefold()))
    return keys


def _own_files() -> Iterator[Path]:
    """Yield the files that rom_vision keeps for itself: database, owner's key, camera profiles."""
    from platformdirs import user_data_path

    from rom_vision.sessions.engine import database_url

    with suppress(OSError):
        yield from (path for path in user_data_path("rom_vision", appauthor=False).rglob("*") if path.is_file())
    with suppress(RomVisionError):
        url = database_url()
        if url.get_backend_name() == "sqlite" and url.database:
            database = target_of(url.database)
            yield from (database.with_name(database.name + ending) for ending in ("", "-wal", "-shm", "-journal"))


def _check_place(path: Path, target: Path) -> None:
    name = shown(path)
    if target.is_dir():
        raise BadInputError(f"{name} is a folder; give the name of the file to write.")
    if not target.parent.is_dir():
        raise BadInputError(f"{name}: its folder does not exist; make it first.")
    if not os.access(target.parent, os.W_OK):
        raise BadInputError(f"{name} cannot be written there; choose another folder.")
    # The mode is asked, too: an administrator may write everything, but somebody protected this file.
    if target.exists() and not (os.access(target, os.W_OK) and target.stat().st_mode & 0o222):
        raise BadInputError(f"{name} is write-protected; choose another name, or allow writing to it.")


def _check_replaceable(path: Path, target: Path, kind: str, force: bool) -> None:
    name = shown(path)
    try:
        with target.open("rb") as file:
            head = file.read() if kind in _WHOLE and target.stat().st_size < 2**28 else file.read(_HEAD)
    except OSError as fault:
        raise BadInputError(f"{name} is there already and cannot be read ({fault.strerror}).") from fault
    if not head or _is_own(kind, target, head):
        return
    if head.startswith(_DATABASE):
        raise BadInputError(f"{name} is a database, which is never replaced. Give another file name.")
    if _VIDEO.match(head) or _VIDEO_NAME.fullmatch(target.suffix) or _opens_as_video(target):
        raise BadInputError(
            f"{name} is there already, and it is a video that this command did not make. A video is never replaced:"
            " give another file name."
        )
    if not force:
        raise BadInputError(
            f"{name} is there already, and it is not such a file of rom_vision. Give another file name, or --force to"
            " replace it."
        )


def _is_own(kind: str, target: Path, head: bytes) -> bool:
    """Whether a file is one that this program wrote, of the kind that is to be written now."""
    if kind == "overlay":
        from rom_vision.report.overlay import OVERLAY_MARK

        return _comment_of(target) == OVERLAY_MARK
    if not re.match(_MARKS[kind], head, re.DOTALL):
        return False
    if kind != "archive":
        return True
    try:
        with zipfile.ZipFile(target) as archive, archive.open("manifest.json") as manifest:
            return b'"rom_vision person"' in manifest.read(200)
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError):
        return False


def _comment_of(target: Path) -> str | None:
    import av

    try:
        with av.open(f"file:{target}", metadata_errors="replace") as container:
            return container.metadata.get("comment")
    except (av.FFmpegError, OSError, ValueError):
        return None


def _opens_as_video(target: Path) -> bool:
    import av

    from rom_vision.capture.source import open_video

    with suppress(RomVisionError, av.FFmpegError, OSError, ValueError), open_video(target):
        return True
    return False
