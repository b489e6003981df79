"""Every attack of the campaign."""

from __future__ import annotations

from functools import lru_cache

from validation.hostile import archives, clips, damage, databases, kills, names, outputs, rows, settings
from validation.hostile.case import Case

__all__ = ["all_cases"]


@lru_cache(maxsize=1)
def all_cases() -> tuple[Case, ...]:
    """Return all attacks; their names differ."""
    parts = (clips, damage, names, outputs, settings, archives, rows, databases, kills)
    cases = tuple(case for part in parts for case in part.cases())
    names_seen = [case.name for case in cases]
    twice = {name for name in names_seen if names_seen.count(name) > 1}
    if twice:
        raise ValueError(f"two attacks have the same name: {sorted(twice)}")
    return cases
