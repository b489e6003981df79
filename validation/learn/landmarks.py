"""Learn where the landmarks of people in the hip rotation test lie beside the joint centres, and how that varies.

``python -m validation.learn landmarks`` reads what ``film`` has kept of the LEARN people and shows what it learns
beside what the package holds; ``--write`` puts it into ``rom_vision/body/learned.json``.

What an offset is, is asked of the leg model itself: the truth about a picture is written as a state of the model, and
the mean shape is the one with which `forward_kinematics` puts its points nearest to the landmarks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from rom_vision.body.learned import JOINTS, LENGTHS
from rom_vision.body.model import (
    LENGTHS_M,
    N_STATE,
    POINTS,
    STATE,
    UPRIGHT_FACING,
    LandmarkShape,
    forward_kinematics,
    pose_slice,
)
from rom_vision.body.noise import LandmarkNoise
from rom_vision.camera import Camera
from rom_vision.pipeline.camera import straight_track
from rom_vision.pose.track import FloatArray
from validation.learn.film import Filmed, asked_people, load
from validation.learn.record import beside, provenance, write

__all__ = [
    "LOST_M",
    "Shown",
    "Spreads",
    "learn_lengths",
    "learn_shape",
    "learn_spreads",
    "shape_of",
    "shown",
    "true_state",
]

LOST_M = 0.15
"""A landmark farther than this from where it should be is on something else, and says nothing of the joint."""
_COORDINATE_SD_M, _OFFSET_SD_M, _LIST_SD = 0.015, 0.05, 2.0
"""How well one coordinate of one person shows the shape, and what offsets and shares may be before any was seen (our
own heuristics): with many people they do not matter, with few they keep what no picture shows at zero."""
_PASSES = 4
_STEP = 1e-3


@dataclass(frozen=True)
class Shown:
    """What the pictures of one person show, and the truth.

    Attributes
    ----------
    position : seated or supine. side : the tested leg.
    time_s : (T,).
    image_px : (T, 8, 2) landmarks in the order of `POINTS`, as a straight camera shows them; NaN where not found.
    state : (T, N_STATE) the truth as states of the leg model about ``reference`` (3, 3).
    camera : that camera.
    """

    position: str
    side: str
    time_s: FloatArray
    image_px: FloatArray
    state: FloatArray
    reference: FloatArray
    camera: Camera


def true_state(joints_m: FloatArray, pelvis: FloatArray, legs_deg: FloatArray, reference: FloatArray) -> FloatArray:
    """Write the truth as states of the leg model; arrays as in `validation.learn.film.Filmed`."""
    joints = joints_m.reshape(-1, 4, 2, 3)
    neck, centre = joints[:, 0].mean(axis=1), joints[:, 1].mean(axis=1)
    up, across = neck - centre, joints[:, 0, 1] - joints[:, 0, 0]
    thigh, shank = (np.linalg.norm(joints[:, i] - joints[:, i + 1], axis=-1).mean(axis=1) for i in (1, 2))
    halves = [0.5 * np.linalg.norm(joints[:, i, 1] - joints[:, i, 0], axis=-1) for i in (1, 0)]
    y = up / np.linalg.norm(up, axis=-1, keepdims=True)
    z = across - np.sum(across * y, axis=-1, keepdims=True) * y
    z /= np.linalg.norm(z, axis=-1, keepdims=True)
    trunk = np.stack([np.cross(y, z), y, z], axis=-1)
    state = np.zeros((len(joints_m), N_STATE))
    state[:, :3] = np.column_stack([centre[:, :2] / centre[:, 2:], np.log(centre[:, 2])])
    state[:, 3:6] = Rotation.from_matrix(reference.T @ pelvis).as_rotvec()
    flexion, bend, twist = Rotation.from_matrix(pelvis.swapaxes(1, 2) @ trunk).as_euler("ZXY").T
    state[:, 6:9] = np.column_stack([bend, twist, -flexion])
    for i, side in enumerate(("left", "right")):
        state[:, pose_slice(side)] = np.radians(legs_deg[:, i])
    lengths = np.stack([thigh, shank, halves[0], np.linalg.norm(up, axis=-1), halves[1]], axis=1)
    state[:, STATE["thigh"] : STATE["focal"]] = np.log(lengths / list(LENGTHS_M.values()))
    return state


def shown(filmed: Filmed) -> Shown:
    """Set a filmed person's landmarks beside the truth, the camera's roll taken out of both."""
    track, told = filmed.tracks["heavy"], filmed.truth["camera"]
    scale, seated = track.width_px / told["width_px"], filmed.trial.position == "seated"
    camera = Camera(
        track.width_px, track.height_px, told["focal_px"] * scale, 0.0, track.width_px / 2, track.height_px / 2,
        roll_deg=told["roll_deg"] if seated else None,
    )  # fmt: skip
    upright = np.eye(3)
    upright[:2, :2] = camera.roll_matrix
    joints_m, pelvis = filmed.joints_m @ upright.T, upright @ filmed.pelvis
    reference = UPRIGHT_FACING if seated else pelvis[0]
    state = true_state(joints_m, pelvis, filmed.legs_deg, reference)
    px = straight_track(track, camera).image_px[:, list(POINTS)]
    # Bodies are not quite as symmetrical as the model: its points stand for the true joints.
    px = px + _project(forward_kinematics(state, reference), camera) - _project(joints_m, camera)
    return Shown(filmed.trial.position, filmed.truth["side"], track.time_s, px, state, reference, camera.straight())


def _project(points: FloatArray, camera: Camera) -> FloatArray:
    return np.asarray(points[..., :2] / points[..., 2:] * camera.focal_px + (camera.cx_px, camera.cy_px))


# -- the mean shape -------------------------------------------------------------------------------------------------

# Which way the knee landmark moves is learned where pictures show it: seated forward, outward, and forward either way.
_SWINGS = {"seated": ((0, 0), (0, 2), (1, 0)), "supine": ((0, 2),)}


def _n_terms(position: str) -> tuple[int, int, int]:
    """How many offsets, entries of the knee's swing, and numbers of the list a position has."""
    return (12, 3, 2) if position == "seated" else (24, 1, 0)


