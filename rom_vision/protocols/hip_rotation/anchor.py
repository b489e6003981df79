"""The live reading is the saved one: the corrections of `rotation_curves`, made while the test goes on.

The saved curve knows all rests of the recording, the live one those so far: as there, a moment is rest when the leg is
about where it hung at first, so that one that comes back short does not pull the reading along. Sitting, the rests are
looked at again after each swing, for what follows a rest tells more about it. What is left between the two, up to 2.7
degrees in swings with a lifted pelvis, is what only comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom_vision.protocols.hip_rotation.curves import QUIET_DEG, rest_share, rest_trust
from rom_vision.protocols.hip_rotation.pelvis import believed_list
from rom_vision.results.parts import Position

__all__ = ["Anchor", "Moment"]


@dataclass(frozen=True)
class Moment:
    """The tested leg at one moment: degrees, rotation internal +, pelvis with the tested side up, trunk leaning away +.

    ``sd_deg`` is the standard deviation of the rotation.
    """

    time_s: float
    rotation_deg: float
    pelvis_deg: float
    trunk_deg: float
    knee_deg: float
    residual: float
    sd_deg: float = 3.0


class Anchor:
    """What the leg's rest says of this view's error, and of how pelvis and trunk stand.

    Parameters
    ----------
    position : of the test.
    rest : moments of the leg at rest, in time order.
    """

    def __init__(self, position: Position, rest: Sequence[Moment]) -> None:
        self._position = position
        self._rests = list(rest)
        self._from_s, self._to_s = rest[0].time_s, rest[-1].time_s
        self._start_deg = _middle([m.rotation_deg for m in rest])
        self._take_rest()

    def look_back(self, moments: Sequence[Moment]) -> None:
        """Take the rests from ``moments``, which are better known now; of what was before them nothing changes."""
        since = [m for m in moments if m.time_s >= self._from_s]
        first = [m.rotation_deg for m in since if m.time_s <= self._to_s]
        if not since:
            return
        self._start_deg = _middle(first) if first else self._start_deg
        before = [m for m in self._rests if m.time_s < since[0].time_s]
        rests = before + [m for m in since if abs(m.rotation_deg - self._start_deg) < QUIET_DEG]
        self._rests = rests or self._rests
        self._take_rest()

    def _take_rest(self) -> None:
        self._pelvis_deg = _middle([m.pelvis_deg for m in self._rests])
        self._trunk_deg = _middle([m.trunk_deg for m in self._rests])
        self._rest_deg = _middle([m.rotation_deg for m in self._rests])
        share = rest_share(_middle([m.sd_deg for m in self._rests]), self._position)
        self._error_deg = share * rest_trust(self._rest_deg) * self._rest_deg

    @property
    def rest_deg(self) -> float:
        """Rotation at rest as it is shown, internal +."""
        return self._rest_deg - self._error_deg

    def shown(self, raw: Moment) -> Moment:
        """Return a moment as the saved curve would show it; one at rest adds to what is known of the rest."""
        if abs(raw.rotation_deg - self._start_deg) < QUIET_DEG:
            self._rests.append(raw)
            self._take_rest()
        pelvis, trunk = raw.pelvis_deg - self._pelvis_deg, raw.trunk_deg - self._trunk_deg
        believed = pelvis
        if self._position == "seated":
            out = raw.rotation_deg - self._rest_deg
            believed = float(believed_list(np.array([pelvis]), np.array([trunk]), np.array([out]))[0][0])
        rotation = raw.rotation_deg + pelvis - believed - self._error_deg
        return replace(raw, rotation_deg=rotation, pelvis_deg=believed, trunk_deg=trunk)


def _middle(values: Sequence[float]) -> float:
    return float(np.median(values))
