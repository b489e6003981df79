"""A painter with a depth buffer and textures: OpenGL through EGL, which Mesa does on the processor (`moderngl`).

It shows cloth, skin and hair, three times as many faces as `validation.person.render` in less time. Points go to the
graphics library in camera axes, so that its numbers are small; the picture is blended over what is there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from scipy.sparse import csr_matrix

from validation.person.identity import FloatArray, IntArray
from validation.person.render import Light, Picture, PinholeCamera, Quads

__all__ = ["Shape", "cast_shadow", "draw_quads", "draw_shapes", "shape_of_faces", "shape_of_quads"]

_NEAR_M, _FAR_M = 0.05, 60.0
_SAMPLES = 4
"""Samples of a pixel, which make smooth edges and most of the cost."""
_STEP_PX = 64
_MIPMAPS = 3
_COARSE = 3
"""Shadows are soft: they are drawn at a third of the picture's size."""

_VERTEX = """#version 330
uniform vec4 lens;  // 2 f / w, 2 f / h, near, far
uniform vec2 middle;
in vec3 at; in vec3 up; in vec2 uv; in vec3 rgb; in float keep;
out vec3 normal; out vec2 place; out vec3 colour; out float kept;
void main() {
    normal = up; place = uv; colour = rgb; kept = keep;
    float depth = (lens.w + lens.z) / (lens.w - lens.z) * at.z - 2.0 * lens.w * lens.z / (lens.w - lens.z);
    gl_Position = vec4(lens.x * at.x + middle.x * at.z, -lens.y * at.y - middle.y * at.z, depth, at.z);
}"""
_FRAGMENT = """#version 330
uniform sampler2D picture; uniform bool textured; uniform vec3 light; uniform vec3 lamp; uniform float ambient;
in vec3 normal; in vec2 place; in vec3 colour; in float kept;
out vec4 seen;
void main() {
    if (kept < 0.0) discard;
    vec4 skin = textured ? texture(picture, place) : vec4(1.0);
    if (skin.a < 0.35) discard;
    vec3 n = normalize(normal);
    if (!gl_FrontFacing) n = -n;
    float lit = pow(clamp(0.5 + 0.5 * dot(n, light), 0.0, 1.0), 1.5);
    seen = vec4(clamp(skin.rgb * colour * (ambient + (1.0 - ambient) * lit * lamp), 0.0, 1.0), 1.0);
}"""


@dataclass(frozen=True, eq=False)
class Shape:
    """What does not change of a surface while it moves.

    Attributes
    ----------
    source : (N,) which of the surface's points each drawn corner is.
    index : (F, 3) triangles of corners.
    rgb : (N, 3) colour, which multiplies the texture.
    uv : (N, 2) place in the texture, origin at the bottom left; None without one.
    texture : (H, W, 4) RGBA; None for plain colours.
    keep : (N,) the surface is cut away where this, interpolated, is negative; None keeps it all.
    """

    source: IntArray
    index: IntArray
    rgb: FloatArray
    uv: FloatArray | None = None
    texture: Picture | None = None
    keep: FloatArray | None = None

    @cached_property
    def triangles(self) -> IntArray:
        """Triangles (F, 3) of the surface's points."""
        return self.source[self.index]

    def normals(self, points: FloatArray) -> FloatArray:
        """Smooth normals (V, 3) of the surface's points, weighted by area; not of unit length."""
        a, b, c = (points[self.triangles[:, k]] for k in range(3))
        return np.asarray(self._gather(len(points)) @ np.cross(b - a, c - a))

    def _gather(self, n: int) -> Any:
        if "_matrix" not in self.__dict__:
            f = len(self.index)
            rows, columns = self.triangles.T.ravel(), np.tile(np.arange(f), 3)
            self.__dict__["_matrix"] = csr_matrix((np.ones(3 * f), (rows, columns)), shape=(n, f))
        return self.__dict__["_matrix"]


