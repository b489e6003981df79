"""Everything a person has as one zip archive, that opens on another machine.

``manifest.json`` names the person, the plan, the trainings, the sessions, the results and every file with its
SHA-256; the files lie beside it under names made by this module. An import reads members by the manifest's names only
and never writes a file of that name, so one that climbs out of a folder leads nowhere. Everything is checked before
anything is kept.
"""

from __future__ import annotations

import hashlib
import zipfile
from datetime import datetime, timezone
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from rom_vision.errors import BadInputError
from rom_vision.files import placing
from rom_vision.sessions.manifest import (
    MANIFEST,
    Manifest,
    PackedAttachment,
    PackedEdit,
    PackedFile,
    PackedPerson,
    PackedResult,
    PackedSession,
    PackedTraining,
)
from rom_vision.sessions.models import (
    AttachmentRow,
    EditRow,
    PersonRow,
    ResultRow,
    SessionRow,
    TrainingRow,
    TrialRow,
)
from rom_vision.sessions.packed_trials import pack_trials, unpack_trials
from rom_vision.sessions.records import clean_name, free_name, name_key, picture_type
from rom_vision.sessions.rows import (
    attachment_row,
    document_row,
    edits_of,
    find_person,
    moment_of,
    note_of,
    offset_min,
    person_of,
    session_fault,
    uid_of,
)
from rom_vision.sessions.store import SessionStore
from rom_vision.sessions.training import keep_plan, plan_of_person, training_row, trainings_of_person
from rom_vision.sessions.unpack import Package, open_package

__all__ = ["ImportReport", "export_person", "import_person"]


class ImportReport(BaseModel):
    """What an import did. ``renamed_from`` is set when somebody else already had the name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    renamed_from: str | None
    sessions_added: int
    sessions_known: int
    trainings_added: int = 0


def export_person(store: SessionStore, name: str, path: str | Path) -> int:
    """Write everything a person has to a zip archive and return the number of sessions in it.

    The archive appears whole or not at all; an older file of that name is replaced. Sessions that cannot be read
    (`SessionStore.unreadable`) are left out: an import would refuse the whole archive for them.

    Parameters
    ----------
    store : the store that holds the person.
    name : of the person.
    path : the archive.

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
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return len(manifest.sessions)


def _write(session: Session, person: PersonRow, archive: zipfile.ZipFile) -> Manifest:
    query = (
        select(SessionRow)
        .where(SessionRow.person_id == person.id)
        .order_by(SessionRow.taken_at, SessionRow.id)
        .options(selectinload(SessionRow.edits))
    )
    sessions = []
    for row in session.scalars(query).all():
        results = session.scalars(
            select(ResultRow)
            .where(ResultRow.session_id == row.id)
            .order_by(ResultRow.id)
            .options(
                undefer(ResultRow.document),
                selectinload(ResultRow.attachments),
                selectinload(ResultRow.trials).options(joinedload(TrialRow.study), selectinload(TrialRow.readings)),
            )
        ).all()
        if not session_fault(row, results):
            sessions.append(
                PackedSession(
                    uid=uid_of(row.uid),
                    taken_at=moment_of(row.taken_at, row.utc_offset_min),
                    results=tuple(_write_result(session, result, archive) for result in results),
                    note=note_of(row.note),
                    edits=tuple(
                        PackedEdit(edited_at=e.edited_at, what=e.what, before=e.before, after=e.after)
                        for e in edits_of(row.edits)
                    ),
                )
            )
        session.expunge_all()  # a person's pictures need not all be in memory at once
    who = person_of(person)
    kept, _ = trainings_of_person(session, person.id)
    return Manifest(
        exported_at=datetime.now(timezone.utc),
        person=PackedPerson(
            uid=who.uid, name=who.name, sex=who.sex, birth_year=who.birth_year, created_at=who.created_at
        ),
        sessions=tuple(sessions),
        plan=plan_of_person(session, person.id),
        trainings=tuple(PackedTraining(uid=k.uid, training=k.training) for k in kept),
    )


