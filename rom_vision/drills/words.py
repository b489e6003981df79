"""What a log says in words: what was not counted, how much was done, and what that does and does not tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from rom_vision.drills.book import find_drill
from rom_vision.drills.training import Training

__all__ = ["done_words", "monday_of", "spoiled_words", "unjudged_words", "weekly_minutes", "weeks_words"]

_WEEKS = 4


def spoiled_words(training: Training) -> str:
    """Say which repetitions were not counted and why, e.g. '2 pelvis lifted, 1 too fast'."""
    drill = find_drill(training.drill)
    words = {cheat.code: cheat.words for cheat in drill.cheats} if drill else {}
    return ", ".join(f"{n} {words.get(code, code.replace('_', ' '))}" for code, n in training.spoiled.items())


def unjudged_words(training: Training) -> str:
    """Say in how many of the counted ones the camera stood aside; nothing where it did in none."""
    if not training.unjudged:
        return ""
    return f"Leaning and shifting not judged in {training.unjudged} of them: the camera stood aside"


def done_words(training: Training) -> str:
    """Say what was counted and what was not, e.g. '14 repetitions counted. Not counted: 2 too fast ...'."""
    drill = find_drill(training.drill)
    counts = drill.counts if drill else "repetitions"
    spoiled = spoiled_words(training)
    not_counted = f" Not counted: {spoiled}." if spoiled else ""
    aside = f" {unjudged_words(training)}." if training.unjudged else ""
    held = sum(s.held_s for s in training.sets)
    hold = f" {held:.0f} seconds held." if drill and drill.hold_s else ""
    counts = counts.rstrip("s") if training.counted == 1 else counts
    return f"{training.counted} {counts} counted.{not_counted}{aside} {training.minutes:.1f} minutes under work.{hold}"


def monday_of(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def weekly_minutes(trainings: Sequence[Training]) -> dict[date, float]:
    """Return the minutes under work of each week (its Monday) in which something was trained, in order."""
    weeks: dict[date, float] = {}
    for training in sorted(trainings, key=lambda t: t.began_at):
        monday = monday_of(training.began_at.date())
        weeks[monday] = weeks.get(monday, 0.0) + training.minutes
    return weeks


def weeks_words(trainings: Sequence[Training], today: date) -> str:
    """Say how much was done in the last four weeks, this one included."""
    since = monday_of(today) - timedelta(weeks=_WEEKS - 1)
    recent = [t for t in trainings if since <= t.began_at.date() <= today]
    days = len({t.began_at.date() for t in recent})
    minutes = sum(t.minutes for t in recent)
    return (
        f"Since {since:%d %B}: {minutes:.0f} minutes on {days} day{'' if days == 1 else 's'}, "
        f"{minutes / _WEEKS:.1f} minutes a week."
    )
