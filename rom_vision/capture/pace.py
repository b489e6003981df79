"""Which pictures of a recording are needed: so many a second, told by their times and never by their number."""

from __future__ import annotations

import math

__all__ = ["Pace"]

_EARLY = 0.2
"""A picture that comes earlier than its moment by this share of the interval is taken for it: clocks of cameras jitter
(our own heuristic). Recordings at the wanted rate, or slower, keep every picture."""


class Pace:
    """Tells of each picture whether it is needed; call it with every time, in order.

    Time is cut into intervals from the start of the recording on, and the first picture of each is needed: whoever
    begins to read in the middle needs the same ones.

    Parameters
    ----------
    rate_hz : pictures a second that are wanted on average; None wants all.

    Examples
    --------
    >>> pace = Pace(15.0)
    >>> [pace(k / 30) for k in range(6)]
    [True, False, True, False, True, False]
    >>> pace = Pace(15.0)
    >>> all(pace(k / 12) for k in range(6))
    True
    """

    def __init__(self, rate_hz: float | None) -> None:
        if rate_hz is not None and not rate_hz > 0:
            raise ValueError(f"rate_hz must be positive, not {rate_hz}")
        self._rate_hz = rate_hz
        self._last = -1

    def __call__(self, time_s: float) -> bool:
        """Return whether the picture at ``time_s`` is needed."""
        if self._rate_hz is None:
            return True
        interval = math.floor(time_s * self._rate_hz + _EARLY)
        if interval <= self._last:
            return False
        self._last = interval
        return True
