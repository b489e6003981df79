"""Where the camera goes: picture sizes, and pointing it so that the person is in the picture and fills it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from validation.person.body import Body
from validation.person.identity import FloatArray
from validation.person.phantom import Posture, pose
from validation.person.render import Finish, PinholeCamera

__all__ = ["aim", "extent", "sample_finish", "sample_size"]

_SIZES = ((640, 480), (640, 480), (960, 540), (1280, 720), (480, 640), (540, 960), (720, 1280))
_MUST_SEE = ("hip", "knee", "ankle", "heel", "toe", "shoulder", "head_top")


def sample_size(rng: np.random.Generator) -> tuple[int, int]:
    """Draw a picture size (width, height), landscape or portrait."""
    return _SIZES[rng.integers(len(_SIZES))]


def sample_finish(rng: np.random.Generator) -> Finish:
    """Draw a camera's blur, noise and compression."""
    jpeg = int(rng.integers(55, 96)) if rng.random() < 0.5 else 0
    return Finish(float(rng.uniform(0.4, 1.1)), float(rng.uniform(0.5, 6.0)), jpeg)


def extent(body: Body, posture: Callable[[float], Posture], times: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """All joint centres (N, 3), and those that must be seen (legs, shoulders, head), over ``times``."""
    everything, needed = [], []
    for t in times:
        joints = pose(body, posture(t)).joints_m
        everything.append(np.stack(list(joints.values())))
        needed.append(np.stack([p for name, p in joints.items() if name.startswith(_MUST_SEE)]))
    return np.concatenate(everything), np.concatenate(needed)


def aim(
    rng: np.random.Generator,
    points: FloatArray,
    must_see: FloatArray,
    place: Callable[[float], FloatArray],
    roll_deg: float,
    fov_deg: float,
    size_px: tuple[int, int],
    up: tuple[float, float, float] = (0.0, 0.0, 1.0),
) -> PinholeCamera:
    """Point a camera at a person so that ``must_see`` is in the picture and fills most of it.

    Parameters
    ----------
    rng : for a little carelessness in pointing.
    points : (N, 3) joint centres; the camera looks at their middle.
    must_see : (M, 3) points that have to lie in the picture.
    place : the camera's position at a relative distance of 0.45 to 2.5.
    roll_deg, fov_deg, size_px, up : as for `PinholeCamera.look_at`.
    """
    size = np.array(size_px)
    middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
    jitter = rng.normal(0, 0.04, 3)

    def attempt(far: float) -> tuple[PinholeCamera, bool, float]:
        camera = PinholeCamera.look_at(size_px, fov_deg, place(far), middle + jitter, roll_deg, up)
        ahead = camera.to_camera(must_see)
        px = camera.project(ahead)
        inside = bool((ahead[:, 2] > 0.1).all() and ((px > 0.05 * size) & (px < 0.95 * size)).all())
        return camera, inside, float((np.ptp(px, axis=0) / size).max())

    far = 1.0
    while far > 0.45 and attempt(far)[2] < 0.7:
        far *= 0.95
    while far < 2.5 and not attempt(far)[1]:
        far *= 1.05
    return attempt(far)[0]
