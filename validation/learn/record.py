"""Put what was learned into a data file of the package, with where it comes from; show it beside what was there."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

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


def provenance(what: str, seeds: Sequence[int], note: str = "") -> dict[str, Any]:
    """Say which people, pose model and command stand behind numbers."""
    return {
        "people": what,
        "seeds": f"{min(seeds)} to {max(seeds)}",
        "n_people": len(set(seeds)),
        "pose_model": "heavy",
        "pose_model_sha256": resolve_model("heavy").sha256,
        "mediapipe": version("mediapipe"),
        "command": shlex.join(sys.argv),
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


def write(package: str, numbers: Mapping[str, Any], whence: Mapping[str, Mapping[str, Any]]) -> None:
    """Put numbers and their provenance into the data file of a package; what is not learned now stays.

    Raises
    ------
    ValueError
        If a part was learned of fewer than `FEWEST` people, or nothing says where it comes from.
    """
    for part in numbers:
        if part not in whence:
            raise ValueError(f"{part}: nothing says where it comes from")
        if whence[part]["n_people"] < FEWEST:
            raise ValueError(f"{part}: {whence[part]['n_people']} people are too few, {FEWEST} are needed")
    kept = json.loads(file_of(package).read_text(encoding="utf-8"))
    kept["numbers"] |= numbers
    kept["provenance"] |= whence
    text = json.dumps(kept, indent=1)
    # A row of numbers in one line.
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: "[" + re.sub(r"\s+", " ", row[1]) + "]", text)
    file_of(package).write_text(text + "\n", encoding="utf-8")
