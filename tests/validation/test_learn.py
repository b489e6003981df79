"""What is put into the landmarks of synthetic skeletons comes out of the learning again; nobody is filmed."""

import json

import numpy as np
import pytest
from synthetic import seated_states

from rom_vision.body.learned import JOINTS, learned_body
from rom_vision.body.model import (
    N_POINTS,
    OFFSET_MIX,
    STATE,
    UPRIGHT_FACING,
    LandmarkShape,
    forward_kinematics,
    pelvis_matrix,
    pose_slice,
)
from rom_vision.body.noise import LandmarkNoise
from rom_vision.camera import Camera
from validation.learn import record
from validation.learn.gap import Gap, landmark_offsets_cm, rows, table
from validation.learn.intervals import Errors, conformal_scale, rest_alike
from validation.learn.intervals import learn as learn_intervals
from validation.learn.landmarks import (
    Shown,
    learn_lengths,
    learn_shape,
    learn_spreads,
    shape_of,
    true_state,
)
from validation.learn.outline import learn as learn_outline
from validation.learn.outline import turns_deg

pytestmark = pytest.mark.validation

TIME_S = np.arange(0.0, 8.0, 0.2)
SHAPES = {
    "seated": LandmarkShape(
        np.repeat(np.array([[0.01, 0.03, -0.01], [0.03, 0.05, -0.015], [0.02, 0.01, -0.005], [-0.01, 0.02, 0.006]])[
            :, None
        ], 2, axis=1),
        np.array([[-0.012, 0.0, 0.025], [-0.008, 0.0, 0.0]]),
        0.6,
        0.07,
    ),
    "supine": LandmarkShape(
        np.random.default_rng(3).uniform(-0.04, 0.04, (4, 2, 3)), np.array([[0.0, 0.0, 0.02], [0.0, 0.0, 0.0]])
    ),
}  # fmt: skip
COMMON = np.array([[0.006, 0.010], [0.015, 0.012], [0.008, 0.012], [0.005, 0.009]])
DIFFERENTIAL = np.array([[0.004, 0.006], [0.008, 0.006], [0.010, 0.005], [0.006, 0.004]])
WHITE_M = 0.005


def _wander(rng, sd, tau_s):
    """An Ornstein-Uhlenbeck process (T, *sd.shape)."""
    keep = np.exp(-(TIME_S[1] - TIME_S[0]) / tau_s)
    out = [rng.normal(0, sd)]
    while len(out) < len(TIME_S):
        out.append(keep * out[-1] + rng.normal(0, sd * np.sqrt(1 - keep**2)))
    return np.stack(out)


def person(seed, position, *, spread=1.0):
    """Somebody whose landmarks lie as told, seen from a direction of their own."""
    rng = np.random.default_rng([seed, 5])
    side = "left" if seed % 2 else "right"
    ease = 0.5 - 0.5 * np.cos(2 * np.pi * TIME_S / 8)
    state = seated_states(
        rng.uniform(-30, 45) * ease,
        side=side,
        yaw_deg=rng.uniform(-35, 35),
        pelvis_list_deg=rng.uniform(-2, 10) * ease,
        hip_flexion_deg=rng.uniform(80, 100),
        hip_adduction_deg=rng.uniform(-10, 5),
        knee_angle_deg=rng.uniform(80, 100),
        distance_m=rng.uniform(2.0, 3.0),
    )
    state[:, STATE["pelvis_tilt"]] = rng.uniform(-0.3, 0.3)
    state[:, STATE["trunk_flexion"]] = rng.uniform(-0.2, 0.3)
    # A lying person is seen from above: other ways of looking at the same skeleton.
    reference = UPRIGHT_FACING if position == "seated" else UPRIGHT_FACING @ _tipped(rng.uniform(-80, 80))
    camera, shape = Camera.from_hfov(1280, 720), SHAPES[position]
    told = shape if side == "left" else shape._replace(offsets_m=shape.offsets_m[:, ::-1])
    points = forward_kinematics(state, reference, told)
    slow = _wander(rng, spread * np.stack([COMMON, DIFFERENTIAL], axis=1), LandmarkNoise.offset_tau_s)
    jitter = _wander(rng, np.full((N_POINTS, 2), spread * WHITE_M), LandmarkNoise.alike_s)
    offsets = (slow.reshape(len(TIME_S), -1) @ OFFSET_MIX.T).reshape(-1, N_POINTS, 2) + jitter
    px = (points[..., :2] + offsets) / points[..., 2:] * camera.focal_px + (camera.cx_px, camera.cy_px)
    return Shown(position, side, TIME_S, px, state, reference, camera)


