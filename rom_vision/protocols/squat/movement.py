"""What a dip of the hips is: a squat on both legs, one on one leg, or another movement, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.phases import MIN_REPETITION_S, Dip, Legs

__all__ = ["CAMERA_TRAVEL", "FOOT_LIFTED", "THIGH_LOWER", "Evidence", "Kind", "evidence_of", "kind_of"]

# All limits are our own heuristics, lengths in leg lengths. Beside each: what sound squats show, and what the movement.
FEET_APART = 0.14
"""Feet that move against one another by more (squats: 0.07; steps, lunges, jumping jacks: from 0.2)."""
CAMERA_TRAVEL = 0.15
"""Feet that move by more in the picture, but not against one another: the camera moves."""
QUIET_FOOT = 0.5
"""Of two feet one stands while its way is less than this share of the other's."""
JUMP_RISE = 0.1
JUMP_S = 1.0
"""Both feet this much above the ground, and back within this time, are a jump."""
SPLIT = 0.5
"""Feet this far apart along the body's way forward are a split stance (squats seen from the side: 0.2)."""
ASTRIDE = 1.15
"""Feet this far apart sideways are no squat's (a wide sumo stance: 0.9)."""
LEG_SHORTER = 0.3
"""One hip nearer to its ankle than the other by this much: one leg bends (squats: 0.16; a side lunge: 0.4)."""
THIGH_LOWER = 0.24
"""One thigh lower than the other by this much (squats: 0.14; a squat on one leg, a lunge: from 0.3)."""
KNEE_DOWN = 0.06
"""A knee this little above its ankle kneels or lunges (squats: 0.12 where a knee falls in)."""
HINGE_RATIO, HINGE_LOSS = 1.5, 0.35
"""The trunk's height shrinks by this much more than the hips go down, and by this share: a hinge at the hips."""
BENT_OVER = 0.7
"""... or by this share, however far the hips go down: something is picked up (squats that lean forward: up to 0.60)."""
STRAIGHT = 0.94
"""Distance of hip and ankle as a part of thigh and shank, of the leg nearer to a camera at the side: it stays straight
(shallow squats: up to 0.89)."""
LEGS_UNLIKE = 0.3
"""One leg longer and its knee higher than the other's by this much together, seen from in front or behind: one of the
feet is held behind (squats: up to 0.19; squats on one leg: from 0.37)."""
STEP = 0.3
"""A free foot that moves by more than this takes a step (one held in front of a squat on one leg: 0.21)."""
LYING = 0.12
"""A trunk that is less high than this lies, or hangs down."""
PRESS_RISE = 0.5
PRESS_DROP = 0.25
"""Hands that rise by this much over the shoulders, in a dip not deeper than this, press something overhead."""
FOOT_LIFTED = 0.10
"""A foot this much higher in the picture than the other all the time, seen from in front or behind, is off the ground
(two planted ones: up to 0.06; one lifted behind: from 0.12)."""
ASKEW_DEG = 12.0
"""... more than that by as much for each time the camera stands this far aside, where the far foot is higher."""
SEEN = 0.5
"""Landmarks of less visibility prove nothing."""

