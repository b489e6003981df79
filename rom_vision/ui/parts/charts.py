"""The charts of the app that answer to the pointer: the curve of a test and the values over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from itertools import zip_longest
from typing import Any

import altair as alt

from rom_vision.language import DECIMAL_MARK
from rom_vision.meaning.norms import Band
from rom_vision.meaning.statements import unit_sign
from rom_vision.results.document import Document
from rom_vision.results.parts import Repetition
from rom_vision.sessions.compare import Series
from rom_vision.ui.parts.tongue import language, t

__all__ = ["PICK", "Chart", "localised", "plain_curve", "repetition_label", "rotation_curve", "squat_curve", "trend"]

Chart = alt.LayerChart | alt.FacetChart

PICK = "repetition"
"""Name of the selection that a click on a repetition makes; its field is ``number``, from 1."""

_CURVE, _LEFT, _RIGHT, _BAND, _HOLD, _GREY = "#1a8f9a", "#1a8f9a", "#d0783a", "#2f9e63", "#e0a92e", "#808a92"
_MAX_POINTS = 700
_MAX_TICKS = 8


def localised(chart: Chart) -> Chart:
    """Return a chart whose axes and tooltips write figures as readers of the page's language do."""
    number = {"decimal": DECIMAL_MARK[language()], "thousands": "\u202f", "grouping": [3], "currency": ["", ""]}
    return chart.configure(locale={"number": number})


def repetition_label(repetition: Repetition, number: int) -> str:
    """Return a repetition in a few signs: its number, and its value or that it does not count."""
    if not repetition.valid:
        return f"{number}: {t('set aside')}"
    value = repetition.value
    return f"{number}" if value is None else f"{number}: {value:.0f}{unit_sign(repetition.unit)}"


