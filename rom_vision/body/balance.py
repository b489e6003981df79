"""Where the body's mass is over the feet."""

from __future__ import annotations

from rom_vision.pose.track import FloatArray

__all__ = ["mass_ahead"]

# Share of the mass, and its place from the upper to the lower joint, of the segments of both sides together (Winter
# 2009, table 4.1): head, arms and trunk (from the hips up); thighs; shanks with feet.
_UPPER = (0.678, 0.626)
_THIGHS = (0.200, 0.433)
_SHANKS = (0.122, 0.606)


def mass_ahead(shoulder: FloatArray, hip: FloatArray, knee: FloatArray, ankle: FloatArray) -> FloatArray:
    """How far the centre of mass is ahead of the ankles.

    Nobody stands with it behind the heels: there something else carries the weight.

    Parameters
    ----------
    shoulder, hip, knee, ankle : (T,) how far ahead (where the person looks, +) the middle of both joints is, any unit.

    Returns
    -------
    (T,) in that unit, ahead +.

    Notes
    -----
    Segment masses and their places: Winter 2009, table 4.1.

    Examples
    --------
    Thighs level, hips 0.4 behind the knees, trunk upright: the weight is behind the ankles, as on a chair.

    >>> round(mass_ahead(-0.4, -0.4, 0.0, 0.0), 2)
    -0.32
    """
    upper = hip + _UPPER[1] * (shoulder - hip)
    thighs = hip + _THIGHS[1] * (knee - hip)
    shanks = knee + _SHANKS[1] * (ankle - knee)
    return _UPPER[0] * upper + _THIGHS[0] * thighs + _SHANKS[0] * shanks - ankle
