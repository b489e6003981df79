"""Where the data is, how to take it away, and how to delete it."""

from __future__ import annotations

import streamlit as st

from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder
from rom_vision.sessions import Person, SessionStore
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.ui.parts.frame import fault_box, plain
from rom_vision.ui.parts.media import owned
from rom_vision.ui.parts.space import current_space, runner, way_back
from rom_vision.ui.parts.tongue import t

__all__ = ["page"]


def page() -> None:
    """Show the page."""
    space = current_space()
    store = space.store()
    st.title(t("Privacy and data"))
    st.markdown(
        t(
            "Everything happens on this machine. No picture, number or name is sent anywhere, there are no "
            "accounts and no usage statistics. The app answers this machine only, and one phone if you let it"
            " in (`rom-vision app --lan`).\n\n- **Kept when you save:** the result, the landmarks (points on "
            "the body, so that a better version can measure again) and pictures of the end range.\n- **Not "
            "kept:** your video. An uploaded recording is deleted when you leave its result, the drawn video "
            "at the latest when the app ends, unless you ask to keep it.\n- **Unsaved results** are forgotten "
            "after three hours at most."
        )
    )
    st.caption(t("Kept in: {place}", place=plain(store.where.removeprefix("sqlite:///"))))
    if not space.owner:
        st.info(
            t(
                "This browser has a space of its own, which nobody else sees. To see what `rom-vision` keeps "
                "for you on the command line, open the address that `rom-vision app` prints."
            ),
            icon=":material/key:",
        )
        with st.expander(t("The way back to this space")):
            st.markdown(
                t(
                    "This browser finds its space by a cookie. When its cookies are deleted, or to see the space in "
                    "another browser of this machine, open this address. Keep it to yourself: it opens what is in here."
                )
            )
            here = (st.context.url or "").partition("/privacy")[0].rstrip("/")
            st.code(f"{here}{way_back()}", language=None, wrap_lines=True)
    _unsaved(space.name)
    people = store.people()
    if people:
        st.header(t("People"))
    for person in people:
        _person(store, person)
    _import(store)


def _unsaved(space: str) -> None:
    jobs = runner().of(space)
    many = t("Forget the {n} unsaved recordings of this browser now", n=len(jobs))
    label = many if len(jobs) > 1 else t("Forget the unsaved recording of this browser now")
    if jobs and st.button(label, icon=":material/delete_sweep:"):
        for job in jobs:
            runner().remove(job)
        st.rerun()


def _person(store: SessionStore, person: Person) -> None:
    count = len(store.sessions(person.name))
    with st.container(border=True):
        told, buttons = st.columns([2, 1.2], vertical_alignment="center")
        told.markdown(f"**{plain(person.name)}**  \n{_sessions(count)}")
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            st.download_button(
                t("Export everything"),
                owned(lambda: _archive(store, person.name)),
                f"rom_vision-person-{person.id}.zip",
                "application/zip",
                key=f"export-{person.id}",
                on_click="ignore",
                icon=":material/download:",
            )
            if st.button(t("Delete"), key=f"delete-{person.id}", icon=":material/delete:"):
                _confirm(store, person, count)


def _sessions(count: int) -> str:
    return t("one session") if count == 1 else t("{n} sessions", n=count)


def _confirm(store: SessionStore, person: Person, count: int) -> None:
    @st.dialog(t("Delete this person?"))
    def ask() -> None:
        st.write(
            t(
                "{name} with {sessions}, all landmarks, pictures and videos. There is no way back; export first if in "
                "doubt.",
                name=plain(person.name),
                sessions=_sessions(count),
            )
        )
        if st.button(t("Delete for good"), type="primary"):
            store.delete_person(person.name)
            st.rerun()

    ask()


def _archive(store: SessionStore, name: str) -> bytes:
    with temporary_folder() as folder:
        path = folder / "person.zip"
        export_person(store, name, path)
        return path.read_bytes()


def _import(store: SessionStore) -> None:
    st.header(t("Bring a person in"))
    file = st.file_uploader(
        t("An archive exported here or by `rom-vision sessions export`"), type=["zip"], key="archive"
    )
    if file is None or not st.button(t("Import"), icon=":material/upload:"):
        return
    with temporary_folder() as folder:
        path = folder / "archive.zip"
        path.write_bytes(file.getbuffer())
        try:
            report = import_person(store, path)
        except BadInputError as fault:
            fault_box(str(fault).replace(str(path), file.name))
            return
    name, other = plain(report.person), plain(report.renamed_from or "")
    who = t("{name} (there was already somebody called {other})", name=name, other=other) if other else name
    count = report.sessions_added
    st.success(
        t("{who}: {n} sessions added, {known} were already here.", who=who, n=count, known=report.sessions_known)
    )
