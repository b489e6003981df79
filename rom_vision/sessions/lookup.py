"""What is kept of a person, asked for without reading every document."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from rom_vision.errors import BadInputError
from rom_vision.results.document import Document
from rom_vision.sessions.models import ResultRow, SessionRow
from rom_vision.sessions.rows import document_of, find_person, measures_of_row
from rom_vision.sessions.store import SessionStore

__all__ = ["is_kept", "newest_of_each"]


def newest_of_each(store: SessionStore, person: str) -> tuple[Document, ...]:
    """Return the newest result of every way in which a person was measured, newest first.

    Ways differ in test, position, side or what was measured. What cannot be read counts as not there.

    Raises
    ------
    BadInputError
        If there is nobody of that name.
    """
    found: dict[tuple[object, ...], Document] = {}
    with store.reading() as session:
        rows = session.execute(
            select(
                ResultRow.id,
                ResultRow.test,
                ResultRow.position,
                ResultRow.side,
                ResultRow.setup,
                ResultRow.summary,
            )
            .join(SessionRow, ResultRow.session_id == SessionRow.id)
            .where(SessionRow.person_id == find_person(session, person).id, ResultRow.status == "measured")
            .order_by(SessionRow.taken_at.desc(), ResultRow.id.desc())
        ).all()
        for number, test, position, side, setup, summary in rows:
            with suppress(BadInputError):
                way = (test, position, side, *(measure.quantity for measure in measures_of_row(setup, summary)))
                if way not in found:
                    text = session.scalar(select(ResultRow.document).where(ResultRow.id == number))
                    found[way] = document_of(text, number)
    return tuple(found.values())


def is_kept(store: SessionStore, person: str, document: Document) -> bool:
    """Whether a person has this very result, refused or measured; raise `BadInputError` if there is no such person."""
    with store.reading() as session:
        rows = session.execute(
            select(ResultRow.id, ResultRow.document)
            .join(SessionRow, ResultRow.session_id == SessionRow.id)
            .where(
                SessionRow.person_id == find_person(session, person).id,
                ResultRow.recording == document.provenance.video_sha256,
                ResultRow.test == document.test,
            )
        ).all()
        for number, text in rows:
            with suppress(BadInputError):
                if document_of(text, number) == document:
                    return True
    return False
