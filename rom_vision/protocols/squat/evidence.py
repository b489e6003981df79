"""How a body moves in one dip of the hips: how far, how high, and how differently its two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.phases import Dip, hip_drop

__all__ = ["JUMP_RISE", "Evidence", "evidence_of"]

JUMP_RISE = 0.1
JUMP_S = 1.0
"""Both feet this much above the ground, and back within this time, are a jump (our own heuristic)."""
SEEN = 0.5
"""Landmarks of less visibility prove nothing (our own heuristic)."""
_FEET = {s: [Landmark[f"{s}_{n}"] for n in ("ANKLE", "HEEL", "FOOT_INDEX")] for s in ("LEFT", "RIGHT")}
_AROUND_S = 0.5
"""What happens this soon before or after a dip belongs to it."""
_GROUND_PCT = 75.0
_LOW, _DOWN, _LOWEST = 0.4, 0.7, 0.85
"""The hips are on their way down, down, and at the bottom from these shares of their most."""
_NEARLY, _LOWEST_OF_ALL = 0.97, 0.95
"""... are still on their way up to the first, and cannot be much lower from the second on."""


@dataclass(frozen=True)
class Evidence:
    """How a body moves in one dip, in leg lengths as the picture shows them; pairs are left, right.

    Attributes
    ----------
    apart : how far the feet move against one another, and across and along the picture.
    foot_travel : how far each foot moves in the picture.
    camera_travel : how far both feet move together.
    rise : how high both feet leave the ground for a moment.
    stance : feet from one another in standing (across, down the picture), left minus right.
    left_lower : left ankle below the right one in the picture, all the time: the lesser of standing and dip.
    thigh_loss : how much lower each thigh's height gets.
    unlike : how differently the legs change from standing to the bottom: root of the summed squares of the differences
        in height of the thighs, of the knees over the ankles and in distance of hip and ankle, and of the feet's way
        against one another; + where the left leg looks like the one that stands.
    away : how far the foot farther from the camera goes up (+) or down in the picture against the nearer one, and by
        which share it gets longer (+) or shorter against it.
    hip_ankle : distance of each hip from its ankle at the bottom; ``straight``: as a part of thigh and shank.
    knee_height : of each knee over its ankle at the bottom.
    trunk_loss, trunk_height : of the trunk's height at the bottom: how much is lost, least that is left.
    trunk_up : how much of its height, as a share of standing, the trunk gets back while the hips stay down.
    knees_up : how much higher the knees are over the ankles with the hips at the bottom than they were on the way down
        or are on the way up: the higher one of the two.
    hand_rise : how much the hands rise against the shoulders; 0 where they are not seen.
    feet_seen : share of the frames in which both feet are seen.
    drop, duration_s : of the dip.
    azimuth_deg : of the camera.
    """

    apart: tuple[float, float, float]
    foot_travel: tuple[float, float]
    camera_travel: float
    rise: float
    stance: tuple[float, float]
    left_lower: float
    thigh_loss: tuple[float, float]
    unlike: float
    away: tuple[float, float]
    hip_ankle: tuple[float, float]
    straight: tuple[float, float]
    knee_height: tuple[float, float]
    trunk_loss: float
    trunk_share: float
    trunk_height: float
    trunk_up: float
    knees_up: float
    hand_rise: float
    feet_seen: float
    drop: float
    duration_s: float
    azimuth_deg: float


def evidence_of(
    time_s: FloatArray,
    image_px: FloatArray,
    visibility: FloatArray,
    dip: Dip,
    standing: npt.NDArray[np.int_],
    azimuth_deg: float,
) -> Evidence:
    """Measure one dip.

    Parameters
    ----------
    time_s, image_px, visibility : (T,), (T, 33, 2), (T, 33) of its stretch.
    dip, standing : the dip and the frames in which the person stands, indices into the stretch.
    azimuth_deg : where the camera stands.
    """
    p = image_px / max(_leg(np.median(image_px[standing], axis=0)), 1e-6)
    bottom = slice(max(dip.bottom - 1, 0), dip.bottom + 2)
    feet = np.stack([p[:, _FEET[s]].mean(axis=1) for s in _FEET], axis=1)
    seen = np.stack([visibility[:, _FEET[s]].mean(axis=1) for s in _FEET], axis=1) >= SEEN
    during = np.arange(dip.start, dip.end + 1)
    drop = hip_drop(image_px)[during]
    down = during[drop >= _DOWN * drop.max()]
    apart = min((_apart(time_s, feet, seen, dip, side) for side in (-1, 1)), key=lambda a: a[0])
    low, high = _ends_of(feet[during])
    hips, knees, ankles = (p[:, [Landmark[f"LEFT_{n}"], Landmark[f"RIGHT_{n}"]]] for n in ("HIP", "KNEE", "ANKLE"))
    length = np.linalg.norm(hips - ankles, axis=-1)
    whole = np.linalg.norm(hips - knees, axis=-1) + np.linalg.norm(knees - ankles, axis=-1)
    thigh, shank = knees[..., 1] - hips[..., 1], ankles[..., 1] - knees[..., 1]
    trunk = hips[..., 1].mean(axis=1) - p[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], 1].mean(axis=1)
    upright = float(np.median(trunk[standing]))
    loss = upright - float(np.median(trunk[bottom]))
    rest = feet[standing, 0] - feet[standing, 1]
    lower = ankles[:, 0, 1] - ankles[:, 1, 1]
    changes = [np.median(way[standing], axis=0) - np.median(way[bottom], axis=0) for way in (thigh, -shank, -length)]
    return Evidence(
        apart=apart,
        foot_travel=_pair(np.linalg.norm(high - low, axis=-1)),
        camera_travel=_travel(feet[during].mean(axis=1)),
        rise=_rise(time_s, p, dip, standing),
        stance=_pair(np.median(rest, axis=0)),
        left_lower=min((float(np.median(lower[part])) for part in (standing, during)), key=abs),
        thigh_loss=_pair(changes[0]),
        unlike=_unlike(changes, apart[0]),
        away=_away(p[standing], p[down], seen[down].mean(axis=0) >= 0.5, 0 if azimuth_deg < 0.0 else 1),
        hip_ankle=_pair(np.median(length[bottom], axis=0)),
        straight=_pair(np.median((length / np.maximum(whole, 1e-6))[bottom], axis=0)),
        knee_height=_pair(np.median(shank[bottom], axis=0)),
        trunk_loss=loss,
        trunk_share=loss / max(upright, 1e-6),
        trunk_height=float(np.percentile(trunk[during], 5)),
        trunk_up=_trunk_up(trunk[during], drop) / max(upright, 1e-6),
        knees_up=_knees_up(shank[during].mean(axis=1), drop),
        hand_rise=_hand_rise(p, visibility, during),
        feet_seen=float(seen[during].all(axis=1).mean()),
        drop=dip.drop,
        duration_s=float(time_s[dip.end] - time_s[dip.start]),
        azimuth_deg=azimuth_deg,
    )


# -- measures --------------------------------------------------------------------------------------------------------


def _leg(p: FloatArray) -> float:
    """Length of the straight leg in one picture (33, 2), pixels: the longer one."""
    hip, knee, ankle = (p[[Landmark[f"LEFT_{n}"], Landmark[f"RIGHT_{n}"]]] for n in ("HIP", "KNEE", "ANKLE"))
    return float((np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)).max())


def _pair(values: FloatArray) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _ends_of(way: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where the middle 80 % of a way begin and end, each axis by itself."""
    low, high = np.percentile(way, (10, 90), axis=0)
    return low, high


