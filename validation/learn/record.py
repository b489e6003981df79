"""Put what was learned into a data file of the package, with where it comes from; show it beside what was there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.body.learned import unexplained
from rom_vision.pose.models import resolve_model

__all__ = ["FEWEST", "beside", "provenance", "spread", "write"]

FEWEST = 30
"""Numbers of fewer people are shown but not written (our own heuristic)."""


def spread(values: Sequence[float]) -> float:
    """Half the width that holds 95 % of the errors, in standard deviations: outliers count as often as they are.

    Of fewer than 20 errors, whose outliers nobody knows, their root mean square.
    """
    if len(values) < 20:
        return float(np.sqrt(np.mean(np.square(values))))
    return float(np.percentile(np.abs(values), 95) / 1.96)


def provenance(part: str, what: str, seeds: Sequence[int], note: str = "") -> dict[str, Any]:
    """Say which people, pose model and command stand behind numbers; ``part`` is that of `validation.learn`."""
    return {
        "people": what,
        "seeds": f"{min(seeds)} to {max(seeds)}",
        "n_people": len(set(seeds)),
        "pose_model": "heavy",
        "pose_model_sha256": resolve_model("heavy").sha256,
        "mediapipe": version("mediapipe"),
        "command": f"python -m validation.learn {part}",
        "when": date.today().isoformat(),
        "note": note,
    }


def file_of(package: str) -> Path:
    """Return the data file of a package."""
    return Path(str(files(package) / "learned.json"))


def _flat(numbers: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in numbers.items():
        out |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return out


def beside(package: str, numbers: Mapping[str, Any]) -> str:
    """Return a table of what the package holds and what was learned now."""
    now, kept = _flat(numbers), _flat(json.loads(file_of(package).read_text(encoding="utf-8"))["numbers"])
    width = max(map(len, now))
    return "".join(
        f"{name:{width}}  kept {json.dumps(kept.get(name)):28} now {json.dumps(now[name])}\n" for name in now
    )


def write(
    package: str, numbers: Mapping[str, Any], whence: Mapping[str, Mapping[str, Any]], fewest: int = FEWEST
) -> None:
    """Put numbers and their provenance into the data file of a package; what is not learned now stays.

    Parameters
    ----------
    package : whose ``learned.json``.
    numbers : as the file holds them; of a part whose provenance stands by each number, those that were learned.
    whence : provenance by part, or by ``part.name``.
    fewest : people that a number is learned of at the least.

    Raises
    ------
    ValueError
        If a part was learned of fewer people, or nothing says where it comes from.
    """
    if alone := unexplained(numbers, whence):
        raise ValueError(f"{', '.join(alone)}: nothing says where it comes from")
    for part, people in whence.items():
        if people["n_people"] < fewest:
            raise ValueError(f"{part}: {people['n_people']} people are too few, {fewest} are needed")
    kept = json.loads(file_of(package).read_text(encoding="utf-8"))
    for part, value in numbers.items():
        kept["numbers"][part] = value if part in whence else {**kept["numbers"][part], **value}
    kept["provenance"] |= whence
    text = json.dumps(kept, indent=1)
    # A row of numbers in one line.
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: "[" + re.sub(r"\s+", " ", row[1]) + "]", text)
    file_of(package).write_text(text + "\n", encoding="utf-8")
