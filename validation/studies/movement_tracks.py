"""Landmark tracks of the filmed movements, with the truth of every picture: kept small, one file a set.

``python -m validation.studies.movement_tracks --set learn --people DIR`` films what is missing. ``DIR`` holds the
skins and clothes of the dressed third (see `validation.person.garments`); without it only the mannequins are filmed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.pose.track import PoseTrack, TrackSource
from validation.person.identity import FloatArray
from validation.scenes.movement_clips import MANNEQUIN, movement_clip, write_movement
from validation.studies.movement_cases import SETS, MovementCase, cases

__all__ = ["FPS", "Kept", "film", "load", "path_of", "save"]

TRACKS = Path(__file__).parents[1] / "tracks"
FPS = 10.0
_PX, _MM, _VIS, _DEG = 16.0, 512.0, 100.0, 50.0
"""Whole numbers are kept: parts of a pixel, of a metre, of a visibility, and of a degree (or unit) of the truth."""


@dataclass(frozen=True)
class Kept:
    """One filmed movement.

    Attributes
    ----------
    case : what was asked. info : what was drawn (camera, body, arms, clothes, repetitions).
    track : the landmarks that the network found in the video.
    truth_px : (N, 12, 2) joint centres of `validation.scenes.movement_clips.TRUTH_JOINTS` in each picture.
    truth : curves (N,) by name, see `validation.scenes.movement_clips.truth_of`.
    """

    case: MovementCase
    info: dict[str, Any]
    track: PoseTrack
    truth_px: FloatArray
    truth: dict[str, FloatArray]


def path_of(name: str) -> Path:
    """Return where the tracks of a set are kept; the record of its clips lies beside them as JSON."""
    return TRACKS / f"movement_{name}.npz"


def film(case: MovementCase, people: str | None) -> Kept:
    """Draw a case as a video file and find its landmarks with the heavy model, as the program does."""
    from rom_vision.pipeline.run import track_video

    asked = {"fault": case.fault or "sound", "size_deg": case.size_deg, "side": case.side}
    clip = movement_clip(case.seed, case.kind, case.view, clothes=case.clothes, people=people, **asked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"movement_{case.seed}.mp4"
        px, truth = write_movement(clip, path, FPS)
        track = track_video(path)
    return Kept(case, clip.info, track, px, truth)


def _packed(values: FloatArray, steps: float) -> np.ndarray:
    """Differences from picture to picture of whole steps, as 16 bits that may wrap round: they compress well."""
    whole = np.round(np.nan_to_num(values) * steps).astype(np.int64)
    return np.diff(whole, axis=0, prepend=np.zeros_like(whole[:1])).astype(np.int16)


def _unpacked(stored: np.ndarray, steps: float) -> FloatArray:
    return np.asarray(np.cumsum(stored, axis=0, dtype=np.int16) / steps)


def save(kept: Sequence[Kept], path: Path) -> None:
    """Store clips: whole numbers in one compressed file, the record of the clips as JSON beside it."""
    arrays: dict[str, Any] = {}
    record: dict[str, Any] = {}
    for k in sorted(kept, key=lambda k: k.case.seed):
        seed, track = k.case.seed, k.track
        lost = ~np.isfinite(track.image_px).all(axis=(1, 2))
        arrays[f"{seed}_time"] = np.round(track.time_s * 1000).astype(np.int32)
        arrays[f"{seed}_lost"] = np.packbits(lost)
        arrays[f"{seed}_px"] = _packed(track.image_px, _PX)
        arrays[f"{seed}_world"] = _packed(track.world_m, _MM)
        arrays[f"{seed}_visibility"] = np.round(np.nan_to_num(track.visibility) * _VIS).astype(np.uint8)
        arrays[f"{seed}_truth_px"] = _packed(k.truth_px, _PX)
        arrays[f"{seed}_truth"] = _packed(np.stack(list(k.truth.values()), axis=1), _DEG)
        record[str(seed)] = {
            "asked": asdict(k.case),
            "size_px": [track.width_px, track.height_px],
            "model": [track.source.model_name, track.source.mediapipe_version],
            "warnings": list(track.warnings),
            "truth": list(k.truth),
            **k.info,
        }
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **arrays)
    lines = ",\n".join(f"{json.dumps(seed)}: {json.dumps(one)}" for seed, one in record.items())
    path.with_suffix(".json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")


def load(name: str, folder: Path | None = None) -> Iterator[Kept]:
    """Yield what is kept of a set, by seed."""
    path = path_of(name) if folder is None else folder / path_of(name).name
    record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    with np.load(path) as stored:
        for seed, one in record.items():
            times = stored[f"{seed}_time"] / 1000
            n = len(times)
            lost = np.unpackbits(stored[f"{seed}_lost"])[:n].astype(bool)
            px, world = _unpacked(stored[f"{seed}_px"], _PX), _unpacked(stored[f"{seed}_world"], _MM)
            px[lost], world[lost] = np.nan, np.nan
            visibility = stored[f"{seed}_visibility"] / _VIS
            truth = _unpacked(stored[f"{seed}_truth"], _DEG)
            source = TrackSource(model_name=one["model"][0], mediapipe_version=one["model"][1])
            track = PoseTrack(
                times, px, visibility, world, *one["size_px"], source=source, warnings=tuple(one["warnings"])
            )
            curves = {what: truth[:, i] for i, what in enumerate(one["truth"])}
            yield Kept(MovementCase(**one["asked"]), one, track, _unpacked(stored[f"{seed}_truth_px"], _PX), curves)


def _interleaved(name: str) -> list[MovementCase]:
    """Return the cases of a set so that what was filmed of it so far is always like the whole."""
    parts = [[c for c in cases(name) if (c.kind == "squat") == squat] for squat in (True, False)]
    ranked = [((i + 0.5) / len(part), k, c) for k, part in enumerate(parts) for i, c in enumerate(part)]
    return [c for _, _, c in sorted(ranked, key=lambda r: r[:2])]


def film_missing(name: str, people: str | None, minutes: float, workers: int) -> None:
    """Film what the set does not hold yet, for about so many minutes; what is done is kept, however the run ends."""
    path, end = path_of(name), time.monotonic() + 60 * minutes
    kept = list(load(name)) if path.is_file() else []
    have = {k.case.seed for k in kept}
    wanted = [c for c in _interleaved(name) if c.seed not in have and (people or c.clothes == MANNEQUIN)]
    # One clip a worker at a time: a run that ends has no queue to finish.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(film, wanted.pop(0), people) for _ in range(min(workers, len(wanted)))}
        while running:
            done = next(as_completed(running))
            running.remove(done)
            kept.append(done.result())
            save(kept, path)
            print(f"{name}: {len(kept)} of {len(cases(name))} ({kept[-1].case})", flush=True)  # noqa: T201
            if wanted and time.monotonic() < end:
                running.add(pool.submit(film, wanted.pop(0), people))


def main() -> None:
    """Film from the command line."""
    parser = argparse.ArgumentParser(description="Film squats and other movements and keep their landmark tracks.")
    parser.add_argument("--set", choices=list(SETS), required=True, help="which people")
    parser.add_argument("--people", help="folder of skins and clothes; without it, only mannequins are filmed")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no clip after so many minutes")
    parser.add_argument("--workers", type=int, default=2, help="clips filmed at a time")
    asked = parser.parse_args()
    film_missing(asked.set, asked.people, asked.minutes, asked.workers)


if __name__ == "__main__":
    main()
