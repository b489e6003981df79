"""Dips of the hips in a landmark track: cuts, hip height, descent, bottom, ascent, and the standing around them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack

__all__ = ["Dip", "Legs", "Span", "find_dips", "hip_drop", "on_their_feet", "smooth", "spans_of", "stretches"]

Legs = Literal["both", "left", "right"]
BoolArray = npt.NDArray[np.bool_]

# Phases from the height of the hips, as mocapr does; the numbers are our own heuristics (clinical evidence, 5.3).
MIN_DEPTH = 0.08
"""Least drop of the hips, in leg lengths, that counts as a squat: about 45 degrees of knee flexion, a quarter squat."""
MIN_REPETITION_S = 0.7
RETURN_SHARE = 0.3
"""A repetition begins and ends where the hips are within this share of its depth from standing."""
PART_SHARE = 0.55
"""... and where the recording begins or ends on the way, one of the two has to be seen to within this share only."""
STANDING_DROP = 0.08
"""The hips are at most this far down, in leg lengths, while the person counts as standing."""
REST_DROP, REST_SPEED = 0.015, 0.05
"""Descent begins and ascent ends at this drop (leg lengths) or speed (leg lengths a second)."""
SMOOTH_S = 0.07
"""Standard deviation of the smoothing kernel: keeps a squat's half hertz, takes most of the jitter above 3 Hz."""
_AT_ONCE = 500
"""Frames smoothed at once: memory stays small however long the recording is."""
CUT_STEP = 0.03
CUT_RATIO = 3.0
"""A cut: feet and trunk both step by more than this share of the person's size, thrice as far as just before and
after. Landmarks that jump while the feet stay (a leg lost for a moment, a picture repeated until the next one) are
none."""
LOST_S = 0.7
GLITCH_S = 0.4
"""Whoever is back where they were this soon has not moved: the pictures between showed somebody or something else."""

_TRUNK = [[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]]
_FEET = [[Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], [Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL]]


@dataclass(frozen=True)
class Dip:
    """Hips that go down and come up again; indices into the stretch.

    Attributes
    ----------
    start, bottom, end : leaves standing, is deepest, stands again.
    drop : largest drop of the hips, in leg lengths.
    whole : whether standing was seen before and after it.
    """

    start: int
    bottom: int
    end: int
    drop: float
    whole: bool


@dataclass(frozen=True)
class Span:
    """One repetition with the standing before and after it; indices into the track, ends inclusive.

    Attributes
    ----------
    first, last : what belongs to it, standing included.
    start, bottom, end : leaves standing, is deepest, stands again.
    standing : indices of the frames in which the person stands.
    drop : largest drop of the hips, in leg lengths.
    """

    first: int
    last: int
    start: int
    bottom: int
    end: int
    standing: npt.NDArray[np.int_]
    drop: float

    @property
    def frames(self) -> slice:
        """All frames of the span."""
        return slice(self.first, self.last + 1)


def on_their_feet(track: PoseTrack) -> BoolArray:
    """(T,) where the person was found with the ankles below the shoulders; the model may take raised arms for legs."""
    shoulders, ankles = (
        track.image_px[:, [Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]], 1].mean(axis=1)
        for name in ("SHOULDER", "ANKLE")
    )
    return np.asarray(ankles > shoulders)


def stretches(track: PoseTrack, seen: BoolArray) -> list[npt.NDArray[np.int_]]:
    """Frames (indices, of those ``seen`` (T,)) of each uncut part of the recording."""
    found = np.flatnonzero(seen)
    if len(found) < 3:
        return []
    px = track.image_px[found]
    size = max(float(np.median(np.hypot(*np.moveaxis(np.ptp(px, axis=1), -1, 0)))), 1.0)
    jump = np.ones(len(found) - 1, dtype=bool)
    for pairs in (_TRUNK, _FEET):
        step = _step(px[:-1], px[1:], pairs) / size
        around = np.maximum(np.r_[0.0, step[:-1]], np.r_[step[1:], 0.0])
        jump &= (step > CUT_STEP) & (step > CUT_RATIO * around)
    keep = np.ones(len(found), dtype=bool)
    jumps = np.flatnonzero(jump)
    for out, back in pairwise(jumps):
        soon = track.time_s[found[back]] - track.time_s[found[out]] < GLITCH_S
        away = [_step(px[[out]], px[[back + 1]], pairs)[0] / size for pairs in (_TRUNK, _FEET)]
        if jump[out] and soon and max(away) < CUT_STEP:
            keep[out + 1 : back + 1] = False
            jump[[out, back]] = False
    cut = jump | (np.diff(track.time_s[found]) > LOST_S)
    parts = zip(np.split(found, np.flatnonzero(cut) + 1), np.split(keep, np.flatnonzero(cut) + 1), strict=True)
    return [part[kept] for part, kept in parts if kept.sum() >= 3]


