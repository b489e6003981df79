"""A plan as a calendar file (iCalendar, RFC 5545): the training days and the day of the retest."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta, timezone

from icalendar import Alarm, Calendar, Event

from rom_vision import __version__
from rom_vision.drills.book import find_drill
from rom_vision.drills.plan import Plan, PlannedDrill
from rom_vision.language import translated

__all__ = ["dose_words", "ics_of"]

_LEAST = timedelta(minutes=10)


def ics_of(plan: Plan, *, person_uid: str, today: date | None = None, language: str = "en") -> bytes:
    """Return a calendar with one event that repeats weekly until the retest, and the retest.

    Times have no zone: the training is at that hour wherever the person is (a "floating" time of RFC 5545, 3.3.5). The
    events keep their identity, so that a calendar that is read in again replaces them.

    Parameters
    ----------
    plan : of the person.
    person_uid : their identity in the store; it is not written, only what is derived from it.
    today : first day; None takes this one.
    language : of the words in it.
    """
    today = today or datetime.now().astimezone().date()
    calendar = Calendar()
    calendar.add("prodid", f"-//rom_vision//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    first = today if plan.trains_on(today) else plan.next_day(today)
    if first < plan.retest_on:
        calendar.add_component(_training(plan, person_uid, first, language))
    calendar.add_component(_retest(plan, person_uid, language))
    return bytes(calendar.to_ical())


def dose_words(planned: PlannedDrill) -> str:
    """Say how much of a drill is planned, e.g. 'Clamshell: 2 sets of 12 a side'."""
    drill = find_drill(planned.drill)
    if drill is None:
        return f"{planned.drill}: {planned.sets} x {planned.count}"
    sets = "1 set" if planned.sets == 1 else f"{planned.sets} sets"
    what = f"{planned.count} {drill.counts} of {drill.hold_s:.0f} s" if drill.hold_s else str(planned.count)
    return f"{drill.name}: {sets} of {what}{' a side' if drill.sides else ''}"


def _event(plan: Plan, person_uid: str, what: str) -> Event:
    event = Event()
    event.add("uid", f"{uuid.uuid5(uuid.UUID(hex=person_uid), what)}@rom-vision")
    event.add("dtstamp", plan.made_at.astimezone(timezone.utc))
    return event


def _training(plan: Plan, person_uid: str, first: date, language: str) -> Event:
    event = _event(plan, person_uid, "training")
    begins = datetime.combine(first, plan.at)
    event.add("summary", translated("Hip training", language))
    event.add("description", "\n".join(translated(dose_words(d), language) for d in plan.drills))
    event.add("dtstart", begins)
    event.add("duration", max(_LEAST, timedelta(seconds=2 * sum(d.seconds for d in plan.drills))))
    until = datetime.combine(plan.retest_on - timedelta(days=1), plan.at)
    event.add("rrule", {"freq": "weekly", "byday": [day[:2].upper() for day in plan.days], "until": until})
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", translated("Hip training", language))
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    return event


def _retest(plan: Plan, person_uid: str, language: str) -> Event:
    event = _event(plan, person_uid, "retest")
    event.add("summary", translated("Measure the hips again", language))
    said = translated("Same time of day, same warm-up, same chair and camera as before.", language)
    event.add("description", said)
    event.add("dtstart", plan.retest_on)
    event.add("dtend", plan.retest_on + timedelta(days=1))
    return event
