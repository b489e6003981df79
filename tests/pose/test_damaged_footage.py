"""Damaged files through the real network: the right number from what is sound, or a refusal; never another number."""

from pathlib import Path

import numpy as np
import pytest

from rom_vision.pipeline.run import analyse, track_video
from rom_vision.pose.track import PoseTrack

pytestmark = pytest.mark.model

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "seated_left.mp4"
FOLDER = Path(__file__).parents[2].parent / "shared" / "footage" / "damaged"
RIGHT_DEG = 36.85


def measured(path):
    if not path.is_file():
        pytest.skip(f"{path.name} is not in this copy")
    return analyse(track_video(path, model="full"), "hip_rotation", {"position": "seated", "side": "left"}).document


@pytest.mark.parametrize(
    "name", ["zeros_in_the_middle.mp4", "zeros_in_the_middle.avi", "flipped_bits.mp4", "clock_jumps.mkv"]
)
def test_a_damaged_file_gives_the_right_number_or_none(name):
    d = measured(FOLDER / name)
    if d.status == "measured":
        low, high = d.measure("internal_rotation").interval
        assert low < RIGHT_DEG < high
        assert d.measure("internal_rotation").value == pytest.approx(RIGHT_DEG, abs=3)
    else:
        assert any("damaged" in reason for reason in d.reasons)
        assert d.measure("internal_rotation") is None
    assert any("is damaged" in w for w in d.warnings)


def test_the_sound_file_is_read_as_before():
    d = measured(FOLDER / "sound.mp4")
    assert d.measure("internal_rotation").value == pytest.approx(RIGHT_DEG, abs=0.1)
    assert not any("damaged" in w for w in d.warnings)


def test_the_stutter_has_seven_new_pictures_a_second():
    if not (FOLDER / "stutter_7_in_30.mp4").is_file():
        pytest.skip("stutter_7_in_30.mp4 is not in this copy")
    track = track_video(FOLDER / "stutter_7_in_30.mp4", model="full")
    assert not track.unsound.any()
    new_s = track.time_s[~track.repeated]
    assert 40 < len(new_s) < 75 < len(track)
    assert np.diff(new_s).max() < 0.2


def test_a_file_hurt_at_its_end_gives_the_repetitions_before(tmp_path):
    data = bytearray(SAMPLE.read_bytes())
    at = int(0.7 * len(data))
    data[at : at + 2000] = bytes(2000)
    path = tmp_path / "hurt.mp4"
    path.write_bytes(data)
    track = track_video(path, model="full")
    assert 0.1 < track.damaged.mean() < 0.5
    assert isinstance(PoseTrack.from_bytes(track.to_bytes()), PoseTrack)
    d = analyse(track, "hip_rotation", {"position": "seated", "side": "left"}).document
    low, high = d.measure("internal_rotation").interval
    assert low < 37.7 < high
    assert [r.valid for r in d.repetitions][:2] == [True, True]
    assert all("damaged" in r.flags[0] for r in d.repetitions if r.end_s > track.time_s[track.damaged][0])
