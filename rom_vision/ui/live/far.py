"""The screen that is read from where the person sits or lies: what it shows, and the part of the page that shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Literal, Protocol

import streamlit as st

from rom_vision.drills.coach import DrillAdvice
from rom_vision.meaning.statements import unit_sign, value_words
from rom_vision.protocols.coaching import Advice, Tone
from rom_vision.protocols.registry import protocol
from rom_vision.report.overlay import BAND_DEG
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.results.document import Document
from rom_vision.ui.live.after import Outcome
from rom_vision.ui.live.assets import asset
from rom_vision.ui.live.engine import LiveView
from rom_vision.ui.live.hold_guide import HOLDS
from rom_vision.ui.live.picture import TONE_RGB
from rom_vision.ui.parts.tongue import language, t

__all__ = [
    "FarPressed",
    "FarScreen",
    "Screen",
    "drill_screen",
    "far_screen",
    "part_name",
    "result_rows",
    "results_screen",
    "screen_of",
    "spoken_result",
    "title_of",
]


class Screen(Protocol):
    """Says what the far screen shows of what runs, and for whom."""

    def __call__(self, view: LiveView, person: str, *, sound: bool) -> FarScreen:
        """Return it."""
        ...


_SCALE_DEG = (0.0, 60.0)
PART_NAMES = {"left": "Left hip", "right": "Right hip", "front": "From the front", "side": "From the side"}
"""Of the hip rotation test and the squat screen; the parts of other tests are named after their result."""


@dataclass(frozen=True)
class FarScreen:
    """What stands on the screen.

    Attributes
    ----------
    open : whether it covers the page.
    shows : the swing with its angle, words beside the picture, the results, or a drill.
    cue : the one instruction; ``tone`` its colour.
    sentence : the words beside the picture.
    angle : how far the leg has turned the wanted way, degrees; None when it cannot be told.
    band : the reference band of that direction, None where there is none.
    scale : what the scale reaches from and to.
    held : how much of the hold is done, 0 to 1.
    dial, facts : of a drill: what stands large in the ring, and short lines beside it.
    who, count : the part and the person, and the repetitions.
    results : (name, value, more) of each part.
    stop : the button's word, and ``stop_title`` what it does.
    sound : whether the voice speaks.
    shape : width over height of the camera's picture.
    live : whether that picture is.
    """

    open: bool = False
    shows: Literal["swing", "words", "results", "drill"] = "words"
    cue: str = ""
    tone: str = "#fff"
    sentence: str = ""
    angle: float | None = None
    band: tuple[float, float] | None = None
    scale: tuple[float, float] = _SCALE_DEG
    held: float = 0.0
    dial: str = ""
    facts: tuple[str, ...] = ()
    who: str = ""
    count: str = ""
    results: tuple[tuple[str, str, str], ...] = ()
    stop: str = field(default_factory=lambda: t("Stop"))
    stop_title: str = field(default_factory=lambda: t("Stop and keep what was done (Escape)"))
    sound: bool = True
    shape: float = 4 / 3
    live: bool = True


@dataclass(frozen=True)
class FarPressed:
    """Which of its buttons has just been pressed."""

    stopped: bool
    sound: bool


def screen_of(view: LiveView, person: str, *, sound: bool) -> FarScreen:
    """Say what a running test shows."""
    advice = view.advice
    if advice is None:
        sentence = t("Please allow the camera in your browser. Then step back.")
        return FarScreen(open=True, cue=t("Camera"), sentence=sentence, who=person, sound=sound)
    shown = FarScreen(
        open=True,
        cue=t(advice.cue.label),
        tone=_colour(advice.cue.tone),
        sentence=t(advice.cue.sentence),
        who=f"{t(advice.title)} · {person}",
        count=t("{done} of {wanted}", done=advice.good, wanted=advice.wanted),
        sound=sound,
        shape=view.size_px[0] / view.size_px[1],
    )
    if view.paused:
        sentence = t("The camera is paused. Start it when you are ready.")
        return replace(shown, cue=t("Paused"), tone="#fff", sentence=sentence, live=False)
    if view.stale:
        sentence = t("The camera picture has stopped. Stay where you are.")
        return replace(shown, cue=t("No picture"), tone=_colour("warn"), sentence=sentence, live=False)
    if advice.stage != "moving" or advice.direction is None:
        return shown
    sign = 1.0 if advice.direction == "internal" else -1.0
    angle = None if advice.rotation_deg is None else max(sign * advice.rotation_deg, 0.0)
    band = BAND_DEG if advice.direction == "internal" else None
    return replace(shown, shows="swing", angle=angle, band=band, held=advice.hold_share)


def drill_screen(view: LiveView, person: str, *, sound: bool) -> FarScreen:
    """Say what a running drill shows: the count or the hold in the ring, set and training range beside it."""
    shown, advice = screen_of(view, person, sound=sound), view.advice
    if not isinstance(advice, DrillAdvice) or not shown.live or advice.stage not in ("moving", "pause"):
        return shown
    shown = replace(shown, shows="drill", count=t("Set {n}/{sets}", n=advice.set_number, sets=advice.sets))
    if advice.stage == "pause":
        left = advice.rest_left_s / advice.rest_s if advice.rest_s else 0.0
        facts = (t(advice.title), t("{n} times", n=advice.wanted))
        return replace(shown, dial=f"{advice.rest_left_s:.0f}", held=left, facts=facts)
    unit = "%" if advice.unit == "%" else "°"
    lines = [t("{done} of {wanted}", done=advice.good, wanted=advice.wanted)]
    lines += [] if advice.range_now is None else [t("now {range}", range=f"{advice.range_now:.0f}{unit}")]
    lines += [] if advice.range_before is None else [t("last {range}", range=f"{advice.range_before:.0f}{unit}")]
    holding = advice.hold_s > 0 and advice.hold_share > 0
    dial = f"{advice.held_s:.0f} s" if holding else str(advice.good)
    share = advice.hold_share if holding else advice.good / max(advice.wanted, 1)
    return replace(shown, dial=dial, held=share, facts=tuple(lines))


def results_screen(view: LiveView, person: str, *, sound: bool) -> FarScreen:
    """Say what is left standing when the test is over."""
    shown = FarScreen(open=True, who=person, stop=t("Close"), stop_title=t("Close and go on (Escape)"), sound=sound)
    if view.measuring:
        sentence = t("Your recording is being measured. You can rest.")
        share = f"{100 * view.measured_share:.0f} %"
        return replace(shown, cue=t("Done"), tone=_colour("done"), sentence=sentence, count=share)
    rows = tuple(row for outcome in view.outcomes for row in result_rows(outcome))
    if not rows:
        sentence = t("The test ended before a repetition was recorded.")
        return replace(shown, cue=t("Nothing kept"), sentence=sentence)
    return replace(shown, shows="results", cue=t("Your result"), tone=_colour("done"), results=rows)


def result_rows(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Return (name, value, more) of each value of one part."""
    document, name = outcome.document, t(outcome.part.capitalize())
    if document is None or document.status != "measured":
        return [(name, "–", t("not measured"))]
    turned = [(way, document.measure(f"{way}ternal_rotation")) for way in ("in", "ex")]
    rotations = [(way, value) for way, value in turned if value is not None]
    if rotations:
        ways = {"in": t("in"), "ex": t("out")}
        return [
            (name if len(rotations) == 1 else f"{name}, {ways[way]}", f"{m.value:.0f}°", f"± {m.half_width:.0f}°")
            for way, m in rotations
        ]
    if (shown := presenter_of(document.test).headlines(document, None)) and not document.findings:
        name = t(f"{document.side.capitalize()} leg") if document.side else part_name(document, outcome.part)
        values = [h.measure for h in shown]
        return [(name, t(value_words(m.value, m.unit)), f"± {m.half_width:.0f}{unit_sign(m.unit)}") for m in values]
    found = sum(1 for finding in document.findings if finding.severity in ("mild", "marked"))
    return [(name, str(found), t("finding") if found == 1 else t("findings"))]