Kind = Literal["squat", "left", "right", "other", "part"]
"""The squat asked for, one on one leg, another movement, or only a part of one (cut off, or too short to tell)."""
_FEET = {s: [Landmark[f"{s}_{n}"] for n in ("ANKLE", "HEEL", "FOOT_INDEX")] for s in ("LEFT", "RIGHT")}
_AROUND_S = 0.5
_GROUND_PCT = 75.0


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
    hip_ankle : distance of each hip from its ankle at the bottom; ``straight``: as a part of thigh and shank.
    knee_height : of each knee over its ankle at the bottom.
    trunk_loss, trunk_height : of the trunk's height at the bottom: how much is lost, least that is left.
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
    hip_ankle: tuple[float, float]
    straight: tuple[float, float]
    knee_height: tuple[float, float]
    trunk_loss: float
    trunk_share: float
    trunk_height: float
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
    still = np.median(image_px[standing], axis=0)
    leg = max(_leg(still), 1e-6)
    p = image_px / leg
    bottom = slice(max(dip.bottom - 1, 0), dip.bottom + 2)
    feet = np.stack([p[:, _FEET[s]].mean(axis=1) for s in _FEET], axis=1)
    seen = np.stack([visibility[:, _FEET[s]].mean(axis=1) for s in _FEET], axis=1) >= SEEN
    during = np.arange(dip.start, dip.end + 1)
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
    return Evidence(
        apart=apart,
        foot_travel=_pair(np.linalg.norm(high - low, axis=-1)),
        camera_travel=_travel(feet[during].mean(axis=1)),
        rise=_rise(time_s, p, dip, standing),
        stance=_pair(np.median(rest, axis=0)),
        left_lower=min((float(np.median(lower[part])) for part in (standing, during)), key=abs),
        thigh_loss=_pair(np.median(thigh[standing], axis=0) - np.median(thigh[bottom], axis=0)),
        hip_ankle=_pair(np.median(length[bottom], axis=0)),
        straight=_pair(np.median((length / np.maximum(whole, 1e-6))[bottom], axis=0)),
        knee_height=_pair(np.median(shank[bottom], axis=0)),
        trunk_loss=loss,
        trunk_share=loss / max(upright, 1e-6),
        trunk_height=float(np.percentile(trunk[during], 5)),
        hand_rise=_hand_rise(p, visibility, during),
        feet_seen=float(seen[during].all(axis=1).mean()),
        drop=dip.drop,
        duration_s=float(time_s[dip.end] - time_s[dip.start]),
        azimuth_deg=azimuth_deg,
    )


def kind_of(e: Evidence, legs: Legs) -> tuple[Kind, str]:
    """Say what a dip is, and, unless it is the squat asked for, what it looks like (a phrase after 'looks like').

    Parameters
    ----------
    e : the dip.
    legs : both, or the leg said to be stood on: then the free one may do what it likes.
    """
    if e.trunk_height < LYING:
        moves = max(e.apart[0], e.camera_travel) > FEET_APART
        return "other", "a burpee: the trunk goes down to the floor and the feet move" if moves else _HINGE
    if e.rise > JUMP_RISE:
        moves = e.apart[0] > FEET_APART
        return "other", "a jumping jack: both feet leave the ground and part" if moves else (
            "a jump squat: both feet leave the ground"
        )
    if (e.trunk_loss > HINGE_RATIO * e.drop and e.trunk_share > HINGE_LOSS) or e.trunk_share > BENT_OVER:
        return "other", _HINGE
    single = _stands_on(e)
    if legs == "both":
        found = _two_legged(e, single)
    elif single in (legs, None):
        found = None
    else:
        found = single, f"a squat on the {single} leg"
    if found:
        return found
    if e.hand_rise > PRESS_RISE and e.drop < PRESS_DROP:
        return "other", "a press: the hands go up over the head out of a short dip"
    if e.duration_s < MIN_REPETITION_S:
        return "part", "a dip too short for a squat"
    return "squat", ""


_HINGE = (
    "a hinge at the hips, as in a deadlift or in picking something up: the trunk goes down and the knees hardly bend"
)


