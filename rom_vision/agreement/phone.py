"""A phone on the shin as a reference: its log laid over the recording by the swings themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np

from rom_vision.agreement.phone_log import PhoneLog
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import measure_again
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.protocols.repetitions import rest_level
from rom_vision.report.charts import pieces
from rom_vision.report.shapes import Chart, Frame, Line, Rect, Shape, Text, round_step
from rom_vision.results.document import Document

__all__ = ["PHONE_QUANTITY", "HeldOnce", "PhoneComparison", "compare_with_phone", "lay_over", "phone_chart"]

PHONE_QUANTITY = "shank_inclination"

# Our own heuristics, tried on simulated logs.
LEAST_CORRELATION = 0.9
"""Curves of one movement agree better than this; another axis, another leg, another recording do not."""
GAIN_RANGE = (0.7, 1.4)
"""How much more or less than ours the phone may swing before it swings about another axis."""
AMBIGUOUS = 0.03
"""A second place that fits as well, to within this correlation, leaves open which swing is which."""
MOST_DRIFT = 0.005
LEAST_OVERLAP = 0.85
"""The log has to run through the recording but for gaps: less would let one swing stand for another."""
STEP_S = 0.02
GAP_S = 0.3
APART_S = 1.5


@dataclass(frozen=True)
class HeldOnce:
    """One repetition: shin inclination in its hold, from rest, degrees, by the program and by the phone."""

    number: int
    ours_deg: float
    phone_deg: float


@dataclass(frozen=True)
class PhoneComparison:
    """A log laid over a recording.

    Attributes
    ----------
    time_s : (T,) of the recording.
    ours_deg, phone_deg : (T,) shin inclination from rest, internal rotation +; NaN where there is none.
    offset_s : where the recording begins in the log.
    drift : by how much the phone's clock runs faster than the recording's.
    correlation : of the two curves.
    held : the valid repetitions of internal rotation.
    """

    time_s: FloatArray
    ours_deg: FloatArray
    phone_deg: FloatArray
    offset_s: float
    drift: float
    correlation: float
    held: tuple[HeldOnce, ...]

    @property
    def reading_deg(self) -> float:
        """What the phone read: the mean over the repetitions."""
        return float(np.mean([h.phone_deg for h in self.held]))


def compare_with_phone(document: Document, track: PoseTrack, log: PhoneLog) -> PhoneComparison:
    """Compare the shin inclination of a seated hip rotation test with a phone that was strapped to the shin.

    The phone may sit on the shin in any way: the plane in which gravity swings is found from the log. Its zero is where
    the leg rests, as an inclinometer is set to zero on a hanging shin.

    Parameters
    ----------
    document : a measured result, seated.
    track : the landmarks that were kept of it.
    log : of the phone.

    Raises
    ------
    BadInputError
        If the result is of another test, or the log does not follow the leg.
    """
    if document.test != "hip_rotation" or document.position != "seated" or document.status != "measured":
        raise BadInputError("A phone on the shin reads what a measured, seated hip rotation test shows.")
    angles = measure_again(document, track).angles
    if angles is None:
        raise BadInputError("Nobody was found in the landmarks of this result.")
    ours = angles.angle(f"shank_inclination_{cast(str, document.side)[0]}")
    ours = ours - rest_level(angles.time_s, ours)
    phone, offset, drift, correlation = lay_over(angles.time_s, ours, log)
    held = []
    for number, r in enumerate(document.repetitions, 1):
        if not r.valid or r.quantity != "internal_rotation":
            continue
        inside = (angles.time_s >= (r.hold_start_s or r.at_s)) & (angles.time_s <= (r.hold_end_s or r.at_s))
        both = inside & np.isfinite(ours) & np.isfinite(phone)
        if both.any():
            held.append(HeldOnce(number, float(ours[both].mean()), float(phone[both].mean())))
    if not held:
        raise BadInputError("The log has a gap at every hold of this recording.")
    return PhoneComparison(angles.time_s, ours, phone, offset, drift, correlation, tuple(held))


def lay_over(time_s: FloatArray, ours_deg: FloatArray, log: PhoneLog) -> tuple[FloatArray, float, float, float]:
    """Lay a log over a curve by cross-correlation, with the drift of the clocks fitted.

    Parameters
    ----------
    time_s, ours_deg : (T,) the curve, from rest; NaN where there is none.
    log : of the phone.

    Returns
    -------
    phone_deg : (T,) what the phone read at those times, from rest, sign as ours.
    offset_s, drift, correlation : see `PhoneComparison`.

    Raises
    ------
    BadInputError
        If the log does not follow the curve, or fits in several places.
    """
    swing = _swing(log)
    grid = np.arange(time_s[0], time_s[-1], STEP_S)
    ours = _resampled(time_s, ours_deg, grid)
    ours_seen = np.isfinite(ours)
    log_grid = np.arange(0.0, log.time_s[-1], STEP_S)
    phone = _resampled(log.time_s, swing, log_grid)
    shift, sign = _best_shift(ours, phone)
    start = shift * STEP_S - float(time_s[0])

    def read(offset: float, drift: float, at: FloatArray) -> FloatArray:
        return sign * _resampled(log.time_s, swing, at * (1 + drift) + offset)

    def misfit(parameters: FloatArray) -> float:
        offset, drift = float(parameters[0]), float(parameters[1]) * 1e-3
        other = read(offset, drift, grid)
        seen = ours_seen & np.isfinite(other)
        return 1.0 - _correlation(ours[seen], other[seen]) if seen.sum() > ours_seen.sum() / 2 else 2.0

    from scipy.optimize import minimize

    first = np.array([[start, 0.0], [start + 0.1, 0.0], [start, 1.0]])
    found = minimize(misfit, first[0], method="Nelder-Mead", options={"initial_simplex": first, "xatol": 1e-3})
    offset, drift = float(found.x[0]), float(found.x[1]) * 1e-3
    other = read(offset, drift, time_s)
    seen = np.isfinite(ours_deg) & np.isfinite(other)
    _check(ours_deg[seen], other[seen], drift)
    return other - rest_level(time_s, other), offset, drift, _correlation(ours_deg[seen], other[seen])


def _check(ours: FloatArray, phone: FloatArray, drift: float) -> None:
    r = _correlation(ours, phone)
    gain = float(np.std(phone)) / max(float(np.std(ours)), 1e-9)
    if not r >= LEAST_CORRELATION:
        raise BadInputError(
            f"The log does not follow the leg in this recording (correlation {r:.2f}). Was the phone on the tested "
            "shin, is it the log of this recording, and are the right columns chosen?"
        )
    if not GAIN_RANGE[0] <= gain <= GAIN_RANGE[1]:
        raise BadInputError(
            f"The log follows the leg, but swings {gain:.1f} times as far: it is of another axis, or not in degrees. "
            "Choose another column, or the three of gravity."
        )
    if abs(drift) > MOST_DRIFT:
        raise BadInputError("The clocks of phone and recording run too differently to belong together.")


def _swing(log: PhoneLog) -> FloatArray:
    """Return the angle by which the phone turned, degrees, of whichever sign, from the start of the log."""
    if log.angle_deg is not None:
        return np.asarray(log.angle_deg - np.median(log.angle_deg[: max(len(log.angle_deg) // 20, 5)]))
    assert log.gravity is not None
    unit = log.gravity / np.linalg.norm(log.gravity, axis=1, keepdims=True)
    centre = np.median(unit, axis=0)
    # The plane in which gravity swings, as the phone sees it: the two directions in which it is largest.
    _, _, axes = np.linalg.svd(unit - np.mean(unit, axis=0), full_matrices=False)
    along = axes[0] - axes[0] @ centre / (centre @ centre) * centre
    along, centre = along / np.linalg.norm(along), centre / np.linalg.norm(centre)
    return np.asarray(np.degrees(np.arctan2(unit @ along, unit @ centre)))


def _resampled(time_s: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """Interpolate a curve; NaN beyond its ends and in its gaps."""
    good = np.isfinite(values)
    t, v = time_s[good], values[good]
    if len(t) < 2:
        return np.full(len(at), np.nan)
    out = np.interp(at, t, v, left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(t, at), 1, len(t) - 1)
    out[(t[after] - t[after - 1]) > GAP_S] = np.nan
    return np.asarray(out)


def _best_shift(ours: FloatArray, phone: FloatArray) -> tuple[int, float]:
    """Return the shift in steps, and the sign, with which the phone follows best (normalised cross-correlation)."""
    from scipy.signal import correlate

    seen, known = np.isfinite(ours), np.isfinite(phone)
    a, b = np.where(seen, ours, 0.0), np.where(known, phone, 0.0)

    def slid(x: FloatArray, y: FloatArray) -> FloatArray:
        return np.asarray(correlate(y, x, mode="full", method="fft"))

    n = slid(seen.astype(float), known.astype(float))
    shared = n >= max(LEAST_OVERLAP * seen.sum(), 2)
    if not shared.any():
        raise BadInputError("The log is too short: it has to run through the whole recording.")
    n = np.maximum(n, 1.0)
    sum_a, sum_b = slid(a, known.astype(float)), slid(seen.astype(float), b)
    square_a, square_b = slid(a**2, known.astype(float)), slid(seen.astype(float), b**2)
    spread = np.maximum(square_a - sum_a**2 / n, 1e-9) * np.maximum(square_b - sum_b**2 / n, 1e-9)
    # What fits in part only counts for less.
    r = np.where(shared, (slid(a, b) - sum_a * sum_b / n) / np.sqrt(spread) * n / seen.sum(), 0.0)
    best = int(np.argmax(np.abs(r)))
    apart = np.abs(np.arange(len(r)) - best) > APART_S / STEP_S
    rival = float(np.abs(r[apart]).max()) if apart.any() else 0.0
    if abs(r[best]) >= LEAST_CORRELATION - 0.1 and rival > abs(r[best]) - AMBIGUOUS:
        raise BadInputError(
            "The log fits the recording in several places, so that nobody can say which swing is which. Start the log "
            "just before the recording, or hold one swing longer than the others."
        )
    return best - (len(ours) - 1), float(np.sign(r[best]) or 1.0)


def _correlation(a: FloatArray, b: FloatArray) -> float:
    if len(a) < 3 or np.std(a) < 1e-9 or np.std(b) < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def phone_chart(found: PhoneComparison, document: Document) -> Chart:
    """Both curves over one another, with the holds."""
    both = np.concatenate([found.ours_deg, found.phone_deg])
    low, high = float(np.nanmin(both)), float(np.nanmax(both))
    step = round_step(max(high - low, 10.0), 6)
    frame = Frame(
        float(found.time_s[0]),
        float(found.time_s[-1]),
        step * math.floor(low / step),
        step * math.ceil(high / step + 0.3),
    )
    shapes: list[Shape] = []
    for h in found.held:
        r = document.repetitions[h.number - 1]
        x, stop = (frame.to_x(t) for t in (r.hold_start_s or r.at_s, r.hold_end_s or r.at_s))
        shapes.append(Rect(x, frame.top, max(stop - x, 1.0), frame.bottom - frame.top, "hold"))
        shapes.append(Text((x + stop) / 2, frame.top + 12, str(h.number), "ink", 10, "middle", bold=True))
    shapes += frame.axes("seconds", "°", step)
    times = found.time_s.tolist()
    for values, dashed in ((found.ours_deg, False), (found.phone_deg, True)):
        known = [float(v) if np.isfinite(v) else None for v in values]
        for piece in pieces(times, known, [0.0] * len(times)):
            line = tuple((frame.to_x(t), frame.to_y(v)) for t, v, _ in piece)
            shapes.append(Line(line, "right" if dashed else "left", dashed=dashed))
    words = "shin inclination from rest: program solid, phone dashed"
    shapes.append(Text(frame.right, frame.top - 6, words, anchor="end", size=10))
    return Chart(frame.width, frame.height, "Shin inclination by program and phone over time.", tuple(shapes))
