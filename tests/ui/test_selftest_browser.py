"""The hands-free test in a real browser whose camera shows a sample clip."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from camera_clip import truth_of, write_mjpeg

from rom_vision.sessions import SessionStore

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
CLIP = "seated_left.mp4"
# Ten loops of the clip: a machine that does other things meanwhile may need several starts.
PATIENCE_S = 180

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]

RECORD_SPEECH = """
window.said = [];
if (window.speechSynthesis) {
  const speak = speechSynthesis.speak.bind(speechSynthesis);
  speechSynthesis.speak = (words) => { window.said.push(words.text); speak(words); };
}
"""


@pytest.fixture
def server(tmp_path):
    """The app on a free port with a data folder of its own; its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "ROM_VISION_DATABASE_URL": ""}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.5)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def open_page(play, address, *flags):
    browser = play.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--use-fake-device-for-media-stream", *flags]
    )
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(RECORD_SPEECH)
    page.set_default_timeout(60_000)
    page.goto(f"{address}/selftest")
    page.get_by_role("textbox", name="Name", exact=True).fill("Ana")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("radiogroup", name="Hips to test").get_by_text("Left", exact=True).click()
    page.get_by_role("button", name="Start the camera").click()
    return browser, page


def follow(page, server_pid):
    """Watch the page until the result is kept; return cues, pictures a second, and the server's memory."""
    cues, rates, memory = [], [], []
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        if page.get_by_text("Kept in session").count():
            return cues, rates, memory
        for text in page.locator(".rv-cue").all_inner_texts()[:1]:
            cues += [text] if not cues or cues[-1] != text else []
        for text in page.locator(".rv-line").all_inner_texts()[:1]:
            if "pictures a second" in text:
                rates.append(int(text.split("·")[-1].split()[0]))
        pages = int(Path(f"/proc/{server_pid}/statm").read_text().split()[1])
        memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
        time.sleep(0.5)
    pytest.fail(f"no result after {PATIENCE_S} s; the page said {cues[-8:]}")


def test_a_whole_test_without_hands(server, tmp_path, capsys):
    address, pid = server
    film = write_mjpeg(CLIP, tmp_path / "camera.mjpeg")
    quiet = os.getloadavg()[0] < 1.0
    with playwright.sync_playwright() as play:
        flags = ("--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}")
        browser, page = open_page(play, address, *flags)
        cues, rates, memory = follow(page, pid)
        said = page.evaluate("window.said")
        page.get_by_role("button", name="See the result").click()
        page.get_by_text("Ana").first.wait_for()
        browser.close()
    steady = sorted(rates)[len(rates) // 2]
    with capsys.disabled():
        sys.stdout.write(
            f"\nlive in the browser: median {steady} pictures/s analysed (load {os.getloadavg()[0]:.1f}); server "
            f"memory MB {', '.join(f'{m:.0f}' for m in memory[:: max(1, len(memory) // 8)])}\n"
        )
    assert any("Hold" in cue for cue in cues)
    assert any("Swing your left foot outward again" in text for text in said), "it is spoken, too"
    (database,) = (tmp_path / "data").rglob("*.db")
    store = SessionStore(f"sqlite:///{database}")
    (line,) = store.sessions("Ana")
    (result,) = store.session(line.id).results
    truth = truth_of(CLIP)["internal_rotation_deg"]
    assert result.document.status == "measured", (result.document.reasons, result.document.repetitions)
    assert result.document.internal_rotation.value_deg == pytest.approx(truth, abs=4.0)
    assert result.document.side == "left"
    assert result.has_track
    assert store.pictures(result.id)
    if quiet:
        assert steady >= 20


def test_without_a_camera_the_page_says_what_to_do(server):
    address, _ = server
    with playwright.sync_playwright() as play:
        browser, page = open_page(play, address, "--deny-permission-prompts")
        page.get_by_text("The browser gives no picture").wait_for()
        page.get_by_role("button", name="Try again").click()
        page.get_by_role("button", name="Stop and keep what was done").click()
        page.get_by_text("ended before anything was recorded").wait_for()
        browser.close()
