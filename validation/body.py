"""One synthetic person at rest: mesh, skinning weights, segment frames and clothes, from the CC0 body of `anny`."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

__all__ = ["REST_AXES", "SEGMENTS", "SIDES", "Body", "Person", "build_body", "sample_person"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SIDES = ("left", "right")
_SUFFIX = {"left": ".L", "right": ".R"}
_SIDED = ("clavicle", "upperarm", "forearm", "forearm_distal", "hand", "thigh_proximal", "thigh", "shank", "foot")
SEGMENTS: tuple[str, ...] = (
    "pelvis",
    *(f"spine{i}" for i in range(1, 6)),
    *(f"neck{i}" for i in range(1, 4)),
    "head",
    *(f"{name}_{side}" for side in SIDES for name in _SIDED),
)
"""Rigid segments that the 163 bones of the mesh are gathered into; spine5 carries the thorax."""

REST_AXES: FloatArray = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""ISB axes (X anterior, Y cranial, Z right; columns) of a segment in the mesh's rest pose, which faces -y with z up."""

_BONE_OF = {
    "clavicle": ("clavicle", "shoulder01"),
    "upperarm": ("upperarm01", "upperarm02"),
    "forearm": ("lowerarm01",),
    "forearm_distal": ("lowerarm02",),
    "hand": ("wrist", "finger", "metacarpal"),
    "thigh_proximal": ("upperleg01",),
    "thigh": ("upperleg02",),
    "shank": ("lowerleg01", "lowerleg02"),
    "foot": ("foot", "toe"),
}
_SPINE_BONES = ("spine05", "spine04", "spine03", "spine02", "spine01")


@dataclass(frozen=True)
class Person:
    """What makes one person: phenotype (each 0 to 1), stature, leg lengths, clothes, colours (RGB, 0 to 1)."""

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


@dataclass(frozen=True)
class Body:
    """Rest mesh of a person, ready to be posed.

    Attributes
    ----------
    person : its parameters.
    vertices_m : (V, 3) rest positions, metres, z up, facing -y, +x is the person's left.
    faces : (F, 4) vertex indices of quads, counter-clockwise seen from outside.
    weights : (V, S) skinning weights over `SEGMENTS`.
    joints_m : rest positions of the joint centres and landmarks.
    frames : rest ISB frame (3, 3; columns) of every segment.
    scales : length scale along Y of a segment (1 where missing).
    face_rgb : (F, 3) colour of each face, 0 to 1.
    """

    person: Person
    vertices_m: FloatArray
    faces: IntArray
    weights: FloatArray
    joints_m: dict[str, FloatArray]
    frames: dict[str, FloatArray]
    scales: dict[str, float]
    face_rgb: FloatArray


def _read_target(path: str, vertices_count: int, world_transformation: Any, dtype: Any) -> Any:
    """Read a gzipped MakeHuman target (rows of vertex, x, y, z) whole instead of line by line: ten times faster."""
    import torch

    with gzip.open(path, "rt") as file:
        rows = np.array(file.read().split(), dtype=float).reshape(-1, 4)
    moved = torch.zeros((vertices_count, 3), dtype=dtype)
    moved[torch.as_tensor(rows[:, 0].astype(np.int64))] = torch.as_tensor(rows[:, 1:], dtype=dtype)
    return world_transformation.apply(moved)


@lru_cache(maxsize=1)
def _model() -> Any:
    """Build the body model once; `anny` keeps it on disk (the first construction on a machine takes half a minute)."""
    from anny import Anny
    from anny.models import full_model

    with mock.patch.object(full_model, "load_blend_shape", _read_target):
        return Anny(
            rig="makehuman",
            topology="anny-quads",
            phenotypes="all",
            phenotype_blendshapes="original",
            skinning_method="lbs",
        )


def _segment_of_bone(bone: str) -> str:
    if bone == "root" or bone.startswith("pelvis"):
        return "pelvis"
    if bone.startswith("breast"):
        return "spine4"
    if bone in _SPINE_BONES:
        return f"spine{_SPINE_BONES.index(bone) + 1}"
    if bone.startswith("neck"):
        return f"neck{int(bone[4:])}"
    for name, prefixes in _BONE_OF.items():
        if bone.startswith(prefixes):
            return f"{name}_{'left' if bone.endswith('.L') else 'right'}"
    return "head"


@lru_cache(maxsize=1)
def _topology() -> tuple[IntArray, FloatArray, dict[str, int]]:
    """Return faces (F, 4), weights (V, S) and the bones' indices: the same for every person."""
    model = _model()
    labels = list(model.bone_labels)
    column = np.array([SEGMENTS.index(_segment_of_bone(b)) for b in labels])
    sparse = model.vertex_bone_weights.numpy().astype(float)
    index = model.vertex_bone_indices.numpy().astype(int)
    weights = np.zeros((len(sparse), len(SEGMENTS)))
    np.add.at(weights, (np.arange(len(sparse))[:, None], column[index]), sparse)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(model.faces.numpy(), int), weights, {b: i for i, b in enumerate(labels)}


def _pick(rng: np.random.Generator, *options: tuple[float, float, float]) -> tuple[float, float, float]:
    base = np.array(options[rng.integers(len(options))]) + rng.normal(0, 0.03, 3)
    r, g, b = np.clip(base, 0.02, 0.98)
    return float(r), float(g), float(b)


def _cloth_colour(rng: np.random.Generator) -> tuple[float, float, float]:
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
            "top": _cloth_colour(rng),
            "bottom": _cloth_colour(rng),
            "feet": skin if footwear == "bare" else _cloth_colour(rng),  # type: ignore[dict-item]
            "hair": _pick(rng, (0.08, 0.06, 0.05), (0.25, 0.16, 0.09), (0.55, 0.42, 0.22), (0.6, 0.58, 0.56)),
        },
        stripes=float(rng.choice([0.0, rng.uniform(0.04, 0.12)], p=[0.75, 0.25])),
    )


