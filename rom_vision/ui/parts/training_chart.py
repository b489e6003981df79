"""Minutes of training a week, under the curve of what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import altair as alt
import streamlit as st

from rom_vision.drills.plan import WEEKLY_MIN
from rom_vision.drills.training import Training
from rom_vision.drills.words import monday_of, weekly_minutes
from rom_vision.sessions import Person, SessionStore
from rom_vision.sessions.compare import Series
from rom_vision.sessions.dose import dose_beside
from rom_vision.sessions.training import trainings
from rom_vision.ui.parts.charts import Chart, localised
from rom_vision.ui.parts.frame import plain
from rom_vision.ui.parts.tongue import t

__all__ = ["show_training", "weekly_bars"]

_BAR, _AIM = "#7a6fb0", "#808a92"


def show_training(store: SessionStore, person: Person, found: Sequence[Series]) -> None:
    """Show the weeks under the series of one quantity, and what can be said of both; nothing without training."""
    done = [kept.training for kept in trainings(store, person.name)]
    if not done:
        return
    ends = [value.date for series in found for value in series.values]
    st.altair_chart(localised(weekly_bars(done, ends)), key="progress-training", alt=_told(done))
    st.caption(
        t(
            "Minutes of training in each week; the line: {n}, where gains level off (Ingram 2025).",
            n=f"{WEEKLY_MIN:.0f}",
        )
    )
    for series in found:
        st.write(plain(t(dose_beside(series, done))))


def weekly_bars(done: Sequence[Training], ends: Sequence[datetime]) -> Chart:
    """Return one bar a week, from the first moment of ``ends`` or training to the last.

    Parameters
    ----------
    done : what was trained; at least one.
    ends : moments that the time axis has to hold.
    """
    weeks = weekly_minutes(done)
    days = [*weeks, *(moment.date() for moment in ends), *(training.began_at.date() for training in done)]
    first, last = monday_of(min(days)), monday_of(max(days)) + timedelta(weeks=1)
    rows = [
        {
            "from": _day(monday),
            "to": _day(monday + timedelta(days=6)),
            "minutes": round(minutes, 1),
            "week": t(f"{monday:%d %B %Y}"),
        }
        for monday, minutes in weeks.items()
    ]
    x = alt.X("from:T", title=None, scale=alt.Scale(domain=[_day(first), _day(last)]), axis=alt.Axis(format=t("%d %b")))
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=_BAR)
        .encode(
            x=x,
            x2="to:T",
            y=alt.Y("minutes:Q", title=t("min a week")),
            tooltip=[alt.Tooltip("week:N", title=t("week of")), alt.Tooltip("minutes:Q", title=t("minutes"))],
        )
    )
    aim = alt.Chart(alt.Data(values=[{"aim": WEEKLY_MIN}])).mark_rule(color=_AIM, strokeDash=[5, 4]).encode(y="aim:Q")
    return alt.layer(bars, aim).properties(height=110)


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


def _told(done: Sequence[Training]) -> str:
    weeks = weekly_minutes(done).items()
    return "; ".join(
        t("week of {monday}: {n} minutes", monday=t(f"{monday:%d %B}"), n=f"{minutes:.0f}") for monday, minutes in weeks
    )
