"""What is known of the camera changes what is measured: lens, distortion, lean; and the result says so."""

import json
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from squat_tracks import squat_track
from synthetic import seated_states, swings, track_of

from rom_vision.camera import Camera
from rom_vision.camera.level import Level, level_from_scene, level_from_user
from rom_vision.camera.profile import CameraProfile, save_profile
from rom_vision.camera.setting import CameraSetting
from rom_vision.cli.root import main
from rom_vision.errors import BadInputError
from rom_vision.pipeline.camera import WatchedVideo, camera_of_settings, lens_or_default, straight_track
from rom_vision.pipeline.run import analyse
from rom_vision.sessions.measures import setup_of

ROOT = Path(__file__).parents[1]
SIZE = (1280, 720)
BENT = (-0.12, 0.05, 0.001, -0.0005, 0.0)


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def kept(**changes):
    usual = Camera.from_hfov(*SIZE)
    values = {
        "name": "my-laptop", "width_px": SIZE[0], "height_px": SIZE[1], "focal_px": usual.focal_px,
        "focal_log_sd": 0.01, "cx_px": 640.0, "cy_px": 360.0, "distortion": BENT, "rms_px": 0.3, "n_views": 20,
        "made": datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc), "how": "test",
    }  # fmt: skip
    profile = CameraProfile(**{**values, **changes})
    save_profile(profile)
    return profile


def filmed(track, roll_deg=0.0, distortion=(0.0,) * 5):
    """The track as a leaning camera with a bending lens shows it: an independent way to the same picture."""
    camera = replace(Camera.from_hfov(track.width_px, track.height_px), distortion=distortion)
    roll = np.radians(roll_deg)
    # A camera turned clockwise shows the world turned counter-clockwise.
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    off = (track.image_px - (camera.cx_px, camera.cy_px)) @ turn.T / camera.focal_px
    k1, k2, p1, p2, _ = distortion
    x, y, r2 = off[..., 0], off[..., 1], (off**2).sum(axis=-1)
    radial = 1 + k1 * r2 + k2 * r2**2
    bent = np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x**2),
            y * radial + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y,
        ],
        axis=-1,
    )
    world = track.world_m.copy()
    world[..., :2] = world[..., :2] @ turn.T
    return replace(track, image_px=bent * camera.focal_px + (camera.cx_px, camera.cy_px), world_m=world)


@pytest.fixture(scope="module")
def seated():
    t, rotation = swings([30.0, 31.0, 32.0])
    return track_of(t, seated_states(rotation))


def hip(track, **known):
    return analyse(track, "hip_rotation", {"position": "seated", "side": "left"}, **known).document


def test_lens_and_lean_are_taken_out_of_the_landmarks(seated):
    camera = replace(Camera.from_hfov(*SIZE), distortion=BENT, roll_deg=4.0)
    seen = filmed(seated, 4.0, BENT)
    assert np.abs(seen.image_px - seated.image_px).max() > 20
    np.testing.assert_allclose(straight_track(seen, camera).image_px, seated.image_px, atol=0.05)
    np.testing.assert_allclose(straight_track(seen, camera).world_m, seated.world_m, atol=1e-9)
    np.testing.assert_allclose(camera.picture_px(camera.straighten_px(seen.image_px)), seen.image_px, atol=0.05)


def test_a_landmark_beyond_the_lens_model_counts_as_unseen_and_costs_no_frame(seated):
    camera = replace(Camera.from_hfov(*SIZE), distortion=(-0.4, 0.0, 0.0, 0.0, 0.0))
    image_px = seated.image_px.copy()
    image_px[3, 20] = (5000.0, 300.0)
    image_px[:, 19] = image_px[:, 25]
    straight = straight_track(replace(seated, image_px=image_px), camera)
    assert straight.found.all()
    assert straight.visibility[3, 20] == 0.0
    assert straight.visibility[3, 19] > 0.0