def rotation_curve(document: Document, band: Band | None) -> Chart | None:
    """Return hip rotation over time with its interval, the band and the repetitions; None when there is no curve."""
    times, rotation, sds = document.time_s, document.curve("hip_rotation_deg"), document.curve("hip_rotation_sd_deg")
    stride = max(1, len(times) // _MAX_POINTS)
    rows: list[dict[str, Any]] = [
        {
            "time": at,
            "angle": a,
            "low": _off(a, s, -1),
            "high": _off(a, s, +1),
            "number": _number_at(document.repetitions, at),
        }
        for at, a, s in zip(times[::stride], rotation[::stride], sds[::stride], strict=True)
    ]
    if sum(row["angle"] is not None for row in rows) < 2:
        return None
    half = (times[-1] - times[0]) / max(len(rows) - 1, 1) / 2
    frame = _data([{**row, "start": row["time"] - half, "stop": row["time"] + half} for row in rows])
    holds = _data(
        [
            {
                "start": r.at_s if r.hold_start_s is None else r.hold_start_s,
                "stop": r.at_s if r.hold_end_s is None else r.hold_end_s,
                "number": n,
                "text": repetition_label(r, n),
            }
            for n, r in enumerate(document.repetitions, 1)
        ]
    )
    pick = alt.selection_point(name=PICK, fields=["number"], on="click", empty=False)
    time = _seconds(times)
    angle = alt.Y("angle:Q", title=t("hip rotation, degrees"))
    edges = [{"low": band.band_deg[0], "high": band.band_deg[1], "target": band.target_deg}] if band else []
    reference = _data(edges)
    layers = [
        alt.Chart(reference).mark_rect(color=_BAND, opacity=0.2).encode(y="low:Q", y2="high:Q"),
        alt.Chart(reference).mark_rule(color=_BAND, strokeDash=[5, 4], strokeWidth=1.5).encode(y="target:Q"),
        alt.Chart(holds)
        .mark_rect(color=_HOLD)
        .encode(x="start:Q", x2="stop:Q", opacity=alt.condition(pick, alt.value(0.55), alt.value(0.22))),
        alt.Chart(frame).mark_area(color=_CURVE, opacity=0.22).encode(x=time, y=alt.Y("low:Q", title=""), y2="high:Q"),
        alt.Chart(frame).mark_line(color=_CURVE, strokeWidth=2.2).encode(x=time, y=angle),
        _labels(holds),
        _stripes(frame).encode(
            tooltip=[
                alt.Tooltip("time:Q", title=t("second"), format=".2f"),
                alt.Tooltip("angle:Q", title=t("hip rotation, °"), format=".1f"),
                alt.Tooltip("low:Q", title=t("95 % from, °"), format=".1f"),
                alt.Tooltip("high:Q", title=t("to, °"), format=".1f"),
                alt.Tooltip("number:N", title=t("repetition")),
            ]
        ),
    ]
    layers[-1] = layers[-1].add_params(pick)
    return alt.layer(*layers).properties(height=300)


def squat_curve(document: Document) -> Chart | None:
    """Return knee flexion of both legs over time with the repetitions; None when the series hold none."""
    times = document.time_s
    left, right = (_knee_deg(document, side) for side in ("left", "right"))
    stride = max(1, len(times) // _MAX_POINTS)
    moments: list[dict[str, Any]] = [
        {"time": at, "left": a, "right": b, "number": _number_at(document.repetitions, at)}
        for at, a, b in zip_longest(times[::stride], left[: len(times) : stride], right[: len(times) : stride])
    ]
    if not any(row[side] is not None for row in moments for side in ("left", "right")):
        return None
    half = (times[-1] - times[0]) / max(len(moments) - 1, 1) / 2
    frame = _data([{**row, "start": row["time"] - half, "stop": row["time"] + half} for row in moments])
    rows = [{"time": row["time"], "angle": row[side], "side": t(side)} for side in ("left", "right") for row in moments]
    squats = _data([{"start": r.start_s, "stop": r.end_s, "number": n} for n, r in enumerate(document.repetitions, 1)])
    pick = alt.selection_point(name=PICK, fields=["number"], on="click", empty=False)
    time = _seconds(times)
    colour = alt.Color(
        "side:N", title=None, scale=alt.Scale(domain=[t("left"), t("right")], range=[_LEFT, _RIGHT]),
        legend=alt.Legend(orient="top"),
    )  # fmt: skip
    stripes = _stripes(frame).encode(
        tooltip=[
            alt.Tooltip("time:Q", title=t("second"), format=".2f"),
            alt.Tooltip("left:Q", title=t("left knee, °"), format=".0f"),
            alt.Tooltip("right:Q", title=t("right knee, °"), format=".0f"),
            alt.Tooltip("number:N", title=t("repetition")),
        ]
    )
    return alt.layer(
        alt.Chart(squats)
        .mark_rect(color=_HOLD)
        .encode(x="start:Q", x2="stop:Q", opacity=alt.condition(pick, alt.value(0.5), alt.value(0.2))),
        alt.Chart(_data(rows))
        .mark_line(strokeWidth=2.2)
        .encode(
            x=time,
            y=alt.Y("angle:Q", title=t("knee flexion, degrees")),
            color=colour,
            strokeDash=alt.StrokeDash("side:N", legend=None),
        ),
        stripes.add_params(pick),
    ).properties(height=260)


def plain_curve(document: Document, name: str) -> Chart | None:
    """Return any curve of a result over time with its repetitions; None when it is empty.

    Parameters
    ----------
    document : the result.
    name : of the series, with its unit.
    """
    times, values = document.time_s, document.curve(name)
    words, _, unit = name.rpartition("_")
    stride = max(1, len(times) // _MAX_POINTS)
    rows: list[dict[str, Any]] = [
        {"time": at, "value": v, "number": _number_at(document.repetitions, at)}
        for at, v in zip(times, values, strict=True)
    ][::stride]
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    half = (times[-1] - times[0]) / max(len(rows) - 1, 1) / 2
    frame = _data([{**row, "start": row["time"] - half, "stop": row["time"] + half} for row in rows])
    spans = _data(
        [
            {"start": r.start_s, "stop": r.end_s, "number": n, "text": repetition_label(r, n)}
            for n, r in enumerate(document.repetitions, 1)
        ]
    )
    pick = alt.selection_point(name=PICK, fields=["number"], on="click", empty=False)
    time = _seconds(times)
    title = t(words.replace("_", " "))
    stripes = _stripes(frame).encode(
        tooltip=[
            alt.Tooltip("time:Q", title=t("second"), format=".2f"),
            alt.Tooltip("value:Q", title=f"{title}, {unit_sign(unit).strip()}", format=".1f"),
            alt.Tooltip("number:N", title=t("repetition")),
        ]
    )
    return alt.layer(
        alt.Chart(spans)
        .mark_rect(color=_HOLD)
        .encode(x="start:Q", x2="stop:Q", opacity=alt.condition(pick, alt.value(0.5), alt.value(0.2))),
        alt.Chart(frame)
        .mark_line(color=_CURVE, strokeWidth=2.2)
        .encode(x=time, y=alt.Y("value:Q", title=f"{title}, {unit_sign(unit).strip()}")),
        _labels(spans),
        stripes.add_params(pick),
    ).properties(height=260)


def _knee_deg(document: Document, side: str) -> Sequence[float | None]:
    names = (f"{side}_knee_flexion_deg", f"knee_flexion_{side}_deg")
    return next((document.series[name] for name in names if name in document.series), ())


def trend(series: Sequence[Series], band: Band | None, notes: Sequence[tuple[datetime, str]] = ()) -> Chart:
    """Return the values of both sides over time with their intervals, the band, and what noise alone explains.

    Parameters
    ----------
    series : of one quantity, each with at least one value.
    band : reference band and target, where there are any.
    notes : notes of sessions with their moments, shown as markers.
    """
    rows: list[dict[str, Any]] = [
        {
            "date": v.date.isoformat(),
            "value": v.value,
            "low": v.ci95[0],
            "high": v.ci95[1],
            "side": _side(s),
            "series": number,
        }
        for number, s in enumerate(series)
        for v in s.values
    ]
    low, high = _trend_range(series, band)
    unit = unit_sign(series[0].unit).strip()
    scale = alt.Scale(domain=[low, high], nice=False, zero=False, clamp=True)
    y = alt.Y("low:Q", title=t("degrees") if series[0].unit == "deg" else series[0].unit, scale=scale)
    days = sorted({v.date.astimezone(timezone.utc) for s in series for v in s.values})
    ticks = days if len(days) <= _MAX_TICKS else days[:: -(-len(days) // _MAX_TICKS)]
    axis = alt.Axis(grid=False, format=t("%d %b %y"), labelOverlap=True, values=[_utc(day) for day in ticks])
    room = alt.Scale(padding=24)
    x = alt.X("date:T", title=None, axis=axis, scale=room)
    sides = list(dict.fromkeys(_side(s) for s in series))
    colours = [_RIGHT if side == t("right") else _LEFT for side in sides]
    legend = alt.Legend(orient="top") if len(sides) > 1 else None
    colour = alt.Color("side:N", title=None, scale=alt.Scale(domain=sides, range=colours), legend=legend)
    shape = alt.Shape(
        "side:N",
        title=None,
        scale=alt.Scale(domain=sides, range=["square" if side == t("right") else "circle" for side in sides]),
        legend=legend,
    )
    base = alt.Chart(_data(rows)).encode(x=x, detail="series:N")
    layers = [
        *_band_layers(band, y, scale),
        *_noise_layers(
            series, y, alt.X("first:T", title=None, axis=axis, scale=room), dict(zip(sides, colours, strict=True))
        ),
    ]
    layers += [
        base.mark_rule(strokeWidth=2).encode(y=y, y2="high:Q", color=colour),
        base.mark_line(strokeWidth=1.6, opacity=0.6).encode(y="value:Q", color=colour),
        base.mark_point(size=90, filled=True, opacity=1).encode(
            y="value:Q", color=colour, shape=shape, tooltip=_value_tooltip(unit)
        ),
    ]
    if notes:
        layers.append(_note_layer(notes, x, high, scale))
    return alt.layer(*layers).properties(height=320)


def _side(series: Series) -> str:
    return t("both legs" if series.side == "both" else series.side)


def _value_tooltip(unit: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("date:T", title=t("day"), format=t("%d %b %Y")),
        alt.Tooltip("side:N", title=t("side")),
        alt.Tooltip("value:Q", title=f"{t('value')}, {unit}", format=".1f"),
        alt.Tooltip("low:Q", title=f"{t('95 % from')}, {unit}", format=".1f"),
        alt.Tooltip("high:Q", title=f"{t('to')}, {unit}", format=".1f"),
    ]


def _note_layer(notes: Sequence[tuple[datetime, str]], x: alt.X, top: float, scale: alt.Scale) -> alt.Chart:
    """Markers of the sessions' notes along the top."""
    marks = [{"date": moment.isoformat(), "note": note[:200], "top": top} for moment, note in notes]
    return (
        alt.Chart(_data(marks))
        .mark_text(text="\u270e", fontSize=16, dy=8, color=_GREY)
        .encode(
            x=x,
            y=alt.Y("top:Q", scale=scale),
            tooltip=[
                alt.Tooltip("date:T", title=t("day"), format=t("%d %b %Y")),
                alt.Tooltip("note:N", title=t("note")),
            ],
        )
    )


def _band_layers(band: Band | None, y: alt.Y, scale: alt.Scale) -> list[alt.Chart]:
    if band is None:
        return []
    row = {"low": band.band_deg[0], "high": band.band_deg[1], "target": band.target_deg}
    chart = alt.Chart(_data([row]))
    return [
        chart.mark_rect(color=_BAND, opacity=0.16).encode(y=y, y2="high:Q"),
        chart.mark_rule(color=_BAND, strokeDash=[5, 4], strokeWidth=1.5).encode(y=alt.Y("target:Q", scale=scale)),
    ]


def _noise_layers(series: Sequence[Series], y: alt.Y, x: alt.X, colours: dict[str, str]) -> list[alt.Chart]:
    """How far from its start noise alone reaches, for each series, in the colour of its side."""
    layers = []
    for s in series:
        noise = _noise(s) if len(s.values) > 1 else None
        if noise is not None:
            colour = colours[_side(s)]
            ends = {"first": s.values[0].date.isoformat(), "last": s.values[-1].date.isoformat()}
            chart = alt.Chart(_data([{"low": noise[0], "high": noise[1], **ends}]))
            box = chart.mark_rect(color=colour, opacity=0.1, stroke=colour, strokeDash=[2, 3], strokeOpacity=0.6)
            layers.append(box.encode(x=x, x2="last:T", y=y, y2="high:Q"))
    return layers


def _utc(day: datetime) -> alt.DateTime:
    return alt.DateTime(
        year=day.year, month=day.month, date=day.day, hours=day.hour, minutes=day.minute, seconds=day.second, utc=True
    )


def _trend_range(series: Sequence[Series], band: Band | None) -> tuple[float, float]:
    ends = [end for s in series for value in s.values for end in value.ci95]
    ends += [end for s in series if (noise := _noise(s)) is not None for end in noise]
    ends += list(band.band_deg) if band is not None else []
    return min(ends) - 2, max(ends) + 2


def _noise(series: Series) -> tuple[float, float] | None:
    """How far from the start measurement noise alone reaches; None with nothing to compare."""
    if series.baseline is None or series.mdc95 is None:
        return None
    return series.baseline - series.mdc95, series.baseline + series.mdc95


def _seconds(times: Sequence[float]) -> alt.X:
    ends = alt.Scale(domain=[times[0], times[-1]], nice=False, clamp=True)
    return alt.X("time:Q", title=t("seconds"), axis=alt.Axis(grid=False, tickMinStep=1), scale=ends)


def _stripes(frame: alt.Data) -> alt.Chart:
    """Invisible stripes, one for each moment, so that hovering and clicking work at any height."""
    chart = alt.Chart(frame).mark_rect(opacity=0)
    return chart.encode(x="start:Q", x2="stop:Q", y=alt.value(0), y2=alt.value("height"))


def _labels(spans: alt.Data) -> alt.Chart:
    """What each repetition gave, at the top of it."""
    chart = alt.Chart(spans).mark_text(dy=8, baseline="top", fontWeight="bold", color=_GREY)
    chart = chart.encode(x=alt.X("middle:Q"), y=alt.value(0), text="text:N")
    return chart.transform_calculate(middle="(datum.start + datum.stop) / 2")


def _data(rows: list[dict[str, Any]]) -> alt.Data:
    return alt.Data(values=rows)


def _off(angle: float | None, sd: float | None, sign: int) -> float | None:
    return None if angle is None or sd is None else angle + sign * 1.96 * sd


def _number_at(repetitions: Sequence[Repetition], time_s: float) -> int:
    """Number of the repetition that a moment belongs to, from 1; 0 between repetitions."""
    return next((n for n, r in enumerate(repetitions, 1) if r.start_s <= time_s <= r.end_s), 0)
