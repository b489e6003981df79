"""A squat screen as plain lines for the terminal."""

from __future__ import annotations

from rom_vision.results.document import SquatDocument
from rom_vision.results.parts import SquatRepetition

__all__ = ["describe_squat"]

_HEADINGS = (
    ("marked", "marked"),
    ("mild", "mild"),
    ("none", "looked at, nothing found"),
    ("not_assessable", "cannot be told from this recording"),
)


def describe_squat(document: SquatDocument) -> str:
    """Say what was seen: the view, the repetitions, the findings by severity, what cannot be told, warnings."""
    d = document
    where = f"seen from the {d.view.name.replace('_', ' ')}" if d.view.name != "oblique" else "seen obliquely"
    azimuth = "" if d.view.azimuth_deg is None else f" (camera at {d.view.azimuth_deg:.0f} deg)"
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


def _repetition(number: int, r: SquatRepetition) -> str:
    down, up = r.bottom_s - r.start_s, r.end_s - r.bottom_s
    knees = [
        f"{side} {value:.0f}" for side in ("left", "right") if (value := getattr(r.knee_flexion_deg, side)) is not None
    ]
    error = "" if r.knee_flexion_error_deg is None else f" (within {r.knee_flexion_error_deg:.0f})"
    bent = f" knee flexion {', '.join(knees)} deg{error}" if knees else ""
    thigh = "" if r.thigh_below_horizontal_deg is not None else f" (depth {r.depth})"
    if r.thigh_below_horizontal_deg is not None:
        above = -r.thigh_below_horizontal_deg
        thigh = f", thigh {abs(above):.0f} deg {'above' if above > 0 else 'below'} the horizontal ({r.depth})"
    return f"   {number}. {r.start_s:5.1f}-{r.end_s:5.1f} s, {down:.1f} s down, {up:.1f} s up;{bent}{thigh}"
