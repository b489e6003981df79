"""Tables of the session store. The migrations make them; a test keeps the two alike."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, Double, ForeignKey, Index, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "AttachmentRow",
    "Base",
    "EditRow",
    "PersonRow",
    "PlanRow",
    "ReadingRow",
    "ResultRow",
    "SessionRow",
    "StudyRow",
    "TrainingRow",
    "TrialRow",
    "new_uid",
]


def new_uid() -> str:
    """Return an identity that stays the same on every machine the row travels to."""
    return uuid.uuid4().hex


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: timezone-aware in Python, UTC without a zone in the database.

    What is no moment comes back as None, so that one bad date does not hide every other row.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn a moment into UTC."""
        return None if value is None else value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=timezone.utc)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Read a moment as the database gives it."""
        read = super().result_processor(dialect, coltype)

        def moment(value: Any) -> datetime | None:
            try:
                return read(value) if read else value
            except (ValueError, TypeError, AttributeError, OverflowError):
                return None

        return moment


class Base(DeclarativeBase):
    """Base of all tables."""


class PersonRow(Base):
    """Somebody who is tested. ``name_key`` is the name as compared: case and Unicode form do not matter."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    sex: Mapped[str | None] = mapped_column(String(10))
    birth_year: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """One sitting, with one or more tests. The offset keeps the local date of the place where it was taken."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_by_person", "person_id", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    utc_offset_min: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[PersonRow] = relationship()
    results: Mapped[list[ResultRow]] = relationship(order_by="ResultRow.id", passive_deletes="all")
    edits: Mapped[list[EditRow]] = relationship(order_by="EditRow.id", passive_deletes="all")


class ResultRow(Base):
    """One result document.

    ``setup``, ``summary`` and ``recording`` (SHA-256 of the video) are derived from it, so that they can be asked for
    without parsing it.
    """

    __tablename__ = "results"
    __table_args__ = (Index("results_by_session", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    test: Mapped[str] = mapped_column(String(40))
    position: Mapped[str | None] = mapped_column(String(20))
    mode: Mapped[str | None] = mapped_column(String(20))
    side: Mapped[str | None] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(20))
    pinch: Mapped[bool] = mapped_column(default=False)
    document: Mapped[str] = mapped_column(Text, deferred=True)
    setup: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    recording: Mapped[str] = mapped_column(String(64), default="")

    attachments: Mapped[list[AttachmentRow]] = relationship(order_by="AttachmentRow.id", passive_deletes="all")
    trials: Mapped[list[TrialRow]] = relationship(order_by="TrialRow.id", passive_deletes="all")


class EditRow(Base):
    """A change that somebody made to a kept session: when, what, and how it read before and after."""

    __tablename__ = "edits"
    __table_args__ = (Index("edits_by_session", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


class AttachmentRow(Base):
    """A landmark track, a picture or a video that belongs to a result, or its document before it was corrected."""

    __tablename__ = "attachments"
    __table_args__ = (Index("attachments_by_result", "result_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class PlanRow(Base):
    """The plan of a person (`rom_vision.drills.plan.Plan`), one at a time."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    document: Mapped[str] = mapped_column(Text)


class TrainingRow(Base):
    """The log of one drill (`rom_vision.drills.training.Training`)."""

    __tablename__ = "trainings"
    __table_args__ = (Index("trainings_by_person", "person_id", "began_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str] = mapped_column(Text)


class StudyRow(Base):
    """A study of the instrument itself: results of several people beside readings of a reference.

    ``measured_error`` is empty, or the standard error that the study measured and comparisons use, as JSON.
    """

    __tablename__ = "studies"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    quantity: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(Text)
    reference_sem: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    measured_error: Mapped[str] = mapped_column(Text, default="")


class TrialRow(Base):
    """A result that takes part in a study, one side of it. ``shown_at`` is when the study first showed its value."""

    __tablename__ = "trials"
    __table_args__ = (
        Index("trials_by_result", "result_id"),
        Index("trials_by_study", "study_id", "result_id", "side", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"))
    result_id: Mapped[int] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(10), default="")
    operator: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    study: Mapped[StudyRow] = relationship()
    readings: Mapped[list[ReadingRow]] = relationship(order_by="ReadingRow.id", passive_deletes="all")


class ReadingRow(Base):
    """One reading of a study's reference. ``blind``: whoever read it did not know the program's value."""

    __tablename__ = "readings"
    __table_args__ = (Index("readings_by_trial", "trial_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    value: Mapped[float] = mapped_column(Double)
    rater: Mapped[str] = mapped_column(Text, default="")
    blind: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
