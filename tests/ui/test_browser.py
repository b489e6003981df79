"""The app in a real browser: upload, result, saving, comparing, export, delete; and who sees what."""

import io
import zipfile
from pathlib import Path

import pytest

from docs.camera_film import SAMPLES

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

from hostile_text import NAMES  # noqa: E402

from docs.screenshots import settle  # noqa: E402 (needs Playwright)
from rom_vision.sessions import SessionStore  # noqa: E402

pytestmark = pytest.mark.browser

LONG_MS = 300_000
SECRET = "Zwentibold Quxwick"


def titled(page, text):
    """Wait for a page's title; the page before may stand beside it for a moment."""
    page.locator("h1", has_text=text).first.wait_for()


def upload(page, app, file, *chosen):
    page.goto(f"{app.address}/upload")
    settle(page)
    for value in chosen:
        page.get_by_test_id("stMain").get_by_text(value, exact=True).first.click()
        settle(page)  # the page is drawn anew, and what was opened closes
    page.get_by_text("Camera and speed", exact=True).click()
    page.get_by_text("Faster, less accurate", exact=True).click()
    settle(page)
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Measure", exact=True).click()


def save_to(page, name):
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Add", exact=True).click()
    save = page.get_by_role("button", name=f"Save for {name}", exact=True, disabled=False)
    save.wait_for()
    settle(page)
    save.click()
    titled(page, name)
    settle(page)  # what is still being drawn anew cannot be downloaded


def downloaded(page, button):
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name=button).click()
    return Path(download.value.path()).read_bytes()


