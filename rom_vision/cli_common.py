"""What the commands that look at videos share: options, exit status, progress, output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rom_vision.cli_sessions import open_store
from rom_vision.errors import BadInputError, RomVisionError

__all__ = [
    "EXIT_BAD_INPUT",
    "EXIT_REFUSED",
    "CameraName",
    "Clip",
    "Csv",
    "Hfov",
    "Json",
    "Model",
    "Overlay",
    "PersonName",
    "Roll",
    "Save",
    "Subject",
    "Track",
    "check_outputs",
    "check_person",
    "emit",
    "progress",
]

EXIT_BAD_INPUT = 2
EXIT_REFUSED = 3

Clip = Annotated[Path, typer.Argument(metavar="CLIP", help="The video file.", show_default=False)]
Model = Annotated[str, typer.Option(metavar="full|heavy|PATH", help="Pose model: heavy is the more accurate one.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write the result as JSON; - for stdout.")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="OUT", help="Write the curves as CSV.")]
Overlay = Annotated[Path | None, typer.Option(metavar="OUT.mp4", help="Write the video with the measurement drawn in.")]
Save = Annotated[bool, typer.Option("--save", help="Keep the result, its landmarks and pictures with a person.")]
PersonName = Annotated[
    str | None, typer.Option("--person", metavar="NAME", help="Who it is; see `rom-vision person add`.")
]
Track = Annotated[Path | None, typer.Option(metavar="OUT", help="Save the landmarks, to analyse again later.")]
Subject = Annotated[
    int | None, typer.Option(metavar="N", help="Who to follow, if the wrong person was: 1 is the leftmost.", min=1)
]

CameraName = Annotated[
    str,
    typer.Option(
        "--camera",
        metavar="NAME",
        help="The camera: the name under which it was calibrated, or laptop, webcam, phone, phone-ultrawide,"
        " phone-front.",
    ),
]
Hfov = Annotated[
    float | None,
    typer.Option(metavar="DEG", min=10, max=150, help="Horizontal field of view of the lens, instead of --camera."),
]
Roll = Annotated[
    float | None,
    typer.Option(
        metavar="DEG",
        min=-45,
        max=45,
        help="How far the camera leaned clockwise, 0 if it stood level; otherwise read from the picture.",
    ),
]


def check_person(save: bool, person: str | None) -> None:
    """Refuse to save for nobody, or for somebody unknown, before minutes of work are spent on it."""
    if save != (person is not None):
        raise BadInputError("Saving needs both --save and --person NAME.")
    if person is not None:
        with open_store(person):
            pass


def check_outputs(*paths: Path | None) -> None:
    """Refuse an output that cannot be written before minutes of work are spent on it."""
    for path in paths:
        if path is None or str(path) == "-":
            continue
        if path.is_dir():
            raise RomVisionError(f"{path} is a folder; give the name of the file to write.")
        if not path.absolute().parent.is_dir():
            raise RomVisionError(f"{path}: its folder does not exist; make it first.")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give a bar on a terminal, nothing anywhere else."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=max(total, 1))


def emit(document_json: str, description: str, json_out: Path | None) -> None:
    """Write the JSON where asked; describe the result on standard output unless the JSON goes there."""
    if json_out is not None and str(json_out) == "-":
        typer.echo(document_json)
        return
    if json_out is not None:
        json_out.write_text(document_json + "\n", encoding="utf-8")
    typer.echo(description)
