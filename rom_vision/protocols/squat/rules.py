"""From curves to findings: thresholds with their sources, what holds long and often enough, and plain sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.results.parts import Finding, Severity

__all__ = [
    "ALWAYS_UNSEEN",
    "FOUND",
    "FRONTAL",
    "HOLD_S",
    "RULES",
    "SAGITTAL",
    "SINGLE_LEG_RULES",
    "Rule",
    "Seen",
    "grade",
    "held",
    "unseen",
]

BEYOND_DOUBT = 2.0
"""Standard deviations: what is looked for in a dozen places at once must not be found by chance in one of twenty."""

FindingSide = Literal["left", "right", "both"]

HOLD_S = 0.2
"""A fault counts when it lasts this long (clinical evidence, 5.4: landmark noise; our own heuristic)."""
NEEDED, NEEDED_SHARE = 2, 0.5
"""... and is seen in this many repetitions and this share of them, or in the only one (clinical evidence, 9: two of
three; our own heuristic)."""


@dataclass(frozen=True)
class Rule:
    """When a measure is a finding.

    Attributes
    ----------
    code, unit : as in the result.
    mild, marked : thresholds.
    sd : standard deviation of one reading, from synthetic people never used for reporting; a finding must also lie
        above ``normal`` beyond doubt.
    normal : what is certainly no fault.
    sd_share : what one reading errs by on top, as a share of itself.
    possible : beyond this no body goes: landmarks that say so do not fit, and such a reading is none.
    source : of the thresholds.
    what : the fault in words that follow 'the left knee' or stand alone.
    """

    code: str
    unit: str
    mild: float
    marked: float
    sd: float
    source: str
    what: str
    normal: float = 0.0
    sd_share: float = 0.0
    possible: float = math.inf

    def limit(self, severity: Literal["mild", "marked"], sd_scale: float = 1.0) -> float:
        """From where on a measured value counts, error included; between mild and marked there is always room."""
        mild = max(self.mild, self.normal + BEYOND_DOUBT * self.sd * sd_scale)
        if severity == "mild":
            return mild
        return max(self.marked, mild + self.sd * sd_scale)


FOUND: tuple[Literal["mild", "marked"], ...] = ("mild", "marked")


def _rule(code: str, unit: str, mild: float, marked: float, source: str, what: str, **more: float) -> Rule:
    return Rule(code, unit, mild, marked, LEARNED.sd[code], source, what, **more)


_OWN = "our own heuristic"
_BSA = "Back Squat Assessment (Myer 2014)"
_RULES = (
    _rule(
        "knee_valgus", "deg", 5, 12,
        f"knee inside the direction of its foot (FMS: knees not inside the feet; {_BSA}); up to 5 is none: {_OWN}",
        "turns inwards from its foot", normal=5.0, sd_share=0.1, possible=60.0,
    ),
    _rule(
        "knee_varus", "deg", 10, 20, f"knee outside the direction of its foot; {_OWN}",
        "turns outwards past its foot", possible=60.0,
    ),
    _rule(
        "pelvic_obliquity", "deg", 3, 8, f"line of the hips, {_BSA}; degrees {_OWN}", "drops", possible=40.0
    ),
    _rule(
        "lateral_shift", "% of stance", 10, 18, f"NASM overhead squat; beyond a camera's error: {_OWN}", "shifts",
        possible=100.0,
    ),
    _rule(
        "trunk_side_bend", "deg", 5, 12, f"after Dingenen 2014; degrees {_OWN}", "bends", normal=2.5, possible=60.0
    ),
    _rule(
        "foot_turnout", "deg", 30, 45,
        f"10 degrees in the single-leg squat rating; 15 to 30 is how most people squat on two legs: {_OWN}",
        "is turned out", normal=12.0, possible=90.0,
    ),
    _rule(
        "knee_asymmetry", "deg", 12, 22,
        f"beyond the detectable 8 (Munro 2012); {_OWN}", "is turned in more than the other", possible=80.0,
    ),
    _rule(
        "forward_lean", "deg", 10, 18,
        f"trunk parallel to the tibia or more upright (FMS; Myer 2014); many sound squats reach 10: {_OWN}",
        "leans forward past the shins", possible=100.0,
    ),
    _rule("heel_rise", "deg", 10, 20, f"entire foot in contact, {_BSA}; degrees {_OWN}", "rises", possible=70.0),
    _rule(
        "shallow_depth", "deg", 5, 20,
        f"thigh horizontal (FMS; {_BSA}) with a grey zone of 5 degrees; {_OWN}", "stays above the horizontal",
        possible=90.0,
    ),
    _rule(
        "knee_hyperextension", "deg", 5, 10, "10: Beighton; 5 noted by convention", "overextends", possible=45.0
    ),
    _rule(
        "arms_fall", "deg", 12.5, 25, f"NASM overhead squat; 10 to 15 degrees {_OWN}", "fall forward",
        possible=120.0,
    ),
)  # fmt: skip
RULES: dict[str, Rule] = {rule.code: rule for rule in _RULES}

_SINGLE = (
    Rule(
        "knee_valgus", "deg", 10.0, 15.0, LEARNED.sd["knee_valgus_single"],
        "frontal-plane projection angle, single-leg squat: 8.4 SD 5.1 in healthy people (Herrington 2014)",
        "turns inwards", possible=45.0,
    ),
    Rule(
        "pelvic_obliquity", "deg", 5.0, 10.0, LEARNED.sd["pelvic_obliquity"],
        f"pelvic drop on one leg; degrees {_OWN}", "drops", possible=40.0,
    ),
    _rule("trunk_side_bend", "deg", 5.0, 10.0, f"after Dingenen 2014; degrees {_OWN}", "bends", possible=60.0),
)  # fmt: skip
SINGLE_LEG_RULES: dict[str, Rule] = {**RULES, **{rule.code: rule for rule in _SINGLE}}

FRONTAL = (
    *("knee_valgus", "knee_varus", "pelvic_obliquity", "lateral_shift", "trunk_side_bend", "foot_turnout"),
    "knee_asymmetry",
)  # fmt: skip
SAGITTAL = ("forward_lean", "heel_rise", "shallow_depth", "knee_hyperextension", "arms_fall")
PAIRED = ("knee_valgus", "knee_varus", "foot_turnout")
"""Judged for each leg."""

NAMES = {
    "knee_valgus": "Knee turning in (valgus)",
    "knee_varus": "Knee turning out (varus)",
    "pelvic_obliquity": "Pelvic drop or hike",
    "lateral_shift": "Sideways shift of the pelvis",
    "trunk_side_bend": "Side bend of the trunk",
    "foot_turnout": "Turned-out foot",
    "knee_asymmetry": "Difference between the knees",
    "forward_lean": "Forward lean of the trunk",
    "heel_rise": "Rising heel",
    "shallow_depth": "Depth of the squat",
    "knee_hyperextension": "Overextended knee in standing",
    "arms_fall": "Arms falling forward",
    "feet_flatten": "Flattening feet",
    "low_back": "Rounding or arching of the low back",
}

ALWAYS_UNSEEN = {
    "feet_flatten": "the landmarks do not show the arch of the foot; look at the feet from behind, close up.",
    "low_back": "the landmarks have no point between shoulders and hips; look at the back from the side.",
}


@dataclass(frozen=True)
class Seen:
    """One measure in one repetition: its number, times (T,), what is graded (T,; NaN where undefined), as read (T,).

    ``worst`` is the frame at which it is worst, where that is known beforehand.
    """

    number: int
    time_s: FloatArray
    graded: FloatArray
    value: FloatArray
    worst: int | None = None

    def held(self, possible: float) -> tuple[float, int]:
        """Largest value that lasts, and where it is worst; what is impossible counts as not seen."""
        fits = (np.abs(self.graded) <= possible) & (np.abs(self.value) <= possible)
        value, at = held(self.time_s, np.where(fits, self.graded, np.nan))
        return value, at if at < 0 or self.worst is None else self.worst


def held(time_s: FloatArray, curve: FloatArray) -> tuple[float, int]:
    """Largest value that is kept for `HOLD_S` (at least two frames), and the frame at which that stretch is worst."""
    best, at = -np.inf, -1
    for i in range(len(curve) - 1):
        j = max(int(np.searchsorted(time_s, time_s[i] + HOLD_S - 1e-3)), i + 1)
        if j < len(curve) and np.isfinite(curve[i : j + 1]).all() and curve[i : j + 1].min() > best:
            best, at = float(curve[i : j + 1].min()), i + int(curve[i : j + 1].argmax())
    return best, at


def grade(
    rule: Rule, side: FindingSide, seen: Sequence[Seen], subject: str, *, sd_scale: float = 1.0
) -> Finding | None:
    """Grade one measure over its repetitions; None when it was defined in no repetition.

    Where enough of them read beyond the threshold, but not beyond doubt, it is not assessable.

    Parameters
    ----------
    rule : thresholds.
    side : of the finding.
    seen : the repetitions that show it, fault +.
    subject : of the sentence, 'The left knee'.
    sd_scale : widens the error, for a view that shows less.
    """
    tops = [(*s.held(rule.possible), s) for s in seen]
    tops = [top for top in tops if top[1] >= 0]
    if not tops:
        return None
    values = np.array([value for value, _, _ in tops])
    needed = min(max(NEEDED, math.ceil(NEEDED_SHARE * len(tops))), len(tops))
    sd = rule.sd * sd_scale
    scatter = float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    counted = {severity: values >= rule.limit(severity, sd_scale) for severity in FOUND}
    severity: Severity = "none"
    for name in ("mild", "marked"):
        if counted[name].sum() >= needed:
            severity = name
    shown = counted["mild"] if severity != "none" else np.ones(len(values), dtype=bool)
    graded = float(values[shown].mean())
    half = 1.96 * float(np.sqrt(sd**2 + scatter**2 + (rule.sd_share * graded) ** 2))
    worst = max((top for top, show in zip(tops, shown, strict=True) if show), key=lambda top: top[0])
    value = float(np.mean([s.value[i] for (_, i, s), show in zip(tops, shown, strict=True) if show]))
    numbers = tuple(s.number for (_, _, s), show in zip(tops, shown, strict=True) if show)
    found = severity != "none"
    interval = (round(graded - half, 1), round(graded + half, 1))
    if not found and (values >= rule.mild).sum() >= needed:
        return _open(rule, side, graded, interval)
    return Finding(
        code=rule.code,
        side=side,
        severity=severity,
        value=round(value, 1),
        unit=rule.unit,
        change_from_standing=round(graded, 1),
        ci95=interval,
        threshold=round(rule.limit("marked" if severity == "marked" else "mild", sd_scale), 1),
        source=rule.source,
        repetitions=numbers if found else (),
        worst_time_s=round(float(worst[2].time_s[worst[1]]), 3) if found else None,
        sentence=_sentence(rule, side, severity, subject, graded, interval, numbers, sd_scale),
    )


def unseen(code: str, side: FindingSide, why: str) -> Finding:
    """List something that this recording cannot show."""
    rule = RULES.get(code)
    return Finding(
        code=code,
        side=side,
        severity="not_assessable",
        value=None,
        unit=rule.unit if rule else "",
        change_from_standing=None,
        ci95=None,
        threshold=rule.mild if rule else None,
        source=rule.source if rule else "",
        repetitions=(),
        worst_time_s=None,
        sentence=f"{NAMES[code]}{_of(side)}: {why}",
    )


def _open(rule: Rule, side: FindingSide, reading: float, interval: tuple[float, float]) -> Finding:
    """Say that readings beyond the threshold lie within their own error: no fault beyond doubt, and nothing normal."""
    unit = "°" if rule.unit == "deg" else f" {rule.unit}"
    read, low, high = (f"{x:.0f}{unit}" for x in (reading, *interval))
    how = "film straight from the front or the side, from farther off."
    return unseen(rule.code, side, f"it seems to be {read} ({low} to {high}), too uncertain to tell; {how}")


def _of(side: FindingSide) -> str:
    return "" if side == "both" else f", {side}"


def _sentence(
    rule: Rule,
    side: FindingSide,
    severity: Severity,
    subject: str,
    amount: float,
    interval: tuple[float, float],
    numbers: tuple[int, ...],
    sd_scale: float,
) -> str:
    unit = "°" if rule.unit == "deg" else f" {rule.unit}"
    low, high = (f"{x:.0f}" for x in interval)
    amounts = f"{amount:.0f}{unit}", f"95 %: {low} to {high}{unit}"
    limit = rule.limit("marked" if severity == "marked" else "mild", sd_scale)
    if severity == "none":
        return f"{NAMES[rule.code]}{_of(side)}: none found ({', '.join(amounts)}; a finding from {limit:.0f}{unit})."
    which = ", ".join(map(str, numbers))
    reps = f"repetition{'s' if len(numbers) > 1 else ''} {which}"
    return f"{subject} {rule.what} by {amounts[0]} ({amounts[1]}) in {reps}: {severity} (from {limit:.0f}{unit})."
