"""Reading an archive from elsewhere: no member is believed before it has been looked at."""

from __future__ import annotations

import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from rom_vision.capture.source import open_video
from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.pose.track import ZIP_FAULTS, PoseTrack
from rom_vision.results.document import Document, parse_document
from rom_vision.sessions.manifest import MANIFEST, Manifest, PackedAttachment, PackedFile, PackedResult
from rom_vision.sessions.records import check_picture, clean_name

__all__ = ["Package", "open_package"]

_MAX_MANIFEST_BYTES = 64 * 2**20
_MAX_UNPACKED_BYTES = 2**30
_MAX_RATIO = 100
"""An archive may unpack to 1 GB and 100 times its own size on top (ours come to 15 times)."""


class Package:
    """An archive whose table of contents has been read.

    Attributes
    ----------
    path : what errors call it.
    manifest : its table of contents.
    """

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive = archive
        self.path = path
        names = Counter(archive.namelist())
        name, times = names.most_common(1)[0] if names else ("", 0)
        if times > 1:
            raise BadInputError(f"{path}: not an archive of rom_vision, or damaged ({name} is in it {times} times).")
        if MANIFEST not in names:
            raise BadInputError(f"{path}: not an archive of rom_vision (it has no {MANIFEST}).")
        text = self._member(MANIFEST, _MAX_MANIFEST_BYTES)
        try:
            self.manifest = Manifest.model_validate_json(text)
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the whole"
            raise BadInputError(f"{path}: its manifest cannot be used ({where}: {first['msg'][:300]}).") from fault
        size = sum(file.size for file in self.manifest.files)
        if size > _MAX_UNPACKED_BYTES + _MAX_RATIO * path.stat().st_size:
            raise BadInputError(f"{path}: would unpack to {size / 1e6:,.0f} MB, far more than such an archive holds.")

    def check(self) -> None:
        """Look into every member.

        Raises
        ------
        BadInputError
            Naming the first member that is missing, damaged, or not what it says it is, and why.
        """
        try:
            clean_name(self.manifest.person.name)
        except BadInputError as fault:
            raise BadInputError(f"{self.path}: its manifest cannot be used (person.name: {fault})") from fault
        for session in self.manifest.sessions:
            for result in session.results:
                self.document(result)
                for attachment in result.attachments:
                    self._check_attachment(attachment, self.content(attachment))

    def document(self, result: PackedResult) -> tuple[Document, str]:
        """Return the document of a result, and its text."""
        content = self.content(result.document)
        try:
            text = content.decode()
        except UnicodeDecodeError as fault:
            raise self._damaged(result.document.path, "it is no text") from fault
        return parse_document(text, self._name(result.document.path)), text

    def content(self, file: PackedFile) -> bytes:
        """Return a member's content, which is as long and has the checksum that the manifest says."""
        data = self._member(file.path, file.size)
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            raise self._damaged(file.path, f"{file.path} does not match its checksum")
        return data

    def _check_attachment(self, attachment: PackedAttachment, data: bytes) -> None:
        name = self._name(attachment.path)
        if attachment.kind in ("track", "track_0"):
            PoseTrack.from_bytes(data, name=name)
        elif attachment.kind == "original":
            parse_document(data, name)
        elif attachment.kind in ("picture", "picture_0"):
            try:
                check_picture(data)
            except BadInputError as fault:
                raise BadInputError(f"{name}: {fault}") from fault
        else:
            _check_video(data, name)

    def _member(self, name: str, limit: int) -> bytes:
        """Read one member, never more than ``limit`` bytes, whatever its header claims."""
        try:
            with self._archive.open(name) as member:
                data = member.read(limit + 1)
        except KeyError:
            raise self._damaged(name, f"{name} is missing") from None
        except ZIP_FAULTS as fault:
            raise self._damaged(name, str(fault) or type(fault).__name__) from fault
        if len(data) > limit:
            raise self._damaged(name, f"{name} is larger than it says")
        return data

    def _name(self, member: str) -> str:
        return f"{self.path}, {member}"

    def _damaged(self, member: str, why: str) -> BadInputError:
        return BadInputError(f"{self._name(member)}: damaged, or not of an archive of rom_vision ({why[:300]}).")


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open an archive and look into every member of it.

    Raises
    ------
    BadInputError
        If it cannot be read, is no archive of this program, or holds what no such archive can hold.
    """
    if path.exists() and not path.is_file():
        raise BadInputError(f"{path}: cannot be read (it is no file).")
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_FAULTS as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise BadInputError(f"{path}: cannot be read ({fault.strerror or fault}).") from fault
        raise BadInputError(f"{path}: not an archive of rom_vision, or damaged ({fault}).") from fault
    with archive:
        package = Package(archive, path)
        package.check()
        yield package


def _check_video(data: bytes, name: str) -> None:
    with temporary_folder() as folder:
        path = folder / "video"
        path.write_bytes(data)
        try:
            with open_video(path):
                pass
        except BadInputError as fault:
            raise BadInputError(f"{name}: is no video that can be opened.") from fault
