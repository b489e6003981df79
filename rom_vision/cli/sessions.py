"""`rom-vision person ...` and `rom-vision sessions ...`: what is kept, compared and handed on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom_vision.cli.outputs import Force, Outputs
from rom_vision.cli.say import say
from rom_vision.errors import BadInputError
from rom_vision.legible import shown

if TYPE_CHECKING:
    from rom_vision.results.document import Document
    from rom_vision.sessions import SavedResult, SavedSession, SessionStore

__all__ = ["open_store", "person_app", "sessions_app"]

person_app = typer.Typer(help="People whose sessions are kept.", no_args_is_help=True)
sessions_app = typer.Typer(help="Kept sessions: list, show, compare, report, hand on, delete.", no_args_is_help=True)


class SexName(str, Enum):
    """Sex, for norms."""

    FEMALE = "female"
    MALE = "male"


Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name.", show_default=False)]
Person = Annotated[str, typer.Option(metavar="NAME", help="Whose sessions.", show_default=False)]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the session, from the list.", show_default=False)]
Archive = Annotated[Path, typer.Argument(metavar="FILE.zip", help="The archive.", show_default=False)]
Out = Annotated[Path | None, typer.Option(metavar="OUT")]


@contextmanager
def open_store(person: str | None = None) -> Iterator[SessionStore]:
    """Open the user's store; with ``person``, only if there is somebody of that name.

    Raises
    ------
    BadInputError
        If there is nobody of that name: asked before minutes of measuring, not after.
    """
    from rom_vision.sessions import SessionStore

    store = SessionStore()
    try:
        if person is not None:
            store.person(person)
        yield store
    finally:
        store.close()


@person_app.command("add")
def add_person(
    name: Name,
    sex: Annotated[SexName | None, typer.Option(help="For norms that differ.", show_default=False)] = None,
    born: Annotated[int | None, typer.Option(metavar="YEAR", help="Year of birth, for norms.")] = None,
) -> None:
    """Add somebody whose sessions are to be kept."""
    with open_store() as store:
        person = store.add_person(name, sex=sex.value if sex else None, birth_year=born)
    say(f"Added {person.name}.")


@person_app.command("list")
def list_people() -> None:
    """List everybody, one name a line."""
    with open_store() as store:
        for person in store.people():
            say(person.name)


@person_app.command("delete")
def delete_person(name: Name) -> None:
    """Delete somebody with everything that is kept of them, plan and training log too. There is no way back."""
    with open_store(name) as store:
        store.delete_person(name)
    say("Deleted, with all sessions, landmarks and pictures.")


@sessions_app.command("list")
def list_sessions(person: Person) -> None:
    """List a person's sessions, oldest first."""
    with open_store(person) as store:
        unreadable = store.unreadable(person)
        for line in store.sessions(person):
            if line.id not in unreadable:
                say(f"{line.id:5d}  {line.taken_at.isoformat(' ', 'minutes')}  {'; '.join(line.tests)}")
    for number, reason in unreadable.items():
        say(f"{number:5d}  cannot be read: {reason}")


def _say_left_out(unreadable: dict[int, str]) -> None:
    """Say on standard error which sessions a command could not take into account."""
    for number, reason in unreadable.items():
        say(f"Left out: session {number}, which cannot be read ({reason}).", fault=True)


@sessions_app.command("show")
def show_session(number: Number) -> None:
    """Say what a session found, what it means, what to do about it, and what is kept of it."""
    from rom_vision.meaning.advice import advise, load_advice
    from rom_vision.meaning.interpret import interpret_session, test_name

    with open_store() as store:
        session = store.session(number)
        kept = [(test_name(r.document), _kept(store, r)) for r in session.results]
    say(f"Session {session.id}: {session.person.name}, {session.taken_at.isoformat(' ', 'minutes')}")
    age = session.person.age_years(session.taken_at)
    said = interpret_session([r.document for r in session.results], sex=session.person.sex, age_years=age)
    for result in session.results:
        for edited in result.document.edits:
            say(f"  - {edited}")
    for statement in said.statements:
        say(f"  - {statement.text}")
    measured = any(r.document.status == "measured" for r in session.results)
    advice = advise(said.codes, pinch=any(r.pinch for r in session.results), measured=measured)
    say(f"What to do: {advice.note}")
    for drill in advice.drills:
        say(f"  * {drill.name} ({drill.kind}; for {advice.serves(drill)}): {drill.how}")
        say(f"    How much: {drill.dose}. Stop: {drill.stop} Source: {drill.source}.")
    say(load_advice().no_diagnosis)
    for name, things in kept:
        say(f"Kept of {name[0].lower()}{name[1:]}: {things}.")