def shape_of_faces(faces: IntArray, rgb: FloatArray) -> Shape:
    """Shape of plain coloured quads (F, 4), colours (F, 3): corners of a face share its colour."""
    first = 4 * np.arange(len(faces))[:, None]
    index = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    return Shape(faces.ravel(), index, np.repeat(rgb, 4, axis=0))


def shape_of_quads(quads: Quads) -> Shape:
    """Shape of `Quads`."""
    return shape_of_faces(quads.index, quads.rgb)


class _Stage:
    """The graphics context, its programs, and what is kept on it between pictures."""

    def __init__(self) -> None:
        import moderngl

        self.gl = moderngl
        self.context = moderngl.create_context(standalone=True, backend="egl")
        self.program = self.context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        self.targets: dict[tuple[int, int, int], tuple[Any, Any]] = {}
        self.shapes: WeakKeyDictionary[Shape, dict[str, Any]] = WeakKeyDictionary()

    def target(self, size: tuple[int, int], samples: int) -> tuple[Any, Any]:
        """Return a picture of several samples to draw in and a plain one to read from."""
        key = (*size, samples)
        if key not in self.targets:
            c = self.context
            many = c.framebuffer(
                [c.renderbuffer(size, 4, samples=samples)], c.depth_renderbuffer(size, samples=samples)
            )
            self.targets[key] = many, c.framebuffer([c.renderbuffer(size, 4)])
        return self.targets[key]

    def kept(self, shape: Shape) -> dict[str, Any]:
        if shape not in self.shapes:
            c, n = self.context, len(shape.source)
            fixed = np.zeros((n, 6), np.float32)
            if shape.uv is not None:
                fixed[:, :2] = shape.uv
            fixed[:, 2:5] = shape.rgb
            fixed[:, 5] = 1.0 if shape.keep is None else shape.keep
            moving = c.buffer(reserve=n * 24)
            vertices = c.vertex_array(
                self.program,
                [(moving, "3f 3f", "at", "up"), (c.buffer(fixed.tobytes()), "2f 3f 1f", "uv", "rgb", "keep")],
                c.buffer(shape.index.astype(np.int32).tobytes()),
            )
            self.shapes[shape] = {"moving": moving, "vertices": vertices, "texture": self._texture(shape)}
        return self.shapes[shape]

    def _texture(self, shape: Shape) -> Any:
        if shape.texture is None:
            return None
        upside = np.ascontiguousarray(shape.texture[::-1])
        texture = self.context.texture(upside.shape[1::-1], 4, upside.tobytes())
        texture.build_mipmaps(0, _MIPMAPS)
        texture.filter = (self.gl.LINEAR_MIPMAP_LINEAR, self.gl.LINEAR)
        return texture

    def draw(
        self,
        camera: PinholeCamera,
        surfaces: Sequence[tuple[Shape, FloatArray]],
        light: Light,
        samples: int,
    ) -> tuple[Picture, tuple[slice, slice]]:
        """Return the surfaces alone and where they lie in the picture.

        Colours (h, w, 4) are already multiplied by their cover; only the part of the picture that holds the surfaces
        is drawn, since what costs time is the number of samples.
        """
        seen = [camera.to_camera(points) for _, points in surfaces]
        window = _window(camera, seen)
        size = (window[1].stop - window[1].start, window[0].stop - window[0].start)
        if min(size) <= 0:
            return np.zeros((0, 0, 4), np.uint8), (slice(0), slice(0))
        many, plain = self.target(size, samples)
        many.use()
        many.clear(0.0, 0.0, 0.0, 0.0)
        self.context.enable(self.gl.DEPTH_TEST)
        p, f = self.program, 2 * camera.focal_px
        p["lens"] = (f / size[0], f / size[1], _NEAR_M, _FAR_M)
        p["middle"] = (
            (camera.width_px - 2 * window[1].start) / size[0] - 1,
            (camera.height_px - 2 * window[0].start) / size[1] - 1,
        )
        p["light"] = tuple(camera.axes @ light.direction)
        p["lamp"] = tuple(light.rgb)
        p["ambient"] = light.ambient
        for (shape, points), at in zip(surfaces, seen, strict=True):
            kept = self.kept(shape)
            both = np.concatenate([at, shape.normals(points) @ camera.axes.T], axis=1)
            kept["moving"].write(both.astype(np.float32)[shape.source].tobytes())
            p["textured"] = kept["texture"] is not None
            if kept["texture"] is not None:
                kept["texture"].use()
            kept["vertices"].render()
        if samples:
            self.context.copy_framebuffer(plain, many)
        raw = np.frombuffer((plain if samples else many).read(components=4), np.uint8)
        return np.asarray(raw.reshape(size[1], size[0], 4)[::-1]), window


