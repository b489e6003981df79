"""The straight leg raise: set-up check, repetitions, where each ends, the value with its interval.

The angle is that of the thigh against the floor (clinical evidence, 6.1), read from the side: the mean of the
lines of thigh and leg against the level, from where the hip joint lies under its landmark. A repetition ends where the
knee bends. How much of it the pelvis gives by rolling back one camera cannot see; the angle of the thigh
against the trunk stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom_vision.camera.level import Level
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.lean import level_warnings
from rom_vision.protocols.ranges import (
    Reading,
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
from rom_vision.protocols.straight_leg_raise.curves import RaiseCurves, raise_curves
from rom_vision.protocols.straight_leg_raise.learned import CONSTANT_DEG, HALF_DEG
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure, Mode, Repetition, Side

__all__ = ["CURVE", "KNEE_NOTE", "measure_leg_raise", "read_raise", "rest_of", "values_of"]

CURVE = "leg_raise_deg"
HOW_TO = (
    "Put the camera 2 to 3 m beside the body, on the side of the tested leg, level and no higher than a table; the"
    " whole body in the picture. Lie flat for two seconds, raise the straight leg, hold it for two seconds, lower it."
)

# Our own heuristics but for the knee, whose 10 degrees are the test's own rule (clinical evidence, 6.1 and 9).
KNEE_ENDS_DEG = 10.0
"""More knee flexion than at rest ends the raise."""
KNEE_NOTE = "the knee bends by"
KNEE_OTHER_TEST_DEG = 40.0
"""A knee bent by this much is no straight leg."""
RESTS_WITHIN_DEG = 20.0
"""A leg lies within this of the level before it is raised."""
LEAST_DEG = 15.0
OTHER_NOTE_DEG, OTHER_ASIDE_DEG = 8.0, 20.0
TRUNK_LIES_DEG, SITS_UP_DEG = 30.0, 20.0
BROADSIDE_REFUSE = 0.62
"""Shoulders this far apart along the body, in trunk lengths, are seen from more than some 40 degrees off the side."""
LEG_REFUSE_PX = 100.0
OUTLIER_DEG = 6.0
"""Least detectable change of the test is 6 to 7 degrees (clinical evidence, 6.1)."""


def measure_leg_raise(track: PoseTrack, side: Side, mode: Mode, level: Level | None = None) -> Result:
    """Measure a straight leg raise.

    Parameters
    ----------
    track : as a straight, level camera would have shown it.
    side, mode : of the test; they are part of the number.
    level : how the camera leaned before that was taken out.

    Returns
    -------
    Result
        Refused, with reasons, when the picture, the view or the movement cannot be measured.
    """
    options: dict[str, str] = {"side": side, "mode": mode}
    legs = [Landmark[f"{s}_{n}"] for s in ("LEFT", "RIGHT") for n in ("HIP", "KNEE", "ANKLE")]
    tested = [mark for mark in legs if mark.name.startswith(side.upper())]
    if reasons := not_seen(track, [*tested, Landmark.LEFT_SHOULDER], "Legs and shoulders must be", HOW_TO):
        return refused("straight_leg_raise", options, track, CURVE, reasons)
    curves = raise_curves(track, side)
    if reasons := _not_this(track, curves, side):
        return refused("straight_leg_raise", options, track, CURVE, reasons)
    rest = rest_of(curves)
    raised = _against_floor(curves)
    level_deg = float(np.nanmedian(raised[_first(curves)]))
    excursions = [e for e in find_excursions(curves.time_s, raised, level_deg) if e.sign > 0]
    made = [_repetition(track, curves, raised, e) for e in excursions]
    repetitions = outliers_aside([r for r in made if (r.value or 0.0) >= LEAST_DEG], OUTLIER_DEG)
    values = values_of(repetitions, side, HALF_DEG)
    reasons = _no_value(repetitions, values)
    warnings = too_few(values[0].n_repetitions if values else 0)
    warnings += level_warnings(level, "the leg's angle") if level else ()
    return Result(
        test="straight_leg_raise",
        options=options,
        status="refused" if reasons else "measured",
        reasons=tuple(reasons),
        warnings=tuple(warnings),
        measures=values,
        repetitions=repetitions,
        series=series_of(curves.time_s, {CURVE: raised, "knee_flexion_deg": curves.knee - rest[1]}),
    )


def values_of(repetitions: Sequence[Repetition], side: Side, half_deg: float) -> tuple[Measure, ...]:
    """Return the raise and what stands beside it, of the repetitions that count; nothing without any.

    ``half_deg`` is half the 95 % interval of one repetition.
    """
    asked = Measure("leg_raise", "straight leg raise", side, 0.0, norm="leg_raise", error="leg_raise")
    value = joined(repetitions, asked, half_deg)
    if value is None:
        return ()
    to_trunk = Measure("hip_flexion_to_trunk", "thigh against the trunk", side, 0.0)
    return (replace(value, best=round(max(value.repetitions), 2)), *mean_beside(repetitions, to_trunk))


def read_raise(raised: FloatArray, knee: FloatArray, up: np.ndarray, hold: np.ndarray) -> Reading:
    """Read a raise from its curves (T,), degrees: the mean of the hold, or as far as the knee was straight.

    Parameters
    ----------
    raised, knee : thigh against the floor, and knee flexion beyond that at rest.
    up : pictures from the beginning of the repetition to the end of its hold.
    hold : pictures of the hold.
    """
    value, bend = float(np.nanmean(raised[hold])), float(np.nanmedian(knee[hold]))
    notes: tuple[str, ...] = ()
    if bend > KNEE_ENDS_DEG:
        straight = up[knee[up] <= KNEE_ENDS_DEG]
        value = float(np.nanmax(raised[straight])) if len(straight) else value
        notes = (f"{KNEE_NOTE} {bend:.0f} degrees: counted to where it was straight, keep it straight",)
    return Reading(value, (), notes, {"knee_flexion_deg": round(bend, 1)})


def _first(c: RaiseCurves) -> FloatArray:
    seen = np.flatnonzero(np.isfinite(c.leg))
    return np.asarray(seen[c.time_s[seen] <= c.time_s[seen[0]] + 1.0])


def rest_of(curves: RaiseCurves) -> tuple[float, float]:
    """Return the leg's line and the knee's flexion at rest, degrees: where the recording begins."""
    first = _first(curves)
    return float(np.nanmedian(curves.leg[first])), float(np.nanmedian(curves.knee[first]))


def _against_floor(c: RaiseCurves) -> FloatArray:
    """Thigh against the floor (T,), degrees: the mean of thigh and leg line."""
    return np.asarray(0.5 * (c.thigh + c.leg) + CONSTANT_DEG)


def _not_this(track: PoseTrack, c: RaiseCurves, side: Side) -> list[str]:
    """Say why the recording is no straight leg raise of this leg, or cannot be read, if so."""
    seen = np.isfinite(c.leg)
    trunk = float(np.median(c.trunk[seen]))
    if abs(trunk) > TRUNK_LIES_DEG:
        upright = "stands or sits" if abs(trunk) > 55 else "does not lie flat"
        return [f"The person {upright}: this looks like another test than a straight leg raise. {HOW_TO}"]
    px = track.image_px[track.found]
    hip, ankle = (px[:, Landmark[f"{side.upper()}_{n}"]] for n in ("HIP", "ANKLE"))
    length = float(np.percentile(np.linalg.norm(ankle - hip, axis=1), 90))
    if length < LEG_REFUSE_PX:
        return [f"The leg is only {length:.0f} pixels long; {LEG_REFUSE_PX:.0f} are needed. Come closer. {HOW_TO}"]
    if float(np.median(c.broadside[seen])) > BROADSIDE_REFUSE:
        return [f"The camera does not see the body from the side, where the angle shows. {HOW_TO}"]
    swung = {"thigh": _swing(c.thigh), "shank": _swing(c.shank), "other": _swing(c.other), "trunk": _swing(c.trunk)}
    if swung["trunk"] > SITS_UP_DEG and swung["trunk"] > 0.5 * swung["thigh"]:
        return [f"The shoulders come up by {swung['trunk']:.0f} degrees: this looks like a sit-up. {HOW_TO}"]
    other = "right" if side == "left" else "left"
    if swung["other"] > LEAST_DEG and swung["other"] > 2 * swung["thigh"]:
        return [f"It was the {other} leg that moved, not the {side} one: measure it as the {other} leg."]
    if swung["thigh"] < LEAST_DEG and swung["shank"] > KNEE_OTHER_TEST_DEG:
        return [f"The knee bends and the thigh stays: this looks like a knee bend lying on the front. {HOW_TO}"]
    top = c.thigh >= np.percentile(c.thigh[seen], 90)
    if float(np.median(c.knee[seen & top])) > KNEE_OTHER_TEST_DEG:
        bend = float(np.median(c.knee[seen & top]))
        return [
            f"The knee of the raised leg is bent by {bend:.0f} degrees: this looks like bringing the knee to the chest,"
            " or the hip rotation test lying. Keep the knee straight."
        ]
    start = float(np.nanmedian(c.leg[_first(c)]))
    if abs(start) > RESTS_WITHIN_DEG:
        return [f"The recording begins with the leg at {start:.0f} degrees. Begin with both legs flat on the floor."]
    return []


def _swing(curve: FloatArray) -> float:
    low, high = np.nanpercentile(curve, (5, 95))
    return float(high - low)


def _repetition(track: PoseTrack, c: RaiseCurves, raised: FloatArray, e: Excursion) -> Repetition:
    hold, up = np.arange(e.hold_start, e.hold_end + 1), np.arange(e.start, e.hold_end + 1)
    read = read_raise(raised, c.knee - rest_of(c)[1], up, hold)
    faults: list[str] = []
    notes = list(read.notes)
    lifted = float(np.nanmedian(c.other[hold])) - float(np.nanmedian(c.other[_first(c)]))
    if abs(lifted) > OTHER_NOTE_DEG:
        said = f"the other leg came off the floor by {abs(lifted):.0f} degrees: keep it down"
        (faults if abs(lifted) > OTHER_ASIDE_DEG else notes).append(said)
    to_trunk = float(np.nanmean((c.thigh + c.trunk)[hold]))
    beside = {**(read.values or {}), "hip_flexion_to_trunk_deg": round(to_trunk, 1)}
    read = Reading(read.value, tuple(faults), tuple(notes), beside)
    return repetition(track, e, read, quantity="leg_raise", unit="deg", half=HALF_DEG)


def _no_value(repetitions: tuple[Repetition, ...], values: Sequence[Measure]) -> list[str]:
    if values:
        return []
    if not repetitions:
        return [f"No raise of the leg from rest and back was found. {HOW_TO}"]
    flags = dict.fromkeys(flag for r in repetitions for flag in r.flags)
    return ["No repetition could be scored: " + "; ".join(flags) + "."]
