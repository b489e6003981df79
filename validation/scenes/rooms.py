"""Rooms and furniture: large polygons painted first, and boxes cut into small quads that are sorted with the person."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from validation.person.identity import FloatArray, IntArray
from validation.person.render import Light, Quads

__all__ = ["Room", "bed", "box", "furnish_seat", "sample_light", "sample_room"]

Polygon = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Room:
    """Background polygons (world metres, RGB 0 to 1) in painting order."""

    polygons: list[Polygon]


def sample_light(rng: np.random.Generator) -> Light:
    """One lamp or window from above or the side, warm to cold, with a random ambient part."""
    azimuth, height = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 1.5)
    direction = np.array([np.cos(azimuth), np.sin(azimuth), height])
    warm = rng.uniform(-0.08, 0.08)
    rgb = np.array([1 + warm, 1.0, 1 - warm]) * rng.uniform(0.85, 1.15)
    return Light(direction / np.linalg.norm(direction), rgb, float(rng.uniform(0.25, 0.55)))


def _colour(rng: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float]) -> FloatArray:
    return np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value)))


def _rectangle(corner: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray:
    return np.array([corner, corner + u, corner + u + v, corner + v])


def box(centre: FloatArray, size: FloatArray, rgb: FloatArray, cell_m: float = 0.06) -> Quads:
    """Cut the surface of an upright box into quads of about ``cell_m``, outward normals."""
    points: list[FloatArray] = []
    index: list[IntArray] = []
    half = 0.5 * np.asarray(size, float)
    for axis in range(3):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        ni, nj = (max(1, int(np.ceil(2 * half[k] / cell_m))) for k in (i, j))
        a, b = np.meshgrid(
            np.linspace(-half[i], half[i], ni + 1), np.linspace(-half[j], half[j], nj + 1), indexing="ij"
        )
        for sign in (1.0, -1.0):
            grid = np.zeros((ni + 1, nj + 1, 3))
            grid[..., axis], grid[..., i], grid[..., j] = sign * half[axis], a, b
            number = np.arange((ni + 1) * (nj + 1)).reshape(ni + 1, nj + 1) + sum(len(p) for p in points)
            ring = [number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]]
            index.append(np.stack(ring if sign > 0 else ring[::-1], axis=-1).reshape(-1, 4))
            points.append(grid.reshape(-1, 3))
    faces = np.concatenate(index)
    return Quads(np.concatenate(points) + centre, faces, np.tile(np.asarray(rgb, float), (len(faces), 1)))


def _floor(rng: np.random.Generator, z: float) -> list[Polygon]:
    base = _colour(rng, (0.03, 0.35), (0.25, 0.85))
    size = rng.uniform(0.12, 0.6)
    length = size * rng.choice([1.0, 4.0])
    contrast = rng.choice([0.0, rng.uniform(0.01, 0.06)])
    out = [(_rectangle(np.array([-5.0, -5.0, z]), np.array([10.0, 0, 0]), np.array([0, 10.0, 0])), base)]
    if contrast == 0.0:
        return out
    for x in np.arange(-3.0, 3.0, length):
        for y in np.arange(-3.0, 3.0, size):
            corner = np.array([x, y, z])
            shade = base * (1 + rng.normal(0, contrast))
            out.append((_rectangle(corner, np.array([length, 0, 0]), np.array([0, size, 0])), shade))
    return out


def _on_wall(rng: np.random.Generator, corner: FloatArray, along: FloatArray, width: float, z: float) -> list[Polygon]:
    """Skirting, and perhaps a door, a window or pictures on a wall that starts at ``corner`` and runs ``along``."""
    up = np.array([0.0, 0.0, 1.0])
    floor = np.array([corner[0], corner[1], z])
    out = [(_rectangle(floor, along * width, up * rng.uniform(0.05, 0.15)), _colour(rng, (0, 0.3), (0.3, 0.95)))]

    def piece(start: float, low: float, wide: float, high: float, rgb: FloatArray, frame: float) -> None:
        at = floor + along * start + up * low
        edge = np.clip(rgb * rng.uniform(0.5, 1.5), 0, 1)
        out.append((_rectangle(at - (along + up) * frame, along * (wide + 2 * frame), up * (high + 2 * frame)), edge))
        out.append((_rectangle(at, along * wide, up * high), rgb))

    if rng.random() < 0.6:
        piece(rng.uniform(0, width - 1.0), 0.0, 0.85, 2.0, _colour(rng, (0.05, 0.4), (0.3, 0.9)), 0.07)
    if rng.random() < 0.5:
        piece(rng.uniform(0, width - 1.5), 0.9, rng.uniform(0.7, 1.4), 1.1, np.array([0.8, 0.88, 0.95]), 0.06)
    for _ in range(int(rng.integers(0, 4))):
        wide = rng.uniform(0.2, 0.7)
        piece(
            rng.uniform(0, width - 1), rng.uniform(0.9, 1.6), wide, wide * 0.8, _colour(rng, (0, 0.9), (0.1, 1)), 0.02
        )
    if rng.random() < 0.5:
        high = rng.uniform(0.5, 1.9)
        piece(
            rng.uniform(0, width - 1.2), 0.0, rng.uniform(0.5, 1.2), high, _colour(rng, (0.1, 0.7), (0.2, 0.8)), 0.015
        )
    return out


def sample_room(
    rng: np.random.Generator, floor_z: float, light: Light, back_m: float = -1.0, height_m: float = 2.6
) -> Room:
    """Draw a floor, four walls (the one behind the subject at ``back_m`` or farther), what hangs on them, a ceiling."""
    back = back_m - rng.uniform(0.0, 1.8)
    left, right = rng.uniform(1.4, 3.5), -rng.uniform(1.4, 3.5)
    polygons = _floor(rng, floor_z)
    wall = _colour(rng, (0.0, 0.22), (0.45, 0.97))
    up = np.array([0.0, 0.0, height_m])
    sides = (
        (np.array([5.0, right, floor_z]), np.array([0, 1.0, 0]), left - right),
        (np.array([5.0, left, floor_z]), np.array([-1.0, 0, 0]), 5.0 - back),
        (np.array([back, right, floor_z]), np.array([1.0, 0, 0]), 5.0 - back),
        (np.array([back, left, floor_z]), np.array([0, -1.0, 0]), left - right),
    )
    for corner, along, width in sides:
        normal = np.cross(along, [0.0, 0.0, 1.0])
        shade = light.shade(normal[None] * -1.0, wall[None])[0]
        polygons.append((_rectangle(corner, along * width, up), 0.5 * wall + 0.5 * shade))
        polygons += _on_wall(rng, corner, along, width, floor_z)
    ceiling = _rectangle(
        np.array([back, right, floor_z + height_m]), np.array([5.0 - back, 0, 0]), np.array([0, left - right, 0])
    )
    polygons.append((ceiling, np.array([0.93, 0.93, 0.92])))
    return Room(polygons)


def furnish_seat(rng: np.random.Generator, top_z: float, floor_z: float, front_x: float, back_x: float) -> Quads:
    """Put a chair, bench or treatment table under a person facing +x."""
    width = rng.choice([rng.uniform(0.42, 0.55), rng.uniform(0.8, 1.9)])
    thick = min(rng.uniform(0.04, 0.12), 0.5 * (top_z - floor_z))
    rgb = _colour(rng, (0.05, 0.7), (0.15, 0.9))
    leg_rgb = _colour(rng, (0.0, 0.4), (0.1, 0.8))
    y0 = 0.0 if width < 0.7 else rng.uniform(-0.2, 0.2)
    middle, depth = 0.5 * (front_x + back_x), front_x - back_x
    parts = [box(np.array([middle, y0, top_z - thick / 2]), np.array([depth, width, thick]), rgb, 0.05)]
    below = top_z - thick - floor_z
    if below > 0.05:
        for x in (front_x - 0.05, back_x + 0.05):
            for y in (y0 - width / 2 + 0.03, y0 + width / 2 - 0.03):
                leg = np.array([x, y, floor_z + below / 2])
                parts.append(box(leg, np.array([0.04, 0.04, below]), leg_rgb, 0.08))
    if width < 0.7 and rng.random() < 0.6:
        rest = np.array([back_x - 0.03, y0, top_z + 0.3])
        parts.append(box(rest, np.array([0.03, width, rng.uniform(0.2, 0.5)]), rgb))
    return Quads.join(parts)


def bed(rng: np.random.Generator, top_z: float, floor_z: float, centre: FloatArray, length: float) -> list[Quads]:
    """Put a mat, bed or treatment table under a person lying along x, perhaps with a sheet; in painting order."""
    width = rng.uniform(0.65, 1.6)
    height = top_z - floor_z
    middle = np.array([centre[0], centre[1], top_z - height / 2])
    parts = [box(middle, np.array([length, width, height]), _colour(rng, (0.02, 0.7), (0.2, 0.95)), 0.2)]
    if rng.random() < 0.4:
        x = centre[0] + rng.uniform(-0.3, 0.3) * length
        sheet = np.array([x, centre[1], top_z - height / 2])
        size = np.array([0.6, width + 0.004, height + 0.004])
        parts.append(box(sheet, size, _colour(rng, (0.0, 0.5), (0.4, 0.98)), 0.2))
    return parts
