"""From views of the board to a camera profile, or to a refusal that says what to do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rom_vision.camera.board import BoardFinder, BoardView
from rom_vision.camera.guide import MIN_VIEWS, CaptureGuide
from rom_vision.camera.profile import MAX_RMS_PX, MIN_FOCAL_LOG_SD, CameraProfile, check_name, fov_is_plausible
from rom_vision.capture import VideoReader, probe
from rom_vision.errors import BadInputError, RomVisionError

__all__ = ["Calibration", "CalibrationRefusedError", "calibrate", "coverage_picture", "look_at_files"]

MAX_FOCAL_LOG_SD = 0.02
"""Largest standard error of log(focal length) from the fit itself (our own heuristic: twice what calibrated means)."""

_STEP_S = 0.25  # between looked-at pictures of a video
_MAX_SIDE_PX = 1280  # as large as videos are analysed
_OUTLIER_RATIO = 2.5  # a view whose error is this many medians was moving or bent (our own heuristic)


class CalibrationRefusedError(RomVisionError):
    """The views do not make a calibration that can be trusted.

    Attributes
    ----------
    reason : 'board_not_found', 'wrong_board', 'too_few_views', 'views_alike', 'focal_implausible', 'rms' or
        'focal_unsure'.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Calibration:
    """A calibration that passed.

    Attributes
    ----------
    profile : what is kept.
    views : views it rests on.
    rms_px : (N,) root mean square distance between seen and predicted corners of each view.
    n_dropped : views set aside because their corners did not fit (moving or bent board).
    """

    profile: CameraProfile
    views: tuple[BoardView, ...]
    rms_px: npt.NDArray[np.float64]
    n_dropped: int


@dataclass(frozen=True, eq=False)
class _Fit:
    rms_px: float
    matrix: npt.NDArray[np.float64]
    distortion: tuple[float, float, float, float, float]
    focal_sd_px: float
    view_rms_px: npt.NDArray[np.float64]


