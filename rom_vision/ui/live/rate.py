"""How often something happens."""

from __future__ import annotations

from collections import deque

__all__ = ["Rate"]

_RATE_S = 5.0


class Rate:
    """Events per second over the last seconds; read by other threads while it is written."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self.per_s = 0.0

    def note(self, now: float, n: int = 1) -> None:
        """Note ``n`` events."""
        self._times.extend([now] * n)
        while self._times and self._times[0] < now - _RATE_S:
            self._times.popleft()
        if self._times and now > self._times[0]:
            self.per_s = (len(self._times) - 1) / (now - self._times[0])
