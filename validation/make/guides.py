"""Draw how to film each test, for the app's start page: ``python -m validation.make.guides [NAME ...]``.

Each picture shows the room with the camera in its right place, and what that camera sees.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from validation.person.identity import FloatArray
from validation.person.phantom import pose
from validation.person.postures import Swing, constant
from validation.person.render import Picture, PinholeCamera, Quads, draw_quads
from validation.scenes.hip_tests import seated, supine
from validation.scenes.leg_raises import leg_raise
from validation.scenes.rooms import box
from validation.scenes.scene import Scene
from validation.scenes.squats import squat_clip
from validation.scenes.toe_touches import toe_touch

__all__ = ["main"]

FOLDER = Path(__file__).parents[2] / "rom_vision" / "ui" / "pictures"
_SIZE, _SCALE = (960, 600), 2
_WALL, _FLOOR = (226, 234, 236), (204, 214, 216)
_INK, _BRAND = (23, 36, 43), (12, 106, 115)


@dataclass(frozen=True)
class _Guide:
    """One picture: who does what, where the camera stands (``eye``) and looks, from where we look at both."""

    scene: Scene
    time_s: float
    floor_z: float
    eye: FloatArray
    target: FloatArray
    up: tuple[float, float, float]
    film_px: tuple[int, int]
    onlooker: FloatArray
    look_at: FloatArray
    distance: str
    height: str
    fov_deg: float


def _seated() -> _Guide:
    scene = seated(20001, side="left", swing=Swing(constant(32.0)), yaw_deg=0.0, size_px=(640, 480), alone=True)
    posed = pose(scene.body, scene.posture(0.0))
    floor_z = float(min(q.points_m[:, 2].min() for q in scene.beside))
    knee = posed.joints_m["knee_left"]
    eye = np.array([knee[0] + 2.1, 0.0, knee[2]])
    target = np.array([0.2, 0.0, knee[2] + 0.02])
    return _Guide(
        scene, 0.0, floor_z, eye, target, (0, 0, 1), (480, 640),
        np.array([2.3, -4.6, floor_z + 1.75]), np.array([0.8, 0.0, floor_z + 0.78]), "2 to 2.5 m", "knee height", 46.0,
    )  # fmt: skip


def _supine() -> _Guide:
    scene = supine(20006, "overhead", side="left", swing=Swing(constant(28.0)), size_px=(640, 480))
    floor_z = float(min(q.points_m[:, 2].min() for q in scene.under)) if scene.under else -0.4
    posed = pose(scene.body, scene.posture(0.0))
    middle = 0.5 * (posed.vertices_m.min(axis=0) + posed.vertices_m.max(axis=0))
    eye = np.array([middle[0], middle[1], floor_z + 2.35])
    return _Guide(
        scene, 0.0, floor_z, eye, np.array([middle[0], middle[1], 0.0]), (0, 1, 0), (640, 480),
        np.array([2.6, -4.4, floor_z + 2.1]), np.array([-0.35, 0.0, floor_z + 1.2]), "", "about 2 m above", 54.0,
    )  # fmt: skip


def _squat(azimuth_deg: float) -> _Guide:
    clip = squat_clip(20011, "good", azimuth_deg)
    times = np.arange(0.0, 6.0, 0.2)
    depth = [pose(clip.scene.body, clip.scene.posture(float(t))).joints_m["hip_left"][2] for t in times]
    front = azimuth_deg == 0
    a = np.radians(azimuth_deg)
    eye = np.array([2.9 * np.cos(a), 2.9 * np.sin(a), 0.95])
    onlooker = np.array([2.6, -4.9, 1.9]) if front else np.array([5.2, 0.2, 1.9])
    look_at = np.array([1.0, 0.0, 0.8]) if front else np.array([0.0, 1.0, 0.8])
    return _Guide(
        clip.scene, float(times[int(np.argmin(depth))]), 0.0, eye, np.array([0.1, 0.0, 0.85]), (0, 0, 1), (480, 640),
        onlooker, look_at, "about 3 m", "hip height", 46.0,
    )  # fmt: skip


def _leg_raise() -> _Guide:
    trial = leg_raise(20021, side="left", goal_deg=72.0, azimuth_deg=0.0, size_px=(640, 480))
    scene, hold = trial.scene, trial.program.movements[0]
    floor_z = float(min(q.points_m[:, 2].min() for q in scene.under)) if scene.under else -0.3
    eye = np.array([0.1, 2.5, 0.35])
    return _Guide(
        scene, 0.5 * (hold.hold_start_s + hold.hold_end_s), floor_z, eye, np.array([0.1, 0.0, 0.3]), (0, 0, 1),
        (640, 480), np.array([5.6, 2.2, floor_z + 2.4]), np.array([0.0, 0.25, floor_z + 1.25]), "2 to 3 m",
        "low, level", 50.0,
    )  # fmt: skip


def _toe_touch() -> _Guide:
    trial = toe_touch(20024, height_m=0.12, azimuth_deg=0.0)
    hold = trial.program.movements[0]
    return _Guide(
        trial.scene, 0.5 * (hold.hold_start_s + hold.hold_end_s), 0.0, np.array([0.1, 2.9, 0.95]),
        np.array([0.1, 0.0, 0.75]), (0, 0, 1), (480, 640), np.array([5.2, 0.2, 1.9]), np.array([0.0, 1.0, 0.8]),
        "about 3 m", "hip height", 46.0,
    )  # fmt: skip


GUIDES: dict[str, Callable[[], _Guide]] = {
    "seated": _seated,
    "supine": _supine,
    "squat_front": lambda: _squat(0.0),
    "squat_side": lambda: _squat(90.0),
    "straight_leg_raise": _leg_raise,
    "toe_touch": _toe_touch,
}


def _tripod(guide: _Guide) -> Quads:
    """The phone on its stand: a tripod, or a boom from the side where the camera is above the person."""
    eye, dark = guide.eye, np.array([0.16, 0.2, 0.23])
    towards = guide.target - eye
    across = abs(float(towards[0])) < abs(float(towards[1]))
    if guide.up == (0, 1, 0):
        foot = eye + np.array([0.0, 1.15, 0.0])
        height = eye[2] - guide.floor_z
        parts = [
            box(eye, np.array([0.17, 0.09, 0.02]), dark),
            box(eye + np.array([0.0, 0.57, 0.03]), np.array([0.03, 1.2, 0.03]), dark, 0.2),
            box(np.array([foot[0], foot[1], guide.floor_z + height / 2]), np.array([0.04, 0.04, height]), dark, 0.2),
            box(np.array([foot[0], foot[1], guide.floor_z + 0.02]), np.array([0.5, 0.5, 0.03]), dark, 0.2),
        ]
        return Quads.join(parts)
    height = eye[2] - guide.floor_z
    phone = np.array([0.09, 0.02, 0.17]) if across else np.array([0.02, 0.09, 0.17])
    parts = [
        box(eye, phone, dark),
        box(np.array([eye[0], eye[1], guide.floor_z + height / 2]), np.array([0.03, 0.03, height]), dark, 0.2),
        box(np.array([eye[0], eye[1], guide.floor_z + 0.02]), np.array([0.4, 0.05, 0.03]), dark, 0.2),
        box(np.array([eye[0], eye[1], guide.floor_z + 0.02]), np.array([0.05, 0.4, 0.03]), dark, 0.2),
    ]
    return Quads.join(parts)


def _backdrop(size: tuple[int, int], horizon: float) -> Picture:
    """A plain wall and a plain floor that fade into each other at the row ``horizon``."""
    share = np.clip((np.arange(size[1]) - horizon) / (0.04 * size[1]), 0, 1)[:, None, None]
    rows = np.array(_WALL) * (1 - share) + np.array(_FLOOR) * share
    return np.ascontiguousarray(np.broadcast_to(rows, (size[1], size[0], 3)).astype(np.uint8))


def _wall_foot(camera: PinholeCamera, floor_z: float) -> float:
    """Row of the picture where the floor ends, six and a half metres away."""
    ahead = camera.axes[2][:2] / np.hypot(*camera.axes[2][:2])
    foot = np.array([[*(camera.position_m[:2] + 6.5 * ahead), floor_z]])
    return float(camera.project(camera.to_camera(foot))[0, 1])


def _draw(guide: _Guide) -> Image.Image:
    size = (_SIZE[0] * _SCALE, _SIZE[1] * _SCALE)
    camera = PinholeCamera.look_at(size, 54.0, guide.onlooker, guide.look_at)
    picture = _with_view(Image.fromarray(_backdrop(size, _wall_foot(camera, guide.floor_z))), guide, camera)
    posed = pose(guide.scene.body, guide.scene.posture(guide.time_s))
    person = Quads(posed.vertices_m, posed.faces, posed.face_rgb)
    room = np.array(picture)
    for quads in guide.scene.under:
        draw_quads(room, camera, quads, guide.scene.light)
    draw_quads(room, camera, Quads.join([person, _tripod(guide), *guide.scene.beside]), guide.scene.light)
    whole = Image.fromarray(room)
    _labels(whole, guide, camera)
    whole.paste(_seen(guide), (20 * _SCALE, 20 * _SCALE))
    return whole.resize(_SIZE, Image.Resampling.LANCZOS)


def _filming(guide: _Guide) -> PinholeCamera:
    return PinholeCamera.look_at(guide.film_px, guide.fov_deg, guide.eye, guide.target, up=guide.up)


def _with_view(picture: Image.Image, guide: _Guide, camera: PinholeCamera) -> Image.Image:
    """Draw what lies in the filming camera's view as a light cone."""
    film = _filming(guide)
    far = float(np.linalg.norm(guide.target - guide.eye)) * 1.0
    half = 0.5 * np.array(guide.film_px) / film.focal_px * far
    corners = [guide.eye + film.axes.T @ np.array([sx * half[0], sy * half[1], far]) for sx, sy in _CORNERS]
    px = [tuple(p) for p in camera.project(camera.to_camera(np.array([*corners, guide.eye])))]
    veil = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(veil)
    for k in range(4):
        draw.polygon([px[4], px[k], px[(k + 1) % 4]], fill=(*_BRAND, 26))
    for k in range(4):
        draw.line([px[4], px[k]], fill=(*_BRAND, 150), width=3)
        draw.line([px[k], px[(k + 1) % 4]], fill=(*_BRAND, 150), width=3)
    return Image.alpha_composite(picture.convert("RGBA"), veil).convert("RGB")


