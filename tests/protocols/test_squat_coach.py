import numpy as np
import pytest
from squat_tracks import squat_track

from rom_vision.pose.landmarks import Landmark
from rom_vision.protocols.parts_coach import Standing
from rom_vision.protocols.squat.coach import SQUATS, TURN_S, SquatCoach


def moments(track, *, loops=1, from_s=0.0, **changes):
    length_s = track.time_s[-1] + float(np.diff(track.time_s).mean())
    for k in range(loops * len(track)):
        loop, i = divmod(k, len(track))
        fields = {"image_px": track.image_px[i], "visibility": track.visibility[i]} | changes
        size = (track.width_px, track.height_px)
        yield Standing(from_s + float(track.time_s[i]) + loop * length_s, size, **fields)


def run(coach, track, **more):
    return [coach.update(moment) for moment in moments(track, **more)]


def ids(advice):
    cues = [a.cue.id for a in advice]
    return [cue for i, cue in enumerate(cues) if not i or cue != cues[i - 1]]


def test_three_squats_are_counted_and_recorded_from_standing_on():
    advice = run(SquatCoach(), squat_track(), loops=3)
    done = next(a for a in advice if a.stage == "done")
    assert (done.part, done.good, done.wanted) == ("front", SQUATS, SQUATS)
    shown = ids(advice)
    assert shown[0] == "still"
    assert "go" in shown
    assert {"down", "good_1", "good_2", "done"} <= set(shown)
    assert not any(a.recording for a in advice if a.cue.id == "still" and a.stage == "setup" and a.good == 0)


def test_the_side_follows_the_front_after_a_turn():
    coach = SquatCoach(("front", "side"))
    first = run(coach, squat_track(), loops=3)
    assert first[-1].stage in ("pause", "setup")
    assert any(a.cue.id == "next" for a in first)
    later = run(coach, squat_track(), from_s=60 + TURN_S)
    assert later[-1].cue.id == "aside", "still facing the camera"
    second = run(coach, squat_track(azimuth_deg=90.0), from_s=100.0, loops=3)
    assert any(a.stage == "done" for a in second)
    assert {a.part for a in second if a.recording} == {"side"}


@pytest.mark.parametrize(
    ("cue", "changes"),
    [
        ("nobody", {"image_px": None}),
        ("dark", {"image_px": None, "brightness": 0.05}),
        ("people", {"n_people": 2}),
        ("tilt", {"camera_roll_deg": 9.0}),
    ],
)
def test_says_what_to_change(cue, changes):
    assert ids(run(SquatCoach(), squat_track(), **changes))[0] == cue


def test_somebody_cut_off_far_away_or_turned_is_told():
    assert run(SquatCoach(), squat_track(distance_m=1.0))[0].cue.id == "close"
    assert run(SquatCoach(), squat_track(distance_m=12.0))[0].cue.id == "far"
    assert run(SquatCoach(), squat_track(azimuth_deg=90.0))[0].cue.id == "face"


def test_it_waits_until_it_is_asked_for_and_a_raised_hand_ends_it():
    coach = SquatCoach(begun=False)
    track = squat_track()
    standing = track.image_px[0]
    still = [Standing(t, (480, 640), image_px=standing) for t in np.arange(0, 4, 0.1)]
    assert [coach.update(m) for m in still][-1].cue.id == "ready"
    coach.begin()
    assert [coach.update(Standing(m.time_s + 4, m.picture_px, image_px=standing)) for m in still][-1].stage == "moving"
    up = [Standing(m.time_s + 8, m.picture_px, image_px=standing, hand_up=True) for m in still]
    ended = [coach.update(m) for m in up][-1]
    assert ended.stopped
    assert ended.stage == "done"


def test_arms_overhead_in_a_squat_are_no_sign_to_stop():
    track = squat_track()
    hips = track.image_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1].mean(axis=1)
    down = hips > hips[0] + 0.3 * np.ptp(hips)
    coach = SquatCoach()
    for t in np.arange(0, 3, 0.1):
        advice = coach.update(Standing(t, (480, 640), image_px=track.image_px[0]))
    assert advice.stage == "moving"
    for i, t in enumerate(track.time_s):
        # Slow enough that a hand up for as long would end the test.
        advice = coach.update(Standing(3 + 3 * t, (480, 640), image_px=track.image_px[i], hand_up=bool(down[i])))
    assert not advice.stopped
    assert advice.good >= 2
