"""Look at a video file before reading it: is it one, how large, which way up, how long."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from rom_vision.capture.damage import Damage
from rom_vision.capture.source import (
    REEXPORT,
    decoded,
    open_video,
    pixel_aspect_of,
    turn_of,
    upright_size,
)
from rom_vision.errors import BadInputError
from rom_vision.legible import shown

__all__ = ["VideoInfo", "probe", "sha256_of"]

_LONGEST_S = 86_400.0
"""A recording that announces more than a day has a broken clock (our own heuristic)."""


@dataclass(frozen=True)
class VideoInfo:
    """What is known of a video before it is read.

    Attributes
    ----------
    name : file name without its folder.
    width_px, height_px : size of the upright picture with square pixels, before any down-scaling.
    rotation_deg : clockwise turn (0, 90, 180, 270) that makes the stored picture upright.
    pixel_aspect : width of a stored pixel over its height; 1 for nearly every camera.
    codec : short name, e.g. 'h264', 'hevc', 'vp9', 'av1', 'gif'.
    duration_s : announced length; None where the file does not say (WebM written by a browser).
    n_frames_estimate : announced or computed number of frames, for progress only; None where unknown.
    mean_fps : average frame rate; None where unknown. Never make time stamps of it.
    """

    name: str
    width_px: int
    height_px: int
    rotation_deg: int
    pixel_aspect: float
    codec: str
    duration_s: float | None
    n_frames_estimate: int | None
    mean_fps: float | None


def sha256_of(path: str | Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits, reading it in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def probe(path: str | Path) -> VideoInfo:
    """Find out whether a file is a readable video, and what it holds.

    The first two pictures are decoded, so a file that passes has something to measure.

    Raises
    ------
    BadInputError
        Missing, a folder, empty, without permission, not a video, sound only, a single picture, damaged, or an
        unsupported format; the text says which and what to do.
    """
    path = Path(path)
    with open_video(path) as (container, stream):
        codec = stream.codec_context.codec.canonical_name
        stream.codec_context.thread_count = 1
        frames = decoded(container, stream, Damage())
        first = next(frames, None)
        if first is None:
            raise BadInputError(
                f"{path.name}: no picture of this {codec} video can be decoded; it is damaged or protected. {REEXPORT}"
            )
        if next(frames, None) is None:
            raise BadInputError(
                f"{path.name} holds a single picture that can be decoded: it is a still, or the copy was cut off. "
                "Choose the video file, or copy it again from the camera."
            )
        turn = turn_of(first[0])
        aspect = pixel_aspect_of(stream)
        width, height = upright_size(first[0].width, first[0].height, aspect, turn)
        duration_s = _duration_s(container, stream)
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        # Browsers write WebM with a made-up rate of 1000 frames per second.
        mean_fps = rate if 0 < rate < 500 else None
        n_frames = stream.frames or (round(duration_s * mean_fps) if duration_s and mean_fps else None)
        return VideoInfo(
            shown(path.name), width, height, turn.clockwise_deg, aspect, codec, duration_s, n_frames, mean_fps
        )


def _duration_s(container: Any, stream: Any) -> float | None:
    """Return the shorter of the track's and the file's length: sound may run on, and edits may cut the track."""
    track = float(stream.duration * stream.time_base) if stream.duration else 0.0
    file = container.duration / av.time_base if container.duration else 0.0
    return min((length for length in (track, file) if 0 < length < _LONGEST_S), default=None)
