"""`rom-vision calibrate` and `rom-vision board`: know the camera, from the command line."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from rom_vision.cli.outputs import Force, Outputs
from rom_vision.cli.say import say
from rom_vision.errors import BadInputError
from rom_vision.files import write_bytes
from rom_vision.legible import shown

__all__ = ["Paper", "board", "calibrate"]

BAD_INPUT, REFUSED = 2, 3


class Paper(str, Enum):
    """Paper the board is printed on."""

    A4 = "a4"
    LETTER = "letter"


def calibrate(
    files: Annotated[list[Path], typer.Argument(help="Videos or pictures that show the printed board.")],
    name: Annotated[str, typer.Option(help="What to call this camera, e.g. my-laptop.")],
    board: Annotated[Paper, typer.Option(help="Paper the board is printed on.")] = Paper.A4,
) -> None:
    """Calibrate a camera from pictures of the printed board and keep the result as a profile.

    Exit code 0: kept. 2: a file or value cannot be used. 3: refused, with what to do; an earlier profile stays.
    """
    import cv2
    from rich.console import Console

    from rom_vision.camera.board import BOARDS, BoardFinder
    from rom_vision.camera.calibrate import CalibrationRefusedError, coverage_picture, look_at_files
    from rom_vision.camera.calibrate import calibrate as calibrate_views
    from rom_vision.camera.guide import CaptureGuide
    from rom_vision.camera.profile import check_name, save_profile

    finder, guide = BoardFinder(BOARDS[board.value]), CaptureGuide()
    try:
        check_name(name)
        with Console(stderr=True).status("Looking for the board"):
            look_at_files(files, finder, guide)
        how = f"printed board ({board.value}) in {', '.join(shown(path.name) for path in files)}"
        calibration = calibrate_views(guide, name, how, finder)
        path = save_profile(calibration.profile)
    except CalibrationRefusedError as refusal:
        say(f"Not calibrated: {refusal}", fault=True)
        raise typer.Exit(REFUSED) from refusal
    except BadInputError as fault:
        say(f"rom-vision: {fault}", fault=True)
        raise typer.Exit(BAD_INPUT) from fault
    coverage = path.with_name(f"{name}-coverage.png")
    _, png = cv2.imencode(".png", cv2.cvtColor(coverage_picture(calibration), cv2.COLOR_RGB2BGR))
    try:
        write_bytes(coverage, png.tobytes())
    except BadInputError as fault:
        raise BadInputError(f"{fault} The camera profile is kept: {path}") from fault
    profile = calibration.profile
    say(
        f"Camera profile {name!r}: {profile.hfov_deg:.1f} degrees across {profile.width_px}x{profile.height_px} px, "
        f"error {profile.rms_px:.2f} px over {profile.n_views} views ({calibration.n_dropped} set aside).\n"
        f"Profile: {path}\nCoverage: {coverage}"
    )


def board(
    out: Annotated[Path, typer.Argument(help="PDF to write.")] = Path("board.pdf"),
    paper: Annotated[Paper, typer.Option(help="Paper to print on.")] = Paper.A4,
    force: Force = False,
) -> None:
    """Write the printable calibration board as a PDF."""
    from rom_vision.camera.board import BOARDS
    from rom_vision.camera.board_pdf import write_board_pdf

    outputs = Outputs({"OUT": ("pdf", out)}, force=force)
    outputs.write("OUT", lambda draft: write_board_pdf(BOARDS[paper.value], draft))
    outputs.finish()
    if not outputs.to_standard_output:
        say(f"Board for {paper.value} paper: {shown(out)}. Print at 100 %.")
