"""What a job does with a recording: measure it, draw it, take its pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.errors import BadInputError
from rom_vision.pipeline import hip_rotation as pipeline
from rom_vision.pipeline import squat as pipeline_squat
from rom_vision.pose.track import PoseTrack
from rom_vision.report.overlay import Drawing, LegOverlay, write_overlay
from rom_vision.report.pictures import repetition_pictures
from rom_vision.report.squat_pictures import SquatOverlay, worst_moments
from rom_vision.results.document import Document
from rom_vision.results.parts import Mode, Position, Side
from rom_vision.sessions import Picture
from rom_vision.ui.parts.jobs import Report

__all__ = [
    "Finished",
    "HipRequest",
    "SquatRequest",
    "measure_hip_rotation",
    "screen_squat",
]

_LOG = logging.getLogger(__name__)
_TRACKING, _MEASURING = 0.78, 0.84
"""Share of the time when the landmarks and when the measurement are done (our own timing)."""


@dataclass(frozen=True)
class HipRequest:
    """What was asked about a recording of hip rotation."""

    position: Position
    side: Side
    mode: Mode
    model: str = "heavy"
    camera: CameraSetting = UNKNOWN_CAMERA


@dataclass(frozen=True)
class Finished:
    """What a job leaves: the document and what it was made of. ``video`` is the drawn one, in the job's folder."""

    document: Document
    track: PoseTrack
    pictures: tuple[Picture, ...]
    video: Path | None


def measure_hip_rotation(video: Path, folder: Path, request: HipRequest, report: Report) -> Finished:
    """Measure a recording, write its drawn video into ``folder`` and delete the recording itself.

    Raises
    ------
    BadInputError
        If the file is no usable video.
    """
    try:
        analysis = pipeline.measure(
            video,
            position=request.position,
            side=request.side,
            mode=request.mode,
            model=request.model,
            camera=request.camera,
            on_progress=_part(report, "Finding the person in each picture", 0.0, _TRACKING),
        )
        track = analysis.track
        if analysis.states is None:
            return Finished(analysis.document, track, (), None)
        overlay = LegOverlay.from_states(
            analysis.states, analysis.document.curve, analysis.camera, request.side, analysis.level
        )
        report("Taking pictures", _MEASURING)
        pictures = repetition_pictures(
            video, overlay, analysis.document, analysis.document.repetitions, max_side_px=pipeline.MAX_SIDE_PX
        )
        return Finished(analysis.document, track, pictures, _drawn(video, folder, overlay, report))
    finally:
        video.unlink(missing_ok=True)


def _drawn(video: Path, folder: Path, drawing: Drawing, report: Report) -> Path | None:
    """Draw the video; None if the disk is full: the result stands without it."""
    out = folder / "drawn.mp4"
    on_progress = _part(report, "Drawing the video", _MEASURING, 1.0)
    try:
        write_overlay(video, out, drawing, max_side_px=pipeline.MAX_SIDE_PX, on_progress=on_progress)
    except BadInputError as fault:
        _LOG.warning("The video was not drawn: %s", fault)
        return None
    return out


def _part(report: Report, phase: str, start: float, stop: float) -> Callable[[int, int], None]:
    return lambda done, total: report(phase, start + (stop - start) * done / max(total, 1))


@dataclass(frozen=True)
class SquatRequest:
    """What was asked about a recording of squats."""

    legs: Literal["both", "left", "right"]
    model: str = "heavy"
    camera: CameraSetting = UNKNOWN_CAMERA


def screen_squat(video: Path, folder: Path, request: SquatRequest, report: Report) -> Finished:
    """Screen a recording of squats; see `measure_hip_rotation`."""
    try:
        analysis = pipeline_squat.screen(
            video,
            legs=request.legs,
            model=request.model,
            camera=request.camera,
            on_progress=_part(report, "Finding the person in each picture", 0.0, _TRACKING),
        )
        document, track = analysis.document, analysis.track
        if not document.repetitions:
            return Finished(document, track, (), None)
        report("Taking pictures", _MEASURING)
        pictures = worst_moments(video, track, document, max_side_px=pipeline.MAX_SIDE_PX, level=analysis.level)
        return Finished(
            document, track, pictures, _drawn(video, folder, SquatOverlay(track, document, analysis.level), report)
        )
    finally:
        video.unlink(missing_ok=True)
