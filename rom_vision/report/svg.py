"""Charts as SVG for a page: colours come from the page's style sheet, so that dark mode and print restyle them."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from rom_vision.legible import legible
from rom_vision.report.shapes import Chart, Dot, Line, Polygon, Rect, Shape, Text

__all__ = ["svg_of"]


def svg_of(chart: Chart) -> Markup:
    """Return a chart as an inline SVG element that scales with the page and speaks its label."""
    body = "".join(_shape(shape) for shape in chart.shapes)
    label = escape(legible(chart.label), quote=True)
    return Markup(  # every text in it has been escaped
        f'<svg viewBox="0 0 {chart.width:g} {chart.height:g}" role="img" aria-label="{label}">{body}</svg>'
    )


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _shape(shape: Shape) -> str:
    if isinstance(shape, Line):
        dashed = " dashed" if shape.dashed else ""
        return f'<polyline class="l-{shape.style}{dashed}" points="{_points(shape.points)}"/>'
    if isinstance(shape, Polygon):
        return f'<polygon class="f-{shape.style}" points="{_points(shape.points)}"/>'
    if isinstance(shape, Rect):
        place = (
            f'x="{shape.x:.1f}" y="{shape.y:.1f}" width="{max(shape.width, 0):.1f}" height="{max(shape.height, 0):.1f}"'
        )
        return f'<rect class="f-{shape.style}" {place} rx="{shape.radius:g}"/>'
    if isinstance(shape, Dot):
        return f'<circle class="d-{shape.style}" cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="{shape.radius:g}"/>'
    assert isinstance(shape, Text)
    bold = ' font-weight="600"' if shape.bold else ""
    return (
        f'<text class="t-{shape.style}" x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}" '
        f'font-size="{shape.size:g}"{bold}>{escape(legible(shape.text))}</text>'
    )
