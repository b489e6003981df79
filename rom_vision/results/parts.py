"""What a protocol found: plain frozen dataclasses, the same names as in the JSON documents.

Angles are degrees, times seconds. ``None`` always means "not measured", never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Curve",
    "Direction",
    "Finding",
    "HipRotationResult",
    "KneeFlexion",
    "Mode",
    "Position",
    "Repetition",
    "RotationValue",
    "Severity",
    "Side",
    "SquatRepetition",
    "SquatResult",
    "Status",
    "View",
]

Status = Literal["measured", "refused"]
Position = Literal["seated", "supine"]
Side = Literal["left", "right"]
Mode = Literal["active", "passive"]
Direction = Literal["internal", "external"]
Severity = Literal["none", "mild", "marked", "not_assessable"]


@dataclass(frozen=True)
class RotationValue:
    """Session value of one direction: a magnitude, positive, relative to the pelvis.

    ``value_deg`` is the mean of the valid repetitions, ``best_deg`` the largest of them, ``ci95_deg`` the 95 %
    interval of the value (systematic error of the landmarks included).
    """

    value_deg: float
    ci95_deg: tuple[float, float]
    best_deg: float
    n_repetitions: int


@dataclass(frozen=True)
class Repetition:
    """One swing out and back. ``peak_deg`` is the mean over the hold, a magnitude; ``flags`` are plain sentences."""

    direction: Direction
    start_s: float
    hold_start_s: float
    hold_end_s: float
    end_s: float
    peak_deg: float
    ci95_deg: tuple[float, float]
    valid: bool
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Curve:
    """Hip rotation over time, internal +, relative to the pelvis; None where the person was not found."""

    time_s: tuple[float, ...]
    hip_rotation_deg: tuple[float | None, ...]
    sd_deg: tuple[float | None, ...]


@dataclass(frozen=True)
class HipRotationResult:
    """Result of one hip rotation test of one side."""

    position: Position
    side: Side
    mode: Mode
    status: Status
    reasons: tuple[str, ...]
    """Why the test was refused and what to change; empty when measured."""
    warnings: tuple[str, ...]
    internal_rotation: RotationValue | None
    external_rotation: RotationValue | None
    rest_deg: float | None
    shank_inclination_deg: float | None
    """Seated only: what an inclinometer on the shank reads at the end of internal rotation (against gravity)."""
    pelvis_compensation_deg: float | None
    """Largest change of pelvis list from rest over the valid repetitions, tested side up +."""
    repetitions: tuple[Repetition, ...]
    curve: Curve


@dataclass(frozen=True)
class KneeFlexion:
    """Knee flexion of both legs at the bottom of a squat."""

    left: float | None
    right: float | None


@dataclass(frozen=True)
class SquatRepetition:
    """One squat: standing, bottom, standing."""

    start_s: float
    bottom_s: float
    end_s: float
    knee_flexion_deg: KneeFlexion
    thigh_below_horizontal_deg: float | None
    depth: str
    thigh_below_horizontal_ci95_deg: tuple[float, float] | None = None
    knee_flexion_error_deg: float | None = None
    """Half the 95 % interval of ``knee_flexion_deg``."""


@dataclass(frozen=True)
class Finding:
    """One compensation, graded, with everything needed to check it."""

    code: str
    side: Literal["left", "right", "both"]
    severity: Severity
    value: float | None
    unit: str
    change_from_standing: float | None
    ci95: tuple[float, float] | None
    threshold: float | None
    source: str
    repetitions: tuple[int, ...]
    """Numbers of the repetitions that show it, counted from 1."""
    worst_time_s: float | None
    sentence: str


@dataclass(frozen=True)
class View:
    """From where the person was filmed: name and azimuth (0 front, +90 their left side, 180 back, -90 right side)."""

    name: str
    azimuth_deg: float | None


@dataclass(frozen=True)
class SquatResult:
    """Result of a squat screen."""

    status: Status
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    view: View
    repetitions: tuple[SquatRepetition, ...]
    findings: tuple[Finding, ...]
    series: dict[str, tuple[float | None, ...]]
    """Time series by name with unit suffix, ``time_s`` first."""
