"""The hands-free test in a real browser whose camera shows a sample clip."""

import os
import re
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from acting_camera import ActingPerson
from far_looks import WIDE, check_far
from live_films import squat_film

from docs.camera_film import CLIP, OTHER_SIDE, truth_of, webcam_film, write_mjpeg
from rom_vision.ui.live import voice

# Some loops of the film: a machine that does other things meanwhile may need several starts.
PATIENCE_S = 300

pytestmark = [pytest.mark.browser, pytest.mark.model]

# Runs in every frame of the page: what is said and when, and the camera, for a test to take away.
WATCH = """
window.said = [];
if (window.speechSynthesis) {
  const speak = speechSynthesis.speak.bind(speechSynthesis);
  speechSynthesis.speak = (words) => { window.said.push([performance.now(), words.text]); speak(words); };
}
const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (ask) navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (window.pulled) throw new DOMException("no camera", "NotFoundError");
  window.wanted = wanted;
  return window.camera = await ask(wanted);
};
"""
PULL_OUT = "() => { window.pulled = true; window.camera.getTracks().forEach((track) => track.stop()); }"


@pytest.fixture
def open_selftest(play, app):
    """Open the first step of the self-test; the browser's camera shows a film, or is refused."""
    from docs.screenshots import chromium, settle

    opened = []

    def start(film=None, before=lambda page: None):
        flags = ["--use-fake-device-for-media-stream", "--deny-permission-prompts"]
        if film is not None:
            flags[1:] = ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
        opened.append(chromium(play, *flags))
        page = opened[0].new_page(viewport=WIDE)
        page.add_init_script(WATCH)
        before(page)
        page.set_default_timeout(60_000)
        page.goto(app.address)
        page.get_by_test_id("stMain").get_by_role("button", name="Test yourself").click()
        page.get_by_role("textbox", name="Name", exact=True).fill("Ana")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name="Next: the camera", disabled=False).wait_for()
        settle(page)  # the page before stands beside the new one for a moment
        return page

    yield start
    for browser in opened:
        browser.close()


def choose_hips(page, sides):
    page.get_by_role("radiogroup", name="Hips to test").get_by_text(sides, exact=True).click()
    to_the_camera(page)


def to_the_camera(page):
    page.get_by_role("button", name="Next: the camera").click()


def begin(page):
    page.get_by_text("Set-up check").wait_for()
    page.get_by_role("button", name="Start the test").click()
    page.locator(".far").wait_for()


def watch(page, until, *, each=lambda: None):
    """Note the cues of the far screen in order, until it says ``until``."""
    cues = []
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        told = page.locator(".far .cue").all_inner_texts()
        cues += told[:1] if told and (not cues or cues[-1] != told[0]) else []
        if page.locator(".far").get_by_text(until).count():
            return cues
        each()
        page.wait_for_timeout(400)
    pytest.fail(f"no {until!r} after {PATIENCE_S} s; the screen said {cues[-8:]}")


