"""A result as a few plain lines for the terminal."""

from __future__ import annotations

from rom_vision.results.document import Document
from rom_vision.results.parts import Measure

__all__ = ["describe_hip_rotation"]

_SCALE_DEG = (0, 60)
_BAND_DEG = (30, 45)
_WIDTH = 60


def describe_hip_rotation(document: Document) -> str:
    """Say what was measured: values with their intervals against the 30-45 band, repetitions, warnings, reasons."""
    d = document
    lines = [f"Hip rotation, {d.position}, {d.side} side, {d.mode}: {d.status}"]
    lines += [f"  - {reason}" for reason in d.reasons]
    for quantity in ("internal_rotation", "external_rotation"):
        if (value := d.measure(quantity)) is not None:
            lines.append(_value_line(value))
            if quantity == "internal_rotation":
                lines += _gauge(value)
    if d.status == "measured":
        if (shank := d.measure("shank_inclination")) is not None:
            lines.append(f"  shank against gravity, as an inclinometer reads it: {shank.value:.1f} deg")
        if (lean := d.provenance.settings.get("roll_deg")) is not None:
            lines.append(f"  the camera leaned by {lean:+.1f} deg; taken out")
        if (pelvis := d.measure("pelvis_compensation")) is not None:
            lines.append(f"  pelvis moved by up to {abs(pelvis.value):.1f} deg")
    if d.repetitions:
        lines.append("  repetitions:")
    for i, r in enumerate(d.repetitions, 1):
        state = "ok" if r.valid else "set aside"
        flags = f" ({'; '.join(r.flags)})" if r.flags else ""
        direction = r.quantity.removesuffix("_rotation")
        lines.append(
            f"   {i}. {direction:8s} {r.start_s:6.1f}-{r.end_s:5.1f} s,"
            f" hold {r.hold_start_s or r.at_s:5.1f}-{r.hold_end_s or r.at_s:5.1f} s: {r.value or 0.0:5.1f} deg"
            f"  {state}{flags}"
        )
    lines += [f"  note: {warning}" for warning in d.warnings]
    return "\n".join(lines)


def _value_line(m: Measure) -> str:
    low, high = m.interval
    best = m.value if m.best is None else m.best
    return (
        f"  {m.words}: {m.value:.1f} deg, 95 % interval {low:.1f} to {high:.1f}"
        f" (mean of {m.n_repetitions}, best {best:.1f})"
    )


def _gauge(value: Measure) -> list[str]:
    """Draw the value (o) with its interval (-) over the reference band (=), 0 to 60 degrees."""

    def at(angle: float) -> int:
        low, high = _SCALE_DEG
        return round((min(max(angle, low), high) - low) / (high - low) * (_WIDTH - 1))

    cells = [" "] * _WIDTH
    for i in range(at(_BAND_DEG[0]), at(_BAND_DEG[1]) + 1):
        cells[i] = "="
    for i in range(at(value.interval[0]), at(value.interval[1]) + 1):
        cells[i] = "-"
    cells[at(value.value)] = "o"
    axis = [" "] * _WIDTH
    for tick in (0, 30, 45, 60):
        start = min(at(tick), _WIDTH - len(str(tick)))
        axis[start : start + len(str(tick))] = list(str(tick))
    return [f"    [{''.join(cells)}]", f"     {''.join(axis)}   (= reference band, - 95 % interval)"]
