"""The far screen alone in a browser: every state of it can be read from 2.5 m and stays on the screen."""

from dataclasses import asdict

import pytest
from far_looks import LARGEST, WIDE, check_far

from rom_vision.ui.live.assets import asset
from rom_vision.ui.live.far import FarScreen

pytestmark = pytest.mark.browser

PAGE = '<body style="margin:0"><div id="host"></div><div class="st-key-selftest_video"></div></body>'
MOUNT = """([html, css]) => {
  document.getElementById("host").attachShadow({ mode: "open" }).innerHTML = `<style>${css}</style>${html}`;
}"""
SHOW = """async ([js, data]) => {
  const { default: run } = await import("data:text/javascript," + encodeURIComponent(js));
  window.pressed = [];
  const setTriggerValue = (name) => window.pressed.push(name);
  run({ data, parentElement: document.getElementById("host").shadowRoot, setTriggerValue });
}"""
ROWS = tuple((f"{side}, {way}", "38°", "± 7°") for side in ("Left", "Right") for way in ("in", "out"))
STATES = {
    "hold": {"shows": "swing", "cue": "Hold", "angle": 37.2, "band": (30.0, 45.0), "held": 0.6},
    "outward": {"shows": "swing", "cue": "Swing outward", "angle": 2.0},
    "long": {
        "cue": "Step into view",
        "sentence": "I cannot see you. Step back until your whole body is in the picture.",
    },
    "two": {"shows": "results", "cue": "Your result", "results": (("Left", "38°", "± 7°"), ("Right", "34°", "± 7°"))},
    "lift": {
        "shows": "drill",
        "cue": "Buttock down",
        "dial": "12 s",
        "held": 0.4,
        "facts": ("7 of 8", "now 38°", "last 36°"),
        "count": "Set 2/3",
    },
    "squat": {"shows": "drill", "cue": "Slowly down", "dial": "3", "facts": ("3 of 12",), "count": "Set 1/3"},
    "rest": {"shows": "drill", "cue": "Other leg", "dial": "10", "held": 1.0, "facts": ("Right leg", "12 times")},
    "raises": {
        "shows": "results",
        "cue": "Your result",
        "results": (("Left leg", "73.5°", "± 7°"), ("Right leg", "68.0°", "± 7°")),
    },
    "reach": {"shows": "results", "cue": "Your result", "results": (("Toe touch", "-12.5 cm", "± 3 cm"),)},
    "four": {"shows": "results", "cue": "Your result", "results": ROWS},
}


@pytest.mark.parametrize("height", [WIDE["height"], 720])
def test_every_state_is_read_from_afar(browser, height):
    page = browser.new_page(viewport={"width": WIDE["width"], "height": height})
    page.set_content(PAGE)
    page.evaluate(MOUNT, [asset("far.html"), asset("far.css")])
    for state in STATES.values():
        shown = FarScreen(open=True, who="Left leg · Maximiliane von Hohenstein", **{"count": "1 of 3", **state})
        page.evaluate(SHOW, [asset("far.js"), asdict(shown)])
        page.wait_for_timeout(50)
        check_far(page)
        if shown.shows == "drill":
            assert page.evaluate(LARGEST) >= 1 / 3, state
    page.evaluate(SHOW, [asset("far.js"), asdict(FarScreen(open=True, cue="<b>&amp;", who="<i>x</i>"))])
    assert page.locator(".far .cue").inner_text() == "<b>&amp;", "a name is text, never markup"
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Stop"
    page.keyboard.press("Escape")
    assert page.evaluate("window.pressed") == ["stopped"]
    page.close()
