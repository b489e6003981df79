"""`rom-vision sessions correct`: what the program got wrong, corrected by hand, visibly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from rom_vision.cli.say import say
from rom_vision.cli.sessions import Number, open_store
from rom_vision.errors import BadInputError

if TYPE_CHECKING:
    from rom_vision.results.document import Document
    from rom_vision.results.parts import Correction, Joint, Side
    from rom_vision.sessions import SavedResult

__all__ = ["correct_session"]

_WhichRepetition = Annotated[
    int | None, typer.Option(metavar="N", help="Which repetition, counted from 1.", show_default=False)
]
_LeaveOut = Annotated[bool, typer.Option("--leave-out", help="The repetition does not count.")]
_Count = Annotated[bool, typer.Option("--count", help="The repetition counts.")]
_Hold = Annotated[
    tuple[float, float] | None,
    typer.Option(metavar="START END", help="Where it was held, seconds of the recording.", show_default=False),
]
_TrueSide = Annotated[str | None, typer.Option(metavar="left|right", help="Which leg was tested.", show_default=False)]
_WhichJoint = Annotated[
    str | None,
    typer.Option(metavar="JOINT", help="Which joint lies elsewhere, e.g. left-knee.", show_default=False),
]
_Place = Annotated[
    tuple[float, float, float] | None,
    typer.Option(metavar="SECONDS X Y", help="Where it lies: time, and pixels of the picture.", show_default=False),
]
_Subject = Annotated[
    int | None,
    typer.Option("--subject", metavar="N", help="Who does the test, 1 is the leftmost.", show_default=False),
]
_Recording = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The recording, for --subject.", show_default=False),
]
_Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with it.", show_default=False)]
_Undo = Annotated[bool, typer.Option("--undo", help="Take the latest correction back.")]
_WhichSide = Annotated[
    str | None, typer.Option(metavar="left|right", help="Of which test of the session.", show_default=False)
]
_WhichTest = Annotated[
    str | None,
    typer.Option(metavar="TEST", help="Which test of the session, e.g. squat.", show_default=False),
]


def correct_session(
    number: Number,
    repetition: _WhichRepetition = None,
    leave_out: _LeaveOut = False,
    count: _Count = False,
    hold: _Hold = None,
    true_side: _TrueSide = None,
    joint: _WhichJoint = None,
    at: _Place = None,
    person: _Subject = None,
    video: _Recording = None,
    reason: _Reason = "",
    undo: _Undo = False,
    side: _WhichSide = None,
    test: _WhichTest = None,
) -> None:
    """Correct what the program got wrong in a test of a session.

    The result as it was measured stays; everything made of the corrected one says that it was edited by hand.
    """
    from rom_vision.sessions import correct as corrections

    said = (hold, true_side, joint, person)
    if sum((leave_out, count, undo, *(word is not None for word in said))) != 1:
        raise BadInputError(
            "Say one thing to correct: --leave-out, --count, --hold, --true-side, --joint, --subject, or --undo."
        )
    if true_side not in (None, "left", "right"):
        raise BadInputError("The true side is left or right.")
    if (leave_out or count or hold) and repetition is None:
        raise BadInputError("Say which repetition: --repetition N.")
    if (joint is None) != (at is None):
        raise BadInputError("Say which joint lies where: --joint left-knee --at SECONDS X Y.")
    if (person is None) != (video is None):
        raise BadInputError("Say who, and where the recording lies: --subject N --video FILE.")
    with open_store() as store:
        result = _chosen(store.session(number).results, side, test)
        if undo:
            document = corrections.undo(store, result.id)
        elif person is not None and video is not None:
            document = corrections.follow(store, result.id, video, person, reason)
        else:
            if joint is not None and at is not None:
                made = corrections.landmark_correction(_joint(joint), *at, reason)
            else:
                made = _made(result.document, repetition or 0, leave_out, hold, cast("Side | None", true_side), reason)
            document = corrections.correct(store, result.id, made)
    _tell(document)


def _tell(document: Document) -> None:
    from rom_vision.meaning.statements import range_words, value_words

    for edit in document.edits:
        say(edit)
    for m in document.measures:
        if m.ci95 is not None:
            side = "" if m.side == "both" else f" {m.side}"
            value, interval = value_words(m.value, m.unit), range_words(m.ci95, m.unit)
            say(f"{m.words.capitalize()}{side}: {value} (95 % interval {interval})")
    for f in document.findings:
        if f.severity in ("mild", "marked"):
            say(f.sentence)


def _made(
    document: Document,
    number: int,
    leave_out: bool,
    hold: tuple[float, float] | None,
    side: Side | None,
    reason: str,
) -> Correction:
    from rom_vision.sessions.correct import hold_correction, repetition_correction, side_correction

    if side is not None:
        return side_correction(side, reason)
    if hold is not None:
        return hold_correction(document, number, *hold, reason)
    return repetition_correction(document, number, counts=not leave_out, reason=reason)


def _joint(said: str) -> Joint:
    from rom_vision.results.parts import Joint

    name = said.lower().replace("-", "_")
    if name not in get_args(Joint):
        raise BadInputError(f"There is no joint {said}: {', '.join(j.replace('_', '-') for j in get_args(Joint))}.")
    return cast("Joint", name)


def _chosen(results: tuple[SavedResult, ...], side: str | None, test: str | None) -> SavedResult:
    from rom_vision.cli.measure import dashed
    from rom_vision.protocols.registry import protocol

    name = None if test is None else protocol(test).name
    fits = [r for r in results if name in (None, r.document.test) and side in (None, r.document.side)]
    if len(fits) == 1:
        return fits[0]
    held = ", ".join(" ".join(filter(None, (dashed(r.document.test), r.document.side))) for r in results)
    if not fits:
        raise BadInputError(f"The session has no such test, only {held}.")
    raise BadInputError(f"The session has several such tests ({held}): say which one with --test or --side.")
