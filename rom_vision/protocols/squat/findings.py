"""Which compensations the repetitions show: one finding per code and side, or the reason why there can be none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.knees import asymmetry, foot_turnout, knee_valgus, knee_varus
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.phases import Legs
from rom_vision.protocols.squat.rules import (
    ALWAYS_UNSEEN,
    FOUND,
    FRONTAL,
    HOLD_S,
    PAIRED,
    RULES,
    SAGITTAL,
    SINGLE_LEG_RULES,
    FindingSide,
    Rule,
    Seen,
    grade,
    unseen,
)
from rom_vision.protocols.squat.seen import SIDES, SquatSeen
from rom_vision.results.parts import Finding, Side

__all__ = ["DEEP_SHARE", "depth_error_deg", "depth_sd_deg", "findings_of"]

DEEP_SHARE = 0.7
"""Trunk against tibia is judged while the knees are bent by this share of their most: early on everybody hinges."""
ASKEW_DEG = 20.0
"""A side view that seems to be askew by so much reads the thigh 1.4 times as badly: legs that cover one another are
taken for one another, and what comes towards the camera looks lower (our own heuristic: of people to learn from and to
calibrate the mean error is 4 degrees where the view is askew by less than 18, 5 beyond)."""
FRONT_DEPTH_SCALE = LEARNED.sd["shallow_depth_front"] / LEARNED.sd["shallow_depth"]
"""The thigh's angle is this much less certain from the front than from the side."""
FAR_ENOUGH = 4.0
"""From this many leg lengths on (three metres and more) the near knee does not look lower than it is; nearer the error
grows (our own heuristic, after clips from 1.8 to 5 metres)."""
USUAL_STANCE = 0.35
"""Distance of the ankles, in leg lengths, for which the error of the shift is stated."""
OVERHEAD_DEG = 45.0
"""Arms within this of the trunk's line while standing, with the hand over the head, are held overhead."""
STRAIGHT_ARM = 0.8
"""Wrist and shoulder this far from one another, parts of the arm's length: the elbow is bent by less than 75 degrees
(our own heuristic: a bar on the back or in front of the neck is held with bent elbows, one overhead with straight
ones)."""
ASKEW_FROM_DEG, ASKEW_DOUBLE_DEG = 8.0, 7.0
"""Filmed from farther aside than the first, the error of what goes sideways grows, and is twice as large the second
farther (our own heuristic)."""
MOSTLY = 0.7
"""Share of the frames that have to show what is said of all of them."""
HIP_LINE_UNSEEN = (
    "the hip landmarks follow a tilting pelvis only by about a quarter, so less than some 15 degrees does not show;"
    " look at the belt line, or stick a marker on each front hip bone."
)


def findings_of(seen: Sequence[SquatSeen], view: str, legs: Legs) -> tuple[Finding, ...]:
    """Grade everything that the repetitions can show, and list what they cannot.

    Parameters
    ----------
    seen : the repetitions.
    view : the main view, for the sentences.
    legs : both, or the leg stood on.
    """
    front = [s for s in seen if s.view in ("front", "back")]
    aside = [s for s in seen if s.sagittal is not None]
    rules = RULES if legs == "both" else SINGLE_LEG_RULES
    found = _frontal(front, rules, legs) if front else _unseen(FRONTAL, view, "front or from behind", legs)
    found += _depth_and_sagittal(aside, front, rules, view, legs)
    found += [unseen(code, "both", why) for code, why in ALWAYS_UNSEEN.items()]
    return tuple(found)


def _unseen(codes: Sequence[str], view: str, better: str, legs: Legs) -> list[Finding]:
    out = []
    for code in codes:
        sides: tuple[FindingSide, ...] = (SIDES if legs == "both" else (legs,)) if code in PAIRED else ("both",)
        why = f"cannot be seen from {'the ' if view != 'oblique' else 'an '}{_words(view)}; film from the {better}."
        out += [unseen(code, side, why) for side in sides]
    return out


def _words(view: str) -> str:
    return "oblique view" if view == "oblique" else view.replace("_", " ")


