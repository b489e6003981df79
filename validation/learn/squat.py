"""Learn what the squat screen has to know of the landmarks, and how surely each of its readings is right.

``python -m validation.learn squat`` reads the kept tracks of the LEARN people for the offsets and writes
``rom_vision/protocols/squat/learned.json``. The spreads of depth and of the knee's flexion are those of the CALIBRATE
people, of whom nothing was learned, and never less than what the offsets leave over on the LEARN people. The spreads of
the other findings are of both sets, since either alone shows each of them in few people. The REPORT people are never
looked at here.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.stats import t as student

from rom_vision.body.leg_chain import standing_of
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.squat import over_foot
from rom_vision.protocols.squat.knees import knee_in_of_foot_deg
from rom_vision.protocols.squat.learned import LEARNED
from rom_vision.protocols.squat.pitch import USUAL_TRUNK, feet_seen_from_deg
from rom_vision.protocols.squat.recording import judge, read
from rom_vision.protocols.squat.screen import measure_dip, screen_squat
from rom_vision.protocols.squat.seen import SIDES, SquatSeen
from validation.learn.record import file_of, provenance, spread, write
from validation.scenes.movement_clips import TRUTH_JOINTS
from validation.studies.movement_tracks import TRACKS, Kept, load
from validation.studies.squat_varied import knee_in_made, true_amounts, true_repetitions

__all__ = ["main", "offsets", "spreads", "wider"]

_PACKAGE = "rom_vision.protocols.squat"
_Z95 = 1.96
_ENOUGH = 8
"""People from whom a number is learned at the least; with fewer the one that is there stays."""
_ANKLE_M = 0.08
"""Height of the ankle over the floor."""
_LEANS = tuple(round(0.2 + 0.02 * i, 2) for i in range(11))
"""Shares of the knee's flexion by which a shank may lean."""
_DEEP = 0.85
"""What is read at the bottom is read where the knees bend by this share of their most."""
_LEAST_SD = {"% of stance": 3.0, "deg": 2.0}
"""No reading is surer than this, whatever some dozens of synthetic people say (our own heuristic)."""
Measured = Iterator[tuple[Kept, SquatSeen]]


def _squats(kept: Sequence[Kept]) -> Measured:
    """Every repetition that the screen takes for a squat, with its clip."""
    for k in kept:
        if k.case.kind != "squat":
            continue
        camera = Camera.from_hfov(k.track.width_px, k.track.height_px)
        parts, _ = read(k.track, "both")
        for dip in (d for part in parts for d in judge(part, camera, "both")):
            if dip.kind == "squat":
                yield k, measure_dip(dip.part, dip.span, camera, "both", 1)


def offsets(kept: Sequence[Kept]) -> dict[str, Any]:
    """Learn where the landmarks lie beside what they stand for; medians over people, each of whom counts once."""
    shown: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    steep: list[tuple[float, float, float]] = []
    done: set[int] = set()
    for k, seen in _squats(kept):
        dip_px = k.track.image_px[seen.frames][seen.at_rest]
        seed, truth = k.case.seed, k.truth
        deep = seen.frames[seen.during & _deepest(k, seen)]
        inside = np.isin(seen.frames, deep)
        if seen.sagittal is not None:
            shown["side"][seed].append(_beside_joints(k, seen))
            continue
        f = seen.frontal
        if f is None or seen.view == "back" or not inside.any():
            continue
        below = np.mean([truth[f"thigh_below_{s}"][deep] for s in SIDES], axis=0)
        bent = np.mean([truth[f"knee_flexion_{s}"][deep] for s in SIDES], axis=0)
        if seed not in done:
            done.add(seed)
            still = standing_of(dip_px)
            true = np.degrees(np.arctan((k.info["height_m"] - _ANKLE_M) / k.info["distance_m"]))
            steep.append((feet_seen_from_deg(still.image_px, still.leg_px), still.trunk - USUAL_TRUNK, true))
        level = np.clip(1.0 + f.thigh_below_deg[inside].mean(axis=1) / 90.0, 0.2, 1.0)
        thigh = (below - f.thigh_below_deg[inside].mean(axis=1)) / level + LEARNED.front_thigh_deg
        knee = (bent - f.knee_flexion_deg[inside].mean(axis=1)) / level + LEARNED.front_knee_deg
        shown["front_thigh_deg"][seed].append(float(np.median(thigh)))
        shown["front_knee_deg"][seed].append(float(np.median(knee)))
    out: dict[str, Any] = {"shank_lean": _shank_lean(kept)}
    for name in ("front_thigh_deg", "front_knee_deg"):
        each = np.array([np.mean(v) for v in shown[name].values()])
        if len(each) >= _ENOUGH:
            out[name] = round(float(_believed(each)), 2)
    if len(steep) >= _ENOUGH:
        feet, trunk, true = np.array(steep).T
        seen_from, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(feet)), feet, trunk]), true, rcond=None)
        out["seen_from"] = [round(float(x), 2) for x in seen_from]
    people = list(shown["side"].values())
    for name in (*_WAYS, "side_rise") if len(people) >= _ENOUGH // 2 else ():
        pairs = [np.mean([repetition[name] for repetition in person], axis=0) for person in people]
        out[name] = [round(float(x), 4) for x in _believed(np.array(pairs))]
    return out


