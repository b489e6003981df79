"""The pictures of a file with their times, from its start or from somewhere in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from rom_vision.capture.clock import LONGEST_GAP_S, RESTART_S, Clock, Notes
from rom_vision.capture.probe import VideoInfo
from rom_vision.capture.source import decoded, open_video

__all__ = ["searchable", "timed"]


def timed(path: Path, info: VideoInfo, notes: Notes, from_s: float = 0.0) -> Iterator[tuple[float, Any]]:
    """Yield (time_s, PyAV frame) of every picture from ``from_s`` on, and of those before it that had to be decoded.

    MP4, MOV and Matroska files of known length are searched by their index; others are decoded from their start.
    """
    pictures = _decoded_from(path, info, notes, from_s)
    if from_s > 0:
        first = next(pictures, None)
        if first is not None and first[0] <= from_s:
            yield first
        else:  # the index is wrong, or damaged
            pictures = _decoded_from(path, info, notes, 0.0)
    yield from pictures


def _decoded_from(path: Path, info: VideoInfo, notes: Notes, from_s: float) -> Iterator[tuple[float, Any]]:
    with open_video(path) as (container, stream):
        stream.codec_context.thread_count = 1  # what several threads make of a damaged picture depends on the moment
        step_s = 1 / info.mean_fps if info.mean_fps else 1 / 30
        clock = Clock(notes, step_s, by_decoding=container.format.name == "avi")
        frames = decoded(container, stream, notes.damage)
        if from_s > 0 and info.duration_s is not None and _has_index(container):
            clock(next(frames)[0])  # sets the zero of the clock
            clock.last_s = None
            try:
                container.seek(int((from_s - (clock.offset_s or 0.0)) / stream.time_base), stream=stream)
            except (av.FFmpegError, OverflowError):  # a damaged index
                return
            frames = decoded(container, stream, notes.damage)
        for frame, number in frames:
            time_s = clock(frame)
            if time_s is not None:
                notes.numbers.append(number)
                notes.cuts.append(clock.cut)
                yield time_s, frame


def searchable(path: Path) -> bool:
    """Whether a picture in the middle has the same time when the file is not read up to there; nothing is decoded."""
    with open_video(path) as (container, stream):
        if not _has_index(container):
            return False
        stamps, latest = [], -np.inf
        try:
            for packet in container.demux(stream):
                if packet.size and packet.pts is None:
                    return False
                if packet.size:
                    stamps.append(time_s := float(packet.pts * packet.time_base))
                    if time_s < latest - RESTART_S:  # pictures out of order come closer together
                        return False
                    latest = max(latest, time_s)
        except (av.FFmpegError, OSError, IndexError):
            return False
    steps_s = np.diff(np.sort(stamps))
    return bool(len(steps_s)) and float(steps_s.min()) > 0 and float(steps_s.max()) < LONGEST_GAP_S


def _has_index(container: Any) -> bool:
    return container.format.name.split(",")[0] in ("mov", "matroska")
