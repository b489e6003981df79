"""The engine of the live calibration: camera pictures in, pictures with the guidance drawn in out. No Streamlit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.camera.board import Board, BoardFinder, BoardView
from rom_vision.camera.calibrate import Calibration, calibrate
from rom_vision.camera.guide import CaptureGuide, exchanged
from rom_vision.report.strokes import INK, SHADE, Rgb, dot

__all__ = ["BoardCapture", "CaptureView"]

Picture = npt.NDArray[np.uint8]

# Our own heuristics.
MIN_WIDTH_PX = 480
"""Narrower pictures are those with which browsers begin, before the line is known to carry more."""
N_VIEWS = 16
"""Live, more views than a calibration needs cost seconds and steady the focal length."""
STILL = 0.008
"""The corners of a board held still move by less than this share of the picture's width from picture to picture."""
_SAME_SHAPE = 0.01
_FLASH_S = 0.4
_DONE: Rgb = (64, 190, 120)
_OPEN: Rgb = (255, 176, 32)


@dataclass(frozen=True)
class CaptureView:
    """What the page shows.

    Attributes
    ----------
    missing : what to do next, most important first, left and right as the mirrored picture shows them.
    n_views : views kept so far.
    n_pictures : pictures looked at.
    seen, still : whether the board is in the last picture, and held still.
    stranger : paper whose board is shown instead; empty if none.
    size_px : (width, height) of the pictures, (0, 0) before the first.
    waiting_s : seconds since the last picture; None before the first.
    """

    missing: tuple[str, ...]
    n_views: int
    n_pictures: int
    seen: bool
    still: bool
    stranger: str
    size_px: tuple[int, int]
    waiting_s: float | None