def _kept(store: SessionStore, result: SavedResult) -> str:
    pictures = len(store.pictures(result.id))
    things = ["the result"]
    things += ["the landmarks"] if result.has_track else []
    things += [f"{pictures} picture{'' if pictures == 1 else 's'}"] if pictures else []
    things += ["the video"] if result.has_video else []
    return ", ".join(things)


@sessions_app.command("delete")
def delete_session(number: Number) -> None:
    """Delete a session with its landmarks, pictures and video. There is no way back."""
    with open_store() as store:
        store.delete_session(number)
    say(f"Deleted session {number}, with its landmarks and pictures.")


@sessions_app.command("export")
def export_sessions(person: Person, archive: Archive, force: Force = False) -> None:
    """Write everything a person has to one archive, to open on another machine."""
    from rom_vision.sessions.archive import export_person

    outputs = Outputs({"FILE": ("archive", archive)}, force=force)
    with open_store(person) as store:
        unreadable = store.unreadable(person)
        count = sum(line.id not in unreadable for line in store.sessions(person))
        outputs.write("FILE", lambda draft: export_person(store, person, draft))
    outputs.finish()
    _say_left_out(unreadable)
    if not outputs.to_standard_output:
        say(f"Wrote {count} session{'' if count == 1 else 's'} to {shown(archive)}.")


@sessions_app.command("import")
def import_sessions(archive: Archive) -> None:
    """Bring in an archive; sessions that are already there are left as they are."""
    from rom_vision.sessions.archive import import_person

    with open_store() as store:
        report = import_person(store, archive)
    sessions = "session" if report.sessions_added == 1 else "sessions"
    say(f"{report.person}: {report.sessions_added} {sessions} added, {report.sessions_known} already there.")
    if report.trainings_added:
        say(f"Trainings added: {report.trainings_added}.")
    if report.renamed_from:
        say(f"Somebody else is called {report.renamed_from} here, hence the new name.")


@sessions_app.command("remeasure")
def remeasure_sessions(person: Person) -> None:
    """Measure a person's kept landmarks again with this version, so that old sessions can be compared with new ones.

    Pictures stay as they were drawn.
    """
    from rom_vision.meaning.interpret import test_name
    from rom_vision.sessions.correct import remeasured

    with open_store(person) as store:
        _say_left_out(store.unreadable(person))
        for session in store.readable(person):
            for result in session.results:
                name = f"Session {session.id}, {test_name(result.document)}"
                try:
                    document = remeasured(store, result.id)
                except BadInputError as fault:
                    say(f"{name}: left as it was. {fault}", fault=True)
                    continue
                if document is None:
                    say(f"{name}: no landmarks were kept, left as it was.")
                    continue
                say(f"{name}: {_news(result.document, document)}.")


def _news(before: Document, now: Document) -> str:
    """Say what a second measurement changed."""
    from rom_vision.meaning.statements import value_words
    from rom_vision.sessions.measures import measures_of

    if before.status != now.status:
        return f"{now.status}, before {before.status}"
    old = {(m.quantity, m.side): m.value for m in measures_of(before)}
    said = []
    for m in measures_of(now):
        was = old.get((m.quantity, m.side))
        if was is None or abs(m.value - was) >= 0.05:
            earlier = "nothing" if was is None else value_words(was, m.unit)
            said.append(f"{m.words} {m.side} {value_words(m.value, m.unit)}, before {earlier}")
    return "; ".join(said) or "as before"


@sessions_app.command("compare")
def compare_sessions(
    person: Person,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write as JSON; - for stdout.", show_default=False)
    ] = None,
    force: Force = False,
) -> None:
    """Compare a person's sessions over time, and say whether a change is real or noise."""
    from rom_vision.sessions.compare import compare

    outputs = Outputs({"--json": ("comparison", json_out)}, force=force)
    with open_store(person) as store:
        comparison = compare(store, person)
        unreadable = store.unreadable(person)
    outputs.write("--json", lambda draft: draft.write_bytes(comparison.to_json().encode() + b"\n"))
    _say_left_out(unreadable)
    if not outputs.to_standard_output:
        for series in comparison.series:
            say(f"- {series.sentence}")
        if not comparison.series:
            say("Nothing has been measured yet that could be compared.")
    outputs.finish()


