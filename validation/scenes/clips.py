"""Film a hip rotation test: a whole recording of the synthetic person as an H.264 file, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom_vision.capture import VideoWriter
from validation.person.motion import Movement, Program, sample_program
from validation.person.phantom import pose
from validation.person.render import Finish
from validation.scenes.hip_tests import seated, supine
from validation.scenes.scene import Scene, shank_inclination_deg, still

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["Trial", "hip_trial", "render_clip", "trial_truth"]

_TRUTH_RATE_HZ = 30.0


@dataclass(frozen=True)
class Trial:
    """One recording: what is seen, and what is done."""

    scene: Scene
    program: Program


def hip_trial(
    seed: int,
    position: str = "seated",
    view: str = "front",
    *,
    side: str | None = None,
    internal_deg: float | None = None,
    external_deg: float | None = None,
    repetitions: int = 3,
    hike_deg: float | None = None,
    yaw_deg: float | None = None,
    size_px: tuple[int, int] | None = None,
    finish: Finish | None = None,
    alone: bool = False,
    worn: Dressed | None = None,
) -> Trial:
    """Sample a hip rotation test.

    Parameters
    ----------
    seed : decides everything that is not given; one person per seed.
    position : seated or supine.
    view : front when seated, one of `validation.scenes.hip_tests.SUPINE_VIEWS` when supine.
    side : the tested leg.
    internal_deg : hip rotation reached; None draws 8 to 50.
    external_deg : the same for external rotation; None: not made.
    repetitions : of each direction.
    hike_deg : pelvis hike at the top of internal rotation; None draws 0 to 1.5, or 4 to 9 in one of five (seated).
    yaw_deg : camera azimuth against the tested thigh (seated); None draws -35 to 35.
    size_px, finish : picture size (width, height), blur and noise; None draws them.
    alone : no bystander.
    worn : a dressed person (see `validation.person.outfit.dress_person`); None draws a mannequin.
    """
    rng = np.random.default_rng([seed, 31])
    drawn_goal = float(rng.uniform(8, 50))
    drawn_hike = float(rng.uniform(4, 9) if rng.random() < 0.2 else rng.uniform(0, 1.5))
    hike = drawn_hike if hike_deg is None else hike_deg
    program = sample_program(
        rng,
        internal_deg=drawn_goal if internal_deg is None else internal_deg,
        external_deg=external_deg,
        repetitions=repetitions,
        hike_deg=hike if position == "seated" else 0.0,
    )
    swing, times = program.swing(), program.key_times()
    asked: dict[str, Any] = {"side": side, "swing": swing, "times": times, "size_px": size_px, "worn": worn}
    seats = position == "seated"
    scene = seated(seed, yaw_deg=yaw_deg, alone=alone, **asked) if seats else supine(seed, view, **asked)
    return Trial(replace(scene, finish=finish) if finish else scene, program)


def _hold_means(trial: Trial, movement: Movement) -> tuple[float, float, float]:
    """Mean hip rotation, shank inclination and pelvis hike over a hold, degrees."""
    scene = trial.scene
    times = np.arange(movement.hold_start_s, movement.hold_end_s, 1 / _TRUTH_RATE_HZ)
    inclination = [shank_inclination_deg(pose(scene.body, scene.posture(float(t))), scene.side) for t in times[::5]]
    rotation = [trial.program.rotation_deg(float(t)) for t in times]
    hike = [trial.program.hike_deg(float(t)) if scene.test == "seated" else 0.0 for t in times]
    return float(np.mean(rotation)), float(np.mean(inclination)), float(np.mean(hike))


def trial_truth(trial: Trial) -> dict[str, Any]:
    """Return what a perfect measurement of the recording would say.

    ``internal_rotation_deg`` and ``external_rotation_deg`` (magnitude, or None) are means over the repetitions of
    ``repetitions[i]["rotation_deg"]`` (internal +): the mean hip rotation relative to the pelvis over the hold.
    ``shank_inclination_deg`` is what an inclinometer reads in the same holds (seated only, mean over the internal
    repetitions), ``pelvis_hike_deg`` how far the tested side of the pelvis was lifted.
    """
    scene, program = trial.scene, trial.program
    repetitions = []
    for movement in program.movements:
        rotation, inclination, hike = _hold_means(trial, movement)
        repetitions.append(
            {
                "direction": movement.direction,
                "start_s": round(movement.start_s, 3),
                "hold_start_s": round(movement.hold_start_s, 3),
                "hold_end_s": round(movement.hold_end_s, 3),
                "end_s": round(movement.end_s, 3),
                "rotation_deg": round(rotation, 2),
                "shank_inclination_deg": round(inclination, 2),
                "pelvis_hike_deg": round(hike, 2),
            }
        )
    inner = [r for r in repetitions if r["direction"] == "internal"]
    outer = [r for r in repetitions if r["direction"] == "external"]

    def mean(rows: list[dict[str, Any]], key: str) -> float | None:
        return round(float(np.mean([r[key] for r in rows])), 2) if rows else None

    outward = mean(outer, "rotation_deg")
    camera = scene.camera
    down = camera.axes @ np.array([0.0, 0.0, -1.0])
    return {
        "seed": scene.seed,
        "test": "hip_rotation",
        "position": scene.test,
        "side": scene.side,
        "mode": "active",
        "internal_rotation_deg": mean(inner, "rotation_deg"),
        "external_rotation_deg": None if outward is None else -outward,
        "rest_deg": round(program.rest_deg, 2),
        "shank_inclination_deg": mean(inner, "shank_inclination_deg") if scene.test == "seated" else None,
        "pelvis_hike_deg": mean(inner, "pelvis_hike_deg"),
        "repetitions": repetitions,
        "camera": {
            "view": scene.view,
            "yaw_deg": round(scene.info["yaw_deg"], 1),
            "width_px": camera.width_px,
            "height_px": camera.height_px,
            "focal_px": round(camera.focal_px, 1),
            "hfov_deg": round(float(np.degrees(2 * np.arctan(0.5 * camera.width_px / camera.focal_px))), 2),
            "roll_deg": round(float(np.degrees(np.arctan2(down[0], down[1]))), 3),
            "pitch_deg": round(float(np.degrees(np.arcsin(down[2]))), 3),
        },
        "held": scene.info["held"],
        "bystander": scene.info["bystander"],
        "duration_s": round(program.duration_s, 2),
    }


def render_clip(trial: Trial, path: str | Path, fps: float = 15.0, *, fast: bool = False) -> dict[str, Any]:
    """Write the recording to ``path`` (H.264) and return its truth (see `trial_truth`); ``fast`` as in `still`."""
    camera = trial.scene.camera
    with VideoWriter(path, camera.width_px, camera.height_px) as out:
        for k in range(int(trial.program.duration_s * fps)):
            picture, _ = still(trial.scene, k / fps, fast=fast)
            out.write(picture, k / fps)
    return trial_truth(trial)
