"""How the hip rotation test is shown: the leg model on the video, the curve over the band, LOINC codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from rom_vision.meaning.norms import Sex, load_norms, place
from rom_vision.report.charts import rotation_chart
from rom_vision.report.fhir_parts import Json
from rom_vision.report.presenters.base import Columns, Presenter
from rom_vision.report.presenters.parts import Headline
from rom_vision.report.presenters.rotation_fhir import rotation_observations
from rom_vision.report.presenters.text import describe_hip_rotation
from rom_vision.report.shapes import Chart
from rom_vision.results.document import Document
from rom_vision.results.parts import Side

if TYPE_CHECKING:
    from rom_vision.body.angles import JointAngles
    from rom_vision.pipeline.run import Analysis
    from rom_vision.report.overlay import Drawing

__all__ = ["HipRotationPresenter"]

_COORDINATES = (
    *("pelvis_tilt", "pelvis_list", "pelvis_rotation"),
    *(f"{joint}_{side}" for side in "rl" for joint in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle")),
)
"""What the leg model knows of OpenSim's coordinates."""


class HipRotationPresenter(Presenter):
    """Numbers, charts, pictures, video and files of the hip rotation test."""

    def lines(self, document: Document) -> str:
        """Describe a result for the terminal, with the value drawn over the band."""
        return describe_hip_rotation(document)

    def headlines(self, document: Document, sex: Sex | None) -> tuple[Headline, ...]:
        """Return internal rotation, placed against the band, and external rotation."""
        shown = []
        for quantity in ("internal_rotation", "external_rotation"):
            if (m := document.measure(quantity)) is not None:
                band = load_norms().band(document.position, sex) if quantity == "internal_rotation" else None
                shown.append(Headline(m, place(m.value, m.interval, band).colour if band else None))
        return tuple(shown)

    def curve(self, document: Document, sex: Sex | None) -> Chart | None:
        """Return the rotation over time with its uncertainty, the band and every hold."""
        return rotation_chart(document, load_norms().band(document.position, sex))

    def drawing(self, analysis: Analysis, sex: Sex | None = None) -> Drawing | None:
        """Return what draws the leg model and the angle; None when nobody was found."""
        from rom_vision.report.overlay import BAND_DEG, LegOverlay

        if analysis.states is None:
            return None
        document = analysis.document
        band = load_norms().band(document.position, sex)
        edges = band.band_deg if band is not None else BAND_DEG
        side = cast(Side, document.side)
        return LegOverlay.from_states(analysis.states, document, analysis.camera, side, analysis.level, edges)

    def observations(self, document: Document, sex: Sex | None) -> Iterable[Json]:
        """Return the Observations with their LOINC codes."""
        return rotation_observations(document, sex)

    def coordinates(self, document: Document, angles: JointAngles | None) -> tuple[Sequence[float], Columns]:
        """Return the tested rotation, and with ``angles`` all joints of the legs."""
        tested = f"hip_rotation_{(document.side or 'l')[0]}"
        if not document.time_s:
            return (), {}
        columns: Columns = {tested: document.curve("hip_rotation_deg")}
        if angles is not None and len(angles.time_s) == len(document.time_s):
            columns = {n: list(angles.angle(n)) for n in _COORDINATES} | columns
        return document.time_s, columns
