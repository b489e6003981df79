"""Squat screen, two-legged or on one leg: view, repetitions, standing baseline, compensations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rom_vision.body.leg_chain import standing_of
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.squat.findings import depth_error_deg, findings_of
from rom_vision.protocols.squat.frontal import FrontalCurves, frontal_curves, plant_feet, settle_azimuth
from rom_vision.protocols.squat.phases import Legs, Span, find_spans, hip_drop, on_their_feet, smooth, stretches
from rom_vision.protocols.squat.rules import held
from rom_vision.protocols.squat.sagittal import SagittalCurves, sagittal_curves
from rom_vision.protocols.squat.seen import SquatSeen
from rom_vision.protocols.squat.view import azimuth_of, name_of, settle_facing
from rom_vision.results.parts import KneeFlexion, SquatRepetition, SquatResult, View

__all__ = ["screen_squat"]

FOUND_REFUSE = 0.5
LEG_REFUSE_PX, LEG_WARN_PX = 70.0, 140.0
FEET_SEEN = 0.6
"""Share of the frames in which both feet must be in the picture."""
SEAT_BEHIND, SEAT_BEHIND_ASIDE = 0.40, 0.30
"""A centre of mass this far behind where it is in standing (leg lengths; second value seen from the side) is behind the
heels by more than a single camera's error: something else carries the weight, as a chair does (our own heuristic)."""
SEAT_DEEP = 0.7
"""... looked for while the hips are down by this share of their most."""
FOOT_LIFTED = 0.12
"""A foot this much higher in the picture than the other, leg lengths, is off the ground (two planted ones: up to 0.06,
one lifted behind: from 0.18, on some forty synthetic and seven real people)."""
BENT_DEG = 50.0
HOW_TO = (
    "Film one person from head to feet, straight from the front or the side: stand still for a second, squat two or"
    " three times with both feet planted, stand."
)
HOW_TO_SINGLE = "Film from straight in front: stand on one leg for a second, squat two or three times, stand."


@dataclass(frozen=True)
class _Stretch:
    """One uncut part: indices into the track, times, smoothed landmarks, its repetitions."""

    frames: npt.NDArray[np.int_]
    time_s: FloatArray
    image_px: FloatArray
    spans: list[Span]


def screen_squat(track: PoseTrack, *, legs: Legs = "both", camera: Camera | None = None) -> SquatResult:
    """Screen a recording for valgus collapse and the other compensations.

    Parameters
    ----------
    track : landmarks of the person who squats.
    legs : both, or the leg stood on in a single-leg squat.
    camera : lens; None assumes an uncalibrated one.

    Returns
    -------
    SquatResult
        Refused, with reasons, when nobody squats in it or the picture is not enough.
    """
    camera = camera or Camera.from_hfov(track.width_px, track.height_px)
    parts, notes = _stretches(track, legs)
    reasons = _refusals(track, parts)
    seen = [] if reasons else _seen(parts, camera, legs, notes)
    reasons += _wrong_leg(seen, legs)
    if reasons:
        seen = []
    elif not seen:
        reasons = ["No squat was found. " + " ".join([*notes, HOW_TO if legs == "both" else HOW_TO_SINGLE])]
        notes = []
    view = _view(seen) if seen else _view_of_rest(parts, camera, legs)
    return SquatResult(
        status="refused" if reasons else "measured",
        reasons=tuple(reasons),
        warnings=() if reasons else tuple(notes + _warnings(seen, view, legs)),
        view=view,
        repetitions=tuple(_repetition(s) for s in seen),
        findings=() if reasons else findings_of(seen, view.name, legs),
        series=_series(track, parts, seen, legs),
    )


# -- what can be measured --------------------------------------------------------------------------------------------


