"""Learn how large the errors of hip rotation really are, of people whose landmarks nothing was learned of.

``python -m validation.learn intervals`` runs the estimator, with the landmarks' numbers that the package holds, on what
``film`` has kept of the CALIBRATE people, and shows what it learns beside what the package holds; ``--write`` puts it
into ``rom_vision/body/learned.json`` and ``rom_vision/protocols/hip_rotation/learned.json``.
Run it after ``landmarks``.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t

from rom_vision.body.kinematics import framing, joint_angles
from rom_vision.body.recording import estimate
from rom_vision.camera import Camera
from rom_vision.camera.level import with_level
from rom_vision.pipeline.camera import straight_track
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.measure import measure_hip_rotation
from rom_vision.protocols.hip_rotation.pelvis import NOISE_DOF
from rom_vision.protocols.hip_rotation.posture import posture_for
from rom_vision.protocols.repetitions import rest_level
from validation.learn.film import Filmed, asked_people, load
from validation.learn.record import beside, provenance, spread, write
from validation.studies.trials import kept_level

__all__ = ["Errors", "conformal_half", "conformal_scale", "errors_of", "main", "rest_alike", "settled"]

_QUIET_DEG = 4.0
"""Nearer to the rest than this the leg rests, as in `rom_vision.protocols.hip_rotation.curves`."""
_COVERS, _HALF_WIDTH_SD = 0.95, 1.96
_PASSES = 3
_STILL_DEG = 1.5
"""A pelvis that moves by less is a still one."""


@dataclass(frozen=True)
class Errors:
    """How far a recording is read from the truth.

    Attributes
    ----------
    position : seated or supine. seed : of the person.
    standardised : error of each measured rotation over its propagated standard deviation.
    residual : median of the fit's.
    rest_deg, end_deg : error of the curve at rest and in the holds, before anything is believed of it.
    list_deg : movement of the pelvis that the landmarks show in the holds; None where it did move.
    """

    position: str
    seed: int
    standardised: tuple[float, ...]
    residual: float
    rest_deg: float
    end_deg: float
    list_deg: float | None


def errors_of(filmed: Filmed, model: str = "heavy", scale: float = 1.0) -> Errors:
    """Measure a recording as the program does, with another scale of its interval, and set it beside the truth."""
    track, truth = filmed.tracks[model], filmed.truth
    position, side = truth["position"], truth["side"]
    lens, level = Camera.from_hfov(track.width_px, track.height_px), kept_level(truth)
    camera = with_level(lens, level) if level else lens
    posture = posture_for(position, side)
    posture = replace(posture, noise=replace(posture.noise, interval_scale=scale))
    states = estimate(straight_track(track, camera), camera.straight(), posture)
    angles = joint_angles(states, camera.straight())
    result = measure_hip_rotation(
        angles, framing(states, camera.straight()), track.unsound, position=position, side=side, mode="active"
    )
    standardised = []
    for measure in result.measures if result.status == "measured" else ():
        true = truth[f"{measure.quantity}_deg"] if measure.ci95 is not None else None
        if true is not None and measure.ci95 is not None:
            standardised.append((measure.value - true) / ((measure.ci95[1] - measure.ci95[0]) / 2 / 1.96))
    rotation = angles.angle(f"hip_rotation_{side[0]}")
    shown_list = angles.angle("pelvis_list") * (1.0 if side == "left" else -1.0)
    found = np.isfinite(rotation)
    quiet = found & (np.abs(rotation - rest_level(angles.time_s, rotation)) < _QUIET_DEG)
    ends = _holds(truth, angles.time_s) & found
    true_end = float(np.mean([r["rotation_deg"] for r in truth["repetitions"]]))
    still = all(abs(r["pelvis_hike_deg"]) < _STILL_DEG for r in truth["repetitions"]) and position == "seated"
    moved = float(shown_list[ends].mean() - np.median(shown_list[quiet]))
    return Errors(
        position,
        filmed.trial.seed,
        tuple(standardised),
        float(np.nanmedian(angles.residual)),
        float(np.median(rotation[quiet])) - truth["rest_deg"],
        float(rotation[ends].mean()) - true_end,
        moved - float(np.mean([r["pelvis_hike_deg"] for r in truth["repetitions"]])) if still else None,
    )


def _holds(truth: dict[str, Any], time_s: FloatArray) -> Any:
    return np.any([(time_s >= r["hold_start_s"]) & (time_s <= r["hold_end_s"]) for r in truth["repetitions"]], axis=0)


def rest_alike(errors: Sequence[Errors]) -> float:
    """Share of the error's variance at the end of a swing that is the same at rest, 0 to 1."""
    rest, end = np.array([(e.rest_deg, e.end_deg) for e in errors]).T
    return float(np.clip(np.mean(rest * end) / np.mean(end**2), 0.0, 1.0))


def conformal_half(errors: Sequence[float]) -> float:
    """Half the 95 % interval that holds the next error like these: split conformal (Lei et al. 2018).

    It is the smallest one that holds ``ceil(0.95 (n + 1))`` of the n errors, in their unit.

    Parameters
    ----------
    errors : of people that nothing was learned of.

    Raises
    ------
    ValueError
        Of fewer than 19 errors: none of them is large enough to speak for 95 of 100.

    Examples
    --------
    >>> conformal_half([1.0] * 18 + [-3.0])
    3.0
    """
    rank = math.ceil(_COVERS * (len(errors) + 1))
    if rank > len(errors):
        raise ValueError(f"an interval of 95 % needs 19 errors, and there are {len(errors)}")
    return float(np.sort(np.abs(errors))[rank - 1])


