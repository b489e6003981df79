"""The live coach over skeletons: from setting up over sets and rests to the log, without anybody touching anything."""

from dataclasses import replace

import numpy as np
import pytest
from drill_people import FPS, PEOPLE, SIZE, camera, squat

from rom_vision.drills.book import find_drill, guided_drills
from rom_vision.drills.coach import DrillCoach, DrillSight
from rom_vision.pose.subject import PoseCandidate


class Live:
    """Feeds tracks to a coach as a camera would, and remembers what was said."""

    def __init__(self, coach):
        self.coach, self.time_s, self.said, self.advice = coach, 0.0, [], None
        self.sentences = {}

    def look(self, pose=None, **more):
        sight = DrillSight(self.time_s, SIZE, camera(), pose, **more)
        self.advice = self.coach.update(sight)
        self.time_s += 1 / FPS
        self.sentences[self.advice.cue.id] = self.advice.cue.sentence
        if not self.said or self.said[-1] != self.advice.cue.id:
            self.said.append(self.advice.cue.id)
        return self.advice

    def play(self, track, **more):
        for k in range(len(track)):
            pose = None
            if np.isfinite(track.image_px[k]).all():
                values = (track.image_px[k], track.visibility[k], track.world_m[k])
                pose = PoseCandidate(*(v.astype(np.float32) for v in values))
            self.look(pose, **more)
            if self.advice.stage == "done":
                return

    def wait(self, track, seconds, **more):
        """The person stays as in the first picture."""
        values = (track.image_px[0], track.visibility[0], track.world_m[0])
        pose = PoseCandidate(*(v.astype(np.float32) for v in values))
        for _ in range(round(seconds * FPS)):
            self.look(pose, **more)


def test_two_sets_with_a_rest_from_stepping_into_view_to_the_log():
    live = Live(DrillCoach(find_drill("box_squat"), 2, 3))
    for _ in range(5):
        live.look()
    assert live.advice.cue.id == "nobody"
    track = squat(3)
    live.wait(track, 2)
    live.play(track)
    assert live.advice.stage == "pause"
    assert (live.advice.set_number, live.advice.sets) == (2, 2)
    assert 20 < live.advice.rest_left_s <= live.advice.rest_s == 30
    live.wait(track, 31)
    assert live.advice.stage == "moving"
    assert live.advice.range_before == pytest.approx(40, abs=4)
    live.play(track)
    assert live.advice.stage == "done"
    training = live.coach.training()
    assert (training.counted, training.ended, training.spoiled) == (6, "done", {})
    assert [s.counted for s in training.sets] == [3, 3]
    assert {"still", "good_1", "good_2", "rest_1", "done"} <= set(live.said)


def test_who_stands_aside_is_told_once_a_set_what_is_not_judged():
    live = Live(DrillCoach(find_drill("box_squat"), 1, 4))
    track = squat(4, turned=True)
    live.wait(track, 2)
    live.play(track)
    assert "cannot judge leaning and shifting" in live.sentences["good_1"]
    assert "judge" not in live.sentences["good_2"]
    assert live.coach.training().unjudged == 4


def test_sides_take_turns_and_the_range_is_shown_while_it_moves():
    live = Live(DrillCoach(find_drill("hip_cars"), 1, 2))
    cars = PEOPLE["hip_cars"]
    live.play(cars(2, side="left"))
    assert (live.advice.stage, live.advice.side, live.advice.cue.label) == ("pause", "right", "Other leg")
    live.wait(cars(2, side="right"), 11)
    shown = []
    track = cars(2, side="right")
    for k in range(len(track)):
        values = (track.image_px[k], track.visibility[k], track.world_m[k])
        shown.append(live.look(PoseCandidate(*(v.astype(np.float32) for v in values))).range_now)
    assert max(v for v in shown if v is not None) > 40
    assert [s.side for s in live.coach.training().sets] == ["left", "right"]


