"""How the squat screen is shown: findings, the worst moments as pictures, knee flexion over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rom_vision.meaning.interpret import test_name
from rom_vision.meaning.norms import Sex
from rom_vision.report.charts import squat_chart
from rom_vision.report.presenters.base import Columns, Presenter, finding_summaries
from rom_vision.report.presenters.parts import Headline, Summary
from rom_vision.report.presenters.squat_text import describe_squat
from rom_vision.report.shapes import Chart
from rom_vision.results.document import Document

if TYPE_CHECKING:
    from rom_vision.body.angles import JointAngles
    from rom_vision.pipeline.run import Analysis
    from rom_vision.report.overlay import Drawing
    from rom_vision.sessions import Picture

__all__ = ["SquatPresenter"]

_COORDINATES = {"left_knee_flexion_deg": "knee_angle_l", "right_knee_flexion_deg": "knee_angle_r"}
"""Series of a squat by OpenSim's coordinate name."""


class SquatPresenter(Presenter):
    """Numbers, charts, pictures, video and files of the squat screen."""

    def lines(self, document: Document) -> str:
        """Describe a screen for the terminal, the findings by severity."""
        return describe_squat(document)

    def headlines(self, document: Document, sex: Sex | None) -> tuple[Headline, ...]:  # noqa: ARG002
        """Return nothing: a screen has findings, no one number."""
        return ()

    def summaries(self, document: Document, headlines: Sequence[Headline]) -> tuple[Summary, ...]:
        """Return one summary for each finding."""
        if document.status == "refused":
            return super().summaries(document, headlines)
        return finding_summaries(test_name(document), document)

    def curve(self, document: Document, sex: Sex | None) -> Chart | None:  # noqa: ARG002
        """Return knee flexion of both legs."""
        return squat_chart(document)

    def drawing(self, analysis: Analysis, sex: Sex | None = None) -> Drawing | None:  # noqa: ARG002
        """Return what draws the landmarks, the phase and the findings; None when nobody was found."""
        from rom_vision.report.presenters.squat_pictures import SquatOverlay

        if not analysis.track.found.any():
            return None
        return SquatOverlay(analysis.track, analysis.document, analysis.level)

    def pictures(
        self,
        clip: str | Path,
        analysis: Analysis,
        drawing: Drawing | None,  # noqa: ARG002
        *,
        every: bool,  # noqa: ARG002
        max_side_px: int,
    ) -> tuple[Picture, ...]:
        """Return the worst moment of each finding with the lines it was measured on."""
        from rom_vision.report.presenters.squat_pictures import worst_moments

        return worst_moments(clip, analysis.track, analysis.document, max_side_px=max_side_px, level=analysis.level)

    def coordinates(self, document: Document, angles: JointAngles | None) -> tuple[Sequence[float], Columns]:  # noqa: ARG002
        """Return knee flexion of both legs."""
        knees = {_COORDINATES[name]: values for name, values in document.series.items() if name in _COORDINATES}
        return document.time_s, dict(knees)
