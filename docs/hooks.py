"""What the documentation takes from the program itself, and the check that its pages load nothing from elsewhere.

A marker such as ``<!-- commands -->`` in a page is replaced by what the program or a frozen study says: commands and
their options, published values, assumed lenses, thresholds, figures. `_WRITTEN` names them all.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import typer
from typer.cli import get_docs_for_click

RESULTS = Path(__file__).parents[1] / "validation" / "results"

_log = logging.getLogger("mkdocs.hooks.rom_vision")
_LOADING = {"script": "src", "img": "src", "source": "src", "video": "src", "iframe": "src", "link": "href"}


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put what the program knows in the place of the markers."""
    for marker, written in _WRITTEN.items():
        place = f"<!-- {marker} -->"
        if place in markdown:
            markdown = markdown.replace(place, "\n".join(written()))
    return markdown


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Warn, which a strict build does not survive, of anything that a browser would fetch from another host."""
    parser = _Loads()
    parser.feed(output)
    for address in parser.elsewhere:
        _log.warning("%s loads %s from elsewhere", page.file.src_path, address)
    return output


class _Loads(HTMLParser):
    """Collects what a page loads from another host; links that a reader may click are not meant."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(_LOADING.get(tag, "")) or ""
        named = tag == "link" and dict(attrs).get("rel") in ("canonical", "next", "prev")
        if address.startswith(("http:", "https:", "//")) and not named:
            self.elsewhere.append(address)


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _commands() -> Iterator[str]:
    from rom_vision.cli import app

    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="rom-vision")
    text = get_docs_for_click(obj=root, ctx=context, name="rom-vision")
    # The page has its own title, and the overview cuts sentences short.
    commands = text[text.index("\n## ") + 1 :]
    yield from ("#" + line if line.startswith("##") else line for line in commands.split("\n"))


def _norms() -> Iterator[str]:
    from rom_vision.meaning.norms import load_norms

    norms = load_norms()
    yield from (
        "| degrees, for | markedly low below | low below | band | high above | target |",
        "|---|--:|--:|--:|--:|--:|",
    )
    for band in norms.bands:
        who = {"female": "women", "male": "men"}.get(band.sex or "", "everybody whose sex is not given, and men")
        low, high = band.band_deg
        edges = (band.very_low_below_deg, band.low_below_deg, f"{low:g}-{high:g}", band.high_above_deg, band.target_deg)
        yield _row(who, *(edge if isinstance(edge, str) else f"{edge:g}" for edge in edges))
    yield ""
    yield from (f"- {band.basis}" for band in norms.bands)
    yield from ("", "| motion | position | mode | who | mean | SD | n | source |", "|---|---|---|---|--:|--:|--:|---|")
    for s in norms.studies:
        recalled = "" if s.evidence == "read" else " (quoted from memory, not read)"
        who = ", ".join(part for part in (s.sex, s.population) if part)
        sizes = (f"{s.mean_deg}°", "" if s.sd_deg is None else f"{s.sd_deg}°", s.n or "")
        where = (s.position or "not stated", s.mode or "not stated")
        yield _row(s.motion.replace("_", " "), *where, who, *sizes, s.source + recalled)
    yield from ("", "| rule | value | source |", "|---|--:|---|")
    yield from (_row(f"`{name}`", f"{rule.value:g}", rule.source) for name, rule in norms.rules.items())


def _squat_rules() -> Iterator[str]:
    from rom_vision.protocols.squat.rules import RULES, SINGLE_LEG_RULES

    yield from ("| finding | mild from | marked from | unit | source of the thresholds |", "|---|--:|--:|---|---|")
    for code, rule in RULES.items():
        yield _row(f"`{code}`", f"{rule.mild:g}", f"{rule.marked:g}", rule.unit, rule.source)
    for code, rule in SINGLE_LEG_RULES.items():
        if rule is not RULES.get(code):
            yield _row(f"`{code}`, on one leg", f"{rule.mild:g}", f"{rule.marked:g}", rule.unit, rule.source)


def _lenses() -> Iterator[str]:
    from rom_vision.camera.defaults import LENSES

    for name, lens in LENSES.items():
        word = "not said" if name == "unknown" else f"`{name}`"
        yield _row(word, f"{lens.fov_deg:g}°", f"{100 * lens.focal_log_sd:.0f} %", lens.why)


def _frozen(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def _squat_summary() -> Iterator[str]:
    clips = _frozen("squat")["clips"]
    counted = sum(clip["repetitions"] == clip["repetitions_true"] for clip in clips)
    findings = [f for clip in clips for f in clip["findings"] if f["ci95"][0] is not None]
    inside = sum(f["ci95"][0] <= f["true"] <= f["ci95"][1] for f in findings) / len(findings)
    yield f"Of {len(clips)} filmed synthetic people, every repetition is counted in {counted} clips."
    yield f"The intervals hold the truth in {100 * inside:.0f} % of {len(findings)} measures."


def _repeat_summary() -> Iterator[str]:
    study = _frozen("repeat")
    still, changed, bias = study["session_sd_deg"], study["session_sd_changed_deg"], study["change_bias_deg"]
    people, assumed, whole = len(study["people"]), study["assumed_session_sd_deg"], study["error_sd_deg"]
    yield f"On {people} synthetic people filmed in three sessions, one session's own part of the error was {still:.1f}°"
    yield f"without a change and {changed:.1f}° across a true change of 10°, which was read {bias:.1f}° too large;"
    yield f"{assumed}° is assumed, to leave room for what people differ by from day to day. Most of the error,"
    yield f"{whole:.1f}° in all, is the same in every session and cancels."


_WRITTEN = {
    "commands": _commands,
    "norms": _norms,
    "lenses": _lenses,
    "squat-rules": _squat_rules,
    "squat-summary": _squat_summary,
    "repeat-summary": _repeat_summary,
}
