"""The player on the result page, in a real browser: picture by picture, slow motion, to a hold, by the keyboard."""

from datetime import datetime, timezone

import pytest
from made_results import pose_track, rotation_document

from docs.camera_film import SAMPLES

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from docs.screenshots import settle
from rom_vision.sessions import NewResult, SessionStore

pytestmark = pytest.mark.browser

TIME = "document.querySelector('video').currentTime"


@pytest.fixture
def session(page, app):
    """A page of the owner's that shows a session whose video was kept."""
    page.goto(app.address)
    settle(page)  # makes the owner's key
    page.context.clear_cookies()
    store = SessionStore(f"sqlite:///{app.folder / 'rom_vision' / 'sessions.db'}")
    if "Player" not in {p.name for p in store.people()}:
        store.add_person("Player")
    track = pose_track((30.0, 34.0, 32.0))
    made = NewResult(rotation_document((30.0, 34.0, 32.0)), track, video=SAMPLES / "seated_left.mp4")
    number = store.save_session("Player", [made])
    store.close()
    page.goto(app.owner_address)
    settle(page)
    page.goto(f"{app.address}/result?session={number}")
    settle(page)
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    return page


@pytest.fixture
def two_sessions(page, app):
    """Progress with two sessions side by side whose videos were kept; their best holds begin at 2.5 and 7.5 s."""
    page.goto(app.address)
    settle(page)
    page.context.clear_cookies()
    store = SessionStore(f"sqlite:///{app.folder / 'rom_vision' / 'sessions.db'}")
    store.add_person("Twice")
    for day, peaks in enumerate(((36.0, 34.0, 33.0), (31.0, 38.0, 34.0))):
        made = NewResult(rotation_document(peaks), pose_track(peaks), video=SAMPLES / "seated_left.mp4")
        moment = datetime(2026, 5, 4 + day, 9, tzinfo=timezone.utc)
        number = store.save_session("Twice", [made], taken_at=moment, again=True)
    store.close()
    page.goto(app.owner_address)
    settle(page)
    page.goto(f"{app.address}/result?session={number}")
    settle(page)
    page.goto(f"{app.address}/progress")
    settle(page)
    page.get_by_text("See both side by side, aligned at the hold").click()
    page.wait_for_function("[...document.querySelectorAll('video')].filter((v) => v.readyState >= 2).length === 2")
    return page


def test_two_sessions_play_in_step(two_sessions):
    page = two_sessions
    bar = page.get_by_role("group", name="Both in step")
    times = "[...document.querySelectorAll('video')].map((v) => v.currentTime)"
    still = "[...document.querySelectorAll('video')].every((v) => v.paused && !v.seeking)"
    bar.locator(".now", has_text="+0.00 s from the hold").wait_for()
    page.wait_for_function(still)
    first = page.evaluate(times)
    assert first[1] - first[0] == pytest.approx(7.5 - 2.5, abs=0.01)
    bar.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{times}[0] > {first[0]} + 0.02 && {still}")
    assert [b - a for a, b in zip(first, page.evaluate(times), strict=True)] == pytest.approx([1 / 30] * 2, abs=0.005)
    bar.locator("select").select_option("0.25")
    bar.focus()
    page.keyboard.press(" ")
    page.wait_for_function(f"{times}[0] > {first[0]} + 0.3")
    assert page.evaluate("[...document.querySelectorAll('video')].map((v) => v.playbackRate)") == [0.25, 0.25]
    page.keyboard.press(" ")
    page.wait_for_function(still)
    one, other = page.evaluate(times)
    assert other - one == pytest.approx(7.5 - 2.5, abs=0.15)
    bar.get_by_role("button", name="To the hold").click()
    bar.locator(".now", has_text="+0.00 s from the hold").wait_for()
    page.wait_for_function(still)
    for moved in (0, 1):  # by its own controls, or by the page that begins a video where it was told to
        page.evaluate(f"document.querySelectorAll('video')[{moved}].currentTime += 0.4")
        page.wait_for_function(f"Math.abs({times}[1] - {times}[0] - 5.0) < 0.01 && {still}")
    assert page.evaluate(times) == pytest.approx([2.5 + 0.8, 7.5 + 0.8], abs=0.01)
    bar.locator(".now", has_text="+0.80 s from the hold").wait_for()


def moved_to(page, low, high):
    page.wait_for_function(f"{TIME} > {low} && {TIME} < {high} && !document.querySelector('video').seeking")


def test_step_jump_and_slow_motion(session):
    bar = session.locator(".player")
    bar.get_by_role("button", name="2: 34.0°").click()
    moved_to(session, 8.2, 8.3)  # the middle of the second hold
    bar.locator(".now", has_text="34").wait_for()
    start = session.evaluate(TIME)
    bar.get_by_role("button", name="One picture on").click()
    moved_to(session, start + 0.01, start + 0.1)
    bar.focus()
    session.keyboard.press("ArrowLeft")
    moved_to(session, start - 0.01, start + 0.01)
    bar.locator("select").select_option("0.25")
    bar.focus()
    session.keyboard.press(" ")
    session.wait_for_function("!document.querySelector('video').paused")
    assert session.evaluate("document.querySelector('video').playbackRate") == 0.25
    bar.locator(".play", has_text="Pause").wait_for()
    session.keyboard.press(" ")
    session.wait_for_function("document.querySelector('video').paused")
    bar.locator(".curve").click(position={"x": 2, "y": 40})
    moved_to(session, -0.01, 0.5)


def test_a_joint_is_dragged_to_its_place(session):
    session.get_by_text("Put a joint in its place").click()
    picture = session.locator("svg.place")
    ring = picture.locator("circle.put")
    ring.wait_for()
    settle(session)  # while the page still grows the ring goes away under the mouse
    ring.evaluate("ring => ring.scrollIntoView({ block: 'center' })")
    box = ring.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session.mouse.move(x, y)
    session.mouse.down()
    session.mouse.move(x + 12, y)
    session.mouse.up()
    picture.focus()
    session.keyboard.press("ArrowLeft")
    assert float(ring.get_attribute("cx")) > float(picture.locator("circle.found").get_attribute("cx"))
    settle(session)  # the place is told when the key is let go
    session.get_by_label("Why").last.fill("it lay on the chair")
    session.keyboard.press("Enter")
    settle(session)  # a click that meets the page while it takes the words in may be lost
    session.get_by_role("button", name="Measure with it").click()
    session.get_by_text("Edited by hand", exact=True).wait_for()
    session.get_by_role("button", name="Take the latest correction back").click()
    session.get_by_text("Edited by hand", exact=True).wait_for(state="detached")
