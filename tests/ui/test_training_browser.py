"""Guided drills in a real browser whose camera shows a sample clip, slowed down: from the start to the log."""

import re

import pytest
from far_looks import LARGEST, WIDE, check_far
from live_films import slowed, squat_film

from docs.camera_film import webcam_film, write_mjpeg

PATIENCE_MS = 300_000

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def open_training(play, app):
    """Open the training page of a new person; the browser's camera shows a film."""
    from docs.screenshots import chromium, settle

    opened = []

    def start(film):
        flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        opened.append(chromium(play, *flags, f"--use-file-for-fake-video-capture={film}"))
        page = opened[0].new_page(viewport=WIDE)
        page.set_default_timeout(60_000)
        page.goto(f"{app.address}/train")
        settle(page)
        page.get_by_role("textbox", name="Name", exact=True).fill("Ana")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text("There is no plan yet.").wait_for()
        settle(page)
        return page

    yield start
    for browser in opened:
        browser.close()


def plan_of(page, drill):
    from docs.screenshots import settle

    page.get_by_role("combobox", name="Drills").click()
    page.get_by_role("option", name=drill).click()
    page.keyboard.press("Escape")
    settle(page)
    page.get_by_role("button", name="Make a plan of these").click()
    page.get_by_role("heading", name="My plan").wait_for()
    settle(page)


def choose(page, drill, sets, count):
    from docs.screenshots import settle

    page.goto(f"{page.url.partition('?')[0]}?drill={drill}")
    page.get_by_role("button", name="Next: the camera").wait_for()
    settle(page)
    for label, value in (("Sets", sets), (re.compile("in a set"), count)):
        box = page.get_by_test_id("stMain").get_by_role("spinbutton", name=label).last
        box.fill(str(value))
        box.press("Enter")
        settle(page)
    page.get_by_role("button", name="Next: the camera").click()
    page.get_by_text("Set-up check").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Start the drill").click()
    page.locator(".far").wait_for()


def answer(page, pain, *, pinch=False):
    page.get_by_role("button", name="Close").click()
    page.get_by_text("How much did it hurt?").wait_for()
    page.get_by_test_id("stButtonGroup").get_by_text(str(pain), exact=True).click()
    if pinch:
        page.get_by_text("It pinched in the front").click()
    page.get_by_role("button", name="Save the answer").click()


def test_squats_from_the_start_to_the_log(open_training, tmp_path):
    page = open_training(write_mjpeg(slowed(squat_film(), 2.2), tmp_path / "squat.mjpeg"))
    choose(page, "box_squat", 1, 2)
    page.locator(".far .facts li", has_text="1 of 2").wait_for(timeout=PATIENCE_MS)
    assert page.locator(".far").get_attribute("data-shows") == "drill"
    check_far(page)
    assert page.evaluate(LARGEST) >= 1 / 3
    assert "Ana" in page.locator(".far .who").inner_text()
    page.locator(".far .cue", has_text="How did it feel?").wait_for(timeout=PATIENCE_MS)
    check_far(page)
    answer(page, 1)
    page.get_by_text("Pain 1 of 10").wait_for()
    assert "2 repetitions counted" in page.inner_text("[data-testid=stMain]")
    page.get_by_role("button", name="Go on: what is due today").click()
    page.get_by_role("heading", name="What was done").wait_for()
    page.get_by_text("All 1").click()
    page.get_by_text(re.compile("Slow squat to a box · 2 counted .*pain 1")).wait_for()


def test_pain_stops_the_training_of_the_day(open_training, tmp_path):
    page = open_training(write_mjpeg(slowed(webcam_film(), 2.0), tmp_path / "lift.mjpeg"))
    plan_of(page, "Seated internal rotation lift")
    choose(page, "seated_ir_lift", 1, 8)
    page.locator(".far .facts li", has_text="1 of 8").wait_for(timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    page.locator(".far .cue", has_text="How did it feel?").wait_for(timeout=PATIENCE_MS)
    answer(page, 5)
    page.get_by_text("Stop at pain above 3 of 10").wait_for()
    assert page.get_by_role("button", name="The same drill again").count() == 0
    page.get_by_role("button", name="Back to my training").click()
    page.get_by_text("Pain ended today's training").wait_for()
    assert page.get_by_role("button", name="Start training").count() == 0
    page.get_by_text("All 1").click()
    page.get_by_text(re.compile("Seated internal rotation lift · .*pain 5")).wait_for()
