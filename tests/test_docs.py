"""What the pages say holds: links lead somewhere, and the README shows the frozen figures."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages():
    """Every Markdown file of the repository, by what git knows of it; all there are where git is not."""
    listed = subprocess.run(("git", "ls-files", "*.md"), cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split() or [str(p.relative_to(ROOT)) for p in ROOT.glob("*.md")]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def anchors(page):
    """The anchors of a page's headings, as forges and the built pages make them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_and_anchors_lead_somewhere(page):
    broken = []
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        # Anchors of the API are made from docstrings; `make docs` checks them.
        of_api = anchor.startswith("rom_vision.")
        if not target.exists() or (anchor and not of_api and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_readme_is_short_and_shows_the_frozen_table():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert (ROOT / "validation" / "results" / "accuracy.md").read_text(encoding="utf-8").strip() in text
