"""A session as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from rom_vision import __version__
from rom_vision.language import translated
from rom_vision.report.content import SessionReport, is_quiet
from rom_vision.report.shapes import Chart
from rom_vision.report.svg import svg_of
from rom_vision.sessions import Picture
from rom_vision.sessions.records import picture_type

__all__ = ["html_of", "template_of"]


def html_of(report: SessionReport, language: str = "en") -> str:
    """Return the report as the text of an HTML page, light or dark as the reader's screen, ready to print."""
    return template_of("report.html.j2").render(report=report, version=__version__, language=language)


@lru_cache(maxsize=4)
def template_of(name: str) -> Template:
    """Return a template of this package, with charts and pictures put into the page itself."""
    environment = Environment(
        loader=PackageLoader("rom_vision.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_said,
    )
    environment.filters["svg"] = _svg
    environment.filters["data_uri"] = _data_uri
    environment.tests["quiet"] = is_quiet
    return environment.get_template(name)


@pass_context
def _said(context: Context, value: object) -> object:
    """Say a text of the program in the language of the page; what is marked up already, names for instance, stays."""
    return translated(value, context["language"]) if type(value) is str else value


@pass_context
def _svg(context: Context, chart: Chart) -> Markup:
    return svg_of(chart.said_in(context["language"]))


def _data_uri(picture: Picture) -> str:
    return f"data:{picture_type(picture.data)};base64,{base64.b64encode(picture.data).decode()}"
