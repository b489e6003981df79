"""A plan: which drills, how much, on which days, and when the test is repeated. The person may change all of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from rom_vision.drills.book import find_drill, guided_drills
from rom_vision.drills.drill import GuidedDrill
from rom_vision.drills.training import Training
from rom_vision.errors import BadInputError
from rom_vision.meaning.advice import Advice
from rom_vision.results.plausible import check_moment

__all__ = [
    "DAYS",
    "WEEKLY_MIN",
    "Day",
    "Due",
    "Plan",
    "PlannedDrill",
    "due_on",
    "needed_drill",
    "parse_plan",
    "plan_for",
    "plan_of",
]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

WEEKLY_MIN = 10.0
"""Time under work in a week after which gains level off (Ingram 2025; clinical evidence, 7)."""
_USUAL_DAYS: tuple[Day, ...] = ("mon", "wed", "fri")
"""Three to four days a week (conventional prescription; clinical evidence, 7)."""
_USUAL_AT = time(18, 0)
RETEST_WEEKS = 4
"""A formal comparison every four weeks (clinical evidence, 7)."""
_MOST_DRILLS = 2
_TOLERANCE = 1.15
"""A plan may go beyond the ten minutes by this share (our own heuristic): sets are whole."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedDrill(_Model):
    """One drill of a plan: sets, and repetitions or holds in each, on every training day and every side."""

    drill: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    sets: int = Field(ge=1, le=10)
    count: int = Field(ge=1, le=60)

    @property
    def seconds(self) -> float:
        """Time under work on one day, seconds; 0 for a drill that this version does not know."""
        drill = find_drill(self.drill)
        return drill.seconds_of(self.sets, self.count) if drill else 0.0


class Plan(_Model):
    """A week, repeated until the retest.

    ``made_at`` is when it was made or last changed: what was felt before then does not hold it back.
    """

    version: Literal[1] = 1
    made_at: Annotated[AwareDatetime, AfterValidator(check_moment)]
    days: tuple[Day, ...] = Field(min_length=1, max_length=7)
    at: time
    retest_on: date
    drills: tuple[PlannedDrill, ...] = Field(min_length=1, max_length=20)

    @field_validator("days")
    @classmethod
    def _in_order(cls, days: tuple[Day, ...]) -> tuple[Day, ...]:
        return tuple(day for day in DAYS if day in days)

    @field_validator("at")
    @classmethod
    def _of_a_wall_clock(cls, at: time) -> time:
        return at.replace(second=0, microsecond=0, tzinfo=None)

    @field_validator("drills")
    @classmethod
    def _each_once(cls, drills: tuple[PlannedDrill, ...]) -> tuple[PlannedDrill, ...]:
        if len({d.drill for d in drills}) < len(drills):
            raise ValueError("a drill is named twice")
        return drills

    @property
    def weekly_min(self) -> float:
        """Time under work in a week, minutes."""
        return len(self.days) * sum(d.seconds for d in self.drills) / 60

    @property
    def known(self) -> tuple[PlannedDrill, ...]:
        """The drills that this version can guide."""
        return tuple(d for d in self.drills if find_drill(d.drill))

    def trains_on(self, day: date) -> bool:
        """Whether a day is a training day."""
        return DAYS[day.weekday()] in self.days

    def next_day(self, after: date) -> date:
        """Return the first training day after a day."""
        return next(d for k in range(1, 8) if self.trains_on(d := after + timedelta(days=k)))

    def changed(self, **fields: Any) -> Plan:
        """Return it with other fields, made now.

        Raises
        ------
        BadInputError
            If they cannot be right.
        """
        return _checked({**self.model_dump(), "made_at": datetime.now().astimezone(), **fields}, "The plan")

    def to_json(self) -> str:
        """Return it as JSON text."""
        return self.model_dump_json()


@dataclass(frozen=True)
class Due:
    """What is to be done on a day.

    Attributes
    ----------
    drills : what is left of it.
    done : how many of the day's drills are done.
    note : why nothing is due, or what comes next.
    retest : whether the test is due.
    """

    drills: tuple[PlannedDrill, ...]
    done: int
    note: str
    retest: bool = False