# -- from in front or behind -----------------------------------------------------------------------------------------


def _frontal(seen: Sequence[SquatSeen], rules: dict[str, Rule], legs: Legs) -> list[Finding]:
    # From behind the landmarks of knees and hips are looser.
    scale = 1.5 if all(s.view == "back" for s in seen) else 1.0
    out: list[Finding] = []
    for code, judged in (("knee_valgus", knee_valgus), ("knee_varus", knee_varus)):
        out += [judged(seen, i, rules[code], legs, scale) for i, side in enumerate(SIDES) if legs in ("both", side)]
    bend = _two_sided(rules["trunk_side_bend"], seen, "The trunk", scale * _askew(seen))
    if legs != "both":
        uneven = unseen("knee_asymmetry", "both", "needs both legs on the floor.")
        return [
            *out,
            _obliquity(seen, rules["pelvic_obliquity"], bend, uneven),
            unseen("lateral_shift", "both", "has no meaning on one leg."),
            bend,
            unseen("foot_turnout", legs, "on one leg the foot itself tells from where the camera looks."),
            uneven,
        ]
    uneven = _worse(asymmetry(seen, rules["knee_asymmetry"], scale), rules["knee_asymmetry"])
    out.append(_obliquity(seen, rules["pelvic_obliquity"], bend, uneven))
    # What is certain to a part of the leg is less certain as a part of a narrow stance.
    narrow = USUAL_STANCE / float(np.mean([s.frontal.stance for s in seen if s.frontal]))
    shift = _two_sided(rules["lateral_shift"], seen, "The pelvis", scale * narrow * _askew(seen))
    if shift.severity in FOUND and bend.severity in FOUND and shift.side == bend.side:
        bend = unseen("trunk_side_bend", "both", "the pelvis shifts, and the hip landmarks follow it only in part.")
    out += [shift, bend]
    out += [foot_turnout(seen, i, rules["foot_turnout"], scale) for i in range(2)]
    return [*out, uneven]


_EITHER_WAY: dict[str, tuple[Side, Side]] = {
    "pelvic_obliquity": ("right", "left"),
    "lateral_shift": ("left", "right"),
    "trunk_side_bend": ("right", "left"),
}
"""Sides of + and - of the measures that may go either way."""


def _change_and_reading(seen: SquatSeen, code: str) -> tuple[FloatArray, FloatArray]:
    f, rest = seen.frontal, seen.at_rest
    assert f is not None
    if code == "lateral_shift":
        return f.shift_change_pct(rest), f.shift_pct
    if code == "trunk_side_bend":
        return f.side_bend_change_deg(rest), f.side_bend_deg
    return f.list_deg - np.median(f.list_deg[rest]), f.list_deg


def _two_sided(rule: Rule, seen: Sequence[SquatSeen], subject: str, scale: float) -> Finding:
    """Grade a measure that may go either way."""
    graded = []
    for sign, side in zip((1.0, -1.0), _EITHER_WAY[rule.code], strict=True):
        curves = []
        for s in seen:
            change, reading = _change_and_reading(s, rule.code)
            curves.append(Seen(s.number, s.time_s, np.where(s.during, sign * change, np.nan), sign * reading))
        found = grade(rule, side, curves, f"{subject}, to the {side},", sd_scale=scale)
        if found is not None:
            graded.append(found)
    return _worse(graded, rule)


def _askew(seen: Sequence[SquatSeen]) -> float:
    """How much less well sideways is known from the camera's azimuth: what goes forward or back seems to go aside."""
    away = float(np.mean([min(abs(s.azimuth_deg), 180.0 - abs(s.azimuth_deg)) for s in seen]))
    return 1.0 + max(away - ASKEW_FROM_DEG, 0.0) / ASKEW_DOUBLE_DEG


def _worse(graded: Sequence[Finding], rule: Rule) -> Finding:
    if not graded:
        return unseen(rule.code, "both", "the repetitions are too short to tell.")
    order = ("none", "not_assessable", "mild", "marked")
    worst = max(graded, key=lambda f: (order.index(f.severity), f.change_from_standing or 0.0))
    return worst if worst.severity in FOUND else replace(worst, side="both")


