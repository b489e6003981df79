"""Everything a person has as one zip archive, that opens on another machine.

``manifest.json`` names the person, the sessions, the results and every file with its SHA-256; the files lie beside it
under names made by this module. An import reads members by the manifest's names only and writes nothing to the file
system, so a name that climbs out of a folder leads nowhere. Everything is checked before anything is kept.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from rom_vision.errors import BadInputError
from rom_vision.files import placing
from rom_vision.meaning.norms import Sex
from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import parse_document
from rom_vision.sessions.models import AttachmentRow, PersonRow, ResultRow, SessionRow
from rom_vision.sessions.records import MAX_NAME, clean_name, name_key, picture_type
from rom_vision.sessions.store import (
    MAX_VIDEO_BYTES,
    SessionStore,
    at_offset,
    attachment_row,
    document_row,
    find_person,
    offset_min,
)

__all__ = ["ImportReport", "export_person", "import_person"]

_MANIFEST = "manifest.json"
_MAX_MEMBER_BYTES = 2 * MAX_VIDEO_BYTES
_MAX_MANIFEST_BYTES = 64 * 2**20
_Uid = Field(pattern=r"^[0-9a-f]{32}$")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _File(_Model):
    path: str = Field(max_length=200)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0, le=_MAX_MEMBER_BYTES)


class _Attachment(_File):
    kind: Literal["track", "picture", "video"]
    name: str = Field(max_length=500)
    media_type: str = Field(max_length=80)


class _Result(_Model):
    uid: str = _Uid
    document: _File
    attachments: tuple[_Attachment, ...]
    pinch: bool = False


class _Session(_Model):
    uid: str = _Uid
    taken_at: AwareDatetime
    results: tuple[_Result, ...]


class _Person(_Model):
    uid: str = _Uid
    name: str
    sex: Sex | None
    birth_year: int | None = Field(ge=1900, le=2200)
    created_at: AwareDatetime


class _Manifest(_Model):
    format: Literal["rom_vision person"] = "rom_vision person"
    version: Literal[1] = 1
    exported_at: AwareDatetime
    person: _Person
    sessions: tuple[_Session, ...]


class ImportReport(_Model):
    """What an import did. ``renamed_from`` is set when somebody else already had the name."""

    person: str
    renamed_from: str | None
    sessions_added: int
    sessions_known: int


def export_person(store: SessionStore, name: str, path: str | Path) -> int:
    """Write everything a person has to a zip archive and return the number of sessions in it.

    The archive appears whole or not at all; an older file of that name is replaced.

    Raises
    ------
    BadInputError
        If there is nobody of that name, or the file cannot be written.
    """
    with placing(path) as draft:
        draft.chmod(0o600)  # everything that is kept of a person
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            with store.reading() as session:
                manifest = _write(session, find_person(session, name), archive)
            archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
    return len(manifest.sessions)


def _write(session: Session, person: PersonRow, archive: zipfile.ZipFile) -> _Manifest:
    query = select(SessionRow).where(SessionRow.person_id == person.id).order_by(SessionRow.taken_at, SessionRow.id)
    sessions = []
    for row in session.scalars(query).all():
        results = session.scalars(
            select(ResultRow)
            .where(ResultRow.session_id == row.id)
            .order_by(ResultRow.id)
            .options(undefer(ResultRow.document), selectinload(ResultRow.attachments).undefer(AttachmentRow.data))
        ).all()
        written = tuple(_write_result(result, archive) for result in results)
        sessions.append(_Session(uid=row.uid, taken_at=at_offset(row.taken_at, row.utc_offset_min), results=written))
        session.expunge_all()  # a person's pictures need not all be in memory at once
    return _Manifest(
        exported_at=datetime.now(timezone.utc),
        person=_Person(
            uid=person.uid,
            name=person.name,
            sex=person.sex,  # type: ignore[arg-type]
            birth_year=person.birth_year,
            created_at=person.created_at,
        ),
        sessions=tuple(sessions),
    )


def _write_result(result: ResultRow, archive: zipfile.ZipFile) -> _Result:
    document = result.document.encode()
    folder = f"results/{result.uid}"
    archive.writestr(f"{folder}/document.json", document)
    attachments = []
    for number, row in enumerate(result.attachments, 1):
        path = f"{folder}/{row.kind}-{number}"
        archive.writestr(path, row.data)
        attachments.append(
            _Attachment(
                path=path,
                sha256=row.sha256,
                size=len(row.data),
                kind=row.kind,  # type: ignore[arg-type]
                name=row.name,
                media_type=row.media_type,
            )
        )
    digest = hashlib.sha256(document).hexdigest()
    file = _File(path=f"{folder}/document.json", sha256=digest, size=len(document))
    return _Result(uid=result.uid, document=file, attachments=tuple(attachments), pinch=result.pinch)


def import_person(store: SessionStore, path: str | Path) -> ImportReport:
    """Bring in an archive written by `export_person`; sessions that are already there are left as they are.

    The same person (by identity, not by name) gets the sessions they lack. Somebody else of the same name leads to a
    new name with a number, never to a mixture of two people.

    Raises
    ------
    BadInputError
        If the file is no archive of this program, or damaged; nothing is kept of it then.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive, path)
            for packed in manifest.sessions:
                for result in packed.results:
                    _result_row(archive, result, path)  # a fault here leaves the store as it is, and unlocked
            with store.writing() as session:
                return _keep(session, manifest, archive, path)
    except OSError as fault:
        raise BadInputError(f"{path}: cannot be read ({fault.strerror or fault}).") from fault
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise BadInputError(f"{path}: not an archive of rom_vision, or damaged ({fault}).") from fault


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> _Manifest:
    if _MANIFEST not in archive.namelist():
        raise BadInputError(f"{path}: not an archive of rom_vision (it has no {_MANIFEST}).")
    text = _member(archive, _MANIFEST, _MAX_MANIFEST_BYTES)
    try:
        return _Manifest.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInputError(f"{path}: its manifest cannot be used ({where}: {first['msg']}).") from fault


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read one member, never more than ``limit`` bytes, whatever its header claims."""
    with archive.open(name) as member:
        data = member.read(limit + 1)
    if len(data) > limit:
        raise zipfile.BadZipFile(f"{name} is larger than it says")
    return data


def _checked(archive: zipfile.ZipFile, file: _File) -> bytes:
    try:
        data = _member(archive, file.path, file.size)
    except KeyError:
        raise zipfile.BadZipFile(f"{file.path} is missing") from None
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        raise zipfile.BadZipFile(f"{file.path} does not match its checksum")
    return data


def _keep(session: Session, manifest: _Manifest, archive: zipfile.ZipFile, path: Path) -> ImportReport:
    person = session.scalars(select(PersonRow).where(PersonRow.uid == manifest.person.uid)).first()
    renamed_from = None
    if person is None:
        name = clean_name(manifest.person.name)
        free = _free_name(session, name)
        renamed_from = name if free != name else None
        person = PersonRow(
            uid=manifest.person.uid,
            name=free,
            name_key=name_key(free),
            sex=manifest.person.sex,
            birth_year=manifest.person.birth_year,
            created_at=manifest.person.created_at,
        )
        session.add(person)
        session.flush()
    known = set(session.scalars(select(SessionRow.uid)))
    added = 0
    for packed in manifest.sessions:
        if packed.uid in known:
            continue
        row = SessionRow(
            uid=packed.uid,
            person_id=person.id,
            taken_at=packed.taken_at,
            utc_offset_min=offset_min(packed.taken_at),
            results=[_result_row(archive, result, path) for result in packed.results],
        )
        session.add(row)
        session.flush()
        session.expunge_all()
        added += 1
        known.add(packed.uid)
    return ImportReport(
        person=person.name,
        renamed_from=renamed_from,
        sessions_added=added,
        sessions_known=len(manifest.sessions) - added,
    )


def _result_row(archive: zipfile.ZipFile, packed: _Result, path: Path) -> ResultRow:
    text = _checked(archive, packed.document)
    document = parse_document(text, f"{path}, {packed.document.path}")
    row = document_row(document, text.decode())
    row.uid, row.pinch = packed.uid, packed.pinch
    for packed_attachment in packed.attachments:
        data = _checked(archive, packed_attachment)
        if packed_attachment.kind == "track":
            PoseTrack.from_bytes(data, name=f"{path}, {packed_attachment.path}")
        media_type = picture_type(data) if packed_attachment.kind == "picture" else packed_attachment.media_type
        row.attachments.append(attachment_row(packed_attachment.kind, packed_attachment.name, media_type, data))
    return row


def _free_name(session: Session, name: str) -> str:
    """Return the name, or the first of 'name (2)', 'name (3)' ... that nobody has, shortened where it has to be."""
    taken = set(session.scalars(select(PersonRow.name_key)))
    number, free = 1, name
    while name_key(free) in taken:
        number += 1
        ending = f" ({number})"
        free = name[: MAX_NAME - len(ending)].rstrip() + ending
    return free