@pytest.mark.parametrize("roll_deg", [-5.0, 4.0])
def test_a_known_lean_is_removed_from_what_hangs_on_gravity(seated, roll_deg):
    level = hip(seated).measure("shank_inclination").value
    seen = filmed(seated, roll_deg)
    corrected = hip(seen, level=level_from_user(roll_deg))
    assert corrected.measure("shank_inclination").value == pytest.approx(level, abs=0.3)
    assert abs(hip(seen).measure("shank_inclination").value - level) > 2.5
    assert corrected.measure("internal_rotation").value == pytest.approx(
        hip(seated).measure("internal_rotation").value, abs=0.3
    )
    assert any("leaned by" in warning for warning in corrected.warnings)
    assert corrected.provenance.settings["roll_deg"] == roll_deg
    assert corrected.provenance.settings["roll_sd_deg"] == 1.0


def test_a_known_pitch_counts_for_gravity_when_the_thigh_points_past_the_camera():
    t, rotation = swings([30.0, 31.0, 32.0])
    aside = track_of(t, seated_states(rotation, yaw_deg=25.0))
    level = Level(0.0, 0.4, None, None, "scene", "level", np.empty((0, 4)))

    def shank(pitch_deg):
        return (
            hip(aside, level=replace(level, pitch_deg=pitch_deg, pitch_sd_deg=1.0)).measure("shank_inclination").value
        )

    # Closed form for a level thigh: gravity's part across it turns by atan(tan(pitch) sin(yaw)).
    turned = np.degrees(np.arctan(np.tan(np.radians(12.0)) * np.sin(np.radians(25.0))))
    assert abs(shank(12.0) - shank(None)) == pytest.approx(turned, abs=0.8)
    assert shank(12.0) - shank(None) == pytest.approx(shank(None) - shank(-12.0), abs=0.8)


def test_squat_angles_against_the_vertical_use_the_lean():
    def far_off(track, curve):
        seen = filmed(track, 5.0)
        true, plain, levelled = (
            np.array(analyse(one, "squat", {}, level=level).document.series[curve], float)
            for one, level in ((track, None), (seen, None), (seen, level_from_user(5.0)))
        )
        return np.nanmedian(np.abs(plain - true)), np.nanmax(np.abs(levelled - true))

    plain, levelled = far_off(squat_track(azimuth_deg=90.0), "trunk_lean_deg")
    assert levelled < 0.3
    assert plain > 2.0
    # From in front a lean that is not known is told from the hips, which stand over the feet.
    plain, levelled = far_off(squat_track(), "trunk_side_bend_deg")
    assert levelled < 0.3
    assert plain < 0.3


def test_a_lean_that_could_not_be_had_is_said():
    unknown = level_from_scene([], Camera.from_hfov(*SIZE))
    t, rotation = swings([30.0, 31.0, 32.0])
    document = hip(track_of(t, seated_states(rotation)), level=unknown)
    assert any("not corrected" in warning and "shin" in warning for warning in document.warnings)
    assert document.provenance.settings["roll_deg"] is None
    squat = analyse(squat_track(), "squat", {}, level=unknown).document
    assert any("not corrected" in warning and "against the vertical" in warning for warning in squat.warnings)


def test_shins_that_hang_askew_contradict_the_level(seated):
    unknown = level_from_scene([], Camera.from_hfov(*SIZE))
    scene = Level(0.0, 0.4, None, None, "scene", "camera roll of 0", np.empty((0, 4)))

    def askew(document):
        return [warning for warning in document.warnings if "shins hang" in warning]

    assert not askew(hip(seated, level=scene))
    leaning = filmed(seated, 12.0)
    assert "after the camera's lean" in askew(hip(leaning, level=scene))[0]
    assert "as the picture shows it" in askew(hip(leaning, level=unknown))[0]


def test_lying_gravity_is_no_reference_and_the_lean_is_left_aside(seated):
    document = analyse(
        seated, "hip_rotation", {"position": "supine", "side": "left"}, level=level_from_user(5.0)
    ).document
    assert "roll_deg" not in document.provenance.settings