def look_at_files(
    files: Sequence[Path],
    finder: BoardFinder,
    guide: CaptureGuide,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Look for the board in videos (four pictures a second) and stills, and offer what is found to the guide.

    Parameters
    ----------
    files : videos and pictures.
    finder : looks for one board, and remembers what it saw.
    guide : keeps the views that add something.
    on_progress : called with (pictures done, pictures in all).

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    counts = [1 if _is_still(path) else probe(path).n_frames_estimate or 1 for path in files]
    for k, path in enumerate(files):
        for picture, source, at in _pictures(path):
            view = finder.find(picture, source)
            if view is not None:
                guide.offer(view)
            if on_progress:
                on_progress(sum(counts[:k]) + min(at, counts[k]), sum(counts))


def calibrate(guide: CaptureGuide, name: str, how: str, finder: BoardFinder | None = None) -> Calibration:
    """Calibrate from the views a guide has kept.

    Parameters
    ----------
    guide : the views, offered to it one by one.
    name : name of the profile.
    how : where the views come from, one plain phrase.
    finder : the finder that looked at the pictures; tells a wrong board from none.

    Raises
    ------
    BadInputError
        If the pictures have different sizes or the name cannot be used.
    CalibrationRefusedError
        With what to do, if the views or the fit are not good enough.

    Notes
    -----
    Model: square pixels, Brown-Conrady distortion with k3 = 0 (it is not determined by the few corners near the
    picture's edge and then bends points outside them). Fit: Zhang (2000) as in OpenCV.
    """
    check_name(name)
    if not guide.views:
        raise _no_board(finder)
    sizes = {(v.width_px, v.height_px): v.source for v in guide.views}
    if len(sizes) > 1:
        listed = "; ".join(f"{source or 'a view'}: {w}x{h}" for (w, h), source in sizes.items())
        raise BadInputError(f"The pictures have different sizes ({listed}). Use one camera, one setting, one way up.")
    missing = guide.missing()
    if len(guide.views) < MIN_VIEWS:
        raise CalibrationRefusedError(
            "too_few_views",
            f"Only {len(guide.views)} different views of the board were found; {MIN_VIEWS} are needed. "
            f"Film again, slowly: {' '.join(missing)}",
        )
    if missing:
        raise CalibrationRefusedError(
            "views_alike", f"Some kinds of views are missing. Film again: {' '.join(missing)}"
        )
    views, fit = _fit_without_outliers(guide.views)
    _check_fit(fit, views)
    focal_log_sd = max(MIN_FOCAL_LOG_SD, fit.focal_sd_px / fit.matrix[0, 0])
    profile = CameraProfile(
        name=name,
        width_px=views[0].width_px,
        height_px=views[0].height_px,
        focal_px=round(float(fit.matrix[0, 0]), 3),
        focal_log_sd=round(focal_log_sd, 5),
        cx_px=round(float(fit.matrix[0, 2]), 3),
        cy_px=round(float(fit.matrix[1, 2]), 3),
        distortion=fit.distortion,
        rms_px=round(fit.rms_px, 4),
        n_views=len(views),
        made=datetime.now(timezone.utc).replace(microsecond=0),
        how=how,
    )
    return Calibration(profile, tuple(views), fit.view_rms_px, len(guide.views) - len(views))


def coverage_picture(calibration: Calibration) -> npt.NDArray[np.uint8]:
    """Draw where the corners were seen, green where they fit and red from 1 px on: (H, W, 3) RGB, 640 px long side."""
    profile = calibration.profile
    scale = 640 / max(profile.width_px, profile.height_px)
    width, height = round(profile.width_px * scale), round(profile.height_px * scale)
    picture = np.full((height, width, 3), 245, dtype=np.uint8)
    for k in range(1, 4):
        cv2.line(picture, (width * k // 4, 0), (width * k // 4, height), (205, 205, 205), 1)
        cv2.line(picture, (0, height * k // 4), (width, height * k // 4), (205, 205, 205), 1)
    for view, rms in zip(calibration.views, calibration.rms_px, strict=True):
        share = min(float(rms) / MAX_RMS_PX, 1.0)
        colour = (round(30 + 180 * share), round(130 - 90 * share), 60)
        outline = cv2.convexHull((view.corners_px * scale).astype(np.int32))
        cv2.polylines(picture, [outline], True, (175, 195, 220), 1, cv2.LINE_AA)
        for x, y in view.corners_px * scale:
            cv2.circle(picture, (round(x), round(y)), 2, colour, -1, cv2.LINE_AA)
    text = f"{len(calibration.views)} views, error {profile.rms_px:.2f} px, {profile.hfov_deg:.1f} degrees wide"
    cv2.putText(picture, text, (8, height - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    return picture


def _is_still(path: Path) -> bool:
    return path.suffix.lower() in {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}


def _pictures(path: Path) -> Iterator[tuple[npt.NDArray[np.uint8], str, int]]:
    """Yield pictures, where they are from, and how many have gone by in this file."""
    if _is_still(path):
        if path.exists() and not path.is_file():
            raise BadInputError(f"{path.name}: is no file. Choose a picture or a video of the board.")
        try:
            data = np.frombuffer(path.read_bytes(), np.uint8)
        except OSError as fault:
            raise BadInputError(f"{path.name}: cannot be read ({fault.strerror}).") from fault
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
        if picture is None:
            raise BadInputError(f"{path.name}: not a picture that can be read. Save it as JPEG or PNG.")
        scale = min(1.0, _MAX_SIDE_PX / max(picture.shape))
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8), path.name, 1
        return
    due_s = 0.0
    with VideoReader(path, _MAX_SIDE_PX) as frames:
        for frame in frames:
            if frame.time_s >= due_s:
                due_s = frame.time_s + _STEP_S
                yield frame.rgb, f"{path.name} at {frame.time_s:.1f} s", frame.index + 1


def _no_board(finder: BoardFinder | None) -> CalibrationRefusedError:
    if finder is not None and finder.n_strangers:
        what = (
            f"This is the board for {finder.stranger} paper: choose that board, or print the one for"
            if finder.stranger
            else "The pictures show a board, but not ours: print the one for"
        )
        return CalibrationRefusedError("wrong_board", f"{what} {finder.board.paper} paper.")
    seen = "" if finder is None else f" in {finder.n_pictures} pictures"
    return CalibrationRefusedError(
        "board_not_found",
        f"The board was not found{seen}. Print it at 100 %, fix it flat on something stiff, light it evenly "
        "without glare, and hold it so near that it fills at least a third of the picture.",
    )


def _fit_without_outliers(views: Sequence[BoardView]) -> tuple[list[BoardView], _Fit]:
    kept = list(views)
    fit = _fit(kept)
    good = fit.view_rms_px <= _OUTLIER_RATIO * np.median(fit.view_rms_px)
    if not good.all() and good.sum() >= MIN_VIEWS:
        kept = [view for view, keep in zip(kept, good, strict=True) if keep]
        fit = _fit(kept)
    return kept, fit


def _fit(views: Sequence[BoardView]) -> _Fit:
    size = (views[0].width_px, views[0].height_px)
    start = np.array([[max(size), 0, size[0] / 2], [0, max(size), size[1] / 2], [0, 0, 1.0]])
    flags = cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_ASPECT_RATIO | cv2.CALIB_FIX_K3
    rms, matrix, distortion, _, _, sd, _, view_rms = cv2.calibrateCameraExtended(
        [v.board_mm.astype(np.float32) for v in views],
        [v.corners_px.astype(np.float32) for v in views],
        size,
        start,
        np.zeros(5),
        flags=flags,
    )
    k1, k2, p1, p2, k3 = (round(float(k), 7) for k in np.ravel(distortion)[:5])
    focal_sd = float(max(np.ravel(sd)[:2]))
    return _Fit(float(rms), np.asarray(matrix, np.float64), (k1, k2, p1, p2, k3), focal_sd, np.ravel(view_rms))


def _check_fit(fit: _Fit, views: Sequence[BoardView]) -> None:
    width, height = views[0].width_px, views[0].height_px
    fov_deg = math.degrees(2 * math.atan(0.5 * max(width, height) / fit.matrix[0, 0]))
    if fit.rms_px > MAX_RMS_PX:
        raise CalibrationRefusedError(
            "rms",
            f"The corners miss the model by {fit.rms_px:.2f} px; at most {MAX_RMS_PX:.0f} px is accepted. Fix the "
            "board flat on something stiff, keep it still, switch video stabilisation off, and film again.",
        )
    if not fov_is_plausible(width, height, fit.matrix[0, 0], fit.matrix[0, 2], fit.matrix[1, 2]):
        raise CalibrationRefusedError(
            "focal_implausible",
            f"The result is not a plausible camera ({fov_deg:.0f} degrees across the longer side, its middle at "
            f"{fit.matrix[0, 2]:.0f}, {fit.matrix[1, 2]:.0f} px of {width}x{height}). Set the zoom to 1x, use the "
            "whole picture without cropping, tilt the board more, and film again.",
        )
    if fit.focal_sd_px > MAX_FOCAL_LOG_SD * fit.matrix[0, 0]:
        raise CalibrationRefusedError(
            "focal_unsure",
            f"The focal length is known only to {100 * fit.focal_sd_px / fit.matrix[0, 0]:.1f} %; "
            f"{100 * MAX_FOCAL_LOG_SD:.0f} % is needed. Film again with more views in which the board leans strongly.",
        )
