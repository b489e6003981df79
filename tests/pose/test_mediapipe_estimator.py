"""The real network on real pictures, few of them."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from rom_vision.errors import BadInputError
from rom_vision.pose import ModelBundle, PoseEstimator, resolve_model

pytestmark = pytest.mark.model

STILL = Path(__file__).parents[2].parent / "shared" / "footage" / "fedb_90_90_Hamstring_0.jpg"


@pytest.fixture(scope="module")
def light():
    return resolve_model("full")


@pytest.fixture(scope="module")
def lying():
    if not STILL.is_file():
        pytest.skip(f"{STILL.name} is not in this copy")
    return np.ascontiguousarray(cv2.imread(str(STILL))[:, :, ::-1])


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_landmarks_of_a_turned_picture_come_back_to_where_they_are(light, lying, turn_deg):
    with PoseEstimator(light, video=False) as straight, PoseEstimator(light, video=False, turn_deg=turn_deg) as turned:
        (expected,), (found,) = straight.detect(lying), turned.detect(lying)
    size = expected.size_px
    apart = np.linalg.norm(expected.image_px[11:29] - found.image_px[11:29], axis=1)
    assert np.median(apart) < 0.03 * size
    across = found.world_m[11:29, :2] - expected.world_m[11:29, :2]
    assert np.median(np.linalg.norm(across, axis=1)) < 0.1


def test_a_picture_with_padded_rows_is_read_right(light, lying):
    """PyAV hands out pictures whose rows are padded; MediaPipe takes them for one block and then finds nobody."""
    height, width = lying.shape[:2]
    room = np.zeros((height, width + 21, 3), np.uint8)
    padded = room[:, :width]
    padded[:] = lying
    with PoseEstimator(light, video=False) as estimator:
        (expected,), (found,) = estimator.detect(lying), estimator.detect(padded)
    np.testing.assert_array_equal(found.image_px, expected.image_px)


def test_frames_closer_than_a_millisecond_are_taken_in_order(light, lying):
    with PoseEstimator(light) as estimator:
        found = [estimator.detect(lying, time_s) for time_s in (0.0, 0.0002, 0.0004, 0.0004, 0.0014, 0.5)]
    assert all(len(candidates) == 1 for candidates in found)
    assert all(np.isfinite(c.image_px).all() and np.isfinite(c.world_m).all() for (c,) in found)


def test_threads_may_load_at_the_same_time_and_standard_error_comes_back(light, lying, capfd):
    def use(_):
        with PoseEstimator(light, video=False) as estimator:
            return len(estimator.detect(lying))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(use, range(3))) == [1] * 3
    os.write(2, b"mine")
    assert capfd.readouterr().err == "mine"


def test_nothing_of_the_network_s_chatter_reaches_the_user(light, lying, capfd):
    with PoseEstimator(light) as estimator:
        estimator.detect(lying)
    assert capfd.readouterr().err == ""


def test_a_bundle_mediapipe_cannot_load_is_refused(light, tmp_path):
    broken = tmp_path / "broken.task"
    content = bytearray(light.path.read_bytes())
    content[200:4000] = bytes(3800)
    broken.write_bytes(content)
    with pytest.raises(BadInputError, match=r"broken\.task"):
        PoseEstimator(ModelBundle("broken.task", broken, ""))


def test_a_model_in_a_folder_with_an_umlaut_loads(light, lying, tmp_path):
    folder = tmp_path / "Jörg"
    folder.mkdir()
    (folder / "modell.task").write_bytes(light.path.read_bytes())
    with PoseEstimator(resolve_model(folder / "modell.task"), video=False) as estimator:
        assert len(estimator.detect(lying)) == 1


def test_other_turns_than_quarter_turns_are_a_mistake_of_the_caller(light):
    with pytest.raises(ValueError, match="turn_deg"):
        PoseEstimator(light, turn_deg=45)


def test_the_outline_of_the_shins_comes_with_the_same_landmarks(light, lying):
    with PoseEstimator(light, video=False) as plain, PoseEstimator(light, video=False, outline=True) as outlined:
        (expected,), (found,) = plain.detect(lying), outlined.detect(lying)
    np.testing.assert_array_equal(found.image_px, expected.image_px)
    assert np.isnan(expected.outline).all()
    widths = found.outline[np.isfinite(found.outline).all(axis=1), 2]
    assert len(widths)
    assert ((widths > 0.1) & (widths < 0.6)).all()
