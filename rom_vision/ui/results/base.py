"""What the result page shows of any test below its value: findings, the curve, every repetition."""

from __future__ import annotations

import re
from collections.abc import Sequence

import altair as alt
import streamlit as st

from rom_vision.meaning.norms import Colour
from rom_vision.meaning.squat_answer import finding_amount
from rom_vision.meaning.statements import range_words, unit_sign, value_words
from rom_vision.report.presenters.base import main_curve
from rom_vision.report.presenters.squat_pictures import moment_name
from rom_vision.results.document import Document
from rom_vision.results.parts import Finding, Repetition
from rom_vision.sessions import Person, Picture
from rom_vision.ui.parts.charts import PICK, localised, plain_curve, repetition_label
from rom_vision.ui.parts.frame import card, plain
from rom_vision.ui.parts.tongue import t

__all__ = ["Details"]

_SEVERITY: dict[str, tuple[Colour, str]] = {"marked": ("marked", "Marked"), "mild": ("low", "Mild")}

Pictures = tuple[Picture, ...]


class Details:
    """The lower part of a result. This one serves any test."""

    heading = "Every repetition"
    caption = "Point at the curve to read it; click on a repetition to see it."

    def answer(self, document: Document) -> None:
        """Show the answer of a test in one piece, above everything else; most tests have their number for it."""

    def show(self, document: Document, pictures: Pictures, person: Person | None, key: str) -> None:
        """Show findings, curve and repetitions.

        Parameters
        ----------
        document : the result.
        pictures : kept with it.
        person : who was tested, None if unknown.
        key : name of this test on the page, for its widgets.
        """
        self.findings(document, pictures)
        curve = self.curve(document, person)
        if curve is not None:
            show_curve(curve, document, self.heading, self.caption, key)
        self.repetitions(document, pictures, key)
        unremarkable(document)

    def curve(self, document: Document, person: Person | None) -> alt.LayerChart | alt.FacetChart | None:  # noqa: ARG002
        """Return the curve over time with the repetitions; None when there is none."""
        name = main_curve(document)
        return plain_curve(document, name) if name else None

    def findings(self, document: Document, pictures: Pictures) -> None:
        """Show what was found, each finding with its worst moment."""
        found = [f for f in document.findings if f.severity in _SEVERITY]
        if found:
            st.header(t("What was found"))
        by_name = {picture.name: picture for picture in pictures}
        found.sort(key=lambda f: f.severity != "marked")
        for start in range(0, len(found), 2):
            for column, finding in zip(st.columns(2), found[start : start + 2], strict=False):
                with column, st.container(border=True):
                    _finding(finding, by_name.get(moment_name(finding)))

    def repetitions(self, document: Document, pictures: Pictures, key: str) -> None:
        """Show the repetitions, one at a time, with its picture."""
        if not document.repetitions:
            return
        st.session_state.setdefault(f"{key}-number", 1)
        chosen: int | None = st.segmented_control(
            t("Repetition"),
            range(1, len(document.repetitions) + 1),
            format_func=lambda n: plain(repetition_label(document.repetitions[n - 1], n)),
            key=f"{key}-number",
            required=True,
        )
        number = chosen or 1
        picture = next((p for p in pictures if re.search(rf"repetition {number}\b", p.name)), None)
        seen, said = st.columns([0.5, 1], gap="large")
        with seen:
            if picture is not None:
                words = t("End range of repetition {number}", number=number)
                st.image(
                    picture.data,
                    caption=words,
                    width="stretch",
                    alt=t("{words}, with the measurement drawn on it", words=words),
                )
            else:
                st.caption(t("No picture of this repetition was kept."))
        with said:
            _tell(document.repetitions[number - 1], number)


