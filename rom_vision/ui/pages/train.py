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
from rom_vision.drills.words import done_words, spoiled_words, weeks_words
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

__all__ = ["page"]

_NAMES = {day: date(2024, 1, 1 + k).strftime("%A") for k, day in enumerate(DAYS)}
_COUNTED = "train-counted"


def page() -> None:
    """Show the page."""
    test = running_tests().of(current_space().name)
    if test is not None and test.page == "train":
        show_live(test)
        return
    st.title("Training")
    if test is not None:
        st.info("A test is under way: end it first.", icon=":material/info:")
        link("selftest", "Test yourself", icon=":material/videocam:")
        return
    store = current_space().store()
    person = choose_person(store, "train")
    if person is None:
        st.info("Choose who trains, or add a person.")
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
        st.markdown("**There is no plan yet.**")
        if made is None:
            st.write(plain(advice.note))
        else:
            st.write("From what the latest session found:")
            _show_plan(made)
            if st.button("Take this plan", type="primary", icon=":material/event_available:"):
                save_plan(store, person.name, made)
                st.rerun()
        with st.expander("Choose the drills yourself", expanded=made is None):
            chosen = st.multiselect("Drills", [d.code for d in guided_drills()], format_func=name_of, key="plan-own")
            if st.button("Make a plan of these", disabled=not chosen):
                save_plan(store, person.name, plan_of(chosen))
                st.rerun()


def _show_plan(plan: Plan) -> None:
    st.markdown("\n".join(f"- {plain(dose_words(d))}" for d in plan.drills))
    days = ", ".join(_NAMES[day] for day in plan.days)
    st.caption(
        f"{days} at {plan.at:%H:%M} · about {plan.weekly_min:.0f} minutes a week · next test {plan.retest_on:%d %B %Y}"
    )


def _today(store: SessionStore, person: Person, plan: Plan) -> None:
    done = [k.training for k in trainings(store, person.name)]
    due = due_on(plan, done, datetime.now().astimezone().date())
    with st.container(border=True):
        st.markdown("**Today**")
        for number, planned in enumerate(due.drills):
            told, button = st.columns([3, 1.2], vertical_alignment="center")
            told.write(plain(dose_words(planned)))
            drill = find_drill(planned.drill)
            kind: Any = "primary" if number == 0 else "secondary"
            label = "Start training" if number == 0 else "Start this one"
            if drill and button.button(label, key=f"due-{planned.drill}", type=kind, icon=":material/play_arrow:"):
                _begin(store, person, drill, planned.sets, planned.count)
        if due.note:
            st.write(plain(due.note))
        if due.retest:
            st.info("Four weeks are over: the test is due.", icon=":material/straighten:")


def _change_plan(store: SessionStore, person: Person, plan: Plan) -> None:
    st.header("My plan")
    _show_plan(plan)
    with st.expander("Change the plan"):
        days = st.pills("Days", DAYS, selection_mode="multi", default=plan.days, format_func=_NAMES.__getitem__)
        left, right = st.columns(2)
        at = left.time_input("At", plan.at, step=900)
        retest = right.date_input("Next test", plan.retest_on, format="YYYY-MM-DD")
        codes = st.multiselect(
            "Drills", [d.code for d in guided_drills()], [d.drill for d in plan.known], format_func=name_of
        )
        kept = {d.drill: d for d in plan.drills}
        doses = [_ask_dose(code, kept.get(code)) for code in codes]
        if st.button("Save the plan", type="primary", icon=":material/save:"):
            try:
                save_plan(store, person.name, plan.changed(days=tuple(days), at=at, retest_on=retest, drills=doses))
            except BadInputError as fault:
                fault_box(str(fault))
            else:
                st.rerun()
    with st.container(horizontal=True):
        st.download_button(
            "Calendar file",
            partial(ics_of, plan, person_uid=person.uid),
            "rom_vision-training.ics",
            "text/calendar",
            icon=":material/calendar_month:",
            on_click="ignore",
        )
        if st.button("Delete the plan", icon=":material/delete:"):
            delete_plan(store, person.name)
            st.rerun()


