"""A session as a PDF of A4 pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image as PilImage
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, Spacer

from rom_vision.language import translated
from rom_vision.meaning.interpret import Statement
from rom_vision.report.content import ReportedTest, SessionReport, Summary, is_quiet
from rom_vision.report.pdf_parts import WIDTH, again, columns, drawing, heading, paragraph, pdf_pages, said, text_style
from rom_vision.sessions import Picture
from rom_vision.sessions.records import can_be_shown

__all__ = ["pdf_of"]

PICTURE_HEIGHT = 62 * mm
PICTURES_PER_ROW = 3


def pdf_of(report: SessionReport, language: str = "en") -> bytes:
    """Return the report as a PDF."""
    name = report.person or translated("Movement report", language)
    return pdf_pages(f"{name}, {report.taken_at.date().isoformat()}", _story(report), language)


def _story(report: SessionReport) -> Iterable[Flowable]:
    title = paragraph("MOVEMENT REPORT", text_style(8.5, colour="brand", bold=True, after=0))
    name = paragraph(report.person or said("Hip and squat"), text_style(19, bold=True, after=0), as_it_is=True)
    date = paragraph(", ".join(report.when), text_style(9, colour="muted", after=0))
    rules = [("LINEBELOW", (0, 0), (-1, 0), 2, "brand"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
    yield columns([[[title, name], date]], [WIDTH * 0.6, WIDTH * 0.4], [*rules, ("VALIGN", (0, 0), (-1, -1), "BOTTOM")])
    yield Spacer(1, 10)
    yield _summaries([summary for test in report.tests for summary in test.summaries])
    for test in report.tests:
        yield from _test(test)
    if report.sides or report.statements:
        yield heading("Left and right" if report.sides else "Next")
        yield from (drawing(chart) for chart in report.sides)
        yield from _said(report.statements)
    if report.series or report.first_time:
        over_time = [heading("Over time")]  # on the page of what comes first under it
        for item in report.series:
            title = paragraph(item.heading, text_style(9.5, bold=True, after=2))
            chart = [drawing(item.chart)] if item.chart else []
            yield KeepTogether([*over_time, title, *chart, paragraph(item.series.sentence, text_style(9))])
            over_time = []
        if report.first_time:
            yield KeepTogether([*over_time, paragraph(report.first_time, text_style(9))])
    if report.training:
        yield heading("Training")
        yield from (paragraph(line, text_style(9.5)) for line in report.training)
    yield from _advice(report)
    safety = [
        heading("Safety"),
        *(paragraph(f"• {said(rule)}", text_style(9.5, indent=6)) for rule in report.book.stop_rules),
    ]
    yield KeepTogether([*safety, paragraph(report.book.no_diagnosis, text_style(9.5, bold=True))])
    yield heading("How this was measured")
    yield paragraph(report.method, text_style(8.5, colour="muted"))
    for made_of, text in report.provenance:
        yield paragraph(f"{said(made_of)}: {said(text)}", text_style(8, colour="muted", after=2))
    yield from (again(command) for command in report.commands)


def _test(test: ReportedTest) -> Iterable[Flowable]:
    drawings = [drawing(chart) for chart in test.charts]
    yield KeepTogether([heading(test.title), *drawings[:1]])
    yield from drawings[1:]
    for at in range(0, len(test.pictures), PICTURES_PER_ROW):
        row = [_picture(picture) for picture in test.pictures[at : at + PICTURES_PER_ROW]]
        row += [[]] * (PICTURES_PER_ROW - len(row))
        yield columns([row], [WIDTH / PICTURES_PER_ROW] * PICTURES_PER_ROW, [])
    yield from _said(test.statements)
    yield from (paragraph(warning, text_style(8.5, colour="muted")) for warning in test.warnings)


def _advice(report: SessionReport) -> Iterable[Flowable]:
    drills = [
        [
            paragraph(f"{said(drill.name)} ({said(drill.kind)})", text_style(10, bold=True, after=1)),
            paragraph(f"For {report.advice.serves(drill)}", text_style(7.5, colour="muted", after=1)),
            paragraph(drill.how, text_style(9, after=1)),
            paragraph(
                f"{said('How much:')} {said(drill.dose)}. {said('Stop:')} {said(drill.stop)}", text_style(9, after=1)
            ),
            paragraph(f"{said('Source:')} {said(drill.source)}", text_style(7.5, colour="muted", after=8)),
        ]
        for drill in report.advice.drills
    ]
    head = [heading("What to do"), paragraph(report.advice.note, text_style(9.5))]
    # One KeepTogether inside another would begin a new page.
    yield KeepTogether([*head, *(drills[0] if drills else [])])
    yield from (KeepTogether(drill) for drill in drills[1:])


def _said(statements: Sequence[Statement]) -> Iterable[Flowable]:
    for statement in statements:
        quiet = is_quiet(statement)
        text = paragraph(statement.text, text_style(8.5 if quiet else 9.5, colour="muted" if quiet else "ink", after=0))
        bar = statement.colour or ("low" if statement.topic == "caution" else "grid")
        rules: list[tuple[Any, ...]] = [("LINEBEFORE", (0, 0), (0, -1), 2.5, bar)]
        if statement.topic == "caution":
            rules.append(("BACKGROUND", (0, 0), (-1, -1), "soft"))
        yield columns([[text]], [WIDTH], rules)
        yield Spacer(1, 3)


def _summaries(items: Sequence[Summary]) -> Flowable:
    per_row = min(3, len(items))
    cells: list[list[Any]] = []
    for s in items:
        cell = [
            paragraph(s.what, text_style(8, colour="muted", after=0)),
            paragraph(s.value, text_style(21 if len(s.value) <= 8 else 14, bold=True, after=0)),
            paragraph(s.interval, text_style(8, colour="muted", after=2)),
        ]
        if s.word:
            cell.append(paragraph(s.word, text_style(8.5, colour=s.colour or "muted", bold=True, after=0)))
        cells.append(cell)
    cells += [[]] * (-len(cells) % per_row)
    rows = [cells[i : i + per_row] for i in range(0, len(cells), per_row)]
    rules = [("BOX", (c, r), (c, r), 0.7, "grid") for r, row in enumerate(rows) for c, cell in enumerate(row) if cell]
    return columns(rows, [WIDTH / per_row] * per_row, rules)


def _picture(picture: Picture) -> list[Flowable]:
    if not can_be_shown(picture):
        return [paragraph(picture.name, text_style(8, colour="muted"))]
    width, height = PilImage.open(io.BytesIO(picture.data)).size
    scale = min((WIDTH / PICTURES_PER_ROW - 14) / width, PICTURE_HEIGHT / height)
    image = Image(io.BytesIO(picture.data), width * scale, height * scale, hAlign="LEFT")
    return [image, paragraph(picture.name, text_style(8, colour="muted"))]
