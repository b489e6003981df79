"""What is believed of a sitting pelvis: whether it moved with the swing, and by how much.

The hip line is the noisiest in the picture (2 to 4 degrees in a frame: clinical evidence, 3.3). What it shows of a
still pelvis must not go into the rotation, and a real hike must not be lost. Two things tell them apart: a pelvis that
moves takes the trunk along, unless the back bends by just as much the other way; and a body cheats to get further, so
that the pelvis moves the way that helps the swing.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.learned import PELVIS_NOISE_DEG

__all__ = ["NOISE_DOF", "believed_list"]

# Our own heuristics.
STILL_DEG, MOVES_DEG, MOVES_SHARE = 1.0, 8.0, 0.3
"""A sitting pelvis stays within the first (standard deviation) or, in this share of swings, moves by the second."""
HELPS_SHARE, HELPS_FROM_DEG = 0.95, 10.0
"""This share of the pelvises that move do so the way that helps the swing, once the leg is so far out: turned in, the
tested side goes up (clinical evidence, 4); turned out, the other."""
SWAYS_DEG = 2.5
"""A trunk leans by itself by so much during a swing (standard deviation). Of what a moving pelvis would lean it, the
back takes back any share, from nothing to all."""

NOISE_DOF = 4.0
"""Degrees of freedom of the hip line's error, as in the estimator: clothes now and then shift it far."""

_LISTS_DEG = np.linspace(-40.0, 40.0, 321)


def believed_list(
    shown_deg: FloatArray, leaned_deg: FloatArray, out_deg: FloatArray, noise_deg: float = PELVIS_NOISE_DEG
) -> tuple[FloatArray, FloatArray]:
    """Movement of the pelvis given what the landmarks show: mean and standard deviation of what is believed, degrees.

    Bayes' rule on a grid of lists, the prior a mixture of a still pelvis and one that moves. Where it is in doubt which
    of the two is seen, the standard deviation is largest.

    Parameters
    ----------
    shown_deg : (T,) movement of the pelvis from its rest that the hip line shows, tested side up +.
    leaned_deg : (T,) lean of the trunk from its rest, away from the tested side +, as a pelvis lifted there leans it.
    out_deg : (T,) rotation of the hip from its rest, internal +.
    noise_deg : scale of the hip line's error.

    Returns
    -------
    (T,) each; NaN where the input is.
    """
    helps = 0.5 + (HELPS_SHARE - 0.5) * np.clip(out_deg / HELPS_FROM_DEG, -1.0, 1.0)
    side = np.where(_LISTS_DEG > 0, helps[:, None], np.where(_LISTS_DEG < 0, 1.0 - helps[:, None], 0.5))
    prior = (1 - MOVES_SHARE) * _normal(_LISTS_DEG, STILL_DEG) + MOVES_SHARE * 2 * side * _normal(_LISTS_DEG, MOVES_DEG)
    likely = prior * _student(shown_deg[:, None] - _LISTS_DEG, noise_deg) * _leaning(leaned_deg)
    likely /= likely.sum(axis=1, keepdims=True)
    mean = likely @ _LISTS_DEG
    spread = np.sqrt((likely * (_LISTS_DEG - mean[:, None]) ** 2).sum(axis=1))
    return np.asarray(mean), np.asarray(spread)


def _leaning(leaned_deg: FloatArray) -> FloatArray:
    """(T, N) likelihood of the trunk's lean with each list, the share that the back takes back being anything."""
    still = np.abs(_LISTS_DEG) < 1e-9
    by = np.where(still, 1.0, _LISTS_DEG)
    leaned = leaned_deg[:, None]
    near, far = leaned / SWAYS_DEG, (leaned - by) / SWAYS_DEG
    # In the tail where little is left of the normal distribution, so that nothing is lost in the difference.
    between = np.where(leaned > 0, ndtr(-far) - ndtr(-near), ndtr(near) - ndtr(far))
    return np.where(still, _normal(leaned, SWAYS_DEG), between / by)


def _normal(x: FloatArray, sd: float) -> FloatArray:
    return np.asarray(np.exp(-0.5 * (x / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))


def _student(x: FloatArray, scale: float) -> FloatArray:
    """Likelihood of an error whose tails are those of Student's distribution, but for a factor."""
    return np.asarray((1 + (x / scale) ** 2 / NOISE_DOF) ** (-(NOISE_DOF + 1) / 2))
