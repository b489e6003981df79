"""Hip rotation, seated or supine, hip and knee at 90 degrees: set-up check, repetitions, measurement, quality.

Gates come from the clinical evidence (capture gates, substitutions and how examiners stop them); each speaks one
plain sentence that says what to change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from rom_vision.body.angles import JointAngles
from rom_vision.body.kinematics import Framing
from rom_vision.pose.track import BoolArray, FloatArray
from rom_vision.protocols.damage import beside, damage_refusal
from rom_vision.protocols.hip_rotation.curves import RotationCurves, rotation_curves
from rom_vision.protocols.hip_rotation.learned import PELVIS_NOISE_DEG
from rom_vision.protocols.hip_rotation.picture import not_found
from rom_vision.protocols.repetitions import Excursion, find_excursions, rest_level
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure, Mode, Position, Repetition, Series, Side

__all__ = ["DIRECTIONS", "measure_hip_rotation", "session_value"]

Direction = Literal["internal", "external"]
DIRECTIONS: tuple[Direction, Direction] = ("internal", "external")

# Gates. Krause 2015, Harris-Hayes 2007 and the AMA consistency rule stand behind the pelvis, knee and outlier gates;
# the others are our own heuristics from the error budget of a front view.
KNEE_RANGE_DEG = (80.0, 100.0)
KNEE_REFUSE_DEG = (55.0, 125.0)
HIP_FLEXION_REFUSE_DEG = (55.0, 125.0)
THIGH_VIEW_WARN_DEG = 15.0
THIGH_VIEW_REFUSE_DEG = 50.0
PELVIS_WARN_DEG, PELVIS_REJECT_DEG = 3.0, 5.0
TRUNK_REJECT_DEG = 10.0
SHANK_WARN_PX, SHANK_REFUSE_PX = 150.0, 80.0
TRAVEL_REFUSE_M = 0.2
POSTURE_SPREAD_REFUSE_DEG = 30.0
REST_REFUSE_DEG = 30.0
OUTLIER_DEG = 5.0
LOST_S = 0.5
FOUND_REFUSE = 0.6
RESIDUAL_REFUSE, RESIDUAL_WARN = 1.6, 1.0
"""Good fits of synthetic people lie at 0.4 to 0.8, those of a wrong limb above 1.3 (tuning people)."""
CAMERA_SIDE_REFUSE_DEG = 18.0
"""Lying: from further to the side, a small error of the thigh's direction becomes one of its rotation."""
INTERVAL_REFUSE_DEG = 28.0
"""A 95 % interval wider than this is no measurement: it would span from 'markedly low' to 'high'."""

_TAKE_UP = {
    "seated": "Sit with hips and knees at 90 degrees, the knees pointing at the camera.",
    "supine": "Lie on the back with hip and knee of the tested leg at 90 degrees.",
}
_SPARED_REASONS = ("pelvis", "trunk")


def measure_hip_rotation(
    angles: JointAngles,
    frame: Framing,
    unsound: BoolArray,
    *,
    position: Position,
    side: Side,
    mode: Mode,
    hip_line_deg: float = PELVIS_NOISE_DEG,
) -> Result:
    """Measure internal and external rotation from the joint angles of one recording.

    Parameters
    ----------
    unsound : (T,) bool, as in `PoseTrack`.
    angles : as `rom_vision.body.kinematics.joint_angles` gives them, estimated with `posture_for` the same position.
    frame : the person's size and place in the picture.
    position, side, mode : of the test; they are part of the number.
    hip_line_deg : scale of the hip line's error; another than the learned one where the joints are known.

    Returns
    -------
    Result
        Refused, with reasons, when the picture, the pose or the view cannot be measured.
    """
    curves = rotation_curves(angles, side, position, unsound, hip_line_deg)
    reasons = _refusals(curves, frame, position)
    warnings = [] if reasons else _warnings(curves, frame, position)
    repetitions: tuple[Repetition, ...] = ()
    values: list[Measure] = []
    rest = _rest(curves) if np.isfinite(curves.rotation).any() else None
    pelvis_change = shank = None
    if not reasons and rest is not None:
        if abs(rest) > REST_REFUSE_DEG:
            reasons.append(_wrong_rest(rest, position))
        excursions = find_excursions(curves.time_s, curves.rotation, rest)
        repetitions = _set_outliers_aside(tuple(_repetition(curves, e) for e in excursions))
        values = [v for d in DIRECTIONS if (v := session_value(repetitions, d, side, warnings)) is not None]
        reasons += _no_value(repetitions, values) + _too_wide(values)
        pelvis_change = _pelvis_change(curves, excursions)
        if position == "seated" and any(v.quantity == "internal_rotation" for v in values):
            shank = _inclination(curves, excursions)
    beside = (
        ("rest", "rotation at rest", rest),
        ("shank_inclination", "shank inclination against gravity", shank),
        ("pelvis_compensation", "change of pelvis list", pelvis_change),
    )
    return Result(
        test="hip_rotation",
        options={"position": position, "side": side, "mode": mode},
        status="refused" if reasons else "measured",
        reasons=tuple(reasons),
        warnings=tuple(warnings),
        measures=(
            *(() if reasons else values),
            *(Measure(name, words, side, rounded) for name, words, x in beside if (rounded := _round(x)) is not None),
        ),
        repetitions=repetitions,
        series=_series(curves.time_s, curves.rotation, curves.sd),
    )


