"""What is known of a camera before its picture is looked at: its name, or its field of view, and perhaps its roll."""

from __future__ import annotations

from dataclasses import dataclass

from rom_vision.camera.defaults import LENSES
from rom_vision.camera.intrinsics import Camera
from rom_vision.camera.profile import load_profile
from rom_vision.errors import BadInputError

__all__ = ["UNKNOWN_CAMERA", "CameraSetting"]


@dataclass(frozen=True)
class CameraSetting:
    """What the user says of the camera; nothing is a usual answer.

    Attributes
    ----------
    name : name (or JSON file) of a calibrated camera's profile, or a kind of camera that has documented defaults
        (`rom_vision.camera.defaults.LENSES`).
    hfov_deg : field of view across the picture's width, degrees, instead of a name.
    roll_deg : how far the camera leans clockwise, degrees; None lets the picture tell.
    """

    name: str = "unknown"
    hfov_deg: float | None = None
    roll_deg: float | None = None

    def lens(self, width_px: int, height_px: int) -> Camera:
        """Return the camera for pictures of this size, its roll still open.

        Raises
        ------
        BadInputError
            If there is no such camera, its profile is of another shape, or a field of view is given beside it.
        """
        if self.name == "unknown":
            return Camera.from_hfov(width_px, height_px, self.hfov_deg)
        if self.hfov_deg is not None:
            raise BadInputError("Give a camera or a field of view, not both: the camera has its own field of view.")
        if self.name in LENSES:
            return Camera.from_lens(width_px, height_px, self.name)
        return load_profile(self.name).camera(width_px, height_px)


UNKNOWN_CAMERA = CameraSetting()
"""A camera of which nothing is known."""