def _tipped(deg):
    c, s = np.cos(np.radians(deg)), np.sin(np.radians(deg))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


@pytest.mark.parametrize("position", ["seated", "supine"])
def test_the_mean_shape_is_found_where_nothing_varies(position):
    values, _ = learn_shape([person(seed, position, spread=0.0) for seed in range(40)])
    found, told = shape_of(values, position, "left"), SHAPES[position]
    np.testing.assert_allclose(found.offsets_m, told.offsets_m, atol=0.001)
    np.testing.assert_allclose(found.knee_swing_m, told.knee_swing_m, atol=0.001)
    np.testing.assert_allclose(found[2:], told[2:], atol=0.01)


def test_shape_and_spreads_are_found_in_landmarks_that_vary():
    people = [person(seed, "seated") for seed in range(120)]
    values, without = learn_shape(people)
    shape, told = shape_of(values, "seated", "left"), SHAPES["seated"]
    np.testing.assert_allclose(shape.offsets_m, told.offsets_m, atol=0.006)
    np.testing.assert_allclose(shape.knee_swing_m, told.knee_swing_m, atol=0.006)
    assert shape.list_gain == pytest.approx(told.list_gain, abs=0.1)
    assert shape.list_leak == pytest.approx(told.list_leak, abs=0.02)
    spreads = learn_spreads(people, without)
    np.testing.assert_allclose(spreads.common_sd_m, COMMON, rtol=0.25)
    np.testing.assert_allclose(spreads.differential_sd_m, DIFFERENTIAL, rtol=0.25)
    assert spreads.white_m == pytest.approx(WHITE_M, rel=0.1)


def test_a_landmark_on_something_else_does_not_move_the_shape():
    people = [person(seed, "seated", spread=0.0) for seed in range(30)]
    clean, _ = learn_shape(people)
    for p in people[:6]:
        p.image_px[:10, 4] += 400.0
        p.image_px[20:, 7] = np.nan
    np.testing.assert_allclose(learn_shape(people)[0], clean, atol=0.002)


def test_how_outlines_are_turned_is_found_again():
    """Put into masks: a turn outwards of 0.7 degrees on average, of each leg its own, and jitter."""
    rng, found = np.random.default_rng(2), []
    for seed in range(60):
        p = person(seed, "seated")
        joints = forward_kinematics(p.state, p.reference)
        ray = joints[..., :2] / joints[..., 2:]
        true, line = (q[:, 6:8] - q[:, 4:6] for q in (ray, p.image_px))
        away = np.degrees(np.arctan2(*np.moveaxis(line, -1, 0)) - np.arctan2(*np.moveaxis(true, -1, 0)))
        turn = rng.normal(0.7, 1.4, 2) + rng.normal(0, 0.3, (len(TIME_S), 2))
        outline = np.zeros((len(TIME_S), 2, 4))
        outline[..., 0], outline[..., 2] = away - turn * [1.0, -1.0], 0.25
        outline[3, 0, 3] = 0.5  # bent: another leg
        found.append(turns_deg(p, outline))
        assert np.isnan(found[-1][3, 0])
    numbers = learn_outline(found)
    assert numbers["mean_deg"] == pytest.approx(0.7, abs=0.3)
    assert numbers["sd_deg"] == pytest.approx(1.4, abs=0.25)
    assert numbers["jitter_deg"] == pytest.approx(0.3, abs=0.05)


def test_somebody_who_was_never_found_says_nothing_of_the_spread():
    people = [person(seed, "seated") for seed in range(12)]
    people[3].image_px[:] += 900.0
    _, without = learn_shape(people)
    assert np.isfinite(learn_spreads(people, without).common_sd_m).all()


