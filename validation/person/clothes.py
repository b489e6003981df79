"""Clothes, skin and hair as colours (and a little thickness) on the rest mesh, by segment and place along it."""

from __future__ import annotations

import numpy as np

from validation.person.identity import SEGMENTS, SIDES, FloatArray, IntArray, Person

__all__ = ["dress", "face_normals"]

_MATERIALS = ("skin", "top", "bottom", "feet", "hair", "eye", "brow", "lips")


def face_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Area-weighted normals (F, 3) of quads: half the cross product of the diagonals."""
    a, b, c, d = (vertices[faces[:, k]] for k in range(4))
    return 0.5 * np.cross(c - a, d - b)


def _along(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    axis = end - start
    return np.asarray((points - start) @ axis / (axis @ axis))


def _materials(
    person: Person, centre: FloatArray, segment: IntArray, joints: dict[str, FloatArray], weights_head: FloatArray
) -> IntArray:
    """Index into `_MATERIALS` of each face, from its centre and its segment."""
    out = np.zeros(len(centre), int)
    names = np.array(SEGMENTS)[segment]
    trunk = np.char.startswith(names, "spine") | np.char.startswith(names, "clavicle")
    waist = joints["pelvis"][2] + 0.055 * person.stature_m
    pelvis = names == "pelvis"
    out[trunk | (pelvis & (centre[:, 2] > waist))] = _MATERIALS.index("top")
    out[pelvis & (centre[:, 2] <= waist)] = _MATERIALS.index("bottom")
    out[trunk & (centre[:, 2] < waist)] = _MATERIALS.index("bottom")
    for side in SIDES:
        hip, knee, ankle, shoulder, elbow, wrist = (
            joints[f"{n}_{side}"] for n in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
        )
        thigh = (names == f"thigh_{side}") | (names == f"thigh_proximal_{side}")
        out[thigh & (_along(centre, hip, knee) < person.leg_hem)] = _MATERIALS.index("bottom")
        shank = names == f"shank_{side}"
        down = 1.0 + _along(centre, knee, ankle)
        out[shank & (down < person.leg_hem)] = _MATERIALS.index("bottom")
        if person.footwear != "bare":
            ankle_high = 1.78 if person.footwear == "socks" else 1.95
            out[(shank & (down > max(ankle_high, person.leg_hem))) | (names == f"foot_{side}")] = _MATERIALS.index(
                "feet"
            )
        upper = names == f"upperarm_{side}"
        out[upper & (_along(centre, shoulder, elbow) < person.sleeve)] = _MATERIALS.index("top")
        lower = (names == f"forearm_{side}") | (names == f"forearm_distal_{side}")
        out[lower & (1.0 + _along(centre, elbow, wrist) < person.sleeve)] = _MATERIALS.index("top")
    _paint_head(out, names == "head", centre, joints, weights_head)
    return out


def _paint_head(
    out: IntArray, head: np.ndarray, centre: FloatArray, joints: dict[str, FloatArray], eye: FloatArray
) -> None:
    """Hair on the scalp and at the back, eyes, brows and lips: the face helps a detector find the person."""
    if not head.any():
        return
    nose, top = joints["nose"], joints["head_top"]
    size = top[2] - nose[2]
    up = (centre[:, 2] - nose[2]) / size
    back = (centre[:, 1] - nose[1]) / size
    wide = np.abs(centre[:, 0]) / size
    scalp = head & ((up > 0.72) | ((back > 0.95) & (up > -0.15)) | ((back > 0.7) & (up > 0.35)))
    out[scalp] = _MATERIALS.index("hair")
    out[head & (np.abs(up - 0.42) < 0.035) & (back < 0.4) & (wide > 0.08) & (wide < 0.36)] = _MATERIALS.index("brow")
    out[head & (np.abs(up + 0.27) < 0.045) & (back < 0.35) & (wide < 0.17)] = _MATERIALS.index("lips")
    out[eye > 0.5] = _MATERIALS.index("eye")


def dress(
    person: Person,
    vertices: FloatArray,
    faces: IntArray,
    weights: FloatArray,
    joints: dict[str, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Return the mesh with its clothes' thickness added, (V, 3) metres, and the colour of each face, (F, 3)."""
    centre = vertices[faces].mean(axis=1)
    segment = weights[faces].mean(axis=1).argmax(axis=1)
    material = _materials(person, centre, segment, joints, np.zeros(len(faces)))
    skin = np.array(person.colours["skin"])
    hair = np.array(person.colours["hair"])
    palette = np.array(
        [
            skin,
            person.colours["top"],
            person.colours["bottom"],
            person.colours["feet"],
            hair,
            (0.25, 0.2, 0.18),
            0.6 * hair,
            skin * (0.85, 0.62, 0.62),
        ]
    )
    rgb = palette[material]
    if person.stripes:
        striped = (material == _MATERIALS.index("top")) & (np.floor(centre[:, 2] / person.stripes).astype(int) % 2 == 0)
        rgb[striped] = np.clip(1.1 - rgb[striped], 0.05, 0.95)
    normal = face_normals(vertices, faces)
    corner, repeated = faces.ravel(), np.repeat(normal, 4, axis=0)
    vertex_normal = np.stack([np.bincount(corner, repeated[:, k], len(vertices)) for k in range(3)], axis=1)
    vertex_normal = vertex_normal / (np.linalg.norm(vertex_normal, axis=1, keepdims=True) + 1e-12)
    thickness = np.zeros(len(vertices))
    for name, value in person.thickness_m.items():
        thickness[faces[material == _MATERIALS.index(name)]] = value
    return vertices + thickness[:, None] * vertex_normal, rgb
