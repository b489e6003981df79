"""The plan and the training log of a person, in the store with everything else of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rom_vision.drills.plan import Plan, parse_plan
from rom_vision.drills.training import Training, parse_training
from rom_vision.errors import BadInputError
from rom_vision.sessions.models import PlanRow, TrainingRow, new_uid
from rom_vision.sessions.rows import find_person, uid_of
from rom_vision.sessions.store import SessionStore

__all__ = [
    "SavedTraining",
    "answer_training",
    "delete_plan",
    "delete_training",
    "keep_plan",
    "plan_of_person",
    "read_plan",
    "save_plan",
    "save_training",
    "training_row",
    "trainings",
    "trainings_of_person",
    "unreadable_trainings",
]


@dataclass(frozen=True)
class SavedTraining:
    """A kept log: its number, its identity on every machine, what it says."""

    id: int
    uid: str
    training: Training


def save_plan(store: SessionStore, person: str, plan: Plan) -> None:
    """Make ``plan`` the plan of a person, in the place of an earlier one; raise `BadInputError` if there is nobody."""
    with store.writing() as session:
        keep_plan(session, find_person(session, person).id, plan)


def read_plan(store: SessionStore, person: str) -> Plan | None:
    """Return the plan of a person; None when there is none, or none that can be read."""
    with store.reading() as session:
        return plan_of_person(session, find_person(session, person).id)


def delete_plan(store: SessionStore, person: str) -> None:
    """Delete the plan of a person; the log stays."""
    with store.writing() as session:
        session.execute(delete(PlanRow).where(PlanRow.person_id == find_person(session, person).id))


def save_training(store: SessionStore, person: str, training: Training) -> int:
    """Keep a log and return its number; raise `BadInputError` if there is nobody of that name."""
    with store.writing() as session:
        row = training_row(find_person(session, person).id, training)
        session.add(row)
        session.flush()
        return row.id


def answer_training(store: SessionStore, number: int, pain: int, *, pinch: bool) -> Training:
    """Note what the person said after a drill, and return the log with it.

    Raises
    ------
    BadInputError
        If the log is gone, or cannot be read.
    """
    with store.writing() as session:
        row = session.get(TrainingRow, number)
        if row is None:
            raise BadInputError(f"There is no training {number}.")
        answered = _training(row).answered(pain, pinch=pinch)
        row.document = answered.to_json()
        return answered


def trainings(store: SessionStore, person: str) -> list[SavedTraining]:
    """Return the logs of a person that can be read, oldest first."""
    with store.reading() as session:
        return trainings_of_person(session, find_person(session, person).id)[0]


def unreadable_trainings(store: SessionStore, person: str) -> dict[int, str]:
    """Return the numbers of the logs that cannot be read, each with the reason; they stay, and can be deleted."""
    with store.reading() as session:
        return trainings_of_person(session, find_person(session, person).id)[1]


def delete_training(store: SessionStore, number: int) -> None:
    """Delete one log; raise `BadInputError` if there is none of that number."""
    with store.writing() as session:
        row = session.get(TrainingRow, number) if 1 <= number < 2**31 else None
        if row is None:
            raise BadInputError(f"There is no training {number}; `rom-vision train log` shows the numbers.")
        session.delete(row)


# -- within a transaction --------------------------------------------------------------------------------------------


def keep_plan(session: Session, person_id: int, plan: Plan) -> None:
    """Put a plan in the place of the person's earlier one."""
    row = session.scalars(select(PlanRow).where(PlanRow.person_id == person_id)).first()
    if row is None:
        session.add(PlanRow(person_id=person_id, document=plan.to_json()))
    else:
        row.document = plan.to_json()


def plan_of_person(session: Session, person_id: int) -> Plan | None:
    """Return the plan of a person; one that cannot be read counts as none, and the next one takes its place."""
    row = session.scalars(select(PlanRow).where(PlanRow.person_id == person_id)).first()
    try:
        return parse_plan(row.document, "the plan") if row is not None and isinstance(row.document, str) else None
    except BadInputError:
        return None


def trainings_of_person(session: Session, person_id: int) -> tuple[list[SavedTraining], dict[int, str]]:
    """Return the logs that can be read, oldest first, and the numbers of the others with the reason."""
    rows = session.scalars(
        select(TrainingRow).where(TrainingRow.person_id == person_id).order_by(TrainingRow.began_at, TrainingRow.id)
    )
    kept, faults = [], {}
    for row in rows:
        try:
            kept.append(SavedTraining(row.id, uid_of(row.uid), _training(row)))
        except BadInputError as fault:
            faults[row.id] = str(fault)
    return kept, faults


def training_row(person_id: int, training: Training, uid: str | None = None) -> TrainingRow:
    """Return the row of a log."""
    return TrainingRow(
        uid=uid or new_uid(), person_id=person_id, began_at=training.began_at, document=training.to_json()
    )


def _training(row: TrainingRow) -> Training:
    if not isinstance(row.document, str):
        raise BadInputError(f"training {row.id}: holds no log")
    return parse_training(row.document, f"training {row.id}")
