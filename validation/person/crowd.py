"""People for the study of squats by others: wider in build, proportions and clothes than `identity.sample_person`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from validation.person.body import make_body
from validation.person.identity import Person, cloth_colour, sample_person

__all__ = ["sample_anyone"]


def sample_anyone(seed: int, topology: str = "anny-quads") -> Person:
    """Draw one person, from slight to very heavy, short to tall, long or short in the leg; one person per seed.

    Thigh by shank is drawn about 0.99 and the leg, hip to ankle, about 0.49 of the stature (Winter 2009, table 4.1,
    Drillis and Contini's segment lengths), more widely than people differ: the body model's own shapes reach from 0.7
    to 1.2. ``topology`` is that of `validation.person.body.make_body`, which measures the legs.
    """
    rng = np.random.default_rng([seed, 67])
    base = sample_person(seed)
    gender = float(rng.choice([rng.beta(0.6, 3.0), 1 - rng.beta(0.6, 3.0)]))
    phenotype = dict(base.phenotype)
    phenotype |= {
        "gender": gender,
        "age": float(rng.uniform(0.5, 1.0)),
        "muscle": float(rng.uniform(0.1, 1.0)),
        "weight": float(rng.choice([rng.uniform(0.1, 0.65), rng.uniform(0.65, 1.0)], p=[0.7, 0.3])),
        "height": float(rng.uniform(0.3, 0.8)),
        "proportions": float(rng.uniform(0.0, 1.0)),
        "cupsize": float(rng.uniform(0.1, 0.9)),
        "firmness": float(rng.uniform(0.2, 0.9)),
    }
    legwear = str(rng.choice(["shorts", "leggings", "trousers"], p=[0.35, 0.3, 0.35]))
    hem = {"shorts": rng.uniform(0.15, 1.15), "leggings": rng.uniform(1.4, 1.97), "trousers": rng.uniform(1.75, 1.99)}
    loose = {"shorts": rng.uniform(0.003, 0.028), "leggings": 0.0015, "trousers": rng.uniform(0.004, 0.024)}
    footwear = str(rng.choice(["bare", "socks", "shoes"], p=[0.25, 0.25, 0.5]))
    person = replace(
        base,
        phenotype=phenotype,
        stature_m=float(np.clip(rng.normal(1.78 - 0.14 * gender, 0.1), 1.42, 2.08)),
        thigh_scale=1.0,
        shank_scale=1.0,
        arm_scale=float(np.clip(rng.normal(1.0, 0.035), 0.9, 1.1)),
        legwear=legwear,
        leg_hem=float(hem[legwear]),
        sleeve=float(rng.choice([rng.uniform(0.1, 0.95), rng.uniform(1.4, 1.98), 0.0], p=[0.5, 0.35, 0.15])),
        footwear=footwear,
        thickness_m={
            "top": float(rng.uniform(0.002, 0.025)),
            "bottom": float(loose[legwear]),
            "feet": {"bare": 0.0, "socks": 0.002, "shoes": float(rng.uniform(0.005, 0.013))}[footwear],
            "hair": float(rng.uniform(0.0, 0.03)),
        },
        colours=base.colours | {name: cloth_colour(rng) for name in ("top", "bottom")},
    )
    ratio = float(np.clip(rng.normal(0.99, 0.055), 0.86, 1.14))
    return _with_legs(person, ratio, float(np.clip(rng.normal(0.49, 0.016), 0.455, 0.525)), topology)


def _with_legs(person: Person, ratio: float, leg: float, topology: str) -> Person:
    """Scale thigh and shank so that thigh / shank is ``ratio`` and both together ``leg`` of the stature they give."""
    j = make_body(person, topology).joints_m
    thigh, shank = (
        float(np.linalg.norm(j[f"{a}_left"] - j[f"{b}_left"])) for a, b in (("hip", "knee"), ("knee", "ankle"))
    )
    rest = person.stature_m - thigh - shank
    whole = leg / (1 - leg) * rest
    return replace(person, thigh_scale=whole * ratio / (1 + ratio) / thigh, shank_scale=whole / (1 + ratio) / shank)
