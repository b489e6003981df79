import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from rom_vision.errors import BadInputError
from rom_vision.pose import PoseTrack, TrackSource
from rom_vision.pose.track import stands_still


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


def test_damage_is_kept_and_a_track_without_any_stays_readable_for_older_programs(tmp_path):
    plain = make_track()
    assert not plain.damaged.any()
    assert not plain.unsound.any()
    assert len(plain.repeated) == 6
    with np.load(io.BytesIO(plain.to_bytes())) as stored:
        assert json.loads(str(stored["meta"]))["format"] == 1
        assert set(stored) == {"meta", "time_s", "image_px", "visibility", "world_m"}

    damaged = np.array([0, 1, 0, 0, 0, 0], dtype=bool)
    repeated = np.array([0, 0, 0, 1, 0, 1], dtype=bool)
    hurt = make_track(damaged=damaged, repeated=repeated)
    hurt.save(tmp_path / "t")
    back = PoseTrack.load(tmp_path / "t")
    assert back.damaged.tolist() == damaged.tolist()
    assert back.repeated.tolist() == repeated.tolist()
    with np.load(tmp_path / "t") as stored:
        assert json.loads(str(stored["meta"]))["format"] == 2
    with pytest.raises(ValueError, match="damaged has shape"):
        make_track(damaged=damaged[:3])


def test_outlines_are_kept_and_a_track_without_any_has_none(tmp_path):
    assert np.isnan(make_track().outline).all()
    outline = np.full((6, 2, 4), np.nan)
    outline[1:, 0] = (-2.5, 0.01, 0.25, 0.003)
    kept = make_track(outline=outline)
    kept.save(tmp_path / "t")
    np.testing.assert_allclose(PoseTrack.load(tmp_path / "t").outline, outline, atol=1e-6)
    with np.load(tmp_path / "t") as stored:
        assert json.loads(str(stored["meta"]))["format"] == 3
    with pytest.raises(ValueError, match="outline has shape"):
        make_track(outline=outline[:3])
    far = outline.copy()
    far[2, 0, 0] = 1e9
    with pytest.raises(BadInputError, match="outline"):
        PoseTrack.from_bytes(make_track(outline=far).to_bytes())


def test_a_picture_stands_still_when_it_is_repeated_for_longer_than_a_stutter():
    t = np.arange(12) / 10
    repeated = np.array([0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0], dtype=bool)
    assert np.flatnonzero(stands_still(t, repeated)).tolist() == [6, 7, 8, 9, 10]
    assert not stands_still(t / 2, repeated).any()
    assert stands_still(t, np.arange(12) > 0)[1:].all()
    assert len(stands_still(np.zeros(0), np.zeros(0, dtype=bool))) == 0


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


def packed(compression=zipfile.ZIP_DEFLATED, **changes):
    """A track file with some of its members replaced; None leaves one out."""
    with zipfile.ZipFile(io.BytesIO(make_track().to_bytes())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, value in changes.items():
        if name == "meta":
            value = np.array(json.dumps({**json.loads(str(np.load(io.BytesIO(members["meta.npy"])))), **value}))
        if isinstance(value, np.ndarray):
            out = io.BytesIO()
            np.save(out, value)
            value = out.getvalue()
        members[f"{name}.npy"] = value
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, value in members.items():
            archive.writestr(name, value)
    return out.getvalue()


def one_at(shape, value):
    array = np.zeros(shape)
    array[3] = value
    return array


HUGE = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 33, 2), }".ljust(118)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"image_px": one_at((6, 33, 2), np.inf)}, "image_px: inf in frame 3"),
        ({"image_px": one_at((6, 33, 2), 1e9)}, r"image_px: 1e\+09"),
        ({"world_m": one_at((6, 33, 3), -1e300)}, r"world_m: -1e\+300"),
        ({"time_s": np.array([0, 1, 2, 3, 4, 1e300])}, r"time_s: 1e\+300"),
        ({"time_s": np.array([0, 1, 2, 3, 2, 5.0])}, "strictly increasing"),
        ({"time_s": np.ones(6)}, "strictly increasing"),
        ({"time_s": np.arange(6) * 1e-9}, "no recording"),
        ({"time_s": np.array([0, 1, 2, 3, 4, np.inf])}, "finite"),
        ({"world_m": np.zeros((5, 33, 3))}, "world_m has shape"),
        ({"image_px": HUGE}, "image_px.npy says that it is"),
        ({"meta": {"width_px": -5}}, "width_px"),
        ({"meta": {"height_px": 1e300}}, "height_px"),
        ({"meta": {"source": {"video_name": 7}}}, "video_name"),
        ({"meta": {"source": {"inference_rotation_deg": 45}}}, "quarter turn"),
        ({"meta": {"source": []}}, "source"),
        ({"meta": {"source": {"strange": "x"}}}, "strange"),
        ({"meta": {"warnings": "many"}}, "warnings"),
        ({"meta": {"warnings": ["x"] * 5000}}, "5000 are too many"),
        ({"meta": {"warnings": ["x" * 200_000]}}, "warnings"),
    ],
)
def test_tracks_that_hold_what_cannot_be_are_refused_by_the_array_at_fault(changes, said):
    with pytest.raises(BadInputError, match=said) as caught:
        PoseTrack.from_bytes(packed(**changes), name="Ana.zip, track-1")
    assert "Ana.zip, track-1" in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_refused_however_it_is_compressed(compression):
    whole = packed(compression)
    track = PoseTrack.from_bytes(whole)
    rng, refused = np.random.default_rng(3), 0
    for at in range(40, len(whole) - 40, len(whole) // 60):
        broken = bytearray(whole)
        broken[at : at + 8] = rng.bytes(8)
        try:
            again = PoseTrack.from_bytes(bytes(broken))
        except BadInputError:
            refused += 1
        else:  # only the archive's own notes, such as a date, were hit
            np.testing.assert_array_equal(again.image_px, track.image_px)
            np.testing.assert_array_equal(again.world_m, track.world_m)
    assert refused > 50


def test_meta_nested_without_end_is_refused():
    with pytest.raises(BadInputError, match="not a landmark track"):
        PoseTrack.from_bytes(packed(meta={}, time_s=np.array(0.0)))
    deep = np.array("[" * 100_000)
    out = io.BytesIO()
    np.savez(out, meta=deep)
    with pytest.raises(BadInputError, match="not a landmark track"):
        PoseTrack.from_bytes(out.getvalue())