def _obliquity(seen: Sequence[SquatSeen], rule: Rule, bend: Finding, uneven: Finding) -> Finding:
    """Hip line: graded where it tilts clearly, never called level, because the landmarks follow only in part.

    ``bend`` and ``uneven`` are the findings on trunk and knees, which take the hip landmarks along.
    """
    found = _two_sided(rule, seen, "The pelvis", 1.0)
    if found.severity not in FOUND:
        return unseen(rule.code, "both", HIP_LINE_UNSEEN)
    for other, what in ((bend, "the trunk bends sideways"), (uneven, "one knee swings in")):
        if other.severity in FOUND:
            return unseen(rule.code, "both", f"{what} and takes the hip landmarks along.")
    return found


# -- from the side ---------------------------------------------------------------------------------------------------


_NO_DEPTH = unseen(
    "shallow_depth", "both", "on one leg no depth is asked for; the repetitions say how far the knee bent."
)


def _depth_and_sagittal(
    aside: Sequence[SquatSeen], front: Sequence[SquatSeen], rules: dict[str, Rule], view: str, legs: Legs
) -> list[Finding]:
    if aside and all(s.hides_standing_leg for s in aside):
        why = "the leg that stands is hidden behind the other; film from its own side."
        return [unseen(code, "both", why) for code in SAGITTAL]
    aside = [s for s in aside if not s.hides_standing_leg]
    if aside:
        side = Counter(s.sagittal.side for s in aside if s.sagittal).most_common(1)[0][0]
        out = {
            "forward_lean": grade(rules["forward_lean"], "both", [_lean(s) for s in aside], "The trunk"),
            "heel_rise": grade(rules["heel_rise"], side, [_heel(s) for s in aside], f"The {side} heel"),
            "shallow_depth": _NO_DEPTH
            if legs != "both"
            else grade(
                rules["shallow_depth"], "both", [_depth(s) for s in aside], "The thigh", sd_scale=_depth_scale(aside)
            ),
            "knee_hyperextension": grade(
                rules["knee_hyperextension"], side, [_overextended(s) for s in aside], f"The {side} knee"
            ),
            "arms_fall": _arms(aside, rules["arms_fall"]),
        }
        return [f or unseen(code, "both", "was not seen long enough.") for code, f in out.items()]
    out_list = _unseen([c for c in SAGITTAL if c != "shallow_depth"], view, "side", legs)
    depth = _front_depth(front, rules["shallow_depth"], view) if legs == "both" else _NO_DEPTH
    return [*out_list[:2], depth, *out_list[2:]]


def _lean(seen: SquatSeen) -> Seen:
    s = seen.sagittal
    assert s is not None
    lean = s.trunk_deg - s.tibia_deg
    deep = seen.during & (s.knee_flexion_deg >= DEEP_SHARE * np.max(s.knee_flexion_deg[seen.during]))
    deep &= _near(seen, "SHOULDER", "HIP", "KNEE", "ANKLE")
    return Seen(seen.number, seen.time_s, np.where(deep, lean, np.nan), lean)


def _heel(seen: SquatSeen) -> Seen:
    s = seen.sagittal
    assert s is not None
    change = s.foot_deg - np.median(s.foot_deg[seen.at_rest])
    shown = seen.during & _near(seen, "HEEL", "FOOT_INDEX")
    return Seen(seen.number, seen.time_s, np.where(shown, change, np.nan), s.foot_deg)


def depth_error_deg(seen: SquatSeen) -> float:
    """How far the thigh must be from the horizontal before that is certain, degrees: where the finding begins."""
    return RULES["shallow_depth"].limit("mild", _depth_scale([seen]))


def depth_sd_deg(seen: SquatSeen) -> float:
    """Return the standard deviation of the thigh's angle at the bottom, degrees."""
    return LEARNED.sd["shallow_depth"] * _depth_scale([seen])


