"""Two results of one test over one another: one repetition of each, aligned where its hold begins, on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from rom_vision.meaning.statements import unit_sign
from rom_vision.report.charts import pieces
from rom_vision.report.presenters.base import main_curve
from rom_vision.report.shapes import Chart, Frame, Line, Shape, Text, round_step
from rom_vision.results.document import Document
from rom_vision.results.parts import Repetition

__all__ = ["aligned_chart", "best_repetition", "zero_s"]

BEFORE_S, AFTER_S = 2.5, 4.0
"""How much of the swing is shown before its hold, and after (our own heuristic: a slow swing and its way back)."""


def best_repetition(document: Document) -> int | None:
    """Return the number of the valid repetition that reached farthest, from 1; the first without values, or None."""
    valid = [(r.value if r.value is not None else -math.inf, -n) for n, r in _numbered(document) if r.valid]
    return -max(valid)[1] if valid else None


def zero_s(repetition: Repetition) -> float:
    """Return the moment at which a repetition is aligned: where its hold begins, else the moment that counts; s."""
    return repetition.at_s if repetition.hold_start_s is None else repetition.hold_start_s


def _numbered(document: Document) -> Sequence[tuple[int, Repetition]]:
    return list(enumerate(document.repetitions, 1))


def aligned_chart(first: tuple[Document, int], second: tuple[Document, int]) -> Chart | None:
    """Draw one repetition of each of two results over one another, time 0 where its hold begins.

    Parameters
    ----------
    first, second : a result and the number of its repetition, from 1; drawn solid and dashed.

    Returns
    -------
    Chart or None
        None where they have no curve in common.
    """
    name = main_curve(first[0])
    if name is None or name != main_curve(second[0]):
        return None
    cuts = [_cut(document, number, name) for document, number in (first, second)]
    known = [v for times, values in cuts for v in values if v is not None]
    if len(known) < 2:
        return None
    words, _, unit = name.rpartition("_")
    step = round_step(max(max(known) - min(known), 10.0), 6)
    low, high = step * math.floor(min(known) / step), step * math.ceil(max(known) / step + 0.2)
    frame = Frame(-BEFORE_S, AFTER_S, low, high)
    shapes: list[Shape] = frame.axes("seconds from the beginning of the hold", unit_sign(unit), step)
    x = frame.to_x(0.0)
    shapes.append(Line(((x, frame.top), (x, frame.bottom)), "axis", dashed=True))
    styles: tuple[Literal["left", "right"], ...] = ("left", "right")
    for (times, values), style in zip(cuts, styles, strict=True):
        for piece in pieces(times, values, [0.0] * len(times)):
            line = tuple((frame.to_x(t), frame.to_y(v)) for t, v, _ in piece)
            shapes.append(Line(line, style, dashed=style == "right"))
    what = words.replace("_", " ")
    shapes.append(Text(frame.right, frame.top - 6, f"{what}: earlier solid, later dashed", anchor="end", size=10))
    return Chart(frame.width, frame.height, f"{what.capitalize()} of both, aligned at the hold.", tuple(shapes))


def _cut(document: Document, number: int, name: str) -> tuple[list[float], list[float | None]]:
    """Return times from the hold's beginning, and the curve there."""
    zero = zero_s(document.repetitions[number - 1])
    shown = [
        (t - zero, v)
        for t, v in zip(document.time_s, document.curve(name), strict=True)
        if -BEFORE_S <= t - zero <= AFTER_S
    ]
    return [t for t, _ in shown], [v for _, v in shown]