def _believed(each: Any) -> Any:
    """Median over people (first axis), drawn towards none the more, the less surely it is not none."""
    middle = np.median(each, axis=0)
    error = 1.25 * np.std(each, axis=0, ddof=1) / np.sqrt(len(each))
    return middle * np.maximum(1.0 - (error / np.where(middle == 0.0, np.inf, middle)) ** 2, 0.0)


def _shank_lean(kept: Sequence[Kept]) -> float:
    """Share of the knee's flexion by which shanks lean, with which knees over their feet are read best.

    It is more than shanks really lean (a quarter), because the picture shows too little of the knee's way forward.
    """
    misses = []
    for share in _LEANS:
        with patch.object(over_foot, "LEARNED", replace(LEARNED, shank_lean=share)):
            misses.append(np.sqrt(np.mean(np.square([miss for miss, _ in _knee_misses(kept)]))))
    return _LEANS[int(np.argmin(misses))]


def _knee_misses(kept: Sequence[Kept]) -> list[tuple[float, float]]:
    """Error of each knee's turn from over its foot deep in a squat, degrees, and its stated doubt; from in front."""
    each: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for k, seen in _squats(kept):
        if seen.view != "front" or seen.frontal is None:
            continue
        for leg in range(2):
            read, made = knee_in_of_foot_deg(seen, leg), knee_in_made(k, leg)[seen.frames]
            shown = np.isfinite(read) & _deepest(k, seen)
            if shown.any():
                doubt = float(np.median(seen.frontal.in_of_foot_doubt[shown, leg]))
                each[k.case.seed, leg].append((float(np.median(read[shown] - made[shown])), doubt))
    return [(float(miss), float(doubt)) for miss, doubt in (np.mean(pairs, axis=0) for pairs in each.values())]


def _deepest(k: Kept, seen: SquatSeen) -> Any:
    bent = 0.5 * (k.truth["knee_flexion_left"] + k.truth["knee_flexion_right"])[seen.frames]
    return bent >= _DEEP * bent.max()


_WAYS = {"side_lead": ("hip", "knee"), "side_knee_lead": ("knee", "ankle"), "side_shoulder_lead": ("shoulder", "hip")}
"""What is seen from what, from the side."""


def _beside_joints(k: Kept, seen: SquatSeen) -> dict[str, tuple[float, float]]:
    """How far landmarks lie ahead of (the hip's also above) joints: in standing, and more with the thigh level."""
    assert seen.sagittal is not None
    side = seen.sagittal.side
    standing = standing_of(k.track.image_px[seen.frames][seen.at_rest])
    ahead = -np.sign(seen.azimuth_deg)
    rest, deep = seen.frames[seen.at_rest], seen.frames[seen.during & _deepest(k, seen)]

    def way(frames: Any, of: str, from_: str) -> tuple[Any, Any]:
        marks = [Landmark[f"{side}_{name}".upper()] for name in (of, from_)]
        joints = [TRUTH_JOINTS.index(f"{name}_{side}") for name in (of, from_)]
        pairs = ((k.track.image_px, marks), (k.truth_px, joints))
        shown, true = ((px[frames, a] - px[frames, b]) / standing.leg_px * (ahead, -1.0) for px, (a, b) in pairs)
        return np.median(shown, axis=0), np.median(shown - true, axis=0)

    level = float(np.clip(-way(deep, "hip", "knee")[0][0] / standing.thigh, 0.3, 1.0))
    out = {}
    for name, (of, from_) in _WAYS.items():
        still, low = way(rest, of, from_)[1], way(deep, of, from_)[1]
        out[name] = float(still[0]), float((low - still)[0] / level)
        if of == "hip":
            out["side_rise"] = float(still[1]), float((low - still)[1] / level)
    return out


def wider(calibrated: dict[str, float], left_over: dict[str, float]) -> dict[str, float]:
    """Return each spread of the CALIBRATE people, or what is left over on the LEARN people where that is more."""
    codes = calibrated.keys() | left_over.keys()
    return {code: max(s[code] for s in (calibrated, left_over) if code in s) for code in sorted(codes)}


