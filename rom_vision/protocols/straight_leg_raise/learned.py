"""What was learned of the straight leg raise; the numbers, with where they come from, are in ``learned.json`` here.

``python -m validation.learn ranges straight_leg_raise`` writes that file.
"""

from __future__ import annotations

from rom_vision.body.learned import numbers_of

__all__ = ["CONSTANT_DEG", "HALF_DEG", "HIP_IN_FRONT"]

_NUMBERS = numbers_of(__package__)

HIP_IN_FRONT: float = float(_NUMBERS["hip_in_front"])
"""How far the landmark of the hip lies in front of (over) the joint of somebody on the back, parts of the leg."""
CONSTANT_DEG: float = float(_NUMBERS["constant_deg"])
"""What the mean of thigh and leg line reads too little, degrees."""
HALF_DEG: float = float(_NUMBERS["half_deg"])
"""Half the 95 % interval of one repetition, degrees."""