def _travel(way: FloatArray) -> float:
    low, high = _ends_of(way)
    return float(np.hypot(*(high - low)))


def _apart(
    time_s: FloatArray, feet: FloatArray, seen: npt.NDArray[np.bool_], dip: Dip, side: int
) -> tuple[float, float, float]:
    """How far the feet move against one another in a dip and the moment before it (``side`` -1) or after it (+1).

    Frames in which a foot is hidden prove nothing; a frame in which the two are exchanged is turned back.
    """
    first = int(np.searchsorted(time_s, time_s[dip.start] - _AROUND_S)) if side < 0 else dip.start
    last = int(np.searchsorted(time_s, time_s[dip.end] + _AROUND_S)) if side > 0 else dip.end
    near = np.arange(first, min(last, len(feet) - 1) + 1)
    both = near[seen[near].all(axis=1)]
    if len(both) < max(3, len(near) // 3):
        return 0.0, 0.0, 0.0
    way = feet[both, 0] - feet[both, 1]
    middle = np.median(way, axis=0)
    exchanged = np.linalg.norm(way + middle, axis=-1) < np.linalg.norm(way - middle, axis=-1)
    way = np.where(exchanged[:, None], -way, way)
    low, high = _ends_of(way)
    over, along = np.abs(high - low)
    return float(np.hypot(over, along)), float(over), float(along)


def _unlike(changes: list[FloatArray], apart: float) -> float:
    """`Evidence.unlike` of what each leg (left, right) loses in its thigh, and gains in its shank and as a whole."""
    differences = np.array([change[0] - change[1] for change in changes])
    return float(np.copysign(np.hypot(np.linalg.norm(differences), apart), differences.sum()))


def _away(rest: FloatArray, down: FloatArray, seen: npt.NDArray[np.bool_], far: int) -> tuple[float, float]:
    """`Evidence.away` of landmarks (N, 33, 2) in standing and down; ``far``: 0 left, 1 right.

    Feet that are exchanged while the hips are down are turned back. Zero where the one that moves farther is hidden
    (``seen`` (2,)).
    """
    still, low = (np.median(part, axis=0)[list(_FEET.values())] for part in (rest, down))
    if np.linalg.norm(still - low[::-1]) < np.linalg.norm(still - low):
        low, seen = low[::-1], seen[::-1]
    way = still.mean(axis=1) - low.mean(axis=1)
    if not seen[np.linalg.norm(way, axis=-1).argmax()]:
        return 0.0, 0.0
    lengths = [np.maximum(np.linalg.norm(p[:, 2] - p[:, 1], axis=-1), 1e-6) for p in (still, low)]
    longer = np.log(lengths[1] / lengths[0])
    return float(way[far, 1] - way[1 - far, 1]), float(longer[far] - longer[1 - far])


def _rise(time_s: FloatArray, p: FloatArray, dip: Dip, standing: npt.NDArray[np.int_]) -> float:
    """How high both feet leave the ground for a moment, with the hips higher than in standing.

    Against where the feet are just before and after it, so that a camera that moves slowly does not count.
    """
    first = int(np.searchsorted(time_s, time_s[dip.start] - _AROUND_S))
    near = slice(first, min(int(np.searchsorted(time_s, time_s[dip.end] + JUMP_S)), len(p) - 1) + 1)
    times = time_s[near]
    # Whole feet, not toes, whose landmarks slip; each against where it mostly is, not against its one lowest picture.
    feet = np.stack([p[near][:, _FEET[s], 1].mean(axis=1) for s in _FEET], axis=1)
    hips = p[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1].mean(axis=1)
    over = np.median(hips[standing]) - hips[near]
    best = 0.0
    for i in np.flatnonzero(over > 0.5 * JUMP_RISE):
        before = feet[(times < times[i]) & (times >= times[i] - JUMP_S / 2)]
        after = feet[(times > times[i]) & (times <= times[i] + JUMP_S / 2)]
        if len(before) and len(after):
            ground = np.minimum(*(np.percentile(part, _GROUND_PCT, axis=0) for part in (before, after)))
            best = max(best, float((ground - feet[i]).min()))
    return best


def _trunk_up(trunk: FloatArray, drop: FloatArray) -> float:
    """How much higher the trunk (T,) is at the bottom than it was on the way down or is on the way up."""
    low, lowest = (trunk[drop >= share * drop.max()] for share in (_LOW, _LOWEST))
    return float(np.percentile(lowest, 80) - low.min())


def _knees_up(height: FloatArray, drop: FloatArray) -> float:
    """`Evidence.knees_up` of the knees' height over the ankles (T,)."""
    most, place = drop.max(), np.arange(len(drop))
    bottom = float(np.median(height[drop >= _LOWEST_OF_ALL * most]))
    ways = (drop >= _LOW * most) & (drop <= _NEARLY * most)
    ends = [height[ways & part] for part in (place <= drop.argmax(), place >= drop.argmax())]
    return bottom - max((float(end.min()) for end in ends if len(end)), default=bottom)


def _hand_rise(p: FloatArray, visibility: FloatArray, during: npt.NDArray[np.int_]) -> float:
    """How much the hands rise against the shoulders between the first and the last part of a dip."""
    wrists, shoulders = ([Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]] for name in ("WRIST", "SHOULDER"))
    if np.median(visibility[during][:, wrists]) < SEEN:
        return 0.0
    over = (p[during][:, shoulders, 1] - p[during][:, wrists, 1]).mean(axis=1)
    part = max(len(over) // 5, 1)
    return float(np.median(over[-part:]) - np.median(over[:part])) if np.median(over[-part:]) > 0.2 else 0.0
