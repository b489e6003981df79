"""Training: what is due today, the plan, a drill before the camera or from a video, and what was done."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import streamlit as st

from rom_vision.drills.book import find_drill, guided_drills, name_of
from rom_vision.drills.drill import GuidedDrill
from rom_vision.drills.plan import DAYS, Plan, due_on, plan_for, plan_of
from rom_vision.drills.recorded import drill_training
from rom_vision.drills.training import Training
from rom_vision.drills.words import done_words, spoiled_words, unjudged_words, weeks_words
from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.pipeline.run import track_video
from rom_vision.report.ics import dose_words, ics_of
from rom_vision.results.parts import Side
from rom_vision.sessions import Person, SessionStore
from rom_vision.sessions.findings import advice_of_person
from rom_vision.sessions.training import (
    delete_plan,
    delete_training,
    read_plan,
    save_plan,
    save_training,
    trainings,
    unreadable_trainings,
)
from rom_vision.ui.live.drill_guide import DrillGuide
from rom_vision.ui.live.far import drill_screen
from rom_vision.ui.pages.selftest import show_live
from rom_vision.ui.pages.start import who_should_not
from rom_vision.ui.parts.camera_choice import choose_camera
from rom_vision.ui.parts.drill_results import ask_pain, show_drill_results
from rom_vision.ui.parts.frame import fault_box, link, plain
from rom_vision.ui.parts.live_start import begin_drill, running_tests
from rom_vision.ui.parts.people import choose_person
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import language, t

__all__ = ["page"]

_NAMES = {day: date(2024, 1, 1 + k).strftime("%A") for k, day in enumerate(DAYS)}
_COUNTED = "train-counted"


def page() -> None:
    """Show the page."""
    test = running_tests().of(current_space().name)
    if test is not None and test.page == "train":
        show_live(test)
        return
    st.title(t("Training"))
    if test is not None:
        st.info(t("A test is under way: end it first."), icon=":material/info:")
        link("selftest", "Test yourself", icon=":material/videocam:")
        return
    store = current_space().store()
    person = choose_person(store, "train")
    if person is None:
        st.info(t("Choose who trains, or add a person."))
        return
    plan = read_plan(store, person.name)
    if plan is None:
        _make_plan(store, person)
    else:
        _today(store, person, plan)
    _choose_drill(store, person, plan)
    if plan is not None:
        _change_plan(store, person, plan)
    _log(store, person)


# -- the plan --------------------------------------------------------------------------------------------------------


def _make_plan(store: SessionStore, person: Person) -> None:
    advice = advice_of_person(store, person.name)
    made = plan_for(advice)
    with st.container(border=True):
        st.markdown(t("**There is no plan yet.**"))
        if made is None:
            st.write(plain(t(advice.note)))
        else:
            st.write(t("From what the latest session found:"))
            _show_plan(made)
            if st.button(t("Take this plan"), type="primary", icon=":material/event_available:"):
                save_plan(store, person.name, made)
                st.rerun()
        with st.expander(t("Choose the drills yourself"), expanded=made is None):
            chosen = st.multiselect(
                t("Drills"),
                [d.code for d in guided_drills()],
                format_func=_name,
                key="plan-own",
                placeholder=t("Choose"),
            )
            if st.button(t("Make a plan of these"), disabled=not chosen):
                save_plan(store, person.name, plan_of(chosen))
                st.rerun()


def _show_plan(plan: Plan) -> None:
    st.markdown("\n".join(f"- {plain(t(dose_words(d)))}" for d in plan.drills))
    days = ", ".join(t(_NAMES[day]) for day in plan.days)
    st.caption(
        t(
            "{days} at {time} · about {n} minutes a week · next test {date}",
            days=days,
            time=f"{plan.at:%H:%M}",
            n=f"{plan.weekly_min:.0f}",
            date=t(f"{plan.retest_on:%d %B %Y}"),
        )
    )


def _today(store: SessionStore, person: Person, plan: Plan) -> None:
    done = [k.training for k in trainings(store, person.name)]
    due = due_on(plan, done, datetime.now().astimezone().date())
    with st.container(border=True):
        st.markdown(t("**Today**"))
        for number, planned in enumerate(due.drills):
            told, button = st.columns([3, 1.2], vertical_alignment="center")
            told.write(plain(t(dose_words(planned))))
            drill = find_drill(planned.drill)
            kind: Any = "primary" if number == 0 else "secondary"
            label = t("Start training") if number == 0 else t("Start this one")
            if drill and button.button(label, key=f"due-{planned.drill}", type=kind, icon=":material/play_arrow:"):
                _begin(store, person, drill, planned.sets, planned.count)
        if due.note:
            st.write(plain(t(due.note)))
        if due.retest:
            st.info(t("Four weeks are over: the test is due."), icon=":material/straighten:")


def _change_plan(store: SessionStore, person: Person, plan: Plan) -> None:
    st.header(t("My plan"))
    _show_plan(plan)
    with st.expander(t("Change the plan")):
        days = st.pills(t("Days"), DAYS, selection_mode="multi", default=plan.days, format_func=lambda d: t(_NAMES[d]))
        left, right = st.columns(2)
        at = left.time_input(t("At"), plan.at, step=900)
        retest = right.date_input(t("Next test"), plan.retest_on, format=t("YYYY-MM-DD"))
        codes = st.multiselect(
            t("Drills"),
            [d.code for d in guided_drills()],
            [d.drill for d in plan.known],
            format_func=_name,
            placeholder=t("Choose"),
        )
        kept = {d.drill: d for d in plan.drills}
        doses = [_ask_dose(code, kept.get(code)) for code in codes]
        if st.button(t("Save the plan"), type="primary", icon=":material/save:"):
            try:
                save_plan(store, person.name, plan.changed(days=tuple(days), at=at, retest_on=retest, drills=doses))
            except BadInputError as fault:
                fault_box(str(fault))
            else:
                st.rerun()
    with st.container(horizontal=True):
        st.download_button(
            t("Calendar file"),
            partial(ics_of, plan, person_uid=person.uid, language=language()),
            "rom_vision-training.ics",
            "text/calendar",
            icon=":material/calendar_month:",
            on_click="ignore",
        )
        if st.button(t("Delete the plan"), icon=":material/delete:"):
            delete_plan(store, person.name)
            st.rerun()


def _name(code: str) -> str:
    return t(name_of(code))


def _ask_dose(code: str, planned: Any) -> dict[str, Any]:
    drill = cast(GuidedDrill, find_drill(code))
    name, left, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    name.write(plain(t(drill.name)))
    sets = left.number_input(t("Sets"), 1, 10, planned.sets if planned else drill.sets, key=f"dose-sets-{code}")
    count = right.number_input(t("Each"), 1, 60, planned.count if planned else drill.count, key=f"dose-count-{code}")
    return {"drill": code, "sets": int(sets), "count": int(count)}


# -- a drill ---------------------------------------------------------------------------------------------------------


def _choose_drill(store: SessionStore, person: Person, plan: Plan | None) -> None:
    st.header(t("A drill before the camera"))
    codes = [d.code for d in guided_drills()]
    asked = st.query_params.get("drill", "")
    first = codes.index(asked) if asked in codes else 0
    drill = cast(
        GuidedDrill, find_drill(st.selectbox(t("Drill"), codes, index=first, format_func=_name, key="train-drill"))
    )
    told, seen = st.columns([1.2, 1], gap="large")
    told.write(plain(t(drill.instruction)))
    told.write(t("**Where the camera stands.** {place}", place=plain(t(drill.place))))
    seen.markdown(t("**Stop:** {stop}", stop=plain(t(drill.advice.stop))))
    judged = ", ".join(t(c.words) for c in drill.cheats if c.code != "lost")
    seen.caption(plain(t("Not counted: {judged}. Not judged: {unseen}", judged=judged, unseen=t(drill.unseen))))
    planned = next((d for d in plan.drills if d.drill == drill.code), None) if plan else None
    left, right = st.columns(2)
    sets = left.number_input(t("Sets"), 1, 10, planned.sets if planned else drill.sets, key=f"train-sets-{drill.code}")
    counts = t(drill.counts.capitalize())
    each = t("{counts} in a set, each side", counts=counts) if drill.sides else t("{counts} in a set", counts=counts)
    count = right.number_input(each, 1, 60, planned.count if planned else drill.count, key=f"train-n-{drill.code}")
    if st.button(t("Next: the camera"), icon=":material/videocam:", type="primary" if plan is None else "secondary"):
        _begin(store, person, drill, int(sets), int(count))
    with st.expander(t("Count a video of it instead")):
        _from_video(store, person, drill)
    who_should_not()


def _begin(store: SessionStore, person: Person, drill: GuidedDrill, sets: int, count: int) -> None:
    guide = DrillGuide(drill, sets, count, partial(save_training, store, person.name))
    begin_drill(
        guide,
        person.name,
        title=drill.name,
        start="Start the drill",
        screen=drill_screen,
        results=partial(show_drill_results, guide),
    )


def _from_video(store: SessionStore, person: Person, drill: GuidedDrill) -> None:
    side = cast(Side, "left")
    if drill.sides:
        words = {which: t(which.capitalize()) for which in drill.sides}
        side = cast(Side, st.radio(t("Which leg?"), drill.sides, format_func=words.__getitem__, horizontal=True))
    camera = choose_camera("train")
    file = st.file_uploader(t("A video of one set. It stays on this machine and is deleted once it is counted."))
    if st.button(t("Count it"), disabled=file is None, icon=":material/play_arrow:") and file is not None:
        looking = t("Looking at the video")
        bar = st.progress(0.0, looking)

        def note(done: int, total: int) -> None:
            bar.progress(min(done / max(total, done, 1), 1.0), looking)

        try:
            with temporary_folder() as folder:
                path = folder / f"drill{Path(file.name).suffix[:8]}"
                with path.open("wb") as out:
                    shutil.copyfileobj(file, out, 2**20)
                track = track_video(
                    path,
                    lying=drill.lying,
                    rate_hz=15.0,
                    on_progress=note,
                )
            lens = camera.lens(track.width_px, track.height_px)
        except BadInputError as fault:
            fault_box(str(fault).replace(str(path), file.name))
            return
        finally:
            bar.empty()
        training = drill_training(track, drill, side, lens, datetime.now().astimezone())
        if not training.counted and not training.spoiled:
            st.warning(
                t("No repetition was found in this video. Film it as it stands above, with a still moment first.")
            )
            return
        st.session_state[_COUNTED] = save_training(store, person.name, training), drill.code
    number, code = st.session_state.get(_COUNTED, (None, ""))
    kept = next((k.training for k in trainings(store, person.name) if k.id == number), None)
    if kept is not None and code == drill.code:
        st.success(plain(t(done_words(kept))), icon=":material/check:")
        ask_pain(number, key=f"video-{number}")


# -- the log ---------------------------------------------------------------------------------------------------------


def _log(store: SessionStore, person: Person) -> None:
    kept = trainings(store, person.name)
    faults = unreadable_trainings(store, person.name)
    if not kept and not faults:
        return
    st.header(t("What was done"))
    if kept:
        st.write(plain(t(weeks_words([k.training for k in kept], datetime.now().astimezone().date()))))
    with st.expander(t("All {count}", count=len(kept) + len(faults))):
        for saved in reversed(kept[-100:]):
            _entry(store, saved.id, " · ".join(_done(saved.training)))
        for number, reason in faults.items():
            _entry(store, number, f"**{t('Cannot be read')}** · {plain(t(reason))}")


def _done(training: Training) -> list[str]:
    """Tell one training of the log."""
    told = [f"**{t(f'{training.began_at:%d %B %Y, %H:%M}')}**", plain(_name(training.drill))]
    told.append(t("{n} counted", n=training.counted))
    if spoiled := spoiled_words(training):
        told.append(t("not counted: {what}", what=plain(t(spoiled))))
    if training.unjudged:
        told.append(plain(t(unjudged_words(training))))
    told.append(t(f"{training.minutes:.1f} min"))
    if training.pain is not None:
        told.append(t("pain {n}", n=training.pain) + (f", {t('a pinch')}" if training.pinch else ""))
    return told


def _entry(store: SessionStore, number: int, text: str) -> None:
    told, button = st.columns([5, 1], vertical_alignment="center")
    told.markdown(text)
    if button.button(t("Delete"), key=f"training-{number}", icon=":material/delete:"):
        delete_training(store, number)
        st.rerun()