def test_the_truth_of_a_picture_becomes_the_state_it_was_made_from():
    p = person(4, "seated")
    legs = np.degrees(np.stack([p.state[:, pose_slice(side)] for side in ("left", "right")], axis=1))
    joints = forward_kinematics(p.state, UPRIGHT_FACING)
    state = true_state(joints, pelvis_matrix(p.state, UPRIGHT_FACING), legs, UPRIGHT_FACING)
    np.testing.assert_allclose(state, p.state, atol=1e-9)


def test_lengths_are_the_mean_of_people():
    people = [person(seed, "seated") for seed in range(2)]
    people[0].state[:, STATE["shank"]] = 0.1
    people[1].state[:, STATE["shank"]] = -0.04
    kept = learned_body().lengths_m
    assert learn_lengths(people) == {**kept, "shank": round(kept["shank"] * np.exp(0.03), 3)}


def _errors(seed, scale, *, position="seated"):
    rng = np.random.default_rng([seed, 9])
    same, own = rng.normal(0, 2.0, 2)
    z = float(rng.normal(0, scale))
    return Errors(
        position, seed, (z,), 0.5 + 0.01 * (seed % 50), float(same), float(same + own), float(1.7 * rng.standard_t(4))
    )


def test_the_scale_of_the_interval_is_that_of_the_errors():
    heavy = [_errors(s, 0.7) for s in range(400)] + [_errors(s, 0.9, position="supine") for s in range(400, 800)]
    scales = {"seated": 1.0, "supine": 2.0}
    body, test = learn_intervals(heavy, [_errors(s, 0.7 * 1.3) for s in range(400)], scales)
    assert body["interval_scale"] == {"seated": pytest.approx(0.7, rel=0.1), "supine": pytest.approx(1.8, rel=0.1)}
    assert body["lighter_model_scale"] == pytest.approx(1.3, rel=0.1)
    assert body["usual_residual"] == pytest.approx(0.95, abs=0.02)
    assert test["pelvis_noise_deg"] == pytest.approx(1.7, rel=0.1)
    assert test["rest_alike"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("n", [19, 25, 60])
def test_the_conformal_scale_holds_what_it_promises_of_errors_of_any_shape(n):
    rng = np.random.default_rng(5)
    held = []
    for _ in range(4000):
        errors = rng.standard_t(2, n + 1) * 3.0
        held.append(abs(errors[-1]) <= 1.96 * conformal_scale(errors[:-1].tolist()))
    assert 0.94 < np.mean(held) < 0.95 + 1 / (n + 1) + 0.01


def test_too_few_errors_give_no_interval():
    with pytest.raises(ValueError, match="19"):
        conformal_scale([0.1] * 18)


def test_errors_that_have_nothing_in_common_are_not_alike():
    errors = [Errors("seated", 0, (), 0.5, r, e, None) for r, e in ((1.0, 2.0), (-1.0, 2.0), (1.0, -2.0), (-1.0, -2.0))]
    assert rest_alike(errors) == 0.0


@pytest.fixture
def data_file(tmp_path, monkeypatch):
    path = tmp_path / "learned.json"
    path.write_text(record.file_of("rom_vision.body").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(record, "file_of", lambda _package: path)
    return path


def test_what_is_written_says_who_it_comes_from_and_leaves_the_rest(data_file):
    before = json.loads(data_file.read_text(encoding="utf-8"))
    whence = record.provenance("landmarks", "synthetic people", range(100001, 100061))
    record.write("rom_vision.body", {"usual_residual": 0.9}, {"usual_residual": whence})
    after = json.loads(data_file.read_text(encoding="utf-8"))
    assert after["numbers"] == {**before["numbers"], "usual_residual": 0.9}
    assert after["provenance"]["usual_residual"] == whence
    assert (whence["seeds"], whence["n_people"]) == ("100001 to 100060", 60)
    assert set(whence) == set(before["provenance"]["seated"])


def test_of_a_part_whose_numbers_have_their_own_people_only_those_are_replaced(data_file):
    data_file.write_text(
        record.files("rom_vision.protocols.squat").joinpath("learned.json").read_text("utf-8"), "utf-8"
    )
    before = json.loads(data_file.read_text(encoding="utf-8"))
    whence = record.provenance("squat", "synthetic people", range(300001, 300041))
    record.write("rom_vision.protocols.squat", {"sd": {"knee_valgus": 2.5}}, {"sd.knee_valgus": whence})
    after = json.loads(data_file.read_text(encoding="utf-8"))
    assert after["numbers"]["sd"] == {**before["numbers"]["sd"], "knee_valgus": 2.5}
    assert after["provenance"] == {**before["provenance"], "sd.knee_valgus": whence}


def test_numbers_that_come_from_nowhere_are_not_written(data_file):
    before = data_file.read_bytes()
    with pytest.raises(ValueError, match="usual_residual: nothing says where"):
        record.write("rom_vision.body", {"usual_residual": 0.9}, {})
    assert data_file.read_bytes() == before


def test_numbers_of_few_people_are_not_written(data_file):
    before = data_file.read_bytes()
    whence = record.provenance("landmarks", "synthetic people", range(100001, 100006))
    with pytest.raises(ValueError, match="5 people are too few"):
        record.write("rom_vision.body", {"usual_residual": 0.9}, {"usual_residual": whence})
    assert data_file.read_bytes() == before


def test_the_table_shows_every_number_beside_the_one_that_is_there():
    table = record.beside("rom_vision.body", {"seated": {"common_sd_m": {joint: [0.1, 0.2] for joint in JOINTS}}})
    assert table.count("\n") == len(JOINTS)
    assert "[0.015, 0.0179]" in table
    assert "[0.1, 0.2]" in table


@pytest.mark.parametrize(("side", "outwards"), [("left", 1.0), ("right", -1.0)])
def test_a_landmark_above_and_outside_its_joint_is_told_so_in_centimetres(side, outwards):
    """The person faces the camera: their left is at the right of the picture."""
    across = np.array([0.17, -0.17, 0.12, -0.12, 0.12, -0.12, 0.12, -0.12])
    down = np.repeat([-0.5, 0.0, 0.1, 0.5], 2)
    joints_m = np.stack([across, down, np.full(8, 2.5)], axis=-1)[None]
    focal_px, centre_px = 800.0, np.array([320.0, 240.0])
    image_px = joints_m[..., :2] / joints_m[..., 2:] * focal_px + centre_px
    image_px[..., 0] += outwards * 0.01 / 2.5 * focal_px
    image_px[..., 1] -= 0.02 / 2.5 * focal_px
    for joint, beside in landmark_offsets_cm(image_px, joints_m, focal_px, centre_px, side).items():
        np.testing.assert_allclose(beside, [[2.0, 1.0]], atol=1e-9, err_msg=joint)


def test_a_shin_that_points_at_the_camera_says_nothing_of_up():
    joints_m = np.tile([0.0, 0.0, 2.5], (1, 8, 1))
    joints_m[..., 2] += np.repeat([0.0, 0.1, 0.0, 0.4], 2)
    joints_m[..., 0] += np.array([0.1, -0.1] * 4)
    beside = landmark_offsets_cm(np.zeros((1, 8, 2)), joints_m, 800.0, np.zeros(2), "left")
    assert np.isnan(beside["knee"]).all()


def test_people_stand_beside_each_other_by_what_they_wear():
    places = dict.fromkeys(("hip", "knee", "ankle"), (1.0, -2.0))
    people = [
        Gap("seated", wears, seed, places, places, error, error is not None and error < 5)
        for seed, (wears, error) in enumerate([("mannequin", 1.0), ("wide", 8.0), ("tights", -2.0), ("tights", None)])
    ]
    found = {row["wears"]: row for row in rows(people)}
    assert list(found) == ["mannequin", "clothes, all", "tights", "wide"]
    assert (found["clothes, all"]["people"], found["clothes, all"]["measured"]) == (3, 2)
    assert (found["clothes, all"]["mean_error_deg"], found["clothes, all"]["worst_error_deg"]) == (5.0, 8.0)
    assert "| seated | wide | 1 | +1.0 ± 0.0, -2.0 ± 0.0 |" in table(rows(people))