def _ask_dose(code: str, planned: Any) -> dict[str, Any]:
    drill = cast(GuidedDrill, find_drill(code))
    name, left, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    name.write(plain(drill.name))
    sets = left.number_input("Sets", 1, 10, planned.sets if planned else drill.sets, key=f"dose-sets-{code}")
    count = right.number_input("Each", 1, 60, planned.count if planned else drill.count, key=f"dose-count-{code}")
    return {"drill": code, "sets": int(sets), "count": int(count)}


# -- a drill ---------------------------------------------------------------------------------------------------------


def _choose_drill(store: SessionStore, person: Person, plan: Plan | None) -> None:
    st.header("A drill before the camera")
    codes = [d.code for d in guided_drills()]
    asked = st.query_params.get("drill", "")
    first = codes.index(asked) if asked in codes else 0
    drill = cast(
        GuidedDrill, find_drill(st.selectbox("Drill", codes, index=first, format_func=name_of, key="train-drill"))
    )
    told, seen = st.columns([1.2, 1], gap="large")
    told.write(plain(drill.instruction))
    told.write(f"**Where the camera stands.** {plain(drill.place)}")
    seen.markdown(f"**Stop:** {plain(drill.advice.stop)}")
    judged = ", ".join(c.words for c in drill.cheats if c.code != "lost")
    seen.caption(plain(f"Not counted: {judged}. Not judged: {drill.unseen}"))
    planned = next((d for d in plan.drills if d.drill == drill.code), None) if plan else None
    left, right = st.columns(2)
    sets = left.number_input("Sets", 1, 10, planned.sets if planned else drill.sets, key=f"train-sets-{drill.code}")
    each = plain(f"{drill.counts.capitalize()} in a set{', each side' if drill.sides else ''}")
    count = right.number_input(each, 1, 60, planned.count if planned else drill.count, key=f"train-n-{drill.code}")
    if st.button("Next: the camera", icon=":material/videocam:", type="primary" if plan is None else "secondary"):
        _begin(store, person, drill, int(sets), int(count))
    with st.expander("Count a video of it instead"):
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
        side = cast(Side, st.radio("Which leg?", drill.sides, format_func=str.capitalize, horizontal=True))
    camera = choose_camera("train")
    file = st.file_uploader("A video of one set. It stays on this machine and is deleted once it is counted.")
    if st.button("Count it", disabled=file is None, icon=":material/play_arrow:") and file is not None:
        bar = st.progress(0.0, "Looking at the video")

        def note(done: int, total: int) -> None:
            bar.progress(min(done / max(total, done, 1), 1.0), "Looking at the video")

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
            st.warning("No repetition was found in this video. Film it as it stands above, with a still moment first.")
            return
        st.session_state[_COUNTED] = save_training(store, person.name, training), drill.code
    number, code = st.session_state.get(_COUNTED, (None, ""))
    kept = next((k.training for k in trainings(store, person.name) if k.id == number), None)
    if kept is not None and code == drill.code:
        st.success(plain(done_words(kept)), icon=":material/check:")
        ask_pain(number, key=f"video-{number}")


# -- the log ---------------------------------------------------------------------------------------------------------


def _log(store: SessionStore, person: Person) -> None:
    kept = trainings(store, person.name)
    faults = unreadable_trainings(store, person.name)
    if not kept and not faults:
        return
    st.header("What was done")
    if kept:
        st.write(plain(weeks_words([k.training for k in kept], datetime.now().astimezone().date())))
    with st.expander(f"All {len(kept) + len(faults)}"):
        for saved in reversed(kept[-100:]):
            training = saved.training
            spoiled = spoiled_words(training)
            pain = "" if training.pain is None else f" · pain {training.pain}{', a pinch' if training.pinch else ''}"
            not_counted = f" · not counted: {plain(spoiled)}" if spoiled else ""
            when, name = f"{training.began_at:%d %B %Y, %H:%M}", plain(name_of(training.drill))
            counted = f"{training.counted} counted{not_counted}"
            text = f"**{when}** · {name} · {counted} · {training.minutes:.1f} min{pain}"
            _entry(store, saved.id, text)
        for number, reason in faults.items():
            _entry(store, number, f"**Cannot be read** · {plain(reason)}")


def _entry(store: SessionStore, number: int, text: str) -> None:
    told, button = st.columns([5, 1], vertical_alignment="center")
    told.markdown(text)
    if button.button("Delete", key=f"training-{number}", icon=":material/delete:"):
        delete_training(store, number)
        st.rerun()
