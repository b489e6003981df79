import json
from datetime import datetime, timezone

import numpy as np
import pytest
from pydantic import ValidationError

from rom_vision.camera.profile import (
    CameraProfile,
    check_name,
    list_profiles,
    load_profile,
    profile_folder,
    save_profile,
)
from rom_vision.errors import BadInputError


def profile(**changes):
    values = {
        "name": "my-laptop",
        "width_px": 1280,
        "height_px": 720,
        "focal_px": 960.0,
        "focal_log_sd": 0.01,
        "cx_px": 650.0,
        "cy_px": 352.0,
        "distortion": (0.1, -0.2, 0.001, -0.002, 0.0),
        "rms_px": 0.3,
        "n_views": 20,
        "made": datetime(2026, 3, 1, tzinfo=timezone.utc),
        "how": "test",
    }
    return CameraProfile(**{**values, **changes})


def test_a_profile_survives_saving(tmp_path):
    path = save_profile(profile(), tmp_path)
    assert path == tmp_path / "my-laptop.json"
    assert load_profile("my-laptop", tmp_path) == load_profile(path) == profile()
    assert list_profiles(tmp_path) == ("my-laptop",)


def test_the_previous_profile_is_kept_aside(tmp_path):
    save_profile(profile(focal_px=900.0), tmp_path)
    save_profile(profile(), tmp_path)
    assert load_profile("my-laptop", tmp_path).focal_px == 960.0
    assert json.loads((tmp_path / "my-laptop.json.old").read_text())["focal_px"] == 900.0
    assert list_profiles(tmp_path) == ("my-laptop",)


@pytest.mark.parametrize(
    "bad",
    [
        {"rms_px": 1.01},
        {"focal_px": 4000.0},
        {"focal_px": 150.0},
        {"focal_px": -1.0},
        {"cx_px": 900.0},
        {"focal_px": float("nan")},
        {"cy_px": float("nan")},
        {"distortion": (float("inf"), 0, 0, 0, 0)},
        {"distortion": (1e300, 0, 0, 0, 0)},
        {"distortion": (0.1, 0.2)},
        {"width_px": 10**12},
        {"n_views": 10**400},
        {"how": "x" * 10**6},
        {"name": "../escape"},
    ],
)
def test_a_bad_profile_cannot_be_made_so_it_cannot_replace_a_good_one(bad):
    with pytest.raises(ValidationError):
        profile(**bad)


def test_pictures_of_the_same_shape_are_scaled():
    camera = profile().camera(640, 360)
    assert (camera.focal_px, camera.cx_px, camera.cy_px) == (480.0, 325.0, 176.0)
    assert camera.distortion == profile().distortion
    assert camera.focal_log_sd == 0.01
    assert camera.hfov_deg == pytest.approx(profile().hfov_deg)
    assert "my-laptop" in camera.note
    half = profile().camera(1280, 720).undistort_px([[100.0, 60.0]]) / 2
    np.testing.assert_allclose(camera.undistort_px([[50.0, 30.0]]), half)


def test_odd_sizes_of_the_same_shape_are_accepted():
    assert profile().camera(854, 480).focal_px == pytest.approx(960 * 854 / 1280)


def test_a_camera_turned_by_a_quarter_keeps_its_lens():
    camera = profile().camera(360, 640)
    assert camera.focal_px == 480.0
    assert (camera.cx_px, camera.cy_px) == (180.0, 320.0)  # which way it was turned is not known
    assert camera.distortion == (0.1, -0.2, 0.0, 0.0, 0.0)
    assert camera.focal_log_sd > 0.01
    assert "turned" in camera.note


@pytest.mark.parametrize("size", [(640, 480), (1280, 1280), (720, 480)])
def test_another_shape_is_refused(size):
    with pytest.raises(BadInputError, match=r"1280x720.*another shape"):
        profile().camera(*size)


def test_missing_profiles_are_named(tmp_path):
    save_profile(profile(), tmp_path)
    with pytest.raises(BadInputError, match="Profiles: my-laptop"):
        load_profile("my-phone", tmp_path)
    with pytest.raises(BadInputError, match="rom-vision calibrate"):
        load_profile("my-phone", tmp_path / "empty")


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"schema": 2}', '{"rms_px": "wide"}'])
def test_damaged_files_are_refused_in_words(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(BadInputError, match=r"x\.json: not a usable camera profile"):
        load_profile(tmp_path / "x.json")


def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="cannot be written"):
        save_profile(profile(), tmp_path / "file")


def test_profiles_live_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert profile_folder().name == "cameras"


@pytest.mark.parametrize("name", ["phone", "unknown"])
def test_a_name_that_means_a_kind_of_camera_is_refused(name):
    with pytest.raises(BadInputError, match=f"my-{name}"):
        check_name(name)


@pytest.mark.parametrize("content", ["[" * 100_000, "{}", "null", "\x00", '{"schema": 1', " " * 2_000_000])
def test_files_that_are_no_profile_are_refused_by_name(tmp_path, content):
    path = tmp_path / "odd.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInputError, match=r"odd\.json") as caught:
        load_profile(path)
    assert len(str(caught.value)) < 2000
    folder = tmp_path / "folder.json"
    folder.mkdir()
    with pytest.raises(BadInputError, match="no file"):
        load_profile(folder)