def camera_of(page):
    """The frame that has opened the camera; after a reload it takes its time."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        for frame in page.frames:
            if frame.evaluate("!!window.camera"):
                return frame
        page.wait_for_timeout(300)
    pytest.fail(f"no camera after {PATIENCE_S} s")


def read_values(page):
    """Value and interval of each side that the page shows."""
    shown = page.inner_text("[data-testid=stMain]")
    found = re.findall(r"(\d+)°\s*internal rotation.*?interval (\d+)° to (\d+)°", shown)
    return [tuple(map(int, numbers)) for numbers in found]


def test_both_sides_without_hands(open_selftest, app, tmp_path, capsys):
    memory, checked, people = [], set(), []

    def look(side):
        pages = int(Path(f"/proc/{app.pid}/statm").read_text().split()[1])
        memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
        shows = page.locator(".far").get_attribute("data-shows")
        if shows not in checked:
            check_far(page)
            checked.add(shows)
        people[0].act(side)

    page = open_selftest(before=lambda page: people.append(ActingPerson(page, tmp_path)))
    choose_hips(page, "Both")
    begin(page)
    cues = watch(page, "Next: right", each=lambda: look("left"))
    page.get_by_role("button", name="Silence the voice").click()
    page.get_by_role("button", name="Let the voice speak").wait_for()
    page.wait_for_timeout(1000)
    spoken = page.evaluate("window.said")
    more_cues = watch(page, "Your result", each=lambda: look("right"))
    check_far(page)
    with capsys.disabled():
        sys.stdout.write(
            f"\nlive in the browser (load {os.getloadavg()[0]:.1f}); server memory MB "
            f"{', '.join(f'{m:.0f}' for m in memory[:: max(1, len(memory) // 8)])}\n"
        )
    assert checked >= {"swing", "words"}
    assert "Hold" in cues
    assert "Ana" in page.locator(".far .who").inner_text()
    # A sentence that came up while another was spoken gives way to the next: which ones are said depends on the pace.
    told = ("swing your left foot outward", "hold", "rest")
    assert any(words in text.lower() for _, text in spoken for words in told), spoken
    assert len(page.evaluate("window.said")) == len(spoken), "and is silent when told so"
    assert "Swing outward" in more_cues, "it goes on to the other side by itself"
    gaps = [b - a for (a, _), (b, text) in pairwise(spoken) if "hips" not in text and "buttocks" not in text]
    assert min(gaps) >= 1500, spoken
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="See the result").wait_for()
    values = read_values(page)
    assert len(values) == 2, page.inner_text("[data-testid=stMain]")
    (left, *_), (_, low, high) = values
    assert left == pytest.approx(truth_of(CLIP)["internal_rotation_deg"], abs=4.0)
    assert low <= truth_of(OTHER_SIDE)["internal_rotation_deg"] <= high
    page.get_by_role("button", name="See the result").click()
    page.get_by_role("heading", name="Left and right").wait_for()
    assert "Ana" in page.inner_text("h1")
    assert page.get_by_role("tab").count() == 2


def test_a_pause_a_reload_and_a_camera_pulled_out_lose_nothing(open_selftest, tmp_path):
    page = open_selftest(write_mjpeg(webcam_film(), tmp_path / "left.mjpeg"))
    choose_hips(page, "Left")
    pause_and_go_on(page)
    begin(page)
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") == "Stop"
    watch(page, "1 of 3")
    wanted = camera_of(page).evaluate("window.wanted")
    assert wanted["video"]["width"]["ideal"] == 1280
    page.reload()
    page.get_by_text("is under way: left leg, 1 of 3 done").wait_for()
    page.get_by_role("button", name="Go on with it").click()
    page.locator(".far .cue", has_text=re.compile("Good|Swing|Keep|Let|Hold|Go on|Once")).wait_for()
    camera_of(page).evaluate(PULL_OUT)
    page.locator(".far .cue", has_text="No picture").wait_for()
    page.keyboard.press("Escape")
    page.locator(".far").get_by_text("Your result").wait_for(timeout=PATIENCE_S * 1000)
    page.keyboard.press("Escape")
    page.get_by_text("Kept for Ana, session 1").wait_for()
    assert len(read_values(page)) == 1


def pause_and_go_on(page):
    page.get_by_text("Set-up check").wait_for()
    live = page.frame_locator('iframe[title^="Live picture of the camera"]')
    live.get_by_role("button", name="Pause the camera").click()
    page.get_by_text("The camera is paused").wait_for()
    page.wait_for_timeout(7000)
    assert page.get_by_text("The camera is paused").count() == 1, "a camera that is lost would be asked for again"
    live.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Set-up check").wait_for()
    live.locator('video[aria-label="Live picture of the camera, mirrored"]').wait_for()


def test_squats_are_counted_and_screened_without_hands(open_selftest, tmp_path):
    page = open_selftest(write_mjpeg(squat_film("squat_valgus_left.mp4"), tmp_path / "squat.mjpeg"))
    page.get_by_role("radiogroup", name="Test", exact=True).get_by_text("Squat", exact=True).click()
    page.get_by_role("radiogroup", name="Seen").wait_for()
    to_the_camera(page)
    begin(page)
    watch(page, "2 of 3")
    page.keyboard.press("Escape")
    watch(page, "Your result")
    page.keyboard.press("Escape")
    page.get_by_text("Kept for Ana, session 1").wait_for()
    shown = page.inner_text("[data-testid=stMain]")
    assert "The left knee" in shown, shown


def test_without_a_camera_the_page_says_so_at_once_and_plays_a_sample(open_selftest):
    page = open_selftest()
    choose_hips(page, "Left")
    page.get_by_text("does not let this page see the camera").wait_for(timeout=20_000)
    assert "NotAllowed" not in page.inner_text("[data-testid=stMain]")
    assert any("allow the camera" in text for _, text in page.evaluate("window.said"))
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Please allow the camera").wait_for()
    page.get_by_text("does not let this page see the camera").wait_for()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="watch a sample").click()
    begin(page)
    watch(page, "Hold")


def test_sentences_are_finished_and_only_the_newest_follows(page):
    """The voice alone, with a speech engine that takes its time."""
    script = (Path(voice.__file__).parent / "assets" / "voice.js").read_text(encoding="utf-8")
    page.goto("about:blank")
    said = page.evaluate(
        """async (script) => {
          const log = [], began = performance.now();
          const note = (what) => log.push([Math.round(performance.now() - began), what]);
          window.SpeechSynthesisUtterance = function (text) { this.text = text; };
          let running = null;
          const engine = { speak(words) {
              note(words.text);
              running = words;
              setTimeout(() => words.onstart?.(), 5);
              setTimeout(() => { if (running === words) { note("end"); words.onend?.(); } }, 700);
            }, cancel() { running = null; note("cancel"); } };
          Object.defineProperty(window, "speechSynthesis", { value: engine, configurable: true });
          const { default: run } = await import("data:text/javascript," + encodeURIComponent(script));
          const say = (text, urgent = false) => run({ data: { text, key: text, on: true, urgent, tone: "" } });
          const wait = (ms) => new Promise((done) => setTimeout(done, ms));
          say("one"); await wait(100); say("two"); await wait(100); say("three"); await wait(2600);
          say("four"); await wait(200); say("Hips!", true); await wait(100);
          run({ data: { text: "five", key: "5", on: false, tone: "" } }); await wait(100);
          return log;
        }""",
        script,
    )
    words = [what for _, what in said]
    assert words == ["one", "end", "three", "end", "cancel", "Hips!", "cancel"], "four was over before it could be said"
    times = dict(reversed([(what, at) for at, what in said]))
    assert times["three"] - 700 >= 1500
