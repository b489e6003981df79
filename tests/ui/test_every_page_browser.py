"""Every page, in both themes: nothing serious that axe-core finds for people who cannot see, hear or point well, and
nothing asked of another host."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

from docs.screenshots import PAGES, settle  # noqa: E402 (needs Playwright)

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
ALSO = {"heading-order", "page-has-heading-one", "landmark-one-main"}
"""Called moderate by axe-core, and asked for here all the same."""

HERE = {"127.0.0.1", "localhost"}
OWN = {"data", "blob", "about"}


@dataclass
class Walk:
    """What was found on the way through all pages."""

    faults: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    icons: set = field(default_factory=set)


@pytest.fixture(scope="module", params=["light", "dark"])
def walk(request, browser, app):
    walk = Walk()
    context = browser.new_context(color_scheme=request.param)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("request", lambda request: walk.asked.append(request.url))
    page.on("websocket", lambda socket: walk.asked.append(socket.url))
    page.goto(app.address)
    settle(page)
    page.get_by_role("button", name="Show me a sample person").click()
    page.get_by_role("heading", name="Left and right").wait_for()
    settle(page)
    walk.faults += found(page, "kept result")
    for name in PAGES:
        page.goto(f"{app.address}/{name}")
        settle(page)
        walk.faults += found(page, name)
        walk.icons.add(page.locator("link[rel~=icon]").first.get_attribute("href"))
    context.close()
    return walk


def found(page, name):
    """Serious faults of a page: the rule, and the elements that break it."""
    result = axe_playwright.Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert result["passes"]
    return [
        (name, fault["id"], [node["html"][:160] for node in fault["nodes"][:3]])
        for fault in result["violations"]
        if fault["impact"] in SERIOUS or fault["id"] in ALSO
    ]


def test_no_page_has_a_serious_fault(walk):
    assert walk.faults == []


def test_no_page_asks_another_host_for_anything(walk, app):
    assert walk.asked
    assert [url for url in walk.asked if urlsplit(url).scheme not in OWN and urlsplit(url).hostname not in HERE] == []
    # An icon is fetched by the browser itself, which a page does not hear of.
    assert [icon[:80] for icon in walk.icons if not icon.startswith(("data:", "./", "/", app.address))] == []
