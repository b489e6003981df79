"""`rom-vision train ...` and `rom-vision plan ...`: guided drills, what was done, what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rom_vision.cli.common import CameraName, Clip, Filmed, Model, PersonName, Save, check_person, progress
from rom_vision.cli.outputs import Force, Outputs
from rom_vision.cli.say import say
from rom_vision.cli.sessions import Person, open_store
from rom_vision.errors import BadInputError
from rom_vision.legible import shown

if TYPE_CHECKING:
    from rom_vision.drills.plan import Plan
    from rom_vision.sessions import SessionStore

__all__ = ["plan_app", "train_app"]

train_app = typer.Typer(help="Guided drills: which there are, and what was done.", no_args_is_help=True)
plan_app = typer.Typer(help="A person's training plan: show it, change it, as a calendar.", no_args_is_help=True)


class SideName(str, Enum):
    """A leg."""

    LEFT = "left"
    RIGHT = "right"


Days = Annotated[
    str | None, typer.Option(metavar="mon,wed,fri", help="Training days; three or four.", show_default=False)
]
At = Annotated[str | None, typer.Option(metavar="HH:MM", help="Time of day.", show_default=False)]
Retest = Annotated[
    datetime | None,
    typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Day of the next test.", show_default=False),
]
Drills = Annotated[
    list[str] | None,
    typer.Option(
        "--drill",
        metavar="CODE[:SETSxCOUNT]",
        help="A drill, e.g. clamshell or clamshell:2x12; once for each. Replaces the drills of the plan.",
        show_default=False,
    ),
]
FromSession = Annotated[
    int | None,
    typer.Option(metavar="ID", help="Begin with what this session found; without it, with the latest one."),
]
Calendar = Annotated[Path, typer.Argument(metavar="FILE.ics", help="The calendar file.", show_default=False)]


@train_app.command("list")
def list_drills() -> None:
    """List the drills that the camera guides: how, what spoils a repetition, what is not seen."""
    from rom_vision.drills.book import guided_drills

    for drill in guided_drills():
        say(f"{drill.code}: {drill.name}")
        say(f"  How: {drill.instruction}")
        say(f"  Camera: {drill.place}")
        seen = [c.words for c in drill.cheats if c.code != "lost"]
        say(f"  Not counted: {', '.join(seen)}.")
        say(f"  Not judged: {drill.unseen}")
        say(f"  Usual: {drill.sets} x {drill.count}. Advice: {drill.advice.dose}. Stop: {drill.advice.stop}")


@train_app.command("log")
def show_log(person: Person) -> None:
    """Show what a person has trained, oldest first, and the minutes of the last four weeks."""
    from rom_vision.drills.book import find_drill
    from rom_vision.drills.words import spoiled_words, unjudged_words, weeks_words
    from rom_vision.sessions.training import trainings, unreadable_trainings

    with open_store(person) as store:
        kept, faults = trainings(store, person), unreadable_trainings(store, person)
    for saved in kept:
        t = saved.training
        drill = find_drill(t.drill)
        pain = "" if t.pain is None else f", pain {t.pain}"
        pinch = ", it pinched" if t.pinch else ""
        spoiled = spoiled_words(t)
        aside = f"; {unjudged_words(t).lower()}" if t.unjudged else ""
        say(
            f"{saved.id:5d}  {t.began_at.isoformat(' ', 'minutes')}  {drill.name if drill else t.drill}: "
            f"{t.counted} counted{f'; not counted: {spoiled}' if spoiled else ''}{aside}; "
            f"{t.minutes:.1f} min{pain}{pinch}"
        )
    for number, reason in faults.items():
        say(f"{number:5d}  cannot be read: {reason}")
    if not kept and not faults:
        say("Nothing has been trained yet.")
    elif kept:
        say(weeks_words([s.training for s in kept], datetime.now().astimezone().date()))


@train_app.command("count")
def count_video(
    clip: Clip,
    drill: Annotated[str, typer.Option(metavar="CODE", help="Which drill; see `train list`.", show_default=False)],
    side: Annotated[SideName, typer.Option(help="The leg that works, where one does.")] = SideName.LEFT,
    model: Model = "heavy",
    camera: CameraName = "unknown",
    save: Save = False,
    person: PersonName = None,
    filmed: Filmed = None,
) -> None:
    """Count one set of a drill in a video, as the live drill does."""
    from rom_vision.camera.setting import CameraSetting
    from rom_vision.drills.plan import needed_drill
    from rom_vision.drills.recorded import drill_training
    from rom_vision.drills.words import done_words
    from rom_vision.pipeline.camera import check_camera
    from rom_vision.pipeline.run import track_video
    from rom_vision.sessions.records import local_moment
    from rom_vision.sessions.training import save_training

    asked = needed_drill(drill)
    check_person(save, person, filmed, more=False)
    setting = CameraSetting(camera)
    check_camera(clip, setting)
    with progress(asked.name) as note:
        track = track_video(clip, model=model, lying=asked.lying, rate_hz=15.0, on_progress=note)
    lens = setting.lens(track.width_px, track.height_px)
    training = drill_training(track, asked, side.value, lens, local_moment(filmed))
    say(f"{asked.name}: {done_words(training)}")
    say(f"Not judged: {asked.unseen}")
    if save and person is not None:
        with open_store(person) as store:
            number = save_training(store, person, training)
        say(f"Kept as training {number}.")


@train_app.command("delete")
def delete_log(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number from the log.", show_default=False)],
) -> None:
    """Delete one training from the log. There is no way back."""
    from rom_vision.sessions.training import delete_training

    with open_store() as store:
        delete_training(store, number)
    say(f"Deleted training {number}.")


@plan_app.command("show")
def show_plan(person: Person) -> None:
    """Say what a person's plan is, and what is due today."""
    from rom_vision.drills.plan import due_on
    from rom_vision.sessions.training import read_plan, trainings

    with open_store(person) as store:
        plan = read_plan(store, person)
        done = [s.training for s in trainings(store, person)]
    if plan is None:
        say("There is no plan yet; `rom-vision plan set` makes one.")
        return
    _say_plan(plan)
    due = due_on(plan, done, date.today())
    from rom_vision.report.ics import dose_words

    say(f"Today: {'; '.join(dose_words(d) for d in due.drills) or due.note}")
    if due.retest:
        say("The test is due.")


