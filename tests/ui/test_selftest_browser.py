"""The hands-free test in a real browser whose camera shows a sample clip."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from docs.camera_film import CLIP, OTHER_SIDE, truth_of

# Some loops of the film: a machine that does other things meanwhile may need several starts.
PATIENCE_S = 240

pytestmark = [pytest.mark.browser, pytest.mark.model]

# Runs in every frame of the page: what is said, and the camera, for a test to take away.
WATCH = """
window.said = [];
if (window.speechSynthesis) {
  const speak = speechSynthesis.speak.bind(speechSynthesis);
  speechSynthesis.speak = (words) => { window.said.push(words.text); speak(words); };
}
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (window.pulled) throw new DOMException("no camera", "NotFoundError");
  return window.camera = await ask(wanted);
};
"""
PULL_OUT = "() => { window.pulled = true; window.camera.getTracks().forEach((track) => track.stop()); }"


@pytest.fixture
def open_selftest(play, app):
    """Open the self-test from the start page; the browser's camera shows a film, or is refused."""
    from docs.screenshots import chromium, settle

    opened = []

    def start(sides, film=None):
        flags = ["--use-fake-device-for-media-stream", "--deny-permission-prompts"]
        if film is not None:
            flags[1:] = ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
        opened.append(chromium(play, *flags))
        page = opened[0].new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(WATCH)
        page.set_default_timeout(60_000)
        page.goto(app.address)
        page.get_by_test_id("stMain").get_by_role("button", name="Test yourself").click()
        page.get_by_role("textbox", name="Name", exact=True).fill("Ana")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name="Start the camera", disabled=False).wait_for()
        settle(page)  # the page before stands beside the new one for a moment
        page.get_by_role("radiogroup", name="Hips to test").get_by_text(sides, exact=True).click()
        page.get_by_role("button", name="Start the camera").click()
        return page

    yield start
    for browser in opened:
        browser.close()


def watch(page, until, *, each=lambda: None):
    """Note what the page says until a text appears: its cues in order, and pictures a second."""
    cues, rates = [], []
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        if page.get_by_text(until).count():
            return cues, rates
        for text in page.locator(".rv-cue").all_inner_texts()[:1]:
            cues += [text] if not cues or cues[-1] != text else []
        for text in page.locator(".rv-line").all_inner_texts()[:1]:
            rates += [int(found) for found in re.findall(r"(\d+) pictures a second", text)]
        each()
        page.wait_for_timeout(500)
    pytest.fail(f"no {until!r} after {PATIENCE_S} s; the page said {cues[-8:]}")


def read_values(page):
    """Value and interval of each side that the page shows."""
    shown = page.inner_text("[data-testid=stMain]")
    found = re.findall(r"(\d+)°\s*internal rotation.*?interval (\d+)° to (\d+)°", shown)
    return [tuple(map(int, numbers)) for numbers in found]


def test_both_sides_without_hands(open_selftest, app, film_of_both_sides, capsys):
    memory = []

    def weigh():
        pages = int(Path(f"/proc/{app.pid}/statm").read_text().split()[1])
        memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)

    page = open_selftest("Both", film_of_both_sides)
    cues, rates = watch(page, "The left side is done", each=weigh)
    said = page.evaluate("window.said")
    page.get_by_text("Silent: no voice").click()
    more_cues, more_rates = watch(page, "See the result", each=weigh)
    rates = sorted(rates + more_rates)
    with capsys.disabled():
        sys.stdout.write(
            f"\nlive in the browser, 640x480: {len(rates)} looks, pictures/s median {rates[len(rates) // 2]}, lowest "
            f"tenth {rates[len(rates) // 10]} (load {os.getloadavg()[0]:.1f}); server memory MB "
            f"{', '.join(f'{m:.0f}' for m in memory[:: max(1, len(memory) // 8)])}\n"
        )
    assert any("Hold" in cue for cue in cues), cues
    assert any("Swing your left foot outward again" in text for text in said), "it is spoken, too"
    assert any("right foot" in cue for cue in more_cues), "it goes on to the other side by itself"
    assert not any("right foot" in text for text in page.evaluate("window.said")), "and is silent when told so"
    (left, *_), (_, low, high) = read_values(page)
    assert left == pytest.approx(truth_of(CLIP)["internal_rotation_deg"], abs=4.0)
    assert low <= truth_of(OTHER_SIDE)["internal_rotation_deg"] <= high
    page.get_by_role("button", name="See the result").click()
    page.get_by_role("heading", name="Left and right").wait_for()
    assert "Ana" in page.inner_text("h1")
    assert page.get_by_role("tab").count() == 2


def test_a_camera_pulled_out_half_way_keeps_what_was_done(open_selftest, film_of_both_sides):
    page = open_selftest("Left", film_of_both_sides)
    watch(page, "1 of 3 swings")
    frame = next(frame for frame in page.frames if frame.evaluate("!!window.camera"))
    frame.evaluate(PULL_OUT)
    page.get_by_text("is not live").wait_for()
    shown = page.inner_text("[data-testid=stMain]")
    assert "The camera picture has stopped" in shown
    assert "pictures a second" not in shown, "nothing old is shown as live"
    page.get_by_role("button", name="Stop and keep what was done").click()
    page.get_by_text("Kept in session").wait_for()
    assert len(read_values(page)) == 1


def test_without_a_camera_the_page_says_what_to_do_and_plays_a_sample(open_selftest):
    page = open_selftest("Left")
    page.get_by_text("The browser gives no picture").wait_for()
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Stop and keep what was done").click()
    page.get_by_text("ended before anything was recorded").wait_for()
    page.get_by_role("button", name="Test again").click()
    page.get_by_role("button", name="watch a sample").click()
    watch(page, "1 of 3 swings")
