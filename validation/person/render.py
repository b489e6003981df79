"""A pinhole camera and a painter: polygons sorted by distance and filled with OpenCV, fast enough for video."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from validation.person.identity import FloatArray, IntArray

__all__ = ["Finish", "Light", "Picture", "PinholeCamera", "Quads", "draw_quads", "fill_background", "finish_picture"]

Picture = npt.NDArray[np.uint8]

_NEAR_M = 0.05
_SHIFT = 4  # fractional bits of a pixel in cv2.fillConvexPoly


@dataclass(frozen=True)
class PinholeCamera:
    """A camera in the world.

    Attributes
    ----------
    width_px, height_px : size of the picture.
    focal_px : focal length; the principal point is the middle of the picture.
    position_m : (3,) optical centre.
    axes : (3, 3) rows x right, y down, z forward in the world.
    """

    width_px: int
    height_px: int
    focal_px: float
    position_m: FloatArray
    axes: FloatArray

    @classmethod
    def look_at(
        cls,
        size_px: tuple[int, int],
        longer_fov_deg: float,
        position_m: FloatArray,
        target_m: FloatArray,
        roll_deg: float = 0.0,
        up: tuple[float, float, float] = (0.0, 0.0, 1.0),
    ) -> PinholeCamera:
        """Point a camera at ``target_m``; ``longer_fov_deg`` lies along the picture's longer side, roll clockwise +."""
        width, height = size_px
        focal = 0.5 * max(width, height) / math.tan(math.radians(longer_fov_deg / 2))
        z = np.asarray(target_m, float) - position_m
        z = z / np.linalg.norm(z)
        x = np.cross(z, up)
        x = x / np.linalg.norm(x)
        y = np.cross(z, x)
        c, s = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
        axes = np.stack([c * x + s * y, -s * x + c * y, z])
        return cls(width, height, focal, np.asarray(position_m, float), axes)

    def to_camera(self, points_m: FloatArray) -> FloatArray:
        """World points (..., 3) in camera axes."""
        return np.asarray((points_m - self.position_m) @ self.axes.T)

    def project(self, camera_m: FloatArray) -> FloatArray:
        """Pixels (..., 2) of points in camera axes."""
        centre = np.array([0.5 * self.width_px, 0.5 * self.height_px])
        return np.asarray(self.focal_px * camera_m[..., :2] / camera_m[..., 2:3] + centre)


@dataclass(frozen=True)
class Quads:
    """Coloured quads: corners as indices (F, 4) into points (V, 3) metres, colours (F, 3) 0 to 1."""

    points_m: FloatArray
    index: IntArray
    rgb: FloatArray

    @classmethod
    def join(cls, parts: list[Quads]) -> Quads:
        """Put several sets of quads into one, to be sorted together."""
        shift = np.cumsum([0] + [len(p.points_m) for p in parts[:-1]])
        return cls(
            np.concatenate([p.points_m for p in parts]),
            np.concatenate([p.index + s for p, s in zip(parts, shift, strict=True)]),
            np.concatenate([p.rgb for p in parts]),
        )


@dataclass(frozen=True)
class Light:
    """One distant light and an ambient part: ``direction`` points from the scene to the light."""

    direction: FloatArray
    rgb: FloatArray
    ambient: float

    def shade(self, normals: FloatArray, rgb: FloatArray) -> FloatArray:
        """Lambert's law on unit normals (F, 3); the far side keeps a little of the light (half-Lambert)."""
        lit = np.clip(0.5 + 0.5 * (normals @ self.direction), 0.0, 1.0) ** 1.5
        return np.clip(rgb * (self.ambient + (1.0 - self.ambient) * lit[:, None] * self.rgb), 0.0, 1.0)


@dataclass(frozen=True)
class Finish:
    """What the camera adds: blur (sigma, px), noise (SD, grey values), JPEG quality (0: none)."""

    blur_px: float = 0.6
    noise: float = 3.0
    jpeg_quality: int = 0