def _depth_scale(seen: Sequence[SquatSeen]) -> float:
    """How much less certain the thigh's angle is than from straight beside and from afar."""
    near = max(FAR_ENOUGH / min(s.distance for s in seen), 1.0)
    if not all(s.sagittal for s in seen):
        return near * FRONT_DEPTH_SCALE
    return near * float(np.hypot(1.0, max(abs(90.0 - abs(s.azimuth_deg)) for s in seen) / ASKEW_DEG))


def _depth(seen: SquatSeen) -> Seen:
    """Depth as a constant curve around the bottom, which is its worst: the deepest counts, however short."""
    bottom = np.abs(seen.time_s - seen.time_s[seen.bottom]) <= HOLD_S
    bottom[max(seen.bottom - 1, 0) : seen.bottom + 2] = True
    above = np.where(bottom, -seen.thigh_below_deg, np.nan)
    return Seen(seen.number, seen.time_s, above, above, seen.bottom)


def _overextended(seen: SquatSeen) -> Seen:
    s = seen.sagittal
    assert s is not None
    standing = np.full(len(seen.time_s), -float(np.median(s.knee_flexion_deg[seen.at_rest])))
    return Seen(seen.number, seen.time_s, standing, standing)


def _arms(aside: Sequence[SquatSeen], rule: Rule) -> Finding:
    """Judge arms only in an overhead squat: straight and overhead before and after it, and straight all the way."""
    why = [reason for seen in aside if (reason := _no_overhead(seen))]
    if why:
        return unseen(rule.code, "both", why[0])
    curves = []
    for seen in aside:
        s = seen.sagittal
        assert s is not None
        change = s.arm_deg - float(np.median(s.arm_deg[seen.at_rest]))
        shown = seen.during & _near(seen, "SHOULDER", "ELBOW", "WRIST")
        curves.append(Seen(seen.number, seen.time_s, np.where(shown, change, np.nan), s.arm_deg))
    return grade(rule, "both", curves, "The arms") or unseen(rule.code, "both", "was not seen long enough.")


def _no_overhead(seen: SquatSeen) -> str | None:
    s = seen.sagittal
    assert s is not None
    visible = _near(seen, "SHOULDER", "ELBOW", "WRIST")
    if visible[seen.at_rest].mean() < MOSTLY or visible[seen.during].mean() < MOSTLY:
        return "the hand is hidden; both arms have to be seen."
    overhead = (np.abs(s.arm_deg) <= OVERHEAD_DEG) & (s.hand_over_head > 0) & (s.arm_straight > STRAIGHT_ARM)
    early = seen.at_rest < np.flatnonzero(seen.during)[0] + 1
    stood = [seen.at_rest[early], seen.at_rest[~early]]
    if not all(overhead[part].mean() > MOSTLY for part in stood if len(part)):
        return "the arms are not held overhead; raise them for the overhead squat."
    if (s.arm_straight[seen.during] > STRAIGHT_ARM).mean() < MOSTLY:
        return "the elbows bend: this is no overhead squat."
    return None


def _near(seen: SquatSeen, *names: str) -> npt.NDArray[np.bool_]:
    """(T,) where these landmarks of the side nearer to the camera are seen."""
    assert seen.sagittal is not None
    return seen.sees(*(f"{seen.sagittal.side.upper()}_{name}" for name in names))


def _front_depth(front: Sequence[SquatSeen], rule: Rule, view: str) -> Finding:
    """From the front (not from behind) depth is told only where it is clear beyond its wider error."""
    ahead = [s for s in front if s.view == "front"]
    if ahead:
        found = grade(rule, "both", [_depth(s) for s in ahead], "The thigh", sd_scale=_depth_scale(ahead))
        if found is not None and (found.severity in FOUND or (found.ci95 and found.ci95[1] < rule.mild)):
            return found
    where = "an oblique view" if view == "oblique" else f"the {_words(view)}"
    return unseen(rule.code, "both", f"too close to the horizontal to tell from {where}; film from the side.")
