"""How fast, against bare inference: everything as ratios, on the same clips, model and machine, alternating in one run.

``python -m validation.benchmark`` makes clips of 30 and 60 pictures a second out of a sample video and measures, in
turn, bare MediaPipe in one thread on every picture (nothing else), and what a user gets with one job and with one for
each core. It prints the ratio of the medians of the time, the ratio of the work (seconds of processor, which a busy
machine changes little), and the share of the time with one job that is not inference.

``--batch N`` measures N clips one by one and as a batch, and with ``--cluster`` on workers of this machine, too.
``--memory`` prints the peak memory of measuring a 1-minute and a 10-minute copy of the clip.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rom_vision.batch.plan import Request
from rom_vision.batch.run import measure_many
from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.pipeline.camera import MAX_SIDE_PX
from rom_vision.pipeline.run import measure
from rom_vision.pose import PoseEstimator, resolve_model
from rom_vision.pose.stretches import jobs_or_cores

SAMPLES = Path(__file__).parents[1] / "sample_videos"
TESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rotation": ("seated_left.mp4", "hip_rotation", {"position": "seated", "side": "left"}),
    "squat": ("squat_good.mp4", "squat", {}),
}
_SIDE_PX = 1920


def make_clip(sample: Path, out: Path, fps: float, seconds: float, side_px: int = _SIDE_PX) -> Path:
    """Write a sample again, forth and back, at another frame rate and size, with the noise of a sensor."""
    with VideoReader(sample, max_side_px=None) as video:
        frames = list(video)
    step_s = frames[1].time_s - frames[0].time_s
    width, height = (round(n * side_px / max(video.size)) // 2 * 2 for n in video.size)
    rng = np.random.default_rng(0)
    with VideoWriter(out, width, height) as writer:
        for k in range(round(seconds * fps)):
            i = round(k / fps / step_s) % (2 * len(frames) - 2)
            rgb = cv2.resize(frames[min(i, 2 * len(frames) - 2 - i)].rgb, (width, height))
            grain = rng.integers(0, 6, (height // 4, width // 4, 1), np.uint8)
            writer.write(cv2.add(rgb, cv2.resize(grain, (width, height))[..., None].repeat(3, axis=2)), k / fps)
    return out


def bare_s(clip: Path, model: str) -> tuple[float, float]:
    """Seconds, and seconds of processor, of inference on every picture, one thread; pictures are decoded beside it."""
    with VideoReader(clip, max_side_px=MAX_SIDE_PX) as video, PoseEstimator(resolve_model(model)) as estimator:
        began, worked = time.perf_counter(), time.process_time()
        for frame in video:
            estimator.detect(frame.rgb, frame.time_s)
        return time.perf_counter() - began, time.process_time() - worked


def whole_s(clip: Path, test: str, options: dict[str, Any], model: str, jobs: int) -> tuple[float, float, float]:
    """Seconds, and seconds of processor, of everything; and the seconds spent in the network, added over threads."""
    with _inference_time() as spent:
        began, worked = time.perf_counter(), time.process_time()
        measure(clip, test, model=model, jobs=jobs, **options)
        return time.perf_counter() - began, time.process_time() - worked, sum(spent)


@contextlib.contextmanager
def _inference_time() -> Iterator[list[float]]:
    spent: list[float] = []
    plain: Callable[..., Any] = PoseEstimator._run

    def timed(self: PoseEstimator, image: Any, time_s: float) -> Any:
        began = time.perf_counter()
        try:
            return plain(self, image, time_s)
        finally:
            spent.append(time.perf_counter() - began)

    PoseEstimator._run = timed  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        PoseEstimator._run = plain  # type: ignore[method-assign]


def speed(name: str, fps: float, model: str, seconds: float, runs: int, folder: Path) -> str:
    """One line: ours on one core and on all, against bare inference on every picture."""
    sample, test, options = TESTS[name]
    clip = make_clip(SAMPLES / sample, folder / f"{name}_{fps:g}.mp4", fps, seconds)
    cores = jobs_or_cores(None)
    bare, one, every = [], [], []
    for _ in range(runs):
        bare.append(bare_s(clip, model))
        one.append(whole_s(clip, test, options, model, 1))
        every.append(whole_s(clip, test, options, model, cores))
    b, o, e = (statistics.median(run[0] for run in made) for made in (bare, one, every))
    work = statistics.median(run[1] for run in bare) / statistics.median(run[1] for run in one)
    other = 100 * statistics.median(1 - run[2] / run[0] for run in one)
    return (
        f"{name}, {fps:g} fps, {seconds:g} s, {model}: bare {b:.1f} s; with 1 job {o:.1f} s, ratio {b / o:.2f}; with"
        f" {cores} {e:.1f} s, ratio {b / e:.2f}; work 1/{work:.2f}; not inference {other:.0f} % of the time with 1 job"
    )


def batch(n: int, model: str, seconds: float, runs: int, cluster: bool, folder: Path) -> str:
    """One line: n clips in single runs, as a batch, and on a cluster of this machine."""
    sample, test, options = TESTS["rotation"]
    clips = folder / "clips"
    clips.mkdir()
    first = make_clip(SAMPLES / sample, clips / "0.mp4", 30, seconds, 960)
    for k in range(1, n):
        shutil.copy(first, clips / f"{k}.mp4")
        with (clips / f"{k}.mp4").open("ab") as file:  # another content, the same pictures
            file.write(b"\0\0\0\x09free" + bytes([k]))
    request = Request(test, options, model)
    singles, local, remote = [], [], []
    with contextlib.ExitStack() as stack:
        address = ""
        if cluster:
            from distributed import LocalCluster

            made = LocalCluster(n_workers=jobs_or_cores(None), threads_per_worker=1, dashboard_address=None)
            address = stack.enter_context(made).scheduler_address.replace("tcp", "dask")
        for k in range(runs):
            began = time.perf_counter()
            for clip in sorted(clips.iterdir()):
                command = "from rom_vision.cli.root import main; main()"
                chosen = [f"--{name}={value}" for name, value in options.items()]
                asked = ["measure", str(clip), *chosen, "--model", model, "--json", str(folder / "one.json")]
                subprocess.run([sys.executable, "-c", command, *asked], stdout=subprocess.DEVNULL, check=False)
            singles.append(time.perf_counter() - began)
            for engine, spent in (("local", local), (address, remote)):
                if engine:
                    began = time.perf_counter()
                    measure_many(clips, folder / f"out_{k}_{engine[:4]}", request=request, executor=engine)
                    spent.append(time.perf_counter() - began)
    s, here = statistics.median(singles), statistics.median(local)
    there = f"; on a cluster of this machine ratio {s / statistics.median(remote):.2f}" if remote else ""
    return (
        f"{n} clips of {seconds:g} s, {model}: single runs {s:.1f} s; a batch {here:.1f} s, ratio {s / here:.2f}{there}"
    )


def peak_megabytes(minutes: float, model: str) -> float:
    """Peak memory of a process that measures a clip of this length."""
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(SAMPLES / TESTS["rotation"][0], Path(folder) / "long.mp4", 15, 60 * minutes, 320)
        code = (
            "import resource, sys; from rom_vision.pipeline.run import track_video;"
            "track_video(sys.argv[1], model=sys.argv[2], rate_hz=15.0);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        command = [sys.executable, "-c", code, str(clip), model]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="How fast, against bare inference.")
    parser.add_argument("--model", action="append", choices=("full", "heavy"), help="default: both")
    parser.add_argument("--test", action="append", choices=tuple(TESTS), help="default: both")
    parser.add_argument("--fps", action="append", type=float, help="default: 30 and 60")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of the clips")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--batch", type=int, metavar="N")
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--memory", action="store_true")
    a = parser.parse_args()
    models = a.model or ["heavy", "full"]
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f}, cores {jobs_or_cores(None)}\n")
    with tempfile.TemporaryDirectory() as folder:
        if a.memory:
            one, ten = (peak_megabytes(minutes, "full") for minutes in (1, 10))
            sys.stdout.write(f"peak memory: 1 min {one:.0f} MB, 10 min {ten:.0f} MB, ratio {ten / one:.2f}\n")
        elif a.batch:
            sys.stdout.write(batch(a.batch, models[0], a.seconds, a.runs, a.cluster, Path(folder)) + "\n")
        else:
            for model in models:
                for name in a.test or TESTS:
                    for fps in a.fps or (30.0, 60.0):
                        line = speed(name, fps, model, a.seconds, a.runs, Path(folder))
                        sys.stdout.write(line + "\n")
                        sys.stdout.flush()


if __name__ == "__main__":
    main()
