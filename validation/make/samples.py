"""Film the clips of `sample_videos/` and write what is true of them: ``python -m validation.make.samples [NAME ...]``.

``truth.json`` holds one object per file. Hip rotation (see `validation.scenes.clips.trial_truth`): ``file``, ``what``
(a sentence), ``test``, ``position``, ``side``, ``mode``, ``internal_rotation_deg`` and ``external_rotation_deg``
(magnitudes, or null where not performed), ``rest_deg``, ``shank_inclination_deg`` (against gravity, seated),
``pelvis_hike_deg``, ``repetitions`` (times in seconds, ``rotation_deg`` internal +), ``camera`` and ``expect``
(measured or refused). Squats: ``fault``, ``plan`` (what the person does) and the camera's azimuth. Straight leg raise
and toe touch: see `validation.scenes.range_trial.truth_of`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from validation.person.render import Finish
from validation.scenes.clips import hip_trial, render_clip
from validation.scenes.leg_raises import leg_raise
from validation.scenes.range_trial import RangeTrial, film
from validation.scenes.squats import squat_clip, write_clip
from validation.scenes.toe_touches import toe_touch

__all__ = ["HIP_SAMPLES", "RANGE_SAMPLES", "SQUAT_SAMPLES", "main"]

FOLDER = Path(__file__).parents[2] / "sample_videos"
_FPS = 12.0
_QUIET = Finish(blur_px=0.9, noise=0.0)
"""No noise: the clips live in the repository and have to stay small."""

_LANDSCAPE, _PORTRAIT = (720, 540), (540, 720)

HIP_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "seated_left": (
        "Seated, left hip, good active internal rotation.",
        {"seed": 20001, "side": "left", "internal_deg": 38.0, "hike_deg": 0.5, "yaw_deg": 6.0},
    ),
    "seated_left_later": (
        "The same person weeks later: the left hip turns farther in.",
        {"seed": 20001, "side": "left", "internal_deg": 45.0, "hike_deg": 0.5, "yaw_deg": -10.0},
    ),
    "seated_right": (
        "Seated, right hip of the same person.",
        {"seed": 20001, "side": "right", "internal_deg": 34.0, "hike_deg": 0.5, "yaw_deg": 12.0},
    ),
    "seated_right_hike": (
        "Seated, right hip; the buttock lifts by about 8 degrees, so the shank swings farther than the hip turns.",
        {"seed": 20002, "side": "right", "internal_deg": 27.0, "hike_deg": 8.0, "yaw_deg": -8.0},
    ),
    "seated_left_low": (
        "Seated, left hip with little internal rotation.",
        {"seed": 20003, "side": "left", "internal_deg": 13.0, "hike_deg": 0.5, "yaw_deg": 15.0},
    ),
    "seated_right_both_directions": (
        "Seated, right hip, three times internal, then three times external rotation.",
        {"seed": 20004, "side": "right", "internal_deg": 36.0, "external_deg": 30.0, "hike_deg": 0.5, "yaw_deg": 5.0},
    ),
    "seated_left_from_the_side": (
        "Seated, filmed from the side, where hip rotation cannot be seen: to be refused.",
        {"seed": 20005, "side": "left", "internal_deg": 35.0, "hike_deg": 0.5, "yaw_deg": 88.0},
    ),
    "supine_left_overhead": (
        "On the back, left hip and knee at 90 degrees, camera above.",
        {"seed": 20008, "position": "supine", "view": "overhead", "side": "left", "internal_deg": 32.0},
    ),
    "supine_right_behind_head": (
        "On the back, right hip and knee at 90 degrees, camera behind the head.",
        {"seed": 20007, "position": "supine", "view": "behind_head", "side": "right", "internal_deg": 40.0},
    ),
}

SQUAT_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "squat_good": (
        "Good squats from the front.",
        {"seed": 20011, "fault": "good", "azimuth_deg": 4.0, "over": ("left", "right")},
    ),
    "squat_valgus_left": (
        "Squats from the front; the left knee falls in.",
        {"seed": 20012, "fault": "valgus_left", "azimuth_deg": -5.0, "over": ("right",)},
    ),
    "squat_forward_lean": (
        "Squats from the left side; the trunk leans too far forward.",
        {"seed": 20013, "fault": "forward_lean", "azimuth_deg": 90.0},
    ),
}

RANGE_SAMPLES: dict[str, tuple[str, Callable[..., RangeTrial], dict[str, Any]]] = {
    "leg_raise_left": (
        "Lying on the back, the left leg goes up straight.",
        leg_raise,
        {"seed": 20021, "side": "left", "goal_deg": 72.0, "azimuth_deg": -4.0, "size_px": _LANDSCAPE},
    ),
    "toe_touch": (
        "Standing, bending forward with straight knees; the fingertips stay a hand above the floor.",
        toe_touch,
        {"seed": 20024, "height_m": 0.12, "azimuth_deg": 5.0, "size_px": _PORTRAIT},
    ),
}


def _film_hip(name: str) -> dict[str, Any]:
    what, settings = HIP_SAMPLES[name]
    size = _LANDSCAPE if settings.get("position") == "supine" else _PORTRAIT
    trial = hip_trial(**settings, size_px=size, finish=_QUIET, alone=True)
    truth = render_clip(trial, FOLDER / f"{name}.mp4", _FPS)
    expect = "refused" if trial.scene.view == "side" else "measured"
    return {"file": f"{name}.mp4", "what": what, "expect": expect, **truth}


def _film_squat(name: str) -> dict[str, Any]:
    what, settings = SQUAT_SAMPLES[name]
    clip = squat_clip(**settings, fps=_FPS)
    clip = replace(clip, scene=replace(clip.scene, finish=_QUIET))
    write_clip(clip, FOLDER / f"{name}.mp4")
    camera = clip.scene.camera
    return {
        "file": f"{name}.mp4",
        "what": what,
        "expect": "measured",
        "seed": settings["seed"],
        "test": "squat",
        "fault": clip.fault,
        "plan": asdict(clip.plan),
        "camera": {
            "azimuth_deg": clip.azimuth_deg,
            "width_px": camera.width_px,
            "height_px": camera.height_px,
            "focal_px": round(camera.focal_px, 1),
        },
    }


def _film_range(name: str) -> dict[str, Any]:
    what, make, settings = RANGE_SAMPLES[name]
    trial = make(**settings, repetitions=3, finish=_QUIET)
    truth = film(trial, FOLDER / f"{name}.mp4", _FPS)
    told = {"stature": f"{truth['stature_cm']:.0f}"} if "stature_cm" in truth else {}
    return {"file": f"{name}.mp4", "what": what, "expect": "measured", **told, **truth}


def main(names: list[str]) -> None:
    """Film the named samples (all of them by default) and bring ``truth.json`` up to date."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "truth.json"
    truth = {row["file"]: row for row in json.loads(path.read_text())} if path.exists() else {}
    every = [*HIP_SAMPLES, *SQUAT_SAMPLES, *RANGE_SAMPLES]
    films = dict.fromkeys(HIP_SAMPLES, _film_hip) | dict.fromkeys(SQUAT_SAMPLES, _film_squat)
    films |= dict.fromkeys(RANGE_SAMPLES, _film_range)
    for name in names or every:
        row = films[name](name)
        truth[row["file"]] = row
        ordered = [truth[f"{n}.mp4"] for n in every if f"{n}.mp4" in truth]
        path.write_text(json.dumps(ordered, indent=1) + "\n")
        size = (FOLDER / row["file"]).stat().st_size
        sys.stdout.write(f"{row['file']}: {size / 1000:.0f} kB\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
