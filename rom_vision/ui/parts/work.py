"""What a job does with a recording: measure it, draw it, take its pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.errors import BadInputError
from rom_vision.pipeline.camera import MAX_SIDE_PX
from rom_vision.pipeline.run import measure
from rom_vision.pose.track import PoseTrack
from rom_vision.report.overlay import Drawing, write_overlay
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.results.document import Document
from rom_vision.sessions import Picture
from rom_vision.ui.parts.jobs import Report

__all__ = ["Finished", "Request", "measure_recording"]

_LOG = logging.getLogger(__name__)
_TRACKING, _MEASURING = 0.78, 0.84
"""Share of the time when the landmarks and when the measurement are done (our own timing)."""


@dataclass(frozen=True)
class Request:
    """What was asked about a recording: the test, what was chosen of it, and how to measure."""

    test: str
    options: Mapping[str, str] = field(default_factory=dict)
    model: str = "heavy"
    camera: CameraSetting = UNKNOWN_CAMERA


@dataclass(frozen=True)
class Finished:
    """What a job leaves: the document and what it was made of. ``video`` is the drawn one, in the job's folder."""

    document: Document
    track: PoseTrack
    pictures: tuple[Picture, ...]
    video: Path | None


def measure_recording(video: Path, folder: Path, request: Request, report: Report) -> Finished:
    """Measure a recording, write its drawn video into ``folder`` and delete the recording itself.

    Raises
    ------
    BadInputError
        If the file is no usable video.
    """
    try:
        analysis = measure(
            video,
            request.test,
            model=request.model,
            camera=request.camera,
            on_progress=_part(report, "Finding the person in each picture", 0.0, _TRACKING),
            **cast(Any, request.options),
        )
        shown = presenter_of(request.test)
        drawing = shown.drawing(analysis)
        if drawing is None:
            return Finished(analysis.document, analysis.track, (), None)
        report("Taking pictures", _MEASURING)
        pictures = shown.pictures(video, analysis, drawing, every=True, max_side_px=MAX_SIDE_PX)
        return Finished(analysis.document, analysis.track, pictures, _drawn(video, folder, drawing, report))
    finally:
        video.unlink(missing_ok=True)


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
