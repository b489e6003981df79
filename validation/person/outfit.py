"""A dressed, textured person: which skin, clothes, shoes and hair, and the surfaces they make on a posed body."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace

import cv2
import numpy as np

from validation.person.body import N_SKIN, Body, make_body, model_uv
from validation.person.garments import Garment, Texture, Wardrobe, fit
from validation.person.gl import Shape
from validation.person.identity import SEGMENTS, SIDES, FloatArray, IntArray, Person
from validation.person.phantom import proportioned

__all__ = ["LEGWEAR", "Dressed", "dress_person"]

LEGWEAR = ("shorts", "tights", "trousers", "wide")
_MEN = ("male_casualsuit02", "male_casualsuit03", "male_casualsuit04", "male_casualsuit05")
_WOMEN = ("female_casualsuit01", "female_sportsuit01")
_SHOES = ("shoes01", "shoes03", "shoes04", "shoes05")
_TOWARDS_WAIST = 0.10
"""Trousers end this far above the hip joints, parts of the leg's length."""


@dataclass(frozen=True)
class Dressed:
    """A body that carries its clothes: `Body` whose vertices are the skin's, then every garment's.

    Attributes
    ----------
    body : rest mesh of skin and garments together; pose it with `validation.person.phantom.pose_rigid`.
    parts : each surface's shape and which vertices of the body it is made of.
    wears : what the person has on, in words.
    """

    body: Body
    parts: tuple[tuple[Shape, slice], ...]
    wears: dict[str, str]

    def surfaces(self, vertices_m: FloatArray) -> list[tuple[Shape, FloatArray]]:
        """Return what is to be drawn of the posed vertices."""
        return [(shape, vertices_m[part]) for shape, part in self.parts]


def _corners(faces: IntArray, uv: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
    """Corners that differ in vertex or texture place: source (N,), uv (N, 2) and triangles (F, 3) of them."""
    key = np.column_stack([faces.ravel(), np.round(uv.reshape(-1, 2) * 8192).astype(int)])
    unique, first, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return unique[:, 0], uv.reshape(-1, 2)[first], inverse.reshape(faces.shape)


def _recolour(texture: Texture, hue: float, saturation: float, value: float) -> Texture:
    """Turn the hue (parts of the circle), scale saturation and brightness."""
    rgb = texture[:, :, :3].astype(np.float32) / 255
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = (hsv[:, :, 0] + 360 * hue) % 360
    hsv[:, :, 1] = np.clip(hsv[:, :, 1] * saturation, 0, 1)
    hsv[:, :, 2] = np.clip(hsv[:, :, 2] * value, 0, 1)
    out = texture.copy()
    out[:, :, :3] = np.round(255 * cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))
    return out


def _pick(rng: np.random.Generator, names: list[str] | tuple[str, ...]) -> str:
    return str(names[rng.integers(len(names))])


