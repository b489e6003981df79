"""How the camera leans: from the scene's own verticals, from a hanging shank, or from the user's word.

One degree of roll is one degree of every reading against gravity (clinical evidence, 3.3), so a roll that is not
known stays None and is named as not corrected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.camera.intrinsics import Camera

__all__ = ["Level", "agreed_level", "level_from_scene", "level_from_shanks", "level_from_user", "with_level"]

FloatArray = npt.NDArray[np.float64]

# All thresholds are our own heuristics, set on drawn rooms.
MAX_ROLL_DEG = 10.0
MAX_PITCH_DEG = 30.0
_SEARCH_ROLL_DEG = 18.0  # beyond what is accepted, so that a rival direction out there is seen
_STEEP_DEG = 30.0
_PITCH_PRIOR_DEG = 12.0
_LONG_SIDE_PX = 960
_MIN_LENGTH = 0.06  # of the longer side; shorter edges are furniture and texture
_INLIER_DEG = 1.5
_RIVAL_DEG = 3.0
_MIN_EDGES = 3
_EDGE_GAP = 0.015  # between separate edges, in focal lengths
_EDGE_NOISE_DEG = 0.08  # of an edge as long as the picture is high
_MIN_TOTAL = 0.8  # summed length of the edges, in picture heights
_MIN_SPREAD = 0.15  # between the outermost edges, of the width
_MIN_SPREAD_WITHOUT = 0.05  # the same without any one of them: a single far edge may be anything
_MIN_SHARE = 0.55  # of all steep lines' length that has to agree
_MAX_RIVAL = 0.35  # support of the next best direction among the lines that do not agree
_PLUMB_SD_DEG = 0.3  # how plumb door frames and walls are, and what is left of the lens
_MAX_SD_DEG = 1.0
_PITCH_USEFUL_SD_DEG = 4.0
_MOVED_DEG = 2.0


@dataclass(frozen=True, eq=False)
class Level:
    """What is known of the camera's lean; signs as in `Camera`.

    Attributes
    ----------
    roll_deg, roll_sd_deg : None when it could not be had.
    pitch_deg, pitch_sd_deg : None when it could not be had.
    source : where it comes from; 'none' when roll_deg is None.
    note : one sentence for the result.
    segments_px : (N, 4) the lines it rests on, x0 y0 x1 y1 in the last picture, to be drawn.
    """

    roll_deg: float | None
    roll_sd_deg: float | None
    pitch_deg: float | None
    pitch_sd_deg: float | None
    source: Literal["scene", "shank", "user", "none"]
    note: str
    segments_px: FloatArray


def level_from_scene(
    pictures: Sequence[npt.NDArray[np.uint8]], camera: Camera, people_px: Sequence[npt.ArrayLike | None] = ()
) -> Level:
    """Find the camera's roll, and its pitch where lines converge, from door frames, walls and other plumb edges.

    Parameters
    ----------
    pictures : a few upright pictures of one recording, each (H, W) grey or (H, W, 3) RGB.
    camera : lens and picture size.
    people_px : for each picture the landmarks (K, 2) of whoever is in it; lines on them are left out. None or too
        short: nobody.

    Returns
    -------
    Level. ``roll_deg`` is None, with the reason in ``note``, unless at least three separate steep edges that lie apart
    agree, most of the steep lines agree with them, no other direction is nearly as common, and level edges across the
    picture do not contradict.

    Raises
    ------
    ValueError
        If a picture has another size than the camera.

    Notes
    -----
    Line segments: LSD (von Gioi et al. 2010). Plumb lines meet in the vertical vanishing point K g, g = gravity in
    camera axes; roll and pitch follow by a coarse search and robust Gauss-Newton steps. The standard deviation comes
    from how far separate edges scatter (median absolute deviation), with 0.3 degrees for how plumb buildings are.
    """
    looks = []
    for k, picture in enumerate(pictures):
        if picture.shape[:2] != (camera.height_px, camera.width_px):
            raise ValueError(f"picture {picture.shape[:2]} is not of the camera's {camera.height_px, camera.width_px}")
        looks.append(_level_of_picture(picture, camera, people_px[k] if k < len(people_px) else None))
    return agreed_level(looks)


def agreed_level(looks: Sequence[Level]) -> Level:
    """Join what several pictures of one recording show, each a `Level`; unknown unless most of them agree."""
    known = [look for look in looks if look.roll_deg is not None]
    if 2 * len(known) <= len(looks):
        failed = [look for look in looks if look.roll_deg is None]
        return failed[0] if failed else _unknown("no picture to look at")
    rolls = np.array([look.roll_deg for look in known])
    if np.ptp(rolls) > _MOVED_DEG:
        return _unknown("the camera moved, or its surroundings do not show which way is up")
    # The same edges are seen in every picture, so more pictures do not make it more certain.
    roll, sd = float(np.median(rolls)), float(np.hypot(np.median([look.roll_sd_deg for look in known]), np.std(rolls)))
    pitched = np.array([(look.pitch_deg, look.pitch_sd_deg) for look in known], dtype=np.float64)
    pitched = pitched[np.isfinite(pitched).all(axis=1)]
    converging = 2 * len(pitched) > len(known)
    pitch, pitch_sd = np.median(pitched, axis=0).tolist() if converging else (None, None)
    if pitch_sd is not None:
        pitch_sd = float(np.hypot(pitch_sd, np.std(pitched[:, 0])))
    note = f"camera roll of {roll:+.1f} degrees (SD {sd:.1f}) from plumb edges in the picture"
    return Level(roll, sd, pitch, pitch_sd, "scene", note, known[-1].segments_px)


def level_from_shanks(inclination_deg: Sequence[npt.ArrayLike]) -> Level:
    """Estimate roll from shanks that hang at rest: a cross-check, never better than a few degrees.

    Parameters
    ----------
    inclination_deg : per leg, the angles (T,) of knee to ankle in the picture against straight down, clockwise +.

    Notes
    -----
    A hanging shank need not be plumb: resting angles up to 10 degrees are morphology (clinical evidence, 3.2), hence
    5 degrees per leg (our own heuristic); bow legs cancel when both legs are given.
    """
    series = [np.asarray(leg, dtype=np.float64) for leg in inclination_deg]
    legs = [float(np.nanmedian(leg)) for leg in series if np.isfinite(leg).any()]
    if not legs:
        return _unknown("no shank was seen at rest")
    roll, sd = -float(np.mean(legs)), 5.0 / math.sqrt(len(legs))
    note = f"camera roll of {roll:+.1f} degrees (SD {sd:.1f}) from the hanging shank"
    return Level(roll, sd, None, None, "shank", note, np.empty((0, 4)))


def level_from_user(roll_deg: float = 0.0) -> Level:
    """Take the user's word, trusted to 1 degree (our own heuristic: a spirit level or phone reads about as well)."""
    note = f"camera roll of {roll_deg:+.1f} degrees as stated"
    return Level(float(roll_deg), 1.0, None, None, "user", note, np.empty((0, 4)))


