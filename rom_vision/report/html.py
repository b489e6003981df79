"""A session as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from rom_vision import __version__
from rom_vision.report.content import SessionReport, is_quiet
from rom_vision.report.svg import svg_of
from rom_vision.sessions import Picture
from rom_vision.sessions.records import picture_type

__all__ = ["html_of", "template_of"]


def html_of(report: SessionReport) -> str:
    """Return the report as the text of an HTML page, light or dark as the reader's screen, ready to print."""
    return template_of("report.html.j2").render(report=report, version=__version__)


@lru_cache(maxsize=4)
def template_of(name: str) -> Template:
    """Return a template of this package, with charts and pictures put into the page itself."""
    environment = Environment(
        loader=PackageLoader("rom_vision.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = svg_of
    environment.filters["data_uri"] = _data_uri
    environment.tests["quiet"] = is_quiet
    return environment.get_template(name)


def _data_uri(picture: Picture) -> str:
    return f"data:{picture_type(picture.data)};base64,{base64.b64encode(picture.data).decode()}"