def _stretches(track: PoseTrack, legs: Legs) -> tuple[list[_Stretch], list[str]]:
    parts: list[_Stretch] = []
    notes: list[str] = []
    upright = on_their_feet(track)
    if (overturned := int((track.found & ~upright).sum())) and upright.any():
        notes.append(f"In {overturned} frames the model saw the person upside down; they were left out.")
    for frames in stretches(track, upright):
        time_s = track.time_s[frames]
        image_px, exchanged = settle_facing(track.image_px[frames], legs)
        image_px = smooth(time_s, image_px)
        if exchanged:
            notes.append(f"In {exchanged} frames the model exchanged left and right; this was put right.")
        spans, more = find_spans(time_s, image_px, legs)
        notes += more
        parts.append(_Stretch(frames, time_s, image_px, spans))
    return parts, notes


def _refusals(track: PoseTrack, parts: Sequence[_Stretch]) -> list[str]:
    share = float(track.found.mean()) if len(track) else 0.0
    if not parts or (share < FOUND_REFUSE and not any(p.spans for p in parts)):
        how_often = (
            f"The person was found in only {100 * share:.0f} % of the pictures." if share else "Nobody was found."
        )
        return [f"{how_often} {HOW_TO}"]
    points = np.concatenate([p.image_px for p in parts])
    reasons = []
    leg = _leg_px(points)
    if leg < LEG_REFUSE_PX:
        reasons.append(
            f"The legs are only {leg:.0f} pixels long; {LEG_REFUSE_PX:.0f} are needed. Come closer or film in a higher"
            " resolution."
        )
    feet = points[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE, Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL]]
    inside = ((feet >= 0) & (feet < (track.width_px, track.height_px))).all(axis=(1, 2))
    if inside.mean() < FEET_SEEN:
        reasons.append("The feet are not in the picture. Step back until the whole person is, from head to feet.")
    return reasons


def _leg_px(points: FloatArray) -> float:
    hip, knee, ankle = (points[:, [Landmark[f"LEFT_{n}"], Landmark[f"RIGHT_{n}"]]] for n in ("HIP", "KNEE", "ANKLE"))
    length = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
    return float(np.percentile(length.max(axis=1), 90))


def _seen(parts: Sequence[_Stretch], camera: Camera, legs: Legs, notes: list[str]) -> list[SquatSeen]:
    """Measure every repetition in its own view."""
    out: list[SquatSeen] = []
    for part in parts:
        for span in part.spans:
            seen = _measure(part, span, camera, legs, len(out) + 1)
            if legs == "both" and _seated(seen, hip_drop(part.image_px, legs)[span.frames]):
                at = part.time_s[span.bottom]
                notes.append(
                    f"At {at:.1f} s the person seems to sit down on something; this was not counted as a squat."
                )
            else:
                out.append(seen)
    return out


def _measure(part: _Stretch, span: Span, camera: Camera, legs: Legs, number: int) -> SquatSeen:
    free_px = part.image_px[span.frames]
    image_px = plant_feet(free_px, legs)
    at_rest = span.standing - span.first
    standing = standing_of(image_px[at_rest], legs)
    azimuth = azimuth_of(image_px[at_rest], camera, legs)
    during = np.zeros(len(image_px), dtype=bool)
    during[span.start - span.first : span.end - span.first + 1] = True
    view = name_of(azimuth)
    frontal: FrontalCurves | None = None
    sagittal: SagittalCurves | None = None
    if view.endswith("side"):
        sagittal = sagittal_curves(free_px, standing, azimuth)
    else:
        frontal = frontal_curves(image_px, standing, camera, azimuth, legs)
        if legs == "both" and view in ("front", "back"):
            bent = during & (np.max(frontal.knee_flexion_deg, axis=1) > BENT_DEG)
            azimuth = settle_azimuth(image_px, standing, camera, azimuth, at_rest, bent)
            frontal = frontal_curves(image_px, standing, camera, azimuth)
    hips = standing.image_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0].mean()
    bearing = np.degrees(np.arctan((hips - camera.cx_px) / camera.focal_px))
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
    )


