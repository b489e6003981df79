"""Write annotated pictures as an H.264 file that browsers and phones play."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from rom_vision.capture.reader import RgbArray
from rom_vision.errors import BadInputError
from rom_vision.files import placing
from rom_vision.legible import shown

__all__ = ["VideoWriter"]

_TICKS_PER_S = 90_000
_BT709 = 1
"""Code of BT.709 in the H.264 tags; without them players guess the colours from the size."""


class VideoWriter:
    """Encode pictures with their own times into an MP4 (H.264, yuv420p, index at the front).

    The file appears under its name only when the ``with`` block ends without an exception; until then, and after an
    exception, nothing of that name is made or changed.

    Parameters
    ----------
    path : file to write; MP4 whatever its name ends in.
    width_px, height_px : size of the pictures; H.264 needs even sizes, so an odd last column or row is cut off.
    comment : text that the file carries, by which it is known again.

    Raises
    ------
    BadInputError
        If the folder is missing or cannot be written, or the disk is full.
    ValueError
        If a picture has another shape or its time does not increase, or no picture was written.

    Examples
    --------
    >>> with VideoReader("in.mov") as video, VideoWriter("out.mp4", *video.size) as out:  # doctest: +SKIP
    ...     for frame in video:
    ...         out.write(frame.rgb, frame.time_s)
    """

    def __init__(self, path: str | Path, width_px: int, height_px: int, *, comment: str = "") -> None:
        if width_px < 2 or height_px < 2:
            raise ValueError(f"a video needs at least 2 x 2 pixels, not {width_px} x {height_px}")
        self.path = Path(path)
        self._shape = (height_px, width_px, 3)
        self._last_tick = -1
        self._place = contextlib.ExitStack()
        draft = self._place.enter_context(placing(self.path))
        # The format is given: a draft's name says nothing.
        self._container = av.open(f"file:{draft}", "w", format="mp4", options={"movflags": "+faststart"})
        if comment:
            self._container.metadata["comment"] = comment
        self._stream = self._add_stream(width_px - width_px % 2, height_px - height_px % 2)

    def _add_stream(self, width_px: int, height_px: int) -> Any:
        # Without B-frames the stored order is the shown order, which keeps irregular times exact in every player.
        # Key frames every 30 pictures, as of phones: a player steps back, a reader begins in the middle at once.
        options = {"preset": "veryfast", "crf": "21", "bf": "0", "g": "30"}
        stream: Any = self._container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        for tag in ("colorspace", "color_primaries", "color_trc"):
            setattr(stream.codec_context, tag, _BT709)
        stream.codec_context.color_range = ColorRange.MPEG
        return stream

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        except BaseException as fault:
            kind, error, trace = type(fault), fault, fault.__traceback__
            raise
        finally:
            # Closing writes an end, which may fail for the reason that brought us here.
            with contextlib.suppress(av.FFmpegError, OSError):
                self._container.close()
            self._place.__exit__(kind, error, trace)

    def write(self, rgb: RgbArray, time_s: float) -> None:
        """Add a (height, width, 3) uint8 picture shown from ``time_s`` on, seconds, later than the one before."""
        tick = round(time_s * _TICKS_PER_S)
        if rgb.shape != self._shape or rgb.dtype != np.uint8:
            raise ValueError(f"expected a uint8 picture of shape {self._shape}, got {rgb.dtype} {rgb.shape}")
        if tick <= self._last_tick:
            raise ValueError(f"picture times must increase from 0: {time_s} s after {self._last_tick / _TICKS_PER_S} s")
        self._last_tick = tick
        even = np.ascontiguousarray(rgb[: self._stream.height, : self._stream.width])
        frame = av.VideoFrame.from_ndarray(even, "rgb24").reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        frame.pts, frame.time_base = tick, self._stream.codec_context.time_base
        self._mux(frame)

    def _mux(self, frame: Any) -> None:
        """Encode and store one frame, or what is left with None."""
        try:
            self._container.mux(self._stream.encode(frame))
            if frame is None:
                self._container.close()
        except (av.FFmpegError, OSError) as error:
            raise BadInputError(
                f"{shown(self.path)} could not be written ({error.strerror or error}). Free some space on the disk or"
                " choose another folder."
            ) from error

    def _finish(self) -> None:
        if self._last_tick < 0:
            raise ValueError(f"no picture was written to {self.path}")
        self._mux(None)
