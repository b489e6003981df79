"""Set-up check of the live hip rotation test: what one moment of the camera shows, and what to change before starting.

Gates are those of `rom_vision.protocols.hip_rotation.measure`; a fault is `hard` where that protocol would refuse the
test and soft where it would only warn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import DARK, NOBODY, PEOPLE, TOO_DARK, Cue
from rom_vision.protocols.hip_rotation.cues import Script
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
from rom_vision.results.parts import Mode, Position, Side

__all__ = ["Fault", "Sighting", "setup_faults", "stands"]

# Our own heuristics.
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
STANDS = 0.7
"""A thigh that reaches down by this share of the shank, in the picture, is that of somebody standing: seen from the
front a sitting one is short, by a third even for a camera at head height."""
ASIDE = 0.15
"""Knees this much to one side of the hips, as a share of the shank, say which way the person is turned."""
RESIDUAL_SLACK = 1.15
"""One moment may fit worse than a whole recording by this factor."""
REST_ASKED_DEG = {"seated": 12.0, "supine": 18.0}
"""A shin that stands further out than this is not at rest, but perhaps held at the end of a swing: a hanging one reads
less (clinical evidence, 3.2), and so does nearly every view of it."""
VIEW_SLACK_DEG = 5.0
"""Added to the protocol's warning for the thigh's direction: one moment is less certain than a whole recording."""


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
    camera_looked : whether the room has been looked at for the camera's lean.
    rotation_sd_deg : standard deviation of the tested leg's rotation.
    hand_up : whether a hand is held above the head.
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
    camera_looked: bool = True
    rotation_sd_deg: float = 3.0
    hand_up: bool = False
    frozen: bool = False

    @property
    def found(self) -> bool:
        """Whether there is somebody with angles."""
        return self.image_px is not None and bool(self.angles_deg) and not self.frozen


def setup_faults(seen: Sighting, position: Position, side: Side, mode: Mode = "active") -> Iterator[Fault]:
    """Yield what to change, the gravest first; nothing when the test can start.

    Parameters
    ----------
    seen : the moment.
    position, side, mode : of the test that is to start; a passive one has a helper in the picture.
    """
    script = Script(position, side, mode)
    picture = _picture_fault(seen, script)
    if picture is not None:
        yield picture
        return
    for fault in (_tilt_fault(seen), _posture_fault(seen, script)):
        if fault is not None:
            yield fault


def _picture_fault(seen: Sighting, script: Script) -> Fault | None:
    if seen.frozen:
        stuck = "The camera picture stands still. Check the camera, or close what else uses it."
        return Fault(Cue("frozen", "Picture stands still", stuck))
    if not seen.found:
        return Fault(TOO_DARK if seen.brightness < DARK else NOBODY)
    if seen.n_people > 1 and script.mode == "active":
        return Fault(PEOPLE)
    if seen.brightness < DARK:
        return Fault(TOO_DARK)
    assert seen.image_px is not None
    cut_off = _cut_off(seen, script)
    if cut_off is None and script.position == "seated" and stands(seen.image_px):
        # Before the size is judged: the model of somebody sitting does not fit, and its size means nothing.
        return Fault(script.take_up(standing=True))
    return cut_off or _size_fault(seen, script)


def _cut_off(seen: Sighting, script: Script) -> Fault | None:
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
        if script.position == "seated" and not outside[body].any() and len({point.name[0] for point in hidden}) == 1:
            return Fault(script.take_up(standing=True) if stands(seen.image_px) else script.turn(_turn_to(seen)))
        outside = outside | (seen.visibility < VISIBLE)
    feet = [point for point in body if point.name.endswith(("ANKLE", "HEEL", "FOOT_INDEX"))]
    if script.position == "supine":
        # The other leg may lie straight, beyond the picture: it does not carry the measurement.
        feet = [Landmark[f"{script.side.upper()}_ANKLE"]]
    rest = [point for point in body if point.name.endswith(("SHOULDER", "HIP", "KNEE"))]
    extent = float(np.ptp(seen.image_px[[*rest, *feet, Landmark.NOSE], 1]))
    if extent > FILLS * height or (outside[feet].any() and outside[rest].any()):
        return Fault(Cue("close", "Move back", "You are too close. Move back until I see you from head to feet."))
    if outside[feet].any():
        return Fault(Cue("feet", "Show your feet", "Your feet are cut off. Tilt the camera down, or move back."))
    if outside[rest].any():
        return Fault(Cue("cut_off", "Show your body", "Part of you is cut off. Move to the middle of the picture."))
    return None


def stands(image_px: FloatArray) -> bool:
    """Whether both thighs reach down as far as those of somebody standing, by the (33, 2) landmarks of the picture."""
    y = image_px[:, 1]
    shares = [
        (y[Landmark[f"{side}_KNEE"]] - y[Landmark[f"{side}_HIP"]])
        / max(y[Landmark[f"{side}_ANKLE"]] - y[Landmark[f"{side}_KNEE"]], 1.0)
        for side in ("LEFT", "RIGHT")
    ]
    return bool(min(shares) > STANDS)


def _turn_to(seen: Sighting) -> Side | None:
    """Which of their own sides the person has to turn to; None when the picture does not say."""
    assert seen.image_px is not None
    hips, knees, ankles = (
        seen.image_px[[Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]]].mean(axis=0)
        for name in ("HIP", "KNEE", "ANKLE")
    )
    aside = float(knees[0] - hips[0]) / max(float(np.linalg.norm(ankles - knees)), 1.0)
    if abs(aside) < ASIDE:
        return None
    # The picture's right is the left of somebody who faces the camera: knees there have turned to their left.
    return "right" if aside > 0 else "left"


def _size_fault(seen: Sighting, script: Script) -> Fault | None:
    if seen.shank_px >= SHANK_SLACK * SHANK_REFUSE_PX:
        return None
    if min(seen.picture_px) < SMALL_PICTURE_PX:
        cue = Cue("small", "One moment", "The camera picture is still getting sharper. One moment.", "wait")
        return Fault(cue)
    if _fills(seen) * SHANK_SLACK * SHANK_REFUSE_PX / max(seen.shank_px, 1.0) > FILLS:
        # Nearer, the body would no longer fit: it is the picture that is too small.
        sentence = "The camera's picture is too coarse. Choose a camera of 720 lines or more."
        return Fault(Cue("coarse", "Picture too small", sentence))
    sentence = "You are too far away. Come a step closer."
    if script.position == "supine":
        sentence = "You look too small. Bring the camera closer."
    return Fault(Cue("far", "Come closer", sentence))


def _fills(seen: Sighting) -> float:
    """Share of the picture's height that the person takes."""
    assert seen.image_px is not None
    return float(np.ptp(seen.image_px[:, 1])) / seen.picture_px[1]


