"""Squat screen, two-legged or on one leg: view, repetitions, standing baseline, compensations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom_vision.body.leg_chain import standing_of
from rom_vision.camera import Camera
from rom_vision.errors import BadInputError
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.squat.findings import depth_error_deg, depth_sd_deg, findings_of
from rom_vision.protocols.squat.frontal import FrontalCurves, frontal_curves, plant_feet, settle_azimuth
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.movement import CAMERA_TRAVEL, FOOT_LIFTED, SITTING, THIGH_LOWER
from rom_vision.protocols.squat.phases import Legs, Span, hip_drop
from rom_vision.protocols.squat.pitch import camera_pitch_deg, camera_roll_deg, look_level
from rom_vision.protocols.squat.recording import (
    LEG_WARN_PX,
    Judged,
    Stretch,
    judge,
    left_out_words,
    leg_px,
    not_this,
    read,
    refusals,
    settle_alike,
)
from rom_vision.protocols.squat.rules import held
from rom_vision.protocols.squat.sagittal import SagittalCurves, sagittal_curves
from rom_vision.protocols.squat.seen import SquatSeen
from rom_vision.protocols.squat.view import SIDE_DEG, azimuth_of, name_of
from rom_vision.results.document import Result
from rom_vision.results.parts import Repetition, Series, View
from rom_vision.results.squat import squat_measures

__all__ = ["measure_dip", "screen_squat"]

SEAT_BEHIND, SEAT_BEHIND_ASIDE = 0.40, 0.30
"""A centre of mass this far behind where it is in standing (leg lengths; second value seen from the side) is behind the
heels by more than a single camera's error: something else carries the weight, as a chair does (our own heuristic)."""
SEAT_DEEP = 0.7
"""... looked for while the hips are down by this share of their most."""
SEAT_UNLIKE = 0.2
"""One of several squats in which it is so by no more than this beyond the others is like them."""
NEAR = 2.6
"""A camera nearer than this, in leg lengths, is close (about two metres; our own heuristic)."""
BENT_DEG = 50.0
_Z95 = 1.96
STRAIGHT_DEG = 40.0
"""A knee seen from the side that is bent by more than this does not stand (landmarks of straight legs: up to 21)."""


def screen_squat(
    track: PoseTrack, *, legs: Legs = "both", camera: Camera | None = None, left_out: Sequence[float] = ()
) -> Result:
    """Screen a recording for valgus collapse and the other compensations.

    Parameters
    ----------
    track : landmarks of the person who squats.
    legs : both, or the leg stood on in a single-leg squat.
    camera : lens; None assumes an uncalibrated one.
    left_out : moments, in seconds, of repetitions that are listed but do not count.

    Returns
    -------
    Result
        Refused, with reasons, when nobody squats in it or the picture is not enough.

    Raises
    ------
    BadInputError
        If no repetition that counts is left.
    """
    camera = camera or Camera.from_hfov(track.width_px, track.height_px)
    parts, notes = read(track, legs)
    reasons = refusals(track, parts, legs)
    seen: list[SquatSeen] = []
    if not reasons:
        dips, seen = _seen(parts, camera, legs)
        reasons = not_this(dips, legs)
        notes += left_out_words(dips) + _camera(dips)
        seen = [] if reasons else seen
    repetitions = tuple(_repetition(s, left_out) for s in seen)
    counted = [s for s, r in zip(seen, repetitions, strict=True) if r.valid]
    if seen and not counted:
        raise BadInputError("No repetition would be left to judge. Leave at least one in.")
    view = _view(counted) if counted else _view_of_rest(parts, camera, legs)
    findings = () if reasons else findings_of(counted, view.name, legs)
    return Result(
        test="squat",
        options={"legs": legs},
        status="refused" if reasons else "measured",
        reasons=tuple(reasons),
        warnings=() if reasons else tuple(notes + _warnings(counted, view, legs, leg_px(parts))),
        view=view,
        measures=() if reasons else squat_measures(repetitions, findings),
        repetitions=repetitions,
        findings=findings,
        series=_series(track, parts, seen, legs),
    )


def _seen(parts: Sequence[Stretch], camera: Camera, legs: Legs) -> tuple[list[Judged], list[SquatSeen]]:
    """Judge every dip, and measure each squat in its own view."""
    dips = settle_alike([d for part in parts for d in judge(part, camera, legs)])
    seen = {i: measure_dip(d.part, d.span, camera, legs, 1) for i, d in enumerate(dips) if d.kind == "squat"}
    seats = {i: _seat(dips[i], s, camera, legs) for i, s in seen.items()}
    usually = float(np.median(list(seats.values()))) if seats else 0.0
    out: list[SquatSeen] = []
    for i, s in seen.items():
        if legs == "both" and seats[i] > 0 and (usually > 0 or seats[i] > usually + SEAT_UNLIKE):
            dips[i] = dips[i].as_other(SITTING)
        elif _bent_in_standing(s):
            dips[i] = dips[i].as_other("a dip that does not begin in straight standing")
        else:
            out.append(replace(s, number=len(out) + 1))
    return dips, out


