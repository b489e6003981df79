"""What a dip of the hips is: a squat on both legs, one on one leg, or another movement, and what it looks like."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rom_vision.protocols.squat.evidence import JUMP_RISE, Evidence
from rom_vision.protocols.squat.phases import MIN_REPETITION_S, Legs

__all__ = ["CAMERA_TRAVEL", "FOOT_LIFTED", "SITTING", "THIGH_LOWER", "Kind", "kind_of"]

# All limits are our own heuristics, lengths in leg lengths. Beside each: what sound squats show, and what the movement.
FEET_APART = 0.14
"""Feet that move against one another by more (squats: 0.07; steps, lunges, jumping jacks: from 0.2)."""
CAMERA_TRAVEL = 0.15
"""Feet that move by more in the picture, but not against one another: the camera moves."""
QUIET_FOOT = 0.5
"""Of two feet one stands while its way is less than this share of the other's."""
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
BENT = 0.5
"""The trunk's height shrinks by this share and by more than the hips go down: something is picked up with bent knees
(squats that lean forward: up to 0.56 with 0.8 of the hips' way, or 0.42 with 1.4 of it)."""
BENT_OVER = 0.7
"""... or by this share, however far the hips go down (squats that lean forward: up to 0.60)."""
LEGS_BEND = 0.25
"""Hips that go down by more do so with bent knees."""
STRAIGHT = 0.94
"""Distance of hip and ankle as a part of thigh and shank, of the leg nearer to a camera at the side: it stays straight
(shallow squats: up to 0.89)."""
LEGS_UNLIKE = 0.3
"""One leg longer and its knee higher than the other's by this much together, seen from in front or behind: one of the
feet is held behind (squats: up to 0.19; squats on one leg: from 0.37)."""
RESTLESS, LEGS_CHANGE = 0.1, 0.2
"""... or a foot moves by more than the first against the other, and the legs change differently by more than the second
(squats: 0.07, and up to 0.15; squats on one leg with the other foot behind: 0.14, and from 0.29)."""
AWAY, AWAY_SIZE = 0.1, 0.1
"""Seen from the side, a foot that goes up against the other by this much and gets shorter in the picture by this share
goes away from the camera, one that goes down and gets longer comes nearer: a side lunge (in squats never both)."""
STEP = 0.3
"""A free foot that moves by more than this takes a step (one held in front of a squat on one leg: 0.21)."""
ALIKE = 0.06
"""Thighs that lower alike to this much, under a trunk that stays upright, are those of a shallow squat, whatever the
hip landmark, which lies ahead of the joint, makes of the knee (a shallow squat: 0.05; one leg that bends: 0.1)."""
UPRIGHT = 0.2
"""The trunk's height shrinks by less than this share: it stays upright."""
TRUNK_UP, KNEES_UP = 0.15, 0.06
"""The trunk comes up again by this share of its height while the hips stay down: whoever sits down on something leans
forward on the way and leans back then (squats: up to 0.09; sitting down: from 0.22). And the knees, which came forward
on the way, go back, in the picture up (squats: up to 0.04; sitting down, seen from in front: 0.05 to 0.1): one of the
two, or each by a part."""
LYING = 0.12
"""A trunk that is less high than this lies, or hangs down."""
PRESS_RISE = 0.5
PRESS_DROP = 0.25
"""Hands that rise by this much over the shoulders, in a dip not deeper than this, press something overhead."""
FOOT_LIFTED = 0.10
"""A foot this much higher in the picture than the other all the time, seen from in front or behind, is off the ground
(two planted ones: up to 0.06; one lifted behind: from 0.12)."""
ASKEW_DEG, LOOKS_DOWN = 12.0, 0.7
"""... more than that by as much for each time the camera stands this far aside, where the far foot is higher; or,
there, by this share of how far back it stands (a camera at 1.6 m, 2.4 m away)."""

Kind = Literal["squat", "left", "right", "other", "part"]
"""The squat asked for, one on one leg, another movement, or only a part of one (cut off, or too short to tell)."""


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
    hinges = e.trunk_loss > HINGE_RATIO * e.drop and e.trunk_share > HINGE_LOSS
    if hinges or (e.trunk_loss > e.drop and e.trunk_share > BENT) or e.trunk_share > BENT_OVER:
        return "other", _HINGE if e.drop < LEGS_BEND else _PICKING_UP
    single = _stands_on(e)
    if legs == "both":
        found = _two_legged(e, single)
    elif single in (legs, None):
        found = None
    else:
        found = single, f"a squat on the {single} leg"
    if found:
        return found
    if max(e.trunk_up, 0.0) / TRUNK_UP + max(e.knees_up, 0.0) / KNEES_UP > 1.0 and legs == "both":
        return "other", SITTING
    if e.hand_rise > PRESS_RISE and e.drop < PRESS_DROP:
        return "other", "a press: the hands go up over the head out of a short dip"
    if e.duration_s < MIN_REPETITION_S:
        return "part", "a dip too short for a squat"
    return "squat", ""


_HINGE = (
    "a hinge at the hips, as in a deadlift or in picking something up: the trunk goes down and the knees hardly bend"
)
SITTING = "a movement to sit down on something"
_PICKING_UP = "a hinge at the hips with bent knees, as in picking something up: the trunk goes down more than the hips"


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
    if aside and _goes_away(e):
        return "other", "a side lunge: one foot goes away from the camera or comes nearer"
    shallow = min(e.thigh_loss) > 0.0 and abs(thighs) < ALIKE and 0.0 < e.trunk_share < UPRIGHT
    if aside and e.straight[0 if e.azimuth_deg > 0 else 1] > STRAIGHT and not shallow:
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
    if abs(unlike) <= LEGS_UNLIKE:
        unlike = e.unlike if apart > RESTLESS and abs(e.unlike) > LEGS_CHANGE else 0.0
    if unlike and not 25.0 < abs(e.azimuth_deg) < 155.0:
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
    far = FOOT_LIFTED + LOOKS_DOWN * abs(e.stance[0]) * np.tan(np.radians(away)) if away > ASKEW_DEG else 0.0
    return abs(e.left_lower) > max(FOOT_LIFTED * (1.0 + max(away - ASKEW_DEG, 0.0) / ASKEW_DEG), far)


def _goes_away(e: Evidence) -> bool:
    up, longer = e.away
    return (up > AWAY and longer < -AWAY_SIZE) or (up < -AWAY and longer > AWAY_SIZE)
