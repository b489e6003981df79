"""Everything a person can take away from a result, made only when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from rom_vision.drills.training import Training
from rom_vision.pipeline.run import measure_again
from rom_vision.pose.track import PoseTrack
from rom_vision.report.content import SessionReport
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.opensim_files import mot_of, trc_of
from rom_vision.report.pdf import pdf_of
from rom_vision.report.tables import csv_of
from rom_vision.results.document import Document
from rom_vision.sessions import Person
from rom_vision.ui.parts.frame import plain
from rom_vision.ui.parts.media import owned
from rom_vision.ui.parts.tongue import language, t

__all__ = ["Taken", "offer_downloads"]


@dataclass(frozen=True)
class Taken:
    """One session to hand on: report, documents with landmarks where kept, person, and what was trained before it."""

    report: SessionReport
    documents: tuple[Document, ...]
    tracks: tuple[Callable[[], PoseTrack | None] | None, ...]
    taken_at: datetime
    person: Person | None
    trained: tuple[Training, ...] = ()


def offer_downloads(taken: Taken, key: str) -> None:
    """Show the download buttons."""
    stem = f"rom_vision-{taken.taken_at:%Y-%m-%d}"
    name = taken.person.name if taken.person else "unknown person"
    into = language()  # a download is made when no page is being drawn
    st.caption(t("The report is for reading and printing; the other files are for other programs."))
    with st.container(horizontal=True):
        _button(
            t("PDF report"), f"{stem}.pdf", "application/pdf", lambda: pdf_of(taken.report, into), key, primary=True
        )
        _button(t("HTML report"), f"{stem}.html", "text/html", lambda: html_of(taken.report, into).encode(), key)
        _button("CSV", f"{stem}.csv", "text/csv", lambda: _csv(taken, name), key)
        _button("FHIR", f"{stem}.fhir.json", "application/fhir+json", lambda: _fhir(taken, name), key)
        for whole, document, track in zip(_names(taken.documents), taken.documents, taken.tracks, strict=True):
            what = t(whole) if len(taken.documents) > 1 else ""
            test = f"{stem}-{_slug(whole)}"
            _button(f"JSON {what}".strip(), f"{test}.json", "application/json", _json(document), key)
            if track is not None:
                _button(f"TRC {what}".strip(), f"{test}.trc", "text/plain", _trc(track, f"{test}.trc"), key)
            if document.status == "measured":
                _button(f"MOT {what}".strip(), f"{test}.mot", "text/plain", _mot(document, track, f"{test}.mot"), key)


def _button(label: str, name: str, mime: str, make: Callable[[], bytes], key: str, *, primary: bool = False) -> None:
    st.download_button(
        plain(label),
        owned(make),
        name,
        mime,
        key=f"{key}-{name}",
        on_click="ignore",
        icon=":material/download:",
        type="primary" if primary else "secondary",
    )


def _csv(taken: Taken, name: str) -> bytes:
    # Without the mark spreadsheets read names of other scripts wrongly.
    return b"\xef\xbb\xbf" + csv_of(taken.documents, person=name, taken_at=taken.taken_at).encode()


def _fhir(taken: Taken, name: str) -> bytes:
    person = taken.person
    return fhir_of(
        taken.documents,
        person=name,
        taken_at=taken.taken_at,
        person_uid=person.uid if person else None,
        sex=person.sex if person else None,
        birth_year=person.birth_year if person else None,
        trained=taken.trained,
    ).encode()


def _json(document: Document) -> Callable[[], bytes]:
    return lambda: document.to_json().encode()


def _trc(track: Callable[[], PoseTrack | None], name: str) -> Callable[[], bytes]:
    def make() -> bytes:
        found = track()
        return trc_of(found, name).encode() if found is not None else b""

    return make


def _mot(document: Document, track: Callable[[], PoseTrack | None] | None, name: str) -> Callable[[], bytes]:
    def make() -> bytes:
        found = track() if track else None
        return mot_of(document, name, measure_again(document, found).angles if found else None).encode()

    return make


def _names(documents: tuple[Document, ...]) -> list[str]:
    """Name each test of a session, e.g. 'hip left'; a second one of the same name is 'hip left 2'."""
    kinds = [_what(document) for document in documents]
    before = [kinds[:n].count(kind) for n, kind in enumerate(kinds)]
    return [f"{kind} {count + 1}" if count else kind for kind, count in zip(kinds, before, strict=True)]


def _what(document: Document) -> str:
    name = "hip" if document.test == "hip_rotation" else document.test.replace("_", " ")
    return f"{name} {document.side}" if document.side else name


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
