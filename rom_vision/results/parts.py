"""What a result is made of: plain frozen dataclasses, the same names as in the JSON documents.

Times are seconds from the start of the recording; every value says its unit. ``None`` always means "not measured",
never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "Correction",
    "Finding",
    "Joint",
    "Measure",
    "MeasureSide",
    "Mode",
    "Position",
    "Repetition",
    "Series",
    "Severity",
    "Side",
    "Status",
    "View",
]

Status = Literal["measured", "refused"]
Position = Literal["seated", "supine"]
Side = Literal["left", "right"]
Joint = Literal[
    "left_shoulder",
    "right_shoulder",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
MeasureSide = Literal["left", "right", "both"]
Mode = Literal["active", "passive"]
Severity = Literal["none", "mild", "marked", "not_assessable"]

Series = dict[str, tuple[float | None, ...]]
"""Curves by name with a unit suffix, ``time_s`` first, all of one length; ``x_sd_deg`` is the standard deviation of
``x_deg``."""


@dataclass(frozen=True)
class Measure:
    """One measured quantity of a test: the number a person came for, or one beside it.

    Attributes
    ----------
    quantity : name, e.g. 'internal_rotation'; with ``side`` unique in a result.
    words : the same for people, e.g. 'internal rotation'.
    side : the person's own side; 'both' for what belongs to neither.
    value, unit : e.g. 34.1 and 'deg'.
    ci95 : 95 % interval of the value, systematic error included; None where it is not known.
    best : largest of the repetitions behind the value; None where that means nothing.
    n_repetitions : how many repetitions the value is the mean of; 0 where it is not one.
    repetitions : values of the valid repetitions, for the spread between them.
    norm : key of the reference values (`rom_vision.meaning.norms`); None where there are none.
    error : key of the published error of the quantity (`rom_vision.meaning.change.ERRORS`); only a quantity that has
        one is compared over time.
    edited : whether it was corrected by hand.
    """

    quantity: str
    words: str
    side: MeasureSide
    value: float
    unit: str = "deg"
    ci95: tuple[float, float] | None = None
    best: float | None = None
    n_repetitions: int = 0
    repetitions: tuple[float, ...] = ()
    norm: str | None = None
    error: str | None = None
    edited: bool = False

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of a measure that has one; `ValueError` otherwise."""
        if self.ci95 is None:
            raise ValueError(f"{self.quantity} has no interval")
        return self.ci95

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        low, high = self.interval
        return (high - low) / 2


@dataclass(frozen=True)
class Repetition:
    """One repetition: out and back.

    Attributes
    ----------
    start_s, end_s : when it began and ended.
    at_s : the moment that counts: the middle of the hold, the bottom of a squat.
    quantity : the measure it belongs to; empty where it belongs to several.
    value, unit : what it adds to the measure; None where it adds several numbers, which stand in ``values``.
    ci95 : 95 % interval of ``value``.
    hold_start_s, hold_end_s : the part that was held still, where the test asks for one.
    values : further numbers by name with a unit suffix, e.g. 'left_knee_flexion_deg'.
    note : a word or two on it, e.g. 'above parallel'.
    valid : whether it counts.
    flags : what was noticed, in plain words.
    """

    start_s: float
    end_s: float
    at_s: float
    quantity: str = ""
    value: float | None = None
    unit: str = "deg"
    ci95: tuple[float, float] | None = None
    hold_start_s: float | None = None
    hold_end_s: float | None = None
    values: dict[str, float | None] = field(default_factory=dict)
    note: str = ""
    valid: bool = True
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One compensation, graded, with everything needed to check it."""

    code: str
    side: MeasureSide
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
class Correction:
    """Something that a person changed about a result by hand.

    Attributes
    ----------
    what : 'left_out' and 'counted': whether a repetition counts; 'hold': the part of it that was held; 'side': which
        leg it was; 'landmark': where a joint lies in one picture; 'subject': who of several people does the test.
    reason : why, as they said.
    made_at : when, ISO 8601 with offset.
    at_s : moment within the repetition, or of the picture, from the start of the recording; None where it is of none.
    hold_start_s, hold_end_s : where the hold is now, where it was moved.
    side : the true side, where it was named wrongly.
    landmark, x_px, y_px : which joint, and where it lies in the upright picture; see `rom_vision.pose.given`.
    subject : the number of the person, counted from the left.
    """

    what: Literal["left_out", "counted", "hold", "side", "landmark", "subject"]
    reason: str
    made_at: str
    at_s: float | None = None
    hold_start_s: float | None = None
    hold_end_s: float | None = None
    side: Side | None = None
    landmark: Joint | None = None
    x_px: float | None = None
    y_px: float | None = None
    subject: int | None = None

    @property
    def of_repetition(self) -> bool:
        """Whether it is of one repetition; the others are of what the whole recording was measured from."""
        return self.what in ("left_out", "counted", "hold")