def holding(folder, text):
    """Files of the app whose name or bytes hold a text."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if text in path.name or text.encode() in path.read_bytes()]


@pytest.mark.model
def test_from_upload_to_delete(page, browser, app):
    upload(page, app, SAMPLES / "seated_left.mp4")
    page.get_by_role("button", name="Cancel").wait_for()
    first = page.get_by_alt_text("Found so far", exact=False)
    first.wait_for()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()  # the rest is still being looked at
    assert first.evaluate("picture => picture.decode().then(() => picture.naturalHeight)") > 100
    working = page.url
    page.reload()  # the work goes on, and its address leads back to it
    page.get_by_text("Every repetition").wait_for(timeout=LONG_MS)
    assert "job=" in working
    titled(page, "Left hip rotation, seated, active")
    assert page.evaluate("document.querySelector('video').readyState") >= 1

    other = browser.new_context().new_page()
    other.set_default_timeout(60_000)
    other.goto(page.url)
    other.get_by_text("no longer here").wait_for()

    save_to(page, SECRET)
    assert holding(app.folder, SECRET)
    assert downloaded(page, "PDF report").startswith(b"%PDF")
    other.goto(f"{app.address}/progress")
    other.get_by_text("Nobody has been added yet").wait_for()
    other.goto(f"{app.address}/result?session=1")
    other.get_by_text("There is no session 1").wait_for()
    other.context.close()

    page.goto(f"{app.address}/privacy")
    settle(page)
    with zipfile.ZipFile(io.BytesIO(downloaded(page, "Export everything"))) as archive:
        assert "manifest.json" in archive.namelist()
    expect(page.get_by_text("one session")).to_have_count(1)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("one session")).to_have_count(0)
    assert holding(app.folder, SECRET) == []


@pytest.mark.model
def test_a_squat_is_screened_and_its_finding_is_kept(page, app):
    upload(page, app, SAMPLES / "squat_valgus_left.mp4", "Squat")
    page.get_by_role("heading", name="What was found").wait_for(timeout=LONG_MS)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("knee valgus, left")
    expect(main).to_contain_text("threshold")
    expect(page.get_by_alt_text("Worst moment", exact=False).or_(page.locator("img")).first).to_be_visible()
    expect(page.get_by_text("Cannot be told from this view", exact=False).first).to_be_visible()
    save_to(page, "Ben")
    expect(main).to_contain_text("knee valgus, left")
    assert b"knee_valgus" in downloaded(page, "CSV")


@pytest.mark.model
def test_a_cancelled_recording_is_deleted(page, app):
    upload(page, app, SAMPLES / "seated_right_both_directions.mp4", "Right")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled. The recording has been deleted.").wait_for()


def test_a_sample_person_is_one_click_away_and_their_sessions_are_compared_and_opened(page, app):
    page.goto(app.address)
    settle(page)
    page.get_by_role("button", name="Show me a sample person").click()
    page.get_by_role("heading", name="Left and right").wait_for()
    titled(page, "Sample person")
    page.get_by_test_id("stMain").get_by_text("All sessions of").click()
    page.get_by_text("Compare two sessions").wait_for()
    expect(page.get_by_role("cell", name="Internal rotation", exact=False).first).to_be_visible()
    settle(page)
    # Not the list that opens in each box of choice, whose button has the same name.
    page.get_by_test_id("stButton").get_by_role("button", name="Open").first.click()
    titled(page, "Sample person")


@pytest.mark.parametrize("fault", ["not a video", "cut off"])
def test_a_bad_upload_gets_a_sentence_and_the_app_lives_on(page, app, tmp_path, fault):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"hello, I am no video" if fault == "not a video" else _cut())
    upload(page, app, bad)
    alert = page.get_by_role("alert").first
    alert.wait_for(timeout=LONG_MS)
    text = alert.inner_text()
    assert "bad.mp4" in text
    assert "Traceback" not in text
    assert str(tmp_path) not in text
    page.goto(app.address)
    settle(page)
    titled(page, "hips")


def _cut() -> bytes:
    """The first part of a video whose index stands at its end, as an interrupted copy has it."""
    whole = (SAMPLES / "seated_left.mp4").read_bytes()
    return whole[: len(whole) // 50]


def test_four_gigabytes_are_refused_before_they_are_sent(page, app, tmp_path):
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(4 * 2**30)
    page.goto(f"{app.address}/upload")
    settle(page)
    page.locator("input[type=file]").first.set_input_files(huge)
    page.get_by_text("must be 500.0MB or smaller").wait_for()
    expect(page.get_by_role("button", name="Measure", exact=True)).to_be_disabled()


def test_the_owner_sees_the_store_of_the_command_line(page, app, monkeypatch):
    page.goto(app.address)
    settle(page)  # makes the key
    page.context.clear_cookies()
    monkeypatch.setenv("XDG_DATA_HOME", str(app.folder))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)
    store = SessionStore()
    store.add_person("Cleo")
    store.close()
    page.goto(app.owner_address)
    settle(page)
    assert "key=" not in page.url
    page.goto(f"{app.address}/privacy")  # the cookie has taken over
    page.get_by_text("Cleo", exact=True).wait_for()


def test_names_are_shown_as_they_are_written(page, app, monkeypatch):
    """Markdown, icons, arrows, formulas and addresses in a name stay text."""
    monkeypatch.setenv("XDG_DATA_HOME", str(app.folder))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)
    store = SessionStore()
    for name in NAMES:
        store.add_person(name)
    store.close()
    page.goto(app.address)  # the first visit makes the owner's key
    settle(page)
    page.context.clear_cookies()
    page.goto(app.owner_address)
    settle(page)
    page.goto(f"{app.address}/privacy")
    settle(page)
    shown = page.get_by_test_id("stMarkdown").all_inner_texts()
    lines = {line.replace("\u2060", "") for text in shown for line in text.splitlines()}
    assert set(NAMES) <= lines
    marked = page.get_by_test_id("stMain").locator(
        "[data-testid=stMarkdown] :is(a, em, del, code, h2, blockquote, table, hr, .katex, img, [role=img])"
    )
    assert marked.all_inner_texts() == ["rom-vision app --lan"], "our own words alone"
    store = SessionStore()
    for name in NAMES:
        store.delete_person(name)
    store.close()
