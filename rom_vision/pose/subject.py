"""Several people in the picture: follow each of them, and choose the one who performs the test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from rom_vision.errors import BadInputError
from rom_vision.pose.landmarks import LEFT_RIGHT_PAIRS, Landmark

__all__ = [
    "Person",
    "PersonFollower",
    "PointedAt",
    "PoseCandidate",
    "SubjectChoice",
    "choose_subject",
    "distinct_people",
    "number_of",
]

Float32Array = npt.NDArray[np.float32]

_BODY = [
    Landmark.LEFT_SHOULDER,
    Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP,
    Landmark.LEFT_KNEE,
    Landmark.RIGHT_KNEE,
    Landmark.LEFT_ANKLE,
    Landmark.RIGHT_ANKLE,
]
_MIRRORED = [b for pair in ((r, left) for left, r in LEFT_RIGHT_PAIRS if left in _BODY) for b in pair]
_LEGS = [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]

# All distances below are in units of the person's own size in the picture; the values are our own heuristics.
_SAME_PERSON = 0.3
"""Mean landmark distance up to which a pose in the next frame is taken for the same person."""
_SAME_PERSON_PER_S = 1.0
"""How much that grows with each second in which the person was not seen ..."""
_SAME_PERSON_MOST = 0.6
"""... and where it ends."""
_DUPLICATE = 0.2
"""Two poses of one frame closer than this are one person found twice."""
_LEAST_SHARE = 0.1
"""A person counts when seen in this share of the frames ..."""
_LEAST_SEEN_S = 1.0
"""... or for this long."""
_LEAST_VISIBILITY = 0.3
"""Legs less visible than this say nothing about who moves."""
_FOUND_LATE_PER_S = 0.1
"""Of two who may be meant, being found so many seconds away from the moment counts as being this much farther off."""


@dataclass(frozen=True)
class PoseCandidate:
    """One person found in one picture: image_px (33, 2), visibility (33,) in 0..1, world_m (33, 3).

    ``outline`` (2, 4) of the shins, as in `PoseTrack`; NaN where nobody asked for it.
    """

    image_px: Float32Array
    visibility: Float32Array
    world_m: Float32Array
    outline: Float32Array = field(default_factory=lambda: np.full((2, 4), np.nan, dtype=np.float32))

    @property
    def size_px(self) -> float:
        """Diagonal of the box around the landmarks, pixels."""
        return max(1.0, float(np.hypot(*np.ptp(self.image_px, axis=0))))


@dataclass(frozen=True, eq=False)
class PointedAt:
    """Somebody whom the user pointed at in one picture: its time, seconds, and how they were found in it."""

    time_s: float
    pose: PoseCandidate


@dataclass
class Person:
    """One person followed over time: the frames (indices) and times at which they were seen, and the poses there."""

    frames: list[int] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    poses: list[PoseCandidate] = field(default_factory=list)

    def add(self, frame: int, time_s: float, pose: PoseCandidate) -> None:
        """Note that the person was seen."""
        self.frames.append(frame)
        self.times_s.append(time_s)
        self.poses.append(pose)


class PersonFollower:
    """Follow people from frame to frame, by how far their landmarks moved relative to their size.

    Attributes
    ----------
    people : everybody seen so far, in the order of appearance.
    """

    def __init__(self) -> None:
        self.people: list[Person] = []

    def update(self, frame: int, time_s: float, candidates: list[PoseCandidate]) -> list[Person]:
        """Assign the poses of one frame to people, new ones where nobody fits; return who was seen.

        A pose that repeats another one of the same frame is dropped.

        Parameters
        ----------
        frame : index of the frame.
        time_s : its time, seconds; how far somebody may have moved grows with the time they were not seen.
        candidates : the poses found in it.
        """
        pairs = self._assign(time_s, candidates)
        seen = [(self.people[i], candidates[j]) for i, j in pairs]
        taken = {j for _, j in pairs}
        for pose in sorted(
            (c for j, c in enumerate(candidates) if j not in taken), key=lambda c: -float(c.visibility.mean())
        ):
            if all(_distance(pose, other) > _DUPLICATE for _, other in seen):
                self.people.append(Person())
                seen.append((self.people[-1], pose))
        for person, pose in seen:
            person.add(frame, time_s, pose)
        return [person for person, _ in seen]

    def _assign(self, time_s: float, candidates: list[PoseCandidate]) -> list[tuple[int, int]]:
        if not self.people or not candidates:
            return []
        cost = np.array([[_distance(person.poses[-1], pose) for pose in candidates] for person in self.people])
        gap_s = np.array([time_s - person.times_s[-1] for person in self.people])[:, None]
        allowed = np.minimum(_SAME_PERSON + _SAME_PERSON_PER_S * gap_s, _SAME_PERSON_MOST)
        if cost.shape == (1, 1):
            return [(0, 0)] if cost[0, 0] <= allowed[0, 0] else []
        from scipy.optimize import linear_sum_assignment  # slow to import, and most recordings show one person

        rows, columns = linear_sum_assignment(np.where(cost <= allowed, cost, 1e3))
        return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] <= allowed[i, 0]]


def distinct_people(candidates: list[PoseCandidate]) -> int:
    """Return how many different people the poses of one picture show."""
    return len(PersonFollower().update(0, 0.0, candidates))


@dataclass(frozen=True)
class SubjectChoice:
    """Who is measured: the person, one sentence on why, and a warning when there were others."""

    person: Person
    sentence: str
    warnings: tuple[str, ...] = ()


def choose_subject(
    people: list[Person],
    n_frames: int,
    size_px: tuple[int, int],
    *,
    subject: int | PointedAt | None = None,
    lying: bool | None = None,
) -> SubjectChoice | None:
    """Choose who performs the test.

    The person whose legs move most about the pelvis, weighted by how long they were seen and how large they are;
    when the test is done lying, somebody whose trunk does not stand upright in the picture is preferred; nearness to
    the middle of the picture breaks ties. Weights are our own heuristic.

    Parameters
    ----------
    people : from `PersonFollower`.
    n_frames : frames of the recording.
    size_px : (width, height) of the picture.
    subject : the user's choice: a number from 1, people counted from left to right where each was first seen; or
        whom they pointed at.
    lying : whether the test is done lying; None when unknown.

    Returns
    -------
    None when nobody was found.

    Raises
    ------
    BadInputError
        When there is no person with the number ``subject``, or whoever was pointed at is not seen long enough.
    """
    real = sorted((p for p in people if _counts(p, n_frames)), key=lambda p: float(np.mean(p.poses[0].image_px[:, 0])))
    if isinstance(subject, PointedAt):
        subject = _pointed_at(real, subject)
    if subject is not None and not 1 <= subject <= len(real):
        raise BadInputError(
            f"There is no person {subject} in this video: "
            + (f"{len(real)} can be told apart, counted from left to right." if real else "nobody was found.")
        )
    if not real:
        return None
    if len(real) == 1:
        return SubjectChoice(real[0], "the only person in the picture")
    largest = max(_median_size(p) for p in real)
    scores = [_score(p, n_frames, largest, size_px, lying) for p in real]
    best = subject - 1 if subject is not None else int(np.argmax(scores))
    why = "chosen by hand" if subject is not None else _why(real, real[best])
    sentence = f"person {best + 1} of {len(real)}, counted from left to right: {why}"
    warning = (
        f"{len(real)} people were in the picture; {sentence.split(',')[0]} (from left to right) was measured "
        f"({why}). If that is the wrong one, choose another by its number."
    )
    if sum(len(p.frames) for p in real) == len(set().union(*(p.frames for p in real))):
        warning += " They were never seen together: it may be one person who was lost and found again elsewhere."
    return SubjectChoice(real[best], sentence, () if subject is not None else (warning,))


def _why(people: list[Person], chosen: Person) -> str:
    if leg_movement(chosen) >= max(leg_movement(person) for person in people):
        return "moved the legs most"
    return "moved the legs, and was seen longer or larger than the others"


def number_of(sentence: str) -> tuple[int, int] | None:
    """Return the number of the person who was followed, and of how many, from the sentence of a `SubjectChoice`.

    Examples
    --------
    >>> number_of("person 2 of 3, counted from left to right: moved the legs most")
    (2, 3)
    >>> number_of("the only person in the picture") is None
    True
    """
    found = re.match(r"person (\d+) of (\d+), counted from left", sentence)
    return (int(found[1]), int(found[2])) if found else None


def _pointed_at(real: list[Person], at: PointedAt) -> int:
    """Return the number of the person who is nearest to where somebody was pointed at."""

    def off(person: Person) -> tuple[float, float]:
        """How far off they are when they are seen next to that moment, and by how many seconds that is."""
        gaps_s = np.abs(np.array(person.times_s) - at.time_s)
        nearest = int(gaps_s.argmin())
        return _distance(person.poses[nearest], at.pose), float(gaps_s[nearest])

    offs = [off(person) for person in real]
    meant = [k for k, (distance, _) in enumerate(offs) if distance <= _SAME_PERSON_MOST]
    best = min(meant, key=lambda k: offs[k][0] + _FOUND_LATE_PER_S * offs[k][1], default=None)
    if best is None:
        raise BadInputError(
            "The person you chose is not seen long enough in this video to be measured. Choose another one, or film "
            "so that this person is in the picture all the time."
        )
    return best + 1


def leg_movement(person: Person) -> float:
    """Return how far the person's knees and ankles travel about the pelvis, in units of the person's size.

    Single wrong frames do not count: the path is median-filtered and its middle 90 % taken.
    """
    points = np.stack([p.image_px for p in person.poses])
    visible = np.stack([p.visibility for p in person.poses])[:, _LEGS] > _LEAST_VISIBILITY
    pelvis = points[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1, keepdims=True)
    legs = (points[:, _LEGS] - pelvis) / _median_size(person)
    travel = [0.0]
    for k in range(len(_LEGS)):
        path = legs[visible[:, k], k]
        if len(path) >= 5:
            windows = sliding_window_view(np.pad(path, ((2, 2), (0, 0)), mode="edge"), 5, axis=0)
            low, high = np.percentile(np.median(windows, axis=-1), (5, 95), axis=0)
            travel.append(float(np.hypot(*(high - low))))
    return max(travel)


def _score(person: Person, n_frames: int, largest: float, size_px: tuple[int, int], lying: bool | None) -> float:
    share = len(person.frames) / n_frames
    middle = np.median([p.image_px.mean(axis=0) for p in person.poses], axis=0)
    off_centre = float(np.hypot(*(middle / np.array(size_px) - 0.5)))
    posture = 1.5 if lying and not _upright(person) else 1.0
    size = (_median_size(person) / largest) ** 0.5
    return share * size * (0.05 + leg_movement(person)) * posture * (1 - 0.1 * off_centre)


def _upright(person: Person) -> bool:
    """Whether the trunk mostly stands upright in the picture: shoulders above hips, within 45 degrees."""
    points = np.stack([p.image_px for p in person.poses])
    trunk = points[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1)
    trunk = trunk - points[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=1)
    return bool(np.mean(trunk[:, 1] > np.abs(trunk[:, 0])) > 0.5)


def _counts(person: Person, n_frames: int) -> bool:
    return len(person.frames) >= _LEAST_SHARE * n_frames or person.times_s[-1] - person.times_s[0] >= _LEAST_SEEN_S


def _median_size(person: Person) -> float:
    return float(np.median([p.size_px for p in person.poses]))


def _distance(a: PoseCandidate, b: PoseCandidate) -> float:
    """Mean distance of the body's landmarks over the larger size, blind to exchanged left and right."""
    straight = np.linalg.norm(a.image_px[_BODY] - b.image_px[_BODY], axis=1).mean()
    mirrored = np.linalg.norm(a.image_px[_BODY] - b.image_px[_MIRRORED], axis=1).mean()
    return float(min(straight, mirrored)) / max(a.size_px, b.size_px)
