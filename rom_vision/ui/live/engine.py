"""The engine of the live test: pictures in, drawn pictures and cues out, results kept at the end.

Knows no Streamlit and no WebRTC. One instance serves one browser; the video thread calls `process`, the page calls
`view`, and a thread of its own measures and keeps each recorded part, so that nothing is lost when the page goes away.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.capture.stills import Repeats
from rom_vision.files import process_folder
from rom_vision.pose.mediapipe_estimator import PoseEstimator
from rom_vision.pose.models import resolve_model
from rom_vision.pose.subject import PoseCandidate, distinct_people
from rom_vision.pose.track import FROZEN_S
from rom_vision.pose.turns import TURNS_DEG
from rom_vision.protocols.coaching import Advice
from rom_vision.protocols.hip_rotation.coach import GOOD_REPETITIONS, STEADY_S
from rom_vision.protocols.hip_rotation.live_filter import SAME_SHAPE
from rom_vision.sessions import NewResult
from rom_vision.ui.live.after import Aftermath, Outcome
from rom_vision.ui.live.camera import LiveCamera
from rom_vision.ui.live.film import Still
from rom_vision.ui.live.guide import Guide, Look, Picture, subject_of
from rom_vision.ui.live.picture import draw_live
from rom_vision.ui.live.rate import Rate
from rom_vision.ui.live.recording import LivePose, PartRecording

__all__ = ["LiveTest", "LiveView", "Outcome"]

_log = logging.getLogger(__name__)

# Our own heuristics.
STALE_S = 1.0
"""Without a new picture for this long, nothing on the screen is live any more."""
KEEP_AFTER_S = 60.0
"""A test that gets no more pictures waits this long for the camera to come back, then measures what it has."""
NEVER_BEGAN_S = 600.0
"""A test that never got a picture is given up after this time."""
SLOW_PER_S, SLOW_S = 9.0, 4.0
"""A machine that analyses fewer pictures a second than this while setting up gets the lighter pose model."""
MODELS = ("heavy", "full")
"""The live test looks with the model that measures where the machine can, and with a lighter one where it cannot."""
_MOST_PEOPLE = 3
_LOOK_S = {"setup": 1.0, "moving": 2.5}
_TURN_S = 3.0
_BLEND = 0.1
_BEHIND = 0.9


@dataclass(frozen=True)
class LiveView:
    """What the page shows.

    Attributes
    ----------
    advice : the coach's last word; None before the first picture.
    begun : the test has been asked for, and does not only look at the set-up.
    stale : pictures were coming and have stopped: neither the advice nor the video is live.
    paused : they have stopped because the user paused the camera.
    waiting_s : seconds since the last picture; None before the first.
    age_s : seconds since the test was opened.
    said_for_s : seconds for which the present cue has stood.
    analysed_per_s, received_per_s : pictures per second over the last seconds.
    size_px : (width, height) of the pictures; (0, 0) before the first.
    model : pose model that looks at the pictures.
    roll_deg : how the camera leans, as far as is known.
    finished : no more pictures are taken in.
    broken_off : it ended because the pictures stopped, or by a raised hand, before all was done.
    measuring : how many parts are still being measured.
    measured_share : how much of that is done, 0 to 1.
    outcomes : parts that are done.
    """

    advice: Advice | None
    begun: bool
    stale: bool
    paused: bool
    waiting_s: float | None
    age_s: float
    said_for_s: float
    analysed_per_s: float
    received_per_s: float
    size_px: tuple[int, int]
    model: str
    roll_deg: float | None
    finished: bool
    broken_off: bool
    measuring: int
    measured_share: float
    outcomes: tuple[Outcome, ...]


class LiveTest:
    """One hands-free test.

    Parameters
    ----------
    guide : the kind of test.
    keep : stores a result and returns the number of its session; called from a thread of its own.
    camera : what is known of the camera; one that does not fit the picture gives way, and the result says so.
    begun : whether the guide starts by itself.
    models : pose models to look with, the first one wanted (see `MODELS`); it is also the one that measures.
    clock : seconds, monotonic.

    Raises
    ------
    BadInputError
        If the pose model cannot be loaded.
    """

    def __init__(
        self,
        guide: Guide,
        keep: Callable[[NewResult], int],
        *,
        camera: CameraSetting = UNKNOWN_CAMERA,
        begun: bool = True,
        models: tuple[str, ...] = MODELS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guide, self._clock, self._begun = guide, clock, begun
        self._models = [resolve_model(name) for name in models]
        self._model = self._models.pop(0)
        self._turn_deg = 0
        self._estimator = self._new_estimator()
        self._scout = PoseEstimator(resolve_model("full"), num_poses=_MOST_PEOPLE, video=False)
        self._folder = tempfile.TemporaryDirectory(dir=process_folder(), ignore_cleanup_errors=True)
        self._after = Aftermath(guide, keep, self._folder, models[0])
        self._lock = threading.Lock()
        self._advice: Advice | None = None
        self._pose: PoseCandidate | None = None
        self._recording: PartRecording | None = None
        self._recorded: list[PartRecording] = []
        self._before: deque[LivePose] = deque()
        self._size_px = (0, 0)
        self._n_people, self._looked_s = 1, -np.inf
        self._camera = LiveCamera(camera, level=not guide.lying)
        self._repeats, self._new_s = Repeats(), -np.inf
        self._found_s, self._slow_since = 0.0, clock()
        self._time_s, self._last_stamp_s, self._shift_s = 0.0, -np.inf, 0.0
        self._began = self._last_wall = self._cue_since = clock()
        self._every_s, self._cost_s, self._n_skipped = 1 / 30, 0.0, 0
        self._analysed, self._received = Rate(), Rate()
        self._finished = self._broken_off = self._paused = False
        threading.Thread(target=self._watch, name="live-watch", daemon=True).start()

    def _new_estimator(self) -> PoseEstimator:
        guide = self._guide
        return PoseEstimator(self._model, num_poses=guide.most_people, turn_deg=self._turn_deg, outline=guide.outline)

    # -- called by the video thread ---------------------------------------------------------------------------------

    def process(self, rgb: Picture, stamp_s: float) -> Picture:
        """Analyse one picture and return it mirrored, with the body drawn on it.

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
        poses = self._estimator.detect(rgb, time_s)
        stage = self._advice.stage if self._advice else "setup"
        self._look_around(rgb, time_s, stage, poses)
        pose = subject_of(poses, self._pose, choosing=stage == "setup" and not self._guide.lying)
        self._pose = pose or self._pose
        advice = self._guide.update(
            Look(
                time_s,
                size_px,
                self._camera.camera,
                pose,
                n_people=self._n_people,
                brightness=float(rgb[::8, ::8].mean()) / 255,
                roll_deg=self._camera.roll_deg,
                looked=self._camera.looked,
                frozen=time_s - self._new_s > FROZEN_S,
            )
        )
        still = Still(time_s, rgb) if self._begun and advice.stage in ("setup", "moving") else None
        self._record(LivePose(time_s, size_px, poses, still, repeated), advice)
        if self._advice is None or self._advice.cue.id != advice.cue.id:
            self._cue_since = self._clock()
        self._advice = advice
        if advice.stage == "done":
            self._finish(broken_off=advice.stopped)
        return draw_live(rgb, advice, self._guide.points_px if pose is not None else None)

    def _resize(self, size_px: tuple[int, int]) -> None:
        """Go on after a change of size, as browsers do it to suit the line; another shape is another view."""
        (width, height), before = size_px, self._size_px
        self._size_px = size_px
        self._camera.resize(size_px)
        if 0 in before or abs(width * before[1] / (height * before[0]) - 1) < SAME_SHAPE:
            return
        _log.info("the picture changed from %s to %s: the part begins again", before, size_px)
        self._close_recording()
        self._guide.restart_part()
        self._before.clear()

    def _look_around(self, rgb: Picture, time_s: float, stage: str, poses: list[PoseCandidate]) -> None:
        """Look for further people, for the camera's lean, for a lying person in a turned picture, and at the pace."""
        if poses:
            self._found_s = time_s
        if stage == "setup" and poses and self._camera.wants_look(time_s):
            self._camera.look(rgb, time_s, poses[0].image_px)
        elif stage in _LOOK_S and poses and time_s - self._looked_s >= _LOOK_S[stage]:
            self._n_people = max(1, distinct_people(self._scout.detect(rgb)))
            self._looked_s = time_s
        elif stage == "setup" and self._guide.lying and time_s - self._found_s >= _TURN_S:
            self._turn_deg = TURNS_DEG[(TURNS_DEG.index(self._turn_deg) + 1) % len(TURNS_DEG)]
            self._exchange_estimator()
            self._found_s = time_s
        if stage != "setup" or not poses or self._cost_s < 1 / SLOW_PER_S:
            self._slow_since = self._clock()
        elif self._models and self._clock() - self._slow_since > SLOW_S:
            self._model = self._models.pop(0)
            _log.info("this machine is slow: looking with the %s model", self._model.name)
            self._exchange_estimator()
            self._slow_since = self._clock()

    def _exchange_estimator(self) -> None:
        self._estimator.close()
        self._estimator = self._new_estimator()

    # -- recording --------------------------------------------------------------------------------------------------

    def _record(self, pose: LivePose, advice: Advice) -> None:
        if not advice.recording:
            self._close_recording()
            self._before.append(pose)
            while self._before[0].time_s < pose.time_s - STEADY_S - 0.1:
                self._before.popleft()
            return
        if self._recording is None:
            self._recording = PartRecording(
                advice.part,
                self._size_px,
                Path(tempfile.mkdtemp(dir=self._folder.name)),
                self._turn_deg,
                camera=self._camera.setting,
                level=self._camera.level,
            )
            for earlier in self._before:
                self._recording.add(earlier)
            self._before.clear()
        self._recording.add(pose)
        self._recording.tries, self._recording.good = advice.tries, advice.good

    def _close_recording(self) -> None:
        """End the recording of a part; one without a repetition is no recording."""
        recording, self._recording = self._recording, None
        if recording is None:
            return
        recording.close()
        if recording.tries:
            self._recorded.append(recording)

    def _finish(self, *, broken_off: bool) -> None:
        """Take no more pictures; measure what was recorded."""
        if self._finished:
            return
        self._broken_off = broken_off
        self._guide.stop()
        self._close_recording()
        self._estimator.close()
        self._scout.close()
        for recording in self._recorded:
            self._after.measure(recording, self._model, ask=broken_off and recording.good < GOOD_REPETITIONS)
        recorded = {recording.part for recording in self._recorded}
        whole = self._advice is not None and self._advice.stage == "done" and not self._advice.stopped
        if recorded or whole:  # else nothing was begun
            self._after.missed([part for part in self._guide.parts if part not in recorded], whole=whole)
        self._after.close()
        # Last: whoever sees it finished also sees what is still being measured.
        self._finished = True

    @property
    def behind(self) -> bool:
        """Whether pictures arrive faster than this machine analyses them."""
        return self._cost_s > _BEHIND * self._every_s

    # -- called by the page -----------------------------------------------------------------------------------------

    def view(self) -> LiveView:
        """Return what is known now, without waiting for the picture that is being analysed."""
        now, advice = self._clock(), self._advice
        waiting_s = None if advice is None else now - self._last_wall
        live = waiting_s is not None and waiting_s <= STALE_S
        return LiveView(
            advice=advice,
            begun=self._begun,
            stale=not self._finished and waiting_s is not None and not live,
            paused=self._paused and not live,
            waiting_s=waiting_s,
            age_s=now - self._began,
            said_for_s=now - self._cue_since,
            analysed_per_s=self._analysed.per_s if live else 0.0,
            received_per_s=self._received.per_s if live else 0.0,
            size_px=self._size_px,
            model=self._model.name,
            roll_deg=self._camera.roll_deg,
            finished=self._finished,
            broken_off=self._broken_off,
            measuring=self._after.waiting,
            measured_share=self._after.share,
            outcomes=self._after.outcomes,
        )

    def begin(self) -> None:
        """Start the test as soon as the set-up is right."""
        with self._lock:
            self._begun = True
            self._guide.begin()

    def pause(self, *, paused: bool) -> None:
        """Note whether the user has stopped the camera on purpose: then it is not to be asked for again."""
        self._paused = paused

    def finish(self) -> None:
        """End the test now and keep what was recorded."""
        with self._lock:
            self._finish(broken_off=False)

    def discard(self) -> None:
        """End the test now and forget what was recorded."""
        with self._lock:
            self._guide.forget()
            self._recording, self._recorded = None, []
            self._finish(broken_off=False)
            self._folder.cleanup()

    def keep_again(self) -> None:
        """Try again to keep what could not be kept."""
        self._after.keep_again()

    def keep_asked(self) -> None:
        """Keep what was asked about."""
        self._after.keep_asked()

    def discard_asked(self) -> None:
        """Forget what was asked about."""
        self._after.discard_asked()

    def _watch(self) -> None:
        """Finish a test whose pictures have stopped for good: the browser was closed, or the line is dead."""
        while True:
            time.sleep(1.0)
            with self._lock:
                if self._finished:
                    return
                patience = KEEP_AFTER_S if self._advice is not None and not self._paused else NEVER_BEGAN_S
                if self._clock() - self._last_wall > patience:
                    self._finish(broken_off=True)
