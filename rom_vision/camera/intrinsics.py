"""What a pixel means: the pinhole camera that the estimator sees the world through."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rom_vision.camera.defaults import LENSES
from rom_vision.errors import BadInputError

__all__ = ["DEFAULT_HFOV_DEG", "DEFAULT_HFOV_SD", "Camera"]

DEFAULT_HFOV_DEG = LENSES["unknown"].fov_deg
"""Field of view along the picture's longer side when the lens is unknown."""

DEFAULT_HFOV_SD = LENSES["unknown"].focal_log_sd
"""Standard deviation of log(focal length) when the lens is unknown."""

_LOST_PX = 0.1  # a point that cannot be distorted back to itself within this lies beyond what the lens model covers


@dataclass(frozen=True)
class Camera:
    """Pinhole intrinsics in pixels of the upright picture, with their uncertainty.

    Attributes
    ----------
    width_px, height_px : picture size.
    focal_px : focal length (square pixels).
    focal_log_sd : standard deviation of log(focal_px): 0.14 unknown lens, about 0.01 calibrated.
    cx_px, cy_px : principal point.
    distortion : OpenCV coefficients (k1, k2, p1, p2, k3); all zero when unknown.
    roll_deg : angle of the picture's vertical against gravity, clockwise +; None when unknown. A camera that leans
        clockwise (seen from behind it) has a positive roll, and plumb lines lean counter-clockwise in its picture.
    roll_sd_deg : its standard deviation; None when unknown.
    note : where these numbers come from, one plain sentence.
    pitch_deg : how far the camera looks down (+) or up (-) from the horizontal; None when unknown.
    pitch_sd_deg : its standard deviation; None when unknown.
    """

    width_px: int
    height_px: int
    focal_px: float
    focal_log_sd: float
    cx_px: float
    cy_px: float
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    roll_deg: float | None = None
    roll_sd_deg: float | None = None
    note: str = ""
    pitch_deg: float | None = None
    pitch_sd_deg: float | None = None

    @classmethod
    def from_hfov(
        cls, width_px: int, height_px: int, hfov_deg: float | None = None, *, log_sd: float | None = None
    ) -> Camera:
        """Build a centred camera from its horizontal field of view.

        Parameters
        ----------
        width_px, height_px : size of the upright picture.
        hfov_deg : field of view across the picture's width, degrees; None takes the default for unknown lenses,
            which is understood along the longer side.
        log_sd : uncertainty of log(focal length); None takes 0.02 for a stated field of view, the default's own
            otherwise.

        Raises
        ------
        ValueError
            If ``hfov_deg`` is not within 10 to 150 degrees.

        Examples
        --------
        >>> camera = Camera.from_hfov(1280, 720, 66)
        >>> round(camera.focal_px), camera.note
        (986, 'field of view of 66 degrees as stated')
        """
        if hfov_deg is None:
            focal = 0.5 * max(width_px, height_px) / math.tan(math.radians(DEFAULT_HFOV_DEG / 2))
            sd = DEFAULT_HFOV_SD if log_sd is None else log_sd
            note = f"lens unknown: {DEFAULT_HFOV_DEG:.0f} degrees assumed along the longer side"
        else:
            if not 10.0 <= hfov_deg <= 150.0:
                raise ValueError(f"horizontal field of view {hfov_deg} is outside 10..150 degrees")
            focal = 0.5 * width_px / math.tan(math.radians(hfov_deg / 2))
            sd = 0.02 if log_sd is None else log_sd
            note = f"field of view of {hfov_deg:.0f} degrees as stated"
        return cls(width_px, height_px, focal, sd, width_px / 2, height_px / 2, note=note)

    @classmethod
    def from_lens(cls, width_px: int, height_px: int, lens: str) -> Camera:
        """Build a centred camera from a documented kind of lens.

        Parameters
        ----------
        width_px, height_px : size of the upright picture.
        lens : a key of `rom_vision.camera.defaults.LENSES`, e.g. 'phone'.

        Raises
        ------
        BadInputError
            If the kind is not known; the text lists those that are.
        """
        if lens not in LENSES:
            raise BadInputError(f"Lens {lens!r} is not known. Choose one of: {', '.join(LENSES)}.")
        kind = LENSES[lens]
        focal = 0.5 * max(width_px, height_px) / math.tan(math.radians(kind.fov_deg / 2))
        note = f"lens not calibrated: {kind.fov_deg:.0f} degrees assumed for {kind.label}"
        return cls(width_px, height_px, focal, kind.focal_log_sd, width_px / 2, height_px / 2, note=note)

    @property
    def matrix(self) -> npt.NDArray[np.float64]:
        """Camera matrix (3, 3), pixels."""
        return np.array([[self.focal_px, 0, self.cx_px], [0, self.focal_px, self.cy_px], [0, 0, 1.0]])

    @property
    def hfov_deg(self) -> float:
        """Field of view across the picture's width, degrees, distortion left aside."""
        return math.degrees(2 * math.atan(0.5 * self.width_px / self.focal_px))

    def gravity(self) -> npt.NDArray[np.float64]:
        """Return the unit vector (3,) that points down to the floor, in camera axes (x right, y down, z away).

        An unknown roll or pitch counts as zero: look at ``roll_deg`` before relying on it.

        Examples
        --------
        Down is a little to the right in the picture of a camera that leans clockwise.

        >>> replace(Camera.from_hfov(640, 480), roll_deg=10.0).gravity().round(2).tolist()
        [0.17, 0.98, 0.0]
        """
        roll, pitch = math.radians(self.roll_deg or 0.0), math.radians(self.pitch_deg or 0.0)
        return np.array([math.sin(roll) * math.cos(pitch), math.cos(roll) * math.cos(pitch), math.sin(pitch)])

    def undistort_px(self, points_px: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Move picture points to where a lens without distortion would show them.

        Parameters
        ----------
        points_px : (..., 2) pixels of the upright picture; NaN stays NaN.

        Returns
        -------
        (..., 2) pixels. NaN where the lens model has no answer (far outside the calibrated picture).

        Notes
        -----
        Inverts the Brown-Conrady model (Brown 1971, OpenCV's five coefficients) by fixed-point iteration.
        """
        points = np.asarray(points_px, dtype=np.float64)
        if not any(self.distortion):
            return points.copy()
        seen = (points - (self.cx_px, self.cy_px)) / self.focal_px
        ideal = seen.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(60):
                radial, tangential = self._distortion_at(ideal)
                last, ideal = ideal, (seen - tangential) / radial
                if not np.nanmax(np.abs(ideal - last), initial=0.0) > 1e-8:
                    break
            radial, tangential = self._distortion_at(ideal)
            off_px = np.linalg.norm(ideal * radial + tangential - seen, axis=-1) * self.focal_px
        ideal[~(off_px < _LOST_PX)] = np.nan
        return ideal * self.focal_px + (self.cx_px, self.cy_px)

    def straight(self) -> Camera:
        """Return the camera that would show the points of `straighten_px`: without distortion, and level if known."""
        level = None if self.roll_deg is None else 0.0
        return replace(self, distortion=(0.0, 0.0, 0.0, 0.0, 0.0), roll_deg=level)

    def straighten_px(self, points_px: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Take distortion and a known roll out of picture points.

        Parameters
        ----------
        points_px : (..., 2) pixels of the upright picture; NaN stays NaN.

        Returns
        -------
        (..., 2) pixels of the picture of `straight`; NaN where `undistort_px` has no answer.
        """
        return (self.undistort_px(points_px) - (self.cx_px, self.cy_px)) @ self.roll_matrix.T + (self.cx_px, self.cy_px)

    def picture_px(self, straight_px: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Put points of the straight picture where this camera shows them: the inverse of `straighten_px`.

        Parameters
        ----------
        straight_px : (..., 2) pixels of the picture of `straight`.

        Returns
        -------
        (..., 2) pixels of the upright picture.

        Examples
        --------
        >>> camera = Camera(640, 480, 520.0, 0.01, 320.0, 240.0, (-0.12, 0.05, 0.0, 0.0, 0.0), roll_deg=4.0)
        >>> camera.picture_px(camera.straighten_px([[600.0, 30.0]])).round(3).tolist()
        [[600.0, 30.0]]
        """
        off_px = (np.asarray(straight_px, dtype=np.float64) - (self.cx_px, self.cy_px)) @ self.roll_matrix
        if any(self.distortion):
            radial, tangential = self._distortion_at(off_px / self.focal_px)
            off_px = off_px * radial + tangential * self.focal_px
        return off_px + np.array([self.cx_px, self.cy_px])

    @property
    def roll_matrix(self) -> npt.NDArray[np.float64]:
        """(2, 2) what turns the picture's x and y about the line of sight so that plumb lines stand upright."""
        roll = math.radians(self.roll_deg or 0.0)
        c, s = math.cos(roll), math.sin(roll)
        return np.array([[c, -s], [s, c]])

    def _distortion_at(self, ideal: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        k1, k2, p1, p2, k3 = self.distortion
        x, y = ideal[..., 0], ideal[..., 1]
        r2 = x * x + y * y
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        tangential = np.stack([2 * p1 * x * y + p2 * (r2 + 2 * x * x), p1 * (r2 + 2 * y * y) + 2 * p2 * x * y], axis=-1)
        return radial[..., None], tangential
