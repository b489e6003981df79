"""Which compensations the repetitions show: one finding per code and side, or the reason why there can be none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom_vision.pose.track import FloatArray
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
from rom_vision.protocols.squat.seen import FPPA_MAX_FLEXION_DEG, SIDES, SquatSeen
from rom_vision.results.parts import Finding, Side

__all__ = ["DEEP_SHARE", "INWARD_SHOWN", "depth_error_deg", "findings_of"]

BACK_MAX_FLEXION_DEG = 85.0
"""From behind the thighs hide the knees deeper than this."""
MIN_MEDIAL_PCT = 2.0
INWARD_SHOWN = 0.73
"""Share of a knee's turn inwards that the landmarks show, at any depth; outwards they show all of it (learned on 11
knees of 9 synthetic people, turned in by 8 to 23 degrees, beside 24 people who turned none in)."""
DEEP_SHARE = 0.7
"""Trunk against tibia is judged while the knees are bent by this share of their most: early on everybody hinges."""
FRONT_DEPTH_SCALE = 1.4
"""The thigh's angle is this much less certain from the front than from the side."""
USUAL_STANCE = 0.35
"""Distance of the ankles, in leg lengths, for which the error of the shift is stated."""
OVERHEAD_DEG = 45.0
"""Arms within this of the trunk's line while standing are held overhead."""
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
    for code in ("knee_valgus", "knee_varus"):
        for i, side in enumerate(SIDES):
            if legs in ("both", side):
                curves = [_knee(s, i, code) for s in seen]
                found = grade(rules[code], side, curves, f"The {side} knee", sd_scale=scale)
                out.append(found or unseen(code, side, "the knee does not bend enough to tell."))
    bend = _two_sided(rules["trunk_side_bend"], seen, "The trunk", scale)
    if legs != "both":
        asymmetry = unseen("knee_asymmetry", "both", "needs both legs on the floor.")
        return [
            *out,
            _obliquity(seen, rules["pelvic_obliquity"], bend, asymmetry),
            unseen("lateral_shift", "both", "has no meaning on one leg."),
            bend,
            unseen("foot_turnout", legs, "on one leg the foot itself tells from where the camera looks."),
            asymmetry,
        ]
    asymmetry = _asymmetry(seen, rules["knee_asymmetry"], scale)
    out.append(_obliquity(seen, rules["pelvic_obliquity"], bend, asymmetry))
    # What is certain to a part of the leg is less certain as a part of a narrow stance.
    narrow = USUAL_STANCE / float(np.mean([s.frontal.stance for s in seen if s.frontal]))
    out += [_two_sided(rules["lateral_shift"], seen, "The pelvis", scale * narrow), bend]
    for i, side in enumerate(SIDES):
        turned = [_turnout(s, i) for s in seen]
        found = grade(rules["foot_turnout"], side, turned, f"The {side} foot", sd_scale=scale)
        out.append(found or unseen("foot_turnout", side, "the feet were not seen long enough."))
    return [*out, asymmetry]


def knee_in_change_deg(seen: SquatSeen, leg: int) -> FloatArray:
    """(T,) turn of a knee inwards without what it shows in standing; NaN where the measures contradict one another.

    Where it is defined the frontal-plane projection angle must agree in sign, deeper the medial displacement together
    with either the frontal shank angle or the distance of the knees.
    """
    f = seen.frontal
    assert f is not None
    rest = seen.at_rest
    flexion, medial = f.knee_flexion_deg[:, leg], f.medial_pct[:, leg] - np.median(f.medial_pct[rest, leg])
    ahead = f.medial_pct[:, leg] / np.tan(np.radians(f.knee_in_deg[:, leg]))
    turned = _as_made(np.degrees(np.arctan2(medial, ahead)))
    fppa = f.fppa_deg[:, leg] - np.median(f.fppa_deg[rest, leg])
    shank = f.shank_deg[:, leg] - np.median(f.shank_deg[rest, leg])
    nearer = f.kasr < np.median(f.kasr[rest])
    agreed = np.where(flexion <= FPPA_MAX_FLEXION_DEG, fppa > 0, (medial > MIN_MEDIAL_PCT) & ((shank > 0) | nearer))
    shown = seen.during & np.isfinite(turned)
    if seen.view == "back":
        shown &= flexion <= BACK_MAX_FLEXION_DEG
    return np.where(shown, np.where(agreed, turned, np.minimum(turned, 0.0)), np.nan)


def _as_made(turn_deg: FloatArray) -> FloatArray:
    """What a turn of the knee (inwards +) really is when the landmarks show ``turn_deg``."""
    return np.where(turn_deg > 0, turn_deg / INWARD_SHOWN, turn_deg)


def _knee(seen: SquatSeen, leg: int, code: str) -> Seen:
    f = seen.frontal
    assert f is not None
    turned = knee_in_change_deg(seen, leg)
    if code == "knee_valgus" and seen.legs != "both":
        return Seen(seen.number, seen.time_s, _projected(seen, leg, turned), _as_made(f.fppa_deg[:, leg]))
    if code == "knee_valgus":
        return Seen(seen.number, seen.time_s, turned, _as_made(f.knee_in_deg[:, leg]))
    beyond = -turned - max(float(f.turnout_deg[leg]), 0.0)
    return Seen(seen.number, seen.time_s, beyond, -f.knee_in_deg[:, leg])


