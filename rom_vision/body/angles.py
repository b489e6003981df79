"""`JointAngles`: the one data type for joint angles over time, each with its standard deviation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.pose.track import FloatArray

__all__ = ["JointAngles"]


@dataclass(frozen=True)
class JointAngles:
    """Joint angles over time with uncertainty.

    Attributes
    ----------
    time_s : (T,) seconds.
    names : names of the N angles, e.g. ``hip_rotation_l`` (OpenSim's names; flexion, adduction and internal rotation
        +, knee flexion +).
    angle_deg : (T, N) degrees; NaN where the person was not found.
    sd_deg : (T, N) standard deviation of each angle, degrees, systematic error of the landmarks included.
    residual : (T,) how badly the landmarks fit the leg model, in standard deviations per coordinate; about 1 for
        landmarks as good as expected, several for a wrong limb. NaN where the person was not found.

    Raises
    ------
    ValueError
        On construction, naming every fault of the arrays at once.

    Examples
    --------
    >>> angles = JointAngles(np.array([0.0]), ("knee_angle_l",), np.array([[90.0]]), np.array([[4.0]]), np.array([0.7]))
    >>> angles.angle("knee_angle_l").tolist(), angles.sd("knee_angle_l").tolist()
    ([90.0], [4.0])
    """

    time_s: FloatArray
    names: tuple[str, ...]
    angle_deg: FloatArray
    sd_deg: FloatArray
    residual: FloatArray

    def __post_init__(self) -> None:
        """Validate on construction."""
        self.validate()

    def validate(self) -> None:
        """Raise `ValueError` naming every fault of the arrays at once."""
        shape = (len(self.time_s), len(self.names))
        faults = [
            f"{name} has shape {np.shape(value)}, expected {want}"
            for name, value, want in (
                ("angle_deg", self.angle_deg, shape),
                ("sd_deg", self.sd_deg, shape),
                ("residual", self.residual, shape[:1]),
            )
            if np.shape(value) != want
        ]
        if len(set(self.names)) != len(self.names):
            faults.append("names must be unique")
        if not faults and (self.sd_deg < 0).any():
            faults.append("sd_deg must not be negative")
        if faults:
            raise ValueError("JointAngles: " + "; ".join(faults))

    def angle(self, name: str) -> FloatArray:
        """Return one angle's curve (T,), degrees.

        Raises
        ------
        ValueError
            If there is no angle of that name.
        """
        return self.angle_deg[:, self.names.index(name)]

    def sd(self, name: str) -> FloatArray:
        """Return the standard deviation (T,) of one angle, degrees; raises as `angle` does."""
        return self.sd_deg[:, self.names.index(name)]