def _series(time_s: FloatArray, rotation: FloatArray, sd: FloatArray) -> Series:
    return {
        "time_s": tuple(round(float(t), 4) for t in time_s),
        "hip_rotation_deg": tuple(_round(x) for x in rotation),
        "hip_rotation_sd_deg": tuple(_round(x) for x in sd),
    }


def _wrong_rest(rest: float, position: Position) -> str:
    begin = "hanging straight down" if position == "seated" else "in line with the body"
    return f"The leg seems to rest at {rest:.0f} degrees of rotation. Begin with the shin {begin}."


def _rest(curves: RotationCurves) -> float:
    return rest_level(curves.time_s, curves.rotation)


# -- before the repetitions: can this be measured at all? -----------------------------------------------------------


def _refusals(c: RotationCurves, frame: Framing, position: Position) -> list[str]:
    found = np.isfinite(c.rotation)
    if damaged := damage_refusal(c.time_s, c.unsound):
        return damaged
    if (share := float(found[~c.unsound].mean())) < FOUND_REFUSE:
        return [not_found(share)]
    travel = np.ptp(np.percentile(frame.pelvis_m[found], (5, 95), axis=0), axis=0).max()
    if travel > TRAVEL_REFUSE_M:
        return [
            f"The pelvis moved by about {100 * travel:.0f} cm during the recording: this is not a rotation test. "
            + _TAKE_UP[position]
            + " Stay there from the first to the last picture; only the foot moves."
        ]
    reasons = []
    length = float(np.median(frame.shank_px[found]))
    if length < SHANK_REFUSE_PX:
        reasons.append(
            f"The shank is only {length:.0f} pixels long; {SHANK_REFUSE_PX:.0f} are needed and {SHANK_WARN_PX:.0f} are"
            " good. Move the camera closer or film in a higher resolution."
        )
    if np.median(c.residual[found]) > RESIDUAL_REFUSE:
        reasons.append(
            f"The landmarks do not fit a person in the test position. {_TAKE_UP[position]} Check that both hips, knees"
            " and ankles are in the picture, and that nobody else touches or covers the leg."
        )
    else:
        reasons += _posture_refusals(c, found, position)
    return reasons


def _posture_refusals(c: RotationCurves, found: FloatArray, position: Position) -> list[str]:
    reasons = []
    for name, curve in (("hip", c.flexion), ("knee", c.knee)):
        spread = float(np.ptp(np.percentile(curve[found], (10, 90))))
        if spread > POSTURE_SPREAD_REFUSE_DEG:
            reasons.append(f"The {name} bends and straightens by {spread:.0f} degrees. {_TAKE_UP[position]}")
    flexion, knee = float(np.median(c.flexion[found])), float(np.median(c.knee[found]))
    low, high = HIP_FLEXION_REFUSE_DEG
    if not low <= flexion <= high:
        reasons.append(f"The hip is bent by {flexion:.0f} degrees; the test needs about 90. Bring the thigh to 90.")
    low, high = KNEE_REFUSE_DEG
    if not low <= knee <= high:
        reasons.append(f"The knee is bent by {knee:.0f} degrees; the test needs about 90. Bend the knee to 90.")
    aside = float(np.median(np.abs(c.camera_side[found])))
    if position == "supine" and aside > CAMERA_SIDE_REFUSE_DEG:
        reasons.append(
            f"The camera looks at the body from {aside:.0f} degrees to the side, where rotation is read badly. Put it"
            " in line with the body: straight above, or behind the head."
        )
    view = float(np.median(c.view[found]))
    if position == "seated" and view > THIGH_VIEW_REFUSE_DEG:
        reasons.append(
            f"The camera stands {view:.0f} degrees off the line of the thigh, where rotation cannot be seen. Put it"
            " straight in front, so that the knee points at the lens."
        )
    return reasons


