"""The one place where files are written: beside their place, moved there whole, never over what is no file.

What lay there before stays until the new file is complete, and keeps its mode. A symbolic link is followed, not
replaced. Standard output, pipes and terminals are written through; other devices and sockets are refused; none of them
is ever renamed over, removed or changed.
"""

from __future__ import annotations

import atexit
import errno
import os
import re
import secrets
import select
import shutil
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from rom_vision.errors import BadInputError
from rom_vision.legible import shown

__all__ = ["Channel", "open_channel", "placing", "process_folder", "target_of", "temporary_folder", "write_bytes"]

READER_S = 5.0
"""How long a pipe may be without a reader, seconds."""

STALL_S = 30.0
"""How long a reader may take nothing from a full pipe, seconds."""

_DESCRIPTOR = re.compile(r"/dev/fd/(\d+)|/proc/(?:self|thread-self)/fd/(\d+)")
_STANDARD = {"-": 1, "/dev/stdout": 1, "/dev/stderr": 2}
_DRAFT = re.compile(r"\.rom_vision-[0-9a-f]{16}\.part")
_FOLDER = "rom_vision-own-"
_YOUNG_S = 2.0
"""What was made a moment ago may be in use and not locked yet, seconds."""
_MAX_LINKS = 40
_CHUNK = 64 * 1024


class Channel:
    """What takes bytes and keeps none: standard output, an open descriptor, a pipe, a terminal."""

    def __init__(self, name: str, descriptor: int | None) -> None:
        self.name = name
        self._descriptor = descriptor
        """None for the program's own standard output."""

    @property
    def is_standard_output(self) -> bool:
        """Whether it is this program's standard output."""
        return self._descriptor is None

    def __enter__(self) -> Channel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it; a reader sees the end."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)

    def pour(self, source: BinaryIO) -> None:
        """Write everything of ``source``.

        Raises
        ------
        OSError
            If it cannot be written, or the reader goes away or stops reading.
        """
        if self._descriptor is None:
            shutil.copyfileobj(source, sys.stdout.buffer, _CHUNK)
            sys.stdout.buffer.flush()
            return
        while chunk := source.read(_CHUNK):
            rest = memoryview(chunk)
            while rest:
                _, ready, _ = select.select((), (self._descriptor,), (), STALL_S)
                if not ready:
                    raise OSError(errno.ETIMEDOUT, "its reader stopped reading")
                with suppress(BlockingIOError):
                    rest = rest[os.write(self._descriptor, rest) :]


def target_of(path: str | Path) -> Path:
    """Return the place that a path means, with every symbolic link followed; it need not exist.

    Raises
    ------
    BadInputError
        If links go round in a circle.
    """
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as fault:
        raise BadInputError(f"{shown(path)}: not a usable file name ({_reason(fault)}).") from fault


def open_channel(path: str | Path) -> Channel | None:
    """Open what is written through: ``-``, an open descriptor, a pipe or a terminal; None for a file or a free name.

    A pipe must have a reader, or get one within `READER_S` seconds. Hold what was opened until it is written: the
    reader would see an end in between.

    Raises
    ------
    BadInputError
        If it is a device or socket that is not to be written to, or a pipe that nobody reads.
    """
    descriptor = _descriptor_of(str(path))
    try:
        if descriptor == 1:
            return Channel("standard output", None)
        if descriptor is not None:
            return Channel(shown(path), os.dup(descriptor))
        found = Path(path).stat()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        raise BadInputError(f"{shown(path)}: cannot be written to ({_reason(fault)}).") from fault
    if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
        return None
    if stat.S_ISFIFO(found.st_mode):
        return Channel(shown(path), _open_pipe(path))
    if stat.S_ISCHR(found.st_mode) and found.st_rdev in _harmless_devices():
        return Channel(shown(path), os.open(path, os.O_WRONLY | os.O_NOCTTY))
    raise BadInputError(f"{shown(path)} is a device or a socket and is not written to. Give the name of a file.")


@contextmanager
def placing(path: str | Path, channel: Channel | None = None) -> Iterator[Path]:
    """Yield the path of an empty file to fill; when the block ends without an error, its content is at ``path``.

    Parameters
    ----------
    path : where the content is to be.
    channel : what `open_channel` gave for it, if it was opened before.

    Raises
    ------
    BadInputError
        If ``path`` is a folder, a device or a socket, its folder is missing, or the disk is full; what lay there
        before is then still there.

    Examples
    --------
    >>> with placing("report.pdf") as draft:  # doctest: +SKIP
    ...     draft.write_bytes(data)
    """
    channel = channel or open_channel(path)
    try:
        if channel is None:
            with _beside(target_of(path)) as draft:
                yield draft
            return
        with channel, temporary_folder() as folder:
            draft = folder / "draft"
            draft.touch()
            yield draft
            with draft.open("rb") as source:
                channel.pour(source)
    except OSError as fault:
        raise BadInputError(f"{shown(path)}: cannot be written ({_reason(fault)}).") from fault


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a whole file; see `placing`."""
    with placing(path) as draft:
        draft.write_bytes(data)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a temporary folder for this user only; it goes at the end of the block.

    That of a process which was killed goes when the next one is made.
    """
    for old in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        _remove_if_left(old)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER))
    held = _open_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


