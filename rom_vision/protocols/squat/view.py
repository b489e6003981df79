"""From where a squat was filmed: the camera's azimuth, read from feet, shoulders and hips."""

from __future__ import annotations

import numpy as np

from rom_vision.camera import Camera
from rom_vision.pose.landmarks import LEFT_RIGHT_PAIRS, Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED

__all__ = ["SIDE_DEG", "azimuth_of", "foot_across", "name_of", "settle_facing", "settle_front_and_back"]

FOOT_LENGTH, SHOULDER_WIDTH, HIP_WIDTH = LEARNED.foot_length, LEARNED.shoulder_width, LEARNED.hip_width

TYPICAL_TURNOUT_DEG = 6.0
"""Of a single standing foot, whose direction otherwise stands for the body's (our own heuristic)."""

FRONT_DEG = 25.0
SIDE_DEG = 55.0
"""Views: front and back within 25 degrees, sides from 55 to 125; what lies between is oblique (our own heuristic)."""


def foot_across(image_px: FloatArray, side: str, leg_px: float, camera: Camera, facing: float) -> float:
    """How far a foot (LEFT or RIGHT) points across the picture, right +, in foot lengths: the sine of its direction.

    The toes are nearer to the camera than the heel (``facing`` +1) or farther (-1), so a foot beside the middle of the
    picture seems to point outwards (inwards); this is taken out.
    """
    heel, toe = image_px[Landmark[f"{side}_HEEL"]], image_px[Landmark[f"{side}_FOOT_INDEX"]]
    bearing = (heel[0] - camera.cx_px) / camera.focal_px
    return float((toe - heel)[0] / leg_px / FOOT_LENGTH - facing * bearing)


def azimuth_of(image_px: FloatArray, camera: Camera, stance: str = "both") -> float:
    """Camera azimuth, degrees: 0 in front, +90 at the person's left, 180 behind, -90 at the right.

    Parameters
    ----------
    image_px : (N, 33, 2) landmarks while standing or not far down.
    camera : lens; the azimuth is that of its axis, not of the line of sight to somebody beside it.
    stance : both, left or right: the feet that stand.

    Notes
    -----
    The feet point where the body faces: the way from heel to toe across the picture, mean of both feet (so that toes
    turned out alike cancel), gives the sine; the projected width of shoulders and hips, left against right, the cosine.
    MediaPipe's own depth is not used: it is off by up to 20 degrees, the same for everybody.
    """
    p = np.median(image_px, axis=0)

    def between(a: str, b: str) -> FloatArray:
        return np.asarray(p[Landmark[a]] - p[Landmark[b]])

    sides = ("LEFT", "RIGHT") if stance == "both" else (stance.upper(),)
    leg = max(
        np.hypot(*between(f"{s}_HIP", f"{s}_KNEE")) + np.hypot(*between(f"{s}_KNEE", f"{s}_ANKLE")) for s in sides
    )
    middle = 0.5 * (between("LEFT_SHOULDER", "LEFT_HIP") + between("RIGHT_SHOULDER", "RIGHT_HIP"))
    trunk = max(float(np.hypot(*middle)), 1e-6)
    shoulders, hips = between("LEFT_SHOULDER", "RIGHT_SHOULDER")[0], between("LEFT_HIP", "RIGHT_HIP")[0]
    cosine = float(np.clip(0.5 * (shoulders / SHOULDER_WIDTH + hips / HIP_WIDTH) / trunk, -1, 1))
    sine = -float(np.mean([foot_across(p, s, float(leg), camera, cosine) for s in sides]))
    azimuth = float(np.degrees(np.arctan2(np.clip(sine, -1, 1), cosine)))
    return azimuth + {"both": 0.0, "left": TYPICAL_TURNOUT_DEG, "right": -TYPICAL_TURNOUT_DEG}[stance]


def name_of(azimuth_deg: float) -> str:
    """Name of the view: front, back, left_side, right_side or oblique."""
    away = abs(azimuth_deg)
    if away <= FRONT_DEG:
        return "front"
    if away >= 180.0 - FRONT_DEG:
        return "back"
    if SIDE_DEG <= away <= 180.0 - SIDE_DEG:
        return "left_side" if azimuth_deg > 0 else "right_side"
    return "oblique"


