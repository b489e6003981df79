"""Knees and feet from in front or behind: whether each knee goes where its foot points.

Both ways are judged against the foot: a knee inside its direction turns in (valgus), one outside turns out (varus).
Foot and knee are seen in the same picture, so where the camera stands does not matter to their difference. How far a
knee turns is known to a few degrees. Where the foot points is known less well, since heel and toes are close together
and point at the camera: the landmarks of feet turned far out have been seen to show a quarter of it. So a knee that
turns in clearly has a second witness, the body's middle, and one that goes out past its foot is believed only when the
other knee does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.phases import Legs
from rom_vision.protocols.squat.rules import FOUND, Rule, Seen, grade, unseen
from rom_vision.protocols.squat.seen import FPPA_MAX_FLEXION_DEG, SIDES, SquatSeen
from rom_vision.results.parts import Finding

__all__ = ["asymmetry", "foot_turnout", "knee_in_of_foot_deg", "knee_valgus", "knee_varus"]

BACK_MAX_FLEXION_DEG = 85.0
"""From behind the thighs hide the knees deeper than this."""
BENT_DEG, BENT_BACK_DEG, BENT_SHARE = 60.0, 30.0, 0.75
"""A knee's direction is read from this flexion on (the second from behind), or, where the squat is shallow, from this
share of its most."""
FOOT_LEG_PX = 160.0
"""The foot's direction is known as stated where the leg is this long in the picture, less well where it is smaller."""
HEEL_VISIBLE = 0.3
"""From in front a heel stands behind its foot: 0.35 to 0.6 where all is well."""
FOOT_DOUBT_DEG = 15.0
"""A knee that goes out this far past its foot's landmarks says that they are wrong rather than that it does."""
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
    return np.where(_shown(seen, leg), _as_made(seen.frontal.knee_in_deg[:, leg]), np.nan)


def knee_in_of_foot_deg(seen: SquatSeen, leg: int) -> FloatArray:
    """(T,) turn of a knee inwards from where its foot points; NaN where it is not defined or a part is hidden."""
    foot = _foot_deg(seen, leg)
    if foot is None:
        return np.full(len(seen.time_s), np.nan)
    return np.asarray(knee_in_deg(seen, leg) + foot - LEARNED.in_of_foot_bias_deg)


def _as_made(turn_deg: FloatArray) -> FloatArray:
    """What a turn of the knee (inwards +) really is when the landmarks show ``turn_deg``."""
    return np.where(turn_deg > 0, turn_deg / LEARNED.inward_shown, turn_deg)


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
    turned_more = np.where(np.isfinite(turned), _as_made(np.degrees(np.arctan2(medial, ahead))), np.nan)
    return np.where(defined, _as_made(change), turned_more), np.where(defined, _as_made(f.fppa_deg[:, leg]), turned)


def _foot_deg(seen: SquatSeen, leg: int) -> float | None:
    """Direction of the foot, outward +; None where it is hidden."""
    assert seen.frontal is not None
    side = SIDES[leg].upper()
    shown = seen.sees(f"{side}_HEEL", least=HEEL_VISIBLE) & seen.sees(f"{side}_FOOT_INDEX")
    if shown[seen.at_rest].mean() < 0.5:
        return None
    return float(seen.frontal.turnout_deg[leg])


def _smaller(seen: Sequence[SquatSeen]) -> float:
    """How much less well a foot's direction is known because it is small in the picture."""
    return max(1.0, FOOT_LEG_PX / min(s.leg_px for s in seen))


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
    scale *= _smaller(seen)
    found = grade(rule, side, curves, subject, sd_scale=scale)
    if found is None:
        return unseen("knee_valgus", side, _why_unseen(seen))
    if found.severity == "none" and all(s.view == "back" for s in seen):
        return unseen("knee_valgus", side, "from behind only a knee that turns in far shows; film from the front.")
    if found.severity == "none" and found.ci95 and found.ci95[1] > rule.limit("marked"):
        return unseen("knee_valgus", side, f"too uncertain from here ({found.ci95[0]:.0f} to {found.ci95[1]:.0f}°).")
    if found.severity == "marked" and _follows_foot(seen, leg):  # then the foot is the only witness
        return grade(replace(rule, marked=np.inf), side, curves, subject, sd_scale=scale) or found
    return found


def _follows_foot(seen: Sequence[SquatSeen], leg: int) -> bool:
    """Whether a knee goes out from the body's middle, as its foot does."""
    turned = [np.nanmedian(t) for s in seen if np.isfinite(t := knee_in_deg(s, leg)).any()]
    return bool(turned) and float(np.mean(turned)) < -FOLLOWS_DEG


def knee_varus(seen: Sequence[SquatSeen], leg: int, rule: Rule, legs: Legs, scale: float) -> Finding:
    """Grade a knee that goes out past its foot; believed only against the other knee, which does not."""
    side = SIDES[leg]
    own, other = ([_past_foot(s, i) for s in seen] for i in (leg, 1 - leg))
    found = grade(rule, side, own, f"The {side} knee", sd_scale=scale)
    if found is None:
        return unseen("knee_varus", side, _why_unseen(seen))
    if found.severity == "none":
        return found
    witness = grade(rule, side, other, "The other knee", sd_scale=scale) if legs == "both" else None
    if witness is not None and witness.severity == "none":  # the feet are seen alike: this knee does what that does not
        more = [replace(a, graded=a.graded - np.maximum(b.graded, 0.0)) for a, b in zip(own, other, strict=True)]
        beyond = grade(rule, side, more, f"The {side} knee", sd_scale=scale)
        if beyond is not None and beyond.severity in FOUND:
            return beyond
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
