"""Take the screenshots of the app: ``python -m docs.screenshots [PAGE ...]`` (needs Chromium and Playwright).

Starts the app with an empty data folder, measures a sample, brings in the sample person, and photographs every page,
light and dark and on a phone's width, into ``docs/screenshots/``.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from docs.camera_film import both_sides_film, write_mjpeg

OUT = Path(__file__).with_name("screenshots")
LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390)}
PAGES = ("start", "selftest", "upload", "train", "result", "progress", "camera", "study", "privacy")
MAX_HEIGHT = 3800
COLOURS = 200


@dataclass(frozen=True)
class RunningApp:
    """An app that runs with a data folder of its own."""

    address: str
    folder: Path
    pid: int

    @property
    def owner_address(self) -> str:
        """The address that opens it on its owner's data; there is one once a page has been shown."""
        return f"{self.address}/?key={(self.folder / 'rom_vision' / 'app-key').read_text()}"


@contextmanager
def running_app() -> Iterator[RunningApp]:
    """Run the app until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    main = Path(__file__).parents[1] / "app.py"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder, "ROM_VISION_DATABASE_URL": ""}
        command = [sys.executable, "-m", "streamlit", "run", str(main), f"--server.port={port}"]
        process = subprocess.Popen(command, env=environment, cwd=main.parent, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health")
            yield RunningApp(address, Path(folder), process.pid)
        finally:
            process.send_signal(signal.SIGINT)  # as Ctrl-C: it deletes its recordings
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The app did not start.")


def chromium(playwright: object, *more: str) -> Browser:
    """Start the system's Chromium, with more flags if wanted."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", *more]
    return playwright.chromium.launch(executable_path=path, args=flags)  # type: ignore[attr-defined]


def settle(page: Page) -> None:
    """Wait until the page has been drawn and nothing runs any more."""
    page.locator("h1").first.wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)
    page.wait_for_timeout(700)


def measured(page: Page, address: str, test: str = "Hip rotation") -> str:
    """Measure a sample of a test, of the squats one with a fault, and return the address of its result."""
    page.goto(f"{address}/upload")
    settle(page)
    page.get_by_test_id("stMain").get_by_text(test, exact=True).first.click()
    settle(page)
    page.get_by_text("Camera and speed", exact=True).click()
    page.get_by_text("Faster, less accurate").click()
    settle(page)
    if test == "Squat":
        page.get_by_text("the left knee falls in").click()
        settle(page)
    page.get_by_role("button", name="Measure this one").click()
    page.get_by_text("Take it with you").wait_for(timeout=300_000)
    settle(page)
    return page.url


def take_overlay(page: Page) -> None:
    """Keep the picture of the first repetition on the result page, as the README shows it."""
    shown = page.get_by_alt_text("End range of repetition 1", exact=False).first
    data = page.request.get(urljoin(page.url, str(shown.get_attribute("src")))).body()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.resize((420, 420 * picture.height // picture.width)).save(OUT.with_name("overlay.jpg"), quality=85)


def take(page: Page, address: str, width: int, out: Path) -> None:
    """Photograph a whole page."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    settle(page)
    height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(int(height) + 70, 700), MAX_HEIGHT)})
    page.wait_for_timeout(1500)
    keep(page, out)


def keep(page: Page, out: Path) -> None:
    """Photograph what the page shows."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(out, optimize=True)


def take_live(playwright: object, address: str) -> None:
    """Photograph the live test at the end of a swing; the browser's camera shows the samples."""
    with tempfile.TemporaryDirectory() as folder:
        film = write_mjpeg(both_sides_film(), Path(folder) / "film.mjpeg")
        fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        for look, (scheme, width) in LOOKS.items():
            browser = chromium(playwright, *fake, f"--use-file-for-fake-video-capture={film}")
            page = browser.new_page(
                color_scheme=scheme,  # type: ignore[arg-type]
                viewport={"width": width, "height": 800},
            )
            page.goto(f"{address}/selftest")
            settle(page)
            page.get_by_role("textbox", name="Name", exact=True).fill("Ana")
            page.get_by_role("button", name="Add", exact=True).click()
            settle(page)
            page.get_by_role("button", name="Next: the camera").click()
            page.get_by_text("Set-up check").wait_for(timeout=120_000)
            page.get_by_role("button", name="Start the test").click()
            page.locator(".far .cue", has_text="Hold").wait_for(timeout=240_000)
            page.wait_for_timeout(500)
            keep(page, OUT / f"live-{look}.png")
            browser.close()


def main(wanted: list[str]) -> None:
    """Take the screenshots of the wanted pages, all by default."""
    OUT.mkdir(exist_ok=True)
    with running_app() as app, sync_playwright() as playwright:
        address = app.address
        if not wanted or "live" in wanted:
            take_live(playwright, address)
        browser = chromium(playwright)
        first = browser.new_page()
        first.goto(address)
        settle(first)  # makes the owner's key
        first.context.clear_cookies()
        first.goto(app.owner_address)
        settle(first)
        pages = {name: f"{address}/{name}" for name in PAGES} | {"start": address}
        if not wanted or "result" in wanted:
            pages["result"] = measured(first, address)
            take_overlay(first)
        if not wanted or "squat" in wanted:
            pages["squat"] = measured(first, address, "Squat")
        first.goto(pages["progress"])
        settle(first)
        first.get_by_role("button", name="Show me a sample person").click()
        first.get_by_text("Over time").wait_for(timeout=60_000)
        state = first.context.storage_state()
        for look, (scheme, width) in LOOKS.items():
            context = browser.new_context(color_scheme=scheme, storage_state=state)  # type: ignore[arg-type]
            page = context.new_page()
            for name, where in pages.items():
                if not wanted or name in wanted:
                    take(page, where, width, OUT / f"{name}-{look}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
