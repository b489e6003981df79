"""How large the far screen is from where the person sits."""

import math

# The height of a capital letter of every word that is shown on the far screen, in pixels.
CAPITALS = """
() => {
  const screen = [...document.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector(".far")).find(Boolean);
  const pen = document.createElement("canvas").getContext("2d");
  const found = [];
  for (const element of screen.querySelectorAll("*")) {
    const words = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim());
    const text = words.filter(Boolean);
    const box = element.getBoundingClientRect();
    if (!text.length || !box.width) continue;
    const style = getComputedStyle(element);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
    found.push([text.join(" "), pen.measureText("H").actualBoundingBoxAscent, inside]);
  }
  return found;
}
"""
# How wide the largest letters of the far screen are, in parts of the screen.
LARGEST = """
() => {
  const screen = [...document.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector(".far")).find(Boolean);
  const range = document.createRange();
  const widths = [...screen.querySelectorAll(".cue, .dial")].map((element) => {
    range.selectNodeContents(element);
    return range.getBoundingClientRect().width;
  });
  return Math.max(...widths) / innerWidth;
}
"""

SCREEN_INCHES, AWAY_MM, LEAST_ARCMIN = 14, 2500, 20
WIDE = {"width": 1280, "height": 800}


def arc_minutes(capital_px):
    """Under what angle a capital letter of a viewport that fills a screen of 14 inches is seen from 2.5 m."""
    px_mm = SCREEN_INCHES * 25.4 / math.hypot(WIDE["width"], WIDE["height"])
    return math.degrees(math.atan(capital_px * px_mm / AWAY_MM)) * 60


def check_far(page):
    """Everything on the far screen can be read from where the person sits, and lies on the screen."""
    shown = page.evaluate(CAPITALS)
    assert len(shown) >= 3
    for text, capital_px, inside in shown:
        assert arc_minutes(capital_px) >= LEAST_ARCMIN, text
        assert inside, text
