"""The page of a batch: a line and a picture of each recording; no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from rom_vision import __version__
from rom_vision.batch.folder import Done
from rom_vision.batch.table import found_in, main_measure
from rom_vision.legible import legible
from rom_vision.meaning.statements import range_words, value_words

__all__ = ["page_of"]

_WORDS = {"measured": "measured", "refused": "not measured", "failed": "not readable"}


def page_of(done: Sequence[Done], n_recordings: int) -> str:
    """Return the text of an HTML page; pictures are beside it, by relative links."""
    environment = Environment(
        loader=PackageLoader("rom_vision.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    counts: Counter[str] = Counter(d.status for d in done)
    said = [f"{counts[status]} {words}" for status, words in _WORDS.items() if counts[status]]
    said += [f"{n_recordings - len(done)} not done yet"] if n_recordings > len(done) else []
    return environment.get_template("batch.html.j2").render(
        rows=[_row(d) for d in done], said=", ".join(said) or "nothing", version=__version__
    )


def _row(d: Done) -> dict[str, object]:
    m = main_measure(d)
    r = d.recording
    return {
        "name": legible(d.name),
        "person": legible(r.person or ""),
        "asked": ", ".join(str(v).replace("_", " ") for v in (r.request.test, *r.request.options.values())),
        "date": f"{r.filmed:%Y-%m-%d %H:%M}" if r.filmed else "",
        "status": d.status,
        "word": _WORDS[d.status],
        "value": value_words(m.value, m.unit) if m else "",
        "interval": f"95 % interval {range_words(m.interval, m.unit)}" if m and m.ci95 else "",
        "quantity": m.words if m else "",
        "said": [legible(text) for text in (*found_in(d), *d.reasons, *(d.document.warnings if d.document else ()))],
        "document": d.document_name,
        "picture": d.picture_name,
    }
