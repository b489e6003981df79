"""What a job does with a recording: measure it, draw it, take its pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.capture.taken import Filmed, filmed_at
from rom_vision.errors import BadInputError
from rom_vision.pipeline.camera import MAX_SIDE_PX, camera_of_settings
from rom_vision.pipeline.run import Analysis, analyse, measure
from rom_vision.pose.several import Several, several_people
from rom_vision.pose.subject import PointedAt, number_of
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.registry import protocol
from rom_vision.report.overlay import Drawing, write_overlay
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.results.document import Document
from rom_vision.sessions import Picture
from rom_vision.ui.parts.jobs import Question, Report
from rom_vision.ui.parts.preview import Preview

__all__ = ["PREVIEW", "Finished", "Request", "Whom", "measure_recording", "measure_upload"]

_LOG = logging.getLogger(__name__)
PREVIEW = "preview.jpg"
"""In the job's folder while the landmarks are being found: a picture of the recording with those found last."""
_LOOKED, _TRACKING, _MEASURING = 0.05, 0.78, 0.84
"""Share of the time when who is there, the landmarks and the measurement are known (our own timing)."""


@dataclass(frozen=True)
class Request:
    """What was asked about a recording: the test, what was chosen of it, and how to measure.

    ``subject`` is whom to follow, counted from the left or pointed at; None lets the program choose who does the test.
    """

    test: str
    options: Mapping[str, str] = field(default_factory=dict)
    model: str = "heavy"
    camera: CameraSetting = UNKNOWN_CAMERA
    subject: int | PointedAt | None = None


@dataclass(frozen=True)
class Finished:
    """What a job leaves: the document and what it was made of.

    ``video`` is the drawn one, in the job's folder; ``filmed`` when the recording was made, where that is known.
    """

    document: Document
    track: PoseTrack
    pictures: tuple[Picture, ...]
    video: Path | None
    request: Request | None = None
    filmed: Filmed | None = None


@dataclass(frozen=True)
class Whom(Question):
    """Several people are in the recording of a request: who is meant."""

    several: Several
    request: Request


def measure_upload(video: Path, folder: Path, request: Request, report: Report) -> Finished | Whom:
    """Measure a recording as `measure_recording` does, or ask first whom to follow where it shows several people."""
    test, several = protocol(request.test), None
    with suppress(BadInputError):  # what cannot be read is told by whoever needs all of it
        several = several_people(
            video,
            lying=test.lying(test.settle(request.options)),
            max_side_px=MAX_SIDE_PX,
            on_progress=_part(report, "Looking who is in the picture", 0.0, _LOOKED),
        )
    if several is not None:
        return Whom(several, request)
    return measure_recording(video, folder, request, report)


def measure_recording(
    video: Path, folder: Path, request: Request, report: Report, before: Finished | None = None
) -> Finished:
    """Measure a recording and write its drawn video into ``folder``; the recording itself stays.

    Parameters
    ----------
    video, folder : the recording, and where the drawn one goes.
    request : what to measure.
    report : told of the progress.
    before : an earlier result of the same recording. Its landmarks are taken where the new request needs no others.

    Raises
    ------
    BadInputError
        If the file is no usable video.
    """
    filmed = before.filmed if before is not None else filmed_at(video, video.name)
    analysis = _again(before, request) if before is not None else None
    if analysis is None:
        preview = folder / PREVIEW
        analysis = measure(
            video,
            request.test,
            model=request.model,
            camera=request.camera,
            subject=request.subject,
            on_progress=_part(report, "Finding the person in each picture", 0.0, _TRACKING),
            on_seen=Preview(preview),
            **cast(Any, request.options),
        )
        preview.unlink(missing_ok=True)
    if isinstance(request.subject, PointedAt):
        number = number_of(analysis.track.source.subject)
        request = replace(request, subject=number[0] if number else None)
    shown = presenter_of(request.test)
    drawing = shown.drawing(analysis)
    if drawing is None:
        return Finished(analysis.document, analysis.track, (), None, request, filmed)
    report("Taking pictures", _MEASURING)
    pictures = shown.pictures(video, analysis, drawing, every=True, max_side_px=MAX_SIDE_PX)
    out = _drawn(video, folder, drawing, report)
    return Finished(analysis.document, analysis.track, pictures, out, request, filmed)


def _again(before: Finished, request: Request) -> Analysis | None:
    """Measure the landmarks at hand; None where others are needed, or another lean of the camera matters."""
    asked, document = before.request, before.document
    if asked is None or (asked.model, asked.camera, asked.subject) != (request.model, request.camera, request.subject):
        return None
    test = protocol(request.test)
    chosen = test.settle(request.options)
    level_known = "level" in document.provenance.settings
    same = asked.test == request.test and test.lying(chosen) == test.lying(asked.options)
    if not same or (test.reads_gravity(chosen) and not level_known):
        return None
    lens, level = camera_of_settings(document.provenance.settings, before.track.width_px, before.track.height_px)
    return analyse(before.track, request.test, chosen, lens=lens, level=level)


def _drawn(video: Path, folder: Path, drawing: Drawing, report: Report) -> Path | None:
    """Draw the video; None if the disk is full: the result stands without it."""
    out = folder / "drawn.mp4"
    on_progress = _part(report, "Drawing the video", _MEASURING, 1.0)
    try:
        write_overlay(video, out, drawing, max_side_px=MAX_SIDE_PX, on_progress=on_progress)
    except BadInputError as fault:
        _LOG.warning("The video was not drawn: %s", fault)
        return None
    return out


def _part(report: Report, phase: str, start: float, stop: float) -> Callable[[int, int], None]:
    return lambda done, total: report(phase, start + (stop - start) * done / max(total, 1))
