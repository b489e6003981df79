"""All tests by name. Other packages add theirs through the entry point group ``rom_vision.protocols``.

An entry point names a `Protocol` object (or a class of one without arguments).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import entry_points

from rom_vision.errors import BadInputError
from rom_vision.protocols.base import Protocol
from rom_vision.protocols.hip_rotation.protocol import HipRotation
from rom_vision.protocols.squat.protocol import Squat
from rom_vision.protocols.straight_leg_raise.protocol import StraightLegRaise
from rom_vision.protocols.toe_touch.protocol import ToeTouch

__all__ = ["GROUP", "NOT_OFFERED", "find_protocol", "protocol", "protocols", "register"]

GROUP = "rom_vision.protocols"
NOT_OFFERED = {
    "prone_rotation": (
        "Prone hip rotation is not measured: people who lie on their front are found too seldom from the foot and the "
        "head end, and from straight above the line of the shin is too far off. Film hip rotation sitting or lying on "
        "the back instead (--test hip-rotation --position seated or supine); values of different positions are not "
        "compared."
    )
}
"""Tests people ask for that are left out with a reason: `validation.studies.prone_places` has the figures."""

_known: dict[str, Protocol] = {}


def register(added: Protocol) -> None:
    """Add a test, or put it in the place of the one of its name."""
    _known[added.name] = added


for _own in (HipRotation(), Squat(), StraightLegRaise(), ToeTouch()):
    register(_own)


@lru_cache(maxsize=1)
def _load_others() -> None:
    """Load the tests of other packages, once; one that fails to load is left out with a warning."""
    import warnings

    for point in entry_points(group=GROUP):
        try:
            loaded = point.load()
            register(loaded() if isinstance(loaded, type) else loaded)
        except Exception as fault:  # another package's code: whatever it raises must not take ours down
            warnings.warn(f"The test {point.name} of another package could not be loaded: {fault}", stacklevel=2)


def protocols() -> tuple[Protocol, ...]:
    """Return all tests, our own first."""
    _load_others()
    return tuple(_known.values())


def find_protocol(name: str) -> Protocol | None:
    """Return the test called ``name`` ('-' and '_' are the same); None if there is none."""
    _load_others()
    return _known.get(name.replace("-", "_"))


def protocol(name: str) -> Protocol:
    """Return the test called ``name``.

    Raises
    ------
    BadInputError
        If there is none; of one in `NOT_OFFERED` it says why.

    Examples
    --------
    >>> protocol("hip-rotation").title
    'Hip rotation'
    """
    found = find_protocol(name)
    if found is None:
        if why := NOT_OFFERED.get(name.replace("-", "_")):
            raise BadInputError(why)
        known = ", ".join(p.name.replace("_", "-") for p in protocols())
        raise BadInputError(f"There is no test {name!r}; there are {known}.")
    return found
