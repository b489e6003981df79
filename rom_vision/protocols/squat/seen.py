"""One repetition of a squat and what its view showed of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.frontal import FrontalCurves
from rom_vision.protocols.squat.phases import Legs
from rom_vision.protocols.squat.sagittal import SagittalCurves
from rom_vision.results.parts import Side

__all__ = ["FPPA_MAX_FLEXION_DEG", "SIDES", "VISIBLE", "SquatSeen"]

SIDES: tuple[Side, Side] = ("left", "right")
VISIBLE = 0.5
"""Visibility from which a landmark is seen and not guessed (our own heuristic)."""
FPPA_MAX_FLEXION_DEG = 65.0
"""Up to here the frontal-plane projection angle is defined; deeper, the thigh points at the camera."""


@dataclass(frozen=True)
class SquatSeen:
    """One repetition and what its view showed.

    Attributes
    ----------
    number : from 1.
    frames : (T,) indices into the track; ``time_s`` (T,).
    at_rest : indices (into the T) of the standing frames.
    during : (T,) True from leaving standing to standing again.
    bottom : index of the deepest frame.
    view, azimuth_deg : from where it was filmed.
    frontal, sagittal : its curves; one of them.
    legs : both, or the leg stood on.
    left_lower : left ankle below the right one in the picture, leg lengths.
    leg_px : length of the straight leg, pixels.
    distance : of the camera, leg lengths, as far as the lens is known.
    visibility : (T, 33) the model's own.
    bends_alike : whether both thighs go down alike.
    """

    number: int
    frames: npt.NDArray[np.int_]
    time_s: FloatArray
    at_rest: npt.NDArray[np.int_]
    during: npt.NDArray[np.bool_]
    bottom: int
    view: str
    azimuth_deg: float
    frontal: FrontalCurves | None
    sagittal: SagittalCurves | None
    legs: Legs = "both"
    left_lower: float = 0.0
    leg_px: float = 200.0
    distance: float = 4.5
    visibility: FloatArray | None = None
    bends_alike: bool = True

    def sees(self, *names: str, least: float = VISIBLE) -> npt.NDArray[np.bool_]:
        """(T,) where the model sees all of the landmarks of these names (LEFT_KNEE ...)."""
        if self.visibility is None:
            return np.ones(len(self.time_s), dtype=bool)
        return np.asarray((self.visibility[:, [Landmark[name] for name in names]] >= least).all(axis=1))

    @property
    def hides_standing_leg(self) -> bool:
        """Whether the only leg that stands is behind the other one."""
        return self.sagittal is not None and self.legs not in ("both", self.sagittal.side)

    @property
    def knee_flexion_deg(self) -> dict[Side, float]:
        """Knee flexion at the bottom, degrees, of the legs that stand and are seen."""
        near = slice(max(self.bottom - 1, 0), self.bottom + 2)
        if self.hides_standing_leg:
            return {}
        if self.sagittal is not None:
            return {self.sagittal.side: float(np.median(self.sagittal.knee_flexion_deg[near]))}
        assert self.frontal is not None
        values = np.median(self.frontal.knee_flexion_deg[near], axis=0)
        return {side: float(v) for side, v in zip(SIDES, values, strict=True) if self.legs in ("both", side)}

    @property
    def thigh_below_deg(self) -> float:
        """Thigh below the horizontal at the bottom, degrees; mean of the legs that stand and are seen."""
        near = slice(max(self.bottom - 1, 0), self.bottom + 2)
        if self.sagittal is not None:
            return float(np.median(self.sagittal.thigh_below_deg[near]))
        assert self.frontal is not None
        standing = [i for i, side in enumerate(SIDES) if self.legs in ("both", side)]
        return float(np.median(self.frontal.thigh_below_deg[near][:, standing].mean(axis=1)))

    def curves(self) -> dict[str, FloatArray]:
        """Everything measured, by the names of the result's series."""
        if self.hides_standing_leg:
            return {}
        if self.sagittal is not None:
            s = self.sagittal
            return {
                f"{s.side}_knee_flexion_deg": s.knee_flexion_deg,
                "thigh_below_horizontal_deg": s.thigh_below_deg,
                "trunk_lean_deg": s.trunk_deg,
                "tibia_lean_deg": s.tibia_deg,
                "foot_pitch_deg": s.foot_deg,
                "arm_deg": s.arm_deg,
            }
        assert self.frontal is not None
        f = self.frontal
        out = {}
        for i, side in enumerate(SIDES):
            if self.legs not in ("both", side):
                continue
            if self.view != "back":
                out[f"{side}_knee_flexion_deg"] = f.knee_flexion_deg[:, i]
            out[f"{side}_knee_in_deg"] = f.knee_in_deg[:, i]
            out[f"{side}_fppa_deg"] = np.where(
                f.knee_flexion_deg[:, i] <= FPPA_MAX_FLEXION_DEG, f.fppa_deg[:, i], np.nan
            )
            out[f"{side}_knee_medial_pct"] = f.medial_pct[:, i]
            out[f"{side}_shank_deg"] = f.shank_deg[:, i]
        return out | {
            "knee_ankle_ratio": f.kasr,
            "thigh_below_horizontal_deg": f.thigh_below_deg.mean(axis=1),
            "lateral_shift_pct": f.shift_pct,
            "pelvis_list_deg": f.list_deg,
            "trunk_side_bend_deg": f.side_bend_deg,
        }
