"""Set-up check of the live hip rotation test: what one moment of the camera shows, and what to change before starting.

Gates are those of `rom_vision.protocols.hip_rotation.measure`; a fault is `hard` where that protocol would refuse the
test and soft where it would only warn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.hip_rotation.measure import (
    HIP_FLEXION_REFUSE_DEG,
    KNEE_RANGE_DEG,
    KNEE_REFUSE_DEG,
    RESIDUAL_REFUSE,
    REST_REFUSE_DEG,
    SHANK_REFUSE_PX,
    THIGH_VIEW_REFUSE_DEG,
    THIGH_VIEW_WARN_DEG,
)
from rom_vision.results.parts import Position, Side

__all__ = ["Cue", "Fault", "Sighting", "setup_fault"]

# Our own heuristics.
DARK = 0.16
"""Mean brightness of the picture (0..1) below which landmarks begin to jitter."""
EDGE = 0.01
"""A landmark this near to the picture's edge, as a share of its height, counts as cut off."""
FILLS = 0.97
"""A person whose box fills this share of the picture's height is too close."""
VISIBLE = 0.5
"""A landmark the model believes in less than this counts as not in the picture."""
SMALL_PICTURE_PX = 400
"""Browsers begin with a small picture and enlarge it within the first minute: below this height, wait."""
ROLL_WARN_DEG = 3.0
"""One degree of roll is one degree of every reading against gravity (clinical evidence, 3.3)."""
SHANK_SLACK = 1.12
"""The shank must be longer than the protocol's limit by this much: it is not measured to the pixel."""
VIEW_SLACK_DEG = 5.0
"""Added to the protocol's warning for the thigh's direction: one moment is less certain than a whole recording."""

Tone = Literal["fix", "wait", "go", "hold", "return", "warn", "done"]


@dataclass(frozen=True)
class Cue:
    """What the user is told: ``id`` names it, ``label`` is two or three words for the picture, ``sentence`` is said."""

    id: str
    label: str
    sentence: str
    tone: Tone = "fix"


@dataclass(frozen=True)
class Fault:
    """Something to change before the test; a hard one makes a measurement impossible."""

    cue: Cue
    hard: bool = True


@dataclass(frozen=True)
class Sighting:
    """One moment of the camera, as far as the coach needs to know it.

    Attributes
    ----------
    time_s : time of the picture.
    picture_px : (width, height).
    brightness : mean of the picture, 0 to 1.
    n_people : how many people were found when last looked for.
    image_px, visibility : (33, 2) and (33,) landmarks in the picture; None when nobody was found.
    angles_deg : joint angles by the names of `rom_vision.body.kinematics.joint_angles`; empty when nobody was found.
    residual : how badly the landmarks fit the leg model.
    shank_px : length of the shank seen square-on.
    camera_roll_deg : lean of the camera, None when unknown.
    frozen : the camera has shown the same picture for too long; nobody counts as found in it.
    """

    time_s: float
    picture_px: tuple[int, int]
    brightness: float = 0.5
    n_people: int = 1
    image_px: FloatArray | None = None
    visibility: FloatArray | None = None
    angles_deg: Mapping[str, float] = field(default_factory=dict)
    residual: float = 1.0
    shank_px: float = 200.0
    camera_roll_deg: float | None = None
    frozen: bool = False

    @property
    def found(self) -> bool:
        """Whether there is somebody with angles."""
        return self.image_px is not None and bool(self.angles_deg) and not self.frozen


def setup_fault(seen: Sighting, position: Position, side: Side) -> Fault | None:
    """Return the first thing to change, the gravest first; None when the test can start.

    Parameters
    ----------
    seen : the moment.
    position, side : of the test that is to start.
    """
    return _picture_fault(seen, position, side) or _posture_fault(seen, position, side)


def _picture_fault(seen: Sighting, position: Position, side: Side) -> Fault | None:
    dark = Fault(Cue("dark", "More light", "It is too dark. Switch on a light that shines on you."))
    if seen.frozen:
        stuck = "The camera picture stands still. Check the camera, or close what else uses it."
        return Fault(Cue("frozen", "Picture stands still", stuck))
    if not seen.found:
        nobody = Cue("nobody", "Step into view", "I cannot see you. Step back until your whole body is in the picture.")
        return dark if seen.brightness < DARK else Fault(nobody)
    if seen.n_people > 1:
        return Fault(Cue("people", "One person only", "I see more than one person. Only you may be in the picture."))
    if seen.brightness < DARK:
        return dark
    return _cut_off(seen, position, side) or _size_fault(seen) or _tilt_fault(seen)


