"""What a person's latest session calls for: the advice that a plan is made of."""

from __future__ import annotations

from rom_vision.errors import BadInputError
from rom_vision.meaning.advice import Advice, advise
from rom_vision.meaning.interpret import interpret_session
from rom_vision.sessions.records import SavedSession
from rom_vision.sessions.store import SessionStore

__all__ = ["advice_of_person", "advice_of_session"]


def advice_of_session(session: SavedSession) -> Advice:
    """Return the exercises for what a session found; none after a pinch."""
    said = interpret_session(
        [r.document for r in session.results],
        sex=session.person.sex,
        age_years=session.person.age_years(session.taken_at),
    )
    measured = any(r.document.status == "measured" for r in session.results)
    return advise(said.codes, pinch=any(r.pinch for r in session.results), measured=measured)


def advice_of_person(store: SessionStore, person: str, number: int | None = None) -> Advice:
    """Return the advice of one session of a person; of the latest that was measured, when none is named.

    Raises
    ------
    BadInputError
        If there is no such person or session, or the session is of somebody else.
    """
    who = store.person(person)
    if number is not None:
        session = store.session(number)
        if session.person.id != who.id:
            raise BadInputError(f"Session {number} is not of {who.name}.")
        return advice_of_session(session)
    unreadable = store.unreadable(person)
    for line in reversed(store.sessions(person)):
        if line.id not in unreadable:
            session = store.session(line.id)
            if any(r.document.status == "measured" for r in session.results):
                return advice_of_session(session)
    return advise((), measured=False)