def show_curve(
    curve: alt.LayerChart | alt.FacetChart, document: Document, heading: str, caption: str, key: str
) -> None:
    """Show a curve on which a click chooses the repetition."""
    st.header(t(heading))
    st.caption(t(caption))
    n = len(document.repetitions)
    event = st.altair_chart(
        localised(curve),
        key=f"{key}-curve",
        on_select="rerun",
        selection_mode=[PICK],
        alt=t("The movement over time with {n} repetitions; their values stand below.", n=n),
    )
    _follow_click(event, n, key)


def _follow_click(event: object, count: int, key: str) -> None:
    """Choose the repetition that was clicked on in the curve; once for each click."""
    rows = getattr(event, "selection", {}).get(PICK, [])
    clicked = rows[0].get("number", 0) if rows else 0
    if clicked != st.session_state.get(f"{key}-clicked"):
        st.session_state[f"{key}-clicked"] = clicked
        if 1 <= clicked <= count and st.session_state.get(f"{key}-number") != clicked:
            st.session_state[f"{key}-number"] = clicked
            st.rerun()  # the video above starts there, too


def _tell(r: Repetition, number: int) -> None:
    what = f", {t(r.quantity.replace('_', ' '))}" if r.quantity else ""
    value = "" if r.value is None else f": {t(value_words(r.value, r.unit))}"
    lines = [f"**{t('Repetition')} {number}{plain(what)}{plain(value)}**"]
    if r.ci95 is not None:
        lines.append(plain(t("95 % interval {interval}", interval=t(range_words(r.ci95, r.unit)))))
    lines += [plain(_named(name, value)) for name, value in r.values.items() if value is not None]
    if r.hold_start_s is not None and r.hold_end_s is not None:
        start, end = f"{r.hold_start_s:.1f}", f"{r.hold_end_s:.1f}"
        lines.append(t("Held from {start} to {end} s", start=start, end=end))
    st.markdown("  \n".join(lines))
    if not r.valid:
        st.warning(t("Set aside: it does not count towards the value."), icon=":material/do_not_disturb_on:")
    for flag in r.flags:
        card(flag, tag="Noticed")


def _named(name: str, value: float) -> str:
    words, _, unit = name.rpartition("_")
    return f"{t(words.replace('_', ' ').capitalize())} {t(value_words(value, unit))}"


def unremarkable(document: Document) -> None:
    """List what was looked at without a finding, and what this view cannot tell."""
    quiet: Sequence[Finding] = [f for f in document.findings if f.severity == "none"]
    unseen = [f for f in document.findings if f.severity == "not_assessable"]
    for title, findings in (("Looked at, nothing found", quiet), ("Cannot be told from this view", unseen)):
        if findings:
            with st.expander(f"{t(title)} ({len(findings)})"):
                for finding in findings:
                    st.markdown(f"- {plain(t(finding.sentence))}")


def _finding(finding: Finding, picture: Picture | None) -> None:
    colour, words = _SEVERITY[finding.severity]
    if picture is not None:
        moment = t("Worst moment")
        if finding.worst_time_s is not None:
            moment = t("Worst moment, second {time}", time=f"{finding.worst_time_s:.1f}")
        st.image(picture.data, caption=moment, width="stretch", alt=f"{moment}: {t(finding.sentence)}")
    tag = ", ".join(t(word) for word in (finding.code.replace("_", " "), finding.side))
    card(finding.sentence, colour, f"{t(words)}: {tag}")
    lines = []
    if amount := finding_amount(finding):
        lines.append(t("Measured {amount}", amount=t(amount)))
    if finding.threshold is not None:
        limit = f"{finding.threshold:g}{unit_sign(finding.unit)}"
        lines.append(t("threshold {limit} ({source})", limit=limit, source=t(finding.source)))
    if finding.repetitions:
        lines.append(t("in repetition {numbers}", numbers=", ".join(map(str, finding.repetitions))))
    if finding.value is not None and finding.change_from_standing not in (None, finding.value):
        value = f"{finding.value:.0f}{unit_sign(finding.unit)}"
        lines.append(t("a change from standing; the picture itself shows {value}", value=value))
    st.caption(plain("; ".join(lines)))
