import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from camera_clip import frames_of, landscape, truth_of

from rom_vision.camera.setting import CameraSetting
from rom_vision.errors import RomVisionError
from rom_vision.protocols.coach import Coach
from rom_vision.protocols.setup_check import Sighting
from rom_vision.ui.live import KEEP_AFTER_S, STALE_S, LiveTest
from rom_vision.ui.live_picture import draw_live

pytestmark = pytest.mark.model

CLIP = "seated_left.mp4"


class Clock:
    """A clock that moves only when told."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Shelf:
    """Stands in for the store: keeps results in memory, or fails."""

    def __init__(self):
        self.kept = []
        self.broken = False

    def __call__(self, result):
        if self.broken:
            raise RomVisionError("the disk is full")
        self.kept.append(result)
        return len(self.kept)


@pytest.fixture(scope="module")
def clip():
    return frames_of(CLIP)


def measured(live):
    while live.view().measuring:
        time.sleep(0.05)
    return live.view()


def play(live, clip, *, until=lambda view: view.finished, clock=None, loops=3, restart_at=None):
    """Feed the looped clip; return the cues in the order in which they were shown."""
    frames, length_s = clip
    cues, shift = [], 0.0
    for k in range(loops * len(frames)):
        loop, i = divmod(k, len(frames))
        stamp = frames[i][0] + loop * length_s
        if clock:
            clock.now += length_s / len(frames)
        if restart_at is not None and stamp >= restart_at and not shift:
            shift = stamp
        drawn = live.process(frames[i][1], stamp - shift)
        assert drawn.shape == frames[i][1].shape
        cue = live.view().advice.cue.id
        cues += [cue] if not cues or cues[-1] != cue else []
        if until(live.view()):
            break
    return cues


def test_a_whole_side_is_measured_as_the_truth_says(clip):
    shelf, clock = Shelf(), Clock()
    live = LiveTest("seated", ("left",), shelf, camera=CameraSetting("laptop"), clock=clock)
    cues = play(live, clip, clock=clock)
    view = measured(live)
    (outcome,) = view.outcomes
    assert outcome.session == 1
    assert {"go", "out", "hold", "good_1", "good_2", "done"} <= set(cues)
    value = outcome.document.internal_rotation
    assert value.value_deg == pytest.approx(truth_of(CLIP)["internal_rotation_deg"], abs=4.0)
    assert value.n_repetitions == 3
    settings = outcome.document.provenance.settings
    assert "laptop" in settings["camera"]
    assert abs(settings["roll_deg"]) < 3.0, "read from the room before the side began"
    result = shelf.kept[0]
    assert result.track.found.mean() > 0.95
    assert len(result.track) == len(result.document.curve.time_s)
    assert [p.name for p in result.pictures] == [f"end range, repetition {n}" for n in (1, 2, 3)]
    assert all(p.data.startswith(b"\xff\xd8\xff") for p in result.pictures)
    assert live.process(clip[0][0][1], 1e4) is not None, "pictures after the end do no harm"


def test_a_drop_half_way_keeps_what_was_done_and_a_return_goes_on(clip):
    shelf, clock = Shelf(), Clock()
    live = LiveTest("seated", ("left",), shelf, clock=clock)
    play(live, clip, clock=clock, until=lambda v: v.advice.swings == 1)
    clock.now += STALE_S + 0.5
    assert live.view().stale
    assert live.view().analysed_per_s == 0.0
    frames, _ = clip
    live.process(frames[0][1], 0.0)
    assert not live.view().stale
    assert live.view().advice.swings == 1, "the stream's clock began again; the test did not"
    shelf.broken = True
    clock.now += KEEP_AFTER_S + 1.0
    deadline = time.monotonic() + 20
    while not live.view().finished and time.monotonic() < deadline:
        time.sleep(0.1)
    (outcome,) = measured(live).outcomes
    assert "disk is full" in outcome.problem
    shelf.broken = False
    live.keep_again()
    (outcome,) = live.view().outcomes
    assert outcome.session == 1
    assert outcome.document.internal_rotation.n_repetitions == 1


def test_nothing_recorded_is_said(clip):
    shelf = Shelf()
    live = LiveTest("seated", ("left",), shelf)
    live.process(clip[0][0][1], 0.0)
    live.finish()
    assert measured(live).outcomes == ()
    assert not shelf.kept


def test_the_picture_is_mirrored_and_the_words_are_not():
    rgb = np.zeros((480, 640, 3), np.uint8)
    rgb[200:300, :100] = 255
    advice = Coach("seated", ("left",)).update(Sighting(0.0, (640, 480)))
    drawn = draw_live(rgb, advice, None)
    assert drawn[250, -50].min() == 255
    assert drawn[250, 50].max() == 0
    strip = drawn[:60].max(axis=2) > 128
    columns = np.flatnonzero(strip.any(axis=0))
    assert columns.min() > 8
    assert columns.max() < 632
    assert rgb[250, 50].min() == 255, "the picture handed in stays as it is"


def test_speed_and_memory(clip, capsys):
    """Pictures a second of the engine alone (full model, overlay, 640x480), and its memory over a minute's pictures."""
    frames, length_s = clip
    frames = [(t, landscape(rgb)) for t, rgb in frames]
    live = LiveTest("seated", ("left",), Shelf())
    live.process(frames[0][1], -1.0)
    wall, cpu, memory = time.perf_counter(), time.process_time(), []
    n = 400
    for k in range(n):
        loop, i = divmod(k, len(frames))
        live.process(frames[i][1], frames[i][0] + loop * length_s)
        if k % 100 == 99:
            memory.append(_rss_mb())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    live.finish()
    quiet = os.getloadavg()[0] < 2.5
    with capsys.disabled():
        sys.stdout.write(
            f"\nlive engine: {n / wall:.1f} pictures/s, {1e3 * cpu / n:.0f} ms CPU a picture, load "
            f"{os.getloadavg()[0]:.1f}; memory MB after each 100: {', '.join(f'{m:.0f}' for m in memory)}\n"
        )
    assert memory[-1] - memory[1] < 15
    if quiet:
        assert n / wall >= 20


def _rss_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
