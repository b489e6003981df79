"""The live filter over one person: starts itself, starts again when somebody comes, goes or moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom_vision.body.estimator import LegEstimator
from rom_vision.body.kinematics import angles_now, joint_angles, sd_now, shank_px_now
from rom_vision.body.model import STATE, forward_kinematics, offsets_xy_m
from rom_vision.body.recording import Passage
from rom_vision.camera import Camera
from rom_vision.pose.outline import measured_turn_deg
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.anchor import Moment
from rom_vision.protocols.hip_rotation.measure import RESIDUAL_REFUSE
from rom_vision.protocols.hip_rotation.posture import THIGH_TAU_S, posture_for
from rom_vision.results.parts import Position, Side

__all__ = ["SAME_SHAPE", "LegFit", "LiveFilter"]

# Our own heuristics.
SAME_SHAPE = 0.02
"""Pictures whose width over height differ by less than this share show the same view in another size."""
_GAP_S = 1.0
_MISFIT_S = 1.0
_LEAN_DEG = 0.5
_MOST_LOOKED_BACK = 600
"""So many pictures are smoothed at a time (a minute at ten a second): it takes a fraction of a second."""
_RESIZED = 0.2
"""Change of the person's size in the picture (logarithm) after which the distance is guessed anew."""


@dataclass(frozen=True)
class LegFit:
    """The leg model at one moment.

    Joint angles by name, the standard deviation of the tested leg's rotation, the model's points (8, 2) in the
    picture, how well it fits, and how long a shank is.
    """

    angles_deg: dict[str, float]
    rotation_sd_deg: float
    points_px: FloatArray
    residual: float
    shank_px: float


class LiveFilter:
    """Runs the estimator's filter over the live picture.

    Parameters
    ----------
    position : of the test.
    thigh_tau_s : how soon a sitting thigh may be elsewhere, as in `posture_for`.
    """

    def __init__(self, position: Position, *, thigh_tau_s: float = THIGH_TAU_S) -> None:
        self._position, self._thigh_tau_s = position, thigh_tau_s
        self._estimator: LegEstimator | None = None
        self._passage: Passage | None = None
        self._camera: Camera | None = None
        self._side: Side | None = None
        self._size_px = 1.0
        self._scale = 1.0
        self._fitting_s = -np.inf

    def update(
        self, time_s: float, camera: Camera, side: Side, pose: PoseCandidate | None, *, restart: bool
    ) -> LegFit | None:
        """Take in one picture's pose; None when there is nobody.

        Parameters
        ----------
        time_s : time of the picture; increases.
        camera, side : camera of this picture and tested leg; another shape or leg starts the filter again, another
            size of the same shape (browsers change it to suit the line) does not.
        pose : who was found, if anybody.
        restart : start again when the person has moved or does not fit, or the camera's lean has become known; not
            wanted while a swing is measured.
        """
        if pose is None:
            return None
        estimator, known, size_px = self._estimator, self._camera, (camera.width_px, camera.height_px)
        shape = known is not None and _same_shape(size_px, (known.width_px, known.height_px))
        scale = known.width_px / camera.width_px if known is not None and shape else 1.0
        moved = abs(np.log(scale * pose.size_px / self._size_px)) > _RESIZED or time_s - self._fitting_s > _MISFIT_S
        leaning = known is not None and abs((known.roll_deg or 0.0) - (camera.roll_deg or 0.0)) > _LEAN_DEG
        fresh = not shape or self._side != side or (estimator is not None and time_s - estimator.time_s > _GAP_S)
        again = known is None or estimator is None or fresh or (restart and (moved or leaning))
        if again:
            scale, known = 1.0, camera
        assert known is not None
        image, visibility = known.straighten_px(scale * pose.image_px), pose.visibility.astype(float)
        if again or estimator is None:
            world = pose.world_m.astype(float)
            world[:, :2] = world[:, :2] @ known.roll_matrix.T
            posture = posture_for(self._position, side, thigh_tau_s=self._thigh_tau_s)
            estimator = LegEstimator(known.straight(), posture)
            estimator.start(time_s, image, visibility, world)
            self._estimator, self._camera, self._side = estimator, known, side
            self._passage = Passage(estimator, _MOST_LOOKED_BACK)
            self._size_px, self._fitting_s = pose.size_px, time_s
        assert self._passage is not None
        residual = self._passage.step(time_s, image, visibility, measured_turn_deg(pose.outline))
        if residual <= RESIDUAL_REFUSE:
            self._fitting_s = time_s
        self._scale = 1 / scale
        sd_deg = sd_now(estimator, f"hip_rotation_{side[0]}", residual)
        return LegFit(angles_now(estimator), sd_deg, self._points_px(), residual, shank_px_now(estimator) / scale)

    def look_back(self) -> list[Moment]:
        """Return the moments since the filter started, up to 600 of them, given all that was seen until now."""
        if self._passage is None or self._estimator is None or self._side is None:
            return []
        angles, side = joint_angles(self._passage.smoothed(), self._estimator.camera), self._side[0]
        sign = 1.0 if side == "l" else -1.0
        columns = (
            angles.time_s,
            angles.angle(f"hip_rotation_{side}"),
            sign * angles.angle("pelvis_list"),
            sign * angles.angle("trunk_lean"),
            angles.angle(f"knee_angle_{side}"),
            angles.residual,
            angles.sd(f"hip_rotation_{side}"),
        )
        return [Moment(*map(float, row)) for row in zip(*columns, strict=True)]

    def _points_px(self) -> FloatArray:
        estimator = self._estimator
        assert estimator is not None
        assert estimator.mean is not None
        points = forward_kinematics(estimator.mean, estimator.reference, estimator.noise.shape)
        camera = estimator.camera
        scale = camera.focal_px * np.exp(estimator.mean[STATE["focal"]]) / np.maximum(points[:, 2:], 0.1)
        px = (points[:, :2] + offsets_xy_m(estimator.mean)) * scale + (camera.cx_px, camera.cy_px)
        assert self._camera is not None
        return self._camera.picture_px(px) * self._scale


def _same_shape(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return abs(a[0] * b[1] / (a[1] * b[0]) - 1) < SAME_SHAPE