def _seated(seen: SquatSeen, drop: FloatArray) -> bool:
    """Whether the person sits on something: mass far behind the feet while the hips are down, for as long as counts."""
    curves = seen.frontal or seen.sagittal
    assert curves is not None
    behind = np.median(curves.mass_ahead[seen.at_rest]) - curves.mass_ahead
    limit = SEAT_BEHIND_ASIDE if seen.sagittal else SEAT_BEHIND
    deep = seen.during & (drop > SEAT_DEEP * drop[seen.during].max())
    return held(seen.time_s, np.where(deep, behind, np.nan))[0] > limit


def _legs_stood_on(seen: Sequence[SquatSeen]) -> Legs | None:
    """Tell by the height of the feet which legs are stood on; None from the side, where perspective hides it."""
    lower = [s.left_lower for s in seen if s.view in ("front", "back")]
    if not lower:
        return None
    lift = float(np.median(lower))
    return "both" if abs(lift) < FOOT_LIFTED else "left" if lift > 0 else "right"


def _wrong_leg(seen: Sequence[SquatSeen], legs: Legs) -> list[str]:
    stands = _legs_stood_on(seen)
    if stands in (None, "both", legs):
        return []
    return [f"The person squats on the {stands} leg alone: screen it as that (legs: {stands})."]


# -- result ----------------------------------------------------------------------------------------------------------


def _view(seen: Sequence[SquatSeen]) -> View:
    name = Counter(s.view for s in seen).most_common(1)[0][0]
    return View(name, _mean_azimuth([s.azimuth_deg for s in seen if s.view == name]))


def _view_of_rest(parts: Sequence[_Stretch], camera: Camera, legs: Legs) -> View:
    if not parts:
        return View("unknown", None)
    longest = max(parts, key=lambda p: len(p.frames))
    azimuth = azimuth_of(longest.image_px, camera, legs)
    return View(name_of(azimuth), round(azimuth, 1))


def _mean_azimuth(azimuths: Sequence[float]) -> float:
    radians = np.radians(azimuths)
    return round(float(np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean()))), 1)


def _repetition(seen: SquatSeen) -> SquatRepetition:
    knees: dict[str, float | None] = {"left": None, "right": None}
    below: float | None = None
    if seen.view != "back" and not seen.hides_standing_leg:  # from behind the thighs hide the knees
        knees |= {side: round(flexion, 1) for side, flexion in seen.knee_flexion_deg.items()}
        below = seen.thigh_below_deg
    inside = np.flatnonzero(seen.during)
    return SquatRepetition(
        start_s=round(float(seen.time_s[inside[0]]), 3),
        bottom_s=round(float(seen.time_s[seen.bottom]), 3),
        end_s=round(float(seen.time_s[inside[-1]]), 3),
        knee_flexion_deg=KneeFlexion(**knees),
        thigh_below_horizontal_deg=None if below is None else round(below, 1),
        depth="hidden in this view" if below is None else _depth(below, depth_error_deg(seen.view)),
    )


def _depth(below_deg: float, error_deg: float) -> str:
    if below_deg > error_deg:
        return "below parallel"
    return "above parallel" if below_deg < -error_deg else "parallel within the measurement's error"


def _warnings(seen: Sequence[SquatSeen], view: View, legs: Legs) -> list[str]:
    warnings = []
    if legs != "both" and _legs_stood_on(seen) == "both":
        warnings.append("Both feet seem to be on the ground: if they are, screen it with both legs.")
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


def _series(
    track: PoseTrack, parts: Sequence[_Stretch], seen: Sequence[SquatSeen], legs: Legs
) -> dict[str, tuple[float | None, ...]]:
    curves: dict[str, FloatArray] = {"hip_drop_pct": np.full(len(track), np.nan)}
    for part in parts:
        curves["hip_drop_pct"][part.frames] = 100 * hip_drop(part.image_px, legs)
    for s in seen:
        for name, values in s.curves().items():
            curves.setdefault(name, np.full(len(track), np.nan))[s.frames] = values
    series: dict[str, tuple[float | None, ...]] = {"time_s": tuple(round(float(t), 4) for t in track.time_s)}
    for name, values in curves.items():
        series[name] = tuple(round(float(v), 2) if np.isfinite(v) else None for v in values)
    return series
