"""A person's values over time: one series for each test, position, mode, side and camera set-up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic_core import to_json

from rom_vision.meaning.change import (
    ERRORS,
    Change,
    PersonalError,
    Reading,
    Trend,
    Verdict,
    assess_change,
    sem_deg,
)
from rom_vision.meaning.statements import unit_sign
from rom_vision.results.command import command_line
from rom_vision.results.parts import Measure
from rom_vision.sessions.measured import MeasuredError, error_to_assume, measured_errors
from rom_vision.sessions.measures import describe_change, describe_setup, is_incomplete, way_of_doing
from rom_vision.sessions.store import MeasureRow, SessionStore

__all__ = ["Comparison", "Series", "SeriesValue", "compare", "comparison_schema"]

_VERDICTS: dict[Verdict, str] = {
    "no_change": "no change",
    "within_noise": "within the noise of the measurement",
    "possible": "possibly a real change, possibly noise: test again",
    "likely_real": (
        "more than noise explains 19 times in 20, likely a real change; a test on another day would confirm it"
    ),
    "confirmed": "a confirmed change",
}

_IN_DEGREES = {
    "baseline": "baseline_deg",
    "change": "change_deg",
    "mdc95": "mdc95_deg",
    "trend_per_week": "trend_deg_per_week",
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SeriesValue(_Model):
    """One session's value: local time of the test, the value in the unit of its series, and its 95 % interval.

    ``edited`` says that it was corrected by hand.
    """

    date: AwareDatetime
    value: float
    ci95: tuple[float, float]
    edited: bool = False


class Series(_Model):
    """Values that may be compared with each other, and what has become of them.

    ``change`` and ``baseline`` are None with one session. ``side`` is 'both' for what belongs to neither.
    ``way`` says how a squat was done and seen, nothing for other tests. ``new_setup`` says that the same test was done
    before with another camera set-up. ``noise_from`` names the study whose measured error is used, if any.
    """

    test: str
    measure: str
    words: str
    unit: str
    position: str | None
    mode: str | None
    side: str
    way: str
    setup: str
    new_setup: bool
    values: tuple[SeriesValue, ...]
    baseline: float | None
    change: float | None
    mdc95: float | None
    trend_per_week: float | None
    verdict: Verdict
    sentence: str
    noise_from: str | None = None

    @property
    def title(self) -> str:
        """What is compared, e.g. 'Internal rotation, left, seated, active'."""
        side = None if self.side == "both" else self.side
        words = (self.words[:1].upper() + self.words[1:], side, self.position, self.mode, self.way)
        return ", ".join(word for word in words if word)


class Comparison(_Model):
    """Everything of one person that can be compared over time."""

    person: str
    series: tuple[Series, ...]

    def to_json(self) -> str:
        """Return the comparison as JSON text; what is in degrees also stands under the names that say so."""
        written = self.model_dump(mode="json")
        for series in written["series"]:
            if series["unit"] == "deg":
                series |= {new: series[old] for old, new in _IN_DEGREES.items()}
                series["values"] = [{**v, "value_deg": v["value"], "ci95_deg": v["ci95"]} for v in series["values"]]
        written["command"] = command_line(
            ["sessions", "compare", f"--person={self.person}", "--json", "comparison.json"]
        )
        return to_json(written, indent=1, inf_nan_mode="null").decode()


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `Comparison.to_json` writes."""
    whole = Comparison.model_json_schema(mode="serialization")
    definitions = whole["$defs"]
    for old, new in _IN_DEGREES.items():
        definitions["Series"]["properties"][new] = definitions["Series"]["properties"][old]
    for old, new in (("value", "value_deg"), ("ci95", "ci95_deg")):
        definitions["SeriesValue"]["properties"][new] = definitions["SeriesValue"]["properties"][old]
    whole["properties"]["command"] = {"type": "string"}
    for model in ("Series", "SeriesValue"):
        definitions[model]["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def compare(store: SessionStore, person: str, *, until: datetime | None = None, incomplete: bool = False) -> Comparison:
    """Compare the sessions of a person over time.

    Only the same test, position, mode, side and camera set-up are compared; a changed set-up starts a new series, and
    its sentence says so.

    Parameters
    ----------
    store : the store.
    person : name of somebody in it.
    until : leave out later sessions, None takes all.
    incomplete : take values of fewer repetitions than the test asks for, too; else they are left out, and the sentence
        of their series says so, unless there are no others.

    Raises
    ------
    BadInputError
        If there is nobody of that name.
    """
    measured = measured_errors(store, store.person(person).uid)
    rows = [row for row in store.measures(person) if until is None or row[0] <= until]
    # Quantities in the order in which a test names them.
    order = list(dict.fromkeys(row[5].quantity for row in sorted(rows, key=lambda row: row[1])))

    def kind(row: MeasureRow) -> tuple[str, str, str, str, str, int]:
        _, test, position, mode, setup, measure = row
        return test, position or "", mode or "", way_of_doing(setup), measure.side, order.index(measure.quantity)

    series: list[Series] = []
    for _, same_kind in groupby(sorted((r for r in rows if r[5].error in ERRORS), key=kind), key=kind):
        kept, left_out = _complete(list(same_kind), incomplete=incomplete)
        # Set-ups in the order of their first use: the first one starts the series, each other one a new one.
        setups = list(dict.fromkeys(row[4] for row in kept))
        for setup in setups:
            older = setups[: setups.index(setup)]
            news = ""
            if older:
                number = sum(1 for row in kept if row[4] in older)
                news = _new_setup(describe_change(older[-1], setup), number)
            built = _series([row for row in kept if row[4] == setup], news, measured)
            gone = sum(1 for row in left_out if row[4] == setup)
            series.append(built.model_copy(update={"sentence": built.sentence + _left_out(gone)}) if gone else built)
    return Comparison(person=store.person(person).name, series=tuple(series))


def _complete(rows: list[MeasureRow], *, incomplete: bool) -> tuple[list[MeasureRow], list[MeasureRow]]:
    """Split the values of one kind into those that are compared and those of too few repetitions."""
    few = [row for row in rows if is_incomplete(row[5])]
    whole = [row for row in rows if not is_incomplete(row[5])]
    # A set-up that has nothing else is shown with what it has.
    alone = [row for row in few if all(row[4] != other[4] for other in whole)]
    if incomplete or not few:
        return rows, []
    return [row for row in rows if row in whole or row in alone], [row for row in few if row not in alone]


def _left_out(number: int) -> str:
    values = "value" if number == 1 else "values"
    return f" Left out: {number} {values} of one or two repetitions."


def _edited(number: int) -> str:
    """Say how many values somebody corrected by hand."""
    if not number:
        return ""
    return f" {number} value{' was' if number == 1 else 's were'} edited by hand."


def _new_setup(change: str, number: int) -> str:
    """Say that a set-up begins a new series, and why; ``number`` sessions had another one."""
    sessions = "session" if number == 1 else "sessions"
    text = (
        f" The camera set-up changed ({change}): a new series, not compared with {number} {sessions} of another set-up."
    )
    if "version: " in change:
        text += " `rom-vision sessions remeasure` measures the kept landmarks again with this version."
    return text


def _series(rows: Sequence[MeasureRow], news: str, measured: dict[str, MeasuredError]) -> Series:
    """Build one series; ``news`` says that its set-up is not the first one."""
    _, test, position, mode, setup, first = rows[0]
    defaults = error_to_assume(first.error or "", measured)
    own = measured.get(first.error or "")
    change = assess_change([_reading(row) for row in rows], defaults)
    values = tuple(
        SeriesValue(date=row[0], value=row[5].value, ci95=row[5].ci95 or _usual_interval(row[5]), edited=row[5].edited)
        for row in rows
    )
    one = change.change_deg is None
    built = Series(
        test=test,
        measure=first.quantity,
        words=first.words,
        unit=first.unit,
        position=position,
        mode=mode,
        side=first.side,
        way=way_of_doing(setup),
        setup=describe_setup(setup),
        new_setup=bool(news),
        values=values,
        baseline=None if one else change.baseline_deg,
        change=change.change_deg,
        mdc95=change.mdc95_deg,
        trend_per_week=change.trend.slope_deg_per_week if change.trend else None,
        verdict=change.verdict,
        sentence="",
        noise_from=own.study if own else None,
    )
    noise = _edited(sum(v.edited for v in values)) + (f" {own.sentence}" if own else "")
    return built.model_copy(update={"sentence": _sentence(built, change) + noise + news})


def _reading(row: MeasureRow) -> Reading:
    return Reading(row[0], row[5].value, row[5].ci95, row[5].repetitions)


def _usual_interval(measure: Measure) -> tuple[float, float]:
    """Interval of a value that came without one, from the published error of the quantity."""
    defaults = ERRORS[measure.error or ""]
    error = PersonalError(defaults.repetition_deg, defaults.session_deg)
    half = 1.96 * sem_deg(error, len(measure.repetitions))
    return measure.value - half, measure.value + half


def _sentence(series: Series, change: Change) -> str:
    def shown(value: float, sign: str = "") -> str:
        return f"{value:{sign}.1f}{unit_sign(series.unit)}"

    text = f"{series.title}: "
    if change.change_deg is None:
        text += f"{shown(change.current_deg)} in the only session so far; nothing to compare with yet."
        text += f" A change would have to reach {shown(change.mdc95_deg)} to count."
    else:
        start = (
            "the first session" if change.baseline_sessions == 1 else f"the first {change.baseline_sessions} sessions"
        )
        text += f"{shown(change.baseline_deg)} in {start}, {shown(change.current_deg)} now, "
        text += f"{shown(change.change_deg, '+')}: "
        text += f"{_VERDICTS[change.verdict]} (noise alone explains up to {shown(change.mdc95_deg)})."
        text += _trend_words(change.trend, series.unit)
    return text


def _trend_words(trend: Trend | None, unit: str) -> str:
    if trend is None or not trend.excludes_zero or not math.isfinite(trend.slope_deg_per_week):
        return ""
    return f" The trend is {trend.slope_deg_per_week:+.1f}{unit_sign(unit)} a week."
