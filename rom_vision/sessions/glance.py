"""The answer of a comparison in one sentence: since when, how much, and whether that is more than noise."""

from __future__ import annotations

from collections.abc import Sequence

from rom_vision.meaning.statements import unit_sign
from rom_vision.sessions.compare import Series

__all__ = ["at_a_glance"]

_WORDS = {
    "no_change": "no change",
    "within_noise": "within the noise of the measurement",
    "possible": "possibly a change, possibly noise",
    "likely_real": "likely a real change",
    "confirmed": "a confirmed change",
}
_SIDES = {"left": "Left", "right": "Right"}


def at_a_glance(series: Sequence[Series]) -> str:
    """Say what has become of one quantity of both sides.

    Parameters
    ----------
    series : of one quantity, position and mode; of several set-ups of a side the latest one counts.
    """
    latest: dict[str, Series] = {}
    for s in sorted(series, key=lambda s: s.values[-1].date):
        latest[s.side] = s
    parts = [_of(latest[side]) for side in ("left", "right", "both") if side in latest]
    studies = dict.fromkeys(s.noise_from for s in latest.values() if s.noise_from)
    parts += [f"Noise as measured in the study {name}." for name in studies]
    return " ".join(parts)


def _of(series: Series) -> str:
    who = _SIDES.get(series.side)
    unit, start = unit_sign(series.unit), series.values[0]
    if series.change is None or series.baseline is None:
        value = f"{start.value:.0f}{unit} in the only session, {start.date:%d %B %Y}."
        return f"{who}: {value}" if who else value
    text = f"since {start.date:%d %B %Y} {series.change:+.0f}{unit}, from {series.baseline:.0f}{unit} to "
    text += f"{series.baseline + series.change:.0f}{unit} in {len(series.values)} sessions: {_WORDS[series.verdict]}."
    return f"{who}: {text}" if who else text[0].upper() + text[1:]
