"""Real video files, small ones, made on the spot with the encoders that PyAV carries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

MakeVideo = Callable[..., Path]

CORNERS = {"top left": (230, 230, 230), "top right": (220, 30, 30), "bottom left": (30, 180, 30)}


def card(width: int = 320, height: int = 240, step: int = 0) -> np.ndarray:
    """Return a picture that shows which way is up, with a bar that moves with ``step``."""
    picture = np.full((height, width, 3), 70, np.uint8)
    quarter_h, quarter_w = height // 4, width // 4
    picture[:quarter_h, :quarter_w] = CORNERS["top left"]
    picture[:quarter_h, -quarter_w:] = CORNERS["top right"]
    picture[-quarter_h:, :quarter_w] = CORNERS["bottom left"]
    x = step * 4 % (width - 16)
    picture[height // 2 - 8 : height // 2 + 8, x : x + 16] = (30, 30, 240)
    return picture


def is_upright(rgb: np.ndarray) -> bool:
    """Tell whether the three coloured corners of a test card are where they belong."""
    height, width = rgb.shape[0] // 5, rgb.shape[1] // 5
    seen = {"top left": rgb[:height, :width], "top right": rgb[:height, -width:], "bottom left": rgb[-height:, :width]}
    return all(np.abs(part.mean((0, 1)) - CORNERS[name]).max() < 25 for name, part in seen.items())


@contextmanager
def same_scheduling() -> Iterator[None]:
    """Give the process back the scheduling it had.

    SVT-AV1 makes a process of root a real-time one (first in, first out, priority 99); browsers and databases that
    later tests start from it would inherit that and starve the machine.
    """
    if not hasattr(os, "sched_setscheduler"):  # macOS, Windows
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Return a function that encodes pictures at given times and returns the file's path."""

    def make(
        name: str,
        codec: str = "libx264",
        *,
        pix_fmt: str = "yuv420p",
        times_s: Sequence[float] | None = None,
        size: tuple[int, int] = (320, 240),
        options: dict[str, str] | None = None,
        pixel_aspect: Fraction | None = None,
        pictures: Callable[[int], np.ndarray] | None = None,
        file: Any = None,
        container: str | None = None,
    ) -> Path:
        if codec not in av.codecs_available:
            pytest.skip(f"this PyAV has no {codec} encoder")
        path = tmp_path / name
        times = [i / 30 for i in range(20)] if times_s is None else times_s
        with same_scheduling(), av.open(file or str(path), "w", format=container) as out:
            stream: Any = out.add_stream(codec, rate=30, options=options or {})
            stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
            if codec != "gif" and path.suffix != ".avi":
                stream.codec_context.time_base = Fraction(1, 1000)
            if pixel_aspect:
                stream.codec_context.sample_aspect_ratio = pixel_aspect
            for i, time_s in enumerate(times):
                picture = pictures(i) if pictures else card(*size, step=i)
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format=pix_fmt)
                frame.time_base = stream.codec_context.time_base or Fraction(1, 30)
                frame.pts = round(time_s / frame.time_base)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return path

    return make
