"""Squat repetitions in a landmark track: cuts, hip height, descent, bottom, ascent, and the standing around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack

__all__ = ["Legs", "Span", "find_spans", "hip_drop", "on_their_feet", "smooth", "stretches"]

Legs = Literal["both", "left", "right"]
BoolArray = npt.NDArray[np.bool_]

# Phases from the height of the hips, as mocapr does; the numbers are our own heuristics (clinical evidence, 5.3).
MIN_DEPTH = 0.08
"""Least drop of the hips, in leg lengths, that counts as a squat: about 45 degrees of knee flexion, a quarter squat."""
MIN_REPETITION_S = 0.7
RETURN_SHARE = 0.3
"""A repetition begins and ends where the hips are within this share of its depth from standing."""
STANDING_DROP = 0.08
"""The hips are at most this far down, in leg lengths, while the person counts as standing."""
REST_DROP, REST_SPEED = 0.015, 0.05
"""Descent begins and ascent ends at this drop (leg lengths) or speed (leg lengths a second)."""
MAX_FOOT_TRAVEL = 0.22
"""Feet that move farther, in leg lengths, were not planted: walking, lunging, sitting down on a chair."""
SMOOTH_S = 0.07
"""Standard deviation of the smoothing kernel: keeps a squat's half hertz, takes most of the jitter above 3 Hz."""
_AT_ONCE = 500
"""Frames smoothed at once: memory stays small however long the recording is."""
CUT_STEP = 0.03
CUT_RATIO = 3.0
"""A cut: the landmarks step by more than this share of the person's size, thrice as far as just before and after."""
LOST_S = 0.7

_BODY = [
    *(Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
    *(Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE),
]
_FEET = {
    "left": [Landmark.LEFT_ANKLE, Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX],
    "right": [Landmark.RIGHT_ANKLE, Landmark.RIGHT_HEEL, Landmark.RIGHT_FOOT_INDEX],
}


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
    body = track.image_px[found][:, _BODY]
    size = np.median(np.hypot(*np.moveaxis(np.ptp(track.image_px[found], axis=1), -1, 0)))
    step = np.linalg.norm(np.diff(body, axis=0), axis=-1).mean(axis=1) / max(float(size), 1.0)
    around = np.maximum(np.r_[0.0, step[:-1]], np.r_[step[1:], 0.0])
    cut = (step > CUT_STEP) & (step > CUT_RATIO * around)
    cut |= np.diff(track.time_s[found]) > LOST_S
    return [part for part in np.split(found, np.flatnonzero(cut) + 1) if len(part) >= 3]


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


def find_spans(time_s: FloatArray, image_px: FloatArray, legs: Legs) -> tuple[list[Span], list[str]]:
    """Find the repetitions of one stretch.

    Parameters
    ----------
    time_s, image_px : (T,) and (T, 33, 2), smoothed, one uncut stretch.
    legs : both, or the leg stood on.

    Returns
    -------
    spans in time order, and plain sentences on what looked like a squat but was not counted.
    """
    drop = hip_drop(image_px, legs)
    peaks, _ = find_peaks(np.r_[-1.0, drop, -1.0], height=MIN_DEPTH, prominence=MIN_DEPTH)
    found: list[tuple[int, int, int]] = []
    notes: list[str] = []
    for peak in sorted(peaks - 1, key=lambda i: -drop[i]):
        if any(start <= peak <= end for start, _, end in found):
            continue
        start, end, whole = _ends(time_s, drop, int(peak))
        at = f"at {time_s[peak]:.1f} s"
        if _foot_travel(image_px[start : end + 1], legs) > MAX_FOOT_TRAVEL:
            notes.append(f"A dip {at} was made with moving feet and was not counted as a squat.")
        elif not whole:
            notes.append(f"A squat {at} is cut off by the beginning or the end of the recording and was not counted.")
        elif time_s[end] - time_s[start] < MIN_REPETITION_S:
            notes.append(f"A dip {at} was too short for a squat and was not counted.")
        elif not any(start < e and s < end for s, _, e in found):
            found.append((start, int(peak), end))
    found.sort()
    return [_span(time_s, drop, found, k) for k in range(len(found))], notes


def _ends(time_s: FloatArray, drop: FloatArray, peak: int) -> tuple[int, int, bool]:
    """Where the person leaves standing before ``peak`` and stands again after it, and whether both were seen."""
    depth = drop[peak]
    start, end = peak, peak
    while start > 0 and drop[start] > RETURN_SHARE * depth:
        start -= 1
    while end < len(drop) - 1 and drop[end] > RETURN_SHARE * depth:
        end += 1
    whole = bool(drop[start] <= RETURN_SHARE * depth and drop[end] <= RETURN_SHARE * depth)
    speed = np.gradient(drop, time_s)
    while start > 0 and drop[start] > REST_DROP and speed[start] > REST_SPEED:
        start -= 1
    while end < len(drop) - 1 and drop[end] > REST_DROP and speed[end] < -REST_SPEED:
        end += 1
    return start, end, whole


def _foot_travel(image_px: FloatArray, legs: Legs) -> float:
    """Largest way a standing foot goes during a repetition, in leg lengths; the middle 80 % of it.

    Of two feet the left one in the picture is followed, and the right one: labels exchanged for a moment do not count.
    """
    hips, ankles = (image_px[:, [Landmark[f"LEFT_{n}"], Landmark[f"RIGHT_{n}"]]].mean(axis=1) for n in ("HIP", "ANKLE"))
    leg = max(float(np.percentile(np.linalg.norm(hips - ankles, axis=1), 95)), 1e-6)
    feet = np.stack([image_px[:, _FEET[side]].mean(axis=1) for side in _FEET], axis=1)
    if legs == "both":
        feet = np.take_along_axis(feet, feet[..., :1].argsort(axis=1), axis=1)
    else:
        feet = feet[:, [list(_FEET).index(legs)]]
    low, high = np.percentile(feet, (10, 90), axis=0)
    return float(np.hypot(*(high - low).T).max()) / leg


def _span(time_s: FloatArray, drop: FloatArray, found: list[tuple[int, int, int]], k: int) -> Span:
    start, bottom, end = found[k]
    first = 0 if k == 0 else (found[k - 1][2] + start) // 2
    last = len(drop) - 1 if k == len(found) - 1 else (end + found[k + 1][0]) // 2
    near = (time_s >= time_s[start] - 1.5) & (time_s <= time_s[end] + 1.5)
    outside = np.r_[np.arange(first, start + 1), np.arange(end, last + 1)]
    outside = outside[near[outside]]
    standing = outside[drop[outside] <= STANDING_DROP]
    if len(standing) < 3:
        standing = outside[np.argsort(drop[outside])[:3]]
    return Span(first, last, start, bottom, end, np.unique(standing), float(drop[bottom]))
