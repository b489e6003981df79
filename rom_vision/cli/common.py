"""What the commands that look at videos share: options, exit status, progress, output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rom_vision.cli.sessions import open_store
from rom_vision.errors import BadInputError

if TYPE_CHECKING:
    from rom_vision.sessions import Person

__all__ = [
    "EXIT_BAD_INPUT",
    "EXIT_REFUSED",
    "Again",
    "CameraName",
    "Clip",
    "Csv",
    "Filmed",
    "Hfov",
    "Jobs",
    "Json",
    "KeepVideo",
    "Model",
    "Overlay",
    "PersonName",
    "Pictures",
    "Pinch",
    "Roll",
    "Save",
    "Subject",
    "Track",
    "check_person",
    "make_folder",
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
KeepVideo = Annotated[bool, typer.Option("--keep-video", help="With --save: keep the video, too.")]
Again = Annotated[
    bool,
    typer.Option("--again", help="With --save: keep it although this test of this recording is kept already."),
]
Pinch = Annotated[
    bool,
    typer.Option("--pinch", help="With --save: it pinched in front of the hip or in the groin; no exercises then."),
]
Filmed = Annotated[
    datetime | None,
    typer.Option(
        "--date",
        metavar="DATE",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help="With --save: when it was filmed, as 2026-01-31 or 2026-01-31T18:30; now if not given.",
    ),
]
Pictures = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write pictures of what counts (end range, worst moments) there.")
]
Track = Annotated[Path | None, typer.Option(metavar="OUT", help="Save the landmarks, to analyse again later.")]
Subject = Annotated[
    int | None, typer.Option(metavar="N", help="Who to follow, if the wrong person was: 1 is the leftmost.", min=1)
]

Jobs = Annotated[
    int | None,
    typer.Option(metavar="N", help="How much to do at a time; without it, as many as cores that may be used.", min=1),
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


def check_person(save: bool, person: str | None, filmed: datetime | None, *, more: bool) -> Person | None:
    """Return who a result is kept for, None if it is not kept.

    Refuses to save for nobody, for somebody unknown or at a date to come, before minutes of work are spent on it.
    ``more`` says whether anything else was asked for that only makes sense with ``--save``.
    """
    if save != (person is not None):
        raise BadInputError("Saving needs both --save and --person NAME.")
    if (more or filmed is not None) and not save:
        raise BadInputError("--keep-video, --pinch, --again and --date only make sense with --save.")
    if filmed is not None:
        from rom_vision.sessions.records import local_moment

        if local_moment(filmed) > datetime.now().astimezone():
            raise BadInputError(f"The date {filmed:%Y-%m-%d %H:%M} lies in the future.")
    if person is None:
        return None
    with open_store(person) as store:
        return store.person(person)


def make_folder(folder: Path) -> None:
    """Make a folder for pictures, unless it is there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadInputError(f"{folder}: no folder can be made there ({fault.strerror}); choose another.") from fault


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