def _bent_in_standing(seen: SquatSeen) -> bool:
    if seen.sagittal is None or seen.hides_standing_leg:
        return False
    return bool(np.median(seen.sagittal.knee_flexion_deg[seen.at_rest]) > STRAIGHT_DEG)


def _camera(dips: Sequence[Judged]) -> list[str]:
    moves = [d for d in dips if d.kind == "squat" and d.evidence.camera_travel > CAMERA_TRAVEL]
    if not moves:
        return []
    return [
        "The camera moved while it filmed; everything was measured against the feet. Put it down for a firm result."
    ]


def measure_dip(part: Stretch, span: Span, camera: Camera, legs: Legs, number: int) -> SquatSeen:
    """Measure one repetition in its own view; ``number`` is what it is called."""
    free_px = part.image_px[span.frames]
    image_px = plant_feet(free_px, legs)
    at_rest = span.standing - span.first
    standing = standing_of(image_px[at_rest], legs)
    azimuth = azimuth_of(image_px[at_rest], camera, legs)
    if name_of(azimuth) in ("front", "back") and legs == "both":
        roll = camera_roll_deg(standing.image_px, camera)
        image_px = replace(camera, roll_deg=roll).straighten_px(image_px)
        standing = standing_of(image_px[at_rest], legs)
    if abs(azimuth) < SIDE_DEG and legs == "both":
        pitch = camera_pitch_deg(standing, camera)
        image_px = look_level(image_px, camera, pitch)
        standing = standing_of(image_px[at_rest], legs)
        azimuth = azimuth_of(image_px[at_rest], camera, legs)
    during = np.zeros(len(image_px), dtype=bool)
    during[span.start - span.first : span.end - span.first + 1] = True
    view = name_of(azimuth)
    frontal: FrontalCurves | None = None
    sagittal: SagittalCurves | None = None
    if view.endswith("side"):
        sagittal = sagittal_curves(free_px, standing, azimuth, at_rest)
    else:
        frontal = frontal_curves(image_px, standing, camera, azimuth, legs)
        if legs == "both" and view in ("front", "back"):
            bent = during & (np.max(frontal.knee_flexion_deg, axis=1) > BENT_DEG)
            azimuth = settle_azimuth(image_px, standing, camera, azimuth, at_rest, bent)
            frontal = frontal_curves(image_px, standing, camera, azimuth)
    hips = standing.image_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0].mean()
    bearing = np.degrees(np.arctan((hips - camera.cx_px) / camera.focal_px))
    thigh = np.diff(free_px[:, [Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE], 1])
    thighs = (np.median(thigh[at_rest], axis=0) - thigh[span.bottom - span.first])[[0, 2]] / standing.leg_px
    return SquatSeen(
        number=number,
        frames=part.frames[span.frames],
        time_s=part.time_s[span.frames],
        at_rest=at_rest,
        during=during,
        bottom=span.bottom - span.first,
        view=view,
        azimuth_deg=float((azimuth - bearing + 180.0) % 360.0 - 180.0),
        frontal=frontal,
        sagittal=sagittal,
        legs=legs,
        left_lower=float(np.median(np.diff(free_px[during][:, [Landmark.RIGHT_ANKLE, Landmark.LEFT_ANKLE], 1])))
        / standing.leg_px,
        leg_px=standing.leg_px,
        distance=camera.focal_px / standing.leg_px,
        visibility=part.visibility[span.frames],
        bends_alike=abs(thighs[0] - thighs[1]) < 0.5 * THIGH_LOWER,
    )


def _seat(dip: Judged, seen: SquatSeen, camera: Camera, legs: Legs) -> float:
    """How far beyond what is possible the mass is behind the feet, above 0 for a person who sits on something.

    A pitch read from the room may be off by more than a seat shows: the picture as it is may say so, too.
    """
    drop = hip_drop(dip.part.image_px, legs)[dip.span.frames]
    if camera.pitch_deg is None:
        return _over_limit(seen, drop)
    as_filmed = measure_dip(dip.part, dip.span, replace(camera, pitch_deg=0.0), legs, seen.number)
    return max(_over_limit(seen, drop), _over_limit(as_filmed, drop))


def _over_limit(seen: SquatSeen, drop: FloatArray) -> float:
    """How far the mass is behind the feet while the hips are down, for as long as counts, beyond what is possible."""
    curves = seen.frontal or seen.sagittal
    assert curves is not None
    behind = np.median(curves.mass_ahead[seen.at_rest]) - curves.mass_ahead
    limit = SEAT_BEHIND_ASIDE if seen.sagittal else SEAT_BEHIND
    deep = seen.during & (drop > SEAT_DEEP * drop[seen.during].max())
    return held(seen.time_s, np.where(deep, behind, np.nan))[0] - limit