_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _labels(picture: Image.Image, guide: _Guide, camera: PinholeCamera) -> None:
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=27 * _SCALE)

    def at(point: FloatArray) -> tuple[float, float]:
        x, y = camera.project(camera.to_camera(point[None]))[0]
        return float(x), float(y)

    def tag(place: tuple[float, float], text: str, anchor: str) -> None:
        bounds = draw.textbbox(place, text, font=font, anchor=anchor)
        pad = 7 * _SCALE
        outer = (bounds[0] - pad, bounds[1] - pad, bounds[2] + pad, bounds[3] + pad)
        draw.rounded_rectangle(outer, 8 * _SCALE, fill=(255, 255, 255))
        draw.text(place, text, font=font, anchor=anchor, fill=_INK)

    x, y = at(guide.eye + np.array([0.0, 0.0, 0.2]))
    tag((x, y - 16 * _SCALE), guide.height, "mb")
    if guide.distance:
        floor = guide.floor_z + 0.01
        a, b = np.array([*guide.eye[:2], floor]), np.array([*guide.target[:2], floor])
        start, stop = at(a + 0.12 * (b - a)), at(a + 0.85 * (b - a))
        draw.line([start, stop], fill=_BRAND, width=4 * _SCALE)
        for end in (start, stop):
            r = 6 * _SCALE
            draw.ellipse((end[0] - r, end[1] - r, end[0] + r, end[1] + r), fill=_BRAND)
        tag(((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2 + 26 * _SCALE), guide.distance, "mt")


def _seen(guide: _Guide) -> Image.Image:
    """What the filming camera sees, framed."""
    film = _filming(guide)
    big = replace(film, width_px=2 * film.width_px, height_px=2 * film.height_px, focal_px=2 * film.focal_px)
    size = (big.width_px, big.height_px)
    room = _backdrop(size, 0.6 * size[1] if guide.up == (0, 0, 1) else -size[1])
    posed = pose(guide.scene.body, guide.scene.posture(guide.time_s))
    for quads in guide.scene.under:
        draw_quads(room, big, quads, guide.scene.light)
    person = Quads(posed.vertices_m, posed.faces, posed.face_rgb)
    draw_quads(room, big, Quads.join([person, *guide.scene.beside]), guide.scene.light)
    height = 250 * _SCALE
    inset = Image.fromarray(room).resize((round(height * size[0] / size[1]), height), Image.Resampling.LANCZOS)
    rim, head = 4 * _SCALE, 34 * _SCALE
    framed = Image.new("RGB", (inset.width + 2 * rim, inset.height + head + rim), _BRAND)
    framed.paste(inset, (rim, head))
    font = ImageFont.load_default(size=18 * _SCALE)
    ImageDraw.Draw(framed).text(
        (framed.width / 2, head / 2), "The camera's picture", font=font, anchor="mm", fill=(255,) * 3
    )
    return framed


def main(names: list[str]) -> None:
    """Write the named pictures, all of them by default."""
    FOLDER.mkdir(exist_ok=True)
    for name in names or GUIDES:
        _draw(GUIDES[name]()).save(FOLDER / f"{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    main(sys.argv[1:])