def _two_legged(e: Evidence, single: Kind | None) -> tuple[Kind, str] | None:
    """What is no squat on two legs in how the feet and legs move, or None."""
    aside = 55.0 <= abs(e.azimuth_deg) <= 125.0
    across, down = abs(e.stance[0]), abs(e.stance[1])
    thighs = e.thigh_loss[0] - e.thigh_loss[1]
    apart, over, along = e.apart
    knee_down = min(e.knee_height) < KNEE_DOWN or abs(e.knee_height[0] - e.knee_height[1]) > LEG_SHORTER
    if apart > FEET_APART:
        quieter, farther = sorted(e.foot_travel)
        if knee_down and abs(e.left_lower) < FOOT_LIFTED:
            return "other", "a lunge or kneeling down, with moving feet: one knee goes down to the floor"
        if single and apart < STEP and e.drop > PRESS_DROP and abs(thighs) > 0.5 * THIGH_LOWER:
            return single, f"a squat on the {single} leg: the other foot leaves its place"
        if quieter > QUIET_FOOT * farther and over > along and not aside:
            return "other", "a jumping jack or a jump to the side, with moving feet: they part and come together"
        if over > along and not aside:
            return "other", "a side lunge or a step aside, with moving feet: one leaves its place"
        return "other", "a lunge or a step, with moving feet: one leaves its place"
    if aside and across > SPLIT:
        return "other", "a lunge: one foot far in front of the other"
    if aside and e.straight[0 if e.azimuth_deg > 0 else 1] > STRAIGHT:
        return "other", "a side lunge or a bend with straight legs: the knee nearer to the camera hardly bends"
    if knee_down:
        return "other", "a lunge or kneeling down: one knee goes down to the floor"
    if abs(e.hip_ankle[0] - e.hip_ankle[1]) > LEG_SHORTER:
        if across > SPLIT:
            return "other", "a side lunge: one leg bends and the other stays straight"
        return ("left" if thighs > 0 else "right"), f"a squat on the {'left' if thighs > 0 else 'right'} leg"
    if abs(thighs) > THIGH_LOWER:
        if max(across, down) > SPLIT:
            return "other", "a lunge: the legs bend differently"
        stood = "left" if thighs > 0 else "right"
        return stood, f"a squat on the {stood} leg: the other one is held in front or behind"  # type: ignore[return-value]
    unlike = e.hip_ankle[0] - e.hip_ankle[1] + e.knee_height[0] - e.knee_height[1]
    if not 25.0 < abs(e.azimuth_deg) < 155.0 and abs(unlike) > LEGS_UNLIKE:
        stood = "left" if unlike > 0 else "right"
        return stood, f"a squat on the {stood} leg: the other foot is held behind"  # type: ignore[return-value]
    if not aside and across > ASTRIDE:
        return "other", "a lunge or a straddle: the feet are farther apart than the legs are long"
    if single and not aside and _one_foot_up(e):
        return single, f"a squat on the {single} leg: the other foot is off the ground"
    return None


def _stands_on(e: Evidence) -> Kind | None:
    """Which leg alone carries, if one does: the foot that stays, the thigh that goes down, the foot that is lower."""
    quieter, farther = sorted(e.foot_travel)
    thighs = e.thigh_loss[0] - e.thigh_loss[1]
    if e.apart[0] > FEET_APART and quieter < QUIET_FOOT * farther:
        return "left" if e.foot_travel[0] < e.foot_travel[1] else "right"
    if abs(thighs) > THIGH_LOWER:
        return "left" if thighs > 0 else "right"
    aside = 25.0 < abs(e.azimuth_deg) < 155.0
    if not aside and _one_foot_up(e):
        return "left" if e.left_lower > 0 else "right"
    return None


def _one_foot_up(e: Evidence) -> bool:
    """Whether one foot is higher in the picture by more than the far one of two planted ones is, seen from askew."""
    away = min(abs(e.azimuth_deg), 180.0 - abs(e.azimuth_deg))
    return abs(e.left_lower) > FOOT_LIFTED * (1.0 + max(away - ASKEW_DEG, 0.0) / ASKEW_DEG)


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


def _hand_rise(p: FloatArray, visibility: FloatArray, during: npt.NDArray[np.int_]) -> float:
    """How much the hands rise against the shoulders between the first and the last part of a dip."""
    wrists, shoulders = ([Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]] for name in ("WRIST", "SHOULDER"))
    if np.median(visibility[during][:, wrists]) < SEEN:
        return 0.0
    over = (p[during][:, shoulders, 1] - p[during][:, wrists, 1]).mean(axis=1)
    part = max(len(over) // 5, 1)
    return float(np.median(over[-part:]) - np.median(over[:part])) if np.median(over[-part:]) > 0.2 else 0.0