def plan_for(advice: Advice, *, now: datetime | None = None) -> Plan | None:
    """Make a plan of what the advice suggests: about ten minutes a week on three days.

    Parameters
    ----------
    advice : for what was found.
    now : moment of making it; None for this one.

    Returns
    -------
    Plan of the first drills of the advice that can be done before the camera; None when it has none.
    """
    chosen = [d for a in advice.drills if (d := find_drill(a.code))]
    return plan_of([d.code for d in chosen[:_MOST_DRILLS]], now=now) if chosen else None


def plan_of(codes: Sequence[str], *, now: datetime | None = None) -> Plan:
    """Make a plan of drills chosen by the person, with as many sets as come nearest to ten minutes a week.

    Raises
    ------
    BadInputError
        If there is no such drill, or none was chosen.
    """
    now = now or datetime.now().astimezone()
    sets = {code: 1 for code in codes if needed_drill(code)}
    if not sets:
        raise BadInputError("A plan needs at least one drill; `rom-vision train list` shows them.")

    def weekly_min(tried: dict[str, int]) -> float:
        return (
            len(_USUAL_DAYS) * sum(needed_drill(c).seconds_of(n, needed_drill(c).count) for c, n in tried.items()) / 60
        )

    growing = True
    while growing:
        growing = False
        for code in sets:
            more = {**sets, code: sets[code] + 1}
            if more[code] <= needed_drill(code).most_sets and weekly_min(more) <= _TOLERANCE * WEEKLY_MIN:
                sets, growing = more, True
    drills = [{"drill": code, "sets": n, "count": needed_drill(code).count} for code, n in sets.items()]
    retest_on = now.date() + timedelta(weeks=RETEST_WEEKS)
    fields = {"made_at": now, "days": _USUAL_DAYS, "at": _USUAL_AT, "retest_on": retest_on, "drills": drills}
    return _checked(fields, "The plan")


def needed_drill(code: str) -> GuidedDrill:
    """Return the drill of a code; raise `BadInputError` when the camera guides none of that name."""
    drill = find_drill(code)
    if drill is None:
        known = ", ".join(d.code for d in guided_drills())
        raise BadInputError(f"There is no guided drill {code!r}; there are {known}.")
    return drill


def due_on(plan: Plan, trainings: Collection[Training], today: date) -> Due:
    """Say what is due on a day.

    A drill is done when it was done to its end that day; pain that stops a drill ends the day's training, a pinch all
    training until the plan is made or changed again.

    Parameters
    ----------
    plan : of the person.
    trainings : of the person.
    today : the day where they are.
    """
    retest = today >= plan.retest_on
    since = [t for t in trainings if t.began_at >= plan.made_at]
    if any(t.pinch for t in since):
        note = "It pinched in the last training: no exercise is due. Have the hip looked at; then make the plan anew."
        return Due((), 0, note, retest)
    todays = [t for t in trainings if t.began_at.date() == today]
    if any(t.stops for t in todays):
        return Due((), len(todays), "Pain ended today's training: nothing more today.", retest)
    if not plan.trains_on(today):
        return Due((), 0, f"No training today. Next: {plan.next_day(today):%A, %d %B}.", retest)
    done = {t.drill for t in todays if t.ended == "done" and t.counted}
    left = tuple(d for d in plan.known if d.drill not in done)
    note = "" if left else f"Done for today. Next: {plan.next_day(today):%A, %d %B}."
    return Due(left, len(plan.known) - len(left), note, retest)


def parse_plan(text: str | bytes, where: str) -> Plan:
    """Read a plan; ``where`` is what errors call it.

    Raises
    ------
    BadInputError
        If it is none.
    """
    try:
        return Plan.model_validate_json(text)
    except ValidationError as fault:
        raise _unfit(where, fault) from fault


def _checked(fields: dict[str, Any], where: str) -> Plan:
    try:
        return Plan.model_validate(fields)
    except ValidationError as fault:
        raise _unfit(where, fault) from fault


def _unfit(where: str, fault: ValidationError) -> BadInputError:
    first = fault.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the whole"
    return BadInputError(f"{where} cannot be used ({field}: {first['msg'][:200]}).")
