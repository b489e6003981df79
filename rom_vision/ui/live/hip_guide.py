"""The live hip rotation test: the leg model over the camera's pictures, and the coach."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice, Direction
from rom_vision.protocols.hip_rotation.coach import Coach
from rom_vision.protocols.hip_rotation.live_filter import LiveFilter
from rom_vision.protocols.hip_rotation.setup_check import Sighting
from rom_vision.results.parts import Mode, Position, Side
from rom_vision.ui.live.guide import Look, hand_up

__all__ = ["HipGuide"]


class HipGuide:
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    position, sides, mode, directions : of the test, as in `Coach`.
    begun : whether it starts by itself as soon as the set-up is right.
    """

    test = "hip_rotation"

    def __init__(
        self,
        position: Position,
        sides: tuple[Side, ...],
        *,
        mode: Mode = "active",
        directions: tuple[Direction, ...] = ("internal",),
        begun: bool = True,
    ) -> None:
        self._position, self._mode = position, mode
        self.parts: tuple[str, ...] = sides
        self.lying = position == "supine"
        self.most_people = 1 if mode == "active" else 2
        self.outline = position == "seated"
        self.points_px: FloatArray | None = None
        self._coach = Coach(position, sides, mode=mode, directions=directions, begun=begun)
        self._filter = LiveFilter(position)
        self._stage, self._tries = "setup", 0

    def update(self, look: Look) -> Advice:
        """Take in a look and say what to do."""
        pose = look.pose
        restart = self._stage == "setup"
        fit = self._filter.update(look.time_s, look.camera, self._coach.side, pose, restart=restart)
        self.points_px = fit.points_px if fit else None
        advice = self._coach.update(
            Sighting(
                look.time_s,
                look.size_px,
                brightness=look.brightness,
                n_people=look.n_people,
                image_px=None if pose is None else pose.image_px.astype(float),
                visibility=None if pose is None else pose.visibility.astype(float),
                angles_deg=fit.angles_deg if fit else {},
                residual=fit.residual if fit else np.inf,
                shank_px=fit.shank_px if fit else 0.0,
                camera_roll_deg=look.roll_deg,
                camera_looked=look.looked,
                rotation_sd_deg=fit.rotation_sd_deg if fit else 3.0,
                hand_up=hand_up(pose),
                frozen=look.frozen,
            )
        )
        # Lying, where the pelvis is not taken out, a hold and a rest read at their time err alike: that cancels.
        if advice.tries > self._tries and self._position == "seated":
            self._coach.look_back(self._filter.look_back())
        self._stage, self._tries = advice.stage, advice.tries
        return advice

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        self._coach.begin()

    def stop(self) -> None:
        """End the test."""
        self._coach.stop()

    def forget(self) -> None:
        """Nothing is kept by the guide itself."""

    def restart_part(self) -> None:
        """Begin the present side again."""
        self._coach.restart_side()

    def options(self, part: str) -> dict[str, str]:
        """Return what was chosen of the test, for one side."""
        return {"position": self._position, "side": part, "mode": self._mode}
