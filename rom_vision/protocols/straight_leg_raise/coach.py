"""What the live coach says and looks at in the straight leg raise: the person lies and hears it."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Cue
from rom_vision.protocols.hold_coach import HoldTask, HoldWords
from rom_vision.protocols.straight_leg_raise.measure import KNEE_ENDS_DEG, RESTS_WITHIN_DEG, TRUNK_LIES_DEG
from rom_vision.results.parts import Mode, Side

__all__ = ["LegRaiseTask"]

_KNEE_SLACK_DEG = 8.0
"""A single picture's knee is noisier than a recording's (our own heuristic)."""
_LIE = Cue("lie", "Lie flat", "Lie on your back, flat, with your side to the camera.")
_STRAIGHT = Cue("straight", "Legs flat", "Stretch both legs out on the floor.")
_KNEE = Cue("knee", "Knee straight", "Keep the knee straight, even if the leg goes up less far.", "warn")
_NEXT = Cue("next", "Other leg", "Good. Turn round, so that your other side is at the camera. Lie flat again.", "wait")

_GO = {
    "left": "Now raise your left leg slowly, knee straight, as far as it goes.",
    "right": "Now raise your right leg slowly, knee straight, as far as it goes.",
}


def _words(side: str) -> HoldWords:
    return HoldWords(
        still=Cue("still", "Lie still", "Good. Lie still, both legs flat.", "wait"),
        go=Cue("go", "Raise the leg", _GO[side], "go"),
        further=Cue("further", "Raise the leg", "Slowly up, knee straight.", "go", spoken=False),
        hold=Cue("hold", "Hold", "Hold it there.", "hold"),
        back=Cue("return", "Lower it", "Good. Lower the leg slowly.", "return"),
        short=Cue("short", "Hold longer", "Hold it at the top for two seconds. Again.", "warn"),
        next=_NEXT,
    )


class LegRaiseTask(HoldTask):
    """See `rom_vision.protocols.hold_coach.HoldTask`.

    Parameters
    ----------
    sides : legs to test, in order.
    mode : who moves the leg.
    """

    least = 15.0
    body = tuple(
        Landmark[f"{side}_{name}"] for side in ("LEFT", "RIGHT") for name in ("SHOULDER", "HIP", "KNEE", "ANKLE")
    )

    def __init__(self, sides: tuple[Side, ...], mode: Mode = "active") -> None:
        self.parts = {side: f"{side.capitalize()} leg" for side in sides}
        self.mode = mode
        self.words = _words(sides[0])

    def fault(self, image_px: FloatArray, part: str) -> Cue | None:
        """Lying flat, seen from the side, both legs down."""
        self.words = _words(part)
        shoulders, hips = _middle(image_px, "SHOULDER"), _middle(image_px, "HIP")
        if abs(_rise_deg(hips, shoulders)) > TRUNK_LIES_DEG:
            return _LIE
        legs = [_rise_deg(_at(image_px, side, "HIP"), _at(image_px, side, "ANKLE")) for side in ("LEFT", "RIGHT")]
        return _STRAIGHT if max(abs(leg) for leg in legs) > RESTS_WITHIN_DEG else None

    def reading(self, image_px: FloatArray, part: str) -> float:
        """Return the tested leg's line over the level, degrees; beyond the vertical more than 90."""
        hip, ankle = _at(image_px, part.upper(), "HIP"), _at(image_px, part.upper(), "ANKLE")
        ahead = np.sign(_middle(image_px, "HIP")[0] - _middle(image_px, "SHOULDER")[0]) or 1.0
        return float(np.degrees(np.arctan2(hip[1] - ankle[1], ahead * (ankle[0] - hip[0]))))

    def wrong(self, image_px: FloatArray, rest_px: FloatArray, part: str) -> Cue | None:
        """Say that the knee bends."""
        bend = _knee_deg(image_px, part) - _knee_deg(rest_px, part)
        return _KNEE if bend > KNEE_ENDS_DEG + _KNEE_SLACK_DEG else None

    def options(self, part: str) -> dict[str, str]:
        """Return side and mode."""
        return {"side": part, "mode": self.mode}


def _at(px: FloatArray, side: str, name: str) -> FloatArray:
    return np.asarray(px[Landmark[f"{side}_{name}"]])


def _middle(px: FloatArray, name: str) -> FloatArray:
    return np.asarray(0.5 * (_at(px, "LEFT", name) + _at(px, "RIGHT", name)))


def _rise_deg(start: FloatArray, end: FloatArray) -> float:
    """Line over the level, whichever way it points, degrees."""
    return float(np.degrees(np.arctan2(start[1] - end[1], abs(end[0] - start[0]))))


def _knee_deg(px: FloatArray, part: str) -> float:
    hip, knee, ankle = (_at(px, part.upper(), name) for name in ("HIP", "KNEE", "ANKLE"))
    thigh, shank = knee - hip, ankle - knee
    cosine = thigh @ shank / max(float(np.linalg.norm(thigh) * np.linalg.norm(shank)), 1e-6)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
