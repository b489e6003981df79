"""Decoded pictures made upright, with square pixels, in RGB."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace, VideoReformatter

from rom_vision.capture.clock import Notes
from rom_vision.capture.probe import VideoInfo
from rom_vision.capture.source import Turn, turn_of, upright_size

__all__ = ["RgbArray", "Upright"]

RgbArray = npt.NDArray[np.uint8]


class Upright:
    """Turn decoded frames into upright RGB of one size; scaling happens in the colour conversion."""

    def __init__(self, info: VideoInfo, size: tuple[int, int], notes: Notes) -> None:
        self._pixel_aspect = info.pixel_aspect
        self._size = size
        self._notes = notes
        self._reformatter = VideoReformatter()
        self._turns: dict[int, Turn] = {}

    def __call__(self, frame: Any) -> RgbArray:
        """Return (height, width, 3) uint8 in memory of its own."""
        # Asking every frame for its matrix would keep each alive until the garbage collector runs: gigabytes.
        if frame.rotation not in self._turns:
            self._turns[frame.rotation] = turn_of(frame)
        turn = self._turns[frame.rotation]
        width, height = self._size
        own_width, own_height = upright_size(frame.width, frame.height, self._pixel_aspect, turn)
        fit = min(width / own_width, height / own_height)
        inner = round(own_width * fit), round(own_height * fit)
        if abs(inner[0] - width) <= 1 and abs(inner[1] - height) <= 1:
            inner = self._size
        stored = inner[::-1] if turn.transpose else inner
        # RGB has no colour matrix of its own, but older PyAV honours the frame's only when another one is asked for.
        scaled = self._reformatter.reformat(
            frame,
            max(1, stored[0]),
            max(1, stored[1]),
            "rgb24",
            dst_colorspace=Colorspace.ITU601,
            interpolation="AREA",
        )
        rgb: Any = scaled.to_ndarray()
        if turn.transpose:
            rgb = cv2.transpose(rgb)
        if turn.flip_x or turn.flip_y:
            rgb = cv2.flip(rgb, -1 if turn.flip_x and turn.flip_y else int(turn.flip_x))
        if inner == self._size:
            # The decoder's own memory must not be handed out.
            return rgb if rgb.flags.owndata else np.array(rgb)
        self._notes.reshaped = True
        canvas = np.zeros((height, width, 3), dtype=np.uint8)
        top, left = (height - rgb.shape[0]) // 2, (width - rgb.shape[1]) // 2
        canvas[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
        return canvas
