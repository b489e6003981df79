"""The recording of a live test: every analysed picture with its time, as a video file that is measured afterwards."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["Film", "Still"]

_QUALITY = 92
_TICKS_PER_S = 1000


class Still:
    """One picture of ``size_px`` (width, height), compressed: what is kept of the seconds before a recording begins."""

    def __init__(self, time_s: float, rgb: npt.NDArray[np.uint8]) -> None:
        self.time_s = time_s
        self.size_px = (rgb.shape[1], rgb.shape[0])
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        self.jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()

    def resized(self, size_px: tuple[int, int]) -> Still:
        """Return the same picture in another size."""
        if size_px == self.size_px:
            return self
        bgr = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert bgr is not None
        rgb = cv2.cvtColor(cv2.resize(bgr, size_px, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
        return Still(self.time_s, rgb.astype(np.uint8))


class Film:
    """A video file that grows picture by picture.

    Each picture stands for itself, so that a recording that is cut off anywhere can be read up to there.

    Parameters
    ----------
    path : file to write (Matroska).
    size_px : (width, height) of its pictures; others are resized.

    Raises
    ------
    OSError
        If it cannot be written; also from `add` and `close`.
    """

    def __init__(self, path: Path, size_px: tuple[int, int]) -> None:
        self.path, self.size_px = path, size_px
        self._began_s: float | None = None
        self._last_tick = -1
        self._out = av.open(str(path), "w", format="matroska")
        self._stream: Any = self._out.add_stream("mjpeg", rate=30)
        self._stream.width, self._stream.height = size_px
        self._stream.pix_fmt = "yuvj420p"

    def add(self, still: Still) -> None:
        """Add a picture; times increase."""
        self._began_s = still.time_s if self._began_s is None else self._began_s
        tick = max(round((still.time_s - self._began_s) * _TICKS_PER_S), self._last_tick + 1)
        self._last_tick = tick
        packet = av.Packet(still.resized(self.size_px).jpeg)
        packet.stream, packet.is_keyframe = self._stream, True
        packet.pts = packet.dts = tick
        packet.time_base = Fraction(1, _TICKS_PER_S)
        self._out.mux(packet)

    def close(self) -> None:
        """Finish the file."""
        self._out.close()
