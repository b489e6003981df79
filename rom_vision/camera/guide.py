"""Which views of the board are worth keeping, and which are still missing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rom_vision.camera.board import BoardView

__all__ = ["MIN_VIEWS", "CaptureGuide"]

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
_EDGES = (("left", 0, 1), ("right", 0, -1), ("top", 1, 1), ("bottom", 1, -1))


class CaptureGuide:
    """Collects views that differ from one another and says what is still missing.

    Used live (offer it every view that is found) and for recordings (the same, one after the other), so what the
    live guide asks for is exactly what the calibration demands. Left and right are those of the unmirrored picture.
    All views must have one picture size: start anew when a live picture changes its size.

    Attributes
    ----------
    views : the views kept so far.
    """

    def __init__(self) -> None:
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

    def missing(self) -> tuple[str, ...]:
        """Say what to do next, most important first; empty when the views suffice."""
        if not self.views:
            return ("Show the board to the camera, all of it, flat and well lit.",)
        return (*self._missing_leans(), *self._missing_corners(), *self._missing_distance(), *self._missing_views())

    def _missing_leans(self) -> list[str]:
        leans = np.array([(v.pose.lean_x_deg, v.pose.lean_y_deg) for v in self.views])
        return [
            f"Tilt the board by about 30 degrees so that its {edge} edge comes nearer to the camera."
            for edge, axis, sign in _EDGES
            if not (sign * leans[:, axis] >= LEAN_DEG).any()
        ]

    def _missing_corners(self) -> list[str]:
        counts = self.cells
        return [
            f"Hold the board into the {name} corner of the picture."
            for place, name in _CORNERS.items()
            if counts[place] < _CELL_CORNERS
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
        few = MIN_VIEWS - len(self.views)
        return [f"Show {few} more different view{'s' if few > 1 else ''}."] if few > 0 else []
