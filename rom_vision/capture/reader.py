"""Read a video: every frame once, upright, with its true time, decoded ahead of whoever looks at it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from rom_vision.capture.clock import Notes
from rom_vision.capture.pace import Pace
from rom_vision.capture.probe import VideoInfo, probe
from rom_vision.capture.source import REEXPORT
from rom_vision.capture.stills import Repeats
from rom_vision.capture.timed import searchable, timed
from rom_vision.capture.upright import RgbArray, Upright
from rom_vision.errors import BadInputError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Frame", "RgbArray", "VideoReader", "frames_at"]

SEEK_S = 5.0
"""Pictures closer together than this are reached by decoding on rather than by seeking (our own heuristic: phones set
a key frame every 1 to 2 s, others every 5 to 10 s)."""
_AHEAD = 4
"""Frames decoded in advance: enough to bridge a slow one, little memory."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video.

    Attributes
    ----------
    time_s : presentation time, seconds since the first frame.
    rgb : (height, width, 3) uint8, upright, square pixels, C-contiguous; own memory, free to draw on.
    index : number of the frame among those handed out, from 0; from `frames_at`, number of the time asked for.
    repeated : whether it shows nothing that an earlier one has not shown.
    """

    time_s: float
    rgb: RgbArray
    index: int
    repeated: bool = False


class VideoReader:
    """Iterate over the frames of a video file.

    Frames are decoded by one background thread, a few ahead, so that decoding overlaps with whatever is done to them;
    memory does not depend on the length of the video. Leaving the ``with`` block stops the thread.

    Parameters
    ----------
    path : video file.
    max_side_px : larger pictures are scaled down so that their longer side has this many pixels; None keeps all.
    rate_hz : pictures a second that are needed, see `Pace`; the others are decoded and skipped. None needs all.

    Attributes
    ----------
    info : what `probe` found, at full size.
    size : (width, height) of the frames handed out, pixels.
    warnings : after the iteration, plain sentences on what was missing or odd; a file cut off in the middle is read
        up to there and says so here.
    damaged, repeated : after the iteration, one entry for each picture handed out: whether it, or one skipped before
        it, is damaged or follows a cut; whether it shows nothing new.

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

    def __init__(self, path: str | Path, max_side_px: int | None = 1280, *, rate_hz: float | None = None) -> None:
        self.path = Path(path)
        self.info: VideoInfo = probe(self.path)
        self.size = _analysed_size(self.info, max_side_px)
        self.warnings: list[str] = []
        self.damaged = self.repeated = np.zeros(0, dtype=bool)
        self._rate_hz = rate_hz
        self._begin_s, self._from_s, self._to_s = 0.0, 0.0, np.inf
        self._notes = Notes()
        self._running: Iterator[Frame] | None = None

    @property
    def n_needed_estimate(self) -> int:
        """About how many pictures an iteration hands out, for progress only; 0 where unknown."""
        total, fps = self.info.n_frames_estimate or 0, self.info.mean_fps
        return round(total * min(1.0, self._rate_hz / fps)) if self._rate_hz and fps else total

    def part(self, from_s: float = 0.0, to_s: float = np.inf) -> Self:
        """Return a reader of its own for the pictures from ``from_s`` until before ``to_s``.

        It knows nothing of the rest of the recording: `take_over` says what the whole is worth.
        """
        part = copy.copy(self)
        part._from_s, part._to_s, part._running = from_s, to_s, None
        part._begin_s = from_s if self._regular else 0.0
        return part

    def take_over(self, parts: Sequence[Self], times_s: Sequence[float]) -> None:
        """Say of the recording what its parts have found: `warnings`, and `damaged` of the pictures at given times.

        Damage in one place may concern other places; where there is any, everything is decoded once more.

        Parameters
        ----------
        parts : readers that were iterated to their end, and together read all of the recording.
        times_s : times of the pictures that they handed out, each once.

        Raises
        ------
        BadInputError
            If there is no second picture.
        """
        if all(part._notes.spotless for part in parts):
            notes = parts[-1]._notes
            self.damaged = np.zeros(len(times_s), dtype=bool)
        else:
            notes = Notes(reshaped=any(part._notes.reshaped for part in parts))
            needed = _needed(timed(self.path, self.info, notes), Pace(self._rate_hz), notes)
            known_s = [time_s for _, time_s, _ in needed]
            self.damaged = notes.damaged()[np.searchsorted(known_s, times_s).clip(max=len(known_s) - 1)]
        self.warnings = self._sentences(notes)

    @cached_property
    def _regular(self) -> bool:
        return searchable(self.path)

    def _sentences(self, notes: Notes) -> list[str]:
        if (n_frames := len(notes.numbers)) < 2:
            raise BadInputError(f"{self.info.name}: only {n_frames} pictures can be read; it is damaged. {REEXPORT}")
        return notes.sentences(self.info)

    def __enter__(self) -> Self:
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
        self._notes = notes = Notes()
        pictures = takewhile(lambda _: not leave.is_set(), timed(self.path, self.info, notes, self._begin_s))
        needed = _needed(pictures, Pace(self._rate_hz), notes, self._from_s, self._to_s)
        upright = Upright(self.info, self.size, notes)
        worker = threading.Thread(target=_decode_ahead, args=(needed, upright, notes, queue, leave), daemon=True)
        worker.start()
        try:
            while (item := queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
            if (self._from_s, self._to_s) == (0.0, np.inf):
                self.warnings = self._sentences(notes)
                self.damaged, self.repeated = notes.damaged(), np.array(notes.repeated, dtype=bool)
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
    upright = Upright(info, _analysed_size(info, max_side_px), Notes())
    order = sorted(range(len(times_s)), key=lambda i: times_s[i])
    groups: list[list[int]] = []
    for i in order:
        if groups and times_s[i] - times_s[groups[-1][-1]] < SEEK_S:
            groups[-1].append(i)
        else:
            groups.append([i])
    found: dict[int, Frame] = {}
    for group in groups:
        targets = [max(0.0, times_s[i]) for i in group]
        for i, (time_s, rgb) in zip(group, _nearest(path, info, targets, upright), strict=True):
            found[i] = Frame(time_s, rgb, i)
    return [found[i] for i in range(len(times_s))]


def _analysed_size(info: VideoInfo, max_side_px: int | None) -> tuple[int, int]:
    scale = 1.0 if max_side_px is None else min(1.0, max_side_px / max(info.width_px, info.height_px))
    return max(1, round(info.width_px * scale)), max(1, round(info.height_px * scale))


def _nearest(path: Path, info: VideoInfo, targets_s: Sequence[float], upright: Upright) -> list[tuple[float, RgbArray]]:
    """Return (time_s, picture) for each of the sorted targets."""
    found: list[tuple[float, RgbArray]] = []
    before: tuple[float, Any] | None = None
    for now in timed(path, info, Notes(), targets_s[0]):
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


def _needed(
    pictures: Iterator[tuple[float, Any]], pace: Pace, notes: Notes, from_s: float = 0.0, to_s: float = np.inf
) -> Iterator[tuple[int, float, Any]]:
    """Yield number, time and PyAV frame of the pictures that are needed in a part of a recording."""
    n_handed_out = 0
    for time_s, frame in pictures:
        if time_s >= to_s:
            return
        if not pace(time_s):
            continue
        notes.taken.append(len(notes.numbers) - 1)
        if time_s >= from_s:
            yield n_handed_out, time_s, frame
            n_handed_out += 1


def _decode_ahead(
    needed: Iterator[tuple[int, float, Any]],
    upright: Upright,
    notes: Notes,
    queue: Queue[Frame | BaseException | None],
    leave: threading.Event,
) -> None:
    """Fill the queue until the video ends or the reader leaves; None marks the end."""
    try:
        repeats = Repeats()
        for index, time_s, frame in needed:
            rgb = upright(frame)
            notes.repeated.append(repeats(rgb))
            queue.put(Frame(time_s, rgb, index, notes.repeated[-1]))
            if leave.is_set():
                return
        queue.put(None)
    except BaseException as error:  # every failure belongs to whoever reads
        queue.put(error)
