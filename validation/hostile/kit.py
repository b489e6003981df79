"""Make what the attacks start from: a cut of a sample clip, its landmarks, kept sessions."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from validation.hostile.case import Kit, measure_args
from validation.hostile.child import environment, run_command

__all__ = ["FPS", "SIZE", "make_kit", "pictures", "write_clip"]

SAMPLES = Path(__file__).parents[2] / "sample_videos"
SIZE, FPS = (390, 520), 10
"""Just large enough to be measured: the shank must be 80 pixels long."""
_END_S = 11.4

Pictures = npt.NDArray[np.uint8]


def pictures(path: Path, size: tuple[int, int] = SIZE, fps: int = FPS, end_s: float = _END_S) -> Pictures:
    """Return (T, height, width, 3) pictures of a video, at so many a second."""
    kept: list[npt.NDArray[np.uint8]] = []
    with av.open(str(path)) as source:
        for frame in source.decode(video=0):
            if frame.time is None or frame.time > end_s:
                break
            if frame.time + 1e-6 >= len(kept) / fps:
                kept.append(frame.reformat(*size, "rgb24").to_ndarray())
    return np.stack(kept)


def write_clip(
    path: Path,
    shown: Pictures,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    times_s: list[float] | None = None,
    aspect: Fraction | None = None,
    container: str | None = None,
    options: dict[str, str] | None = None,
) -> None:
    """Encode (T, height, width, 3) pictures, at `FPS` or at given times."""
    fast = {"crf": "26", "preset": "veryfast"} if codec in ("libx264", "libx265") else {"qscale": "4"}
    if codec == "libx265":
        fast["x265-params"] = "log-level=none"  # it talks past every log
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=FPS, options={**fast, **(options or {})})
        stream.height, stream.width, stream.pix_fmt = *shown.shape[1:3], pix_fmt
        if times_s is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        for i, picture in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format=pix_fmt)
            frame.time_base = Fraction(1, 1000) if times_s is not None else Fraction(1, FPS)
            frame.pts = round(times_s[i] * 1000) if times_s is not None else i
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def make_kit(folder: Path, log: Path) -> None:
    """Make everything; run in a process of its own, for its settings stay changed.

    Parameters
    ----------
    folder : where it goes.
    log : file that takes what the program says.
    """
    import os

    kit = Kit(folder)
    work = folder / "work"
    (work / "tmp").mkdir(parents=True)
    os.environ.update(environment(work))
    database = f"sqlite:///{kit.database}"
    os.environ["ROM_VISION_DATABASE_URL"] = database
    write_clip(kit.clip, pictures(SAMPLES / "seated_left.mp4"))
    squat = folder / "squat.mp4"
    write_clip(squat, pictures(SAMPLES / "squat_valgus_left.mp4"))
    person = SAMPLES / "sample_person.zip"
    with log.open("wb") as said:
        for command in (
            ["sessions", "import", str(person)],
            ["person", "add", "Ben"],
            measure_args(str(kit.clip), "--track", str(kit.track), json=""),
            ["screen", str(squat), "--model", "full", "--track", str(kit.squat_track), "--save", "--person", "Ben"],
            ["sessions", "export", "--person", "Sample person", str(kit.archive)],
            ["sessions", "export", "--person", "Ben", str(folder / "ben.zip")],
        ):
            status, trace = run_command(command, said.fileno(), said.fileno())
            if status not in (0, 3):
                raise RuntimeError(f"{command}: exit status {status}\n{trace}{log.read_text()}")
    shutil.rmtree(work)
    # One file that can be copied: no write-ahead log beside it.
    import sqlite3

    with sqlite3.connect(kit.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
