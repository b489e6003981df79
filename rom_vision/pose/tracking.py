"""From a video to the `PoseTrack` of the person who performs the test.

One person is followed in MediaPipe's fast way (no detector while it follows). From time to time the picture is
searched for several people with the light model; when there are more than are being followed, the video is begun
again with as many, everybody's identity is followed, and the subject is chosen at the end. A picture in which
nobody is found is tried in quarter turns. (Measured on synthetic lying people: a person who is found at all is
found as precisely in every turn; small ones are at times found in one turn only.)

A long recording is looked at in stretches, side by side (see `stretches_of`); who is who is followed through all
of them at the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rom_vision.capture import Frame, VideoReader, sha256_of
from rom_vision.pose.landmarks import N_LANDMARKS
from rom_vision.pose.mediapipe_estimator import MEDIAPIPE_VERSION, PoseEstimator
from rom_vision.pose.models import ModelBundle, resolve_model
from rom_vision.pose.stretches import Stretch, in_threads, jobs_or_cores, stretches_of
from rom_vision.pose.subject import (
    Person,
    PersonFollower,
    PointedAt,
    PoseCandidate,
    choose_subject,
    distinct_people,
)
from rom_vision.pose.swaps import repair_swaps
from rom_vision.pose.track import BoolArray, FloatArray, PoseTrack, TrackSource, stands_still
from rom_vision.pose.turns import TURNS_DEG, turn_picture

__all__ = ["OnSeen", "assemble_track", "track_poses"]

Progress = Callable[[int, int], None]
OnSeen = Callable[[Frame, list[PoseCandidate]], None]

_MOST_PEOPLE = 4
_LOOK_AT_S = (0.0, 0.2, 0.5, 1.0)
_LOOK_EVERY_S = 2.0
"""When a picture is searched for further people: densely at first, because a find means beginning again."""


@dataclass(frozen=True)
class _Plan:
    """How many people are followed, and the clockwise quarter turn (degrees) in which the network sees the picture.

    ``outline``: whether the shins' outlines are looked at.
    ``in_one`` when it depends on what comes first how the picture is turned: one picture after the other then.
    """

    n_people: int = 1
    turn_deg: int = 0
    in_one: bool = False
    outline: bool = False


@dataclass(frozen=True)
class _Seen:
    """One picture: its time, the people found in it, whether it repeats an earlier one."""

    time_s: float
    poses: list[PoseCandidate]
    repeated: bool


@dataclass
class _Progress:
    """Pictures done, counted by several threads and told by one."""

    on_progress: Progress | None
    total: int
    _done: int = 0
    _told: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self) -> None:
        """Count a picture."""
        with self._lock:
            self._done += 1

    def tell(self) -> None:
        """Say how far it is, if it went on."""
        done = self._done
        if self.on_progress is not None and done > self._told:
            self._told = done
            self.on_progress(done, max(self.total, done) if self.total else 0)

    def end(self) -> None:
        """Say that all is done."""
        if self.on_progress is not None:
            self.on_progress(self._done, self._done)


class _NewPlanError(Exception):
    """The video has to be begun again with another plan."""

    def __init__(self, plan: _Plan) -> None:
        super().__init__(plan)
        self.plan = plan


def track_poses(
    reader: VideoReader,
    model: str | Path | ModelBundle = "heavy",
    *,
    subject: int | PointedAt | None = None,
    lying: bool | None = None,
    outline: bool = False,
    jobs: int | None = None,
    on_progress: Progress | None = None,
    on_seen: OnSeen | None = None,
) -> PoseTrack:
    """Find the person who performs the test in every frame of a video.

    Parameters
    ----------
    reader : the video; read from its start, more than once if need be. It says how many pictures a second are needed.
    model : 'full', 'heavy', the path of a bundle, or a resolved bundle.
    subject : the user's choice among several people: a number from 1, counted from left to right where each was
        first seen, or whom they pointed at; None chooses by itself.
    lying : whether the test is done lying, which helps to tell the subject from an examiner; None when unknown.
    outline : whether the shins' outlines are looked at, too.
    jobs : stretches looked at at a time; None means as many as cores that may be used. Results do not depend on it.
    on_progress : called with (frames done, frames in all), the latter an estimate, 0 where unknown; starts over when
        the video is begun again.
    on_seen : called with each picture of the first stretch and the people found in it, from another thread.

    Returns
    -------
    PoseTrack in pixels of the pictures that ``reader`` hands out; NaN where the subject was not found.

    Raises
    ------
    BadInputError
        When the model or the video cannot be read, or the person asked for is not there.
    """
    bundle = model if isinstance(model, ModelBundle) else resolve_model(model)
    at_least = subject if isinstance(subject, int) else 1
    plan = _Plan(n_people=min(max(1, at_least), _MOST_PEOPLE), outline=outline)
    seen, plan = _watch_to_the_end(reader, bundle, plan, jobs_or_cores(jobs), on_progress, on_seen)
    times_s = [picture.time_s for picture in seen]
    choice = choose_subject(_people_in(seen), len(times_s), reader.size, subject=subject, lying=lying)
    source = TrackSource(
        video_name=reader.info.name,
        video_sha256=sha256_of(reader.path),
        model_name=bundle.name,
        model_sha256=bundle.sha256,
        mediapipe_version=MEDIAPIPE_VERSION,
        inference_rotation_deg=plan.turn_deg,
        subject=choice.sentence if choice else "nobody was found",
    )
    person, more = (choice.person, choice.warnings) if choice else (Person(), ())
    return assemble_track(
        times_s,
        person,
        reader.size,
        source,
        (*reader.warnings, *more),
        damaged=reader.damaged,
        repeated=[picture.repeated for picture in seen],
    )


def _watch_to_the_end(
    reader: VideoReader,
    bundle: ModelBundle,
    plan: _Plan,
    jobs: int,
    on_progress: Progress | None,
    on_seen: OnSeen | None,
) -> tuple[list[_Seen], _Plan]:
    """Return what every picture shows, and the plan that fitted it."""
    with _Scout() as scout:
        while True:
            try:
                return _watch(reader, bundle, scout, plan, jobs, on_progress, on_seen), plan
            except _NewPlanError as new:
                plan = new.plan


def _people_in(seen: Sequence[_Seen]) -> list[Person]:
    """Follow everybody through all pictures."""
    follower = PersonFollower()
    for k, picture in enumerate(seen):
        follower.update(k, picture.time_s, picture.poses)
    return follower.people


def _watch(
    reader: VideoReader,
    bundle: ModelBundle,
    scout: _Scout,
    plan: _Plan,
    jobs: int,
    on_progress: Progress | None,
    on_seen: OnSeen | None,
) -> list[_Seen]:
    """Return what every picture shows; raise `_NewPlanError` when the plan does not fit."""
    stretches = [Stretch()] if plan.in_one else stretches_of(reader.info.duration_s, reader.n_needed_estimate)
    parts = [reader.part(stretch.from_s, stretch.end_s) for stretch in stretches]
    progress = _Progress(on_progress, reader.n_needed_estimate)

    def watch(stretch: Stretch, part: VideoReader, stop: threading.Event) -> list[_Seen]:
        seen = []
        lookout = _Lookout(scout, plan, stretch.start_s, alone=len(stretches) == 1)
        options: dict[str, Any] = {"num_poses": plan.n_people, "turn_deg": plan.turn_deg, "outline": plan.outline}
        with part, PoseEstimator(bundle, **options) as estimator:
            for frame in part:
                if stop.is_set():
                    break
                counts = frame.time_s >= stretch.start_s
                if counts:
                    lookout.look(frame)
                poses = estimator.detect(frame.rgb, frame.time_s)
                if on_seen is not None and stretch is stretches[0]:
                    on_seen(frame, poses)
                if counts:
                    seen.append(_Seen(frame.time_s, poses, frame.repeated))
                    progress.add()
        return seen

    tasks = [partial(watch, stretch, part) for stretch, part in zip(stretches, parts, strict=True)]
    seen = [picture for found in in_threads(tasks, jobs, progress.tell) for picture in found]
    reader.take_over(parts, [picture.time_s for picture in seen])
    progress.end()
    return seen


class _Scout:
    """Counts the people in single pictures, with the light model; what it has counted it knows when asked again."""

    def __init__(self) -> None:
        self._estimator: PoseEstimator | None = None
        self._counted: dict[tuple[float, int], int] = {}
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> _Scout:
        return self

    def __exit__(self, *_: object) -> None:
        if self._estimator is not None:
            self._estimator.close()

    def count(self, frame: Frame, turn_deg: int) -> int:
        """Return how many people a picture shows when it is turned clockwise."""
        asked = (frame.time_s, turn_deg)
        with self._one_at_a_time:
            if asked not in self._counted:
                if self._estimator is None:
                    self._estimator = PoseEstimator(resolve_model("full"), num_poses=_MOST_PEOPLE, video=False)
                turned = turn_picture(frame.rgb, turn_deg)
                self._counted[asked] = distinct_people(self._estimator.detect(turned))
            return self._counted[asked]


class _Lookout:
    """Look at a picture now and then for people whom the plan misses.

    Parameters
    ----------
    scout : counts people in single pictures.
    plan : what is known of them.
    from_s : moment from which on it looks.
    alone : whether it is the only one, from the start to the end of the recording. Of several, the first finds out
        within its first second whether the others were right to begin.
    """

    def __init__(self, scout: _Scout, plan: _Plan, from_s: float, *, alone: bool) -> None:
        self._scout = scout
        self._plan = plan
        self._alone = alone
        self._anybody = from_s > 0
        self._next_s = _next_look(from_s) if from_s else _LOOK_AT_S[0]

    def look(self, frame: Frame) -> None:
        """Raise `_NewPlanError` when this picture asks for another plan."""
        if frame.time_s < self._next_s or (self._anybody and self._plan.n_people >= _MOST_PEOPLE):
            return
        self._next_s = _next_look(frame.time_s)
        n_people = self._scout.count(frame, self._plan.turn_deg)
        if n_people > self._plan.n_people:
            raise _NewPlanError(replace(self._plan, n_people=n_people))
        self._anybody = self._anybody or n_people > 0
        if self._anybody:
            return
        turned = {turn: self._scout.count(frame, turn) for turn in TURNS_DEG if turn != self._plan.turn_deg}
        best = max(turned, key=lambda turn: turned[turn])
        if turned[best]:
            raise _NewPlanError(replace(self._plan, n_people=max(self._plan.n_people, turned[best]), turn_deg=best))
        if not self._alone and frame.time_s >= _LOOK_AT_S[-1]:
            raise _NewPlanError(replace(self._plan, in_one=True))


def _next_look(time_s: float) -> float:
    """First moment to look at after ``time_s``; computed, not counted up to, for a clock may jump by years."""
    early = [moment for moment in _LOOK_AT_S if moment > time_s]
    if early:
        return early[0]
    return _LOOK_AT_S[-1] + _LOOK_EVERY_S * (np.floor((time_s - _LOOK_AT_S[-1]) / _LOOK_EVERY_S) + 1)


def assemble_track(
    times_s: list[float],
    person: Person,
    size_px: tuple[int, int],
    source: TrackSource,
    warnings: tuple[str, ...],
    *,
    damaged: Sequence[bool] | BoolArray = (),
    repeated: Sequence[bool] | BoolArray = (),
) -> PoseTrack:
    """Return the track of one person: gaps where they were not seen, exchanged left and right put right.

    Parameters
    ----------
    times_s : times of all frames, seconds.
    person : in which of them they were seen, and how.
    size_px : width and height of the upright picture.
    source : where the track comes from.
    warnings : plain sentences on what happened so far.
    damaged, repeated : as in `PoseTrack`; empty when no picture is. What was found in a picture that says nothing of
        its moment is left out.
    """
    n = len(times_s)
    broken, again = np.zeros((2, n), dtype=bool)
    broken[: len(damaged)], again[: len(repeated)] = damaged, repeated
    image_px = np.full((n, N_LANDMARKS, 2), np.nan)
    visibility = np.zeros((n, N_LANDMARKS))
    world_m = np.full((n, N_LANDMARKS, 3), np.nan)
    outline = np.full((n, 2, 4), np.nan)
    for frame, pose in zip(person.frames, person.poses, strict=True):
        image_px[frame], visibility[frame], world_m[frame] = pose.image_px, pose.visibility, pose.world_m
        outline[frame] = pose.outline
    time_s = np.array(times_s)
    frozen = stands_still(time_s, again)
    unsound = broken | frozen
    image_px[unsound], visibility[unsound], world_m[unsound] = np.nan, 0.0, np.nan
    outline[unsound] = np.nan
    image_px, visibility, world_m, repaired = repair_swaps(time_s, image_px, visibility, world_m)
    outline[repaired] = outline[repaired][:, ::-1]  # every exchange is one of the legs
    if repaired.any():
        warnings += (f"The model took left for right in {int(repaired.sum())} of {n} frames; this was put right.",)
    warnings += _gap_warnings(time_s, broken, frozen)
    return PoseTrack(time_s, image_px, visibility, world_m, *size_px, source, warnings, broken, again, outline)


def _gap_warnings(time_s: FloatArray, damaged: BoolArray, frozen: BoolArray) -> tuple[str, ...]:
    """Say for how long the pictures were damaged, or stood still."""
    total_s = float(np.ptp(time_s)) if len(time_s) else 0.0
    said = []
    for mask, what in ((damaged, "is damaged"), (frozen & ~damaged, "shows a picture that stands still")):
        if mask.any():
            share = float(mask.mean())
            said.append(
                f"{share * total_s:.1f} s of the recording's {total_s:.1f} s ({max(100 * share, 1):.0f} %) {what};"
                " nothing was measured there."
            )
    return tuple(said)
