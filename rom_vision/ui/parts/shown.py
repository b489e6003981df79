"""One test on the result page: value, video, curve, pictures and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from rom_vision.meaning.norms import load_norms
from rom_vision.pose.track import PoseTrack
from rom_vision.report.content import Headline, ReportedTest
from rom_vision.report.squat_pictures import moment_name
from rom_vision.results.document import Document, HipRotationDocument, SquatDocument
from rom_vision.results.parts import Finding, Repetition, RotationValue
from rom_vision.sessions import Person, Picture
from rom_vision.ui.parts.charts import PICK, rotation_curve, squat_curve
from rom_vision.ui.parts.frame import card, draw, plain

__all__ = ["ShownTest", "show_test"]

_SEVERITY = {"marked": ("marked", "Marked"), "mild": ("low", "Mild")}


@dataclass(frozen=True)
class ShownTest:
    """A result with what can be seen of it. ``video`` is the drawn video: a file, or its content."""

    document: Document
    pictures: tuple[Picture, ...]
    track: Callable[[], PoseTrack | None] | None
    video: Path | bytes | None


def show_test(
    test: ShownTest,
    told: ReportedTest,
    person: Person | None,
    key: str,
    beside: Callable[[], None] | None = None,
) -> None:
    """Show one test.

    Parameters
    ----------
    test : what can be seen.
    told : what the report says of it.
    person : who was tested, None if unknown.
    key : name of this test on the page, for its widgets.
    beside : shows something more beside the video, if anything.
    """
    document = test.document
    if document.status == "refused":
        _refused(document)
        if test.video is None and not test.pictures:
            return
    left, right = st.columns([1.05, 1], gap="large")
    with right:
        for headline, value in zip(told.headlines, _values(document), strict=True):
            _headline(headline, value)
        gauges = [chart for chart in told.charts if chart.height < 200] if told.headlines else []
        for chart in gauges:
            draw(chart)
        for statement in told.statements:
            if statement.topic in ("place", "caution") or (statement.topic == "result" and not told.headlines):
                card(statement.text, statement.colour)
        if beside is not None:
            beside()
    with left:
        _video(test, key)
    if isinstance(document, HipRotationDocument):
        _rotation(document, test.pictures, person, key)
    else:
        _squat(document, test.pictures, key)
    more = [s for s in told.statements if s.topic not in ("result", "place", "caution", "finding")]
    if more or document.warnings:
        st.subheader("What else to know")
        for statement in more:
            card(statement.text, statement.colour)
        for warning in document.warnings:
            card(warning, tag="About this recording")


def _refused(document: Document) -> None:
    st.error(
        "**Not measured.** A number from this recording could not be trusted. What to change:", icon=":material/block:"
    )
    for reason in document.reasons:
        card(reason, "low", "What to change")


def _values(document: Document) -> list[RotationValue]:
    """Return the values of a test in the order of its headlines."""
    if not isinstance(document, HipRotationDocument):
        return []
    return [v for v in (document.internal_rotation, document.external_rotation) if v is not None]


def _headline(headline: Headline, value: RotationValue) -> None:
    low, high = headline.ci95_deg
    of = "one repetition" if value.n_repetitions == 1 else f"mean of {value.n_repetitions} repetitions"
    st.html(
        f'<p style="margin:0">{escape(headline.words.capitalize())}</p><div class="rv-big">{headline.value_deg:.1f}°'
        f"<small>95 % interval {low:.1f}° to {high:.1f}°; {of}, best {value.best_deg:.1f}°</small></div>"
    )


def _video(test: ShownTest, key: str) -> None:
    number = st.session_state.get(f"{key}-number")
    start = 0.0
    if number and number <= len(test.document.repetitions):
        start = test.document.repetitions[number - 1].start_s
    if test.video is not None:
        st.video(
            str(test.video) if isinstance(test.video, Path) else test.video,
            start_time=int(start),
            muted=True,
            alt="The recording with the leg model drawn on it",
        )
    elif test.pictures:
        words = test.pictures[0].name.capitalize()
        st.image(test.pictures[0].data, caption=plain(words), width="stretch", alt=words)
    else:
        st.info("The video of this test was not kept.")


def _rotation(document: HipRotationDocument, pictures: tuple[Picture, ...], person: Person | None, key: str) -> None:
    curve = rotation_curve(document, load_norms().band(document.position, person.sex if person else None))
    if curve is None:
        return
    st.subheader("Every repetition")
    st.caption(
        "Internal rotation is up. Shaded: the reference band and each hold. Point at the curve to read it; "
        "click on a repetition to see it."
    )
    event = st.altair_chart(
        curve,
        key=f"{key}-curve",
        on_select="rerun",
        selection_mode=[PICK],
        alt=f"Hip rotation over time with {len(document.repetitions)} repetitions; their values stand below.",
    )
    _follow_click(event, len(document.repetitions), key)
    if not document.repetitions:
        return
    st.session_state.setdefault(f"{key}-number", 1)
    chosen: int | None = st.segmented_control(
        "Repetition",
        range(1, len(document.repetitions) + 1),
        format_func=lambda n: _label(document.repetitions[n - 1], n),
        key=f"{key}-number",
        required=True,
    )
    number = chosen or 1
    repetition = document.repetitions[number - 1]
    picture = next((p for p in pictures if re.search(rf"repetition {number}\b", p.name)), None)
    seen, said = st.columns([0.5, 1], gap="large")
    with seen:
        if picture is not None:
            words = f"End range of repetition {number}"
            st.image(picture.data, caption=words, width="stretch", alt=f"{words}, with the leg model drawn on it")
        else:
            st.caption("No picture of this repetition was kept.")
    with said:
        _tell(repetition, number)


def _follow_click(event: object, count: int, key: str) -> None:
    """Choose the repetition that was clicked on in the curve; once for each click."""
    rows = getattr(event, "selection", {}).get(PICK, [])
    clicked = rows[0].get("number", 0) if rows else 0
    if clicked != st.session_state.get(f"{key}-clicked"):
        st.session_state[f"{key}-clicked"] = clicked
        if 1 <= clicked <= count and st.session_state.get(f"{key}-number") != clicked:
            st.session_state[f"{key}-number"] = clicked
            st.rerun()  # the video above starts there, too


def _label(repetition: Repetition, number: int) -> str:
    return f"{number}: {repetition.peak_deg:.0f}°" if repetition.valid else f"{number}: set aside"


def _tell(repetition: Repetition, number: int) -> None:
    low, high = repetition.ci95_deg
    st.markdown(
        f"**Repetition {number}, {repetition.direction} rotation: {repetition.peak_deg:.1f}°**  \n"
        f"95 % interval {low:.1f}° to {high:.1f}°  \n"
        f"Held from {repetition.hold_start_s:.1f} to {repetition.hold_end_s:.1f} s"
    )
    if not repetition.valid:
        st.warning("Set aside: it does not count towards the value.", icon=":material/do_not_disturb_on:")
    for flag in repetition.flags:
        card(flag, tag="Noticed")


def _squat(document: SquatDocument, pictures: tuple[Picture, ...], key: str) -> None:
    found = [f for f in document.findings if f.severity in _SEVERITY]
    if found:
        st.subheader("What was found")
    by_name = {picture.name: picture for picture in pictures}
    for start in range(0, len(found), 3):
        for column, finding in zip(st.columns(3), found[start : start + 3], strict=False):
            with column, st.container(border=True):
                _finding(finding, by_name.get(moment_name(finding)))
    curve = squat_curve(document)
    if curve is not None:
        st.subheader("Depth over time")
        st.caption("Point at the curve to read it; click on a repetition to see it in the video.")
        event = st.altair_chart(
            curve,
            key=f"{key}-curve",
            on_select="rerun",
            selection_mode=[PICK],
            alt="Knee flexion of both legs over time, with the repetitions; the table below has the numbers.",
        )
        _follow_click(event, len(document.repetitions), key)
    rows = [
        {
            "Repetition": n,
            "From, s": round(r.start_s, 1),
            "To, s": round(r.end_s, 1),
            "Left knee, °": r.knee_flexion_deg.left and round(r.knee_flexion_deg.left),
            "Right knee, °": r.knee_flexion_deg.right and round(r.knee_flexion_deg.right),
            "Depth": r.depth,
        }
        for n, r in enumerate(document.repetitions, 1)
    ]
    if rows:
        st.dataframe(rows, hide_index=True)
    quiet = [f for f in document.findings if f.severity == "none"]
    unseen = [f for f in document.findings if f.severity == "not_assessable"]
    for title, findings in (("Looked at, nothing found", quiet), ("Cannot be told from this view", unseen)):
        if findings:
            with st.expander(f"{title} ({len(findings)})"):
                for finding in findings:
                    st.markdown(f"- {plain(finding.sentence)}")


def _finding(finding: Finding, picture: Picture | None) -> None:
    colour, words = _SEVERITY[finding.severity]
    if picture is not None:
        words = f"Worst moment, second {finding.worst_time_s:.1f}"
        st.image(picture.data, caption=plain(words), width="stretch", alt=f"{words}: {finding.sentence}")
    card(finding.sentence, colour, f"{words}: {finding.code.replace('_', ' ')}, {finding.side}")  # type: ignore[arg-type]
    lines = []
    if finding.value is not None:
        lines.append(f"Value {finding.value:.1f} {finding.unit}")
    if finding.threshold is not None:
        lines.append(f"threshold {finding.threshold:g} {finding.unit} ({finding.source})")
    if finding.repetitions:
        lines.append(f"in repetition {', '.join(map(str, finding.repetitions))}")
    st.caption(plain("; ".join(lines)))
