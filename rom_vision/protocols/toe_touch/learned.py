"""What was learned of the toe touch; the numbers, with where they come from, are in ``learned.json`` here.

``python -m validation.learn ranges toe_touch`` writes that file.
"""

from __future__ import annotations

from rom_vision.body.learned import numbers_of

__all__ = ["FINGERS", "HALF_CM", "HEAD", "SOLES"]

_NUMBERS = numbers_of(__package__)

FINGERS: float = float(_NUMBERS["fingers"])
"""How far the fingertips lie beyond the knuckles, parts of the line from wrist to knuckle."""
HEAD: float = float(_NUMBERS["head"])
"""Height of the standing person's eyes over the soles as the landmarks show it, parts of the stature."""
SOLES: float = float(_NUMBERS["soles"])
"""How far the soles lie below the landmarks of heel and toe, parts of the leg."""
HALF_CM: float = float(_NUMBERS["half_cm"])
"""Half the 95 % interval of one repetition with a stature that is known, cm."""
