"""What a test says of a camera that leaned: whether it was taken out, and whether hanging shins bear it out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rom_vision.body.angles import JointAngles
from rom_vision.camera.level import Level, level_from_shanks
from rom_vision.pose.track import FloatArray
from rom_vision.results.document import Result
from rom_vision.results.parts import Side

__all__ = ["hanging_shanks_warning", "lean_warnings", "level_warnings"]

LEANING_DEG = 3.0
"""A lean worth a word (our own heuristic; capture gate of the clinical evidence, 3.3: known, or within 1 degree)."""
HANGING_DEG = 10.0
"""Shins may hang this far off the vertical by their own shape (clinical evidence, 3.2)."""


def lean_warnings(result: Result, angles: JointAngles, level: Level) -> tuple[str, ...]:
    """Return what is to be said of the lean in a test in which both shins hang at rest.

    Parameters
    ----------
    result : of the test; outside its repetitions the legs are at rest.
    angles : of the leg model, with ``shank_inclination_l`` and ``_r``.
    level : how the camera leaned.
    """
    shanks: dict[Side, FloatArray] = {
        "left": angles.angle("shank_inclination_l"),
        "right": angles.angle("shank_inclination_r"),
    }
    at_rest = np.ones(len(angles.time_s), dtype=bool)
    for r in result.repetitions:
        at_rest &= (angles.time_s < r.start_s) | (angles.time_s > r.end_s)
    return level_warnings(level, "the shin's inclination") + hanging_shanks_warning(shanks, at_rest, level)


def level_warnings(level: Level, against_gravity: str) -> tuple[str, ...]:
    """Say that a lean was not corrected, or that it is large; ``against_gravity`` names what hangs on it (plural)."""
    if level.roll_deg is None:
        return (
            f"{level.note.capitalize()}. Each degree that the camera leans is a degree of {against_gravity}. Have a"
            " door frame or a cupboard in the picture, or check it with a spirit level and say that it stood level.",
        )
    if abs(level.roll_deg) > LEANING_DEG:
        return (f"The camera leaned by {abs(level.roll_deg):.0f} degrees; this was taken out. Stand it level.",)
    return ()


def hanging_shanks_warning(
    inclination_deg: dict[Side, FloatArray], at_rest: npt.NDArray[np.bool_], level: Level
) -> tuple[str, ...]:
    """Cross-check of the level in sitting: shanks at rest should hang about straight down.

    Parameters
    ----------
    inclination_deg : per leg (T,) the shank against gravity as it was taken to be, internal +.
    at_rest : (T,) True where the legs hang.
    level : what was taken out.
    """
    # Internal rotation carries the left foot to the picture's right: counter-clockwise about the knee.
    legs = [-inclination_deg["left"][at_rest], inclination_deg["right"][at_rest]]
    hanging = level_from_shanks(legs)
    if hanging.roll_deg is None or hanging.roll_sd_deg is None:
        return ()
    doubt = 2 * float(np.hypot(hanging.roll_sd_deg, level.roll_sd_deg or 0.0))
    if abs(hanging.roll_deg) <= max(doubt, HANGING_DEG):
        return ()
    way = "as the picture shows it" if level.roll_deg is None else "after the camera's lean was taken out"
    return (
        f"At rest the shins hang {abs(hanging.roll_deg):.0f} degrees off the vertical, {way}: either the camera leans,"
        " or the legs do not hang freely. Check both; readings against gravity may be off by as much.",
    )
