import numpy as np
import pytest
from stick_people import exchanged, seated

from rom_vision.pose.subject import Person, PoseCandidate
from rom_vision.pose.swaps import repair_swaps
from rom_vision.pose.track import TrackSource
from rom_vision.pose.tracking import assemble_track

LEGS = ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX")


def recording(n=90, noise_px=2.0, fps=30.0):
    """Somebody seated who swings the left shank out and back, with landmark noise."""
    rng = np.random.default_rng(3)
    t = np.arange(n) / fps
    image = np.stack([seated(swing_deg=a) for a in 40 * np.sin(np.pi * t / t[-1]) ** 2])
    image += rng.normal(0, noise_px, image.shape)
    world = np.concatenate([image, rng.normal(0, 1, (n, 33, 1))], axis=2) / 300
    return t, image, rng.uniform(0.5, 1, (n, 33)), world


def swapped(values, frames, parts=None):
    out = values.copy()
    wide = values[frames] if values.ndim == 3 else values[frames][..., None]
    out[frames] = exchanged(wide, parts).reshape(out[frames].shape)
    return out


@pytest.mark.parametrize("parts", [None, LEGS, ("HIP", *LEGS)], ids=["body", "below the hips", "legs"])
@pytest.mark.parametrize("frames", [slice(40, 41), slice(20, 45), slice(70, 90), slice(0, 10)], ids=str)
def test_a_swap_is_put_right_exactly(parts, frames):
    t, *clean = recording()
    broken = [swapped(values, frames, parts) for values in clean]
    *mended, repaired = repair_swaps(t, *broken)
    for was, is_now in zip(clean, mended, strict=True):
        np.testing.assert_array_equal(is_now, was)
    assert repaired.tolist() == np.isin(np.arange(len(t)), np.arange(len(t))[frames]).tolist()


def test_a_clean_recording_is_left_alone():
    t, *clean = recording(noise_px=4.0)
    *same, repaired = repair_swaps(t, *clean)
    assert not repaired.any()
    for was, is_now in zip(clean, same, strict=True):
        np.testing.assert_array_equal(is_now, was)


def test_legs_that_really_cross_are_left_alone():
    t, image, visibility, world = recording(60)
    for k, x in enumerate(np.linspace(0, 1, 60)):
        for left, right in ((27, 28), (29, 30), (31, 32)):
            a, b = image[k, left].copy(), image[k, right].copy()
            image[k, left, 0], image[k, right, 0] = (1 - x) * a[0] + x * b[0], (1 - x) * b[0] + x * a[0]
    assert not repair_swaps(t, image, visibility, world)[-1].any()


def test_gaps_stay_gaps_and_a_swap_after_a_short_one_is_found():
    t, image, visibility, world = recording()
    gap = slice(30, 33)
    image[gap], world[gap], visibility[gap] = np.nan, np.nan, 0
    broken = [swapped(v, slice(33, 50)) for v in (image, visibility, world)]
    *mended, repaired = repair_swaps(t, *broken)
    np.testing.assert_array_equal(mended[0], image)
    assert np.flatnonzero(repaired).tolist() == list(range(33, 50))


def test_a_jump_that_is_no_swap_is_neither_swapped_nor_smoothed():
    t, image, visibility, world = recording()
    image[50, 27] += (150, -80)
    mended, _, _, repaired = repair_swaps(t, image, visibility, world)
    np.testing.assert_array_equal(mended, image)
    assert not repaired.any()


@pytest.mark.parametrize("n_found", [0, 1])
def test_recordings_with_hardly_anybody_pass_through(n_found):
    t, image, visibility, world = recording(5)
    image[n_found:] = np.nan
    mended, *_, repaired = repair_swaps(t, image, visibility, world)
    np.testing.assert_array_equal(mended, image)
    assert not repaired.any()


def test_the_outlines_of_the_shins_change_sides_with_their_legs():
    t, image, visibility, world = recording()
    wrong = slice(20, 45)
    image, visibility, world = (swapped(v, wrong, LEGS) for v in (image, visibility, world))
    outline = np.zeros((len(t), 2, 4), np.float32)
    outline[:, 1, 0] = 5.0
    outline[wrong] = outline[wrong, ::-1]
    person = Person()
    for k, pose in enumerate(zip(image, visibility, world, outline, strict=True)):
        person.add(k, float(t[k]), PoseCandidate(*(part.astype(np.float32) for part in pose)))
    track = assemble_track(t.tolist(), person, (640, 480), TrackSource(), ())
    np.testing.assert_array_equal(track.outline[..., 0], np.tile([0.0, 5.0], (len(t), 1)))