def _warnings(c: RotationCurves, frame: Framing, position: Position) -> list[str]:
    found = np.isfinite(c.rotation)
    warnings = []
    length = float(np.median(frame.shank_px[found]))
    if length < SHANK_WARN_PX:
        warnings.append(
            f"The shank is {length:.0f} pixels long; from {SHANK_WARN_PX:.0f} on the reading is steadier. Come closer"
            " or film in a higher resolution."
        )
    knee = float(np.median(c.knee[found]))
    if not KNEE_RANGE_DEG[0] <= knee <= KNEE_RANGE_DEG[1]:
        keep = "keep the shin hanging straight down" if position == "seated" else "keep the shin level"
        warnings.append(f"The knee is bent by {knee:.0f} degrees instead of 90; {keep}.")
    view = float(np.median(c.view[found]))
    if position == "seated" and view > THIGH_VIEW_WARN_DEG:
        warnings.append(
            f"The thigh points {view:.0f} degrees past the camera; the interval is wider for it. Put the camera"
            " straight in front of the knee."
        )
    if np.median(c.residual[found]) > RESIDUAL_WARN:
        warnings.append("The landmarks fit the leg model poorly; tight or short clothing and more light help.")
    return warnings


# -- repetitions ----------------------------------------------------------------------------------------------------


def _repetition(c: RotationCurves, e: Excursion) -> Repetition:
    hold = slice(e.hold_start, e.hold_end + 1)
    whole = slice(e.start, e.end + 1)
    peak = float(np.nanmean(c.rotation[hold]))
    half = 1.96 * float(np.nanmean(c.sd[hold]))
    faults, notes = _rejections(c, e, hold, whole), _notes(c, e, hold)
    hold_start_s, hold_end_s = _time(c, e.hold_start), _time(c, e.hold_end)
    return Repetition(
        start_s=_time(c, e.start),
        end_s=_time(c, e.end),
        at_s=round((hold_start_s + hold_end_s) / 2, 4),
        quantity="internal_rotation" if e.sign > 0 else "external_rotation",
        value=round(e.sign * peak, 2),
        ci95=(round(e.sign * peak - half, 2), round(e.sign * peak + half, 2)),
        hold_start_s=hold_start_s,
        hold_end_s=hold_end_s,
        valid=not faults,
        flags=tuple(faults + notes),
    )


def _rejections(c: RotationCurves, e: Excursion, hold: slice, whole: slice) -> list[str]:
    faults = []
    lift = float(np.nanmedian(c.pelvis[hold]))
    if abs(lift) > PELVIS_REJECT_DEG:
        what = "lifted" if lift > 0 else "dropped"
        faults.append(f"pelvis {what} by {abs(lift):.0f} degrees: keep both sides down and stop before it moves")
    lean = float(np.nanmedian(np.abs(c.trunk[hold])))
    if lean > TRUNK_REJECT_DEG:
        faults.append(f"trunk leaned by {lean:.0f} degrees: keep it still")
    knee = float(np.nanmedian(c.knee[hold]))
    if not KNEE_REFUSE_DEG[0] <= knee <= KNEE_REFUSE_DEG[1]:
        faults.append(f"knee bent by {knee:.0f} degrees instead of 90")
    times = c.time_s[whole][np.isfinite(c.rotation[whole])]
    if beside(c.unsound)[whole].any():
        faults.append("pictures of the repetition are damaged, cut or stand still")
    elif len(times) < 2 or np.diff(times).max() > LOST_S:
        faults.append("the person was lost from view during the repetition")
    if np.nanmedian(c.residual[hold]) > RESIDUAL_REFUSE:
        faults.append("the landmarks do not fit the leg during the hold")
    if not e.complete and not e.held:
        faults.append("the recording begins or ends during the swing")
    return faults


def _notes(c: RotationCurves, e: Excursion, hold: slice) -> list[str]:
    notes = []
    lift = abs(float(np.nanmedian(c.pelvis[hold])))
    if PELVIS_WARN_DEG < lift <= PELVIS_REJECT_DEG:
        notes.append(f"pelvis moved by {lift:.0f} degrees; it does not count as hip rotation")
    if not e.held:
        notes.append("no hold of half a second: the top of the swing was taken")
    return notes


