"""The live squat screen: the coach over the camera's pictures, and the screen afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rom_vision.body.model import POINTS
from rom_vision.camera.setting import CameraSetting
from rom_vision.pipeline import squat as pipeline
from rom_vision.pipeline.camera import MAX_SIDE_PX
from rom_vision.pose.models import ModelBundle
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.squat.coach import SquatCoach, SquatView, Standing
from rom_vision.report.squat_pictures import worst_moments
from rom_vision.sessions import NewResult
from rom_vision.ui.live.guide import Look, OnProgress, fitting_camera, hand_up
from rom_vision.ui.live.recording import PartRecording

__all__ = ["SquatGuide"]


class SquatGuide:
    """See `rom_vision.ui.live.guide.Guide`.

    Parameters
    ----------
    views : from where, in order.
    begun : whether it starts by itself as soon as the set-up is right.
    model : pose model that measures the recording, the one uploads are measured with.
    """

    def __init__(self, views: tuple[SquatView, ...] = ("front",), *, begun: bool = True, model: str = "heavy") -> None:
        self.lying, self.most_people = False, 1
        self.points_px: FloatArray | None = None
        self._coach, self._model = SquatCoach(views, begun=begun), model

    def update(self, look: Look) -> Advice:
        """Take in a look and say what to do."""
        pose = look.pose
        self.points_px = None if pose is None else pose.image_px[list(POINTS)].astype(np.float64)
        return self._coach.update(
            Standing(
                look.time_s,
                look.size_px,
                brightness=look.brightness,
                n_people=look.n_people,
                image_px=None if pose is None else pose.image_px.astype(float),
                visibility=None if pose is None else pose.visibility.astype(float),
                camera_roll_deg=look.roll_deg,
                hand_up=hand_up(pose),
            )
        )

    def begin(self) -> None:
        """Start as soon as the set-up is right."""
        self._coach.begin()

    def stop(self) -> None:
        """End the test."""
        self._coach.stop()

    def restart_part(self) -> None:
        """Begin the present view again."""
        self._coach.restart_view()

    def measure(self, film: Path, part: str, camera: CameraSetting, on_progress: OnProgress) -> NewResult:  # noqa: ARG002
        """Screen the film of a view as an upload is screened; the screen tells by itself which ``part`` it sees."""
        camera, unfit = fitting_camera(film, camera)
        analysis = pipeline.screen(film, model=self._model, camera=camera, on_progress=on_progress)
        document = analysis.document
        if unfit:
            document = document.model_copy(update={"warnings": (*document.warnings, *unfit)})
        if not document.repetitions:
            return NewResult(document, analysis.track)
        pictures = worst_moments(film, analysis.track, document, max_side_px=MAX_SIDE_PX, level=analysis.level)
        return NewResult(document, analysis.track, pictures)

    def measure_landmarks(self, recording: PartRecording, model: ModelBundle) -> NewResult:
        """Screen a view from the landmarks of the live test."""
        track, lens = recording.track(model, lying=False)
        analysis = pipeline.analyse_squat(track, lens=lens, level=recording.level)
        return NewResult(analysis.document, analysis.track)
