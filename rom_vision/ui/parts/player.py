"""A closer look at a video: picture by picture, in slow motion, the angle under it, straight to any hold."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from rom_vision.meaning.statements import unit_sign, value_words
from rom_vision.report.presenters.base import main_curve
from rom_vision.results.document import Document
from rom_vision.ui.live.assets import asset
from rom_vision.ui.parts.tongue import t

__all__ = ["play_together", "show_player"]

_MOST_MOMENTS = 40
_WORDS = {
    "play": "Play",
    "pause": "Pause",
    "speed": "Speed",
    "back": "One picture back",
    "on": "One picture on",
    "player": "Player: space plays, arrow keys step picture by picture",
}

_TOGETHER = {
    "play": "Play both",
    "hold": "To the hold",
    "along": "Seconds from the beginning of the hold, in both",
    "now": "{time} s from the hold",
    "player": "Both in step: space plays, arrow keys step picture by picture",
}


def show_player(video: Path | bytes, document: Document, key: str, *, start_s: float = 0.0) -> str:
    """Show a drawn video with what it takes to look closely.

    Space plays and stops, the arrow keys step from picture to picture.

    Parameters
    ----------
    video : a file, or its content.
    document : what was measured on it.
    key : name of this test on the page.
    start_s : where to begin, seconds.

    Returns
    -------
    str
        The class of the container on the page that the video lies in.
    """
    within = re.sub(r"[^a-z0-9-]", "-", f"player-{key}".lower())
    with st.container(key=within):
        st.video(
            str(video) if isinstance(video, Path) else video,
            start_time=int(start_s),
            muted=True,
            alt=t("The recording with the leg model drawn on it"),
        )
    mount = st.components.v2.component(
        "rom_vision_player",
        html=asset("player.html"),
        css=asset("player.css"),
        js=asset("figure.js") + asset("keys.js") + asset("player.js"),
    )
    mount(key=f"{within}-bar", data=_told(document) | {"within": f"st-key-{within}"})
    return f"st-key-{within}"


def play_together(within: tuple[str, str], hold_s: tuple[float, float], key: str) -> None:
    """Show the bar that plays two videos of the page in step, aligned at their holds.

    Parameters
    ----------
    within : what `show_player` returned for each.
    hold_s : where the hold begins in each, seconds.
    key : name of the bar on the page.
    """
    mount = st.components.v2.component(
        "rom_vision_together",
        html=asset("together.html"),
        css=asset("together.css"),
        js=asset("figure.js") + asset("keys.js") + asset("together.js"),
    )
    words = {name: t(text) for name, text in (_WORDS | _TOGETHER).items()}
    mount(key=key, data={"within": list(within), "hold_s": list(hold_s), "words": words})


def _told(document: Document) -> dict[str, object]:
    """Return what the player shows of a result: its curve, and the moments to go to."""
    name = main_curve(document)
    words, _, unit = name.rpartition("_") if name else ("", "", "")
    return {
        "time_s": list(document.time_s) if name else [],
        "value": list(document.curve(name)) if name else [],
        "unit": unit_sign(unit),
        "label": t("{what} over time; click to go there", what=t(words.replace("_", " ").capitalize())),
        "words": {name: t(text) for name, text in _WORDS.items()},
        "moments": _moments(document),
    }


def _moments(document: Document) -> list[dict[str, object]]:
    moments: list[dict[str, object]] = []
    for number, r in enumerate(document.repetitions, 1):
        value = "" if r.value is None else f": {t(value_words(r.value, r.unit))}"
        start, end = (r.hold_start_s or r.at_s), (r.hold_end_s or r.at_s)
        moments.append({"name": f"{number}{value}", "at_s": r.at_s, "start_s": start, "end_s": end})
    for f in document.findings:
        if f.worst_time_s is not None and f.severity in ("mild", "marked"):
            what = ", ".join(t(word) for word in (f.code.replace("_", " "), f.side) if word != "both")
            moments.append({"name": what, "at_s": f.worst_time_s, "start_s": f.worst_time_s, "end_s": f.worst_time_s})
    return moments[:_MOST_MOMENTS]