def test_what_is_known_of_the_lens_reaches_the_interval():
    t, rotation = swings([30.0, 31.0, 32.0])
    aside = track_of(t, seated_states(rotation, yaw_deg=25.0))  # from straight in front the lens hardly matters

    def width(lens):
        low, high = hip(aside, lens=lens).measure("internal_rotation").interval
        return high - low

    kept(distortion=(0.0,) * 5)
    calibrated, default = CameraSetting("my-laptop").lens(*SIZE), Camera.from_hfov(*SIZE)
    assert calibrated.focal_log_sd < default.focal_log_sd
    assert width(calibrated) < width(default) < width(replace(default, focal_log_sd=0.5))


def test_a_new_calibration_begins_a_new_series_and_another_lean_does_not(seated):
    def setup(**known):
        return setup_of(hip(seated, **known))

    old = kept(distortion=(0.0,) * 5).camera(*SIZE)
    new = kept(distortion=(0.0,) * 5, made=datetime(2026, 3, 1, 17, 5, tzinfo=timezone.utc)).camera(*SIZE)
    assert len({setup(), setup(lens=old), setup(lens=new), setup(lens=Camera.from_lens(*SIZE, "phone"))}) == 4
    assert (
        setup(lens=old, level=level_from_user(2.0)) == setup(lens=old, level=level_from_user(-1.0)) == setup(lens=old)
    )


def test_a_result_says_enough_of_its_camera_to_measure_kept_landmarks_again(seated):
    lens = kept().camera(*SIZE)
    document = hip(filmed(seated, 4.0, BENT), lens=lens, level=level_from_user(4.0))
    again, level = camera_of_settings(json.loads(json.dumps(document.provenance.settings)), *SIZE)
    value = hip(filmed(seated, 4.0, BENT), lens=again, level=level).measure("internal_rotation")
    assert value.value == pytest.approx(document.measure("internal_rotation").value, abs=0.02)


def test_a_few_frames_are_kept_from_all_over_the_video_and_anew_when_it_is_read_again():
    with WatchedVideo(ROOT / "sample_videos" / "seated_left_low.mp4", max_side_px=160) as video:
        for _ in zip(range(5), video, strict=False):
            pass
        assert [frame.index for frame in video.kept] == [0, 1, 2, 3, 4]
        n = sum(1 for _ in video)
    places = [frame.index for frame in video.kept]
    assert 3 <= len(places) <= 6
    assert len(set(np.diff(places))) == 1
    assert places[0] == 0
    assert places[-1] > 0.6 * n


def test_settings_are_refused_in_words():
    with pytest.raises(BadInputError, match="not both"):
        CameraSetting("phone", 60.0).lens(*SIZE)
    with pytest.raises(BadInputError, match="no camera profile 'mine'"):
        CameraSetting("mine").lens(*SIZE)
    assert CameraSetting(hfov_deg=60.0).lens(*SIZE).hfov_deg == pytest.approx(60.0)
    assert CameraSetting("laptop").lens(*SIZE) == Camera.from_lens(*SIZE, "laptop")


def test_a_live_picture_that_the_profile_does_not_fit_is_measured_without_and_says_so():
    kept()
    lens, warnings = lens_or_default(CameraSetting("my-laptop"), 640, 480)
    assert lens == Camera.from_hfov(640, 480)
    assert "another shape" in warnings[0]
    assert "lens unknown" in warnings[0]
    assert lens_or_default(CameraSetting("my-laptop"), 640, 360)[1] == ()


@pytest.mark.parametrize("command", ["measure", "screen"])
def test_a_profile_of_another_shape_is_refused_before_any_work(command, monkeypatch, capsys):
    kept()
    asked = ["--position", "seated", "--side", "left"] if command == "measure" else []
    clip = str(ROOT / "sample_videos" / "seated_left.mp4")
    monkeypatch.setattr(sys, "argv", ["rom-vision", command, clip, "--camera", "my-laptop", *asked])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "another shape" in capsys.readouterr().err
