"""Other movements than squats: each is refused, with what it looks like."""

from dataclasses import replace

import numpy as np
import pytest
from squat_tracks import GOOD, changed, squat_track

from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.squat.screen import screen_squat

LEFT_LEG = [Landmark[f"LEFT_{n}"] for n in ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX")]
FEET = [Landmark[f"{s}_{n}"] for s in ("LEFT", "RIGHT") for n in ("ANKLE", "HEEL", "FOOT_INDEX")]


def down(track):
    """(T,) how far down the person is, 0 to 1."""
    hips = track.image_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1].mean(axis=1)
    return (hips - hips.min()) / np.ptp(hips)


def moved(track, landmarks, across=0.0, along=0.0):
    """The track with landmarks moved by so many pixels across and down the picture, (T,) or a number."""
    image = track.image_px.copy()
    for mark in landmarks:
        image[:, mark, 0] += across
        image[:, mark, 1] += along
    return changed(track, image_px=image)


def jumping():
    """Both feet leave the ground for a third of a second after each squat."""
    track = squat_track(replace(GOOD, stand_s=1.2), fps=25)
    rises = np.zeros(len(track))
    standing = down(track) < 0.02
    for start in np.flatnonzero(np.diff(standing.astype(int)) == 1):
        flight = (track.time_s >= track.time_s[start]) & (track.time_s < track.time_s[start] + 0.5)
        rises[flight] = np.sin(np.pi * (track.time_s[flight] - track.time_s[start]) / 0.5) ** 2
    return moved(track, range(33), along=-38 * rises)


def astride():
    """Feet that part as the hips go down, and come together."""
    track = squat_track(replace(GOOD, knee_flexion_deg=60.0))
    way = 45 * down(track)
    left = moved(track, FEET[:3], across=way)
    return moved(left, FEET[3:], across=-way)


def lunge_step():
    track = squat_track(GOOD, 90.0)
    return moved(track, LEFT_LEG, across=-110 * down(track))


def split():
    return moved(squat_track(GOOD, 90.0), LEFT_LEG, across=-140)


def side_lunge():
    """One leg stays straight, far to the side, while the other bends."""
    track = squat_track(replace(GOOD, stance=3.2))
    image = track.image_px.copy()
    hip, ankle = image[:, Landmark.LEFT_HIP], image[:, Landmark.LEFT_ANKLE].copy()
    for mark in FEET[:3]:
        image[:, mark, 0] += 70
    image[:, Landmark.LEFT_KNEE] = 0.5 * (hip + ankle + (70, 0))
    return changed(track, image_px=image)


def hinge(azimuth):
    plan = replace(GOOD, knee_flexion_deg=50.0, shank_tilt=0.15, lean_deg=75.0)
    return squat_track(plan, azimuth)


def bent_to_the_floor():
    return squat_track(replace(GOOD, knee_flexion_deg=70.0, shank_tilt=0.2, lean_deg=85.0), 90.0)


def picking_up():
    """The hips go down as in a squat, and the trunk to the floor."""
    return squat_track(replace(GOOD, knee_flexion_deg=100.0, shank_tilt=0.25, lean_deg=50.0), 90.0)


def picking_up_ahead(azimuth):
    """The knees bend, and the trunk goes down farther than the hips."""
    return squat_track(replace(GOOD, knee_flexion_deg=88.0, shank_tilt=0.25, lean_deg=44.0), azimuth)


def sitting_down_ahead():
    """The trunk leans forward on the way down and up, and back while the hips stay down."""
    track = squat_track(replace(GOOD, bottom_s=1.2))
    lean = 55 * np.sin(np.pi * np.clip(down(track) / 0.9, 0.0, 1.0)) ** 2
    return moved(track, range(Landmark.LEFT_HIP), along=lean)


def foot_comes_nearer():
    """Seen from the left: the left foot goes down and gets longer, and goes back; the other is hidden."""
    track = squat_track(GOOD, 90.0)
    image, visibility = track.image_px.copy(), track.visibility.copy()
    feet, way = image[:, FEET[:3]], down(track)[:, None, None]
    middle = feet.mean(axis=1, keepdims=True)
    image[:, FEET[:3]] = middle + (feet - middle) * (1.0 + 0.25 * way) + (0.0, 28.0) * way
    visibility[:, FEET[3:]] = 0.4
    return changed(track, image_px=image, visibility=visibility)


def feet_exchanged_below():
    """Seen from the left, from above: while the hips are down the model takes each foot for the other."""
    track = moved(squat_track(GOOD, 90.0), FEET[:3], along=20.0)
    image, low = track.image_px.copy(), down(track) > 0.5
    image[np.ix_(low, FEET)] = track.image_px[np.ix_(low, FEET[3:] + FEET[:3])]
    return changed(track, image_px=image)


def side_lunge_aside():
    """The leg nearer to the camera points at it, straight; the other bends."""
    track = squat_track(GOOD, 90.0)
    image = track.image_px.copy()
    image[:, Landmark.LEFT_KNEE] = 0.5 * (image[:, Landmark.LEFT_HIP] + image[:, Landmark.LEFT_ANKLE])
    return changed(track, image_px=image)