def _window(camera: PinholeCamera, seen: Sequence[FloatArray]) -> tuple[slice, slice]:
    """Rows and columns of the picture that hold points (N, 3) in camera axes; steps keep the number of sizes small."""
    limit = np.array([camera.width_px, camera.height_px])
    points = np.concatenate(seen)
    if (points[:, 2] < 2 * _NEAR_M).any():
        return slice(0, int(limit[1])), slice(0, int(limit[0]))
    px = camera.project(points)
    low = np.clip(np.floor(px.min(axis=0)) - 2, 0, limit).astype(int)
    high = np.clip(np.ceil(px.max(axis=0)) + 2, 0, limit).astype(int)
    high = np.minimum(low + _STEP_PX * -(-(high - low) // _STEP_PX), limit)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


@lru_cache(maxsize=1)
def _stage() -> _Stage:
    return _Stage()


def draw_shapes(
    picture: Picture,
    camera: PinholeCamera,
    surfaces: Sequence[tuple[Shape, FloatArray]],
    light: Light,
    smooth: bool = True,
) -> None:
    """Draw surfaces, each a shape and its points (V, 3) in the world, into ``picture`` (H, W, 3, RGB).

    Without ``smooth`` edges are jagged, at half the cost: enough where the picture is blurred afterwards.
    """
    drawn, window = _stage().draw(camera, surfaces, light, _SAMPLES if smooth else 0)
    behind = picture[window].astype(np.uint16)
    clear = 255 - drawn[:, :, 3:].astype(np.uint16)
    picture[window] = np.minimum((behind * clear + 127) // 255 + drawn[:, :, :3], 255).astype(np.uint8)


def draw_quads(picture: Picture, camera: PinholeCamera, quads: Quads, light: Light) -> None:
    """Draw ``quads`` as `validation.person.render.draw_quads` does, with a depth buffer and smooth shading."""
    draw_shapes(picture, camera, [(shape_of_quads(quads), quads.points_m)], light)


def cast_shadow(
    picture: Picture,
    camera: PinholeCamera,
    surfaces: Sequence[tuple[Shape, FloatArray]],
    light: Light,
    floor_m: float = 0.0,
    strength: float = 0.45,
) -> None:
    """Darken the floor of ``picture`` where the surfaces stand between it and the light; call before drawing them."""
    to_light = light.direction / max(float(light.direction[2]), 0.5)
    flat = []
    for shape, points in surfaces:
        on_floor = points - (points[:, 2:] - floor_m) * to_light
        on_floor[:, 2] = floor_m
        flat.append((shape, on_floor))
    size = (camera.width_px, camera.height_px)
    small = replace(
        camera, width_px=size[0] // _COARSE, height_px=size[1] // _COARSE, focal_px=camera.focal_px / _COARSE
    )
    drawn, window = _stage().draw(small, flat, light, 0)
    cover = np.zeros((small.height_px, small.width_px), np.float32)
    cover[window] = drawn[:, :, 3] / np.float32(255)
    soft = cv2.GaussianBlur(cover, (0, 0), max(small.height_px / 90, 1.0))
    soft = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR)
    shade = cv2.cvtColor(np.float32(1.0) - np.float32(strength) * soft, cv2.COLOR_GRAY2BGR)
    np.copyto(picture, cv2.multiply(picture, shade, dtype=cv2.CV_8U))
