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
    """Lengths are in leg lengths; pairs are (standing, added with the thigh level).

    Attributes
    ----------
    side_lead, side_rise : of the hip landmark ahead of and above the joint, as seen from the knee's, from the side.
    side_knee_lead, side_shoulder_lead : of the knee's as seen from the ankle's, and of the shoulder's from the hip's.
    feet_seen_from : how steeply a camera looks down on feet: at least, and per degree by which they seem to be.
    front_thigh_deg, front_knee_deg : what a level thigh, and its knee, show too little from in front.
    in_of_foot_bias_deg : by how much too far in a knee reads against its foot.
    inward_shown : share of a knee's turn inwards that the landmarks show.
    side_knee_sd_deg, front_knee_sd_deg : of the knee's flexion at the bottom.
    sd : of one reading of each finding, by code; of depth from in front by itself.
    """

    side_lead: tuple[float, float]
    side_rise: tuple[float, float]
    side_knee_lead: tuple[float, float]
    side_shoulder_lead: tuple[float, float]
    feet_seen_from: tuple[float, float]
    front_thigh_deg: float
    front_knee_deg: float
    in_of_foot_bias_deg: float
    inward_shown: float
    side_knee_sd_deg: float
    front_knee_sd_deg: float
    sd: dict[str, float]


def _load() -> Learned:
    kept = json.loads((files(__package__) / "learned.json").read_text(encoding="utf-8"))
    numbers: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in kept["numbers"].items()}
    return Learned(**numbers, sd=kept["sd"])


LEARNED = _load()
