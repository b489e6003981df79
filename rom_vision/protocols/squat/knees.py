"""Knees and feet from in front or behind: whether each knee goes where its foot points.

Both ways are judged against the foot (see `rom_vision.protocols.squat.over_foot`): a knee inside its direction turns in
(valgus), one outside turns out (varus). Where the foot points is known the less well the smaller it is and the more it
points aside, and the landmarks of feet turned far out have been seen to show a quarter of it. So a knee is called sound
only where its turn would have shown. A knee that turns in by little, or is called marked, has a second witness: the
knees are closer together than the feet, the other knee does not do it, or (for marked) it goes past the body's middle.
One that goes out past its foot is believed when the other knee does not, or beyond what wrong feet can make of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.phases import Legs
from rom_vision.protocols.squat.rules import FOUND, Rule, Seen, grade, held, unseen
from rom_vision.protocols.squat.seen import FPPA_MAX_FLEXION_DEG, SIDES, SquatSeen
from rom_vision.results.parts import Finding

__all__ = ["asymmetry", "foot_turnout", "knee_in_of_foot_deg", "knee_valgus", "knee_varus"]

BACK_MAX_FLEXION_DEG = 85.0
"""From behind the thighs hide the knees deeper than this."""
BENT_DEG, BENT_BACK_DEG, BENT_SHARE = 90.0, 30.0, 0.85
"""A knee's direction is read from this flexion on (the second from behind), or, where the squat is shallow, from this
share of its most: on the way down, knees of a wide stance come over their feet late."""
HEEL_VISIBLE = 0.3
"""From in front a heel stands behind its foot: 0.35 to 0.6 where all is well."""
FOOT_DOUBT_DEG = 15.0
"""A knee that goes out this far past its foot's landmarks says that they are wrong rather than that it does."""
TELLING_DEG = 10.0
"""A knee is called sound where one that turns in by this much would have shown (our own heuristic)."""
BEHIND = 2.0
"""From behind heels and thighs hide where feet point and knees go: known so many times less surely (our own heuristic,
after the LEARN people)."""
KNEES_CLOSE = 0.9
"""Knee-to-ankle separation ratio below which knees are in (clinical evidence, 5.1: 1.0 is neutral, amber below 0.9;
sound squats of synthetic people: from 1.05)."""
WRONG_FEET_DEG = 12.0
"""Knees over feet that point 30 to 40 degrees out, of which the landmarks show a quarter, seem to go out past them by
this much: both knees out alike are believed only beyond it (our own heuristic, after a public clip)."""
DETECTABLE_DEG = 8.0
"""A knee that turns in by this much more than the other one differs (detectable change, Munro 2012)."""
FOLLOWS_DEG = 5.0
"""A knee that goes out from the body's middle by more than this follows its foot at least in part."""


# -- curves ----------------------------------------------------------------------------------------------------------


def _shown(seen: SquatSeen, leg: int) -> npt.NDArray[np.bool_]:
    """(T,) where a knee is bent enough, and seen well enough, to say where it goes."""
    f = seen.frontal
    assert f is not None
    side, flexion = SIDES[leg].upper(), f.knee_flexion_deg[:, leg]
    shown = seen.during & np.isfinite(f.knee_in_deg[:, leg]) & seen.sees(f"{side}_KNEE", f"{side}_ANKLE")
    if seen.view == "back":
        shown &= flexion <= BACK_MAX_FLEXION_DEG
    if not shown.any():
        return shown
    bent = BENT_BACK_DEG if seen.view == "back" else BENT_DEG
    return np.asarray(shown & (flexion >= min(bent, BENT_SHARE * float(flexion[shown].max()))))


def knee_in_deg(seen: SquatSeen, leg: int) -> FloatArray:
    """(T,) turn of a knee inwards from straight ahead; NaN where it is not defined or not seen."""
    assert seen.frontal is not None
    return np.where(_shown(seen, leg), seen.frontal.knee_in_deg[:, leg], np.nan)


def knee_in_of_foot_deg(seen: SquatSeen, leg: int) -> FloatArray:
    """(T,) turn of a knee inwards from where its foot points; NaN where it is not defined or a part is hidden."""
    assert seen.frontal is not None
    if _foot_deg(seen, leg) is None:
        return np.full(len(seen.time_s), np.nan)
    return np.where(_shown(seen, leg), seen.frontal.in_of_foot_deg[:, leg], np.nan)


