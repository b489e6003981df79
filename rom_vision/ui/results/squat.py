"""What the result page shows of a squat screen: the findings, depth over time, a table of the repetitions."""

from __future__ import annotations

import altair as alt
import streamlit as st

from rom_vision.results.document import Document
from rom_vision.sessions import Person
from rom_vision.ui.parts.charts import squat_curve
from rom_vision.ui.results.base import Details, Pictures

__all__ = ["SquatDetails"]


class SquatDetails(Details):
    """The lower part of a squat screen."""

    heading = "Depth over time"
    caption = "Point at the curve to read it; click on a repetition to see it in the video."

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
                "Repetition": n,
                "From, s": round(r.start_s, 1),
                "To, s": round(r.end_s, 1),
                "Left knee, °": knee(r.values, "left"),
                "Right knee, °": knee(r.values, "right"),
                "Depth": r.note,
            }
            for n, r in enumerate(document.repetitions, 1)
        ]
        if rows:
            st.dataframe(rows, hide_index=True)
