"""How much the program adds to bare inference: both on the same clip, model and machine, in one run.

``python -m validation.benchmark [CLIP] [--model heavy|full]`` decodes the clip, runs MediaPipe's landmarker on every
picture and nothing else; then measures the clip as a user would. Alternates the two, and reports the ratio of medians.
``--memory`` prints the peak memory of tracking a 1-minute and a 10-minute copy of the clip.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.pipeline.camera import MAX_SIDE_PX
from rom_vision.pipeline.run import measure
from rom_vision.pose import PoseEstimator, resolve_model

CLIP = Path(__file__).parents[1] / "sample_videos" / "seated_left.mp4"


def bare_s(frames: list[tuple[float, object]], model: str) -> float:
    """Seconds of inference alone on decoded frames (one person, video mode)."""
    estimator = PoseEstimator(resolve_model(model), num_poses=1, video=True)
    began = time.perf_counter()
    for time_s, rgb in frames:
        estimator.detect(rgb, time_s)  # type: ignore[arg-type]
    return time.perf_counter() - began


def whole_s(clip: Path, model: str) -> float:
    """Seconds of everything: reading, scouting, inference, the camera's lean, estimator, protocol."""
    began = time.perf_counter()
    measure(clip, position="seated", side="left", model=model)
    return time.perf_counter() - began


def peak_megabytes(clip: Path, minutes: float) -> float:
    """Peak memory of a process that tracks the clip, repeated to a length of ``minutes``."""
    with VideoReader(clip, max_side_px=320) as video:
        frames = list(video)
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.mp4"
        step = frames[1].time_s - frames[0].time_s
        with VideoWriter(long, *video.size) as writer:
            for i in range(round(60 * minutes / step)):
                writer.write(frames[i % len(frames)].rgb, i * step)
        code = (
            "import resource, sys; from rom_vision.pipeline.run import track_video;"
            "track_video(sys.argv[1], model='full');"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        done = subprocess.run([sys.executable, "-c", code, str(long)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="What the program adds to bare inference.")
    parser.add_argument("clip", nargs="?", type=Path, default=CLIP)
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    out = sys.stdout.write
    if arguments.memory:
        for minutes in (1, 10):
            out(f"{minutes} min: peak {peak_megabytes(arguments.clip, minutes):.0f} MB\n")
        return
    with VideoReader(arguments.clip, max_side_px=MAX_SIDE_PX) as video:
        frames = [(frame.time_s, frame.rgb) for frame in video]
    bare, whole = [], []
    for _ in range(arguments.runs):
        bare.append(bare_s(frames, arguments.model))  # type: ignore[arg-type]
        whole.append(whole_s(arguments.clip, arguments.model))
    fps = [len(frames) / statistics.median(seconds) for seconds in (bare, whole)]
    out(
        f"{arguments.clip.name}, {len(frames)} frames, {arguments.model}: bare {fps[0]:.1f}, everything {fps[1]:.1f}"
        f" frames/s, ratio {fps[1] / fps[0]:.2f}\n"
    )


if __name__ == "__main__":
    main()
