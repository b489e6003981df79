"""What a protocol knows about the body before it sees it: prior means, spreads and time constants of the state."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rom_vision.body.model import N_STATE, STATE, UPRIGHT_FACING, pose_slice
from rom_vision.body.noise import LandmarkNoise
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray

__all__ = ["LegPrior", "Posture"]


@dataclass(frozen=True)
class LegPrior:
    """Prior of one leg's joint angles: (mean, standard deviation) in degrees.

    ``rotation_tau_s`` is how soon the rotation forgets where it was; ``tau_s`` the same of the other three, which a
    test wants to stay as they are.
    """

    hip_flexion_deg: tuple[float, float]
    hip_adduction_deg: tuple[float, float]
    hip_rotation_deg: tuple[float, float]
    knee_angle_deg: tuple[float, float]
    rotation_tau_s: float = 2.0
    tau_s: float = 2.0


@dataclass(frozen=True)
class Posture:
    """Prior of the whole body for one protocol.

    Attributes
    ----------
    left, right : priors of the legs.
    noise : where landmarks lie beside the joints in this position.
    upright : True when the pelvis is upright before a roughly level camera that sees its front (sitting); False when
        its orientation is unknown (lying), and is then started from the 3-D hints.
    first_level_sd_deg : spread of pelvis list and trunk bend in the first picture, when the person still rests level:
        what hip and shoulder line show beyond it is taken for the landmarks' own error.
    pelvis_sd_deg : spread of pelvis list, rotation and tilt about the reference orientation.
    pelvis_tau_s : their time constants: a pelvis that lists soon comes back, one that is turned or tilted stays so.
    trunk_sd_deg : spread of trunk bend, twist and flexion relative to the pelvis.
    """

    left: LegPrior
    right: LegPrior
    upright: bool
    noise: LandmarkNoise
    first_level_sd_deg: tuple[float, float] = (2.0, 3.0)
    pelvis_sd_deg: tuple[float, float, float] = (12.0, 40.0, 12.0)
    trunk_sd_deg: tuple[float, float, float] = (12.0, 10.0, 14.0)
    pelvis_tau_s: tuple[float, float, float] = (2.0, 20.0, 20.0)
    reference: FloatArray = field(default_factory=lambda: UPRIGHT_FACING)

    def references(self, world_m: FloatArray) -> list[FloatArray]:
        """Reference orientations to start from, given one frame's (33, 3) world landmarks."""
        if self.upright:
            return [self.reference]
        starts = []
        for flip in (1.0, -1.0):
            axes = _trunk_axes(world_m * np.array([1.0, 1.0, flip]))
            if axes is not None:
                starts.append(axes)
        return starts or [self.reference]

    def prior(self, depth_m: float, bearing: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Prior mean, standard deviation and time constant of the state, each (N_STATE,), radians.

        ``depth_m`` and ``bearing`` (2,) are rough guesses of the pelvis' distance and direction.
        """
        mean, sd, tau_s = np.zeros(N_STATE), np.ones(N_STATE), np.full(N_STATE, np.inf)
        mean[:3] = (*bearing, np.log(depth_m))
        sd[:3], tau_s[:3] = (0.2, 0.2, 0.4), 10.0
        sd[3:6], tau_s[3:6] = np.radians(self.pelvis_sd_deg), self.pelvis_tau_s
        sd[6:9], tau_s[6:9] = np.radians(self.trunk_sd_deg), 3.0
        for side, leg in (("left", self.left), ("right", self.right)):
            entries = pose_slice(side)
            pairs = (leg.hip_flexion_deg, leg.hip_adduction_deg, leg.hip_rotation_deg, leg.knee_angle_deg)
            mean[entries] = np.radians([p[0] for p in pairs])
            sd[entries] = np.radians([p[1] for p in pairs])
            tau_s[entries] = (leg.tau_s, leg.tau_s, leg.rotation_tau_s, leg.tau_s)
        lengths = slice(STATE["thigh"], STATE["focal"])
        sd[lengths] = (0.065, 0.04, 0.06, 0.05, 0.06)
        return mean, sd, tau_s


def _trunk_axes(world_m: FloatArray) -> FloatArray | None:
    left_hip, right_hip = world_m[Landmark.LEFT_HIP], world_m[Landmark.RIGHT_HIP]
    shoulders = world_m[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=0)
    y = shoulders - (left_hip + right_hip) / 2
    if not np.isfinite(y).all() or np.linalg.norm(y) < 1e-3:
        return None
    y = y / np.linalg.norm(y)
    z = (right_hip - left_hip) - ((right_hip - left_hip) @ y) * y
    if np.linalg.norm(z) < 1e-3:
        return None
    z = z / np.linalg.norm(z)
    return np.column_stack([np.cross(y, z), y, z])