def _tilt_fault(seen: Sighting) -> Fault | None:
    if seen.camera_roll_deg is None or abs(seen.camera_roll_deg) <= ROLL_WARN_DEG:
        return None
    sentence = f"The camera leans by {abs(seen.camera_roll_deg):.0f} degrees. Put it down level."
    return Fault(Cue("tilt", "Level the camera", sentence), hard=False)


def _posture_fault(seen: Sighting, script: Script) -> Fault | None:
    side, seated = script.side, script.position == "seated"
    angle = {name: seen.angles_deg[f"{name}_{side[0]}"] for name in ("hip_flexion", "knee_angle", "thigh_view")}
    rotation = seen.angles_deg[f"hip_rotation_{side[0]}"]
    if seen.residual > RESIDUAL_SLACK * RESIDUAL_REFUSE or not _within(angle["hip_flexion"], HIP_FLEXION_REFUSE_DEG):
        return Fault(script.take_up())
    view = angle["thigh_view"]
    if seated and view > THIGH_VIEW_WARN_DEG + VIEW_SLACK_DEG:
        return Fault(script.turn(_turn_to(seen)), hard=view > THIGH_VIEW_REFUSE_DEG)
    if not _within(angle["knee_angle"], KNEE_RANGE_DEG):
        cue = script.knee(more=angle["knee_angle"] < KNEE_RANGE_DEG[0])
        return Fault(cue, hard=not _within(angle["knee_angle"], KNEE_REFUSE_DEG))
    if abs(rotation) > REST_ASKED_DEG[script.position]:
        return Fault(script.rest(), hard=abs(rotation) > REST_REFUSE_DEG)
    return None


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
