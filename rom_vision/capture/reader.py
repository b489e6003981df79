"""Read a video: every frame once, upright, with its true time, decoded ahead of whoever looks at it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace, VideoReformatter

from rom_vision.capture.probe import VideoInfo, probe
from rom_vision.capture.source import REEXPORT, Damage, Turn, decoded, open_video, turn_of, upright_size
from rom_vision.errors import BadInputError

__all__ = ["Frame", "RgbArray", "VideoReader", "frames_at"]

RgbArray = npt.NDArray[np.uint8]

_AHEAD = 4
"""Frames decoded in advance: enough to bridge a slow one, little memory."""

_RESTART_S = 1.0
"""A clock that steps back by more than this was restarted (joined clips); by less, a frame is out of place. Our own
heuristic."""

_GAP_S = 0.5
"""A hole in the picture, or an end before the announced length, is worth a warning from here on (our own heuristic:
sound and picture tracks differ by tenths of a second; a repetition survives shorter holes)."""

_SEEK_S = 5.0
"""Pictures closer together than this are reached by decoding on rather than by seeking (our own heuristic: phones set
a key frame every 1 to 2 s, others every 5 to 10 s)."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video.

    Attributes
    ----------
    time_s : presentation time, seconds since the first frame.
    rgb : (height, width, 3) uint8, upright, square pixels, C-contiguous; own memory, free to draw on.
    index : number of the frame, from 0; from `frames_at`, number of the time asked for.
    """

    time_s: float
    rgb: RgbArray
    index: int


class VideoReader:
    """Iterate over the frames of a video file.

    Frames are decoded by one background thread, a few ahead, so that decoding overlaps with whatever is done to them;
    memory does not depend on the length of the video. Leaving the ``with`` block stops the thread.

    Parameters
    ----------
    path : video file.
    max_side_px : larger pictures are scaled down so that their longer side has this many pixels; None keeps all.

    Attributes
    ----------
    info : what `probe` found, at full size.
    size : (width, height) of the frames handed out, pixels.
    warnings : after the iteration, plain sentences on what was missing or odd; a file cut off in the middle is read
        up to there and says so here.

    Raises
    ------
    BadInputError
        See `probe`; also at the end of an iteration that found no second picture.

    Examples
    --------
    >>> with VideoReader("squat.mov") as video:  # doctest: +SKIP
    ...     for frame in video:
    ...         print(frame.time_s, frame.rgb.shape)
    """

    def __init__(self, path: str | Path, max_side_px: int | None = 1280) -> None:
        self.path = Path(path)
        self.info: VideoInfo = probe(self.path)
        self.size = _analysed_size(self.info, max_side_px)
        self.warnings: list[str] = []
        self._running: Iterator[Frame] | None = None

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def __iter__(self) -> Iterator[Frame]:
        self._stop()
        self._running = self._frames()
        return self._running

    def _stop(self) -> None:
        if self._running is not None:
            self._running.close()  # type: ignore[attr-defined]

    def _frames(self) -> Iterator[Frame]:
        queue: Queue[Frame | BaseException | None] = Queue(_AHEAD)
        leave = threading.Event()
        notes = _Notes()
        worker = threading.Thread(
            target=_decode_ahead, args=(self.path, self.info, self.size, notes, queue, leave), daemon=True
        )
        worker.start()
        try:
            n_frames = 0
            while (item := queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                n_frames += 1
                yield item
            if n_frames < 2:
                raise BadInputError(
                    f"{self.info.name}: only {n_frames} pictures can be read; it is damaged. {REEXPORT}"
                )
            self.warnings = notes.sentences(self.info)
        finally:
            leave.set()
            while worker.is_alive():
                # The worker may be waiting for room.
                try:
                    queue.get(timeout=0.02)
                except Empty:
                    continue


def frames_at(path: str | Path, times_s: Sequence[float], max_side_px: int | None = 1280) -> list[Frame]:
    """Fetch the pictures nearest to given times.

    Parameters
    ----------
    path : video file.
    times_s : seconds since the first frame, in any order; beyond the end means the last frame.
    max_side_px : as in `VideoReader`.

    Returns
    -------
    One frame per time, in the order asked for, with the frame's own time and ``index`` the position in ``times_s``.

    Raises
    ------
    BadInputError
        See `probe`.

    Notes
    -----
    MP4, MOV and Matroska files of known length are searched by their index; others are decoded from their start.
    """
    path = Path(path)
    info = probe(path)
    upright = _Upright(info, _analysed_size(info, max_side_px), _Notes())
    order = sorted(range(len(times_s)), key=lambda i: times_s[i])
    groups: list[list[int]] = []
    for i in order:
        if groups and times_s[i] - times_s[groups[-1][-1]] < _SEEK_S:
            groups[-1].append(i)
        else:
            groups.append([i])
    found: dict[int, Frame] = {}
    for group in groups:
        targets = [max(0.0, times_s[i]) for i in group]
        pictures = _nearest(path, info, targets, upright, targets[0]) or _nearest(path, info, targets, upright, 0.0)
        for i, (time_s, rgb) in zip(group, pictures, strict=True):
            found[i] = Frame(time_s, rgb, i)
    return [found[i] for i in range(len(times_s))]


def _analysed_size(info: VideoInfo, max_side_px: int | None) -> tuple[int, int]:
    scale = 1.0 if max_side_px is None else min(1.0, max_side_px / max(info.width_px, info.height_px))
    return max(1, round(info.width_px * scale)), max(1, round(info.height_px * scale))


@dataclass
class _Notes:
    """What happened on the way, told in plain sentences at the end."""

    damage: Damage = field(default_factory=Damage)
    n_misplaced: int = 0
    n_untimed: int = 0
    restarts_s: list[float] = field(default_factory=list)
    gaps_s: list[tuple[float, float]] = field(default_factory=list)
    reshaped: bool = False
    end_s: float = 0.0

    def sentences(self, info: VideoInfo) -> list[str]:
        said = []
        announced = info.duration_s
        if self.damage.cut_off or (announced is not None and announced - self.end_s > _GAP_S):
            length = f" of {announced:.1f} s" if announced is not None else ""
            said.append(
                f"{info.name} is cut off or damaged: it was read up to {self.end_s:.1f} s{length}. "
                "If the rest is needed, copy it again from the camera."
            )
        if self.damage.n_lost:
            said.append(f"Pictures of {info.name} that could not be decoded and were left out: {self.damage.n_lost}.")
        if self.n_misplaced:
            said.append(f"Pictures with a repeated or earlier time stamp that were left out: {self.n_misplaced}.")
        if self.n_untimed:
            said.append(f"Pictures without a time stamp, put at the usual frame interval: {self.n_untimed}.")
        if self.gaps_s:
            places = ", ".join(f"{start:.1f} to {end:.1f} s" for start, end in self.gaps_s[:5])
            said.append(f"{info.name} has no pictures from {places}.")
        if self.restarts_s:
            places = ", ".join(f"{time_s:.1f} s" for time_s in self.restarts_s[:5])
            said.append(f"The clock of {info.name} starts again at {places}: it seems to be joined from several clips.")
        if self.reshaped:
            said.append("The shape of the picture changes midway; the later part is fitted in with black borders.")
        return said


class _Clock:
    """Strictly increasing seconds since the first frame, from whatever stamps the file has.

    AVI stores no presentation times, only the decoding order at a constant rate, and FFmpeg's guess at them runs
    backwards; the decoding stamps of frames that come out in presentation order are right.
    """

    def __init__(self, notes: _Notes, step_s: float, by_decoding: bool) -> None:
        self._notes = notes
        self._step_s = step_s
        self._by_decoding = by_decoding
        self.offset_s: float | None = None
        self.last_s: float | None = None

    def __call__(self, frame: Any) -> float | None:
        """Return a frame's time, or None for a frame to be left out."""
        stamp = frame.dts if self._by_decoding else frame.pts
        if not frame.time_base:
            stamp = None
        next_s = 0.0 if self.last_s is None else self.last_s + self._step_s
        if stamp is None:
            self._notes.n_untimed += not self._by_decoding
            time_s = next_s
        else:
            stamp_s = float(stamp * frame.time_base)
            if self.offset_s is None:
                self.offset_s = next_s - stamp_s
            time_s = stamp_s + self.offset_s
            if self.last_s is not None and time_s <= self.last_s:
                if self.last_s - time_s < _RESTART_S:
                    self._notes.n_misplaced += 1
                    return None
                self._notes.restarts_s.append(next_s)
                self.offset_s += next_s - time_s
                time_s = next_s
            if self.last_s is not None and time_s - self.last_s > max(_GAP_S, 5 * self._step_s):
                self._notes.gaps_s.append((self.last_s, time_s))
        self.last_s = time_s
        self._notes.end_s = time_s + self._step_s
        return time_s