def _both_feet_down(seen: Sequence[SquatSeen]) -> bool:
    """Whether both legs seem to carry: feet equally high, seen from in front or behind, and knees that bend alike."""
    ahead = [s for s in seen if s.frontal is not None and s.view in ("front", "back")]
    alike = [abs(s.left_lower) < FOOT_LIFTED and s.bends_alike for s in ahead]
    return bool(alike) and sum(alike) > len(alike) / 2


# -- result ----------------------------------------------------------------------------------------------------------


def _view(seen: Sequence[SquatSeen]) -> View:
    name = Counter(s.view for s in seen).most_common(1)[0][0]
    return View(name, _mean_azimuth([s.azimuth_deg for s in seen if s.view == name]))


def _view_of_rest(parts: Sequence[Stretch], camera: Camera, legs: Legs) -> View:
    if not parts:
        return View("unknown", None)
    longest = max(parts, key=lambda p: len(p.frames))
    azimuth = azimuth_of(longest.image_px, camera, legs)
    return View(name_of(azimuth), round(azimuth, 1))


def _mean_azimuth(azimuths: Sequence[float]) -> float:
    radians = np.radians(azimuths)
    return round(float(np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean()))), 1)


def _repetition(seen: SquatSeen, left_out: Sequence[float]) -> Repetition:
    knees: dict[str, float | None] = {"left": None, "right": None}
    below: float | None = None
    if seen.view != "back" and not seen.hides_standing_leg:  # from behind the thighs hide the knees
        knees |= {side: round(flexion, 1) for side, flexion in seen.knee_flexion_deg.items()}
        below = seen.thigh_below_deg
    start_s, end_s = (round(float(t), 3) for t in seen.time_s[seen.during][[0, -1]])
    half = _Z95 * depth_sd_deg(seen)
    knee_sd = LEARNED.side_knee_sd_deg if seen.sagittal else LEARNED.front_knee_sd_deg
    knee_sd *= depth_sd_deg(seen) / LEARNED.sd["shallow_depth" if seen.sagittal else "shallow_depth_front"]
    seen_knees = any(flexion is not None for flexion in knees.values())
    return Repetition(
        start_s=start_s,
        end_s=end_s,
        at_s=round(float(seen.time_s[seen.bottom]), 3),
        values={
            **{f"{side}_knee_flexion_deg": flexion for side, flexion in knees.items()},
            "thigh_below_horizontal_deg": None if below is None else round(below, 1),
            "knee_flexion_error_deg": round(_Z95 * knee_sd, 1) if seen_knees else None,
            "thigh_below_horizontal_error_deg": None if below is None else round(half, 1),
        },
        note="hidden in this view" if below is None else _depth(below, depth_error_deg(seen)),
        valid=not any(start_s <= at_s <= end_s for at_s in left_out),
    )


def _depth(below_deg: float, error_deg: float) -> str:
    if below_deg > error_deg:
        return "below parallel"
    return "above parallel" if below_deg < -error_deg else "parallel within the measurement's error"


def _warnings(seen: Sequence[SquatSeen], view: View, legs: Legs, leg: float) -> list[str]:
    warnings = []
    if legs != "both" and _both_feet_down(seen):
        warnings.append("Both feet seem to be on the ground: if they are, screen it with both legs.")
    if leg < LEG_WARN_PX:
        warnings.append(
            f"The legs are {leg:.0f} pixels long; from {LEG_WARN_PX:.0f} on the reading is steadier. Come closer or"
            " film in a higher resolution."
        )
    if min(s.distance for s in seen) < NEAR:
        warnings.append(
            "The camera stands close, where near parts of the body look larger than far ones and the depth is read"
            " badly. Step back to three metres or more."
        )
    if len(seen) == 1:
        warnings.append("Only one repetition: what it shows was seen once. Two or three make it certain.")
    views = Counter(s.view for s in seen)
    if len(views) > 1:
        listed = ", ".join(f"{n} from the {v.replace('_', ' ')}" for v, n in views.most_common())
        warnings.append(
            f"The repetitions were filmed from different sides ({listed}); each finding rests on its own view."
        )
    if view.name == "oblique":
        warnings.append(
            f"Filmed from {abs(view.azimuth_deg or 0):.0f} degrees: neither from the front nor from the side, so only"
            " the repetitions and, roughly, their depth could be read. Film again straight from the front or the side."
        )
    return warnings


def _series(track: PoseTrack, parts: Sequence[Stretch], seen: Sequence[SquatSeen], legs: Legs) -> Series:
    curves: dict[str, FloatArray] = {"hip_drop_pct": np.full(len(track), np.nan)}
    for part in parts:
        curves["hip_drop_pct"][part.frames] = 100 * hip_drop(part.image_px, legs)
    for s in seen:
        for name, values in s.curves().items():
            curves.setdefault(name, np.full(len(track), np.nan))[s.frames] = values
    series: Series = {"time_s": tuple(round(float(t), 4) for t in track.time_s)}
    for name, values in curves.items():
        series[name] = tuple(round(float(v), 2) if np.isfinite(v) else None for v in values)
    return series