def _write_result(session: Session, result: ResultRow, archive: zipfile.ZipFile) -> PackedResult:
    document, uid = result.document.encode(), uid_of(result.uid)
    folder = f"results/{uid}"
    archive.writestr(f"{folder}/document.json", document)
    attachments = []
    for number, row in enumerate(result.attachments, 1):
        path = f"{folder}/{row.kind}-{number}"
        try:
            data = session.scalars(select(AttachmentRow.data).where(AttachmentRow.id == row.id)).one()
            packed = PackedAttachment(
                path=path,
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
                kind=row.kind,  # type: ignore[arg-type]
                name=row.name,
                media_type=row.media_type,
            )
        except (TypeError, ValueError):
            continue  # no bytes, or of no kind: an import would refuse the whole archive for it
        if packed.sha256 != row.sha256:
            continue  # damaged in the database, and refused as well
        archive.writestr(path, data)
        attachments.append(packed)
    digest = hashlib.sha256(document).hexdigest()
    file = PackedFile(path=f"{folder}/document.json", sha256=digest, size=len(document))
    return PackedResult(
        uid=uid,
        document=file,
        attachments=tuple(attachments),
        pinch=bool(result.pinch),
        trials=pack_trials(result.trials),
    )


def import_person(store: SessionStore, path: str | Path) -> ImportReport:
    """Bring in an archive written by `export_person`; sessions that are already there are left as they are.

    The same person (by identity, not by name) gets the sessions they lack. Somebody else of the same name leads to a
    new name with a number, never to a mixture of two people.

    Raises
    ------
    BadInputError
        If the file is no archive of this program, damaged, or holds what cannot be; nothing is kept of it then.
    """
    # The archive is looked into first: a fault in it leaves the store as it is, and unlocked.
    with open_package(Path(path)) as package, store.writing() as session:
        return _keep(session, package)


def _keep(session: Session, package: Package) -> ImportReport:
    manifest = package.manifest
    person = session.scalars(select(PersonRow).where(PersonRow.uid == manifest.person.uid)).first()
    renamed_from = None
    if person is None:
        name = clean_name(manifest.person.name)
        free = free_name(name, set(session.scalars(select(PersonRow.name_key))))
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
    results = set(session.scalars(select(ResultRow.uid)))
    added = 0
    for packed in manifest.sessions:
        if packed.uid in known:
            continue
        if taken := next((result.uid for result in packed.results if result.uid in results), None):
            raise BadInputError(f"{package.path}: result {taken} is already here, in another session.")
        row = SessionRow(
            uid=packed.uid,
            person_id=person.id,
            taken_at=packed.taken_at,
            utc_offset_min=offset_min(packed.taken_at),
            results=[_result_row(session, package, result) for result in packed.results],
            note=packed.note,
            edits=[EditRow(**edit.model_dump()) for edit in packed.edits],
        )
        session.add(row)
        session.flush()
        session.expunge_all()
        added += 1
        known.add(packed.uid)
    trained = _keep_training(session, person.id, manifest)
    return ImportReport(
        person=person.name,
        renamed_from=renamed_from,
        sessions_added=added,
        sessions_known=len(manifest.sessions) - added,
        trainings_added=trained,
    )


def _keep_training(session: Session, person_id: int, manifest: Manifest) -> int:
    """Add the trainings that are lacking, and the plan where there is none; return how many were added."""
    there = set(session.scalars(select(TrainingRow.uid)))
    lacking = [packed for packed in manifest.trainings if packed.uid not in there]
    for packed in lacking:
        session.add(training_row(person_id, packed.training, packed.uid))
    if manifest.plan is not None and plan_of_person(session, person_id) is None:
        keep_plan(session, person_id, manifest.plan)
    return len(lacking)


def _result_row(session: Session, package: Package, packed: PackedResult) -> ResultRow:
    row = document_row(*package.document(packed))
    row.trials = unpack_trials(session, packed.trials)
    row.uid, row.pinch = packed.uid, packed.pinch
    for attachment in packed.attachments:
        data = package.content(attachment)
        media_type = picture_type(data) if attachment.kind in ("picture", "picture_0") else attachment.media_type
        row.attachments.append(attachment_row(attachment.kind, attachment.name, media_type, data))
    return row
