"""Garments, hair and skins of MakeHuman's CC0 collection, fitted to a body of the "makehuman" topology.

The files stay outside the repository: whoever films again says where they are. `Wardrobe` reads a folder with
``skins/``, ``clothes/``, ``hair/``, ``eyebrows/`` and ``eyes/``, each garment being an ``.obj``, an ``.mhclo`` (how it
fits) and its ``_diffuse.png``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from rom_vision.errors import BadInputError
from validation.person.identity import FloatArray, IntArray

__all__ = ["Garment", "Wardrobe", "fit", "garment_axes"]

Texture = npt.NDArray[np.uint8]
_TEXTURE_PX = 1024


@dataclass(frozen=True)
class Garment:
    """One garment as it is stored.

    Attributes
    ----------
    name : its folder.
    on : (V, 3) base vertices of each of its vertices; weights (V, 3) sum to about 1; offset (V, 3) in its own units.
    scale : per axis (x, y, z of MakeHuman) two base vertices and the length their distance has for a scale of 1.
    hidden : base vertices that lie under it.
    faces : (F, 3) vertices; uv (F, 3, 2) texture places, origin at the bottom left; island (F,) piece of the texture.
    texture : (H, W, 4) RGBA.
    """

    name: str
    on: IntArray
    weights: FloatArray
    offset: FloatArray
    scale: tuple[tuple[int, int, float], ...]
    hidden: IntArray
    faces: IntArray
    uv: FloatArray
    island: IntArray
    texture: Texture


def garment_axes(makehuman: FloatArray) -> FloatArray:
    """MakeHuman's axes (y up, facing +z) as the body's (z up, facing -y); the units stay."""
    return np.stack([makehuman[..., 0], -makehuman[..., 2], makehuman[..., 1]], axis=-1)


def fit(garment: Garment, body_m: FloatArray) -> FloatArray:
    """Vertices (V, 3) of a garment on a body at rest, (19158, 3) metres."""
    corners = body_m[garment.on]
    # x, z, -y of the body are x, y, z of MakeHuman.
    axis_of = (0, 2, 1)
    scale = np.array(
        [abs(body_m[a, k] - body_m[b, k]) / length for k, (a, b, length) in zip(axis_of, garment.scale, strict=True)]
    )
    return np.asarray(np.einsum("vk,vkj->vj", garment.weights, corners) + garment_axes(garment.offset * scale))


def _read_mhclo(path: Path) -> tuple[IntArray, FloatArray, FloatArray, list[tuple[int, int, float]], IntArray]:
    scale: dict[str, tuple[int, int, float]] = {}
    rows: list[list[float]] = []
    hidden: list[int] = []
    part = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scale[words[0][0]] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] in ("verts", "delete_verts"):
            part = words[0]
        elif words[0][0].isalpha():
            part = part if words[0] in ("material", "vertexboneweights_file") else ""
        elif part == "verts":
            rows.append([float(w) for w in words])
        elif part == "delete_verts":
            hidden += _ranges(words)
    full = np.array([r if len(r) == 9 else [r[0], r[0], r[0], 1, 0, 0, 0, 0, 0] for r in rows])
    return full[:, :3].astype(int), full[:, 3:6], full[:, 6:], [scale[k] for k in "xyz"], np.array(hidden, int)


def _ranges(words: list[str]) -> list[int]:
    """Read "3 5 - 8 10" as 3, 5, 6, 7, 8, 10."""
    out: list[int] = []
    for before, word in zip(["", *words], words, strict=False):
        if word == "-":
            continue
        if before == "-":
            out += range(out[-1] + 1, int(word) + 1)
        else:
            out.append(int(word))
    return out


def _read_obj(path: Path) -> tuple[IntArray, FloatArray, IntArray]:
    """Triangles: vertices (F, 3), texture places (F, 3, 2), and the piece of the texture each belongs to (F,)."""
    places: list[tuple[float, float]] = []
    corners: list[list[tuple[int, int]]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "vt":
            places.append((float(words[1]), float(words[2])))
        elif words[0] == "f":
            ring = [tuple(int(k) - 1 for k in w.split("/")[:2]) for w in words[1:]]
            corners += [[ring[0], ring[i], ring[i + 1]] for i in range(1, len(ring) - 1)]  # type: ignore[list-item]
    both = np.array(corners)
    faces, vt = both[:, :, 0], both[:, :, 1]
    links = np.concatenate([vt[:, [0, 1]], vt[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(places), len(places)))
    _, label = connected_components(graph, directed=False)
    return faces, np.array(places)[vt], np.asarray(label[vt[:, 0]], int)


def _read_picture(path: Path, shade: Path | None = None) -> Texture:
    raw = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if raw is None:
        raise BadInputError(f"{path} is no picture that can be read.")
    raw = cv2.resize(raw, (_TEXTURE_PX, _TEXTURE_PX), interpolation=cv2.INTER_AREA)
    rgba = cv2.cvtColor(raw, cv2.COLOR_BGRA2RGBA if raw.shape[2] == 4 else cv2.COLOR_BGR2RGBA)
    if shade is not None and shade.is_file():
        dark = cv2.resize(cv2.imread(str(shade)), (_TEXTURE_PX, _TEXTURE_PX), interpolation=cv2.INTER_AREA)
        rgba[:, :, :3] = (rgba[:, :, :3] * (dark.astype(np.float32) / 255)).astype(np.uint8)
    return np.asarray(rgba, np.uint8)


class Wardrobe:
    """A folder of skins, clothes, shoes and hair.

    Raises
    ------
    BadInputError
        If the folder does not hold them.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        missing = [n for n in ("skins", "clothes", "hair", "eyes") if not (self.folder / n).is_dir()]
        if missing:
            raise BadInputError(f"{folder} holds no people to dress: it has no folder {', '.join(missing)}.")

    def names(self, kind: str) -> list[str]:
        """Sorted names of what there is of a kind: skins, clothes, hair, eyebrows or eyes."""
        return sorted(p.name for p in (self.folder / kind).iterdir() if p.is_dir() and p.name != "materials")

    def garment(self, kind: str, name: str, texture: str | None = None) -> Garment:
        """Read a garment; ``texture`` names another picture for it, relative to the folder."""
        return _garment(self.folder / kind / name, None if texture is None else self.folder / texture)

    def skin(self, name: str) -> Texture:
        """Texture (H, W, 4) of a skin."""
        return _skin(next((self.folder / "skins" / name).glob("*.png")))


@lru_cache(maxsize=16)
def _skin(path: Path) -> Texture:
    return _read_picture(path)


@lru_cache(maxsize=64)
def _garment(folder: Path, texture: Path | None) -> Garment:
    on, weights, offset, scale, hidden = _read_mhclo(next(folder.glob("*.mhclo")))
    faces, uv, island = _read_obj(next(folder.glob("*.obj")))
    plain = next(iter(folder.glob("*_diffuse.png")), None) or next(iter(folder.glob("*.png")), None)
    picture = texture or plain
    if picture is None:
        raise BadInputError(f"{folder} has no texture.")
    shade = Path(str(picture).replace("_diffuse", "_ao"))
    rgba = _read_picture(picture, shade if shade != picture else None)
    return Garment(folder.name, on, weights, offset, tuple(scale), hidden, faces, uv, island, rgba)
