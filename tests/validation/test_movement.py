"""Movements of the whole body: knees over feet, feet where they are put, clothes that fit, pictures that show them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("anny", reason="the [validation] extra is not installed")
pytest.importorskip("moderngl", reason="the [validation] extra is not installed")

from rom_vision.errors import BadInputError
from rom_vision.pose.track import PoseTrack
from validation.person import gl
from validation.person.body import build_body
from validation.person.garments import Wardrobe, fit
from validation.person.movement import FootAt, Moment, mix, posture_of
from validation.person.phantom import Leg, Posture, pelvis_matrix, pose, pose_rigid, proportioned
from validation.person.render import Light, PinholeCamera, Quads
from validation.scenes.movement_clips import truth_of
from validation.scenes.other_moves import KINDS, sample_action
from validation.scenes.squat_moves import FAULTS, moment_at, sample_squat
from validation.scenes.squats import lengths_of
from validation.studies.movement_cases import SETS, MovementCase, cases
from validation.studies.movement_tracks import Kept, load, path_of, save

pytestmark = pytest.mark.validation

CAMERA = PinholeCamera.look_at((320, 240), 60.0, np.array([3.0, 0.0, 1.0]), np.array([0.0, 0.0, 0.9]))
LAMP = Light(np.array([1.0, 0.0, 0.0]), np.ones(3), 0.5)


@pytest.fixture(scope="module")
def body():
    return proportioned(build_body(100000))


@pytest.fixture(scope="module")
def bones(body):
    """A body of a single vertex: what its joints do, quickly."""
    return replace(body, vertices_m=body.vertices_m[:1], weights=body.weights[:1])


@pytest.fixture(scope="module")
def lengths(body):
    return lengths_of(body)


def truth(bones, lengths, moment):
    return truth_of(pose_rigid(bones, posture_of(lengths, moment)), CAMERA)[1]


def test_proportions_are_in_the_rest_mesh_afterwards(body):
    raw = build_body(100000)
    person = raw.person

    def long(b, one, other):
        return np.linalg.norm(b.joints_m[f"{one}_left"] - b.joints_m[f"{other}_left"])

    assert long(body, "hip", "knee") == pytest.approx(person.thigh_scale * long(raw, "hip", "knee"))
    assert long(body, "knee", "ankle") == pytest.approx(person.shank_scale * long(raw, "knee", "ankle"))
    straight = Posture(np.array([0.0, 0.0, 1.0]), pelvis_matrix())
    old, new = pose(raw, straight), pose_rigid(body, straight)
    for name in old.joints_m:
        assert new.joints_m[name] == pytest.approx(old.joints_m[name], abs=1e-9)


def test_rigid_blending_keeps_the_size_of_a_bent_knee(body):
    bent = Posture(np.array([0.0, 0.0, 1.0]), pelvis_matrix(), Leg(90, 0, 0, 110), Leg(90, 0, 0, 110))
    rest = Posture(np.array([0.0, 0.0, 1.0]), pelvis_matrix())
    thigh = [i for i, w in enumerate(body.weights[:, body_column("thigh_left")]) if 0.35 < w < 0.65]
    centre = "knee_left"

    def girth(posed):
        near = posed.vertices_m[thigh] - posed.joints_m[centre]
        return float(np.linalg.norm(near, axis=1).mean())

    upright = girth(pose_rigid(body, rest))
    assert girth(pose_rigid(body, bent)) == pytest.approx(upright, rel=0.08)
    assert girth(pose(body, bent)) < girth(pose_rigid(body, bent))


def body_column(segment):
    from validation.person.identity import SEGMENTS

    return SEGMENTS.index(segment)


@settings(max_examples=25, deadline=None)
@given(
    out=st.floats(0, 45),
    stance=st.floats(0.8, 2.6),
    inward=st.floats(-20, 25),
    high=st.floats(0.5, 0.8),
    back=st.floats(0.05, 0.25),
)
def test_a_knee_is_over_its_foot_and_turned_in_by_what_is_asked(bones, lengths, out, stance, inward, high, back):
    foot = FootAt(0.0, stance * lengths.hip_half, 0.0, out)
    moment = Moment((-back * lengths.leg, 0.0, lengths.ankle_height + high * lengths.leg), (foot, foot))
    sound = truth(bones, lengths, moment)
    for side in ("left", "right"):
        assert sound[f"foot_out_{side}"] == pytest.approx(out, abs=0.6)
    turned = truth(bones, lengths, replace(moment, knee_in_deg=(inward, 0.0)))
    # The line from hip to ankle is not plumb: what is a turn about it is nearly one seen from above.
    assert turned["turn_in_left"] - sound["turn_in_left"] == pytest.approx(inward, abs=5)
    assert turned["turn_in_right"] == pytest.approx(sound["turn_in_right"], abs=0.01)


@pytest.mark.parametrize("fault", FAULTS)
def test_feet_stay_where_they_are_in_every_squat(bones, lengths, fault):
    move = sample_squat(np.random.default_rng(7), fault, 15.0)
    at = [
        pose_rigid(bones, posture_of(lengths, moment_at(move, lengths, t))) for t in np.linspace(0, move.duration_s, 30)
    ]
    for name in ("toe_left", "toe_right"):
        way = np.stack([p.joints_m[name] for p in at])
        assert np.ptp(way, axis=0).max() < (0.03 if fault == "heel_rise" else 0.002)
    bent = [truth_of(p, CAMERA)[1]["knee_flexion_left"] for p in at]
    assert min(bent) < 16
    assert max(bent) > 44


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_movement_can_be_posed_and_stays_above_the_floor(bones, lengths, kind):
    action = sample_action(np.random.default_rng(3), kind, lengths)
    assert action.kind == kind
    assert action.repetitions >= 1
    for t in np.linspace(0, action.movement.duration_s, 25):
        joints = pose_rigid(bones, posture_of(lengths, action.movement.at(float(t)))).joints_m
        points = np.stack(list(joints.values()))
        assert np.isfinite(points).all()
        assert points[:, 2].min() > -0.12, (kind, t, min(joints, key=lambda n: joints[n][2]))


def test_mixing_moments_mixes_every_number():
    a, b = Moment((0.0, 0.0, 1.0)), Moment((0.2, 0.0, 0.5), lean_deg=40.0)
    half = mix(a, b, 0.5)
    assert half.pelvis == pytest.approx((0.1, 0.0, 0.75))
    assert half.lean_deg == pytest.approx(20.0)


def square(x, rgb, half=0.4):
    corners = np.array([[x, -half, 0.9 - half], [x, half, 0.9 - half], [x, half, 0.9 + half], [x, -half, 0.9 + half]])
    return Quads(corners, np.array([[0, 1, 2, 3]]), np.array([rgb]))


def test_what_is_nearer_covers_what_is_farther_and_lies_where_the_camera_says():
    picture = np.zeros((240, 320, 3), np.uint8)
    both = Quads.join([square(0.5, (1.0, 0.0, 0.0), 0.2), square(0.0, (0.0, 1.0, 0.0))])
    gl.draw_quads(picture, CAMERA, both, LAMP)
    middle = CAMERA.project(CAMERA.to_camera(np.array([[0.5, 0.0, 0.9], [0.0, 0.35, 0.9], [0.0, 0.6, 0.9]])))
    red, green, nothing = (picture[int(y), int(x)].tolist() for x, y in middle)
    assert red[0] > 200 and red[1] == 0  # noqa: PT018
    assert green[1] > 200 and green[0] == 0  # noqa: PT018
    assert nothing == [0, 0, 0]


def test_a_texture_is_upright_and_cut_where_it_is_clear_or_not_kept():
    texture = np.zeros((64, 64, 4), np.uint8)
    texture[:32] = (250, 0, 0, 255)  # the upper half of the file
    texture[32:] = (0, 250, 0, 255)
    texture[:, 48:] = 0
    quads = square(0.0, (1.0, 1.0, 1.0))
    uv = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    shape = gl.Shape(np.arange(4), np.array([[0, 1, 2], [0, 2, 3]]), np.ones((4, 3)), uv, texture)
    cut = replace(shape, keep=np.array([-1.0, -1.0, 1.0, 1.0]))
    for drawn, below in ((shape, [0, 1, 0]), (cut, [0, 0, 0])):
        picture = np.zeros((240, 320, 3), np.uint8)
        gl.draw_shapes(picture, CAMERA, [(drawn, quads.points_m)], LAMP)
        places = np.array([[0.0, -0.2, 1.1], [0.0, -0.2, 0.7], [0.0, 0.35, 1.1]])
        up, down, clear = (picture[int(y), int(x)] > 100 for x, y in CAMERA.project(CAMERA.to_camera(places)))
        assert up.tolist() == [1, 0, 0]
        assert down.tolist() == below
        assert clear.tolist() == [0, 0, 0]


@pytest.fixture
def wardrobe(tmp_path):
    for kind in ("skins", "clothes/patch", "hair", "eyes"):
        (tmp_path / kind).mkdir(parents=True)
    folder = tmp_path / "clothes" / "patch"
    (folder / "patch.obj").write_text("vt 0 0\nvt 1 0\nvt 0 1\nvt 1 1\nf 1/1 2/2 3/4 4/3\n", encoding="utf-8")
    fits = "# a comment\nname patch\nx_scale 0 1 2.0\ny_scale 0 2 1.0\nz_scale 0 3 1.0\nmaterial patch.mhmat\nverts 0\n"
    fits += "0 1 2 0.5 0.25 0.25 0.1 0 0\n1\n2\n3\ndelete_verts\n4 - 6 9\n"
    (folder / "patch.mhclo").write_text(fits, encoding="utf-8")
    cv2.imwrite(str(folder / "patch_diffuse.png"), np.full((8, 8, 3), 90, np.uint8))
    return Wardrobe(tmp_path)


def test_a_garment_is_read_and_fitted_to_the_body(wardrobe):
    patch = wardrobe.garment("clothes", "patch")
    assert patch.hidden.tolist() == [4, 5, 6, 9]
    assert patch.faces.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert patch.texture.shape[2] == 4
    base = np.array([[0.0, 0.0, 0.0], [0.4, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    at = fit(patch, base)
    # A quarter of the way to the second and third vertex, and a tenth of the scale of 0.4 / 2 along x.
    assert at[0] == pytest.approx([0.1 + 0.1 * 0.2, 0.0, 0.25])
    assert at[1:] == pytest.approx(base[1:])


def test_a_folder_without_people_is_named(tmp_path):
    with pytest.raises(BadInputError, match="no folder skins, clothes, hair, eyes"):
        Wardrobe(tmp_path)


def test_tracks_are_kept_to_a_sixteenth_of_a_pixel(tmp_path):
    rng = np.random.default_rng(0)
    n = 20
    px = np.cumsum(rng.normal(0, 9, (n, 33, 2)), axis=0) + 300
    world = rng.normal(0, 0.5, (n, 33, 3))
    px[4], world[4] = np.nan, np.nan
    visibility = np.where(np.isfinite(px[..., 0]), rng.random((n, 33)), 0.0)
    track = PoseTrack(np.arange(n) / 10, px, visibility, world, 640, 480)
    curves = {"knee_flexion_left": rng.uniform(-180, 180, n), "shift": rng.normal(0, 0.2, n)}
    kept = Kept(
        MovementCase(7, "squat", "front", "mannequin"), {"azimuth_deg": 3.0}, track, px[:, :12] * 0 + 5.5, curves
    )
    save([kept], tmp_path / path_of("learn").name)
    (back,) = load("learn", tmp_path)
    assert back.case == kept.case
    assert np.array_equal(back.track.found, track.found)
    assert np.nanmax(np.abs(back.track.image_px - px)) <= 1 / 32 + 1e-9
    assert np.nanmax(np.abs(back.track.world_m - world)) <= 1 / 1024 + 1e-9
    assert np.abs(back.track.visibility - visibility).max() <= 0.005 + 1e-9
    for name, curve in curves.items():
        assert np.abs(back.truth[name] - curve).max() <= 0.01 + 1e-9


def test_the_sets_share_nobody_and_are_as_large_as_they_should_be():
    everybody = [c.seed for name in SETS for c in cases(name)]
    assert len(everybody) == len(set(everybody))
    report = cases("report")
    squats = [c for c in report if c.kind == "squat"]
    others = [c for c in report if c.kind != "squat"]
    assert len(squats) >= 60
    assert len(others) >= 40
    assert len({c.kind for c in others}) >= 12
    for part in (squats, others):
        assert sum(c.clothes != "mannequin" for c in part) >= len(part) // 3
