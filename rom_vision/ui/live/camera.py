"""What the live test knows of its camera: the lens for the picture at hand, and how it leans, read while setting up."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from rom_vision.camera import Camera
from rom_vision.camera.level import Level, agreed_level, level_from_scene, level_from_user, with_level
from rom_vision.camera.setting import CameraSetting
from rom_vision.pipeline.camera import lens_or_default

__all__ = ["LiveCamera"]

_EVERY_S, _LOOKS = 4.0, 3


class LiveCamera:
    """The camera of one live test.

    Parameters
    ----------
    setting : what the user says of it; one that does not fit the picture gives way.
    level : whether the lean matters; lying, gravity is no reference.

    Attributes
    ----------
    level : how it leans, as far as is known; None lying.
    """

    def __init__(self, setting: CameraSetting, *, level: bool) -> None:
        self.setting = setting
        self._lens = Camera.from_hfov(640, 480)
        self._looks: deque[Level] = deque(maxlen=_LOOKS)
        self._looked_s = -np.inf
        self.level: Level | None = None
        if level:
            stated = setting.roll_deg
            self.level = level_from_scene([], self._lens) if stated is None else level_from_user(stated)

    @property
    def camera(self) -> Camera:
        """Lens and lean."""
        return with_level(self._lens, self.level) if self.level else self._lens

    @property
    def roll_deg(self) -> float | None:
        """How it leans; None when unknown."""
        return self.level.roll_deg if self.level else None

    @property
    def looked(self) -> bool:
        """Whether nothing more can be known of the lean before the test starts."""
        return self.level is None or self.setting.roll_deg is not None or len(self._looks) > 0

    def resize(self, size_px: tuple[int, int]) -> None:
        """Go on with pictures of another size (width, height)."""
        self._lens, _ = lens_or_default(self.setting, *size_px)
        self._looks.clear()
        self._looked_s = -np.inf

    def wants_look(self, time_s: float) -> bool:
        """Whether it is time to look at the room again."""
        return self.level is not None and self.setting.roll_deg is None and time_s - self._looked_s >= _EVERY_S

    def look(self, rgb: npt.NDArray[np.uint8], time_s: float, person_px: npt.ArrayLike) -> None:
        """Read the lean from one picture; the last few have to agree."""
        self._looks.append(level_from_scene([rgb], self._lens, [person_px]))
        self.level, self._looked_s = agreed_level(self._looks), time_s
