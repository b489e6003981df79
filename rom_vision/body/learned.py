"""What was learned of people and landmarks by counting: numbers that lie beside the code, with where they come from.

The numbers of the leg model are in ``learned.json`` beside this file: ``python -m validation.learn landmarks`` writes
where landmarks lie, ``python -m validation.learn intervals`` how far they can be trusted. ``provenance`` there
says which people, pose model and command stand behind each part, ``what`` its unit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from rom_vision.errors import RomVisionError
from rom_vision.pose.track import FloatArray

__all__ = [
    "JOINTS",
    "LENGTHS",
    "OUTLINE",
    "LearnedBody",
    "LearnedLandmarks",
    "damaged",
    "learned_body",
    "numbers_of",
    "table",
    "unexplained",
]

JOINTS = ("shoulder", "hip", "knee", "ankle")
POSITIONS = ("seated", "supine")
OUTLINE = ("mean_deg", "sd_deg", "jitter_deg")
LENGTHS = ("thigh", "shank", "hip_half_width", "trunk", "shoulder_half_width")


@dataclass(frozen=True)
class LearnedLandmarks:
    """Where the landmarks of people in one position lie, and how they err; see `LandmarkShape` and `LandmarkNoise`.

    Attributes
    ----------
    tested_m, other_m : (4, 3) mean offsets of shoulder, hip, knee and ankle on the tested leg's side and the other.
    knee_swing_m : (2, 3), list_gain, list_leak : as in `LandmarkShape`.
    common_sd_m, differential_sd_m : (4, 2), white_m : as in `LandmarkNoise`.
    """

    tested_m: FloatArray
    other_m: FloatArray
    knee_swing_m: FloatArray
    list_gain: float
    list_leak: float
    common_sd_m: FloatArray
    differential_sd_m: FloatArray
    white_m: float


@dataclass(frozen=True)
class LearnedBody:
    """Numbers of the leg model.

    Attributes
    ----------
    lengths_m : mean segment lengths by the names in `LENGTHS`.
    usual_residual : residual that nine of ten good fits stay under.
    interval_scale : of people in a position, by its name; as in `LandmarkNoise`.
    lighter_model_scale : how much larger the errors of sitting people are with a lighter pose model than the heavy one.
    seated, supine : of people in this position.
    outline_deg : mean, spread and jitter of the turn of a shin's outline, as in `LandmarkNoise`, degrees.
    hip_lead : of squatting people from in front and from behind, see `rom_vision.body.leg_chain`, leg lengths.
    """

    lengths_m: dict[str, float]
    usual_residual: float
    interval_scale: dict[str, float]
    lighter_model_scale: float
    seated: LearnedLandmarks
    supine: LearnedLandmarks
    outline_deg: FloatArray
    hip_lead: tuple[tuple[float, float], tuple[float, float]]


@lru_cache(maxsize=1)
def learned_body() -> LearnedBody:
    """Read ``learned.json`` beside this file.

    Raises
    ------
    RomVisionError
        If the file is damaged: the package has to be installed again.
    """
    numbers = numbers_of(__package__)
    try:
        residual, lighter = table(numbers, ("usual_residual", "lighter_model_scale")).tolist()
        return LearnedBody(
            lengths_m=dict(zip(LENGTHS, table(numbers["lengths_m"], LENGTHS).tolist(), strict=True)),
            usual_residual=residual,
            interval_scale=dict(zip(POSITIONS, table(numbers["interval_scale"], POSITIONS).tolist(), strict=True)),
            lighter_model_scale=lighter,
            seated=_landmarks(numbers["seated"]),
            supine=_landmarks(numbers["supine"]),
            outline_deg=table(numbers["outline"], OUTLINE),
            hip_lead=(_pair(numbers["hip_lead"]["front"]), _pair(numbers["hip_lead"]["back"])),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise damaged(__package__, fault) from fault


def _pair(numbers: list[float]) -> tuple[float, float]:
    first, second = table(dict(enumerate(numbers)), (0, 1)).tolist()
    return first, second


def _landmarks(numbers: Mapping[str, Any]) -> LearnedLandmarks:
    gain, leak, white = table(numbers, ("list_gain", "list_leak", "white_m")).tolist()
    return LearnedLandmarks(
        tested_m=table(numbers["offsets_m"]["tested"], JOINTS, 3),
        other_m=table(numbers["offsets_m"]["other"], JOINTS, 3),
        knee_swing_m=table(dict(enumerate(numbers["knee_swing_m"])), (0, 1), 3),
        list_gain=gain,
        list_leak=leak,
        common_sd_m=table(numbers["common_sd_m"], JOINTS, 2),
        differential_sd_m=table(numbers["differential_sd_m"], JOINTS, 2),
        white_m=white,
    )


def table(numbers: Mapping[Any, Any], names: tuple[Any, ...], *shape: int) -> FloatArray:
    """(len(names), *shape) the named entries, all finite; arrays that are shared are not to be written to.

    Raises
    ------
    KeyError, TypeError, ValueError
        If an entry is missing, is no number, has another shape or is not finite.
    """
    out = np.array([numbers[name] for name in names], dtype=np.float64)
    if out.shape != (len(names), *shape) or not np.isfinite(out).all():
        raise ValueError(f"{', '.join(map(str, names))}: {len(names)} finite entries of shape {shape} are needed")
    out.flags.writeable = False
    return out


def numbers_of(package: str) -> dict[str, Any]:
    """Return the numbers of a package's ``learned.json``, each of which has its provenance.

    Raises
    ------
    RomVisionError
        If there is no such file, it is no JSON, or a number is without provenance.
    """
    try:
        kept = json.loads((files(package) / "learned.json").read_text(encoding="utf-8"))
        numbers: dict[str, Any] = kept["numbers"]
        unknown = unexplained(numbers, kept["provenance"])
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as fault:
        raise damaged(package, fault) from fault
    if unknown:
        raise damaged(package, ValueError(f"nothing says where these come from: {', '.join(unknown)}"))
    return numbers


def unexplained(numbers: Mapping[str, Any], provenance: Mapping[str, Any]) -> list[str]:
    """Return the parts of ``numbers`` without provenance; that of a part of many may stand by each: ``part.name``."""
    alone: list[str] = []
    for name, value in numbers.items():
        each = [f"{name}.{key}" for key in value] if isinstance(value, Mapping) else [name]
        alone += [] if name in provenance else [key for key in each if key not in provenance]
    return alone


def damaged(package: str, fault: Exception) -> RomVisionError:
    """Return the error that says that the numbers of a package cannot be used."""
    return RomVisionError(
        f"What was learned for {package} cannot be read ({type(fault).__name__}: {fault}). "
        "Please install rom_vision again."
    )
