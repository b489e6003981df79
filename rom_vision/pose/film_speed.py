"""Whether a film was slowed down or sped up, told by what moves how fast: its angles stay right, its times do not."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack

__all__ = ["film_speed"]

_LEAST_RANGE = 0.1
"""What travels less than this, in lengths of the leg, is no movement to tell the time by (our own heuristic)."""
_SLOWEST_S = 3.0
"""All of the way at the highest speed reached takes no longer when done slowly: evenly begun and ended, it is a way of
4.7 s, more than twice what slow training asks for (4 s for a squat down and up, NASM tempo; our own heuristic. It takes
0.3 to 1.2 s in 120 filmed tests)."""
_WINDOW_S = 0.3
_SHORTEST_LEG_M = 0.7
_GRAVITY = 9.81
_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
_KNEES = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
_ANKLES = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


def film_speed(track: PoseTrack) -> str | None:
    """Say that a film seems to be slowed down or sped up, in one sentence; None if nothing speaks for it.

    What travels the middle half of its way, again and again, in less time than a fall of that height needs was sped up
    (with legs of 0.7 m: a usual test about eight times). What never gets faster than a third of slow training was
    slowed down, as 240 pictures a second played at 30; or it was done very slowly, and the sentence leaves that open.
    """
    seen = track.found & ~track.unsound
    if seen.sum() < 3:
        return None
    points = track.image_px[seen]
    thigh = np.linalg.norm(points[:, _HIPS] - points[:, _KNEES], axis=2)
    leg_px = float(np.median(thigh + np.linalg.norm(points[:, _KNEES] - points[:, _ANKLES], axis=2)))
    paths = [points[:, k] for k in (*_KNEES, *_ANKLES)] + [points[:, _HIPS].mean(axis=1)]
    coordinates = np.concatenate(paths, axis=1)
    low, high = np.percentile(coordinates, (5, 95), axis=0)
    k = int(np.argmax(high - low))
    travelled = float((high - low)[k]) / max(leg_px, 1.0)
    if travelled < _LEAST_RANGE:
        return None
    time_s, share = track.time_s[seen], (coordinates[:, k] - low[k]) / (high - low)[k]
    way_s = _at_full_speed_s(time_s, share)
    if way_s > _SLOWEST_S:
        return (
            f"Even the fastest movement takes {way_s:.0f} s for its way, several times as long as when done slowly."
            " The film seems to be slowed down: angles are right, times and speeds are those of the film."
        )
    crossings = _crossings_s(time_s, share)
    fall_s = np.sqrt(2 * travelled * _SHORTEST_LEG_M / _GRAVITY) * (np.sqrt(0.75) - np.sqrt(0.25))
    if len(crossings) > 1 and (usual_s := float(np.median(crossings))) < fall_s:
        return (
            f"The body moves faster than it could fall ({usual_s:.2f} s for half of the way): the film seems to be sped"
            " up. Film it again at the usual speed."
        )
    return None


def _at_full_speed_s(time_s: FloatArray, share: FloatArray) -> float:
    """How long all of the way would take at the highest speed that is reached, single leaps apart."""
    moments = np.arange(time_s[0], time_s[-1] - _WINDOW_S, _WINDOW_S / 3)
    if not len(moments):
        return 0.0
    moved = np.interp(moments + _WINDOW_S, time_s, share) - np.interp(moments, time_s, share)
    fastest = float(np.percentile(np.abs(moved), 98)) / _WINDOW_S
    return 1 / fastest if fastest > 0 else 0.0


def _crossings_s(time_s: FloatArray, share: FloatArray) -> list[float]:
    """How long each way through the middle half took; a leap from one picture to the next is no movement."""
    crossings = []
    last = None
    for k, s in enumerate(share):
        end = -1 if s < 0.25 else 1 if s > 0.75 else 0
        if not end:
            continue
        if last is not None and (share[last] < 0.25) != (end < 0) and k - last > 1:
            crossings.append(float(time_s[k] - time_s[last]))
        last = k
    return crossings