def with_level(camera: Camera, level: Level) -> Camera:
    """Return the camera with this lean; its note says so, or says that it was not corrected."""
    return replace(
        camera,
        roll_deg=level.roll_deg,
        roll_sd_deg=level.roll_sd_deg,
        pitch_deg=level.pitch_deg,
        pitch_sd_deg=level.pitch_sd_deg,
        note="; ".join(filter(None, (camera.note, level.note))),
    )


def _unknown(reason: str) -> Level:
    return Level(None, None, None, None, "none", f"camera roll not corrected: {reason}", np.empty((0, 4)))


@dataclass(frozen=True, eq=False)
class _Lines:
    """Segments in normalised picture coordinates: middle (N, 2), unit direction (N, 2), length in picture heights."""

    middle: FloatArray
    direction: FloatArray
    length: FloatArray

    def __getitem__(self, rows: npt.NDArray[np.bool_]) -> _Lines:
        return _Lines(self.middle[rows], self.direction[rows], self.length[rows])


def _level_of_picture(picture: npt.NDArray[np.uint8], camera: Camera, person_px: npt.ArrayLike | None) -> Level:
    segments = _segments(picture, person_px)
    lines = _normalised(segments, camera)
    steep = np.abs(lines.direction[:, 0]) < np.sin(np.radians(_STEEP_DEG))
    if steep.sum() < _MIN_EDGES:
        return _unknown("no plumb edges (door frame, wall, cupboard) in the picture")
    upright = lines[steep]
    roll, pitch, score = _search(upright)
    for _ in range(6):
        step, covariance, near, edge_x = _improve(upright, roll, pitch)
        roll, pitch = roll + float(step[0]), pitch + float(step[1])
    rival = _search(upright[~near])[2] / score
    reason = _doubt(upright, near, edge_x * camera.focal_px / camera.width_px, rival, roll, pitch)
    if not reason and _contradicted(lines[~steep], roll, camera.height_px / camera.focal_px):
        reason = "level and plumb edges in the picture contradict each other"
    # Plumb lines converge at focal length / tan(pitch) from the middle: what is not known of one is not of the other.
    of_lens = math.degrees(camera.focal_log_sd * math.sin(math.radians(2 * pitch)) / 2)
    roll_sd, pitch_sd = (float(sd) for sd in np.sqrt(np.diag(covariance) + np.array([_PLUMB_SD_DEG, of_lens]) ** 2))
    if not reason and roll_sd > _MAX_SD_DEG:
        reason = "the plumb edges in the picture scatter too much"
    if reason:
        return _unknown(reason)
    converging = pitch_sd <= _PITCH_USEFUL_SD_DEG
    return Level(
        roll,
        roll_sd,
        pitch if converging else None,
        pitch_sd if converging else None,
        "scene",
        "from plumb edges in the picture",
        segments[steep][near],
    )


