"""The clock of a recording: what the stamps of a file say, made into seconds that only ever increase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.capture.damage import Damage
from rom_vision.capture.probe import VideoInfo

__all__ = ["LONGEST_GAP_S", "RESTART_S", "Clock", "Notes"]

RESTART_S = 1.0
"""A clock that steps back by more than this was restarted (joined clips); by less, a frame is out of place. Our own
heuristic."""

_MISPLACED_MOST = 2
"""More pictures in a row that are out of place are no disorder of a few: the clock was put back (our own heuristic)."""

_GAP_S = 0.5
"""A hole in the picture, or an end before the announced length, is worth a warning from here on (our own heuristic:
sound and picture tracks differ by tenths of a second; a repetition survives shorter holes)."""

LONGEST_GAP_S = 60.0
"""A clock that jumps ahead by more than this is wrong: nobody films a movement and shows no picture for a minute (our
own heuristic)."""


@dataclass
class Notes:
    """What happened on the way, told in plain sentences at the end.

    ``numbers`` and ``cuts`` have an entry for every picture: its number in ``damage``, and whether the clock was set
    anew before it. ``taken`` tells which of them were needed, ``repeated`` which of those show nothing new.
    """

    damage: Damage = field(default_factory=Damage)
    numbers: list[int] = field(default_factory=list)
    cuts: list[bool] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    repeated: list[bool] = field(default_factory=list)
    n_misplaced: int = 0
    n_untimed: int = 0
    restarts_s: list[float] = field(default_factory=list)
    jumps_s: list[tuple[float, float]] = field(default_factory=list)
    gaps_s: list[tuple[float, float]] = field(default_factory=list)
    reshaped: bool = False
    end_s: float = 0.0

    @property
    def spotless(self) -> bool:
        """Whether nothing out of the ordinary happened; what the file announced is not looked at."""
        odd = (self.n_misplaced, self.n_untimed, self.restarts_s, self.jumps_s, self.gaps_s, self.reshaped)
        return self.damage.none and not any(odd) and not any(self.cuts)

    def damaged(self) -> npt.NDArray[np.bool_]:
        """(pictures taken,) True where a picture, or one skipped before it, is damaged or the first one after a cut."""
        if not self.taken:
            return np.zeros(0, dtype=bool)
        every = self.damage.spoiled(self.numbers) | np.array(self.cuts, dtype=bool)
        first = np.array([0, *(k + 1 for k in self.taken[:-1])])
        return np.asarray(np.logical_or.reduceat(every[: self.taken[-1] + 1], first))

    def sentences(self, info: VideoInfo) -> list[str]:
        """Say everything worth a warning."""
        said = []
        announced = None if self.jumps_s else info.duration_s
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
        if self.jumps_s:
            places = ", ".join(f"by {by:.3g} s at {time_s:.1f} s" for time_s, by in self.jumps_s[:5])
            said.append(f"The clock of {info.name} jumps ahead {places}: it is wrong there, and was taken for a cut.")
        if self.restarts_s:
            places = ", ".join(f"{time_s:.1f} s" for time_s in self.restarts_s[:5])
            said.append(f"The clock of {info.name} starts again at {places}: it seems to be joined from several clips.")
        if self.reshaped:
            said.append("The shape of the picture changes midway; the later part is fitted in with black borders.")
        return said


class Clock:
    """Strictly increasing seconds since the first frame, from whatever stamps the file has.

    AVI stores no presentation times, only the decoding order at a constant rate, and FFmpeg's guess at them runs
    backwards; the decoding stamps of frames that come out in presentation order are right.
    """

    def __init__(self, notes: Notes, step_s: float, by_decoding: bool) -> None:
        self._notes = notes
        self._step_s = step_s
        self._by_decoding = by_decoding
        self.offset_s: float | None = None
        self.last_s: float | None = None
        self.cut = False
        self._n_left_out = 0

    def __call__(self, frame: Any) -> float | None:
        """Return a frame's time, or None for a frame to be left out; ``cut`` tells whether the clock was set anew."""
        stamp = frame.dts if self._by_decoding else frame.pts
        if not frame.time_base:
            stamp = None
        next_s = 0.0 if self.last_s is None else self.last_s + self._step_s
        self.cut = self._n_left_out > _MISPLACED_MOST
        if stamp is None:
            self._notes.n_untimed += not self._by_decoding
            time_s = next_s
        else:
            stamp_s = float(stamp * frame.time_base)
            if self.offset_s is None:
                self.offset_s = next_s - stamp_s
            time_s = stamp_s + self.offset_s
            if self.last_s is not None and time_s <= self.last_s:
                if self.last_s - time_s < RESTART_S:
                    self._notes.n_misplaced += 1
                    self._n_left_out += 1
                    return None
                self._notes.restarts_s.append(next_s)
                time_s = self._set(time_s, next_s)
            elif self.last_s is not None and time_s - self.last_s > LONGEST_GAP_S:
                self._notes.jumps_s.append((next_s, time_s - next_s))
                time_s = self._set(time_s, next_s)
            elif self.last_s is not None and time_s - self.last_s > max(_GAP_S, 5 * self._step_s):
                self._notes.gaps_s.append((self.last_s, time_s))
        self.last_s = time_s
        self._n_left_out = 0
        self._notes.end_s = time_s + self._step_s
        return time_s

    def _set(self, time_s: float, to_s: float) -> float:
        assert self.offset_s is not None
        self.offset_s += to_s - time_s
        self.cut = True
        return to_s