def draw_quads(picture: Picture, camera: PinholeCamera, quads: Quads, light: Light) -> None:
    """Draw ``quads`` into ``picture`` (H, W, 3, RGB), farthest first; faces turned away are left out."""
    points = camera.to_camera(quads.points_m).astype(np.float32)
    ahead = points[:, 2] > _NEAR_M
    px = camera.project(np.where(ahead[:, None], points, np.array([0, 0, 1], np.float32))).astype(np.float32)
    a, b, c, d = (px[quads.index[:, k]] for k in range(4))
    # Turned towards the camera: counter-clockwise from outside is clockwise in a picture whose y points down.
    along, across = c - a, d - b
    seen = along[:, 0] * across[:, 1] < along[:, 1] * across[:, 0]
    seen &= ahead[quads.index].all(axis=1)
    keep = np.flatnonzero(seen)
    low = np.minimum(np.minimum(a[keep], b[keep]), np.minimum(c[keep], d[keep]))
    high = np.maximum(np.maximum(a[keep], b[keep]), np.maximum(c[keep], d[keep]))
    inside = (high > 0).all(axis=1) & (low < np.array([camera.width_px, camera.height_px])).all(axis=1)
    keep = keep[inside]
    corners = points[quads.index[keep]]
    centre = corners.sum(axis=1)
    order = np.argsort(-np.einsum("ij,ij->i", centre, centre))
    keep, corners = keep[order], corners[order]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + np.float32(1e-12)
    colours = np.round(255 * light.shade(normal @ camera.axes, quads.rgb[keep])).tolist()
    # cv2 puts (0, 0) in the middle of the first pixel, the camera in its corner.
    polygons = np.round((px[quads.index[keep]] - 0.5) * (1 << _SHIFT)).astype(np.int32)
    fill = cv2.fillConvexPoly
    for polygon, colour in zip(polygons, colours, strict=True):
        fill(picture, polygon, colour, cv2.LINE_8, _SHIFT)


def _clip_near(polygon: FloatArray) -> FloatArray:
    """Cut a polygon (N, 3) in camera axes at the near plane (Sutherland and Hodgman 1974)."""
    out: list[FloatArray] = []
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        inside_a, inside_b = a[2] > _NEAR_M, b[2] > _NEAR_M
        if inside_a:
            out.append(a)
        if inside_a != inside_b:
            out.append(a + (b - a) * (_NEAR_M - a[2]) / (b[2] - a[2]))
    return np.array(out).reshape(-1, 3)


def fill_background(picture: Picture, camera: PinholeCamera, polygons: list[tuple[FloatArray, FloatArray]]) -> None:
    """Fill large polygons ((N, 3) world metres, RGB 0 to 1) in the given order, clipped at the camera."""
    size = np.array([camera.width_px, camera.height_px])
    for corners, rgb in polygons:
        clipped = camera.to_camera(corners)
        if clipped[:, 2].min() <= _NEAR_M:
            clipped = _clip_near(clipped)
        if len(clipped) < 3:
            continue
        px = camera.project(clipped)
        if (px.max(axis=0) < 0).any() or (px.min(axis=0) > size).any():
            continue
        fixed = np.round(np.clip((px - 0.5) * (1 << _SHIFT), -(2**24), 2**24)).astype(np.int32)
        colour = np.round(255 * np.clip(rgb, 0, 1)).tolist()
        cv2.fillConvexPoly(picture, fixed, colour, cv2.LINE_AA, _SHIFT)


_NOISE_MARGIN = 97


@lru_cache(maxsize=1)
def _noise_tile() -> npt.NDArray[np.float32]:
    """Grain of unit standard deviation, larger than any picture: each picture takes another part of it."""
    size = (1280 + _NOISE_MARGIN, 1280 + _NOISE_MARGIN, 3)
    return np.random.default_rng(0).standard_normal(size, dtype=np.float32)


def finish_picture(picture: Picture, finish: Finish, rng: np.random.Generator) -> Picture:
    """Blur, add sensor noise and compress, as ``finish`` says."""
    out = cv2.GaussianBlur(picture, (0, 0), finish.blur_px) if finish.blur_px > 0 else picture
    if finish.noise > 0:
        h, w = out.shape[:2]
        dy, dx = rng.integers(0, _NOISE_MARGIN, 2)
        grain = _noise_tile()[dy : dy + h, dx : dx + w]
        out = cv2.scaleAdd(grain, finish.noise, out.astype(np.float32))
    out = np.clip(out, 0, 255).astype(np.uint8)
    if finish.jpeg_quality > 0:
        _, data = cv2.imencode(".jpg", out[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, finish.jpeg_quality])
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        if decoded is not None:
            out = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    return np.asarray(out, np.uint8)
