"""The charts of a study, as plain shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rom_vision.agreement.analysis import Agreement, Group
from rom_vision.agreement.limits import Estimate, Limits
from rom_vision.agreement.pairs import Pair
from rom_vision.report.shapes import Chart, Dot, Frame, Line, Scale, Shape, Style, Text, round_step, ticks_between

__all__ = ["agreement_chart", "groups_chart", "intervals_chart"]

MAX_PAIRS = 2000
"""More dots than that are one blot (our own heuristic)."""
_SIDES: dict[str, Style] = {"left": "left", "right": "right"}


def agreement_chart(group: Group) -> Chart | None:
    """Differences over means with bias and limits of agreement (Bland and Altman 1986); None without pairs."""
    pairs, limits = group.pairs[:MAX_PAIRS], group.limits
    if not pairs:
        return None
    edges = [p.difference for p in pairs] + [0.0]
    if limits is not None:
        edges += [e for found in (limits.lower, limits.upper) for e in (found.low, found.high) if math.isfinite(e)]
    step = round_step(max(max(edges) - min(edges), 1.0), 6)
    low, high = step * math.floor(min(edges) / step), step * math.ceil(max(edges) / step)
    means = [p.mean for p in pairs]
    margin = max((max(means) - min(means)) * 0.05, 1.0)
    frame = Frame(min(means) - margin, max(means) + margin, low, high, height=330.0, left=50.0, margin=112.0)
    shapes = [*_bands(frame, limits), *frame.axes("mean of program and reference, degrees", "°", step)]
    shapes += _limit_lines(frame, limits)
    shapes += [Dot(frame.to_x(p.mean), frame.to_y(p.difference), 4.5, _SIDES.get(p.side, "curve")) for p in pairs]
    shapes.append(Text(frame.left, 12, "program minus reference; left teal, right orange", size=10))
    label = f"Differences of {len(pairs)} pairs over their means"
    if limits is not None:
        label += (
            f": bias {limits.bias.value:+.1f}, limits {limits.lower.value:+.1f} to {limits.upper.value:+.1f} degrees"
        )
    return Chart(frame.width, frame.height, f"{label}.", tuple(shapes))


def _bands(frame: Frame, limits: Limits | None) -> list[Shape]:
    """The intervals of bias and limits."""
    if limits is None:
        return []
    found: list[tuple[Estimate, Style]] = [(limits.lower, "noise"), (limits.bias, "band"), (limits.upper, "noise")]
    return [frame.area(e.low, e.high, style) for e, style in found if math.isfinite(e.low)]


def _limit_lines(frame: Frame, limits: Limits | None) -> list[Shape]:
    if limits is None:
        return []
    shapes: list[Shape] = []
    for found, words in ((limits.upper, "upper limit"), (limits.bias, "bias"), (limits.lower, "lower limit")):
        y = frame.to_y(found.value)
        style: Style = "target" if words == "bias" else "whisker"
        shapes.append(Line(((frame.left, y), (frame.right, y)), style, dashed=words != "bias"))
        shapes.append(Text(frame.right + 6, y + 4, f"{words} {found.value:+.1f}°", "ink", 10, bold=True))
    return shapes


def groups_chart(found: Agreement) -> Chart | None:
    """Bias and limits of agreement of each group, one below the other; None with fewer than two."""
    rows = [(g, g.limits) for g in found.groups if g.limits is not None]
    if len(rows) < 2:
        return None
    edges = [0.0, *(e for _, m in rows for e in (m.lower.value, m.upper.value, m.bias.low, m.bias.high))]
    step = round_step(max(edges) - min(edges), 6)
    width, row_height, left = 560.0, 34.0, 150.0
    height = row_height * len(rows) + 40
    to_x = Scale(step * math.floor(min(edges) / step), step * math.ceil(max(edges) / step), left, width - 20)
    shapes: list[Shape] = []
    for tick in ticks_between(to_x.low, to_x.high, step):
        x = to_x(tick)
        shapes.append(Line(((x, 4), (x, height - 34)), "axis" if tick == 0 else "grid"))
        shapes.append(Text(x, height - 20, f"{tick:g}°", anchor="middle", size=10))
    for number, (group, limits) in enumerate(rows):
        y = 20 + number * row_height
        shapes.append(Text(0, y + 1, group.name, "ink", 11, bold=True))
        shapes.append(Text(0, y + 14, f"{limits.n_people} people, {limits.n_pairs} pairs", size=9))
        shapes.append(Line(((to_x(limits.lower.value), y), (to_x(limits.upper.value), y)), "grid"))
        shapes += [Line(((to_x(e.value), y - 7), (to_x(e.value), y + 7)), "axis") for e in (limits.lower, limits.upper)]
        shapes.append(Line(((to_x(limits.bias.low), y), (to_x(limits.bias.high), y)), "whisker"))
        shapes.append(Dot(to_x(limits.bias.value), y, 5, "curve"))
    words = "program minus reference: bias with its interval, ticks at the limits of agreement"
    shapes.append(Text((left + width - 20) / 2, height - 4, words, anchor="middle", size=10))
    label = "Bias by group: " + "; ".join(f"{g.name} {m.bias.value:+.1f} degrees" for g, m in rows)
    return Chart(width, height, label, tuple(shapes))


def intervals_chart(pairs: Sequence[Pair]) -> Chart | None:
    """Our interval around each difference, in order; one that does not reach zero did not hold the reference."""
    shown = sorted((p for p in pairs if p.interval is not None), key=lambda p: p.difference)[:MAX_PAIRS]
    if not shown:
        return None

    def ends(p: Pair) -> tuple[float, float]:
        assert p.interval is not None
        return p.interval[0] - p.reference, p.interval[1] - p.reference

    edges = [e for p in shown for e in ends(p)] + [0.0]
    step = round_step(max(max(edges) - min(edges), 1.0), 6)
    low, high = step * math.floor(min(edges) / step), step * math.ceil(max(edges) / step)
    frame = Frame(0.0, len(shown) + 1.0, low, high, height=230.0, left=50.0)
    shapes: list[Shape] = frame.axes("results, by their difference from the reference", "°", step, ticks=False)
    for number, p in enumerate(shown, 1):
        x, (bottom, top) = frame.to_x(number), ends(p)
        holds = bottom <= 0 <= top
        shapes.append(Line(((x, frame.to_y(bottom)), (x, frame.to_y(top))), "whisker" if holds else "marked"))
        shapes.append(Dot(x, frame.to_y(p.difference), 3.5, "curve" if holds else "marked"))
    words = "our 95 % interval around program minus reference; red: does not hold the reference"
    shapes.append(Text(frame.left, 12, words, size=10))
    outside = sum(1 for p in shown if not ends(p)[0] <= 0 <= ends(p)[1])
    label = f"Our intervals around the differences: {outside} of {len(shown)} do not hold the reference."
    return Chart(frame.width, frame.height, label, tuple(shapes))
