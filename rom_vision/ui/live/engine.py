"""The engine of the live test: pictures in, drawn pictures and spoken cues out, results kept at the end.

Knows no Streamlit and no WebRTC. One instance serves one browser; the video thread calls `process`, the page calls
`view`, and a thread of its own measures and keeps each finished side, so that nothing is lost when the page goes away.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.capture.stills import Repeats
from rom_vision.errors import RomVisionError
from rom_vision.pose.mediapipe_estimator import PoseEstimator
from rom_vision.pose.models import resolve_model
from rom_vision.pose.subject import PoseCandidate, distinct_people
from rom_vision.pose.track import FROZEN_S
from rom_vision.pose.turns import TURNS_DEG
from rom_vision.protocols.hip_rotation.coach import STEADY_S, Advice, Coach
from rom_vision.protocols.hip_rotation.setup_check import Sighting
from rom_vision.results.document import Document
from rom_vision.results.parts import Position, Side
from rom_vision.sessions import NewResult
from rom_vision.ui.live.camera import LiveCamera
from rom_vision.ui.live.filter import SAME_SHAPE, LiveFilter
from rom_vision.ui.live.picture import draw_live
from rom_vision.ui.live.recording import LivePose, SideRecording

__all__ = ["LiveTest", "LiveView", "Outcome"]

_log = logging.getLogger(__name__)
Picture = npt.NDArray[np.uint8]

# Our own heuristics.
STALE_S = 1.0
"""Without a new picture for this long, nothing on the screen is live any more."""
KEEP_AFTER_S = 60.0
"""A test that gets no more pictures waits this long for the camera to come back, then keeps what it has."""
NEVER_BEGAN_S = 600.0
"""A test that never got a picture is given up after this time."""
_MOST_PEOPLE = 3
_LOOK_S = {"setup": 1.0, "moving": 2.5}
_TURN_S = 3.0
_RATE_S = 5.0
_BLEND = 0.1
_BEHIND = 0.9


@dataclass(frozen=True)
class Outcome:
    """What became of one side.

    ``document`` is None when nothing could be measured; ``session`` is the number it is kept under, None when it is
    not kept; ``problem`` says why either is missing.
    """

    side: Side
    document: Document | None = None
    session: int | None = None
    problem: str | None = None
    unsaved: NewResult | None = None


@dataclass(frozen=True)
class LiveView:
    """What the page shows.

    Attributes
    ----------
    advice : the coach's last word; None before the first picture.
    stale : pictures were coming and have stopped: neither the advice nor the video is live.
    waiting_s : seconds since the last picture; None before the first.
    analysed_per_s, received_per_s : pictures per second over the last seconds.
    size_px : (width, height) of the pictures; (0, 0) before the first.
    finished : no more pictures are taken in.
    measuring : how many sides are still being measured.
    outcomes : sides that are done.
    """

    advice: Advice | None
    stale: bool
    waiting_s: float | None
    analysed_per_s: float
    received_per_s: float
    size_px: tuple[int, int]
    finished: bool
    measuring: int
    outcomes: tuple[Outcome, ...]


class LiveTest:
    """One hands-free test.

    Parameters
    ----------
    position, sides : of the test.
    keep : stores a result and returns the number of its session; called from a thread of its own.
    camera : what is known of the camera; one that does not fit the picture gives way, and the result says so.
    clock : seconds, monotonic.

    Raises
    ------
    BadInputError
        If the pose model cannot be loaded.
    """

    def __init__(
        self,
        position: Position,
        sides: tuple[Side, ...],
        keep: Callable[[NewResult], int],
        *,
        camera: CameraSetting = UNKNOWN_CAMERA,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.position, self.sides = position, sides
        self._keep, self._clock = keep, clock
        self._model = resolve_model("full")
        self._turn_deg = 0
        self._estimator = PoseEstimator(self._model)
        self._scout = PoseEstimator(self._model, num_poses=_MOST_PEOPLE, video=False)
        self._coach = Coach(position, sides)
        self._filter = LiveFilter(position)
        self._lock = threading.Lock()
        self._advice: Advice | None = None
        self._recording: SideRecording | None = None
        self._before: deque[LivePose] = deque()
        self._size_px = (0, 0)
        self._n_people, self._looked_s = 1, -np.inf
        self._camera = LiveCamera(camera, position)
        self._found_s = 0.0
        self._repeats, self._new_s = Repeats(), -np.inf
        self._time_s, self._last_stamp_s, self._shift_s = 0.0, -np.inf, 0.0
        self._began = self._last_wall = self._cue_since = clock()
        self._every_s, self._cost_s, self._n_skipped = 1 / 30, 0.0, 0
        self._analysed, self._received = _Rate(), _Rate()
        self._finished = False
        self._measuring = 0
        self._outcomes: list[Outcome] = []
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-measure")
        threading.Thread(target=self._watch, name="live-watch", daemon=True).start()

    # -- called by the video thread ---------------------------------------------------------------------------------

    def process(self, rgb: Picture, stamp_s: float) -> Picture:
        """Analyse one picture and return it mirrored, with the leg model and the instruction drawn on it.

        Parameters
        ----------
        rgb : (H, W, 3) uint8.
        stamp_s : the picture's own presentation time, seconds. It may start again from zero when the camera comes
            back; a repeated stamp is not analysed again.
        """
        with self._lock:
            self._received.note(self._clock())
            if self._finished:
                return draw_live(rgb, self._advice, None)
            restarted = stamp_s < self._last_stamp_s
            if restarted:
                self._shift_s = self._time_s + max(self._clock() - self._last_wall, 0.04) - stamp_s
            if stamp_s == self._last_stamp_s:
                return draw_live(rgb, self._advice, None)
            if not restarted and np.isfinite(self._last_stamp_s):
                between_s = (stamp_s - self._last_stamp_s) / (1 + self._n_skipped)
                self._every_s += _BLEND * (min(between_s, 0.2) - self._every_s)
            self._n_skipped = 0
            self._last_stamp_s, self._last_wall = stamp_s, self._clock()
            self._time_s = stamp_s + self._shift_s
            drawn = self._analyse(rgb, self._time_s)
            self._cost_s += _BLEND * (self._clock() - self._last_wall - self._cost_s)
            self._analysed.note(self._clock())
            return drawn

    def skipped(self, n: int) -> None:
        """Note pictures that came too fast to be analysed."""
        with self._lock:
            self._n_skipped += n
            self._received.note(self._clock(), n)

    def _analyse(self, rgb: Picture, time_s: float) -> Picture:
        size_px = (rgb.shape[1], rgb.shape[0])
        if size_px != self._size_px:
            self._resize(size_px)
        repeated = self._repeats(rgb)
        self._new_s = self._new_s if repeated else time_s
        frozen = time_s - self._new_s > FROZEN_S
        poses = self._estimator.detect(rgb, time_s)
        stage = self._advice.stage if self._advice else "setup"
        self._look_around(rgb, time_s, stage, poses)
        pose = poses[0] if poses else None
        fit = self._filter.update(time_s, self._camera.camera, self._coach.side, pose, restart=stage == "setup")
        seen = Sighting(
            time_s,
            size_px,
            brightness=float(rgb[::8, ::8].mean()) / 255,
            n_people=self._n_people,
            image_px=None if pose is None else pose.image_px.astype(float),
            visibility=None if pose is None else pose.visibility.astype(float),
            angles_deg=fit.angles_deg if fit else {},
            residual=fit.residual if fit else np.inf,
            shank_px=fit.shank_px if fit else 0.0,
            camera_roll_deg=self._camera.roll_deg,
            frozen=frozen,
        )
        advice = self._coach.update(seen)
        self._record(LivePose(time_s, size_px, poses, repeated), advice)
        if advice.holding and self._recording is not None and advice.rotation_deg is not None:
            self._keep_top(rgb, time_s, advice, advice.rotation_deg)
        if self._advice is None or self._advice.cue.id != advice.cue.id:
            self._cue_since = self._clock()
        self._advice = advice
        if advice.stage == "done":
            self._finish()
        return draw_live(rgb, advice, fit.points_px if fit else None)

    def _resize(self, size_px: tuple[int, int]) -> None:
        """Go on after a change of size, as browsers do it to suit the line; another shape is another view."""
        (width, height), before = size_px, self._size_px
        self._size_px = size_px
        self._camera.resize(size_px)
        if 0 in before or abs(width * before[1] / (height * before[0]) - 1) < SAME_SHAPE:
            return
        _log.info("the picture changed from %s to %s: the side begins again", before, size_px)
        self._close_recording()
        self._coach.restart_side()
        self._before.clear()

    def _look_around(self, rgb: Picture, time_s: float, stage: str, poses: list[PoseCandidate]) -> None:
        """Look for further people, for the camera's lean, and for a lying person in a turned picture."""
        if poses:
            self._found_s = time_s
        if stage in _LOOK_S and poses and time_s - self._looked_s >= _LOOK_S[stage]:
            self._n_people = max(1, distinct_people(self._scout.detect(rgb)))
            self._looked_s = time_s
        elif stage == "setup" and poses and self._camera.wants_look(time_s):
            self._camera.look(rgb, time_s, poses[0].image_px)
        elif stage == "setup" and self.position == "supine" and time_s - self._found_s >= _TURN_S:
            self._turn_deg = TURNS_DEG[(TURNS_DEG.index(self._turn_deg) + 1) % len(TURNS_DEG)]
            self._estimator.close()
            self._estimator = PoseEstimator(self._model, turn_deg=self._turn_deg)
            self._found_s = time_s

    # -- recording --------------------------------------------------------------------------------------------------

    def _record(self, pose: LivePose, advice: Advice) -> None:
        if not advice.recording:
            self._close_recording()
            self._before.append(pose)
            while self._before[0].time_s < pose.time_s - STEADY_S - 0.1:
                self._before.popleft()
            return
        if self._recording is None:
            self._recording = SideRecording(
                advice.side, self._size_px, self._turn_deg, camera=self._camera.setting, level=self._camera.level
            )
            for earlier in self._before:
                self._recording.add(earlier)
            self._before.clear()
        self._recording.add(pose)
        self._recording.swings = advice.swings

    def _keep_top(self, rgb: Picture, time_s: float, advice: Advice, rotation_deg: float) -> None:
        assert self._recording is not None
        if self._recording.wants_top(advice.swings, rotation_deg):
            self._recording.keep_top(
                advice.swings, time_s, rotation_deg, self._filter.draw(rgb, advice.side, self._camera.level)
            )

    def _close_recording(self) -> None:
        recording, self._recording = self._recording, None
        if recording is None:
            return
        if recording.swings == 0:
            self._outcomes.append(
                Outcome(recording.side, problem="No swing was recorded, so there is nothing to keep.")
            )
            return
        self._measuring += 1
        self._worker.submit(self._measure, recording)

    def _measure(self, recording: SideRecording) -> None:
        """Measure and keep one side; whatever goes wrong becomes its outcome."""
        outcome = Outcome(recording.side, problem="The recording could not be measured; please test this side again.")
        try:
            analysis = recording.analyse(self.position, self._model)
            result = NewResult(analysis.document, analysis.track, recording.pictures(analysis.document))
            outcome = Outcome(recording.side, analysis.document, unsaved=result)
            outcome = self._kept(outcome, result)
        except Exception:
            _log.exception("measuring the %s side", recording.side)
        with self._lock:
            self._outcomes.append(outcome)
            self._measuring -= 1

    def _kept(self, outcome: Outcome, result: NewResult) -> Outcome:
        try:
            return replace(outcome, session=self._keep(result), problem=None, unsaved=None)
        except RomVisionError as fault:
            return replace(outcome, problem=f"Measured, but not kept: {fault}", unsaved=result)

    @property
    def behind(self) -> bool:
        """Whether pictures arrive faster than this machine analyses them."""
        return self._cost_s > _BEHIND * self._every_s

    @property
    def age_s(self) -> float:
        """Seconds since the test was opened."""
        return self._clock() - self._began

    @property
    def said_for_s(self) -> float:
        """Seconds for which the present cue has stood."""
        return self._clock() - self._cue_since

    # -- called by the page -----------------------------------------------------------------------------------------

    def view(self) -> LiveView:
        """Return what is known now, without waiting for the picture that is being analysed."""
        now, advice = self._clock(), self._advice
        waiting_s = None if advice is None else now - self._last_wall
        live = waiting_s is not None and waiting_s <= STALE_S
        return LiveView(
            advice=advice,
            stale=not self._finished and waiting_s is not None and not live,
            waiting_s=waiting_s,
            analysed_per_s=self._analysed.per_s if live else 0.0,
            received_per_s=self._received.per_s if live else 0.0,
            size_px=self._size_px,
            finished=self._finished,
            measuring=self._measuring,
            outcomes=tuple(self._outcomes),
        )

    def finish(self) -> None:
        """End the test now and keep what was recorded."""
        with self._lock:
            self._finish()

    def keep_again(self) -> None:
        """Try again to keep what could not be kept."""
        with self._lock:
            waiting, self._outcomes = self._outcomes, []
        again = [self._kept(o, o.unsaved) if o.unsaved is not None else o for o in waiting]
        with self._lock:
            self._outcomes = [*again, *self._outcomes]

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        self._coach.stop()
        self._close_recording()
        self._estimator.close()
        self._scout.close()
        self._worker.shutdown(wait=False)

    def _watch(self) -> None:
        """Finish a test whose pictures have stopped for good: the browser was closed, or the line is dead."""
        while True:
            time.sleep(1.0)
            with self._lock:
                if self._finished:
                    return
                patience = KEEP_AFTER_S if self._advice is not None else NEVER_BEGAN_S
                if self._clock() - self._last_wall > patience:
                    self._finish()


class _Rate:
    """Events per second over the last seconds; read by other threads while it is written."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self.per_s = 0.0

    def note(self, now: float, n: int = 1) -> None:
        """Note ``n`` events."""
        self._times.extend([now] * n)
        while self._times and self._times[0] < now - _RATE_S:
            self._times.popleft()
        if self._times and now > self._times[0]:
            self.per_s = (len(self._times) - 1) / (now - self._times[0])