def _set_outliers_aside(repetitions: tuple[Repetition, ...]) -> tuple[Repetition, ...]:
    out = list(repetitions)
    for direction in DIRECTIONS:
        peaks = [_peak(r) for r in repetitions if _is(r, direction) and r.valid]
        if len(peaks) < 3:
            continue
        middle = float(np.median(peaks))
        for i, r in enumerate(out):
            if _is(r, direction) and r.valid and abs(_peak(r) - middle) > OUTLIER_DEG:
                flag = f"{abs(_peak(r) - middle):.0f} degrees from the middle one: set aside"
                out[i] = replace(r, valid=False, flags=(flag, *r.flags))
    return tuple(out)


# -- session value --------------------------------------------------------------------------------------------------


def _is(repetition: Repetition, direction: Direction) -> bool:
    return repetition.quantity == f"{direction}_rotation"


def _peak(repetition: Repetition) -> float:
    assert repetition.value is not None
    return repetition.value


def session_value(
    repetitions: tuple[Repetition, ...], direction: Direction, side: Side, warnings: list[str]
) -> Measure | None:
    """Return the value of one direction, of its repetitions that count; add to ``warnings`` what is to be known."""
    mine = [r for r in repetitions if _is(r, direction)]
    used = [r for r in mine if r.valid]
    if not used:
        # A compensation does not spoil the pelvis-referenced angle; it makes it another test.
        used = [r for r in mine if r.flags and all(f.split(" ")[0] in _SPARED_REASONS for f in r.flags)]
        if not used:
            return None
        warnings.append(
            f"Every {direction} repetition was done with the pelvis or trunk moving along. The value is relative to"
            " the pelvis, so this movement is not counted, but repeat the test keeping them still for a clean one."
        )
    elif len(used) < 3:
        warnings.append(f"Only {len(used)} valid {direction} repetition{'s' * (len(used) > 1)}; three are the rule.")
    peaks = np.array([_peak(r) for r in used])
    systematic = float(np.mean([(r.ci95[1] - r.ci95[0]) / 2 for r in used if r.ci95]))
    scatter = 1.96 * float(peaks.std(ddof=1)) / np.sqrt(len(peaks)) if len(peaks) > 1 else 0.0
    value, half = float(peaks.mean()), float(np.hypot(systematic, scatter))
    return Measure(
        quantity=f"{direction}_rotation",
        words=f"{direction} rotation",
        side=side,
        value=round(value, 2),
        ci95=(round(value - half, 2), round(value + half, 2)),
        best=round(float(peaks.max()), 2),
        n_repetitions=len(used),
        repetitions=tuple(_peak(r) for r in mine if r.valid),
        norm=f"{direction}_rotation",
        error="hip_rotation",
    )


def _no_value(repetitions: tuple[Repetition, ...], values: list[Measure]) -> list[str]:
    if values:
        return []
    if not repetitions:
        return [
            "No swing of the shank away from rest and back was found. Begin with the leg at rest for two seconds, swing"
            " the foot outward (internal rotation), hold for two seconds, return; three times."
        ]
    flags = sorted({flag for r in repetitions for flag in r.flags})
    return ["No repetition could be scored: " + "; ".join(flags) + "."]


def _too_wide(values: list[Measure]) -> list[str]:
    half = min((v.half_width for v in values), default=0.0)
    if 2 * half <= INTERVAL_REFUSE_DEG:
        return []
    return [
        f"From this view the rotation can only be told to within {half:.0f} degrees, which is no measurement. Film"
        " from straight in front (sitting), or from above or behind the head (lying)."
    ]


def _pelvis_change(c: RotationCurves, excursions: list[Excursion]) -> float | None:
    lifts = [float(np.nanmedian(c.pelvis[e.hold_start : e.hold_end + 1])) for e in excursions]
    return max(lifts, key=abs) if lifts else None


def _inclination(c: RotationCurves, excursions: list[Excursion]) -> float | None:
    internal = [e for e in excursions if e.sign > 0]
    if not internal:
        return None
    return float(np.mean([np.nanmean(c.inclination[e.hold_start : e.hold_end + 1]) for e in internal]))


def _time(c: RotationCurves, index: int) -> float:
    return round(float(c.time_s[index]), 3)


def _round(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 2)