def _unit(v: FloatArray) -> FloatArray:
    return v / np.linalg.norm(v)


def _frame(long_axis: FloatArray, right_hint: FloatArray) -> FloatArray:
    """Segment axes with Y along ``long_axis`` (towards the head) and Z as near ``right_hint`` as possible."""
    y = _unit(long_axis)
    z = _unit(right_hint - (right_hint @ y) * y)
    return np.column_stack([np.cross(y, z), y, z])


def _rest_joints(
    heads: FloatArray, tails: FloatArray, vertices: FloatArray, weights: FloatArray
) -> dict[str, FloatArray]:
    bone = _topology()[2]
    joints: dict[str, FloatArray] = {}
    for side in SIDES:
        end = _SUFFIX[side]
        for name, label in (
            ("hip", "upperleg01"),
            ("knee", "lowerleg01"),
            ("ankle", "foot"),
            ("shoulder", "upperarm01"),
            ("elbow", "lowerarm01"),
            ("wrist", "wrist"),
            ("clavicle", "clavicle"),
        ):
            joints[f"{name}_{side}"] = heads[bone[label + end]]
        # MediaPipe's "foot index" lies near the tips of the first two toes.
        joints[f"toe_{side}"] = 0.5 * (tails[bone["toe1-2" + end]] + tails[bone["toe2-3" + end]])
        joints[f"fingers_{side}"] = tails[bone["finger3-3" + end]]
        foot = vertices[weights[:, SEGMENTS.index(f"foot_{side}")] > 0.9]
        rearmost = np.argsort(foot[:, 1])[-12:]
        joints[f"heel_{side}"] = foot[rearmost].mean(axis=0)
    for i, label in enumerate(_SPINE_BONES, 1):
        joints[f"spine{i}"] = heads[bone[label]]
    for i in range(1, 4):
        joints[f"neck{i}"] = heads[bone[f"neck0{i}"]]
    joints["head"] = heads[bone["head"]]
    joints["head_top"] = vertices[vertices[:, 2].argmax()]
    joints["pelvis"] = 0.5 * (joints["hip_left"] + joints["hip_right"])
    face = vertices[(weights[:, SEGMENTS.index("head")] > 0.9) & (np.abs(vertices[:, 0]) < 0.01)]
    joints["nose"] = face[face[:, 1].argmin()]
    return joints


def _rest_frames(joints: dict[str, FloatArray]) -> dict[str, FloatArray]:
    frames = dict.fromkeys(SEGMENTS, REST_AXES)
    for side in SIDES:
        right = 1.0 if side == "right" else -1.0
        hip, knee, ankle = (joints[f"{n}_{side}"] for n in ("hip", "knee", "ankle"))
        # The rest knee is bent by about ten degrees: the normal of the leg's plane is the knee's hinge.
        hinge = np.cross(knee - hip, ankle - knee)
        hinge = hinge if hinge @ REST_AXES[:, 2] > 0 else -hinge
        frames[f"thigh_{side}"] = frames[f"thigh_proximal_{side}"] = _frame(hip - knee, hinge)
        frames[f"shank_{side}"] = _frame(knee - ankle, hinge)
        forward = joints[f"toe_{side}"] - joints[f"heel_{side}"]
        forward[2] = 0.0
        frames[f"foot_{side}"] = _frame(np.array([0.0, 0.0, 1.0]), np.cross(forward, [0.0, 0.0, 1.0]))
        shoulder, elbow, wrist = (joints[f"{n}_{side}"] for n in ("shoulder", "elbow", "wrist"))
        bend = right * np.cross(elbow - shoulder, wrist - elbow)
        frames[f"upperarm_{side}"] = _frame(shoulder - elbow, bend)
        frames[f"forearm_{side}"] = frames[f"forearm_distal_{side}"] = _frame(elbow - wrist, bend)
        frames[f"hand_{side}"] = frames[f"forearm_{side}"]
    return frames


def _shape(phenotype: dict[str, float]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Vertices (V, 3), bone heads and tails (B, 3) of a phenotype: the few blend shapes that have any weight."""
    model = _model()
    coefficients = model.get_phenotype_blendshape_coefficients(**phenotype)[0].numpy()
    used = np.flatnonzero(coefficients)

    def blend(template: Any, shapes: Any) -> FloatArray:
        moved = np.tensordot(coefficients[used], shapes.numpy()[used], axes=1)
        return np.asarray(template.numpy() + moved, float)

    return (
        blend(model.template_vertices, model.blendshapes),
        blend(model.template_bone_heads, model.bone_heads_blendshapes),
        blend(model.template_bone_tails, model.bone_tails_blendshapes),
    )


@lru_cache(maxsize=8)
def build_body(person_seed: int) -> Body:
    """Make the rest mesh of the person with this seed."""
    from validation.clothes import dress

    person = sample_person(person_seed)
    faces, weights, _ = _topology()
    vertices, heads, tails = _shape(person.phenotype)
    scale = person.stature_m / np.ptp(vertices[:, 2])
    vertices, heads, tails = vertices * scale, heads * scale, tails * scale
    joints = _rest_joints(heads, tails, vertices, weights)
    frames = _rest_frames(joints)
    scales = {
        f"{name}_{side}": value
        for side in SIDES
        for name, value in (
            ("thigh", person.thigh_scale),
            ("thigh_proximal", person.thigh_scale),
            ("shank", person.shank_scale),
        )
    }
    vertices, face_rgb = dress(person, vertices, faces, weights, joints)
    return Body(person, vertices, faces, weights, joints, frames, scales, face_rgb)