class _Tailor:
    """Collects the surfaces of one person."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.joints = body.joints_m
        # What helped the clothes to find their place is left behind.
        self.vertices = [body.vertices_m[:N_SKIN]]
        self.weights = [body.weights[:N_SKIN]]
        self.parts: list[tuple[Shape, slice]] = []
        self.hidden = np.zeros(len(body.vertices_m), bool)
        self.hem_m = -1.0

    def height_of(self, down: float) -> float:
        """Rest height of a place on the leg: 0 at the hip, 1 at the knee, 2 at the ankle."""
        hip, knee, ankle = (self.joints[f"{n}_left"][2] for n in ("hip", "knee", "ankle"))
        return float(hip + down * (knee - hip) if down < 1 else knee + (down - 1) * (ankle - knee))

    def add(
        self, garment: Garment, points: FloatArray, faces: IntArray, texture: Texture, keep: FloatArray | None = None
    ) -> None:
        """Hang the chosen faces of a garment at ``points`` on the body; ``keep`` (V,) as in `Shape`."""
        source, uv, index = _corners(garment.faces[faces], garment.uv[faces])
        start = sum(len(v) for v in self.vertices)
        rgb = np.ones((len(source), 3))
        shape = Shape(source, index, rgb, uv, texture, None if keep is None else keep[source])
        self.parts.append((shape, slice(start, start + len(points))))
        self.vertices.append(points)
        mixed = np.einsum("vk,vks->vs", garment.weights, self.body.weights[garment.on])
        mixed = np.clip(mixed, 0, None)
        self.weights.append(mixed / mixed.sum(axis=1, keepdims=True))

    def simple(self, garment: Garment, texture: Texture | None = None) -> None:
        """Hang a whole garment."""
        points = fit(garment, self.body.vertices_m)
        self.add(garment, points, np.arange(len(garment.faces)), garment.texture if texture is None else texture)
        self.hidden[garment.hidden] = True

    def skin(self, texture: Texture, tint: FloatArray) -> None:
        """Show the skin where nothing hides it; ``tint`` (V, 3) multiplies its texture."""
        quads, uv = self.body.faces, model_uv()
        z = self.body.vertices_m[:, 2]
        bare = ~self.hidden | (z < self.hem_m)
        seen = bare[quads].any(axis=1)
        quads, uv = quads[seen], uv[seen]
        # Skin that would be hidden is cut off a little above the hem: higher up it would poke through the cloth.
        keep = np.where(self.hidden, self.hem_m + 0.008 - z, 0.05)
        faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        source, places, index = _corners(faces, np.concatenate([uv[:, [0, 1, 2]], uv[:, [0, 2, 3]]]))
        shape = Shape(source, index, tint[source], places, texture, keep[source] if self.hem_m > 0 else None)
        self.parts.insert(0, (shape, slice(0, N_SKIN)))


def _widen(points: FloatArray, joints: dict[str, FloatArray], weights: FloatArray, size: float) -> FloatArray:
    """Wide trousers: push the legs' cloth away from the legs' axes, more the farther down."""
    out = points.copy()
    for side in SIDES:
        hip, knee, ankle = (joints[f"{n}_{side}"] for n in ("hip", "knee", "ankle"))
        mine = weights[:, [SEGMENTS.index(f"{s}_{side}") for s in ("thigh_proximal", "thigh", "shank")]].sum(axis=1)
        z = points[:, 2]
        axis = np.where(
            (z > knee[2])[:, None],
            knee + np.clip((z - knee[2]) / (hip[2] - knee[2]), 0, 1)[:, None] * (hip - knee),
            ankle + np.clip((z - ankle[2]) / (knee[2] - ankle[2]), 0, 1)[:, None] * (knee - ankle),
        )
        away = points - axis
        away[:, 2] = 0
        down = np.clip((hip[2] - z) / (hip[2] - ankle[2]), 0, 1) ** 0.7
        out += (size * down * np.clip(mine, 0, 1))[:, None] * away
    return out


def _wear_suit(tailor: _Tailor, wardrobe: Wardrobe, rng: np.random.Generator, name: str, legwear: str) -> None:
    """Put on a suit of top and trousers, coloured apart."""
    suit = wardrobe.garment("clothes", name)
    points = fit(suit, tailor.body.vertices_m)
    waist = tailor.height_of(0.0)
    low = np.bincount(suit.island, points[suit.faces].mean(axis=1)[:, 2]) / np.maximum(np.bincount(suit.island), 1)
    trousers = (low < waist)[suit.island]
    hem = {"shorts": rng.uniform(0.3, 0.95), "tights": -1.0, "trousers": 3.0, "wide": 3.0}[legwear]
    cut = tailor.height_of(hem) if hem > 0 else tailor.height_of(-_TOWARDS_WAIST)
    mixed = np.einsum("vk,vks->vs", suit.weights, tailor.body.weights[suit.on])
    loose = {"wide": float(rng.uniform(0.35, 0.8)), "shorts": float(rng.uniform(0.1, 0.5))}
    points = _widen(points, tailor.joints, mixed, loose.get(legwear, 0.0))
    arms = mixed[:, [i for i, s in enumerate(SEGMENTS) if s.startswith(("upperarm", "forearm", "hand"))]].sum(axis=1)
    keep = np.where(arms > 0.3, 1.0, points[:, 2] - cut)
    top = _recolour(suit.texture, rng.random(), rng.uniform(0.0, 1.3), rng.uniform(0.5, 1.5))
    cloth = _recolour(suit.texture, rng.choice([0.0, rng.random()]), rng.uniform(0.0, 1.1), rng.uniform(0.35, 1.5))
    tailor.add(suit, points, np.flatnonzero(~trousers), top, keep if legwear == "tights" else None)
    tailor.add(suit, points, np.flatnonzero(trousers), cloth, keep)
    tailor.hidden[suit.hidden] = True
    if legwear in ("shorts", "tights"):
        tailor.hem_m = cut


def dress_person(person: Person, wardrobe: Wardrobe, legwear: str) -> Dressed:
    """Dress a person in what a wardrobe holds.

    Parameters
    ----------
    person : build and seed; everything else is drawn from the seed.
    wardrobe : where skins and clothes come from.
    legwear : one of `LEGWEAR`.
    """
    rng = np.random.default_rng([person.seed, 41])
    body = proportioned(make_body(person, "makehuman"))
    woman = person.phenotype["gender"] > 0.5
    tailor = _Tailor(body)
    eyes = wardrobe.names("eyes")[0]
    iris = _pick(rng, sorted(p.name for p in (wardrobe.folder / "eyes" / "materials").glob("*.png")))
    tailor.simple(wardrobe.garment("eyes", eyes, f"eyes/materials/{iris}"))
    suit = _pick(rng, _WOMEN if woman else _MEN)
    waist = tailor.height_of(-_TOWARDS_WAIST)
    _wear_suit(tailor, wardrobe, rng, suit, legwear)
    shoes = "" if rng.random() < 0.2 else _pick(rng, _SHOES)
    if shoes:
        plain = wardrobe.garment("clothes", shoes)
        bright = float(rng.uniform(0.8, 3.0) if shoes in ("shoes03", "shoes04") else rng.uniform(0.6, 1.5))
        tailor.simple(plain, _recolour(plain.texture, rng.random(), rng.uniform(0.2, 1.5), bright))
    hair = _pick(rng, [h for h in wardrobe.names("hair") if woman or h.startswith("short")])
    locks = wardrobe.garment("hair", hair)
    tailor.simple(
        locks, _recolour(locks.texture, rng.uniform(-0.02, 0.03), rng.uniform(0.2, 1.2), rng.uniform(0.5, 1.6))
    )
    tailor.simple(wardrobe.garment("eyebrows", _pick(rng, wardrobe.names("eyebrows"))))
    skins = [s for s in wardrobe.names("skins") if ("female" in s) == woman and "suit" not in s]
    skin = _pick(rng, skins)
    tailor.skin(wardrobe.skin(skin), _tint(rng, tailor, legwear, waist))
    whole = replace(
        body,
        vertices_m=np.concatenate(tailor.vertices),
        weights=np.concatenate(tailor.weights),
        face_rgb=np.empty((0, 3)),
    )
    wears = {"legwear": legwear, "suit": suit, "shoes": shoes or "bare", "hair": hair, "skin": skin}
    return Dressed(whole, tuple(tailor.parts), wears)


def _tint(rng: np.random.Generator, tailor: _Tailor, legwear: str, waist: float) -> FloatArray:
    """Light or dark skin; tights are painted on it from the ankles to the waist."""
    body = tailor.body
    tint = np.full((len(body.vertices_m), 3), rng.uniform(0.85, 1.1))
    if legwear == "tights":
        z = body.vertices_m[:, 2]
        legs = [i for i, s in enumerate(SEGMENTS) if s.startswith(("pelvis", "thigh", "shank", "spine1", "spine2"))]
        on = (
            (body.weights[:, legs].sum(axis=1) > 0.5)
            & (z < waist + 0.05)
            & (z > tailor.height_of(rng.uniform(1.6, 1.95)))
        )
        tint[on] = np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0, 0.6), rng.uniform(0.08, 0.6)))
    return tint