_ROW = {left.name.removeprefix("LEFT_"): row for row, (left, _) in enumerate(LEFT_RIGHT_PAIRS)}
_LEFT, _RIGHT = (np.array(side) for side in zip(*LEFT_RIGHT_PAIRS, strict=True))
_TRUNK = [_ROW["SHOULDER"], _ROW["HIP"]]
BROADSIDE = 0.7 * (SHOULDER_WIDTH + HIP_WIDTH)
"""Widths of shoulders and hips together, trunk lengths, as seen within 45 degrees of front or back."""
_BELOW = ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
_IN_ORDER = (("SHOULDER", tuple(n for n in _ROW if n not in _BELOW)), *((name, (name,)) for name in _BELOW))
"""Pairs whose left and right keep their order across the picture in a squat on both legs, and what goes with them."""


def settle_facing(image_px: FloatArray, stance: str = "both") -> tuple[FloatArray, int]:
    """Give every frame of one stretch (T, 33, 2) the facing of the majority; return it and how many were exchanged.

    The model now and then takes a front for a back, with all labels exchanged or, seen from in front or behind, those
    of trunk or legs alone. Somebody who really turns round is seen from the side in between; then nothing is changed.
    Seen from elsewhere feet and knees pass one another, and on one leg (``stance``) too: there the trunk decides for
    the whole body.
    """
    across = image_px[:, _LEFT, 0] - image_px[:, _RIGHT, 0]
    width = across[:, _TRUNK].sum(axis=1)
    front = float((width > 0).mean()) > 0.5
    wide = np.abs(width) > 0.4 * np.median(np.abs(width))
    if wide.mean() < 0.9:
        return image_px, 0
    shoulders, hips = np.moveaxis(0.5 * (image_px[:, _LEFT[_TRUNK]] + image_px[:, _RIGHT[_TRUNK]]), 1, 0)
    trunk = float(np.percentile(np.linalg.norm(shoulders - hips, axis=-1), 90))
    by_pair = stance == "both" and np.median(np.abs(width)) > BROADSIDE * trunk
    out = image_px.copy()
    exchanged = np.zeros(len(out), dtype=bool)
    for name, along in _IN_ORDER if by_pair else (("", tuple(_ROW)),):
        order = across[:, _ROW[name]] if name else width
        wrong = (order > 0) != front
        rows = [_ROW[n] for n in along]
        swap = np.ix_(wrong, [*_LEFT[rows], *_RIGHT[rows]])
        out[swap] = image_px[np.ix_(wrong, [*_RIGHT[rows], *_LEFT[rows]])]
        exchanged |= wrong
    return out, int(exchanged.sum())


_BOTH = {name: [_LEFT[_ROW[name]], _RIGHT[_ROW[name]]] for name in _BELOW}
STANDING_SHARE = 0.9
TOES_LOWER = 0.018
"""Toes of both feet lower in the picture than their heels by more than this, leg lengths, in standing point at the
camera; higher by as much, away from it (front views: from 0.02, back views: up to 0; our own heuristic)."""


def settle_front_and_back(image_px: FloatArray) -> tuple[FloatArray, bool]:
    """Exchange left and right of a whole stretch (T, 33, 2) where feet and trunk disagree on front or back.

    Of somebody whose face cannot be told the model may take the front for the back from the first picture to the last,
    and then calls left what is right. The toes, which lie nearer to the camera or farther away, show it.
    """
    height = image_px[:, _BOTH["ANKLE"], 1].mean(axis=1) - image_px[:, _BOTH["HIP"], 1].mean(axis=1)
    p = np.median(image_px[height >= STANDING_SHARE * np.percentile(height, 92)], axis=0)
    across = float((p[_LEFT[_TRUNK], 0] - p[_RIGHT[_TRUNK], 0]).sum())
    shoulders, hips = (0.5 * (p[_LEFT[row]] + p[_RIGHT[row]]) for row in _TRUNK)
    if abs(across) < BROADSIDE * float(np.linalg.norm(shoulders - hips)):
        return image_px, False
    hip, knee, ankle, heel, toe = (p[_BOTH[n]] for n in _BELOW)
    leg = float((np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)).max())
    lower = np.sign(across) * (toe - heel)[:, 1] / max(leg, 1e-6)
    if lower.max() >= 0.0 or lower.mean() > -TOES_LOWER:
        return image_px, False
    out = image_px.copy()
    out[:, [*_LEFT, *_RIGHT]] = image_px[:, [*_RIGHT, *_LEFT]]
    return out, True
