"""The toe touch: distance of the fingertips from the floor, with straight knees, and what gives it.

The scale is the person's stature: the standing person's eyes lie at a known part of it over the soles. Without a
stature the distance is told in parts of the leg. The trunk's way is the line from hips to shoulders, the hips' share
the angle of that line against the thighs; one camera cannot tell the pelvis from the spine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom_vision.camera.level import Level
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.lean import level_warnings
from rom_vision.protocols.ranges import (
    Reading,
    angle_deg,
    clear,
    joined,
    mean_beside,
    not_seen,
    outliers_aside,
    refused,
    repetition,
    series_of,
    too_few,
)
from rom_vision.protocols.repetitions import Excursion, find_excursions
from rom_vision.protocols.toe_touch.learned import FINGERS, HALF_CM, HEAD, SOLES
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure, Repetition

__all__ = ["CURVES", "Bend", "bend_curves", "knuckles_and_hands", "measure_toe_touch", "values_of"]

HOW_TO = (
    "Put the camera about 3 m beside the standing person, level, at hip height; from head to feet in the picture. Stand"
    " upright for two seconds, bend forward with straight knees and reach for the floor, hold for two seconds, come up."
)

# Our own heuristics but for the knee: less than 10 degrees (clinical evidence, 6.1).
KNEE_ENDS_DEG = 10.0
KNEE_SLACK_DEG = 8.0
"""Landmarks of a straight knee show this much bend or less beyond what they show in standing."""
KNEE_OTHER_TEST_DEG = 45.0
LEAST_BEND_DEG = 35.0
UPRIGHT_DEG = 25.0
BROADSIDE_REFUSE = 0.55
"""Shoulders of a standing person this far apart, in trunk lengths, are seen from more than some 40 degrees off."""
LEG_REFUSE_PX = 100.0
BACK_NOTE = 0.25
"""Hips that go back by more than this, in legs, are said: the weight shifts to the heels."""
TRUNK_LOST = 0.6
"""A back that bends shows some two thirds of its line; less is a network that has lost it, and the hands with it
(people called tune and calibrate: 0.67 and more where it was followed, 0.52 and less where not)."""
OUTLIER_CM = 4.5
"""The least detectable change (clinical evidence, 6.1)."""
STATURE_ERROR = 0.012
"""People tell their stature to within some 2 cm (standard deviation, parts of it)."""


@dataclass(frozen=True)
class Bend:
    """Curves (T,) of a bend seen from the side; NaN where nobody was found.

    Attributes
    ----------
    fingers_px : height of the fingertips over the soles, pixels.
    trunk_deg : line from hips to shoulders against the vertical, forward +.
    hip_deg : the same line against the thighs: 0 standing, bent +.
    knee_deg : knee flexion.
    back_px : how far the hips are behind where they stood.
    trunk : length of the line from hips to shoulders, parts of what it was in standing.
    eyes_px, leg_px, broadside : of the standing person: eyes over the soles, leg from hip to ankle, width of the
        shoulders in trunk lengths.
    """

    time_s: FloatArray
    fingers_px: FloatArray
    trunk_deg: FloatArray
    hip_deg: FloatArray
    knee_deg: FloatArray
    back_px: FloatArray
    trunk: FloatArray
    eyes_px: float
    leg_px: float
    broadside: float


def _pair(px: FloatArray, name: str) -> FloatArray:
    return np.asarray(0.5 * (px[:, Landmark[f"LEFT_{name}"]] + px[:, Landmark[f"RIGHT_{name}"]]))


def knuckles_and_hands(track: PoseTrack) -> tuple[FloatArray, FloatArray]:
    """Height of the knuckles over the soles, and of the wrists over the knuckles, pixels (T,)."""
    px = clear(track.time_s, track.image_px)
    wrist, knuckle = _pair(px, "WRIST")[:, 1], _pair(px, "INDEX")[:, 1]
    soles = np.maximum(_pair(px, "HEEL"), _pair(px, "FOOT_INDEX"))[:, 1]
    first = track.time_s <= track.time_s[0] + 1.0
    return float(np.nanmedian(soles[first])) - knuckle, knuckle - wrist


def bend_curves(track: PoseTrack) -> Bend:
    """Read the curves of a recording in which somebody was found."""
    px = clear(track.time_s, track.image_px)
    names = ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX", "WRIST", "INDEX", "EYE")
    shoulder, hip, knee, ankle, heel, toe, wrist, knuckle, eye = (_pair(px, n) for n in names)
    seen = np.flatnonzero(np.isfinite(hip[:, 0]))
    first = seen[track.time_s[seen] <= track.time_s[seen[0]] + 1.0]
    ahead = 1.0 if np.nanmedian((toe - heel)[:, 0]) > 0 else -1.0
    leg = float(np.median(np.linalg.norm((hip - knee)[first], axis=1) + np.linalg.norm((knee - ankle)[first], axis=1)))
    sole = float(np.median(np.maximum(heel, toe)[first, 1])) + SOLES * leg
    fingers = knuckle + FINGERS * (knuckle - wrist)
    trunk = 90.0 - angle_deg(hip, shoulder, ahead)
    thigh = 90.0 - angle_deg(knee, hip, ahead)
    shank = 90.0 - angle_deg(ankle, knee, ahead)
    across = np.abs((px[:, Landmark.LEFT_SHOULDER] - px[:, Landmark.RIGHT_SHOULDER])[first, 0])
    length = np.maximum(np.linalg.norm((shoulder - hip)[first], axis=1), 1.0)
    return Bend(
        track.time_s,
        sole - fingers[:, 1],
        trunk,
        trunk - thigh,
        shank - thigh,
        -ahead * (hip[:, 0] - float(np.median(hip[first, 0]))),
        np.linalg.norm(shoulder - hip, axis=1) / float(np.median(length)),
        float(np.median(sole - eye[first, 1])),
        leg,
        float(np.median(across / length)),
    )


def measure_toe_touch(track: PoseTrack, stature_cm: float | None, level: Level | None = None) -> Result:
    """Measure a toe touch.

    Parameters
    ----------
    track : as a straight, level camera would have shown it.
    stature_cm : of the person; None tells the distance in per cent of the leg.
    level : how the camera leaned before that was taken out.

    Returns
    -------
    Result
        Refused, with reasons, when the picture, the view or the movement cannot be measured.
    """
    options = {"stature": "unknown" if stature_cm is None else f"{stature_cm:g}"}
    body = [Landmark[f"{s}_{n}"] for s in ("LEFT", "RIGHT") for n in ("HIP", "KNEE", "HEEL", "INDEX")]
    if reasons := not_seen(track, body, "Legs, feet and hands must be", HOW_TO):
        return refused("toe_touch", options, track, "trunk_deg", reasons)
    bend = bend_curves(track)
    if reasons := _not_this(bend):
        return refused("toe_touch", options, track, "trunk_deg", reasons)
    unit, scale = _scale(bend, stature_cm)
    fingers = bend.fingers_px * scale
    half = (HALF_CM if unit == "cm" else HALF_CM * scale / _scale(bend, 172.0)[1]) or 1.0
    excursions = [e for e in find_excursions(bend.time_s, bend.trunk_deg, 0.0) if e.sign > 0]
    made = [_repetition(track, bend, fingers, e, unit, half) for e in excursions]
    repetitions = outliers_aside(made, OUTLIER_CM if unit == "cm" else OUTLIER_CM * 1.2)
    values = values_of(repetitions, half)
    reasons = _no_value(repetitions, values)
    return Result(
        test="toe_touch",
        options=options,
        status="refused" if reasons else "measured",
        reasons=tuple(reasons),
        warnings=(
            *too_few(values[0].n_repetitions if values else 0),
            *(level_warnings(level, "the trunk's angle") if level else ()),
        ),
        measures=values,
        repetitions=repetitions,
        series=series_of(bend.time_s, {CURVES[unit]: fingers, "trunk_deg": bend.trunk_deg}),
    )


def values_of(repetitions: Sequence[Repetition], half: float) -> tuple[Measure, ...]:
    """Return the distance, and how far trunk and hips bend, of the repetitions that count; nothing without any.

    What nobody knows exactly of their stature widens the interval; ``half`` is half that of one repetition.
    """
    words = "fingertips over the floor"
    known = Measure("fingertip_to_floor", words, "both", 0.0, "cm", error="toe_touch")
    share = Measure("fingertip_to_floor_of_leg", f"{words}, in per cent of the leg", "both", 0.0, "%")
    in_cm = any(r.unit == "cm" for r in repetitions)
    value = joined(repetitions, known if in_cm else share, half)
    if value is None:
        return ()
    if in_cm:
        told = 1.96 * STATURE_ERROR * abs(value.value)
        value = joined(repetitions, known, float(np.hypot(half, told))) or value
    trunk = Measure("trunk_inclination", "trunk from the vertical", "both", 0.0)
    hips = Measure("hip_bend", "trunk against the thighs", "both", 0.0)
    best = round(min(value.repetitions), 2)
    return (replace(value, best=best), *mean_beside(repetitions, trunk), *mean_beside(repetitions, hips))


CURVES = {"cm": "fingertips_cm", "%": "fingertips_percent"}
"""Names of the fingertips' curve by its unit."""


