import json
import subprocess
import sys

import numpy as np
import pytest

from rom_vision.errors import BadInputError
from rom_vision.pose import PoseTrack, TrackSource


def make_track(n=6, **changes):
    rng = np.random.default_rng(1)
    values = {
        "time_s": np.cumsum(rng.uniform(0.01, 0.05, n)),
        "image_px": rng.uniform(0, 3840, (n, 33, 2)),
        "visibility": rng.uniform(0, 1, (n, 33)),
        "world_m": rng.normal(0, 0.5, (n, 33, 3)),
        "width_px": 3840,
        "height_px": 2160,
        "source": TrackSource(video_name="Jörg's leg.mov", inference_rotation_deg=90, subject="the only person"),
        "warnings": ("Cut off at 3 s.",),
    }
    values["image_px"][2], values["world_m"][2], values["visibility"][2] = np.nan, np.nan, 0
    return PoseTrack(**{**values, **changes})


def test_a_saved_track_comes_back_with_its_gaps_and_its_source(tmp_path):
    track = make_track()
    track.save(tmp_path / "track.npz")
    back = PoseTrack.load(tmp_path / "track.npz")
    assert (back.source, back.warnings, back.width_px, back.height_px) == (
        track.source,
        track.warnings,
        track.width_px,
        track.height_px,
    )
    np.testing.assert_array_equal(back.time_s, track.time_s)
    np.testing.assert_allclose(back.image_px, track.image_px, atol=2e-4)
    np.testing.assert_allclose(back.world_m, track.world_m, atol=1e-6)
    np.testing.assert_allclose(back.visibility, track.visibility, atol=1e-6)
    assert back.found.tolist() == [True, True, False, True, True, True]
    assert len(back) == 6


def test_a_name_without_npz_is_kept(tmp_path):
    make_track().save(tmp_path / "left leg.track")
    assert [p.name for p in tmp_path.iterdir()] == ["left leg.track"]


def test_every_fault_is_named_at_once():
    with pytest.raises(ValueError, match=r"visibility has shape.*strictly increasing.*not positive"):
        make_track(visibility=np.zeros((6, 32)), time_s=np.zeros(6), width_px=0)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        make_track(visibility=np.full((6, 33), np.nan))
    with pytest.raises(ValueError, match="strictly increasing"):
        make_track(time_s=np.array([0, 1, 2, np.nan, 4, 5.0]))


def test_a_track_of_no_frames_is_a_track(tmp_path):
    empty = make_track(
        n=6,
        time_s=np.zeros(0),
        image_px=np.zeros((0, 33, 2)),
        visibility=np.zeros((0, 33)),
        world_m=np.zeros((0, 33, 3)),
    )
    empty.save(tmp_path / "t")
    assert len(PoseTrack.load(tmp_path / "t")) == 0


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_files_that_are_no_track_are_refused_by_name(tmp_path, content):
    path = tmp_path / "wrong.npz"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=r"wrong\.npz"):
        PoseTrack.load(path)


def test_a_truncated_track_is_refused(tmp_path):
    path = tmp_path / "track.npz"
    make_track().save(path)
    path.write_bytes(path.read_bytes()[:-700])
    with pytest.raises(BadInputError, match="damaged"):
        PoseTrack.load(path)


def test_missing_files_folders_other_arrays_and_newer_formats_are_refused(tmp_path):
    with pytest.raises(BadInputError, match="no such"):
        PoseTrack.load(tmp_path / "none.npz")
    with pytest.raises(BadInputError):
        PoseTrack.load(tmp_path)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(BadInputError, match="not a landmark track"):
        PoseTrack.load(tmp_path / "other.npz")
    np.savez(tmp_path / "newer.npz", meta=np.array(json.dumps({"format": 99})))
    with pytest.raises(BadInputError, match="update"):
        PoseTrack.load(tmp_path / "newer.npz")


def test_the_track_loads_without_video_or_network_libraries():
    code = "import sys, rom_vision.pose.track; print(sorted({'mediapipe', 'cv2', 'av', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
