"""Which views of the board are worth keeping, and which are still missing."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from rom_vision.camera.board import BoardView

__all__ = ["MIN_VIEWS", "CaptureGuide", "exchanged"]

# All our own heuristics: a leaning board fixes the focal length, a filled picture the distortion and the middle.
MIN_VIEWS = 10
MAX_VIEWS = 60
LEAN_DEG = 18.0
DISTANCE_RATIO = 1.4
_CELLS = 4
_CELL_CORNERS = 3
# What makes another view: x, y (fractions of the picture), log distance, two leans and turn (degrees).
_NOVELTY = np.array([0.10, 0.10, 0.12, 10.0, 10.0, 30.0])

_CORNERS = {(0, 0): "upper left", (0, -1): "upper right", (-1, 0): "lower left", (-1, -1): "lower right"}
_LEFT_RIGHT = re.compile(r"\b(left|right)\b")
_EDGES = (("left", 0, 1), ("right", 0, -1), ("top", 1, 1), ("bottom", 1, -1))


class CaptureGuide:
    """Collects views that differ from one another and says what is still missing.

    Used live (offer it every view that is found) and for recordings (the same, one after the other), so what the
    live guide asks for is exactly what the calibration demands. Left and right are those of the unmirrored picture.
    All views must have one picture size: start anew when a live picture changes its size.

    Parameters
    ----------
    min_views : how many views are asked for; a calibration needs `MIN_VIEWS`.

    Attributes
    ----------
    views : the views kept so far.
    """

    def __init__(self, min_views: int = MIN_VIEWS) -> None:
        self.min_views = min_views
        self.views: list[BoardView] = []
        self._marks: list[npt.NDArray[np.float64]] = []

    def offer(self, view: BoardView) -> bool:
        """Keep a view if it differs from all kept ones in place, distance, lean or turn; return whether it was kept."""
        pose = view.pose
        mark = np.array([*pose.centre, np.log(pose.distance), pose.lean_x_deg, pose.lean_y_deg, pose.turn_deg])
        for known in self._marks:
            step = mark - known
            step[5] = (step[5] + 180) % 360 - 180
            if np.linalg.norm(step / _NOVELTY) < 1.0:
                return False
        if len(self.views) >= MAX_VIEWS:
            return False
        self.views.append(view)
        self._marks.append(mark)
        return True

    @property
    def cells(self) -> npt.NDArray[np.int64]:
        """How many corners fell into each of the (4, 4) cells of the picture, rows from the top."""
        counts = np.zeros((_CELLS, _CELLS), dtype=np.int64)
        for view in self.views:
            place = np.floor(view.corners_px / (view.width_px, view.height_px) * _CELLS).astype(int)
            place = np.clip(place, 0, _CELLS - 1)
            np.add.at(counts, (place[:, 1], place[:, 0]), 1)
        return counts

    @property
    def corners(self) -> dict[str, bool]:
        """Corner of the picture (upper left ...) and whether the board has been there."""
        counts = self.cells
        return {name: bool(counts[place] >= _CELL_CORNERS) for place, name in _CORNERS.items()}

    @property
    def tilts(self) -> dict[str, bool]:
        """Edge of the board (left ...) and whether it has come nearer to the camera than the others."""
        leans = np.array([(v.pose.lean_x_deg, v.pose.lean_y_deg) for v in self.views]).reshape(-1, 2)
        return {edge: bool((sign * leans[:, axis] >= LEAN_DEG).any()) for edge, axis, sign in _EDGES}

    def missing(self, *, mirrored: bool = False) -> tuple[str, ...]:
        """Say what to do next, most important first; empty when the views suffice.

        Parameters
        ----------
        mirrored : whoever reads it sees the picture mirrored: left and right are exchanged.
        """
        if not self.views:
            return ("Show the board to the camera, all of it, flat and well lit.",)
        asked = (*self._missing_leans(), *self._missing_corners(), *self._missing_distance(), *self._missing_views())
        return tuple(exchanged(text) for text in asked) if mirrored else asked

    def _missing_leans(self) -> list[str]:
        return [
            f"Tilt the board by about 30 degrees so that its {edge} edge comes nearer to the camera."
            for edge, done in self.tilts.items()
            if not done
        ]

    def _missing_corners(self) -> list[str]:
        return [
            f"Hold the board into the {name} corner of the picture." for name, done in self.corners.items() if not done
        ]

    def _missing_distance(self) -> list[str]:
        distance = np.array([v.pose.distance for v in self.views])
        if distance.max() >= DISTANCE_RATIO * distance.min():
            return []
        # A board as high as half the picture (about 1.6 board heights away for most lenses) is still far.
        if distance.min() > 1.6:
            return ["All views have one distance: come nearer, until the board nearly fills the picture."]
        return ["All views have one distance: go back, until the board is about a third as high as the picture."]

    def _missing_views(self) -> list[str]:
        few = self.min_views - len(self.views)
        return [f"Show {few} more different view{'s' if few > 1 else ''}."] if few > 0 else []


def exchanged(text: str) -> str:
    """Exchange left and right in a sentence."""
    return _LEFT_RIGHT.sub(lambda word: "right" if word.group() == "left" else "left", text)
