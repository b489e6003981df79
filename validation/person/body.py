"""One synthetic person at rest: mesh, skinning weights, segment frames and clothes, from the CC0 body of `anny`."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unittest import mock

import numpy as np

from validation.person.clothes import dress
from validation.person.identity import SEGMENTS, SIDES, FloatArray, IntArray, Person, sample_person

__all__ = ["N_SKIN", "REST_AXES", "Body", "build_body", "make_body", "model_uv"]

_SUFFIX = {"left": ".L", "right": ".R"}

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
N_SKIN = 13380
"""The first vertices of the "makehuman" topology are the visible skin; the others help clothes to find their place."""

_SPINE_BONES = ("spine05", "spine04", "spine03", "spine02", "spine01")


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


@lru_cache(maxsize=2)
def _model(topology: str) -> Any:
    """Build the body model once; `anny` keeps it on disk (the first construction on a machine takes half a minute)."""
    from anny import Anny
    from anny.models import full_model

    with mock.patch.object(full_model, "load_blend_shape", _read_target):
        return Anny(
            rig="makehuman",
            topology=topology,
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


@lru_cache(maxsize=2)
def _topology(topology: str) -> tuple[IntArray, FloatArray, dict[str, int]]:
    """Return faces (F, 4), weights (V, S) and the bones' indices: the same for every person."""
    model = _model(topology)
    labels = list(model.bone_labels)
    column = np.array([SEGMENTS.index(_segment_of_bone(b)) for b in labels])
    sparse = model.vertex_bone_weights.numpy().astype(float)
    index = model.vertex_bone_indices.numpy().astype(int)
    weights = np.zeros((len(sparse), len(SEGMENTS)))
    np.add.at(weights, (np.arange(len(sparse))[:, None], column[index]), sparse)
    weights /= weights.sum(axis=1, keepdims=True)
    faces = np.asarray(model.faces.numpy(), int)
    if topology == "makehuman":
        faces = faces[(faces < N_SKIN).all(axis=1)]
    return faces, weights, {b: i for i, b in enumerate(labels)}


@lru_cache(maxsize=1)
def model_uv() -> FloatArray:
    """Texture places (F, 4, 2), origin at the bottom left, of the faces of the "makehuman" topology."""
    model = _model("makehuman")
    faces = np.asarray(model.faces.numpy(), int)
    places = np.asarray(model.texture_coordinates.numpy(), float)[model.face_texture_coordinate_indices.numpy()]
    return np.asarray(places[(faces < N_SKIN).all(axis=1)])


def _unit(v: FloatArray) -> FloatArray:
    return v / np.linalg.norm(v)


def _frame(long_axis: FloatArray, right_hint: FloatArray) -> FloatArray:
    """Segment axes with Y along ``long_axis`` (towards the head) and Z as near ``right_hint`` as possible."""
    y = _unit(long_axis)
    z = _unit(right_hint - (right_hint @ y) * y)
    return np.column_stack([np.cross(y, z), y, z])


def _rest_joints(
    heads: FloatArray, tails: FloatArray, vertices: FloatArray, weights: FloatArray, bone: dict[str, int]
) -> dict[str, FloatArray]:
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


def _shape(phenotype: dict[str, float], topology: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Vertices (V, 3), bone heads and tails (B, 3) of a phenotype: the few blend shapes that have any weight."""
    model = _model(topology)
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
    return make_body(sample_person(person_seed))


def make_body(person: Person, topology: str = "anny-quads") -> Body:
    """Make the rest mesh of a person: "anny-quads" has its own eyes, "makehuman" is what garments fit."""
    faces, weights, bone = _topology(topology)
    vertices, heads, tails = _shape(person.phenotype, topology)
    skin = slice(N_SKIN if topology == "makehuman" else len(vertices))
    scale = person.stature_m / np.ptp(vertices[skin, 2])
    vertices, heads, tails = vertices * scale, heads * scale, tails * scale
    joints = _rest_joints(heads, tails, vertices[skin], weights[skin], bone)
    frames = _rest_frames(joints)
    scales = _scales(person)
    if topology == "makehuman":
        return Body(person, vertices, faces, weights, joints, frames, scales, np.ones((len(faces), 3)))
    vertices, face_rgb = dress(person, vertices, faces, weights, joints)
    return Body(person, vertices, faces, weights, joints, frames, scales, face_rgb)


def _scales(person: Person) -> dict[str, float]:
    by_name = {
        "thigh": person.thigh_scale,
        "thigh_proximal": person.thigh_scale,
        "shank": person.shank_scale,
        "upperarm": person.arm_scale,
        "forearm": person.arm_scale,
        "forearm_distal": person.arm_scale,
    }
    return {f"{name}_{side}": value for side in SIDES for name, value in by_name.items() if value != 1.0}
