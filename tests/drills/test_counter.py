import numpy as np
import pytest
from drill_people import PEOPLE, camera
from squat_tracks import without
from trained import NOON

from rom_vision.drills.book import find_drill, guided_drills
from rom_vision.drills.recorded import count_set, drill_training

CLEAN = [(d.code, side) for d in guided_drills() for side in (d.sides or (None,))]
CHEATS = [(d.code, c.code) for d in guided_drills() for c in d.cheats if c.code != "lost"]


def counted(code, side=None, n=None, **how):
    drill = find_drill(code)
    legs = {"side": side or "left"} if drill.sides else {}
    more = {} if n is None else {"n": n}
    track = PEOPLE[code](**more, **legs, **how)
    return count_set(track, drill, legs.get("side"), camera())


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("code", "side"), CLEAN)
def test_clean_repetitions_are_counted_exactly_and_not_corrected(code, side, seed):
    n = 1 if code == "supine_passive_rotation" else 5
    done = counted(code, side, n, seed=seed)
    assert (done.counted, done.spoiled) == (n, {})
    assert done.side == (side or "both")
    assert len(done.ranges) == n
    assert np.ptp(done.ranges) < 0.2 * np.mean(done.ranges)
    assert done.active_s > 0


@pytest.mark.parametrize(("code", "cheat"), CHEATS)
def test_every_cheat_is_found_and_spoils_its_repetitions(code, cheat):
    n = 1 if code == "supine_passive_rotation" else 4
    done = counted(code, None, n, cheat=cheat, seed=7)
    assert (done.counted, done.spoiled) == (0, {cheat: n})


@pytest.mark.parametrize("code", PEOPLE)
def test_a_repetition_during_which_nobody_was_seen_is_not_judged(code):
    drill = find_drill(code)
    n = 2 if code == "supine_passive_rotation" else 4
    side = "left" if drill.sides else None
    track = PEOPLE[code](n=n, **({"side": "left"} if side else {}))
    whole = count_set(track, drill, side, camera())
    # Lost in the middle of the second half, then there again.
    middle = len(track) * 5 // 8
    gone = without(track, slice(middle - 8, middle + 8))
    done = count_set(gone, drill, side, camera())
    assert done.counted + sum(done.spoiled.values()) in (whole.counted, whole.counted - 1)
    assert set(done.spoiled) <= {"lost", "short"}
    assert done.counted >= n - 2


def test_what_a_camera_that_stands_aside_may_have_feigned_is_not_judged():
    done = counted("box_squat", turned=True)
    assert (done.counted, done.spoiled, done.unjudged) == (4, {}, 4)
    assert counted("box_squat").unjudged == 0
    shifted = counted("box_squat", cheat="shift")
    assert (shifted.spoiled, shifted.unjudged) == ({"shift": 4}, 0)


def test_nobody_and_nothing_count_nothing():
    track = PEOPLE["box_squat"]()
    drill = find_drill("box_squat")
    assert count_set(without(track, slice(None)), drill, None, camera()).counted == 0
    still = PEOPLE["box_squat"](n=0)
    done = count_set(still, drill, None, camera())
    assert (done.counted, done.spoiled, done.active_s) == (0, {}, 0.0)


def test_time_under_hold_is_what_was_held():
    done = counted("supine_passive_rotation", "right", 2)
    assert done.held_s == pytest.approx(2 * 31, abs=4)
    assert done.active_s == pytest.approx(2 * 35 + 1.5, abs=4)


def test_log_of_a_video():
    drill = find_drill("clamshell")
    training = drill_training(PEOPLE["clamshell"](), drill, "left", camera(), NOON)
    assert (training.counted, training.seen, training.drill) == (5, "video", "clamshell")
