"""A squat screen as plain lines for the terminal."""

from __future__ import annotations

from rom_vision.results.document import Document
from rom_vision.results.parts import Repetition, View

__all__ = ["describe_squat"]

_HEADINGS = (
    ("marked", "marked"),
    ("mild", "mild"),
    ("none", "looked at, nothing found"),
    ("not_assessable", "cannot be told from this recording"),
)


def describe_squat(document: Document) -> str:
    """Say what was seen: the view, the repetitions, the findings by severity, what cannot be told, warnings."""
    d = document
    view = d.view or View("unknown", None)
    where = f"seen from the {view.name.replace('_', ' ')}" if view.name != "oblique" else "seen obliquely"
    azimuth = "" if view.azimuth_deg is None else f" (camera at {view.azimuth_deg:.0f} deg)"
    lines = [f"Squat, {where}{azimuth}: {d.status}"]
    lines += [f"  - {reason}" for reason in d.reasons]
    if d.repetitions:
        lines.append("  repetitions:")
        lines += [_repetition(number, r) for number, r in enumerate(d.repetitions, 1)]
    for severity, heading in _HEADINGS:
        sentences = [f.sentence for f in d.findings if f.severity == severity]
        if sentences:
            lines.append(f"  {heading}:")
            lines += [f"   * {sentence}" for sentence in sentences]
    lines += [f"  note: {warning}" for warning in d.warnings]
    return "\n".join(lines)


def _repetition(number: int, r: Repetition) -> str:
    down, up = r.at_s - r.start_s, r.end_s - r.at_s
    knees = [
        f"{side} {value:.0f}"
        for side in ("left", "right")
        if (value := r.values.get(f"{side}_knee_flexion_deg")) is not None
    ]
    half = r.values.get("knee_flexion_error_deg")
    error = "" if half is None else f" (within {half:.0f})"
    bent = f" knee flexion {', '.join(knees)} deg{error}" if knees else ""
    below = r.values.get("thigh_below_horizontal_deg")
    thigh = f" (depth {r.note})"
    if below is not None:
        thigh = f", thigh {abs(below):.0f} deg {'above' if below < 0 else 'below'} the horizontal ({r.note})"
    aside = "" if r.valid else " [set aside]"
    return f"   {number}. {r.start_s:5.1f}-{r.end_s:5.1f} s, {down:.1f} s down, {up:.1f} s up;{bent}{thigh}{aside}"