def conformal_scale(standardised: Sequence[float]) -> float:
    """Factor with which 95 % intervals hold the next error like these, see `conformal_half`.

    Parameters
    ----------
    standardised : errors over their propagated standard deviations.

    Examples
    --------
    >>> round(conformal_scale([1.96] * 18 + [-3.92]), 2)
    2.0
    """
    return conformal_half(standardised) / _HALF_WIDTH_SD


def settled(people: Sequence[Filmed]) -> tuple[dict[str, float], list[Errors]]:
    """Find the scale of each position's interval, and the errors with it.

    How far rest and pelvis are believed depends on the interval, so that the scale is looked for again with itself.

    Raises
    ------
    ValueError
        See `conformal_scale`.
    """
    scales = {f.trial.position: 1.0 for f in people}
    errors = [errors_of(f) for f in people]
    for _ in range(_PASSES):
        for position in scales:
            scales[position] *= conformal_scale(list(_standardised(errors, position)))
        errors = [errors_of(f, scale=scales[f.trial.position]) for f in people]
    return scales, errors


def learn(
    heavy: Sequence[Errors], lighter: Sequence[Errors], scales: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the numbers of the body's file and of the test's.

    ``lighter`` is of the lighter pose model, ``scales`` of the intervals that both were measured with.
    """
    good = [e.residual for e in heavy if e.standardised]
    body: dict[str, Any] = {"usual_residual": round(float(np.percentile(good, 90)), 2)}
    body["interval_scale"] = {
        position: round(scale * conformal_scale(list(_standardised(heavy, position))), 2)
        for position, scale in scales.items()
    }
    # Of recordings that both models measured, so that neither gains by refusing the worst.
    both = {e.seed for e in lighter if e.standardised} & {e.seed for e in heavy if e.standardised}
    less, more = (list(_standardised([e for e in es if e.seed in both], "seated")) for es in (heavy, lighter))
    if less and more:
        body["lighter_model_scale"] = round(max(spread(more) / spread(less), 1.0), 2)
    still = [e.list_deg for e in heavy if e.list_deg is not None]
    test = {"pelvis_noise_deg": round(float(t.fit(still, f0=NOISE_DOF, floc=0.0)[2]), 1)} if still else {}
    return body, {**test, "rest_alike": round(rest_alike([e for e in heavy if e.position == "seated"]), 2)}


def _standardised(errors: Sequence[Errors], position: str) -> Iterator[float]:
    for e in errors:
        if e.position == position:
            yield from e.standardised


def main() -> None:
    """Learn from the command line."""
    parser = argparse.ArgumentParser(description="Learn how large the errors of hip rotation really are.")
    parser.add_argument("--write", action="store_true", help="put what was learned into the package")
    asked_people(parser)
    asked = parser.parse_args()
    filmed = list(load("calibrate", Path(asked.cache), asked.many))
    if not any(f.trial.position == "seated" for f in filmed):
        parser.error(f"{asked.cache} holds too few people: python -m validation.learn film --set calibrate")
    try:
        scales, heavy = settled(filmed)
        lighter = [errors_of(f, "full", scales[f.trial.position]) for f in filmed if "full" in f.tracks]
        body, test = learn(heavy, lighter, scales)
    except ValueError as fault:
        parser.error(f"{asked.cache} holds too few people who can be measured: {fault}.")
    sys.stdout.write(f"{len(filmed)} people, {sum(bool(e.standardised) for e in heavy)} of them measured\n")
    sys.stdout.write(beside("rom_vision.body", body) + beside("rom_vision.protocols.hip_rotation", test))
    if asked.write:
        if set(body["interval_scale"]) != {"seated", "supine"} or "lighter_model_scale" not in body:
            parser.error("An interval needs people who sit and who lie, seen by both pose models.")
        sit, lie, all_ = (_whence(filmed, heavy, *which) for which in (("seated",), ("supine",), ("seated", "supine")))
        scales = {"interval_scale.seated": sit, "interval_scale.supine": lie}
        try:
            write("rom_vision.body", body, {"usual_residual": all_, "lighter_model_scale": sit, **scales})
            write("rom_vision.protocols.hip_rotation", test, dict.fromkeys(test, sit))
        except ValueError as fault:
            parser.error(f"Nothing was written. {fault}.")


def _whence(filmed: Sequence[Filmed], errors: Sequence[Errors], *positions: str) -> dict[str, Any]:
    """Provenance of what was counted of the people in these positions who could be measured."""
    seeds = [e.seed for e in errors if e.position in positions and e.standardised]
    dressed = sum(f.dressed for f in filmed if f.trial.seed in seeds)
    verbs = " and ".join(positions)
    words = f"synthetic people, {dressed} of {len(seeds)} in clothes of cloth, {verbs}; those that could be measured"
    return provenance("intervals", words, seeds)


if __name__ == "__main__":
    main()
