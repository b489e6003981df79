"""What was learned of the landmarks of squatting people: where they lie beside the joints, and how surely.

The numbers are in ``learned.json`` beside this file, with the people they come from;
``python -m validation.learn squat`` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from rom_vision.body.learned import damaged, numbers_of, table

__all__ = ["LEARNED", "Learned"]


@dataclass(frozen=True)
class Learned:
    """Lengths are in leg lengths; pairs are (standing, added with the thigh level).

    Attributes
    ----------
    foot_length : heel to toe. shoulder_width, hip_width : in trunk lengths.
    side_lead, side_rise : of the hip landmark ahead of and above the joint, as seen from the knee's, from the side.
    side_knee_lead, side_shoulder_lead : of the knee's as seen from the ankle's, and of the shoulder's from the hip's.
    seen_from : how steeply a camera looks down on feet: at least, per degree by which they seem to be, and per leg
        length by which the trunk is longer than usual.
    front_thigh_deg, front_knee_deg : what a level thigh, and its knee, show too little from in front.
    shank_lean : share of the knee's flexion by which a shank leans.
    side_knee_sd_deg, front_knee_sd_deg : of the knee's flexion at the bottom.
    sd : of one reading of each finding, by code; of depth from in front by itself.
    """

    foot_length: float
    shoulder_width: float
    hip_width: float
    side_lead: tuple[float, float]
    side_rise: tuple[float, float]
    side_knee_lead: tuple[float, float]
    side_shoulder_lead: tuple[float, float]
    seen_from: tuple[float, float, float]
    front_thigh_deg: float
    front_knee_deg: float
    shank_lean: float
    side_knee_sd_deg: float
    front_knee_sd_deg: float
    sd: dict[str, float]


def _load() -> Learned:
    numbers = numbers_of(__package__)
    pairs = ("side_lead", "side_rise", "side_knee_lead", "side_shoulder_lead")
    triples = ("seen_from",)
    single = tuple(f.name for f in fields(Learned) if f.name not in (*pairs, *triples, "sd"))
    try:
        codes = tuple(numbers["sd"])
        read: dict[str, Any] = dict(zip(single, table(numbers, single).tolist(), strict=True))
        for names, many in ((pairs, 2), (triples, 3)):
            rows = table(numbers, names, many).tolist()
            read |= {name: tuple(row) for name, row in zip(names, rows, strict=True)}
        return Learned(**read, sd=dict(zip(codes, table(numbers["sd"], codes).tolist(), strict=True)))
    except (KeyError, TypeError, ValueError) as fault:
        raise damaged(__package__, fault) from fault


LEARNED = _load()