def _projected(seen: SquatSeen, leg: int, turned: FloatArray) -> FloatArray:
    """(T,) change of the frontal-plane projection angle on one leg, where its thresholds come from.

    Deeper than it is defined its place is taken by the knee's turn, which equals it at about 55 degrees of flexion.
    """
    f = seen.frontal
    assert f is not None
    change = _as_made(f.fppa_deg[:, leg] - np.median(f.fppa_deg[seen.at_rest, leg]))
    shown = seen.during & np.isfinite(turned)
    return np.where(shown & (f.knee_flexion_deg[:, leg] <= FPPA_MAX_FLEXION_DEG), change, turned)


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


def _worse(graded: Sequence[Finding], rule: Rule) -> Finding:
    if not graded:
        return unseen(rule.code, "both", "the repetitions are too short to tell.")
    order = ("none", "mild", "marked")
    worst = max(graded, key=lambda f: (order.index(f.severity), f.change_from_standing or 0.0))
    return worst if worst.severity != "none" else replace(worst, side="both")


def _obliquity(seen: Sequence[SquatSeen], rule: Rule, bend: Finding, asymmetry: Finding) -> Finding:
    """Hip line: graded where it tilts clearly, never called level, because the landmarks follow only in part.

    ``bend`` and ``asymmetry`` are the findings on trunk and knees, which take the hip landmarks along.
    """
    found = _two_sided(rule, seen, "The pelvis", 1.0)
    if found.severity not in FOUND:
        return unseen(rule.code, "both", HIP_LINE_UNSEEN)
    for other, what in ((bend, "the trunk bends sideways"), (asymmetry, "one knee swings in")):
        if other.severity in FOUND:
            return unseen(rule.code, "both", f"{what} and takes the hip landmarks along.")
    return found


def _turnout(seen: SquatSeen, leg: int) -> Seen:
    assert seen.frontal is not None
    turned = np.where(seen.during, seen.frontal.turnout_deg[leg], np.nan)
    return Seen(seen.number, seen.time_s, turned, turned)


def _asymmetry(seen: Sequence[SquatSeen], rule: Rule, scale: float) -> Finding:
    graded = []
    for sign, side in ((1.0, SIDES[0]), (-1.0, SIDES[1])):
        curves = []
        for s in seen:
            difference = sign * (knee_in_change_deg(s, 0) - knee_in_change_deg(s, 1))
            curves.append(Seen(s.number, s.time_s, difference, difference))
        found = grade(rule, side, curves, f"The {side} knee", sd_scale=scale)
        if found is not None:
            graded.append(found)
    return _worse(graded, rule)


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
            else grade(rules["shallow_depth"], "both", [_depth(s) for s in aside], "The thigh"),
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
    return Seen(seen.number, seen.time_s, np.where(deep, lean, np.nan), lean)


def _heel(seen: SquatSeen) -> Seen:
    s = seen.sagittal
    assert s is not None
    change = s.foot_deg - np.median(s.foot_deg[seen.at_rest])
    return Seen(seen.number, seen.time_s, np.where(seen.during, change, np.nan), s.foot_deg)


def depth_error_deg(view: str) -> float:
    """How far the thigh must be from the horizontal before that is certain, degrees: where the finding begins."""
    return RULES["shallow_depth"].limit("mild", 1.0 if view.endswith("side") else FRONT_DEPTH_SCALE)


def _depth(seen: SquatSeen) -> Seen:
    """Depth as a constant curve around the bottom: the deepest counts, however short."""
    bottom = np.abs(seen.time_s - seen.time_s[seen.bottom]) <= HOLD_S
    bottom[max(seen.bottom - 1, 0) : seen.bottom + 2] = True
    above = np.where(bottom, -seen.thigh_below_deg, np.nan)
    return Seen(seen.number, seen.time_s, above, above)


def _overextended(seen: SquatSeen) -> Seen:
    s = seen.sagittal
    assert s is not None
    standing = np.full(len(seen.time_s), -float(np.median(s.knee_flexion_deg[seen.at_rest])))
    return Seen(seen.number, seen.time_s, standing, standing)


def _arms(aside: Sequence[SquatSeen], rule: Rule) -> Finding:
    overhead, curves = [], []
    for seen in aside:
        s = seen.sagittal
        assert s is not None
        rest = float(np.median(s.arm_deg[seen.at_rest]))
        overhead.append(float(np.median(np.abs(s.arm_deg[seen.at_rest]))) <= OVERHEAD_DEG)
        curves.append(Seen(seen.number, seen.time_s, np.where(seen.during, s.arm_deg - rest, np.nan), s.arm_deg))
    if not all(overhead):
        return unseen(rule.code, "both", "the arms are not held overhead; raise them for the overhead squat.")
    return grade(rule, "both", curves, "The arms") or unseen(rule.code, "both", "was not seen long enough.")


def _front_depth(front: Sequence[SquatSeen], rule: Rule, view: str) -> Finding:
    """From the front (not from behind) depth is told only where it is clear beyond its wider error."""
    ahead = [s for s in front if s.view == "front"]
    if ahead:
        found = grade(rule, "both", [_depth(s) for s in ahead], "The thigh", sd_scale=FRONT_DEPTH_SCALE)
        if found is not None and (found.severity != "none" or (found.ci95 and found.ci95[1] < rule.mild)):
            return found
    where = "an oblique view" if view == "oblique" else f"the {_words(view)}"
    return unseen(rule.code, "both", f"too close to the horizontal to tell from {where}; film from the side.")
