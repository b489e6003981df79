"""What the tests of the app share: one running app, one browser, and the films its camera shows."""

import shutil

import pytest


@pytest.fixture(scope="session")
def app():
    """Address of a running app. Each browser context is a stranger to the others and gets a space of its own."""
    from docs.screenshots import running_app

    with running_app() as app:
        yield app


@pytest.fixture(scope="session")
def play():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if shutil.which("chromium") is None:
        pytest.skip("Chromium is not installed")
    # A busy machine takes its time; what is awaited comes in the end or not at all.
    sync_api.expect.set_options(timeout=60_000)
    with sync_api.sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def browser(play):
    from docs.screenshots import chromium

    browser = chromium(play)
    yield browser
    browser.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()
