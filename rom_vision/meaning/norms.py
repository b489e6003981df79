"""Published values of hip rotation and the cut-offs built on them, read from ``norms.json``.

The data file holds every number with its source; nothing here invents one. Positions and modes are never pooled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import TypeAdapter

__all__ = [
    "Band",
    "Colour",
    "NormStudy",
    "Norms",
    "Placement",
    "Rule",
    "Sex",
    "Zone",
    "add_bands",
    "load_norms",
    "place",
]

Sex = Literal["female", "male"]
Zone = Literal["very_low", "low", "lower_normal", "in_band", "upper_normal", "high"]
Colour = Literal["marked", "low", "ok", "high", "undecided"]


@dataclass(frozen=True)
class Band:
    """Reference band of one motion: edges of the zones in degrees, and why they lie there."""

    motion: str
    positions: tuple[str, ...]
    sex: Sex | None
    very_low_below_deg: float
    low_below_deg: float
    band_deg: tuple[float, float]
    high_above_deg: float
    target_deg: float
    basis: str

    @property
    def for_whom(self) -> str:
        """Words to put before the band's edges: 'for women ' where it is theirs, nothing for the general band."""
        return {"female": "for women ", "male": "for men ", None: ""}[self.sex]

    @property
    def zones(self) -> tuple[tuple[Zone, float, float], ...]:
        """(zone, from, to) in rising order; zones without width are left out."""
        edges: tuple[tuple[Zone, float, float], ...] = (
            ("very_low", float("-inf"), self.very_low_below_deg),
            ("low", self.very_low_below_deg, self.low_below_deg),
            ("lower_normal", self.low_below_deg, self.band_deg[0]),
            ("in_band", self.band_deg[0], self.band_deg[1]),
            ("upper_normal", self.band_deg[1], self.high_above_deg),
            ("high", self.high_above_deg, float("inf")),
        )
        return tuple(edge for edge in edges if edge[1] < edge[2])


@dataclass(frozen=True)
class NormStudy:
    """One published sample. None means that the source does not say."""

    motion: str
    position: str | None
    mode: str | None
    sex: Sex | None
    age_years: tuple[int, int] | None
    mean_deg: float
    sd_deg: float | None
    n: int | None
    population: str
    source: str
    evidence: Literal["read", "recalled"]
    """Whether the source's own page was read, or the number is quoted from general knowledge of the literature."""


@dataclass(frozen=True)
class Rule:
    """A threshold and where it comes from."""

    value: float
    source: str


@dataclass(frozen=True)
class Norms:
    """Everything in ``norms.json``."""

    schema: Literal[1]
    bands: tuple[Band, ...]
    studies: tuple[NormStudy, ...]
    rules: dict[str, Rule]

    def band_of(self, motion: str, position: str | None, sex: Sex | None = None) -> Band | None:
        """Return the band of a motion in a position: the general one unless one exists for the sex; None without any.

        A band without positions belongs to a test that has only one.
        """
        fitting = [
            b
            for b in (*self.bands, *_added)
            if b.motion == motion and (not b.positions or position in b.positions) and b.sex in (sex, None)
        ]
        return max(fitting, key=lambda b: b.sex is not None, default=None)

    def band(self, position: str | None, sex: Sex | None = None) -> Band | None:
        """Return the band of internal rotation; the general one (30 to 45, target 35) unless one exists for the sex.

        None for a position that this version does not know, as in an archive of another one.
        """
        return self.band_of("internal_rotation", position, sex)

    def rule(self, name: str) -> float:
        """Return the threshold ``name``."""
        return self.rules[name].value

    def studies_like(
        self,
        motion: str,
        position: str | None,
        mode: str | None,
        sex: Sex | None = None,
        age_years: int | None = None,
    ) -> tuple[NormStudy, ...]:
        """Return the samples measured in the same position and mode.

        A sample of one sex or of an age range is left out only when the person's sex or age is known to differ.
        """
        return tuple(
            s
            for s in self.studies
            if s.motion == motion
            and s.position == position
            and s.mode in (mode, None)
            and (sex is None or s.sex in (sex, None))
            and (age_years is None or s.age_years is None or s.age_years[0] <= age_years <= s.age_years[1])
        )


_added: list[Band] = []


def add_bands(*bands: Band) -> None:
    """Add reference bands for the tests of another package."""
    _added.extend(bands)


@lru_cache(maxsize=1)
def load_norms() -> Norms:
    """Read and check the norms that ship with the package."""
    text = (files("rom_vision.meaning") / "norms.json").read_text(encoding="utf-8")
    return TypeAdapter(Norms).validate_python(json.loads(text))


@dataclass(frozen=True)
class Placement:
    """Where a value lies, and what its interval allows to say.

    ``zone`` is the zone of the value itself, ``possible`` every zone the interval touches. ``colour`` is given only
    when the whole interval agrees on it: it never changes while a boundary lies inside the interval.
    """

    zone: Zone
    possible: tuple[Zone, ...]
    colour: Colour


_COLOURS: tuple[tuple[Colour, frozenset[Zone]], ...] = (
    ("marked", frozenset({"very_low"})),
    ("low", frozenset({"very_low", "low"})),
    ("ok", frozenset({"lower_normal", "in_band", "upper_normal"})),
    ("high", frozenset({"high"})),
)


def place(value_deg: float, ci95_deg: tuple[float, float], band: Band) -> Placement:
    """Place a value and its interval against a band.

    Parameters
    ----------
    value_deg : session value, degrees.
    ci95_deg : its 95 % interval, degrees.
    band : the reference band.
    """
    low, high = ci95_deg
    zone = next(name for name, start, stop in band.zones if start <= value_deg < stop)
    possible = tuple(name for name, start, stop in band.zones if (low < stop and high >= start) or name == zone)
    colour: Colour = next((c for c, zones in _COLOURS if zones.issuperset(possible)), "undecided")
    return Placement(zone, possible, colour)
