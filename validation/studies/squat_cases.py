"""The clips of the squat study: which faults, how large, from where; one synthetic person each.

Seeds 1 to 9999 are for reporting only; everything that was ever tuned was tuned on other people (100000 and above).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ["CASES", "Case", "cases"]

_FRONT = (
    *[("good", None)] * 6,
    *[("toed_out", None)] * 3,
    *[("shallow", None)] * 3,
    *[("valgus_left", None)] * 2,
    *[("valgus_right", None)] * 2,
    *[("valgus_both", None)] * 2,
    *[("valgus_left", 10.0)] * 2,
    *[("valgus_right", 10.0)] * 2,
    *[("valgus_both", 10.0)] * 2,
    *[("varus", None)] * 3,
    *[("shift", None)] * 3,
    *[("side_bend", None)] * 3,
    ("obliquity", None),
)
_SIDE = (
    *[("good", None)] * 4,
    *[("shallow", None)] * 2,
    *[("forward_lean", None)] * 3,
    *[("heel_rise", None)] * 3,
    *[("hyperextension", None)] * 2,
    *[("arms_fall", None)] * 2,
)
_BACK = (("good", None), ("valgus_left", None), ("shift", None))
_OBLIQUE = (("valgus_both", None),)
_SINGLE = (("good", None), ("good", None), ("valgus", None), ("valgus", None), ("side_bend", None))
_FIRST_SEED = 3001


@dataclass(frozen=True)
class Case:
    """One clip of the study; everything else follows from the seed."""

    seed: int
    fault: str
    size_deg: float | None
    azimuth_deg: float
    legs: Literal["both", "left", "right"] = "both"


def cases(first_seed: int = _FIRST_SEED) -> Iterator[Case]:
    """All clips of the study, filmed of the people from ``first_seed`` on. Other seeds serve for tuning."""
    seed = first_seed
    for view, plans in (
        ("front", _FRONT),
        ("side", _SIDE),
        ("back", _BACK),
        ("oblique", _OBLIQUE),
        ("single", _SINGLE),
    ):
        for fault, size in plans:
            rng = np.random.default_rng([seed, 29])
            azimuth = {
                "front": rng.uniform(-15, 15),
                "side": rng.choice([-90.0, 90.0]) + rng.uniform(-15, 15),
                "back": 180 + rng.uniform(-15, 15),
                "oblique": rng.choice([-1.0, 1.0]) * rng.uniform(35, 50),
                "single": rng.uniform(-12, 12),
            }[view]
            stood_on: Literal["left", "right"] = "left" if rng.random() < 0.5 else "right"
            name = f"valgus_{stood_on}" if fault == "valgus" else fault
            legs = stood_on if view == "single" else "both"
            yield Case(seed, name, size, round(float(azimuth), 1), legs)
            seed += 1


CASES: tuple[Case, ...] = tuple(cases())
