"""Plain shapes of which charts are made, and the scales and frame that place them; y runs downwards."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from rom_vision.language import translated

__all__ = [
    "Chart",
    "Dot",
    "Frame",
    "Line",
    "Polygon",
    "Rect",
    "Scale",
    "Shape",
    "Style",
    "Text",
    "round_step",
    "ticks_between",
]

Style = Literal[
    "axis", "grid", "band", "target", "curve", "curve2", "spread", "hold", "aside", "noise", "whisker",
    "ink", "muted", "left", "right", "ok", "low", "marked", "high", "undecided",
]  # fmt: skip
Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """Open line through points."""

    points: tuple[Point, ...]
    style: Style
    dashed: bool = False


@dataclass(frozen=True)
class Polygon:
    """Filled area."""

    points: tuple[Point, ...]
    style: Style


@dataclass(frozen=True)
class Rect:
    """Filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    style: Style
    radius: float = 0.0


@dataclass(frozen=True)
class Dot:
    """Filled circle."""

    x: float
    y: float
    radius: float
    style: Style


@dataclass(frozen=True)
class Text:
    """One line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    style: Style = "muted"
    size: float = 11.0
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False


MIN_SPAN = 1e-3
"""Least that a scale stretches over: two moments of a damaged clock may lie closer than floats can divide."""

Shape = Line | Polygon | Rect | Dot | Text


@dataclass(frozen=True)
class Chart:
    """Shapes in drawing order, y downwards; ``label`` says what is shown to those who cannot see it."""

    width: float
    height: float
    label: str
    shapes: tuple[Shape, ...]

    def said_in(self, language: str) -> Chart:
        """Return the chart with its words in one of `rom_vision.language.LANGUAGES`."""
        shapes = (replace(s, text=translated(s.text, language)) if isinstance(s, Text) else s for s in self.shapes)
        return replace(self, label=translated(self.label, language), shapes=tuple(shapes))


@dataclass(frozen=True)
class Scale:
    """From a value to a place."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the place of ``value``; what lies outside the scale goes to its end."""
        share = (min(max(value, self.low), self.high) - self.low) / max(self.high - self.low, MIN_SPAN)
        return self.start + share * (self.stop - self.start)


def ticks_between(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of ``step`` from ``low`` to ``high``."""
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def round_step(span: float, wanted: int) -> float:
    """Round step that cuts ``span`` into about ``wanted`` parts."""
    raw = max(span, MIN_SPAN) / wanted
    scale = 10.0 ** math.floor(math.log10(raw))
    return next(scale * m for m in (1, 2, 5, 10) if scale * m >= raw * 0.999)


@dataclass(frozen=True)
class Frame:
    """Plot area of a chart over time."""

    start: float
    stop: float
    low: float
    high: float
    width: float = 560.0
    height: float = 250.0
    left: float = 44.0
    top: float = 24.0
    margin: float = 14.0
    """Room to the right of the plot area."""

    @property
    def right(self) -> float:
        """Right edge of the plot area."""
        return self.width - self.margin

    @property
    def bottom(self) -> float:
        """Bottom edge of the plot area."""
        return self.height - 34

    @property
    def to_x(self) -> Scale:
        """From a time to a place."""
        return Scale(self.start, self.stop, self.left, self.right)

    @property
    def to_y(self) -> Scale:
        """From a value to a place."""
        return Scale(self.low, self.high, self.bottom, self.top)

    def area(self, low: float, high: float, style: Style) -> Rect:
        """Horizontal band between two values."""
        return Rect(self.left, self.to_y(high), self.right - self.left, self.to_y(low) - self.to_y(high), style)

    def axes(self, x_name: str, unit: str, step: float, *, ticks: bool = True) -> list[Shape]:
        """Grid, labels and the zero line."""
        shapes: list[Shape] = []
        for tick in ticks_between(self.low, self.high, step):
            y = self.to_y(tick)
            shapes.append(Line(((self.left, y), (self.right, y)), "axis" if tick == 0 else "grid"))
            shapes.append(Text(self.left - 6, y + 4, f"{tick:g}{unit}", anchor="end", size=10))
        if ticks:
            for tick in ticks_between(self.start, self.stop, round_step(self.stop - self.start, 8)):
                shapes.append(Text(self.to_x(tick), self.bottom + 16, f"{tick:g}", anchor="middle", size=10))
        if x_name:
            shapes.append(Text((self.left + self.right) / 2, self.height - 3, x_name, anchor="middle", size=10))
        return shapes
