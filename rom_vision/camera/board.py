"""The printed ChArUco board: what it looks like, finding it in a picture, how it was held."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.camera.intrinsics import Camera

__all__ = ["BOARDS", "Board", "BoardFinder", "BoardPose", "BoardView"]

FloatArray = npt.NDArray[np.float64]

MIN_CORNERS = 12
"""Corners a view needs to be of use, of 35 (our own heuristic: a third of the board, still well spread)."""

_STRAY_SQUARES = 0.35  # corners further than this from a flat board, in squares, belong to another pattern


@dataclass(frozen=True)
class Board:
    """A board of 6 x 8 squares of 30 mm with markers of 22 mm; each paper has its own marker numbers.

    Attributes
    ----------
    paper : 'a4' or 'letter'.
    page_mm : (width, height) of the sheet.
    first_id : number of the first of its 24 markers in OpenCV's dictionary DICT_4X4_100.
    """

    paper: str
    page_mm: tuple[float, float]
    first_id: int

    columns = 6
    rows = 8
    square_mm = 30.0
    marker_mm = 22.0
    n_markers = 24
    n_corners = 35

    @property
    def ids(self) -> range:
        """Numbers of its markers."""
        return range(self.first_id, self.first_id + self.n_markers)

    @cached_property
    def charuco(self) -> Any:
        """The board as OpenCV knows it, millimetres."""
        ids = np.array(self.ids, dtype=np.int32)
        return cv2.aruco.CharucoBoard((self.columns, self.rows), self.square_mm, self.marker_mm, dictionary(), ids)


@cache
def dictionary() -> Any:
    """Return the marker dictionary of all boards."""
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_100)


BOARDS = {"a4": Board("a4", (210.0, 297.0), 0), "letter": Board("letter", (215.9, 279.4), 50)}


@dataclass(frozen=True, eq=False)
class BoardPose:
    """How the board was held, seen through a guessed lens: good enough to tell views apart, not a measurement.

    Attributes
    ----------
    centre : (2,) middle of the seen corners as a fraction of the picture's width and height.
    distance : distance of the board in board heights.
    lean_x_deg, lean_y_deg : where the board faces, as angles of its normal against the line back to the lens:
        x + it faces right (its left edge is nearer), y + it faces down (its top edge is nearer).
    turn_deg : rotation of the board in the picture.
    """

    centre: FloatArray
    distance: float
    lean_x_deg: float
    lean_y_deg: float
    turn_deg: float


@dataclass(frozen=True, eq=False)
class BoardView:
    """One picture's corners of the board.

    Attributes
    ----------
    corners_px : (N, 2) inner corners, pixels.
    board_mm : (N, 3) the same corners on the board, z = 0.
    width_px, height_px : picture size.
    source : file and time or number, for messages.
    """

    corners_px: FloatArray
    board_mm: FloatArray
    width_px: int
    height_px: int
    source: str = ""

    @cached_property
    def pose(self) -> BoardPose:
        """How the board was held."""
        guess = Camera.from_hfov(self.width_px, self.height_px)
        _, turn, shift = cv2.solvePnP(
            self.board_mm, self.corners_px, guess.matrix, np.zeros(5), flags=cv2.SOLVEPNP_IPPE
        )
        rotation, _ = cv2.Rodrigues(turn)
        facing = -rotation[:, 2]
        middle = rotation @ self.board_mm.mean(axis=0) + shift.ravel()
        return BoardPose(
            self.corners_px.mean(axis=0) / (self.width_px, self.height_px),
            float(np.linalg.norm(middle)) / (Board.rows * Board.square_mm),
            math.degrees(math.atan2(facing[0], -facing[2])),
            math.degrees(math.atan2(facing[1], -facing[2])),
            math.degrees(math.atan2(rotation[1, 0], rotation[0, 0])),
        )


class BoardFinder:
    """Finds one board in pictures and remembers which strangers it met.

    Attributes
    ----------
    n_pictures : pictures looked at.
    n_strangers : pictures that showed markers of another board but no corner of this one.
    stranger : name of the paper whose board was met instead, '' if it was none of ours.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.n_pictures = 0
        self.n_strangers = 0
        self.stranger = ""
        self._detector = cv2.aruco.CharucoDetector(board.charuco)

    def find(self, picture: npt.NDArray[np.uint8], source: str = "") -> BoardView | None:
        """Find the board.

        Parameters
        ----------
        picture : (H, W) grey or (H, W, 3) RGB.
        source : file and time, kept in the view.

        Returns
        -------
        The view, or None when fewer than 12 corners of this board are seen or they do not lie on a flat sheet.
        """
        self.n_pictures += 1
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture
        corners, ids, _, marker_ids = self._detector.detectBoard(grey)
        if corners is None or len(corners) < MIN_CORNERS:
            self._note_strangers(marker_ids)
            return None
        board_mm, corners_px = self.board.charuco.matchImagePoints(corners, ids)
        board_mm, corners_px = board_mm.reshape(-1, 3), corners_px.reshape(-1, 2)
        flat, _ = cv2.findHomography(corners_px, board_mm[:, :2], cv2.LMEDS)
        if flat is None:
            return None
        off_mm = np.linalg.norm(
            cv2.perspectiveTransform(corners_px[:, None].astype(np.float64), flat)[:, 0] - board_mm[:, :2], axis=1
        )
        if np.max(off_mm) > _STRAY_SQUARES * self.board.square_mm:
            self.n_strangers += 1
            return None
        height, width = grey.shape
        return BoardView(corners_px.astype(np.float64), board_mm.astype(np.float64), width, height, source)

    def _note_strangers(self, marker_ids: Any) -> None:
        met = [] if marker_ids is None else [int(i) for i in np.ravel(marker_ids)]
        # One false marker in a busy background is common, four are a board (our own heuristic).
        if len([i for i in met if i not in self.board.ids]) >= 4:
            self.n_strangers += 1
            for other in BOARDS.values():
                if other is not self.board and sum(i in other.ids for i in met) > len(met) / 2:
                    self.stranger = other.paper
