"""What a camera with known lens would see of the printed board: for the guide's pictures and for tests.

``python -m calibration.render_views`` writes the boards (PDF) and the pictures of the guide again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.camera import Camera
from rom_vision.camera.board import BOARDS, Board, BoardFinder
from rom_vision.camera.board_pdf import write_board_pdf
from rom_vision.camera.calibrate import calibrate, coverage_picture
from rom_vision.camera.guide import CaptureGuide

_DOTS_PER_MM = 4
_MARGIN_MM = 15


class BoardScene:
    """Renders the board through one camera, distortion included.

    Parameters
    ----------
    camera : lens and picture size.
    board : which board.
    """

    def __init__(self, camera: Camera, board: Board) -> None:
        self.camera = camera
        size = (board.columns * board.square_mm + 2 * _MARGIN_MM, board.rows * board.square_mm + 2 * _MARGIN_MM)
        dots = (round(size[0] * _DOTS_PER_MM), round(size[1] * _DOTS_PER_MM))
        self._sheet = board.charuco.generateImage(dots, marginSize=_MARGIN_MM * _DOTS_PER_MM)
        self._middle = np.array([board.columns, board.rows]) * board.square_mm / 2
        # Two by two samples per pixel, pixel centres at whole numbers as OpenCV has it. Rays change so slowly that
        # every eighth sample is computed and the rest interpolated.
        x, y = ((8 * np.arange(-(-2 * n // 8)) + 3.5) / 2 - 0.25 for n in (camera.width_px, camera.height_px))
        ideal = camera.undistort_px(np.stack(np.meshgrid(x, y), axis=-1))
        rays = np.dstack([(ideal - (camera.cx_px, camera.cy_px)) / camera.focal_px, np.ones(ideal.shape[:2])])
        fine = cv2.resize(rays, (8 * len(x), 8 * len(y)), interpolation=cv2.INTER_LINEAR)
        self._rays = fine[: 2 * camera.height_px, : 2 * camera.width_px].astype(np.float32)

    def picture(
        self,
        lean_x_deg: float = 0.0,
        lean_y_deg: float = 0.0,
        turn_deg: float = 0.0,
        at: tuple[float, float] = (0.5, 0.5),
        distance_mm: float = 450.0,
        *,
        noise: float = 2.0,
        blur_px: float = 0.6,
        seed: int = 0,
    ) -> npt.NDArray[np.uint8]:
        """Return the (H, W, 3) RGB picture; ``at`` is where the board's middle appears, fractions of the picture."""
        rotation = _axis(1, -lean_x_deg) @ _axis(0, lean_y_deg) @ _axis(2, turn_deg)
        c = self.camera
        aim = np.array([(at[0] * c.width_px - c.cx_px) / c.focal_px, (at[1] * c.height_px - c.cy_px) / c.focal_px, 1.0])
        shift = aim * distance_mm - rotation[:, :2] @ self._middle
        # Ray meets sheet: s r = R (x, y, 0) + t.
        to_sheet = np.linalg.inv(np.column_stack([rotation[:, :2], shift])).astype(np.float32)
        hit = self._rays @ to_sheet.T
        on_sheet = hit[..., :2] / hit[..., 2:] + _MARGIN_MM
        maps = np.nan_to_num(on_sheet * _DOTS_PER_MM - 0.5, nan=-1e4)
        fine = cv2.remap(self._sheet, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderValue=110)
        small = cv2.resize(fine, (c.width_px, c.height_px), interpolation=cv2.INTER_AREA)
        grey = np.asarray(small, dtype=np.float32)
        if blur_px:
            grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), blur_px), dtype=np.float32)
        grey = 25 + 0.8 * grey + noise * np.random.default_rng(seed).standard_normal(grey.shape, np.float32)
        return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)

    def session(self, n: int = 30, seed: int = 0) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield the pictures of somebody who follows the guide: all leans, corners and distances."""
        rng = np.random.default_rng(seed)
        near = 0.9 * self.camera.focal_px / self.camera.height_px * 240
        leans = [(0, 0), (32, 0), (-32, 0), (0, 32), (0, -32), (25, 25), (-25, 25), (25, -25), (-25, -25)]
        places = [(0.5, 0.5), (0.25, 0.3), (0.75, 0.3), (0.25, 0.7), (0.75, 0.7)]
        for k in range(n):
            lean, place = leans[k % len(leans)], places[k % len(places)]
            wobble = rng.uniform(-1, 1, 5)
            yield self.picture(
                lean[0] + 5 * wobble[0],
                lean[1] + 5 * wobble[1],
                15 * wobble[2],
                (place[0] + 0.03 * wobble[3], place[1] + 0.03 * wobble[4]),
                near * (1.0, 1.35, 1.7)[k % 3],
                seed=seed + k,
            )


def _axis(axis: int, angle_deg: float) -> npt.NDArray[np.float64]:
    vector = np.zeros(3)
    vector[axis] = np.radians(angle_deg)
    return np.asarray(cv2.Rodrigues(vector)[0])


def _sheet(pictures: dict[str, npt.NDArray[np.uint8]], columns: int) -> npt.NDArray[np.uint8]:
    """Set pictures side by side with their captions."""
    tiles = []
    for caption, picture in pictures.items():
        tile = cv2.copyMakeBorder(picture, 4, 34, 4, 4, cv2.BORDER_CONSTANT, value=(255, 255, 255))
        at = (8, tile.shape[0] - 12)
        tiles.append(cv2.putText(tile, caption, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (30, 30, 30), 1, cv2.LINE_AA))
    return np.vstack([np.hstack(tiles[k : k + columns]) for k in range(0, len(tiles), columns)])


def _write(path: Path, bgr: npt.ArrayLike) -> None:
    cv2.imwrite(str(path), np.asarray(bgr), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def main() -> None:
    """Write the boards and the guide's pictures."""
    here = Path(__file__).parent
    shown = here.parent / "docs" / "camera"
    for paper, board in BOARDS.items():
        write_board_pdf(board, here / f"board_{paper}.pdf")
    camera = Camera(320, 240, 262.0, 0.01, 163.0, 118.0, (-0.12, 0.05, 0.001, -0.0005, 0.0))
    small = BoardScene(camera, BOARDS["a4"])
    tilts = {
        "left edge nearer": small.picture(30, 0, noise=0),
        "right edge nearer": small.picture(-30, 0, noise=0),
        "top edge nearer": small.picture(0, 30, noise=0),
        "bottom edge nearer": small.picture(0, -30, noise=0),
    }
    places = {
        "upper left": small.picture(10, 0, at=(0.24, 0.36), noise=0),
        "upper right": small.picture(-10, 0, at=(0.76, 0.36), noise=0),
        "lower left": small.picture(10, 0, at=(0.24, 0.64), noise=0),
        "lower right": small.picture(-10, 0, at=(0.76, 0.64), noise=0),
    }
    distances = {
        "near: fills the picture": small.picture(distance_mm=290, noise=0),
        "middle": small.picture(10, 10, distance_mm=420, noise=0),
        "far: half as high": small.picture(distance_mm=580, noise=0),
    }
    for name, sheet in (("tilts", tilts), ("places", places), ("distances", distances)):
        _write(shown / f"{name}.png", _sheet(sheet, 4))
    scene = BoardScene(Camera(640, 480, 520.0, 0.01, 327.0, 236.0, (-0.12, 0.05, 0.001, -0.0005, 0.0)), BOARDS["a4"])
    finder, guide = BoardFinder(BOARDS["a4"]), CaptureGuide()
    for picture in scene.session(30):
        view = finder.find(picture)
        if view is not None:
            guide.offer(view)
    coverage = coverage_picture(calibrate(guide, "my-laptop", "rendered", finder))
    _write(shown / "coverage.png", cv2.cvtColor(coverage, cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
