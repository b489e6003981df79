"""How far MediaPipe's landmarks lie from the joint centres, and how that error behaves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rom_vision.body.learned import LearnedLandmarks, learned_body
from rom_vision.body.model import OFFSETS, OUTLINES, LandmarkShape
from rom_vision.pose.track import FloatArray

__all__ = ["LandmarkNoise", "seated_noise", "supine_noise"]


def _outline_rad() -> tuple[float, float, float]:
    mean, sd, jitter = np.radians(learned_body().outline_deg).tolist()
    return mean, sd, jitter


@dataclass(frozen=True)
class LandmarkNoise:
    """Error model of the landmarks, metres in the plane of the picture at the landmark's depth.

    What has no default was learned (see `rom_vision.body.learned`); the defaults are our own heuristics.

    Attributes
    ----------
    shape : where the landmarks lie on average.
    common_sd_m, differential_sd_m : (4, 2) spread of the offset of shoulders, hips, knees and ankles, across and along
        the picture, that stays the same over seconds and does not average out; of both sides together, and of the left
        against the right.
    white_m, white_px : jitter from frame to frame; the pixel part is a floor.
    interval_scale : what share of the propagated standard deviation the errors really had.
    offset_tau_s : time constant of the slow offset.
    alike_s : how long errors of neighbouring frames stay alike, so that more frames a second are not more knowledge.
    hint_m : trust in the 3-D world landmarks, per coordinate: only enough to pick the right one of mirror solutions.
    outline_rad : mean of a shin's outline's turn against the line between the joints, outwards, its spread, which
        hardly changes over a recording, and its jitter from frame to frame.
    outline_tau_s : time constant of the slow part.
    """

    shape: LandmarkShape
    common_sd_m: FloatArray
    differential_sd_m: FloatArray
    white_m: float
    interval_scale: float
    offset_tau_s: float = 8.0
    alike_s: float = 0.5
    white_px: float = 0.7
    hint_m: float = 0.4
    outline_rad: tuple[float, float, float] = field(default_factory=_outline_rad)
    outline_tau_s: float = 20.0

    def fill_prior(self, mean: FloatArray, sd: FloatArray, tau_s: FloatArray) -> None:
        """Write the prior of what errs slowly into that of a state, in place.

        Parameters
        ----------
        mean, sd, tau_s : (N_STATE,) mean, standard deviation (offsets: metres, turns: radians) and time constant
            (seconds) of each entry of the state.
        """
        mean[OFFSETS] = 0.0
        sd[OFFSETS] = np.stack([self.common_sd_m, self.differential_sd_m], axis=1).ravel()
        tau_s[OFFSETS] = self.offset_tau_s
        mean[OUTLINES], sd[OUTLINES], _ = self.outline_rad
        tau_s[OUTLINES] = self.outline_tau_s

    def total_m(self) -> FloatArray:
        """(8, 2) standard deviation of each coordinate of each model point, slow and fast parts together."""
        return np.repeat(np.hypot(np.hypot(self.common_sd_m, self.differential_sd_m), self.white_m), 2, axis=0)


def seated_noise(model: str = "heavy") -> LandmarkNoise:
    """Landmarks of people who sit before the camera.

    ``model`` is the name of the pose model: how much wider the interval of a lighter one has to be was counted.
    """
    learned = learned_body()
    lighter = 1.0 if model == "heavy" else learned.lighter_model_scale
    return _noise(learned.seated, "left", learned.interval_scale["seated"] * lighter)


def supine_noise(side: str) -> LandmarkNoise:
    """Landmarks of people who lie with the leg of ``side`` raised, seen from above or from behind the head.

    The hip landmark of the raised leg lies further up the body than that of the other.
    """
    learned = learned_body()
    return _noise(learned.supine, side, learned.interval_scale["supine"])


def _noise(learned: LearnedLandmarks, side: str, interval_scale: float) -> LandmarkNoise:
    """Error model with the tested leg on ``side``."""
    sides = (learned.tested_m, learned.other_m) if side == "left" else (learned.other_m, learned.tested_m)
    offsets_m = np.stack(sides, axis=1)
    return LandmarkNoise(
        LandmarkShape(offsets_m, learned.knee_swing_m, learned.list_gain, learned.list_leak),
        common_sd_m=learned.common_sd_m,
        differential_sd_m=learned.differential_sd_m,
        white_m=learned.white_m,
        interval_scale=interval_scale,
    )
