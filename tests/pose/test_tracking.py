"""Whole clips through the real network; few frames and the light model, to be quick."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.errors import BadInputError
from rom_vision.pose import Landmark, track_poses
from rom_vision.pose.models import SHIPPED_SHA256
from rom_vision.pose.turns import turn_picture

pytestmark = pytest.mark.model

FOOTAGE = Path(__file__).parents[2].parent / "shared" / "footage"
HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


class Sparse(VideoReader):
    """Hands out every n-th frame only, within a stretch of time."""

    def __init__(self, name, every, from_s=0.0, to_s=np.inf):
        if not (FOOTAGE / name).is_file():
            pytest.skip(f"{name} is not in this copy")
        super().__init__(FOOTAGE / name)
        self.info = replace(self.info, duration_s=None)  # what is handed out is not that long
        self._every, self._first_s, self._last_s = every, from_s, to_s

    def __iter__(self):
        return (
            f for f in super().__iter__() if f.index % self._every == 0 and self._first_s <= f.time_s <= self._last_s
        )


def write_video(path, pictures, fps=10):
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height) as out:
        for k, picture in enumerate(pictures):
            out.write(picture, k / fps)
    return path


@pytest.fixture(scope="module")
def with_bystander():
    """The athlete balances at the left, the bystander stands at the right, larger and fully visible."""
    done = []
    with Sparse("p2s_multi_cam01.mp4", every=4) as reader:
        track = track_poses(reader, "full", on_progress=lambda *step: done.append(step))
    return track, done


def test_the_athlete_is_followed_and_not_the_bystander(with_bystander):
    track, _ = with_bystander
    hips = track.image_px[:, HIPS].mean(axis=1) / (track.width_px, track.height_px)
    # The detector takes a moment to see him; from then on he is not lost.
    first = int(track.found.argmax())
    assert track.time_s[first] < 0.4
    assert track.found[first:].all()
    # Her hips are below 0.6 of the picture's height in every frame, his above.
    assert (hips[track.found, 1] < 0.58).all()
    assert track.source.subject.startswith("person 1 of 2, counted from left to right")
    assert any("2 people were in the picture" in w for w in track.warnings)


def test_a_track_names_its_origin(with_bystander):
    track, done = with_bystander
    assert track.source.video_name == "p2s_multi_cam01.mp4"
    assert len(track.source.video_sha256) == 64
    assert (track.source.model_name, track.source.model_sha256) == ("full", SHIPPED_SHA256["full"])
    assert track.source.mediapipe_version
    assert done[-1] == (len(track), len(track))


def test_the_user_can_choose_the_bystander():
    with Sparse("p2s_multi_cam01.mp4", every=4, to_s=0.8) as reader:
        track = track_poses(reader, "full", subject=2)
    hips = track.image_px[:, HIPS, 1].mean(axis=1) / track.height_px
    assert (hips[track.found] > 0.58).all()
    assert track.source.subject == "person 2 of 2, counted from left to right: chosen by hand"


def test_somebody_seated_is_found_in_every_frame():
    with Sparse("bodypose3d_cam0_test.mp4", every=10, from_s=3.0, to_s=6.0) as reader:
        track = track_poses(reader, "full", lying=False)
        with pytest.raises(BadInputError, match="no person 2"):
            track_poses(reader, "full", subject=2)
    assert track.found.all()
    assert (track.width_px, track.height_px) == reader.size
    assert track.source.subject == "the only person in the picture"
    assert track.warnings == ()


def test_a_video_with_nobody_gives_a_track_of_gaps(tmp_path):
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 255, (240, 320, 3), dtype=np.uint8) for _ in range(12)]
    with VideoReader(write_video(tmp_path / "noise.mp4", noise)) as reader:
        track = track_poses(reader, "full")
    assert len(track) == 12
    assert not track.found.any()
    assert np.isnan(track.world_m).all()
    assert (track.visibility == 0).all()
    assert track.source.subject == "nobody was found"


def test_a_small_lying_person_who_is_found_only_in_another_turn_is_found(tmp_path):
    still = FOOTAGE / "fedb_90_90_Hamstring_0.jpg"
    if not still.is_file():
        pytest.skip(f"{still.name} is not in this copy")
    picture = turn_picture(np.ascontiguousarray(cv2.imread(str(still))[:, :, ::-1]), 90)
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    far = np.full_like(picture, 127)
    far[top : top + small.shape[0], left : left + small.shape[1]] = small
    with VideoReader(write_video(tmp_path / "far.mp4", [far] * 4)) as reader:
        track = track_poses(reader, "full", lying=True)
    assert track.source.inference_rotation_deg in (90, 180, 270)
    assert track.found.all()
    # Everything of the person lies inside the small picture.
    box = track.image_px[0, 11:]
    assert (box > np.array([left, top]) - 5).all()
    assert (box < np.array([left + small.shape[1], top + small.shape[0]]) + 5).all()
