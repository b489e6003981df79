"""The curves that the hip rotation protocol looks at: joint angles, and what is believed of them.

Two things are known of the test beyond the picture: the pelvis mostly stays where it is, and the shin is about straight
at rest. Both are used in proportion to how far the landmarks can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.body.angles import JointAngles
from rom_vision.pose.track import BoolArray, FloatArray
from rom_vision.protocols.hip_rotation.learned import PELVIS_NOISE_DEG, REST_ALIKE
from rom_vision.protocols.hip_rotation.pelvis import believed_list
from rom_vision.protocols.repetitions import rest_level
from rom_vision.results.parts import Position, Side

__all__ = ["QUIET_DEG", "RotationCurves", "rest_share", "rest_trust", "rotation_curves"]

REST_SPREAD_DEG = {"seated": 3.0, "supine": 6.0}
"""How far a relaxed shin hangs from plumb, or, lying, is held from the line of the body (standard deviation; our own
heuristic)."""
REST_TRUSTED_DEG, REST_FADE_DEG = 10.0, 6.0
"""A shin that rests further from plumb than the first is not taken for a hanging one (clinical evidence, 3.2): less and
less over the second (our own heuristic), for one tenth of a degree must not change a reading by five."""
QUIET_DEG = 4.0
"""Nearer to the rest than this the leg rests (our own heuristic)."""

UNKNOWN_SD_DEG = 104.0
"""An angle known no better is not known at all: the standard deviation over the whole circle, 360 / sqrt(12)."""


@dataclass(frozen=True)
class RotationCurves:
    """What the protocol looks at, all (T,), degrees but for ``time_s`` and ``residual``; NaN where nobody was found.

    Attributes
    ----------
    rotation, sd : hip rotation relative to the pelvis, internal +, and its standard deviation; NaN where nothing is
        known of it.
    pelvis : movement of the pelvis from its rest, tested side up +.
    trunk : side lean from its rest, to the person's right +.
    knee, flexion : knee and hip flexion.
    inclination : of the shank about the thigh against gravity.
    view : between the thigh and the line of sight.
    camera_side : how far the camera stands to the side of the body.
    residual : of the fit, see `JointAngles`.
    unsound : (T,) bool, see `PoseTrack`.
    """

    time_s: FloatArray
    rotation: FloatArray
    sd: FloatArray
    pelvis: FloatArray
    trunk: FloatArray
    knee: FloatArray
    flexion: FloatArray
    inclination: FloatArray
    view: FloatArray
    camera_side: FloatArray
    residual: FloatArray
    unsound: BoolArray


def rotation_curves(
    angles: JointAngles,
    side: Side,
    position: Position,
    unsound: BoolArray,
    hip_line_deg: float = PELVIS_NOISE_DEG,
) -> RotationCurves:
    """Take the tested leg's curves out of all joint angles, and correct them by what is known of the test.

    ``hip_line_deg`` is the scale of the hip line's error, see `believed_list`.
    """
    suffix = side[0]
    sign = 1.0 if side == "left" else -1.0
    rotation, sd = angles.angle(f"hip_rotation_{suffix}"), angles.sd(f"hip_rotation_{suffix}")
    unknown = sd > UNKNOWN_SD_DEG
    rotation, sd = np.where(unknown, np.nan, rotation), np.where(unknown, np.nan, sd)
    pelvis, trunk = sign * angles.angle("pelvis_list"), angles.angle("trunk_lean")
    quiet = np.isfinite(rotation)
    if quiet.any():
        rest = rest_level(angles.time_s, rotation)
        quiet = quiet & (np.abs(rotation - rest) < QUIET_DEG)
        pelvis, trunk = pelvis - np.median(pelvis[quiet]), trunk - np.median(trunk[quiet])
        if position == "seated":
            believed, spread = believed_list(pelvis, sign * trunk, rotation - rest, hip_line_deg)
            rotation, pelvis = rotation + pelvis - believed, believed
            # The list that the landmarks show is one part of the rotation's variance: what is believed takes its place.
            sd = np.sqrt(np.maximum(sd**2 - hip_line_deg**2, 0.0) + spread**2)
        rotation, sd = _rested(rotation, sd, rest, quiet, position)
    return RotationCurves(
        angles.time_s,
        rotation,
        sd,
        pelvis,
        trunk,
        angles.angle(f"knee_angle_{suffix}"),
        angles.angle(f"hip_flexion_{suffix}"),
        angles.angle(f"shank_inclination_{suffix}"),
        angles.angle(f"thigh_view_{suffix}"),
        angles.angle("camera_side"),
        angles.residual,
        unsound,
    )


def rest_trust(rest_deg: float) -> float:
    """How far a shin that is read at ``rest_deg`` is taken for one that hangs, 0 to 1."""
    return float(np.clip(1 + (REST_TRUSTED_DEG - abs(rest_deg)) / REST_FADE_DEG, 0.0, 1.0))


def rest_share(sd_deg: float, position: Position) -> float:
    """Share of what is read at rest that is this view's error, given the reading's standard deviation there."""
    return sd_deg**2 / (sd_deg**2 + REST_SPREAD_DEG[position] ** 2)


def _rested(
    rotation: FloatArray, sd: FloatArray, rest: float, quiet: npt.NDArray[np.bool_], position: Position
) -> tuple[FloatArray, FloatArray]:
    """Rotation and its standard deviation, given that the shin is about straight at rest.

    What is read at rest is partly the person's own and partly the error of this view, which stays the same through the
    recording (a bend of the knee seen askew, the set of the landmarks). The share of the error in it, by the two
    spreads, is taken off everywhere.
    """
    share = rest_trust(rest) * rest_share(float(np.mean(sd[quiet])), position)
    return rotation - share * rest, sd * np.sqrt(1 - REST_ALIKE * share)
