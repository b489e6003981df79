"""The clips of the squat study: which faults, how large, from where; one synthetic person each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["CASES", "Case"]

_FRONT = (
    *[("good", None)] * 8,
    *[("toed_out", None)] * 4,
    *[("shallow", None)] * 4,
    *[("valgus_left", None)] * 3,
    *[("valgus_right", None)] * 3,
    *[("valgus_both", None)] * 3,
    *[("valgus_left", 10.0)] * 3,
    *[("valgus_right", 10.0)] * 3,
    *[("valgus_both", 10.0)] * 2,
    *[("varus", None)] * 4,
    *[("shift", None)] * 4,
    *[("side_bend", None)] * 4,
    *[("obliquity", None)] * 2,
)
_SIDE = (
    *[("good", None)] * 6,
    *[("shallow", None)] * 3,
    *[("forward_lean", None)] * 4,
    *[("heel_rise", None)] * 4,
    *[("hyperextension", None)] * 2,
    *[("arms_fall", None)] * 3,
)
_BACK = (("good", None), ("good", None), ("valgus_left", None), ("valgus_right", None), ("shift", None))
_OBLIQUE = (("good", None), ("valgus_both", None))
_SINGLE = (("good", None), ("good", None), ("valgus", None), ("valgus", None), ("side_bend", None))


@dataclass(frozen=True)
class Case:
    """One clip of the study; everything else follows from the seed."""

    seed: int
    fault: str
    size_deg: float | None
    azimuth_deg: float
    legs: str = "both"
    fps: float = 10.0


def _cases() -> Iterator[Case]:
    seed = 20000
    for view, plans in (
        ("front", _FRONT),
        ("side", _SIDE),
        ("back", _BACK),
        ("oblique", _OBLIQUE),
        ("single", _SINGLE),
    ):
        for fault, size in plans:
            seed += 1
            rng = np.random.default_rng([seed, 29])
            azimuth = {
                "front": rng.uniform(-15, 15),
                "side": rng.choice([-90.0, 90.0]) + rng.uniform(-15, 15),
                "back": 180 + rng.uniform(-15, 15),
                "oblique": rng.choice([-1.0, 1.0]) * rng.uniform(35, 50),
                "single": rng.uniform(-12, 12),
            }[view]
            legs = str(rng.choice(["left", "right"])) if view == "single" else "both"
            name = f"valgus_{legs}" if fault == "valgus" else fault
            yield Case(seed, name, size, round(float(azimuth), 1), legs, float(rng.choice([10.0, 12.0, 15.0])))


CASES: tuple[Case, ...] = tuple(_cases())