def shape_of(values: FloatArray, position: str, side: str) -> LandmarkShape:
    """Shape of learned values: offsets of the tested and the other side, swing of the knee, hidden list and leak.

    Sitting people's sides are alike; a lying person's are not.
    """
    n, swings, lists = _n_terms(position)
    offsets = values[:n].reshape(-1, 4, 3)
    tested, other = offsets[0], offsets[-1]
    swing = np.zeros((2, 3))
    for (row, column), value in zip(_SWINGS[position], values[n : n + swings], strict=True):
        swing[row, column] = value
    hidden, leak = values[n + swings :] if lists else (0.0, 0.0)
    sides = (tested, other) if side == "left" else (other, tested)
    return LandmarkShape(np.stack(sides, axis=1), swing, 1.0 - float(hidden), float(leak))


def _misses_m(person: Shown, values: FloatArray) -> FloatArray:
    """(T, 8, 2) where the landmarks lie beside the points of a shape, in the plane of the picture, metres."""
    points = forward_kinematics(person.state, person.reference, shape_of(values, person.position, person.side))
    off_px = person.image_px - _project(points, person.camera)
    return np.asarray(off_px * points[..., 2:] / person.camera.focal_px)


def _normal(person: Shown, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Information of one person about the values, and its gradient; every person counts once."""
    misses = _misses_m(person, values)
    slopes = [(misses - _misses_m(person, values + step)) / _STEP for step in _STEP * np.eye(len(values))]
    seen = np.linalg.norm(misses, axis=-1) < LOST_M
    rows = np.stack([s[seen].ravel() for s in slopes], axis=1) / _COORDINATE_SD_M
    frames = max(len(person.time_s), 1)
    return rows.T @ rows / frames, rows.T @ misses[seen].ravel() / _COORDINATE_SD_M / frames


def learn_shape(people: Sequence[Shown]) -> tuple[FloatArray, list[FloatArray]]:
    """Find the mean shape of people in one position.

    Returns
    -------
    Values for `shape_of`, and for each person those that the others give: a spread has to be that of new people.
    """
    offsets, swings, lists = _n_terms(people[0].position)
    sd = np.concatenate([np.full(offsets + swings, _OFFSET_SD_M), np.full(lists, _LIST_SD)])
    prior = np.diag(sd**-2.0)
    values = np.zeros(len(sd))
    for _ in range(_PASSES):
        each = [_normal(person, values) for person in people]
        information = prior + sum(h for h, _ in each)
        gradient = sum(g for _, g in each) - prior @ values
        without = [values + np.linalg.solve(information - h, gradient - g) for h, g in each]
        values = values + np.linalg.solve(information, gradient)
    return values, without


# -- how it varies --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spreads:
    """Spread of what is left beside the mean shape; see `rom_vision.body.noise.LandmarkNoise`."""

    common_sd_m: FloatArray
    differential_sd_m: FloatArray
    white_m: float


def learn_spreads(people: Sequence[Shown], without: Sequence[FloatArray]) -> Spreads:
    """Tell the slow offsets, of both sides and of left against right, from the jitter.

    Jitter stays alike for `LandmarkNoise.alike_s`, an offset for `LandmarkNoise.offset_tau_s`: together they make up
    the errors' variance, and by those times the share of each that has changed after a second or so.
    """
    misses = [_kept(_misses_m(p, v)) for p, v in zip(people, without, strict=True)]
    # Of whom every landmark lay on something else, or nearly, nothing is said.
    told = [np.isfinite(m).any(axis=0).all() for m in misses]
    people, misses = ([x for x, ok in zip(xs, told, strict=True) if ok] for xs in (people, misses))
    total = np.nanmean([np.nanmean(m**2) for m in misses])
    lag = 2 * LandmarkNoise.alike_s
    pairs = [_changes(p.time_s, m, lag) for p, m in zip(people, misses, strict=True)]
    changed = np.nanmean([np.nanmean(0.5 * d**2) for d in pairs if d.size])
    fast, slow = (1.0 - np.exp(-lag / tau) for tau in (LandmarkNoise.alike_s, LandmarkNoise.offset_tau_s))
    white = max((changed - slow * total) / (fast - slow), 0.0)
    left, right = (np.stack([np.nanmean(s, axis=0) for s in split]) for split in _halves(misses))
    common, differential = (np.sqrt(np.maximum(m - white / 2, 1e-8)) for m in (left.mean(axis=0), right.mean(axis=0)))
    if people[0].position == "supine":  # the picture may lie any way about the body
        common, differential = (np.repeat(_root_mean(sd)[:, None], 2, axis=1) for sd in (common, differential))
    return Spreads(common, differential, float(np.sqrt(white)))


def _root_mean(sd: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.mean(sd**2, axis=1)))


def _kept(misses: FloatArray) -> FloatArray:
    """Misses with NaN where the landmark was on something else."""
    return np.where(np.linalg.norm(misses, axis=-1, keepdims=True) < LOST_M, misses, np.nan)


def _changes(time_s: FloatArray, misses: FloatArray, lag_s: float) -> FloatArray:
    later = np.searchsorted(time_s, time_s + lag_s - 1e-6)
    ok = later < len(time_s)
    return np.asarray(misses[later[ok]] - misses[ok])


def _halves(misses: Sequence[FloatArray]) -> Iterator[list[FloatArray]]:
    """Squares (T, 4, 2) of each person's common part, and of the differential one."""
    sided = [m.reshape(-1, 4, 2, 2) for m in misses]
    yield [(0.5 * (m[:, :, 0] + m[:, :, 1])) ** 2 for m in sided]
    yield [(0.5 * (m[:, :, 0] - m[:, :, 1])) ** 2 for m in sided]


def learn_lengths(people: Sequence[Shown]) -> dict[str, float]:
    """Geometric mean of each segment's length over people, metres."""
    logs = np.mean([p.state[:, STATE["thigh"] : STATE["focal"]].mean(axis=0) for p in people], axis=0)
    mean = np.exp(logs) * list(LENGTHS_M.values())
    return {name: round(float(x), 3) for name, x in zip(LENGTHS, mean, strict=True)}


# -- the command ----------------------------------------------------------------------------------------------------


def _numbers(people: Sequence[Shown]) -> dict[str, Any]:
    """Return what was learned of one position as the data file holds it."""
    values, without = learn_shape(people)
    spreads = learn_spreads(people, without)
    shape = shape_of(values, people[0].position, "left")
    tested, other = (_by_joint(shape.offsets_m[:, i], 3) for i in (0, 1))
    return {
        "offsets_m": {"tested": tested, "other": other},
        "knee_swing_m": shape.knee_swing_m.round(3).tolist(),
        "list_gain": round(shape.list_gain, 2),
        "list_leak": round(shape.list_leak, 3),
        "common_sd_m": _by_joint(spreads.common_sd_m, 4),
        "differential_sd_m": _by_joint(spreads.differential_sd_m, 4),
        "white_m": round(spreads.white_m, 4),
    }


def _by_joint(rows: FloatArray, digits: int) -> dict[str, list[float]]:
    return {joint: row.round(digits).tolist() for joint, row in zip(JOINTS, rows, strict=True)}


def learn(filmed: Sequence[Filmed]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Learn everything that these people show; return numbers and their provenance, by part."""
    numbers: dict[str, Any] = {"lengths_m": learn_lengths([shown(f) for f in filmed])}
    whence = {"lengths_m": provenance("landmarks", _words(filmed, ""), [f.trial.seed for f in filmed])}
    for position, verb in (("seated", ", filmed sitting"), ("supine", ", filmed lying")):
        mine = [f for f in filmed if f.trial.position == position]
        if mine:
            numbers[position] = _numbers([shown(f) for f in mine])
            whence[position] = provenance("landmarks", _words(mine, verb), [f.trial.seed for f in mine])
    return numbers, whence


def _words(filmed: Sequence[Filmed], more: str) -> str:
    return f"synthetic people, {sum(f.dressed for f in filmed)} of {len(filmed)} in clothes of cloth{more}"


def main() -> None:
    """Learn from the command line."""
    parser = argparse.ArgumentParser(description="Learn where landmarks lie beside the joint centres.")
    parser.add_argument("--write", action="store_true", help="put what was learned into the package")
    asked_people(parser)
    asked = parser.parse_args()
    filmed = list(load("learn", Path(asked.cache), asked.many))
    if not filmed:
        parser.error(f"{asked.cache} holds nobody to learn from: python -m validation.learn film --set learn")
    numbers, whence = learn(filmed)
    sys.stdout.write(f"{len(filmed)} people\n{beside('rom_vision.body', numbers)}")
    if asked.write:
        try:
            write("rom_vision.body", numbers, whence)
        except ValueError as fault:
            parser.error(f"Nothing was written. {fault}.")


if __name__ == "__main__":
    main()