def _projected_deg(seen: SquatSeen, leg: int) -> tuple[FloatArray, FloatArray]:
    """(T,) frontal-plane projection angle on one leg, change from standing and as read; valgus +.

    Its thresholds come from there. Deeper than it is defined its place is taken by the knee's turn, which equals it at
    about 55 degrees of flexion.
    """
    f = seen.frontal
    assert f is not None
    turned = knee_in_deg(seen, leg)
    defined = np.isfinite(turned) & (f.knee_flexion_deg[:, leg] <= FPPA_MAX_FLEXION_DEG)
    change = f.fppa_deg[:, leg] - np.median(f.fppa_deg[seen.at_rest, leg])
    medial = f.medial_pct[:, leg] - np.median(f.medial_pct[seen.at_rest, leg])
    ahead = f.medial_pct[:, leg] / np.tan(np.radians(f.knee_in_deg[:, leg]))
    turned_more = np.where(np.isfinite(turned), np.degrees(np.arctan2(medial, ahead)), np.nan)
    return np.where(defined, change, turned_more), np.where(defined, f.fppa_deg[:, leg], turned)


def _foot_deg(seen: SquatSeen, leg: int) -> float | None:
    """Direction of the foot, outward +; None where it is hidden."""
    assert seen.frontal is not None
    side = SIDES[leg].upper()
    shown = seen.sees(f"{side}_HEEL", least=HEEL_VISIBLE) & seen.sees(f"{side}_FOOT_INDEX")
    if shown[seen.at_rest].mean() < 0.5:
        return None
    return float(seen.frontal.turnout_deg[leg])


def _doubt(seen: Sequence[SquatSeen], leg: int) -> float:
    """How many times less surely a knee is known against its foot than against one that points at the camera."""
    shown = [(s, s.frontal.in_of_foot_doubt[:, leg], _shown(s, leg)) for s in seen if s.frontal]
    behind = [BEHIND if s.view == "back" else 1.0 for s, _, where in shown if where.any()]
    doubts = [float(np.median(doubt[where])) for _, doubt, where in shown if where.any()]
    return float(np.mean(np.multiply(doubts, behind))) if doubts else 1.0


def _knees_close(seen: Sequence[SquatSeen]) -> bool:
    """Whether the bent knees are clearly closer together than the ankles, wherever the feet point."""
    both = [(s.frontal.kasr, _shown(s, 0) & _shown(s, 1)) for s in seen if s.frontal]
    ratios = [float(np.median(kasr[where])) for kasr, where in both if where.any()]
    return bool(ratios) and float(np.mean(ratios)) < KNEES_CLOSE


# -- findings --------------------------------------------------------------------------------------------------------


def knee_valgus(seen: Sequence[SquatSeen], leg: int, rule: Rule, legs: Legs, scale: float) -> Finding:
    """Grade a knee that turns inwards from where its foot points; on one leg, its frontal-plane projection angle."""
    side = SIDES[leg]
    subject = f"The {side} knee"
    if legs != "both":
        alone = [Seen(s.number, s.time_s, *_projected_deg(s, leg)) for s in seen]
        return grade(rule, side, alone, subject, sd_scale=scale) or unseen("knee_valgus", side, _why_unseen(seen))
    if all(_foot_deg(s, leg) is None for s in seen):  # feet do not point inwards: past the middle is inside the foot
        rule = replace(rule, what="turns inwards past the body's middle")
        of_foot = [knee_in_deg(s, leg) for s in seen]
    else:
        of_foot = [knee_in_of_foot_deg(s, leg) for s in seen]
    curves = [Seen(s.number, s.time_s, turned, turned) for s, turned in zip(seen, of_foot, strict=True)]
    scale *= _doubt(seen, leg)
    close, beyond = _knees_close(seen), _most_in(seen, leg) - _most_in(seen, 1 - leg)
    if close or beyond >= DETECTABLE_DEG:
        rule = replace(rule, normal=0.0)
    elif _follows_foot(seen, leg):  # then the foot is the only witness
        rule = replace(rule, marked=np.inf)
    found = grade(rule, side, curves, subject, sd_scale=scale)
    if found is None:
        return unseen("knee_valgus", side, _why_unseen(seen))
    why = _why_not_sound(found, all(s.view == "back" for s in seen), close and beyond >= 0)
    return unseen("knee_valgus", side, why) if why else found


def _why_not_sound(found: Finding, behind: bool, close: bool) -> str | None:
    """Why a knee in which nothing was found is not called sound all the same; None where it is, or is not asked."""
    if found.severity != "none" or found.ci95 is None:
        return None
    if behind:
        return "from behind only a knee that turns in far shows; film from the front."
    if found.ci95[1] > TELLING_DEG:
        how_far = f"it seems to turn in from its foot by {found.change_from_standing:.0f}°"
        return f"{how_far} ({found.ci95[0]:.0f} to {found.ci95[1]:.0f}°), too little or too uncertain to tell."
    return "the knees come closer together than the feet, but neither clearly turns in." if close else None


