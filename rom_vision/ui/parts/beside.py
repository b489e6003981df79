"""Two sessions side by side: the pictures of both holds, and one repetition of each over the other."""

from __future__ import annotations

import re

import streamlit as st

from rom_vision.meaning.statements import value_words
from rom_vision.report.aligned import aligned_chart, best_repetition, zero_s
from rom_vision.results.document import Document
from rom_vision.sessions import SavedResult, SavedSession, SessionStore
from rom_vision.sessions.records import can_be_shown
from rom_vision.ui.parts.frame import draw, plain
from rom_vision.ui.parts.player import play_together, show_player
from rom_vision.ui.parts.tongue import t

__all__ = ["show_beside"]

Sat = tuple[SavedSession, SavedResult]


def show_beside(store: SessionStore, first: SavedSession, second: SavedSession) -> None:
    """Show what two sessions have in common, aligned at the hold and on one scale."""
    pairs = [
        (a, b)
        for a in first.results
        for b in second.results
        if a.document.status == b.document.status == "measured" and _kind(a.document) == _kind(b.document)
    ]
    for a, b in pairs:
        best = best_repetition(a.document), best_repetition(b.document)
        if best[0] is None or best[1] is None:
            continue
        words = [t(word) for word in (a.document.position, a.document.side) if word]
        st.subheader(plain(", ".join([t(a.document.test.replace("_", " ").capitalize()), *words])))
        bar = st.container()
        left, right = st.columns(2)
        with left:
            one = _seen(store, (first, a), best[0])
        with right:
            other = _seen(store, (second, b), best[1])
        if one is not None and other is not None:
            with bar:
                play_together((one[0], other[0]), (one[1], other[1]), f"together-{a.id}-{b.id}")
        chart = aligned_chart((a.document, best[0]), (b.document, best[1]))
        if chart is not None:
            draw(chart)


def _kind(document: Document) -> tuple[object, ...]:
    view = document.view.name if document.view else None
    return document.test, view, tuple(sorted(document.options.items()))


def _seen(store: SessionStore, sat: Sat, number: int | None) -> tuple[str, float] | None:
    """Show the video of one session from its hold on, else the picture that was kept of it.

    Returns
    -------
    Where the video lies on the page and when its hold begins, seconds; None without a video.
    """
    session, result = sat
    r = result.document.repetitions[(number or 1) - 1]
    value = "" if r.value is None else f": {t(value_words(r.value, r.unit))}"
    said = plain(f"{t(f'{session.taken_at:%d %B %Y}')}, {t('repetition {n}', n=number)}{value}")
    video = store.video(result.id) if result.has_video else None
    if video is not None:
        st.markdown(said)
        return show_player(video[1], result.document, f"beside-{result.id}", start_s=r.at_s), zero_s(r)
    pictures = [p for p in store.pictures(result.id) if can_be_shown(p)]
    shown = next((p for p in pictures if re.search(rf"repetition {number}\b", p.name)), None)
    if shown is None:
        st.caption(f"{said}. {t('No picture of it was kept.')}")
    else:
        st.image(shown.data, caption=said, width="stretch", alt=t("End range of repetition {number}", number=number))
    return None
