"""The report of a study as a page and as paper."""

from __future__ import annotations

from collections.abc import Iterable

from reportlab.platypus import Flowable, KeepTogether, Spacer

from rom_vision import __version__
from rom_vision.agreement.told import Section, Told
from rom_vision.report.html import template_of
from rom_vision.report.pdf_parts import WIDTH, again, columns, drawing, heading, paragraph, pdf_pages, text_style

__all__ = ["html_of_study", "pdf_of_study"]


def html_of_study(told: Told, language: str = "en") -> str:
    """Return the report as the text of one self-contained HTML page."""
    return template_of("study.html.j2").render(told=told, version=__version__, language=language)


def pdf_of_study(told: Told, language: str = "en") -> bytes:
    """Return the report as a PDF of A4 pages."""
    return pdf_pages(f"{told.title}, {told.made}", _story(told), language)


def _story(told: Told) -> Iterable[Flowable]:
    kind = paragraph(told.kind.upper(), text_style(8.5, colour="brand", bold=True, after=0))
    title = paragraph(told.title, text_style(19, bold=True, after=0), as_it_is=True)
    made = paragraph(told.made, text_style(9, colour="muted", after=0))
    rules = [("LINEBELOW", (0, 0), (-1, 0), 2, "brand"), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
    yield columns([[[kind, title], made]], [WIDTH * 0.75, WIDTH * 0.25], rules)
    yield Spacer(1, 8)
    yield paragraph(told.lead, text_style(11, bold=True))
    for section in told.sections:
        yield from _section(section)
    yield again(told.command)


def _section(section: Section) -> Iterable[Flowable]:
    drawings = [drawing(chart) for chart in section.charts]
    yield KeepTogether([heading(section.title), *drawings[:1]])
    yield from drawings[1:]
    if section.rows:
        cells = [[paragraph(n, text_style(9, bold=True, after=0)), paragraph(v, text_style(9, after=0))]
                 for n, v in section.rows]  # fmt: skip
        yield columns(cells, [WIDTH * 0.42, WIDTH * 0.58], [("LINEBELOW", (0, 0), (-1, -1), 0.5, "grid")])
        yield Spacer(1, 4)
    yield from (paragraph(text, text_style(9, colour="muted")) for text in section.texts)
