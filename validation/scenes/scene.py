"""`Scene`: a person whose posture is a function of time, a room, a camera; and its pictures with the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from validation.person.body import Body
from validation.person.identity import SIDES
from validation.person.phantom import Posed, Posture, hip_angles_deg, pose, pose_rigid
from validation.person.render import (
    Finish,
    Light,
    Picture,
    PinholeCamera,
    Quads,
    draw_quads,
    fill_background,
    finish_picture,
)
from validation.scenes.rooms import Polygon

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["Scene", "shank_inclination_deg", "still", "truth_at"]


@dataclass(frozen=True)
class Scene:
    """Everything that a picture at a moment needs.

    Attributes
    ----------
    seed : the person's and the room's.
    test : seated, supine or squat.
    side : the leg that is tested (left or right), or both.
    view : where the camera is, in a word.
    body : the person.
    posture : the person's posture at a time in seconds.
    camera, light, finish : how it is seen.
    background : polygons painted first.
    under : furniture painted before the person (a bed).
    beside : furniture and people who stand still, sorted with the person.
    info : what else was drawn for this scene (camera azimuth against the tested thigh, hike, ...).
    worn : the clothes of a dressed person, whose body ``body`` then is; None for a mannequin.
    """

    seed: int
    test: str
    side: str
    view: str
    body: Body
    posture: Callable[[float], Posture]
    camera: PinholeCamera
    light: Light
    finish: Finish
    background: list[Polygon]
    under: list[Quads] = field(default_factory=list)
    beside: list[Quads] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=dict)
    worn: Dressed | None = None

    @cached_property
    def backdrop(self) -> Picture:
        """The room without the person: painted once."""
        picture: Picture = np.full((self.camera.height_px, self.camera.width_px, 3), 128, np.uint8)
        fill_background(picture, self.camera, self.background)
        for quads in self.under:
            draw_quads(picture, self.camera, quads, self.light)
        rng = np.random.default_rng([self.seed, 5])
        small = rng.normal(1.0, 0.06, (3, 4)).astype(np.float32)
        glow = cv2.resize(small, (self.camera.width_px, self.camera.height_px), interpolation=cv2.INTER_CUBIC)
        return np.clip(picture * glow[:, :, None], 0, 255).astype(np.uint8)


def truth_at(scene: Scene, posed: Posed, posture: Posture) -> dict[str, Any]:
    """What is known about the person at this moment.

    Angles in degrees: ``hip_{flexion,adduction,rotation}_{left,right}_deg`` relative to the pelvis (internal rotation
    +), ``knee_flexion_*_deg``, ``shank_inclination_*_deg`` (side tilt of the shank against gravity in the plane across
    the thigh, lateral +), ``pelvis_list_deg`` (right side down +), ``trunk_lean_deg``, ``trunk_side_deg``; joint
    centres ``joints_camera_m`` (camera axes) and ``joints_px``; ``focal_px``.
    """
    camera = scene.camera
    names = tuple(posed.joints_m)
    in_camera = camera.to_camera(np.stack([posed.joints_m[n] for n in names]))
    px = camera.project(in_camera)
    pelvis = posed.axes["pelvis"]
    truth: dict[str, Any] = {
        "seed": scene.seed,
        "test": scene.test,
        "side": scene.side,
        "view": scene.view,
        "width_px": camera.width_px,
        "height_px": camera.height_px,
        "focal_px": camera.focal_px,
        "joints_camera_m": dict(zip(names, in_camera, strict=True)),
        "joints_px": dict(zip(names, px, strict=True)),
        "pelvis_list_deg": float(-np.degrees(np.arcsin(np.clip(pelvis[2, 2], -1, 1)))),
        "gravity_camera": camera.axes @ np.array([0.0, 0.0, -1.0]),
        "pelvis_axes_camera": camera.axes @ pelvis,
        **scene.info,
    }
    for side in SIDES:
        flexion, adduction, rotation = hip_angles_deg(pelvis, posed.axes[f"thigh_{side}"], side)
        truth[f"hip_flexion_{side}_deg"] = flexion
        truth[f"hip_adduction_{side}_deg"] = adduction
        truth[f"hip_rotation_{side}_deg"] = rotation
        truth[f"knee_flexion_{side}_deg"] = posture.leg(side).knee_flexion_deg
        truth[f"shank_inclination_{side}_deg"] = shank_inclination_deg(posed, side)
    return truth


def shank_inclination_deg(posed: Posed, side: str) -> float:
    """What an inclinometer reads on the shank: its tilt about the thigh's axis against gravity, lateral +, degrees."""
    thigh = -posed.axes[f"thigh_{side}"][:, 1]
    back = -posed.axes[f"thigh_{side}"][:, 0]
    gravity = np.array([0.0, 0.0, -1.0])
    down = gravity - (gravity @ thigh) * thigh
    down = down / np.linalg.norm(down)
    lateral = np.cross(down, thigh) if side == "right" else np.cross(thigh, down)
    return float(np.degrees(np.arctan2(back @ lateral, back @ down)))


def still(scene: Scene, t: float = 0.0, *, fast: bool = False) -> tuple[Picture, dict[str, Any]]:
    """Draw the scene at time ``t`` (seconds): picture (H, W, 3) RGB and the truth (see `truth_at`).

    A dressed person, and with ``fast`` everybody, is drawn with a depth buffer (`validation.person.gl`), whose shading
    is smooth: not quite the same pixels.
    """
    posture = scene.posture(t)
    posed = (pose_rigid if scene.worn else pose)(scene.body, posture)
    picture = scene.backdrop.copy()
    mannequin = [] if scene.worn else [Quads(posed.vertices_m, posed.faces, posed.face_rgb)]
    if fast or scene.worn:
        from validation.person.gl import draw_shapes, shape_of_quads

        surfaces = [(shape_of_quads(q), q.points_m) for q in [*mannequin, *scene.beside]]
        surfaces += scene.worn.surfaces(posed.vertices_m) if scene.worn else []
        draw_shapes(picture, scene.camera, surfaces, scene.light)
    else:
        draw_quads(picture, scene.camera, Quads.join([*mannequin, *scene.beside]), scene.light)
    rng = np.random.default_rng([scene.seed, 7, round(1e4 * t)])
    return finish_picture(picture, scene.finish, rng), truth_at(scene, posed, posture)
