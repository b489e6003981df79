"""Which pictures of a recording are needed: so many a second, told by their times and never by their number."""

from __future__ import annotations

__all__ = ["Pace"]

_EARLY = 0.2
"""A picture that comes earlier than its moment by this share of the interval is taken for it: clocks of cameras jitter
(our own heuristic). Recordings at the wanted rate, or slower, keep every picture."""


class Pace:
    """Tells of each picture whether it is needed; call it with every time, in order.

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
        self._step_s = 0.0 if rate_hz is None else 1.0 / rate_hz
        self._due_s: float | None = None

    def __call__(self, time_s: float) -> bool:
        """Return whether the picture at ``time_s`` is needed."""
        if self._due_s is None:
            self._due_s = time_s
        if time_s < self._due_s - _EARLY * self._step_s:
            return False
        self._due_s += self._step_s
        if self._due_s <= time_s:  # after a gap, or where the recording is slower than what is wanted
            self._due_s = time_s + self._step_s
        return True
