"""Things that people squat with or step on: a bar with plates, a box, a chair, a step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validation.person.identity import FloatArray
from validation.person.phantom import Posed
from validation.person.render import Quads
from validation.scenes.rooms import box, furnish_seat

__all__ = ["Props", "rod"]


def rod(start: FloatArray, end: FloatArray, radius_m: float, rgb: FloatArray, n: int = 14) -> Quads:
    """Round bar or plate from one point to another, with its ends."""
    axis = end - start
    u = axis / np.linalg.norm(axis)
    side = np.cross(u, [0.0, 0.0, 1.0] if abs(u[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    up = np.cross(side, u)
    angle = 2 * np.pi * np.arange(n) / n
    ring = radius_m * (np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * up)
    points = np.concatenate([start + ring, end + ring, start + ring, end + ring, [start, end]])
    k, after = np.arange(n), (np.arange(n) + 1) % n
    wall = np.column_stack([k, k + n, after + n, after])
    first = np.column_stack([k + 2 * n, after + 2 * n, np.full(n, 4 * n), np.full(n, 4 * n)])
    last = np.column_stack([after + 3 * n, k + 3 * n, np.full(n, 4 * n + 1), np.full(n, 4 * n + 1)])
    index = np.concatenate([wall, first, last])
    return Quads(points, index, np.tile(rgb, (len(index), 1)))


@dataclass(frozen=True)
class Props:
    """What is in the scene beside the person; ``asked`` as in `validation.scenes.other_moves.Action`."""

    asked: dict[str, float | str]
    seed: int

    def still(self) -> list[Quads]:
        """Furniture that does not move."""
        rng = np.random.default_rng([self.seed, 83])
        out = []
        if "chair_x" in self.asked:
            x, top = float(self.asked["chair_x"]), float(self.asked["chair_high"])
            out.append(furnish_seat(rng, top, 0.0, x + 0.2, x - 0.24))
        if "step_x" in self.asked:
            high = float(self.asked["step_high"])
            size = np.array([0.36, float(rng.uniform(0.5, 0.9)), high])
            out.append(box(np.array([float(self.asked["step_x"]), 0.0, high / 2]), size, rng.uniform(0.2, 0.8, 3), 0.2))
        return out

    def held(self, posed: Posed) -> list[Quads]:
        """What the hands or the back carry, where it is now."""
        rng = np.random.default_rng([self.seed, 89])
        joints = posed.joints_m
        out: list[Quads] = []
        if "bar" in self.asked:
            if self.asked["bar"] == "back":
                chest = posed.axes["spine5"]
                middle = 0.5 * (joints["shoulder_left"] + joints["shoulder_right"])
                middle = middle - 0.12 * chest[:, 0] + 0.05 * chest[:, 1]
                along = -chest[:, 2]
            else:
                palm = {s: 0.4 * joints[f"wrist_{s}"] + 0.6 * joints[f"fingers_{s}"] for s in ("left", "right")}
                middle, along = 0.5 * (palm["left"] + palm["right"]), palm["left"] - palm["right"]
                along = along / np.linalg.norm(along)
            out += _bar(rng, middle, along)
        if "box" in self.asked and joints["wrist_left"][2] < 1.1 * joints["pelvis"][2]:
            middle = 0.5 * (joints["fingers_left"] + joints["fingers_right"])
            size = np.array([0.3, max(float(joints["fingers_left"][1] - joints["fingers_right"][1]), 0.2), 0.25])
            middle = np.array([middle[0] + 0.05, middle[1], max(middle[2], 0.5 * size[2])])
            out.append(box(middle, size, rng.uniform(0.2, 0.8, 3), 0.2))
        return out


def _bar(rng: np.random.Generator, middle: FloatArray, along: FloatArray) -> list[Quads]:
    half, steel = float(rng.uniform(0.6, 1.0)), np.full(3, float(rng.uniform(0.3, 0.7)))
    out = [rod(middle - half * along, middle + half * along, 0.016, steel)]
    if rng.random() < 0.6:
        radius, thick = float(rng.uniform(0.1, 0.225)), float(rng.uniform(0.03, 0.09))
        rgb = rng.uniform(0.05, 0.6, 3)
        for sign in (-1.0, 1.0):
            at = middle + sign * (half - 0.2) * along
            out.append(rod(at, at + sign * thick * along, radius, rgb, 24))
    return out
