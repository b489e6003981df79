"""Rates over many skeletons: nearer and farther, slower and faster, unsteady landmarks, some of them missing."""

from dataclasses import replace

import numpy as np
import pytest
from drill_people import PEOPLE, SIZE, camera

from rom_vision.drills.book import find_drill, guided_drills
from rom_vision.drills.recorded import count_set

FEW = {"seated_ir_lift": 5, "supine_passive_rotation": 2}
"""The leg model takes its time."""
REPETITIONS = {"supine_passive_rotation": 1}


def varied(track, rng):
    """The same movement of somebody else, from another place, with worse landmarks."""
    middle = np.array(SIZE) / 2
    scale, roll = rng.uniform(0.7, 1.05), np.radians(rng.uniform(-2, 2))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    image = (track.image_px - middle) @ turn.T * scale + middle + rng.uniform(-15, 15, 2)
    drift = rng.normal(0, 1.5, (len(track) // 10 + 2, 33, 2))
    at = np.linspace(0, len(drift) - 1.001, len(track))
    low = at.astype(int)
    image += drift[low] + (at - low)[:, None, None] * (drift[low + 1] - drift[low]) + rng.normal(0, 1, image.shape)
    visibility = track.visibility.copy()
    gone = rng.random(len(track)) < 0.03
    image[gone], visibility[gone] = np.nan, 0.0
    return replace(track, time_s=track.time_s * rng.uniform(0.9, 1.15), image_px=image, visibility=visibility)


def counts(code, cheat, n_people, first_seed):
    drill, n = find_drill(code), REPETITIONS.get(code, 3)
    for seed in range(first_seed, first_seed + n_people):
        rng = np.random.default_rng([seed, 7])
        side = str(rng.choice(["left", "right"])) if drill.sides else None
        track = PEOPLE[code](n, cheat=cheat, seed=seed, **({"side": side} if side else {}))
        yield n, count_set(varied(track, rng), drill, side, camera())


@pytest.mark.parametrize("code", PEOPLE)
def test_clean_repetitions_are_counted_exactly_and_seldom_corrected(code):
    found = list(counts(code, None, FEW.get(code, 30), 1000))
    exact = np.mean([done.counted + sum(done.spoiled.values()) == n for n, done in found])
    corrected = sum(sum(done.spoiled.values()) for _, done in found) / sum(n for n, _ in found)
    assert exact >= 0.95
    assert corrected <= 0.05


@pytest.mark.parametrize(
    ("code", "cheat"), [(d.code, c.code) for d in guided_drills() for c in d.cheats if c.code != "lost"]
)
def test_cheats_are_found(code, cheat):
    found = list(counts(code, cheat, min(FEW.get(code, 10), 2 if code in FEW else 10), 2000))
    named = sum(done.spoiled.get(cheat, 0) for _, done in found) / sum(n for n, _ in found)
    assert named >= 0.9