class BoardCapture:
    """Watches one camera until every kind of view of the board has been seen.

    Parameters
    ----------
    board : the printed board.
    clock : seconds, monotonic.
    """

    def __init__(self, board: Board, clock: Callable[[], float] = time.monotonic) -> None:
        self._finder = BoardFinder(board)
        self._guide = CaptureGuide(N_VIEWS)
        self._clock = clock
        self._lock = threading.Lock()
        self._began = clock()
        self._size_px = (0, 0)
        self._last: BoardView | None = None
        self._still = False
        self._last_s: float | None = None
        self._kept_s = -np.inf

    @property
    def age_s(self) -> float:
        """Seconds since the capture was opened."""
        return self._clock() - self._began

    def process(self, rgb: Picture) -> Picture:
        """Look for the board in one picture (H, W, 3); return it mirrored with the guidance drawn in."""
        with self._lock:
            self._last_s = self._clock()
            height, width = rgb.shape[:2]
            self._size_px = (width, height)
            seen = self._finder.find(rgb) if width >= MIN_WIDTH_PX else None
            self._still = seen is not None and self._last is not None and _moved(seen, self._last) < STILL
            if seen is not None and self._still and self.missing:
                self._offer(seen)
            self._last = seen
            return self._draw(rgb, seen)

    def _offer(self, seen: BoardView) -> None:
        """Keep the view if it is new; pictures of another shape begin the collection again."""
        first = self._guide.views[0] if self._guide.views else seen
        shape = (seen.width_px / seen.height_px) / (first.width_px / first.height_px)
        if abs(shape - 1) > _SAME_SHAPE:
            self._guide = CaptureGuide(N_VIEWS)
        elif seen.width_px != first.width_px:
            # Browsers change the size to suit the line; pixel centres lie at whole numbers.
            scale = first.width_px / seen.width_px
            corners_px = (seen.corners_px + 0.5) * scale - 0.5
            seen = replace(seen, corners_px=corners_px, width_px=first.width_px, height_px=first.height_px)
        if self._guide.offer(seen):
            self._kept_s = self._clock()

    @property
    def missing(self) -> tuple[str, ...]:
        """What to do next; empty when the views suffice."""
        return self._guide.missing(mirrored=True)

    def view(self) -> CaptureView:
        """Return what is known now."""
        with self._lock:
            return CaptureView(
                missing=self.missing,
                n_views=len(self._guide.views),
                n_pictures=self._finder.n_pictures,
                seen=self._last is not None,
                still=self._still,
                stranger=self._finder.stranger if not self._guide.views else "",
                size_px=self._size_px,
                waiting_s=None if self._last_s is None else self._clock() - self._last_s,
            )

    def calibrate(self, name: str) -> Calibration:
        """Calibrate from the views kept; see `rom_vision.camera.calibrate.calibrate`."""
        with self._lock:
            how = f"printed board ({self._finder.board.paper}), live in the app"
            return calibrate(self._guide, name, how, self._finder)

    # -- drawing ----------------------------------------------------------------------------------------------------

    def _draw(self, rgb: Picture, seen: BoardView | None) -> Picture:
        out: Picture = cv2.flip(rgb, 1)  # type: ignore[assignment]
        height, width = out.shape[:2]
        unit = max(height, width) / 640
        for name, done in self._guide.corners.items():
            vertical, side = exchanged(name).split(" ")
            x = 0 if side == "left" else width - width // 4
            y = 0 if vertical == "upper" else height - height // 4
            inset = round(4 * unit)
            colour = _DONE if done else _OPEN
            a, b = (x + inset, y + inset), (x + width // 4 - inset, y + height // 4 - inset)
            cv2.rectangle(out, a, b, colour, max(1, round((1.5 if done else 3.5) * unit)), cv2.LINE_AA)
        if seen is not None:
            for x, y in seen.corners_px:
                dot(out, np.array([width - 1 - x, y]), _DONE if self._still else INK, 3 * unit)
        self._draw_tilts(out, unit)
        if self._clock() - self._kept_s < _FLASH_S:
            cv2.rectangle(out, (0, 0), (width - 1, height - 1), _DONE, max(2, round(10 * unit)))
        return out

    def _draw_tilts(self, out: Picture, unit: float) -> None:
        """Draw a small board at the foot of the picture whose edges turn green once they have come nearer."""
        w, h = 42 * unit, 56 * unit
        left, top = out.shape[1] / 2 - w / 2, out.shape[0] - h - 14 * unit
        corner, opposite = (
            (round(left - 10 * unit), round(top - 10 * unit)),
            (round(left + w + 10 * unit), out.shape[0]),
        )
        cv2.rectangle(out, corner, opposite, SHADE, -1)
        ends = {
            "left": ((left, top), (left, top + h)),
            "right": ((left + w, top), (left + w, top + h)),
            "top": ((left, top), (left + w, top)),
            "bottom": ((left, top + h), (left + w, top + h)),
        }
        for edge, done in self._guide.tilts.items():
            (ax, ay), (bx, by) = ends[exchanged(edge)]
            cv2.line(
                out,
                (round(ax), round(ay)),
                (round(bx), round(by)),
                _DONE if done else _OPEN,
                max(2, round((3 if done else 6) * unit)),
                cv2.LINE_AA,
            )
        text, scale = f"{len(self._guide.views)}/{N_VIEWS}", 0.5 * unit
        (tw, th), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
        at = (round(left + w / 2 - tw / 2), round(top + h / 2 + th / 2))
        cv2.putText(out, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, INK, max(1, round(unit)), cv2.LINE_AA)


def _moved(now: BoardView, before: BoardView) -> float:
    """How far the corners seen in both pictures moved, median, as a share of the picture's width; inf if none is."""
    if now.width_px != before.width_px:
        return np.inf
    places = {tuple(corner): px for corner, px in zip(before.board_mm, before.corners_px, strict=True)}
    steps = [
        np.linalg.norm(px - places[tuple(corner)])
        for corner, px in zip(now.board_mm, now.corners_px, strict=True)
        if tuple(corner) in places
    ]
    return float(np.median(steps)) / now.width_px if steps else np.inf
