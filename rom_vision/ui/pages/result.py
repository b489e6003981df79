"""A result: of a recording just measured, or of a kept session."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st

from rom_vision.drills.book import find_drill
from rom_vision.drills.training import Training
from rom_vision.errors import BadInputError
from rom_vision.meaning.advice import advise
from rom_vision.meaning.interpret import interpret_session
from rom_vision.meaning.interpret import test_name as name_of_test
from rom_vision.report.content import SessionReport, make_report, session_report
from rom_vision.sessions import Person
from rom_vision.sessions.dose import trained_before
from rom_vision.sessions.records import can_be_shown
from rom_vision.ui.parts.again import offer_again
from rom_vision.ui.parts.correct import offer_corrections, show_corrections
from rom_vision.ui.parts.downloads import Taken, offer_downloads
from rom_vision.ui.parts.edit import offer_edits
from rom_vision.ui.parts.follow import offer_to_follow
from rom_vision.ui.parts.frame import card, draw, go, link, plain
from rom_vision.ui.parts.jobs import Job
from rom_vision.ui.parts.people import show_person
from rom_vision.ui.parts.place import offer_to_place
from rom_vision.ui.parts.save import offer_to_save
from rom_vision.ui.parts.shown import ShownTest, show_test
from rom_vision.ui.parts.space import current_space, runner
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.parts.work import Finished

__all__ = ["page"]


def page() -> None:
    """Show the page."""
    space = current_space()
    job = runner().get(st.query_params.get("job", ""), space.name)
    finished = job.outcome if job is not None and isinstance(job.outcome, Finished) else None
    if "session" in st.query_params:
        _kept(st.query_params["session"], finished)
    elif job is not None and finished is not None:
        _fresh(job, finished)
    else:
        _choose()


def _choose() -> None:
    st.title(t("Result"))
    if "job" in st.query_params:
        st.info(t("That result is no longer here: results that were not saved are kept for three hours at most."))
    done = [j for j in runner().of(current_space().name) if isinstance(j.outcome, Finished)]
    if not done:
        st.write(t("Nothing has been measured in this browser yet."))
        link("upload", "Measure a recording, or try a sample", icon=":material/upload_file:")
        link("selftest", "Test yourself in front of the camera", icon=":material/videocam:")
        link("progress", "See what was kept before", icon=":material/timeline:")
    for job in done:
        test = plain(t(name_of_test(job.outcome.document)))
        if st.button(t("{test}, from {title}", test=test, title=plain(job.title)), key=job.id):
            st.query_params["job"] = job.id
            st.rerun()


def _fresh(job: Job, finished: Finished) -> None:
    test = ShownTest(finished.document, finished.pictures, lambda: finished.track, finished.video)
    moment = finished.filmed.moment if finished.filmed else datetime.now().astimezone()
    report = make_report([(finished.document, finished.pictures)], taken_at=moment)
    st.title(plain(t(name_of_test(finished.document))))
    kept = _kept_already(job)
    if not kept:
        st.caption(t("From {title}. Not kept yet: save it, or it is gone when the app ends.", title=plain(job.title)))
    refused = finished.document.status == "refused"
    beside = None if kept or refused else partial(offer_to_save, job, finished)
    show_test(test, report.tests[0], None, "fresh", beside)
    offer_again(job, finished)
    if refused:
        link("upload", "Another recording", icon=":material/upload_file:")
        link("start", "How to film", icon=":material/help:")
    _after(report, (test,), moment, None)


def _kept_already(job: Job) -> bool:
    """Whether the result of a job is in the store; says where, and why it was not kept a second time."""
    store = current_space().store()
    if job.kept_in is None:
        return False
    try:
        session = store.session(job.kept_in)
    except BadInputError:  # deleted since
        job.kept_in = None
        return False
    refused = st.session_state.pop("save-refused", None)
    if refused:
        st.warning(plain(t(refused)), icon=":material/content_copy:")
    else:
        where = t("Kept for {name}, session {number}.", name=plain(session.person.name), number=session.id)
        st.success(where, icon=":material/check:")
    if st.button(t("Open session {number}", number=session.id), icon=":material/monitoring:"):
        go("result", session=str(session.id))
    return not (refused or st.session_state.get("save-again") == job.id)


def _kept(number: str, finished: Finished | None) -> None:
    store = current_space().store()
    if not number.isdecimal() or len(number) > 18:
        raise BadInputError("This address names no session. Choose one on the page Progress.")
    session = store.session(int(number))
    show_person(session.person)
    report = session_report(store, session.id)
    tests = []
    for result, reported in zip(session.results, report.tests, strict=True):
        video = store.video(result.id) if result.has_video else None
        fresh = finished.video if finished is not None and finished.document == result.document else None
        tests.append(
            ShownTest(
                result.document,
                tuple(filter(can_be_shown, reported.pictures)),
                partial(store.track, result.id) if result.has_track else None,
                video[1] if video else fresh,
            )
        )
    st.title(f"{plain(session.person.name)}, {plain(t(f'{session.taken_at:%d %B %Y}'))}")
    if finished is not None:
        st.success(
            t("Kept for {name}, session {number}.", name=plain(session.person.name), number=session.id),
            icon=":material/check:",
        )
    link("progress", t("All sessions of {name}", name=plain(session.person.name)), icon=":material/timeline:")
    if session.note:
        st.markdown(t("*Note:* {note}", note=plain(session.note)))
    offer_edits(store, session)
    names = [plain(t(name_of_test(test.document))) for test in tests]
    if len(tests) == 1:
        st.header(names[0])
        show_corrections(store, session.results[0])
        show_test(tests[0], report.tests[0], session.person, "kept-0")
        offer_corrections(store, session.results[0])
        offer_to_place(store, session.results[0])
        offer_to_follow(store, session.results[0])
    else:
        if report.sides:
            st.header(t("Left and right"))
            for chart in report.sides:
                draw(chart)
        for n, tab in enumerate(st.tabs(names)):
            with tab:
                show_corrections(store, session.results[n])
                show_test(tests[n], report.tests[n], session.person, f"kept-{session.id}-{n}")
                offer_corrections(store, session.results[n])
                offer_to_place(store, session.results[n])
                offer_to_follow(store, session.results[n])
    trained = tuple(trained_before(store, session.person.name, session.taken_at))
    _after(report, tuple(tests), session.taken_at, session.person, trained)


def _after(
    report: SessionReport,
    tests: tuple[ShownTest, ...],
    taken_at: datetime,
    person: Person | None,
    trained: tuple[Training, ...] = (),
) -> None:
    """Show what belongs to the whole session: what to do, downloads, how it was made."""
    for statement in report.statements:
        card(statement.text, statement.colour, "Next" if statement.topic == "retest" else None)
    _advice(tests, report.pinch)
    if report.training:
        st.header(t("Training before"))
        for line in report.training:
            st.write(plain(t(line)))
    st.header(t("Take it with you"))
    documents = tuple(test.document for test in tests)
    offer_downloads(Taken(report, documents, tuple(t.track for t in tests), taken_at, person, trained), "download")
    with st.expander(t("How this was measured")):
        st.write(plain(t(report.method)))
        for name, made_of in report.provenance:
            st.caption(plain(f"{t(name)}: {t(made_of)}"))
        st.caption(plain(t(report.book.no_diagnosis)))


def _advice(tests: tuple[ShownTest, ...], pinched: bool) -> None:
    codes = interpret_session([test.document for test in tests]).codes
    if not codes:
        return
    with st.expander(t("Exercises for what was found")):
        pinch = st.checkbox(t("It pinched in the front of the hip or in the groin"), value=pinched, key="pinch")
        advice = advise(codes, pinch=pinch)
        if pinch:
            st.warning(plain(t(advice.note)), icon=":material/front_hand:")
            return
        st.caption(plain(t(advice.note)))
        for drill in advice.drills:
            words = (t(text) for text in (drill.name, drill.kind, drill.how, drill.dose, drill.stop))
            name, kind, how, dose, stop = map(plain, words)
            st.markdown(f"**{name}** ({kind}). {how}  \n{dose}.  \n*{t('Stop:')}* {stop}")
            st.caption(plain(t("Source: {source}", source=t(drill.source))))
        if any(find_drill(drill.code) for drill in advice.drills):
            link("train", "Train them with the camera", icon=":material/fitness_center:")
