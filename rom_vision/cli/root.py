"""`rom-vision ...`: the command line."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from rom_vision import __version__
from rom_vision.cli.camera import board, calibrate
from rom_vision.cli.common import (
    EXIT_BAD_INPUT,
    EXIT_REFUSED,
    CameraName,
    Clip,
    Csv,
    Filmed,
    Hfov,
    Json,
    KeepVideo,
    Model,
    Overlay,
    PersonName,
    Pinch,
    Roll,
    Save,
    Subject,
    Track,
    check_person,
    progress,
)
from rom_vision.cli.outputs import Force, document_outputs, finish
from rom_vision.cli.say import prepare, say
from rom_vision.cli.sessions import person_app, sessions_app
from rom_vision.cli.squat import screen
from rom_vision.errors import RomVisionError
from rom_vision.legible import legible, shown

__all__ = ["app", "main"]

app = typer.Typer(
    help="Measure hip internal rotation from one camera and screen squats, on this machine only.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class TestName(str, Enum):
    """Tests that `measure` knows."""

    HIP_ROTATION = "hip-rotation"


class PositionName(str, Enum):
    """Test positions, hip and knee at 90 degrees."""

    SEATED = "seated"
    SUPINE = "supine"


class SideName(str, Enum):
    """The person's own sides."""

    LEFT = "left"
    RIGHT = "right"


class ModeName(str, Enum):
    """Who moves the leg: the person, or a helper."""

    ACTIVE = "active"
    PASSIVE = "passive"


app.command()(screen)
app.command()(calibrate)
app.command()(board)
app.add_typer(person_app, name="person")
app.add_typer(sessions_app, name="sessions")


@app.command()
def measure(
    clip: Clip,
    position: Annotated[PositionName, typer.Option(help="Test position.", show_default=False)],
    side: Annotated[SideName, typer.Option(help="Tested leg, the person's own side.", show_default=False)],
    test: Annotated[TestName, typer.Option(help="What to measure.")] = TestName.HIP_ROTATION,  # noqa: ARG001
    mode: Annotated[ModeName, typer.Option(help="Who moves the leg.")] = ModeName.ACTIVE,
    model: Model = "heavy",
    camera: CameraName = "unknown",
    hfov: Hfov = None,
    roll: Roll = None,
    subject: Subject = None,
    json_out: Json = None,
    csv_out: Csv = None,
    overlay: Overlay = None,
    track: Track = None,
    save: Save = False,
    person: PersonName = None,
    filmed: Filmed = None,
    keep_video: KeepVideo = False,
    pinch: Pinch = False,
    force: Force = False,
) -> None:
    """Measure hip rotation in a video.

    Exit status: 0 measured, 3 refused (with the reasons), 2 bad input.
    """
    from rom_vision.camera.setting import CameraSetting
    from rom_vision.meaning.norms import load_norms
    from rom_vision.pipeline import hip_rotation as pipeline
    from rom_vision.report.overlay import LegOverlay, write_overlay
    from rom_vision.report.pictures import end_range_pictures
    from rom_vision.report.tables import write_curve_csv
    from rom_vision.report.text import describe_hip_rotation
    from rom_vision.sessions import NewResult, save_result

    outputs = document_outputs(json_out, csv_out, overlay, track, inputs=(clip, model, camera), force=force)
    keep_for = check_person(save, person, filmed, more=keep_video or pinch)
    with progress("Finding the person") as on_progress:
        analysis = pipeline.measure(
            clip,
            position=position.value,
            side=side.value,
            mode=mode.value,
            model=model,
            camera=CameraSetting(camera, hfov, roll),
            subject=subject,
            on_progress=on_progress,
        )
    document = analysis.document
    outputs.write("--track", analysis.track.save)
    outputs.write("--csv", lambda draft: write_curve_csv(document, draft))
    drawing = None
    if analysis.states is not None:
        band = load_norms().band(position.value, keep_for.sex if keep_for else None)
        drawing = LegOverlay.from_states(
            analysis.states, document.curve, analysis.camera, side.value, analysis.level, band.band_deg
        )
    if overlay and drawing:
        with progress("Drawing the video") as on_progress:
            draw = partial(write_overlay, overlay=drawing, max_side_px=pipeline.MAX_SIDE_PX, on_progress=on_progress)
            outputs.write("--overlay", lambda draft: draw(clip, draft))
    if keep_for is not None:
        pictures = end_range_pictures(clip, drawing, document, max_side_px=pipeline.MAX_SIDE_PX) if drawing else ()
        kept_video = clip if keep_video else None
        new = NewResult(document, analysis.track, pictures, kept_video, pinch)
        outputs.attempt(partial(save_result, keep_for.name, new, taken_at=filmed))
    finish(outputs, document, describe_hip_rotation(document))
    if document.status == "refused":
        raise typer.Exit(EXIT_REFUSED)


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
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
) -> None:
    """Start the app in the browser, on this machine only."""
    from rom_vision.ui.launch import launch

    raise typer.Exit(launch(port, typer.echo))


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
