"""What was learned of the landmarks of squatting people: where they lie beside the joints, and how surely.

The numbers are in ``learned.json`` beside this file, with the people they come from;
``python -m validation.learn.squat`` writes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

__all__ = ["LEARNED", "Learned"]


@dataclass(frozen=True)
class Learned:
    """Offsets of the hip landmark in leg lengths, (standing, added with the thigh level), and what knees show.

    Attributes
    ----------
    side_lead, side_rise : of the landmark ahead of and above the hip joint, seen from the side.
    front_lead, back_lead : ahead of it, seen from in front and from behind.
    side_depth_sd_deg, front_depth_sd_deg : of the thigh's angle at the bottom, one person.
    in_of_foot_bias_deg : by how much too far in a knee reads against its foot.
    inward_shown : share of a knee's turn inwards that the landmarks show.
    """

    side_lead: tuple[float, float]
    side_rise: tuple[float, float]
    front_lead: tuple[float, float]
    back_lead: tuple[float, float]
    side_depth_sd_deg: float
    front_depth_sd_deg: float
    in_of_foot_bias_deg: float
    inward_shown: float


def _load() -> Learned:
    kept = json.loads((files(__package__) / "learned.json").read_text(encoding="utf-8"))
    numbers: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in kept["numbers"].items()}
    return Learned(**numbers)


LEARNED = _load()
