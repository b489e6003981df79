"""The part that a result takes in studies, on its way into an archive and out of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from rom_vision.sessions.manifest import PackedReading, PackedStudy, PackedTrial
from rom_vision.sessions.models import ReadingRow, StudyRow, TrialRow
from rom_vision.sessions.records import clean_name, free_name, name_key
from rom_vision.sessions.studies import readings_of, study_of

__all__ = ["pack_trials", "unpack_trials"]


def pack_trials(rows: Iterable[TrialRow]) -> tuple[PackedTrial, ...]:
    """Return the trials of a result for an archive; one that cannot be read is left out."""
    packed = []
    for row in rows:
        study = study_of(row.study)
        try:
            packed.append(
                PackedTrial(
                    study=PackedStudy(**{name: getattr(study, name) for name in PackedStudy.model_fields}),
                    side=row.side,  # type: ignore[arg-type]
                    operator=row.operator,
                    added_at=row.added_at,
                    shown_at=row.shown_at,
                    readings=tuple(
                        PackedReading(**{name: getattr(r, name) for name in PackedReading.model_fields})
                        for r in readings_of(row.readings)
                    ),
                )
            )
        except ValidationError:
            continue  # an import would refuse the whole archive for it
    return tuple(packed)


def unpack_trials(session: Session, packed: Sequence[PackedTrial]) -> list[TrialRow]:
    """Return the rows of a result's trials; a study that is not here yet is made.

    A study is the same on every machine, so that those of several places come together. Another one of the same name
    leads to a new name with a number.
    """
    return [
        TrialRow(
            study_id=_study(session, trial.study).id,
            side=trial.side,
            operator=trial.operator,
            added_at=trial.added_at,
            shown_at=trial.shown_at,
            readings=[ReadingRow(**reading.model_dump()) for reading in trial.readings],
        )
        for trial in packed
    ]


def _study(session: Session, packed: PackedStudy) -> StudyRow:
    row = session.scalars(select(StudyRow).where(StudyRow.uid == packed.uid)).first()
    if row is None:
        name = free_name(clean_name(packed.name), set(session.scalars(select(StudyRow.name_key))))
        row = StudyRow(**{**packed.model_dump(), "name": name}, name_key=name_key(name))
        session.add(row)
        session.flush()
    return row
