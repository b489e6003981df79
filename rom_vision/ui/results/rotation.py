"""What the result page shows of a hip rotation test: the curve over the band, and each end range."""

from __future__ import annotations

import altair as alt

from rom_vision.meaning.norms import load_norms
from rom_vision.results.document import Document
from rom_vision.sessions import Person
from rom_vision.ui.parts.charts import rotation_curve
from rom_vision.ui.results.base import Details

__all__ = ["HipRotationDetails"]


class HipRotationDetails(Details):
    """The lower part of a hip rotation result."""

    caption = (
        "Internal rotation is up. Shaded: the reference band and each hold. Point at the curve to read it; "
        "click on a repetition to see it."
    )

    def curve(self, document: Document, person: Person | None) -> alt.LayerChart | alt.FacetChart | None:
        """Return the rotation over time with its interval, the band and the holds."""
        return rotation_curve(document, load_norms().band(document.position, person.sex if person else None))
