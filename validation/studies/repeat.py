"""How far sessions of the same hip differ when the camera is put up again, with and without a true change.

``python -m validation.studies.repeat`` analyses the kept landmark tracks again and freezes ``results/repeat.json``;
``--render`` films the recordings whose track is missing. Each synthetic person is filmed in three sessions by somebody
who aims to stand straight in front of the thigh and misses it by some degrees (our own assumption: a standard
deviation of 7 degrees, 15 at most) and lets the camera lean by some others (1.5 degrees; the landmarks are turned by
that, and the program is not told). In the second session nothing has changed, in the third the hip turns 10 degrees
further. What differs between the errors of two sessions is the part of the measurement error that does not cancel when
they are compared; what people themselves differ by from day to day comes on top of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import Any

import numpy as np

from rom_vision.meaning.change import ROTATION_ERROR
from rom_vision.pose.track import FloatArray, PoseTrack
from validation.studies.accuracy import RESULTS, evaluate
from validation.studies.trials import TRACKS, PlannedTrial, film, load

__all__ = ["repeated", "summarize"]

PEOPLE = range(7001, 7013)
SESSIONS = ("repeat_first", "repeat_again", "repeat_changed")
TRUE_CHANGE_DEG = 10.0
LEAN_SD_DEG = 1.5
FROZEN = RESULTS / "repeat.json"


def repeated() -> list[PlannedTrial]:
    """All recordings of every person, in turn."""
    trials = []
    for seed in PEOPLE:
        rng = np.random.default_rng([seed, 91])
        internal_deg = float(np.random.default_rng([seed, 31]).uniform(8, 50))  # as `hip_trial` draws it
        for session in SESSIONS:
            yaw_deg = float(np.clip(rng.normal(0, 7), -15, 15))
            asked: dict[str, Any] = {"yaw_deg": yaw_deg, "repetitions": 1, "hike_deg": 0.0}
            asked |= {"size_px": (640, 480), "alone": True}
            asked["internal_deg"] = internal_deg + (TRUE_CHANGE_DEG if session == "repeat_changed" else 0.0)
            trials.append(PlannedTrial(session, seed, "seated", "front", tuple(asked.items())))
    return trials


def summarize(trials: list[PlannedTrial]) -> dict[str, Any]:
    """Errors of every person's sessions, degrees, and the standard deviation that one session has of its own.

    ``session_sd_deg`` is that of sessions without a change, ``session_sd_changed_deg`` that of the first against the
    third; ``error_sd_deg`` is the whole error of a session. A person with a refused session is left out and counted.
    """
    people: dict[int, dict[str, Any]] = {}
    for trial, track, truth in load(trials):
        lean_deg = float(np.random.default_rng([trial.seed, 92, SESSIONS.index(trial.group)]).normal(0, LEAN_SD_DEG))
        outcome = evaluate(trial, _leaning(track, lean_deg), truth)
        person = people.setdefault(trial.seed, {"seed": trial.seed, "truth_deg": [], "camera_deg": [], "error_deg": []})
        if outcome.value_deg is not None:
            person["truth_deg"].append(outcome.truth_deg)
            person["camera_deg"].append(truth["camera"]["yaw_deg"])
            person["error_deg"].append(round(outcome.value_deg - outcome.truth_deg, 2))
    whole = [p for p in people.values() if len(p["error_deg"]) == len(SESSIONS)]
    errors = np.array([p["error_deg"] for p in whole])
    return {
        "people": whole,
        "left_out": len(people) - len(whole),
        "error_sd_deg": _rms(errors),
        "session_sd_deg": _rms((errors[:, 1] - errors[:, 0]) / np.sqrt(2)),
        "session_sd_changed_deg": _rms((errors[:, 2] - errors[:, 0]) / np.sqrt(2)),
        "change_bias_deg": round(float((errors[:, 2] - errors[:, 0]).mean()), 2),
        "assumed_session_sd_deg": ROTATION_ERROR.session_deg,
    }


def _leaning(track: PoseTrack, lean_deg: float) -> PoseTrack:
    """Return the landmarks as a camera that leans by as much more would have shown them."""
    cos, sin = np.cos(np.radians(lean_deg)), np.sin(np.radians(lean_deg))
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([track.width_px, track.height_px]) / 2
    world_m = track.world_m.copy()
    world_m[..., :2] = world_m[..., :2] @ turn.T
    return replace(track, image_px=(track.image_px - middle) @ turn.T + middle, world_m=world_m)


def _rms(values: FloatArray) -> float:
    return round(float(np.sqrt(np.mean(values**2))), 2)


def main() -> None:
    """Rerun the study from the command line."""
    parser = argparse.ArgumentParser(description="Rerun the study of repeated sessions and freeze its figures.")
    parser.add_argument("--render", action="store_true", help="film the recordings whose track is missing")
    trials = repeated()
    if parser.parse_args().render:
        for trial in trials:
            if not (TRACKS / f"{trial.name}.npz").is_file():
                film(trial)
    text = json.dumps(summarize(trials), indent=1) + "\n"
    FROZEN.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
