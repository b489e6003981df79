"""Nothing serious that axe-core finds for people who cannot see, hear or point well, on any page, in both themes."""

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

from docs.screenshots import PAGES, settle  # noqa: E402 (needs Playwright)

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
ALSO = {"heading-order", "page-has-heading-one", "landmark-one-main"}
"""Called moderate by axe-core, and asked for here all the same."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault(browser, app, theme):
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(app.address)
    settle(page)
    page.get_by_role("button", name="Show me a sample person").click()
    page.get_by_role("heading", name="Left and right").wait_for()
    settle(page)
    faults = found(page, "kept result")
    for name in PAGES:
        page.goto(f"{app.address}/{name}")
        settle(page)
        faults += found(page, name)
    context.close()
    assert faults == []


def found(page, name):
    """Serious faults of a page: the rule, and the elements that break it."""
    result = axe_playwright.Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert result["passes"]
    return [
        (name, fault["id"], [node["html"][:160] for node in fault["nodes"][:3]])
        for fault in result["violations"]
        if fault["impact"] in SERIOUS or fault["id"] in ALSO
    ]
