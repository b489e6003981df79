"""The estimator: landmarks in, joint angles with honest standard deviations out.

An iterated extended Kalman filter runs forward over the frames (the live test shows its output) and a
Rauch-Tung-Striebel smoother runs back over a recording. One code, two uses. Every entry of the state reverts to a
prior mean with its own time constant (an Ornstein-Uhlenbeck process), so that a prior holds at every moment without
being counted again in every frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.body.model import (
    ANKLES,
    KNEES,
    N_POINTS,
    N_POSE,
    N_STATE,
    OFFSET_MIX,
    OFFSETS,
    OUTLINES,
    POINTS,
    STATE,
    forward_kinematics,
    linearize,
    offsets_xy_m,
)
from rom_vision.body.posture import Posture
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray

__all__ = ["LegEstimator"]

_ITERATIONS = 2
_START_ITERATIONS = 25
_STUDENT_DOF = 4.0
_SMALL_STEP = 0.03
"""A step this small (radians) leaves the model straight enough: no second look at the frame."""

_OUTWARDS: FloatArray = np.array([1.0, -1.0])
"""Outwards is to the right of the picture for the left leg of somebody who faces the camera."""

_EXPECTED = slice(STATE["pelvis_list"], STATE["focal"])
"""Entries whose distance from the prior speaks against a fit: pelvis, trunk, legs and lengths."""


@dataclass(frozen=True)
class _Frame:
    """What is seen in one frame, as the estimator uses it.

    Pixels of the landmarks and widening of their noise; 3-D hints (start only); directions of the shins in the person's
    mask, radians from down to the right of the picture, NaN where they are not seen, and their jitter.
    """

    image_px: FloatArray
    sd_scale: FloatArray
    hint_m: FloatArray | None
    shins: FloatArray | None = None
    shins_sd: float = 1.0


class LegEstimator:
    """Follows one person frame by frame.

    Parameters
    ----------
    camera : intrinsics and their uncertainty.
    posture : what the protocol knows beforehand about the joint angles and the landmarks.
    """

    def __init__(self, camera: Camera, posture: Posture) -> None:
        self.camera = camera
        self.posture = posture
        self.noise = posture.noise
        self.reference = posture.reference
        self._prior_mean = np.zeros(N_STATE)
        self.prior_sd = np.ones(N_STATE)
        self._tau_s = np.full(N_STATE, np.inf)
        self._start: FloatArray | None = None
        self.mean: FloatArray | None = None
        self.covariance: FloatArray | None = None
        self.time_s = -np.inf
        self._dt_s = 1 / 15

    # -- starting ---------------------------------------------------------------------------------------------------

    def start(self, time_s: float, image_px: FloatArray, visibility: FloatArray, world_m: FloatArray) -> float:
        """Fit the first frame (or a median of the first frames) from several starts.

        Parameters
        ----------
        time_s : its time, seconds.
        image_px : (33, 2) landmarks, pixels of the upright picture.
        visibility : (33,) 0 to 1.
        world_m : (33, 3) the network's 3-D guess, metres, hip-centred, camera axes; only picks the right one of mirror
            solutions.

        Returns
        -------
        The residual: how badly the landmarks fit, in standard deviations per coordinate.
        """
        frame = self._frame(image_px, visibility, world_m)
        best: tuple[float, FloatArray, FloatArray, FloatArray] | None = None
        for reference in self.posture.references(world_m):
            self.reference = reference
            mean, sd, tau_s = self.posture.prior(self._depth(image_px), self._bearing(image_px))
            sd[N_POSE - 1] = self.camera.focal_log_sd
            self.noise.fill_prior(mean, sd, tau_s)
            self._prior_mean, self.prior_sd, self._tau_s = mean, sd, tau_s
            fit, covariance, cost = self._fit(mean, np.diag(sd**2), frame, mean, _START_ITERATIONS)
            if best is None or cost < best[0]:
                best = (cost, fit, covariance, reference)
        assert best is not None
        _, self._start, _, self.reference = best
        first_sd = self.prior_sd.copy()
        first_sd[[STATE["pelvis_list"], STATE["trunk_bend"]]] = np.radians(self.posture.first_level_sd_deg)
        self.mean, self.covariance = self._prior_mean, np.diag(first_sd**2)
        self.time_s = time_s
        return self._residual(self._start, frame)

    def _depth(self, image_px: FloatArray) -> float:
        """Rough distance of the pelvis from the trunk's and shoulders' extent in the picture, metres."""
        points = image_px[list(POINTS)]
        extent = max(
            float(np.linalg.norm(points[0] + points[1] - points[2] - points[3])) / 2 / 0.48,
            float(np.linalg.norm(points[0] - points[1])) / 0.33,
            float(np.linalg.norm(points[2] - points[3])) / 0.18,
            1.0,
        )
        return self.camera.focal_px / extent

    def _bearing(self, image_px: FloatArray) -> FloatArray:
        hips = image_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
        return (hips - (self.camera.cx_px, self.camera.cy_px)) / self.camera.focal_px

    # -- one frame --------------------------------------------------------------------------------------------------

    def predict(self, time_s: float) -> FloatArray:
        """Advance the state to ``time_s``; return the decay of each entry towards its prior mean."""
        assert self.mean is not None
        assert self.covariance is not None
        dt = max(time_s - self.time_s, 0.0)
        self._dt_s = max(dt, 1e-3) if dt else self._dt_s
        decay = np.exp(-dt / self._tau_s)
        self.mean = self._prior_mean + decay * (self.mean - self._prior_mean)
        self.covariance = decay[:, None] * self.covariance * decay + np.diag(self.prior_sd**2 * (1 - decay**2))
        self.time_s = time_s
        return decay

    def update(self, image_px: FloatArray, visibility: FloatArray, shin_turn_deg: FloatArray | None = None) -> float:
        """Take in one frame's landmarks, (33, 2) pixels and (33,), at the predicted time; return the residual.

        With ``shin_turn_deg``, (2,), the left and right shin's direction in the person's mask counts as well (see
        `rom_vision.pose.outline.measured_turn_deg`). The 3-D landmarks serve for the start alone: their errors stay for
        seconds and would soon outweigh the picture.
        """
        assert self.mean is not None
        assert self.covariance is not None
        frame = self._frame(image_px, visibility, shin_turn_deg=shin_turn_deg)
        if self._start is None:
            start, iterations = self.mean, _ITERATIONS
        else:
            # The start only says where to linearize: its frames are measured again here, from the bare prior.
            start, iterations, self._start = self._start, _START_ITERATIONS, None
        self.mean, self.covariance, _ = self._fit(self.mean, self.covariance, frame, start, iterations)
        return self._residual(self.mean, frame)

    def _frame(
        self,
        image_px: FloatArray,
        visibility: FloatArray,
        world_m: FloatArray | None = None,
        shin_turn_deg: FloatArray | None = None,
    ) -> _Frame:
        points = list(POINTS)
        px = image_px[points]
        outside = (px < 0).any(axis=1) | (px[:, 0] > self.camera.width_px) | (px[:, 1] > self.camera.height_px)
        scale = 1.0 / np.clip(visibility[points], 0.25, 1.0) * np.where(outside, 4.0, 1.0)
        if world_m is not None:
            hips = world_m[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
            return _Frame(px, scale, world_m[points] - hips)
        # Errors of neighbouring frames are alike: a frame counts as the share it is of the time they stay alike.
        alike = np.sqrt(max(self.noise.alike_s / self._dt_s, 1.0))
        if shin_turn_deg is None or not np.isfinite(shin_turn_deg).any():
            return _Frame(px, alike * scale, None)
        along = px[ANKLES] - px[KNEES]
        shins = np.arctan2(along[:, 0], along[:, 1]) - np.radians(shin_turn_deg)
        return _Frame(px, alike * scale, None, shins, float(alike * self.noise.outline_rad[2]))

    def _linearize(self, state: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        """Pixels (8, 2) without offsets, points from mid-hip (8, 3), derivatives of both, and pixels per metre (8,)."""
        points, slopes = linearize(state, self.reference, self.noise.shape)
        scale = self.camera.focal_px * np.exp(state[N_POSE - 1]) / np.maximum(points[:, 2], 0.1)
        # A landmark's offset is a shift of its point in the plane of the picture.
        ray = (points[:, :2] + offsets_xy_m(state)) / points[:, 2:]
        image_slopes = np.zeros((2 * N_POINTS, N_STATE))
        by_pose = scale[:, None, None] * (slopes[:, :2] - ray[:, :, None] * slopes[:, 2:])
        image_slopes[:, : N_POSE - 1] = by_pose.reshape(-1, N_POSE - 1)
        image_slopes[:, N_POSE - 1] = (ray * (scale * points[:, 2])[:, None]).ravel()
        image_slopes[:, OFFSETS] = np.repeat(scale, 2)[:, None] * OFFSET_MIX
        hint_slopes = np.zeros((3 * N_POINTS, N_STATE))
        hint_slopes[:, : N_POSE - 1] = (slopes - slopes[2:4].mean(axis=0)).reshape(-1, N_POSE - 1)
        px = scale[:, None] * points[:, :2] + (self.camera.cx_px, self.camera.cy_px)
        return px, points - points[2:4].mean(axis=0), image_slopes, hint_slopes, scale

    def _fit(
        self, prior: FloatArray, prior_covariance: FloatArray, frame: _Frame, start: FloatArray, iterations: int
    ) -> tuple[FloatArray, FloatArray, float]:
        """Maximum a posteriori state by damped Gauss-Newton with Student-t weights; mean, covariance and cost."""
        information = np.asarray(np.linalg.inv(prior_covariance), dtype=np.float64)
        state, damping = start.copy(), 0.0 if iterations <= _ITERATIONS else 1e-2
        hessian, gradient, cost = self._normal_equations(state, prior, information, frame)
        for _ in range(iterations):
            step = np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), gradient)
            if not damping:
                state = state + step
                if np.abs(step[:N_POSE]).max() < _SMALL_STEP:
                    break
                hessian, gradient, cost = self._normal_equations(state, prior, information, frame)
                continue
            trial = self._normal_equations(state + step, prior, information, frame)
            if trial[2] < cost:
                done = cost - trial[2] < 1e-4 * cost
                state, (hessian, gradient, cost), damping = state + step, trial, damping / 5
                if done:
                    break
            else:
                damping = min(damping * 8, 1e6)
        covariance = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
        return state, 0.5 * (covariance + covariance.T), cost

    def _normal_equations(
        self, state: FloatArray, prior: FloatArray, information: FloatArray, frame: _Frame
    ) -> tuple[FloatArray, FloatArray, float]:
        px, hint, image_slopes, hint_slopes, scale = self._linearize(state)
        px = px + scale[:, None] * offsets_xy_m(state)
        sd_px = np.hypot(self.noise.white_m * scale, self.noise.white_px) * frame.sd_scale
        gap = information @ (prior - state)
        hessian, gradient, cost = information.copy(), gap.copy(), float((prior - state) @ gap)
        looks = [((frame.image_px - px) / sd_px[:, None], image_slopes, sd_px)]
        if frame.hint_m is not None:
            looks.append(((frame.hint_m - hint) / self.noise.hint_m, hint_slopes, np.full(N_POINTS, self.noise.hint_m)))
        if frame.shins is not None:
            seen, (shins, shin_slopes) = np.isfinite(frame.shins), self._shins(state)
            miss = (frame.shins - shins)[seen, None] / frame.shins_sd
            looks.append((miss, shin_slopes[seen], np.full(len(miss), frame.shins_sd)))
        for miss, slopes, sd in looks:
            chi2, n = np.sum(miss**2, axis=1), miss.shape[1]
            root = np.sqrt((_STUDENT_DOF + n) / (_STUDENT_DOF + chi2))
            weighted = slopes * np.repeat(root / sd, n)[:, None]
            hessian += weighted.T @ weighted
            gradient += weighted.T @ (root[:, None] * miss).ravel()
            cost += float((_STUDENT_DOF + n) * np.log1p(chi2 / _STUDENT_DOF).sum())
        return hessian, gradient, cost

    def _shins(self, state: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Directions of the shins in the mask, (2,) as in `_Frame`, and their derivatives (2, N_STATE)."""
        points, slopes = linearize(state, self.reference)
        ray = points[:, :2] / points[:, 2:]
        ray_slopes = (slopes[:, :2] - ray[:, :, None] * slopes[:, 2:]) / points[:, 2:, None]
        x, y = (ray[ANKLES] - ray[KNEES]).T
        x_slopes, y_slopes = (ray_slopes[ANKLES] - ray_slopes[KNEES]).swapaxes(0, 1)
        out = np.zeros((2, N_STATE))
        out[:, : N_POSE - 1] = (y[:, None] * x_slopes - x[:, None] * y_slopes) / (x**2 + y**2)[:, None]
        out[:, OUTLINES] = np.diag(_OUTWARDS)
        return np.arctan2(x, y) + _OUTWARDS * state[OUTLINES], out

    def _residual(self, state: FloatArray, frame: _Frame) -> float:
        """How badly the landmarks fit, offsets not counted, and how far the pose is from the expected one.

        Root of the sum of squares over both, in standard deviations, per picture coordinate: a wrong limb can be
        explained by an impossible pose, so both have to count.
        """
        points = forward_kinematics(state, self.reference, self.noise.shape)
        scale = self.camera.focal_px * np.exp(state[N_POSE - 1]) / np.maximum(points[:, 2], 0.1)
        px = scale[:, None] * points[:, :2] + (self.camera.cx_px, self.camera.cy_px)
        sd_px = np.hypot(self.noise.total_m() * scale[:, None], self.noise.white_px)
        miss = (frame.image_px - px) / sd_px
        odd = ((state - self._prior_mean) / self.prior_sd)[_EXPECTED]
        return float(np.sqrt((np.sum(miss**2) + np.sum(odd**2)) / miss.size))
