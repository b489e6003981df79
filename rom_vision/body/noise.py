"""How far MediaPipe's landmarks lie from the joint centres, and how that error behaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.body.model import LandmarkShape
from rom_vision.pose.track import FloatArray

__all__ = ["LandmarkNoise", "seated_noise", "supine_noise"]


@dataclass(frozen=True)
class LandmarkNoise:
    """Error model of the landmarks, metres in the plane of the picture at the landmark's depth.

    Attributes
    ----------
    shape : where the landmarks lie on average.
    common_sd_m, differential_sd_m : (4, 2) spread of the offset of shoulders, hips, knees and ankles, across and along
        the picture, that stays the same over seconds and does not average out; of both sides together, and of the left
        against the right.
    offset_tau_s : time constant of that offset.
    white_m, white_px : jitter from frame to frame; the pixel part is a floor.
    alike_s : how long errors of neighbouring frames stay alike, so that more frames a second are not more knowledge.
    interval_scale : what share of the propagated standard deviation the errors really had (from tuning people).
    hint_m : trust in the 3-D world landmarks, per coordinate: only enough to pick the right one of mirror solutions.
    """

    shape: LandmarkShape
    common_sd_m: FloatArray
    differential_sd_m: FloatArray
    offset_tau_s: float = 8.0
    white_m: float = 0.004
    alike_s: float = 0.5
    white_px: float = 0.7
    hint_m: float = 0.4
    interval_scale: float = 1.0

    def fill_prior(self, mean: FloatArray, sd: FloatArray, tau_s: FloatArray, start: int) -> None:
        """Write the offsets' prior into the tail of a state prior, in place.

        Parameters
        ----------
        mean, sd, tau_s : (N_STATE,) mean, standard deviation (metres in this part) and time constant (seconds) of each
            entry of the state.
        start : first entry of the offsets.
        """
        mean[start:] = 0.0
        sd[start:] = np.stack([self.common_sd_m, self.differential_sd_m], axis=1).ravel()
        tau_s[start:] = self.offset_tau_s

    def total_m(self) -> FloatArray:
        """(8, 2) standard deviation of each coordinate of each model point, slow and fast parts together."""
        return np.repeat(np.hypot(np.hypot(self.common_sd_m, self.differential_sd_m), self.white_m), 2, axis=0)


_LIGHTER = 1.15
"""How much larger the errors of sitting people are with a lighter model than the heavy one (tuning people)."""


def seated_noise(model: str = "heavy") -> LandmarkNoise:
    """Landmarks of people who sit before the camera: learned on synthetic people (tuning seeds, heavy model).

    ``model`` is the name of the pose model: every other than the heavy one has a wider interval.
    """
    offsets_m = np.array(
        [[0.006, 0.028, -0.005], [0.039, 0.056, -0.009], [0.015, 0.004, -0.002], [0.008, 0.023, 0.003]]
    )
    return LandmarkNoise(
        LandmarkShape(
            np.repeat(offsets_m[:, None], 2, axis=1),
            knee_swing_m=np.array([[-0.010, 0.0, 0.028], [-0.010, 0.0, 0.0]]),
            list_gain=0.6,
            list_leak=0.05,
        ),
        common_sd_m=np.array([[0.0062, 0.0068], [0.0150, 0.0179], [0.0066, 0.0121], [0.0043, 0.0091]]),
        differential_sd_m=np.array([[0.0064, 0.0041], [0.0078, 0.0057], [0.0057, 0.0079], [0.0034, 0.0057]]),
        interval_scale=0.74 * (1.0 if model == "heavy" else _LIGHTER),
    )


def supine_noise(side: str) -> LandmarkNoise:
    """Landmarks of people who lie with the leg of ``side`` raised, seen from above or from behind the head.

    Learned in the same way. The hip landmark of the raised leg lies further up the body than that of the other.
    """
    raised = np.array([[0.003, 0.025, -0.006], [0.050, 0.041, -0.016], [0.003, -0.004, -0.003], [0.006, 0.014, 0.005]])
    other = np.array([[-0.002, 0.024, -0.006], [0.028, 0.018, -0.011], [0.020, -0.008, 0.0], [-0.004, 0.004, 0.006]])
    left, right = (raised, other) if side == "left" else (other, raised)
    return LandmarkNoise(
        LandmarkShape(np.stack([left, right], axis=1), knee_swing_m=np.array([[0.0, 0.0, 0.012], [0.0, 0.0, 0.0]])),
        common_sd_m=_round_spread(0.006, 0.014, 0.011, 0.008),
        differential_sd_m=_round_spread(0.006, 0.009, 0.010, 0.006),
        interval_scale=0.76,
    )


def _round_spread(*sd_m: float) -> FloatArray:
    """Return (4, 2) spreads that are the same in every direction of the picture."""
    return np.repeat(np.array(sd_m)[:, None], 2, axis=1)
