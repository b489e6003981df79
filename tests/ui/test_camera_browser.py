"""Calibration in a real browser whose camera shows a rendered board."""

import shutil

import pytest
from camera_clip import CAMERA_FPS, write_camera

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
from playwright.sync_api import expect, sync_playwright

from calibration.render_views import BoardScene
from docs.screenshots import data_folder_of, owner_address, running_app, settle
from rom_vision.camera import Camera
from rom_vision.camera.board import BOARDS
from rom_vision.camera.profile import load_profile

CHROMIUM = shutil.which("chromium")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]

LAPTOP = Camera(640, 480, 520.0, 0.01, 327.0, 236.0, (-0.12, 0.05, 0.001, -0.0005, 0.0))
N_VIEWS, HELD_S = 18, 0.8
# A few loops of the film: a busy machine looks at few pictures a second.
LONG_MS = 180_000


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Somebody who follows the guide, each view held still for a moment."""
    scene = BoardScene(LAPTOP, BOARDS["a4"])
    held = (view for view in scene.session(N_VIEWS, seed=5) for _ in range(round(HELD_S * CAMERA_FPS)))
    return write_camera(held, tmp_path_factory.mktemp("camera") / "board.mjpeg")


@pytest.fixture
def app():
    with running_app() as address:
        yield address


def start(playwright, address, film):
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*flags, f"--use-file-for-fake-video-capture={film}"]
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(address)
    settle(page)  # makes the owner's key
    page.context.clear_cookies()
    page.goto(owner_address(address))
    settle(page)
    page.get_by_role("link", name="Camera").first.click()
    page.get_by_label("What to call this camera").fill("my-laptop")
    return browser, page


def test_a_board_held_before_the_camera_becomes_a_profile_that_can_be_chosen(app, film, monkeypatch):
    with sync_playwright() as playwright:
        browser, page = start(playwright, app, film)
        page.get_by_role("button", name="Start the camera").click()
        page.get_by_text("Tilt the board").or_(page.get_by_text("Hold the board into")).first.wait_for(timeout=LONG_MS)
        page.get_by_text("my-laptop is kept").wait_for(timeout=LONG_MS)
        expect(page.get_by_text("Field of view").first).to_be_visible()
        page.get_by_alt_text("Where the board was seen").or_(page.locator("img")).first.wait_for()
        page.goto(f"{app}/upload")
        settle(page)
        page.get_by_text("Camera and speed", exact=True).click()
        settle(page)
        page.get_by_role("combobox", name="Camera").click(force=True)
        page.get_by_role("option", name="my-laptop (calibrated)").wait_for()
        browser.close()
    monkeypatch.setenv("XDG_DATA_HOME", str(data_folder_of(app)))
    profile = load_profile("my-laptop")
    assert profile.focal_px * 640 / profile.width_px == pytest.approx(LAPTOP.focal_px, rel=0.01)
    assert profile.cx_px * 640 / profile.width_px == pytest.approx(LAPTOP.cx_px, abs=6.4)
    assert profile.rms_px < 1.0
