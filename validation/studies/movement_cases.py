"""The clips with which the squat screen is learned, calibrated and reported: disjoint sets of people.

LEARN and VARIANTS (movements that were once taken for squats, from where they were) are for whoever tunes the screen,
CALIBRATE for the width of its intervals. REPORT and BLIND are looked at by `validation.studies.squat_varied` and by
nobody else; of REPORT single errors have been looked at before some choices were made, of BLIND none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from validation.person.outfit import LEGWEAR
from validation.scenes.movement_clips import MANNEQUIN
from validation.scenes.other_moves import KINDS

__all__ = ["SETS", "MovementCase", "cases"]

_VARIANTS: tuple[tuple[str, str], ...] = (
    ("side_lunge", "side"),
    ("pick_up_box", "oblique"),
    ("one_leg_foot_behind", "back"),
    ("pick_up_box", "front"),
    ("sit_down", "oblique"),
    ("side_lunge", "side"),
    ("one_leg_foot_behind", "oblique"),
    ("pick_up_box", "side"),
    ("front_lunge", "side"),
    ("good_morning", "oblique"),
    ("one_leg_foot_behind", "back"),
    ("pick_up_box", "oblique"),
    ("step_up", "side"),
    ("side_lunge", "side"),
    ("deadlift", "front"),
    ("pick_up_box", "front"),
    ("back_lunge", "oblique"),
    ("one_leg_foot_behind", "back"),
    ("sit_down", "front"),
    ("pick_up_box", "oblique"),
    ("step_up", "oblique"),
    ("one_leg_foot_behind", "oblique"),
    ("good_morning", "side"),
    ("deadlift", "oblique"),
    ("front_lunge", "back"),
    ("sit_down", "side"),
)
SETS: dict[str, tuple[int, int, int]] = {
    "learn": (300001, 44, 26),
    "calibrate": (310001, 30, 0),
    "report": (320001, 62, 42),
    "blind": (330001, 44, 22),
    "fresh": (350001, 44, 22),
    "variants": (340001, 0, len(_VARIANTS)),
}
"""First seed, squats and other movements of each set."""
_Fault = tuple[str, float | None, str]
_FRONTAL: tuple[_Fault, ...] = (
    ("sound", None, "both"),
    ("knee_in", 9.0, "both"),
    ("turned_out", None, "both"),
    ("knee_in", 14.0, "left"),
    ("sound", None, "both"),
    ("knee_in", 18.0, "right"),
    ("shift", None, "both"),
    ("knee_in", 8.0, "right"),
    ("sound", None, "both"),
    ("knee_in", 24.0, "both"),
    ("shallow", None, "both"),
    ("knee_in", 11.0, "left"),
    ("turned_out", None, "both"),
    ("knee_out", 20.0, "both"),
    ("sound", None, "both"),
    ("knee_in", 6.0, "both"),
)
_SAGITTAL: tuple[_Fault, ...] = (
    ("sound", None, "both"),
    ("lean", None, "both"),
    ("sound", None, "both"),
    ("heel_rise", None, "both"),
    ("shallow", None, "both"),
    ("turned_out", None, "both"),
)
_SHARE = (("front", 0.47, _FRONTAL), ("side", 0.27, _SAGITTAL), ("oblique", 0.14, _FRONTAL), ("back", 0.12, _FRONTAL))
_VIEWS = ("front", "side", "oblique", "front", "back", "side")
_EARLIER = {"blind": 1, "fresh": 2}
"""So many views earlier does the row of other movements of a set begin."""


@dataclass(frozen=True)
class MovementCase:
    """One clip; everything else follows from the seed (see `validation.scenes.movement_clips.movement_clip`)."""

    seed: int
    kind: str
    view: str
    clothes: str
    fault: str = ""
    size_deg: float | None = None
    side: str = "both"


def cases(name: str) -> tuple[MovementCase, ...]:
    """All clips of a set, by seed; squats first. A third of each kind wears clothes."""
    first, squats, others = SETS[name]
    out = list(_squats(first, squats))
    for i in range(others):
        kind, view = _VARIANTS[i] if name == "variants" else _other(i, _EARLIER.get(name, 0))
        out.append(MovementCase(first + squats + i, kind, view, _clothes(i + i // len(KINDS))))
    return tuple(out)


def _other(i: int, earlier: int) -> tuple[str, str]:
    """All kinds in turn; each time round, and in each set, from another side."""
    return KINDS[i % len(KINDS)], _VIEWS[(i + i // len(KINDS) * 2 - earlier) % len(_VIEWS)]


def _clothes(i: int) -> str:
    return LEGWEAR[(i // 3) % len(LEGWEAR)] if i % 3 == 1 else MANNEQUIN


def _squats(first: int, count: int) -> Iterator[MovementCase]:
    """Views interleaved, so that a part of the set is like the whole."""
    ranked = []
    for view, share, faults in _SHARE:
        many = round(share * count)
        ranked += [((k + 0.5) / many, view, faults[k % len(faults)]) for k in range(many)]
    chosen = sorted(ranked, key=lambda r: (r[0], r[1]))[:count]
    for i, (_, view, (fault, size, side)) in enumerate(chosen):
        rng = np.random.default_rng([first + i, 31])
        sized = None if size is None else round(float(size + rng.uniform(-1, 1)), 1)
        yield MovementCase(first + i, "squat", view, _clothes(i), fault, sized, side)