def _cut_off(seen: Sighting, position: Position, side: Side) -> Fault | None:
    assert seen.image_px is not None
    width, height = seen.picture_px
    margin = EDGE * height
    x, y = seen.image_px[:, 0], seen.image_px[:, 1]
    outside = (x < margin) | (x > width - margin) | (y < margin) | (y > height - margin)
    body = [
        point for point in Landmark if point.name.endswith(("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX"))
    ]
    if seen.visibility is not None:
        hidden = [point for point in body if seen.visibility[point] < VISIBLE]
        # All of it in the picture, and one side hidden behind the other: seen from the side, not cut off.
        if position == "seated" and not outside[body].any() and len({point.name[0] for point in hidden}) == 1:
            return Fault(_turn(side))
        outside = outside | (seen.visibility < VISIBLE)
    feet = [point for point in body if point.name.endswith(("ANKLE", "HEEL", "FOOT_INDEX"))]
    if position == "supine":
        # The other leg may lie straight, beyond the picture: it does not carry the measurement.
        feet = [Landmark[f"{side.upper()}_ANKLE"]]
    rest = [point for point in body if point.name.endswith(("SHOULDER", "HIP", "KNEE"))]
    extent = float(np.ptp(seen.image_px[[*rest, *feet, Landmark.NOSE], 1]))
    close = Cue("close", "Move back", "You are too close. Move back until I see you from head to feet.")
    if extent > FILLS * height or (outside[feet].any() and outside[rest].any()):
        return Fault(close)
    if outside[feet].any():
        return Fault(Cue("feet", "Show your feet", "Your feet are cut off. Tilt the camera down, or move back."))
    if outside[rest].any():
        return Fault(Cue("cut_off", "Show your body", "Part of you is cut off. Move to the middle of the picture."))
    return None


def _turn(side: Side) -> Cue:
    return Cue("turn", "Turn to the camera", f"Turn towards the camera: your {side} knee should point at it.")


def _size_fault(seen: Sighting) -> Fault | None:
    if seen.shank_px >= SHANK_SLACK * SHANK_REFUSE_PX:
        return None
    if min(seen.picture_px) < SMALL_PICTURE_PX:
        cue = Cue("small", "One moment", "The camera picture is still getting sharper. One moment.", "wait")
        return Fault(cue)
    return Fault(Cue("far", "Come closer", "You are too far away. Come a step closer."))


def _tilt_fault(seen: Sighting) -> Fault | None:
    if seen.camera_roll_deg is None or abs(seen.camera_roll_deg) <= ROLL_WARN_DEG:
        return None
    return Fault(Cue("tilt", "Level the camera", "The camera leans to one side. Put it down level."), hard=False)


def _posture_fault(seen: Sighting, position: Position, side: Side) -> Fault | None:
    angle = {name: seen.angles_deg[f"{name}_{side[0]}"] for name in ("hip_flexion", "knee_angle", "thigh_view")}
    rotation = seen.angles_deg[f"hip_rotation_{side[0]}"]
    if seen.residual > RESIDUAL_REFUSE:
        return Fault(_take_up(position, side))
    if not _within(angle["hip_flexion"], HIP_FLEXION_REFUSE_DEG):
        return Fault(_take_up(position, side))
    view = angle["thigh_view"]
    if position == "seated" and view > THIGH_VIEW_WARN_DEG + VIEW_SLACK_DEG:
        return Fault(_turn(side), hard=view > THIGH_VIEW_REFUSE_DEG)
    if not _within(angle["knee_angle"], KNEE_RANGE_DEG):
        more = angle["knee_angle"] < KNEE_RANGE_DEG[0]
        how = "more" if more else "less"
        where = "the shin should hang straight down" if position == "seated" else "it should make a right angle"
        return Fault(
            Cue(f"knee_{how}", f"Bend knee {how}", f"Bend your knee {how}: {where}."),
            hard=not _within(angle["knee_angle"], KNEE_REFUSE_DEG),
        )
    if abs(rotation) > REST_REFUSE_DEG:
        where = "hang straight down" if position == "seated" else "point straight along your body"
        return Fault(Cue("rest", "Let the foot rest", f"Let your {side} shin {where}."))
    return None


def _take_up(position: Position, side: Side) -> Cue:
    if position == "seated":
        sentence = "Sit upright facing the camera, knees bent at right angles and a fist apart."
        return Cue("posture", "Sit, knees at 90", sentence)
    return Cue(
        "posture", f"{side.capitalize()} knee up", f"Lie on your back with your {side} hip and knee at right angles."
    )


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
