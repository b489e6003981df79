"""The cameras behind the kept tracks of sitting people: how they really leaned, and what their rooms say of it.

``python -m validation.cameras`` builds the scenes again from their seeds, looks at three pictures of each as
`rom_vision.pipeline_camera.level_of_video` does, and keeps the answers in ``validation/tracks/cameras.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from rom_vision.camera import Camera
from rom_vision.camera.level import level_from_scene
from rom_vision.pipeline_camera import LOOKED_AT
from rom_vision.pose.track import PoseTrack
from validation.camera_study import CAMERAS
from validation.clips import hip_trial
from validation.scene import still
from validation.trials import PlannedTrial, load, plan

__all__ = ["look"]


def look(kept: Iterable[tuple[PlannedTrial, PoseTrack, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return for each sitting trial the camera's true roll and pitch and the roll read from its room, degrees."""
    cameras = {}
    for trial, track, _ in kept:
        if trial.position != "seated":
            continue
        scene = hip_trial(trial.seed, trial.position, trial.view, **dict(trial.asked)).scene
        down = scene.camera.axes @ np.array([0.0, 0.0, -1.0])
        found = np.flatnonzero(track.found)
        rows = [int(found[round(share * (len(found) - 1))]) for share in LOOKED_AT]
        pictures = [still(scene, float(track.time_s[row]))[0] for row in rows]
        lens = Camera.from_hfov(track.width_px, track.height_px)
        level = level_from_scene(pictures, lens, [track.image_px[row] for row in rows])
        cameras[trial.name] = {
            "roll_deg": round(float(np.degrees(np.arctan2(down[0], down[1]))), 3),
            "pitch_deg": round(float(np.degrees(np.arcsin(down[2]))), 3),
            "read_roll_deg": None if level.roll_deg is None else round(level.roll_deg, 3),
            "read_roll_sd_deg": None if level.roll_sd_deg is None else round(level.roll_sd_deg, 3),
            "note": level.note,
        }
    return cameras


if __name__ == "__main__":
    CAMERAS.write_text(json.dumps(look(load(plan())), indent=1) + "\n", encoding="utf-8")
