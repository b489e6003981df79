"""What is known of the body in the test positions before it is seen."""

from __future__ import annotations

from rom_vision.body.noise import seated_noise, supine_noise
from rom_vision.body.posture import LegPrior, Posture
from rom_vision.results.parts import Position, Side

__all__ = ["THIGH_TAU_S", "posture_for"]

THIGH_TAU_S = 60.0
"""Longer than a recording: what the seat keeps is constant (our own heuristic)."""


def posture_for(position: Position, side: Side, model: str = "heavy", *, thigh_tau_s: float = THIGH_TAU_S) -> Posture:
    """Prior of the body in the test position, for the estimator.

    Both positions want hip and knee at 90 degrees; the rotation itself is left free (spread 60 degrees: a narrower
    one pulls the answer towards zero). Spreads: our own heuristics for how exactly people take up the position.
    Sitting, thigh axis and knee bend are constants (``thigh_tau_s``: longer than a recording), unless they may move.
    """
    if position == "seated":
        tested = LegPrior((90, 6), (-3.5, 5), (0, 60), (89, 6.5), tau_s=thigh_tau_s)
        other = LegPrior((90, 8), (-6, 10), (0, 20), (91, 12), tau_s=15.0)
        left, right = (tested, other) if side == "left" else (other, tested)
        return Posture(left=left, right=right, upright=True, noise=seated_noise(model))
    tested = LegPrior((90, 7), (-3.5, 5), (0, 60), (90, 7), tau_s=6.0)
    other = LegPrior((25, 30), (-4, 8), (0, 15), (40, 45), rotation_tau_s=10.0, tau_s=10.0)
    left, right = (tested, other) if side == "left" else (other, tested)
    return Posture(
        left=left,
        right=right,
        upright=False,
        first_level_sd_deg=(12.0, 3.0),
        noise=supine_noise(side),
        pelvis_sd_deg=(12.0, 20.0, 20.0),
        pelvis_tau_s=(20.0, 20.0, 20.0),
        trunk_sd_deg=(3.0, 8.0, 12.0),
    )
