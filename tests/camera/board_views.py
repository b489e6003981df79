"""Views of the board: projected corners (fast, for the decisions) and rendered pictures (for the whole way)."""

import cv2
import numpy as np

from rom_vision.camera import Camera
from rom_vision.camera.board import BOARDS, BoardView

LAPTOP = Camera(640, 480, 520.0, 0.01, 327.0, 236.0, (-0.12, 0.05, 0.001, -0.0005, 0.0))

LEANS = [(0, 0), (30, 0), (-30, 0), (0, 30), (0, -30), (25, 20), (-25, 20), (20, -25), (-20, -25)]
PLACES = [(0.5, 0.5), (0.25, 0.3), (0.75, 0.3), (0.25, 0.7), (0.75, 0.7)]


def projected(camera, lean=(0.0, 0.0), turn_deg=0.0, at=(0.5, 0.5), distance_mm=450.0, noise_px=0.1, seed=0):
    """A view made by OpenCV's own projection; corners outside the picture are left out."""
    board = BOARDS["a4"]
    points = np.array(board.charuco.getChessboardCorners(), float)
    rotation = np.eye(3)
    for axis, angle in ((1, -lean[0]), (0, lean[1]), (2, turn_deg)):
        rotation = rotation @ cv2.Rodrigues(np.eye(3)[axis] * np.radians(angle))[0]
    aim = (np.array(at) * (camera.width_px, camera.height_px) - (camera.cx_px, camera.cy_px)) / camera.focal_px
    shift = np.append(aim, 1.0) * distance_mm - rotation @ points.mean(axis=0)
    px, _ = cv2.projectPoints(points, cv2.Rodrigues(rotation)[0], shift, camera.matrix, np.array(camera.distortion))
    px = px.reshape(-1, 2) + np.random.default_rng(seed).normal(0, noise_px, (len(points), 2))
    inside = (px > 0).all(axis=1) & (px < (camera.width_px, camera.height_px)).all(axis=1)
    return BoardView(px[inside], points[inside], camera.width_px, camera.height_px, f"view {seed}")


def projected_session(camera, n=24, leans=LEANS, ratios=(1.0, 1.35, 1.7), noise_px=0.1, places=PLACES):
    near = 0.9 * camera.focal_px / camera.height_px * 240
    return [
        projected(
            camera,
            leans[k % len(leans)],
            12.0 * np.sin(5 * k),
            places[k % len(places)],
            near * ratios[k % len(ratios)],
            noise_px,
            seed=k,
        )
        for k in range(n)
    ]
