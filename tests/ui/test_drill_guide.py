"""A guided drill in the live engine: what was done is kept when it ends, however it ends; a discarded one is not."""

import numpy as np
import pytest
from drill_people import SIZE, camera, squat

from rom_vision.drills.book import find_drill
from rom_vision.errors import RomVisionError
from rom_vision.pose.subject import PoseCandidate
from rom_vision.ui.live.drill_guide import DrillGuide
from rom_vision.ui.live.engine import LiveView
from rom_vision.ui.live.far import drill_screen
from rom_vision.ui.live.guide import Look


def played(keep, *, n=2, wanted=3, seconds_before=2):
    guide = DrillGuide(find_drill("box_squat"), 1, wanted, keep)
    guide.begin()
    track, shown = squat(n), []
    frames = [0] * (10 * seconds_before) + list(range(len(track)))
    for i, k in enumerate(frames):
        values = (track.image_px[k], track.visibility[k], track.world_m[k])
        pose = PoseCandidate(*(v.astype(np.float32) for v in values))
        shown.append(guide.update(Look(i / 10, SIZE, camera(), pose)))
    return guide, shown


def view_of(advice):
    zeros = dict.fromkeys(("waiting_s", "age_s", "said_for_s", "analysed_per_s", "received_per_s"), 0.0)
    return LiveView(
        advice,
        begun=True,
        stale=False,
        paused=False,
        size_px=SIZE,
        model="heavy",
        roll_deg=None,
        finished=False,
        broken_off=False,
        measuring=0,
        measured_share=0.0,
        outcomes=(),
        **zeros,
    )


def test_what_was_done_is_kept_once_however_it_ends():
    kept = []
    guide, _ = played(lambda training: kept.append(training) or 7)
    assert kept == []
    guide.stop()
    guide.stop()
    assert [(t.counted, t.ended) for t in kept] == [(2, "stopped")]
    assert (guide.number, guide.training) == (7, kept[0])


def test_a_discarded_drill_is_not_kept():
    kept = []
    guide, _ = played(lambda training: kept.append(training) or 1)
    guide.forget()
    guide.stop()
    assert kept == []


def test_a_store_that_fails_is_told_and_the_log_is_still_shown():
    def fail(training):
        raise RomVisionError("the disk is full")

    guide, _ = played(fail)
    guide.stop()
    assert guide.problem == "the disk is full"
    assert guide.training.counted == 2


def test_far_screen_shows_count_set_and_training_range():
    _, shown = played(lambda training: 1)
    screens = [drill_screen(view_of(advice), "Ana", sound=True) for advice in shown]
    assert screens[0].shows == "words"
    moving = [s for s in screens if s.shows == "drill"]
    assert {s.count for s in moving} == {"Set 1/1"}
    assert {s.dial for s in moving} == {"0", "1", "2"}
    assert any("now 3" in fact for s in moving for fact in s.facts)
    assert all("°" not in fact for s in moving for fact in s.facts), "a squat's depth is no angle"
    assert moving[-1].held == pytest.approx(2 / 3)


def test_far_screen_counts_the_rest_down():
    guide, shown = played(lambda training: 1, n=3)
    assert shown[-1].stage == "done"
    guide = DrillGuide(find_drill("box_squat"), 2, 3, lambda training: 1)
    guide.begin()
    track = squat(3)
    for i, k in enumerate([0] * 20 + list(range(len(track)))):
        values = (track.image_px[k], track.visibility[k], track.world_m[k])
        advice = guide.update(Look(i / 10, SIZE, camera(), PoseCandidate(*(v.astype(np.float32) for v in values))))
    screen = drill_screen(view_of(advice), "Ana", sound=True)
    assert (screen.cue, screen.count) == ("Rest", "Set 2/2")
    assert 20 < float(screen.dial) <= 30
    assert 0.6 < screen.held <= 1
