"""The parts of which every PDF of ours is made: paragraphs, rows of cells, charts, the page around them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

from reportlab.graphics import shapes as drawn
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from rom_vision import __version__
from rom_vision.language import translated
from rom_vision.report.pdf_fonts import BOLD, FONT, drawable, marked_up, register_fonts
from rom_vision.report.shapes import Chart, Dot, Line, Polygon, Rect, Shape, Text

__all__ = ["WIDTH", "again", "columns", "drawing", "heading", "paragraph", "pdf_pages", "said", "text_style"]

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # the page's frame pads by 6 on either side

_COLOURS = {
    "ink": "#17242b", "muted": "#56666f", "grid": "#d7dfe2", "axis": "#56666f", "brand": "#0c6a73", "soft": "#e3f0f1",
    "band": "#cfe8d8", "target": "#2f7d54", "curve": "#0c6a73", "curve2": "#c26a2d", "spread": "#0c6a73",
    "hold": "#f2c14e", "aside": "#8a97a0", "noise": "#8a97a0", "whisker": "#17242b", "left": "#0c6a73",
    "right": "#c26a2d", "ok": "#2f7d54", "low": "#b8720a", "marked": "#b3372f", "high": "#4a5fb0",
    "undecided": "#5d6c75",
}  # fmt: skip
_LANGUAGE: ContextVar[str] = ContextVar("language of the PDF that is being made", default="en")
_OPACITY = {"spread": 0.15, "hold": 0.24, "aside": 0.2, "noise": 0.24}


def pdf_pages(title: str, story: Iterable[Flowable], language: str = "en") -> bytes:
    """Return a PDF of A4 pages with a footer; the story is told, as it is taken in, in a language.

    Names of most scripts are drawn: right-to-left ones in their order, Chinese, Japanese and Korean ones with the
    reader's own font, emoji in outline, and a character that no font has as an empty box.
    """
    register_fonts()
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=title,
        author="rom_vision",
        invariant=1,  # the same report is the same file
    )
    before = _LANGUAGE.set(language)
    try:
        template.build(list(story), onFirstPage=_footer, onLaterPages=_footer)
    finally:
        _LANGUAGE.reset(before)
    return out.getvalue()


def text_style(
    size: float, *, colour: str = "ink", bold: bool = False, after: float = 4, indent: float = 0
) -> ParagraphStyle:
    """Return how a text is set; ``colour`` is a name of the report's colours."""
    return ParagraphStyle(
        f"{size}-{colour}-{bold}-{after}-{indent}",
        fontName=BOLD if bold else FONT,
        fontSize=size,
        leading=size * 1.42,
        textColor=HexColor(_COLOURS[colour]),
        spaceAfter=after,
        leftIndent=indent,
        splitLongWords=1,
    )


def said(text: str) -> str:
    """Return a text of the program in the language of the PDF that is being made."""
    return translated(text, _LANGUAGE.get())


def paragraph(text: str, style: ParagraphStyle, *, as_it_is: bool = False) -> Paragraph:
    """Return text of the program as a paragraph, whatever characters it holds; ``as_it_is`` for a name."""
    return Paragraph(marked_up(text if as_it_is else said(text), style.fontName), style)


def again(command: str) -> Paragraph:
    """Return the line that says how to make the document again."""
    return paragraph(f"{said('To make it again:')} {command}", text_style(8, colour="muted", after=2), as_it_is=True)


def heading(text: str) -> Paragraph:
    """Return a heading that stays with what follows it."""
    style = text_style(13, bold=True, after=5)
    style.spaceBefore, style.keepWithNext = 12, 1
    return paragraph(text, style)


def columns(rows: Sequence[Sequence[Any]], widths: Sequence[float], rules: Sequence[tuple[Any, ...]]) -> Table:
    """Lay out cells; a colour's name in a rule becomes the colour."""
    named = [
        tuple(HexColor(_COLOURS[p]) if isinstance(p, str) and p in _COLOURS else p for p in rule) for rule in rules
    ]
    padding = [("LEFTPADDING", (0, 0), (-1, -1), 8), ("TOPPADDING", (0, 0), (-1, -1), 4)]
    bottom = [("BOTTOMPADDING", (0, 0), (-1, -1), 5), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    # A text longer than a page goes on on the next one.
    return Table(rows, colWidths=list(widths), style=TableStyle([*padding, *bottom, *named]), splitInRow=1)


def _footer(canvas: Any, template: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(HexColor(_COLOURS["muted"]))
    made = said("made on the user's own machine")
    canvas.drawString(MARGIN, 10 * mm, f"rom_vision {__version__}, {made}")
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"{said('page')} {template.page}")
    canvas.restoreState()


def drawing(chart: Chart) -> Flowable:
    """Return a chart as wide as the page."""
    chart = chart.said_in(_LANGUAGE.get())
    scale = WIDTH / chart.width
    sheet = drawn.Drawing(WIDTH, chart.height * scale)
    group = drawn.Group(transform=(scale, 0, 0, -scale, 0, chart.height * scale))
    sheet.add(group)
    for shape in chart.shapes:
        if isinstance(shape, Text):
            sheet.add(_label(shape, scale, chart.height * scale))
        else:
            group.add(_figure(shape))
    sheet.hAlign = "LEFT"
    return sheet


def _label(text: Text, scale: float, height: float) -> drawn.String:
    return drawn.String(
        text.x * scale,
        height - text.y * scale,
        drawable(text.text),
        fontName=BOLD if text.bold else FONT,
        fontSize=text.size * scale,
        fillColor=HexColor(_COLOURS[text.style]),
        textAnchor=text.anchor,
    )


def _figure(shape: Shape) -> Any:
    colour = HexColor(_COLOURS[shape.style])
    if isinstance(shape, Line):
        width = 0.8 if shape.style == "grid" else 1.6
        flat = [c for point in shape.points for c in point]
        dashes = [6, 4] if shape.dashed else None
        return drawn.PolyLine(flat, strokeColor=colour, strokeWidth=width, strokeDashArray=dashes, strokeLineJoin=1)
    fill = {"fillColor": colour, "fillOpacity": _OPACITY.get(shape.style, 1.0), "strokeColor": None, "strokeWidth": 0}
    if isinstance(shape, Polygon):
        return drawn.Polygon([c for point in shape.points for c in point], **fill)
    if isinstance(shape, Rect):
        r = shape.radius
        return drawn.Rect(shape.x, shape.y, max(shape.width, 0), max(shape.height, 0), rx=r, ry=r, **fill)
    assert isinstance(shape, Dot)
    return drawn.Circle(shape.x, shape.y, shape.radius, **fill)