def _doubt(
    upright: _Lines, near: npt.NDArray[np.bool_], edge_x: FloatArray, rival: float, roll: float, pitch: float
) -> str:
    """Say why these lines do not show which way is up; '' if they do."""
    if abs(roll) > MAX_ROLL_DEG or abs(pitch) > MAX_PITCH_DEG:
        return "no plumb edges within what a camera on a table or stand can lean"
    few = len(edge_x) < _MIN_EDGES or upright.length[near].sum() < _MIN_TOTAL
    if few or np.ptp(edge_x) < _MIN_SPREAD or _spread_without_one(edge_x) < _MIN_SPREAD_WITHOUT:
        return "too few plumb edges (door frame, wall, cupboard) in the picture"
    if upright.length[near].sum() < _MIN_SHARE * upright.length.sum() or rival > _MAX_RIVAL:
        return "the steep lines in the picture do not agree on which way is up"
    return ""


def _spread_without_one(x: FloatArray) -> float:
    ordered = np.sort(x)
    return float(min(np.ptp(ordered[1:]), np.ptp(ordered[:-1])))


def _contradicted(flat: _Lines, roll: float, height: float) -> bool:
    """Whether parallel level edges, found above and below the middle, show another roll by more than 3 degrees."""
    shown = -np.degrees(np.arctan(flat.direction[:, 1] / flat.direction[:, 0]))
    votes = (np.abs(shown[:, None] - shown) < _INLIER_DEG / 2) @ flat.length if len(shown) else np.empty(0)
    if not len(votes):
        return False
    mode = shown[np.argmax(votes)]
    band = np.abs(shown - mode) < _INLIER_DEG / 2
    y = flat.middle[band, 1] / height
    across = y.min() < -0.15 and y.max() > 0.15
    return bool(across and votes.max() > _MIN_TOTAL and abs(mode - roll) > _RIVAL_DEG)


