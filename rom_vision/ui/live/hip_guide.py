"""The live hip rotation test: the leg model over the camera's pictures, the coach, and the measurement afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from rom_vision.camera.setting import CameraSetting
from rom_vision.pipeline import hip_rotation as pipeline
from rom_vision.pose.models import ModelBundle
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.hip_rotation.coach import Coach
from rom_vision.protocols.hip_rotation.setup_check import Sighting
from rom_vision.report.overlay import LegOverlay
from rom_vision.report.pictures import repetition_pictures
from rom_vision.results.parts import Direction, Mode, Position, Side
from rom_vision.sessions import NewResult
from rom_vision.ui.live.filter import LiveFilter
from rom_vision.ui.live.guide import Look, OnProgress, fitting_camera, hand_up
from rom_vision.ui.live.recording import PartRecording

__all__ = ["HipGuide"]


class HipGuide:
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    position, sides, mode, directions : of the test, as in `Coach`.
    begun : whether it starts by itself as soon as the set-up is right.
    model : pose model that measures the recording, the one uploads are measured with.
    """

    def __init__(
        self,
        position: Position,
        sides: tuple[Side, ...],
        *,
        mode: Mode = "active",
        directions: tuple[Direction, ...] = ("internal",),
        begun: bool = True,
        model: str = "heavy",
    ) -> None:
        self.position, self.mode, self._model = position, mode, model
        self.lying = position == "supine"
        self.most_people = 1 if mode == "active" else 2
        self.points_px: FloatArray | None = None
        self._coach = Coach(position, sides, mode=mode, directions=directions, begun=begun)
        self._filter = LiveFilter(position)
        self._stage = "setup"

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
            )
        )
        self._stage = advice.stage
        return advice

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        self._coach.begin()

    def stop(self) -> None:
        """End the test."""
        self._coach.stop()

    def restart_part(self) -> None:
        """Begin the present side again."""
        self._coach.restart_side()

    def measure(self, film: Path, part: str, camera: CameraSetting, on_progress: OnProgress) -> NewResult:
        """Measure the film of a side as an upload is measured."""
        side, (camera, unfit) = cast(Side, part), fitting_camera(film, camera)
        analysis = pipeline.measure(
            film,
            position=self.position,
            side=side,
            mode=self.mode,
            model=self._model,
            camera=camera,
            on_progress=on_progress,
        )
        document = analysis.document
        if unfit:
            document = document.model_copy(update={"warnings": (*document.warnings, *unfit)})
        if analysis.states is None:
            return NewResult(document, analysis.track)
        overlay = LegOverlay.from_states(analysis.states, document.curve, analysis.camera, side, analysis.level)
        pictures = repetition_pictures(film, overlay, document, document.repetitions, max_side_px=pipeline.MAX_SIDE_PX)
        return NewResult(document, analysis.track, pictures)

    def measure_landmarks(self, recording: PartRecording, model: ModelBundle) -> NewResult:
        """Measure a side from the landmarks of the live test."""
        track, lens = recording.track(model, lying=self.lying)
        analysis = pipeline.analyse_hip_rotation(
            track,
            position=self.position,
            side=cast(Side, recording.part),
            mode=self.mode,
            lens=lens,
            level=recording.level,
        )
        return NewResult(analysis.document, analysis.track)
