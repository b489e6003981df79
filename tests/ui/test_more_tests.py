"""The pages offer the straight leg raise and the toe touch, from file and before the camera."""

from pathlib import Path

import pytest
from app_pages import app

from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import PoseTrack
from rom_vision.ui.live.after import Outcome
from rom_vision.ui.live.far import result_rows
from rom_vision.ui.live.hold_guide import HOLDS, HoldGuide


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)

    def opened(page):
        test = app(page).run()
        assert not test.exception, test.exception
        return test

    return opened


def test_an_upload_asks_for_the_stature_as_a_number(opened):
    page = opened("upload")
    page.segmented_control(key="test").set_value("toe_touch").run()
    assert not page.exception
    (asked,) = page.number_input
    assert asked.value is None
    asked.set_value(172.0).run()
    assert not page.exception
    page.segmented_control(key="test").set_value("straight_leg_raise").run()
    assert not page.exception
    assert page.segmented_control(key="side").value == "left"


@pytest.mark.parametrize("test", list(HOLDS))
def test_the_self_test_offers_it_and_says_who_should_not(opened, test):
    page = opened("selftest")
    page.radio(key="selftest-test").set_value(test).run()
    assert not page.exception
    shown = "\n".join(str(m.value) for m in page.markdown)
    assert HOLDS[test].place in shown
    assert "slipped disc" in shown
    first = shown.index("slipped disc")
    assert first < shown.index("hip replacement")


def test_guides_know_their_test():
    raise_ = HoldGuide("straight_leg_raise", HOLDS["straight_leg_raise"].task(("right",), {"mode": "passive"}))
    assert (raise_.lying, raise_.options("right")) == (True, {"side": "right", "mode": "passive"})
    touch = HoldGuide("toe_touch", HOLDS["toe_touch"].task((), {"stature": "172"}))
    assert (touch.lying, touch.options("bend")) == (False, {"stature": "172"})


def test_the_far_screen_names_the_leg_and_the_unit():
    track = PoseTrack.load(sorted((Path(__file__).parents[2] / "validation" / "tracks").glob("straight_leg*.npz"))[0])
    asked = [analyse(track, "straight_leg_raise", {"side": side, "mode": "active"}) for side in ("left", "right")]
    (document,) = (done.document for done in asked if done.document.status == "measured")
    ((name, value, more),) = result_rows(Outcome(document.side, document))
    assert name == f"{document.side.capitalize()} leg", "two of them stand side by side, the test is known"
    assert value.endswith("°")
    assert more.endswith("°")