def _scale(bend: Bend, stature_cm: float | None) -> tuple[str, float]:
    """Return the unit and how many of it a pixel is."""
    if stature_cm is None:
        return "%", 100.0 / bend.leg_px
    return "cm", HEAD * stature_cm / bend.eyes_px


def _not_this(bend: Bend) -> list[str]:
    """Say why the recording is no toe touch, or cannot be read, if so."""
    seen = np.isfinite(bend.trunk_deg)
    start = float(np.median(bend.trunk_deg[seen][: max(int(0.1 * seen.sum()), 1)]))
    if abs(start) > 60.0:
        return [f"The person lies: this looks like another test than a toe touch. {HOW_TO}"]
    if bend.broadside > BROADSIDE_REFUSE:
        return [f"The camera does not see the person from the side, where the reach shows. {HOW_TO}"]
    if bend.leg_px < LEG_REFUSE_PX:
        return [
            f"The legs are only {bend.leg_px:.0f} pixels long; {LEG_REFUSE_PX:.0f} are needed. Come closer. {HOW_TO}"
        ]
    if abs(start) > UPRIGHT_DEG:
        return [
            f"The recording begins with the trunk bent by {abs(start):.0f} degrees. Begin standing upright. {HOW_TO}"
        ]
    knee = float(np.percentile(bend.knee_deg[seen], 95) - np.percentile(bend.knee_deg[seen], 10))
    trunk = float(np.percentile(bend.trunk_deg[seen], 95))
    if knee > KNEE_OTHER_TEST_DEG:
        what = "picking something up with bent knees" if trunk > LEAST_BEND_DEG + 15 else "a squat"
        return [f"The knees bend by {knee:.0f} degrees: this looks like {what}. Keep the knees straight. {HOW_TO}"]
    if trunk < LEAST_BEND_DEG:
        return [f"The trunk bends forward by {max(trunk, 0.0):.0f} degrees only: no toe touch was found. {HOW_TO}"]
    return []


