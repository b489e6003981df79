"""How fast, against bare inference: everything as ratios, on the same clips, model and machine, alternating in one run.

``python -m validation.benchmark`` makes clips of 30 and 60 pictures a second out of a sample video and measures, in
turn, bare MediaPipe in one thread on every picture (nothing else), and what a user gets with one job and with one for
each core. It prints the table of ``docs/scale.md``: medians of the time, how many times faster than bare that is, the
ratio of the work (seconds of processor, which a busy machine changes little), and the share of the time with one job
that is not inference. About eight minutes on two free cores; ``--runs 2`` is a third quicker.

``--batch N`` measures N clips one by one and as a batch, with ``--cluster`` on workers of this machine, too, and what
1,000 of them cost (three minutes for 8). ``--first`` times ``rom-vision measure`` from the start of its process to its
end, and importing alone (a minute). ``--live`` plays a clip of 640 x 480 to the live test. ``--memory`` prints the peak
memory of measuring a minute and of ten (two minutes).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
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
CLIPS = (
    ("rotation", 30.0, "heavy"),
    ("rotation", 60.0, "heavy"),
    ("squat", 30.0, "heavy"),
    ("rotation", 30.0, "full"),
)
"""What is measured unless something is chosen: each bound that the program set itself, and the other model once."""
_SIDE_PX = 1920


def make_clip(sample: Path, out: Path, fps: float, seconds: float, side_px: int = _SIDE_PX) -> Path:
    """Write a sample again, forth and back, as a phone films it: 9 to 16, another rate and size, a sensor's noise."""
    with VideoReader(sample, max_side_px=None) as video:
        frames = list(video)
    step_s = frames[1].time_s - frames[0].time_s
    height, width = side_px, side_px * 9 // 16 // 2 * 2
    cut = (video.size[0] - video.size[1] * 9 // 16) // 2
    rng = np.random.default_rng(0)
    with VideoWriter(out, width, height) as writer:
        for k in range(round(seconds * fps)):
            i = round(k / fps / step_s) % (2 * len(frames) - 2)
            whole = frames[min(i, 2 * len(frames) - 2 - i)].rgb
            rgb = cv2.resize(whole[:, cut : whole.shape[1] - cut], (width, height))
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


def head(cores: int) -> str:
    """Head of the table of `speed`."""
    names = (
        "clip",
        "bare",
        "1 job",
        f"{cores} jobs",
        "faster, 1 job",
        f"faster, {cores} jobs",
        "work",
        "not inference",
    )
    return f"| {' | '.join(names)} |\n|---|{'--:|' * (len(names) - 1)}"


def speed(name: str, fps: float, model: str, seconds: float, runs: int, folder: Path) -> str:
    """One row: ours on one core and on all, against bare inference on every picture."""
    sample, test, options = TESTS[name]
    clip = folder / f"{name}_{fps:g}.mp4"
    if not clip.exists():
        make_clip(SAMPLES / sample, clip, fps, seconds)
    cores = jobs_or_cores(None)
    bare, one, every = [], [], []
    for _ in range(runs):
        bare.append(bare_s(clip, model))
        one.append(whole_s(clip, test, options, model, 1))
        every.append(whole_s(clip, test, options, model, cores))
    b, o, e = (statistics.median(run[0] for run in made) for made in (bare, one, every))
    faster = [statistics.median(a[0] / z[0] for a, z in zip(bare, ours, strict=True)) for ours in (one, every)]
    work = statistics.median(a[1] / z[1] for a, z in zip(bare, one, strict=True))
    other = 100 * statistics.median(1 - run[2] / run[0] for run in one)
    return (
        f"| {name}, {fps:g} fps, {seconds:g} s, {model} | {b:.1f} s | {o:.1f} s | {e:.1f} s |"
        f" {faster[0]:.2f} | {faster[1]:.2f} | {work:.2f} | {other:.0f} % |"
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
    chosen = [f"--{name}={value}" for name, value in options.items()]
    engines = {"1 job": ("local", 1), "all cores": ("local", None)}
    spent: dict[str, list[float]] = {name: [] for name in ("single runs", *engines)}
    work_s = []
    with contextlib.ExitStack() as stack:
        if cluster:
            from distributed import LocalCluster

            made = LocalCluster(n_workers=jobs_or_cores(None), threads_per_worker=1, dashboard_address=None)
            engines["cluster"] = (stack.enter_context(made).scheduler_address.replace("tcp", "dask"), None)
            spent["cluster"] = []
        for k in range(runs):
            began = time.perf_counter()
            for clip in sorted(clips.iterdir()):
                command_line("measure", clip, *chosen, "--model", model)
            spent["single runs"].append(time.perf_counter() - began)
            for name, (engine, jobs) in engines.items():
                began, worked = time.perf_counter(), time.process_time()
                measure_many(clips, folder / f"out_{k}_{name[:3]}", request=request, executor=engine, jobs=jobs)
                spent[name].append(time.perf_counter() - began)
                if name == "1 job":
                    work_s.append(time.process_time() - worked)
    s = {name: statistics.median(times) for name, times in spent.items()}
    ratios = "; ".join(f"{name} {t:.1f} s, ratio {s['single runs'] / t:.2f}" for name, t in s.items())
    hours = {name: 1000 * s[name] / n / 3600 for name in engines}
    cost = ", ".join(f"{name} {h:.2f} h" for name, h in hours.items())
    work = 1000 * statistics.median(work_s) / n / 3600
    return f"{n} clips of {seconds:g} s, {model}: {ratios}\n1,000 such clips: {cost}; {work:.2f} hours of processor"


def command_line(*words: object) -> tuple[float, float]:
    """Run a command of the program in a process of its own; return seconds, and seconds of processor."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", "from rom_vision.cli.root import main; main()", *map(str, words)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, worked


def first(model: str, seconds: float, runs: int, folder: Path) -> str:
    """One line: from the start of the process to the result, and how long the process takes to know its modules."""
    sample, _, options = TESTS["rotation"]
    clip = make_clip(SAMPLES / sample, folder / "first.mp4", 30, seconds)
    chosen = [f"--{name}={value}" for name, value in options.items()]
    whole = [command_line("measure", clip, *chosen, "--model", model) for _ in range(runs)]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import rom_vision.cli.root, rom_vision.pipeline.run"], check=True)
    importing = time.perf_counter() - began
    wall, work = (statistics.median(column) for column in zip(*whole, strict=True))
    return (
        f"first result of {seconds:g} s at 30 fps, 1080p, {model}: {wall:.1f} s ({work:.1f} s of processor);"
        f" imports {importing:.1f} s"
    )


def live(model: str, folder: Path, n: int = 200) -> str:
    """One line: how many pictures of 640 x 480 the live test takes a second, and what takes the time."""
    from rom_vision.ui.live.engine import LiveTest
    from rom_vision.ui.live.hip_guide import HipGuide

    clip = make_clip(SAMPLES / TESTS["rotation"][0], folder / "live.mp4", 30, n / 30, 480)
    with VideoReader(clip, max_side_px=None) as video:
        pictures = [(frame.time_s, cv2.copyMakeBorder(frame.rgb, 0, 0, 185, 185, 0)) for frame in video]
    pictures = [(time_s, np.ascontiguousarray(rgb[:480, :640])) for time_s, rgb in pictures]
    test = LiveTest(HipGuide("seated", ("left",)), lambda _: 0, models=(model,))
    delays = []
    with _inference_time() as spent:
        worked = time.process_time()
        for time_s, rgb in pictures:
            began = time.perf_counter()
            test.process(rgb, time_s)
            delays.append(time.perf_counter() - began)
        worked = time.process_time() - worked
    test.discard()
    mean, late = statistics.mean(delays), float(np.percentile(delays, 95))
    return (
        f"live, {model}: {1 / mean:.0f} pictures a second; a picture takes {1000 * statistics.median(delays):.0f} ms,"
        f" 95 % of them up to {1000 * late:.0f} ms; {1000 * worked / len(delays):.0f} ms of processor each;"
        f" {100 * sum(spent) / sum(delays):.0f} % is inference"
    )


def peak_megabytes(minutes: float, model: str) -> float:
    """Peak memory of a process that measures a clip of this length."""
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(SAMPLES / TESTS["rotation"][0], Path(folder) / "long.mp4", 10, 60 * minutes, 320)
        code = (
            "import resource, sys; from rom_vision.pipeline.run import track_video;"
            "track_video(sys.argv[1], model=sys.argv[2], rate_hz=10.0);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        command = [sys.executable, "-c", code, str(clip), model]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def tell(line: str) -> None:
    """Print a line at once: the next may take minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="How fast, against bare inference.")
    parser.add_argument("--model", choices=("full", "heavy"), help="only this one")
    parser.add_argument("--seconds", type=float, help="length of the clips; default 10, of a batch 8, of --first 15")
    parser.add_argument("--runs", type=int, help="default 3; of a batch 1")
    parser.add_argument("--batch", type=int, metavar="N")
    parser.add_argument("--cluster", action="store_true")
    for what in ("--memory", "--first", "--live"):
        parser.add_argument(what, action="store_true")
    a = parser.parse_args()
    models = (a.model,) if a.model else ("heavy", "full")
    cores, runs = jobs_or_cores(None), a.runs or (1 if a.batch else 3)
    tell(f"load {os.getloadavg()[0]:.1f}, cores {cores}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if a.memory:
            one, ten = (peak_megabytes(minutes, "full") for minutes in (1, 10))
            tell(f"peak memory: 1 min {one:.0f} MB, 10 min {ten:.0f} MB, ratio {ten / one:.2f}")
        elif a.first:
            for model in models:
                tell(first(model, a.seconds or 15.0, runs, folder))
        elif a.live:
            tell(live(a.model or "full", folder))
        elif a.batch:
            tell(batch(a.batch, models[0], a.seconds or 8.0, runs, a.cluster, folder))
        else:
            tell(head(cores))
            for test, fps, model in CLIPS:
                if model in models:
                    tell(speed(test, fps, model, a.seconds or 10.0, runs, folder))


if __name__ == "__main__":
    main()