def _step(before: FloatArray, after: FloatArray, pairs: list[list[Landmark]]) -> FloatArray:
    """Way (T,) that pairs of landmarks go from (T, 33, 2) to (T, 33, 2), whichever of two is called left."""
    old, new = before[:, pairs], after[:, pairs]
    ways = [np.linalg.norm(n - old, axis=-1).mean(axis=(1, 2)) for n in (new, new[:, :, ::-1])]
    return np.asarray(np.minimum(*ways))


def smooth(time_s: FloatArray, image_px: FloatArray) -> FloatArray:
    """Smooth landmarks (T, 33, 2) of one uncut stretch: single wrong frames out (median of three), then a Gaussian."""
    middle = image_px.copy()
    middle[1:-1] = np.median(np.stack([image_px[:-2], image_px[1:-1], image_px[2:]]), axis=0)
    out = np.empty_like(middle)
    for first in range(0, len(time_s), _AT_ONCE):
        now = time_s[first : first + _AT_ONCE]
        near = slice(*np.searchsorted(time_s, (now[0] - 5 * SMOOTH_S, now[-1] + 5 * SMOOTH_S)))
        weight = np.exp(-0.5 * ((now[:, None] - time_s[near]) / SMOOTH_S) ** 2)
        weight /= weight.sum(axis=1, keepdims=True)
        out[first : first + _AT_ONCE] = np.tensordot(weight, middle[near], axes=1)
    return out


def hip_drop(image_px: FloatArray, legs: Legs = "both") -> FloatArray:
    """(T,) how far the hips are below standing, in leg lengths, of one stretch of (T, 33, 2) landmarks.

    Height is taken over the standing foot, so that a camera that moves does not matter; a lifted foot does not count.
    """
    hips = image_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1].mean(axis=1)
    ankles = image_px[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1]
    floor = ankles.max(axis=1) if legs == "both" else ankles[:, 0 if legs == "left" else 1]
    height = floor - hips
    return 1.0 - height / max(float(np.percentile(height, 92)), 1e-6)


def find_dips(time_s: FloatArray, image_px: FloatArray, legs: Legs) -> list[Dip]:
    """Find where the hips go down and up again in one stretch, in time order; deeper ones go before what they overlap.

    Parameters
    ----------
    time_s, image_px : (T,) and (T, 33, 2), smoothed, one uncut stretch.
    legs : both, or the leg stood on.
    """
    drop = hip_drop(image_px, legs)
    peaks, _ = find_peaks(np.r_[-1.0, drop, -1.0], height=MIN_DEPTH, prominence=MIN_DEPTH)
    found: list[Dip] = []
    for peak in sorted(peaks - 1, key=lambda i: -drop[i]):
        start, end, whole = _ends(time_s, drop, int(peak))
        if not any(start < dip.end and dip.start < end for dip in found):
            found.append(Dip(start, int(peak), end, float(drop[peak]), whole))
    return sorted(found, key=lambda dip: dip.start)


def _ends(time_s: FloatArray, drop: FloatArray, peak: int) -> tuple[int, int, bool]:
    """Where the person leaves standing before ``peak`` and stands again after it, and whether both were seen."""
    depth = drop[peak]
    start, end = peak, peak
    while start > 0 and drop[start] > RETURN_SHARE * depth:
        start -= 1
    while end < len(drop) - 1 and drop[end] > RETURN_SHARE * depth:
        end += 1
    less, more = sorted((drop[start] / depth, drop[end] / depth))
    whole = bool(less <= RETURN_SHARE and more <= PART_SHARE)
    speed = np.gradient(drop, time_s)
    while start > 0 and drop[start] > REST_DROP and speed[start] > REST_SPEED:
        start -= 1
    while end < len(drop) - 1 and drop[end] > REST_DROP and speed[end] < -REST_SPEED:
        end += 1
    return start, end, whole


def spans_of(time_s: FloatArray, drop: FloatArray, dips: list[Dip]) -> list[Span]:
    """Give each dip (in time order) the standing before and after it, up to half-way to its neighbours."""
    return [_span(time_s, drop, dips, k) for k in range(len(dips))]


def _span(time_s: FloatArray, drop: FloatArray, dips: list[Dip], k: int) -> Span:
    dip = dips[k]
    first = 0 if k == 0 else (dips[k - 1].end + dip.start) // 2
    last = len(drop) - 1 if k == len(dips) - 1 else (dip.end + dips[k + 1].start) // 2
    near = (time_s >= time_s[dip.start] - 1.5) & (time_s <= time_s[dip.end] + 1.5)
    outside = np.r_[np.arange(first, dip.start + 1), np.arange(dip.end, last + 1)]
    outside = outside[near[outside]]
    standing = outside[drop[outside] <= STANDING_DROP]
    if len(standing) < 3:
        standing = outside[np.argsort(drop[outside])[:3]]
    return Span(first, last, dip.start, dip.bottom, dip.end, np.unique(standing), dip.drop)
