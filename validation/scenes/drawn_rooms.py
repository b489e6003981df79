"""Drawn rooms with a known lean of the camera, with and without anything plumb in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.camera import Camera

__all__ = ["BARE", "Room", "furnished", "without_verticals"]

PX = (960, 540)
FINE = 2


class Room:
    """A painter: polygons in metres, x right, y down (0 = lens height), z ahead, drawn back to front."""

    def __init__(
        self,
        roll_deg: float = 0.0,
        pitch_deg: float = 0.0,
        yaw_deg: float = 0.0,
        hfov_deg: float = 66.0,
        size: tuple[int, int] = PX,
        seed: int = 0,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.camera = Camera.from_hfov(*size, hfov_deg)
        leaning = Camera(*size, 1, 0, 0, 0, roll_deg=roll_deg, pitch_deg=pitch_deg)
        down = leaning.gravity()
        yaw = np.radians(yaw_deg)
        ahead = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
        ahead = ahead - down * (ahead @ down)
        ahead /= np.linalg.norm(ahead)
        self.turn = np.column_stack([np.cross(down, ahead), down, ahead])  # room axes in camera axes
        self.picture = np.full((size[1] * FINE, size[0] * FINE), 200, np.uint8)

    def fill(self, corners: npt.ArrayLike, shade: float) -> None:
        """Fill a polygon, corners (N, 3) metres, with a grey value."""
        p = np.asarray(corners, float) @ self.turn.T
        p = _in_front(p)
        if len(p) < 3:
            return
        c = self.camera
        px = (p[:, :2] / p[:, 2:] * c.focal_px + (c.cx_px, c.cy_px)) * FINE
        if np.abs(px).max() < 1e6:
            cv2.fillPoly(
                self.picture,
                [np.round(px * 16).astype(np.int64).clip(-(2**30), 2**30).astype(np.int32)],
                int(shade),
                cv2.LINE_AA,
                4,
            )

    def on_wall(self, x0: float, x1: float, y0: float, y1: float, shade: float, z: float = 4.0) -> None:
        """Fill an upright rectangle that faces the camera."""
        self.fill([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], shade)

    def shade(self) -> float:
        """Draw a grey value."""
        return float(self.rng.integers(60, 245))

    def shell(self, corners_too: bool = True) -> None:
        """Floor, ceiling and walls; without side walls nothing of it is plumb."""
        self.on_wall(-9, 9, -9, 9, 205)
        self.fill([(-9, 0.9, 0.1), (9, 0.9, 0.1), (9, 0.9, 4), (-9, 0.9, 4)], 120)
        if corners_too:
            half = self.rng.uniform(1.6, 2.4)
            self.fill([(-half, -1.6, 0.1), (-half, -1.6, 4), (-half, 0.9, 4), (-half, 0.9, 0.1)], 180)
            self.fill([(half, -1.6, 0.1), (half, -1.6, 4), (half, 0.9, 4), (half, 0.9, 0.1)], 225)

    def door(self) -> None:
        """Put a door with its frame somewhere on the wall."""
        x = self.rng.uniform(-1.5, 0.6)
        self.on_wall(x - 0.07, x + 0.97, -1.2, 0.9, self.shade())
        self.on_wall(x, x + 0.9, -1.13, 0.9, self.shade())

    def window(self) -> None:
        """Put a window with two panes somewhere on the wall."""
        x, y = self.rng.uniform(-1.6, 0.8), self.rng.uniform(-1.2, -0.6)
        shade, glass = self.shade(), self.shade()
        self.on_wall(x, x + 0.9, y, y + 0.8, shade)
        for k in range(2):
            self.on_wall(x + 0.06 + 0.42 * k, x + 0.42 + 0.42 * k, y + 0.06, y + 0.74, glass)

    def stripes(self, angles_deg: Sequence[float], n: int = 60, width: float = 0.03) -> None:
        """Bars on the wall in the given directions from plumb, each at a random place."""
        for _ in range(n):
            a = np.radians(self.rng.choice(angles_deg)) if len(angles_deg) else self.rng.uniform(0, np.pi)
            middle, long = self.rng.uniform((-2.2, -1.2), (2.2, 0.8)), self.rng.uniform(0.3, 0.9)
            along, across = np.array([np.sin(a), np.cos(a)]) * long / 2, np.array([np.cos(a), -np.sin(a)]) * width / 2
            corners = [middle + s * along + t * across for s, t in ((-1, -1), (-1, 1), (1, 1), (1, -1))]
            self.fill([(*c, 4.0) for c in corners], self.shade())

    def boards(self) -> None:
        """Floor boards that run away from the camera."""
        for k, x in enumerate(np.arange(-4, 4, 0.18)):
            self.fill([(x, 0.9, 0.3), (x + 0.18, 0.9, 0.3), (x + 0.18, 0.9, 4), (x, 0.9, 4)], 100 + 50 * (k % 2))

    def clutter(self, n: int = 12) -> None:
        """Scatter irregular things."""
        for _ in range(n):
            middle = np.array([*self.rng.uniform((-1.8, -0.5), (1.8, 0.8)), self.rng.uniform(2.0, 3.5)])
            corners = middle + np.c_[self.rng.uniform(-0.3, 0.3, (4, 2)), np.zeros(4)]
            hull = cv2.convexHull(corners[:, :2].astype(np.float32))[:, 0]
            self.fill([(*c, middle[2]) for c in hull], self.shade())

    def finish(self, noise: float = 3.0) -> npt.NDArray[np.uint8]:
        """Return the picture (H, W), grey, with blur and noise."""
        size = (self.camera.width_px, self.camera.height_px)
        grey = cv2.GaussianBlur(cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA), (0, 0), 0.7).astype(float)
        return np.clip(grey + noise * self.rng.standard_normal(grey.shape), 0, 255).astype(np.uint8)


def _in_front(p: npt.NDArray[np.float64], near: float = 0.05) -> npt.NDArray[np.float64]:
    """Cut a polygon at the plane just before the lens."""
    out = []
    for a, b in zip(p, np.roll(p, -1, axis=0), strict=True):
        if a[2] >= near:
            out.append(a)
        if (a[2] >= near) != (b[2] >= near):
            out.append(a + (b - a) * (near - a[2]) / (b[2] - a[2]))
    return np.array(out)


def furnished(seed: int, roll_deg: float, pitch_deg: float = 0.0, yaw_deg: float = 0.0) -> Room:
    """Return a room with a door, mostly a window, sometimes its corners, and clutter."""
    room = Room(roll_deg, pitch_deg, yaw_deg, seed=seed)
    room.shell(corners_too=bool(seed % 2))
    room.door()
    if seed % 3:
        room.window()
    room.clutter()
    return room


BARE: dict[str, Callable[[Room], object]] = {
    "blank wall": lambda r: r.shell(False),
    "level stripes": lambda r: (r.shell(False), r.stripes([90.0])),
    "slanted stripes": lambda r: (r.shell(False), r.stripes([22.0])),
    "slanted and level stripes": lambda r: (r.shell(False), r.stripes([8.0, 90.0])),
    "herringbone": lambda r: (r.shell(False), r.stripes([-8.0, 8.0])),
    "lines in all directions": lambda r: (r.shell(False), r.stripes([], n=120)),
    "floor boards": lambda r: (r.shell(False), r.boards()),
    "clutter": lambda r: (r.shell(False), r.clutter(40)),
}


def without_verticals(kind: str, seed: int, roll_deg: float = 0.0) -> Room:
    """Return a room of a `BARE` kind, in which nothing plumb is to be seen."""
    room = Room(roll_deg, seed=seed)
    BARE[kind](room)
    return room