def foot_behind():
    """Seen from behind: the left foot hangs behind its knee, no higher in the picture than the other."""
    track = squat_track(GOOD, 180.0)
    shank = track.image_px[:, Landmark.LEFT_ANKLE, 1] - track.image_px[:, Landmark.LEFT_KNEE, 1]
    return moved(track, [Landmark.LEFT_HIP, Landmark.LEFT_KNEE], along=0.45 * down(track) * shank)


def stepping_aside():
    """One foot goes far aside while the other leg bends."""
    track = squat_track(GOOD)
    return moved(track, [Landmark.LEFT_KNEE, *FEET[:3]], across=90 * down(track))


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (astride, "jumping jack"),
        (lunge_step, "lunge"),
        (split, "lunge"),
        (side_lunge, "lunge"),
        (lambda: hinge(90.0), "hinge"),
        (lambda: hinge(0.0), "hinge"),
        (bent_to_the_floor, "hinge"),
        (picking_up, "hinge"),
        (lambda: picking_up_ahead(0.0), "picking something up"),
        (lambda: picking_up_ahead(40.0), "picking something up"),
        (sitting_down_ahead, "sit down"),
        (side_lunge_aside, "side lunge"),
        (foot_comes_nearer, "or comes nearer"),
        (stepping_aside, "side lunge"),
    ],
)
def test_what_is_no_squat_is_refused_with_what_it_looks_like(track, words):
    result = screen_squat(track())
    assert result.status == "refused"
    assert words in result.reasons[0]
    assert not result.repetitions
    assert not result.findings


def test_feet_that_the_model_exchanges_go_nowhere():
    assert len(screen_squat(feet_exchanged_below()).repetitions) == 2


def test_a_foot_held_behind_is_a_squat_on_one_leg():
    result = screen_squat(foot_behind())
    assert result.status == "refused"
    assert "(legs: right)" in result.reasons[0]


def test_a_jump_out_of_a_squat_is_named():
    result = screen_squat(jumping())
    assert "jump squat" in " ".join((*result.reasons, *result.warnings))
    assert len(result.repetitions) < 2


def test_a_few_other_dips_among_squats_are_left_out_in_one_sentence():
    track = squat_track(replace(GOOD, n_repetitions=5))
    image = track.image_px.copy()
    second = (track.time_s > 3.6) & (track.time_s < 6.2)
    image[np.ix_(second, LEFT_LEG, [0])] += 150 * down(track)[second][:, None, None]
    result = screen_squat(changed(track, image_px=image))
    assert len(result.repetitions) == 4
    said = [w for w in result.warnings if "Not counted" in w]
    assert len(said) == 1
    assert "lunge" in said[0]


def test_a_dip_like_one_that_is_no_squat_is_none_either():
    """One foot leaves its place in both, by a little more than is allowed and by a little less."""
    track = squat_track(GOOD, 90.0)
    second = track.time_s > 0.5 * track.time_s[-1]

    def stepping(first_px, second_px):
        return screen_squat(moved(track, FEET[:3], across=np.where(second, second_px, first_px) * down(track)))

    assert len(stepping(17.0, 17.0).repetitions) == 2
    both = stepping(17.0, 21.0)
    assert both.status == "refused"
    assert "moving feet" in both.reasons[0]
    # A dip unlike it stays a squat.
    assert len(stepping(0.0, 60.0).repetitions) == 1


def test_a_press_out_of_a_short_dip_is_no_squat():
    track = squat_track(replace(GOOD, knee_flexion_deg=55.0, arms="hanging"), 0.0)
    image = track.image_px.copy()
    shoulders = image[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=1)
    late = np.clip((track.time_s - 1.9) / 0.4, 0, 1)
    for mark in (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST):
        image[:, mark] = shoulders + np.array([0.0, 1.0]) * (20 - 170 * late)[:, None]
    result = screen_squat(changed(track, image_px=image))
    assert len(result.repetitions) == 1
    assert any("press" in w for w in result.warnings)


def test_hidden_hands_are_not_judged():
    overhead = squat_track(replace(GOOD, arms="overhead", arms_fall_deg=35.0), 90.0)
    visibility = overhead.visibility.copy()
    visibility[:, [Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST]] = 0.3
    (arms,) = [f for f in screen_squat(changed(overhead, visibility=visibility)).findings if f.code == "arms_fall"]
    assert arms.severity == "not_assessable"
    assert "hidden" in arms.sentence


def test_legs_that_are_hidden_or_out_of_the_picture_are_refused_for_that():
    track = squat_track(GOOD)
    visibility = track.visibility.copy()
    visibility[:, [m for m in Landmark if m >= Landmark.LEFT_KNEE]] = 0.1
    hidden = screen_squat(changed(track, visibility=visibility))
    assert "hides" in hidden.reasons[0]
    away = screen_squat(changed(track, image_px=track.image_px + np.array([0.0, 420.0])))
    assert "legs are not in the picture" in away.reasons[0]