def spreads(kept: Sequence[Kept]) -> tuple[dict[str, float], dict[str, float]]:
    """Spread of each reading, by finding, and of the knee's flexion by view (see `_spread`)."""
    errors: dict[str, list[float]] = defaultdict(list)
    knees: dict[str, list[float]] = defaultdict(list)
    for k in kept:
        if k.case.kind != "squat":
            continue
        result = screen_squat(k.track)
        amounts = true_amounts(k)
        for f in result.findings:
            key = next((key for key in amounts if key[0] == f.code and f.side in (key[1], "both")), None)
            other = next((key for key in amounts if key[0] == f.code), None)
            if other is None or f.change_from_standing is None or result.view.name == "back":
                continue
            if f.code in ("shallow_depth", "knee_valgus", "knee_varus") or f.ci95 is None:
                continue
            true = -amounts[other] if key is None else amounts[key]  # seen to the other side, or right
            stated = (f.ci95[1] - f.ci95[0]) / 2 / _Z95 / LEARNED.sd[f.code]  # wider where less can be seen
            errors[f.code].append((f.change_from_standing - true) / stated)
        view = "side" if "side" in result.view.name else "front"
        name = "shallow_depth" if view == "side" else "shallow_depth_front"
        names = ("thigh_below_horizontal_deg", "thigh_below_horizontal_error_deg")
        seen = [tuple(r.values.get(name) for name in names) for r in result.repetitions]
        depth = [(below, error / _Z95) for below, error in seen if below is not None and error is not None]
        if depth:
            below, sd = np.median(depth, axis=0)
            near = sd / LEARNED.sd[name]  # a camera that stands close is expected to err more
            errors[name].append((-float(below) - amounts["shallow_depth", "both"]) / near)
            knees[view].append(float(np.median([off for _, off in _knee_errors(k, result)])) / near)
    # Whether a knee is graded depends on how surely it is known: all count, graded or not.
    errors["knee_valgus"] = errors["knee_varus"] = [miss / doubt for miss, doubt in _knee_misses(kept)]
    least = {"lateral_shift": _LEAST_SD["% of stance"]}
    sd = {
        name: round(max(_spread(values), least.get(name, _LEAST_SD["deg"])), 1)
        for name, values in errors.items()
        if len(values) >= (_ENOUGH // 2 if name == "shallow_depth" else _ENOUGH)
    }
    return sd, {
        f"{v}_knee_sd_deg": round(_spread(values), 1) for v, values in knees.items() if len(values) >= _ENOUGH // 2
    }


def _spread(errors: Sequence[float]) -> float:
    """Root mean square, or what holds 95 % as two standard deviations should: whichever is larger.

    Of few people even that is not known well: as much wider as Student's t is.
    """
    wider = float(student.ppf(0.975, len(errors))) / _Z95
    return wider * max(spread(errors), float(np.sqrt(np.mean(np.square(errors)))))


def _knee_errors(k: Kept, result: Any) -> Iterator[tuple[str, float]]:
    for r in result.repetitions:
        at = int(np.abs(k.track.time_s - r.at_s).argmin())
        for side in SIDES:
            shown = r.values.get(f"{side}_knee_flexion_deg")
            if shown is not None and true_repetitions(k):
                yield "side" if "side" in result.view.name else "front", shown - k.truth[f"knee_flexion_{side}"][at]


def _write(kept: Sequence[Kept], numbers: dict[str, Any], sd: dict[str, float]) -> None:
    note = f"each number of those who show it: at least {_ENOUGH}, from the side {_ENOUGH // 2}"
    words = "synthetic people of an independent sampler, squatting"
    whence = provenance("squat", words, [k.case.seed for k in kept], note)
    parts = [*numbers, *(f"sd.{code}" for code in sd)]
    write(_PACKAGE, {**numbers, "sd": sd}, dict.fromkeys(parts, whence), fewest=_ENOUGH)


def main() -> None:
    """Learn anew from the command line: offsets first, then, with them in place, the spreads."""
    parser = argparse.ArgumentParser(description="Learn the numbers of the squat screen anew.")
    parser.add_argument("--folder", type=Path, default=TRACKS, help="where the kept tracks are")
    parser.add_argument("--spreads", action="store_true", help="only the spreads, with the offsets as they are")
    asked = parser.parse_args()
    kept = [k for k in load("learn", asked.folder) if k.case.kind == "squat"]
    if not asked.spreads:
        _write(kept, offsets(kept), {})
        again = [sys.executable, "-m", "validation.learn.squat", "--spreads", "--folder", str(asked.folder)]
        subprocess.run(again, check=True)
        return
    others = [k for k in load("calibrate", asked.folder) if k.case.kind == "squat"]
    both = [*kept, *others]
    (sd, _), (calibrated, knees), (left_over, knees_left_over) = spreads(both), spreads(others), spreads(kept)
    depths = ("shallow_depth", "shallow_depth_front")
    depth = wider(*({code: found[code] for code in depths if code in found} for found in (calibrated, left_over)))
    _write(both, wider(knees, knees_left_over), sd | depth)
    sys.stdout.write(file_of(_PACKAGE).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
