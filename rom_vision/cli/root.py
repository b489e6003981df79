"""`rom-vision ...`: the command line."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from rom_vision import __version__
from rom_vision.cli.batch import batch_command
from rom_vision.cli.camera import board, calibrate
from rom_vision.cli.common import EXIT_BAD_INPUT
from rom_vision.cli.correct import correct_session
from rom_vision.cli.measure import measure_command, test_command
from rom_vision.cli.say import prepare, say
from rom_vision.cli.schema import schema
from rom_vision.cli.sessions import person_app, sessions_app
from rom_vision.cli.study import study_app
from rom_vision.cli.training import plan_app, train_app
from rom_vision.errors import RomVisionError
from rom_vision.legible import legible, shown

__all__ = ["app", "main"]

app = typer.Typer(
    help="Measure hip internal rotation from one camera and screen squats, on this machine only.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.command("measure")(measure_command())
app.command("screen")(test_command("squat"))
app.command("batch")(batch_command())
app.command()(calibrate)
app.command()(board)
app.command()(schema)
app.add_typer(person_app, name="person")
sessions_app.command("correct")(correct_session)
app.add_typer(sessions_app, name="sessions")
app.add_typer(train_app, name="train")
app.add_typer(plan_app, name="plan")
app.add_typer(study_app, name="study")


@app.command()
def doctor() -> None:
    """Say what is installed, what is missing and how to mend it."""
    from rom_vision.cli.doctor import examine

    console = Console()
    findings = examine()
    for finding in findings:
        bad = ("missing", "red") if finding.needed else ("absent", "yellow")
        mark, style = ("ok", "green") if finding.good else bad
        # No markup: what is said holds brackets, as in "rom-vision[validation]".
        console.print(Text.assemble((f"{mark:8}", style), legible(finding.what)), soft_wrap=True)
        if not finding.good and finding.mend:
            console.print(Text(f"        {legible(finding.mend)}", style="dim"), soft_wrap=True)
    if any(f.needed and not f.good for f in findings):
        raise typer.Exit(1)


@app.command(name="app")
def run_app(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65534)] = 8501,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan",
            help="Let one phone of the local network in, too, to film with: opens the next port, encrypted, behind a "
            "key that works once.",
        ),
    ] = False,
    language: Annotated[
        Literal["en", "de"] | None, typer.Option(help="Language of the pages; else that of the browser.")
    ] = None,
) -> None:
    """Start the app in the browser, on this machine only."""
    from rom_vision.ui.launch import launch

    raise typer.Exit(launch(port, typer.echo, lan=lan, language=language or ""))


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"rom-vision {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; errors meant for people leave as one sentence and exit status 2."""
    prepare()
    try:
        app()
    except RomVisionError as fault:
        say(f"rom-vision: {fault}", fault=True)
        raise SystemExit(EXIT_BAD_INPUT) from None
    except OSError as fault:
        where = "" if fault.filename is None else f"{shown(fault.filename)}: "
        say(f"rom-vision: {where}{fault.strerror or fault}.", fault=True)
        raise SystemExit(EXIT_BAD_INPUT) from None
    except KeyboardInterrupt:
        say("rom-vision: stopped.", fault=True)
        raise SystemExit(130) from None
