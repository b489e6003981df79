"""Corrections of kept results: the result as it was measured stays, each correction is logged, and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, undefer

from rom_vision.capture import sha256_of
from rom_vision.errors import BadInputError
from rom_vision.pose.given import GivenPoint, with_given
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.corrections import check_kinds, correction_words
from rom_vision.protocols.registry import protocol
from rom_vision.results.command import ASKED
from rom_vision.results.document import Document, parse_document
from rom_vision.results.parts import Correction, Joint, Repetition, Side
from rom_vision.sessions.models import AttachmentRow, ResultRow
from rom_vision.sessions.records import clean_note
from rom_vision.sessions.rows import attachment_row, document_of, document_row, log_edit
from rom_vision.sessions.store import SessionStore

__all__ = ["MAX_REASON", "correct", "follow", "hold_correction", "landmark_correction", "original_of", "remeasured"]
__all__ += ["repetition_correction", "side_correction", "undo"]

MAX_REASON = 300
_KIND = "original"
_ASIDE = {"picture": "picture_0", "video": "video_0"}
"""Kinds of what shows the leg or the person first measured, while the result is of another one."""
_TRACK, _TRACK_ASIDE = "track", "track_0"


def repetition_correction(document: Document, number: int, *, counts: bool, reason: str) -> Correction:
    """Return the correction that leaves a repetition out or counts it; ``number`` from 1."""
    r = _repetition(document, number)
    return Correction("counted" if counts else "left_out", _reason(reason), _now(), at_s=r.at_s)


def hold_correction(document: Document, number: int, start_s: float, end_s: float, reason: str) -> Correction:
    """Return the correction that moves the hold of a repetition; ``number`` from 1, seconds of the recording."""
    r = _repetition(document, number)
    return Correction("hold", _reason(reason), _now(), r.at_s, round(start_s, 3), round(end_s, 3))


def side_correction(side: Side, reason: str) -> Correction:
    """Return the correction that names the true side of the tested leg."""
    return Correction("side", _reason(reason), _now(), side=side)


def landmark_correction(joint: Joint, time_s: float, x_px: float, y_px: float, reason: str) -> Correction:
    """Return the correction that puts a joint where it lies, in pixels of the upright picture at ``time_s``."""
    at_s, x, y = round(time_s, 3), round(x_px, 1), round(y_px, 1)
    return Correction("landmark", _reason(reason), _now(), at_s=at_s, landmark=joint, x_px=x, y_px=y)


def correct(store: SessionStore, result_id: int, correction: Correction) -> Document:
    """Correct a kept result and return it.

    The result as the program measured it stays beside it. Pictures and video of another leg are set aside until it is
    undone.

    Raises
    ------
    BadInputError
        If there is no such result, or the correction does not fit it.
    """
    now, original = _both(store, result_id)
    return _replay(store, result_id, now, original or now, (*now.corrections, correction))


def follow(
    store: SessionStore,
    result_id: int,
    recording: Path,
    number: int,
    reason: str,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Document:
    """Correct whom a kept result follows: measure another person of the same recording, and return the result.

    Only the landmarks of the one who was followed are kept, so that the recording is needed again.

    Parameters
    ----------
    recording : the file that was measured, as its checksum tells.
    number : the person, 1 is the leftmost where each was first seen.
    reason : why.
    on_progress : told of pictures looked at, and how many there are.

    Raises
    ------
    BadInputError
        If it is another recording, the result was corrected before, or the person cannot be measured.
    """
    from rom_vision.pipeline.run import watch_for

    now, _ = _both(store, result_id)
    if now.corrections:
        raise BadInputError("Take the corrections back first: they were made on the person followed so far.")
    correction = Correction("subject", _reason(reason), _now(), subject=number)
    if now.provenance.video_sha256 not in ("", sha256_of(recording)):
        raise BadInputError(f"{recording.name} is another recording than {now.provenance.video}, which was measured.")
    asked = now.provenance.settings.get(ASKED)
    model = str(asked.get("model", "heavy")) if isinstance(asked, Mapping) else "heavy"
    looked = {"model": model, "subject": number, "on_progress": on_progress}
    track, _ = watch_for(protocol(now.test), recording, now.options, **looked)
    changed = _corrected(now, (correction,), lambda: track)
    _keep(store, result_id, now, now, changed, track)
    return changed


def undo(store: SessionStore, result_id: int) -> Document:
    """Take the latest correction of a result back and return it; raise `BadInputError` if there is none."""
    now, original = _both(store, result_id)
    if original is None or not now.corrections:
        raise BadInputError("Nothing was corrected in this result.")
    return _replay(store, result_id, now, original, now.corrections[:-1])


def original_of(store: SessionStore, result_id: int) -> Document | None:
    """Return a result as the program measured it; None if it was never corrected."""
    return _both(store, result_id)[1]


def remeasured(store: SessionStore, result_id: int) -> Document | None:
    """Measure the kept landmarks of a result again, with the corrections on top; None where none were kept.

    Raises
    ------
    BadInputError
        If a correction does not fit what is measured now.
    """
    from rom_vision.pipeline.run import measure_again

    now, original = _both(store, result_id)
    track = store.track(result_id, set_aside=_other_person(now))
    if track is None:
        return None
    fresh = measure_again(original or now, track).document
    if original is None:
        store.replace_document(result_id, fresh)
        return fresh
    return _replay(store, result_id, now, fresh, now.corrections)


def _replay(
    store: SessionStore, result_id: int, now: Document, original: Document, corrections: Sequence[Correction]
) -> Document:
    changed = _corrected(original, corrections, lambda: _track(store, result_id)) if corrections else original
    _keep(store, result_id, now, original, changed)
    return changed


def _corrected(original: Document, corrections: Sequence[Correction], track: Callable[[], PoseTrack]) -> Document:
    from rom_vision.pipeline.run import measure_again

    test = protocol(original.test)
    check_kinds(test, corrections)
    given = [_point(c) for c in corrections if c.what == "landmark"]
    side = next((c.side for c in reversed(corrections) if c.side), None) or original.side
    another = any(c.what == "subject" for c in corrections)
    options = original.options if side is None else {**original.options, "side": side}
    asked = original.model_copy(update={"options": options})

    def again(left_out: Sequence[float] = ()) -> Document:
        return measure_again(asked, with_given(track(), given), left_out).document

    base = again() if given or another or side != original.side else original
    if base.status == "refused" and base is not original:
        who = "That person" if another else f"The {side} leg" if side else "The recording"
        raise BadInputError(f"{who} cannot be measured so. {' '.join(base.reasons)}")
    return test.correct(base, corrections, again)


def _track(store: SessionStore, result_id: int) -> PoseTrack:
    track = store.track(result_id)
    if track is None:
        raise BadInputError("No landmarks were kept of this test, so that it cannot be measured in another way.")
    return track


def _other_person(document: Document) -> bool:
    return any(c.what == "subject" for c in document.corrections)


def _point(correction: Correction) -> GivenPoint:
    joint, at_s, x_px, y_px = correction.landmark, correction.at_s, correction.x_px, correction.y_px
    if joint is None or at_s is None or x_px is None or y_px is None:
        raise BadInputError("A correction does not say which joint lies where: take it back.")
    return GivenPoint(Landmark[joint.upper()], at_s, x_px, y_px)


def _keep(
    store: SessionStore,
    result_id: int,
    now: Document,
    original: Document,
    changed: Document,
    track: PoseTrack | None = None,
) -> None:
    """Keep a corrected result beside the original in the place of what is kept now.

    ``track`` is that of another person who is followed from now on.
    """
    fresh = document_row(changed, changed.to_json())
    with store.writing() as session:
        row = session.get(ResultRow, result_id)
        if row is None:
            raise BadInputError(f"There is no result {result_id}.")
        session.execute(delete(AttachmentRow).where(AttachmentRow.result_id == result_id, AttachmentRow.kind == _KIND))
        if changed.corrections:
            kept = attachment_row(_KIND, "original.json", "application/json", original.to_json().encode())
            kept.result_id = result_id
            session.add(kept)
        last = changed.corrections[-1:] or ()
        words = correction_words(changed, last[0]) if last else "as it was measured"
        log_edit(row.session_id, "correction", "", words, session)
        if row.side != fresh.side:
            log_edit(row.session_id, "side", row.side or "", fresh.side or "", session)
        shown, shows = (d.side == original.side and not _other_person(d) for d in (now, changed))
        if shown != shows:
            for kind, aside in _ASIDE.items():
                _rename(session, result_id, *((kind, aside) if shown else (aside, kind)))
        if track is not None:
            _rename(session, result_id, _TRACK, _TRACK_ASIDE)
            other = attachment_row(_TRACK, "track.npz", "application/octet-stream", track.to_bytes())
            other.result_id = result_id
            session.add(other)
        elif _other_person(now) and not _other_person(changed):
            of_other = (AttachmentRow.result_id == result_id, AttachmentRow.kind == _TRACK)
            session.execute(delete(AttachmentRow).where(*of_other))
            _rename(session, result_id, _TRACK_ASIDE, _TRACK)
        for name in ("document", "status", "setup", "summary", "recording", "position", "mode", "side"):
            setattr(row, name, getattr(fresh, name))


def _rename(session: Session, result_id: int, before: str, after: str) -> None:
    of_kind = (AttachmentRow.result_id == result_id, AttachmentRow.kind == before)
    session.execute(update(AttachmentRow).where(*of_kind).values(kind=after))


def _both(store: SessionStore, result_id: int) -> tuple[Document, Document | None]:
    """Return a result as it is now, and as it was measured if it was corrected."""
    with store.reading() as session:
        row = session.get(ResultRow, result_id, options=[undefer(ResultRow.document)])
        if row is None:
            raise BadInputError(f"There is no result {result_id}.")
        now = document_of(row.document, result_id)
        kept = session.scalars(
            select(AttachmentRow.data).where(AttachmentRow.result_id == result_id, AttachmentRow.kind == _KIND)
        ).first()
    return now, None if kept is None else parse_document(kept, f"original of result {result_id}")


def _repetition(document: Document, number: int) -> Repetition:
    if not 1 <= number <= len(document.repetitions):
        raise BadInputError(f"There is no repetition {number}; there are {len(document.repetitions)}.")
    return document.repetitions[number - 1]


def _reason(reason: str) -> str:
    cleaned = clean_note(reason)
    if not cleaned:
        raise BadInputError("Say why: a correction without a reason is not kept.")
    if len(cleaned) > MAX_REASON:
        raise BadInputError(f"The reason is {len(cleaned)} characters long; {MAX_REASON} are the most.")
    return cleaned


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
