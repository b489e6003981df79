"""Calibration in a real browser whose camera shows a rendered board."""

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from calibration.render_views import BoardScene
from docs.camera_film import CAMERA_FPS, write_camera
from docs.screenshots import chromium, settle
from rom_vision.camera import Camera
from rom_vision.camera.board import BOARDS
from rom_vision.camera.profile import load_profile

pytestmark = pytest.mark.browser

LAPTOP = Camera(640, 480, 520.0, 0.01, 327.0, 236.0, (-0.12, 0.05, 0.001, -0.0005, 0.0))
N_VIEWS, HELD_S = 18, 0.55
# A few loops of the film: a busy machine looks at few pictures a second.
LONG_MS = 180_000


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Somebody who follows the guide, each view held still for a moment."""
    scene = BoardScene(LAPTOP, BOARDS["a4"])
    held = (view for view in scene.session(N_VIEWS, seed=5) for _ in range(round(HELD_S * CAMERA_FPS)))
    return write_camera(held, tmp_path_factory.mktemp("camera") / "board.mjpeg")


@pytest.fixture
def page(play, app, film):
    """The owner's camera page, in a browser whose camera shows the film."""
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = chromium(play, *fake, f"--use-file-for-fake-video-capture={film}")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(app.address)
    settle(page)  # makes the owner's key
    page.context.clear_cookies()
    page.goto(app.owner_address)
    settle(page)
    page.get_by_role("link", name="Camera").first.click()
    page.get_by_label("What to call this camera").fill("my-laptop")
    yield page
    browser.close()


def test_a_board_held_before_the_camera_becomes_a_profile_that_can_be_chosen(page, app, monkeypatch):
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("Tilt the board").or_(page.get_by_text("Hold the board into")).first.wait_for(timeout=LONG_MS)
    page.get_by_text("my-laptop is kept").wait_for(timeout=LONG_MS)
    page.get_by_text("Field of view").first.wait_for()
    page.get_by_alt_text("Where the board was seen").or_(page.locator("img")).first.wait_for()
    page.goto(f"{app.address}/upload")
    settle(page)
    page.get_by_text("Camera and speed", exact=True).click()
    settle(page)
    page.get_by_role("combobox", name="Camera").click(force=True)
    page.get_by_role("option", name="my-laptop (calibrated)").wait_for()
    monkeypatch.setenv("XDG_DATA_HOME", str(app.folder))
    profile = load_profile("my-laptop")
    assert profile.focal_px * 640 / profile.width_px == pytest.approx(LAPTOP.focal_px, rel=0.01)
    assert profile.cx_px * 640 / profile.width_px == pytest.approx(LAPTOP.cx_px, abs=6.4)
    assert profile.rms_px < 1.0