@plan_app.command("set")
def set_plan(
    person: Person,
    drill: Drills = None,
    days: Days = None,
    at: At = None,
    retest: Retest = None,
    from_session: FromSession = None,
) -> None:
    """Make a plan of what the latest session found, or of --drill; or change the plan that is there."""
    from rom_vision.drills.plan import plan_of
    from rom_vision.sessions.training import read_plan, save_plan

    with open_store(person) as store:
        plan = read_plan(store, person)
        if drill:
            fresh = plan_of([text.partition(":")[0].replace("-", "_") for text in drill])
            plan = (plan or fresh).changed(drills=_doses(drill, fresh))
        elif plan is None or from_session is not None:
            plan = _from_findings(store, person, from_session)
        fields: dict[str, Any] = {}
        fields |= {"days": tuple(d.strip()[:3].lower() for d in days.split(","))} if days else {}
        fields |= {"at": at.rjust(5, "0")} if at else {}
        fields |= {"retest_on": retest.date()} if retest else {}
        plan = plan.changed(**fields)
        save_plan(store, person, plan)
    _say_plan(plan)


@plan_app.command("ics")
def write_calendar(person: Person, out: Calendar, force: Force = False) -> None:
    """Write a person's training days and the day of the retest as a calendar file."""
    from rom_vision.report.ics import ics_of
    from rom_vision.sessions.training import read_plan

    outputs = Outputs({"FILE": ("calendar", out)}, force=force)
    with open_store(person) as store:
        plan, who = read_plan(store, person), store.person(person)
    if plan is None:
        raise BadInputError(f'There is no plan yet; make one: rom-vision plan set --person "{who.name}"')
    outputs.write("FILE", lambda draft: draft.write_bytes(ics_of(plan, person_uid=who.uid)))
    outputs.finish()
    if not outputs.to_standard_output:
        say(f"Wrote {shown(out)}.")


@plan_app.command("delete")
def remove_plan(person: Person) -> None:
    """Delete a person's plan; what was trained stays."""
    from rom_vision.sessions.training import delete_plan

    with open_store(person) as store:
        delete_plan(store, person)
    say("Deleted the plan.")


def _doses(texts: Sequence[str], fresh: Plan) -> list[dict[str, Any]]:
    """Read CODE:SETSxCOUNT; what is not said is as a new plan has it."""
    usual = {d.drill: d for d in fresh.drills}
    doses = []
    for text in texts:
        code, _, dose = text.partition(":")
        code = code.replace("-", "_")
        sets, _, count = dose.lower().partition("x")
        if dose and not (sets.isdigit() and count.isdigit() and sets.isascii() and count.isascii()):
            raise BadInputError(f"--drill {shown(text)}: say it as CODE or CODE:SETSxCOUNT, e.g. clamshell:2x12.")
        planned = usual[code]
        doses.append({"drill": code, "sets": int(sets or planned.sets), "count": int(count or planned.count)})
    return doses


def _from_findings(store: SessionStore, person: str, number: int | None) -> Plan:
    from rom_vision.drills.plan import plan_for
    from rom_vision.sessions.findings import advice_of_person

    advice = advice_of_person(store, person, number)
    plan = plan_for(advice)
    if plan is None:
        raise BadInputError(
            f"{advice.note} To train all the same, choose drills with --drill (`rom-vision train list`)."
        )
    return plan


def _say_plan(plan: Plan) -> None:
    from rom_vision.report.ics import dose_words

    for planned in plan.drills:
        say(f"- {dose_words(planned)}")
    days = ", ".join(day.capitalize() for day in plan.days)
    say(f"{days} at {plan.at:%H:%M}; about {plan.weekly_min:.0f} minutes a week; next test {plan.retest_on:%d %B %Y}.")