class _Upright:
    """Turn decoded frames into upright RGB of one size; scaling happens in the colour conversion."""

    def __init__(self, info: VideoInfo, size: tuple[int, int], notes: _Notes) -> None:
        self._pixel_aspect = info.pixel_aspect
        self._size = size
        self._notes = notes
        self._reformatter = VideoReformatter()
        self._turns: dict[int, Turn] = {}

    def __call__(self, frame: Any) -> RgbArray:
        """Return (height, width, 3) uint8 in memory of its own."""
        # Asking every frame for its matrix would keep each alive until the garbage collector runs: gigabytes.
        if frame.rotation not in self._turns:
            self._turns[frame.rotation] = turn_of(frame)
        turn = self._turns[frame.rotation]
        width, height = self._size
        own_width, own_height = upright_size(frame.width, frame.height, self._pixel_aspect, turn)
        fit = min(width / own_width, height / own_height)
        inner = round(own_width * fit), round(own_height * fit)
        if abs(inner[0] - width) <= 1 and abs(inner[1] - height) <= 1:
            inner = self._size
        stored = inner[::-1] if turn.transpose else inner
        # RGB has no colour matrix of its own, but older PyAV honours the frame's only when another one is asked for.
        scaled = self._reformatter.reformat(
            frame,
            max(1, stored[0]),
            max(1, stored[1]),
            "rgb24",
            dst_colorspace=Colorspace.ITU601,
            interpolation="AREA",
        )
        rgb: Any = scaled.to_ndarray()
        if turn.transpose:
            rgb = cv2.transpose(rgb)
        if turn.flip_x or turn.flip_y:
            rgb = cv2.flip(rgb, -1 if turn.flip_x and turn.flip_y else int(turn.flip_x))
        if inner == self._size:
            # The decoder's own memory must not be handed out.
            return rgb if rgb.flags.owndata else np.array(rgb)
        self._notes.reshaped = True
        canvas = np.zeros((height, width, 3), dtype=np.uint8)
        top, left = (height - rgb.shape[0]) // 2, (width - rgb.shape[1]) // 2
        canvas[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
        return canvas


def _timed(path: Path, info: VideoInfo, notes: _Notes, from_s: float = 0.0) -> Iterator[tuple[float, Any]]:
    """Yield (time_s, PyAV frame) from the key frame before ``from_s`` on."""
    with open_video(path) as (container, stream):
        stream.thread_type = "AUTO"
        # More threads would hold more full-size frames, and the other cores are for the inference.
        stream.codec_context.thread_count = min(4, os.cpu_count() or 1)
        step_s = 1 / info.mean_fps if info.mean_fps else 1 / 30
        clock = _Clock(notes, step_s, by_decoding=container.format.name == "avi")
        frames = decoded(container, stream, notes.damage)
        searchable = info.duration_s is not None and container.format.name.split(",")[0] in ("mov", "matroska")
        if from_s > _SEEK_S and searchable:
            clock(next(frames))  # sets the zero of the clock
            clock.last_s = None
            try:
                container.seek(int((from_s - (clock.offset_s or 0.0)) / stream.time_base), stream=stream)
            except (av.FFmpegError, OverflowError):  # a damaged index
                return
            frames = decoded(container, stream, notes.damage)
        for frame in frames:
            time_s = clock(frame)
            if time_s is not None:
                yield time_s, frame


def _nearest(
    path: Path, info: VideoInfo, targets_s: Sequence[float], upright: _Upright, from_s: float
) -> list[tuple[float, RgbArray]]:
    """Return (time_s, picture) for each of the sorted targets, or nothing if seeking missed the first of them."""
    found: list[tuple[float, RgbArray]] = []
    before: tuple[float, Any] | None = None
    for now in _timed(path, info, _Notes(), from_s):
        if before is None and from_s > 0 and now[0] > from_s:
            return []
        while targets_s[len(found)] <= now[0]:
            target = targets_s[len(found)]
            time_s, frame = before if before and target - before[0] <= now[0] - target else now
            found.append((time_s, upright(frame)))
            if len(found) == len(targets_s):
                return found
        before = now
    if before is not None:
        found += [(before[0], upright(before[1]))] * (len(targets_s) - len(found))
    return found


def _decode_ahead(
    path: Path,
    info: VideoInfo,
    size: tuple[int, int],
    notes: _Notes,
    queue: Queue[Frame | BaseException | None],
    leave: threading.Event,
) -> None:
    """Fill the queue until the video ends or the reader leaves; None marks the end."""
    try:
        upright = _Upright(info, size, notes)
        for index, (time_s, frame) in enumerate(_timed(path, info, notes)):
            queue.put(Frame(time_s, upright(frame), index))
            if leave.is_set():
                return
        queue.put(None)
    except BaseException as error:  # every failure belongs to whoever reads
        queue.put(error)
