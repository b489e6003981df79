"""`rom-vision study ...`: the program against a reference, and against itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom_vision.cli.outputs import Force, Outputs
from rom_vision.cli.say import say
from rom_vision.cli.sessions import open_store
from rom_vision.errors import BadInputError

if TYPE_CHECKING:
    from rom_vision.sessions import SavedResult, SessionStore

__all__ = ["study_app"]

study_app = typer.Typer(
    help="Check the instrument: compare kept results with a goniometer or another reference.", no_args_is_help=True
)

Study = Annotated[str, typer.Argument(metavar="STUDY", help="Name of the study.", show_default=False)]
Out = Annotated[Path | None, typer.Option(metavar="OUT", show_default=False)]


@study_app.command("new")
def new_study(
    study: Study,
    reference: Annotated[str, typer.Option(metavar="NAME", help="What it is compared with.")] = "goniometer",
    quantity: Annotated[str, typer.Option(metavar="NAME", help="What is compared.")] = "internal_rotation",
    reference_sem: Annotated[
        float | None,
        typer.Option(metavar="DEG", help="The reference's own standard error, where it is known.", show_default=False),
    ] = None,
) -> None:
    """Begin a study."""
    from rom_vision.sessions.studies import add_study

    with open_store() as store:
        made = add_study(store, study, quantity=quantity, reference=reference, reference_sem=reference_sem)
    say(f"Began the study {made.name}: {made.quantity.replace('_', ' ')} against {made.reference}.")


@study_app.command("list")
def list_studies() -> None:
    """List the studies with how many results and readings each has."""
    from rom_vision.sessions.studies import studies, trials

    with open_store() as store:
        for study in studies(store):
            found = trials(store, study.name)
            readings = sum(len(t.readings) for t in found)
            say(f"{study.name}: {study.quantity.replace('_', ' ')} against {study.reference}, {len(found)} results, "
                f"{readings} readings")  # fmt: skip


@study_app.command("delete")
def delete_study_command(study: Study) -> None:
    """Delete a study with its readings; the results themselves stay."""
    from rom_vision.sessions.studies import delete_study

    with open_store() as store:
        delete_study(store, study)
    say("Deleted, with its readings. The results that took part are still there.")


@study_app.command("add")
def add_to_study(
    study: Study,
    session: Annotated[
        int | None, typer.Option(metavar="ID", help="Session that holds the result.", show_default=False)
    ] = None,
    value: Annotated[
        list[float] | None,
        typer.Option(metavar="DEG", help="A reading of the reference; give it again for each.", show_default=False),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Readings from a CSV or XLSX table instead.", show_default=False),
    ] = None,
    side: Annotated[str | None, typer.Option(metavar="left|right", show_default=False)] = None,
    position: Annotated[str | None, typer.Option(metavar="seated|supine", show_default=False)] = None,
    rater: Annotated[str, typer.Option(metavar="NAME", help="Who read the reference.", show_default=False)] = "",
    operator: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who made the recording.", show_default=False)
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="It was read without knowing the program's value.")] = False,
) -> None:
    """Enter readings of the reference beside a kept result; the program's value is not shown.

    Columns of a table: session, or file and person; value; and where needed test, position, side, rater, operator,
    blind (yes or no).
    """
    from rom_vision.sessions.studies import NewReadings, add_readings, find_study

    if (session is None) == (table is None):
        raise BadInputError("Say which result: either --session ID, or --table TABLE.")
    if table is not None and (value or side or position or rater or operator or blind):
        raise BadInputError("With --table everything else stands in the table.")
    with open_store() as store:
        of = find_study(store, study)
        if table is not None:
            from rom_vision.agreement.table_in import read_table

            new = read_table(store, of.quantity, table)
        else:
            result = _result(store, of.quantity, int(session or 0), position, side)
            which = None if result.document.side is not None else side
            new = [NewReadings(result.id, tuple(value or ()), which, rater, operator, blind)]
        add_readings(store, of.name, new, "table" if table else "entered")
    count = sum(len(entry.values) for entry in new)
    results = len({entry.result_id for entry in new})
    say(f"Took {results} result{'s' * (results != 1)} into {of.name}, with {count} reading{'s' * (count != 1)}.")


def _result(store: SessionStore, quantity: str, session: int, position: str | None, side: str | None) -> SavedResult:
    from rom_vision.agreement.table_in import choose_result

    return choose_result(list(store.session(session).results), quantity, position=position, side=side)


@study_app.command("phone")
def add_phone(
    study: Study,
    log: Annotated[Path, typer.Argument(metavar="LOG.csv", help="What the phone logged.", show_default=False)],
    session: Annotated[int, typer.Option(metavar="ID", help="Session that holds the result.", show_default=False)],
    side: Annotated[str | None, typer.Option(metavar="left|right", show_default=False)] = None,
    time: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the time.", show_default=False)] = None,
    gravity: Annotated[
        str | None, typer.Option(metavar="X,Y,Z", help="The three columns of gravity.", show_default=False)
    ] = None,
    angle: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Or the column of an angle.", show_default=False)
    ] = None,
) -> None:
    """Lay the log of a phone strapped to the shin over a kept, seated hip rotation test, and enter what it read.

    Logs of Sensor Logger, phyphox and Physics Toolbox are known by their columns; of others name the columns. The study
    has to be of shank_inclination.
    """
    from rom_vision.agreement.phone import PHONE_QUANTITY, compare_with_phone
    from rom_vision.agreement.phone_log import columns_of, read_log
    from rom_vision.sessions.studies import NewReadings, add_readings, find_study

    with open_store() as store:
        of = find_study(store, study)
        if of.quantity != PHONE_QUANTITY:
            raise BadInputError(
                f"A phone on the shin reads the shin's inclination, not {of.quantity.replace('_', ' ')}: begin a study "
                f"of it with --quantity {PHONE_QUANTITY}."
            )
        read = read_log(log, columns_of(time, gravity, angle))
        result = _result(store, of.quantity, session, "seated", side)
        track = store.track(result.id)
        if track is None:
            raise BadInputError("No landmarks were kept of this result, so that nothing can be laid over it.")
        found = compare_with_phone(result.document, track, read)
        new = NewReadings(result.id, (round(found.reading_deg, 2),), rater="phone", blind=True)
        add_readings(store, of.name, [new], "phone")
    say(
        f"The log follows the leg (correlation {found.correlation:.3f}); the recording begins {found.offset_s:.2f} s "
        f"into it, the clocks differ by {1e6 * found.drift:+.0f} in a million."
    )
    for h in found.held:
        say(f"  repetition {h.number}: program {h.ours_deg:.1f}°, phone {h.phone_deg:.1f}° from rest")
    say(f"Entered {found.reading_deg:.1f}° into {of.name}.")


@study_app.command("report")
def report_study(study: Study, html: Out = None, pdf: Out = None, csv: Out = None, force: Force = False) -> None:
    """Say how well the program and the reference agree, or write it as page, PDF or table.

    Readings entered after this are not blind any more.
    """
    from rom_vision.agreement.analysis import analyse_study
    from rom_vision.agreement.told import told_of
    from rom_vision.sessions.studies import find_study, note_shown, trials

    wanted = {"--html": ("page", html), "--pdf": ("pdf", pdf), "--csv": ("study", csv)}
    outputs = Outputs(wanted, force=force)
    with open_store() as store:
        found = analyse_study(find_study(store, study), trials(store, study))
        note_shown(store, study)
    told = told_of(found)
    if html:
        from rom_vision.agreement.pages import html_of_study

        outputs.write("--html", lambda draft: draft.write_bytes(html_of_study(told).encode()))
    if pdf:
        from rom_vision.agreement.pages import pdf_of_study

        outputs.write("--pdf", lambda draft: draft.write_bytes(pdf_of_study(told)))
    if csv:
        from rom_vision.agreement.table import csv_of_study
        from rom_vision.report.tables import BYTE_ORDER_MARK

        outputs.write("--csv", lambda draft: draft.write_bytes(BYTE_ORDER_MARK + csv_of_study(found).encode()))
    if not outputs.to_standard_output:
        say(told.lead)
        for section in told.sections[:2]:
            for name, text in section.rows:
                say(f"  {name}: {text}")
        for name in outputs.written:
            say(f"Wrote {name}")
    outputs.finish()


@study_app.command("use")
def use_study(
    study: Study,
    off: Annotated[bool, typer.Option("--off", help="Go back to the published error.")] = False,
) -> None:
    """Let comparisons over time use the error that a study measured by testing again, instead of the assumed one."""
    from rom_vision.agreement.repeat import measured_error_of
    from rom_vision.sessions.measured import use_measured_error
    from rom_vision.sessions.studies import find_study, trials

    with open_store() as store:
        of = find_study(store, study)
        error = None if off else measured_error_of(of, trials(store, study))
        use_measured_error(store, of.name, error)
    say("Comparisons use the published error again." if error is None else error.sentence)


@study_app.command("size")
def study_size(
    within: Annotated[
        float, typer.Option(metavar="DEG", help="How well to know the limits of agreement.", show_default=False)
    ],
    sd: Annotated[
        float, typer.Option(metavar="DEG", help="Spread (SD) of the differences that is expected.", show_default=False)
    ],
) -> None:
    """Say how many people a study needs."""
    from rom_vision.agreement.limits import people_needed

    try:
        people = people_needed(within, sd)
    except ValueError as fault:
        raise BadInputError(f"{str(fault).capitalize()}.") from None
    say(
        f"For limits of agreement known to within ±{within:g}° (95 % interval), where the differences have a standard "
        f"deviation of {sd:g}°, you need {people} people with one pair each."
    )