def _most_in(seen: Sequence[SquatSeen], leg: int) -> float:
    """How far a knee turns in from its foot for long enough to count, mean of the repetitions; NaN where unseen."""
    most = [held(s.time_s, knee_in_of_foot_deg(s, leg))[0] for s in seen]
    return float(np.mean(most)) if np.isfinite(most).all() else np.nan


def _follows_foot(seen: Sequence[SquatSeen], leg: int) -> bool:
    """Whether a knee goes out from the body's middle, as its foot does."""
    turned = [np.nanmedian(t) for s in seen if np.isfinite(t := knee_in_deg(s, leg)).any()]
    return bool(turned) and float(np.mean(turned)) < -FOLLOWS_DEG


def knee_varus(seen: Sequence[SquatSeen], leg: int, rule: Rule, legs: Legs, scale: float) -> Finding:
    """Grade a knee that goes out past its foot; believed only against the other knee, which does not."""
    side = SIDES[leg]
    own, other = ([_past_foot(s, i) for s in seen] for i in (leg, 1 - leg))
    scale *= _doubt(seen, leg)
    found = grade(rule, side, own, f"The {side} knee", sd_scale=scale)
    if found is None:
        return unseen("knee_varus", side, _why_unseen(seen))
    if found.severity not in FOUND:
        return found
    witness = grade(rule, side, other, "The other knee", sd_scale=scale) if legs == "both" else None
    if witness is not None and witness.severity == "none":  # the feet are seen alike: this knee does what that does not
        more = [replace(a, graded=a.graded - np.maximum(b.graded, 0.0)) for a, b in zip(own, other, strict=True)]
        beyond = grade(rule, side, more, f"The {side} knee", sd_scale=scale)
        if beyond is not None and beyond.severity in FOUND:
            return beyond
    sure = grade(replace(rule, normal=WRONG_FEET_DEG, marked=np.inf), side, own, f"The {side} knee", sd_scale=scale)
    if sure is not None and sure.severity in FOUND and all(s.view == "front" for s in seen):
        return sure
    return unseen(
        "knee_varus",
        side,
        f"the knee goes out past its foot by {abs(found.value or 0.0):.0f}°, but the foot, small in the picture, is not"
        " seen well enough to tell whether it points there itself; look at the picture of the deepest moment.",
    )


def _past_foot(seen: SquatSeen, leg: int) -> Seen:
    beyond = -knee_in_of_foot_deg(seen, leg)
    return Seen(seen.number, seen.time_s, beyond, beyond)


def foot_turnout(seen: Sequence[SquatSeen], leg: int, rule: Rule, scale: float) -> Finding:
    """Grade a turned-out foot; a knee that goes out far past it says that its landmarks are wrong."""
    side = SIDES[leg]
    feet = [_foot_deg(s, leg) for s in seen]
    curves = [
        Seen(s.number, s.time_s, np.where(s.during, f, np.nan), np.full(len(s.time_s), f))
        for s, f in zip(seen, feet, strict=True)
        if f is not None
    ]
    found = grade(rule, side, curves, f"The {side} foot", sd_scale=scale) if curves else None
    if found is None:
        return unseen("foot_turnout", side, "the foot was not seen long enough.")
    out = [-np.nanmedian(t) for s in seen if np.isfinite(t := knee_in_deg(s, leg)).any()]
    shown = found.change_from_standing or 0.0
    if out and float(np.mean(out)) - shown > FOOT_DOUBT_DEG:
        return unseen(
            "foot_turnout", side, "the foot is small in the picture, and its knee goes much further out than it points."
        )
    return found


def asymmetry(seen: Sequence[SquatSeen], rule: Rule, scale: float) -> list[Finding]:
    """Grade one knee that is turned in more than the other, either way."""
    graded = []
    scale *= float(np.hypot(_doubt(seen, 0), _doubt(seen, 1))) / np.sqrt(2.0)
    for sign, side in ((1.0, SIDES[0]), (-1.0, SIDES[1])):
        curves = []
        for s in seen:
            difference = sign * (knee_in_of_foot_deg(s, 0) - knee_in_of_foot_deg(s, 1))
            curves.append(Seen(s.number, s.time_s, difference, difference))
        found = grade(rule, side, curves, f"The {side} knee", sd_scale=scale)
        if found is not None:
            graded.append(found)
    return graded


def _why_unseen(seen: Sequence[SquatSeen]) -> str:
    if all(s.view == "back" for s in seen):
        return "from behind the thighs hide the knees of a deep squat; film from the front."
    return "the knee does not bend enough, or is not seen well enough, to tell."