class _ProcessFolder:
    """One temporary folder for as long as the program runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._path: Path | None = None

    def __call__(self) -> Path:
        """Return a temporary folder for this user only, made where it is missing; it goes when this process ends.

        That of a process which was killed goes when the next one is made.
        """
        with self._lock:
            if self._path is None:
                atexit.register(self._held.close)
            if self._path is None or not self._path.is_dir():  # not yet, or somebody tidied the temporary folders
                self._path = self._held.enter_context(temporary_folder())
            return self._path


process_folder = _ProcessFolder()


def _open_folder(folder: Path) -> int | None:
    """Open and lock a folder; None where folders cannot be opened (Windows) or it is in use."""
    try:
        held = os.open(folder, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    if _lock(held):
        return held
    os.close(held)
    return None


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):
        found = folder.lstat()
        mine = stat.S_ISDIR(found.st_mode) and (not hasattr(os, "geteuid") or found.st_uid == os.geteuid())
        if not mine or time.time() - found.st_mtime < _YOUNG_S:
            return
        held = _open_folder(folder)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a draft in the folder of ``target`` and move it there in one step."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder; give the name of the file to write")
    _sweep(target.parent)
    draft = target.with_name(f".rom_vision-{secrets.token_hex(8)}.part")
    try:
        held = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileNotFoundError as fault:
        raise FileNotFoundError(errno.ENOENT, "its folder does not exist; make it first") from fault
    try:
        _lock(held)
        yield draft
        _settle(draft, target)
    finally:
        draft.unlink(missing_ok=True)
        os.close(held)


def _sweep(folder: Path) -> None:
    """Remove the drafts of processes that were killed; those of living ones are locked."""
    for draft in folder.glob(".rom_vision-*.part"):
        if not _DRAFT.fullmatch(draft.name):
            continue
        with suppress(OSError):
            found = draft.lstat()
            if not stat.S_ISREG(found.st_mode) or time.time() - found.st_mtime < _YOUNG_S:
                continue
            held = os.open(draft, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            try:
                if _lock(held):
                    draft.unlink(missing_ok=True)
            finally:
                os.close(held)


def _lock(descriptor: int) -> bool:
    """Lock an open file until it is closed or the process ends; return whether that could be done."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):  # Windows, or a network disk that knows no locks
        return False
    return True


def _settle(draft: Path, target: Path) -> None:
    """Bring the draft to the disk and into its place, with the mode and owner of what it replaces."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        old = target.lstat()
        if not stat.S_ISREG(old.st_mode):  # it was none when this began
            raise OSError(errno.EEXIST, "it has become something else than a file meanwhile")
        with suppress(OSError):
            if hasattr(os, "chown"):
                os.chown(draft, old.st_uid, old.st_gid)
        draft.chmod(stat.S_IMODE(old.st_mode))
    draft.replace(target)


def _open_pipe(path: str | Path) -> int:
    until = time.monotonic() + READER_S
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as fault:
            if fault.errno != errno.ENXIO:
                raise BadInputError(f"{shown(path)}: cannot be written to ({_reason(fault)}).") from fault
        if time.monotonic() > until:
            raise BadInputError(f"{shown(path)} is a pipe that nobody reads. Start its reader first, or give a file.")
        time.sleep(0.05)


def _descriptor_of(path: str) -> int | None:
    """Return the number of the open descriptor that a name or a link stands for, e.g. 1 for ``/dev/stdout``."""
    for _ in range(_MAX_LINKS):
        if path in _STANDARD:
            return _STANDARD[path]
        if found := _DESCRIPTOR.fullmatch(path):
            return int(found[1] or found[2])
        try:
            link = Path(path).readlink()
        except (OSError, ValueError):
            return None
        path = os.path.normpath(Path(path).absolute().parent / link)
    return None


def _harmless_devices() -> set[int]:
    """Return the device numbers of nothing and of this program's own terminal; others may act on being opened."""
    numbers = set()
    for name in (os.devnull, "/dev/tty"):
        with suppress(OSError):
            numbers.add(Path(name).stat().st_rdev)
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            if os.isatty(descriptor):
                numbers.add(os.fstat(descriptor).st_rdev)
    return numbers


def _reason(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror[0].lower() + fault.strerror[1:]
    return str(fault) or type(fault).__name__