@sessions_app.command("report")
def report_session(
    number: Number,
    pdf: Out = None,
    html: Out = None,
    csv: Out = None,
    trc: Out = None,
    mot: Out = None,
    fhir: Out = None,
    force: Force = False,
) -> None:
    """Write a session as PDF, page, table, or for other programs.

    TRC and MOT hold one test a file: the further tests of a session go to OUT-2, OUT-3 ...
    """
    if not any((pdf, html, csv, trc, mot, fhir)):
        raise BadInputError("Say what to write: --pdf, --html, --csv, --trc, --mot or --fhir, each with a file name.")
    outputs = Outputs(
        {
            "--html": ("page", html),
            "--pdf": ("pdf", pdf),
            "--csv": ("table", csv),
            "--fhir": ("fhir", fhir),
            "--trc": ("trc", trc),
            "--mot": ("mot", mot),
        },
        force=force,
    )
    missing = []
    with open_store() as store:
        session = store.session(number)
        if pdf or html:
            _write_report(store, number, outputs)
        if csv:
            outputs.write("--csv", lambda draft: draft.write_bytes(_csv(session)))
        if fhir:
            outputs.write("--fhir", lambda draft: draft.write_bytes(_fhir(store, session)))
        for option, out, texts_of in (("--trc", trc, _trc_texts), ("--mot", mot, _mot_texts)):
            if out is None:
                continue
            try:
                _write_numbered(outputs, option, out, texts_of(store, session, out))
            except BadInputError as fault:
                missing.append(str(fault))  # the other files are written all the same
    if not outputs.to_standard_output:
        for name in outputs.written:
            say(f"Wrote {name}")
    outputs.finish(missing)


def _write_report(store: SessionStore, number: int, outputs: Outputs) -> None:
    from rom_vision.report.content import session_report
    from rom_vision.report.html import html_of
    from rom_vision.report.pdf import pdf_of

    report = session_report(store, number)
    outputs.write("--html", lambda draft: draft.write_bytes(html_of(report).encode()))
    outputs.write("--pdf", lambda draft: draft.write_bytes(pdf_of(report)))


def _write_numbered(outputs: Outputs, option: str, out: Path, texts: Sequence[str]) -> None:
    """Write the first text to the option's own file, the others beside it."""
    if len(texts) > 1 and outputs.is_channel(option):
        raise BadInputError(f"{option} {shown(out)}: there are {len(texts)} tests, a file for each; give a file name.")
    outputs.write(option, lambda draft: draft.write_bytes(texts[0].encode()))
    for index, text in enumerate(texts[1:], 1):
        outputs.write_more(option.removeprefix("--"), _numbered(out, index), text.encode())


def _csv(session: SavedSession) -> bytes:
    from rom_vision.report.tables import BYTE_ORDER_MARK, csv_of

    documents = [r.document for r in session.results]
    return BYTE_ORDER_MARK + csv_of(documents, person=session.person.name, taken_at=session.taken_at).encode()


def _fhir(store: SessionStore, session: SavedSession) -> bytes:
    from rom_vision.report.fhir import fhir_of
    from rom_vision.sessions.dose import trained_before

    person = session.person
    documents = [r.document for r in session.results]
    return fhir_of(
        documents,
        person=person.name,
        person_uid=person.uid,
        taken_at=session.taken_at,
        sex=person.sex,
        birth_year=person.birth_year,
        trained=trained_before(store, person.name, session.taken_at),
    ).encode()


def _trc_texts(store: SessionStore, session: SavedSession, out: Path) -> list[str]:
    from rom_vision.report.opensim_files import trc_of

    tracks = [track for r in session.results if (track := store.track(r.id)) is not None]
    if not tracks:
        raise BadInputError(f"Session {session.id} has no landmarks, so there is no TRC file to write.")
    return [trc_of(track, shown(_numbered(out, i).name)) for i, track in enumerate(tracks)]


def _mot_texts(store: SessionStore, session: SavedSession, out: Path) -> list[str]:
    from rom_vision.pipeline.run import measure_again
    from rom_vision.report.opensim_files import mot_of

    texts: list[str] = []
    for result in session.results:
        track = store.track(result.id) if result.document.status == "measured" else None
        angles = measure_again(result.document, track).angles if track else None
        try:
            texts.append(mot_of(result.document, shown(_numbered(out, len(texts)).name), angles))
        except BadInputError:
            continue  # a refused test has no joint angles; the others are written
    if not texts:
        raise BadInputError(f"Session {session.id} has no joint angles over time, so there is no MOT file to write.")
    return texts


def _numbered(path: Path, index: int) -> Path:
    return path if index == 0 else path.with_name(f"{path.stem}-{index + 1}{path.suffix}")
