"""The charts of a report as plain shapes, drawn by `rom_vision.report.svg` for pages and by the PDF for paper.

Every chart shows the measured value with its interval; a colour is never the only carrier of a meaning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from rom_vision.meaning.norms import Band, Colour
from rom_vision.meaning.statements import unit_sign, value_words
from rom_vision.report.shapes import (
    Chart,
    Dot,
    Frame,
    Line,
    Polygon,
    Rect,
    Scale,
    Shape,
    Style,
    Text,
    round_step,
    ticks_between,
)
from rom_vision.results.document import Document
from rom_vision.results.parts import Measure, Repetition

if TYPE_CHECKING:
    from rom_vision.sessions.compare import Series, SeriesValue

__all__ = ["curve_chart", "gauge_chart", "pieces", "rotation_chart", "sides_chart", "squat_chart", "trend_chart"]

MAX_TREND_VALUES = 60
MAX_CURVE_POINTS = 900
LABEL_WIDTH = 70.0


def gauge_chart(m: Measure, band: Band, colour: Colour) -> Chart:
    """Value of a measure with its interval over the reference band and the target line."""
    width, height, top = 560.0, 118.0, 44.0
    low, high = band.band_deg
    to_x = Scale(0, max(60.0, 10 * math.ceil(max(m.value, m.interval[1], high) / 10)), 20, width - 20)
    shapes: list[Shape] = [
        Rect(20, top, width - 40, 26, "grid", 6),
        Rect(to_x(low), top, to_x(high) - to_x(low), 26, "band"),
        Text((to_x(low) + to_x(high)) / 2, 16, f"reference band {band.for_whom}{low:.0f}–{high:.0f}°", anchor="middle"),
        Line(((to_x(band.target_deg), top - 8), (to_x(band.target_deg), top + 34)), "target", dashed=True),
        Text(to_x(band.target_deg), top - 12, f"target {band.target_deg:.0f}°", anchor="middle", size=10),
    ]
    shapes += [
        Text(to_x(t), top + 46, f"{t:.0f}°", anchor="middle", size=10)
        for t in ticks_between(0, to_x.high, _step(to_x.high))
    ]
    y, start, stop = top + 13, to_x(m.interval[0]), to_x(m.interval[1])
    shapes += [
        Line(((start, y), (stop, y)), "whisker"),
        *(Line(((x, y - 7), (x, y + 7)), "whisker") for x in (start, stop)),
        Dot(to_x(m.value), y, 8, colour),
        Text(
            min(max(to_x(m.value), 160), width - 160),  # a phone's page shows it larger
            top + 68,
            f"{m.value:.1f}°  (95 % interval {m.interval[0]:.1f} to {m.interval[1]:.1f}°)",
            "ink",
            12,
            "middle",
            bold=True,
        ),
    ]
    edges = f"{band.for_whom}{low:.0f} to {high:.0f}"
    label = f"{m.words.capitalize()} {m.value:.1f} degrees on a scale with the reference band {edges}."
    return Chart(width, height, label, tuple(shapes))


def sides_chart(left: Document, right: Document) -> Chart | None:
    """Left beside right for each measure that is compared over time, with intervals; None when they share none."""
    rows: list[tuple[str, Measure, Measure]] = []
    for one in left.measures:
        other = right.measure(one.quantity)
        if one.error and one.ci95 and other is not None and other.ci95:
            rows.append((one.words.capitalize(), one, other))
    if not rows:
        return None
    width, row_height = 560.0, 78.0
    height = row_height * len(rows) + 26
    limit = max(60.0, *(10 * math.ceil(v.interval[1] / 10) for _, a, b in rows for v in (a, b)))
    to_x = Scale(0, limit, 160, width - 56)
    shapes: list[Shape] = []
    for tick in ticks_between(0, limit, _step(limit)):
        shapes.append(Line(((to_x(tick), 6), (to_x(tick), height - 22)), "grid"))
        shapes.append(Text(to_x(tick), height - 6, f"{tick:.0f}{unit_sign(rows[0][1].unit)}", anchor="middle", size=10))
    for number, (words, one, other) in enumerate(rows):
        y = 12 + number * row_height
        shapes.append(Text(0, y + 28, words, "ink", 12, bold=True))
        sides: tuple[tuple[Literal["left", "right"], Measure], ...] = (("left", one), ("right", other))
        for place, (side, value) in enumerate(sides):
            bar = y + place * 30
            shapes.append(Text(to_x(0) - 8, bar + 15, side, anchor="end"))
            shapes.append(Rect(to_x(0), bar, to_x(value.value) - to_x(0), 20, side, 3))
            start, stop = to_x(value.interval[0]), to_x(value.interval[1])
            shapes.append(Line(((start, bar + 10), (stop, bar + 10)), "whisker"))
            shapes += [Line(((x, bar + 5), (x, bar + 15)), "whisker") for x in (start, stop)]
            shapes.append(Text(stop + 8, bar + 15, value_words(value.value, value.unit), "ink", 12, bold=True))
    label = "; ".join(f"{w}: left {a.value:.1f}, right {b.value:.1f} degrees" for w, a, b in rows)
    return Chart(width, height, label, tuple(shapes))


def rotation_chart(document: Document, band: Band | None) -> Chart | None:
    """Curve of hip rotation with its uncertainty, the band, and the hold of every repetition; None when it is empty."""
    times, rotation, sds = document.time_s, document.curve("hip_rotation_deg"), document.curve("hip_rotation_sd_deg")
    known = [(t, a, s or 0.0) for t, a, s in zip(times, rotation, sds, strict=True) if a is not None]
    if len(known) < 2:
        return None
    low = min(0.0, *(a for _, a, _ in known)) - 5
    high = max(band.band_deg[1] if band else 0.0, *(a for _, a, _ in known)) + 8
    frame = Frame(times[0], times[-1], 10 * math.floor(low / 10), 10 * math.ceil(high / 10))
    shapes: list[Shape] = [frame.area(*band.band_deg, "band")] if band else []
    for r in document.repetitions:
        x, stop = (frame.to_x(t) for t in _held(r))
        shapes.append(Rect(x, frame.top, max(stop - x, 1.0), frame.bottom - frame.top, "hold" if r.valid else "aside"))
    shapes += frame.axes("seconds", "°", _step(frame.high - frame.low))
    if band is not None:
        level = frame.to_y(band.target_deg)
        shapes.append(Line(((frame.left, level), (frame.right, level)), "target", dashed=True))
    for piece in pieces(times, rotation, sds):
        above = [(frame.to_x(t), frame.to_y(a + 1.96 * s)) for t, a, s in piece]
        below = [(frame.to_x(t), frame.to_y(a - 1.96 * s)) for t, a, s in piece]
        shapes.append(Polygon((*above, *reversed(below)), "spread"))
        shapes.append(Line(tuple((frame.to_x(t), frame.to_y(a)) for t, a, _ in piece), "curve"))
    for number, r in enumerate(document.repetitions, 1):
        x = sum(frame.to_x(t) for t in _held(r)) / 2
        text = f"{number}: {r.value or 0.0:.0f}°" if r.valid else f"{number}: set aside"
        shapes.append(Text(x, frame.top + 12, text, "ink" if r.valid else "muted", 10, "middle", bold=r.valid))
    shapes.append(Text(frame.right, frame.top - 6, "internal rotation up, external down", anchor="end", size=10))
    n = len(document.repetitions)
    return Chart(frame.width, frame.height, f"Hip rotation over time with {n} repetitions.", tuple(shapes))


def squat_chart(document: Document) -> Chart | None:
    """Knee flexion of both legs over the video with the repetitions; None when the series hold none."""
    times = document.time_s
    curves: list[tuple[Literal["left", "right"], Sequence[float | None]]] = []
    for side in ("left", "right"):
        if (name := f"{side}_knee_flexion_deg") in document.series:
            curves.append((side, document.series[name]))
    known = [v for _, values in curves for v in values if v is not None]
    if len(times) < 2 or not known:
        return None
    frame = Frame(times[0], times[-1], min(0.0, 10 * math.floor(min(known) / 10)), 10 * math.ceil(max(known) / 10 + 1))
    shapes: list[Shape] = []
    for number, r in enumerate(document.repetitions, 1):
        start, stop = frame.to_x(r.start_s), frame.to_x(r.end_s)
        fill: Style = "hold" if r.valid else "aside"
        shapes.append(Rect(start + 2, frame.top, max(stop - start - 4, 1.0), frame.bottom - frame.top, fill))
        text = str(number) if r.valid else f"{number}: set aside"
        shapes.append(Text(frame.to_x(r.at_s), frame.top + 12, text, "ink", 10, "middle", bold=r.valid))
    shapes += frame.axes("seconds", "°", round_step(frame.high - frame.low, 6))
    for side, values in curves:
        for piece in pieces(times, values, [0.0] * len(times)):
            line = tuple((frame.to_x(t), frame.to_y(a)) for t, a, _ in piece)
            shapes.append(Line(line, side, dashed=side == "right"))
    shapes.append(Text(frame.right, frame.top - 6, "knee flexion: left solid, right dashed", anchor="end", size=10))
    return Chart(frame.width, frame.height, "Knee flexion of both legs over time.", tuple(shapes))


def curve_chart(document: Document, name: str) -> Chart | None:
    """Any curve of a result over time with its repetitions; None when there is nothing to see.

    Parameters
    ----------
    document : the result.
    name : of the series, with its unit, e.g. 'elbow_flexion_deg'.
    """
    times, values = document.time_s, document.curve(name)
    known = [v for v in values if v is not None and math.isfinite(v)]
    if len(times) < 2 or len(known) < 2:
        return None
    words, _, unit = name.rpartition("_")
    step = round_step(max(max(known) - min(known), 1.0), 6)
    frame = Frame(times[0], times[-1], step * math.floor(min(known) / step), step * math.ceil(max(known) / step + 0.5))
    shapes: list[Shape] = []
    for number, r in enumerate(document.repetitions, 1):
        start, stop = frame.to_x(r.start_s), frame.to_x(r.end_s)
        shapes.append(
            Rect(start, frame.top, max(stop - start, 1.0), frame.bottom - frame.top, "hold" if r.valid else "aside")
        )
        shapes.append(Text(frame.to_x(r.at_s), frame.top + 12, str(number), "ink", 10, "middle", bold=True))
    shapes += frame.axes("seconds", unit_sign(unit), step)
    for piece in pieces(times, values, [0.0] * len(times)):
        shapes.append(Line(tuple((frame.to_x(t), frame.to_y(v)) for t, v, _ in piece), "curve"))
    shapes.append(Text(frame.right, frame.top - 6, words.replace("_", " "), anchor="end", size=10))
    return Chart(frame.width, frame.height, f"{words.replace('_', ' ').capitalize()} over time.", tuple(shapes))


def _held(r: Repetition) -> tuple[float, float]:
    """The part of a repetition that was held; its moment where nothing was."""
    return (r.hold_start_s or r.at_s, r.hold_end_s or r.at_s)


def trend_chart(series: Sequence[Series], band: Band | None = None) -> Chart | None:
    """Values of all sessions with intervals, the band, and what noise alone explains; None with only one session.

    Parameters
    ----------
    series : one series, or those of both sides of one thing, drawn in one chart.
    band : reference band and target, where there are any.
    """
    drawn = [s for s in series if len(s.values) > 1 and s.baseline is not None and s.mdc95 is not None]
    if not drawn:
        return None
    values = [v for s in drawn for v in s.values[-MAX_TREND_VALUES:]]
    noise = [(s.baseline or 0.0, s.mdc95 or 0.0) for s in drawn]
    edges = [e for v in values for e in v.ci95] + [e for base, mdc in noise for e in (base - mdc, base + mdc)]
    edges += list(band.band_deg) if band else []
    low, high = 5 * math.floor(min(edges) / 5), 5 * math.ceil(max(edges) / 5)
    moments = sorted({v.date.timestamp() for v in values})
    margin = max(moments[-1] - moments[0], 1.0) * (0.04 if len(drawn) == 1 else 0.07)
    frame = Frame(moments[0] - margin, moments[-1] + margin, low, high, height=190)
    shapes: list[Shape] = [frame.area(*band.band_deg, "band")] if band else []
    if len(drawn) == 1:
        shapes.append(frame.area(noise[0][0] - noise[0][1], noise[0][0] + noise[0][1], "noise"))
    shapes += frame.axes("", unit_sign(drawn[0].unit), round_step(high - low, 5), ticks=False)
    if band is not None:
        target = frame.to_y(band.target_deg)
        shapes.append(Line(((frame.left, target), (frame.right, target)), "target", dashed=True))
    for number, one in enumerate(drawn):
        shapes += _trend_line(frame, one, number if len(drawn) > 1 else None)
    shapes += _names_of_sides(frame, drawn) if len(drawn) > 1 else []
    shapes += _dates(frame, sorted(values, key=lambda v: v.date))
    legend = _legend(drawn, band)
    shapes.append(Text(frame.right, frame.top - 6, legend, anchor="end", size=10))
    return Chart(frame.width, frame.height, " ".join(s.sentence for s in drawn), tuple(shapes))


def _trend_line(frame: Frame, series: Series, number: int | None) -> list[Shape]:
    """Draw the values of one series; ``number`` counts those that share a chart, their noise stands at its edge."""
    base, mdc = series.baseline or 0.0, series.mdc95 or 0.0
    colour: Style = "curve" if number is None else "right" if series.side == "right" else "left"
    shapes: list[Shape] = []
    if number is None:
        shapes.append(Line(((frame.left, frame.to_y(base)), (frame.right, frame.to_y(base))), "axis", dashed=True))
    else:
        x, top, foot = frame.left + 4 + 7 * number, frame.to_y(base + mdc), frame.to_y(base - mdc)
        shapes += [Line(((x, top), (x, foot)), colour), Dot(x, frame.to_y(base), 2.5, colour)]
    values = series.values[-MAX_TREND_VALUES:]
    aside = 0.0 if number is None else 6.0 * number - 3.0  # the intervals of one day stand beside each other
    points = tuple((frame.to_x(v.date.timestamp()) + aside, frame.to_y(v.value)) for v in values)
    shapes.append(Line(points, colour))
    for (x, y), v in zip(points, values, strict=True):
        shapes.append(Line(((x, frame.to_y(v.ci95[0])), (x, frame.to_y(v.ci95[1]))), "whisker"))
        shapes.append(Dot(x, y, 4.5, colour))
    return shapes


def _names_of_sides(frame: Frame, drawn: Sequence[Series]) -> list[Shape]:
    """Write each side beside its last value, the lower one lower, so that both can be read."""
    ends = sorted(((s.values[-1], s.side) for s in drawn), key=lambda end: -end[0].value)
    x = max(frame.to_x(end.date.timestamp()) for end, _ in ends) + 10
    return [
        Text(x, frame.to_y(end.value) + (8 if rank else 0), side, "right" if side == "right" else "left", 10, bold=True)
        for rank, (end, side) in enumerate(ends)
    ]


def _dates(frame: Frame, values: Sequence[SeriesValue]) -> list[Shape]:
    """Mark the sessions on the time axis, and write as many of their dates as have room."""
    one_day = values[0].date.date() == values[-1].date.date()
    places = [frame.to_x(v.date.timestamp()) for v in values]
    shapes: list[Shape] = [Line(((x, frame.bottom), (x, frame.bottom + 5)), "axis") for x in sorted(set(places))]
    for number in _labelled(places):
        moment = f"{values[number].date:{'%H:%M' if one_day else '%Y-%m-%d'}}"
        shapes.append(Text(places[number], frame.bottom + 16, moment, anchor="middle", size=10))
    return shapes


def _legend(drawn: Sequence[Series], band: Band | None) -> str:
    if len(drawn) == 1:
        text = f"shaded: what noise alone explains (±{value_words(drawn[0].mdc95 or 0.0, drawn[0].unit)})"
    else:
        each = ", ".join(f"{s.side} ±{value_words(s.mdc95 or 0.0, s.unit)}" for s in drawn)
        text = f"at the left edge: what noise alone explains ({each})"
    if band is None:
        return text
    return f"green: {band.band_deg[0]:.0f} to {band.band_deg[1]:.0f}°, target {band.target_deg:.0f}°; {text}"


def _step(span_deg: float) -> float:
    """Every ten degrees, as long as that is readable."""
    return 10.0 if span_deg <= 180 else round_step(span_deg, 8)


def _labelled(places: Sequence[float]) -> list[int]:
    """Choose which places on the time axis get a label so that none overlap: the last one, and back from there."""
    chosen = [len(places) - 1]
    for number in range(len(places) - 2, -1, -1):
        if places[chosen[-1]] - places[number] >= LABEL_WIDTH:
            chosen.append(number)
    return chosen


def pieces(
    times: Sequence[float], values: Sequence[float | None], sds: Sequence[float | None]
) -> Iterable[list[tuple[float, float, float]]]:
    """Cut a curve where it has gaps, so that none is bridged, and thin a long one for drawing."""
    stride = max(1, len(times) // MAX_CURVE_POINTS)
    piece: list[tuple[float, float, float]] = []
    for i, (t, v, s) in enumerate(zip(times, values, sds, strict=True)):
        if v is None or not math.isfinite(v):
            if len(piece) > 1:
                yield piece
            piece = []
        elif i % stride == 0:
            piece.append((t, v, s or 0.0))
    if len(piece) > 1:
        yield piece
