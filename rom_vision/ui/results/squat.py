"""What the result page shows of a squat screen: the findings, depth over time, a table of the repetitions."""

from __future__ import annotations

from html import escape

import altair as alt
import streamlit as st

from rom_vision.meaning.squat_answer import Answer, answers_of, overall
from rom_vision.results.document import Document
from rom_vision.sessions import Person
from rom_vision.ui.parts.charts import squat_curve
from rom_vision.ui.parts.tongue import t
from rom_vision.ui.results.base import Details, Pictures

__all__ = ["SquatDetails"]

_SIGNS = {"found": "&#9679;", "not_found": "&#10003;", "unseen": "&#8211;"}


class SquatDetails(Details):
    """The lower part of a squat screen."""

    heading = "Depth over time"
    caption = "Point at the curve to read it; click on a repetition to see it in the video."

    def answer(self, document: Document) -> None:
        """Show one sentence, then a row for each question."""
        answers = answers_of(document)
        if not answers:
            return
        st.html(f'<p class="rv-answer">{escape(t(overall(answers)))}</p>')
        rows = "".join(
            f'<tr class="{a.mark}"><th scope="row">{escape(t(a.question))}</th>'
            f'<td class="mark"><b>{_SIGNS[a.mark]}</b> {escape(_mark_words(a))}</td>'
            f"<td>{'<br>'.join(escape(t(line)) for line in a.lines)}</td></tr>"
            for a in answers
        )
        heads = (t("Question"), t("Answer"), t("How much"))
        head = "".join(f'<th scope="col">{escape(word)}</th>' for word in heads)
        st.html(f'<table class="rv-answers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')

    def curve(self, document: Document, person: Person | None) -> alt.LayerChart | alt.FacetChart | None:  # noqa: ARG002
        """Return knee flexion of both legs over time."""
        return squat_curve(document)

    def repetitions(self, document: Document, pictures: Pictures, key: str) -> None:  # noqa: ARG002
        """Show all repetitions in a table."""

        def knee(values: dict[str, float | None], side: str) -> int | None:
            flexion = values.get(f"{side}_knee_flexion_deg")
            return None if flexion is None else round(flexion)

        rows = [
            {
                t("Repetition"): n,
                t("From, s"): t(f"{r.start_s:.1f}"),
                t("To, s"): t(f"{r.end_s:.1f}"),
                t("Left knee, °"): knee(r.values, "left"),
                t("Right knee, °"): knee(r.values, "right"),
                t("Depth"): t(r.note) if r.valid else f"{t(r.note)} ({t('set aside')})",
            }
            for n, r in enumerate(document.repetitions, 1)
        ]
        if rows:
            st.dataframe(rows, hide_index=True)


def _mark_words(answer: Answer) -> str:
    if answer.mark == "found":
        return t("Found, {severity}", severity=t(str(answer.severity)))
    return t("Not found") if answer.mark == "not_found" else t("Cannot be seen from here")
