"""What the live engine and its tests have in common: a look at one picture in, advice out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rom_vision.camera import Camera
from rom_vision.pose.subject import PoseCandidate
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.hip_rotation.setup_check import stands

__all__ = ["Guide", "Look", "Picture", "hand_up", "subject_of"]

Picture = npt.NDArray[np.uint8]

_NOSE, _SHOULDERS, _HIPS, _WRISTS = 0, (11, 12), (23, 24), (15, 16)
_SURE = 0.6
_ABOVE = 0.15
"""A hand this far beyond the nose, as a share of the trunk, is held up (our own heuristic)."""


@dataclass(frozen=True)
class Look:
    """What one picture shows.

    Attributes
    ----------
    time_s : time of the picture; increases over the whole test.
    size_px : (width, height).
    camera : lens and lean, for pictures of this size.
    pose : whose test it is, if anybody was found.
    n_people : how many people were found when last looked for.
    brightness : mean of the picture, 0 to 1.
    roll_deg, looked : how the camera leans, as far as is known, and whether anybody has looked.
    frozen : the camera has shown the same picture for too long.
    """

    time_s: float
    size_px: tuple[int, int]
    camera: Camera
    pose: PoseCandidate | None = None
    n_people: int = 1
    brightness: float = 0.5
    roll_deg: float | None = None
    looked: bool = True
    frozen: bool = False


class Guide(Protocol):
    """One kind of test, as the engine needs it.

    Attributes
    ----------
    test : name of the test, as `rom_vision.protocols` knows it.
    parts : what is recorded and measured one after the other; none where nothing is measured.
    lying : the person lies, and may be found only in a turned picture.
    most_people : how many people are followed.
    outline : whether the shins in the person's mask are looked at.
    points_px : model points of the last look for drawing, (8, 2), or None.
    """

    test: str
    parts: tuple[str, ...]
    lying: bool
    most_people: int
    outline: bool
    points_px: FloatArray | None

    def update(self, look: Look) -> Advice:
        """Take in a look and say what to do."""
        ...

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        ...

    def stop(self) -> None:
        """End the test."""
        ...

    def forget(self) -> None:
        """Keep nothing of what was done: the test is discarded."""
        ...

    def restart_part(self) -> None:
        """Begin the present part again."""
        ...

    def options(self, part: str) -> dict[str, str]:
        """Return what was chosen of the test, for one of its parts."""
        ...


def hand_up(pose: PoseCandidate | None) -> bool:
    """Whether a hand is held beyond the head, along the trunk's own axis."""
    if pose is None:
        return False
    px = pose.image_px
    hips, shoulders = px[list(_HIPS)].mean(axis=0), px[list(_SHOULDERS)].mean(axis=0)
    trunk = float(np.linalg.norm(shoulders - hips))
    if trunk < 1.0:
        return False
    up = (shoulders - hips) / trunk
    beyond = [
        float((px[wrist] - px[_NOSE]) @ up) / trunk > _ABOVE for wrist in _WRISTS if pose.visibility[wrist] > _SURE
    ]
    return any(beyond)


def subject_of(
    poses: list[PoseCandidate], last: PoseCandidate | None, *, choosing: bool = False
) -> PoseCandidate | None:
    """Return the person who was followed before, else the largest; None when there is nobody.

    While ``choosing``, somebody who stands gives way to somebody who does not: of two it is the helper who stands.
    """
    if not poses:
        return None
    if choosing and len(poses) > 1:
        poses = [pose for pose in poses if not stands(pose.image_px.astype(float))] or poses
    if last is None:
        return max(poses, key=lambda pose: pose.size_px)
    return min(poses, key=lambda pose: float(np.median(np.linalg.norm(pose.image_px - last.image_px, axis=1))))
