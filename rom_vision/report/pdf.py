"""A session as a PDF of A4 pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image as PilImage
from reportlab.graphics import shapes as drawn
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from rom_vision import __version__
from rom_vision.meaning.interpret import Statement
from rom_vision.report.content import ReportedTest, SessionReport, Summary, is_quiet
from rom_vision.report.pdf_fonts import BOLD, FONT, drawable, marked_up, register_fonts
from rom_vision.report.shapes import Chart, Dot, Line, Polygon, Rect, Shape, Text
from rom_vision.sessions import Picture
from rom_vision.sessions.records import can_be_shown

__all__ = ["pdf_of"]

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # the page's frame pads by 6 on either side
PICTURE_HEIGHT = 62 * mm
PICTURES_PER_ROW = 3

_COLOURS = {
    "ink": "#17242b", "muted": "#56666f", "grid": "#d7dfe2", "axis": "#56666f", "brand": "#0c6a73", "soft": "#e3f0f1",
    "band": "#cfe8d8", "target": "#2f7d54", "curve": "#0c6a73", "curve2": "#c26a2d", "spread": "#0c6a73",
    "hold": "#f2c14e", "aside": "#8a97a0", "noise": "#8a97a0", "whisker": "#17242b", "left": "#0c6a73",
    "right": "#c26a2d", "ok": "#2f7d54", "low": "#b8720a", "marked": "#b3372f", "high": "#4a5fb0",
    "undecided": "#5d6c75",
}  # fmt: skip
_OPACITY = {"spread": 0.15, "hold": 0.24, "aside": 0.2, "noise": 0.24}


def pdf_of(report: SessionReport) -> bytes:
    """Return the report as a PDF.

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
        title=f"{report.person or 'Movement report'}, {report.taken_at.date().isoformat()}",
        author="rom_vision",
    )
    template.build(list(_story(report)), onFirstPage=_footer, onLaterPages=_footer)
    return out.getvalue()


def _style(
    size: float, *, colour: str = "ink", bold: bool = False, after: float = 4, indent: float = 0
) -> ParagraphStyle:
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


