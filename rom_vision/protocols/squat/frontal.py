"""What a squat looks like from in front or behind: knees, pelvis and trunk against the body's own frontal plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.body.balance import mass_ahead
from rom_vision.body.leg_chain import LegChain, Standing, body_axes, leg_chain
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.over_foot import MEDIAL, over_foot
from rom_vision.protocols.squat.phases import Legs
from rom_vision.protocols.squat.view import foot_across

__all__ = ["FrontalCurves", "frontal_curves", "plant_feet", "settle_azimuth"]

_FEET = {side: [Landmark[f"{side}_{name}"] for name in ("ANKLE", "HEEL", "FOOT_INDEX")] for side in ("LEFT", "RIGHT")}


@dataclass(frozen=True)
class FrontalCurves:
    """Curves over the frames of one span; the second axis of paired ones is left, right. Medial, left and down +.

    Attributes
    ----------
    knee_in_deg : (T, 2) turn of the knee about the line from hip to ankle, out of the sagittal plane: equals the
        frontal-plane projection angle at about 55 degrees of knee flexion and, unlike it, keeps its meaning at depth.
        NaN where the knee is too straight to tell.
    in_of_foot_deg : (T, 2) turn of the knee inwards from over its foot; `in_of_foot_doubt`: how many times less surely
        than of a foot that points at the camera (see `rom_vision.protocols.squat.over_foot`).
    fppa_deg : (T, 2) frontal-plane projection angle, valgus +.
    medial_pct : (T, 2) knee medial of the vertical plane through its hip and ankle, % of leg length.
    shank_deg : (T, 2) frontal shank angle, knee medial of the ankle +.
    kasr : (T,) knee-to-ankle separation ratio.
    knee_flexion_deg : (T, 2).
    thigh_below_deg : (T, 2) thigh below the horizontal +.
    shift_pct : (T,) middle of the hips against the middle of the ankles, to the left +, % of the ankles' distance.
    hip_height : (T,) middle of the hips over the ankles, leg lengths.
    list_deg : (T,) hip line against the horizontal, right side down +.
    side_bend_deg : (T,) line from mid-hip to mid-shoulder against the vertical, to the right +.
    mass_ahead : (T,) centre of mass ahead of the ankles, leg lengths.
    turnout_deg : (2,) direction of each foot, outward +.
    stance : distance of the ankles, leg lengths.
    """

    knee_in_deg: FloatArray
    in_of_foot_deg: FloatArray
    in_of_foot_doubt: FloatArray
    fppa_deg: FloatArray
    medial_pct: FloatArray
    shank_deg: FloatArray
    kasr: FloatArray
    knee_flexion_deg: FloatArray
    thigh_below_deg: FloatArray
    shift_pct: FloatArray
    hip_height: FloatArray
    list_deg: FloatArray
    side_bend_deg: FloatArray
    mass_ahead: FloatArray
    turnout_deg: FloatArray
    stance: float

    def shift_change_pct(self, at_rest: npt.NDArray[np.int_]) -> FloatArray:
        """(T,) `shift_pct` without what it shows in standing (frames ``at_rest``).

        Nobody stands with the hips beside the feet: such a shift is a camera that leans, and shrinks as the hips come
        down.
        """
        height = self.hip_height / np.median(self.hip_height[at_rest])
        return np.asarray(self.shift_pct - np.median(self.shift_pct[at_rest]) * height)

    def side_bend_change_deg(self, at_rest: npt.NDArray[np.int_]) -> FloatArray:
        """(T,) `side_bend_deg` without what it shows in standing (frames ``at_rest``), as far as that can be so."""
        rest = float(np.clip(np.median(self.side_bend_deg[at_rest]), -STANDING_BEND_DEG, STANDING_BEND_DEG))
        return np.asarray(self.side_bend_deg - rest)


STANDING_BEND_DEG = 4.0
"""Nobody stands bent sideways by more, nor does a camera lean so: it is a trunk whose lean is guessed wrong."""
FEET_SD_DEG = 3.0
MIN_KNEE_OFFSET = 0.13
"""Least distance of the knee from its hip-ankle line, leg lengths, at which its direction counts (30 degrees)."""


def plant_feet(image_px: FloatArray, legs: Legs = "both") -> FloatArray:
    """Hold the standing feet of (T, 33, 2) where they mostly are, and shift each picture so that they stay there.

    Planted feet do not move: what their landmarks do during a squat (drift, exchange for a moment) is error, and what
    both feet do together is the camera.
    """
    sides = ("LEFT", "RIGHT") if legs == "both" else (legs.upper(),)
    out = image_px.copy()
    feet = out[:, [i for side in sides for i in _FEET[side]]].mean(axis=1)
    out -= (feet - np.median(feet, axis=0))[:, None]
    for side in sides:
        out[:, _FEET[side]] = np.median(out[:, _FEET[side]], axis=0)
    return out


def frontal_curves(
    image_px: FloatArray, standing: Standing, camera: Camera, azimuth_deg: float, legs: Legs = "both"
) -> FrontalCurves:
    """Measure one span of (T, 33, 2) landmarks with planted feet.

    Parameters
    ----------
    image_px : landmarks, pixels, smoothed.
    standing : the person standing, from the same span.
    camera : lens.
    azimuth_deg : where the camera stands.
    legs : both, or the leg stood on; what is said of the other one then means nothing.
    """
    chain = leg_chain(image_px, standing, camera, azimuth_deg, legs)
    left, forward = body_axes(azimuth_deg)
    hip, knee, ankle = chain.hip, chain.knee, chain.ankle
    upward = (ankle - hip)[..., 1]
    share = (ankle - knee)[..., 1] / np.maximum(upward, 1e-6)
    offset = knee - ankle - share[..., None] * (hip - ankle)
    medial, ahead = MEDIAL * (offset @ left), offset @ forward
    knee_in = np.degrees(np.arctan2(medial, np.maximum(ahead, 0.05)))
    knee_in[np.hypot(medial, ahead) < MIN_KNEE_OFFSET] = np.nan
    shank = _slope_deg(MEDIAL * ((knee - ankle) @ left), (ankle - knee)[..., 1])
    thigh = _slope_deg(MEDIAL * ((hip - knee) @ left), (knee - hip)[..., 1])
    apart = np.maximum(((ankle[:, 0] - ankle[:, 1]) @ left), 0.05)
    middle = hip.mean(axis=1)
    trunk = chain.shoulder - middle
    below = np.degrees(np.arctan2((hip - knee)[..., 1], np.hypot((hip - knee)[..., 0], (hip - knee)[..., 2])))
    level = np.clip(1.0 + below / 90.0, 0.0, 1.0)
    flexion = _knee_flexion_deg(chain) + LEARNED.front_knee_deg * level
    of_foot = over_foot(chain, flexion, standing, camera, azimuth_deg)
    return FrontalCurves(
        knee_in_deg=knee_in,
        in_of_foot_deg=np.where(np.isfinite(knee_in), of_foot.turn_deg, np.nan),
        in_of_foot_doubt=of_foot.doubt,
        fppa_deg=shank - thigh,
        medial_pct=100 * medial,
        shank_deg=shank,
        kasr=((knee[:, 0] - knee[:, 1]) @ left) / apart,
        knee_flexion_deg=flexion,
        thigh_below_deg=below + LEARNED.front_thigh_deg * level,
        shift_pct=100 * ((middle - ankle.mean(axis=1)) @ left) / apart,
        hip_height=upward.mean(axis=1),
        list_deg=_list_deg(image_px, left),
        side_bend_deg=_slope_deg(-(trunk @ left), -trunk[:, 1]),
        mass_ahead=mass_ahead(chain.shoulder @ forward, *(j.mean(axis=1) @ forward for j in (hip, knee, ankle))),
        turnout_deg=turnout_deg(standing, camera, azimuth_deg),
        stance=float(np.median(apart)),
    )


def settle_azimuth(
    image_px: FloatArray,
    standing: Standing,
    camera: Camera,
    azimuth_deg: float,
    at_rest: npt.NDArray[np.int_],
    deep: npt.NDArray[np.bool_],
) -> float:
    """Correct the azimuth read from the feet by what the body does: return the azimuth that makes it most symmetric.

    An azimuth that is off shifts the pelvis and bends the trunk in a fixed proportion; a fault does one of these
    alone. So each counts with a heavy tail (Cauchy), and the feet keep their say. The spreads are our own heuristics
    for squats without a fault. Knees say nothing here: over the feet of a pelvis that shifts they turn, too.

    Parameters
    ----------
    image_px : (T, 33, 2) landmarks of one span, feet planted.
    azimuth_deg : as the feet say.
    at_rest : indices of the frames in which the person stands.
    deep : (T,) frames in which the knees are well bent.
    """
    if not deep.any():
        return azimuth_deg
    looked_at = image_px[np.r_[at_rest, np.flatnonzero(deep)]]
    rest = np.arange(len(at_rest))

    def cost(off: float) -> float:
        c = frontal_curves(looked_at, standing, camera, azimuth_deg + off)
        faults = (
            (float(np.median(c.shift_change_pct(rest)[len(rest) :])), 4.0),
            (float(np.median(c.side_bend_change_deg(rest)[len(rest) :])), 2.5),
        )
        return (off / FEET_SD_DEG) ** 2 + sum(math.log1p((value / spread) ** 2) for value, spread in faults)

    coarse = min(np.arange(-8.0, 9.0, 2.0), key=cost)
    return azimuth_deg + float(min((coarse - 1.0, coarse, coarse + 1.0), key=cost))


def turnout_deg(standing: Standing, camera: Camera, azimuth_deg: float) -> FloatArray:
    """Direction of the left and the right foot (2,), outward +, degrees, from heel and toe while standing."""
    p = standing.image_px
    behind = abs(azimuth_deg) > 90
    turned = azimuth_deg - np.sign(azimuth_deg) * 180 if behind else azimuth_deg
    out = []
    for side, outward in (("LEFT", 1.0), ("RIGHT", -1.0)):
        across = foot_across(p, side, standing.leg_px, camera, -1.0 if behind else 1.0)
        pointing = np.degrees(np.arcsin(np.clip(across, -1, 1)))
        out.append(outward * ((-pointing if behind else pointing) + turned))
    return np.array(out)


def _knee_flexion_deg(chain: LegChain) -> FloatArray:
    thigh, shank = chain.hip - chain.knee, chain.knee - chain.ankle
    cosine = np.sum(thigh * shank, -1) / np.maximum(
        np.linalg.norm(thigh, axis=-1) * np.linalg.norm(shank, axis=-1), 1e-9
    )
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def _list_deg(image_px: FloatArray, left: FloatArray) -> FloatArray:
    across = image_px[:, Landmark.LEFT_HIP] - image_px[:, Landmark.RIGHT_HIP]
    return np.degrees(np.arctan2(-across[:, 1], np.sign(left[0]) * across[:, 0]))


def _slope_deg(sideways: FloatArray, up: FloatArray) -> FloatArray:
    return np.asarray(np.degrees(np.arctan2(sideways, up)))
