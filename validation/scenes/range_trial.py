"""A recording of a test in which something goes out, is held and comes back: what is seen, what is done, what is true.

The tests whose number is one reading over a hold (straight leg raise, toe touch, prone rotation) share this; each says
in its own module how the person moves and where the camera stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom_vision.capture import VideoWriter
from validation.person.identity import FloatArray
from validation.person.motion import Program
from validation.person.phantom import Posed, Posture, pose, pose_rigid
from validation.scenes.rooms import Polygon
from validation.scenes.scene import Scene, still

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["RangeTrial", "camera_truth", "dressed", "film", "truth_of", "turned"]

_TRUTH_RATE_HZ = 6.0


@dataclass(frozen=True)
class RangeTrial:
    """One recording.

    Attributes
    ----------
    test, options : what the program is asked to measure.
    scene : what is seen. program : what is done, and when.
    read : the true readings at a moment by name, the first of which is the number of the test.
    """

    test: str
    options: dict[str, str]
    scene: Scene
    program: Program
    read: Callable[[Posed, Posture], dict[str, float]]

    def readings(self, t: float) -> dict[str, float]:
        """Return what is true at a time, seconds."""
        posture = self.scene.posture(t)
        return self.read((pose_rigid if self.scene.worn else pose)(self.scene.body, posture), posture)


def truth_of(trial: RangeTrial) -> dict[str, Any]:
    """Return what a perfect measurement says: means over each hold, and over the holds of each direction."""
    repetitions = []
    for movement in trial.program.movements:
        times = np.arange(movement.hold_start_s, movement.hold_end_s, 1 / _TRUTH_RATE_HZ)
        read = [trial.readings(float(t)) for t in times]
        means = {name: round(float(np.mean([r[name] for r in read])), 3) for name in read[0]}
        when = {n: round(getattr(movement, n), 3) for n in ("start_s", "hold_start_s", "hold_end_s", "end_s")}
        repetitions.append({"direction": movement.direction, **when, **means})
    scene = trial.scene
    return {
        "seed": scene.seed,
        "test": trial.test,
        **trial.options,
        "repetitions": repetitions,
        "camera": camera_truth(scene),
        **scene.info,
        "duration_s": round(trial.program.duration_s, 2),
    }


def camera_truth(scene: Scene) -> dict[str, Any]:
    """Return where the camera stands and how it leans."""
    camera = scene.camera
    down = camera.axes @ np.array([0.0, 0.0, -1.0])
    return {
        "view": scene.view,
        "width_px": camera.width_px,
        "height_px": camera.height_px,
        "focal_px": round(camera.focal_px, 1),
        "hfov_deg": round(float(np.degrees(2 * np.arctan(0.5 * camera.width_px / camera.focal_px))), 2),
        "roll_deg": round(float(np.degrees(np.arctan2(down[0], down[1]))), 3),
        "pitch_deg": round(float(np.degrees(np.arcsin(np.clip(down[2], -1, 1)))), 3),
    }


def film(trial: RangeTrial, path: str | Path, fps: float, *, fast: bool = True) -> dict[str, Any]:
    """Write the recording to ``path`` (H.264) and return its truth; ``fast`` as in `validation.scenes.scene.still`."""
    camera = trial.scene.camera
    with VideoWriter(path, camera.width_px, camera.height_px) as out:
        for k in range(int(trial.program.duration_s * fps)):
            out.write(still(trial.scene, k / fps, fast=fast)[0], k / fps)
    return truth_of(trial)


def turned(polygons: list[Polygon], azimuth: float) -> list[Polygon]:
    """Turn a room with the camera (radians): its back wall is behind the person wherever the camera stands."""
    c, s = np.cos(azimuth), np.sin(azimuth)
    turn: FloatArray = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return [(corners @ turn.T, rgb) for corners, rgb in polygons]


@lru_cache(maxsize=1)
def _wardrobe(folder: str) -> Any:
    from validation.person.garments import Wardrobe

    return Wardrobe(folder)


def dressed(seed: int, people: str | Path) -> Dressed:
    """Return the person of a seed in skin and clothes of the folder ``people``."""
    from validation.person.crowd import sample_anyone
    from validation.person.outfit import LEGWEAR, dress_person

    wear = LEGWEAR[seed // 3 % len(LEGWEAR)]
    return dress_person(sample_anyone(seed, "makehuman"), _wardrobe(str(people)), wear)
