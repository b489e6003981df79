"""The folder of a batch: a JSON and a picture of each recording, what is done, and the table and the page of all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rom_vision.batch.plan import Recording
from rom_vision.batch.work import Measured, Status
from rom_vision.errors import BadInputError
from rom_vision.files import write_bytes
from rom_vision.legible import shown
from rom_vision.results.document import Document, load_document

__all__ = ["Done", "OutFolder"]

_TABLE, _PAGE = "results.csv", "summary.html"
_HEADS = {_TABLE: b"\xef\xbb\xbffile,person,date,test,", _PAGE: b"<!doctype html>"}
_MARK = b"Made by rom_vision"
_FOLDERS = ("documents", "pictures", "done")


@dataclass(frozen=True)
class Done:
    """What became of one recording.

    Attributes
    ----------
    recording : the file and what was asked.
    status : 'measured', 'refused', or 'failed' when the file could not be read or measured at all.
    document : the result; None if it failed.
    document_name, picture_name : files in the folder of the batch; None if there is none.
    fault : why it failed.
    kept : whether the result was kept in the store.
    """

    recording: Recording
    status: Status
    document: Document | None = None
    document_name: str | None = None
    picture_name: str | None = None
    fault: str = ""
    kept: bool = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self.recording.path.name

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why there is no value."""
        return (self.fault,) if self.fault else self.document.reasons if self.document else ()


class OutFolder:
    """The folder that a batch writes into, looked at before anything is measured.

    Parameters
    ----------
    path : the folder; made by `make` if missing.
    inputs : files that must not be written over.

    Raises
    ------
    BadInputError
        If it cannot be written, or holds files of the names that are to be written which no batch has made.
    """

    def __init__(self, path: str | Path, *, inputs: Sequence[Path] = ()) -> None:
        self.path = Path(path)
        name = shown(path)
        try:
            if self.path.exists() and not self.path.is_dir():
                raise BadInputError(f"{name} is no folder. Give another name.")
            where = self.path if self.path.is_dir() else self.path.absolute().parent
            if not where.is_dir():
                raise BadInputError(f"{name}: the folder that it is to be in does not exist; make it first.")
            if not os.access(where, os.W_OK | os.X_OK) or not where.stat().st_mode & 0o222:
                raise BadInputError(f"{name} cannot be written; choose another folder.")
            taken = {p.resolve() for p in inputs}
            for file, head in _HEADS.items():
                target = self.path / file
                if target.resolve() in taken:
                    raise BadInputError(f"{shown(target)} is an input of the batch. Choose another folder.")
                if target.exists() and not _is_ours(target, head):
                    raise BadInputError(f"{shown(target)} is there already, and no batch has made it. Choose another.")
            for folder in _FOLDERS:
                if (self.path / folder).exists() and not (self.path / folder).is_dir():
                    raise BadInputError(f"{shown(self.path / folder)} is in the way. Choose another folder.")
        except OSError as fault:
            raise BadInputError(f"{name}: cannot be looked into ({fault.strerror or fault}).") from fault

    def make(self) -> None:
        """Make the folder and those in it."""
        try:
            for folder in _FOLDERS:
                (self.path / folder).mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise BadInputError(f"{shown(self.path)}: no folder can be made there ({fault.strerror}).") from fault

    def known(self, key: str, recording: Recording) -> Done | None:
        """Return what is done already under a key; None if it has to be measured."""
        try:
            said = json.loads((self.path / "done" / f"{key}.json").read_text(encoding="utf-8"))
            document = load_document(self.path / said["document"]) if said["document"] else None
            picture = said["picture"] if said["picture"] and (self.path / said["picture"]).is_file() else None
            if said["status"] != (document.status if document else "failed"):
                return None
            kept = recording.person is not None and recording.person.casefold() in said["kept_for"]
            return Done(recording, said["status"], document, said["document"], picture, said["fault"], kept)
        except (OSError, ValueError, KeyError, TypeError, BadInputError):  # not there, or not whole: measured again
            return None

    def keep(self, key: str, recording: Recording, measured: Measured, *, kept: bool) -> Done:
        """Write one result; with an empty ``key`` it does not count as done, and is tried again another time."""
        document_name = picture_name = None
        document = None
        name = f"{_plain(recording.path.stem)}-{key[:12]}"
        if measured.document is not None:
            document_name = f"documents/{name}.json"
            write_bytes(self.path / document_name, (measured.document + "\n").encode())
            document = load_document(self.path / document_name)
        if measured.picture is not None:
            picture_name = f"pictures/{name}.jpg"
            write_bytes(self.path / picture_name, measured.picture)
        if key:
            kept_for = [recording.person.casefold()] if kept and recording.person else []
            said = {"status": measured.status, "document": document_name, "picture": picture_name}
            said_all = {**said, "fault": measured.fault, "kept_for": kept_for}
            # Written last: what is said to be done is there.
            write_bytes(self.path / "done" / f"{key}.json", json.dumps(said_all).encode())
        return Done(recording, measured.status, document, document_name, picture_name, measured.fault, kept)

    def write_tables(self, done: Sequence[Done], n_recordings: int) -> None:
        """Write the table and the page of all that is done."""
        from rom_vision.batch.page import page_of
        from rom_vision.batch.table import table_of

        write_bytes(self.path / _TABLE, table_of(done).encode("utf-8-sig"))
        write_bytes(self.path / _PAGE, page_of(done, n_recordings).encode())


def _is_ours(target: Path, head: bytes) -> bool:
    data = target.read_bytes()
    return not data or (data.startswith(head) and (target.name == _TABLE or _MARK in data))


def _plain(name: str) -> str:
    """The name of a file, fit for every disk and every address."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:80].strip(".") or "video"
