"""What all pages share: the way between them, the style sheet, and how faults are told."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable
from functools import wraps
from html import escape
from typing import Literal

import streamlit as st

from rom_vision.errors import RomVisionError
from rom_vision.legible import legible
from rom_vision.meaning.norms import Colour
from rom_vision.report.presenters.parts import COLOUR_WORDS
from rom_vision.report.shapes import Chart
from rom_vision.report.svg import svg_of
from rom_vision.ui.parts.tongue import language, t

__all__ = [
    "PageName",
    "card",
    "draw",
    "fault_box",
    "go",
    "guarded",
    "link",
    "plain",
    "register",
    "scroll_to_top",
    "start_at_top",
    "style",
]

PageName = Literal["start", "selftest", "upload", "train", "result", "progress", "camera", "study", "privacy"]
_LOG = logging.getLogger(__name__)
_SIGNS = frozenset(r"\`*_{}[]()#+-.!|<>~$:^&=%")
_FOUND_ANYWAY = re.compile(
    r"(?<=:)(?=[\w/+-]+:)|(?<=http)(?=s?://)|(?<=www)(?=\.)|(?<=@)|(?<=[<>~=-])(?=[<>~=-])", re.IGNORECASE
)
_PAGES, _SHOWN = "pages_by_name", "page_shown"
_UNEXPECTED = (
    "Something in the program went wrong on this page. What you have saved is safe. Go to another page, or reload "
    "this one; the terminal that runs the app says more."
)

# Colours that stand on the light and on the dark background; text and grid take the page's own text colour.
_CSS = """
<style>
.stMainBlockContainer { max-width: 74rem; padding: 4.6rem 1.2rem 4rem; }
*:focus-visible { outline: 3px solid #e08a00 !important; outline-offset: 2px; }
.stVideo, video { max-height: 34rem; }
[data-testid="stButtonGroup"] [data-selected], [data-testid="stButtonGroup"] [data-selected] * {
  color: inherit !important; }
.st-key-who { justify-content: flex-end; min-height: 0; }
.st-key-who [data-testid="stPopover"] button { min-height: 2.1rem; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: inherit !important; }
[data-testid="stCaptionContainer"] { opacity: .86; }
[data-testid="stPageLink-NavLink"] * { white-space: normal !important; }
@media (max-width: 640px) { [data-testid="stTable"] :is(th, td) { padding: .3rem; font-size: .85rem; } }
.rv-qr { width: 100%; max-width: 15rem; display: block; border-radius: .4rem; }
.rv-chart { width: 100%; max-width: 46rem; display: block; }
.rv-big { font-size: clamp(2.6rem, 7vw, 4rem); font-weight: 750; line-height: 1.05; letter-spacing: -.02em; }
.rv-big small {
  font-size: 1.05rem; font-weight: 450; letter-spacing: 0; opacity: .8; display: block; margin-top: .3rem; }
.rv-answer { font-size: 1.35rem; font-weight: 650; line-height: 1.3; margin: 0 0 .4rem; max-width: 56rem; }
.rv-answers { width: 100%; border-collapse: collapse; }
.rv-answers th, .rv-answers td { text-align: left; vertical-align: top; padding: .45rem .7rem;
  border-bottom: 1px solid rgba(128,128,128,.35); font-weight: 400; overflow-wrap: anywhere; }
.rv-answers thead th { font-size: .9rem; }
.rv-answers .found th, .rv-answers .found .mark { font-weight: 650; }
.rv-answers .found .mark b { color: #d2691e; } .rv-answers .not_found .mark b { color: #2f9e63; }
@media (max-width: 640px) { .rv-answers thead { display: none; } .rv-answers tr { display: block;
  border-bottom: 1px solid rgba(128,128,128,.35); padding: .4rem 0; }
  .rv-answers th, .rv-answers td { display: block; border: 0; padding: .1rem 0; } }
.rv-card { border: 1px solid rgba(128,128,128,.35); border-left: 6px solid #64748b; border-radius: .6rem;
  padding: .65rem .9rem; margin: 0; overflow-wrap: anywhere; }
.rv-card.ok { border-left-color: #2f7d54; } .rv-card.low { border-left-color: #c27a0e; }
.rv-card.marked { border-left-color: #c2453a; } .rv-card.high { border-left-color: #5b71c9; }
.rv-card b.tag { font-size: .82rem; letter-spacing: .02em; display: block; opacity: .85; }
</style>
"""

_SHARED_SVG_CSS = """
text { fill: var(--ink); font-family: "Source Sans", "Segoe UI", system-ui, Arial, sans-serif; }
text.t-muted { fill: var(--muted); } polyline { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 6 4; }
.l-axis, .l-target, .l-whisker { stroke: var(--ink); } .l-grid { stroke: var(--rule); stroke-width: 1; }
.f-grid { fill: var(--rule); } .f-band { fill: var(--band); } .f-left { fill: var(--left); } .f-right { fill: #d0783a; }
circle { stroke: var(--paper); stroke-width: 2; }
.d-ok { fill: #2f9e63; } .d-low { fill: #d97706; } .d-marked { fill: #cc3d2f; } .d-high { fill: #6f83d6; }
.d-undecided { fill: #6f7f8a; } .d-left, .d-curve { fill: var(--left); } .d-right { fill: #d0783a; }
.l-marked { stroke: #cc3d2f; } .l-right { stroke: #d0783a; } .l-left, .l-curve { stroke: var(--left); }
.f-noise { fill: var(--rule); } .f-hold { fill: #f2c14e; fill-opacity: .24; }
.f-aside { fill: #8a97a0; fill-opacity: .2; } .f-spread { fill: var(--left); fill-opacity: .15; }
@media (max-width: 430px) { text { font-size: 14.5px; } }
"""
_SVG_CSS = {
    "light": ":root { --ink: #18212b; --muted: #56666f; --rule: #dedad0; --band: #b9dec8; --left: #12808b; "
    "--paper: #fff; }",
    "dark": ":root { --ink: #eaeef2; --muted: #a9b6be; --rule: #33404c; --band: #2c6146; --left: #3aa7b1; "
    "--paper: #11171d; }",
}


def style() -> None:
    """Put the style sheet on the page."""
    st.html(_CSS)


def start_at_top(page: str) -> None:
    """Show a page from its top when it has been reached from another one; Streamlit keeps the other one's scroll."""
    if st.session_state.get(_SHOWN, page) != page:
        scroll_to_top(page)
    st.session_state[_SHOWN] = page


def scroll_to_top(reason: str) -> None:
    """Show the page from its top, once for each ``reason``."""
    scroll = "document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0)"
    st.html(f"<script>/* {reason} */ {scroll}</script>", unsafe_allow_javascript=True)


def register(pages: dict[str, object]) -> None:
    """Remember the pages of this run, so that they can lead to each other."""
    st.session_state[_PAGES] = pages


def go(name: PageName, **query: str) -> None:
    """Go to another page; does not return."""
    st.switch_page(st.session_state[_PAGES][name], query_params=query)


def link(name: PageName, label: str, icon: str | None = None) -> None:
    """Show a link to another page; ``label`` as it stands in the catalogue."""
    st.page_link(st.session_state[_PAGES][name], label=t(label), icon=icon)


def draw(chart: Chart) -> None:
    """Show a chart of the report; it scales with the page and speaks its label."""
    colours = _SVG_CSS["dark" if st.context.theme.type == "dark" else "light"]
    chart = chart.said_in(language())
    svg = str(svg_of(chart)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, _, body = svg.partition(">")
    whole = f"{head}><style>{colours}{_SHARED_SVG_CSS}</style>{body}"
    data = base64.b64encode(whole.encode()).decode()
    st.html(f'<img class="rv-chart" alt="{escape(chart.label, quote=True)}" src="data:image/svg+xml;base64,{data}">')


def card(text: str, colour: Colour | None = None, tag: str | None = None) -> None:
    """Show a sentence of the program in a frame whose edge, and whose words, say how it stands."""
    title = tag or (COLOUR_WORDS[colour].capitalize() if colour else "")
    head = f'<b class="tag">{escape(t(title))}</b>' if title else ""
    st.html(f'<div class="rv-card {colour or ""}">{head}{escape(t(text))}</div>')


def plain(text: str) -> str:
    """Return text, a name or a message for instance, that Streamlit's Markdown shows as it is, on one line.

    What Markdown takes for a sign is escaped. Addresses, icons (``:material/home:``) and arrows (``->``) are found in
    spite of that; a joiner without width keeps their characters apart.
    """
    line = legible(" ".join(text.split()))
    return "".join(f"\\{c}" if c in _SIGNS else c for c in _FOUND_ANYWAY.sub("\u2060", line))


def fault_box(text: str) -> None:
    """Tell a fault: a sentence of the program that may hold the name of a file."""
    st.error(plain(t(text)), icon=":material/error:")


def guarded(page: Callable[[], None]) -> Callable[[], None]:
    """Show a fault as a sentence instead of a traceback; one of ours is logged."""

    @wraps(page)
    def show() -> None:
        try:
            page()
        except RomVisionError as fault:
            fault_box(str(fault))
        except OSError as fault:
            _LOG.exception("page failed")
            fault_box(f"A file could not be read or written: {fault.strerror or fault}. What you have saved is safe.")
        except Exception:
            _LOG.exception("page failed")
            fault_box(_UNEXPECTED)

    return show