def test_a_cheat_is_corrected_when_it_happens_not_afterwards():
    live = Live(DrillCoach(find_drill("box_squat"), 1, 3))
    live.play(squat(3, cheat="knee"))
    first = live.said.index("knee_0")
    assert "bad_1" in live.said[first:]
    assert not any(said.startswith("good") for said in live.said)
    training = live.coach.training() or (live.coach.stop() or live.coach.training())
    assert training.spoiled == {"knee": 3}


def test_hold_is_told_begun_and_done():
    live = Live(DrillCoach(find_drill("seated_ir_lift"), 1, 2))
    track = PEOPLE["seated_ir_lift"](2)
    live.wait(track, 2)
    live.play(track)
    assert live.said.count("hold") == 2
    assert live.said.count("return") >= 1
    assert live.coach.training() is None or live.coach.training().counted == 2


def test_hand_held_up_stops_and_keeps_what_was_done():
    live = Live(DrillCoach(find_drill("box_squat"), 2, 3))
    track = squat(2)
    live.play(track)
    live.wait(track, 3, hand_up=True)
    assert (live.advice.stage, live.advice.stopped) == ("done", True)
    training = live.coach.training()
    assert (training.counted, training.ended) == (2, "stopped")


def test_an_arm_under_the_head_of_somebody_lying_stops_nothing():
    live = Live(DrillCoach(find_drill("clamshell"), 1, 2))
    track = PEOPLE["clamshell"](2)
    live.wait(track, 2, hand_up=True)
    live.play(track, hand_up=True)
    assert live.advice.stage == "pause"


def test_lost_camera_and_frozen_picture_lose_nothing():
    live = Live(DrillCoach(find_drill("box_squat"), 1, 4))
    track = squat(2)
    live.play(track)
    live.time_s += 20  # the line was dead
    live.wait(track, 3, frozen=True)
    assert live.advice.cue.id == "frozen"
    for _ in range(20):
        live.look()
    assert live.advice.cue.id == "nobody"
    live.play(track)
    assert live.advice.stage == "done"
    assert live.coach.training().counted == 4


def test_whoever_is_gone_for_a_minute_has_ended_the_drill():
    live = Live(DrillCoach(find_drill("box_squat"), 2, 3))
    live.play(squat(1))
    for _ in range(round(62 * FPS)):
        live.look()
    assert live.advice.stage == "done"
    assert live.coach.training().ended == "stopped"


def test_a_set_that_is_only_spoiled_ends_some_time():
    live = Live(DrillCoach(find_drill("box_squat"), 1, 2))
    live.play(squat(5, cheat="fast"))
    assert live.advice.stage == "done"
    assert live.coach.training().spoiled == {"fast": 4}


def test_setting_up_says_what_is_wrong_and_waits_for_the_start():
    coach = DrillCoach(find_drill("box_squat"), 1, 2, begun=False)
    live, track = Live(coach), squat(1)
    assert live.look(brightness=0.05).cue.id == "dark"
    live.wait(track, 0.2, n_people=2)
    assert live.advice.cue.id == "people"
    moved = replace(track, image_px=track.image_px + np.array([600, 0]))
    live.wait(moved, 0.2)
    assert live.advice.cue.id == "close"
    live.wait(track, 3)
    assert (live.advice.cue.id, live.advice.stage) == ("ready", "setup")
    coach.begin()
    live.play(track)
    assert live.advice.good == 1


def test_nothing_done_makes_no_log():
    live = Live(DrillCoach(find_drill("box_squat"), 1, 2))
    live.wait(squat(1), 4)
    live.coach.stop()
    assert live.coach.training() is None


@pytest.mark.parametrize("drill", guided_drills(), ids=lambda d: d.code)
def test_labels_are_short_enough_to_be_read_from_afar(drill):
    assert max(len(c.label) for c in drill.cheats) <= 16
    assert len(drill.go_label) <= 16