def _segments(picture: npt.NDArray[np.uint8], person_px: npt.ArrayLike | None) -> FloatArray:
    """Find line segments (N, 4) off the person, pixels of the picture."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture
    scale = min(1.0, _LONG_SIDE_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    raw = cv2.createLineSegmentDetector().detect(small)[0]
    if raw is None:
        return np.empty((0, 4))
    segments = raw.reshape(-1, 4).astype(np.float64)
    length = np.hypot(*(segments[:, 2:] - segments[:, :2]).T)
    segments = segments[length >= _MIN_LENGTH * max(small.shape)] / scale
    if person_px is not None:
        points = np.asarray(person_px, dtype=np.float64)
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) >= 3:
            hull = cv2.convexHull(points.astype(np.float32))
            margin = 0.06 * float(np.ptp(points, axis=0).max())  # landmarks lie inside the body's outline
            middles = (segments[:, :2] + segments[:, 2:]) / 2
            off = [cv2.pointPolygonTest(hull, (float(x), float(y)), True) < -margin for x, y in middles]
            segments = segments[np.array(off, dtype=bool)]
    return segments


def _normalised(segments: FloatArray, camera: Camera) -> _Lines:
    ends = (camera.undistort_px(segments.reshape(-1, 2, 2)) - (camera.cx_px, camera.cy_px)) / camera.focal_px
    along = ends[:, 1] - ends[:, 0]
    along = np.where(along[:, 1:] < 0, -along, along)
    length = np.linalg.norm(along, axis=1)
    keep = length > 0
    return _Lines(
        ends.mean(axis=1)[keep], along[keep] / length[keep, None], length[keep] * camera.focal_px / camera.height_px
    )


def _improve(
    lines: _Lines, roll: float, pitch: float
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_], FloatArray]:
    """One Gauss-Newton step over separate edges, each one or several segments in one plumb line.

    Returns
    -------
    Step (2,) of roll and pitch and their covariance (2, 2), degrees; which segments agree; each edge's x.
    """
    plumb = _plumb_angle(lines, roll, pitch)
    residual = np.degrees(np.arctan2(lines.direction[:, 0], lines.direction[:, 1])) - plumb
    slope = np.stack([_plumb_angle(lines, roll + 0.01, pitch), _plumb_angle(lines, roll, pitch + 0.01)], axis=-1)
    slope = (slope - plumb[:, None]) / 0.01
    near = np.abs(residual) < _INLIER_DEG
    # Segments of one edge share the place where it crosses the middle of the picture.
    x = lines.middle[:, 0] - lines.middle[:, 1] * np.tan(np.radians(plumb))
    rows = np.flatnonzero(near)[np.argsort(x[near])]
    if not len(rows):
        return np.zeros(2), np.eye(2), near, np.empty(0)
    edges = np.split(rows, np.flatnonzero(np.diff(x[rows]) > _EDGE_GAP) + 1)
    r, j, edge_x = (
        np.array([np.average(of[e], axis=0, weights=lines.length[e]) for e in edges]) for of in (residual, slope, x)
    )
    scatter = 1.4826 * float(np.median(np.abs(r)))
    sd = np.hypot(max(scatter, _PLUMB_SD_DEG), _EDGE_NOISE_DEG / np.array([lines.length[e].sum() for e in edges]))
    information = j[:, :, None] * j[:, None, :] / sd[:, None, None] ** 2
    pull = j * (r / sd**2)[:, None]
    prior, prior_pull = np.diag([1e-6, _PITCH_PRIOR_DEG**-2]), np.array([0.0, -pitch / _PITCH_PRIOR_DEG**2])
    covariance = np.linalg.inv(information.sum(axis=0) + prior)
    step = covariance @ (pull.sum(axis=0) + prior_pull)
    # Jackknife: one edge that is not plumb but stands far out turns the answer more than the scatter tells.
    without = np.linalg.solve(
        information.sum(axis=0) - information + prior, (pull.sum(axis=0) - pull + prior_pull)[..., None]
    )
    covariance += (len(edges) - 1) * np.cov(without[..., 0].T, bias=True)
    return step, covariance, near, edge_x


def _plumb_angle(lines: _Lines, roll: FloatArray | float, pitch: FloatArray | float) -> FloatArray:
    """Angle of the plumb direction at each line's middle from the picture's downward axis, degrees, to the right +."""
    roll, pitch = np.radians(roll), np.radians(pitch)
    gx, gy, gz = np.sin(roll) * np.cos(pitch), np.cos(roll) * np.cos(pitch), np.sin(pitch)
    x, y = lines.middle[:, 0], lines.middle[:, 1]
    return np.asarray(np.degrees(np.arctan2(gx - x * gz, gy - y * gz)))


def _search(lines: _Lines) -> tuple[float, float, float]:
    """Return the best roll and pitch of a coarse grid, degrees, and its score, summed length in picture heights."""
    roll, pitch = np.meshgrid(
        np.linspace(-_SEARCH_ROLL_DEG, _SEARCH_ROLL_DEG, 73),
        np.linspace(-MAX_PITCH_DEG, MAX_PITCH_DEG, 31),
        indexing="ij",
    )
    seen = np.degrees(np.arctan2(lines.direction[:, 0], lines.direction[:, 1]))
    off = seen - _plumb_angle(lines, roll[..., None], pitch[..., None])
    score = (lines.length * np.exp(-0.5 * (off / (_INLIER_DEG / 2)) ** 2)).sum(axis=-1)
    score *= np.exp(-0.5 * (pitch / MAX_PITCH_DEG) ** 2)
    best = np.unravel_index(np.argmax(score), score.shape)
    return float(roll[best]), float(pitch[best]), float(score[best])
