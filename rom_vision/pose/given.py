"""Landmarks that a person put where they belong: what is known of one picture, carried to those around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom_vision.errors import BadInputError
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.outline import SHINS
from rom_vision.pose.track import BoolArray, FloatArray, PoseTrack

__all__ = ["REACH_S", "GivenPoint", "picture_at", "with_given"]

REACH_S = 1.5
"""How long before and after a picture what was given in it still says something: a landmark that strays does so for
about as long as a hold lasts (our own heuristic)."""


@dataclass(frozen=True)
class GivenPoint:
    """Where a landmark lies in one picture: ``x_px``, ``y_px`` in pixels of the upright picture, at ``time_s``."""

    landmark: Landmark
    time_s: float
    x_px: float
    y_px: float


def picture_at(track: PoseTrack, time_s: float) -> int:
    """Return the number of the picture nearest to a moment in which somebody was found.

    Raises
    ------
    BadInputError
        If there is none within half a second.
    """
    away = np.where(track.found, np.abs(track.time_s - time_s), np.inf)
    nearest = int(np.argmin(away)) if len(away) else 0
    if not len(away) or away[nearest] > 0.5:
        raise BadInputError(f"Nobody was found in the pictures around {time_s:.2f} s: choose another moment.")
    return nearest


def with_given(track: PoseTrack, given: Sequence[GivenPoint]) -> PoseTrack:
    """Return a track whose landmarks lie where they were put.

    The way from where a landmark was found to where it was put is the same as long as the body moves: it goes to the
    pictures around, growing less until it ends `REACH_S` away; between two pictures in which the same landmark was put
    somewhere it goes over from one way to the other. The landmark counts as seen there.

    Parameters
    ----------
    track : as it was found.
    given : in any order; of two for the same landmark and picture the later one holds.

    Raises
    ------
    BadInputError
        If nobody was found near one of them, or it lies outside the picture.

    Examples
    --------
    >>> image_px, world_m = np.full((3, 33, 2), 50.0), np.zeros((3, 33, 3))
    >>> track = PoseTrack(np.array([0.0, 0.75, 5.0]), image_px, np.full((3, 33), 0.5), world_m, 100, 100)
    >>> moved = with_given(track, [GivenPoint(Landmark.LEFT_KNEE, 0.0, 54.0, 50.0)])
    >>> moved.image_px[:, Landmark.LEFT_KNEE, 0].tolist()
    [54.0, 52.0, 50.0]
    """
    image_px, visibility, outline = track.image_px.copy(), track.visibility.copy(), track.outline.copy()
    for landmark in sorted({point.landmark for point in given}):
        ways: dict[int, FloatArray] = {}
        for point in given:
            if point.landmark == landmark:
                _check(track, point)
                k = picture_at(track, point.time_s)
                ways[k] = np.array([point.x_px, point.y_px]) - track.image_px[k, landmark]
        way, near = _carried(track.time_s, ways)
        image_px[:, landmark] += way
        visibility[near & track.found, landmark] = 1.0
        for leg, ends in enumerate(SHINS):
            if landmark in ends:  # the outline speaks of the line as it was found
                outline[near, leg] = np.nan
    return replace(track, image_px=image_px, visibility=visibility, outline=outline)


def _carried(time_s: FloatArray, ways: dict[int, FloatArray]) -> tuple[FloatArray, BoolArray]:
    """Return the way in every picture, (T, 2), and which pictures it reaches, (T,)."""
    knots: list[tuple[float, FloatArray]] = []
    near = np.zeros(len(time_s), bool)
    for k in sorted(ways):
        at = float(time_s[k])
        if not knots or at - knots[-1][0] > REACH_S:  # the last knot is the end of the reach of the one before
            knots.append((at - REACH_S, np.zeros(2)))
        else:
            knots.pop()
        knots += [(at, ways[k]), (at + REACH_S, np.zeros(2))]
        near |= np.abs(time_s - at) < REACH_S
    times = np.array([at for at, _ in knots])
    parts = np.array([way for _, way in knots])
    return np.column_stack([np.interp(time_s, times, parts[:, axis]) for axis in (0, 1)]), near


def _check(track: PoseTrack, point: GivenPoint) -> None:
    if not (0 <= point.x_px <= track.width_px and 0 <= point.y_px <= track.height_px):
        name = point.landmark.name.lower().replace("_", " ")
        raise BadInputError(
            f"The {name} was put at {point.x_px:.0f}, {point.y_px:.0f}: outside the picture of "
            f"{track.width_px} x {track.height_px} pixels."
        )