def _repetition(track: PoseTrack, bend: Bend, fingers: FloatArray, e: Excursion, unit: str, half: float) -> Repetition:
    hold = slice(e.hold_start, e.hold_end + 1)
    straight = float(np.nanpercentile(bend.knee_deg, 10))
    knee = float(np.nanmedian(bend.knee_deg[hold])) - straight
    faults, notes = [], []
    if knee > KNEE_ENDS_DEG + KNEE_SLACK_DEG:
        faults.append(f"the knees bend by {knee:.0f} degrees: keep them straight, even if you reach less far")
    if float(np.nanmedian(bend.trunk[hold])) < TRUNK_LOST:
        faults.append(
            "the trunk could not be followed into the bend: wear something that stands out, and film in light"
        )
    back = float(np.nanmedian(bend.back_px[hold])) / bend.leg_px
    if back > BACK_NOTE:
        notes.append(f"the hips go back by {100 * back:.0f} % of the leg: the weight shifts to the heels")
    trunk, hips = (round(float(np.nanmean(c[hold])), 1) for c in (bend.trunk_deg, bend.hip_deg))
    values: dict[str, float | None] = {"trunk_inclination_deg": trunk, "hip_bend_deg": hips}
    read = Reading(float(np.nanmean(fingers[hold])), tuple(faults), tuple(notes), values)
    return repetition(track, e, read, quantity="fingertip_to_floor", unit=unit, half=half)


def _no_value(repetitions: tuple[Repetition, ...], values: Sequence[Measure]) -> list[str]:
    if values:
        return []
    if not repetitions:
        return [f"No bend to the floor and back was found. {HOW_TO}"]
    flags = dict.fromkeys(flag for r in repetitions for flag in r.flags)
    return ["No repetition could be scored: " + "; ".join(flags) + "."]
