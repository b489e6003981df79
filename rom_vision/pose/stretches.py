"""A recording in stretches that are looked at side by side: where they begin, and threads that run them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from rom_vision.errors import BadInputError

__all__ = ["LEAD_IN_S", "Stretch", "in_threads", "jobs_or_cores", "stretches_of"]

STRETCHES_FROM_S = {2: 8.0, 4: 30.0}
"""Number of stretches, and how long a recording is that has as many (our own heuristic: shorter stretches would spend
too much of the time on their lead-ins). Powers of two: neither two cores nor four wait for one another at the end."""

LEAD_IN_S = 1.0
"""Where a stretch begins to look before its first picture that counts: the network's own following and smoothing have
to settle; of visibility, a tenth is new in each picture (chosen by measurement: docs/scale.md)."""

LEAST_RATE_HZ = 9.0
"""In a lead-in with fewer pictures the network's visibility does not settle, and seams change results (measured: a clip
of 5 pictures a second had another repetition): such a recording is looked at in one go."""

_TELL_S = 0.1
"""How often progress is told, seconds."""

T = TypeVar("T")


@dataclass(frozen=True)
class Stretch:
    """Part of a recording: seconds from ``start_s`` until before ``end_s``; looked at from ``from_s`` on."""

    start_s: float = 0.0
    end_s: float = np.inf

    @property
    def from_s(self) -> float:
        """Beginning of the lead-in."""
        return max(0.0, self.start_s - LEAD_IN_S) if self.start_s else 0.0


def stretches_of(duration_s: float | None, n_pictures: int) -> list[Stretch]:
    """Split a recording of an announced length and so many pictures to look at; the last stretch goes to its true end.

    All of them are the same work: the first has no lead-in and is longer by that. The split depends on the recording
    alone, not on the machine: the same video gives the same numbers everywhere.

    Examples
    --------
    >>> [stretch.start_s for stretch in stretches_of(15.0, 150)]
    [0.0, 8.0]
    >>> len(stretches_of(4.0, 40)), len(stretches_of(None, 0)), len(stretches_of(600.0, 6000))
    (1, 1, 4)
    """
    dense = duration_s is not None and n_pictures >= LEAST_RATE_HZ * duration_s
    n = max((n for n, from_s in STRETCHES_FROM_S.items() if dense and (duration_s or 0.0) >= from_s), default=1)
    each_s = ((duration_s or 0.0) + (n - 1) * LEAD_IN_S) / n
    starts = [0.0, *(k * (each_s - LEAD_IN_S) + LEAD_IN_S for k in range(1, n))]
    return [Stretch(start_s, end_s) for start_s, end_s in zip(starts, [*starts[1:], np.inf], strict=True)]


def jobs_or_cores(jobs: int | None) -> int:
    """Return how many things are done at a time: as many as the cores that this process may use, unless said.

    Raises
    ------
    BadInputError
        If it is less than one.
    """
    if jobs is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if jobs < 1:
        raise BadInputError(f"The number of jobs must be 1 or more, not {jobs}.")
    return jobs


def in_threads(
    tasks: Sequence[Callable[[threading.Event], T]], jobs: int, tell: Callable[[], None] = lambda: None
) -> list[T]:
    """Run tasks in threads, at most ``jobs`` at a time, and return their results in order.

    Parameters
    ----------
    tasks : each gets an event, and ends soon after that is set.
    jobs : threads.
    tell : called now and then from the calling thread; what it raises ends everything.

    Raises
    ------
    Exception
        What the first task that failed raised; the others are ended.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(min(jobs, len(tasks)), thread_name_prefix="stretch") as pool:
        futures = [pool.submit(task, stop) for task in tasks]
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, timeout=_TELL_S, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
                tell()
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
