"""The shins in the person's mask: a second look at their direction, with errors of its own.

The pose network gives a mask of the person with the same inference as the landmarks. The middle line of a shin in it
errs differently from the line between the knee's and the ankle's landmarks (correlation about 0.3: accuracy budget,
section 2), and says where the two disagree that one of them is wrong: a trouser leg moves a knee's landmark by a
quarter of a shin at full visibility.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.pose.landmarks import Landmark

__all__ = ["SHINS", "measured_turn_deg", "outline_of", "shin_outline", "shin_turn_deg"]

SHINS = ((Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE), (Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE))
"""Where the left and the right shin begin and end."""
# Our own heuristics; the part of the shin between knee and foot is that of the accuracy budget.
_ALONG = np.linspace(0.25, 0.8, 23)
_ACROSS = np.linspace(-0.4, 0.4, 81)
_NEAR = 0.12
"""A cross-section whose person begins further than this from the landmarks' line shows something else ..."""
_WIDER = 1.5
"""... and so does one that is so much wider than the middle one: two legs that touch."""
_LEAST_SECTIONS = 12
_LEAST_PX = 25.0
_ROUGH = 0.01
"""Distance from the straight line, in shins, from which on a section counts less."""
_PASSES = 4
_BEND, _WIDTH = 0.015, (0.1, 0.5)
"""An outline that is more bent, or of another width, is not that of a shin alone; lengths of the shin."""
_STRAIGHT, _AGREE_DEG = 0.008, 6.0
"""A line that is more bent is turned wrongly by two degrees instead of half a one (our own heuristic, from people that
were learned from), and one that is turned further from the landmarks mostly as well (accuracy budget, section 2)."""


class _Edges(NamedTuple):
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


def outline_of(mask: npt.NDArray[np.float32], image_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(2, 4) outlines of the left and the right shin of one person; see `shin_outline`.

    Parameters
    ----------
    mask : (H, W) how surely a pixel shows the person, 0 to 1.
    image_px : (33, 2) landmarks in pixels of the mask.
    """
    return np.array([shin_outline(mask, image_px[knee], image_px[ankle]) for knee, ankle in SHINS], dtype=np.float32)


def shin_turn_deg(outline: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(...) by how much a shin's line in the mask is turned from the landmarks', degrees, clockwise in the picture +.

    Parameters
    ----------
    outline : (..., 4) as `shin_outline` gives it.

    Returns
    -------
    NaN where the outline is not that of a shin alone.
    """
    turn_deg, _, width, bend = np.moveaxis(np.asarray(outline, dtype=np.float64), -1, 0)
    return np.where((bend <= _BEND) & (width >= _WIDTH[0]) & (width <= _WIDTH[1]), turn_deg, np.nan)


def measured_turn_deg(outline: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(...) `shin_turn_deg` where it is good enough to be measured with, else NaN.

    The lines of mask and landmarks agree, and that of the mask is straight: without these the mask is the worse of the
    two (accuracy budget, section 2).
    """
    turn_deg = shin_turn_deg(outline)
    good = (np.asarray(outline)[..., 3] <= _STRAIGHT) & (np.abs(turn_deg) <= _AGREE_DEG)
    return np.where(good, turn_deg, np.nan)


def shin_outline(
    mask: npt.NDArray[np.float32], knee_px: npt.NDArray[np.float32], ankle_px: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Compare the middle line of a shin in the mask with the line from knee to ankle landmark.

    Edges are where the mask crosses 0.5 along cross-sections between a quarter and four fifths of the shin; through
    their middles goes a robust straight line (reweighted least squares with Cauchy's weights, Holland and Welsch 1977).

    Parameters
    ----------
    mask : (H, W), 0 to 1.
    knee_px, ankle_px : (2,) landmarks in pixels of the mask.

    Returns
    -------
    (4,) turn, offset, width and bend: by how much the mask's line is turned from the landmarks', degrees, clockwise in
    the picture +; how far it lies beside it at the middle, its width, and the root mean square distance of the middles
    from the straight line, in lengths of the landmarks' line. NaN where the mask shows no shin there.

    Examples
    --------
    A band 20 pixels wide, whose landmarks are where they should be:

    >>> mask = np.zeros((200, 100), np.float32)
    >>> mask[:, 40:60] = 1.0
    >>> [round(x, 2) + 0.0 for x in shin_outline(mask, np.array([50.0, 50.0]), np.array([50.0, 150.0])).tolist()]
    [0.0, 0.0, 0.2, 0.0]
    """
    nothing = np.full(4, np.nan)
    along = (ankle_px - knee_px).astype(np.float64)
    length = float(np.hypot(*along))
    if not length >= _LEAST_PX:
        return nothing
    across = np.array([-along[1], along[0]])
    points = knee_px + _ALONG[:, None, None] * along + _ACROSS[:, None] * across
    x, y = np.moveaxis(points.astype(np.float32) - 0.5, -1, 0)  # the middle of a pixel lies half a pixel in
    seen = cv2.remap(mask, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    low, high = _edges(np.asarray(seen, dtype=np.float64))
    width = high - low
    if np.isfinite(width).sum() < _LEAST_SECTIONS:
        return nothing
    kept = width < _WIDER * np.nanmedian(width)
    if kept.sum() < _LEAST_SECTIONS:
        return nothing
    middle, place = 0.5 * (low + high)[kept], _ALONG[kept] - _ALONG.mean()
    weight = np.ones(len(middle))
    for _ in range(_PASSES):
        slope, offset = _line(place, middle, weight)
        miss = middle - offset - slope * place
        weight = 1.0 / (1.0 + (miss / _ROUGH) ** 2)
    return np.array([np.degrees(np.arctan(slope)), offset, np.median(width[kept]), np.sqrt(np.mean(miss**2))])


def _line(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Slope, and value at 0, of the weighted least-squares line; ``np.polyfit`` took half of the time here."""
    share = weight / weight.sum()
    x0, y0 = share @ x, share @ y
    slope = share @ ((x - x0) * (y - y0)) / (share @ (x - x0) ** 2)
    return slope, y0 - slope * x0


def _edges(seen: npt.NDArray[np.float64]) -> _Edges:
    """Where each cross-section enters and leaves the person it meets first; NaN where it does not, or goes on."""
    inside, column = seen > 0.5, np.arange(seen.shape[1])
    rows = np.arange(len(seen))
    distance = np.where(inside, np.abs(_ACROSS), np.inf)
    start = distance.argmin(axis=1)
    met = distance[rows, start] <= _NEAR
    beyond, before = ~inside & (column >= start[:, None]), ~inside & (column <= start[:, None])
    met &= beyond.any(axis=1) & before.any(axis=1)
    out = np.maximum(beyond.argmax(axis=1), 1)
    into = np.minimum(len(column) - 1 - before[:, ::-1].argmax(axis=1), len(column) - 2)
    step = _ACROSS[1] - _ACROSS[0]

    def crossing(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        a, b = seen[rows, first], seen[rows, second]
        share = np.clip((a - 0.5) / np.where(a == b, np.inf, a - b), 0.0, 1.0)
        return np.where(met, _ACROSS[first] + share * (second - first) * step, np.nan)

    return _Edges(crossing(into + 1, into), crossing(out - 1, out))