def spoken_result(document: Document, part: str) -> str:
    """Put a result into a sentence that is said."""
    name = part_name(document, part)
    if document.status != "measured":
        return t("{part}: not measured. {reason}", part=name, reason=t(document.reasons[0]))
    said = [
        t("{angle} degrees of {words}", angle=f"{value.value:.0f}", words=t(value.words))
        for value in (document.measure("internal_rotation"), document.measure("external_rotation"))
        if value is not None
    ]
    if said:
        return f"{name}: {t(' and ').join(said)}."
    shown = presenter_of(document.test).headlines(document, None)
    if shown and not document.findings:
        return f"{name}: {t(' and ').join(t(value_words(h.measure.value, h.measure.unit)) for h in shown)}."
    told = [t(finding.sentence) for finding in document.findings if finding.severity in ("mild", "marked")]
    return " ".join(told[:3]) or t("{part}: nothing stood out.", part=name)


def part_name(document: Document | None, part: str) -> str:
    """Name a part of a test for people."""
    if document is not None and document.test in HOLDS:
        side = f", {t(f'{document.side.capitalize()} leg')}" if document.side else ""
        return t(protocol(document.test).title) + side
    return t(PART_NAMES.get(part, part.capitalize()))


def far_screen(shown: FarScreen) -> FarPressed:
    """Show it, and return what was pressed on it."""
    mount = st.components.v2.component(
        "rom_vision_far", html=asset("far.html"), css=asset("far.css"), js=asset("far.js")
    )
    names = {"silence": t("Silence the voice"), "speak": t("Let the voice speak"), "language": language()}
    told = mount(key="far", data=asdict(shown) | names, on_stopped_change=_noted, on_sound_change=_noted, height=1)
    return FarPressed(stopped=bool(told.stopped), sound=bool(told.sound))


def _noted() -> None:
    """Let the page run again."""


def _colour(tone: Tone) -> str:
    return "rgb({}, {}, {})".format(*TONE_RGB[tone])


def title_of(advice: Advice | None) -> str:
    """Say how far a test has come, for somebody who comes back to it."""
    if advice is None:
        return t("it waits for the camera")
    return t("{part}, {done} of {wanted} done", part=t(advice.title), done=advice.good, wanted=advice.wanted)
