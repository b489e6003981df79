"""`rom-vision screen`: screen a squat video from the command line."""

from __future__ import annotations

from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom_vision.cli.common import (
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
from rom_vision.cli.sessions import open_store
from rom_vision.errors import BadInputError

if TYPE_CHECKING:
    from rom_vision.results.document import HipRotationDocument
    from rom_vision.sessions import Picture

__all__ = ["screen"]


class LegsName(str, Enum):
    """Squat on both legs, or the leg stood on."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


Pictures = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write a picture of the worst moment of each finding into a folder.")
]


def screen(
    clip: Clip,
    legs: Annotated[LegsName, typer.Option(help="Both legs, or the one stood on.")] = LegsName.BOTH,
    model: Model = "heavy",
    camera: CameraName = "unknown",
    hfov: Hfov = None,
    roll: Roll = None,
    subject: Subject = None,
    json_out: Json = None,
    csv_out: Csv = None,
    overlay: Overlay = None,
    pictures: Pictures = None,
    track: Track = None,
    save: Save = False,
    person: PersonName = None,
    filmed: Filmed = None,
    keep_video: KeepVideo = False,
    pinch: Pinch = False,
    force: Force = False,
) -> None:
    """Screen a squat in a video for valgus collapse and the other compensations.

    Exit status: 0 screened, 3 refused (with the reasons), 2 bad input.
    """
    from rom_vision.camera.setting import CameraSetting
    from rom_vision.pipeline import squat as pipeline_squat
    from rom_vision.pipeline.hip_rotation import MAX_SIDE_PX
    from rom_vision.report.overlay import write_overlay
    from rom_vision.report.squat_pictures import SquatOverlay, worst_moments
    from rom_vision.report.squat_text import describe_squat
    from rom_vision.report.tables import write_curve_csv
    from rom_vision.sessions import NewResult, save_result

    outputs = document_outputs(json_out, csv_out, overlay, track, inputs=(clip, model, camera), force=force)
    keep_for = check_person(save, person, filmed, more=keep_video or pinch)
    if pictures is not None:
        _make_folder(pictures)
    with progress("Finding the person") as on_progress:
        analysis = pipeline_squat.screen(
            clip,
            legs=legs.value,
            model=model,
            camera=CameraSetting(camera, hfov, roll),
            subject=subject,
            rotations=_rotations_of(keep_for.name) if keep_for else (),
            on_progress=on_progress,
        )
    document = analysis.document
    outputs.write("--track", analysis.track.save)
    outputs.write("--csv", lambda draft: write_curve_csv(document, draft))
    if overlay:
        with progress("Drawing the video") as on_progress:
            drawing = SquatOverlay(analysis.track, document, analysis.level)
            draw = partial(write_overlay, overlay=drawing, max_side_px=MAX_SIDE_PX, on_progress=on_progress)
            outputs.write("--overlay", lambda draft: draw(clip, draft))
    worst: tuple[Picture, ...] = ()
    if pictures is not None or keep_for is not None:
        worst = worst_moments(clip, analysis.track, document, max_side_px=MAX_SIDE_PX, level=analysis.level)
    if keep_for is not None:
        new = NewResult(document, analysis.track, worst, clip if keep_video else None, pinch)
        outputs.attempt(partial(save_result, keep_for.name, new, taken_at=filmed))
    if pictures is not None:
        for picture in worst:
            name = picture.name.replace(", ", "_").replace(" ", "_")
            outputs.write_more("picture", pictures / f"{name}.jpg", picture.data)
    finish(outputs, document, describe_squat(document))
    if document.status == "refused":
        raise typer.Exit(EXIT_REFUSED)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadInputError(f"{folder}: no folder can be made there ({fault.strerror}); choose another.") from fault


def _rotations_of(person: str) -> tuple[HipRotationDocument, ...]:
    """What is known of somebody's hips, newest first: it may explain what the squat shows."""
    from rom_vision.results.document import HipRotationDocument

    with open_store(person) as store:
        sessions = list(store.readable(person))
    return tuple(
        r.document for s in reversed(sessions) for r in s.results if isinstance(r.document, HipRotationDocument)
    )
