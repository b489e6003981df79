"""What the live coach says and looks at in the toe touch: who bends down hears it."""

from __future__ import annotations

import numpy as np

from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray
from rom_vision.protocols.coaching import Cue
from rom_vision.protocols.hold_coach import HoldTask, HoldWords
from rom_vision.protocols.toe_touch.measure import BROADSIDE_REFUSE, KNEE_ENDS_DEG, KNEE_SLACK_DEG, UPRIGHT_DEG

__all__ = ["ToeTouchTask"]

_KNEE_MORE_DEG = 5.0
"""A single picture's knee is noisier than a recording's (our own heuristic)."""
_STAND = Cue("stand", "Stand upright", "Stand upright, with your side to the camera.")
_ASIDE = Cue("aside", "Turn sideways", "Turn sideways: one shoulder points at the camera.")
_KNEE = Cue("knee", "Knees straight", "Keep your knees straight, even if you reach less far.", "warn")
_WORDS = HoldWords(
    still=Cue("still", "Stand still", "Good. Stand still, feet together, arms hanging.", "wait"),
    go=Cue("go", "Bend forward", "Now bend forward slowly, knees straight, and reach for the floor.", "go"),
    further=Cue("further", "Reach down", "Slowly down, knees straight.", "go", spoken=False),
    hold=Cue("hold", "Hold", "Hold it there.", "hold"),
    back=Cue("return", "Come up", "Good. Come up slowly.", "return"),
    short=Cue("short", "Hold longer", "Hold it at the bottom for two seconds. Again.", "warn"),
    next=Cue("next", "Again", "Stand upright again.", "wait"),
)


class ToeTouchTask(HoldTask):
    """See `rom_vision.protocols.hold_coach.HoldTask`.

    Parameters
    ----------
    stature : in cm, as the test's option takes it, or 'unknown'.
    """

    least = 25.0
    words = _WORDS
    body = (Landmark.NOSE, *(Landmark[f"{s}_{n}"] for s in ("LEFT", "RIGHT") for n in ("SHOULDER", "HIP", "HEEL")))

    def __init__(self, stature: str = "unknown") -> None:
        self.parts = {"bend": "Toe touch"}
        self._stature = stature

    def fault(self, image_px: FloatArray, part: str) -> Cue | None:  # noqa: ARG002
        """Stands upright, seen from the side."""
        if abs(self.reading(image_px, "bend")) > UPRIGHT_DEG:
            return _STAND
        trunk = float(np.linalg.norm(_middle(image_px, "SHOULDER") - _middle(image_px, "HIP")))
        apart = abs(float((image_px[Landmark.LEFT_SHOULDER] - image_px[Landmark.RIGHT_SHOULDER])[0]))
        return _ASIDE if apart > BROADSIDE_REFUSE * max(trunk, 1.0) else None

    def reading(self, image_px: FloatArray, part: str) -> float:  # noqa: ARG002
        """Return the trunk's line from the vertical, degrees."""
        line = _middle(image_px, "SHOULDER") - _middle(image_px, "HIP")
        return float(np.degrees(np.arctan2(abs(line[0]), -line[1])))

    def wrong(self, image_px: FloatArray, rest_px: FloatArray, part: str) -> Cue | None:  # noqa: ARG002
        """Say that the knees bend."""
        bend = _knee_deg(image_px) - _knee_deg(rest_px)
        return _KNEE if bend > KNEE_ENDS_DEG + KNEE_SLACK_DEG + _KNEE_MORE_DEG else None

    def options(self, part: str) -> dict[str, str]:  # noqa: ARG002
        """Return the stature."""
        return {"stature": self._stature}


def _middle(px: FloatArray, name: str) -> FloatArray:
    return np.asarray(0.5 * (px[Landmark[f"LEFT_{name}"]] + px[Landmark[f"RIGHT_{name}"]]))


def _knee_deg(px: FloatArray) -> float:
    hip, knee, ankle = (_middle(px, name) for name in ("HIP", "KNEE", "ANKLE"))
    thigh, shank = knee - hip, ankle - knee
    cosine = thigh @ shank / max(float(np.linalg.norm(thigh) * np.linalg.norm(shank)), 1e-6)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
