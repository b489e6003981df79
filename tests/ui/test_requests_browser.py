"""Nothing leaves the machine: what the browser asks for, on every page, is asked of the app alone."""

from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from docs.screenshots import PAGES, settle

pytestmark = pytest.mark.browser

HERE = {"127.0.0.1", "localhost"}
OWN = {"data", "blob", "about"}


def test_no_page_asks_another_host_for_anything(page, app):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(app.address)
    settle(page)
    page.get_by_role("button", name="Show me a sample person").click()
    page.get_by_role("heading", name="Left and right").wait_for()
    icons = set()
    for name in PAGES:
        page.goto(f"{app.address}/{name}")
        settle(page)
        icons.add(page.locator("link[rel~=icon]").first.get_attribute("href"))
    assert asked
    assert [url for url in asked if urlsplit(url).scheme not in OWN and urlsplit(url).hostname not in HERE] == []
    # An icon is fetched by the browser itself, which a page does not hear of.
    assert [icon[:80] for icon in icons if not icon.startswith(("data:", "./", "/", app.address))] == []
