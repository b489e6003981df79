"""A recording through the estimator: filter forward over its frames, and smooth backward.

The live test goes the first way alone, and looks back over what it remembers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rom_vision.body.estimator import LegEstimator
from rom_vision.body.model import N_POSE, N_STATE, forward_kinematics, offsets_xy_m
from rom_vision.body.noise import LandmarkNoise
from rom_vision.body.posture import Posture
from rom_vision.camera import Camera
from rom_vision.pose.outline import measured_turn_deg
from rom_vision.pose.track import FloatArray, PoseTrack

__all__ = ["Passage", "StateTrack", "estimate", "project"]


@dataclass(frozen=True)
class StateTrack:
    """Model states over time: mean (T, N_STATE), covariance (T, N_STATE, N_STATE), residual (T,).

    With the pelvis reference and the error model of the landmarks they were estimated with.
    Rows are NaN where the person was not found.
    """

    time_s: FloatArray
    mean: FloatArray
    covariance: FloatArray
    residual: FloatArray
    reference: FloatArray
    noise: LandmarkNoise


@dataclass(frozen=True)
class _Step:
    """One frame of a passage: what was predicted of the state and what was known of it then."""

    time_s: float
    decay: FloatArray
    predicted: FloatArray
    prediction: FloatArray
    mean: FloatArray
    covariance: FloatArray
    residual: float


class Passage:
    """Takes the filter through frames, and remembers what it knew at each of them to smooth them backward.

    Parameters
    ----------
    estimator : a started one.
    most : how many frames are remembered; None means all.
    """

    def __init__(self, estimator: LegEstimator, most: int | None = None) -> None:
        self._estimator = estimator
        self._steps: deque[_Step] = deque(maxlen=most)

    def step(
        self, time_s: float, image_px: FloatArray, visibility: FloatArray, shin_turn_deg: FloatArray | None = None
    ) -> float:
        """Go on to the next frame, as `LegEstimator.predict` and `LegEstimator.update`; return the residual."""
        filtered = self._estimator
        decay = filtered.predict(time_s)
        assert filtered.mean is not None
        assert filtered.covariance is not None
        predicted, prediction = filtered.mean, filtered.covariance
        residual = filtered.update(image_px, visibility, shin_turn_deg)
        self._steps.append(_Step(time_s, decay, predicted, prediction, filtered.mean, filtered.covariance, residual))
        return residual

    def smoothed(self) -> StateTrack:
        """Return the state at every frame that is remembered, given all of them (Rauch, Tung and Striebel 1965)."""
        steps, filtered = self._steps, self._estimator
        means, covariances = np.array([s.mean for s in steps]), np.array([s.covariance for s in steps])
        for k in range(len(steps) - 2, -1, -1):
            after = steps[k + 1]
            gain = np.linalg.solve(after.prediction, after.decay[:, None] * covariances[k]).T
            means[k] += gain @ (means[k + 1] - after.predicted)
            covariances[k] += gain @ (covariances[k + 1] - after.prediction) @ gain.T
        times_s, residuals = np.array([s.time_s for s in steps]), np.array([s.residual for s in steps])
        return StateTrack(times_s, means, covariances, residuals, filtered.reference, filtered.noise)


def estimate(
    track: PoseTrack,
    camera: Camera,
    posture: Posture,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> StateTrack:
    """Estimate the leg model over a recording: filter forward, smooth backward (Rauch, Tung and Striebel 1965).

    Parameters
    ----------
    track : landmarks of one person, as a straight camera without distortion shows them; where it has outlines of the
        shins they count as well.
    camera : that camera.
    posture : what the test knows beforehand about the body.
    on_progress : called with (frames done, frames in all).

    Returns
    -------
    State, covariance and residual of every frame. Gaps in the track stay gaps: their rows are NaN.

    Raises
    ------
    ValueError
        If nobody was found in any frame.
    """
    found = np.flatnonzero(track.found)
    if not len(found):
        raise ValueError("nobody was found in this track")
    estimator = LegEstimator(camera, posture)
    first = found[track.time_s[found] <= track.time_s[found[0]] + 0.5]
    estimator.start(
        track.time_s[found[0]],
        np.median(track.image_px[first], axis=0),
        np.median(track.visibility[first], axis=0),
        np.median(track.world_m[first], axis=0),
    )
    passage, turn_deg = Passage(estimator), measured_turn_deg(track.outline)
    for k, i in enumerate(found):
        passage.step(float(track.time_s[i]), track.image_px[i], track.visibility[i], turn_deg[i])
        if on_progress:
            on_progress(k + 1, len(found))
    smoothed = passage.smoothed()
    mean = np.full((len(track), N_STATE), np.nan)
    covariance = np.full((len(track), N_STATE, N_STATE), np.nan)
    residual = np.full(len(track), np.nan)
    mean[found], covariance[found], residual[found] = smoothed.mean, smoothed.covariance, smoothed.residual
    return StateTrack(track.time_s, mean, covariance, residual, estimator.reference, posture.noise)


def project(states: StateTrack, camera: Camera) -> FloatArray:
    """Where the model's landmarks lie in the picture, for drawing.

    Parameters
    ----------
    states : an estimated recording.
    camera : the straight camera it was estimated with.

    Returns
    -------
    (T, 8, 2) pixels of the straight picture, in the order of `rom_vision.body.model.POINTS`; NaN where the person was
    not found.
    """
    points = forward_kinematics(states.mean, states.reference, states.noise.shape)
    focal = camera.focal_px * np.exp(states.mean[:, N_POSE - 1])
    scale = focal[:, None, None] / points[..., 2:]
    return (points[..., :2] + offsets_xy_m(states.mean)) * scale + (camera.cx_px, camera.cy_px)
