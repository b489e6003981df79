"""Repetitions in a curve: what counts as a swing does not depend on how long the recording is."""

import numpy as np
import pytest
from synthetic import swings

from rom_vision.protocols.repetitions import find_excursions


@pytest.mark.parametrize("rest_s", [0.0, 20.0, 60.0, 200.0])
def test_a_single_swing_the_other_way_is_found_however_long_the_leg_rests(rest_s):
    t, angle = swings([30.0, 31.0, 30.0, -25.0], fps=12.0)
    still = int(rest_s * 12)
    angle = np.concatenate([angle, np.zeros(still)])
    t = np.concatenate([t, t[-1] + (np.arange(still) + 1) / 12])
    assert [e.sign for e in find_excursions(t, angle, 0.0)] == [1, 1, 1, -1]
