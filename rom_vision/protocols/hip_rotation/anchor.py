"""The live reading is the saved one: the corrections of `rotation_curves`, made while the test goes on.

The saved curve knows the whole recording, the live one the rest before the first swing. It is not taken anew between
the swings: a leg that comes back short of its rest would pull the reading along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom_vision.protocols.hip_rotation.curves import REST_TRUSTED_DEG, believed_list, rest_share
from rom_vision.results.parts import Position

__all__ = ["Anchor", "Moment"]

# Our own heuristics.
FADE_DEG = 6.0
"""A rest that is read further out than is trusted counts less and less over this range: before the first swings the
reading is not yet as steady as that of a whole recording, and must not change its kind at one tenth of a degree."""


@dataclass(frozen=True)
class Moment:
    """The tested leg at one moment: degrees, rotation internal +, pelvis with the tested side up +.

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
        self._pelvis_deg = _middle([m.pelvis_deg for m in rest])
        self._trunk_deg = _middle([m.trunk_deg for m in rest])
        self._rest_deg = _middle([m.rotation_deg for m in rest])
        share = rest_share(_middle([m.sd_deg for m in rest]), position)
        trusted = float(np.clip(1 + (REST_TRUSTED_DEG - abs(self._rest_deg)) / FADE_DEG, 0.0, 1.0))
        self._error_deg = share * trusted * self._rest_deg

    @property
    def rest_deg(self) -> float:
        """Rotation at rest as it is shown, internal +."""
        return self._rest_deg - self._error_deg

    def shown(self, raw: Moment) -> Moment:
        """Return a moment as the saved curve would show it: pelvis and trunk from their rest."""
        pelvis = raw.pelvis_deg - self._pelvis_deg
        believed = float(believed_list(np.array([pelvis]))[0][0]) if self._position == "seated" else pelvis
        moved = pelvis - believed if self._position == "seated" else 0.0
        return replace(
            raw,
            rotation_deg=raw.rotation_deg + moved - self._error_deg,
            pelvis_deg=believed,
            trunk_deg=raw.trunk_deg - self._trunk_deg,
        )


def _middle(values: Sequence[float]) -> float:
    return float(np.median(values))
