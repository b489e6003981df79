"""A recorded drill: the same counter over the landmarks of a video as over the live picture."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from rom_vision.camera import Camera
from rom_vision.drills.counter import SetCounter
from rom_vision.drills.drill import GuidedDrill
from rom_vision.drills.signs import NEEDED, SignReader
from rom_vision.drills.training import SetDone, Training
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.track import PoseTrack
from rom_vision.results.parts import Side

__all__ = ["count_set", "drill_training", "in_view"]

_VISIBLE = 0.4
"""A joint less visible than this is hidden or outside (our own heuristic)."""


def in_view(drill: GuidedDrill, pose: PoseCandidate, size_px: tuple[int, int]) -> bool:
    """Whether every joint that a drill follows is in the picture of ``size_px`` (width, height)."""
    joints = [Landmark[f"{side}_{name}"] for name in NEEDED[drill.view] for side in ("LEFT", "RIGHT")]
    px = pose.image_px[joints]
    inside = (px >= 0).all(axis=1) & (px <= size_px).all(axis=1)
    return bool((inside & (pose.visibility[joints] >= _VISIBLE)).all())


def count_set(track: PoseTrack, drill: GuidedDrill, side: Side | None, camera: Camera) -> SetDone:
    """Count the repetitions of a recording.

    Parameters
    ----------
    track : landmarks as the picture shows them.
    drill : what is done.
    side : the leg that works; left aside where both do.
    camera : its lens, and its lean where known.

    Returns
    -------
    SetDone of the whole recording.
    """
    own = side if drill.sides else None
    counter, reader = SetCounter(drill, own), SignReader(drill, own)
    size_px = (track.width_px, track.height_px)
    world_m = np.nan_to_num(track.world_m)
    for k in range(len(track)):
        time_s, pose = float(track.time_s[k]), None
        if track.found[k]:
            pose = PoseCandidate(
                track.image_px[k].astype(np.float32),
                track.visibility[k].astype(np.float32),
                world_m[k].astype(np.float32),
            )
            pose = pose if in_view(drill, pose, size_px) else None
        counter.update(time_s, reader.read(time_s, camera, pose, restart=counter.phase in ("unknown", "rest")))
    return counter.done()


def drill_training(track: PoseTrack, drill: GuidedDrill, side: Side | None, camera: Camera, at: datetime) -> Training:
    """Return the log of a recorded drill that was filmed ``at`` a moment (with time zone)."""
    done = count_set(track, drill, side, camera)
    return Training(drill=drill.code, began_at=at, seen="video", sets=(done,))