def _story(report: SessionReport) -> Iterable[Flowable]:
    title = _paragraph("MOVEMENT REPORT", _style(8.5, colour="brand", bold=True, after=0))
    name = _paragraph(report.person or "Hip and squat", _style(19, bold=True, after=0))
    date = _paragraph(", ".join(report.when), _style(9, colour="muted", after=0))
    rules = [("LINEBELOW", (0, 0), (-1, 0), 2, "brand"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
    yield _columns(
        [[[title, name], date]], [WIDTH * 0.6, WIDTH * 0.4], [*rules, ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
    )
    yield Spacer(1, 10)
    yield _summaries([summary for test in report.tests for summary in test.summaries])
    for test in report.tests:
        yield from _test(test)
    if report.sides or report.statements:
        yield _heading("Left and right" if report.sides else "Next")
        yield from (_drawing(chart) for chart in report.sides)
        yield from _said(report.statements)
    if report.series or report.first_time:
        yield _heading("Over time")
        for item in report.series:
            heading = _paragraph(item.heading, _style(9.5, bold=True, after=2))
            chart = [_drawing(item.chart)] if item.chart else []
            yield KeepTogether([heading, *chart, _paragraph(item.series.sentence, _style(9))])
        if report.first_time:
            yield _paragraph(report.first_time, _style(9))
    if report.training:
        yield _heading("Training")
        yield from (_paragraph(line, _style(9.5)) for line in report.training)
    yield from _advice(report)
    safety = [_heading("Safety"), *(_paragraph(f"• {rule}", _style(9.5, indent=6)) for rule in report.book.stop_rules)]
    yield KeepTogether([*safety, _paragraph(report.book.no_diagnosis, _style(9.5, bold=True))])
    yield _heading("How this was measured")
    yield _paragraph(report.method, _style(8.5, colour="muted"))
    for title, text in report.provenance:
        yield _paragraph(f"{title}: {text}", _style(8, colour="muted", after=2))


def _test(test: ReportedTest) -> Iterable[Flowable]:
    drawings = [_drawing(chart) for chart in test.charts]
    yield KeepTogether([_heading(test.title), *drawings[:1]])
    yield from drawings[1:]
    for at in range(0, len(test.pictures), PICTURES_PER_ROW):
        row = [_picture(picture) for picture in test.pictures[at : at + PICTURES_PER_ROW]]
        row += [[]] * (PICTURES_PER_ROW - len(row))
        yield _columns([row], [WIDTH / PICTURES_PER_ROW] * PICTURES_PER_ROW, [])
    yield from _said(test.statements)
    yield from (_paragraph(warning, _style(8.5, colour="muted")) for warning in test.warnings)


def _advice(report: SessionReport) -> Iterable[Flowable]:
    drills = [
        [
            _paragraph(f"{drill.name} ({drill.kind})", _style(10, bold=True, after=1)),
            _paragraph(f"For {report.advice.serves(drill)}", _style(7.5, colour="muted", after=1)),
            _paragraph(drill.how, _style(9, after=1)),
            _paragraph(f"How much: {drill.dose}. Stop: {drill.stop}", _style(9, after=1)),
            _paragraph(f"Source: {drill.source}", _style(7.5, colour="muted", after=8)),
        ]
        for drill in report.advice.drills
    ]
    head = [_heading("What to do"), _paragraph(report.advice.note, _style(9.5))]
    # One KeepTogether inside another would begin a new page.
    yield KeepTogether([*head, *(drills[0] if drills else [])])
    yield from (KeepTogether(drill) for drill in drills[1:])


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(marked_up(text, style.fontName), style)


def _heading(text: str) -> Paragraph:
    style = _style(13, bold=True, after=5)
    style.spaceBefore, style.keepWithNext = 12, 1
    return _paragraph(text, style)


def _said(statements: Sequence[Statement]) -> Iterable[Flowable]:
    for statement in statements:
        quiet = is_quiet(statement)
        text = _paragraph(statement.text, _style(8.5 if quiet else 9.5, colour="muted" if quiet else "ink", after=0))
        bar = statement.colour or ("low" if statement.topic == "caution" else "grid")
        rules: list[tuple[Any, ...]] = [("LINEBEFORE", (0, 0), (0, -1), 2.5, bar)]
        if statement.topic == "caution":
            rules.append(("BACKGROUND", (0, 0), (-1, -1), "soft"))
        yield _columns([[text]], [WIDTH], rules)
        yield Spacer(1, 3)


def _summaries(items: Sequence[Summary]) -> Flowable:
    per_row = min(3, len(items))
    cells: list[list[Any]] = []
    for s in items:
        cell = [
            _paragraph(s.what, _style(8, colour="muted", after=0)),
            _paragraph(s.value, _style(21 if len(s.value) <= 8 else 14, bold=True, after=0)),
            _paragraph(s.interval, _style(8, colour="muted", after=2)),
        ]
        if s.word:
            cell.append(_paragraph(s.word, _style(8.5, colour=s.colour or "muted", bold=True, after=0)))
        cells.append(cell)
    cells += [[]] * (-len(cells) % per_row)
    rows = [cells[i : i + per_row] for i in range(0, len(cells), per_row)]
    rules = [("BOX", (c, r), (c, r), 0.7, "grid") for r, row in enumerate(rows) for c, cell in enumerate(row) if cell]
    return _columns(rows, [WIDTH / per_row] * per_row, rules)


def _columns(rows: Sequence[Sequence[Any]], widths: Sequence[float], rules: Sequence[tuple[Any, ...]]) -> Table:
    """Lay out cells; a colour's name in a rule becomes the colour."""
    named = [
        tuple(HexColor(_COLOURS[p]) if isinstance(p, str) and p in _COLOURS else p for p in rule) for rule in rules
    ]
    padding = [("LEFTPADDING", (0, 0), (-1, -1), 8), ("TOPPADDING", (0, 0), (-1, -1), 4)]
    bottom = [("BOTTOMPADDING", (0, 0), (-1, -1), 5), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    # A text longer than a page goes on on the next one.
    return Table(rows, colWidths=list(widths), style=TableStyle([*padding, *bottom, *named]), splitInRow=1)


def _picture(picture: Picture) -> list[Flowable]:
    if not can_be_shown(picture):
        return [_paragraph(picture.name, _style(8, colour="muted"))]
    width, height = PilImage.open(io.BytesIO(picture.data)).size
    scale = min((WIDTH / PICTURES_PER_ROW - 14) / width, PICTURE_HEIGHT / height)
    image = Image(io.BytesIO(picture.data), width * scale, height * scale, hAlign="LEFT")
    return [image, _paragraph(picture.name, _style(8, colour="muted"))]


def _footer(canvas: Any, template: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(HexColor(_COLOURS["muted"]))
    canvas.drawString(MARGIN, 10 * mm, f"rom_vision {__version__}, made on the user's own machine")
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"page {template.page}")
    canvas.restoreState()


# charts


def _drawing(chart: Chart) -> Flowable:
    scale = WIDTH / chart.width
    drawing = drawn.Drawing(WIDTH, chart.height * scale)
    group = drawn.Group(transform=(scale, 0, 0, -scale, 0, chart.height * scale))
    drawing.add(group)
    for shape in chart.shapes:
        if isinstance(shape, Text):
            drawing.add(_label(shape, scale, chart.height * scale))
        else:
            group.add(_figure(shape))
    drawing.hAlign = "LEFT"
    return drawing


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
