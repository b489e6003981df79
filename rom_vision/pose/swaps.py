"""Left and right exchanged by the model: find the frames where the exchanged labels move more smoothly, and repair."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rom_vision.pose.landmarks import LEFT_RIGHT_PAIRS, N_LANDMARKS
from rom_vision.pose.track import FloatArray

__all__ = ["repair_swaps"]

_BELOW_HIP = ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
_JUDGED = [
    landmark
    for pair in LEFT_RIGHT_PAIRS
    for landmark in pair
    if landmark.name.split("_", 1)[1] in ("SHOULDER", "HIP", *_BELOW_HIP)
]
_EXCHANGES = (
    (),
    tuple(p for p in LEFT_RIGHT_PAIRS if p[0].name.split("_", 1)[1] in _BELOW_HIP),
    tuple(p for p in LEFT_RIGHT_PAIRS if p[0].name.split("_", 1)[1] in ("HIP", *_BELOW_HIP)),
    LEFT_RIGHT_PAIRS,
)
"""What may be exchanged: nothing, the legs below the hips, the legs with the hips, the whole body."""

# Our own heuristics; distances are in units of the person's size in the picture (diagonal of the landmarks' box).
_LARGEST_STEP = 0.3
"""A landmark that jumps further than this counts as if it jumped this far: it is lost, not exchanged."""
_SWITCH = 0.05
"""What an exchange must save, as a mean over the judged landmarks, to be believed."""
_EXCHANGED = 1e-3
"""What each exchanged frame costs: of two labellings that move equally smoothly, the model's own wins."""
_FORGET_S = 0.2
"""After a gap of this length a jump says only half as much."""


def repair_swaps(
    time_s: FloatArray, image_px: FloatArray, visibility: FloatArray, world_m: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Undo exchanges of left and right.

    A swap is a jump that the exchanged labels explain better. Over the whole recording, the labelling (as it is, legs
    exchanged, whole body exchanged) is chosen that makes the landmarks move least from frame to frame (shortest path,
    Viterbi 1967); steps across gaps count less. Nothing is smoothed and nothing is filled in.

    Parameters
    ----------
    time_s, image_px, visibility, world_m : (T,), (T, 33, 2), (T, 33), (T, 33, 3) as in `PoseTrack`.

    Returns
    -------
    image_px, visibility, world_m : with the labels put right; copies where something was exchanged.
    repaired : (T,) True where labels were exchanged.
    """
    repaired = np.zeros(len(time_s), dtype=bool)
    seen = np.flatnonzero(np.isfinite(image_px).all(axis=(1, 2)))
    if len(seen) < 2:
        return image_px, visibility, world_m, repaired
    chosen = _cheapest_path(_step_costs(time_s[seen], image_px[seen]))
    if not chosen.any():
        return image_px, visibility, world_m, repaired
    image_px, visibility, world_m = image_px.copy(), visibility.copy(), world_m.copy()
    for k in range(1, len(_EXCHANGES)):
        frames = seen[chosen == k]
        order = _order(k)
        for values in (image_px, visibility, world_m):
            values[frames] = values[frames][:, order]
        repaired[frames] = True
    return image_px, visibility, world_m, repaired


def _order(exchange: int) -> npt.NDArray[np.int_]:
    """Return, for each landmark, the index whose value it takes under an exchange."""
    order = np.arange(N_LANDMARKS)
    for left, right in _EXCHANGES[exchange]:
        order[left], order[right] = right, left
    return order


def _step_costs(time_s: FloatArray, image_px: FloatArray) -> FloatArray:
    """(T-1, K, K) mean landmark step from each labelling of one frame to each of the next."""
    size = np.maximum(np.hypot(*np.moveaxis(np.ptp(image_px, axis=1), -1, 0)), 1.0)
    scale = np.median(size)
    weight = 1.0 / (1.0 + np.maximum(np.diff(time_s) - _typical_step(time_s), 0.0) / _FORGET_S)
    small = (image_px / scale).astype(np.float32)
    labelled = [small[:, _order(k)[_JUDGED]] for k in range(len(_EXCHANGES))]
    costs = np.empty((len(time_s) - 1, len(_EXCHANGES), len(_EXCHANGES)))
    for a, before in enumerate(labelled):
        for b, after in enumerate(labelled):
            step = np.linalg.norm(after[1:] - before[:-1], axis=-1)
            costs[:, a, b] = np.minimum(step, _LARGEST_STEP).mean(axis=1) * weight
    return costs


def _typical_step(time_s: FloatArray) -> float:
    return float(np.median(np.diff(time_s)))


def _cheapest_path(costs: FloatArray) -> npt.NDArray[np.int_]:
    """Return the labelling of each frame along the cheapest path through (T-1, K, K) step costs."""
    n_states = costs.shape[1]
    dwell = np.where(np.arange(n_states) > 0, _EXCHANGED, 0.0)
    costs = costs + _SWITCH * (1.0 - np.eye(n_states)) + dwell
    total = dwell.copy()
    came_from = np.empty((len(costs), n_states), dtype=int)
    for t, step in enumerate(costs):
        options = total[:, None] + step
        came_from[t] = options.argmin(axis=0)
        total = options.min(axis=0)
    path = np.empty(len(costs) + 1, dtype=int)
    path[-1] = int(total.argmin())
    for t in range(len(costs) - 1, -1, -1):
        path[t] = came_from[t, path[t + 1]]
    return path
