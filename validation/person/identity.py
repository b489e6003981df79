"""Who a synthetic person is: segments of the body, and a seeded draw of build, clothes and colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["SEGMENTS", "SIDES", "FloatArray", "IntArray", "Person", "cloth_colour", "sample_person"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SIDES = ("left", "right")
_SIDED = ("clavicle", "upperarm", "forearm", "forearm_distal", "hand", "thigh_proximal", "thigh", "shank", "foot")
SEGMENTS: tuple[str, ...] = (
    "pelvis",
    *(f"spine{i}" for i in range(1, 6)),
    *(f"neck{i}" for i in range(1, 4)),
    "head",
    *(f"{name}_{side}" for side in SIDES for name in _SIDED),
)
"""Rigid segments that the 163 bones of the mesh are gathered into; spine5 carries the thorax."""


@dataclass(frozen=True)
class Person:
    """What makes one person: phenotype (each 0 to 1), stature, limb lengths, clothes, colours (RGB, 0 to 1)."""

    seed: int
    phenotype: dict[str, float]
    stature_m: float
    thigh_scale: float
    shank_scale: float
    legwear: str
    leg_hem: float
    sleeve: float
    footwear: str
    thickness_m: dict[str, float]
    colours: dict[str, tuple[float, float, float]]
    stripes: float
    arm_scale: float = 1.0


def _pick(rng: np.random.Generator, *options: tuple[float, float, float]) -> tuple[float, float, float]:
    base = np.array(options[rng.integers(len(options))]) + rng.normal(0, 0.03, 3)
    r, g, b = np.clip(base, 0.02, 0.98)
    return float(r), float(g), float(b)


def cloth_colour(rng: np.random.Generator) -> tuple[float, float, float]:
    """Grey, muted or vivid: a random hue with a random saturation and brightness."""
    import colorsys

    r, g, b = colorsys.hsv_to_rgb(rng.random(), float(rng.beta(1.2, 1.6)), rng.uniform(0.12, 0.95))
    return float(r), float(g), float(b)


def sample_person(seed: int) -> Person:
    """Draw one adult: one person per seed, always the same for the same seed."""
    rng = np.random.default_rng([seed, 11])
    female = rng.random() < 0.5
    phenotype = {
        "gender": float(np.clip((0.9 if female else 0.1) + rng.normal(0, 0.12), 0, 1)),
        "age": float(rng.uniform(0.62, 0.95)),
        "muscle": float(rng.uniform(0.3, 0.8)),
        "weight": float(np.clip(rng.normal(0.5, 0.14), 0.2, 0.9)),
        "height": float(rng.uniform(0.3, 0.7)),
        "proportions": float(rng.uniform(0.2, 0.8)),
        "cupsize": float(rng.uniform(0.2, 0.7)),
        "firmness": float(rng.uniform(0.3, 0.8)),
    }
    origin = rng.dirichlet((0.6, 0.6, 0.6))
    phenotype |= {k: float(v) for k, v in zip(("african", "asian", "caucasian"), origin, strict=True)}
    tone = origin @ np.array([[0.42, 0.28, 0.20], [0.80, 0.62, 0.48], [0.90, 0.72, 0.62]]) * rng.uniform(0.85, 1.08)
    legwear = str(rng.choice(["shorts", "leggings", "trousers"], p=[0.5, 0.3, 0.2]))
    footwear = str(rng.choice(["bare", "socks", "shoes"], p=[0.4, 0.3, 0.3]))
    hem = {"shorts": rng.uniform(0.35, 0.9), "leggings": rng.uniform(1.7, 1.95), "trousers": rng.uniform(1.8, 1.97)}
    loose = {"shorts": rng.uniform(0.004, 0.018), "leggings": 0.002, "trousers": rng.uniform(0.005, 0.013)}
    skin = tuple(float(c) for c in np.clip(tone, 0.05, 0.98))
    return Person(
        seed=seed,
        phenotype=phenotype,
        stature_m=float(np.clip(rng.normal(1.65 if female else 1.78, 0.075), 1.5, 2.0)),
        thigh_scale=float(np.clip(rng.normal(1.0, 0.03), 0.93, 1.07)),
        shank_scale=float(np.clip(rng.normal(1.0, 0.03), 0.93, 1.07)),
        legwear=legwear,
        leg_hem=float(hem[legwear]),
        sleeve=float(rng.choice([rng.uniform(0.3, 0.85), rng.uniform(1.6, 1.95), 0.0], p=[0.65, 0.25, 0.1])),
        footwear=footwear,
        thickness_m={
            "top": float(rng.uniform(0.003, 0.016)),
            "bottom": float(loose[legwear]),
            "feet": {"bare": 0.0, "socks": 0.002, "shoes": 0.008}[footwear],
            "hair": float(rng.uniform(0.004, 0.02)),
        },
        colours={
            "skin": skin,  # type: ignore[dict-item]
            "top": cloth_colour(rng),
            "bottom": cloth_colour(rng),
            "feet": skin if footwear == "bare" else cloth_colour(rng),  # type: ignore[dict-item]
            "hair": _pick(rng, (0.08, 0.06, 0.05), (0.25, 0.16, 0.09), (0.55, 0.42, 0.22), (0.6, 0.58, 0.56)),
        },
        stripes=float(rng.choice([0.0, rng.uniform(0.04, 0.12)], p=[0.75, 0.25])),
    )
